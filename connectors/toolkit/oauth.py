"""What signing in with OAuth 2.0 asks of every token endpoint: the forms, and what the answer says (RFC 6749, 7636)."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec

from connectors.contract import Context
from connectors.exchange import HttpRequest, HttpResponse


class TokenAnswer(msgspec.Struct, frozen=True):
    """The answer of a token endpoint (RFC 6749 sections 5.1 and 5.2), as far as it is used."""

    access_token: str = ""
    refresh_token: str = ""
    expires_in: float = 3600.0
    error: str = ""
    error_description: str = ""

    @property
    def reason(self) -> str:
        """Why there is no token, in the endpoint's words; empty where it gives none."""
        return f"{self.error} {self.error_description}".strip()[:300]


def start_url(endpoint: str, ctx: Context, redirect: str, scope: str, state: str, challenge: str, **more: str) -> str:
    """Where to send the admin. `challenge` is the S256 PKCE challenge; `more` is what the provider wants beside."""
    query = {
        "client_id": ctx.settings.get("client_id", ""),
        "response_type": "code",
        "redirect_uri": redirect,
        "scope": scope,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **more,
    }
    return f"{endpoint}?{urlencode(query)}"


def code_form(code: str, verifier: str, redirect: str) -> dict[str, str]:
    """What changes a code for tokens."""
    return {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": redirect}


def refresh_form(token: str) -> dict[str, str]:
    """What changes a refresh token for an access token."""
    return {"grant_type": "refresh_token", "refresh_token": token}


def token_request(endpoint: str, ctx: Context, form: Mapping[str, str]) -> HttpRequest:
    """The request to a token endpoint, in the name of the client that the channel's fields name."""
    client = {"client_id": ctx.settings.get("client_id", ""), "client_secret": ctx.credentials.get("client_secret", "")}
    return HttpRequest(
        method="POST",
        url=endpoint,
        headers={"content-type": "application/x-www-form-urlencoded", "accept": "application/json"},
        body=urlencode({name: value for name, value in {**client, **form}.items() if value}).encode(),
    )


def token_answer(response: HttpResponse) -> TokenAnswer:
    """What it says; nothing for an answer that cannot be read."""
    try:
        return msgspec.json.decode(response.body, type=TokenAnswer, strict=False)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return TokenAnswer()
