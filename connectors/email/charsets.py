"""Bytes of a mail to text, whatever their label says. Nothing in here raises."""

from __future__ import annotations

import codecs
import re
import string

from charset_normalizer import from_bytes

ALIASES: dict[str, str] = {
    # What senders call it → the superset that real mail under that label is written in (WHATWG Encoding Standard,
    # https://encoding.spec.whatwg.org/#names-and-labels, read 2026-11-21; ks_c_5601 is how Outlook labels Korean).
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "ansi": "cp1252",
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
    "us-ascii",
    "ascii",
    "ansi_x3.4-1968",
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
_ASCII_LETTERS = string.ascii_letters.encode()
_HIGH = bytes(range(0x80, 0x100))
_FEW = 4
"""Fewer 8-bit bytes than this are taken for accents and signs; statistics say nothing of them."""
_LATIN = ["cp1252", "cp1250", "cp1254", "cp1257"]
_OTHER_SCRIPTS = [
    "cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp874", "gb18030", "big5", "cp932", "euc_jp", "cp949",
]  # fmt: skip
"""What mail without a true label is written in; among all codecs of the library statistics find UTF-16 in "Müller"."""
_NOT_WESTERN = re.compile(r"[^\W\d_][¹³¼½¾¿þðÞÐ¶¦±¥]|[¹³¼½¾þðÞÐ¶¦±¥][^\W\d_]")
"""Letters of central Europe and Turkey as Windows-1252 shows them."""
_JIS_CODECS = {"iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_3", "iso2022_jp_ext", "iso2022_jp_2004"}
_JIS_ESCAPE = re.compile(rb"\x1b(\$[@B]|\$\([@BD]|\([BHIJ])")
_JIS_PAIR = re.compile(rb"[!-~]{2}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def decode(data: bytes, charset: str | None) -> str:
    """Decode as labelled; where that fails as UTF-8, then as detected, then with replacement characters.

    NUL and lone surrogates, which no database stores, are dropped; so is a byte order mark.
    """
    codec = _codec(charset)
    # Latin letters that happen to be valid UTF-8 do not occur in words; the label is what programs write by default.
    text = _strictly(data, codec) if codec and codec != "cp1252" else None
    if text is None and codec in _JIS_CODECS:
        text = _vendor_jis(data)
    if text is None:
        text = _strictly(data, "utf-8") or _damaged_utf8(data)
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


def _damaged_utf8(data: bytes) -> str | None:
    """UTF-8 that was cut or of which a few bytes broke on the way, None where there is more damage than UTF-8."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(char > "\x7f" for char in text) - broken
    return text if whole > 2 * broken else None


def _vendor_jis(data: bytes) -> str | None:
    """ISO-2022-JP with the characters of NEC and IBM (`①`, `㈱`, `髙`) and half-width kana, as Outlook writes it.

    Python's codecs lack them. The two bytes of JIS X 0208 are those of EUC-JP without the high bits, whose rows
    Windows-932 has all (https://encoding.spec.whatwg.org/#iso-2022-jp-decoder, read 2026-11-23). None where there is
    no escape sequence.
    """
    pieces = _JIS_ESCAPE.split(data)
    if len(pieces) == 1:
        return None
    runs = zip(pieces[1::2], pieces[2::2], strict=True)
    return pieces[0].decode("ascii", "replace") + "".join(_jis_run(escape, run) for escape, run in runs)


def _jis_run(escape: bytes, run: bytes) -> str:
    """What stands after one escape sequence; bytes that are no half of a character (line ends) are themselves."""
    if escape == b"(I":
        return bytes(byte | 0x80 if byte > 0x20 else byte for byte in run).decode("cp932", "replace")
    if escape == b"$(D":
        high = _JIS_PAIR.sub(lambda pair: bytes((0x8F, pair[0][0] | 0x80, pair[0][1] | 0x80)), run)
        return high.decode("euc_jp", "replace")
    if escape.startswith(b"$"):
        return _JIS_PAIR.sub(lambda pair: _shifted(*pair[0]), run).decode("cp932", "replace")
    return run.decode("ascii", "replace")


def _shifted(row: int, cell: int) -> bytes:
    """A character of JIS X 0208 in Shift_JIS."""
    lead = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
    return bytes((lead, cell + 0x7E if row % 2 == 0 else cell + (0x1F if cell < 0x60 else 0x20)))


def _detected(data: bytes) -> str | None:
    """By statistics over the beginning; only reached when the label lied and it is not UTF-8."""
    western = _strictly(data, "cp1252") if _is_latin(data) else None
    if western is not None and not _NOT_WESTERN.search(western):
        return western
    candidates = _LATIN if _is_latin(data) else _OTHER_SCRIPTS
    best = from_bytes(data[:_DETECT_BYTES], steps=3, chunk_size=256, threshold=0.3, cp_isolation=candidates).best()
    return data.decode(best.encoding, "replace") if best else None


def _is_latin(data: bytes) -> bool:
    """Whether most letters are ASCII: every language written in Latin letters has more of them than accents."""
    high = len(data) - len(data.translate(None, _HIGH))
    return high < _FEW or high * 2 < len(data) - len(data.translate(None, _ASCII_LETTERS))
