"""Every row that reports count, derived anew from the log and compared with what is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from inbox.domain import events as e
from inbox.domain import facts as derive
from inbox.domain.fact_records import Deed, EpisodeFact, WaitFact, WaitStretch
from inbox.domain.records import Wait
from inbox.eventlog import log
from inbox.eventlog.verify import Differences
from inbox.reports.keeper import tallies, zones_now
from inbox.reports.reader import calendars_now, changed_by
from inbox.reports.stories import stories_of
from inbox.storage import facts, kept
from inbox.storage.database import Query

SLICE = 500


class Verified(Differences):
    """How many rows were looked at."""

    waits: int = 0
    deeds: int = 0
    episodes: int = 0


def verify() -> Query[Verified]:
    """Look at everything, in one transaction. The reader must have come to the head of the log."""
    found = Verified()
    yield from _waits(found)
    yield from _deeds(found)
    yield from _tallies(found)
    return found


def _tallies(found: Verified) -> Query[None]:
    """Kept months counted again; those that no page asks for any more are of no account."""
    stored = yield from kept.every()
    zones = yield from zones_now()
    for month in sorted({month for _, month, _ in stored}):
        for tally in tallies(month, zones):
            rows = stored.get(tally.key)
            if rows is not None and kept.in_order(rows) != kept.in_order((yield from kept.counted(tally.bound))):
                found.differ(f"what is kept of {tally.month_name} by {tally.key[0]} is not what its facts say")


def _waits(found: Verified) -> Query[None]:
    calendar = yield from calendars_now()
    first_answers: dict[tuple[int, int], tuple[int, int]] = {}
    answered: dict[int, tuple[int, int, str]] = {}
    after = 0
    while rows := (yield from facts.waits_after(after, SLICE)):
        waits = [Wait(*row) for row in rows]
        after = waits[-1].id
        stories = yield from stories_of(waits)
        stored = {one.wait_id: one for one in (yield from facts.facts_of(wait.id for wait in waits))}
        spans = yield from _spans(wait.id for wait in waits)
        for wait in waits:
            if wait.id not in stories.events:
                continue
            found.waits += 1
            told = derive.told(
                wait, stories.events[wait.id], stories.conversations[wait.conversation_id],
                stories.threads[wait.thread_id], stories.episodes[wait.id], calendar,
            )  # fmt: skip
            for said in _differences(stored.get(wait.id), told.fact):
                found.differ(said)
            if sorted(told.stretches, key=_began) != sorted(spans.get(wait.id, []), key=_began):
                found.differ(f"wait {wait.id}: who held it when is not what the log says")
            fact = stored.get(wait.id)
            if fact is not None and fact.end == "answered":
                group = (fact.home_id, fact.episode)
                answered[wait.id] = (*group, fact.response)
                mine = (fact.ended_at, wait.id)
                first_answers[group] = min(first_answers.get(group, mine), mine)
    for wait_id, (home, episode, response) in answered.items():
        is_first = first_answers[home, episode][1] == wait_id
        due = ("first" if episode == 1 else "reopened") if is_first else "next"
        if response != due:
            found.differ(f"wait {wait_id}: response is {response}, the log says {due}")


def _began(one: WaitStretch) -> tuple[int, int]:
    return one.began_at, one.ended_at


def _spans(wait_ids: Iterator[int]) -> Query[dict[int, list[WaitStretch]]]:
    found: dict[int, list[WaitStretch]] = {}
    for one in (yield from facts.stretches_of(wait_ids)):
        found.setdefault(one.wait_id, []).append(one)
    return found


def _differences(stored: WaitFact | None, due: WaitFact) -> Iterator[str]:
    if stored is None:
        yield f"wait {due.wait_id} is in the log and not among the facts"
        return
    for name in due.__struct_fields__:
        kept, told = getattr(stored, name), getattr(due, name)
        if kept != told and name != "response":
            yield f"wait {due.wait_id}: {name} is {kept} in reports, the log says {told}"


def _deeds(found: Verified) -> Query[None]:
    """The log read again from its beginning, with the episodes folded along."""
    kept = {(one.conversation_id, one.number): one for one in (yield from facts.every_episode())}
    marks = {one.position: one for one in (yield from facts.restatements())}
    found.deeds, found.episodes = (yield from facts.count_deeds()), len(kept)
    folded: dict[int, dict[int, EpisodeFact]] = {}
    position = seen = 0
    calendar = yield from calendars_now()
    while logged := (yield from log.after(position, SLICE)):
        stored = {(one.position, one.what): one for one in (yield from facts.deeds_of(logged))}
        seen += len(stored)
        position = logged[-1].position
        concerned = {e.conversation_of(one.event) or 0 for one in logged}
        known = [fact for i in concerned for fact in folded.get(i, {}).values()]
        changed = yield from changed_by(logged, calendar, known)
        for episode in changed.episodes:
            folded.setdefault(episode.conversation_id, {})[episode.number] = episode
        for deed in changed.deeds:
            restates = deed.what == "restated"
            before = marks.pop(deed.position, None) if restates else stored.pop((deed.position, deed.what), None)
            seen += restates and before is not None
            _compare(found, before, deed)
        _relabel(changed.labels, folded)
        for left in stored.values():
            found.differ(f"position {left.position}: {left.what} is counted, the log does not say it")
    if seen != found.deeds:
        found.differ(f"{found.deeds - seen} deeds are counted that the log does not say")
    again = {(i, number): fact for i, numbers in folded.items() for number, fact in numbers.items()}
    for key in sorted(kept.keys() | again.keys()):
        if kept.get(key) != again.get(key):
            found.differ(f"episode {key[1]} of conversation {key[0]} is not what the log says")


def _relabel(labels: Iterable[facts.Labels], folded: dict[int, dict[int, EpisodeFact]]) -> None:
    for conversation_id, tags, campaign_id, language, rating in labels:
        for fact in folded.get(conversation_id, {}).values():
            fact.tags, fact.campaign_id, fact.language, fact.rating = tags, campaign_id, language, rating


def _compare(found: Verified, stored: Deed | None, due: Deed) -> None:
    if stored is None:
        found.differ(f"position {due.position}: {due.what} is in the log and not counted")
    elif stored != due:
        names = [name for name in due.__struct_fields__ if getattr(stored, name) != getattr(due, name)]
        found.differ(f"position {due.position}: {due.what} differs in {', '.join(names)}")
