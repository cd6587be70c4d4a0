"""From HTTP answers to SendErrors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import SendError, SendErrorKind
from connectors.exchange import HttpResponse
from connectors.toolkit.http import error_of, json_body, json_object, readable_object, retry_at

NOW = 1_795_336_000_000_000
WEEK = 7 * 86_400 * 1_000_000


def answer(status: int = 200, body: bytes = b"", **headers: str) -> HttpResponse:
    """An answer with header names written with underscores."""
    return HttpResponse(status=status, headers={k.replace("_", "-"): v for k, v in headers.items()}, body=body)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("17", 17),
        (" 17 ", 17),
        ("0.5", 0.5),
        ("Sun, 22 Nov 2026 08:27:10 GMT", 30),
        ("Sun, 22 Nov 2026 10:27:10 +0200", 30),
        ("Sun, 22 Nov 2026 08:27:10 -0000", 30),
        ("999999999", WEEK / 1_000_000),
        ("Fri, 31 Dec 9999 23:59:59 GMT", WEEK / 1_000_000),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(value: str, seconds: float) -> None:
    """Both forms of RFC 9110 count from now, and never beyond a week."""
    assert retry_at(answer(429, retry_after=value), NOW) == NOW + int(seconds * 1_000_000)


@pytest.mark.parametrize("value", ["", "soon", "²", "-5", "1e9", "9" * 400, "NaN", "Sun, 99 Nov 2026 99:99:99 GMT"])
def test_unreadable_retry_after_is_none(value: str) -> None:
    """What is no time is passed over, without an error."""
    assert retry_at(answer(429, retry_after=value), NOW) is None


@given(st.text())
def test_retry_after_never_fails(value: str) -> None:
    """Whatever the header holds gives an instant or None."""
    at = retry_at(answer(429, retry_after=value), NOW)

    assert at is None or at <= NOW + WEEK


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, SendErrorKind.REJECTED),
        (400, SendErrorKind.REJECTED),
        (401, SendErrorKind.REAUTH),
        (403, SendErrorKind.REAUTH),
        (404, SendErrorKind.RECIPIENT_GONE),
        (408, SendErrorKind.UNREACHABLE),
        (410, SendErrorKind.RECIPIENT_GONE),
        (413, SendErrorKind.TOO_LARGE),
        (422, SendErrorKind.REJECTED),
        (425, SendErrorKind.UNREACHABLE),
        (429, SendErrorKind.THROTTLED),
        (500, SendErrorKind.UNREACHABLE),
        (503, SendErrorKind.UNREACHABLE),
    ],
)
def test_status_decides_the_kind(status: int, kind: SendErrorKind) -> None:
    """Each status has one kind, and the status is the reason where there is no other."""
    error = error_of(answer(status), NOW)

    assert (error.kind, error.reason, error.until) == (kind, f"HTTP {status}", None)


def test_waits_and_reasons_are_kept() -> None:
    """429 and 503 carry the instant of Retry-After; a reason given stands."""
    assert error_of(answer(429, retry_after="5"), NOW).until == NOW + 5_000_000
    assert error_of(answer(503, retry_after="5"), NOW).until == NOW + 5_000_000
    assert error_of(answer(400), NOW, "no such chat").reason == "no such chat"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b'"x"', b"{", b"<html>", b'"\xff"', b'{"a":"\xff"}', b"[" * 5000]
)
def test_unreadable_answers_leave_an_effect_unknown(body: bytes) -> None:
    """After an effect nobody knows; before one it is tried again."""
    with pytest.raises(SendError) as after:
        json_object(answer(body=body), effect=True)
    with pytest.raises(SendError) as before:
        json_object(answer(body=body), effect=False)

    assert (after.value.kind, before.value.kind) == (SendErrorKind.UNKNOWN, SendErrorKind.UNREACHABLE)
    assert readable_object(body) is None


def test_json_goes_both_ways() -> None:
    """An object is read as it is, and the same value is always written with the same bytes."""
    assert json_object(answer(body=b'{"id": 1}'), effect=True) == {"id": 1}
    assert json_body({"b": 1, "a": "Ω"}) == json_body({"a": "Ω", "b": 1}) == '{"a":"Ω","b":1}'.encode()
