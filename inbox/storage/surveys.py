"""Surveys: where one is put, who was asked when, what was answered."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, or_, select, update

from inbox.domain.conditions import Condition
from inbox.domain.figures import Asked
from inbox.domain.permissions import Scope
from inbox.domain.records import Episode
from inbox.domain.survey_records import SurveyAsk
from inbox.storage import tables as t
from inbox.storage.conditions import clause_of
from inbox.storage.database import ByKeys, Query, Statement, among, fetch, first
from inbox.storage.dialect import record_columns
from inbox.storage.reports_source import Source, big
from inbox.storage.reports_source import condition as counted

_a = t.survey_ask.c
_LAST_ASKED = Statement(
    select(func.max(_a.sent_at))
    .select_from(t.survey_ask.join(t.conversation, t.conversation.c.id == _a.conversation_id))
    .where(t.conversation.c.contact_id == bindparam("contact"))
)
_ASKED_ABOUT = Statement(
    select(_a.id).where(
        _a.workspace_id == 1, _a.conversation_id == bindparam("conversation"), _a.episode == bindparam("episode")
    )
)
_OF_CONVERSATION = Statement(
    select(*record_columns(t.survey_ask))
    .where(_a.workspace_id == 1, _a.conversation_id == bindparam("conversation"))
    .order_by(_a.id)
)
_ERASE = Statement(update(t.survey_ask).where(among(_a.conversation_id, "conversations")).values(comment=""))


def is_put_in(conversation_id: int, where: Condition, now: int) -> Query[bool]:
    """Whether a condition holds of a conversation as it is stored."""
    query = select(t.conversation.c.id).where(t.conversation.c.id == bindparam("wanted"), clause_of(where))
    ages = {"now": now} if "now" in query.compile().params else {}
    return (yield from first(Statement(query)(wanted=conversation_id, **ages))) is not None


def last_asked(contact_id: int) -> Query[int | None]:
    """When a person was asked last, by whichever survey; None: never."""
    row = yield from first(_LAST_ASKED(contact=contact_id))
    return row[0] if row else None


def was_asked(conversation_id: int, episode: int) -> Query[bool]:
    """Whether somebody was asked about an episode."""
    return (yield from first(_ASKED_ABOUT(conversation=conversation_id, episode=episode))) is not None


def closed_by(conversation_id: int, episode: int) -> Query[Episode | None]:
    """The episode, which says who closed it."""
    rows = yield ByKeys(t.episode, [(conversation_id, episode)], ("conversation_id", "number"))
    return Episode(*rows[0]) if rows else None


def of_conversation(conversation_id: int) -> Query[list[SurveyAsk]]:
    """What was asked in a conversation, oldest first."""
    rows = yield from fetch(_OF_CONVERSATION(conversation=conversation_id))
    return [SurveyAsk(*row) for row in rows]


def erase(conversation_ids: Sequence[int]) -> Query[None]:
    """Blank what was written beside scores."""
    yield _ERASE(conversations=list(conversation_ids))


# --- reports


def put(scale: str) -> Source:
    """Who was asked on a scale, by the day he was asked."""
    return Source(t.survey_ask, _a.sent_at, (_a.scale == scale,), {"survey": _a.survey_id})


def comments(
    scale: str, asked: Asked, scope: Scope, *, limit: int, after: tuple[int, int] | None = None
) -> Query[list[SurveyAsk]]:
    """What people wrote beside their scores, newest first, after an (instant, ask)."""
    wanted = counted(put(scale), asked, scope)
    where = [*wanted.clauses, _a.comment != ""]
    if after is not None:
        where.append(or_(_a.sent_at < big(after[0]), (_a.sent_at == big(after[0])) & (_a.id < big(after[1]))))
    query = select(*record_columns(t.survey_ask)).where(*where)
    query = query.order_by(_a.sent_at.desc(), _a.id.desc()).limit(limit)
    return [SurveyAsk(*row) for row in (yield from fetch(Statement(query)(**wanted.values)))]
