"""Mails as bytes, read back by the standard library."""

import email
import email.policy
from email.message import EmailMessage
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from connectors.email.compose import Draft, compose
from connectors.email.headers import Address
from connectors.email.mime import parse
from connectors.outbound import Blob

ANY = st.text(max_size=120)


def draft(**fields: object) -> Draft:
    """A small mail with some fields set."""
    base: dict[str, object] = {
        "sender": Address("Shop", "support@shop.example"),
        "to": (Address("Anna", "anna@people.example"),),
        "subject": "Order",
        "message_id": "m@shop.example",
        "date_at": 1_795_336_000_000_000,
        "text": "Hello",
        "html": "<p>Hello</p>",
        "boundary": "part.key1",
    }
    return Draft(**(base | fields))  # type: ignore[arg-type]


def reread(message: bytes) -> EmailMessage:
    """The mail as the standard library reads it."""
    return cast(EmailMessage, email.message_from_bytes(message, policy=email.policy.default))


@given(subject=ANY, name=ANY, text=ANY)
def test_any_words_arrive_and_make_no_header(subject: str, name: str, text: str) -> None:
    """Whatever stands in subject, name and text, the mail has exactly its own headers, ASCII bytes and short lines."""
    message, _ = compose(draft(subject=subject, sender=Address(name, "support@shop.example"), text=text))
    parsed = reread(message)

    assert message.isascii()
    assert max(len(line) for line in message.split(b"\r\n")) <= 998
    assert b"\n" not in message.replace(b"\r\n", b"")
    assert list(email.message_from_bytes(message).keys()) == [
        "Date",
        "From",
        "To",
        "Message-ID",
        "Subject",
        "MIME-Version",
        "Content-Type",
    ]
    body = parsed.get_body(("plain",))
    assert body is not None
    wanted = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()
    assert body.get_payload(decode=True).decode().replace("\r\n", "\n").rstrip("\n") == wanted.rstrip("\n")  # type: ignore[union-attr]


def test_headers_in_every_script_are_read_back() -> None:
    """Names and subjects survive encoding, folding and quoting."""
    subject = "Η παραγγελία σας, 注文, պատվեր 🙂 " * 5
    parsed = reread(compose(draft(subject=subject, sender=Address('Ελένη "X", Shop', "support@shop.example")))[0])

    assert parsed["subject"] == subject.strip()
    assert parsed["from"].addresses[0].display_name == 'Ελένη "X", Shop'
    assert parsed["from"].addresses[0].addr_spec == "support@shop.example"


def test_files_stand_as_placeholders_on_their_own_lines() -> None:
    """Each file is a line that transport replaces; names are given in both forms; inline images stand by the HTML."""
    blobs = (
        Blob(sha256="0", mime="application/pdf", size_bytes=1, name="Απόδειξη.pdf"),
        Blob(sha256="1", mime="image/png", size_bytes=1, name="logo.png", content_id="logo@x"),
        Blob(sha256="2", mime="bad mime\r\nX: 1", size_bytes=1, name='a"b\r\n.txt'),
    )
    message, placeholders = compose(draft(attachments=blobs))
    for placeholder in placeholders:
        assert message.split(b"\r\n").count(placeholder.encode()) == 1
        message = message.replace(placeholder.encode(), b"AAAA")
    parsed = reread(message)

    assert sorted(blob.sha256 for blob in placeholders.values()) == ["0", "1", "2"]
    assert [p.filename for p in parse(message).walk() if p.disposition == "attachment"] == ["Απόδειξη.pdf", 'a"b .txt']
    kinds = [p.get_content_type() for p in parsed.walk()]
    assert kinds == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
        "application/pdf", "application/octet-stream",
    ]  # fmt: skip


def test_long_references_are_folded() -> None:
    """Twenty long ids make no line longer than a server takes."""
    ids = tuple(f"{'x' * 200}{i}@people.example" for i in range(20))
    message, _ = compose(draft(references=ids, in_reply_to=ids[-1]))

    assert max(len(line) for line in message.split(b"\r\n")) <= 998
    assert reread(message)["references"].split() == [f"<{i}>" for i in ids]


def test_ids_that_are_none_are_left_out() -> None:
    """An id with a blank, bracket or line end never reaches a header."""
    message, _ = compose(draft(in_reply_to="a b@x", references=("ok@x", "bad>\r\nX: 1@x")))

    assert "in-reply-to" not in reread(message)
    assert reread(message)["references"] == "<ok@x>"
