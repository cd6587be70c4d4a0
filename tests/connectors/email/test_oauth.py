"""Signing in at Google and Microsoft."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.contract import Context
from connectors.email.oauth import callback, refresh, start
from connectors.errors import SendError
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import HttpRequest, HttpResponse
from tests.connectors.email.world import ctx, run


def known(auth: str = "google", **credentials: str) -> Context:
    """A mailbox with an app at a provider."""
    return replace(
        ctx(auth=auth, client_id="app"), credentials={"client_secret": "s3cret", "token_secret": "t", **credentials}
    )


@pytest.mark.parametrize(
    ("auth", "host", "scope"),
    [
        ("google", "accounts.google.com", "https://mail.google.com/"),
        ("microsoft", "login.microsoftonline.com", "https://outlook.office.com/SMTP.Send"),
    ],
)
def test_the_admin_is_sent_to_the_provider(auth: str, host: str, scope: str) -> None:
    """The address asks for mail and a refresh token, with state and PKCE challenge, and holds no secret."""
    address = urlsplit(start(known(auth), "state1", "challenge1"))
    query = parse_qs(address.query)

    assert address.hostname == host
    assert scope in query["scope"][0]
    assert (query["state"], query["code_challenge"], query["code_challenge_method"]) == (
        ["state1"],
        ["challenge1"],
        ["S256"],
    )
    assert query["redirect_uri"] == ["https://inbox.example/oauth/email/callback"]
    assert "s3cret" not in address.geturl()


def test_a_code_becomes_tokens_and_nothing_else_is_lost() -> None:
    """Fresh tokens stand beside the credentials that were there, and expire early."""
    body = b'{"access_token": "at", "refresh_token": "rt", "expires_in": 3600, "token_type": "Bearer"}'
    found, asked = run(callback(known(), "code1", "verifier1"), lambda _: HttpResponse(status=200, body=body))

    assert found.credentials == {
        "client_secret": "s3cret",
        "token_secret": "t",
        "access_token": "at",
        "refresh_token": "rt",
    }
    assert found.expires_at == ctx().now + 3_480_000_000
    assert isinstance(asked[0], HttpRequest)
    assert parse_qs(asked[0].body.decode())["code_verifier"] == ["verifier1"]
    assert asked[0].url == "https://oauth2.googleapis.com/token"


def test_a_refresh_keeps_the_token_that_was_not_replaced() -> None:
    """Google sends no new refresh token."""
    body = b'{"access_token": "new", "expires_in": "3599"}'
    found, _ = run(refresh(known(refresh_token="rt")), lambda _: HttpResponse(status=200, body=body))

    assert (found.credentials["access_token"], found.credentials["refresh_token"]) == ("new", "rt")


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, b'{"error": "invalid_grant", "error_description": "revoked"}', Kind.REAUTH),
        (401, b'{"error": "invalid_client"}', Kind.REAUTH),
        (500, b"<html>", Kind.UNREACHABLE),
        (429, b"{}", Kind.THROTTLED),
        (200, b"{}", Kind.UNREACHABLE),
        (200, b"[]", Kind.UNREACHABLE),
    ],
)
def test_refusals_are_understood(status: int, body: bytes, kind: Kind) -> None:
    """A withdrawn grant asks for a new sign-in; a server's trouble for patience."""
    with pytest.raises(SendError) as raised:
        run(refresh(known(refresh_token="rt")), lambda _: HttpResponse(status=status, body=body))

    assert raised.value.kind is kind


def test_without_a_refresh_token_a_new_sign_in_is_needed() -> None:
    """Nothing is asked of the provider then."""
    with pytest.raises(SendError) as raised:
        next(refresh(known()))

    assert raised.value.kind is Kind.REAUTH


def test_the_providers_address_can_be_overridden() -> None:
    """A channel's base URL stands in for the provider."""
    assert start(replace(known(), base_url="http://127.0.0.1:9"), "s", "c").startswith("http://127.0.0.1:9/authorize?")
