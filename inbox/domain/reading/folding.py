"""Letters brought to one form without moving any: place n of the folded text is place n of the text.

Search folds by `domain.words.fold`, which may change lengths; here reasons point at words, so nothing may move.
"""

from __future__ import annotations

import re
import unicodedata

_INSIDE = "'\u2019\u055b\u055c\u055e"
"""Apostrophes, and the Armenian marks of stress, exclamation and question, which stand within a word."""
TOKEN = re.compile(
    rf"[^\W\d_]+(?:[{_INSIDE}-][^\W\d_]+|[\u055b\u055c\u055e])*|\d{{1,2}}/\d{{1,2}}|[.,;:!?\n\u2026\u0589\u037e\u061f\uff1f\uff01]"
)
"""Words, marks out of ten or five, and the punctuation that ends a clause."""  # fmt: skip
_ASCII_TOKEN = re.compile(r"(?=[a-z\d.,;:!?\n])(?:[a-z]++(?:['-][a-z]++)*+|\d{1,2}/\d{1,2}|[.,;:!?\n])")
"""The same of folded ASCII, in half the time: what begins no token is told by one look, and what was taken is kept."""
BREAKS = frozenset(".,;:!?\n\u2026\u0589\u037e\u061f\uff1f\uff01")
_MARKS = str.maketrans({"\u2019": "'", "\u055b": None, "\u055c": None, "\u055e": None})


def _bare(letter: str) -> str:
    """The letter without accents; itself where that is not one letter."""
    first = unicodedata.normalize("NFD", letter)[0]
    return first if first.isalpha() else letter


_FOLDED = str.maketrans(
    {
        chr(code): _bare(chr(code))
        for first, last in ((0xC0, 0x24F), (0x370, 0x3FF), (0x1E00, 0x1FFF))
        for code in range(first, last + 1)
        if chr(code).isalpha() and _bare(chr(code)) != chr(code)
    }
    | {"\u03c2": "\u03c3"}
)


def fold(text: str) -> str:
    """Lower case without accents, as long as the text."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a capital whose small letter is two characters (İ)
        lowered = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    return lowered if lowered.isascii() else lowered.translate(_FOLDED)


def tokens_in(folded: str) -> list[re.Match[str]]:
    """The words and marks of a folded text, in order."""
    return list((_ASCII_TOKEN if folded.isascii() else TOKEN).finditer(folded))


def plain(word: str) -> str:
    """A folded word without the marks that stand in it."""
    return word if word.isalpha() else word.translate(_MARKS)
