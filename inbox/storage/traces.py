"""Where networks' ids of a person stand outside his own rows, found when he is erased: in ids of items, in reactions to
what others wrote, in changes that came before their item, in look-ups that have not been made.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam, or_, select, text

from inbox.domain.records import Identity
from inbox.storage import tables as t
from inbox.storage.database import Delete, Query, Row, Save, Statement, Text, Update, among, fetch
from inbox.storage.dialect import Engine

MIN_CHARS = 4
"""An id shorter than this is in others by chance."""
Entry = list[Any]
"""A reaction: [external id, name, whether it is ours, emoji]."""
_json = msgspec.json.Encoder().encode
_entries = msgspec.json.Decoder(list[Entry]).decode

_m = t.message.c
_channels = select(t.channel.c.id).where(t.channel.c.network == bindparam("network"))
_REACTED = Statement(
    select(_m.id, _m.reactions).where(
        text("reactions <> ''"),  # as the index of the few that have any says it
        _m.reactions.like(bindparam("pattern"), escape="\\"),
        _m.channel_id.in_(_channels),
    )
)
_IDS = Statement(
    select(_m.id, _m.external_id).where(among(_m.id, "messages"), _m.external_id.is_not(None)).order_by(_m.id)
)
_ALIASES = Statement(select(t.alias.c.channel_id, t.alias.c.external_id).where(among(t.alias.c.message_id, "messages")))
_PARTS = Statement(
    select(t.outbox.c.id, t.outbox.c.external_id).where(
        among(t.outbox.c.message_id, "messages"), t.outbox.c.external_id.is_not(None)
    )
)
_STRONG = Statement(
    select(t.identity_alias.c.identity_id, t.identity_alias.c.value).where(
        t.identity_alias.c.workspace_id == 1, among(t.identity_alias.c.identity_id, "identities")
    )
)
_THREADS = Statement(
    select(t.thread.c.network, t.thread.c.external_id).where(
        among(t.thread.c.identity_id, "identities"), or_(t.thread.c.kind == "direct", t.thread.c.kind == "chat")
    )
)
_DROP_ORPHANS: dict[Engine, str] = {
    "sqlite": "DELETE FROM orphan WHERE channel_id IN (SELECT id FROM channel WHERE network = ?)"
    " AND instr(inbound, CAST(? AS BLOB)) > 0",
    "postgres": "DELETE FROM orphan WHERE channel_id IN (SELECT id FROM channel WHERE network = $1)"
    " AND position(convert_to($2, 'UTF8') IN inbound) > 0",
}


class Names:
    """What networks call a person: ids of accounts, numbers, addresses, by network and without `+`."""

    def __init__(self, called: Iterable[tuple[str, str]]) -> None:
        self.of: dict[str, set[str]] = {}
        for network, one in called:
            self.of.setdefault(network, set()).add(one.removeprefix("+"))
        self._long = {one for ids in self.of.values() for one in ids if len(one) >= MIN_CHARS}

    def within(self, item_id: str) -> bool:
        """Whether the id of an item of his has one of them in it: plainly (Telegram puts the chat's before a number),
        or in base64 (that of a WhatsApp message holds the phone number).
        """
        packed = _unpacked(item_id.rpartition(".")[2])
        return any(one in item_id or one.encode() in packed for one in self._long)

    def distinct(self) -> Iterator[tuple[str, str]]:
        """(network, id) of those that are nobody else's by chance."""
        return ((network, one) for network in sorted(self.of) for one in sorted(self.of[network] & self._long))


def _unpacked(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def names_of(identities: Sequence[Identity]) -> Query[Names]:
    """Of these accounts, by their ids, their strong names, and what the network calls their chats. Who is known by one
    item alone (`people.scope_of`) has its id, which is no name.
    """
    network = {one.id: one.network for one in identities}
    strong: list[Row] = yield from fetch(_STRONG(identities=list(network)))
    chats: list[Row] = yield from fetch(_THREADS(identities=list(network)))
    called = [(one.network, one.external_id) for one in identities if not one.scope.startswith("item:")]
    called += [(network[identity_id], value) for identity_id, value in strong]
    return Names([*called, *((row[0], row[1]) for row in chats)])


def reacted_to(names: Names) -> Query[dict[int, str]]:
    """Items that he has reacted to, and the reactions to them without his."""
    found: dict[int, str] = {}
    for network, ids in names.of.items():
        for one in ids:
            escaped = _json(one).decode().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            rows: list[Row] = yield from fetch(_REACTED(network=network, pattern=f"%[{escaped},%"))
            for message_id, before in rows:
                after = _without(before, ids)
                if after != before:
                    found[message_id] = after
    return found


def _without(reactions: str, ids: set[str]) -> str:
    """Reactions as they are kept, without those of an account that has one of the ids."""
    kept = [entry for entry in _entries(reactions) if entry[0].removeprefix("+") not in ids]
    return _json(kept).decode() if kept else ""


def remove(names: Names, identities: Sequence[int], messages: Sequence[int]) -> Query[None]:
    """Take his ids out of those of his items, and drop what waits for something of his."""
    rows: list[Row] = yield from fetch(_IDS(messages=list(messages)))
    yield Save([Update(t.message, _renamed(rows, names), columns=("id", "external_id"))])
    rows = yield from fetch(_PARTS(messages=list(messages)))
    yield Save([Update(t.outbox, _renamed(rows, names), columns=("id", "external_id"))])
    rows = yield from fetch(_ALIASES(messages=list(messages)))
    aliases = [tuple(row) for row in rows if names.within(row[1])]
    yield Save([Delete(t.alias, aliases, ("channel_id", "external_id"))])
    yield Save([Delete(t.job, [(f"profile:{one}",) for one in identities], ("key",))])
    for network, one in names.distinct():
        # A whole string, or the first part of an item's id: anything looser would take what is others'.
        for said in (f'"{one}"', f'"+{one}"', f'"{one}:'):
            yield Text(_DROP_ORPHANS, (network, said))


def _renamed(rows: Sequence[Row], names: Names) -> list[Row]:
    return [(row[0], f"erased:{row[0]}") for row in rows if names.within(row[1])]
