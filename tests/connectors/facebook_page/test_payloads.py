"""connectors/facebook_page/payloads.py: ids and times in all of Meta's forms."""

import pytest

from connectors.errors import PayloadInvalid
from connectors.facebook_page import payloads as fb


@pytest.mark.parametrize("given", ["104000000000007_512300000000001", 904801129604590, "pfbid02abcDEF"])
def test_ids_are_text(given: str | int) -> None:
    """Numbers and texts are one id."""
    assert fb.id_of(given, path="x") == str(given)


@pytest.mark.parametrize("given", [None, "", " ", "a/b", "ключ", "x" * 256])
def test_what_is_no_id_is_refused(given: str | None) -> None:
    """An id has no slash, no space and an end; the error names its place."""
    with pytest.raises(PayloadInvalid, match=r"value\.comment_id"):
        fb.id_of(given, path="value.comment_id")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (1795299000, 1_795_299_000_000_000),
        (1795299000123, 1_795_299_000_123_000),
        ("1795299000", 1_795_299_000_000_000),
        ("2026-11-21T22:10:00+0000", 1_795_299_000_000_000),
        (None, None),
        ("", None),
        ("soon", None),
        (-5, None),
        (1e300, None),
    ],
)
def test_times_are_microseconds_or_unknown(given: fb.Time | None, wanted: int | None) -> None:
    """Seconds, milliseconds, digits and dates are read; nonsense is no time, and no error."""
    assert fb.instant(given) == wanted


def test_the_tail_of_an_id_is_the_objects_own() -> None:
    """`<page>_<post>` and `<post>` name the same post."""
    assert fb.tail("104000000000007_512300000000001") == fb.tail("512300000000001") == "512300000000001"


def test_a_list_ends_where_there_is_no_next_page() -> None:
    """Graph gives cursors on the last page, too: only `next` says that there is more."""
    cursors = fb.Cursors(after="QVFI")
    assert fb.Paging(cursors=cursors).after == ""
    assert fb.Paging(cursors=cursors, next="https://graph.facebook.com/x").after == "QVFI"
