"""Phrases in what people write: at word boundaries, whatever the case and the accents, in every script.

A phrase is compared on `words.fold`. Its words must stand whole and side by side; what is between them does not matter.
A trailing `*` lets the last word go on. Scripts that write no spaces (Chinese, Japanese, Thai…) have no boundaries to
look for: there a phrase is found wherever it stands. A phrase without a word (an emoji) is found as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from inbox.domain import words

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_SIGNS = "".join(c for c in words.MARKS if not re.match(f"[{_UNSPACED}]", c))
"""Vowel signs that belong to the letter before them: after one, or before one, no word begins or ends."""
_LETTER = f"(?:[^\\W_{_UNSPACED}]|[{_SIGNS}])"
_PIECE = re.compile(f"(?P<unspaced>[{_UNSPACED}]+)|{_LETTER}+")
_BEGINS, _ENDS = f"(?<![^\\W_{_UNSPACED}])(?<![{_SIGNS}])", f"(?!{_LETTER})"
_BETWEEN = r"[\W_]+"


class Phrases:
    """Some phrases, ready to be looked for in many texts."""

    __slots__ = ("_known",)

    def __init__(self, phrases: Iterable[str]) -> None:
        self._known = [(phrase, *_pattern_of(phrase)) for phrase in phrases]

    def in_text(self, folded: str) -> bool:
        """Whether one of them stands in a folded text."""
        # Most texts have none of them, which the longest word of each tells faster than its pattern.
        for _, anchor, pattern in self._known:  # noqa: SIM110 - asked of a million texts: `any` takes twice as long
            if anchor in folded and pattern.search(folded) is not None:
                return True
        return False

    def found_in(self, folded: str) -> list[str]:
        """Those that stand in a folded text, as they were written."""
        return [
            phrase for phrase, anchor, pattern in self._known if anchor in folded and pattern.search(folded) is not None
        ]


def _pattern_of(phrase: str) -> tuple[str, re.Pattern[str]]:
    """(a word that every text with the phrase contains, its pattern)."""
    goes_on = phrase.endswith("*")
    text, anchor = "", ""
    spaced = False
    for part in phrase.rstrip("*").split():
        folded = words.fold(part)
        pieces = list(_PIECE.finditer(folded))
        if not pieces and folded.isascii():
            continue  # punctuation between words
        if not pieces:
            text += (r"[\W_]*?" if text else "") + re.escape(folded)
            anchor, spaced = max(anchor, folded, key=len), False
            continue
        text += _BETWEEN if text and spaced else (r"[\W_]*?" if text else "")
        end = 0
        for number, piece in enumerate(pieces):
            gap = folded[end : piece.start()] if number else ""
            text += _gap(gap, alike=bool(number) and bool(piece["unspaced"]) and bool(pieces[number - 1]["unspaced"]))
            text += re.escape(piece[0]) if piece["unspaced"] else f"{_BEGINS}{re.escape(piece[0])}{_ENDS}"
            anchor, end = max(anchor, piece[0], key=len), piece.end()
        spaced = not pieces[-1]["unspaced"]
    if not text:
        literal = words.fold(phrase.strip())
        return literal, re.compile(re.escape(literal))
    return anchor, re.compile(text.removesuffix(_ENDS) if goes_on else text)


def _gap(gap: str, *, alike: bool) -> str:
    if not gap:
        return ""
    # Inside a part without a blank, one stands only between the pairs that folding makes of an unspaced run.
    return " " if alike and gap == " " else _BETWEEN
