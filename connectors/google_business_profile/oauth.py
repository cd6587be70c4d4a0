"""Signing in at Google with OAuth 2.0 and PKCE, and access tokens for requests.

https://developers.google.com/identity/protocols/oauth2/web-server (read 2026-11-22). An access token lasts about an
hour. The one kept is used while it lasts; after that each exchange begins by asking for another, which Google allows as
often as one likes, so that a poll goes on when nobody has refreshed what is kept.
"""

from __future__ import annotations

from dataclasses import replace

from connectors.contract import Context, Credentials
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import Exchange, HttpResponse, http
from connectors.google_business_profile.hosts import SIGN_IN, TOKENS, address
from connectors.toolkit.http import error_of
from connectors.toolkit.oauth import TokenAnswer, code_form, refresh_form, start_url, token_answer, token_request

SCOPE = "https://www.googleapis.com/auth/business.manage"
EXPIRES_AT = "access_token_expires_at"
"""Among the credentials, beside `access_token`: until when it is good, in µs."""
_EARLY_SECONDS = 120
"""A token counts as expired this long before it is, so that it does not die under way."""
_SIGN_IN_AGAIN = frozenset({400, 401, 403, 404})
"""Refusals that only a person can mend: `invalid_grant` for a sign-in that was withdrawn or has aged, `invalid_client`
and others for what was entered. https://www.rfc-editor.org/rfc/rfc6749#section-5.2 (read 2026-11-22).
"""


def start(ctx: Context, state: str, challenge: str) -> str:
    """Where to send the admin. `challenge` is the S256 PKCE challenge (RFC 7636)."""
    # Only with both does Google give a refresh token each time.
    always = {"access_type": "offline", "prompt": "consent"}
    return start_url(address(ctx, SIGN_IN), ctx, redirect_uri(ctx), SCOPE, state, challenge, **always)


def callback(ctx: Context, code: str, verifier: str) -> Exchange[Credentials]:
    """Change the code for tokens. Raises SendError(REAUTH) when it is too old or was used."""
    return (yield from _tokens(ctx, code_form(code, verifier, redirect_uri(ctx))))


def refresh(ctx: Context) -> Exchange[Credentials]:
    """A fresh access token; the refresh token is kept unless a new one comes with it.

    Raises SendError(REAUTH) when access was withdrawn, or after 7 days where the consent screen is still in testing.
    """
    token = ctx.credentials.get("refresh_token", "")
    if not token:
        raise SendError(SendErrorKind.REAUTH, "there is no refresh token: sign in under Settings, Channels")
    return (yield from _tokens(ctx, refresh_form(token)))


def kept_token(ctx: Context) -> str:
    """The access token that is kept, while it is good; empty otherwise."""
    until = ctx.credentials.get(EXPIRES_AT, "")
    good = until.isdigit() and int(until) > ctx.now
    return ctx.credentials.get("access_token", "") if good else ""


def signed_in(ctx: Context) -> Exchange[Context]:
    """The context with an access token that is good, for exchanges of several requests. Raises SendError."""
    if kept_token(ctx):
        return ctx
    fresh = yield from refresh(ctx)
    return replace(ctx, credentials={**ctx.credentials, **fresh.credentials})


def redirect_uri(ctx: Context) -> str:
    """The address to register at Google; the same for every location of this installation."""
    return f"{ctx.public_url}/oauth/google_business_profile/callback"


def _tokens(ctx: Context, form: dict[str, str]) -> Exchange[Credentials]:
    response = yield from http(token_request(address(ctx, TOKENS), ctx, form))
    answer = token_answer(response)
    if response.status != 200 or not answer.access_token:
        raise _refusal(response, answer, ctx.now)
    until = ctx.now + int(max(0.0, answer.expires_in - _EARLY_SECONDS) * 1_000_000)
    fresh = {"access_token": answer.access_token, EXPIRES_AT: str(until)}
    if kept := answer.refresh_token or ctx.credentials.get("refresh_token"):
        fresh["refresh_token"] = kept
    return Credentials(credentials=fresh, expires_at=until)


def _refusal(response: HttpResponse, answer: TokenAnswer, now: int) -> SendError:
    reason = answer.reason or f"HTTP {response.status}"
    if response.status in _SIGN_IN_AGAIN:
        return SendError(SendErrorKind.REAUTH, f"Google does not accept the sign-in: sign in again ({reason})")
    if response.status == 200:
        return SendError(SendErrorKind.UNREACHABLE, "Google's token endpoint gave no token")
    return error_of(response, now, reason)
