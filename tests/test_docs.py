"""The documentation is true: pages made from code are current, what exists is described, links lead somewhere."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from cyclopts import App
from prometheus_client import REGISTRY

import inbox.health
import inbox.intake.endpoint  # noqa: F401 - both register their figures on import
from inbox.api.app import GROUPS
from inbox.api.openapi import describe
from inbox.cli.main import _app
from inbox.domain import events as e
from inbox.eventlog.attention import Topic
from inbox.live import frames as f
from inbox.settings import PREFIX, Settings
from scripts.reference.pages import DOCS, PAGES, ROOT
from tests import optional

PAGES_OF_HAND = ("README.md", "CONTRIBUTING.md", "docs/small-server.md", "docs/operations.md")
"""Pages that name commands."""
_UNREAD = {"node_modules", ".venv", "dist", "var", ".git"}
_OF_DEVELOPING = ("TEST_REQUIRE", "TEST_DATABASE_URL", "TEST_REDIS_URL", "FUZZ", "DEV_SERVER")
"""What tests and tools, but not the service, read from the environment."""
_LINK = re.compile(r"(?<!`)!?\[[^\]]*\]\(([^)\s]+)\)")
_SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def pages() -> list[Path]:
    """Every page of the repository, without what is installed or built, and without the form for decisions."""
    found = [one for one in sorted(ROOT.rglob("*.md")) if not _UNREAD & set(one.relative_to(ROOT).parts)]
    return [one for one in found if one.name != "0000-template.md"]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def verbs() -> set[str]:
    """Every verb of the command line, groups joined to their verbs by a blank."""
    app = _app()
    found: set[str] = set()
    for name in app:
        if name.startswith("-"):
            continue
        inner = [verb for verb in app[name] if not verb.startswith("-")] if _is_group(app[name]) else []
        found |= {f"{name} {verb}" for verb in inner} or {name}
    return found


def _is_group(app: App) -> bool:
    return app.default_command is None


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as they are made from their words."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def links(page: Path) -> Iterator[str]:
    """Links of a page that lead to a file or heading of ours."""
    for target in _LINK.findall(_CODE.sub("", page.read_text(encoding="utf-8"))):
        if "://" not in target and not target.startswith("mailto:"):
            yield target


@pytest.mark.parametrize("name", PAGES)
def test_made_page_is_current(name: str) -> None:
    """A page that is made from the code is what the code makes now."""
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run: python -m scripts.reference"


def test_page_of_keys_is_current() -> None:
    """docs/keyboard.md is what the web app's registry of commands makes."""
    if not (ROOT / "frontend" / "node_modules" / "vite").exists():
        optional.not_found("the web app's packages")
    words = [ROOT / "scripts" / "node.sh", "node", "scripts/keyboard-doc.mjs", "--check"]

    done = subprocess.run(words, cwd=ROOT / "frontend", capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr + done.stdout


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to a page or heading of ours finds it."""
    broken = []
    for target in links(page):
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        missing_anchor = anchor and found.suffix == ".md" and anchor not in anchors(found.read_text(encoding="utf-8"))
        if not found.exists() or missing_anchor:
            broken.append(target)

    assert not broken


@pytest.mark.parametrize("page", PAGES_OF_HAND)
def test_commands_in_pages_exist(page: str) -> None:
    """Every make target and verb that a page tells people to type is there."""
    text = read(page)
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    told = "\n".join(_SHELL.findall(text)) + "\n".join(re.findall(r"`([^`\n]+)`", text))

    unknown_targets = set(re.findall(r"(?:^|[\s;&])make ([a-z][a-z-]*)", told)) - targets
    known = verbs() | {verb.split()[0] for verb in verbs()}
    typed = re.findall(r"(?:^|[/\s])inbox ((?:[a-z]+)(?: [a-z]+)?)", told, re.MULTILINE)
    unknown_verbs = {one for one in typed if one not in known and one.split()[0] not in known}

    assert not unknown_targets
    assert not unknown_verbs
    if page == "README.md":
        assert typed


def test_every_setting_is_documented() -> None:
    """docs/settings.md names every setting."""
    page = read("docs/settings.md")

    assert not [name for name in Settings.model_fields if f"`{PREFIX}{name.upper()}`" not in page]


def test_settings_named_in_pages_exist() -> None:
    """No page tells people to set what nothing reads."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    known |= {f"{name}_FILE" for name in known} | {f"INBOX_{name}" for name in _OF_DEVELOPING}

    named = {
        name for page in pages() for name in re.findall(r"\bINBOX_[A-Z_]*[A-Z]\b", page.read_text(encoding="utf-8"))
    }
    assert named
    assert not named - known


def test_every_event_is_documented() -> None:
    """docs/events.md has every event with its fields, and every event says what it means."""
    page = read("docs/events.md")

    for event in get_args(e.AnyEvent):
        name = event.__struct_config__.tag
        section = page.split(f"\n### {name}\n")[1].split("\n### ")[0]
        assert event.__doc__
        assert all(f"| `{field}` |" in section for field in event.__struct_fields__), name


def test_every_frame_and_close_code_is_documented() -> None:
    """docs/protocol.md has every frame of both directions, and every code."""
    page = read("docs/protocol.md")
    sent, received = page.split("## What the server sends")[1].split("## What a client may send")

    assert all(f"### `{frame.__struct_config__.tag}`" in sent for frame in get_args(f.ServerFrame))
    assert all(f"### `{frame.__struct_config__.tag}`" in received for frame in get_args(f.AnyClientFrame))
    assert all(f"| {code.value} | `{code.name.lower()}` |" in page for code in f.Close)


def test_every_route_is_documented() -> None:
    """docs/api.md has every route with what it is for."""
    page = read("docs/api.md")
    routes = [one for group in GROUPS for one in group.declared]

    assert routes
    assert not [one.path for one in routes if f"### {one.method} {one.path}\n" not in page]
    assert not [one.name for one in routes if not one.handler.__doc__]


def test_every_shape_of_the_api_has_its_fields() -> None:
    """What stands within bodies and answers is in docs/api.md too, down to the last field: nobody has to open the
    OpenAPI document for it.
    """
    page = read("docs/api.md")
    schemas = describe(GROUPS, "http://inbox.test")["components"]["schemas"]
    shapes = {name: one for name, one in schemas.items() if one.get("properties") and not name.startswith("Page_")}
    tables = page.split("\n## Bodies and queries\n")[1].split("\n### ")
    missing = [
        f"{name}.{field}"
        for name, schema in shapes.items()
        for field in schema["properties"]
        if name != "Problem"
        and not any(one.startswith(name.rpartition(".")[2]) and f"\n| `{field}` | " in one for one in tables)
    ]

    assert len(shapes) > 300
    assert missing == []


def test_every_shape_of_the_socket_has_its_fields() -> None:
    """docs/protocol.md has what stands within frames too, and a number that is absent is 0, not false."""
    page = read("docs/protocol.md")
    frames = [*get_args(f.ServerFrame), *get_args(f.AnyClientFrame)]
    _, shapes = msgspec.json.schema_components(frames)
    names = set(shapes) - {one.__name__ for one in frames}

    assert "NotificationShape" in names
    assert not [name for name in sorted(names) if f"\n### {name}\n" not in page]
    assert "| `read_from` | integer | `0` |" in page


def test_ids_and_times_that_are_required_are_called_so() -> None:
    """An id is a string outside, an int inside: whoever sends what the page says is not refused."""
    page = read("docs/api.md")
    body = {one: page.split(f"### {one}\n")[1].split("###")[0] for one in ("StartBody", "MergeBody", "TakeBackQuery")}

    assert "| `channel_id` | id | required |" in body["StartBody"]
    assert "| `into_id` | id | required |" in body["MergeBody"]
    assert "| `since` | time | required |" in body["TakeBackQuery"]


def test_every_verb_is_documented() -> None:
    """docs/cli.md has every verb."""
    page = read("docs/cli.md")

    assert len(verbs()) > 10
    assert not [verb for verb in verbs() if f" inbox {verb}\n" not in page]


def test_every_alarm_is_explained() -> None:
    """docs/operations.md has, for each topic, the first three things to look at."""
    page = read("docs/operations.md")

    for topic in get_args(Topic):
        section = page.split(f"\n### {topic}\n")[1].split("\n#")[0]
        assert [step for step in ("\n1. ", "\n2. ", "\n3. ") if step not in section] == [], topic


def test_every_figure_is_documented() -> None:
    """docs/operations.md names every figure of /metrics that is ours, and none that is not there."""
    samples = {sample.name for metric in REGISTRY.collect() for sample in metric.samples}
    kept = {name for name in samples if name.startswith("inbox_") and not name.endswith("_created")}
    counted = {f"{metric.name}_total" for metric in REGISTRY.collect() if metric.type == "counter"}
    ours = kept | {name for name in counted if name.startswith("inbox_")}

    named = set(re.findall(r"^\| `(inbox_\w+)` \|", read("docs/operations.md"), re.MULTILINE))
    assert named == ours


def test_every_end_of_a_wait_is_documented() -> None:
    """docs/metrics.md names every way in which a wait ends or comes back."""
    page = read("docs/metrics.md")
    wait = read("inbox/domain/wait.py")
    reasons = set(re.findall(r'reason="(\w+)"', wait)) | {"answered", "dismissed", "voided"}

    assert "wrote_again" in reasons
    assert not [reason for reason in reasons if f"`{reason}`" not in page]


def test_decisions_are_numbered_without_a_gap() -> None:
    """docs/adr has each number once, and each record its own number, a date and a decision that can be quoted."""
    records = sorted((DOCS / "adr").glob("*.md"))

    assert [int(record.name[:4]) for record in records] == list(range(len(records)))
    for record in records[1:]:
        text = record.read_text(encoding="utf-8")
        assert text.startswith(f"# {record.name[:4]}. "), record.name
        assert re.search(r"^Date: \d{4}-\d\d-\d\d · Status: ", text, re.MULTILINE), record.name
        assert re.search(r"^## Decision\n\n\*\*", text, re.MULTILINE), record.name
        assert len(text.splitlines()) <= 60, record.name


def test_code_named_in_pages_exists() -> None:
    """Every file of ours that the tour, the rules of waits and the security page name is there."""
    for page in ("docs/tour.md", "docs/metrics.md", "SECURITY.md"):
        named = re.findall(r"`((?:inbox|connectors|frontend|tests)/[\w./-]+\.\w+)`", read(page))
        assert not [path for path in named if not (ROOT / path).exists()], page


def test_functions_of_the_tour_exist() -> None:
    """Every function, class and field that the tour names is defined somewhere in the sources."""
    files = [path for folder in ("inbox", "connectors") for path in (ROOT / folder).rglob("*.py")]
    sources = "\n".join(path.read_text(encoding="utf-8") for path in files)
    defined = set(re.findall(r"\b(?:def|class) (\w+)|\b(\w+): ", sources))
    known = {name for pair in defined for name in pair}

    named = re.findall(r"`((?:\w+\.)?\w+)(?:\([^`]*\))?`", read("docs/tour.md"))
    code = {one.rsplit(".", 1)[-1] for one in named if re.search(r"[._A-Z]", one)} - {"py"}
    assert len(code) > 30
    assert not code - known


def test_api_description_has_no_loose_ends() -> None:
    """Every reference in the description of the API leads to a schema in it."""
    document = describe(list(GROUPS), "https://inbox.example.org")

    known = set(document["components"]["schemas"])
    assert not {ref.rsplit("/", 1)[-1] for ref in _refs(document)} - known


def _refs(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from _refs(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _refs(inner)
