"""Reviews of work: the questions of a checklist, and what is said to them. Pure.

A review keeps the wording it was made with, whatever becomes of the checklist. Nothing here counts, adds up or compares
marks, on purpose: a review is a talk between two people, not a score (docs/work-reviews.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from inbox.domain.work_review_records import Checklist, WorkReview
from inbox.errors import Invalid

Mark = Literal["", "yes", "no", "not_applicable"]
"""Empty: not marked yet."""
Verdict = Literal["", "praise", "talk"]
MOST_QUESTIONS = 12


class Asked(msgspec.Struct, frozen=True):
    """A question of a review with its mark."""

    question: str
    mark: Mark = ""


_texts = msgspec.json.Decoder(list[str]).decode
_asked = msgspec.json.Decoder(list[Asked]).decode
_encode = msgspec.json.Encoder().encode


def questions_of(checklist: Checklist) -> list[str]:
    """The questions of a checklist."""
    return _texts(checklist.questions)


def marks_of(review: WorkReview) -> list[Asked]:
    """The questions of a review with their marks."""
    return _asked(review.marks)


def remarks_of(review: WorkReview) -> list[str]:
    """What is said to each question, empty for nothing."""
    return _texts(review.remarks) if review.remarks else [""] * len(marks_of(review))


def written_questions(questions: Iterable[str]) -> str:
    """Questions as they are kept. Raises Invalid (`questions`) for none, too many, or one that stands there twice."""
    given = [one.strip() for one in questions]
    if not given or len(given) > MOST_QUESTIONS or not all(given):
        raise Invalid(f"a checklist has 1 to {MOST_QUESTIONS} questions, none of them empty", code="questions")
    twice = next((one for place, one in enumerate(given) if one in given[:place]), None)
    if twice is not None:
        raise Invalid(f"{twice!r} is asked twice", code="questions")
    return _encode(given).decode()


def unmarked(checklist: Checklist | None) -> str:
    """The questions of a checklist as a new review keeps them."""
    questions = questions_of(checklist) if checklist is not None else []
    return _encode([Asked(one) for one in questions]).decode()


def marked(marks: str, said: Sequence[tuple[Mark, str]]) -> tuple[str, str]:
    """(marks, remarks) as they are kept, after what was said to each question in turn. Raises Invalid (`marks`) for
    another number of marks than there are questions.
    """
    asked = _asked(marks)
    if len(said) != len(asked):
        raise Invalid(f"there are {len(asked)} questions, and {len(said)} marks", code="marks")
    kept = [Asked(one.question, mark) for one, (mark, _) in zip(asked, said, strict=True)]
    remarks = [remark.strip() for _, remark in said]
    return _encode(kept).decode(), _encode(remarks).decode() if any(remarks) else ""


def says_nothing(review: WorkReview) -> bool:
    """Whether there is nothing in it that an agent could read."""
    return not (review.comment or review.verdict or review.remarks or any(one.mark for one in marks_of(review)))
