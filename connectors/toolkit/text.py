"""Text lengths as networks count them, and splitting that never cuts a character in two."""

from __future__ import annotations

import unicodedata
from typing import Literal

from connectors.contract import TextLimit
from connectors.errors import PlanRefused

Unit = Literal["characters", "utf16", "bytes", "graphemes"]

_JOINER = "\u200d"
_KEEPS_WITH_BEFORE = {"Mn", "Mc", "Me"}
_KEEPS_BESIDES = {"\u200c", "\u0e33", "\u0eb3", "\uff9e", "\uff9f"}
"""Zero-width non-joiner, Thai and Lao `am`, half-width kana marks: of other categories, yet they extend."""
_ENDS_ALONE = "。！？"
_ENDS_BEFORE_SPACE = ".!?…;·։"


def length(text: str, unit: Unit) -> int:
    """Length of `text` in a network's unit."""
    match unit:
        case "characters":
            return len(text)
        case "utf16":
            return len(text.encode("utf-16-le", "surrogatepass")) // 2
        case "bytes":
            return len(text.encode("utf-8", "surrogatepass"))
        case "graphemes":
            return len(clusters(text))


def clusters(text: str) -> list[str]:
    """Split into what a reader sees as one character: combining marks, joined emoji, flags, skin tones and Korean
    syllables written in letters stay together.

    A simplification of UAX #29 (https://unicode.org/reports/tr29/, read 2026-11-22) that leaves out only its rules for
    prepended marks and for Indic conjuncts.
    """
    out: list[list[str]] = []
    flags = 0
    before = ""
    for char in text:
        regional = "\U0001f1e6" <= char <= "\U0001f1ff"
        second_flag = regional and flags % 2 == 1
        if out and (second_flag or before == _JOINER or _extends(char) or _continues(before, char)):
            out[-1].append(char)
        else:
            out.append([char])
        flags = flags + 1 if regional else 0
        before = char
    return ["".join(parts) for parts in out]


def _extends(char: str) -> bool:
    if char < "\u0300":
        return False
    return (
        unicodedata.category(char) in _KEEPS_WITH_BEFORE
        or char == _JOINER
        or char in _KEEPS_BESIDES
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
    )


def _continues(before: str, char: str) -> bool:
    """Whether the two make one: CR LF, or the leading, middle and closing letters of a Korean syllable (GB3, GB6-8)."""
    if char == "\n":
        return before == "\r"
    middle, closing = "\u1160" <= char <= "\u11a7", "\u11a8" <= char <= "\u11ff"
    if not (middle or closing or "\u1100" <= char <= "\u115f"):
        return False
    after_leading = "\u1100" <= before <= "\u115f"
    if not closing and after_leading:
        return True
    syllable = "\uac00" <= before <= "\ud7a3"
    open_syllable = syllable and (ord(before) - 0xAC00) % 28 == 0
    after_middle = "\u1160" <= before <= "\u11a7"
    if middle:
        return open_syllable or after_middle
    return closing and (syllable or after_middle or "\u11a8" <= before <= "\u11ff")


def require_within(text: str, limit: TextLimit) -> None:
    """Raise PlanRefused with the count in the network's own unit when the text is too long."""
    actual = length(text, limit.unit)
    if actual > limit.limit:
        raise PlanRefused(
            "too_long",
            f"{actual - limit.limit} {limit.unit} too long: the network takes {limit.limit}."
            " Shorten it or send it in parts.",
            limit=limit.limit,
            actual=actual,
            unit=limit.unit,
        )


def split(text: str, limit: int, unit: Unit) -> list[str]:
    """Cut into pieces of at most `limit`, at the last sentence, line or word end that fits; joined they are the
    original.

    A cluster longer than the limit is cut between its code points, since nothing else is possible; so a piece is over
    the limit only where a single code point is. Time grows with the length of the text alone.
    """
    atoms = [(atom, length(atom, unit)) for cluster in clusters(text) for atom in _fitted(cluster, limit, unit)]
    pieces: list[str] = []
    start = used = 0
    for i, (_, size) in enumerate(atoms):
        # After a cut the atoms between the cut and `i` stay in hand; they can be too many only if `i` does not fit.
        while used + size > limit and start < i:
            cut = _best_cut(atoms, start, i)
            pieces.append("".join(atom for atom, _ in atoms[start:cut]))
            used -= sum(size_before for _, size_before in atoms[start:cut])
            start = cut
        used += size
    rest = "".join(atom for atom, _ in atoms[start:])
    return [*pieces, rest] if rest or not pieces else pieces


def _fitted(cluster: str, limit: int, unit: Unit) -> list[str]:
    """The cluster whole where it fits, else its code points."""
    if len(cluster) == 1 or unit == "graphemes" or length(cluster, unit) <= limit:
        return [cluster]
    return list(cluster)


def _best_cut(atoms: list[tuple[str, int]], start: int, end: int) -> int:
    """Where to cut `atoms[start:end]`, in its second half if anything there ends: a line, else a sentence, else a
    word.
    """
    floor = start + (end - start) // 2
    sentence = word = 0
    for i in range(end - 1, floor - 1, -1):
        last = atoms[i][0][-1]
        if last == "\n":
            return i + 1
        # A full stop inside `3.14` or a link ends no sentence; CJK has no space after its own.
        if last in _ENDS_ALONE or (last in _ENDS_BEFORE_SPACE and atoms[i + 1][0][0].isspace()):
            sentence = sentence or i + 1
        elif last in " \t":
            word = word or i + 1
    return sentence or word or end
