"""File names that came from strangers, made safe to show, to store and to send in a header."""

from __future__ import annotations

import re
import unicodedata

from inbox.domain.words import stream_safe

MAX_NAME_BYTES = 180
"""UTF-8; leaves room for what file systems (255) and archives add."""

# Names that open a device instead of a file on Windows, with any extension.
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file, read 2026-11-22.
_DEVICES = re.compile(r"^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]')


def safe_name(name: str, *, fallback: str = "file") -> str:
    """The last path component of `name`, without characters that hide, reorder or escape; never empty.

    Control and format characters (right-to-left override, zero-width joiners) go: `cod\\u202etxt.exe` must not be read
    as `codexe.txt`. The extension survives shortening.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", stream_safe(name)))[-1]
    visible = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
    plain = " ".join(_NOT_IN_NAMES.sub("_", visible).split()).strip(". ")
    if not plain:
        return fallback
    if _DEVICES.match(plain):
        plain = f"_{plain}"
    return _shortened(plain)


def _shortened(name: str) -> str:
    if len(name.encode()) <= MAX_NAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension.encode()) > 16:
        stem, dot, extension = name, "", ""
    room = MAX_NAME_BYTES - len((dot + extension).encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ") + dot + extension
