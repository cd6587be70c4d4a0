"""The simulated networks: who did what in them, what the service must be told of it, and what people see.

Nothing here waits or opens a socket: `server`, `imap`, `submission` and `postman` do that. Every change goes through
the journal, so that the networks are the same after a restart and no delivery is forgotten over it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from email import message_from_bytes
from typing import Protocol, cast

import msgspec
import structlog

from connectors import inbound as net
from connectors.contract import Context, CustomerAction, Simulator
from connectors.exchange import Request, Response
from connectors.registry import connector
from connectors.toolkit import faults as known
from inbox import clock, ids
from inbox.sandbox.journal import Acted, Asked, Begun, Entry, Filed, Journal, Submitted, Taken
from inbox.sandbox.mailbox import Mailbox

MAIL = "email"
BEFORE_ANSWERING = frozenset({known.TIMEOUT, known.SLOW})
"""Faults that `server` acts out."""
ON_THE_WAY = frozenset({known.DUPLICATE, known.SHUFFLE})
"""Faults that `postman` acts out."""
_log = structlog.get_logger(__name__)


class MailSimulator(Simulator, Protocol):
    """The simulator of mail: it has a post office instead of webhooks."""

    mailbox: str

    def outbox(self) -> list[bytes]:
        """What customers have sent since the last call."""
        ...

    def receive(self, message: bytes, now: int) -> None:
        """A mail of ours reaches its recipients."""
        ...


class Delivery(msgspec.Struct, frozen=True):
    """A request that a network owes the service, numbered from 1."""

    number: int
    network: str
    request: Request


class Sent(msgspec.Struct, frozen=True):
    """An item a customer put into the world: it must be shown once, and once only."""

    network: str
    external_id: str
    person: str
    at: int


class Networks:
    """All simulated networks. Deterministic by seed and journal."""

    def __init__(self, seed: int, names: Iterable[str], journal: Journal, *, address: str) -> None:
        """`names`: networks whose connector has a simulator. `address`: the mailbox customers write to."""
        self.seed = seed
        self.mailbox = Mailbox()
        self.faults: dict[str, set[str]] = {}
        self.begun_at: int | None = None
        self.sent: list[Sent] = []
        self.threads: dict[tuple[str, str], list[str]] = {}
        """(network, person) → external ids of his threads, oldest first."""
        self.played: dict[str, int] = {}
        """Person → the next turn of his script."""
        self.acted_at: dict[str, int] = {}
        """Person → when he last did something."""
        self.owed: dict[int, Delivery] = {}
        """Deliveries that the service has not taken, by number."""
        self.on_delivery: Callable[[Delivery], None] = lambda delivery: None
        self._known: set[tuple[str, str]] = set()
        self._names: dict[str, str] = {}
        self._journal = journal
        self._count = 0
        self._simulators: dict[str, Simulator] = {}
        for name in names:
            make = connector(name).simulator
            if make is None:
                raise ValueError(f"{name} has no simulator: leave it out of the sandbox")
            self._simulators[name] = make(seed)
            self.faults[name] = set()
        if MAIL in self._simulators:
            self._mail.mailbox = address
        for entry in journal.entries():
            self._again(entry)

    @property
    def names(self) -> tuple[str, ...]:
        """The networks there are."""
        return tuple(self._simulators)

    def credentials(self, network: str) -> Mapping[str, str]:
        """Secrets that the simulator was made with, where it names them."""
        return getattr(self._simulators[network], "credentials", {})

    # -- what happens

    def begin(self, at: int) -> None:
        """Note when the sandbox was made."""
        self._do(Begun(self.seed, at))

    def act(self, network: str, action: CustomerAction, at: int, turn: int | None = None) -> None:
        """A customer does something. What the service is to be told lies in `owed`, or in the mailbox."""
        self._do(Acted(network, action, at, turn, self._copies(network)))

    def respond(self, network: str, request: Request) -> Response:
        """Answer the service. Raises KeyError for a network that is not simulated."""
        entry = Asked(network, request, clock.now(), self._faults_of(network))
        response = self._respond(entry)
        self._journal.add(entry)
        return response

    def submit(self, message: bytes) -> None:
        """The service sent a mail."""
        self._do(Submitted(message, clock.now(), self._faults_of(MAIL), self._copies(MAIL)))

    def file(self, folder: str, message: bytes, flags: Sequence[str]) -> int:
        """The service put a mail into a folder; its UID."""
        self._do(Filed(folder, message, tuple(flags), clock.now()))
        return self.mailbox.folders[folder].mails[-1].uid

    def taken(self, number: int) -> None:
        """The service took a delivery."""
        if number in self.owed:
            self._do(Taken(number))

    # -- what people see

    def name_of(self, person: str) -> str:
        """What the person was called last."""
        return self._names.get(person, person)

    def seen(self, network: str, thread_id: str) -> list[dict[str, str]]:
        """A thread as its people see it, oldest first."""
        return self._simulators[network].seen(thread_id)

    def thread_of(self, network: str, person: str) -> str:
        """The thread a person used last; empty before the first."""
        threads = self.threads.get((network, person), [])
        return threads[-1] if threads else ""

    # -- how it happens, now and again

    @property
    def _mail(self) -> MailSimulator:
        return cast(MailSimulator, self._simulators[MAIL])

    def _faults_of(self, network: str) -> tuple[str, ...]:
        return tuple(sorted(self.faults[network] - BEFORE_ANSWERING - ON_THE_WAY))

    def _copies(self, network: str) -> int:
        return 2 if known.DUPLICATE in self.faults[network] else 1

    def _do(self, entry: Entry) -> None:
        self._journal.add(entry)
        self._again(entry)

    def _again(self, entry: Entry) -> None:
        match entry:
            case Begun():
                self.begun_at = entry.at
            case Acted():
                self._act(entry)
            case Asked():
                self._respond(entry)
            case Filed():
                self.mailbox.deliver(entry.folder, entry.message, entry.at, entry.flags)
            case Submitted():
                self._mail.faults = set(entry.faults)
                self._mail.receive(entry.message, entry.at)
                self._post(entry.at, entry.copies)
            case Taken():
                self.owed.pop(entry.number, None)

    def _act(self, entry: Acted) -> None:
        action = entry.action
        simulator = self._simulators[entry.network]
        simulator.faults = set()
        self._names[action.person] = action.name or self._names.get(action.person, action.person)
        try:
            requests = simulator.act(action, entry.at)
        except KeyError as unknown:  # done to a message that is not there (any more)
            _log.info("sandbox_action_impossible", network=entry.network, do=action.do, reason=str(unknown))
            requests = []
        self.acted_at[action.person] = entry.at
        if entry.turn is not None:
            self.played[action.person] = entry.turn + 1
        for request in requests:
            self._note(entry, request)
            self._count += 1
            delivery = Delivery(self._count, entry.network, request)
            self.owed[delivery.number] = delivery
            self.on_delivery(delivery)
        if entry.network == MAIL:
            self._post(entry.at, entry.copies, action.person if action.do == "write" else "")

    def _respond(self, entry: Asked) -> Response:
        simulator = self._simulators[entry.network]
        simulator.faults = set(entry.faults)
        return simulator.respond(entry.request, entry.at)

    def _post(self, at: int, copies: int, person: str = "") -> None:
        """Bring what customers have sent by mail into the mailbox."""
        for message in self._mail.outbox():
            if person:
                message_id = str(message_from_bytes(message)["Message-ID"]).strip("<>")
                self._remember(MAIL, person, message_id, message_id, at)
            for _ in range(copies):
                self.mailbox.deliver("INBOX", message, at)

    def _note(self, entry: Acted, request: Request) -> None:
        """Learn the network's own ids of what a customer wrote by reading the delivery as the service would."""
        parse = connector(entry.network).parse
        for one in parse(request, _nowhere(entry)) if parse is not None else ():
            if isinstance(one, net.MessageReceived | net.ReviewReceived) and not one.author.is_self:
                self._remember(entry.network, entry.action.person, one.thread.external_id, one.external_id, entry.at)

    def _remember(self, network: str, person: str, thread_id: str, external_id: str, at: int) -> None:
        threads = self.threads.setdefault((network, person), [])
        is_known = network == MAIL and any(self._is_in(thread, external_id) for thread in threads)
        if not is_known and thread_id not in threads:
            threads.append(thread_id)
        elif thread_id in threads:
            threads.append(threads.pop(threads.index(thread_id)))
        if (network, external_id) not in self._known:
            self._known.add((network, external_id))
            self.sent.append(Sent(network, external_id, person, at))

    def _is_in(self, thread_id: str, message_id: str) -> bool:
        return any(mail["id"] == message_id for mail in self._mail.seen(thread_id))


def _nowhere(entry: Acted) -> Context:
    """The context of a channel that is nobody's: enough to read ids by."""
    return Context(
        now=entry.at,
        nonce=ids.nonce,
        channel_id="0",
        base_url="",
        public_url="",
        webhook_url="",
    )
