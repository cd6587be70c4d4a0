"""The same change for many conversations, each its own decision with its own result, and one way back for all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from inbox.commands.on_conversation import OnConversation
from inbox.domain import events as e
from inbox.domain import taking_back, words
from inbox.domain.desk_records import Approval, Bulk
from inbox.domain.people_back import TakenIn
from inbox.domain.permissions import Principal, require_conversation
from inbox.domain.state import Needs, State
from inbox.domain.taking_back import Step
from inbox.errors import Gone, InboxError, NotFound
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.storage import bulk as stored
from inbox.storage import messages, rows
from inbox.storage.database import Query

MAX_IDS = 500
_AT_ONCE = 50
"""Slices small enough that what people do in between is not kept waiting."""


class Outcome(msgspec.Struct, frozen=True):
    """What became of one conversation."""

    id: int
    problem: InboxError | None


class Done(msgspec.Struct, frozen=True):
    """What an action did to one conversation. `bulk_id`: by which it can be taken back, where it was kept at once."""

    step: Step
    message_id: int | None
    bulk_id: int | None


class Outcomes(msgspec.Struct, frozen=True):
    """What became of each, in the order asked, and by which id all of it can be taken back; None: nothing was done."""

    results: list[Outcome]
    bulk_id: int | None


class Remembered(Unit):
    """A command that says what it changed. Units that say so themselves (`Done`) are believed."""

    def __init__(self, unit: OnConversation, *, dismisses: bool = False) -> None:
        self.unit = unit
        self.dismisses = dismisses
        self.priority = unit.priority
        self.weight = unit.weight

    def needs(self, needs: Needs) -> None:
        """What the command needs."""
        self.unit.needs(needs)

    def decide(self, state: State) -> Done:
        """Look, decide, look again."""
        found = state.conversations.get(self.unit.conversation_id)
        before = taking_back.fields_of(found) if found is not None else None
        result = self.unit.decide(state)
        if isinstance(result, Done):
            return result
        assert found is not None, "a command decided on a conversation that is not there"
        assert before is not None
        step = Step(
            conversation_id=found.id,
            before=before,
            after=taking_back.fields_of(found),
            dismissed_at=state.now if self.dismisses else None,
            message_ids=(result,) if isinstance(result, int) else (),
        )
        return Done(step, result if isinstance(result, int) else None, None)


class KeepSteps(Unit):
    """Keep for an hour how an action is taken back. The result is the id to ask by."""

    alone = True

    def __init__(self, actor: e.Actor, steps: Sequence[Step] | TakenIn) -> None:
        self.actor = actor
        self.steps = steps

    def run(self, state: State) -> Query[int]:
        """Write it, and forget what is too old."""
        yield from stored.forget_before(state.now - taking_back.KEPT_SECONDS * 1_000_000)
        kept = Bulk(state.next_id(), self.actor.kind, self.actor.id, state.now, taking_back.encode(self.steps).decode())
        yield from rows.add(kept)
        return kept.id


async def change_all(
    writer: Writer, principal: Principal, ids: Sequence[int], unit_of: Callable[[int], OnConversation], *,
    dismisses: bool = False,
) -> Outcomes:  # fmt: skip
    """Submit a unit for each id, in slices; one that is refused refuses nobody else."""
    results: list[Outcome] = []
    steps: list[Step] = []
    for start in range(0, len(ids), _AT_ONCE):
        units = [(i, unit_of) for i in ids[start : start + _AT_ONCE]]
        for i, done in await asyncio.gather(*[_one(writer, i, made, dismisses) for i, made in units]):
            results.append(Outcome(i, done if isinstance(done, InboxError) else None))
            if isinstance(done, Done):
                steps.append(done.step)
    changed = [step for step in steps if step.before != step.after or step.dismissed_at or step.message_ids]
    bulk_id = await writer.submit(KeepSteps(principal.actor, changed)) if changed else None
    return Outcomes(results, bulk_id)


async def _one(
    writer: Writer, conversation_id: int, unit_of: Callable[[int], OnConversation], dismisses: bool
) -> tuple[int, Done | InboxError]:
    try:
        return conversation_id, await writer.submit(Remembered(unit_of(conversation_id), dismisses=dismisses))
    except InboxError as problem:
        return conversation_id, problem


# --- and back


class TakeSteps(Unit):
    """Take what was kept out of the store: an action is taken back once, by whoever did it. The result are its steps.
    Raises NotFound, and Gone (`too_late`) after an hour.
    """

    alone = True

    def __init__(self, principal: Principal, bulk_id: int) -> None:
        self.principal = principal
        self.bulk_id = bulk_id

    def run(self, state: State) -> Query[list[Step]]:
        """Read, and delete."""
        kept = yield from rows.one(Bulk, self.bulk_id)
        actor = self.principal.actor
        steps = taking_back.decode(kept.steps) if kept is not None else None
        if kept is None or not isinstance(steps, list) or (kept.actor_kind, kept.actor_id) != (actor.kind, actor.id):
            raise NotFound(f"there is nothing to take back under {self.bulk_id}: it was taken back, or is not yours")
        if kept.at < state.now - taking_back.KEPT_SECONDS * 1_000_000:
            raise Gone("that is more than an hour ago: it can no longer be taken back in one", code="too_late")
        yield from rows.remove(Bulk, kept.id)
        return steps


class TakeBack(Unit):
    """Put one conversation back as it was. Raises NotFound, Forbidden, and Conflict (`left`)."""

    priority = Priority.BULK

    def __init__(self, principal: Principal, step: Step) -> None:
        self.principal = principal
        self.step = step
        self.alone = bool(step.message_ids)

    def needs(self, needs: Needs) -> None:
        """The conversation with its ended waits, and the answers with their parts."""
        needs.conversations.add(self.step.conversation_id)
        needs.ended_waits.add(self.step.conversation_id)
        needs.answering.setdefault(self.step.conversation_id, None)
        needs.messages.update(self.step.message_ids)
        needs.outbox_of.update(self.step.message_ids)
        needs.answered_by.update(self.step.message_ids)

    def decide(self, state: State) -> None:
        """Put it back."""
        found = state.conversations.get(self.step.conversation_id)
        conversation = require_conversation(self.principal, found, self.step.conversation_id, "triage")
        taking_back.take_back(state, conversation, self.step, self.principal.actor)

    def run(self, state: State) -> Query[Any]:
        """After an answer went, the list row shows what stood there before."""
        self.decide(state)
        for message_id in self.step.message_ids:
            yield from rows.remove(Approval, message_id)
        conversation = state.conversations[self.step.conversation_id]
        shown = yield from messages.newest_words(conversation.id)
        if shown is not None:
            conversation.preview_direction, text = shown
            conversation.preview = words.preview(text)


async def take_back_all(writer: Writer, principal: Principal, bulk_id: int) -> list[Outcome]:
    """Take an action back: on each conversation alone, with its own result."""
    steps: list[Step] = await writer.submit(TakeSteps(principal, bulk_id))
    results: list[Outcome] = []
    for start in range(0, len(steps), _AT_ONCE):
        slice_ = steps[start : start + _AT_ONCE]
        results += await asyncio.gather(*[_back(writer, principal, step) for step in slice_])
    return results


async def _back(writer: Writer, principal: Principal, step: Step) -> Outcome:
    try:
        await writer.submit(TakeBack(principal, step))
    except InboxError as problem:
        return Outcome(step.conversation_id, problem)
    return Outcome(step.conversation_id, None)
