"""Reviews of work: written and shared by a supervisor, read and answered by the agent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from inbox.api.call import Call
from inbox.api.conversations import shapes_of
from inbox.api.fields import Body, Id, PageQuery
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.clock import iso, iso_or_none
from inbox.commands.work_reviews import (
    AnswerReview,
    BeginReview,
    ChangeReview,
    RemoveReview,
    ShareReview,
    WithdrawReview,
)
from inbox.domain.permissions import require, require_work_review
from inbox.domain.work_review_records import WorkReview
from inbox.domain.work_review_shapes import MarkShape, WorkReviewShape
from inbox.domain.work_reviews import MOST_QUESTIONS, marks_of, remarks_of
from inbox.errors import Forbidden
from inbox.eventlog import reading
from inbox.storage import rows
from inbox.storage import work_reviews as stored

routes = Routes("Reviews of work")
_GIVEN = ("checklist_id", "marks", "verdict", "comment")
Text = Annotated[str, Field(max_length=5_000)]


class MarkBody(Body):
    """What is said to a question. `mark` empty: not marked yet."""

    mark: Literal["", "yes", "no", "not_applicable"] = ""
    remark: str = Field("", max_length=1_000)


Marks = Annotated[list[MarkBody], Field(max_length=MOST_QUESTIONS)]


class ReviewPatch(Body):
    """What to change of a draft. `checklist_id`: its questions in the place of those there are, unmarked; null: none.
    `marks`: one for each question in turn. `verdict`: praise, something to talk about, or neither.
    """

    checklist_id: Id | None = None
    marks: Marks | None = None
    verdict: Literal["", "praise", "talk"] | None = None
    comment: Text | None = None


class NewReview(ReviewPatch):
    """A draft about one agent's work in one conversation."""

    conversation_id: Id
    agent_id: Id


class Answer(Body):
    """What the agent says to a review of his work."""

    text: str = Field(min_length=1, max_length=5_000, pattern=r"\S")


class ReviewsQuery(PageQuery):
    """Whose: `of_me`, shared reviews of one's own work; `by_me`, those that one wrote, drafts too; `all` shared ones,
    for admins.
    """

    view: Literal["of_me", "by_me", "all"] = "of_me"
    conversation: Id | None = Field(None, description="only of this conversation")


def _said(body: ReviewPatch) -> dict[str, Any]:
    """What was given; null counts for the checklist alone."""
    given = {name: getattr(body, name) for name in _GIVEN if name in body.model_fields_set}
    said = {name: value for name, value in given.items() if value is not None or name == "checklist_id"}
    if "marks" in said:
        said["marks"] = [(one.mark, one.remark) for one in said["marks"]]
    return said


@routes.get("/work-reviews", needs="agent")
async def list_work_reviews(call: Call, query: ReviewsQuery) -> Page[WorkReviewShape]:
    """Reviews of work, newest first. Nothing adds them up."""
    if query.view == "all" and not call.principal.scope.admin:
        raise Forbidden("only admins read what others wrote to each other: ask for view=by_me or view=of_me")
    bound_to = f"work-reviews:{call.agent_id}:{query.view}:{query.conversation}"
    before = stored.Place(*call.deps.cursors.read(bound_to, query.cursor)) if query.cursor else stored.LAST
    position = await call.position()
    found = await call.deps.database.read(
        stored.page, query.view, call.agent_id, query.conversation, before, query.limit + 1
    )
    shown = found[: query.limit]
    last = stored.place_of(query.view, shown[-1]) if len(found) > query.limit else None
    return Page(
        items=await _shapes(call, shown),
        next_cursor=call.deps.cursors.make(bound_to, [last.at, last.id]) if last else None,
        position=position,
    )


@routes.post("/work-reviews", needs="agent", idempotent=True)
async def create_work_review(call: Call, body: NewReview) -> WorkReviewShape:
    """Begin a review: a draft, which nobody else sees. For people who see reports, of the work of others."""
    directory = await call.deps.directory.fresh()
    unit = BeginReview(call.principal, body.conversation_id, body.agent_id, _said(body), directory=directory)
    return await _shape(call, await call.submit(unit))


@routes.get("/work-reviews/{review_id}", needs="agent")
async def see_work_review(call: Call, review_id: int) -> WorkReviewShape:
    """A review: for its writer; once it is shared, for the agent and for admins."""
    found = await call.deps.database.read(rows.one, WorkReview, review_id)
    return await _shape(call, require_work_review(call.principal, found, review_id))


@routes.patch("/work-reviews/{review_id}", needs="agent", if_match=True)
async def change_work_review(call: Call, review_id: int, body: ReviewPatch) -> WorkReviewShape:
    """Change a draft."""
    return await _shape(call, await call.submit(ChangeReview(call.principal, review_id, _said(body), call.version)))


@routes.delete("/work-reviews/{review_id}", needs="agent")
async def remove_work_review(call: Call, review_id: int) -> None:
    """Remove a review, with what was answered."""
    await call.submit(RemoveReview(call.principal, review_id, call.version))


@routes.post("/work-reviews/{review_id}/share", needs="agent", status=200, if_match=True, idempotent=True)
async def share_work_review(call: Call, review_id: int) -> WorkReviewShape:
    """Let the agent read it. He is told, and may answer."""
    require(call.principal, "reports")
    return await _shape(call, await call.submit(ShareReview(call.principal, review_id, call.version)))


@routes.post("/work-reviews/{review_id}/withdraw", needs="agent", status=200, idempotent=True)
async def withdraw_work_review(call: Call, review_id: int) -> WorkReviewShape:
    """Take it back: a draft again, which can be changed and shared once more."""
    return await _shape(call, await call.submit(WithdrawReview(call.principal, review_id)))


@routes.put("/work-reviews/{review_id}/answer", needs="agent")
async def answer_work_review(call: Call, review_id: int, body: Answer) -> WorkReviewShape:
    """Say something to a review of one's own work, or something else than before."""
    return await _shape(call, await call.submit(AnswerReview(call.principal, review_id, body.text)))


@routes.delete("/work-reviews/{review_id}/answer", needs="agent")
async def remove_work_review_answer(call: Call, review_id: int) -> WorkReviewShape:
    """Take one's answer back."""
    return await _shape(call, await call.submit(AnswerReview(call.principal, review_id, "")))


async def _shape(call: Call, review: WorkReview) -> WorkReviewShape:
    return (await _shapes(call, [review]))[0]


async def _shapes(call: Call, reviews: Sequence[WorkReview]) -> list[WorkReviewShape]:
    """With their conversations, where the caller sees them."""
    ids = list(dict.fromkeys(one.conversation_id for one in reviews))
    listed = await call.deps.database.read(reading.rows, ids, call.agent_id)
    scope = call.principal.scope
    seen = {
        row.id: shape
        for row, shape in zip(listed.rows, shapes_of(call, listed), strict=True)
        if scope.covers(row.channel_id, row.team_id)
    }
    return [
        WorkReviewShape(
            id=str(one.id), conversation_id=str(one.conversation_id), conversation=seen.get(one.conversation_id),
            agent_id=str(one.agent_id), reviewer_id=str(one.reviewer_id), checklist=one.checklist,
            marks=[
                MarkShape(question=asked.question, mark=asked.mark, remark=remark)
                for asked, remark in zip(marks_of(one), remarks_of(one), strict=True)
            ],
            verdict=one.verdict,  # type: ignore[arg-type]  # as it was checked when it came
            comment=one.comment, created_at=iso(one.created_at), changed_at=iso(one.changed_at),
            shared_at=iso_or_none(one.shared_at), answer=one.answer, answered_at=iso_or_none(one.answered_at),
            version=one.version,
        )
        for one in reviews
    ]  # fmt: skip
