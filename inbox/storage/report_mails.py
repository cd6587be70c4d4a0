"""What was mailed of reports, and what a digest of topics is made of."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import bindparam, delete, select

from inbox.domain.figures import Asked
from inbox.domain.permissions import Scope
from inbox.domain.report_mails import ReportMailSend
from inbox.storage import measures as m
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query, Statement, fetch
from inbox.storage.dialect import record_columns
from inbox.storage.reports_source import Source, condition

_send = t.report_mail_send.c
_PAGE = Statement(
    select(*record_columns(t.report_mail_send))
    .where(_send.mail_id == bindparam("mail"), _send.id < bindparam("before"))
    .order_by(_send.id.desc())
    .limit(bindparam("limit"))
)
_FORGET = Statement(
    delete(t.report_mail_send).where(_send.mail_id == bindparam("mail"), _send.at < bindparam("before"))
)


class Said(msgspec.Struct, frozen=True):
    """An item of a customer, with the newest of its words; empty where they were erased."""

    conversation_id: int
    message_id: int
    at: int
    stars: int
    tags: str
    campaign_id: int
    text: str


def sends(mail_id: int, before: int, limit: int) -> Query[list[ReportMailSend]]:
    """What was sent, newest first, before an id."""
    rows = yield from fetch(_PAGE(mail=mail_id, before=before, limit=limit))
    return [ReportMailSend(*row) for row in rows]


def forget(mail_id: int, before: int) -> Query[None]:
    """Drop of a mail's log what is older."""
    yield _FORGET(mail=mail_id, before=before)


def received(asked: Asked, scope: Scope, limit: int) -> Query[list[Said]]:
    """What customers wrote in a period, newest first."""
    return (yield from _said(m.deeds("received"), asked, scope, limit))


def reviews(asked: Asked, scope: Scope, limit: int) -> Query[list[Said]]:
    """Reviews that came in a period, newest first."""
    return (yield from _said(m.reviews(), asked, scope, limit))


def _said(source: Source, asked: Asked, scope: Scope, limit: int) -> Query[list[Said]]:
    wanted = condition(source, asked, scope)
    d = t.deed.c
    query = select(d.conversation_id, d.message_id, d.at, d.stars, d.tags, d.campaign_id).where(*wanted.clauses)
    rows = yield from fetch(Statement(query.order_by(d.at.desc(), d.position.desc()).limit(limit))(**wanted.values))
    words = yield from _words([row[1] for row in rows])
    return [Said(*(*row, words.get(row[1], ""))) for row in rows]


def _words(message_ids: Sequence[int]) -> Query[dict[int, str]]:
    names = [column.name for column in record_columns(t.content)]
    at = [names.index(name) for name in ("message_id", "version", "text")]
    newest: dict[int, tuple[int, str]] = {}
    for row in (yield ByKeys(t.content, sorted(set(message_ids)), ("message_id",))) if message_ids else ():
        message_id, version, text = (row[i] for i in at)
        if version >= newest.get(message_id, (0, ""))[0]:
            newest[message_id] = (version, text or "")
    return {message_id: text for message_id, (_, text) in newest.items()}
