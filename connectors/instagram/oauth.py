"""Signing in: with Instagram itself, or with Facebook as a person who manages the Page.

A code becomes a token of an hour, that one a token of 60 days, which is renewed from its second day on for another 60.
https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login
(read 2026-11-22). Instagram's login knows no PKCE: the state, which is ours, binds the answer to the question.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from connectors._meta import graph, tokens
from connectors.contract import Context, Credentials, OAuth
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import Exchange, HttpRequest
from connectors.instagram.account import api, ask, login_of
from connectors.instagram.manifest import FACEBOOK_SCOPES, INSTAGRAM_HOST, INSTAGRAM_SCOPES, NETWORK

_DIALOG = "https://www.instagram.com"
_CODES = "https://api.instagram.com"
_SECOND = 1_000_000


def start(ctx: Context, state: str, challenge: str) -> str:
    """Where to send the admin."""
    if login_of(ctx) == "facebook":
        return tokens.start(api(ctx), NETWORK, state, challenge, FACEBOOK_SCOPES)
    query = {
        "client_id": ctx.settings.get("app_id", ""),
        "redirect_uri": tokens.redirect_uri(ctx, NETWORK),
        "response_type": "code",
        "scope": ",".join(INSTAGRAM_SCOPES),
        "state": state,
    }
    return f"{_host(ctx, _DIALOG)}/oauth/authorize?{urlencode(query)}"


def callback(ctx: Context, code: str, verifier: str) -> Exchange[Credentials]:
    """A lasting token for a code. With Facebook it is the person's: `setup` changes it for the Page's, which has no
    end. Raises SendError.
    """
    if login_of(ctx) == "facebook":
        granted = yield from tokens.signed_in(api(ctx), NETWORK, code, verifier)
        return Credentials(credentials={"access_token": granted.access_token})
    short = _token_in((yield from ask(ctx, _code_request(ctx, code))))
    params = {"grant_type": "ig_exchange_token", "client_secret": _app(ctx)[1], "access_token": short["access_token"]}
    return _lasting((yield from ask(ctx, _token_request(ctx, "access_token", params))), ctx.now)


def refresh(ctx: Context) -> Exchange[Credentials]:
    """Another 60 days for a token that still holds and is a day old. Raises SendError; a Page's token is not renewed:
    when it ends, a person has to sign in.
    """
    token = graph.token_of(ctx)
    if login_of(ctx) == "facebook" or not token:
        raise SendError(SendErrorKind.REAUTH, "a Page's token cannot be renewed: sign in again")
    params = {"grant_type": "ig_refresh_token", "access_token": token}
    return _lasting((yield from ask(ctx, _token_request(ctx, "refresh_access_token", params))), ctx.now)


OAUTH = OAuth(start=start, callback=callback, refresh=refresh)


def _code_request(ctx: Context, code: str) -> HttpRequest:
    app_id, app_secret = _app(ctx)
    form = {
        "client_id": app_id,
        "client_secret": app_secret,
        "grant_type": "authorization_code",
        "redirect_uri": tokens.redirect_uri(ctx, NETWORK),
        # Instagram puts `#_` behind the code.
        "code": code.removesuffix("#_"),
    }
    return HttpRequest(
        method="POST",
        url=f"{_host(ctx, _CODES)}/oauth/access_token",
        headers={"content-type": "application/x-www-form-urlencoded"},
        body=urlencode(form).encode(),
    )


def _token_request(ctx: Context, path: str, params: dict[str, str]) -> HttpRequest:
    """Token calls have no version, and take what they are about in the address."""
    return HttpRequest(method="GET", url=f"{api(ctx).base_url}/{path}?{urlencode(params)}")


def _host(ctx: Context, own: str) -> str:
    """One of Instagram's hosts, or the channel's own address where it has one."""
    return own if ctx.base_url == INSTAGRAM_HOST else ctx.base_url


def _app(ctx: Context) -> tuple[str, str]:
    app_id, secret = ctx.settings.get("app_id", ""), ctx.credentials.get("app_secret", "")
    if not app_id or not secret:
        raise SendError(SendErrorKind.REJECTED, "enter app_id and app_secret first: those of the Instagram product")
    return app_id, secret


def _token_in(answer: dict[str, Any]) -> dict[str, Any]:
    """The token, in either form: on its own, or as the one element of `data`."""
    data = answer.get("data")
    found = data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else answer
    if not isinstance(found.get("access_token"), str) or not found["access_token"]:
        raise SendError(SendErrorKind.UNREACHABLE, "Instagram answered without a token")
    return found


def _lasting(answer: dict[str, Any], now: int) -> Credentials:
    found = _token_in(answer)
    seconds = found.get("expires_in")
    expires_at = now + int(seconds) * _SECOND if isinstance(seconds, int | float) and 0 < seconds < 1e9 else None
    return Credentials(credentials={"access_token": found["access_token"]}, expires_at=expires_at)
