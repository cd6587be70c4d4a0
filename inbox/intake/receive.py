"""From parsed inbounds to one committed unit: the raw bytes, every element, the cursor, all or nothing.

A delivery that makes the unit fail is not lost and not repeated for ever: its elements are tried one by one, those that
fail alone are kept raw as quarantined, and the network gets its answer. Only a store that cannot write makes it wait.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import msgspec
import structlog

from connectors import inbound as net
from connectors.contract import Context
from connectors.errors import PayloadInvalid
from connectors.inbound import AnyInbound
from inbox.domain import events as e
from inbox.domain import people, receiving
from inbox.domain.records import Job, Raw
from inbox.domain.state import ChannelFacts, Needs, Prepared, State
from inbox.errors import Unavailable
from inbox.eventlog.attention import ADMINS
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.failpoint import failpoint
from inbox.intake.health import Health
from inbox.intake.prepare import prepared
from inbox.intake.printable import printable
from inbox.transport.media import MediaStore

_json = msgspec.json.Encoder().encode
_log = structlog.get_logger(__name__)

_NOT_TOLD_APART = (
    net.ReactionChanged,
    net.CommentModerated,
    net.ThreadClosed,
    net.IdentityChanged,
    net.IdentitiesLinked,
)
"""Facts without an id of their own: only the dedupe key tells a redelivery from the same thing done again."""
MAX_PROBLEM_CHARS = 500

Outcome = str
"""What became of an element: done, duplicate, orphan, ignored, queued (a job), typing."""


class Source(msgspec.Struct, kw_only=True):
    """Bytes as the network sent them. `raw_id` is set when they are stored already (replay); `problem` says what in
    them could not be understood.
    """

    body: bytes
    headers: str = ""
    problem: str = ""
    raw_id: int | None = None


class Element(msgspec.Struct, frozen=True):
    """One inbound, with the place of its source in the delivery."""

    inbound: AnyInbound
    source: int = 0


class Arrived(msgspec.Struct, kw_only=True):
    """What came in one request, poll or frame. `cursor` commits with it; None where there is none."""

    channel: ChannelFacts
    elements: Sequence[Element]
    sources: Sequence[Source]
    received_at: int
    cursor: str | None = None
    looks_up_profiles: bool = False


class DeliveryUnit(Unit):
    """All of a delivery in one unit. Its result are the outcomes of the elements, in order."""

    def __init__(self, arrived: Arrived, items: Sequence[Prepared]) -> None:
        self.arrived = arrived
        self.items = items
        live_since = arrived.channel.live_since
        history = bool(items) and all(item.inbound.occurred_at < live_since for item in items)
        self.priority = Priority.BULK if history else Priority.NETWORK
        self.weight = max(1, len(items))

    def needs(self, needs: Needs) -> None:
        """Name what deciding the elements looks at."""
        channel = self.arrived.channel
        for item in self.items:
            receiving.needs_of(needs, channel, item.inbound)
            if isinstance(item.inbound, _NOT_TOLD_APART):
                needs.seen.add((channel.id, _told_by(item.inbound)))
        needs.seen |= {(channel.id, _key_of(source)) for source in self.arrived.sources if source.problem}

    def decide(self, state: State) -> list[Outcome]:
        """Decide every element, then keep what brought something new or could not be understood."""
        arrived = self.arrived
        outcomes: list[Outcome] = []
        named: dict[int, set[int]] = {}
        for element, item in zip(arrived.elements, self.items, strict=True):
            outcome = self._one(state, item)
            outcomes.append(outcome)
            if outcome not in ("duplicate", "typing"):
                named.setdefault(element.source, set()).update(_identities(state, arrived.channel, item.inbound))
        for index, source in enumerate(arrived.sources):
            if index in named or source.problem:
                self._keep(state, source, named.get(index, set()))
        if arrived.cursor is not None:
            state.cursors[arrived.channel.id] = arrived.cursor
        return outcomes

    def _one(self, state: State, item: Prepared) -> Outcome:
        channel, at = self.arrived.channel, self.arrived.received_at
        match item.inbound:
            case net.TypingStarted():
                return "typing"
            case net.Ignored() | net.ChannelRevoked():
                return "ignored"
            case net.Fetch(dedupe_key=key, ref=ref):
                _add_job(state, "fetch", f"fetch:{channel.id}:{key}", channel.id, {"ref": ref}, at)
                return "queued"
        if isinstance(item.inbound, _NOT_TOLD_APART):
            seen = (channel.id, _told_by(item.inbound))
            if seen in state.seen:
                return "duplicate"
            state.seen.add(seen)
            state.new_seen.append((*seen, at))
        person = _identity_key(channel, item.inbound)
        is_new = person is not None and person not in state.identity_by_key
        outcome = receiving.receive(state, channel, item, at)
        identity = state.identity_by_key.get(person) if person is not None and is_new else None
        if identity is not None and not identity.name and self.arrived.looks_up_profiles and not channel.item_scope:
            # The delivery named only a number: ask the network who that is.
            payload = {"author": identity.external_id}
            _add_job(state, "profile", f"profile:{identity.id}", channel.id, payload, at)
        return outcome

    def _keep(self, state: State, source: Source, identities: set[int]) -> None:
        channel = self.arrived.channel
        raw_id = source.raw_id
        if raw_id is None:
            seen = (channel.id, _key_of(source)) if source.problem else None
            if seen is not None and seen in state.seen:
                return
            raw_id = state.next_id()
            problem = printable(source.problem[:MAX_PROBLEM_CHARS])
            kept = "quarantined" if problem else "done"
            state.add(Raw(raw_id, channel.id, self.arrived.received_at, kept, problem, source.headers, source.body))
            if seen is not None:
                state.seen.add(seen)
                state.new_seen.append((*seen, self.arrived.received_at))
                state.emit(e.DeliveryQuarantined(raw_id=raw_id, channel_id=channel.id), audience=ADMINS)
        state.raw_identities += [(identity, raw_id) for identity in sorted(identities)]


class Receiver:
    """Takes what networks told us. One for the process; used by the endpoint, pollers, streams and jobs alike."""

    def __init__(
        self,
        writer: Writer,
        media: MediaStore,
        health: Health,
        *,
        on_typing: Callable[[int, net.TypingStarted], None] = lambda channel_id, typing: None,
    ) -> None:
        self._writer = writer
        self._media = media
        self._health = health
        self._on_typing = on_typing

    async def take(self, arrived: Arrived) -> list[Outcome]:
        """Commit a delivery; the outcome of each element. Raises Unavailable when the store cannot: then nothing was
        written and the sender must try again.
        """
        failpoint("intake.before_commit")
        outcomes = await self._committed(arrived)
        failpoint("intake.after_commit")
        for element in arrived.elements:
            if isinstance(element.inbound, net.TypingStarted):
                self._on_typing(arrived.channel.id, element.inbound)
            elif isinstance(element.inbound, net.ChannelRevoked):
                reason = element.inbound.reason or "The network withdrew our access"
                await self._health.channel(arrived.channel.id, "needs_attention", reason, "revoked")
        if any(source.problem and source.raw_id is None for source in arrived.sources):
            await self._health.raised("quarantine", arrived.channel.id, _QUARANTINE)
        return outcomes

    async def _committed(self, arrived: Arrived) -> list[Outcome]:
        try:
            items = await prepared([element.inbound for element in arrived.elements], self._media)
            outcomes: list[Outcome] = await self._writer.submit(DeliveryUnit(arrived, items))
        except Unavailable:
            raise
        except Exception as problem:  # the edge of the worker item: what fails must not be refused for ever
            _log.error("delivery_failed", channel=arrived.channel.id, elements=len(arrived.elements), exc_info=problem)
            return await self._one_by_one(arrived, problem)
        return outcomes

    async def _one_by_one(self, arrived: Arrived, problem: Exception) -> list[Outcome]:
        """Save what can be saved of a delivery that fails as a whole; the rest is kept raw, with the cursor moved."""
        outcomes: list[Outcome] = []
        if len(arrived.elements) > 1:
            for element in arrived.elements:
                outcomes += await self._alone(arrived, element)
        else:
            self._blame(arrived, 0 if not arrived.elements else arrived.elements[0].source, problem)
            outcomes = ["quarantined"] * len(arrived.elements)
        rest = msgspec.structs.replace(arrived, elements=())
        await self._writer.submit(DeliveryUnit(rest, ()))
        return outcomes

    async def _alone(self, arrived: Arrived, element: Element) -> list[Outcome]:
        one = msgspec.structs.replace(arrived, elements=(msgspec.structs.replace(element, source=0),), cursor=None)
        one.sources = (arrived.sources[element.source],)
        try:
            items = await prepared([element.inbound], self._media)
            outcomes: list[Outcome] = await self._writer.submit(DeliveryUnit(one, items))
        except Unavailable:
            raise
        except Exception as problem:  # the edge of the worker item
            self._blame(arrived, element.source, problem)
            return ["quarantined"]
        return outcomes

    def _blame(self, arrived: Arrived, source: int, problem: Exception) -> None:
        said = f"{type(problem).__name__}: {problem}"
        found = arrived.sources[source]
        found.problem = f"{found.problem}; {said}" if found.problem else said


_QUARANTINE = (
    "Something this channel's network sent could not be understood. It is kept: see Settings, Quarantine, and replay it"
    " after an update that reads it."
)


def counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many elements had which outcome, for one line of the log: of one mostly, for which a `Counter` costs six
    times as much.
    """
    found: dict[str, int] = {}
    for outcome in outcomes:
        found[outcome] = found.get(outcome, 0) + 1
    return found


def _add_job(state: State, kind: str, key: str, channel_id: int, payload: dict[str, str], at: int) -> None:
    state.add(Job(state.next_id(), key, kind, channel_id, _json(payload), at, 0, None, "", at))


def _told_by(inbound: AnyInbound) -> str:
    """Under which a fact is remembered. Its key may name people, and nothing would find it when one is erased."""
    return hashlib.sha256(inbound.dedupe_key.encode()).hexdigest()


def _key_of(source: Source) -> str:
    """Under which a body that could not be understood is remembered, so that a redelivery is not kept twice."""
    return f"quarantined:{hashlib.sha256(source.body).hexdigest()}"


def _identity_key(channel: ChannelFacts, inbound: AnyInbound) -> tuple[str, str, str] | None:
    """The key of the identity that acted; None where the inbound names nobody."""
    author: net.Author | None = getattr(inbound, "author", None)
    if author is None:
        return None
    item_id = getattr(inbound, "external_id", "") if channel.item_scope else ""
    return channel.network, people.scope_of(channel, item_id), author.external_id


def _identities(state: State, channel: ChannelFacts, inbound: AnyInbound) -> set[int]:
    """Whom the raw bytes of an inbound name, as far as they are known here."""
    found: set[int] = set()
    person = _identity_key(channel, inbound)
    if person is not None and person in state.identity_by_key:
        found.add(state.identity_by_key[person].id)
    touched = getattr(inbound, "message_id", None) or getattr(inbound, "external_id", None)
    message = state.message_by_key.get((channel.id, touched)) if touched else None
    if message is not None and message.identity_id is not None:
        found.add(message.identity_id)
    # A receipt, or an echo of what we wrote, names the customer as the one it went to.
    thread = state.thread_by_key.get((channel.id, getattr(inbound, "thread_id", None) or ""))
    if message is not None and message.thread_id is not None:
        thread = state.threads.get(message.thread_id)
    if thread is not None and thread.identity_id is not None:
        found.add(thread.identity_id)
    return found


def parsed(parse: Callable[[], Sequence[AnyInbound | Exception]], ctx: Context) -> tuple[list[Element], str]:
    """What a delivery holds, and in words what in it could not be understood: all of it, when nothing could be read."""
    try:
        found = parse()
    except PayloadInvalid as invalid:
        return [], str(invalid)
    except Exception as broken:  # the edge of the request: a fault of ours is no reason to lose it
        _log.error("webhook_parse_failed", channel=ctx.channel_id, exc_info=broken)
        return [], f"{type(broken).__name__}: {broken}"
    elements = [Element(one) for one in found if not isinstance(one, Exception)]
    if len(elements) == len(found):
        return elements, ""
    return elements, "; ".join(str(one) for one in found if isinstance(one, Exception))
