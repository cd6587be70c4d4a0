"""The sandbox as it runs: networks served, the month told, deliveries brought, the cast at play.

director ─cue─▶ networks ─delivery─▶ postman ─HTTP─▶ /hooks/…     and, the other way,
the service ─HTTP, SMTP, IMAP─▶ server, submission, imap ─▶ networks ─▶ the next cue
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

import msgspec
import structlog

from connectors.contract import CustomerAction
from connectors.registry import connector, networks
from inbox import clock
from inbox.clock import MINUTE
from inbox.errors import Unavailable
from inbox.sandbox import polls, privately
from inbox.sandbox.attending import attend
from inbox.sandbox.cast import PEOPLE, Person
from inbox.sandbox.chats import Chats
from inbox.sandbox.colleagues import USER_AGENT, Colleague
from inbox.sandbox.director import Cue, Director, Look, Side
from inbox.sandbox.history import Doors, History
from inbox.sandbox.imap import ImapServer
from inbox.sandbox.journal import Journal
from inbox.sandbox.laid_down import AWAY, switch_on
from inbox.sandbox.networks import CHAT, NOBODY, Networks
from inbox.sandbox.past import TELLS, Past
from inbox.sandbox.postman import Postman
from inbox.sandbox.reviewed import review
from inbox.sandbox.rhythm import Chance
from inbox.sandbox.server import NetworkServer
from inbox.sandbox.submission import SubmissionServer
from inbox.sandbox.tally import Tally
from inbox.storage import sandbox as stored
from inbox.storage.database import Database
from inbox.transport.http import HttpClient

MAILBOX = "hello@alkyon.example"
PASSWORD = "of-the-sandbox"  # noqa: S105 - opens nothing but the simulated mailbox
CALM = 8.0
READ_SECONDS = 3.0
"""How often people look whether we have answered them."""
TOLD_SECONDS = 0.4
"""How long a network takes to tell what became of an answer."""
_AWAY = 10 * MINUTE
_log = structlog.get_logger(__name__)
Progress = Callable[[int, int], None]


def played() -> tuple[str, ...]:
    """Networks that people of the cast are on and that have a connector with a simulator."""
    known = {name for name in networks() if connector(name).simulator is not None}
    return tuple(sorted({person.network for person in PEOPLE} & known))


class Service(msgspec.Struct, frozen=True):
    """The service as the sandbox reaches it. `channels`: network → channel; `door`: network → where it posts to."""

    database: Database
    http: HttpClient
    doors: Doors
    channels: Mapping[str, int]
    door: Callable[[str], str]


class Stage:
    """Made by `stage`; `play` then tells the month and lets the cast act."""

    def __init__(self, networks: Networks, people: tuple[Person, ...] = PEOPLE) -> None:
        self.networks = networks
        self.director = Director(networks.seed, people, networks.names)
        self.chance = Chance(networks.seed)
        self.server = NetworkServer(networks)
        self.imap = ImapServer(networks, PASSWORD)
        self.submission = SubmissionServer(networks, PASSWORD)
        self.per_minute = CALM
        """Cues a minute; 0 holds the cast still."""
        self.drawn = 0
        self.share = 1.0
        """How much of the month is told."""
        self.tally: Tally | None = None
        """Set when the channels are known."""
        self.history: History | None = None
        """Set when the month begins to be told."""
        self.colleagues: Sequence[Colleague] = ()
        self.changed = asyncio.Event()
        """Set when `per_minute` was changed."""
        self._read: dict[tuple[str, str], str] = {}
        """(network, person) → the answer of ours he read last."""

    async def play(
        self, service: Service, colleagues: Sequence[Colleague] = (), progress: Progress = lambda told, total: None
    ) -> None:
        """Until cancelled: the month where it has not been told, then cue after cue. `colleagues`: who works beside the
        people.
        """
        self.tally = Tally(self.networks, service.database, service.channels)
        self.colleagues = colleagues

        async def somebody_is_here() -> bool:
            since = clock.now() - _AWAY
            return self.per_minute > 0 and await service.database.read(stored.at_work, since, USER_AGENT) > 0

        async with asyncio.TaskGroup() as group:
            chats = Chats(self.networks, service.doors, service.database, service.channels[CHAT])
            postman = Postman(self.networks, service.http, service.door, {CHAT: chats.take})
            group.create_task(postman.run(), name="sandbox-postman")
            await self._tell(service, progress)
            group.create_task(self._look(chats), name="sandbox-readers")
            for colleague in colleagues:
                group.create_task(colleague.work(somebody_is_here), name="sandbox-colleague")
            emails = {colleague.email for colleague in colleagues}
            doors = service.doors
            group.create_task(attend(doors.writer, doors.directory, emails, somebody_is_here), name="sandbox-attending")
            self._tell_what_became(group)
            while True:
                await self._pause()
                if await somebody_is_here():
                    self._cue(await service.database.read(stored.waiting))

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
        # That we are closed is no answer.
        spoken = [one for one in items if one["from"] != "us" or one.get("text") not in AWAY.values()]
        last: Side = "" if not spoken else "us" if spoken[-1]["from"] == "us" else "them"
        return Look(thread_id, last, self.networks.acted_at.get(person.key, 0))

    def reads(self, network: str, person: str, thread_id: str = "") -> None:
        """A person reads what we said last, once; in the thread he used last, where none is named."""
        thread_id = thread_id or self.networks.thread_of(network, person)
        ours = [one for one in self._seen(network, thread_id) if one["from"] == "us"]
        if network in TELLS and ours and self._read.get((network, person)) != ours[-1]["id"]:
            self._read[network, person] = ours[-1]["id"]
            if ours[-1]["state"] != "read":
                self.networks.act(network, CustomerAction(do="read", person=person, thread_id=thread_id), clock.now())

    def _phone(self, person: Person) -> tuple[str, list[dict[str, str]]]:
        """Where a person would write, and what he sees there."""
        thread_id = self.networks.thread_of(person.network, person.key)
        return thread_id if person.network == "email" else "", self._seen(person.network, thread_id)

    def _seen(self, network: str, thread_id: str) -> list[dict[str, str]]:
        return self.networks.seen(network, thread_id) if thread_id else []

    async def _tell(self, service: Service, progress: Progress) -> None:
        if self.networks.begun_at is None:
            self.networks.begin(clock.now())
        chapters = self.networks.chapters
        past = Past(self.networks.seed, self.networks.begun_at or 0, share=self.share)
        self.history = History(past, self.networks, service.doors, service.channels)
        await self.history.tell(progress)
        if self.networks.chapters > chapters:
            doors = service.doors
            await review(service.database, doors.writer, doors.directory, self.networks.begun_at or 0)
        await switch_on(service.doors.writer, service.doors.directory)

    def _tell_what_became(self, group: asyncio.TaskGroup) -> None:
        """Have networks tell soon what became of our answers, instead of with what the next person does."""
        due: set[str] = set()

        async def told(network: str) -> None:
            await asyncio.sleep(TOLD_SECONDS)
            due.discard(network)
            self.networks.act(network, CustomerAction(do="typing", person=NOBODY), clock.now())

        def answered(network: str) -> None:
            if network in TELLS and network not in (CHAT, "custom") and network not in due:
                due.add(network)
                group.create_task(told(network), name="sandbox-told")

        self.networks.on_answer = answered

    async def _look(self, chats: Chats) -> None:
        """People look at their phones."""
        while True:
            with contextlib.suppress(Unavailable):
                await chats.look()
            for person in self.director.people:
                if person.kind == "direct" and self.per_minute > 0:
                    self.reads(person.network, person.key)
            if self.per_minute > 0:
                privately.read(self.networks, self.reads, clock.now())
            await asyncio.sleep(READ_SECONDS)

    def _cue(self, waiting: int) -> None:
        self.drawn += 1
        cue = next(privately.answers(self.networks, clock.now()), None)
        if cue is None:
            cue = next(polls.answers(self.director.people, self._phone, self.chance, clock.now()), None)
        if cue is None:
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
