"""connectors/google_business_profile/oauth.py: signing in, and access tokens."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.errors import SendErrorKind as Kind
from connectors.exchange import HttpRequest
from connectors.google_business_profile.oauth import EXPIRES_AT, callback, kept_token, refresh, signed_in, start
from connectors.google_business_profile.simulator import REFRESH_TOKEN
from tests.connectors.google_business_profile.signing import NOW, context
from tests.connectors.google_business_profile.world import World, answered
from tests.connectors.kit.driver import Run, drive


def form(run: Run) -> dict[str, str]:
    """What was posted to the token endpoint."""
    (request,) = run.requests
    assert isinstance(request, HttpRequest)
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}


def test_the_admin_is_sent_with_everything_google_asks_for() -> None:
    """The address has the scope, the state, the PKCE challenge, and what makes Google give a refresh token."""
    url = urlsplit(start(context(), "state-1", "challenge-1"))
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert (url.netloc, url.path) == ("accounts.google.com", "/o/oauth2/v2/auth")
    assert asked["scope"] == "https://www.googleapis.com/auth/business.manage"
    assert asked["redirect_uri"] == "https://inbox.example/oauth/google_business_profile/callback"
    assert (asked["state"], asked["code_challenge"], asked["code_challenge_method"]) == (
        "state-1", "challenge-1", "S256",
    )  # fmt: skip
    assert (asked["access_type"], asked["prompt"]) == ("offline", "consent")


def test_a_code_gives_both_tokens() -> None:
    """The code is changed together with the verifier; when the access token ends is kept beside it."""
    world = World()
    world.ctx = replace(world.ctx, credentials={"client_secret": "secret"})
    run = world.run(callback(world.ctx, "code-1", "verifier-1"))
    assert (form(run)["code"], form(run)["code_verifier"]) == ("code-1", "verifier-1")
    assert run.result.credentials["refresh_token"] == REFRESH_TOKEN
    assert run.result.credentials[EXPIRES_AT] == str(run.result.expires_at)
    assert NOW < run.result.expires_at < NOW + 3_600_000_000


def test_a_refresh_keeps_the_refresh_token_unless_a_new_one_comes() -> None:
    """Google mostly repeats nothing; when it does send a new refresh token, that one counts."""
    kept = drive(refresh(context()), answered((200, {"access_token": "ya29.x", "expires_in": 3599}))).result
    assert kept.credentials["refresh_token"] == REFRESH_TOKEN
    body = {"access_token": "ya29.x", "expires_in": 3599, "refresh_token": "1//new"}
    assert drive(refresh(context()), answered((200, body))).result.credentials["refresh_token"] == "1//new"


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_client", "unauthorized_client"])
def test_a_sign_in_that_ended_asks_for_a_person(error: str) -> None:
    """Withdrawn or aged sign-ins and wrong clients are nothing that a repetition mends."""
    run = drive(refresh(context()), answered((400, {"error": error, "error_description": "Bad Request"})))
    assert run.error is not None
    assert (run.error.kind, error in run.error.reason) == (Kind.REAUTH, True)


def test_without_a_refresh_token_nobody_is_asked() -> None:
    """A channel that was never signed in says so without a request."""
    run = drive(refresh(replace(context(), credentials={})), answered())
    assert run.error is not None
    assert (run.error.kind, run.requests) == (Kind.REAUTH, [])


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"access_token": ""}', b'{"access_token": 5}'])
def test_an_answer_without_a_token_is_tried_again(body: bytes) -> None:
    """A 200 that gives no token is weather."""
    run = drive(refresh(context()), answered((200, body)))
    assert run.error is not None
    assert run.error.kind is Kind.UNREACHABLE


def test_several_requests_share_a_token() -> None:
    """A token that is good is used as it is; else the context gets a fresh one."""
    ctx = context()
    assert drive(signed_in(ctx), answered()).result is ctx
    late = replace(ctx, now=int(ctx.credentials[EXPIRES_AT]))
    fresh = drive(signed_in(late), answered((200, {"access_token": "ya29.x", "expires_in": 3599}))).result
    assert (fresh.credentials["access_token"], kept_token(fresh)) == ("ya29.x", "ya29.x")


def test_a_kept_token_counts_while_it_lasts() -> None:
    """A token is used until it ends, and not at all where nobody knows when that is."""
    ctx = context()
    assert kept_token(ctx) == ctx.credentials["access_token"]
    assert kept_token(replace(ctx, now=int(ctx.credentials[EXPIRES_AT]))) == ""
    assert kept_token(replace(ctx, credentials={"access_token": "ya29.x"})) == ""
