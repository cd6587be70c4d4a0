"""Reviews of work in the month that is told: what the supervisor wrote about colleagues' answers, and what one of them
said to it. By the commands that people use, each at its own instant, so that the page is not empty on the first day.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from inbox.clock import DAY, HOUR
from inbox.commands.checklists import PutChecklist
from inbox.commands.work_reviews import AnswerReview, BeginReview, ShareReview
from inbox.domain.permissions import Principal
from inbox.domain.work_review_records import Checklist, WorkReview
from inbox.domain.work_reviews import Mark, Verdict
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Unit
from inbox.eventlog.writer import Writer
from inbox.sandbox.moved import At
from inbox.storage import rows
from inbox.storage import sandbox as stored
from inbox.storage.database import Database

REVIEWER = "nadia"
"""Who reviews, by the first part of the e-mail address."""
CHECKLIST = "A good answer"
QUESTIONS = (
    "Was the question understood?",
    "Is the answer right and complete?",
    "Is the tone friendly and personal?",
    "Is it plain what happens next?",
    "Was it said in the right place, public or private?",
    "Are tags and notes as a colleague needs them?",
)


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """One review. `of`: whose work, by the first part of the e-mail address; `days`: so long ago it was shared,
    None for a draft.
    """

    of: str
    days: int | None
    marks: Sequence[Mark]
    remarks: Sequence[str] = ("",) * len(QUESTIONS)
    verdict: Verdict = ""
    comment: str = ""
    answer: str = ""


REVIEWS = (
    Written(
        of="katerina", days=16, marks=("yes", "yes", "yes", "no", "yes", "yes"),
        remarks=("", "", "", "When does the new one leave? She had to ask.", "", ""), verdict="talk",
        comment="Kind and quick. Say the day at once, then nobody has to write a second time.",
        answer="True, I did not know the day yet. Next time I say when I will know.",
    ),
    Written(
        of="jonas", days=9, marks=("yes", "yes", "yes", "yes", "yes", "not_applicable"), verdict="praise",
        comment="This is how an apology sounds when somebody means it.",
    ),
    Written(
        of="maria", days=3, marks=("yes", "yes", "yes", "yes", "yes", "no"),
        remarks=("", "", "", "", "", "Without the tag the warehouse does not see it."), verdict="talk",
        comment="A good answer. Let us look together at which tags the others rely on.",
    ),
    Written(
        of="dewi", days=None, marks=("yes", "", "yes", "", "", ""), comment="To be read again with the first comment.",
    ),
)  # fmt: skip


def checklist(principal: Principal) -> Unit:
    """The questions that are asked of each conversation."""
    return PutChecklist(principal, None, name=CHECKLIST, questions=QUESTIONS)


async def review(database: Database, writer: Writer, directory: Directory, until: int) -> None:
    """Write the reviews of the month that ends at an instant. A colleague who closed nothing in it gets none."""
    now = await directory.fresh()
    people = {one.email.partition("@")[0]: one for one in now.agents.values() if one.sandbox}
    lists = [one for one in await database.read(rows.every, Checklist) if one.name == CHECKLIST]
    if REVIEWER not in people or not lists:
        return
    reviewer = now.principal_of(people[REVIEWER])
    for written in REVIEWS:
        if written.of not in people:
            continue
        agent = people[written.of]
        shared_at = until - (written.days or 0) * DAY
        found = await database.read(stored.closed_by, agent.id, shared_at - HOUR)
        if found is None:
            continue
        said = {
            "checklist_id": lists[0].id, "verdict": written.verdict, "comment": written.comment,
            "marks": list(zip(written.marks, written.remarks, strict=True)),
        }  # fmt: skip
        begins = BeginReview(reviewer, found, agent.id, said, directory=now)
        made: WorkReview = await writer.submit(At(begins, shared_at - HOUR // 4))
        if written.days is not None:
            await writer.submit(At(ShareReview(reviewer, made.id), shared_at))
        if written.answer:
            answers = AnswerReview(now.principal_of(agent), made.id, written.answer)
            await writer.submit(At(answers, shared_at + 5 * HOUR))
