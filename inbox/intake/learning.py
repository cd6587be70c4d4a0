"""Learns from what agents said of readings, beside the hot path: one process of the house, in a thread.

The model is a function of the corrections that stand. Whenever they differ from those it was made from, because one was
made, changed, taken back, or because its words were erased, it is made anew. Nothing else has to be remembered.
"""

from __future__ import annotations

import asyncio

import structlog

from inbox.domain import events as e
from inbox.domain.reading.learner import MAX_EXAMPLES, Example, train
from inbox.domain.reading.rules import Stars, read
from inbox.domain.state import State
from inbox.errors import Unavailable
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.storage import readings
from inbox.storage.database import Database, Query
from inbox.storage.readings import Correction

EVERY_SECONDS = 20.0
_log = structlog.get_logger(__name__)


class Learning:
    """Keeps the model. Run by one process at a time; two would only make it twice."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    async def run(self) -> None:
        """Learn whenever there is something new, until cancelled."""
        while True:
            try:
                await self.learn()
            except Unavailable as unavailable:
                _log.warning("readings_not_learnt", detail=unavailable.detail)
            await asyncio.sleep(EVERY_SECONDS)

    async def learn(self) -> bool:
        """Make the model anew if the corrections changed. Whether it did."""
        made_from = await self._database.read(readings.fingerprint)
        held = await self._database.read(readings.model)
        if made_from == (held.made_from if held is not None else "0:0"):
            return False
        told = await self._database.read(readings.corrections, MAX_EXAMPLES)
        weights = await asyncio.to_thread(lambda: train([_example(one) for one in told]))
        await self._writer.submit(PutModel(made_from, len(told), weights))
        _log.info("readings_learnt", corrections=len(told))
        return True


def _example(told: Correction) -> Example:
    stars = Stars(told.rating) if told.rating is not None else None
    rules = read(told.text, told.title, language=told.language, stars=stars)
    return Example(told.text, told.title, told.language, rules, told.sentiment, told.urgency)  # type: ignore[arg-type]


class PutModel(Unit):
    """Put a model in force, and tell every process."""

    priority = Priority.BULK
    alone = True

    def __init__(self, made_from: str, examples: int, weights: bytes) -> None:
        self.made_from = made_from
        self.examples = examples
        self.weights = weights

    def run(self, state: State) -> Query[None]:
        """Replace the one before."""
        held = yield from readings.model()
        version = held.version + 1 if held is not None else 1
        yield from readings.put_model(version, self.made_from, self.examples, self.weights, state.now)
        state.emit(e.SettingChanged(object="reading", id=version))
