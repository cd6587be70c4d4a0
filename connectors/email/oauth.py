"""Signing in to Google and Microsoft mail with OAuth 2.0 and PKCE, for SASL XOAUTH2.

Google: https://developers.google.com/identity/protocols/oauth2/web-server and /gmail/imap/xoauth2-protocol;
Microsoft: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow and
/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
(read 2026-11-21). A channel's `base_url`, where set, stands in for both.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from connectors.contract import Context, Credentials
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import Exchange, HttpResponse, http
from connectors.toolkit.http import error_of
from connectors.toolkit.oauth import TokenAnswer, code_form, refresh_form, start_url, token_answer, token_request

_EARLY_SECONDS = 120
"""A token counts as expired this long before it is, so that it does not die between sign-in and use."""


class _Provider(NamedTuple):
    authorize_url: str
    token_url: str
    scope: str
    extra: dict[str, str]


def start(ctx: Context, state: str, challenge: str) -> str:
    """Where to send the admin. `challenge` is the S256 PKCE challenge (RFC 7636)."""
    provider = _provider(ctx)
    more = {"login_hint": ctx.settings.get("address", ""), **provider.extra}
    return start_url(provider.authorize_url, ctx, redirect_uri(ctx), provider.scope, state, challenge, **more)


def callback(ctx: Context, code: str, verifier: str) -> Exchange[Credentials]:
    """Change the code for tokens. Raises SendError(REAUTH) when it is too old or was used."""
    return (yield from _tokens(ctx, code_form(code, verifier, redirect_uri(ctx))))


def refresh(ctx: Context) -> Exchange[Credentials]:
    """A fresh access token; the refresh token is kept unless a new one comes with it.

    Raises SendError(REAUTH) when access was withdrawn.
    """
    token = ctx.credentials.get("refresh_token", "")
    if not token:
        raise SendError(SendErrorKind.REAUTH, "there is no refresh token: sign in again")
    return (yield from _tokens(ctx, refresh_form(token)))


def redirect_uri(ctx: Context) -> str:
    """The address to register at the provider; the same for every mailbox of this installation."""
    return f"{ctx.public_url}/oauth/email/callback"


def _provider(ctx: Context) -> _Provider:
    auth = ctx.settings.get("auth", "password")
    own = ctx.base_url
    if auth == "google":
        return _Provider(
            f"{own}/authorize" if own else "https://accounts.google.com/o/oauth2/v2/auth",
            f"{own}/token" if own else "https://oauth2.googleapis.com/token",
            "https://mail.google.com/",
            # Only with both does Google give a refresh token each time.
            {"access_type": "offline", "prompt": "consent"},
        )
    if auth == "microsoft":
        tenant = quote(ctx.settings.get("tenant", "") or "common", safe="")
        root = f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0"
        return _Provider(
            f"{own or root}/authorize",
            f"{own or root}/token",
            "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access",
            {"prompt": "select_account"},
        )
    raise SendError(SendErrorKind.REJECTED, f"auth is {auth!r}: signing in by OAuth is for google and microsoft")


def _tokens(ctx: Context, form: dict[str, str]) -> Exchange[Credentials]:
    response = yield from http(token_request(_provider(ctx).token_url, ctx, form))
    answer = token_answer(response)
    if response.status != 200 or not answer.access_token:
        raise _refusal(response, answer, ctx.now)
    fresh = dict(ctx.credentials) | {"access_token": answer.access_token}
    if answer.refresh_token:
        fresh["refresh_token"] = answer.refresh_token
    lasts = max(0.0, answer.expires_in - _EARLY_SECONDS)
    return Credentials(credentials=fresh, expires_at=ctx.now + int(lasts * 1_000_000))


def _refusal(response: HttpResponse, answer: TokenAnswer, now: int) -> SendError:
    """`invalid_grant` is a withdrawn or expired grant (RFC 6749 section 5.2); the other names are ours to mend."""
    if answer.error in {"invalid_grant", "interaction_required", "consent_required", "invalid_client"}:
        return SendError(SendErrorKind.REAUTH, answer.reason)
    if response.status == 200:
        return SendError(SendErrorKind.UNREACHABLE, "the token endpoint gave no token")
    return error_of(response, now, answer.reason)
