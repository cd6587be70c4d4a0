"""HTML of mails: to plain text, and apart at the place where the quoted mail begins.

It is not made safe here: intake sanitises before it stores. Walks are loops, not recursion: mails nest thousands deep.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_CUT_CHARS = 2_000_000
"""Beyond this the HTML is not searched for quotes."""
_SHORT_CHARS = 2_000
_MAX_NESTING = 2_000
_NESTING_TAG = re.compile(
    r"<(/?)(?:div|span|table|blockquote|font|center|b|i|u|a|em|strong|section|article|main|small|big|ul|ol|dl|pre"
    r"|form|fieldset|svg|math|button|label|h[1-6])\b",
    re.IGNORECASE,
)
_BLOCKS = {
    "address", "article", "aside", "blockquote", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
    "section", "table", "tbody", "tfoot", "thead", "tr", "ul",
}  # fmt: skip
_SPACED = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre"}
_SILENT = {"script", "style", "head", "title", "template", "noscript", "-comment", "!doctype", "svg", "object"}
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
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
"""The line that mailings show in the list of mails and hide in the mail."""
_SILENT_TAG = re.compile(r"<(/?)(style|script|title)\b[^<>]{0,2000}>", re.IGNORECASE)
"""Around what nobody reads, where the markup is not parsed."""


def to_text(markup: str) -> str:
    """What a reader sees, as lines; links keep their address where it says more than the words."""
    if _nests_too_deep(markup):
        return _tidy(html.unescape(re.sub(r"<[^<>]{0,2000}>", "\v", "\v".join(_read(markup)))))
    body = LexborHTMLParser(markup).body
    return _node_text(body) if body else ""


def _read(markup: str) -> Iterator[str]:
    """The pieces between styles, scripts and titles; one that is never closed swallows the rest, as in a browser."""
    at, within = 0, ""
    for tag in _SILENT_TAG.finditer(markup):
        name = tag[2].lower()
        if not within:
            yield markup[at : tag.start()]
            within = "" if tag[1] else name
        elif tag[1] and name == within:
            within = ""
        at = tag.end()
    if not within:
        yield markup[at:]


def from_text(text: str) -> str:
    """Plain text as HTML with the same lines."""
    return html.escape(text, quote=False).replace("\n", "<br>\n")


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
    shown = _node_text(body).strip() or body.css_first("img") is not None
    return (newest, quoted) if shown else None


def split_signature(markup: str) -> tuple[str, str] | None:
    """(words, signature and what follows) when a client marked its signature and words stand above it."""
    body = _searchable(markup)
    begin = body.css_first(_SIGNATURES) if body else None
    if body is None or begin is None or any(_node_text(n).strip() for n in _following(begin, body)):
        return None
    cut = _cut_from(begin, body)
    return (body.inner_html or "", cut) if _node_text(body).strip() else None


def _searchable(markup: str) -> LexborNode | None:
    if len(markup) > MAX_CUT_CHARS or _nests_too_deep(markup):
        return None
    return LexborHTMLParser(markup).body


def _nests_too_deep(markup: str) -> bool:
    """Parsing takes the square of the depth (50,000 open divs: 3 s), and nobody writes so."""
    depth = 0
    for match in _NESTING_TAG.finditer(markup):
        depth += -1 if match[1] else 1
        if depth > _MAX_NESTING:
            return True
    return False


def _node_text(root: LexborNode) -> str:
    out: list[str] = []
    for node, entering in _steps(root):
        tag = node.tag or ""
        if tag == "-text" and entering:
            _append_text(out, node)
        elif tag == "br" and entering:
            out.append("\n")
        elif tag == "td" and not entering:
            out.append(" ")
        elif tag == "li" and entering:
            out.append("\v- ")
        elif tag in _BLOCKS:
            out.append("\f" if tag in _SPACED else "\v")
        elif tag == "a" and not entering:
            out.append(_link_note(node))
    return _tidy("".join(out))


def _append_text(out: list[str], node: LexborNode) -> None:
    text = node.text_content or ""
    parent = node.parent
    if parent is not None and parent.tag in {"pre", "textarea"}:
        out.append(text)
    else:
        out.append(re.sub(r"[ \t\r\n\f]+", " ", text))


def _link_note(node: LexborNode) -> str:
    target = (node.attributes.get("href") or "").strip()
    if not target.lower().startswith(("http://", "https://")):
        return ""
    shown = node.text(deep=True).strip()
    same = shown.rstrip("/").lower() in {
        target.rstrip("/").lower(),
        re.sub(r"^https?://", "", target).rstrip("/").lower(),
    }
    return "" if same or not shown or len(target) > 500 else f" <{target}>"


def _tidy(text: str) -> str:
    """Turn the marks of block edges into line ends: `\\v` into one, `\\f` into an empty line."""
    # Runs of blanks first: the patterns below would take the square of their length.
    text = re.sub(r"[ \t]+", " ", text.replace("\xa0", " "))
    text = re.sub(r" ?\n ?", "\n", text)
    text = re.sub(r"\n?[ ]*[\v\f][\v\f ]*", lambda edge: "\n\n" if "\f" in edge[0] else "\n", text)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in text.split("\n"))).strip()


def _steps(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Each node under root on entering and on leaving it, in document order; what is never shown is skipped."""
    stack: list[tuple[LexborNode, bool]] = [(root, True)]
    while stack:
        node, entering = stack.pop()
        yield node, entering
        if not entering or node.tag in _SILENT:
            continue
        if node.tag != "-text":
            stack.append((node, False))
        children: list[LexborNode] = []
        child = node.child
        while child is not None:
            if child.tag not in _SILENT and not _is_hidden(child):
                children.append(child)
            child = child.next
        stack.extend((c, True) for c in reversed(children))


def _is_hidden(node: LexborNode) -> bool:
    return node.tag != "-text" and bool(_HIDDEN.search(node.attributes.get("style") or ""))


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
        if size <= _SHORT_CHARS and is_attribution(_node_text(node)):
            return node
    return None


def _short_text(node: LexborNode) -> str:
    """The text of a small block; empty for a large one, which announces nothing."""
    return _node_text(node) if len(node.html or "") <= _SHORT_CHARS else ""


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
    if node.tag in _SILENT or node.tag == "blockquote":
        return False
    if node.tag == "-text":
        return bool((node.text_content or "").strip())
    if node.css_matches(_SIGNATURES) or node.css_first(_SIGNATURES) is not None:
        return False
    return node.css_first("blockquote") is None and bool(_node_text(node).strip(" \n-_"))


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
