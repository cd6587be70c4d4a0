"""Conditions asked of the store: the tree of `domain.conditions` as a WHERE clause over `conversation`, the same on
both engines. It means what `conditions.holds` means (tests/inbox/storage/test_conditions.py); what only an item, a
calendar or a network's profile can tell is refused by name.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, Literal

from sqlalchemy import BigInteger, ColumnElement, Text, and_, bindparam, exists, false, literal, not_, or_, select, true

from inbox.clock import SECOND
from inbox.domain.condition_fields import OF_CONVERSATION, OF_SURVEYS, OWN
from inbox.domain.conditions import All, AnyOf, Condition, Not, Test, field_of
from inbox.domain.person_keys import millionths
from inbox.domain.surveys import DETRACTORS, GOOD, PROMOTERS, RANGE
from inbox.errors import Invalid
from inbox.storage import tables as t

Clause = ColumnElement[bool]
_c = t.conversation.c
_NOW: Any = bindparam("now", type_=BigInteger())
_OPPOSITE: dict[str, str] = {"is_not": "is", "none_of": "any_of", "not_set": "set"}
_COLUMNS: dict[str, Any] = {
    "status": _c.status,
    "kind": _c.kind,
    "audience": _c.audience,
    "network": _c.network,
    "channel": _c.channel_id,
    "team": _c.team_id,
    "assignee": _c.assignee_id,
    "priority": _c.priority,
    "language": _c.language,
    "rating": _c.rating,
    "campaign": _c.campaign_id,
    "contact": _c.contact_id,
    "waiting_since": _c.waiting_since,
}
"""Fields that are a column, with its values; what is not known is NULL."""
_AGES: dict[str, Any] = {
    "waiting_seconds": _c.waiting_since,
    "age_seconds": _c.created_at,
    "idle_seconds": _c.last_activity_at,
}
"""Fields that are how long ago a column's instant is."""
_MOST, _MOST_SECONDS = 2**62, 10**11
"""Beyond any number that is kept, and any time that has gone by: what is asked may be larger than a column can hold."""
_of_conversation = t.thread.c.conversation_id == _c.id
_FLAGS: dict[str, Clause] = {
    "spam": _c.spam == 1,
    "escalated": _c.escalation != "",
    "blocked": exists().where(t.contact.c.id == _c.contact_id, t.contact.c.blocked == 1),
    "is_ad": exists().where(_of_conversation, t.post.c.id == t.thread.c.post_id, t.post.c.is_ad == 1),
}

_ask, _later = t.survey_ask.c, t.survey_ask.alias("later").c


def _result(scale: Literal["csat", "nps"], scores: Iterable[int]) -> Clause:
    return and_(_ask.scale == scale, or_(false(), *(_ask.score == score for score in sorted(scores))))


_RESULTS: dict[str, Clause] = {
    "satisfied": _result("csat", GOOD),
    "not_satisfied": _result("csat", set(RANGE["csat"]) - set(GOOD)),
    "promoter": _result("nps", PROMOTERS),
    "detractor": _result("nps", DETRACTORS),
    "passive": _result("nps", set(RANGE["nps"]) - set(PROMOTERS) - set(DETRACTORS)),
}


def clause_of(condition: Condition) -> Clause:
    """The WHERE clause. Ages need the parameter `now` (µs). Raises Invalid (`condition`) for a field that no column
    tells.
    """
    match condition:
        case All(conditions):
            return and_(true(), *(clause_of(one) for one in conditions))
        case AnyOf(conditions):
            return or_(false(), *(clause_of(one) for one in conditions))
        case Not(inner):
            return not_(clause_of(inner))
        case Test(field, op, value):
            opposite = _OPPOSITE.get(op)
            if opposite is not None:
                return not_(_asked(field, opposite, value))
            return _asked(field, op, value)


def _asked(name: str, op: str, value: Any) -> Clause:
    """One test, never NULL: true or false whatever is known."""
    if op in ("has_words", "has_not_words"):
        raise _untold(name)
    if op == "any_of":
        if name in _COLUMNS:
            return _one_of(_COLUMNS[name], value)
        return or_(*(_asked(name, "is", one) for one in value))
    if name in _COLUMNS:
        return _column(name, op, value)
    if name in _AGES:
        return _age(_AGES[name], op, value)
    if name in _FLAGS:
        return _FLAGS[name] if value else not_(_FLAGS[name])
    if name.startswith((OWN, OF_CONVERSATION)):
        return _own(name, op, value)
    if name in OF_SURVEYS:
        return _survey(name, op, value)
    of_rows: dict[str, Callable[[str, Any], Clause]] = {"tag": _tag, "post": _post, "origin": _origin}
    if name not in of_rows:
        raise _untold(name)
    return of_rows[name](op, value)


def _column(name: str, op: str, value: Any) -> Clause:
    column = _COLUMNS[name]
    if op == "set":
        return column.is_not(None)  # type: ignore[no-any-return]
    if op == "is":
        return and_(column.is_not(None), column == _bounded(value))
    field = field_of(name)
    if field is not None and field.choices:
        at = field.choices.index(value)
        ranks = field.choices[at:] if op == "at_least" else field.choices[: at + 1]
        return _one_of(column, ranks)
    bound = _bounded(value)
    return and_(column.is_not(None), column >= bound if op == "at_least" else column <= bound)


def _bounded(value: Any) -> Any:
    """A value to compare a column with. A whole number goes as a large one, however small the column is: PostgreSQL
    would refuse what the column could not hold, instead of finding nothing.
    """
    return literal(min(max(value, -_MOST), _MOST), BigInteger()) if isinstance(value, int) else value


def _one_of(column: Any, values: Any) -> Clause:
    """Said value by value: a statement's text is made once, and an `IN` would need all its parameters for that."""
    return and_(column.is_not(None), or_(false(), *(column == _bounded(value) for value in values)))


def _age(column: Any, op: str, value: Any) -> Clause:
    """Whole seconds since an instant: `at_least` n of them means n or more have gone by."""
    if op == "set":
        return column.is_not(None)  # type: ignore[no-any-return]
    if op == "is":
        return and_(_age(column, "at_least", value), _age(column, "at_most", value)) if value == int(value) else false()
    seconds = min(max(value, -_MOST_SECONDS), _MOST_SECONDS)
    if op == "at_least":
        return and_(column.is_not(None), column <= _NOW - math.ceil(seconds) * SECOND)
    return and_(column.is_not(None), column > _NOW - (math.floor(seconds) + 1) * SECOND)


def _own(name: str, op: str, value: Any) -> Clause:
    """Own fields of the contact, or of the conversation, by the rows that repeat them."""
    if name.startswith(OWN):
        k: Any = t.contact_key.c
        found: Any = select(k.contact_id).where(k.workspace_id == 1, k.kind == f"field.{name.removeprefix(OWN)}")
        column = _c.contact_id
    else:
        k = t.conversation_field.c
        found = select(k.conversation_id).where(k.workspace_id == 1, k.field == name.removeprefix(OF_CONVERSATION))
        column = _c.id
    if op == "is":
        found = found.where(k.value == bindparam(None, value, type_=Text(), unique=True))
    elif op != "set":
        number = millionths(str(value))
        if number is None:
            raise Invalid(f"{name}: {value!r} is no number that {op} could compare", code="condition", field=name)
        found = found.where(k.number >= number if op == "at_least" else k.number <= number)
    return column.in_(found)


def _tag(op: str, value: Any) -> Clause:
    if op == "set":
        return _c.tags != ""
    ct = t.conversation_tag.c
    return exists().where(ct.workspace_id == 1, ct.tag_id == value, ct.conversation_id == _c.id)


def _post(op: str, value: Any) -> Clause:
    post = t.thread.c.post_id
    return exists().where(_of_conversation, post.is_not(None) if op == "set" else post == value)


def _origin(op: str, value: Any) -> Clause:
    """The kind is the first thing that stands in its JSON."""
    return _c.origin != "" if op == "set" else _c.origin.startswith(f'{{"kind":"{value}"', autoescape=True)


def _survey(name: str, op: str, value: Any) -> Clause:
    """What was answered last to a survey in the conversation."""
    last = exists().where(
        _ask.workspace_id == 1,
        _ask.conversation_id == _c.id,
        _ask.score.is_not(None),
        ~exists().where(
            _later.workspace_id == 1,
            _later.conversation_id == _ask.conversation_id,
            _later.score.is_not(None),
            or_(
                _later.answered_at > _ask.answered_at, and_(_later.answered_at == _ask.answered_at, _later.id > _ask.id)
            ),
        ),
    )
    if name == "survey":
        return last if op == "set" else last.where(_ask.survey_id == value)
    if name == "survey_comment":
        return last if op == "set" else last.where(_ask.comment != "" if value else _ask.comment == "")
    if name == "survey_result":
        return last if op == "set" else last.where(_RESULTS[value])
    last = last.where(_ask.scale == name)
    if op == "set":
        return last
    bound = _bounded(value)
    compared = {"is": _ask.score == bound, "at_least": _ask.score >= bound, "at_most": _ask.score <= bound}
    return last.where(compared[op])


def _untold(name: str) -> Invalid:
    return Invalid(
        f"{name} is told by an item, not by a conversation: a list cannot be narrowed by it",
        code="condition",
        field=name,
    )
