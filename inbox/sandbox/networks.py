"""The simulated networks: who did what in them, what the service must be told of it, and what people see.

Nothing here waits or opens a socket: `server`, `imap`, `submission` and `postman` do that. Every change goes through
the journal, so that the networks are the same after a restart and no delivery is forgotten over it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from email import message_from_bytes
from typing import Any, Protocol, cast

import msgspec
import structlog

from connectors import inbound as net
from connectors.contract import Context, CustomerAction, Neighbour, Opened, Simulator
from connectors.exchange import Request, Response
from connectors.registry import connector
from connectors.toolkit import faults as known
from inbox import clock, ids
from inbox.sandbox.journal import Acted, Asked, Begun, Chapter, Entry, Filed, Journal, Lived, Submitted, Taken
from inbox.sandbox.mailbox import Mailbox

MAIL = "email"
CHAT = "webchat"
NOBODY = "nobody"
"""The person whose doings lead to nothing but that a network tells what it has not told yet."""
CROWD = "past-"
"""Begins the keys of people who are known by what they did in the past only."""
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


class PrivateReply(msgspec.Struct, frozen=True):
    """What the company wrote in private to somebody who had commented in public."""

    thread_id: str
    message_id: str
    at: int


class Shown(msgspec.Struct, frozen=True):
    """An item of ours as people see it, and since when."""

    at: int
    item: dict[str, str]


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
        self.chapters = 0
        """How many parts of the past were begun to be told."""
        self.newest: dict[tuple[str, str], str] = {}
        """(network, person) → external id of what he wrote last."""
        self.played: dict[str, int] = {}
        """Person → the next turn of his script."""
        self.acted_at: dict[str, int] = {}
        """Person → when he last did something."""
        self.owed: dict[int, Delivery] = {}
        """Deliveries that the service has not taken, by number."""
        self.on_delivery: Callable[[Delivery], None] = lambda delivery: None
        self.writers: dict[tuple[str, str], str] = {}
        """(network, external id) → the person who wrote it."""
        self.answers: dict[tuple[str, str], list[Shown]] = {}
        """(network, thread) → what we said, where the network is a part of the service: its simulator is not told."""
        self.on_answer: Callable[[str], None] = lambda network: None
        """Called when the service had a network do something that people may see."""
        self.private: dict[tuple[str, str], PrivateReply] = {}
        """(network, person) → the newest private answer to a comment of his, where he reads it."""
        self._written_at: dict[str, int] = {}
        self._names: dict[str, str] = {}
        self._journal = journal
        self._just_opened: tuple[str, ...] = ()
        """Networks on which what was answered last opened a private thread."""
        self._count = 0
        self._simulators: dict[str, Simulator] = {}
        for name in names:
            make = connector(name).simulator
            if make is None:
                raise ValueError(f"{name} has no simulator: leave it out of the sandbox")
            self._simulators[name] = make(seed)
            self.faults[name] = set()
        self._neighbours = [one for one in self._simulators.values() if isinstance(one, Neighbour)]
        for one in self._neighbours:
            one.meet(self._neighbours)
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

    def settings(self, network: str) -> Mapping[str, str]:
        """What else an admin would enter to connect, where the simulator names it."""
        return getattr(self._simulators[network], "settings", {})

    def serve_at(self, network: str, address: str) -> None:
        """Tell a simulator where it is reached: some name addresses of their own files."""
        simulator: Any = self._simulators[network]
        if hasattr(simulator, "address"):
            simulator.address = address

    # -- what happens

    def begin(self, at: int) -> None:
        """Note when the sandbox was made."""
        self._do(Begun(self.seed, at))

    def act(self, network: str, action: CustomerAction, at: int, turn: int | None = None) -> None:
        """A customer does something. What the service is to be told lies in `owed`, or in the mailbox."""
        self._do(Acted(network, action, at, turn, self._copies(network)))

    def live(self, network: str, action: CustomerAction, at: int, turn: int | None = None) -> list[Request]:
        """A customer did something in the past. The result is what the service is to be told of it, by whoever calls
        this. A mail is a request whose body it is.
        """
        entry = Lived(network, action, at, turn)
        self._journal.add(entry)
        return self._live(entry)

    def open_chapter(self, number: int) -> None:
        """Note that the telling of a part of the past begins."""
        self._do(Chapter(number))

    def respond(self, network: str, request: Request, at: int | None = None) -> Response:
        """Answer the service, now or at an instant of the past, when nothing was broken. Raises KeyError for a network
        that is not simulated.
        """
        if at is None:
            entry = Asked(network, request, clock.now(), self._faults_of(network))
        else:
            entry = Asked(network, request, at, ())
        response = self._respond(entry)
        self._journal.add(entry)
        if at is None and request.method != "GET":
            self.on_answer(network)
            for opened in self._just_opened:
                self.on_answer(opened)
        return response

    def ask(self, network: str, request: Request) -> Response:
        """What a network answers to somebody who only looks: nothing is broken, nothing is kept."""
        return self._respond(Asked(network, request, clock.now(), ()))

    def submit(self, message: bytes, at: int | None = None) -> None:
        """The service sent a mail, now or at an instant of the past."""
        if at is None:
            self._do(Submitted(message, clock.now(), self._faults_of(MAIL), self._copies(MAIL)))
        else:
            self._do(Submitted(message, at, (), 0))

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
        items = self._simulators[network].seen(thread_id)
        ours = self.answers.get((network, thread_id))
        if not ours:
            return items
        timed = [(self._written_at.get(item["id"], 0), item) for item in items] + [(one.at, one.item) for one in ours]
        return [item for _, item in sorted(timed, key=lambda pair: pair[0])]

    def under(self, network: str, post_id: str) -> tuple[str, str]:
        """(thread, what is answered) with which a first comment is written under a post."""
        return ("", post_id) if network == "facebook_page" else (post_id, "")

    def posts(self, network: str) -> list[dict[str, str]]:
        """The company's own posts that can be commented on, newest first: `id`, `text`, `picture`. The first is the
        campaign's.
        """
        asked = _POSTS.get(network)
        if asked is None or network not in self._simulators:
            return []
        credentials = self.credentials(network)
        token = credentials.get("page_access_token") or credentials.get("access_token", "")
        headers = {"authorization": f"Bearer {token}"}
        answer = self.ask(network, Request(method="GET", path=asked[0], query=asked[1], headers=headers, body=b""))
        shown = [_post(node) for node in msgspec.json.decode(answer.body)["data"]]
        return sorted(shown, key=lambda post: "#" not in post["text"])

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
            case Lived():
                self._live(entry)
            case Chapter():
                self.chapters = entry.number + 1
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
        requests = self._done(entry)
        self.acted_at[action.person] = entry.at
        if entry.turn is not None:
            self.played[action.person] = entry.turn + 1
        for request in requests:
            self._count += 1
            delivery = Delivery(self._count, entry.network, request)
            self.owed[delivery.number] = delivery
            self.on_delivery(delivery)
        if entry.network == MAIL:
            self._post(entry.at, entry.copies, action.person if action.do == "write" else "")

    def _live(self, entry: Lived) -> list[Request]:
        requests = self._done(entry)
        if entry.turn is not None:
            self.played[entry.action.person] = entry.turn + 1
        if entry.network == MAIL:
            for message in self._mail.outbox():
                self._remember_mail(entry.action.person, message, entry.at)
                requests.append(Request(method="POST", path="", headers={}, body=message))
        return requests

    def _done(self, entry: Acted | Lived) -> list[Request]:
        """What a customer's deed leads to; nothing for one that cannot be done (any more)."""
        action = entry.action
        simulator = self._simulators[entry.network]
        simulator.faults = set()
        self._names[action.person] = action.name or self._names.get(action.person, action.person)
        try:
            requests = simulator.act(action, entry.at)
        except KeyError as unknown:  # done to a message that is not there (any more)
            _log.info("sandbox_action_impossible", network=entry.network, do=action.do, reason=str(unknown))
            return []
        for request in requests:
            self._note(entry, request)
        return requests

    def _respond(self, entry: Asked) -> Response:
        simulator = self._simulators[entry.network]
        simulator.faults = set(entry.faults)
        response = simulator.respond(entry.request, entry.at)
        self._just_opened = tuple(self._open(opened, entry.at) for opened in self._opened_by(simulator))
        return response

    def _opened_by(self, simulator: Simulator) -> Sequence[Opened]:
        return simulator.opened() if isinstance(simulator, Neighbour) else ()

    def _open(self, opened: Opened, at: int) -> str:
        """Somebody has a private thread with us that he did not begin; the network it is on."""
        key = (opened.network, opened.person)
        self._names[opened.person] = opened.name or self.name_of(opened.person)
        self.private[key] = PrivateReply(opened.thread_id, opened.message_id, at)
        return opened.network

    def _post(self, at: int, copies: int, person: str = "") -> None:
        """Bring what customers have sent by mail into the mailbox."""
        for message in self._mail.outbox():
            if person:
                self._remember_mail(person, message, at)
            for _ in range(copies):
                self.mailbox.deliver("INBOX", message, at)

    def _note(self, entry: Acted | Lived, request: Request) -> None:
        """Learn the network's own ids of what a customer wrote by reading the delivery as the service would. A delivery
        that only announces is about what he sees of his own.
        """
        parse, person = connector(entry.network).parse, entry.action.person
        for one in parse(request, _nowhere(entry)) if parse is not None else ():
            if isinstance(one, net.MessageReceived | net.ReviewReceived) and not one.author.is_self:
                self._remember(entry.network, person, one.thread.external_id, one.external_id, entry.at)
            elif isinstance(one, net.Fetch) and entry.action.do in ("review", "restar"):
                own = [item["id"] for item in self.seen(entry.network, person) if item["from"] == "them"]
                for item_id in own[:1]:
                    self._remember(entry.network, person, item_id, item_id, entry.at)

    def _remember_mail(self, person: str, message: bytes, at: int) -> None:
        message_id = str(message_from_bytes(message)["Message-ID"]).strip("<>")
        self._remember(MAIL, person, message_id, message_id, at)

    def _remember(self, network: str, person: str, thread_id: str, external_id: str, at: int) -> None:
        self.newest[network, person] = external_id
        threads = self.threads.setdefault((network, person), [])
        is_known = network == MAIL and any(self._is_in(thread, external_id) for thread in threads)
        if not is_known and thread_id not in threads:
            threads.append(thread_id)
        elif thread_id in threads:
            threads.append(threads.pop(threads.index(thread_id)))
        if (network, external_id) not in self.writers:
            self.writers[network, external_id] = person
            if network == CHAT:
                self._written_at[external_id] = at
            self.sent.append(Sent(network, external_id, person, at))

    def _is_in(self, thread_id: str, message_id: str) -> bool:
        return any(mail["id"] == message_id for mail in self._mail.seen(thread_id))


_POSTS = {
    "facebook_page": ("/v25.0/me/feed", "fields=id,message,full_picture&limit=10"),
    "instagram": ("/v25.0/me/media", "fields=id,caption,media_url&limit=10"),
}
"""Network → path and query that list the company's posts."""


def _post(node: dict[str, Any]) -> dict[str, str]:
    text = node.get("message") or node.get("caption") or ""
    return {"id": node["id"], "text": text, "picture": node.get("full_picture") or node.get("media_url") or ""}


def _nowhere(entry: Acted | Lived) -> Context:
    """The context of a channel that is nobody's: enough to read ids by."""
    return Context(
        now=entry.at,
        nonce=ids.nonce,
        channel_id="0",
        base_url="",
        public_url="",
        webhook_url="",
    )
