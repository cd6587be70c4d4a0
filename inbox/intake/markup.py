"""HTML from strangers, made safe to store: sanitised once here, once more when it is shown.

Nothing that loads by itself is left: the address of a remote image moves from `src` to `data-remote-src`, from where a
person's click puts it back; `cid:` references stay, for whoever shows the message to fill in.
"""

from __future__ import annotations

import re
from collections import Counter

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

_TAGS = frozenset(
    {
        "a", "abbr", "b", "bdi", "bdo", "blockquote", "br", "caption", "center", "cite", "code", "col",
        "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "font",
        "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q",
        "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "summary", "sup", "table",
        "tbody", "td", "tfoot", "th", "thead", "time", "tr", "tt", "u", "ul", "var", "wbr",
    }
)  # fmt: skip
_ATTRIBUTES = {
    "*": {"align", "dir", "lang", "style", "title"},
    "a": {"href"},
    "font": {"color", "face", "size"},
    "img": {"alt", "data-remote-src", "height", "src", "width"},
    "ol": {"start", "type"},
    "table": {"bgcolor", "border", "cellpadding", "cellspacing", "width"},
    "td": {"bgcolor", "colspan", "height", "rowspan", "valign", "width"},
    "th": {"bgcolor", "colspan", "height", "rowspan", "valign", "width"},
    "tr": {"bgcolor", "valign"},
}
# None of these can load anything or cover the page.
_STYLES = frozenset(
    {
        "background-color", "border", "border-collapse", "border-radius", "color", "font-family", "font-size",
        "font-style", "font-weight", "letter-spacing", "line-height", "margin", "margin-bottom", "margin-left",
        "margin-right", "margin-top", "max-width", "padding", "padding-bottom", "padding-left", "padding-right",
        "padding-top", "text-align", "text-decoration", "text-indent", "vertical-align", "white-space", "width",
    }
)  # fmt: skip
_DRAWN = ("data:image/png;base64,", "data:image/jpeg;base64,", "data:image/gif;base64,", "data:image/webp;base64,")
_FOLLOWED = ("http://", "https://", "mailto:", "tel:")
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
"""Of mailings mostly: the line that stands in the list of mails, and not in the mail."""
MAX_CHARS, MAX_DEPTH, MAX_REFERENCES = 2_000_000, 500, 20_000
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,30})")
_SHALLOW = frozenset(
    {
        "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "optgroup",
        "option", "p", "rp", "rt", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr",
    }
)  # fmt: skip
"""What holds nothing, or ends where the next of its kind begins."""


def sanitised(html: str) -> str | None:
    """The same words and layout without anything that runs, loads or leads astray. None for what nobody writes and
    nobody has time for: the sanitiser takes the square of the depth and of the references (200 kB of open tags: 15 s).
    """
    if len(html) > MAX_CHARS or html.count("&") > MAX_REFERENCES or _nests_too_deep(html):
        return None
    return nh3.clean(
        _as_it_is_seen(html),
        tags=set(_TAGS),
        clean_content_tags={"script", "style", "title", "noscript", "template", "iframe", "object", "svg", "math"},
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_allowed,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        filter_style_properties=set(_STYLES),
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _nests_too_deep(html: str) -> bool:
    if html.count("<") <= MAX_DEPTH:
        return False
    depth, opened = 0, Counter[str]()
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if name in _SHALLOW:
            continue
        if not tag[1]:
            opened[name] += 1
            depth += 1
        elif opened[name]:  # an end without a beginning ends nothing
            opened[name] -= 1
            depth -= 1
        if depth > MAX_DEPTH:
            return True
    return False


def _as_it_is_seen(html: str) -> str:
    """Without what its sender hides (a style that would be dropped here, so that all of it showed), and with remote
    images put aside.
    """
    hides = _HIDDEN.search(html) is not None
    if not hides and "<img" not in html.lower():
        return html
    tree = LexborHTMLParser(html)
    if hides and tree.body is not None:
        _drop_hidden(tree.body)
    for image in tree.css("img"):
        source = (image.attributes.get("src") or "").strip()
        if source.lower().startswith(("http://", "https://", "//")):
            image.attrs["data-remote-src"] = f"https:{source}" if source.startswith("//") else source
            del image.attrs["src"]
    return tree.html or ""


def _drop_hidden(body: LexborNode) -> None:
    """From the outside in, and never into what is gone: its memory is free."""
    waiting = [body]
    while waiting:
        child = waiting.pop().child
        while child is not None:
            here, child = child, child.next
            if here.tag == "-text":
                continue
            if _HIDDEN.search(here.attributes.get("style") or ""):
                here.decompose()
            else:
                waiting.append(here)


def _allowed(tag: str, attribute: str, value: str) -> str | None:
    """The value an attribute may have; None where it must go."""
    lowered = value.strip().lower()
    match attribute:
        case "src":
            return value if lowered.startswith(("cid:", *_DRAWN)) else None
        case "data-remote-src":
            return value if lowered.startswith(("http://", "https://")) else None
        case "href":
            return value if lowered.startswith(_FOLLOWED) else None
        case "style":
            # An escape or a function call in a value could hide an address.
            return None if "url" in lowered or "\\" in lowered or "expression" in lowered else value
    return value
