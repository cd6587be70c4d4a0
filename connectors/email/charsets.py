"""Bytes of a mail to text, whatever their label says. Nothing in here raises."""

from __future__ import annotations

import codecs
import re

from chardetng_py import EncodingDetector

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
_HIGH = bytes(range(0x80, 0x100))
_FEW = 2
"""Fewer 8-bit bytes than this are taken for accents and signs; statistics say nothing of them."""
_CENTRAL_EUROPE = {"iso8859-2", "cp1250"}
_GUILLEMETS = re.compile(rb"(?<![A-Za-z])\xab([^\xab\xbb]{1,200})\xbb(?![A-Za-z])")
_TILDED, _ACUTE = {"õ", "û"}, set("áéíóú")
_HUNGARIAN = {*"öü", *_TILDED, *_ACUTE}
"""How Windows-1252 shows the letters of Hungarian, which the detector takes for Western Europe's."""
_NOT_WESTERN = re.compile(r"[^\W\d_][¹³¼½¾¿þðÞÐ¶¦±¥]|[¹³¼½¾þðÞÐ¶¦±¥][^\W\d_]")
"""Letters of central Europe and Turkey as Windows-1252 shows them."""
_DEFAULT_CODECS = {None, "utf-8", "cp1252"}
"""What programs say without having looked."""
_HIGH_RUNS = re.compile(rb"[\xa1-\xff]{4,}")
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
_JIS_CODECS = {"iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_3", "iso2022_jp_ext", "iso2022_jp_2004"}
_JIS_ESCAPE = re.compile(rb"\x1b(\$[@B]|\$\([@BD]|\([BHIJ])")
_JIS_PAIR = re.compile(rb"[!-~]{2}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def decode(data: bytes, charset: str | None) -> str:
    """Decode as labelled; where that fails as UTF-8, then as detected, then with replacement characters.

    NUL and lone surrogates, which no database stores, are dropped; so is a byte order mark.
    """
    codec = _codec(charset)
    if codec in _DEFAULT_CODECS and b"\x1b$" in data and not _HIGH_BYTE.search(data):
        codec = "iso2022_jp_ext"
    # Latin letters that happen to be valid UTF-8 do not occur in words; the label is what programs write by default.
    text = _strictly(data, codec) if codec and codec != "cp1252" else None
    if text is None and codec in _JIS_CODECS:
        text = _vendor_jis(data)
    if text is None:
        text = _strictly(data, "utf-8") or _damaged_utf8(data)
    if text is None and codec == "cp1252" and not _is_other_script(data):
        text = _strictly(data, codec)
    if text is None:
        text = _detected(data)
    if text is None:
        text = data.decode(codec or "cp1252", "replace")
    return _UNSTORABLE.sub("", text).removeprefix("\ufeff")


def decode_header(data: bytes) -> str:
    """Raw 8-bit header bytes: UTF-8 (RFC 6532), else as detected where letters of another script prevail, else
    Windows-1252.
    """
    text = _strictly(data, "utf-8")
    if text is None and _is_other_script(data):
        text = _detected(data)
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
    beginning = data[:_DETECT_BYTES]
    western = _strictly(data, "cp1252")
    high = len(beginning) - len(beginning.translate(None, _HIGH))
    if western is not None and high < _FEW and not _NOT_WESTERN.search(western):
        return western
    codec = _guessed(beginning)
    if codec in _CENTRAL_EUROPE:
        # Quotation marks around words look like the Czech and Slovak letters that ISO-8859-2 has in their place.
        codec = _guessed(_GUILLEMETS.sub(rb" \1 ", beginning))
    text = data.decode(codec, "replace")
    letters = {char for char in text.lower() if char > "\x7f" and char.isalpha()}
    is_hungarian = letters & _TILDED and letters & _ACUTE and letters <= _HUNGARIAN
    return data.decode("cp1250", "replace") if codec == "cp1252" and is_hungarian else text


def _guessed(beginning: bytes) -> str:
    """The codec whose languages the bytes look like most."""
    detector = EncodingDetector()
    detector.feed(beginning, last=True)
    return _codec(detector.guess(tld=None, allow_utf8=False)) or "cp1252"


def _is_other_script(data: bytes) -> bool:
    """Whether the 8-bit bytes stand together in words, as in no language written in Latin letters."""
    together = sum(len(run) for run in _HIGH_RUNS.findall(data) if len(set(run)) >= 3)
    return together >= 8 and together * 2 > len(data) - len(data.translate(None, _HIGH))
