"""Attaching an asset to the app, so that its webhooks come: `/{asset}/subscribed_apps`.

A subscription is one for app and asset, and writing it replaces its fields; so what other channels of the same asset
need is read first and kept. https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps
(read 2026-11-22).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from connectors._meta import graph
from connectors.contract import Context
from connectors.exchange import Exchange, http


class _App(msgspec.Struct, frozen=True, kw_only=True):
    id: str = ""
    subscribed_fields: list[Any] = []

    @property
    def fields(self) -> set[str]:
        """Names; some versions of Graph write `{"name", "version"}`."""
        names = (one.get("name") if isinstance(one, dict) else one for one in self.subscribed_fields)
        return {str(name) for name in names if name}


class _Apps(msgspec.Struct, frozen=True, kw_only=True):
    data: list[_App] = []


def subscribe(
    ctx: Context, asset_id: str, fields: Iterable[str], *, app_id: str, token: str | None = None
) -> Exchange[None]:
    """Have these fields of an asset delivered, beside those that are delivered already. Raises SendError."""
    wanted = sorted((yield from _subscribed(ctx, asset_id, app_id, token)) | set(fields))
    yield from _write(ctx, asset_id, wanted, token)


def unsubscribe(
    ctx: Context, asset_id: str, fields: Iterable[str], *, app_id: str, token: str | None = None
) -> Exchange[None]:
    """Have these fields of an asset delivered no longer; the last ones end the subscription. Raises SendError."""
    rest = sorted((yield from _subscribed(ctx, asset_id, app_id, token)) - set(fields))
    if rest:
        yield from _write(ctx, asset_id, rest, token)
        return
    answer = yield from http(graph.delete(ctx, f"{asset_id}/subscribed_apps", effect=False, token=token))
    graph.said(answer, ctx.now)


def _subscribed(ctx: Context, asset_id: str, app_id: str, token: str | None) -> Exchange[set[str]]:
    """The fields our app has now: of the only app where its id is not known."""
    request = graph.get(ctx, f"{asset_id}/subscribed_apps", {"fields": "id,subscribed_fields"}, token=token)
    apps: list[_App] = graph.read(graph.said((yield from http(request)), ctx.now), _Apps).data
    ours = [app for app in apps if app.id == app_id] if app_id else apps if len(apps) == 1 else []
    return {name for app in ours for name in app.fields}


def _write(ctx: Context, asset_id: str, fields: Iterable[str], token: str | None) -> Exchange[None]:
    params = {"subscribed_fields": ",".join(fields)}
    answer = yield from http(graph.post(ctx, f"{asset_id}/subscribed_apps", effect=False, params=params, token=token))
    graph.said(answer, ctx.now)
