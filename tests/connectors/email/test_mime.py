"""The tree of parts."""

import email
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.mime import MAX_DEPTH, MAX_PARTS, parse, uudecode
from tests.connectors.email.world import GOLDEN

SOUND = [path for path in sorted(GOLDEN.glob("message_*.eml")) if path.stem != "message_wrong_boundary"]
"""All but the one in which the standard library finds no parts."""


def test_agrees_with_the_standard_library_on_sound_mails() -> None:
    """A mail made by `email` has the same parts, types and bytes here and there."""
    made = EmailMessage()
    made["Subject"] = "Καλημέρα"
    made.set_content("text Ωμέγα\n")
    made.add_alternative("<p>text Ωμέγα</p>\n", subtype="html")
    made.add_attachment(b"\x00\x01\xff" * 100, maintype="image", subtype="png", filename="Ω.png")
    data = made.as_bytes()

    theirs = [(p.get_content_type(), p.get_payload(decode=True)) for p in email.message_from_bytes(data).walk()]
    ours = [(p.kind, None if p.children else p.data()) for p in parse(data).walk()]
    assert [(k, d and d.rstrip(b"\n")) for k, d in ours] == [(k, d and d.rstrip(b"\n")) for k, d in theirs]


@pytest.mark.parametrize("path", SOUND, ids=lambda p: p.stem)
def test_agrees_with_the_standard_library_on_goldens(path: Path) -> None:
    """Real shapes have the content types that `email` sees, attached mails left closed."""
    data = path.read_bytes()

    theirs = []
    todo = [email.message_from_bytes(data)]
    while todo:
        part = todo.pop(0)
        theirs.append(part.get_content_type())
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            todo = [*part.get_payload(), *todo]
    assert [p.kind for p in parse(data).walk()] == theirs


@pytest.mark.parametrize("encoding", ["7-bit", "plain", "text/html", "8bits;", "", "none"])
def test_encodings_that_do_not_exist_are_none(encoding: str) -> None:
    """A made-up transfer encoding leaves the body as it is."""
    assert parse(f"Content-Transfer-Encoding: {encoding}\n\nwords".encode()).data() == b"words"


def test_depth_and_number_of_parts_are_bounded() -> None:
    """What lies too deep, or comes too late, stays undivided."""
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(500))
    wide = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 5_000

    assert len(list(parse(deep).walk())) <= MAX_DEPTH + 1
    assert len(list(parse(wide).walk())) <= MAX_PARTS


def test_a_multipart_without_parts_is_text() -> None:
    """Nothing is lost when the boundary never comes."""
    assert parse(b"Content-Type: multipart/mixed; boundary=b\n\nwords").kind == "text/plain"


def test_uuencoded_lines_that_are_broken_are_skipped() -> None:
    """One bad line costs only itself."""
    assert uudecode(b"begin 644 a\n#0V%T\n~~~~\n#0V%T\n`\nend") == b"CatCat"


@given(st.binary(max_size=600))
def test_nothing_raises(data: bytes) -> None:
    """Any bytes are a tree whose every part can be read."""
    for part in parse(data).walk():
        part.text()
