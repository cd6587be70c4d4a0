"""What happens to reviews of work. Each is told to one agent alone; what was written stands in the review's row."""

from __future__ import annotations

from inbox.domain.event import Event


class WorkReviewed(Event, tag="work_reviewed", frozen=True, kw_only=True):
    """A supervisor shared a review of an agent's work with him, or took it back (`withdrawn`). Told to that agent."""

    review_id: int
    agent_id: int
    reviewer_id: int
    withdrawn: bool = False


class WorkReviewAnswered(Event, tag="work_review_answered", frozen=True, kw_only=True):
    """The agent answered a review of his work, changed his answer, or took it back (`removed`). Told to its writer."""

    review_id: int
    agent_id: int
    reviewer_id: int
    removed: bool = False
