"""Whole records of the small tables, by id: what is alike for agents, teams, tags, views, canned answers, tokens…"""

from __future__ import annotations

from functools import cache
from typing import TypeVar

import msgspec
from sqlalchemy import Table, select

from inbox.domain.records import (
    Agent,
    App,
    Campaign,
    Canned,
    Channel,
    Connection,
    Notification,
    Record,
    Session,
    Tag,
    Team,
    Token,
    View,
)
from inbox.domain.sla_records import Calendar, Policy
from inbox.domain.webhooks import Webhook
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Delete, Insert, Query, Save, Statement, Update

R = TypeVar("R", bound=Record)
_TABLES: dict[type[Record], Table] = {
    Agent: t.agent,
    App: t.app,
    Calendar: t.calendar,
    Campaign: t.campaign,
    Canned: t.canned,
    Channel: t.channel,
    Connection: t.connection,
    Notification: t.notification,
    Policy: t.policy,
    Session: t.session,
    Tag: t.tag,
    Team: t.team,
    Token: t.token,
    View: t.view,
    Webhook: t.webhook,
}
_row = msgspec.structs.astuple


@cache
def _all(kind: type[Record]) -> Statement:
    table = _TABLES[kind]
    return Statement(select(*[c for c in table.c if c.name != "workspace_id"]).order_by(table.c.id))


def every(kind: type[R]) -> Query[list[R]]:
    """All records of a kind, oldest first."""
    rows = yield _all(kind)()
    return [kind(*row) for row in rows]


def one(kind: type[R], record_id: int) -> Query[R | None]:
    """A record by id."""
    rows = yield ByKeys(_TABLES[kind], [record_id])
    return kind(*rows[0]) if rows else None


def add(record: Record) -> Query[None]:
    """Insert a record. A taken unique key raises IntegrityFailed out of the transaction: look first, under the lock."""
    yield Save([Insert(_TABLES[type(record)], [_row(record)])])


def change(record: Record) -> Query[None]:
    """Write a changed record, whole."""
    yield Save([Update(_TABLES[type(record)], [_row(record)])])


def remove(kind: type[Record], record_id: int) -> Query[None]:
    """Delete a record by id."""
    yield Save([Delete(_TABLES[kind], [(record_id,)])])
