"""Words as people write them, made findable: folding for search, previews, and whether a comment asks anything."""

from __future__ import annotations

import re
import unicodedata

_BIGRAM = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")
_KEPT_MARKS = ("\u0e31", "\u0ebc")  # Thai and Lao vowels are marks that carry meaning
MARKS = "".join(chr(c) for c in range(0x0300, 0xFE00) if unicodedata.category(chr(c)) in ("Mn", "Mc"))
"""Vowel signs of Indic, Thai and others are marks: without them a word would fall apart."""
_ACCENTS = re.compile(
    f"[{''.join(c for c in map(chr, range(0x300, 0x10000)) if unicodedata.combining(c) and c not in _KEPT_MARKS)}]+"
)
"""Those of the basic plane. One class with the others too would be ten times slower."""
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
_MOST_MARKS = 30
"""In a row: what "stream-safe" text has at most (https://unicode.org/reports/tr15/#Stream_Safe_Text_Format)."""
_LITTLE = 200
"""Characters in which marks may stand as they like."""
_HALVES = "\uff9e\uff9f"
"""Half-width sound marks of kana: letters by themselves, marks once they are normalised."""
_PILED_UP = re.compile(rf"[\W{_HALVES}]{{{_MOST_MARKS + 1},}}")
_MARKS_IN_PARTS = frozenset(f"\u0f73\u0f75\u0f81{_HALVES}")
"""What is no mark itself, but normalised into nothing else."""
_MAX_WORD = 64
"""Characters; a longer word counts as several."""
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{MARKS}]){{0,{_MAX_WORD - 1}}}")
_ASCII_WORD = re.compile(rf"[a-z0-9]{{1,{_MAX_WORD}}}")
_ASCII_WORDS = bytes(code if chr(code).isalnum() else 0x20 for code in range(128)).ljust(256)
"""ASCII with blanks for what stands between words."""
_MAX_INDEXED = 200_000
"""Characters of one item that are searchable; PostgreSQL takes no more than 1 MB of words in a row."""
_MAX_REMEMBERED = 30_000
"""Words of which is kept how they sound."""

# Latin letters people write Greek and Armenian with, so that either script finds the other.
_GREEK = str.maketrans(
    {
        "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
        "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f",
        "χ": "h", "ψ": "ps", "ω": "o",
    }
)  # fmt: skip
_ARMENIAN = str.maketrans(
    {
        "ա": "a", "բ": "b", "գ": "g", "դ": "d", "ե": "e", "զ": "z", "է": "e", "ը": "y", "թ": "t", "ժ": "zh", "ի": "i",
        "լ": "l", "խ": "kh", "ծ": "ts", "կ": "k", "հ": "h", "ձ": "dz", "ղ": "gh", "ճ": "ch", "մ": "m", "յ": "y",
        "ն": "n", "շ": "sh", "ո": "o", "չ": "ch", "պ": "p", "ջ": "j", "ռ": "r", "ս": "s", "վ": "v", "տ": "t", "ր": "r",
        "ց": "ts", "ւ": "v", "փ": "p", "ք": "k", "օ": "o", "ֆ": "f", "և": "ev",
    }
)  # fmt: skip
# Spellings of one Greek sound in Latin letters, brought to the letter the table above gives.
_SPELLINGS = (("ou", "oy"), ("u", "y"), ("ch", "h"), ("x", "h"), ("w", "o"), ("ks", "h"), ("ph", "f"))
_EIGHT = re.compile(r"(?<=[a-z])8|8(?=[a-z])")


def fold(text: str) -> str:
    """Case and accents away (Greek tonos included), marks of Thai and Lao kept, runs without spaces as bigrams."""
    if text.isascii():  # nothing of what follows changes it
        return text.lower()
    lowered = unicodedata.normalize("NFKD", stream_safe(text).casefold())
    bare = _ACCENTS.sub("", lowered)
    if _BEYOND.search(bare):
        bare = "".join(c for c in bare if not unicodedata.combining(c) or c in _KEPT_MARKS)
    return _BIGRAM.sub(
        lambda m: " ".join(m[0][i : i + 2] for i in range(len(m[0]) - 1)), unicodedata.normalize("NFC", bare)
    )


def stream_safe(text: str) -> str:
    """The text without the marks that are piled up on one letter beyond what any language does. Before text of others
    is normalised: Python puts marks in order in time by the square of how many there are in a row.
    """
    return text if len(text) <= _LITTLE or text.isascii() else _PILED_UP.sub(_thinned, text)


def _thinned(run: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for letter in run[0]:
        marks = marks + 1 if unicodedata.combining(letter) or letter in _MARKS_IN_PARTS else 0
        if marks <= _MOST_MARKS:
            kept.append(letter)
    return "".join(kept)


def sounds(folded: str) -> str:
    """The same words in Latin letters, spelt one way: what Greek or Armenian and its Latin spellings have in common."""
    heard = folded if folded.isascii() else folded.translate(_GREEK).translate(_ARMENIAN)
    for written, sound in _SPELLINGS:
        heard = heard.replace(written, sound)
    return _EIGHT.sub("th", heard) if "8" in heard else heard


def _words(text: str) -> list[str]:
    folded = fold(text)
    if not folded.isascii():
        return _WORD.findall(folded)
    words = folded.encode().translate(_ASCII_WORDS).decode().split()  # in a third of the time of the expression
    return _ASCII_WORD.findall(folded) if max(map(len, words), default=0) > _MAX_WORD else words


def count(text: str) -> int:
    """How many words a text has."""
    return len(_words(text))


def searchable(text: str) -> str:
    """What goes into the index for a text: its folded words, and how they sound where that is spelt otherwise. Words
    alone, one blank between them, so that neither engine has to find them.
    """
    words = _words(text[:_MAX_INDEXED])
    return " ".join([*words, *filter(None, map(_spelt_otherwise.__getitem__, words))])


class _SpeltOtherwise(dict[str, str]):
    """Folded word → how it sounds; empty where that is as it is written. Worked out at the first sight of a word."""

    def __missing__(self, word: str) -> str:
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
        heard = sounds(word)
        self[word] = found = "" if heard == word else heard
        return found


_spelt_otherwise = _SpeltOtherwise()


def query_terms(text: str) -> list[list[str]]:
    """For each word of a query, the folded forms that count as a hit: as written, and as it sounds."""
    return [list(dict.fromkeys((word, sounds(word)))) for word in _words(text)]


def preview(text: str, limit: int = 160) -> str:
    """The first words on one line."""
    return " ".join(text[: limit * 2].split())[:limit]


_MENTION = re.compile(r"[@＠][\w.\-]+")
_LINK = re.compile(r"https?://\S+|www\.\S+")
_QUESTION = re.compile("[?;\uff1f\u037e\u061f\u055e]")


def is_no_question(text: str, has_attachments: bool) -> bool:
    """Only mentions, emoji, stickers or a link: nothing that asks for an answer."""
    if _QUESTION.search(text):
        return False
    rest = _LINK.sub("", _MENTION.sub("", text))
    letters = any(unicodedata.category(c)[0] in "LN" for c in rest)
    return not letters and (bool(text.strip()) or has_attachments)
