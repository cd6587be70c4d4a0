"""HTML of mails, cut at the place where the quoted mail or the signature begins."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from connectors.toolkit.markup import SILENT, nests_too_deep, node_text

MAX_CUT_CHARS = 2_000_000
"""Beyond this the HTML is not searched for quotes."""
_SHORT_CHARS = 2_000
_QUOTE_BEGINS = (
    # Outlook, OWA and Zimbra: everything from here to the end is the older mail.
    "#appendonsend, #divRplyFwdMsg, hr#stopSpelling, [id^=OLK_SRC_BODY_SECTION],"
    " #mail-editor-reference-message-container, hr#zwchr,"
    # Clients that put the older mail into a container of its own.
    " .gmail_quote, .gmail_quote_container, blockquote[type=cite], .moz-cite-prefix, .yahoo_quoted,"
    " .yahoo-quoted-begin, .protonmail_quote, .tutanota_quote, .zmail_extra, .inbox_quote"
)
_SIGNATURES = ".gmail_signature, #Signature, .moz-signature, #ms-outlook-mobile-signature, .inbox_signature"
_OUTLOOK_RULE = re.compile(r"border-top:\s*solid\s+#(?:E1E1E1|B5C4DF)", re.IGNORECASE)


def split_quote(markup: str, is_attribution: Callable[[str], bool]) -> tuple[str, str] | None:
    """(newest part, quoted rest), or None when there is no quote, or new words stand below or inside of it.

    `is_attribution` tells whether a short block of text announces a quote ("On … wrote:").
    """
    body = _searchable(markup)
    if body is None:
        return None
    begin = _quote_begin(body, is_attribution)
    if begin is None or _answers_below(begin):
        return None
    begin = _with_attribution(begin, is_attribution)
    quoted = _cut_from(begin, body)
    newest = body.inner_html or ""
    shown = node_text(body).strip() or body.css_first("img") is not None
    return (newest, quoted) if shown else None


def split_signature(markup: str) -> tuple[str, str] | None:
    """(words, signature and what follows) when a client marked its signature and words stand above it."""
    body = _searchable(markup)
    begin = body.css_first(_SIGNATURES) if body else None
    if body is None or begin is None or any(node_text(n).strip() for n in _following(begin, body)):
        return None
    cut = _cut_from(begin, body)
    return (body.inner_html or "", cut) if node_text(body).strip() else None


def _searchable(markup: str) -> LexborNode | None:
    if len(markup) > MAX_CUT_CHARS or nests_too_deep(markup):
        return None
    return LexborHTMLParser(markup).body


def _quote_begin(body: LexborNode, is_attribution: Callable[[str], bool]) -> LexborNode | None:
    marked = body.css_first(_QUOTE_BEGINS)
    if marked is not None:
        return marked
    for node in body.css("div[style]"):
        if _OUTLOOK_RULE.search(node.attributes.get("style") or ""):
            return node
    budget = MAX_CUT_CHARS
    for node in body.css("p, div, td, font, span"):
        size = len(node.html or "")
        budget -= size
        if budget < 0:
            return None  # blocks nested so deep that looking at each would take its size squared
        if size <= _SHORT_CHARS and is_attribution(node_text(node)):
            return node
    return None


def _short_text(node: LexborNode) -> str:
    """The text of a small block; empty for a large one, which announces nothing."""
    return node_text(node) if len(node.html or "") <= _SHORT_CHARS else ""


def _answers_below(begin: LexborNode) -> bool:
    """New words under the quote, or between its pieces: an inline or bottom reply, which is kept whole."""
    classes = (begin.attributes.get("class") or "").split()
    # Only clients that wrap the whole quote let us tell the quote's end; after the others comes the older mail.
    if not {"gmail_quote", "gmail_quote_container"} & set(classes) and begin.tag != "blockquote":
        return "moz-cite-prefix" in classes and _answers_after_prefix(begin)
    if begin.tag != "blockquote" and _answers_inside(begin):
        return True
    return any(_is_new(node) for node in _following(begin, None))


def _answers_after_prefix(prefix: LexborNode) -> bool:
    quote = _sibling(prefix, forward=True)
    return quote is not None and quote.tag == "blockquote" and any(_is_new(n) for n in _following(quote, None))


def _answers_inside(container: LexborNode) -> bool:
    """Text beside the blockquotes of a Gmail container, its attribution aside."""
    if container.css_first("blockquote") is None:
        return False
    child, seen_quote = container.child, False
    while child is not None:
        if child.tag == "blockquote":
            seen_quote = True
        elif seen_quote and _is_new(child):
            return True
        child = child.next
    return False


def _is_new(node: LexborNode) -> bool:
    """Whether a node holds words that are neither quote nor signature."""
    if node.tag in SILENT or node.tag == "blockquote":
        return False
    if node.tag == "-text":
        return bool((node.text_content or "").strip())
    if node.css_matches(_SIGNATURES) or node.css_first(_SIGNATURES) is not None:
        return False
    return node.css_first("blockquote") is None and bool(node_text(node).strip(" \n-_"))


def _following(node: LexborNode, stop: LexborNode | None) -> Iterator[LexborNode]:
    """All that stands after a node in document order: its later siblings, then those of its ancestors."""
    current: LexborNode | None = node
    while (
        current is not None and current.tag not in {"body", "html"} and (stop is None or current.mem_id != stop.mem_id)
    ):
        after = current.next
        while after is not None:
            yield after
            after = after.next
        current = current.parent


def _with_attribution(begin: LexborNode, is_attribution: Callable[[str], bool]) -> LexborNode:
    """The block above the quote when that announces it, else the quote itself."""
    before = _sibling(begin, forward=False)
    if before is not None and before.tag in {"div", "p", "span", "font"} and is_attribution(_short_text(before)):
        return before
    return begin


def _sibling(node: LexborNode, *, forward: bool) -> LexborNode | None:
    """The nearest sibling that is neither blank text nor a line break."""
    near = node.next if forward else node.prev
    while near is not None and (near.tag == "br" or (near.tag == "-text" and not (near.text_content or "").strip())):
        near = near.next if forward else near.prev
    return near


def _cut_from(begin: LexborNode, body: LexborNode) -> str:
    """Take the node and all after it out of the tree and give it back as HTML."""
    nodes = [begin, *_following(begin, body)]
    quoted = "".join(node.html or "" for node in nodes)
    for node in nodes:
        node.decompose()
    return quoted
