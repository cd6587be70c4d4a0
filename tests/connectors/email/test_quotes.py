"""The newest words of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.quote_words import LABELS, ORIGINAL
from connectors.email.quotes import is_attribution, split_text

ATTRIBUTIONS = {
    "English": "On Fri, Nov 20, 2026 at 2:03 PM Shop <s@shop.example> wrote:",
    "wrapped": "On Fri, Nov 20, 2026 at 2:03 PM A Very Long Shop Name\n<s@shop.example>\nwrote:",
    "German": "Am 20.11.2026 um 14:03 schrieb Shop <s@shop.example>:",
    "French": "Le ven. 20 nov. 2026 à 14:03, Shop <s@shop.example> a écrit :",
    "Spanish": "El vie, 20 nov 2026 a las 14:03, Shop (<s@shop.example>) escribió:",
    "Italian": "Il giorno ven 20 nov 2026 alle ore 14:03 Shop <s@shop.example> ha scritto:",
    "Portuguese": "Em sex., 20 de nov. de 2026 às 14:03, Shop <s@shop.example> escreveu:",
    "Dutch": "Op vr 20 nov 2026 om 14:03 schreef Shop <s@shop.example>:",
    "Polish": "pt., 20 lis 2026 o 14:03 Shop <s@shop.example> napisał(a):",
    "Swedish": "Den fre 20 nov. 2026 kl 14:03 skrev Shop <s@shop.example>:",
    "Danish": "Den 20. nov. 2026 kl. 14.03 skrev Shop <s@shop.example>:",
    "Finnish": "pe 20. marrask. 2026 klo 14.03 Shop (s@shop.example) kirjoitti:",
    "Russian": "пт, 20 нояб. 2026 г. в 14:03, Shop <s@shop.example>:",
    "Ukrainian": "пт, 20 лист. 2026 р. о 14:03 Shop <s@shop.example> пише:",
    "Czech": "pá 20. 11. 2026 v 14:03 odesílatel Shop <s@shop.example> napsal:",
    "Turkish": "Shop <s@shop.example>, 20 Kas 2026 Cum, 14:03 tarihinde şunu yazdı:",
    "Japanese": "2026年11月20日(金) 14:03 Shop <s@shop.example>:",
    "Chinese": "Shop <s@shop.example> 于2026年11月20日周五 14:03写道：",
    "Korean": "2026년 11월 20일 (금) 오후 2:03, Shop <s@shop.example>님이 작성:",
    "Hebrew": "‫בתאריך יום ו׳, 20 בנוב׳ 2026 ב-14:03 מאת ‪Shop‬‏ <‪s@shop.example‬‏>:",
    "Arabic": "في الجمعة، 20 نوفمبر 2026 في 2:03 م كتب Shop <s@shop.example>:",
    "Greek": "Στις Παρ 20 Νοε 2026 στις 2:03 μ.μ., ο χρήστης Shop <s@shop.example> έγραψε:",
    "Indonesian": "Pada tanggal Jum, 20 Nov 2026 pukul 14.03 Shop <s@shop.example> menulis:",
    "Armenian": "2026 թ. նոյ. 20, ուրբ, 14:03-ին Shop <s@shop.example>-ը գրել է․",
    "no language": "Shop <s@shop.example>:",
}


@pytest.mark.parametrize("language", ATTRIBUTIONS)
def test_attributions_are_cut(language: str) -> None:
    """The line that a client puts above the quote divides, in every language, wrapped or not."""
    quoted = f"{ATTRIBUTIONS[language]}\n\n> older words\n> more"

    assert split_text(f"Newest words\n{quoted}") == ("Newest words", quoted)


@pytest.mark.parametrize("index", range(min(map(len, LABELS.values()))))
def test_header_blocks_are_cut(index: int) -> None:
    """The block of header lines that Outlook puts above the older mail divides."""
    names = [LABELS[name][index] for name in ("from", "sent", "to", "subject")]
    block = "\n".join(f"{name.capitalize()}: something" for name in names) + "\n\nolder words"

    assert split_text(f"Newest words\n\n{block}").newest == "Newest words"


@pytest.mark.parametrize("words", ORIGINAL)
def test_original_message_lines_are_cut(words: str) -> None:
    """Dashes around "original message" divide."""
    assert split_text(f"Newest\n-----{words.title()}-----\nolder").newest == "Newest"


@pytest.mark.parametrize(
    "text",
    [
        "> quoted\n\nanswer below",
        "On 2026-11-20 14:03, Shop wrote:\n> one?\nyes\n> two?\nno",
        "> only a quote",
        "Look:\n---------- Forwarded message ----------\nFrom: Bob\nSubject: x\nDate: y\n\nBob's words",
        "My friend wrote:\nthis is new",
        "I ordered at 14:03 on 2026-11-20.\nFrom: the shop",
        "From: me\nwith love",
        "My trip:\nFrom: Athens\nTo: Berlin\nDate: 5 May 2026\nThanks",
        "a -- b",
    ],
)
def test_words_that_may_be_new_stay(text: str) -> None:
    """Bottom and inline answers, forwarded mails and lone quotes are kept whole."""
    assert split_text(text) == (text.strip(), "")


@pytest.mark.parametrize(
    "end", ["-- \nAnna\nCEO", "--\nAnna", "Sent from my iPhone", "Lähetetty iPhonesta", "Von meinem iPhone gesendet"]
)
def test_signatures_are_cut(end: str) -> None:
    """The signature goes to the rest, by its mark or as a phone's line."""
    assert split_text(f"Words\n\n{end}") == ("Words", end)


@given(st.text(max_size=300))
def test_nothing_is_lost_and_nothing_is_left_empty(text: str) -> None:
    """Both halves together hold every word, and the first is empty only when all is."""
    newest, rest = split_text(text)

    assert (newest + rest).split() == text.split() or "".join((newest + rest).split()) == "".join(text.split())
    assert newest or not text.strip()


def test_sentences_are_no_attributions() -> None:
    """A colon at the end of a line announces nothing by itself."""
    assert not is_attribution("Please answer these questions:")
    assert not is_attribution("---------- Forwarded message ----------\nFrom: x\nSent: y\nSubject: z")
