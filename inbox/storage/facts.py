"""The rows that reports count, as the log's reader keeps them: what it looks up, and what it writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import Table, bindparam, delete, func, select

from inbox.domain.events import Logged
from inbox.domain.fact_records import Deed, EpisodeFact, WaitFact, WaitStretch
from inbox.storage import kept, readers
from inbox.storage import tables as t
from inbox.storage.database import (
    ByKeys,
    Delete,
    Insert,
    Query,
    Row,
    Save,
    Statement,
    Update,
    among,
    fetch,
    first,
)
from inbox.storage.dialect import record_columns

READER = "reports"
LABELS = ("tags", "campaign_id", "language", "rating")
_row = msgspec.structs.astuple
_event = t.event.c
_COLUMNS = (
    _event.position, _event.at, _event.actor_kind, _event.actor_id, _event.data, _event.audience, _event.before,
)  # fmt: skip
_STORIES = Statement(
    select(*_COLUMNS)
    .where(
        among(_event.conversation_id, "conversations"),
        _event.position >= bindparam("since"),
        among(_event.type, "types"),
    )
    .order_by(_event.position)
)
_AT = Statement(select(*_COLUMNS).where(_event.workspace_id == 1, among(_event.position, "positions")))
_NEXT_OF = Statement(
    select(*_COLUMNS)
    .where(_event.conversation_id == bindparam("conversation"), _event.position > bindparam("after"))
    .order_by(_event.position)
    .limit(1)
)
_fact = t.wait_fact.c
_FIRSTS = Statement(
    select(_fact.home_id, _fact.episode, _fact.wait_id, _fact.response, _fact.ended_at)
    .where(among(_fact.home_id, "homes"), _fact.end == "answered")
    .order_by(_fact.home_id, _fact.episode, _fact.ended_at, _fact.wait_id)
)
_WAITS_AFTER = Statement(
    select(*record_columns(t.wait))
    .where(t.wait.c.id > bindparam("after"))
    .order_by(t.wait.c.id)
    .limit(bindparam("most"))
)
_deed = t.deed.c
_DEEDS_OF = Statement(
    select(*record_columns(t.deed)).where(
        _deed.workspace_id == 1,
        _deed.at >= bindparam("since"),
        _deed.at <= bindparam("until"),
        _deed.position >= bindparam("first"),
        _deed.position <= bindparam("last"),
        _deed.what != "restated",
    )
)
_RESTATEMENTS = Statement(select(*record_columns(t.deed)).where(_deed.workspace_id == 1, _deed.what == "restated"))
_HOW_MANY = Statement(select(func.count()).select_from(t.deed))
_EVERY_DEED = Statement(select(*record_columns(t.deed)))
_EVERY_EPISODE = Statement(select(*record_columns(t.episode_fact)))
_CLEARED = [Statement(delete(one)) for one in (t.wait_fact, t.wait_stretch, t.episode_fact, t.deed, t.kept_tally)]


Labels: TypeAlias = tuple[int, str, int, str, int]
"""(conversation, tags, campaign, language, rating) of what is labelled otherwise now."""


class Changed(msgspec.Struct):
    """What a page of the log changes."""

    waits: list[tuple[WaitFact, list[WaitStretch]]] = msgspec.field(default_factory=list)
    episodes: list[EpisodeFact] = msgspec.field(default_factory=list)
    deeds: list[Deed] = msgspec.field(default_factory=list)
    labels: list[Labels] = msgspec.field(default_factory=list)


def rows_by(table: Table, values: Iterable[Any], keys: tuple[str, ...] = ("id",), where: str = "") -> Query[list[Row]]:
    """Rows by keys; nothing is asked where there are none."""
    wanted = sorted(values)
    if not wanted:
        return []
    return list((yield ByKeys(table, wanted, keys, where)))


def stories(conversation_ids: Iterable[int], since: int, types: Sequence[str]) -> Query[list[Row]]:
    """Rows of the log of several conversations from a position on, in order."""
    return (yield from fetch(_STORIES(conversations=sorted(conversation_ids), since=since, types=list(types))))


def events_at(positions: Iterable[int]) -> Query[list[Row]]:
    """Rows of the log at these positions."""
    return (yield from fetch(_AT(positions=sorted(positions))))


def next_of(conversation_id: int, after: int) -> Query[Row | None]:
    """The next event of a conversation after a position; None without one."""
    return (yield from first(_NEXT_OF(conversation=conversation_id, after=after)))


def waits_after(wait_id: int, most: int) -> Query[list[Row]]:
    """Waits by id, after one."""
    return (yield from fetch(_WAITS_AFTER(after=wait_id, most=most)))


def facts_of(wait_ids: Iterable[int]) -> Query[list[WaitFact]]:
    """The facts of these waits."""
    rows = yield from rows_by(t.wait_fact, wait_ids, ("wait_id",))
    return [WaitFact(*row) for row in rows]


def facts_in(conversation_ids: Iterable[int]) -> Query[list[WaitFact]]:
    """The facts of all waits in these conversations."""
    rows = yield from rows_by(t.wait_fact, conversation_ids, ("conversation_id",))
    return [WaitFact(*row) for row in rows]


def stretches_of(wait_ids: Iterable[int]) -> Query[list[WaitStretch]]:
    """The stretches of these waits."""
    rows = yield from rows_by(t.wait_stretch, wait_ids, ("wait_id",))
    return [WaitStretch(*row) for row in rows]


def episodes_of(conversation_ids: Iterable[int]) -> Query[list[EpisodeFact]]:
    """The episodes of these conversations."""
    rows = yield from rows_by(t.episode_fact, conversation_ids, ("conversation_id",))
    return [EpisodeFact(*row) for row in rows]


def every_deed() -> Query[list[Deed]]:
    """All deeds."""
    return [Deed(*row) for row in (yield from fetch(_EVERY_DEED()))]


def deeds_of(logged: Sequence[Logged]) -> Query[list[Deed]]:
    """The deeds that these events, which follow one another, were counted as; without restatements."""
    instants = [one.at for one in logged]
    span = {"since": min(instants), "until": max(instants), "first": logged[0].position, "last": logged[-1].position}
    return [Deed(*row) for row in (yield from fetch(_DEEDS_OF(**span)))]


def restatements() -> Query[list[Deed]]:
    """All that was counted anew after a day may have ended."""
    return [Deed(*row) for row in (yield from fetch(_RESTATEMENTS()))]


def count_deeds() -> Query[int]:
    """How many deeds there are."""
    row = yield from first(_HOW_MANY())
    return int(row[0]) if row else 0


def every_episode() -> Query[list[EpisodeFact]]:
    """All episodes."""
    return [EpisodeFact(*row) for row in (yield from fetch(_EVERY_EPISODE()))]


def clear() -> Query[None]:
    """Remove all rows that reports count. The reader of the log begins at its first event again."""
    for statement in _CLEARED:
        yield statement()
    yield from readers.read_up_to(READER, 0)


def write(changed: Changed) -> Query[None]:
    """Put what a page changes, in the place of what was there; then say which answers are the first. Tallies of months
    that it changes are kept no longer.
    """
    keeps = yield from kept.keeps()
    touched = kept.months_of_deeds(changed.deeds)
    touched |= yield from _write_waits(changed)
    if changed.episodes:
        before = (yield from episodes_of({fact.conversation_id for fact in changed.episodes})) if keeps else []
        touched |= kept.months_of_episodes(before, changed.episodes)
        keys = [(fact.conversation_id, fact.number) for fact in changed.episodes]
        yield Save([Delete(t.episode_fact, keys, ("conversation_id", "number"))])
        yield Save([Insert(t.episode_fact, [_row(fact) for fact in changed.episodes])])
    if changed.deeds:
        yield Save([Insert(t.deed, [_row(one) for one in changed.deeds], "nothing")])
    labelled: kept.Touched = set()
    if changed.labels:
        labelled = (yield from kept.months_of_conversations({row[0] for row in changed.labels})) if keeps else set()
        columns = ("conversation_id", *LABELS)
        yield Save(
            [
                Update(table, changed.labels, ("conversation_id",), columns)
                for table in (t.wait_fact, t.episode_fact, t.deed)
            ]
        )
    if keeps:
        yield Save(kept.taken_back(touched, labelled))


def _write_waits(changed: Changed) -> Query[kept.Touched]:
    """The waits with their stretches; which months they change."""
    waits = [fact for fact, _ in changed.waits]
    stretches = [stretch for _, spans in changed.waits for stretch in spans]
    gone = [(fact.wait_id,) for fact in waits]
    touched: kept.Touched = set()
    if gone:
        before = yield from facts_of(row[0] for row in gone)
        yield Save([Delete(t.wait_fact, gone, ("wait_id",)), Delete(t.wait_stretch, gone, ("wait_id",))])
        homes = {fact.home_id for fact in (*waits, *before) if fact.end == "answered"}
        yield Save(
            [Insert(t.wait_fact, [_row(fact) for fact in waits]), Insert(t.wait_stretch, [_row(s) for s in stretches])]
        )
        told = yield from _first_answers(homes)
        here = {fact.wait_id for fact in waits}
        touched |= kept.months_of_waits(before, waits, {i: response for i, response, _ in told})
        touched |= kept.months_of_answers(ended_at for i, _, ended_at in told if i not in here)
    return touched


def _first_answers(homes: Iterable[int]) -> Query[list[tuple[int, str, int]]]:
    """Of each episode's answered waits the earliest is its response; the others are `next`. The waits that are told
    another one now: (wait, response, when it ended).
    """
    rows = yield from fetch(_FIRSTS(homes=sorted(homes)))
    seen: set[tuple[int, int]] = set()
    told: list[tuple[int, str, int]] = []
    for home, episode, wait_id, response, ended_at in rows:
        due = "next" if (home, episode) in seen else "first" if episode == 1 else "reopened"
        seen.add((home, episode))
        if response != due:
            told.append((wait_id, due, ended_at))
    if told:
        right = [(wait_id, due) for wait_id, due, _ in told]
        yield Save([Update(t.wait_fact, right, ("wait_id",), ("wait_id", "response"))])
    return told
