"""Bytes to text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.charsets import decode, decode_header


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("Καλημέρα".encode("cp1253"), "windows-1253", "Καλημέρα"),
        ("朱镕基".encode("gb18030"), "GB2312", "朱镕基"),
        ("①㈱".encode("cp932"), "shift_jis", "①㈱"),
        ("“quoted” €".encode("cp1252"), "iso-8859-1", "“quoted” €"),
        ("한국".encode("cp949"), '"ks_c_5601-1987"', "한국"),
        ("日本".encode("iso-2022-jp"), "iso-2022-jp", "日本"),
        ("Grüße".encode(), "utf-8; format=flowed", "Grüße"),
        ("Grüße".encode(), "us-ascii", "Grüße"),
        ("Grüße".encode(), "no-such-charset", "Grüße"),
        ("Grüße".encode(), None, "Grüße"),
        (b"\xef\xbb\xbfx", "utf-8", "x"),
        (b"\x1b$B-!\x1b(B \x1b$B4]?t;z\x1b(B", "ISO-2022-JP", "① 丸数字"),
        (b"\x1b$B-j;3ED|b66\x1b(B\r\nabc \x1b(IC=D\x1b(B", "iso-2022-jp", "㈱山田髙橋\r\nabc ﾃｽﾄ"),
        ("Müller".encode("cp1252"), None, "Müller"),
        ("Café fermé".encode("cp1252"), "x-unknown", "Café fermé"),
        (
            "Hola, todavía no ha llegado. ¿Dónde está?".encode("cp1252"),
            None,
            "Hola, todavía no ha llegado. ¿Dónde está?",
        ),
        ("5 €".encode("cp1252"), "us-ascii", "5 €"),
        ("Где мой заказ?".encode("cp1251"), "us-ascii", "Где мой заказ?"),
        ("Grüße, wo bleibt das Päckchen?".encode() + b"\xa0", "utf-8", "Grüße, wo bleibt das Päckchen?\ufffd"),
        ("Здравствуйте".encode()[:-1], "utf-8", "Здравствуйт\ufffd"),
        ("Grüße".encode("cp1252"), "utf-8", "Grüße"),
        (b"a\x00b", "utf-8", "ab"),
    ],
)
def test_real_charsets_are_read(data: bytes, charset: str | None, text: str) -> None:
    """A label is taken for the superset that is written under it, and a lie for UTF-8."""
    assert decode(data, charset) == text


@given(st.binary(max_size=200), st.text(max_size=20))
def test_nothing_raises(data: bytes, charset: str) -> None:
    """Any bytes under any label become text that a database can store."""
    text = decode(data, charset)

    assert "\x00" not in text
    text.encode()


@pytest.mark.parametrize("charset", ["base64", "rot13", "idna", "unicode_escape", "undefined", "\x00", "x" * 99])
def test_codecs_that_are_no_charsets_are_passed_over(charset: str) -> None:
    """A label that names another kind of codec counts as none."""
    assert decode(b"abc\\n", charset) == "abc\\n"


def test_raw_8bit_headers_are_utf8_or_latin() -> None:
    """A header that was never encoded is read as UTF-8, else as Windows-1252."""
    assert decode_header("Ελένη".encode()) == "Ελένη"
    assert decode_header(b"J\xfcrgen") == "Jürgen"
