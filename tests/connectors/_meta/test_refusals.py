"""connectors/_meta/refusals.py: every code means one thing for us."""

import msgspec
import pytest

from connectors._meta.refusals import Refusal, kind_of, refusal_in
from connectors.errors import SendErrorKind as Kind

TABLE: tuple[tuple[Kind, tuple[tuple[int, int], ...]], ...] = (
    (Kind.UNREACHABLE, ((1, 0), (2, 0), (1200, 0), (131000, 0), (131016, 0))),
    (Kind.THROTTLED, ((4, 0), (17, 0), (32, 0), (341, 0), (368, 0), (613, 0), (80001, 0), (80006, 0), (80014, 0))),
    (Kind.THROTTLED, ((130429, 0), (131048, 0), (131056, 0), (133016, 0))),
    (Kind.REAUTH, ((190, 458), (190, 460), (190, 463), (102, 0), (3, 0), (10, 0), (200, 0), (230, 0), (299, 0))),
    (Kind.WINDOW_CLOSED, ((10, 2018278), (10, 2018065), (10, 2534022), (131047, 0), (470, 0))),
    (
        Kind.RECIPIENT_GONE,
        ((551, 1545041), (551, 0), (100, 2018001), (200, 1545041), (131026, 0), (131021, 0), (100, 33)),
    ),
    (Kind.TOO_LARGE, ((100, 2018109), (4, 2018109))),
    (Kind.RECIPIENT_GONE, ((100, 2534014),)),
    (Kind.REAUTH, ((100, 2534013), (100, 2534029), (10, 2534077), (200, 2534041))),
    (Kind.UNKNOWN, ((1, 1357046),)),
    (Kind.REJECTED, ((135000, 0), (100, 2534025), (100, 2534037), (100, 2534015))),
    (
        Kind.REJECTED,
        ((100, 0), (2500, 0), (131008, 0), (132000, 0), (131053, 0), (10, 1893063), (10, 2018300), (10, 2534014)),
    ),
)


@pytest.mark.parametrize(("kind", "codes"), TABLE)
def test_codes(kind: Kind, codes: tuple[tuple[int, int], ...]) -> None:
    """A code, with its subcode, decides what happens next."""
    for code, subcode in codes:
        found = kind_of(Refusal(code=code, error_subcode=subcode or None), 400)
        assert found == kind, f"{code}/{subcode} is {found}"


@pytest.mark.parametrize(
    ("refusal", "status", "kind"),
    [
        (Refusal(code=99999), 500, Kind.UNREACHABLE),
        (Refusal(code=99999, is_transient=True), 400, Kind.UNREACHABLE),
        (Refusal(code=99999), 429, Kind.THROTTLED),
        (Refusal(code=104), 401, Kind.REAUTH),
        (Refusal(code="190"), 400, Kind.REAUTH),
        (Refusal(code=-1, error_subcode=2534023), 500, Kind.REJECTED),
        (Refusal(), 400, Kind.REJECTED),
    ],
)
def test_without_a_known_code(refusal: Refusal, status: int, kind: Kind) -> None:
    """Where no code is known, transience and then the status decide; codes may be text."""
    assert kind_of(refusal, status) == kind


def test_reason_is_in_graphs_words_without_tokens() -> None:
    """The reason has the words meant for people, codes and trace, and nothing that may be a token."""
    token = "EAAB" + "x" * 60
    given = Refusal(message=f"Malformed access token {token}", code=190, error_subcode=460, fbtrace_id="A1b")
    assert given.reason == "Malformed access token … (code 190, subcode 460, trace A1b)"
    assert Refusal(message="x", error_user_msg="Sign in.", code=1).reason == "Sign in. (code 1)"
    assert Refusal(message="x", error_data={"details": "No template."}, code=1).reason == "No template. (code 1)"


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"error":null}', b'{"error":"invalid"}', b"<html>error</html>", b'{"error":']
)
def test_no_refusal_in_it(body: bytes) -> None:
    """A body without an error in Graph's shape has none."""
    assert refusal_in(body) is None


@pytest.mark.parametrize("odd", [{"error_data": []}, {"error_data": "{}"}, {"message": None}, {"type": None}])
def test_what_is_said_oddly_beside_a_code_does_not_cost_it(odd: dict[str, object]) -> None:
    """The code decides, whatever the rest of the error looks like."""
    found = refusal_in(msgspec.json.encode({"error": {"message": "expired", "code": 190, **odd}}))
    assert found is not None
    assert kind_of(found, 400) is Kind.REAUTH
    assert "code 190" in found.reason


def test_refusal_is_found() -> None:
    """An error is found in a body with anything else beside it."""
    found = refusal_in(msgspec.json.encode({"error": {"code": 4, "message": "slow down", "extra": [1]}, "more": 1}))
    assert found is not None
    assert (found.number, found.sub) == (4, -1)
