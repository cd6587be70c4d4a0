"""Rows of reviews of work: checklists, samples to work through, and the reviews themselves."""

from __future__ import annotations

from inbox.domain.records import Record


class Checklist(Record):
    """A few questions that a supervisor asks of every conversation he looks at."""

    id: int
    name: str
    questions: str
    """JSON list of texts."""
    created_at: int
    version: int


class WorkSample(Record):
    """Conversations of agents that a supervisor chose to look at, in the order in which he does."""

    id: int
    owner_id: int
    """Who made it: nobody else sees it."""
    asked: str
    """JSON of `domain.work_review_shapes.SampleAsked`: what it was chosen by."""
    seed: int
    found: int
    """How many there were to choose from."""
    checklist_id: int | None
    items: str
    """JSON list of [agent, conversation]."""
    created_at: int


class WorkReview(Record):
    """What a supervisor says of one agent's work in one conversation. A draft is his alone until he shares it."""

    id: int
    conversation_id: int
    agent_id: int
    """Whose work it is about."""
    reviewer_id: int
    checklist: str
    """Name of the checklist it was made with; empty without one."""
    marks: str
    """JSON list of `domain.work_reviews.Asked`: the questions in the wording of then, each with its mark."""
    remarks: str
    """JSON list of what is said to each question; empty where nothing is said at all, and once erased."""
    verdict: str
    """`praise`, `talk` (to talk about), or empty."""
    comment: str
    created_at: int
    changed_at: int
    shared_at: int | None
    notification_id: int | None
    """What the agent was told it by; None of a draft."""
    answer: str
    """What the agent says to it."""
    answered_at: int | None
    version: int
