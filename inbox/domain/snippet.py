"""The words around a hit, as written, with the hit between two marks."""

from __future__ import annotations

import re

from inbox.domain import words

START, END = "\u0002", "\u0003"
_RUN = re.compile(r"\S+")
_AROUND = 70


def snippet(text: str, query: str) -> str:
    """At most some 160 characters around the first hit; every hit in them marked. Without a hit, the beginning."""
    terms = words.query_terms(query)
    runs = [(m.start(), m.end(), _is_hit(m[0], terms)) for m in _RUN.finditer(text)]
    first = next((start for start, _, hit in runs if hit), 0)
    begin, end = max(0, first - _AROUND), first + 2 * _AROUND
    shown = [(s, e, hit) for s, e, hit in runs if s >= begin and s < end]
    if not shown:
        return ""
    out = " ".join(f"{START}{text[s:e]}{END}" if hit else text[s:e] for s, e, hit in shown)
    before = "…" if shown[0][0] > runs[0][0] else ""
    return before + out + ("…" if shown[-1][1] < runs[-1][1] else "")


def _is_hit(run: str, terms: list[list[str]]) -> bool:
    """Whether a run of letters holds one of the terms; the last may be the beginning of a word."""
    found = words.searchable(run).split()
    for number, forms in enumerate(terms):
        is_last = number == len(terms) - 1
        if any(word in forms or (is_last and word.startswith(tuple(forms))) for word in found):
            return True
    return False
