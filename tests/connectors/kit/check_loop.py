"""The closed loop: a simulated customer writes, we read or poll, answer by the simulator, and the customer sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from connectors.contract import Context, CustomerAction, Simulator
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import AnyRequest, Polled, Request, TransportFailed
from connectors.inbound import (
    AnyInbound,
    Fetch,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    ReactionChanged,
    ReviewReceived,
)
from connectors.outbound import AnyOutbound, ReplyToComment, ReplyToReview, SendMessage, Target
from connectors.toolkit import faults
from tests.connectors.kit.driver import Reply, Run, by_simulator, drive
from tests.connectors.kit.sealed import sealed
from tests.connectors.kit.subject import NotApplicable, Subject

_WORDS = "Γεια σας, is the shop open? 🙂"
_ANSWER = "Yes, until eight. Tervetuloa!"
_SECOND = 1_000_000
_LOOKS = 10
"""How often a network that checks answers is asked for its verdict."""
_PAGES = 10
"""How many polls in a row may say that there is more."""
Item = MessageReceived | ReviewReceived

FAULTS: Mapping[str, frozenset[Kind | None]] = {
    faults.THROTTLED: frozenset({Kind.THROTTLED}),
    faults.OUTAGE: frozenset({Kind.UNREACHABLE, Kind.THROTTLED}),
    faults.EXPIRED_TOKEN: frozenset({Kind.REAUTH}),
    faults.TIMEOUT: frozenset({Kind.UNKNOWN, Kind.UNREACHABLE}),
    faults.HALF_BODY: frozenset({Kind.UNKNOWN, None}),
    faults.SLOW: frozenset({None}),
}
"""Fault → the kinds of SendError that make sense; None: it is sent all the same."""


class Loop:
    """One simulator, one connected channel."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.simulator: Simulator = subject.simulator()
        polled = "poll" in subject.connector.manifest.inbound
        if subject.connector.send is None or (subject.connector.parse is None and not polled):
            raise NotApplicable("the loop is not closed by HTTP both ways")
        self.cursor = ""
        self.ctx = self._connected(subject.context())

    def _connected(self, ctx: Context) -> Context:
        """The context after `setup` at the simulator, whose credentials (where it names some) are the channel's."""
        own = getattr(self.simulator, "credentials", {})
        ctx = replace(ctx, credentials={**ctx.credentials, **own})
        if "webhook_secret" in own:
            ctx = replace(ctx, secrets=(own["webhook_secret"].encode(),))
        if self.subject.connector.setup is None:
            return ctx
        run = drive(self.subject.connector.setup(ctx), by_simulator(self.simulator, ctx))
        assert run.error is None, f"setup at the simulator fails: {run.error}"
        made = run.result
        ctx = replace(
            ctx,
            asset_id=made.asset_id,
            settings={**ctx.settings, **made.settings},
            credentials={**ctx.credentials, **made.credentials},
        )
        registered = made.credentials.get("webhook_secret")
        return replace(ctx, secrets=(registered.encode(),)) if registered else ctx

    def act(self, action: CustomerAction) -> list[AnyInbound]:
        """Let a customer act, and read what the network tells us of it: what it posts, signatures checked, or where it
        posts nothing, what a poll finds.
        """
        self.ctx = replace(self.ctx, now=self.ctx.now + _SECOND)
        requests = self.simulator.act(action, self.ctx.now)
        if self.subject.connector.parse is None:
            return self.polled()
        return [record for request in requests for record in self._delivered(request)]

    def _delivered(self, request: Request) -> list[AnyInbound]:
        connector = self.subject.connector
        with sealed():
            if connector.verify is not None:
                connector.verify(request, self.ctx)
            if connector.answer is not None and connector.answer(request, self.ctx) is not None:
                return []
            records = connector.parse(request, self.ctx) if connector.parse else []
            if connector.acknowledge is not None:
                assert 200 <= connector.acknowledge(request, self.ctx).status < 300, "a delivery is not accepted"
        found: list[AnyInbound] = []
        for record in records:
            assert not isinstance(record, Exception), f"the connector cannot read its own simulator: {record}"
            found += [record, *self._fetched(record)]
        return found

    def polled(self) -> list[AnyInbound]:
        """What is new since the last poll, to the last page."""
        poll = self.subject.connector.poll
        assert poll is not None, "inbound names poll, there is none"
        found: list[AnyInbound] = []
        for _ in range(_PAGES):
            run = drive(poll(self.cursor, self.ctx), by_simulator(self.simulator, self.ctx))
            assert run.error is None, f"the poll fails: {run.error}"
            polled: Polled = run.result
            assert not polled.problems, f"the connector cannot read its own simulator: {polled.problems[0][0]}"
            assert len(polled.raw) in (0, len(polled.inbounds)), "raw holds the source of some inbounds, not of each"
            self._replayed(polled)
            found += [record for one in polled.inbounds for record in (one, *self._fetched(one))]
            self.cursor = polled.cursor
            if not polled.more:
                return found
        raise AssertionError(f"{_PAGES} polls in a row say `more`: the network would be asked without a pause")

    def _replayed(self, polled: Polled) -> None:
        """The message or review that a poll keeps raw is read again by `parse_part` as what the poll read it as."""
        parse_part = self.subject.connector.parse_part
        if parse_part is None:
            return
        for raw, record in zip(polled.raw, polled.inbounds, strict=False):
            if not isinstance(record, Item):
                continue
            with sealed():
                again = parse_part(raw, self.ctx)
            assert record in again, f"the poll reads {record}, parse_part reads its raw bytes as {again}"

    def _fetched(self, record: AnyInbound) -> list[AnyInbound]:
        """What the network gives for an id that came without content."""
        fetch = self.subject.connector.fetch
        if fetch is None or not isinstance(record, Fetch):
            return []
        run = drive(fetch(record.ref, self.ctx), by_simulator(self.simulator, self.ctx))
        assert run.error is None, f"what was announced is not given: {run.error}"
        found: list[AnyInbound] = run.result
        return found

    def wrote(self, text: str = _WORDS) -> Item:
        """A customer writes; the message or review as we read it."""
        records = self.act(CustomerAction(do="write", person="maria", name="Maria", text=text))
        messages = [one for one in records if isinstance(one, Item) and not one.author.is_self]
        assert len(messages) == 1, f"one message written, {len(messages)} read: {records}"
        return messages[0]

    def reply(self, message: Item, text: str = _ANSWER) -> Run:
        """Answer a message; the last part's run."""
        connector = self.subject.connector
        target = Target(
            thread_id=message.thread.external_id,
            address=message.thread.address,
            message_id=message.external_id,
            author_id=message.author.external_id,
            window_closes_at=message.thread.window_closes_at,
        )
        run = Run()
        for part in connector.plan(self._answering(message, target, text), self.ctx):
            if connector.send is not None:
                run = drive(connector.send(part, self.ctx), self._answer)
        return run

    def _answering(self, message: Item, target: Target, text: str) -> AnyOutbound:
        """The action that answers in the kind of thread the message is in."""
        actions = self.subject.connector.manifest.kinds[message.thread.kind].actions
        if "send" in actions:
            return SendMessage(target=target, text=text)
        if "reply_review" in actions:
            return ReplyToReview(target=target, text=text)
        return ReplyToComment(target=target, text=text)

    def checked(self, run: Run) -> Run:
        """The run, or where the network first looks at the answer itself, that of the look that brought its verdict."""
        check = self.subject.connector.check
        for _ in range(_LOOKS):
            if check is None or run.error is not None or run.result.state != "pending":
                break
            self.ctx = replace(self.ctx, now=max(self.ctx.now + _SECOND, run.result.check_at or 0))
            run = drive(check(run.result.token, self.ctx), self._answer)
        return run

    def seen(self, message: Item) -> list[dict[str, str]]:
        """What the customer sees in the message's thread, by whichever id the simulator knows it."""
        ids = (message.thread.external_id, *message.thread.address.values(), message.author.external_id, "maria", "")
        return next((shown for one in ids if (shown := self.simulator.seen(one))), [])

    def theirs(self, message: Item) -> str:
        """The simulator's id of the customer's newest item."""
        return next(one["id"] for one in reversed(self.seen(message)) if one["from"] == "them")

    def _answer(self, request: AnyRequest, number: int) -> Reply:
        reply = by_simulator(self.simulator, self.ctx)(request, number)
        if faults.TIMEOUT in self.simulator.faults:
            return TransportFailed("timeout", "no answer in time", sent=True)
        return reply


def closes(subject: Subject) -> None:
    """What a customer writes arrives as written; our answer is accepted with an id, and the customer sees it."""
    loop = Loop(subject)
    message = loop.wrote()
    assert message.text == _WORDS, f"read as {message.text!r}"
    run = loop.checked(loop.reply(message))
    assert run.error is None, f"the answer was refused: {run.error}"
    assert run.result.external_id, "the receipt has no external id"
    shown = loop.seen(message)
    assert [one["text"] for one in shown if one["from"] == "us"] == [_ANSWER], f"the customer sees {shown}"
    again = loop.wrote("and on Sundays?")
    assert again.thread.external_id == message.thread.external_id, "the second message is in another thread"
    # A person has one review, which he changes.
    is_review = isinstance(message, ReviewReceived)
    assert (again.external_id == message.external_id) == is_review, "two messages, one id, or one review, two ids"


def polls(subject: Subject) -> None:
    """Where a network posts and is polled too, polling ends, and finds nothing a second time under another id."""
    connector = subject.connector
    if connector.poll is None or connector.parse is None:
        raise NotApplicable("the network does not both post and have to be asked")
    loop = Loop(subject)
    action = CustomerAction(do="write", person="maria", name="Maria", text=_WORDS)
    told = {one.external_id for one in loop.act(action) if isinstance(one, Item)}
    found = {one.external_id for one in loop.polled() if isinstance(one, Item)}
    assert found <= told, f"one message was posted as {sorted(told)}, and is polled as {sorted(found)}"


def edits(subject: Subject) -> None:
    """A customer's edit and unsend arrive for the item they are about."""
    manifest = subject.connector.manifest
    if not (manifest.edits_in or manifest.deletes_in):
        raise NotApplicable("the network tells of no edits and no deletions")
    loop = Loop(subject)
    message = loop.wrote()
    item = loop.theirs(message)
    if manifest.edits_in:
        action = CustomerAction(do="edit", person="maria", message_id=item, text="changed")
        edited = [one for one in loop.act(action) if isinstance(one, MessageEdited | ReviewReceived)]
        assert [(one.external_id, one.text) for one in edited] == [(message.external_id, "changed")], f"{edited}"
    if manifest.deletes_in:
        records = loop.act(CustomerAction(do="delete", person="maria", message_id=item))
        if not records:
            raise NotApplicable("the simulated network tells of no deletion in this thread")
        gone = [one.external_id for one in records if isinstance(one, MessageDeleted)]
        assert gone == [message.external_id], f"{records}"


def reactions(subject: Subject) -> None:
    """A customer's reaction arrives whole, and its withdrawal as none."""
    if not subject.connector.manifest.reactions_in:
        raise NotApplicable("the network tells of no reactions")
    loop = Loop(subject)
    message = loop.wrote()
    item = loop.theirs(message)
    for emoji, wanted in (("👍", ("👍",)), ("", ())):
        records = loop.act(CustomerAction(do="react", person="maria", message_id=item, emoji=emoji))
        found = [one for one in records if isinstance(one, ReactionChanged)]
        assert [(one.message_id, one.emojis) for one in found] == [(message.external_id, wanted)], f"{records}"


def reviews(subject: Subject) -> None:
    """What comes of a review that is changed after we answered does not say that our answer is gone."""
    if "review" not in subject.connector.manifest.kinds:
        raise NotApplicable("the network has no reviews")
    loop = Loop(subject)
    action = CustomerAction(do="review", person="maria", name="Maria", text="Too small", rating=2)
    written = [one for one in loop.act(action) if isinstance(one, ReviewReceived)]
    if len(written) != 1:
        raise NotApplicable("the simulated network does not tell of a review by itself")
    run = loop.checked(loop.reply(written[0]))
    assert run.error is None, f"the answer was refused: {run.error}"
    for stars in (1, 5):
        item = CustomerAction(
            do="restar", person="maria", text=f"{stars} stars", rating=stars, message_id=written[0].external_id,
            thread_id=written[0].thread.external_id,
        )  # fmt: skip
        told = [one for one in loop.act(item) if isinstance(one, ReviewReceived)]
        assert [(one.external_id, one.rating) for one in told] == [(written[0].external_id, stars)], f"{told}"
        for one in told:
            says = f"reply_known says {one.reply_text!r} stands there, and it is {_ANSWER!r}"
            assert not one.reply_known or one.reply_text == _ANSWER, says


def duplicates(subject: Subject) -> None:
    """What the network delivers twice, or out of order, has the keys it would have had once and in order."""
    loop = Loop(subject)
    loop.simulator.faults.add(faults.DUPLICATE)
    records = loop.act(CustomerAction(do="write", person="maria", name="Maria", text=_WORDS))
    if len(records) < 2:
        raise NotApplicable(f"the simulator knows no fault {faults.DUPLICATE!r}")
    keys = [one.dedupe_key for one in records]
    assert all(keys.count(key) == 2 for key in keys), f"delivered twice, read as {keys}"


def faults_told(subject: Subject) -> None:
    """Each fault of the simulator ends in the SendError that it calls for."""
    for fault, kinds in FAULTS.items():
        loop = Loop(subject)
        message = loop.wrote()
        loop.simulator.faults.add(fault)
        run = loop.reply(message)
        kind = run.error.kind if run.error else None
        with subject.about(f"fault {fault!r}"):
            assert kind in kinds, f"ends as {kind or 'sent'}; {sorted(str(one) for one in kinds)} makes sense"
            if fault == faults.THROTTLED and run.error and run.error.until is not None:
                assert run.error.until > loop.ctx.now, "may be tried again in the past"
