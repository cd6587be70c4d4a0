"""What the outside sees of reviews of work. There is no figure in here that sums up marks, and none is to come."""

from __future__ import annotations

from typing import Literal

from inbox.domain.shapes import ConversationShape, Shape
from inbox.domain.work_review_samples import Order
from inbox.domain.work_reviews import Mark, Verdict


class ChecklistShape(Shape, kw_only=True):
    """A checklist. Reviews that were made with it keep its wording of then."""

    id: str
    name: str
    questions: list[str]
    created_at: str
    version: int


class SampleAsked(Shape, kw_only=True):
    """What a sample was chosen by. Empty lists ask for nothing. `team_ids`: of these teams' members. `breached`: only
    where the agent answered late, or held what became late. `again`: also what was reviewed already.
    """

    since: str
    until: str
    agent_ids: list[str]
    team_ids: list[str]
    channel_ids: list[str]
    networks: list[str]
    kinds: list[str]
    tag_ids: list[str]
    campaign_ids: list[str]
    languages: list[str]
    ratings: list[int]
    breached: bool
    again: bool
    order: Order
    count: int


class WorkSampleShape(Shape, kw_only=True):
    """A sample, for the one who made it. `seed`: the same number with the same question gives the same conversations
    again. `found`: how many there were to choose from; `size` of them were taken, `drafts` are begun, `shared` done.
    """

    id: str
    asked: SampleAsked
    seed: int
    found: int
    size: int
    drafts: int
    shared: int
    checklist_id: str | None
    created_at: str


class SampleItem(Shape, kw_only=True):
    """An agent's work in a conversation. `conversation`: null when it went out of sight since. `review_id`: one's own
    review of it.
    """

    agent_id: str
    conversation_id: str
    conversation: ConversationShape | None
    review_id: str | None
    state: Literal["", "draft", "shared"]


class OpenSampleShape(Shape, kw_only=True):
    """A sample with what is to be looked at, in order."""

    sample: WorkSampleShape
    items: list[SampleItem]


class MarkShape(Shape, kw_only=True):
    """A question in the wording of the review, what was marked (empty: nothing yet), and what is said to it."""

    question: str
    mark: Mark
    remark: str


class WorkReviewShape(Shape, kw_only=True):
    """A review of one agent's work in one conversation. `conversation`: null for who may not see it. `checklist`: the
    name of the one it was made with. `shared_at`: null for a draft, which only its writer sees. `changed_at` and
    `version` are of what the reviewer wrote.
    """

    id: str
    conversation_id: str
    conversation: ConversationShape | None
    agent_id: str
    reviewer_id: str
    checklist: str
    marks: list[MarkShape]
    verdict: Verdict
    comment: str
    created_at: str
    changed_at: str
    shared_at: str | None
    answer: str
    answered_at: str | None
    version: int
