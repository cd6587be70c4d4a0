"""What a file is, by its content."""

import io
import zipfile

import pytest
from PIL import Image

from inbox.transport.sniff import sniff

OGG = b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead\x01" + bytes(20)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def image(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, kind)
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as opened:
        opened.writestr("run.bat", "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("head", "declared", "mime"),
    [
        (image("JPEG"), "text/html", "image/jpeg"),
        (image("PNG"), "", "image/png"),
        (image("GIF"), "image/png", "image/gif"),
        (image("WEBP"), "", "image/webp"),
        (b"%PDF-1.7\n%\xe2\xe3", "image/png", "application/pdf"),
        (OGG, "", "audio/ogg"),
        (OGG, "audio/ogg; codecs=opus", "audio/ogg"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(40), "", "video/mp4"),
        (b"\0\0\0\x20ftypM4A \0\0\2\0isomiso2" + bytes(40), "video/mp4", "audio/mp4"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40), "", "image/heic"),
        (b"\0\0\0\x18ftyp3gp4\0\0\0\0isom3gp4" + bytes(40), "", "video/3gpp"),
        (b"#!AMR\n" + bytes(40), "", "audio/amr"),
        (b"<svg onload=alert(1)>", "image/png", "image/svg+xml"),
        (b"<?xml version='1.0'?>\n<svg/>", "", "image/svg+xml"),
        (b"\xef\xbb\xbf  <HTML><script>", "image/jpeg", "text/html"),
        (b"<!-- x --><html>", "text/plain", "text/html"),
        ("Καλημέρα".encode(), "", "text/plain"),
        ("Καλημέρα".encode()[:-1], "image/png", "text/plain"),
        (b"a,b\n1,2\n", "text/csv", "text/csv"),
        (b"plain", "text/html", "text/plain"),
        (bytes(range(7, 200)), "image/png", "application/octet-stream"),
        (b"", "image/png", "application/octet-stream"),
        (archive(), DOCX, DOCX),
        (archive(), "image/png", "application/zip"),
    ],
)
def test_content_decides(head: bytes, declared: str, mime: str) -> None:
    """The sender's word counts only inside a container that cannot tell."""
    assert sniff(head, declared) == mime
