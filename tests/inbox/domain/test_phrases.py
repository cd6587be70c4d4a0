"""Phrases in what people write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.domain.phrases import Phrases
from inbox.domain.words import fold


def found(phrase: str, text: str) -> bool:
    """Whether a phrase is found in a text."""
    return Phrases([phrase]).in_text(fold(text))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("refund", "I want a REFUND!"), ("refund*", "refunding takes long"), ("refund*", "refund"),
        ("money back", "my money, back!"), ("don't", "don’t do it"), ("καλημέρα", "ΚΑΛΗΜΕΡΑ σας"),
        ("απάτη", "ειναι απατη;"), ("θέλω*", "ΘΕΛΟΥΜΕ θέλωντας"), ("naive", "so naïve"), ("strasse", "in der Straße 3"),
        ("Բարեւ", "ԲԱՐԵՒ ձեզ"), ("ääkköset", "AAKKOSET"), ("退款", "我要退款,谢谢"), ("退", "我要退款"),
        ("คืนเงิน", "ขอคืนเงินค่ะ"), ("手机", "我的iPhone手机坏了"), ("iphone", "我的iPhone手机坏了"),
        ("iphone手机", "我的iPhone手机坏了"), ("환불", "환불해 주세요"), ("खराब", "यह खराब है"), ("🤬", "oh 🤬🤬"),
        ("wtf 🤬", "WTF 🤬"), ("a_b", "a_b"), ("c++", "c++ is fun"), ("100 %", "100% sure"), ("!!!", "what!!!"),
    ],
)  # fmt: skip
def test_a_phrase_is_found_whatever_the_case_accents_and_script(phrase: str, text: str) -> None:
    """Each stands in its text."""
    assert found(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("ass", "the class passes"), ("hell", "hello there"), ("art", "start a party"), ("fund", "a refund"),
        ("refund", "refunding"), ("money back", "back money"), ("money back", "money comes back"), ("νέα", "νέας"),
        ("क", "काम"), ("काम", "कामना"), ("退货", "我要退款"), ("wtf 🤬", "wtf"), ("iphone", "iphones手机"),
        ("fund*", "refunds"), ("man", "mañana"),
    ],
)  # fmt: skip
def test_no_accidental_substring_is_found(phrase: str, text: str) -> None:
    """A part of another word is no word."""
    assert not found(phrase, text)


def test_those_found_are_named_as_they_were_written() -> None:
    """For the person who reads why."""
    found = Phrases(["Refund*", "scam", "Money Back"]).found_in(fold("refunded: money  back"))
    assert found == ["Refund*", "Money Back"]


@given(st.text(max_size=40), st.text(alphabet="abc άλφα", max_size=20))
def test_a_text_made_around_a_word_has_it(phrase: str, around: str) -> None:
    """Any phrase is found in itself between other words; none raises."""
    if phrase.strip(" *\t\n") and phrase.split() and "*" not in phrase:
        found(phrase, around)
        assert found(phrase, f"{around} {phrase} {around}")
