"""Steps of planning that networks share."""

from dataclasses import replace

import pytest

from connectors.contract import AttachmentRule, Capability, Fact, TextLimit
from connectors.custom import CONNECTOR
from connectors.errors import PlanRefused
from connectors.outbound import Blob, HideComment, SendMessage, Target
from connectors.toolkit import planning
from tests.connectors.kit.subject import NOW, bare_context

FACT = Fact("https://network.example", "2026-11-22")
LIMIT = TextLimit(5, "characters", FACT)
CAPABILITY = Capability(audience="private", text=LIMIT)
IMAGES = AttachmentRule("image", ("image/*",), 100, 2, FACT)
FILES = AttachmentRule("file", ("application/pdf", "image/*"), 1000, 2, FACT)
TARGET = Target(thread_id="t")


def blob(mime: str = "image/png", size_bytes: int = 10, kind: str = "image", name: str = "a.png") -> Blob:
    """A file."""
    return Blob(sha256="ab", mime=mime, size_bytes=size_bytes, kind=kind, name=name)  # type: ignore[arg-type]


def test_action_must_be_among_those_of_the_kind() -> None:
    """What the kind does not know is refused with what it does know."""
    planning.require_allowed(SendMessage(target=TARGET), CAPABILITY, where="LINE")

    with pytest.raises(PlanRefused, match="LINE does not support 'hide'; it supports: send") as refused:
        planning.require_allowed(HideComment(target=TARGET), CAPABILITY, where="LINE")
    assert refused.value.code == "not_supported"


def test_window_must_be_open() -> None:
    """At the instant it closes it is closed; without one it is open."""
    planning.require_open(SendMessage(target=TARGET), NOW)
    planning.require_open(SendMessage(target=Target(thread_id="t", window_closes_at=NOW + 1)), NOW)

    with pytest.raises(PlanRefused) as refused:
        planning.require_open(SendMessage(target=Target(thread_id="t", window_closes_at=NOW)), NOW)
    assert refused.value.code == "window_closed"


def test_text_is_cut_only_on_request() -> None:
    """Too long is refused unless the agent agreed to parts."""
    assert planning.text_parts("12345", LIMIT, split=False) == ["12345"]
    assert planning.text_parts("1234567", LIMIT, split=True) == ["12345", "67"]

    with pytest.raises(PlanRefused) as refused:
        planning.text_parts("123456", LIMIT, split=False)
    assert refused.value.code == "too_long"


def test_attachments_follow_the_rule_of_their_kind() -> None:
    """An image is held to the rule for images; sent as a file, to the rule for files."""
    planning.require_attachments([blob(), blob(kind="file", size_bytes=900)], [IMAGES, FILES])
    planning.require_attachments([blob(mime="IMAGE/PNG")], [IMAGES])

    with pytest.raises(PlanRefused, match="over 100 bytes") as refused:
        planning.require_attachments([blob(size_bytes=101)], [IMAGES, FILES])
    assert (refused.value.code, refused.value.limit, refused.value.actual) == ("attachment_size", 100, 101)


@pytest.mark.parametrize(
    ("blobs", "code"),
    [
        ([blob(mime="video/mp4", kind="video")], "attachment_type"),
        ([blob(), blob(), blob()], "attachment_size"),
    ],
)
def test_other_attachments_are_refused(blobs: list[Blob], code: str) -> None:
    """A type nobody takes, and one too many."""
    with pytest.raises(PlanRefused) as refused:
        planning.require_attachments(blobs, [IMAGES, FILES])
    assert refused.value.code == code


def test_nothing_may_be_attached_where_there_are_no_rules() -> None:
    """No rule lets nothing through, and nothing needs no rule."""
    planning.require_attachments([], [])

    with pytest.raises(PlanRefused, match="no attachments at all"):
        planning.require_attachments([blob()], [])


def test_parts_are_numbered_with_keys_of_their_own() -> None:
    """Index, count and key."""
    keys = iter(["k1", "k2"])
    ctx = replace(bare_context("custom", CONNECTOR), nonce=lambda: next(keys))

    parts = planning.number([SendMessage(target=TARGET, text=text) for text in "ab"], ctx)

    assert [(part.index, part.of, part.key) for part in parts] == [(0, 2, "k1"), (1, 2, "k2")]
