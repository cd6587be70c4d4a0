"""Bytes of a mail to text, whatever their label says. Nothing in here raises."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

ALIASES: dict[str, str] = {
    # What senders call it → the superset that real mail under that label is written in (WHATWG Encoding Standard,
    # https://encoding.spec.whatwg.org/#names-and-labels, read 2026-11-21; ks_c_5601 is how Outlook labels Korean).
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
    "ansi": "cp1252", "ansi_x3.4-1968": "cp1252",
    "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "windows-874": "cp874",
    "iso-8859-8-i": "iso8859_8", "iso-8859-8-e": "iso8859_8", "iso-8859-6-i": "iso8859_6",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030", "hz-gb-2312": "hz",
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "euc-kr": "cp949", "korean": "cp949", "ksc5601": "cp949",
    "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "sjis": "cp932", "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext", "iso-2022-jp-ms": "iso2022_jp_ext", "cp50220": "iso2022_jp_ext",
    "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "x-x-big5": "big5hkscs", "cn-big5": "big5hkscs",
    "unicode-1-1-utf-7": "utf-7", "utf8": "utf-8", "utf8mb4": "utf-8", "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman", "x-mac-greek": "mac_greek", "koi8-ru": "koi8_u",
}  # fmt: skip
_UNLABELLED = {
    "",
    "x-unknown",
    "unknown",
    "unknown-8bit",
    "none",
    "default",
    "binary",
    "8bit",
    "7bit",
    "x-user-defined",
}
_NOT_CHARSETS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
_DETECT_BYTES = 16_384
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def decode(data: bytes, charset: str | None) -> str:
    """Decode as labelled; where that fails as UTF-8, then as detected, then with replacement characters.

    NUL and lone surrogates, which no database stores, are dropped; so is a byte order mark.
    """
    codec = _codec(charset)
    # Latin letters that happen to be valid UTF-8 do not occur in words; the label is what programs write by default.
    text = _strictly(data, codec) if codec and codec != "cp1252" else None
    if text is None:
        text = _strictly(data, "utf-8")
    if text is None and codec == "cp1252":
        text = _strictly(data, codec)
    if text is None:
        text = _detected(data)
    if text is None:
        text = data.decode(codec or "cp1252", "replace")
    return _UNSTORABLE.sub("", text).removeprefix("\ufeff")


def decode_header(data: bytes) -> str:
    """Raw 8-bit header bytes: UTF-8 (RFC 6532), else Windows-1252."""
    text = _strictly(data, "utf-8")
    return _UNSTORABLE.sub("", data.decode("cp1252", "replace") if text is None else text)


def _codec(charset: str | None) -> str | None:
    """The codec for a label, None for an empty, unknown or absurd one."""
    label = re.split(r"[;\s,*]", (charset or "").strip().strip("\"'").strip(), maxsplit=1)[0].strip("\"'").lower()
    if label in _UNLABELLED or len(label) > 40:
        return None
    try:
        info = codecs.lookup(ALIASES.get(label, label))
    except (LookupError, ValueError):
        return None
    # Codecs such as base64 or rot13 are registered beside charsets but turn bytes into no text.
    return (
        info.name
        if getattr(info, "_is_text_encoding", True) and info.name.replace("-", "_") not in _NOT_CHARSETS
        else None
    )


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _detected(data: bytes) -> str | None:
    """By statistics over the beginning; only reached when the label lied and it is not UTF-8."""
    best = from_bytes(data[:_DETECT_BYTES], steps=3, chunk_size=256, threshold=0.3).best()
    return data.decode(best.encoding, "replace") if best else None
