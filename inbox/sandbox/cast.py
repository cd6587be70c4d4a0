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
        "whatsapp",
        ("budi", "Budi Santoso", "id", "2021"),
        ("fatma", "Fatma Y.", "de", "2020"),
        ("thodoris", "thodoris p.", "el-Latn", "2016"),
        ("priya", "Priya Raman", "en", "yesterday"),
        ("astghik", "Աստղիկ Մ.", "hy", "2022"),
        ("mikko", "Mikko Lehtonen", "fi", "2019"),
        ("fuchs", "🦊", "emoji", "today"),
    ),
    *_people(
        "messenger",
        ("eleni", "Ελένη Μαρκάκη", "el", "2019"),
        ("katerina", "Katerina S", "el-Latn", "last week"),
        ("oliver", "Oliver Byrne", "en", "2017"),
        ("ayu", "Ayu Lestari", "id", "2023"),
        ("jens", "Jens Hartmann", "de", "2014"),
    ),
    *_people(
        "facebook_page",
        ("nikos", "Νίκος Β.", "el-comment", "2019"),
        ("juha", "Juha K", "fi-comment", "2020"),
        ("sophie", "Sophie M.", "en-comment", "2018"),
        ("vassilis", "vassilis_thess", "el-Latn-comment", "2015"),
        ("heike", "Heike Brandt", "de-comment", "2012"),
    ),
    *_people(
        "instagram",
        ("mira", "Mira Wulandari", "id-comment", "2018"),
        ("anna", "Anna Berlin", "de-comment", "2020"),
        ("pekka", "pekka_k", "emoji-comment", "2021"),
        ("nare", "Նարե", "hy-comment", "2022"),
        ("chloe", "Chloe Martin", "en", "2019"),
        ("maria", "maria_k", "el-Latn", "2017"),
        ("rahmat", "rahmat.jkt", "id-comment", "last month"),
    ),
    *_people(
        "telegram",
        ("anahit", "Անահիտ Պետրոսյան", "hy", "2020"),
        ("giorgos", "Γιώργος Λ.", "el", "2018"),
        ("sari", "Sari Dewanti", "id", "2021"),
        ("liam", "Liam O'Connor", "en", "2022"),
        ("aino.t", "Aino T.", "fi", "2024"),
    ),
    *_people(
        "email",
        ("pirjo", "Pirjo Mäkelä", "fi", "2014"),
        ("lauri", "Lauri Virtanen", "fi", "2022"),
        ("anna.berger", "Anna Berger", "de", "2015"),
        ("k.oztuerk", "Kemal Öztürk", "de", "2023"),
        ("stavros", "Σταύρος Καραγιάννης", "el", "2016"),
        ("dewi", "Dewi Lestari", "id", "2024"),
    ),
    *_people(
        "webchat",
        ("visitor-1", "Ioanna", "el", "today"),
        ("visitor-2", "Tom", "en", "today"),
        ("visitor-3", "Hannes", "de", "today"),
    ),
    *_people(
        "google_business_profile",
        ("christopher", "Christopher Kelly", "en-review", "2012"),
        ("grace", "Grace Okafor", "en-review", "2016"),
        ("dimas", "Dimas", "id-review", "2021"),
        ("marianna", "Μαριάννα Κ.", "el-review", "2018"),
        ("armen", "Արմեն Ս.", "hy-review", "2019"),
        ("sabine", "Sabine W.", "de-review", "2013"),
        ("tuula", "Tuula", "fi-review", "2017"),
    ),
    *_people(
        "custom",
        ("tigran", "Տիգրան Հ.", "hy", "2023"),
        ("zoe", "Ζωή Π.", "el", "2020"),
        ("ben", "Ben Whitfield", "en-review", "2021"),
    ),
)
ITEMS: Mapping[str, tuple[str, ...]] = {
    "en": ("blue mug", "linen tablecloth", "olive wood board", "oak lamp", "hand-thrown bowl", "wool blanket"),
    "el": ("μπλε κούπα", "λινό τραπεζομάντηλο", "ξύλο κοπής ελιάς", "κεραμικό μπολ", "δρύινο φωτιστικό"),
    "el-Latn": ("mple koupa", "lino trapezomantilo", "keramiko mpol", "fotistiko"),
    "id": ("gelas biru", "taplak linen", "talenan zaitun", "lampu kayu ek", "mangkuk keramik"),
    "hy": ("կապույտ բաժակ", "կտավե սփռոց", "կերամիկական թաս", "կաղնե լամպ"),
    "fi": ("sininen muki", "pellavaliina", "leikkuulauta", "keramiikkakulho", "tammilamppu"),
    "de": ("blaue Tasse", "Leinentischdecke", "Olivenholzbrett", "Keramikschale", "Eichenlampe"),
}


class Script(msgspec.Struct, frozen=True):
    """A story as the file has it."""

    topic: str
    turns: tuple[Turn, ...]


@cache
def scripts() -> Mapping[str, Sequence[Script]]:
    """The stories of each language with what they are about, in the order of the file."""
    text = resources.files("inbox.sandbox").joinpath("stories.txt").read_text("utf-8")
    found: dict[str, list[tuple[str, list[Turn]]]] = {}
    told: list[Turn] | None = None
    for line in text.splitlines():
        if head := _HEAD.fullmatch(line):
            told = []
            found.setdefault(head["language"], []).append((head["topic"], told))
        elif line and told is not None:
            told.append(_turn(line))
    return {tag: [Script(topic, tuple(turns)) for topic, turns in each] for tag, each in found.items()}


@cache
def stories() -> Mapping[str, Sequence[Sequence[Turn]]]:
    """The stories of each language, in the order of the file."""
    return {language: [script.turns for script in each] for language, each in scripts().items()}


def turn(seed: int, person: Person, played: int) -> tuple[Turn, int]:
    """The turn a person plays after so many, and the number of the story it belongs to (0, 1, 2…)."""
    number = 0
    while True:
        story = _story(seed, person, number)
        if played < len(story):
            found = story[played]
            return filled(found, person, number), number
        played -= len(story)
        number += 1


def filled(found: Turn, person: Person, number: int) -> Turn:
    """A turn with what is the person's own in it: his order and what he bought, in the story of that number."""
    items = ITEMS.get(spoken(person.language), ITEMS["en"])
    item = items[_chance(0, person.key, "item", number) % len(items)]
    text = found.text.replace("{order}", _order(person, number)).replace("{item}", item)
    return msgspec.structs.replace(found, text=text)


def spoken(language: str) -> str:
    """The language in a tag of `stories.txt`, with its script where that is not the usual one."""
    return language.removesuffix("-review").removesuffix("-comment")


def turns_before(seed: int, person: Person, story: int) -> int:
    """How many turns a person has played when a story begins."""
    return sum(len(_story(seed, person, number)) for number in range(story))


def first_story(seed: int, person: Person) -> tuple[Turn, ...]:
    """The story a person begins with."""
    return tuple(_story(seed, person, 0))


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
