"""Who the customers are and what each of them says, turn by turn: the same for the same seed, without end.

The people are here, their words in `stories.txt`, by language. A person plays one story after another; which ones, and
in what order, the seed decides. So where somebody stands in his script is told by how many turns he has played.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

When = Literal["open", "soon", "answered", "unanswered"]
Do = Literal["write", "edit", "delete", "react", "review"]

_HEAD = re.compile(r"# (?P<language>\S+) · (?P<topic>.+)")
_STARS = re.compile(r"([1-5])! (.+)")
_SIGNS: dict[str, tuple[When, Do]] = {
    ">": ("open", "write"),
    "+": ("soon", "write"),
    "=": ("answered", "write"),
    "?": ("unanswered", "write"),
    "~": ("soon", "edit"),
    "x": ("soon", "delete"),
    "*": ("answered", "react"),
}


class Turn(msgspec.Struct, frozen=True):
    """One thing a person does. `text` is an emoji for a reaction; `rating` is set for reviews."""

    when: When
    do: Do
    text: str = ""
    rating: int = 0


class Person(msgspec.Struct, frozen=True):
    """One of the cast."""

    key: str
    name: str
    network: str
    language: str
    """A tag of `stories.txt`; its part after the tag of the language says what kind of thing is written."""
    since: str
    """Since when the account is there, as the page shows it."""

    @property
    def kind(self) -> str:
        """`review`, `comment`, or `direct`."""
        last = self.language.rpartition("-")[2]
        return last if last in ("review", "comment") else "direct"


def _people(network: str, *told: tuple[str, str, str, str]) -> tuple[Person, ...]:
    return tuple(Person(key, name, network, language, since) for key, name, language, since in told)


PEOPLE: tuple[Person, ...] = (
    *_people(
        "telegram",
        ("eleni", "Ελένη Μαρκάκη", "el", "2019"),
        ("thodoris", "thodoris p.", "el-Latn", "2016"),
        ("katerina", "Katerina S", "el-Latn", "last week"),
        ("budi", "Budi Santoso", "id", "2021"),
        ("mira", "Mira Wulandari", "id", "2018"),
        ("anahit", "Անահիտ Պետրոսյան", "hy", "2020"),
        ("oliver", "Oliver Byrne", "en", "2017"),
        ("priya", "Priya Raman", "en", "yesterday"),
        ("fuchs", "🦊", "emoji", "today"),
    ),
    *_people(
        "email",
        ("pirjo", "Pirjo Mäkelä", "fi", "2014"),
        ("lauri", "Lauri Virtanen", "fi", "2022"),
        ("anna.berger", "Anna Berger", "de", "2015"),
        ("k.oztuerk", "Kemal Öztürk", "de", "2023"),
        ("christopher", "Christopher Kelly", "en", "2012"),
        ("stavros", "Σταύρος Καραγιάννης", "el", "2016"),
        ("dewi", "Dewi Lestari", "id", "2024"),
    ),
    *_people(
        "custom",
        ("nikos", "Νίκος Β.", "el-comment", "2019"),
        ("juha", "Juha K", "fi-comment", "2020"),
        ("rahmat", "rahmat.jkt", "id-comment", "last month"),
        ("sophie", "Sophie M.", "en-comment", "2018"),
        ("dimas", "Dimas", "id-review", "2021"),
        ("grace", "Grace Okafor", "en-review", "2016"),
        ("tigran", "Տիգրան Հ.", "hy", "2023"),
        ("maria", "maria_k", "el-Latn", "2017"),
    ),
)


@cache
def stories() -> Mapping[str, Sequence[Sequence[Turn]]]:
    """The stories of each language, in the order of the file."""
    text = resources.files("inbox.sandbox").joinpath("stories.txt").read_text("utf-8")
    found: dict[str, list[list[Turn]]] = {}
    story: list[Turn] | None = None
    for line in text.splitlines():
        if head := _HEAD.fullmatch(line):
            story = []
            found.setdefault(head["language"], []).append(story)
        elif line and story is not None:
            story.append(_turn(line))
    return found


def turn(seed: int, person: Person, played: int) -> tuple[Turn, int]:
    """The turn a person plays after so many, and the number of the story it belongs to (0, 1, 2…)."""
    number = 0
    while True:
        story = _story(seed, person, number)
        if played < len(story):
            found = story[played]
            return msgspec.structs.replace(found, text=found.text.replace("{order}", _order(person, number))), number
        played -= len(story)
        number += 1


def turns_before(seed: int, person: Person, story: int) -> int:
    """How many turns a person has played when a story begins."""
    return sum(len(_story(seed, person, number)) for number in range(story))


def _story(seed: int, person: Person, number: int) -> Sequence[Turn]:
    """Every story of the language once, in an order of the person's own, then again from the first."""
    known = stories()[person.language]
    order = sorted(range(len(known)), key=lambda i: _chance(seed, person.key, "story", i))
    return known[order[number % len(known)]]


def _turn(line: str) -> Turn:
    when, do = _SIGNS[line[0]]
    text = line[1:].strip()
    if stars := _STARS.fullmatch(text):
        return Turn(when, "review", stars[2], int(stars[1]))
    return Turn(when, do, text)


def _order(person: Person, number: int) -> str:
    return f"A{10_000 + _chance(0, person.key, 'order', number) % 90_000}"


def _chance(seed: int, *of: object) -> int:
    """A number that depends on the seed and on what it is for, and on nothing else."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{of}".encode()).digest()[:6])
