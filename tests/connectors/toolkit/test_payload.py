"""Reading JSON into records: a record or PayloadInvalid, nothing else."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import PayloadInvalid
from connectors.toolkit.payload import decode


class Inner(msgspec.Struct):
    """A text."""

    text: str


class Outer(msgspec.Struct):
    """A list of them."""

    items: list[Inner]


def test_known_fields_are_read_and_others_passed_over() -> None:
    """A field that is not named does no harm."""
    assert decode(b'{"items": [{"text": "a", "new": 1}], "more": {}}', Outer) == Outer([Inner("a")])


@pytest.mark.parametrize(
    ("body", "path", "where"),
    [
        (b'{"items": [{"text": "a"}, {"text": 1}]}', "", "items[1].text: Expected `str`, got `int`"),
        (b'{"items": [{"text": 1}]}', "entry[3]", "entry[3].items[0].text: Expected `str`, got `int`"),
        (b'{"items": [{}]}', "", "items[0]: Object missing required field `text`"),
        (b"{}", "entry[0]", "entry[0]: Object missing required field `items`"),
        (b'{"items": [{"text": "\xff"}]}', "e", "e: not UTF-8 at byte 0"),
        (b'{"items": ' + b"[" * 100_000, "", "nested too deeply"),
    ],
)
def test_faults_name_their_place(body: bytes, path: str, where: str) -> None:
    """The error says where in the whole delivery the fault is."""
    wanted = Outer if b"[[[" not in body else dict[str, object]

    with pytest.raises(PayloadInvalid) as error:
        decode(body, wanted, path=path)

    assert str(error.value) == where


@given(st.binary())
def test_no_bytes_break_it(body: bytes) -> None:
    """Whatever comes is read or refused."""
    try:
        decode(body, Outer)
    except PayloadInvalid as error:
        assert str(error)  # noqa: PT017
