"""What a file is, by its content. What its sender says it is counts only where content cannot tell."""

from __future__ import annotations

import puremagic

HEAD_BYTES = 8_192
"""How much of a file is looked at."""

REENCODED_IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""Images that `images.reencode` makes safe to show."""

_ALIASES = {
    "image/x-ms-bmp": "image/bmp",
    "audio/wave": "audio/wav",
    "audio/x-wav": "audio/wav",
    "audio/mp3": "audio/mpeg",
    "application/x-matroska": "video/webm",
    "image/jpg": "image/jpeg",
}
# Containers tell too little: inside each, the sender's word picks one of these and nothing else.
_KINDS_OF_CONTAINER = {
    "application/zip": (
        "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument.", "application/epub+zip",
    ),
    "application/ogg": ("audio/ogg", "video/ogg"),
    "video/mp4": ("audio/mp4", "video/mp4"),
    "video/webm": ("audio/webm", "video/webm"),
    "text/plain": ("text/csv", "text/calendar", "text/vcard", "text/markdown", "application/json"),
}  # fmt: skip
_CONTAINER_DEFAULT = {"application/ogg": "audio/ogg"}
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<?xml", b"<svg", b"<iframe", b"<img", b"<!--")


def sniff(head: bytes, declared: str = "") -> str:
    """The MIME type of a file from its first `HEAD_BYTES`, in lower case without parameters.

    Markup is always called markup, whatever it claims to be. Unknown content is `text/plain` when it is UTF-8 text,
    else `application/octet-stream`.
    """
    claimed = declared.partition(";")[0].strip().lower()
    claimed = _ALIASES.get(claimed, claimed)
    found = _markup(head) or _magic(head) or _text(head) or "application/octet-stream"
    allowed = _KINDS_OF_CONTAINER.get(found, ())
    if claimed and any(claimed == kind or (kind.endswith(".") and claimed.startswith(kind)) for kind in allowed):
        return claimed
    return _CONTAINER_DEFAULT.get(found, found)


def _markup(head: bytes) -> str | None:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:512].lower()
    if not start.startswith(_MARKUP):
        return None
    if b"<svg" in start:
        return "image/svg+xml"
    return "application/xml" if start.startswith(b"<?xml") and b"<html" not in start else "text/html"


def _magic(head: bytes) -> str | None:
    if head[4:8] == b"ftyp":
        return _iso_media(head[8:12])
    if head.startswith(b"#!AMR"):
        return "audio/amr"
    if head.startswith(b"PK\x03\x04"):
        return "application/zip"
    try:
        guesses = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return None
    named = next((guess.mime_type for guess in guesses if guess.mime_type), "application/octet-stream")
    return _ALIASES.get(named, named)


def _iso_media(brand: bytes) -> str:
    """The type by the major brand of ISO/IEC 14496-12 (https://mp4ra.org/registered-types/brands, read 2026-11-22)."""
    if brand in (b"heic", b"heix", b"mif1", b"msf1", b"hevc"):
        return "image/heic"
    if brand in (b"avif", b"avis"):
        return "image/avif"
    if brand.startswith((b"M4A", b"M4B")):
        return "audio/mp4"
    if brand.startswith(b"qt"):
        return "video/quicktime"
    return "video/3gpp" if brand.startswith(b"3g") else "video/mp4"


def _text(head: bytes) -> str | None:
    if not head or b"\x00" in head:
        return None
    try:
        # The head may end inside a character: up to three bytes of it are forgiven.
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:
            return None
    return "text/plain"
