"""HTML to text."""

import time

import pytest

from connectors.toolkit.markup import from_text, to_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One</p><p>Two<br>three</p>", "One\n\nTwo\nthree"),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("a &amp; b&nbsp;c<!-- no --><script>x()</script><style>p{}</style>", "a & b c"),
        (
            '<a href="https://x.example/y">here</a> <a href="https://x.example">x.example</a>',
            "here <https://x.example/y> x.example",
        ),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ('<div style="max-height:0; Display : none">Look inside</div><span style="visibility:hidden">x</span>a', "a"),
        ('<p style="mso-hide:all;display:block">a</p>', "a"),
        ("", ""),
    ],
)
def test_text_is_what_a_reader_sees(markup: str, text: str) -> None:
    """Blocks become lines, links keep their address, scripts, styles and what is hidden are silent."""
    assert to_text(markup) == text


def test_html_nested_too_deep_to_be_parsed_shows_no_style_or_script() -> None:
    """What nobody reads is left out there as well; other markup goes, words stay."""
    hidden = "<title>t</title><STYLE type=x>p{}</STYLE ><script>alert('<b>')</script>"

    assert to_text(f"{hidden}<p>Hi {'<b>' * 3000}there &amp; back<style>p{{}}</style>") == "Hi\nthere & back"


@pytest.mark.parametrize(
    "markup",
    ["<div>" * 60_000 + "x", "<p>" + "&nbsp;" * 200_000, "<div>a: b" * 20_000, "<style>" * 100_000 + "<b>" * 3_000],
)
def test_hostile_html_takes_no_long_time(markup: str) -> None:
    """Depth and runs of blanks cost no more than their length."""
    begun = time.process_time()
    to_text(markup)

    assert time.process_time() - begun < 3


def test_text_as_html_is_escaped() -> None:
    """Text cannot become markup."""
    assert from_text("<b>\n&") == "&lt;b&gt;<br>\n&amp;"
