"""HTML to the plain text that a reader of it sees, for networks that write their messages in HTML.

Nothing is made safe here: intake sanitises HTML before it stores it. Walks are loops, not recursion: mails nest
thousands deep.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

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
SILENT = {"script", "style", "head", "title", "template", "noscript", "-comment", "!doctype", "svg", "object"}
"""Nodes whose content no reader sees."""
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
"""Of mailings mostly: the line that stands in the list of mails, and not in the mail."""
_SILENT_TAG = re.compile(r"<(/?)(style|script|title)\b[^<>]{0,2000}>", re.IGNORECASE)
"""Around what nobody reads, where the markup is not parsed."""


def to_text(markup: str) -> str:
    """What a reader sees, as lines; links keep their address where it says more than the words."""
    if nests_too_deep(markup):
        return _tidy(html.unescape(re.sub(r"<[^<>]{0,2000}>", "\v", "\v".join(_read(markup)))))
    body = LexborHTMLParser(markup).body
    return node_text(body) if body else ""


def from_text(text: str) -> str:
    """Plain text as HTML with the same lines."""
    return html.escape(text, quote=False).replace("\n", "<br>\n")


def node_text(root: LexborNode) -> str:
    """The same of a part of a document that was parsed already."""
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


def nests_too_deep(markup: str) -> bool:
    """Whether it is better not parsed: that takes the square of the depth (50,000 open divs: 3 s). Nobody writes so."""
    depth = 0
    for match in _NESTING_TAG.finditer(markup):
        depth += -1 if match[1] else 1
        if depth > _MAX_NESTING:
            return True
    return False


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
        if not entering or node.tag in SILENT:
            continue
        if node.tag != "-text":
            stack.append((node, False))
        children: list[LexborNode] = []
        child = node.child
        while child is not None:
            if child.tag not in SILENT and not _is_hidden(child):
                children.append(child)
            child = child.next
        stack.extend((c, True) for c in reversed(children))


def _is_hidden(node: LexborNode) -> bool:
    return node.tag != "-text" and bool(_HIDDEN.search(node.attributes.get("style") or ""))
