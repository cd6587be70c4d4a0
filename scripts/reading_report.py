"""How well messages are read: precision, recall and F1 on the labelled sentences, per language and class.

python -m scripts.reading_report          prints the figures and writes them into docs/reading.md

The languages are those that intake detects, not those that the labels name: so its mistakes count as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from inbox.domain.reading.result import SENTIMENTS
from inbox.domain.reading.rules import read
from inbox.intake import language

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reading.md"
LABELLED = ROOT / "tests" / "inbox" / "domain" / "reading" / "labelled"
NAMES = {"en": "English", "de": "German", "el": "Greek", "id": "Indonesian", "hy": "Armenian", "fi": "Finnish"}
FURTHER = {"es": "Spanish", "fr": "French", "it": "Italian"}
"""Languages with a few sentences of the third set only."""
HALVES = ("held-out", "later", "third", "development")
_BEGIN, _END = "<!-- figures: python -m scripts.reading_report -->\n", "<!-- end of figures -->\n"


class Labelled(NamedTuple):
    """A sentence with what a person says of it, and how it was read."""

    half: str
    sentiment: str
    urgency: str
    read_as: str
    read_urgency: str


class Score(NamedTuple):
    """Of one class: sentences that have it, and the figures; None where nothing was to be divided."""

    support: int
    precision: float | None
    recall: float | None
    f1: float | None


@cache
def labelled(code: str) -> tuple[Labelled, ...]:
    """The sentences of a language, read as intake would."""
    language.warm().join()
    found = []
    files = [path for path in (LABELLED / f"{code}.jsonl", LABELLED / "third" / f"{code}.jsonl") if path.exists()]
    for line in (line for path in files for line in path.read_text(encoding="utf-8").splitlines()):
        one = json.loads(line)
        reading = read(one["text"], language=language.of(one["text"]))
        found.append(Labelled(one["half"], one["sentiment"], one["urgency"], reading.sentiment, reading.urgency))
    return tuple(found)


def score(pairs: Sequence[tuple[str, str]], wanted: str) -> Score:
    """Figures of one class over pairs of (label, as read)."""
    right = sum(label == said == wanted for label, said in pairs)
    support, claimed = sum(label == wanted for label, _ in pairs), sum(said == wanted for _, said in pairs)
    precision = right / claimed if claimed else None
    recall = right / support if support else None
    f1 = 2 * precision * recall / (precision + recall) if precision and recall else 0.0 if support else None
    return Score(support, precision, recall, f1)


def accuracy(code: str, half: str) -> float:
    """Share of a half's sentences whose sentiment is read as labelled."""
    told = [one.sentiment == one.read_as for one in labelled(code) if one.half == half]
    return sum(told) / len(told)


def figures() -> str:
    """The tables, in Markdown."""
    return "\n".join(line for half in HALVES for line in _table(half))


def _table(half: str) -> Iterator[str]:
    yield f"### {half.capitalize()} sentences\n"
    yield "| Language | Class | Sentences | Precision | Recall | F1 |"
    yield "|---|---|---|---|---|---|"
    for code, name in (NAMES | FURTHER if half == "third" else NAMES).items():
        told = [one for one in labelled(code) if one.half == half]
        moods = [(one.sentiment, one.read_as) for one in told]
        for wanted in SENTIMENTS:
            yield _row(name, wanted, score(moods, wanted))
        yield _row(name, "urgent", score([(one.urgency, one.read_urgency) for one in told], "urgent"))
        yield f"| {name} | _all, share right_ | {len(told)} | | {accuracy(code, half):.2f} | |"
    yield ""


def _row(name: str, wanted: str, found: Score) -> str:
    shown = " | ".join("–" if value is None else f"{value:.2f}" for value in found[1:])
    return f"| {name} | {wanted} | {found.support} | {shown} |"


def current() -> str:
    """The page with the figures as they are now."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    return f"{before}{_BEGIN}\n{figures()}\n{_END}{rest.partition(_END)[2]}"


def main() -> None:
    """Print the figures, and put them into the page."""
    print(figures())
    PAGE.write_text(current(), encoding="utf-8")


if __name__ == "__main__":
    main()
