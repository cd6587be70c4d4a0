"""Words as people write them, made findable: folding for search, previews, and whether a comment asks anything."""

from __future__ import annotations

import re
import unicodedata

_BIGRAM = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")
_KEPT_MARKS = ("\u0e31", "\u0ebc")  # Thai and Lao vowels are marks that carry meaning
_WORD = re.compile(r"\w+", re.UNICODE)
_SPACE = re.compile(r"\s+")

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
# Spellings of one Greek sound in Latin letters, folded to the letter the table above gives.
_GREEKLISH = (("ou", "oy"), ("u", "y"), ("ch", "h"), ("x", "h"), ("w", "o"), ("8", "th"), ("ks", "h"), ("ph", "f"))
_NON_LATIN = re.compile("[\u0370-\u03ff\u0530-\u058f]")


def fold(text: str) -> str:
    """Case and accents away (Greek tonos included), marks of Thai and Lao kept, runs without spaces as bigrams."""
    lowered = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in lowered if not unicodedata.combining(c) or c in _KEPT_MARKS)
    return _BIGRAM.sub(
        lambda m: " ".join(m[0][i : i + 2] for i in range(len(m[0]) - 1)), unicodedata.normalize("NFC", bare)
    )


def latin(folded: str) -> str:
    """Greek and Armenian words of a folded text in Latin letters; empty where there are none."""
    if not _NON_LATIN.search(folded):
        return ""
    words = (w for w in _WORD.findall(folded) if _NON_LATIN.search(w))
    return " ".join(_canonical(w.translate(_GREEK).translate(_ARMENIAN)) for w in words)


def _canonical(word: str) -> str:
    for written, sound in _GREEKLISH:
        word = word.replace(written, sound)
    return word


def searchable(text: str) -> str:
    """What goes into the index for a text: its folded words and, for Greek and Armenian, their Latin form."""
    folded = fold(text)
    other = latin(folded)
    return f"{folded} {other}" if other else folded


def query_terms(text: str) -> list[list[str]]:
    """For each word of a query, the folded forms that count as a hit: as written, and as Latin-written Greek would be."""
    terms: list[list[str]] = []
    for word in _WORD.findall(fold(text)):
        forms = [word]
        other = latin(word) or (_canonical(word) if word.isascii() and not word.isdigit() else "")
        if other and other != word:
            forms.append(other)
        terms.append(forms)
    return terms


def preview(text: str, limit: int = 160) -> str:
    """The first words on one line."""
    return _SPACE.sub(" ", text[: limit * 2]).strip()[:limit]


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
