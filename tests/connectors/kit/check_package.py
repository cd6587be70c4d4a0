"""Folder, README, manifest and source of a connector's package."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator

from connectors.contract import Fact, Manifest
from connectors.outbound import ActionName
from tests.connectors.kit.goldens import deliveries
from tests.connectors.kit.subject import ROOT, NotApplicable, Subject

REQUIRED = ("__init__.py", "README.md", "manifest.py", "inbound.py", "outbound.py")
"""Also payloads.py where a network posts to us, and simulator.py where the manifest says that it is simulated."""
HEADINGS = ("What it covers", "Connect it", "Limits", "Sources")
RULES = {
    "verifies-signature", "dedupes-redelivery", "maps-all-documented-events", "reports-receipts", "handles-revocation",
    "limits-sourced", "golden-per-event", "live-tested",
}  # fmt: skip
_WORLD = {"asyncio", "httpx", "httpx2", "random", "requests", "secrets", "socket", "ssl", "subprocess", "time", "uuid"}
_CLOCK = re.compile(r"\b(datetime|date)\.(now|utcnow|today)$")
_ACTIONS = set(ActionName.__args__)  # type: ignore[attr-defined]


def files(subject: Subject) -> None:
    """The folder holds the files whose names mean the same in every network, and says what any other is for."""
    names = {path.name for path in subject.package.iterdir() if path.is_file()}
    required = set(REQUIRED)
    if subject.connector.parse is not None:
        required.add("payloads.py")
    if subject.connector.simulator is not None:
        required.add("simulator.py")
    assert not required - names, f"missing: {sorted(required - names)}"

    usual = required | {"payloads.py", "poll.py", "stream.py", "oauth.py", "simulator.py", "py.typed"}
    readme = (subject.package / "README.md").read_text()
    others = {name for name in names - usual if name not in readme}
    assert not others, f"files that README.md says nothing about: {sorted(others)}"


def readme(subject: Subject) -> None:
    """README.md has the headings that every network's has."""
    found = re.findall(r"^## (.+)$", (subject.package / "README.md").read_text(), re.MULTILINE)
    missing = [heading for heading in HEADINGS if heading not in found]
    assert not missing, f"README.md lacks the headings {missing}; it has {found}"


def manifest(subject: Subject) -> None:
    """The manifest is complete and agrees with itself and with what the connector can do."""
    given, connector = subject.connector.manifest, subject.connector
    assert given.network == subject.network, f"network is {given.network!r}"
    assert re.fullmatch(r"#[0-9a-f]{6}", given.colour), f"colour {given.colour!r} is not #rrggbb"
    assert 1 <= len(given.mark) <= 2, f"mark {given.mark!r} is not one or two letters"
    assert given.kinds, "no kinds of thread"
    assert given.inbound, "no way in"
    assert len({field.name for field in given.fields}) == len(given.fields), "two fields of one name"
    for kind, capability in given.kinds.items():
        assert capability.actions <= _ACTIONS, f"{kind}: unknown actions {capability.actions - _ACTIONS}"
        assert capability.text.limit > 0, f"{kind}: no text limit"
        assert ("edit" in capability.actions) == (capability.edit_seconds is not None), f"{kind}: edit_seconds"
        assert ("delete_sent" in capability.actions) == (capability.delete_seconds is not None), (
            f"{kind}: delete_seconds"
        )
    assert {rule.name for rule in given.rules} == RULES, f"rules missing: {RULES - {r.name for r in given.rules}}"
    unexplained = [rule.name for rule in given.rules if not rule.done and not rule.reason]
    assert not unexplained, f"rules neither done nor exempt with a reason: {unexplained}"
    posted = bool(given.inbound & {"webhook", "chat"})
    assert posted == (connector.parse is not None), "parse and inbound=webhook or chat go together"
    # What a visitor of a chat does is written down by the service itself: there is nobody whose signature to check.
    unsigned = connector.parse is None or given.inbound == {"chat"}
    assert unsigned or connector.verify is not None, "parse without verify"
    assert connector.poll is not None or not given.inbound & {"poll", "mailbox"}, "inbound names poll, there is none"
    assert connector.stream is not None or "stream" not in given.inbound, "inbound names stream, there is none"


def limits_sourced(subject: Subject) -> None:
    """Every limit names its source and the day it was read; a source is a link, or a page of ours for our own rules."""
    facts = list(_facts(subject.connector.manifest))
    assert facts, "no facts"
    for what, fact in facts:
        known = fact.source.startswith("https://") or (ROOT / fact.source).is_file()
        known = known or (subject.package.parent.parent / fact.source).is_file()
        assert known, f"{what}: source {fact.source!r} is neither a link nor a file of ours"
        assert re.fullmatch(r"20\d\d-[01]\d-[0-3]\d", fact.read_on), f"{what}: read_on {fact.read_on!r} is no date"


def goldens_cover_events(subject: Subject) -> None:
    """Every documented event stands in a golden (as its name, or as a key or value of its content) or is ignored for a
    reason, and each ignored kind is documented.
    """
    given = subject.connector.manifest
    stray = set(given.ignored_events) - set(given.documented_events)
    assert not stray, f"ignored but not documented: {sorted(stray)}"
    assert all(given.ignored_events.values()), "an ignored event has no reason"
    if not given.documented_events:
        raise NotApplicable("the network documents no events")
    words: set[str] = set()
    for delivery in deliveries(subject):
        words |= {delivery.name, *_names(delivery.name)}
        words |= set(_words(json.loads(delivery.path.read_text()))) if not delivery.is_mail else set()
    wanted = set(given.documented_events) - set(given.ignored_events)
    missing = [event for event in sorted(wanted) if event not in words and _plain(event) not in words]
    assert not missing, f"events without a golden and without a reason to ignore them: {missing}"


def imports(subject: Subject) -> None:
    """No source file imports clock, chance, network or the service, or asks datetime for the present."""
    found = [
        breach for path in sorted(subject.package.glob("*.py")) for breach in _breaches(path.name, path.read_text())
    ]
    assert not found, "\n  ".join(["not allowed in a connector:", *found])


def _breaches(name: str, source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        elif isinstance(node, ast.Attribute) and _CLOCK.search(ast.unparse(node)):
            yield f"{name}:{node.lineno} {ast.unparse(node)}"
        for module in modules:
            if module.split(".")[0] in _WORLD | {"inbox"} or module.startswith("urllib.request"):
                yield f"{name}:{node.lineno} import {module}"  # type: ignore[attr-defined]


def _facts(given: Manifest) -> Iterator[tuple[str, Fact]]:
    for kind, capability in given.kinds.items():
        yield f"text of {kind}", capability.text.fact
        for rule in capability.attachments:
            yield f"{rule.kind} in {kind}", rule.fact
    for fact in given.facts:
        yield "facts", fact


def _plain(event: str) -> str:
    return re.sub(r"\W+", "_", event).strip("_").lower()


def _names(name: str) -> Iterator[str]:
    """The golden's name from its beginning, word by word: `message_created_with_image` covers `message_created`."""
    words = name.split("_")
    return ("_".join(words[:end]) for end in range(1, len(words) + 1))


def _words(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
    elif isinstance(value, str) and len(value) < 100:
        yield value
