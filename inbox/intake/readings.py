"""How what arrives reads, by word lists and by what was learnt: done beside the language, before the lock is taken."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from connectors import inbound as net
from inbox.domain import events as e
from inbox.domain.reading.learner import Learnt
from inbox.domain.reading.result import PLAIN, Reading
from inbox.domain.reading.rules import Stars, read
from inbox.storage import readings
from inbox.storage.database import Database

_learnt: Learnt | None = None


def of(inbound: net.MessageReceived | net.MessageEdited | net.ReviewReceived, language: str | None) -> Reading:
    """How an inbound reads. What we wrote ourselves is not read."""
    author = getattr(inbound, "author", None)
    if author is not None and author.is_self:
        return PLAIN
    title = inbound.title if isinstance(inbound, net.ReviewReceived) else ""
    stars = Stars(inbound.rating, inbound.best_rating) if isinstance(inbound, net.ReviewReceived) else None
    found = read(inbound.text, title, language=language, stars=stars)
    # Stars say it plainly: what was learnt of words does not overrule them.
    return found if _learnt is None or stars is not None else _learnt.judge(found, inbound.text, language=language)


def use(learnt: Learnt | None) -> None:
    """Read by this model from now on; None: by the lists alone."""
    global _learnt
    _learnt = learnt


class Model:
    """Keeps this process's copy of what was learnt as it is in the store."""

    def __init__(self, database: Database, later: Callable[[Awaitable[object], str], None]) -> None:
        self._database = database
        self._later = later
        self._loop = asyncio.get_running_loop()

    async def load(self) -> None:
        """Read it."""
        found = await self._database.read(readings.model)
        use(Learnt(found.weights) if found is not None else None)

    def heard(self, event: e.Event) -> None:
        """A new one was made, maybe by another process. May be called from any thread."""
        if isinstance(event, e.SettingChanged) and event.object == "reading":
            self._loop.call_soon_threadsafe(lambda: self._later(self.load(), "reading-model"))
