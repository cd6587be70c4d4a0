"""How a message reads by word lists, signs and stars."""

from __future__ import annotations

import random

import pytest

from inbox.domain.reading.result import PLAIN, Reading, reading_of, spoken, stored
from inbox.domain.reading.rules import MAX_READ, Stars, read


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("not happy with it", "en"), ("it doesn't work", "en"), ("das gefällt mir nicht", "de"),
        ("funktioniert nicht", "de"), ("δεν λειτουργεί", "el"), ("δεν είμαι ευχαριστημένος", "el"),
        ("ga bisa dipakai", "id"),
        ("չի աշխատում", "hy"), ("լավ չէ", "hy"), ("ei toimi", "fi"), ("en ole tyytyväinen", "fi"),
    ],
)  # fmt: skip
def test_a_denied_good_word_is_bad(text: str, language: str) -> None:
    """In every language, where its negations stand: before the word, after it, in the verb."""
    assert read(text, language=language).sentiment == "negative"


@pytest.mark.parametrize(
    ("text", "language"),
    [("not bad at all", "en"), ("gar nicht schlecht", "de"), ("καθόλου άσχημο", "el"), ("no problems at all", "en"),
     ("ei huono", "fi"), ("վատը չէ", "hy"), ("tidak mengecewakan", "id")],
)  # fmt: skip
def test_a_denied_bad_word_is_good(text: str, language: str) -> None:
    """Understatement is praise."""
    assert read(text, language=language).sentiment == "positive"


def test_a_negation_ends_with_its_clause() -> None:
    """What comes after a comma or a "but" is not denied."""
    assert read("No, it is perfect", language="en").sentiment == "positive"
    assert read("nothing broken but great service", language="en").sentiment == "positive"


def test_a_degree_weighs() -> None:
    """Very good is better than a bit good."""
    scores = [read(f"it is {how} good", language="en").score for how in ("a bit", "", "really")]
    assert scores == sorted(scores)
    assert len(set(scores)) == 3


def test_emoji_alone_are_read() -> None:
    """Without any word, with the place of the sign as the reason."""
    found = read("😡😡😡")
    assert (found.sentiment, [(one.what, one.start, one.end) for one in found.reasons]) == (
        "negative", [("emoji", 0, 1)],
    )  # fmt: skip
    assert read("❤️").sentiment == "positive"
    assert read(":-(").sentiment == "negative"
    assert read("🌸🇬🇷📦") == PLAIN


def test_an_address_holds_no_face() -> None:
    """`://` and times are no emoticons."""
    assert read("see https://example.com/a:b at 10:30") == PLAIN


def test_stars_decide_where_words_say_nothing() -> None:
    """One star is negative, five are positive, three are neither."""
    assert [read("", stars=Stars(n)).sentiment for n in (1, 3, 5)] == ["negative", "neutral", "positive"]
    assert read("", stars=Stars(9, 10)).sentiment == "positive"


def test_stars_and_words_that_differ_are_mixed() -> None:
    """Both are shown as reasons."""
    found = read("Terrible, rude staff", language="en", stars=Stars(5))
    assert found.sentiment == "mixed"
    assert {one.what for one in found.reasons} >= {"stars", "bad"}


def test_greek_in_latin_letters_is_read_as_greek() -> None:
    """Whatever language a detector takes it for."""
    assert read("to fagito den itan kalo, poli arga ola, apaisia", language="es").sentiment == "negative"
    assert read("eiste oi kaliteroi, euxaristo poli!", language="fi").sentiment == "positive"


def test_a_word_of_two_languages_says_nothing_where_the_language_is_unknown() -> None:
    """German "Not" is no English negation, Finnish "kala" no Greek praise."""
    assert read("kala") == PLAIN
    assert read("Die Brand war hell", language="de") == PLAIN


def test_a_question_is_no_praise() -> None:
    """Asking whether something is good says nothing of it."""
    assert read("Is the soup good?", language="en").sentiment == "neutral"
    assert read("είναι καλό;", language="el").sentiment == "neutral"
    assert read("լա՞վն է", language="hy").sentiment == "neutral"


@pytest.mark.parametrize(
    ("text", "language", "topic"),
    [
        ("the charger caught fire", "en", "safety"), ("ich gehe zum Anwalt", "de", "legal"),
        ("είμαστε στο νοσοκομείο", "el", "health"), ("akun saya dibobol", "id", "money"),
        ("en pääse kirjautumaan tilille", "fi", "access"), ("ՇՏԱՊ պատասխանեք", "hy", "deadline"),
    ],
)  # fmt: skip
def test_what_cannot_wait_is_urgent(text: str, language: str, topic: str) -> None:
    """With its topic as the reason."""
    found = read(text, language=language)
    assert found.urgency == "urgent"
    assert topic in {one.what for one in found.reasons}


def test_what_can_wait_is_not_urgent() -> None:
    """A day named in a question, an allergy asked about, and a denied urgency."""
    for text in ("are you open today?", "I am allergic to nuts, is it safe?", "it is not urgent", "how do I log in?"):
        assert read(text, language="en").urgency == "normal", text


def test_a_near_time_is_urgent_with_a_complaint_and_a_plea() -> None:
    """Not with one of them alone."""
    assert read("please help me, it is broken and I need it, we leave tomorrow", language="en").urgency == "urgent"
    for text in ("please help me choose for tomorrow", "the soup was awful, I come again tomorrow", "please help me"):
        assert read(text, language="en").urgency == "normal", text


def test_a_word_drawn_out_is_the_word() -> None:
    """However many letters it is given."""
    assert read("terribleeeee", language="en").sentiment == "negative"
    assert read("mantaaaap", language="id").sentiment == "positive"


def test_the_end_of_a_compound_counts() -> None:
    """German writes what is wrong at the end of a word."""
    assert read("eine echte Lieferkatastrophe", language="de").sentiment == "negative"


def test_a_word_of_another_language_is_not_taken_for_english() -> None:
    """Italian "sue" is no lawsuit, French "sale" on a menu no bargain."""
    assert read("le sue scarpe sono in negozio", language="it") == PLAIN


def test_reasons_point_at_the_words() -> None:
    """In the title and the text as they were written, with their negation."""
    found = read("Der Kundendienst war NICHT hilfreich", "Enttäuschend", language="de")
    said = spoken("Der Kundendienst war NICHT hilfreich", "Enttäuschend")
    assert {said[one.start : one.end] for one in found.reasons} == {"Enttäuschend", "NICHT hilfreich"}


def test_a_letter_whose_small_form_is_longer_moves_nothing() -> None:
    """The Turkish İ is two characters in small letters."""
    text = "İİİ terrible"
    [reason] = read(text).reasons
    assert text[reason.start : reason.end] == "terrible"


def test_a_long_text_is_read_from_its_beginning() -> None:
    """What stands after the limit is not read; what stands before it is."""
    assert read("terrible " + "a b c " * 50_000, language="en").sentiment == "negative"
    assert read("x " * MAX_READ + "terrible", language="en") == PLAIN


def test_a_reading_is_kept_as_text_without_words() -> None:
    """What is stored is empty for a plain item, and holds places only."""
    found = read("absolutely terrible", language="en")
    assert stored(PLAIN) == ""
    assert reading_of(stored(found)) == found
    assert "terrible" not in stored(found)
    assert reading_of("") == Reading()


def test_no_text_breaks_it() -> None:
    """Whatever characters arrive, a reading comes out whose reasons lie within the text."""
    rng = random.Random(11)
    ranges = (
        (0x20, 0x7F),
        (0xA0, 0x24F),
        (0x300, 0x3FF),
        (0x530, 0x58F),
        (0x2000, 0x2BFF),
        (0x1F300, 0x1FAFF),
        (0, 0xD7FF),
    )
    for n in range(100_000):
        low, high = ranges[n % len(ranges)]
        text = "".join(map(chr, (rng.randint(low, high) for _ in range(rng.randint(0, 14)))))
        found = read(text, language=("en", "de", "el", "id", "hy", "fi", None, "xx")[n % 8])
        assert all(0 <= one.start <= one.end <= len(text) for one in found.reasons), repr(text)
