"""Surveys without a store: which words are a score, whose language is spoken, what can be picked, when it is due."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import registry
from inbox.clock import DAY, HOUR, MINUTE
from inbox.domain import surveys
from inbox.domain.survey_records import SurveyAsk
from inbox.domain.survey_words import WORDS, preset, words_of
from inbox.domain.surveys import OnClose, Wording, option_in, options_of, score_in, worded

NOW = 1_800_000_000_000_000


def ask(**changes: object) -> SurveyAsk:
    """Somebody who was asked now by options, and has not answered."""
    values = {
        "id": 1, "survey_id": 2, "scale": "csat", "conversation_id": 3, "episode": 1, "thread_id": 4, "message_id": 5,
        "wording": "en", "way": "options", "sent_at": NOW, "channel_id": 6, "network": "telegram", "kind": "direct",
        "team_id": 0, "agent_id": 0, "owner_id": 0, "tags": "", "campaign_id": 0, "post_id": 0, "language": "",
        "rating": 0,
    }  # fmt: skip
    return SurveyAsk(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "score"),
    [("5", 5), (" 1\n", 1), ("4/5", 4), ("4 / 5", 4), ("3 ★★★", 3), ("★★", 2), ("⭐⭐⭐⭐⭐", 5), ("★★★☆☆", 3),
     ("\u0663", 3), ("\uff15", 5), ("4️⃣", 4), ("0", None), ("6", None), ("4/10", None), ("3 ★★", None),
     ("5!", None), ("five", None), ("", None), ("12", None), ("4.", None), ("★★★★★★", None), ("☆", None),
     ("-3", None), ("4 5", None)],
)  # fmt: skip
def test_satisfaction_is_said_by_a_number_or_stars_alone(text: str, score: int | None) -> None:
    """In digits of any script; anything beside them makes it an ordinary message."""
    assert score_in(text, "csat") == score


def test_a_long_message_is_no_score() -> None:
    """Nor is it brought to one form first: with marks without end that would take minutes."""
    assert score_in("4" + "\u0301\u0327" * 500_000, "csat") is None
    assert score_in("4" + " " * 500, "csat") == 4


@pytest.mark.parametrize(
    ("text", "score"),
    [("0", 0), ("10", 10), ("🔟", 10), ("9/10", 9), ("7/5", None), ("11", None), ("★★★", None), ("8 ★", None)],
)
def test_a_recommendation_is_said_by_a_number_alone(text: str, score: int | None) -> None:
    """From 0 to 10; stars are no answer to it."""
    assert score_in(text, "nps") == score


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(text: str) -> None:
    """Whatever somebody writes: a score of the scale, or none."""
    for scale in ("csat", "nps"):
        found = score_in(text, scale)
        assert found is None or found in surveys.RANGE[scale]


@pytest.mark.parametrize("scale", ["csat", "nps"])
def test_every_option_is_read_back_as_its_score(scale: str) -> None:
    """What a network gives back of a pick is the words on it."""
    scores = list(surveys.RANGE[scale])
    assert [option_in(one.title, scale) for one in options_of(scale)] == scores
    assert [score_in(one.title, scale) for one in options_of(scale)] == scores


def test_options_are_given_where_the_manifest_has_enough() -> None:
    """Eleven fit into Telegram's and Messenger's, five into WhatsApp's list; mail and web chat have none."""

    def can(network: str, kind: str, scale: str) -> bool:
        return surveys.can_pick(registry.manifest(network).kinds[kind], scale)  # type: ignore[index]

    assert [can(n, "direct", "nps") for n in ("telegram", "messenger", "whatsapp")] == [True, True, False]
    assert can("whatsapp", "direct", "csat")
    assert not can("email", "mail", "csat")
    assert not can("webchat", "chat", "csat")


def test_the_first_language_there_is_wins() -> None:
    """The person's, then the conversation's, a script as its language, else the one to fall back on."""
    texts = [Wording(language="de", question="Wie?"), Wording(language="el", question="Πώς;")]
    assert worded(texts, None, "el-Latn").language == "el"
    assert worded(texts, "el", "de").language == "el"
    assert worded(texts, "fi", None).language == "de"


def test_a_close_is_due_by_the_quickest_that_asks_about_it() -> None:
    """One that was switched on later, or leaves out what rules closed, does not count."""
    known = (OnClose(NOW + 1, MINUTE, True), OnClose(0, 2 * HOUR, True), OnClose(0, HOUR, False))
    assert surveys.due_after(known, NOW, by_person=True) == NOW + HOUR
    assert surveys.due_after(known, NOW, by_person=False) == NOW + 2 * HOUR
    assert surveys.due_after((), NOW, by_person=True) is None


def test_an_answer_in_the_thread_is_taken_for_a_week() -> None:
    """Any number while it is unanswered; afterwards another option, where there were options."""
    assert surveys.taken_in_thread(ask(), "4", NOW + 6 * DAY) == 4
    assert surveys.taken_in_thread(ask(), "4", NOW + 8 * DAY) is None
    answered = ask(score=4, answered_at=NOW)
    assert surveys.taken_in_thread(answered, "2", NOW) is None
    assert surveys.taken_in_thread(answered, "2 ★★", NOW + 6 * DAY) == 2
    assert surveys.taken_in_thread(ask(score=4, answered_at=NOW, way="link"), "2 ★★", NOW) is None


def test_the_page_takes_a_first_answer_for_a_month_and_changes_for_a_week() -> None:
    """Then it is over."""
    assert surveys.may_answer(ask(), NOW + 29 * DAY)
    assert not surveys.may_answer(ask(), NOW + 31 * DAY)
    assert surveys.may_answer(ask(score=1, answered_at=NOW + 29 * DAY), NOW + 35 * DAY)
    assert not surveys.may_answer(ask(score=1, answered_at=NOW), NOW + 8 * DAY)


@given(st.text(max_size=3_000))
def test_a_comment_is_kept_without_what_no_database_takes(text: str) -> None:
    """No NUL, no lone surrogate, no control characters but line ends, and not too long."""
    kept = surveys.plain_comment(text)
    kept.encode()
    assert "\x00" not in kept
    assert len(kept) <= surveys.MAX_COMMENT


def test_all_six_languages_say_everything() -> None:
    """No empty word; the button of a list is short enough; the presets ask in each."""
    for language, words in WORDS.items():
        assert all(getattr(words, name).strip() for name in words.__struct_fields__), language
        assert len(words.pick) <= 20
        assert "{day}" in words.changeable
    assert {one.language for one in preset("nps")} == {"en", "de", "el", "fi", "hy", "id"}
    assert words_of("pt") is WORDS["en"]
    assert words_of("el-Latn") is WORDS["el"]
