"""Reviews of work in the month that is told."""

from __future__ import annotations

from pathlib import Path

from inbox.domain.work_review_records import Checklist, WorkReview
from inbox.domain.work_reviews import marks_of
from inbox.sandbox.reviewed import CHECKLIST, QUESTIONS, REVIEWS, review
from inbox.storage import rows
from tests.inbox.sandbox.company import BEGUN_AT, company


async def test_a_checklist_and_reviews_of_the_month_are_there(tmp_path: Path) -> None:
    """Shared ones within the month about conversations that their agents closed, one with the agent's answer, one
    draft; nobody is told twice, and what the log says still adds up.
    """
    async with company(tmp_path) as made:
        await made.tell(0.05)
        inbox = made.inbox
        await review(inbox.database, inbox.writer, inbox.directory, BEGUN_AT)
        [asked] = await inbox.database.read(rows.every, Checklist)
        written = await inbox.database.read(rows.every, WorkReview)
        closed = await made.rows("SELECT conversation_id, closed_by_id FROM episode WHERE closed_by_kind = 'agent'")
        told = await made.rows("SELECT agent_id FROM notification WHERE kind = 'work_review' ORDER BY id")
        verified = await made.verified()

    assert asked.name == CHECKLIST
    assert len(written) == len(REVIEWS)
    assert {(one.conversation_id, one.agent_id) for one in written} <= set(closed)
    assert [[one.question for one in marks_of(made)] for made in written] == [list(QUESTIONS)] * len(written)
    shared = [one for one in written if one.shared_at is not None]
    assert [one.shared_at for one in shared] == sorted(one.shared_at for one in shared)
    assert all(one.shared_at < BEGUN_AT for one in shared)
    assert (len(shared), sum(bool(one.answer) for one in written)) == (3, 1)
    [answered] = [one for one in written if one.answer]
    assert [row[0] for row in told] == [
        shared[0].agent_id, answered.reviewer_id, *(one.agent_id for one in shared[1:])
    ]  # fmt: skip
    assert (verified.count, verified.differences) == (0, [])
