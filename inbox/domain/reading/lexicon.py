"""Word lists, one folder for each language in `lists/`, made into one look-up for each word of a message.

A list has sections, `[name weight]`, followed by entries between commas; a line that begins with # is a remark. An
entry is a word, a stem (`perfect*`: any word that begins so, for languages that inflect), the end of a compound
(`*problem`: any longer word that ends so), or a phrase of words and stems.

- `good`, `bad`: with a weight. `works`: nothing when said, bad when denied ("arrived": "has not arrived").
- `plea weight`: asks for help or haste; adds to what is urgent, and is nothing alone.
- `urgent topic weight`: makes a message urgent; `denied` at the end: only with a negation ("log in": "cannot log in").
- `negation`, `more`, `less`, `but`: what changes the words around it.
- `common`: words by which the language of a short text is told; `latin`: the same in Latin letters.
- `neutral`: says nothing here, whatever it says in another language or alone ("good morning", German "Gift").
- `reach before=3 after=0`: how many words a negation reaches over, forwards (`before` the word) and backwards.

A word is looked for in the list of the message's language, then in the English one where people mix it in; not in
languages that share words with English which mean other things there. A word drawn out ("sooo", "bangettt") that no
list knows is looked for without. Greek in Latin letters is looked for by its sound. Where the language is not known, in
all lists of the script; what two of them read differently says nothing then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence, Set
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from inbox.domain.reading.folding import fold, plain
from inbox.domain.words import sounds

Kind = Literal["good", "bad", "works", "urgent", "plea", "negation", "more", "less", "but", "neutral"]
LANGUAGES = ("en", "de", "el", "id", "hy", "fi", "es", "fr", "it")
_LATIN = ("en", "de", "id", "fi", "es", "fr", "it")
_TOLD_APART = ("en", "de", "id", "fi")
"""Lists that are asked together where the language of a text in Latin letters is not known."""
_UNMIXED = frozenset({"en", "es", "fr", "it"})
"""Languages whose lexicon holds no other list: French "sale", Italian "sue" are no English words."""
_SCRIPTS = {"el": re.compile("[\u0370-\u03ff\u1f00-\u1fff]"), "hy": re.compile("[\u0531-\u058a]")}
_NEAR = {"ms": "id", "jv": "id", "su": "id"}
"""Languages that a detector takes short Indonesian texts for."""
_LISTS = Path(__file__).with_name("lists")
STEM_KEY = 2
"""First letters by which stems and phrases are looked for."""
_FEW = 3
_CLEARLY = 2
"""Common words of a language that tell it, where no other has as many."""
_CHANGES = frozenset({"negation", "more", "less", "but", "neutral"})
"""Kinds that change what stands around them and add nothing themselves."""
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
MAX_REMEMBERED = 30_000
"""Words whose look-up is kept, for each list."""


class Entry(msgspec.Struct, frozen=True):
    """What a word or phrase says. `topic`: of what makes urgent."""

    kind: Kind
    weight: float = 0.0
    topic: str = ""
    denied: bool = False
    """Counts only with a negation."""


class Said(msgspec.Struct, frozen=True):
    """What a word or phrase says where it stands."""

    entries: tuple[Entry, ...]
    of: int
    """Words it takes up."""
    kind: Kind
    """That of the first entry."""
    tells: bool
    """Whether it adds something itself."""


Phrase = tuple[tuple[str, ...], Said, bool]
"""The words that follow the first, what all of them say, and whether each is one spelling, no stem and no sound."""
BY_SOUND = "~"
"""Before a word of a phrase that is compared by how it sounds."""


class Word(msgspec.Struct, frozen=True):
    """All that begins with a word: what it says alone (an urgent word may be good or bad as well), and the phrases,
    longest first. Most texts go on otherwise than any phrase: `by_second` has those that may go on with this word, with
    all of which the word does not tell (stems, and by their sound), which stand alone in `untold`.
    """

    alone: tuple[Entry, ...]
    phrases: tuple[Phrase, ...] = ()
    by_second: dict[str, tuple[Phrase, ...]] = {}
    untold: tuple[Phrase, ...] = ()
    said: Said | None = None
    """What `alone` says."""


Entries = dict[str, tuple[Entry, ...]]


class Sheet(msgspec.Struct):
    """The list of one language."""

    language: str
    words: Entries
    """By word, stem (with its asterisk) or phrase, folded."""
    common: frozenset[str]
    latin: frozenset[str]
    """Common words as they are written in Latin letters."""
    before: int
    after: int


def _parse(language: str, text: str) -> Sheet:
    sheet = Sheet(language, {}, frozenset(), frozenset(), 3, 0)
    for section in re.split(r"^\[", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE), flags=re.MULTILINE)[1:]:
        head, _, body = section.partition("]")
        name, *more = head.split()
        if name == "reach":
            reach = dict(part.split("=") for part in more)
            sheet.before, sheet.after = int(reach["before"]), int(reach["after"])
            continue
        found = [fold(" ".join(entry.split())) for entry in body.split(",")]
        if name in ("common", "latin"):
            setattr(sheet, name, frozenset(found) - {""})
            continue
        entry = _entry(name, more)
        for word in filter(None, found):
            _add(sheet.words, word, entry)
    return sheet


def _entry(name: str, more: Sequence[str]) -> Entry:
    if name == "urgent":
        return Entry("urgent", float(more[1]), more[0], "denied" in more)
    return Entry(name, float(more[0]) if more else 0.0)  # type: ignore[arg-type]


def _add(words: Entries, word: str, entry: Entry) -> None:
    """Of two sections that judge a word the first counts; beside it the word may be urgent, or work."""
    held = words.get(word, ())
    if all(other.kind != entry.kind and not {other.kind, entry.kind} <= {"good", "bad"} for other in held):
        words[word] = (*held, entry)


@lru_cache(maxsize=len(LANGUAGES))
def sheet_of(language: str) -> Sheet:
    """The list of a language."""
    return _parse(language, "".join(part.read_text(encoding="utf-8") for part in sorted((_LISTS / language).iterdir())))


class Lexicon(dict[str, "Word | None"]):
    """Folded word → what it says, or None. Worked out at the first sight of a word, one look-up afterwards."""

    def __init__(self, sheets: Iterable[Sheet], *, greek_letters: bool = False) -> None:
        super().__init__()
        self.sheets = tuple(sheets)
        self.before = max(sheet.before for sheet in self.sheets)
        self.after = max(sheet.after for sheet in self.sheets[:1])
        self._lists = [_Index(sheet.words, str) for sheet in self.sheets]
        if greek_letters:
            self._lists.append(_Index({_by_sound(key): value for key, value in sheet_of("el").words.items()}, heard))
        self._agreeing = False

    @classmethod
    def of_all(cls, sheets: Iterable[Sheet], *, greek_letters: bool) -> Lexicon:
        """For texts of which only the script is known."""
        made = cls(sheets, greek_letters=greek_letters)
        made._agreeing = True
        return made

    def __missing__(self, word: str) -> Word | None:
        if len(self) >= MAX_REMEMBERED:
            self.clear()
        found = self._found(plain(word))
        self[word] = made = _one_of(found) if self._agreeing else _first(found)
        return made

    def _found(self, word: str) -> list[Word]:
        """What each list knows of a word; where none does, of the word without letters drawn out."""
        for spelt in dict.fromkeys((word, _DRAWN_OUT.sub(r"\1\1", word), _DRAWN_OUT.sub(r"\1", word))):
            if found := [hit for index in self._lists if (hit := index.find(spelt)) is not None]:
                return found
        return []


def _first(found: Sequence[Word]) -> Word | None:
    """The first list that knows the word alone decides; phrases of all count."""
    if not found:
        return None
    alone = next((hit.alone for hit in found if hit.alone), ())
    return _word(alone, [phrase for hit in found for phrase in hit.phrases])


def _one_of(found: Sequence[Word]) -> Word | None:
    """Where lists differ about a word, it says nothing: it is a word of two languages."""
    if not found:
        return None
    said = [hit.alone for hit in found if hit.alone]
    kinds = {frozenset(entry.kind for entry in alone) for alone in said}
    alone = max(said, key=lambda entries: entries[0].weight) if len(kinds) == 1 else ()
    return _word(alone, [phrase for hit in found for phrase in hit.phrases])


def _word(alone: tuple[Entry, ...], phrases: list[Phrase]) -> Word | None:
    if not alone and not phrases:
        return None
    longest_first = tuple(sorted(phrases, key=lambda phrase: -len(phrase[0])))
    untold = tuple(phrase for phrase in longest_first if not _is_exact(phrase[0][0]))
    by_second = {
        second: tuple(phrase for phrase in longest_first if phrase[0][0] == second or not _is_exact(phrase[0][0]))
        for second in {rest[0] for rest, _, _ in phrases if _is_exact(rest[0])}
    }
    return Word(alone, longest_first, by_second, untold, _said(alone, 1) if alone else None)


def _said(entries: tuple[Entry, ...], of: int) -> Said:
    return Said(entries, of, entries[0].kind, len(entries) > 1 or entries[0].kind not in _CHANGES)


def _is_exact(part: str) -> bool:
    """Whether one spelling alone is this part of a phrase."""
    return part[0] != BY_SOUND and part[-1] != "*"


class _Index:
    """Exact words, stems by their first letters, ends of compounds, and phrases by their first word."""

    def __init__(self, words: Entries, form: Callable[[str], str]) -> None:
        self._form = form
        self._exact: Entries = {}
        self._stems: dict[str, list[tuple[str, tuple[Entry, ...]]]] = {}
        self._ends: list[tuple[str, tuple[Entry, ...]]] = []
        self._phrases: dict[str, list[tuple[str, tuple[str, ...], tuple[Entry, ...]]]] = {}
        for key, entries in words.items():
            first, *rest = key.split()
            if rest:
                self._phrases.setdefault(first[:STEM_KEY], []).append((first, tuple(rest), entries))
            elif key.startswith("*"):
                self._ends.append((key[1:], entries))
            elif key.endswith("*"):
                self._stems.setdefault(key[:STEM_KEY], []).append((key[:-1], entries))
            else:
                self._exact[key] = entries
        for stems in self._stems.values():
            stems.sort(key=lambda stem: -len(stem[0]))

    def find(self, word: str) -> Word | None:
        """What begins with this word."""
        word = self._form(word)
        alone = self._exact.get(word)
        if alone is None:
            stems = self._stems.get(word[:STEM_KEY], ())
            alone = next((entries for stem, entries in stems if word.startswith(stem)), None)
        if alone is None:
            alone = next((entries for end, entries in self._ends if word.endswith(end)), ())
        phrases = [
            self._phrase(rest, entries)
            for first, rest, entries in self._phrases.get(word[:STEM_KEY], ())
            if matches(first, word)
        ]
        return _word(alone, phrases)

    def _phrase(self, rest: tuple[str, ...], entries: tuple[Entry, ...]) -> Phrase:
        # How a following word sounds is asked only where this list is written by sound.
        parts = tuple(f"{BY_SOUND}{part}" for part in rest) if self._form is heard else rest
        return parts, _said(entries, len(rest) + 1), all(map(_is_exact, parts))


def matches(part: str, word: str) -> bool:
    """Whether a folded word is, or begins as, this part of an entry."""
    if part[0] == BY_SOUND:
        part, word = part[1:], heard(word)
    return word.startswith(part[:-1]) if part[-1] == "*" else word == part


def heard(word: str) -> str:
    """How a Greek word sounds, in either script: in Latin letters everybody spells its vowels his own way."""
    spelt = sounds(word).replace("ai", "e").replace("ei", "i").replace("oi", "i")
    return spelt.replace("y", "i").replace("ef", "ev").replace("af", "av")


def _by_sound(key: str) -> str:
    return " ".join(heard(part.rstrip("*")) + ("*" if part.endswith("*") else "") for part in key.split())


@lru_cache(maxsize=16)
def lexicon_of(language: str) -> Lexicon:
    """The lexicon for a language; where it is not known `latin`, or `latin or greek` if something sounds so."""
    if language in ("latin", "latin or greek"):
        return Lexicon.of_all([sheet_of(one) for one in _TOLD_APART], greek_letters=language != "latin")
    if language == "greeklish":
        return _greeklish()
    names = (language,) if language in _UNMIXED else (language, "en")
    return Lexicon(sheet_of(name) for name in names)


def _greeklish() -> Lexicon:
    made = Lexicon([sheet_of("el"), sheet_of("en")], greek_letters=True)
    # As it sounds goes before English: "den" is a negation.
    made._lists.insert(0, made._lists.pop())
    return made


def choose(folded: str, words: Sequence[str], language: str | None) -> Lexicon:
    """The lexicon for a text. The detector is believed for its own languages, unless the text's commonest words are
    clearly Greek in Latin letters, which no detector knows; a short text is told by its commonest words.
    """
    if not folded.isascii():
        for name, script in _SCRIPTS.items():
            if script.search(folded):
                return lexicon_of(name)
    known = set(words)
    greek = len(known & sheet_of("el").latin)
    if greek < _CLEARLY and language in _LATIN:
        return lexicon_of(language)
    if is_greeklish(known):
        return lexicon_of("greeklish")
    language = _NEAR.get(language or "", language)
    if language in _LATIN:
        return lexicon_of(language)
    common = {name: len(known & sheet_of(name).common) for name in _LATIN}
    second, first = sorted(common, key=lambda name: common[name])[-2:]
    told = common[first] >= _CLEARLY and common[first] > max(common[second], greek)
    # A text of one or two words has no common ones; in longer ones a Greek stem would be heard in words of others.
    return lexicon_of(first if told else "latin or greek" if greek or len(words) < _FEW else "latin")


def is_greeklish(words: Set[str]) -> bool:
    """Whether the commonest of these folded words are clearly Greek in Latin letters."""
    greek = len(words & sheet_of("el").latin)
    return greek >= _CLEARLY and greek > max(len(words & sheet_of(name).common) for name in _LATIN)
