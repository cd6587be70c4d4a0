"""Permissions that the person who connected a channel gave or took back in his account's settings.

`{object: "permissions", entry: [{id: <user>, changes: [{field: <permission>, value: {verb, target_ids}}]}]}`;
`target_ids` are the assets the permission was for.
https://developers.facebook.com/docs/graph-api/webhooks/reference/permissions (read 2026-11-22).
"""

from __future__ import annotations

import msgspec
from msgspec import Raw

from connectors.contract import Context
from connectors.errors import PayloadInvalid
from connectors.inbound import AnyInbound, ChannelRevoked, Ignored
from connectors.toolkit.payload import decode

OBJECT = "permissions"

_NEEDED_BY: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("pages_messaging", ("messenger", "facebook_page")),
    ("pages_manage_metadata", ("messenger", "facebook_page")),
    ("pages_show_list", ("messenger", "facebook_page")),
    ("pages_", ("facebook_page",)),
    ("instagram_", ("instagram",)),
    ("whatsapp_", ("whatsapp",)),
)
"""Beginning of a permission → the networks that cannot do without it."""


class _Change(msgspec.Struct, frozen=True, kw_only=True):
    """One permission: `granted` or `revoked`."""

    class Value(msgspec.Struct, frozen=True, kw_only=True):
        """What became of it."""

        verb: str = ""
        target_ids: list[str | int] = []

    field: str = ""
    value: Value = Value()


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    id: str | int
    time: int | float | str = ""
    changes: list[_Change] = []


class _Delivery(msgspec.Struct, frozen=True, kw_only=True):
    object: str = ""
    entry: list[_Entry] = []


def concerned(change: Raw) -> list[tuple[str, str]]:
    """(network, asset id) of every channel that lost a permission it needs. Raises PayloadInvalid."""
    told = decode(change, _Change, path="changes[]")
    if told.value.verb != "revoked":
        return []
    networks = next((networks for prefix, networks in _NEEDED_BY if told.field.startswith(prefix)), ())
    return [(network, str(target)) for target in told.value.target_ids for network in networks]


def is_about(body: bytes) -> bool:
    """Whether a piece's body tells of permissions. A quick look: whatever else it is shows when it is read."""
    return body.startswith(b'{"object":"permissions"')


def read(body: bytes, ctx: Context) -> list[AnyInbound | Exception]:
    """The inbounds of a piece about permissions: the channel's access is revoked."""
    try:
        delivery = decode(body, _Delivery)
    except PayloadInvalid as broken:
        return [broken]
    changes = [(entry, change) for entry in delivery.entry for change in entry.changes]
    return [_inbound(entry, change, ctx) for entry, change in changes]


def _inbound(entry: _Entry, change: _Change, ctx: Context) -> AnyInbound:
    verb = change.value.verb[:64]
    key = f"permission:{entry.id}:{entry.time}:{change.field}:{verb}"
    if verb != "revoked":
        reason = f"unknown: permission {verb}"
        return Ignored(dedupe_key=key, occurred_at=ctx.now, asset_id=ctx.asset_id, reason=reason)
    reason = f"The permission {change.field} was taken back at Facebook. Sign in again and grant it."
    return ChannelRevoked(dedupe_key=key, occurred_at=ctx.now, asset_id=ctx.asset_id, reason=reason)
