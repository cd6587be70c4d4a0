"""What is said in a review of work."""

from __future__ import annotations

from typing import Any

import pytest

from inbox.domain.work_review_records import Checklist, WorkReview
from inbox.domain.work_reviews import (
    MOST_QUESTIONS,
    Asked,
    marked,
    marks_of,
    remarks_of,
    says_nothing,
    unmarked,
    written_questions,
)
from inbox.errors import Invalid

LIST = Checklist(1, "Tone", written_questions(["Was it friendly?", " Was it complete? "]), 0, 1)


def review(**fields: Any) -> WorkReview:
    """A draft with two questions."""
    known: dict[str, Any] = {
        "id": 5, "conversation_id": 7, "agent_id": 1, "reviewer_id": 2, "checklist": "Tone", "marks": unmarked(LIST),
        "remarks": "", "verdict": "", "comment": "", "created_at": 0, "changed_at": 0, "shared_at": None,
        "notification_id": None, "answer": "", "answered_at": None, "version": 1,
    }  # fmt: skip
    return WorkReview(**{**known, **fields})


@pytest.mark.parametrize(
    "questions", [[], ["a"] * 2, ["a", " a "], ["", "b"], [str(n) for n in range(MOST_QUESTIONS + 1)]]
)
def test_a_checklist_has_a_few_different_questions(questions: list[str]) -> None:
    """None, too many, an empty one or one twice is refused."""
    with pytest.raises(Invalid):
        written_questions(questions)


def test_a_review_begins_with_the_questions_unmarked() -> None:
    """In the wording of now, trimmed."""
    made = review()
    assert marks_of(made) == [Asked("Was it friendly?"), Asked("Was it complete?")]
    assert remarks_of(made) == ["", ""]
    assert says_nothing(made)


def test_each_question_gets_its_mark_and_remark() -> None:
    """In turn; what was asked stays."""
    marks, remarks = marked(unmarked(LIST), [("yes", ""), ("no", "The link was missing. ")])
    made = review(marks=marks, remarks=remarks)
    assert marks_of(made) == [Asked("Was it friendly?", "yes"), Asked("Was it complete?", "no")]
    assert remarks_of(made) == ["", "The link was missing."]
    assert not says_nothing(made)


def test_another_number_of_marks_is_refused() -> None:
    """They would belong to other questions."""
    with pytest.raises(Invalid):
        marked(unmarked(LIST), [("yes", "")])


@pytest.mark.parametrize("said", [{"comment": "Well done."}, {"verdict": "praise"}])
def test_a_word_or_praise_alone_says_something(said: dict[str, str]) -> None:
    """No checklist is needed for that."""
    assert not says_nothing(review(marks="[]", **said))
