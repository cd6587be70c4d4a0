"""What corrections teach, and when it counts."""

from __future__ import annotations

import pytest

from inbox.domain.reading.learner import ENOUGH, SIZE, Example, Learnt, train
from inbox.domain.reading.result import PLAIN, Sentiment, Urgency
from inbox.domain.reading.rules import read


def example(text: str, sentiment: Sentiment = "neutral", urgency: Urgency = "normal", language: str = "de") -> Example:
    """An agent said how a text reads."""
    return Example(text, "", language, read(text, language=language), sentiment, urgency)


TAUGHT = [example(f"das ist ja knorke, Nummer {n} habe ich", "positive") for n in range(25)] + [
    example(f"wann kommt Nummer {n} an", "neutral") for n in range(25)
]


def test_fifty_corrections_change_what_is_read() -> None:
    """A word that no list knows is learnt; messages without it read as before."""
    learnt = Learnt(train(TAUGHT))
    text = "eure neue Tasche ist knorke"
    rules = read(text, language="de")

    found = learnt.judge(rules, text, language="de")

    assert rules == PLAIN
    assert (found.sentiment, found.by, found.reasons[0].what) == ("positive", "learnt", "learnt")
    assert learnt.judge(PLAIN, "wann habt ihr offen", language="de") == PLAIN


def test_a_few_corrections_change_nothing() -> None:
    """The lists decide until enough was seen."""
    learnt = Learnt(train(TAUGHT[: ENOUGH - 1]))
    assert learnt.judge(PLAIN, "knorke", language="de") == PLAIN


def test_a_language_without_corrections_is_left_alone() -> None:
    """What was learnt of German has no say in Finnish."""
    assert Learnt(train(TAUGHT)).judge(PLAIN, "knorke", language="fi") == PLAIN


def test_a_wrong_list_word_is_unlearnt() -> None:
    """Where a house's word means something else, its agents' corrections win over the list."""
    taught = [example(f"wo ist mein Hammer Nummer {n}", "neutral") for n in range(30)]
    rules = read("wo ist mein Hammer", language="de")
    assert rules.sentiment == "positive"
    assert Learnt(train(taught)).judge(rules, "wo ist mein Hammer", language="de").sentiment == "neutral"


def test_urgency_is_learnt_apart() -> None:
    """A correction of the urgency alone leaves the sentiment."""
    taught = [example(f"Kühlkette von Palette {n} unterbrochen", urgency="urgent") for n in range(30)]
    found = Learnt(train(taught)).judge(PLAIN, "Kühlkette unterbrochen", language="de")
    assert (found.urgency, found.sentiment) == ("urgent", "neutral")


def test_what_is_no_longer_taught_is_forgotten() -> None:
    """A model is made of the corrections that stand, of nothing before."""
    assert Learnt(train(TAUGHT[25:])).judge(PLAIN, "knorke", language="de") == PLAIN


def test_the_same_corrections_make_the_same_model() -> None:
    """To the byte, in any process."""
    assert train(TAUGHT) == train(list(TAUGHT))


def test_a_model_is_small_whatever_was_taught() -> None:
    """At most one byte for each weight, and a little around them."""
    assert len(train(TAUGHT)) < SIZE
    assert Learnt(train([])).judge(PLAIN, "anything", language="en") == PLAIN


@pytest.mark.parametrize("text", ["", "😡", "...", "1/5"])
def test_a_text_without_words_is_left_to_the_lists(text: str) -> None:
    """There is nothing to learn from, and nothing to say."""
    rules = read(text)
    assert Learnt(train([*TAUGHT, example(text)])).judge(rules, text, language="de").sentiment == rules.sentiment
