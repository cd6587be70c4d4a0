"""Rules that are set off by what people answer to surveys, and that ask about it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from inbox.clock import HOUR
from inbox.domain.permissions import Scope
from inbox.errors import Invalid
from tests.inbox.automation.office import TAG, Office
from tests.inbox.automation.test_dry_runs import tried
from tests.inbox.commands.polled import Polled
from tests.inbox.desk import CLEO, SHOP
from tests.inbox.world import ATHENS

ANSWERED: dict[str, Any] = {"on": "event", "events": ["survey_answered"]}
DETRACTOR = {"field": "survey_result", "op": "is", "value": "detractor"}
URGENT = {"do": "priority", "to": "urgent"}


class Asked(Polled):
    """An office whose customers are asked."""

    def __init__(self, there: Office) -> None:
        super().__init__(there.desk, SHOP)
        self.office = there

    async def scores(self, score: int, comment: str = "", *, person: str = "eleni") -> int:
        """Somebody is answered, asked after the close, and answers on the page; his conversation."""
        conversation = await self.closed(person=person)
        await self.passes()
        (ask,) = [one for one in await self.asks() if one.conversation_id == conversation]
        await self.answers(ask, score, comment)
        await self.office.works()
        return conversation


@pytest.fixture
async def asked(there: Office) -> AsyncIterator[Asked]:
    """An office that asks everybody whether he would recommend it."""
    made = Asked(there)
    await made.survey(scale="nps")
    return made


async def test_a_detractor_is_escalated_tagged_and_given_to_a_team_and_all_that_is_taken_back(
    there: Office, asked: Asked
) -> None:
    """What was closed is open for those who are asked; taken back it is as closed as it was. Others are left alone."""
    deeds = (
        {"do": "escalate", "reason": "Unhappy"}, {"do": "tag", "tag_ids": [TAG]}, {"do": "team", "team_id": ATHENS},
    )  # fmt: skip
    await there.rule(*deeds, trigger=ANSWERED, when=DETRACTOR)
    unhappy = await asked.scores(3, person="maria")
    await asked.scores(8, person="nikos")
    await asked.scores(10, person="eleni")

    (run,) = await there.runs()
    opened = await there.desk.conversation(unhappy)
    assert (run.conversation_id, run.trigger, await there.acted()) == (
        unhappy, "survey_answered", [["escalate", "tag", "team"]],
    )  # fmt: skip
    assert (opened.status, opened.team_id, opened.tags, bool(opened.escalation)) == ("open", ATHENS, str(TAG), True)

    undone = await there.undo(run)
    closed = await there.desk.conversation(unhappy)
    assert [(one.do, one.undone) for one in undone] == [("team", True), ("tag", True), ("escalate", True)]
    assert (closed.status, closed.team_id, closed.tags, closed.escalation) == ("closed", None, "", "")


async def test_what_was_opened_and_written_to_since_stays_open_when_it_is_taken_back(
    there: Office, asked: Asked
) -> None:
    """Somebody waits there: only the escalation ends."""
    await there.rule({"do": "escalate", "reason": "Unhappy"}, trigger=ANSWERED, when=DETRACTOR)
    unhappy = await asked.scores(0)
    await asked.writes("And another thing")
    (run,) = await there.runs()
    await there.undo(run)
    found = await there.desk.conversation(unhappy)
    assert (found.status, found.escalation) == ("open", "")


@pytest.mark.parametrize(
    ("scale", "score", "words", "hold"),
    [
        ("nps", 6, "", {"nps": 6, "result": "detractor", "comment": False}),
        ("nps", 7, "ok", {"nps": 7, "result": "passive", "comment": True}),
        ("nps", 9, "", {"nps": 9, "result": "promoter", "comment": False}),
        ("csat", 3, "so", {"csat": 3, "result": "not_satisfied", "comment": True}),
        ("csat", 4, "", {"csat": 4, "result": "satisfied", "comment": False}),
    ],
)
async def test_score_group_and_words_can_be_asked_about(
    there: Office, scale: str, score: int, words: str, hold: dict[str, Any]
) -> None:
    """Each scale by its own field: of the other one nothing is known. Which survey it was, too."""
    asked = Asked(there)
    survey = await asked.survey(scale=scale)
    for place, test in enumerate(
        (
            {"field": "nps", "op": "at_most", "value": hold.get("nps", 10)},
            {"field": "csat", "op": "at_least", "value": hold.get("csat", 1)},
            {"field": "survey_result", "op": "any_of", "value": [hold["result"]]},
            {"field": "survey_comment", "op": "is", "value": hold["comment"]},
            {"field": "survey", "op": "is", "value": str(survey.id)},
            {"field": "survey", "op": "is_not", "value": str(survey.id)},
        )
    ):
        await there.rule({"do": "note", "text": "so"}, trigger=ANSWERED, when=test, name=f"{place}", place=place)
    await asked.scores(score, words)

    named = {one.id: one.name for one in there.world.directory.rules.values()}
    ran = [named[run.rule_id] for run in await there.runs()]
    assert ran == ["0" if scale == "nps" else "1", "2", "3", "4"]


async def test_another_score_sets_off_again_and_words_have_a_word_of_their_own(there: Office, asked: Asked) -> None:
    """A score that comes with words is one event; words that follow are another."""
    await there.rule({"do": "note", "text": "score"}, trigger=ANSWERED)
    both = {"on": "event", "events": ["survey_answered", "survey_commented"]}
    await there.rule({"do": "note", "text": "any"}, trigger=both)
    await asked.scores(2, "Late")
    ask = await asked.only()
    for score, words in ((2, "Late again"), (9, "Late again"), (9, "Late again")):
        await asked.answers(ask, score, words)
        await there.works()

    assert [run.trigger for run in await there.runs()] == [
        "survey_answered", "survey_answered", "survey_commented", "survey_answered", "survey_answered",
    ]  # fmt: skip


async def test_a_rule_for_messages_knows_what_was_answered_last(there: Office, asked: Asked) -> None:
    """Who was unhappy and writes again goes first; who was not asked fulfils no such test."""
    await there.rule(URGENT, when=DETRACTOR)
    waits = {"on": "time", "what": "waiting", "seconds": 3600}
    await there.rule({"do": "notify", "text": "Waits", "agent_ids": [CLEO]}, trigger=waits, when=DETRACTOR)
    unhappy = await asked.scores(1, person="maria")
    happy = await asked.scores(9, person="nikos")
    for person in ("maria", "nikos", "anna"):
        await asked.writes("Hello again", person=person)
    await there.works()
    there.desk.now += 2 * HOUR
    await there.works()

    assert [(run.conversation_id, run.trigger) for run in await there.runs()] == [
        (unhappy, "message_received"), (unhappy, "waiting"),
    ]  # fmt: skip
    assert (await there.desk.conversation(happy)).priority == "normal"


async def test_the_past_is_tried_with_the_score_of_then(there: Office, asked: Asked) -> None:
    """Each answer is a hit where its own score fits, and the rule that runs would have run as often."""
    await asked.scores(2, person="maria")
    await asked.scores(9, person="nikos")
    (first, _) = await asked.asks()
    await asked.answers(first, 10, "")
    await asked.answers(first, 0, "Worse")

    run, result = await tried(there, ANSWERED, Scope(None, frozenset()), when=DETRACTOR)
    _, words = await tried(
        there, {"on": "event", "events": ["survey_commented"]}, Scope(None, frozenset()), when=DETRACTOR
    )
    _, unseen = await tried(there, ANSWERED, Scope(frozenset({4711}), frozenset()), when=DETRACTOR)
    _, items = await tried(
        there, {"on": "event", "events": ["message_received"]}, Scope(None, frozenset()), when=DETRACTOR
    )

    assert (run.state, run.checked, result.hits) == ("done", 4, 2)
    assert [[(why.found, one.conversation_id) for why in one.reasons] for one in result.first] == [
        [("detractor", str(first.conversation_id))]
    ] * 2
    assert (words.hits, unseen.hits, items.hits) == (0, 0, 1)


async def test_a_survey_that_is_not_there_cannot_be_asked_about(there: Office, asked: Asked) -> None:
    """A rule about it is refused, as one about a tag that is gone."""
    with pytest.raises(Invalid, match="there is no survey 4711"):
        await there.rule(URGENT, trigger=ANSWERED, when={"field": "survey", "op": "is", "value": "4711"})
