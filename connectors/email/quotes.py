"""The newest words of a plain text mail, apart from what is quoted below them.

Cutting too much loses what a customer said, so each rule errs towards keeping: a forwarded mail, words below or between
the quotes, and a mail that would be left empty stay whole.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from connectors.email.quote_words import DELIVERED_ABOVE, FORWARDED, LABELS, ORIGINAL, SENT_FROM, WROTE

_FIELD_OF = {label: name for name, labels in LABELS.items() for label in labels}
_LABEL = re.compile(r"^[\s>*_|]*([^\s:：*_>|][^:：*|]{0,24}?)[ \xa0]*\*?[ \xa0]*[:：][\s*]*(.*)$")
_DATE = re.compile(r"\d{1,2}[:.h]\d{2}|\b(?:19|20)\d{2}\b|\d{1,2}[./-]\d{1,2}[./-]\d{2}|\d+\s*[年월日月]")
_WROTE = re.compile(
    "|".join(rf"(?<!\w){re.escape(w)}(?!\w)" if w.isascii() else re.escape(w) for w in WROTE), re.IGNORECASE
)
_DASHED = re.compile(r"^[\s>]*[-_—–*]{2,}\s*(\S.*?\S)\s*[-_—–*]{2,}\s*$")
_RULE = re.compile(r"^\s*(?:[_-]{10,}|\*{3,})\s*$")
_COLONS = (":", "：", "։", "․", ": ", "꞉")
_MAX_LINE = 500
_MAX_LINES = 5_000
"""A quote that begins below is not looked for."""
_MAX_SIGNATURE_LINES = 20
_ATTRIBUTION_LINES = 4
_WRAPPED_FROM_CHARS = 60
"""A quoted line at least this long may have been wrapped by a later client, leaving its end without `>`."""


class Split(NamedTuple):
    """A text in two: `newest` is never empty unless the whole text is; `rest` is empty when nothing was cut."""

    newest: str
    rest: str


def split_text(text: str) -> Split:
    """Cut the quoted mail and the signature off the end of a text."""
    text = text.strip("\n").rstrip()
    lines = text.split("\n")
    cut = _quote_line(lines)
    if cut is None or not "".join(lines[:cut]).strip():
        cut = len(lines)
    cut = _signature_line(lines[:cut])
    newest = "\n".join(lines[:cut]).strip()
    return Split(newest, "\n".join(lines[cut:]).strip("\n")) if newest else Split(text.strip(), "")


def is_attribution(text: str) -> bool:
    """Whether a short text announces a quote: "On … wrote:" or a header block, in any language of the tables."""
    if len(text) > _MAX_LINE * 2 or is_forward_mark(text):
        return False
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) <= _ATTRIBUTION_LINES and _announces(" ".join(lines)):
        return True
    return bool(lines) and (_is_header_block(lines, 0) or _is_original_mark(lines[0]))


def is_forward_mark(text: str) -> bool:
    """Whether a text begins with the line a client puts above a forwarded mail."""
    first = text.strip().split("\n", 1)[0][:_MAX_LINE].strip("-—–_*>: \t").casefold()
    return first.startswith(FORWARDED)


def _quote_line(lines: list[str]) -> int | None:
    """Index of the line at which the quote begins; None when there is none or the text has to stay whole."""
    for i, line in enumerate(lines[:_MAX_LINES]):
        if not line.strip() or len(line) > _MAX_LINE:
            continue
        if is_forward_mark(line):
            return None
        begin = _begins_at(lines, i)
        if begin is not None:
            return None if _answers_below(lines, i + 1) else _above_rules(lines, begin)
    return None


def _begins_at(lines: list[str], i: int) -> int | None:
    """The first line of the announcement that line `i` completes, or None."""
    line = lines[i]
    if line.lstrip().startswith(">") or _is_original_mark(line) or _is_header_block(lines, i):
        return i
    if any(mark in line.casefold() for mark in DELIVERED_ABOVE):
        return i
    return _attribution_begin(lines, i)


def _is_original_mark(line: str) -> bool:
    match = _DASHED.match(line[:_MAX_LINE])
    return bool(match) and match[1].strip("-—–_*: ").casefold().startswith(ORIGINAL) if match else False


def _attribution_begin(lines: list[str], end: int) -> int | None:
    """Clients wrap the attribution over up to four lines: take in as many above as it needs for a date."""
    if not lines[end].rstrip().endswith(_COLONS):
        return None
    quoted_next = _next_is_quoted(lines, end + 1)
    joined = ""
    for begin in range(end, max(-1, end - _ATTRIBUTION_LINES), -1):
        if not lines[begin].strip() or lines[begin].lstrip().startswith(">"):
            break
        joined = f"{lines[begin].strip()} {joined}"
        if _announces(joined) or (quoted_next and _DATE.search(joined)):
            return begin
    verb_alone = quoted_next and _WROTE.search(lines[end])
    return end if verb_alone or (quoted_next and "@" in lines[end]) else None


def _announces(line: str) -> bool:
    line = line.strip()
    if len(line) > _MAX_LINE or not line.endswith(_COLONS) or not _DATE.search(line):
        return False
    return bool(_WROTE.search(line)) or bool(re.search(r"<[^<>\s]+@[^<>\s]+>\s*[:：]$", line))


def _next_is_quoted(lines: list[str], start: int) -> bool:
    following = next((line for line in lines[start : start + 3] if line.strip()), "")
    return following.lstrip().startswith(">")


def _is_header_block(lines: list[str], start: int) -> bool:
    """A "From:" line with the subject and the date or recipient of a mail within the next lines."""
    if _field(lines[start]) != "from":
        return False
    found: set[str] = set()
    for line in [one for one in lines[start + 1 : start + 10] if one.strip()][:7]:
        name = _field(line)
        if name and name != "from":
            found.add(name)
    # All clients name the subject; "From: Athens, To: Berlin, Date: …" are words of a customer.
    return "subject" in found and bool({"sent", "to"} & found)


def _field(line: str) -> str | None:
    match = _LABEL.match(line[:_MAX_LINE])
    return _FIELD_OF.get(match[1].strip().casefold()) if match else None


def _answers_below(lines: list[str], start: int) -> bool:
    """Whether unquoted words stand after a line marked with `>`.

    Where the quote is not marked at all, what stands below cannot be told from it and counts as quoted.
    """
    if not lines[start - 1].lstrip().startswith(">") and not _next_is_quoted(lines, start):
        return False
    for i in range(start, len(lines)):
        line = lines[i].strip()
        if line in {"--", "-- "} or _RULE.match(line) or _is_sent_from(line):
            return False
        if line and not line.startswith(">") and not _is_wrapped(lines, i):
            follows_quote = any(one.lstrip().startswith(">") for one in lines[start - 1 : i])
            if follows_quote and _attribution_begin(lines, i) is None and not _opens_attribution(lines, i):
                return True
    return False


def _is_wrapped(lines: list[str], i: int) -> bool:
    """The end of a long quoted line that a later client wrapped."""
    above, below = lines[i - 1].strip(), lines[i + 1].strip() if i + 1 < len(lines) else ""
    return above.startswith(">") and len(above) >= _WRAPPED_FROM_CHARS and (below.startswith(">") or not below)


def _opens_attribution(lines: list[str], i: int) -> bool:
    """Whether line `i` belongs to an attribution that ends on one of the next lines."""
    ends = range(i + 1, min(len(lines), i + _ATTRIBUTION_LINES))
    return any((begin := _attribution_begin(lines, end)) is not None and begin <= i for end in ends)


def _above_rules(lines: list[str], begin: int) -> int:
    """Move the cut up over blank lines and the rule that Outlook draws above the header block."""
    while begin > 0 and (not lines[begin - 1].strip() or _RULE.match(lines[begin - 1])):
        begin -= 1
    return begin


def _signature_line(lines: list[str]) -> int:
    """Index at which the signature begins: after "-- ", or the line a phone adds at the very end."""
    end = len(lines)
    for i in range(end - 1, max(-1, end - _MAX_SIGNATURE_LINES - 1), -1):
        if lines[i].rstrip() == "--" and "".join(lines[:i]).strip():
            end = i
            break
    last = next((i for i in range(end - 1, -1, -1) if lines[i].strip()), -1)
    return last if last > 0 and _is_sent_from(lines[last]) and "".join(lines[:last]).strip() else end


def _is_sent_from(line: str) -> bool:
    return len(line) <= 120 and line.strip().strip("[<(").casefold().startswith(SENT_FROM)
