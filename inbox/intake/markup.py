"""HTML from strangers, made safe to store: sanitised once here, once more when it is shown.

Nothing that loads by itself is left: the address of a remote image moves from `src` to `data-remote-src`, from where a
person's click puts it back; `cid:` references stay, for whoever shows the message to fill in.
"""

from __future__ import annotations

import nh3
from selectolax.lexbor import LexborHTMLParser

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


def sanitised(html: str) -> str:
    """The same words and layout without anything that runs, loads or leads astray."""
    return nh3.clean(
        _remote_images_put_aside(html),
        tags=set(_TAGS),
        clean_content_tags={"script", "style", "title", "noscript", "template", "iframe", "object", "svg", "math"},
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_allowed,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        filter_style_properties=set(_STYLES),
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _remote_images_put_aside(html: str) -> str:
    if "<img" not in html.lower():
        return html
    tree = LexborHTMLParser(html)
    for image in tree.css("img"):
        source = (image.attributes.get("src") or "").strip()
        if source.lower().startswith(("http://", "https://", "//")):
            image.attrs["data-remote-src"] = f"https:{source}" if source.startswith("//") else source
            del image.attrs["src"]
    return tree.html or ""


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
