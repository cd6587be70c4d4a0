"""HTML of strangers: nothing runs, nothing loads, words stay."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from inbox.intake.markup import MAX_DEPTH, MAX_REFERENCES, sanitised

HARMLESS = frozenset({"a", "img", "p", "table", "tbody", "tr", "td"})


def shown(html: str) -> str:
    """What is left of it."""
    clean = sanitised(html)
    assert clean is not None
    return clean


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        "<svg><script>alert(1)</script></svg>",
        '<iframe src="https://evil.example"></iframe>',
        "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
        '<form action="https://evil.example"><input name=password></form>',
        '<p style="background:url(https://evil.example/p.gif)">x</p>',
        '<p style="color:red;back\\67round:u\\72l(https://evil.example)">x</p>',
        '<link rel=stylesheet href="https://evil.example/x.css">',
        '<meta http-equiv=refresh content="0;url=https://evil.example">',
        '<base href="https://evil.example/">',
        '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        '<video src="https://evil.example/v.mp4" autoplay></video>',
        '<table background="https://evil.example/p.gif"><tr><td>x</td></tr></table>',
        '<img srcset="https://evil.example/p.gif 2x">',
    ],
)
def test_nothing_runs_or_loads(html: str) -> None:
    """No script, handler, form, frame, style sheet or remote address that loads by itself survives."""
    tree = LexborHTMLParser(shown(html))

    for element in tree.css("body *"):
        assert element.tag in HARMLESS, element.html
        for name, value in element.attributes.items():
            assert name in ("alt", "color", "href", "src", "style", "target", "rel", "title"), element.html
            assert "evil.example" not in (value or ""), element.html
            assert "url(" not in (value or ""), element.html
            if name in ("href", "src"):
                assert (value or "").startswith(("https:", "http:", "mailto:", "cid:")), element.html


def test_remote_images_are_put_aside_and_inline_ones_stay() -> None:
    """A remote image waits for a click; one that came in the mail keeps its reference."""
    clean = shown('<img src="https://shop.example/p.png" alt="logo"><img src="cid:part1"><img src="//cdn.example/x">')

    assert 'data-remote-src="https://shop.example/p.png"' in clean
    assert 'data-remote-src="https://cdn.example/x"' in clean
    assert 'src="cid:part1"' in clean
    assert ' src="https' not in clean


def test_layout_and_links_stay() -> None:
    """Tables, lists, quotes, colours and links are kept; links open elsewhere without telling whence."""
    clean = shown(
        '<table width="600"><tr><td style="color: red">Hi <a href="https://a.example">a</a></td></tr></table>'
    )

    assert "<table" in clean
    assert "color:red" in clean.replace(" ", "")
    assert 'href="https://a.example"' in clean
    assert "noopener" in clean
    assert 'target="_blank"' in clean


@pytest.mark.parametrize(
    "piece", ["<div><p>", "<blockquote>", "<b><i></u>", "<div></b>", "<FONT x=y>", "&", "&amp;"], ids=repr
)
def test_what_would_take_minutes_is_not_shown_as_html(piece: str) -> None:
    """Nested a hundred thousand deep, or nothing but references: the words are shown without it."""
    assert sanitised(f"{piece * 100_000}words") is None


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * MAX_DEPTH + "words" + "</div>" * MAX_DEPTH,
        "<div><b>words</b></div>" * 20_000,
        "<table>" + "<tr><td>words" * 20_000 + "</table>",
        "<p>words<br>" * 20_000,
        "<ul>" + "<li>words" * 20_000,
        "words&nbsp;" * MAX_REFERENCES,
    ],
    ids=["deep", "long", "rows", "paragraphs", "points", "spaces"],
)
def test_long_is_not_deep(html: str) -> None:
    """Twenty thousand rows are shown as they are."""
    assert "words" in shown(html)


def test_what_the_sender_hides_stays_hidden() -> None:
    """The line for the list of mails, with all that is in it; what follows is shown, and so are words about styles."""
    hidden = '<div style="color:red; DISPLAY : none">preheader<p style="display:none">twice</p></div>'
    html = f"<body>{hidden}<p>Hello, use display:none</p><span style='visibility:hidden'>dot</span><b>you</b></body>"
    found = shown(html)
    assert "Hello, use display:none" in found
    assert "<b>you</b>" in found
    assert not any(word in found for word in ("preheader", "twice", "dot"))


@pytest.mark.parametrize(
    "html",
    [
        '<div style="display:none">' * 500 + "hidden" + "</div>" * 500 + "words",
        '<i style="display:none">no</i>words' * 20_000,
        '<div style="display:none"><img src="https://x.example/a.png"></div><img src="https://x.example/b.png">words',
    ],
    ids=["deep", "many", "images"],
)
def test_much_that_is_hidden_costs_little(html: str) -> None:
    """However it is nested."""
    found = shown(html)
    assert "words" in found
    assert "hidden" not in found
    assert "a.png" not in found
