"""Mail as it goes over the wire."""

from email import message_from_bytes
from email.policy import SMTP

import pytest

from inbox.transport.mail_body import MailBody
from inbox.transport.media import DiskMedia, MediaMissing, chunks_of

MAIL = b"""\
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

.hidden dot
--b
Content-Type: application/octet-stream
Content-Transfer-Encoding: base64

@@one@@
--b
Content-Type: application/octet-stream
Content-Transfer-Encoding: base64

@@two@@
--b--
"""


async def test_placeholders_become_base64(media: DiskMedia) -> None:
    """Blobs stand in the mail as base64 lines of at most 76 characters; size and bytes agree; all lines end CRLF."""
    contents = [bytes(range(256)) * 4_001, b"x"]
    blobs = {
        name: await media.write(chunks_of(content), max_bytes=2_000_000)
        for name, content in zip(("@@one@@", "@@two@@"), contents, strict=True)
    }

    body = MailBody(MAIL, blobs, media)
    pieces = [piece async for piece in body]

    whole = b"".join(pieces)
    assert len(whole) == await body.size_bytes()
    assert max(map(len, whole.split(b"\r\n"))) <= 76
    assert b"\n" not in whole.replace(b"\r\n", b"")
    assert all(piece.endswith(b"\r\n") for piece in pieces)
    assert max(map(len, pieces)) < 400_000
    parsed = list(message_from_bytes(whole, policy=SMTP).iter_parts())
    assert [part.get_payload(decode=True) for part in parsed[1:]] == contents


@pytest.mark.parametrize("text", [b"no placeholder\n", b"not alone @@one@@\n", b"@@one@@\n@@one@@\n"])
async def test_a_placeholder_stands_once_and_alone(media: DiskMedia, text: bytes) -> None:
    """A mail that would go out with a placeholder in it is refused."""
    blob = await media.write(chunks_of(b"x"), max_bytes=9)

    with pytest.raises(ValueError, match="alone on one line"):
        MailBody(text, {"@@one@@": blob}, media)


async def test_an_erased_blob_is_missed(media: DiskMedia) -> None:
    """A mail whose attachment is gone cannot be sized, so it is not begun."""
    blob = await media.write(chunks_of(b"x"), max_bytes=9)
    await media.delete(blob.sha256)

    with pytest.raises(MediaMissing):
        await MailBody(b"@@one@@\n", {"@@one@@": blob}, media).size_bytes()
