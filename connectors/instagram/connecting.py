"""Connecting a channel: whose token it is, and having what happens to the account delivered; and undoing that."""

from __future__ import annotations

from dataclasses import replace

from connectors._meta import graph, subscriptions, tokens
from connectors._meta.graph import Json
from connectors.contract import Asset, Context, Setup
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import Exchange
from connectors.instagram.account import api, ask, login_of
from connectors.instagram.manifest import FACEBOOK_SCOPES, SUBSCRIBED

_PAGE_FIELDS = ("name",)
"""A Page has to be subscribed to some field of its own, or nothing of its Instagram account is delivered; this one
hardly ever changes. https://developers.facebook.com/docs/instagram-platform/webhooks (read 2026-11-22).
"""
_LINKED = "instagram_business_account"
_NEEDED = tuple(scope for scope in FACEBOOK_SCOPES if scope.startswith("instagram_"))


def setup(ctx: Context) -> Exchange[Setup]:
    """Prove the token, find the account and subscribe it. Raises SendError: `reauth` for a token that is not valid or
    lacks a permission, `rejected` where the account is another than the one entered, or cannot be told.
    """
    if not graph.token_of(ctx):
        raise SendError(SendErrorKind.REAUTH, "there is no access token: enter one, or sign in at the network")
    return (yield from (_behind_page(ctx) if login_of(ctx) == "facebook" else _by_itself(ctx)))


def assets(ctx: Context) -> Exchange[list[Asset]]:
    """The accounts that a sign-in reaches: its own, or those linked to the Pages of whoever signed in with Facebook."""
    if login_of(ctx) == "instagram":
        me = yield from ask(ctx, graph.get(api(ctx), "me", {"fields": "id,user_id,username,name"}))
        return [_asset(me, str(me.get("user_id") or me.get("id") or ""), "instagram")]
    pages = yield from tokens.pages(api(ctx), graph.token_of(ctx))
    accounts = [page.instagram_business_account for page in pages]
    return [_asset(account, str(account["id"]), "facebook") for account in accounts if account.get("id")]


def teardown(ctx: Context) -> Exchange[None]:
    """End deliveries. Behind a Page only our own field is given back: other channels may hang on the others."""
    at = api(ctx)
    if login_of(ctx) == "instagram":
        yield from ask(ctx, graph.delete(at, "me/subscribed_apps", effect=False))
        return
    page_id, app_id = ctx.settings.get("page_id", "") or "me", ctx.settings.get("app_id", "")
    yield from subscriptions.unsubscribe(at, page_id, _PAGE_FIELDS, app_id=app_id)


def _by_itself(ctx: Context) -> Exchange[Setup]:
    """`user_id` is the account's id in deliveries and paths, `id` another for this app alone."""
    at = api(ctx)
    me = yield from ask(ctx, graph.get(at, "me", {"fields": "id,user_id,username,name"}))
    found, scoped = str(me.get("user_id") or me.get("id") or ""), str(me.get("id") or "")
    _require_chosen(ctx, found)
    subscribe = graph.post(at, "me/subscribed_apps", effect=False, params={"subscribed_fields": ",".join(SUBSCRIBED)})
    yield from ask(ctx, subscribe)
    settings = {"login": "instagram", "app_scoped_id": scoped if scoped != found else ""}
    return Setup(asset_id=found, name=_name(me, found), settings={**_settings(me, found), **settings})


def _behind_page(ctx: Context) -> Exchange[Setup]:
    at = api(ctx)
    page = yield from _page(at)
    account = page.instagram_business_account
    found = str(account.get("id") or "")
    _require_chosen(ctx, found)
    token = page.access_token or graph.token_of(ctx)
    as_page = replace(at, credentials={**at.credentials, "access_token": token})
    yield from subscriptions.subscribe(as_page, page.id, _PAGE_FIELDS, app_id=ctx.settings.get("app_id", ""))
    settings = {**_settings(account, found), "login": "facebook", "page_id": page.id}
    name = _name(account, found)
    return Setup(asset_id=found, name=name, settings=settings, credentials={"access_token": token})


def _page(at: Context) -> Exchange[tokens.Page]:
    """The Page whose token it is; for a person's or system user's, the one Page that the account is linked to."""
    debugged = yield from tokens.debug(at)
    tokens.require_scopes(debugged, _NEEDED)
    if debugged.type == "PAGE":
        fields = {"fields": f"id,name,{_LINKED}{{id,username}}"}
        page: tokens.Page = graph.read((yield from ask(at, graph.get(at, "me", fields))), tokens.Page)
        return page
    pages = yield from tokens.pages(at, graph.token_of(at))
    linked = [page for page in pages if page.instagram_business_account.get("id")]
    wanted = at.settings.get("ig_user_id", "")
    fitting = [page for page in linked if not wanted or page.instagram_business_account["id"] == wanted]
    if len(fitting) == 1:
        return fitting[0]
    known = ", ".join(f"{_name(page.instagram_business_account, '')} of {page.name}" for page in linked) or "none"
    raise SendError(SendErrorKind.REJECTED, f"enter ig_user_id; this sign-in reaches the accounts: {known}")


def _asset(account: Json, account_id: str, login: str) -> Asset:
    return Asset(
        network="instagram",
        asset_id=account_id,
        name=_name(account, account_id),
        settings={"ig_user_id": account_id, "login": login},
    )


def _require_chosen(ctx: Context, found: str) -> None:
    wanted = ctx.settings.get("ig_user_id", "")
    if not found:
        raise SendError(SendErrorKind.REJECTED, "no professional Instagram account belongs to the token")
    if wanted and wanted != found:
        raise SendError(SendErrorKind.REJECTED, f"the token is of the account {found}, not of {wanted}")


def _settings(account: Json, found: str) -> dict[str, str]:
    return {"ig_user_id": found, "username": str(account.get("username") or "")}


def _name(account: Json, otherwise: str) -> str:
    return str(account.get("name") or account.get("username") or account.get("id") or otherwise)
