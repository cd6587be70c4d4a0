"""What each report counts, said once: which facts belong to its period, the duration it measures, and the condition
behind each of its cells. Figures and the lists behind them are made of the same conditions.
"""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import and_, case, func, literal_column, or_, select

from inbox.clock import DAY
from inbox.domain.fact_records import OPEN
from inbox.domain.figures import BOUNDS, Asked
from inbox.storage import tables as t
from inbox.storage.reports_source import Source, big

w, ep, d, st = t.wait_fact.c, t.episode_fact.c, t.deed.c, t.wait_stretch.c


def one_of(column: Any, *words: str) -> Any:
    """One of a few words, said one by one: a list of parameters could not stand beside list parameters."""
    return or_(*(column == word for word in words))


_over = w.ended_at < big(OPEN)
_set_aside = one_of(ep.closed_by, "merged", "spam")


class Listed(msgspec.Struct, frozen=True):
    """What is behind a cell: rows of a source under conditions. `item` names a row, `value` is its figure (µs)."""

    source: Source
    item: Any
    value: Any = None
    clauses: tuple[Any, ...] = ()


# --- waits that ended


def ended(asked: Asked, *where: Any) -> Source:
    """Waits by the day they ended, or began."""
    at = w.ended_at if asked.bucket == "ended" else w.opened_at
    return Source(t.wait_fact, at, (_over, *where))


def answered(asked: Asked) -> Source:
    """Answered waits of a measure: every reply, or only the first of an episode, or only later ones."""
    of = {"first": w.response == "first", "reopened": w.response == "reopened", "next": w.response == "next"}
    kinds = [of[asked.measure]] if asked.measure in of else []
    return ended(asked, w.end == "answered", *kinds)


def wait_time(asked: Asked) -> Any:
    """How long somebody waited, on the clock and in the hours asked for."""
    if asked.hours == "business":
        return w.customer_worked if asked.clock == "customer" else w.desk_worked
    if asked.clock == "customer":
        return w.customer_ended_at - w.customer_opened_at
    return w.ended_at - w.opened_at


def acted(asked: Asked) -> Source:
    """Waits on which a person acted, by the day they began."""
    return Source(t.wait_fact, w.opened_at, (w.acted_at.is_not(None),), indexed=_BEGUN)


TIME_TO_ACTION = w.acted_at - w.opened_at


def within(value: Any, bucket: int) -> tuple[Any, ...]:
    """The clauses of a bucket of the distribution, counted from 0."""
    low = (value > big(BOUNDS[bucket - 1]),) if bucket else ()
    return (*low, value <= big(BOUNDS[bucket])) if bucket < len(BOUNDS) else low


PARTS = {
    "lag": w.opened_at - w.customer_opened_at,
    "queue": w.in_queue,
    "team": w.in_team,
    "person": w.with_person,
    "approval": w.in_approval,
    "over": w.over,
    "delivery": w.customer_ended_at - w.ended_at,
    "late_notice": case((w.ended_by == "outside", w.ended_at - w.customer_ended_at), else_=big(0)),
}
"""What a wait is made of: queue + team + person + approval + over are the desk clock; with lag and delivery they are
the customer's. `late_notice` says by how much we heard late of answers given outside; delivery is smaller by it.
"""


def held(asked: Asked) -> Source:
    """Stretches of waits by the day the wait ended: who held them how long."""
    return Source(t.wait_stretch, st.wait_ended_at, (st.ended_at < big(OPEN), st.part != "over"))


HELD_FOR = st.ended_at - st.began_at


def held_time(asked: Asked) -> Any:
    """How long a stretch lasted, in the hours asked for."""
    return st.worked if asked.hours == "business" else HELD_FOR


# --- what was promised


def due(asked: Asked) -> Source:
    """Waits by the day their deadline fell. A missed one belongs to who held it then, a kept one to who answered."""
    missed = w.deadline_at < w.ended_at
    columns = {
        "team": case((missed, w.late_team_id), else_=w.team_id),
        "agent": case((missed, w.late_owner_id), else_=w.agent_id),
        "owner": case((missed, w.late_owner_id), else_=w.owner_id),
    }
    only = [w.promised == asked.measure] if asked.measure in ("first", "next") else []
    indexed = frozenset({"channel", "team", "agent", "owner"})
    return Source(t.wait_fact, w.deadline_at, (w.deadline_at.is_not(None), *only), columns, indexed)


def promises(asked: Asked) -> dict[str, Any]:
    """Of waits that are due: each target is in exactly one of these cells, or not due at all."""
    running, late = w.end == "", w.late == 1
    gone = one_of(w.end, "dismissed", "voided")
    # All that was due in a period that is over is due by now: its tally does not depend on the hour.
    over = asked.until <= asked.now
    overdue = running if over else and_(running, or_(late, w.deadline_at <= big(asked.now)))
    return {
        "met": and_(w.end == "answered", w.late == 0),
        "answered_late": and_(w.end == "answered", late),
        "open_late": overdue,
        "dismissed_late": and_(gone, late),
        "pending": and_(running, ~overdue),
        "released": and_(gone, w.late == 0),
    }


def resolutions_due(asked: Asked) -> Source:
    """Episodes by the day their resolution was due. A missed one belongs to who held it then, a kept one to who closed
    it; what was merged into another, or is spam, nobody can close.
    """
    missed = ep.late == 1
    columns = {
        "team": case((missed, ep.late_team_id), else_=ep.team_id),
        "agent": case((missed, ep.late_owner_id), else_=ep.agent_id),
        "owner": case((missed, ep.late_owner_id), else_=ep.owner_id),
    }
    return Source(t.episode_fact, ep.deadline_at, (ep.deadline_at.is_not(None), ~_set_aside), columns)


def resolution_promises(asked: Asked) -> dict[str, Any]:
    """As `promises`, of resolutions."""
    running = ep.closed_at == big(OPEN)
    over = asked.until <= asked.now
    overdue = running if over else and_(running, or_(ep.late == 1, ep.deadline_at <= big(asked.now)))
    return {
        "met": and_(~running, ep.late == 0),
        "answered_late": and_(~running, ep.late == 1),
        "open_late": overdue,
        "dismissed_late": and_(running, ~running),
        "pending": and_(running, ~overdue),
        "released": and_(running, ~running),
    }


# --- cohorts


_BEGUN = frozenset({"channel", "team", "agent", "kind"})
"""Dimensions of waits that the index of those that began holds."""


def begun(asked: Asked) -> Source:
    """Waits by the day they began."""
    return Source(t.wait_fact, w.opened_at, indexed=_BEGUN)


def outcomes(asked: Asked) -> dict[str, Any]:
    """What became of waits that began: of the first three the response rate is made."""
    allowed = func.coalesce(w.deadline_at - w.opened_at, big(0))
    longest = case((allowed > big(DAY), allowed), else_=big(DAY))
    running = w.end == ""
    old = big(asked.now) - w.opened_at > longest
    asked_nothing = and_(w.end == "dismissed", w.reason == "no_question", w.ended_by == "system")
    left = and_(w.end == "dismissed", w.reason == "closed")
    return {
        "answered": w.end == "answered",
        "open_old": and_(running, old),
        "left": left,
        "open_young": and_(running, ~old),
        "dismissed": and_(w.end == "dismissed", ~left, ~asked_nothing),
        "unasked": asked_nothing,
        "voided": w.end == "voided",
        "acted": and_(w.acted_at.is_not(None), ~asked_nothing),
        "received": ~asked_nothing,
        "outside": and_(w.end == "answered", w.ended_by == "outside"),
        "automatic_first": w.automatic_at.is_not(None),
    }


# --- episodes


def closed(asked: Asked) -> Source:
    """Episodes in which somebody asked for something, by the day they closed, or began. `measure` first: only the first
    of each conversation.
    """
    first = [ep.number == 1] if asked.measure == "first" else []
    at = ep.closed_at if asked.bucket == "ended" else ep.first_in_at
    return Source(t.episode_fact, at, (ep.closed_at < big(OPEN), ~_set_aside, ep.first_in_at.is_not(None), *first))


def resolution_time(asked: Asked) -> Any:
    """From the first customer item of an episode to its close."""
    return ep.worked if asked.hours == "business" else ep.closed_at - ep.first_in_at


EPISODE_CELLS = {
    "closed": ep.closed_at < big(OPEN),
    "reopened": ep.again == "customer",
    "automatic": one_of(ep.closed_by, "automatic", "rule", "system"),
}


# --- deeds


_FREQUENT = frozenset({"received", "asked", "answered", "replied", "closed", "noted", "started", "reopened"})


def _walked(*what: str) -> Any:
    """The name of a deed. Of frequent ones as a text of its own, not the column: the index by name would lead to each
    row apart, which takes longer than to walk over all of them.
    """
    return d.what.concat("") if _FREQUENT & set(what) else d.what


def deeds(*what: str, indexed: bool = False) -> Source:
    """Deeds by the day they were done; restatements are no deeds. `indexed`: an index holds all that is asked."""
    only = one_of(d.what if indexed else _walked(*what), *what) if what else d.what != "restated"
    return Source(t.deed, d.at, (only,), indexed=frozenset({"channel", "team", "agent"}))


def done(*what: str) -> dict[str, Any]:
    """A cell for each kind of deed."""
    return {name: d.what == name for name in what}


def by_whom() -> dict[str, Any]:
    """Who did something: a person, a rule, or somebody in the network's own app. What the network itself took away is
    nobody's doing; a blocked contact's item is spam by the house's.
    """
    return {
        "by_person": d.by == "agent",
        "by_rule": or_(one_of(d.by, "rule", "token"), and_(d.by == "system", d.what == "spam")),
        "outside": d.by == "outside",
    }


_REVIEW = d.kind == literal_column("'review'")
"""As the condition of their index says it: of a parameter nobody knows that it will be the same word."""


def reviews() -> Source:
    """Reviews by the day they came."""
    return Source(t.deed, d.at, (_REVIEW, _walked("received") == "received", d.stars > 0))


def stars() -> dict[str, Any]:
    """A cell for each number of stars."""
    return {f"stars_{n}": d.stars == n for n in range(1, 6)}


def review_waits() -> Source:
    """Reviews that needed an answer, by the day they came."""
    return Source(t.wait_fact, w.opened_at, (w.kind == "review",), indexed=_BEGUN)


def answered_or_not(asked: Asked) -> dict[str, Any]:
    """What became of them. What was dismissed, or is gone, needed no answer."""
    ended = outcomes(asked)
    return {
        "answered": ended["answered"],
        "needed": and_(ended["received"], ~ended["dismissed"], ~ended["voided"]),
    }


def review_edits() -> Source:
    """Reviews that their authors changed, by the day of the change."""
    return Source(t.deed, d.at, (_REVIEW, d.what == "edited"))


def after_reply() -> Any:
    """The change came after an answer of ours to that review, whether anybody waited for it or not: stars without words
    are thanked for too. What else was answered in its conversation is no answer to it, and where it is merged into
    changes nothing.
    """
    changed, answer = t.message.alias("changed"), t.message.alias("answer")
    return (
        select(answer.c.id)
        .where(
            changed.c.id == d.message_id,
            # A thread is in one conversation with all its items: by it they are found.
            answer.c.conversation_id == changed.c.conversation_id,
            answer.c.thread_id == changed.c.thread_id,
            answer.c.direction == "out",
            one_of(answer.c.author_kind, "agent", "outside"),
            one_of(answer.c.delivery_state, "accepted", "delivered", "read"),
            answer.c.accepted_at < d.at,
            # What was written in the network's own app has its time, and may answer the change that we hear of with it.
            answer.c.received_at < d.at,
        )
        .exists()
    )


# --- what is open


def open_waits() -> Source:
    """Stretches in which a wait ran, with who held it."""
    return Source(t.wait_stretch, st.began_at, (st.part != "over",))


_open_since = case((ep.number > 1, ep.opened_at), else_=ep.first_in_at)
"""What nobody has asked for anything is not open yet; what a person, or a refused answer, opened again is at once."""


def open_episodes() -> Source:
    """Conversations that were open."""
    return Source(t.episode_fact, ep.opened_at, (_open_since.is_not(None),))


def open_then(at: int) -> dict[str, Listed]:
    """What was open at an instant, by when it began, with its age then. Asked of a period from the first instant up to
    this one, it included.
    """
    running = (st.wait_id == w.wait_id, st.part != "over", st.began_at <= big(at), st.ended_at > big(at))
    team, owner = (select(one).where(*running).scalar_subquery() for one in (st.team_id, st.owner_id))
    holders = {"team": team, "owner": owner}
    waited = Source(t.wait_fact, w.opened_at, (w.ended_at > big(at), team.is_not(None)), holders)
    episodes = Source(t.episode_fact, _open_since, (_open_since.is_not(None), ep.closed_at > big(at)))
    return {
        "waits": Listed(waited, WAIT_ITEM, big(at) - w.opened_at),
        "conversations": Listed(episodes, EPISODE_ITEM, big(at) - _open_since),
    }


OPEN_WAIT_SPAN = (st.began_at, st.ended_at, st.opened_at)
OPEN_EPISODE_SPAN = (_open_since, ep.closed_at, _open_since)
WAIT_ITEM, EPISODE_ITEM, DEED_ITEM, STRETCH_ITEM = w.wait_id, ep.number, d.position, st.wait_id
