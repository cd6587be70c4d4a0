"""The account a channel is: how it signed in, and where and in whose name it is spoken to.

An account that signed in with Instagram is reached at graph.instagram.com with its own token; one behind a Page at
graph.facebook.com with the Page's. `me` is the account there and the Page here; both send by `me/messages`.
https://developers.facebook.com/docs/instagram-platform/overview (read 2026-11-22).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Literal

from connectors._meta import graph
from connectors._meta.graph import Json
from connectors.contract import Context
from connectors.exchange import HttpRequest, HttpResponse, http
from connectors.instagram.manifest import FACEBOOK_HOST, HUMAN_AGENT_SECONDS, INSTAGRAM_HOST, WINDOW_SECONDS

Login = Literal["instagram", "facebook"]


def login_of(ctx: Context) -> Login:
    """How the account signed in: as chosen, else as the token begins."""
    chosen = ctx.settings.get("login", "")
    if chosen in ("instagram", "facebook"):
        return "facebook" if chosen == "facebook" else "instagram"
    return "facebook" if graph.token_of(ctx).startswith("EAA") else "instagram"


def api(ctx: Context) -> Context:
    """The context for calls: with the host of the account's login, unless the channel has an address of its own.

    A token of Instagram's login belongs to the app's Instagram product, whose secret can be another than the one that
    is entered: a wrong proof is refused, and none is asked for.
    """
    if login_of(ctx) == "instagram":
        return replace(ctx, credentials={k: v for k, v in ctx.credentials.items() if k != "app_secret"})
    return replace(ctx, base_url=FACEBOOK_HOST) if ctx.base_url == INSTAGRAM_HOST else ctx


def answers_for_seconds(ctx: Context) -> int:
    """How long after a person's last message people may answer: longer where the app was granted Human Agent."""
    return WINDOW_SECONDS if ctx.settings.get("human_agent", "yes") == "no" else HUMAN_AGENT_SECONDS


def account_id(ctx: Context) -> str:
    """The account's id in paths."""
    return ctx.asset_id or ctx.settings.get("ig_user_id", "") or "me"


def ask(ctx: Context, request: HttpRequest) -> Generator[HttpRequest, HttpResponse, Json]:
    """Carry a request out and read its answer. Raises SendError."""
    answer = yield from http(request)
    return graph.said(answer, ctx.now, effect=request.effect)
