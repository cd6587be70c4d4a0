"""The invented company's surveys: who was asked in the month that is told, and who answers live."""

from __future__ import annotations

from pathlib import Path

from inbox.domain.survey_records import Survey, SurveyAsk
from inbox.domain.surveys import RANGE, score_in
from inbox.sandbox.cast import Person
from inbox.sandbox.polls import answers
from inbox.sandbox.rhythm import Chance
from inbox.storage import rows
from tests.inbox.sandbox.company import BEGUN_AT, company

ELENI = Person("eleni", "Eleni", "telegram", "el", "2019")


async def test_the_month_has_people_who_were_asked_and_some_who_answered(tmp_path: Path) -> None:
    """At their own time, in private, on a scale of their own for mail; nobody is asked today about the month."""
    async with company(tmp_path / "one") as made:
        told = await made.tell(0.06)
        database = made.inbox.database
        surveys = await database.read(rows.every, Survey)
        asks = await database.read(rows.every, SurveyAsk)
        timers = await made.rows("SELECT 1 FROM timer WHERE kind LIKE 'survey%'")

    assert told.refused <= told.total // 50
    assert sorted(one.scale for one in surveys) == ["csat", "nps"]
    assert len(asks) > 10
    assert all(ask.sent_at < BEGUN_AT and ask.kind in ("direct", "mail", "chat") for ask in asks)
    assert {ask.scale for ask in asks if ask.kind == "mail"} <= {"nps"}
    assert 0.2 < sum(ask.score is not None for ask in asks) / len(asks) < 0.8
    assert {ask.way for ask in asks} == {"options", "link"}
    assert all(ask.agent_id for ask in asks)
    assert timers == []


def test_whoever_has_the_question_before_him_answers_sometimes() -> None:
    """With an option of its scale; the same question always alike; other words are no question, and he answers once."""
    given: list[str] = []
    for n in range(40):
        first, again = (_answers(f"m{n}", "How happy are you with our help?") for _ in range(2))
        assert first == again
        given += first

    assert 10 < len(given) < 35
    assert {score_in(text, "csat") for text in given} <= set(RANGE["csat"])
    assert _answers("m1", "On its way!") == _answers("m2", "5 ★★★★★", by="them") == []


def _answers(item_id: str, text: str, by: str = "us") -> list[str]:
    """What Eleni says when this is the last word of her thread."""
    items = [{"id": item_id, "from": by, "text": text, "state": "sent"}]

    def look(person: Person) -> tuple[str, list[dict[str, str]]]:
        return "", items

    return [cue.action.text for cue in answers([ELENI], look, Chance(7), BEGUN_AT)]
