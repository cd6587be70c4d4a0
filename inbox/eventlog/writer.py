"""The writer: one queue, one transaction at a time, as many waiting units in it as fit.

    submit ─▶ queue (people first) ─▶ lock ▸ load ▸ decide ▸ save ─▶ COMMIT ─▶ results, then the listeners, in position
    order

When a batch fails by the store, everything is rolled back and every waiting unit gets `StoreUnavailable`. When it fails
otherwise, its units run one by one, and only the one that fails alone gets its error.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from inbox import clock, tracing
from inbox.domain.sla import NO_TERMS, Terms
from inbox.domain.state import Needs, State, Workspace
from inbox.errors import InboxError, Unavailable
from inbox.eventlog.load import load, named_by
from inbox.eventlog.save import save
from inbox.eventlog.set_back import LogSetBack, Mark
from inbox.eventlog.unit import Priority, Unit
from inbox.storage.database import Database, Lock, Query, StoreUnavailable

log = structlog.get_logger(__name__)

MAX_UNITS = 32
"""Smaller than what may arrive at once: while one batch is made durable, the next is read and checked."""
MAX_WEIGHT = 200
MAX_WAITING = 4096

Listener = Callable[["Committed"], None]


class Committed:
    """A batch that is durable: its state, for whoever shows or follows it."""

    __slots__ = ("results", "state", "units")

    def __init__(self, state: State, units: Sequence[Unit], results: list[Any]) -> None:
        self.state = state
        self.units = units
        self.results = results


class Writer:
    """Owns the only write transactions of this process. Start with `run()` in a task group; submit from anywhere on its
    loop.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.listeners: list[Listener] = []
        """Called after each commit, in position order, possibly in SQLite's writing thread: they must be quick and must
        not raise.
        """
        self.terms: Callable[[], Terms] = lambda: NO_TERMS
        """SLA policies and calendars in force, asked for each batch."""
        self.seen: Callable[[], Mark | None] = lambda: None
        """The newest event this process knows: nothing is written onto a log that does not go on from it."""
        self._waiting: dict[Priority, list[tuple[Unit, asyncio.Future[Any]]]] = {p: [] for p in Priority}
        self._wake = asyncio.Event()
        self._closing = False

    async def submit(self, unit: Unit) -> Any:
        """Have a unit decided and committed; its result. Raises its InboxError, or Unavailable when the store cannot or
        too much waits.
        """
        if self._closing:
            raise Unavailable("the service is stopping; try again in a moment", code="stopping")
        if sum(len(queue) for queue in self._waiting.values()) >= MAX_WAITING:
            raise Unavailable(f"{MAX_WAITING} changes wait to be written; try again", code="backlog")
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[unit.priority].append((unit, future))
        self._wake.set()
        with tracing.span("write", attributes={"inbox.unit": type(unit).__name__}):
            return await future

    @property
    def depth(self) -> int:
        """Units that wait."""
        return sum(len(queue) for queue in self._waiting.values())

    async def run(self) -> None:
        """Write batch after batch until `close`."""
        while True:
            batch = self._next()
            if not batch:
                if self._closing:
                    return
                self._wake.clear()
                await self._wake.wait()
                continue
            await self._write(batch)
            # A quick batch on SQLite is decided without a pause: who waited for the last one is answered before.
            await asyncio.sleep(0)

    def close(self) -> None:
        """Refuse new units; `run` returns when what waits is written."""
        self._closing = True
        self._wake.set()

    def _next(self) -> list[tuple[Unit, asyncio.Future[Any]]]:
        batch: list[tuple[Unit, asyncio.Future[Any]]] = []
        weight = 0
        for queue in self._waiting.values():
            taken = 0
            for unit, _ in queue:
                if len(batch) + taken >= MAX_UNITS or (
                    (batch or taken) and (unit.alone or weight + unit.weight > MAX_WEIGHT)
                ):
                    break
                taken += 1
                weight += unit.weight
                if unit.alone:
                    break
            batch += queue[:taken]
            del queue[:taken]
            if batch and (batch[-1][0].alone or len(batch) >= MAX_UNITS):
                break
        return batch

    async def _write(self, batch: list[tuple[Unit, asyncio.Future[Any]]]) -> None:
        live = [(unit, future) for unit, future in batch if not future.cancelled()]
        units = [unit for unit, _ in live]
        if not units:
            return
        try:
            quick = not any(unit.alone for unit in units)
            terms, seen = self.terms(), self.seen()
            committed = await self.database.write(lambda: transact(units, terms, seen), self._told, quick=quick)
        except StoreUnavailable as problem:
            log.warning("store_unavailable", detail=problem.detail, units=len(units))
            for _, future in live:
                _fail(future, problem)
            await asyncio.sleep(0.05)
        except Exception as problem:  # the edge of the worker item: one unit must not take the others with it
            await self._apart(live, problem)
        else:
            for (_, future), result in zip(live, committed.results, strict=True):
                _settle(future, result)

    async def _apart(self, live: list[tuple[Unit, asyncio.Future[Any]]], problem: Exception) -> None:
        if len(live) == 1:
            if not isinstance(problem, InboxError):
                log.error("unit_failed", unit=type(live[0][0]).__name__, exc_info=problem)
            _fail(live[0][1], problem)
            return
        for one in live:
            await self._write([one])

    def _told(self, committed: Committed) -> None:
        for listener in self.listeners:
            listener(committed)


def transact(units: Sequence[Unit], terms: Terms = NO_TERMS, seen: Mark | None = None) -> Query[Committed]:
    """One batch, inside its transaction: lock, load, decide, save. Raises LogSetBack for a log that is not the one of
    which `seen` was seen.
    """
    needs = Needs()
    for unit in units:
        unit.needs(needs)
    locked, *found = yield Lock(named_by(needs))
    state = State(Workspace(*locked), clock.now(), terms)
    if seen is not None and (state.workspace.position < seen.position or state.workspace.epoch != seen.epoch):
        raise LogSetBack(seen, Mark(state.workspace.position, 0, state.workspace.epoch))
    yield from load(state, needs, found)
    results: list[Any] = []
    for unit in units:
        if unit.alone:
            results.append((yield from unit.run(state)))
        else:
            results.append(unit.decide(state))
    yield from save(state)
    return Committed(state, units, results)


def _settle(future: asyncio.Future[Any], result: Any) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[Any], problem: Exception) -> None:
    if not future.done():
        future.set_exception(problem)
