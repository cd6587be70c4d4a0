"""How well it works on sentences that people labelled: a floor, so that a step back shows."""

from __future__ import annotations

import json

import pytest

from inbox.domain.reading.result import SENTIMENTS, URGENCIES
from inbox.domain.reading.rules import read
from scripts.reading_report import FURTHER, LABELLED, NAMES, accuracy, labelled, score


@pytest.mark.parametrize("code", NAMES)
def test_each_language_has_its_sentences(code: str) -> None:
    """At least sixty, each once, with labels that exist, half of the first ones held out."""
    found = [json.loads(line) for line in (LABELLED / f"{code}.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(found) >= 60
    assert len({one["text"] for one in found}) == len(found)
    assert {one["sentiment"] for one in found} <= set(SENTIMENTS)
    assert {one["urgency"] for one in found} <= set(URGENCIES)
    assert sum(one["half"] == "held-out" for one in found) >= 30


@pytest.mark.parametrize("code", NAMES)
def test_held_out_sentences_are_mostly_read_as_labelled(code: str) -> None:
    """Four of five by sentiment; of what is called urgent nothing is not."""
    told = [one for one in labelled(code) if one.half == "held-out"]
    assert accuracy(code, "held-out") >= 0.8
    assert (score([(one.urgency, one.read_urgency) for one in told], "urgent").precision or 0) >= 0.75


@pytest.mark.parametrize("code", NAMES)
def test_what_is_not_understood_is_not_called_good_or_bad(code: str) -> None:
    """Of sentences of other trades little is marked, but hardly ever the opposite."""
    told = [(one.sentiment, one.read_as) for one in labelled(code) if one.half == "later"]
    assert sum(pair in {("negative", "positive"), ("positive", "negative")} for pair in told) <= 1


@pytest.mark.parametrize("code", [*NAMES, *FURTHER])
def test_sentences_of_the_third_set_are_mostly_read_as_labelled(code: str) -> None:
    """Two of three by sentiment, and half of what cannot wait is seen."""
    told = [one for one in labelled(code) if one.half == "third"]
    assert accuracy(code, "third") >= 0.65
    assert (score([(one.urgency, one.read_urgency) for one in told], "urgent").recall or 0) >= 0.5


@pytest.mark.parametrize("code", NAMES)
def test_sentences_of_other_trades_are_understood_in_part(code: str) -> None:
    """Nearly half of the later ones by sentiment, though no list was made from them."""
    assert accuracy(code, "later") >= 0.45


@pytest.mark.parametrize("code", [*NAMES, *FURTHER])
def test_ordinary_questions_say_nothing(code: str) -> None:
    """Opening hours, prices, sizes, arrivals: neutral and normal, whatever words they share with complaints."""
    asked = (LABELLED / "plain" / f"{code}.txt").read_text(encoding="utf-8").splitlines()
    assert len(asked) >= (25 if code in NAMES else 12)
    wrong = [
        one for one in asked
        if (read(one, language=code).sentiment, read(one, language=code).urgency) != ("neutral", "normal")
    ]  # fmt: skip
    assert wrong == []
