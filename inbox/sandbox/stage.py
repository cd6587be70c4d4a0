"""The sandbox as it runs: networks served, deliveries brought, the cast at play.

director ─cue─▶ networks ─delivery─▶ postman ─HTTP─▶ /hooks/…     and, the other way,
the service ─HTTP, SMTP, IMAP─▶ server, submission, imap ─▶ networks ─▶ the next cue
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from connectors.registry import connector, networks
from inbox import clock
from inbox.clock import MINUTE
from inbox.sandbox.cast import PEOPLE, Person
from inbox.sandbox.colleagues import USER_AGENT, Colleague
from inbox.sandbox.director import Cue, Director, Look, Side
from inbox.sandbox.imap import ImapServer
from inbox.sandbox.journal import Journal
from inbox.sandbox.networks import Networks
from inbox.sandbox.postman import Postman
from inbox.sandbox.server import NetworkServer
from inbox.sandbox.submission import SubmissionServer
from inbox.sandbox.tally import Tally
from inbox.storage import sandbox as stored
from inbox.storage.database import Database
from inbox.transport.http import HttpClient

MAILBOX = "hello@alkyon.example"
PASSWORD = "of-the-sandbox"  # noqa: S105 - opens nothing but the simulated mailbox
CALM = 8.0
_AWAY = 10 * MINUTE


def played() -> tuple[str, ...]:
    """Networks that people of the cast are on and that have a connector with a simulator."""
    known = {name for name in networks() if connector(name).simulator is not None}
    return tuple(sorted({person.network for person in PEOPLE} & known))


class Stage:
    """Made by `stage`; `play` then lets the cast act."""

    def __init__(self, networks: Networks, people: tuple[Person, ...] = PEOPLE) -> None:
        self.networks = networks
        self.director = Director(networks.seed, people, networks.names)
        self.server = NetworkServer(networks)
        self.imap = ImapServer(networks, PASSWORD)
        self.submission = SubmissionServer(networks, PASSWORD)
        self.per_minute = CALM
        """Cues a minute; 0 holds the cast still."""
        self.drawn = 0
        self.tally: Tally | None = None
        """Set when the channels are known."""
        self.changed = asyncio.Event()
        """Set when `per_minute` was changed."""

    async def play(
        self,
        database: Database,
        http: HttpClient,
        channels: Mapping[str, int],
        door: Callable[[str], str],
        colleagues: Sequence[Colleague] = (),
    ) -> None:
        """Until cancelled: the back-story where it has not been told, then cue after cue. `channels`: network →
        channel; `door`: network → where it posts to; `colleagues`: who works beside the people.
        """
        self.tally = Tally(self.networks, database, channels)

        async def somebody_is_here() -> bool:
            since = clock.now() - _AWAY
            return self.per_minute > 0 and await database.read(stored.at_work, since, USER_AGENT) > 0

        async with asyncio.TaskGroup() as group:
            group.create_task(Postman(self.networks, http, door).run(), name="sandbox-postman")
            await self._tell_backstory()
            for colleague in colleagues:
                group.create_task(colleague.work(somebody_is_here), name="sandbox-colleague")
            while True:
                await self._pause()
                if await somebody_is_here():
                    self._cue(await database.read(stored.waiting))

    def perform(self, cue: Cue) -> None:
        """Carry out a cue, on the newest message it can be meant for."""
        action = cue.action
        if action.do in ("edit", "delete", "restar", "react") and not action.message_id:
            thread_id = action.thread_id or self.networks.thread_of(cue.network, action.person)
            side = "us" if action.do == "react" else "them"
            ids = [one["id"] for one in self._seen(cue.network, thread_id) if one["from"] == side]
            if ids:
                action = msgspec.structs.replace(action, message_id=ids[-1])
        self.networks.act(cue.network, action, cue.at, cue.turn)

    def look(self, person: Person) -> Look:
        """What a person sees of the thread he used last."""
        thread_id = self.networks.thread_of(person.network, person.key)
        items = self._seen(person.network, thread_id)
        last: Side = "" if not items else "us" if items[-1]["from"] == "us" else "them"
        return Look(thread_id, last, self.networks.acted_at.get(person.key, 0))

    def _seen(self, network: str, thread_id: str) -> list[dict[str, str]]:
        return self.networks.seen(network, thread_id) if thread_id else []

    async def _tell_backstory(self) -> None:
        if self.networks.begun_at is None:
            self.networks.begin(clock.now())
        begun_at = self.networks.begun_at or 0
        for cue in self.director.backstory(begun_at):
            if cue.turn is not None and self.networks.played.get(cue.action.person, 0) <= cue.turn:
                self.perform(cue)
                await asyncio.sleep(0)

    def _cue(self, waiting: int) -> None:
        self.drawn += 1
        cue = self.director.next(clock.now(), self.networks.played, self.look, waiting, self.drawn)
        if cue is not None:
            self.perform(cue)

    async def _pause(self) -> None:
        """The time between two cues; over at once when the pace changes."""
        self.changed.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(60 / self.per_minute if self.per_minute else None):
                await self.changed.wait()


@contextlib.asynccontextmanager
async def stage(folder: Path, seed: int, people: tuple[Person, ...] = PEOPLE) -> AsyncIterator[Stage]:
    """The simulated networks, listening on free loopback ports. What happens in them is kept in `folder`."""
    journal = Journal(folder / "sandbox.ndjson")
    made = Stage(Networks(seed, played(), journal, address=MAILBOX), people)
    servers = (made.server, made.imap, made.submission)
    try:
        for one in servers:
            await one.start()
        yield made
    finally:
        for one in servers:
            await one.close()
        journal.close()
