"""Histories by chance against the plainest way to count them: who held each wait when, and in whose hours; when a
person first did something; what was closed and said. All of it from the events alone, each looked at once.
"""

from __future__ import annotations

import contextlib
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from connectors import inbound as net
from inbox.clock import DAY, HOUR, SECOND
from inbox.commands.merge import Merge, Unmerge
from inbox.commands.triage import Dismiss, UndoDismiss
from inbox.domain import events as e
from inbox.domain.fact_records import OPEN, WaitFact
from inbox.domain.records import Team
from inbox.errors import InboxError
from inbox.eventlog import log
from inbox.storage import tables as t
from tests.inbox.desk import ANNA, BEN, CLEO, T0
from tests.inbox.domain.promises import calendar
from tests.inbox.reports.bureau import Bureau, bureau
from tests.inbox.reports.test_hours import daily
from tests.inbox.world import ATHENS

CORFU = 32
HOURS = {0: (9, 17), ATHENS: (12, 13), CORFU: (0, 24)}
"""When somebody is there, of each day in UTC: in the house, and in two teams."""
AGENTS, PEOPLE = (ANNA, BEN, CLEO), ("eleni", "budi", "anahit")


@pytest.fixture
async def made(database_url: str) -> AsyncIterator[Bureau]:
    """A bureau with two teams, each with hours of its own; at the end its figures are proven once more."""
    async with bureau(database_url) as opened:
        shifts = {key: f"{since:02}:00-{until:02}:00" for key, (since, until) in HOURS.items()}
        calendars = [
            calendar(50 + key, zone="UTC", weekly=daily(shift), workspace=not key, team_ids=frozenset({key} - {0}))
            for key, shift in shifts.items()
        ]
        await opened.desk.world.rows((t.team, Team(CORFU, "Corfu", 2, 1)), *((t.calendar, one) for one in calendars))
        yield opened


# --- a history


class Chance:
    """A desk at which anything may happen next. What is refused there has not happened."""

    def __init__(self, made: Bureau, seed: int) -> None:
        self.made, self.desk, self.dice = made, made.desk, random.Random(seed)
        self.sent: list[int] = []
        moves: dict[Callable[[], Awaitable[Any]], int] = {
            self.writes: 9, self.replies: 6, self.settles: 6, self.fails: 2, self.gives: 5, self.sets: 4,
            self.dismisses: 3, self.outside: 2, self.merges: 1, self.made.reads: 2,
        }  # fmt: skip
        self.moves = [move for move, weight in moves.items() for _ in range(weight)]

    async def goes_on(self, steps: int) -> None:
        """Some steps, with minutes or hours between them."""
        await self.writes()
        for _ in range(steps):
            self.desk.later(self.dice.choice((0, 1, 300, 3_600, 40_000)) * self.dice.random() // 1)
            with contextlib.suppress(InboxError):
                await self.dice.choice(self.moves)()

    async def any(self, table: str, where: str = "") -> int:
        rows = await self.desk.rows(f"SELECT id FROM {table} {where} ORDER BY id DESC LIMIT 6")
        return int(self.dice.choice(rows)[0]) if rows else 0

    async def writes(self) -> None:
        person, late = self.dice.choice(PEOPLE), self.dice.choice((0, 0, 0, 2_000))
        if self.dice.random() < 0.3:
            await self.desk.comments("How much is it?", person=person)
        else:
            await self.desk.writes("Where is it?", person=person, occurred_at=self.desk.now - late * SECOND)

    async def outside(self) -> None:
        """Somebody answers in the network's own app, and we hear of it late."""
        place = net.Thread(external_id=f"chat-{self.dice.choice(PEOPLE)}", kind="direct", audience="private")
        us, late = net.Author(external_id="us", name="Shop", is_self=True), self.dice.choice((0, 4_000, 90_000))
        await self.desk.writes("Sent.", author=us, thread=place, occurred_at=self.desk.now - late * SECOND)

    async def replies(self) -> None:
        how = {"agent": self.dice.choice(AGENTS), "then_close": self.dice.random() < 0.2}
        self.sent.append(await self.desk.replies(conversation=await self.any("conversation"), **how))

    async def settles(self) -> None:
        """The network takes what waits, or refuses it."""
        while self.sent:
            message = self.sent.pop()
            await (self.desk.accepts if self.dice.random() < 0.8 else self.desk.refuses)(message)

    async def fails(self) -> None:
        if message := await self.any("message", "WHERE direction = 'out' AND external_id LIKE 'out-%'"):
            await self.desk.told_failed(message)

    async def gives(self) -> None:
        change: dict[str, Any] = self.dice.choice(
            [{"assignee_id": one} for one in (None, *AGENTS)] + [{"team_id": one} for one in (None, ATHENS, CORFU)]
        )
        await self.desk.triages(conversation=await self.any("conversation"), agent=self.dice.choice(AGENTS), **change)

    async def sets(self) -> None:
        status = self.dice.choice(("open", "open", "closed", "spam"))
        await self.desk.triages(conversation=await self.any("conversation"), status=status)

    async def dismisses(self) -> None:
        who, where = self.desk.agent(self.dice.choice(AGENTS)), await self.any("conversation")
        await self.desk.do(Dismiss(who, where, "thanks") if self.dice.random() < 0.7 else UndoDismiss(who, where))

    async def merges(self) -> None:
        one, other = await self.any("conversation"), await self.any("conversation")
        await self.desk.do(Merge(self.desk.agent(), one, other))
        self.desk.later(5_000)
        if self.dice.random() < 0.5:
            await self.desk.do(Unmerge(self.desk.agent(), one))


# --- the plainest way to count it


class Waited(msgspec.Struct):
    """A wait as its events tell it."""

    opened: e.WaitOpened
    where: int
    """The conversation it is in."""
    held: list[tuple[int, int, int]]
    """(since, team, owner), of all the time."""
    over: list[tuple[int, int]] = []
    """From when until when it was taken for ended."""
    end: e.WaitAnswered | e.WaitDismissed | e.WaitVoided | None = None

    def pieces(self) -> list[tuple[int, int, int, str]]:
        """(since, until, team, part) from its start to its end."""
        assert self.end is not None
        since, until = self.opened.opened_at, self.end.ended_at
        cuts = {since, until, *(at for at, _, _ in self.held), *(at for pair in self.over for at in pair)}
        edges = sorted(at for at in cuts if since <= at <= until)
        return [(a, b, self.holder(a)[0], self.part(a)) for a, b in pairwise(edges)]

    def holder(self, at: int) -> tuple[int, int]:
        return next(((team, owner) for since, team, owner in reversed(self.held) if since <= at), self.held[0][1:])

    def part(self, at: int) -> str:
        team, owner = self.holder(at)
        over = any(since <= at < until for since, until in self.over)
        return "over" if over else "with_person" if owner else "in_team" if team else "in_queue"


class Plain:
    """Reads the log from its first event to its last."""

    def __init__(self, logged: list[e.Logged]) -> None:
        self.waits: dict[int, Waited] = {}
        self.done: Counter[str] = Counter()
        self._after: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
        self._holds: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
        for one in logged:
            self._holder(one, one.event)
            self._wait(one, one.event)
            self._deed(one, one.event)

    def _holder(self, one: e.Logged, event: e.AnyEvent) -> None:
        match event:
            case e.ThreadBound(thread_id=thread, from_id=left, conversation_id=where):
                self._moves([thread], left, where, one.at)
            case e.ConversationsUnmerged(thread_ids=threads, from_id=left, conversation_id=where):
                self._moves(threads, left, where, one.at)
            case e.TeamChanged(conversation_id=where, after=team):
                self._given(where, (team or 0, self._holds[where][1]), one.at)
            case e.AssigneeChanged(conversation_id=where, after=owner):
                self._given(where, (self._holds[where][0], owner or 0), one.at)

    def _wait(self, one: e.Logged, event: e.AnyEvent) -> None:
        match event:
            case e.WaitOpened(wait_id=wait_id, conversation_id=where):
                self.waits[wait_id] = Waited(event, where, [(event.opened_at, *self._holds[where])])
            case e.WaitAnswered() | e.WaitDismissed() | e.WaitVoided():
                self.waits[event.wait_id].end = event
            case e.WaitReopened(wait_id=wait_id):
                wait = self.waits[wait_id]
                assert wait.end is not None
                wait.over.append((wait.end.ended_at, one.at))
                wait.held += self._after.pop(wait_id, [])
                wait.end = None

    def _deed(self, one: e.Logged, event: e.AnyEvent) -> None:
        match event:
            case e.ConversationClosed():
                self.done["closed"] += 1
            case e.MessageReceived():
                self.done["received" if one.actor.kind == "contact" else "replied"] += 1
            case e.DeliveryChanged(state="accepted"):
                self.done["replied"] += 1

    def _moves(self, threads: list[int], left: int | None, where: int, at: int) -> None:
        for wait in self.waits.values():
            if wait.where == left and wait.opened.thread_id in threads:
                wait.where = where
        self._given(where, self._holds[where], at)

    def _given(self, where: int, holder: tuple[int, int], at: int) -> None:
        self._holds[where] = holder
        for wait_id, wait in self.waits.items():
            if wait.where == where:
                (wait.held if wait.end is None else self._after[wait_id]).append((at, *holder))


def _there(since: int, until: int, team: int) -> int:
    """How much of a time somebody of a team, or of the house, is there."""
    begin, end = (hour * HOUR for hour in HOURS[team])
    days = range(since // DAY, until // DAY + 1)
    return sum(max(0, min(until, day * DAY + end) - max(since, day * DAY + begin)) for day in days)


# --- the two beside one another


@pytest.mark.parametrize("seed", [0, 67, 69])
async def test_a_history_by_chance_counts_as_the_plainest_way_counts_it(made: Bureau, seed: int) -> None:
    """Parts, hours on both clocks and holder of each wait, and what was done; read in steps of any length."""
    await Chance(made, seed).goes_on(240)
    counted = {fact.wait_id: fact for fact in await made.facts()}
    plain = Plain(await made.desk.world.database.read(log.after, 0, 100_000))

    assert counted.keys() == plain.waits.keys()
    assert sum(fact.over > 0 for fact in counted.values()) > 0
    for wait_id, wait in plain.waits.items():
        _same(counted[wait_id], wait)
    volume = await made.cells("volume", until=T0 + 99 * DAY)
    assert {name: volume[name] for name in plain.done} == plain.done


def _same(fact: WaitFact, wait: Waited) -> None:
    if wait.end is None:
        assert (fact.end, fact.ended_at) == ("", OPEN)
        return
    pieces = wait.pieces()
    parts = Counter({name: 0 for name in ("in_queue", "in_team", "with_person", "over")})
    for since, until, _, part in pieces:
        parts[part] += until - since
    assert {name: getattr(fact, name) for name in parts} == parts
    assert fact.desk_worked == sum(_there(since, until, team) for since, until, team, _ in pieces)
    if not isinstance(wait.end, e.WaitAnswered):
        return
    ended, customer_ended = wait.end.ended_at, wait.end.customer_ended_at
    last = wait.holder(ended)[0] if wait.end.ended_at > wait.opened.opened_at else wait.held[0][1]
    lag = _there(wait.opened.customer_opened_at, min(wait.opened.opened_at, customer_ended), wait.held[0][1])
    known = sum(_there(since, min(until, customer_ended), team) for since, until, team, _ in pieces)
    assert fact.customer_worked == lag + known + _there(ended, customer_ended, last)
