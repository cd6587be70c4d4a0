"""Write docs/connectors.md: what each network can do, from the manifests, with the source of every limit.

python -m scripts.connector_matrix           write it
python -m scripts.connector_matrix --check   fail if it is not current
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from connectors import registry
from connectors.contract import Capability, Connector, Fact, Manifest

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "connectors.md"

_HEAD = """# Connectors

What each network can do here. Made from the manifests by `python -m scripts.connector_matrix`; do not edit it by
hand. How one is built: [add a connector](add-a-connector.md).
"""
_ACTIONS = {
    "send": "write",
    "reply_comment": "answer in public",
    "private_reply": "answer a comment in private",
    "reply_review": "answer a review",
    "edit": "edit",
    "delete_sent": "take back",
    "hide": "hide",
    "unhide": "show again",
    "delete_comment": "delete a comment",
    "react": "react",
    "ban": "ban",
    "seen": "mark as read",
    "typing": "show typing",
}
"""Actions in the order of their columns, as an agent would say them."""


def page(connectors: Sequence[Connector]) -> str:
    """The whole page."""
    manifests = [one.manifest for one in connectors]
    parts = [_HEAD, "## At a glance\n", _glance(connectors), "## What an agent can do\n", _actions(manifests)]
    parts += [_network(manifest) for manifest in manifests]
    return "\n".join(parts)


def current() -> str:
    """The page as the connectors now registered make it."""
    return page([registry.connector(network) for network in registry.networks()])


def main(arguments: list[str]) -> int:
    """Write the page, or compare it."""
    parser = argparse.ArgumentParser(description="Write docs/connectors.md from the manifests.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the page is not current")
    check = parser.parse_args(arguments).check
    wanted = current()
    if PAGE.exists() and PAGE.read_text() == wanted:
        return 0
    if check:
        print(f"{PAGE.relative_to(ROOT)} is not current: run python -m scripts.connector_matrix", file=sys.stderr)
        return 1
    PAGE.write_text(wanted)
    print(f"{PAGE.relative_to(ROOT)} written")
    return 0


def _glance(connectors: Sequence[Connector]) -> str:
    rows = [
        [
            f"[{one.manifest.name}](#{_anchor(one.manifest.name)})",
            ", ".join(one.manifest.kinds),
            ", ".join(sorted(one.manifest.inbound)),
            _marks(one.manifest),
            ", ".join(name for name in ("accepted", "delivered", "read") if name in one.manifest.receipts) or "none",
            "yes" if one.manifest.idempotent_sends else "looked up" if one.lookup_sent else "no",
            "yes" if one.oauth else "no",
            "yes" if one.simulator else "no",
        ]
        for one in connectors
    ]
    head = ["Network", "Threads", "Comes in by", "Also comes in", "Receipts", "Safe to resend", "OAuth", "Simulated"]
    return _table(head, rows)


def _actions(manifests: Sequence[Manifest]) -> str:
    rows = []
    for manifest in manifests:
        kinds_of = {
            action: [kind for kind, capability in manifest.kinds.items() if action in capability.actions]
            for action in _ACTIONS
        }
        cells = ["all" if len(kinds) == len(manifest.kinds) else ", ".join(kinds) for kinds in kinds_of.values()]
        rows.append([manifest.name, *(cell or "-" for cell in cells)])
    return _table(["Network", *_ACTIONS.values()], rows)


def _network(manifest: Manifest) -> str:
    kinds = [
        [kind, capability.audience, _text(capability), _window(capability), _own(capability), _files(capability)]
        for kind, capability in manifest.kinds.items()
    ]
    lines = [f"## {manifest.name}\n", f"[How to connect it](../connectors/{manifest.network}/README.md).\n"]
    head = ["Thread", "Audience", "Text", "Time to answer", "Edit, take back", "Attachments"]
    lines.append(_table(head, kinds))
    lines.append(f"Pace: {_number(manifest.rate_per_second)} requests a second, ")
    lines[-1] += f"{_number(manifest.rate_per_thread_second)} in one thread. "
    lines[-1] += "When a customer takes a message back, what we keep is " + (
        "erased.\n" if manifest.unsend == "erase" else "kept and marked.\n"
    )
    if manifest.ignored_events:
        ignored = [f"`{kind}` ({reason})" for kind, reason in manifest.ignored_events.items()]
        lines.append(f"Ignored on purpose: {', '.join(ignored)}.\n")
    open_rules = [f"`{rule.name}`: {rule.reason}" for rule in manifest.rules if not rule.done]
    if open_rules:
        lines.append(f"Rules it is exempt from: {'; '.join(open_rules)}.\n")
    lines.append(f"Sources: {', '.join(_sources(manifest))}.\n")
    return "\n".join(lines)


def _marks(manifest: Manifest) -> str:
    marks = {
        "edits": manifest.edits_in,
        "deletions": manifest.deletes_in,
        "reactions": manifest.reactions_in,
        "typing": manifest.typing_in,
    }
    return ", ".join(name for name, has in marks.items() if has) or "nothing"


def _text(capability: Capability) -> str:
    units = {"utf16": "UTF-16 units"}
    return f"{capability.text.limit:,} {units.get(capability.text.unit, capability.text.unit)}"


def _window(capability: Capability) -> str:
    return "no limit" if capability.window_seconds is None else _span(capability.window_seconds)


def _own(capability: Capability) -> str:
    spans = (capability.edit_seconds, capability.delete_seconds)
    return ", ".join("no" if s is None else "always" if s == 0 else _span(s) for s in spans)


def _files(capability: Capability) -> str:
    rules = [f"{rule.kind} to {_size(rule.max_bytes)}" for rule in capability.attachments]
    return ", ".join(rules) or "none"


def _sources(manifest: Manifest) -> Iterator[str]:
    seen: set[tuple[str, str]] = set()
    for fact in _facts(manifest):
        if (fact.source, fact.read_on) not in seen:
            seen.add((fact.source, fact.read_on))
            address = fact.source if "://" in fact.source else f"../{fact.source}"
            yield f"[{fact.source.removeprefix('https://')}]({address}) (read {fact.read_on})"


def _facts(manifest: Manifest) -> Iterable[Fact]:
    for capability in manifest.kinds.values():
        yield capability.text.fact
        yield from (rule.fact for rule in capability.attachments)
    yield from manifest.facts


def _span(seconds: int) -> str:
    for size, word in ((86_400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {word if seconds != size else word.removesuffix('s')}"
    return f"{seconds} seconds"


def _size(size_bytes: int) -> str:
    for scale, word in ((1_000_000, "MB"), (1000, "kB")):
        if size_bytes >= scale:
            return f"{_number(round(size_bytes / scale, 1))} {word}"
    return f"{size_bytes} bytes"


def _number(value: float) -> str:
    return f"{value:g}"


def _anchor(name: str) -> str:
    return "".join(c for c in name.lower().replace(" ", "-") if c.isalnum() or c in "-_")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
