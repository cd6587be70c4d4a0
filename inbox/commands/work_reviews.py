"""Reviews of work: samples kept, reviews begun, changed, shared, taken back; what the agent says to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import structs

from inbox.commands.versions import check_version
from inbox.domain import events as e
from inbox.domain.permissions import Principal, require, require_conversation, require_work_review
from inbox.domain.records import Notification
from inbox.domain.state import Needs, State
from inbox.domain.work_review_records import Checklist, WorkReview, WorkSample
from inbox.domain.work_review_samples import Candidate
from inbox.domain.work_reviews import Mark, marked, says_nothing, unmarked
from inbox.errors import Conflict, Invalid, NotFound
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Unit
from inbox.storage import rows
from inbox.storage import work_reviews as stored
from inbox.storage.database import Query

WORK_REVIEW = "work_review"
"""Kind of the notifications."""
_json = msgspec.json.Encoder().encode


class KeepSample(Unit):
    """Keep the conversations that somebody chose to look at. `asked`: JSON of what they were chosen by."""

    alone = True

    def __init__(
        self, principal: Principal, asked: str, chosen: Sequence[Candidate], *, seed: int, found: int,
        checklist_id: int | None,
    ) -> None:  # fmt: skip
        require(principal, "reports")
        assert principal.agent_id is not None, "samples are made by people"
        self.owner_id = principal.agent_id
        self.asked = asked
        self.chosen = chosen
        self.seed = seed
        self.found = found
        self.checklist_id = checklist_id

    def run(self, state: State) -> Query[WorkSample]:
        """Write it. Raises Invalid (`checklist_id`)."""
        yield from _checklist(self.checklist_id)
        items = _json([(one.agent_id, one.conversation_id) for one in self.chosen]).decode()
        made = WorkSample(
            id=state.next_id(), owner_id=self.owner_id, asked=self.asked, seed=self.seed, found=self.found,
            checklist_id=self.checklist_id, items=items, created_at=state.now,
        )  # fmt: skip
        yield from rows.add(made)
        return made


class RemoveSample(Unit):
    """A sample is no more; the reviews that were written while working through it stay."""

    alone = True

    def __init__(self, principal: Principal, sample_id: int) -> None:
        require(principal, "reports")
        self.principal = principal
        self.sample_id = sample_id

    def run(self, state: State) -> Query[None]:
        """Delete it."""
        yield from own_sample(self.principal, self.sample_id)
        yield from rows.remove(WorkSample, self.sample_id)


def own_sample(principal: Principal, sample_id: int) -> Query[WorkSample]:
    """A sample of one's own. Raises NotFound."""
    sample = yield from rows.one(WorkSample, sample_id)
    if sample is None or sample.owner_id != principal.agent_id:
        raise NotFound(f"you have no sample {sample_id}")
    return sample


class BeginReview(Unit):
    """A draft about an agent's work in a conversation, which only its writer sees. `said`: as in `ChangeReview`."""

    alone = True

    def __init__(
        self, principal: Principal, conversation_id: int, agent_id: int, said: Mapping[str, Any], *,
        directory: Directory,
    ) -> None:  # fmt: skip
        require(principal, "reports")
        assert principal.agent_id is not None, "reviews are written by people"
        agent = directory.agents.get(agent_id)
        if agent is None:
            raise Invalid(f"there is no agent {agent_id}", code="agent_id")
        if agent_id == principal.agent_id:
            raise Invalid("one's own work is reviewed by somebody else", code="own_work")
        self.principal = principal
        self.reviewer_id = principal.agent_id
        self.conversation_id = conversation_id
        self.agent_id = agent_id
        self.said = said

    def needs(self, needs: Needs) -> None:
        """The conversation, to see whether it may be seen."""
        needs.conversations.add(self.conversation_id)

    def run(self, state: State) -> Query[WorkReview]:
        """Write it. Raises NotFound, and Conflict (`reviewed`, with `review_id`) where he has written one already."""
        conversation = state.conversations.get(self.conversation_id)
        require_conversation(self.principal, conversation, self.conversation_id, "reports")
        known = yield from stored.one_of(self.conversation_id, self.agent_id, self.reviewer_id)
        if known is not None:
            raise Conflict("you have reviewed this already: change that", code="reviewed", review_id=str(known.id))
        made = WorkReview(
            id=state.next_id(), conversation_id=self.conversation_id, agent_id=self.agent_id,
            reviewer_id=self.reviewer_id, checklist="", marks="[]", remarks="", verdict="", comment="",
            created_at=state.now, changed_at=state.now, shared_at=None, notification_id=None, answer="",
            answered_at=None, version=1,
        )  # fmt: skip
        made = yield from _with(made, self.said)
        yield from rows.add(made)
        return made


class _OnReview(Unit):
    """What is done by the one who wrote a review. Raises NotFound for what is not his to see, Forbidden, Stale."""

    alone = True

    def __init__(self, principal: Principal, review_id: int, version: int | None = None) -> None:
        require(principal, "reports")
        self.principal = principal
        self.review_id = review_id
        self.version = version

    def _review(self) -> Query[WorkReview]:
        review = require_work_review(
            self.principal, (yield from rows.one(WorkReview, self.review_id)), self.review_id, "write"
        )
        check_version(review.version, self.version, "your review")
        return review

    def _tell(self, state: State, review: WorkReview, *, withdrawn: bool = False) -> None:
        event = e.WorkReviewed(
            review_id=review.id, agent_id=review.agent_id, reviewer_id=review.reviewer_id, withdrawn=withdrawn
        )
        state.emit(event, self.principal.actor, audience=e.Audience(agent_id=review.agent_id))


class ChangeReview(_OnReview):
    """Change a draft: of `said` only what is given. `checklist_id`: its questions, unmarked, instead of those there
    are; `marks`: (mark, remark) for each question in turn; `verdict`, `comment`.
    """

    def __init__(self, principal: Principal, review_id: int, said: Mapping[str, Any], version: int | None) -> None:
        super().__init__(principal, review_id, version)
        self.said = said

    def run(self, state: State) -> Query[WorkReview]:
        """Write it. Raises Conflict (`shared`) for one that the agent reads."""
        before = yield from self._review()
        if before.shared_at is not None:
            raise Conflict("it is shared: take it back to change it", code="shared")
        review = yield from _with(before, self.said)
        review = structs.replace(review, changed_at=state.now, version=before.version + 1)
        yield from rows.change(review)
        return review


class ShareReview(_OnReview):
    """The agent is told of it, and reads it from now on. Doing it twice changes nothing."""

    def run(self, state: State) -> Query[WorkReview]:
        """Write it. Raises Conflict (`empty`) for one that says nothing."""
        review = yield from self._review()
        if review.shared_at is not None:
            return review
        if says_nothing(review):
            raise Conflict("it says nothing yet: mark a question or write a comment", code="empty")
        told = _notify(state, review, review.agent_id, "shared", self.principal.actor)
        review = structs.replace(review, shared_at=state.now, notification_id=told.id, version=review.version + 1)
        yield from rows.change(review)
        self._tell(state, review)
        return review


class WithdrawReview(_OnReview):
    """It is a draft again: the agent sees it no more. What he answered is kept, and stands there when it comes back."""

    def run(self, state: State) -> Query[WorkReview]:
        """Write it. One that is a draft stays one."""
        review = yield from self._review()
        if review.shared_at is None:
            return review
        yield from _untell(state, review)
        review = structs.replace(review, shared_at=None, notification_id=None, version=review.version + 1)
        yield from rows.change(review)
        self._tell(state, review, withdrawn=True)
        return review


class RemoveReview(_OnReview):
    """It is gone, with what was answered. Admins may do it too, for those who left."""

    def run(self, state: State) -> Query[None]:
        """Delete it."""
        found = yield from rows.one(WorkReview, self.review_id)
        review = require_work_review(self.principal, found, self.review_id, "remove")
        check_version(review.version, self.version, "the review")
        yield from rows.remove(WorkReview, review.id)
        if review.shared_at is not None:
            yield from _untell(state, review)
            self._tell(state, review, withdrawn=True)


class AnswerReview(Unit):
    """The agent says something to a review of his work, or something else; empty takes it back."""

    alone = True

    def __init__(self, principal: Principal, review_id: int, text: str) -> None:
        self.principal = principal
        self.review_id = review_id
        self.text = text.strip()

    def run(self, state: State) -> Query[WorkReview]:
        """Write it. The reviewer is notified of the first answer only."""
        found = yield from rows.one(WorkReview, self.review_id)
        before = require_work_review(self.principal, found, self.review_id, "answer")
        if self.text == before.answer:
            return before
        review = structs.replace(before, answer=self.text, answered_at=state.now if self.text else None)
        yield from rows.change(review)
        if self.text and before.answered_at is None:
            _notify(state, review, review.reviewer_id, "answered", self.principal.actor)
        event = e.WorkReviewAnswered(
            review_id=review.id, agent_id=review.agent_id, reviewer_id=review.reviewer_id, removed=not self.text
        )
        state.emit(event, self.principal.actor, audience=e.Audience(agent_id=review.reviewer_id))
        return review


def _with(review: WorkReview, said: Mapping[str, Any]) -> Query[WorkReview]:
    fields = {name: said[name] for name in ("verdict", "comment") if name in said}
    marks, remarks = review.marks, review.remarks
    if "checklist_id" in said:
        checklist = yield from _checklist(said["checklist_id"])
        fields["checklist"] = checklist.name if checklist is not None else ""
        marks, remarks = unmarked(checklist), ""
    if "marks" in said:
        given: Sequence[tuple[Mark, str]] = said["marks"]
        marks, remarks = marked(marks, given)
    return structs.replace(review, marks=marks, remarks=remarks, **fields)


def _checklist(checklist_id: int | None) -> Query[Checklist | None]:
    if checklist_id is None:
        return None
    checklist = yield from rows.one(Checklist, checklist_id)
    if checklist is None:
        raise Invalid(f"there is no checklist {checklist_id}: it was removed", code="checklist_id")
    return checklist


def _notify(state: State, review: WorkReview, agent_id: int, what: str, actor: e.Actor) -> Notification:
    data = {"what": what, "review_id": str(review.id), "by_id": str(actor.id)}
    told = state.add(
        Notification(
            id=state.next_id(), agent_id=agent_id, kind=WORK_REVIEW, conversation_id=review.conversation_id,
            message_id=None, detail="", at=state.now, read_at=None, data=_json(data).decode(),
        )
    )  # fmt: skip
    state.emit(e.Notified(agent_id=agent_id, notification_id=told.id), actor, audience=e.Audience(agent_id=agent_id))
    return told


def _untell(state: State, review: WorkReview) -> Query[None]:
    """What leads to nothing any more counts as read."""
    told = yield from rows.one(Notification, review.notification_id or 0)
    if told is None or told.read_at is not None:
        return
    told.read_at = state.now
    yield from rows.change(told)
    state.load([told])
    again = e.Notified(agent_id=told.agent_id, notification_id=told.id, again=True)
    state.emit(again, audience=e.Audience(agent_id=told.agent_id))
