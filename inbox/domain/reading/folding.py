"""Letters brought to one form without moving any: place n of the folded text is place n of the text.

Search folds by `domain.words.fold`, which may change lengths; here reasons point at words, so nothing may move.
"""

from __future__ import annotations

import re
import unicodedata

_INSIDE = "'\u2019\u055b\u055c\u055e"
"""Apostrophes, and the Armenian marks of stress, exclamation and question, which stand within a word."""
TOKEN = re.compile(
    rf"[^\W\d_]+(?:[{_INSIDE}-][^\W\d_]+|[\u055b\u055c\u055e])*|\d{{1,2}}/\d{{1,2}}|[.,;:!?\u2026\u0589\u037e\u061f\uff1f\uff01]"
)
"""Words, marks out of ten or five, and the punctuation that ends a clause."""  # fmt: skip
BREAKS = frozenset(".,;:!?\u2026\u0589\u037e\u061f\uff1f\uff01")
_MARKS = str.maketrans({"\u2019": "'", "\u055b": None, "\u055c": None, "\u055e": None})

_ASCII_TOKEN = re.compile(r"(?=[a-z\d.,;:!?])(?:[a-z]++(?:['-][a-z]++)*+|\d{1,2}/\d{1,2}|[.,;:!?])")
"""The same of folded ASCII, in half the time: what begins no token is told by one look, and what was taken is kept."""
_OUT_OF = re.compile(r"\d/\d")
_ASCII_KEPT = bytes(code if chr(code).islower() or chr(code) in ".,;:!?'-" else 0x20 for code in range(128)).ljust(256)
"""ASCII with blanks for what is in no token."""
_ASCII_APART = tuple((mark, b" %b " % mark) for mark in (b".", b",", b";", b":", b"!", b"?"))
_LOOSE = re.compile(rb"['-](?:(?![a-z])|(?<![a-z]['-]))")
"""An apostrophe or hyphen that is not between two letters."""


def _bare(letter: str) -> str:
    """The letter without accents; itself where that is not one letter."""
    first = unicodedata.normalize("NFD", letter)[0]
    return first if first.isalpha() else letter


_FOLDED = {
    chr(code): _bare(chr(code))
    for first, last in ((0xC0, 0x24F), (0x370, 0x3FF), (0x1E00, 0x1FFF))
    for code in range(first, last + 1)
    if chr(code).isalpha() and _bare(chr(code)) != chr(code)
} | {"\u03c2": "\u03c3"}
_ACCENTED = re.compile(f"[{''.join(_FOLDED)}]")


def fold(text: str) -> str:
    """Lower case without accents, as long as the text. A new line, which ends a clause, becomes a full stop."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a capital whose small letter is two characters (İ)
        lowered = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    lowered = lowered.replace("\n", ".")
    # `translate` would ask the table for each letter: three times as long where few have accents.
    return lowered if lowered.isascii() else _ACCENTED.sub(lambda letter: _FOLDED[letter[0]], lowered)


class Tokens:
    """The words and marks of a folded text, in order. Where they stand is looked for only when it is asked."""

    def __init__(self, folded: str) -> None:
        self.words = tuple(tokens_in(folded))
        self._folded = folded
        self._starts: list[int] = []

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where, in characters, what goes from one word to another begins and ends."""
        return self._start(first), self._start(last) + len(self.words[last])

    def _start(self, place: int) -> int:
        word = self.words[place]
        if self._folded.count(word) == 1:
            return self._folded.index(word)
        starts = self._starts
        at = starts[-1] + len(self.words[len(starts) - 1]) if starts else 0
        for word in self.words[len(starts) : place + 1]:
            # No token begins between two tokens: where its letters are found next, it is.
            starts.append(self._folded.index(word, at))
            at = starts[-1] + len(word)
        return starts[place]


def tokens_in(folded: str) -> list[str]:
    """The words and marks of a folded text, in order."""
    if not folded.isascii():
        return TOKEN.findall(folded)
    if "/" in folded and _OUT_OF.search(folded):
        return _ASCII_TOKEN.findall(folded)
    # The same in a third of the time: all else is blanked, marks are set apart, and it is split at the blanks.
    kept = folded.encode().translate(_ASCII_KEPT)
    if b"'" in kept or b"-" in kept:
        kept = _LOOSE.sub(b" ", kept)
    for mark, apart in _ASCII_APART:
        kept = kept.replace(mark, apart)
    return kept.decode().split()


def plain(word: str) -> str:
    """A folded word without the marks that stand in it."""
    return word if word.isalpha() else word.translate(_MARKS)
