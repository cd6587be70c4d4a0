"""connectors/google_business_profile/calls.py: tokens on the way, and what refusals mean."""

from dataclasses import replace
from typing import Any

import pytest

from connectors.errors import SendErrorKind as Kind
from connectors.exchange import HttpRequest
from connectors.google_business_profile.calls import get, send_json
from connectors.google_business_profile.payloads import Reply, ReviewPage
from tests.connectors.google_business_profile.signing import NOW, context
from tests.connectors.google_business_profile.world import answered, urls
from tests.connectors.kit.driver import Run, drive

URL = "https://mybusiness.googleapis.com/v4/accounts/1/locations/2/reviews"
TOKEN = (200, {"access_token": "ya29.fresh", "expires_in": 3599})


def asked(*replies: tuple[int, object], kept: bool = True) -> Run:
    """A page of reviews, with or without a token that is kept."""
    ctx = context() if kept else replace(context(), now=NOW + 7_200_000_000)
    return drive(get(ctx, URL, ReviewPage), answered(*replies))


def error(status: int, name: str = "", message: str = "", *details: dict[str, Any]) -> tuple[int, object]:
    """A refusal in Google's form."""
    return status, {"error": {"code": status, "status": name, "message": message, "details": list(details)}}


def bearers(run: Run) -> list[str]:
    """The tokens shown to the API."""
    return [one.headers.get("authorization", "") for one in run.requests if isinstance(one, HttpRequest)]


def test_a_kept_token_needs_no_other_request() -> None:
    """While the token lasts a question is one request."""
    run = asked((200, {}))
    assert bearers(run) == [f"Bearer {context().credentials['access_token']}"]


def test_a_token_that_ended_is_replaced_first() -> None:
    """Without a token that is good, a fresh one is asked for and used."""
    run = asked(TOKEN, (200, {}), kept=False)
    assert urls(run) == ["POST https://oauth2.googleapis.com/token", f"GET {URL}"]
    assert bearers(run)[1] == "Bearer ya29.fresh"


def test_a_token_that_google_no_longer_takes_is_replaced_once() -> None:
    """A 401 to a kept token is answered with a fresh one; a 401 to that one is a lost sign-in."""
    run = asked(error(401, "UNAUTHENTICATED"), TOKEN, (200, {}))
    assert (run.error, bearers(run)[2]) == (None, "Bearer ya29.fresh")
    again = asked(error(401, "UNAUTHENTICATED"), TOKEN, error(401, "UNAUTHENTICATED"))
    assert again.error is not None
    assert again.error.kind is Kind.REAUTH


def test_a_withdrawn_sign_in_is_told_as_such() -> None:
    """Where the refresh is refused too, Google's reason for that is what the admin reads."""
    run = asked(error(401, "UNAUTHENTICATED"), (400, {"error": "invalid_grant"}))
    assert run.error is not None
    assert (run.error.kind, "invalid_grant" in run.error.reason) == (Kind.REAUTH, True)


LIMITED = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED"}
DELAY = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "2.5s"}


@pytest.mark.parametrize(
    ("refusal", "kind", "until"),
    [
        (error(429, "RESOURCE_EXHAUSTED", "Quota exceeded"), Kind.THROTTLED, None),
        (error(429, "RESOURCE_EXHAUSTED", "Quota exceeded", DELAY), Kind.THROTTLED, NOW + 2_500_000),
        (error(403, "RESOURCE_EXHAUSTED", "Rate limit", LIMITED), Kind.THROTTLED, None),
        (error(403, "PERMISSION_DENIED", "API has not been used in project 1"), Kind.REAUTH, None),
        (error(404, "NOT_FOUND"), Kind.RECIPIENT_GONE, None),
        (error(400, "INVALID_ARGUMENT"), Kind.REJECTED, None),
        (error(409, "ABORTED"), Kind.UNREACHABLE, None),
        (error(500, "INTERNAL"), Kind.UNREACHABLE, None),
        (error(503, "UNAVAILABLE"), Kind.UNREACHABLE, None),
        ((403, b"<html>"), Kind.REAUTH, None),
        ((429, {"error": {"details": [7, {"retryDelay": "soon"}]}}), Kind.THROTTLED, None),
    ],
)
def test_refusals_are_told_apart(refusal: tuple[int, object], kind: Kind, until: int | None) -> None:
    """Weather, limits, lost rights and wrong requests each end as what they are."""
    run = asked(refusal)
    assert run.error is not None
    assert (run.error.kind, run.error.until) == (kind, until)


def test_a_project_without_quota_learns_what_to_do() -> None:
    """A quota of 0 is no limit that passes: Google has to open the API to the project first."""
    none = {"reason": "RATE_LIMIT_EXCEEDED", "metadata": {"quota_limit_value": "0"}}
    run = asked(error(429, "RESOURCE_EXHAUSTED", "Quota exceeded", none))
    assert run.error is not None
    assert run.error.kind is Kind.REAUTH
    assert "prereqs" in run.error.reason


def test_what_cannot_be_read_is_unknown_only_after_an_effect() -> None:
    """Half an answer to a question is asked again; half an answer to a publication leaves it unknown."""
    asked_again = asked((200, b'{"reviews": ['))
    published = drive(
        send_json(context(), "PUT", URL, {"comment": "Hi"}, Reply, effect=True), answered((200, b'{"comm'))
    )
    assert asked_again.error is not None
    assert published.error is not None
    assert (asked_again.error.kind, published.error.kind) == (Kind.UNREACHABLE, Kind.UNKNOWN)
