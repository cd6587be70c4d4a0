"""HTML of mails, cut where the older mail begins."""

import time

import pytest

from connectors.email.markup import split_quote, split_signature
from connectors.email.quotes import is_attribution
from connectors.toolkit.markup import to_text


@pytest.mark.parametrize(
    "quote",
    [
        '<div class="gmail_quote"><div class="gmail_attr">On x wrote:</div><blockquote>old</blockquote></div>',
        '<blockquote type="cite">old</blockquote>',
        '<div id="appendonsend"></div><hr><div>From: x</div><p>old</p>',
        '<hr id="stopSpelling"><p>old</p>',
        '<hr id="zwchr"><b>From: </b>Shop<br><b>Sent: </b>Monday<br><br>old',
        '<div class="yahoo_quoted">old</div>',
        '<div class="protonmail_quote">old</div>',
        "<p>On 20 Nov 2026, Shop wrote:</p><p>old</p>",
        "<div>Von: Shop<br>Gesendet: heute<br>An: Anna<br>Betreff: x</div><p>old</p>",
    ],
)
def test_quotes_of_clients_are_cut(quote: str) -> None:
    """Each client's mark divides the newest words from the older mail, and nothing is lost."""
    cut = split_quote(f"<p>newest</p>{quote}", is_attribution)

    assert cut is not None
    assert to_text(cut[0]) == "newest"
    assert "old" in to_text(cut[1])


@pytest.mark.parametrize(
    "markup",
    [
        "<p>no quote at all</p>",
        '<blockquote type="cite">old</blockquote><p>answer below</p>',
        '<div class="moz-cite-prefix">On 20.11.26 X wrote:</div><blockquote type="cite">old</blockquote><p>below</p>',
        '<div class="gmail_quote"><blockquote>q1</blockquote>a1<blockquote>q2</blockquote></div>',
        '<blockquote type="cite">only a quote</blockquote>',
    ],
)
def test_answers_below_or_between_quotes_stay_whole(markup: str) -> None:
    """Where new words may stand in or under the quote, or nothing else is there, nothing is cut."""
    assert split_quote(markup, is_attribution) is None


def test_signatures_are_cut_only_at_the_end() -> None:
    """A marked signature is cut unless words follow it."""
    assert split_signature('<p>a</p><div class="gmail_signature">me</div>') == (
        "<p>a</p>",
        '<div class="gmail_signature">me</div>',
    )
    assert split_signature('<div class="gmail_signature">me</div><p>a</p>') is None


@pytest.mark.parametrize(
    "markup",
    ["<div>" * 60_000 + "x", "<p>" + "&nbsp;" * 200_000, "<div>a: b" * 20_000, "<style>" * 100_000 + "<b>" * 3_000],
)
def test_hostile_html_takes_no_long_time(markup: str) -> None:
    """Depth and runs of blanks cost no more than their length."""
    begun = time.process_time()
    split_quote(markup, is_attribution)

    assert time.process_time() - begun < 3
