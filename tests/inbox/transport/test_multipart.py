"""Multipart bodies, read back by an independent parser."""

from email import message_from_bytes
from email.policy import HTTP

from connectors.exchange import FormPart
from connectors.outbound import Blob
from inbox.transport.media import DiskMedia, chunks_of
from inbox.transport.multipart import Multipart


async def test_a_form_is_what_it_says_it_is(media: DiskMedia) -> None:
    """Texts and files arrive as given, in order; the length said is the length sent."""
    data = bytes(range(256)) * 3_000
    blob = await media.write(chunks_of(data), max_bytes=1_000_000, name="φωτό.png")
    texts = (FormPart(name="chat_id", value="7"), FormPart(name="caption", value="Γειά\r\n--x"))
    form = Multipart((*texts, FormPart(name="photo", blob=blob)), media)

    body = b"".join([chunk async for chunk in form])

    assert len(body) == await form.length_bytes()
    parsed = message_from_bytes(b"Content-Type: " + form.content_type.encode() + b"\r\n\r\n" + body, policy=HTTP)
    parts = list(parsed.iter_parts())
    assert [part.get_param("name", header="content-disposition") for part in parts] == ["chat_id", "caption", "photo"]
    assert parts[1].get_payload(decode=True) == "Γειά\r\n--x".encode()
    assert parts[2].get_payload(decode=True) == data
    assert 'filename="φωτό.png"'.encode() in body


async def test_names_cannot_break_out_of_their_header(media: DiskMedia) -> None:
    """Quotes and line ends in a field's or file's name are escaped."""
    blob = await media.write(chunks_of(b"x"), max_bytes=9)
    nasty = 'a"\r\nX-Evil: 1\r\n\r\n'
    named = Blob(sha256=blob.sha256, mime="text/plain", size_bytes=1, name=nasty)
    form = Multipart((FormPart(name=nasty, blob=named),), media)

    body = b"".join([chunk async for chunk in form])

    assert b"\r\nX-Evil" not in body
    assert body.count(b"\r\n\r\n") == 1
