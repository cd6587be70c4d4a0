"""Header fields as real senders write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email import headers
from connectors.email.headers import Address


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?utf-8?B?zprOsc67zrc=?=\r\n =?utf-8?Q?_=CE=BB=CE?= =?utf-8?Q?=AC?=", "Καλη λά"),
        ("=?iso-8859-1?q?Gr=FC=DFe?= an =?utf-8*de?q?alle?=", "Grüße an alle"),
        ("=?utf-8?Q?with space?= tail", "with space tail"),
        ("=?utf-8?B?broken", "=?utf-8?B?broken"),
        ("plain", "plain"),
    ],
)
def test_encoded_words_are_decoded(value: str, text: str) -> None:
    """Words of one charset are joined as bytes, so that letters cut in two survive."""
    assert headers.plain(value) == text


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (
            '"Smith, Anna" <Anna@People.example>, bob@x.example (Bob)',
            [("Smith, Anna", "anna@people.example"), ("Bob", "bob@x.example")],
        ),
        ("Team: a@x.example, B <b@x.example>;", [("", "a@x.example"), ("B", "b@x.example")]),
        ("=?utf-8?q?A=2C_B_=3Cx=40y.example=3E?= <real@x.example>", [("A, B <x@y.example>", "real@x.example")]),
        ("=?utf-8?q?Anna_=3Canna=40x.example=3E?=", [("Anna", "anna@x.example")]),
        ("undisclosed-recipients:;", []),
        ("<< broken @ x.example >", [("", "broken@x.example")]),
        ('"a@x.example" <b@y.example>', [("a@x.example", "b@y.example")]),
        ("no address at all", []),
    ],
)
def test_addresses_are_found(value: str, found: list[tuple[str, str]]) -> None:
    """Quotes, comments, groups and encoded names do not hide an address, and names make none."""
    assert headers.addresses(value) == tuple(Address(*one) for one in found)


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("<a@x> <b@x>", ("a@x", "b@x")),
        ("<a@x>,<b@x>\n\t<a@x>", ("a@x", "b@x")),
        ('Your message of "Fri" <a @ x>', ("a@x",)),
        ("a@x, b@x", ("a@x", "b@x")),
        ("", ()),
        ("<>", ()),
        ("no id", ()),
    ],
)
def test_message_ids_are_found(value: str, ids: tuple[str, ...]) -> None:
    """Phrases, commas, folds and missing brackets do not hide an id."""
    assert headers.message_ids(value) == ids


def test_parameters_in_pieces_are_joined() -> None:
    """RFC 2231 continuations, encoded or not, become one value."""
    kind, params = headers.parameters('Text/Plain; name*0*=utf-8\'\'%CE%91; name*1="b;c"; charset="x" ; odd')

    assert (kind, params) == ("text/plain", {"odd": "", "charset": "x", "name": "Αb;c"})


@pytest.mark.parametrize("value", ["", "yesterday", "Mon, 99 Foo 2026", "Mon, 01 Jan 99999 00:00:00 +9999"])
def test_absurd_dates_are_none(value: str) -> None:
    """A date that cannot be read is no date, and no error."""
    assert headers.instant(value) is None


def test_dates_keep_their_zone() -> None:
    """A date is turned to UTC µs by its own offset."""
    assert headers.instant("Sat, 21 Nov 2026 10:15:00 +0200") == headers.instant("Sat, 21 Nov 2026 08:15:00 GMT")


def test_header_block_ends_at_a_line_that_is_no_field() -> None:
    """A forgotten empty line loses neither headers nor body; an mbox line is skipped."""
    data = b"From anna Sat\nSubject: a\n b\nNo field here\nrest"
    found, offset = headers.split_headers(data)

    assert found.raw("subject") == "a b"
    assert data[offset:] == b"No field here\nrest"


@given(st.binary(max_size=400))
def test_nothing_raises(data: bytes) -> None:
    """Any bytes can be asked for any field."""
    found, offset = headers.split_headers(data)
    value = data.decode("latin-1")

    assert 0 <= offset <= len(data)
    headers.addresses(value)
    headers.message_ids(value)
    headers.parameters(value)
    headers.instant(value)
    headers.plain(value)
    found.text("subject")
