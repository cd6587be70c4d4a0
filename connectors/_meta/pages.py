"""Connecting a Page: the same for Messenger and for what is said on the Page, but for permissions and fields.

What an admin has may be a Page's token, his own, or one of a system user; the Page's is made of any of them.
https://developers.facebook.com/docs/pages-api/getting-started (read 2026-11-22).
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from connectors._meta import graph, subscriptions, tokens
from connectors.contract import Asset, Context, Credentials, OAuth, Setup
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import Exchange, http

_PAGES, _PERSONS = "page_access_token", "user_access_token"
"""Credentials: the Page's token, and the long-lived one of the person who signed in, of which the Page's is made."""
_NETWORKS = (("messenger", "pages_messaging"), ("facebook_page", "pages_read_user_content"))
"""What a Page can be connected for, and the permission that it takes."""


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str = ""
    username: str = ""


def setup(ctx: Context, scopes: Iterable[str], fields: Iterable[str]) -> Exchange[Setup]:
    """Prove the token and its permissions, find the Page, and have its webhooks delivered to the app.

    Raises SendError: REAUTH for the token, REJECTED when the Page has to be chosen, naming those there are.
    """
    found, given = yield from _proved(ctx)
    tokens.require_scopes(found, scopes)
    page_id, token = yield from _page_of(ctx, found, given)
    request = graph.get(ctx, page_id, {"fields": "id,name,username"}, token=token)
    page: _Page = graph.read(graph.said((yield from http(request)), ctx.now), _Page)
    app_id = found.app_id or ctx.settings.get("app_id", "")
    yield from subscriptions.subscribe(ctx, page.id, fields, app_id=app_id, token=token)
    return Setup(
        asset_id=page.id,
        name=page.name or page.username,
        settings={"page_id": page.id},
        credentials={} if token == ctx.credentials.get(_PAGES) else {_PAGES: token},
        # Graph was asked about the one that was given; it tells nothing of a Page's that is made of a person's.
        expires_at=found.expires if token == given else None,
    )


def assets(ctx: Context) -> Exchange[list[Asset]]:
    """The Pages that a sign-in reaches, each for every network that it may be used for. Raises SendError."""
    person = ctx.credentials.get(_PERSONS) or graph.token_of(ctx)
    found = yield from tokens.debug(ctx, person)
    networks = [network for network, scope in _NETWORKS if not found.scopes or scope in found.scopes]
    return [
        Asset(network=network, asset_id=page.id, name=page.name or page.id, settings={"page_id": page.id})
        for page in (yield from tokens.pages(ctx, person))
        for network in networks
    ]


def teardown(ctx: Context, fields: Iterable[str]) -> Exchange[None]:
    """Have the channel's part of the Page's webhooks delivered no longer; other channels of the Page keep theirs."""
    page_id = ctx.asset_id or ctx.settings.get("page_id", "")
    if page_id:
        yield from subscriptions.unsubscribe(ctx, page_id, fields, app_id=ctx.settings.get("app_id", ""))


def oauth(network: str, scopes: tuple[str, ...]) -> OAuth:
    """Signing in with Facebook for a channel that is a Page."""

    def start(ctx: Context, state: str, challenge: str) -> str:
        return tokens.start(ctx, network, state, challenge, scopes)

    def callback(ctx: Context, code: str, verifier: str) -> Exchange[Credentials]:
        """The person's own token. `setup` makes the Page's of it, which has no end: so this has none here."""
        granted = yield from tokens.signed_in(ctx, network, code, verifier)
        return Credentials(credentials={_PERSONS: granted.access_token})

    return OAuth(start=start, callback=callback, refresh=refresh)


def refresh(ctx: Context) -> Exchange[Credentials]:
    """The Page's token, made anew of the person's own. Raises SendError(REAUTH) where nobody signed in, or his no
    longer holds.
    """
    person = ctx.credentials.get(_PERSONS, "")
    if not person:
        raise SendError(SendErrorKind.REAUTH, "the Page's token no longer holds: sign in, or enter a new one")
    found = yield from tokens.pages(ctx, person)
    page = tokens.page_of(found, ctx.asset_id or ctx.settings.get("page_id", ""))
    return Credentials(credentials={_PAGES: page.access_token})


def _proved(ctx: Context) -> Exchange[tuple[tokens.Debugged, str]]:
    """A token that holds, and what it is good for: the Page's or, after a new sign-in, the person's."""
    refused = SendError(SendErrorKind.REAUTH, "there is no token: sign in, or enter one")
    for name in (_PAGES, _PERSONS):
        token = ctx.credentials.get(name, "")
        try:
            if token:
                return (yield from tokens.debug(ctx, token)), token
        except SendError as error:
            refused = error
            if error.kind != SendErrorKind.REAUTH:
                break
    raise refused


def _page_of(ctx: Context, found: tokens.Debugged, token: str) -> Exchange[tuple[str, str]]:
    """Id and token of the Page that a token is of, or that the person behind it manages."""
    wanted = ctx.settings.get("page_id", "").strip()
    if found.type.upper() != "PAGE":
        page = tokens.page_of((yield from tokens.pages(ctx, token)), wanted)
        return page.id, page.access_token or token
    if wanted and found.profile_id and wanted != found.profile_id:
        reason = f"the token is of the Page {found.profile_id}, not of {wanted}: correct page_id or the token"
        raise SendError(SendErrorKind.REJECTED, reason)
    return found.profile_id or wanted or "me", token
