"""Tokens: what one is good for, how it is made to last, and signing in with Facebook.

A person's token lives for an hour or two, its long-lived form for 60 days; the token of a Page that was read with a
long-lived one has no end, and dies when the person changes the password or loses his role.
https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived,
https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow and
https://developers.facebook.com/docs/graph-api/reference/debug_token (read 2026-11-22).
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

import msgspec

from connectors._meta import graph
from connectors._meta.fields import version
from connectors._meta.graph import Json
from connectors.contract import Context
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import Exchange, http

DIALOG = "https://www.facebook.com"
_GRAPH = "https://graph.facebook.com"
_SECOND = 1_000_000
_AT_ONCE = 100
_LISTS_MOST = 20
"""Lists of Pages that are read one after the other: a cursor that leads nowhere must end."""


class Debugged(msgspec.Struct, frozen=True, kw_only=True):
    """What Graph knows of a token. Times in seconds, 0: none."""

    is_valid: bool = False
    app_id: str = ""
    type: str = ""
    """`PAGE`, `USER`, `SYSTEM_USER`…"""
    profile_id: str = ""
    """The Page that a Page's token is of."""
    user_id: str = ""
    scopes: list[str] = []
    expires_at: int = 0
    error: Json = {}

    @property
    def expires(self) -> int:
        """When it ends, µs; 0: never."""
        return max(0, self.expires_at) * _SECOND


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A Page that a person manages, with the token to act as it."""

    id: str
    name: str = ""
    access_token: str = ""
    tasks: list[str] = []
    instagram_business_account: Json = {}


class Granted(msgspec.Struct, frozen=True, kw_only=True):
    """A person's token. `expires_in` seconds; 0: Graph did not say, or it has no end."""

    access_token: str
    expires_in: int = 0

    def expires_at(self, now: int) -> int | None:
        """When it ends, µs; None where that is not known."""
        return now + self.expires_in * _SECOND if self.expires_in > 0 else None


class _Debug(msgspec.Struct, frozen=True, kw_only=True):
    data: Debugged = Debugged()


class _Cursors(msgspec.Struct, frozen=True, kw_only=True):
    after: str = ""


class _Paging(msgspec.Struct, frozen=True, kw_only=True):
    cursors: _Cursors = _Cursors()
    next: str = ""


class _Pages(msgspec.Struct, frozen=True, kw_only=True):
    data: list[Page] = []
    paging: _Paging = _Paging()


# --- looking at a token -----------------------------------------------------------------------


def debug(ctx: Context, token: str | None = None) -> Exchange[Debugged]:
    """What a token, or else the channel's own, is good for. Raises SendError(REAUTH) when it is not valid.

    Graph is asked in the name of the app where its id is known, else with the token itself.
    """
    looked_at = graph.token_of(ctx) if token is None else token
    if not looked_at:
        raise SendError(SendErrorKind.REAUTH, "there is no token: sign in, or enter one")
    request = graph.get(ctx, "debug_token", {"input_token": looked_at}, token=app_token(ctx) or looked_at)
    found: Debugged = graph.read(graph.said((yield from http(request)), ctx.now), _Debug).data
    if not found.is_valid:
        raise SendError(SendErrorKind.REAUTH, f"the token is not valid: {found.error.get('message', 'sign in again')}")
    return found


def require_scopes(found: Debugged, needed: Iterable[str]) -> None:
    """Raise SendError(REAUTH) naming the permissions that a token lacks. A token that names none is let through: then
    the first call tells.
    """
    missing = sorted(set(needed) - set(found.scopes))
    if found.scopes and missing:
        raise SendError(SendErrorKind.REAUTH, f"the token lacks {', '.join(missing)}: sign in and grant it")


def app_token(ctx: Context) -> str:
    """The token of the app itself; empty where its id or secret is not known."""
    app_id, secret = ctx.settings.get("app_id", ""), ctx.credentials.get("app_secret", "")
    return f"{app_id}|{secret}" if app_id and secret else ""


def pages(ctx: Context, token: str) -> Exchange[list[Page]]:
    """The Pages that the person behind a token manages, each with its token and the Instagram account linked to it."""
    fields = "id,name,access_token,tasks,instagram_business_account{id,username}"
    params = {"fields": fields, "limit": str(_AT_ONCE)}
    found: list[Page] = []
    for _ in range(_LISTS_MOST):
        request = graph.get(ctx, "me/accounts", params, token=token)
        listed: _Pages = graph.read(graph.said((yield from http(request)), ctx.now), _Pages)
        found.extend(listed.data)
        params = {**params, "after": listed.paging.cursors.after}
        if not (listed.paging.next and listed.paging.cursors.after):
            break
    return found


def page_of(found: list[Page], page_id: str) -> Page:
    """The Page with that id or, where none is asked for, the only one. Raises SendError(REJECTED) naming those there
    are.
    """
    chosen = [page for page in found if page_id in ("", page.id)]
    if len(chosen) == 1:
        return chosen[0]
    listed = ", ".join(f"{page.name} ({page.id})" for page in found) or "none"
    asked = f"is not {page_id}" if page_id else "has to be chosen by page_id"
    raise SendError(SendErrorKind.REJECTED, f"the Page {asked}; this sign-in reaches: {listed}")


# --- making a token ---------------------------------------------------------------------------


def long_lived(ctx: Context, token: str, *, of_business: bool = False) -> Exchange[Granted]:
    """The 60-day form of a person's token; also of one that has that form and is renewed so. `of_business`: it is of a
    business, which has to ask for the days.
    """
    params = {"grant_type": "fb_exchange_token", "fb_exchange_token": token, **_app(ctx)}
    params |= {"set_token_expires_in_60_days": "true"} if of_business else {}
    return (yield from _granted(ctx, params))


def start(ctx: Context, network: str, state: str, challenge: str, scopes: Iterable[str]) -> str:
    """Where to send the admin to sign in with Facebook. `challenge` is the S256 PKCE challenge (RFC 7636)."""
    query = {
        "client_id": ctx.settings.get("app_id", ""),
        "redirect_uri": redirect_uri(ctx, network),
        "response_type": "code",
        "scope": ",".join(scopes),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    dialog = DIALOG if ctx.base_url in ("", _GRAPH) else ctx.base_url
    return f"{dialog}/{version(ctx)}/dialog/oauth?{urlencode(query)}"


def signed_in(ctx: Context, network: str, code: str, verifier: str) -> Exchange[Granted]:
    """The long-lived token of the person who came back with a code. Raises SendError."""
    short = yield from redeemed(ctx, network, code, verifier)
    return (yield from long_lived(ctx, short.access_token))


def redeemed(ctx: Context, network: str, code: str, verifier: str) -> Exchange[Granted]:
    """The token that a code is worth, as it is. Raises SendError."""
    params = {"redirect_uri": redirect_uri(ctx, network), "code": code, "code_verifier": verifier, **_app(ctx)}
    return (yield from _granted(ctx, params))


def redirect_uri(ctx: Context, network: str) -> str:
    """The address to enter under Facebook Login → Valid OAuth redirect URIs."""
    return f"{ctx.public_url}/oauth/{network}/callback"


def _granted(ctx: Context, params: Json) -> Exchange[Granted]:
    answer = graph.said((yield from http(graph.get(ctx, "oauth/access_token", params, token=""))), ctx.now)
    granted: Granted = graph.read(answer, Granted)
    return granted


def _app(ctx: Context) -> dict[str, str]:
    """Who asks. Raises SendError(REJECTED) where that is not known."""
    app_id, secret = ctx.settings.get("app_id", ""), ctx.credentials.get("app_secret", "")
    if not app_id or not secret:
        raise SendError(SendErrorKind.REJECTED, "enter app_id and app_secret of the app first")
    return {"client_id": app_id, "client_secret": secret}
