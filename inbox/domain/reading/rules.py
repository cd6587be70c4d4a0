"""A reading by word lists, signs and stars: what is good, bad and urgent in a message, and where it says so.

Every word is looked up once; only a text in which something was found is gone through a second time, for negations,
degrees and clauses; where a word stands is looked for only when it is a reason. Irony is not understood: "Great,
another delay" reads as mixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress, count, filterfalse, islice

import msgspec

from inbox.domain.reading.folding import BREAKS, Tokens, fold
from inbox.domain.reading.lexicon import Entry, Lexicon, Phrase, Said, Word, choose, matches
from inbox.domain.reading.result import MAX_REASONS, PLAIN, Reading, Reason, Sentiment, What, spoken
from inbox.domain.reading.signs import FACE, HINTS, PICTURE, WEIGHTS

MAX_READ = 4_000
"""Characters of an item that are read, title included: what a message is about stands at its beginning."""
_SHORT_WORDS = 5
_ENOUGH, _ENOUGH_SHORT = 1.0, 0.5
"""What one side must outweigh the other by; in a text of few words less is enough."""
_BOTH, _BOTH_SHARE = 1.0, 0.4
"""Mixed: either side weighs at least so much, and the lighter at least this share of the heavier."""
_URGENT = 2.0
_GRAVE = frozenset({"safety", "health", "legal", "money", "access"})
_GRAVE_WEIGHT = 1.0
"""Whoever names a fire, a hospital or a lawyer is not content, even without a bad word."""
_HARDSHIP = 0.5
"""What being ill served adds to a time that is near: "today" is urgent with a complaint and a plea, not alone."""
_STARS_BAD, _STARS_GOOD = 0.3, 0.75
_STARS_WEIGHT = 2.5
_DENIED_GOOD, _DENIED_BAD, _DENIED_WORKS = 1.0, 0.7, 1.6
_ASKED, _LOUD = 0.35, 1.25
_DEGREES = {"more": 1.4, "less": 0.6}
_LOUD_CHARS = 3
_QUESTION = frozenset({"?", "\u037e", "\u061f", "\uff1f"})
_QUESTION_OF_GREEK = _QUESTION | {";"}
_STOPS = frozenset({".", "!", "\u2026", "\u0589"})


class Stars(msgspec.Struct, frozen=True):
    """A review's rating, and the most that can be given."""

    given: int
    best: int = 5


class Found(msgspec.Struct):
    """One thing found. `weight` above 0 is good; `urgency` adds up over a text, and `plea` to it."""

    what: What
    first: int = 0
    last: int = 0
    """The words and marks it goes from and to."""
    weight: float = 0.0
    urgency: float = 0.0
    plea: float = 0.0
    sign: Reason | None = None
    """What stands in no words."""

    def reason(self, tokens: Tokens) -> Reason:
        """What it is, and where in characters."""
        return self.sign or Reason(self.what, *tokens.span(self.first, self.last))


def read(text: str, title: str = "", *, language: str | None = None, stars: Stars | None = None) -> Reading:
    """How an item reads by the rules alone. `language`: as it was detected; None where that is not known."""
    spelt = spoken(text, title)[:MAX_READ]
    folded = fold(spelt)
    tokens = Tokens(folded)
    lexicon = choose(folded, tokens.words, language)
    known = list(map(lexicon.__getitem__, tokens.words))
    found = _signs(spelt, folded)
    if any(known):
        found += _words(spelt, tokens, known, lexicon)
    if stars is not None:
        found += _stars(stars)
    return _judged(found, tokens) if found else PLAIN


def _signs(spelt: str, folded: str) -> list[Found]:
    """Emoji and faces. The same sign again says no more."""
    hits = list(PICTURE.finditer(spelt)) if not spelt.isascii() else []
    if any(hint in folded for hint in HINTS):
        hits += FACE.finditer(folded)
    found: dict[str, Found] = {}
    for hit in hits:
        if hit[0] in WEIGHTS and hit[0] not in found:
            found[hit[0]] = Found("emoji", weight=WEIGHTS[hit[0]], sign=Reason("emoji", hit.start(), hit.end()))
    if found and any(mark in spelt for mark in _QUESTION):  # a heart beside a question is courtesy
        for one in found.values():
            one.weight *= _ASKED if one.weight > 0 else 1.0
    return list(found.values())


def _stars(stars: Stars) -> list[Found]:
    share = (stars.given - 1) / max(stars.best - 1, 1)
    if _STARS_BAD < share < _STARS_GOOD:
        return []
    return [Found("stars", weight=_STARS_WEIGHT if share >= _STARS_GOOD else -_STARS_WEIGHT, sign=Reason("stars"))]


def _words(spelt: str, tokens: Tokens, known: Sequence[Word | None], lexicon: Lexicon) -> list[Found]:
    """What the words say, each with its negation and degree."""
    words = tokens.words
    places = _places(known, words)
    telling = [at for at, said in places.items() if said.tells]
    if not telling:
        return []
    ends = _QUESTION_OF_GREEK if lexicon.sheets[0].language == "el" else _QUESTION
    reached = _reached(places, lexicon)
    found: list[Found] = []
    for at in telling:
        said = places[at]
        last = at + said.of - 1
        denied = _denied_by(at, last, places, words, lexicon) if at in reached or last in reached else None
        for entry in said.entries:
            one = _one(entry, at, last, denied)
            if one is None:
                continue
            if one.weight:
                one.weight *= _degree(at, places, words)
                one.weight *= _ASKED if one.weight > 0 and _asked(at, words, spelt, ends) else 1.0
                one.weight *= _LOUD if _is_loud(spelt, tokens, at, last, one) else 1.0
            found.append(one)
    return found


def _places(known: Sequence[Word | None], words: tuple[str, ...]) -> dict[int, Said]:
    """Place → what is said there; the longest phrase takes its words up."""
    places: dict[int, Said] = {}
    taken, following = 0, (*words[1:], "")
    for at in compress(count(), known):
        if at < taken:
            continue
        word: Word = known[at]  # type: ignore[assignment]
        said = word.said
        phrases = word.by_second.get(following[at], word.untold)
        if phrases:
            said = _longest(phrases, at, words) or said
        if said is not None:
            places[at] = said
            taken = at + said.of
    return places


def _longest(phrases: Sequence[Phrase], at: int, words: tuple[str, ...]) -> Said | None:
    """What the first of these phrases that stands here says; None where none does."""
    for rest, said, exact in phrases:
        then = words[at + 1 : at + 1 + len(rest)]
        if then == rest or (not exact and len(then) == len(rest) and all(map(matches, rest, then))):
            return said
    return None


def _reached(places: dict[int, Said], lexicon: Lexicon) -> set[int]:
    """The places that a negation reaches, if no clause ends between."""
    before, after = lexicon.before, lexicon.after
    negations = [at for at, said in places.items() if said.kind == "negation"]
    return {near for at in negations for near in range(at - after, at + before + 1)}


def _is_loud(spelt: str, tokens: Tokens, first: int, last: int, one: Found) -> bool:
    """Whether words are in capitals and, with their negation, long enough to be meant so."""
    if spelt.isascii() and tokens.words[first].upper() not in spelt:
        return False  # nowhere in capitals: that is cheaper to see than where the word stands
    start, end = tokens.span(first, last)
    if not spelt[start:end].isupper():
        return False
    start, end = tokens.span(one.first, one.last)
    return end - start > _LOUD_CHARS


def _asked(at: int, words: tuple[str, ...], spelt: str, ends: frozenset[str]) -> bool:
    """Whether the sentence that a word stands in is a question."""
    for word in islice(words, at, None):
        if word in ends:
            return True
        if word in _STOPS:
            return False
    return "\u055e" in spelt  # the Armenian mark stands within a word


def _denied_by(first: int, last: int, places: dict[int, Said], words: tuple[str, ...], lexicon: Lexicon) -> int | None:
    """Place of the negation that a word or phrase stands under, in its own clause; None without one."""
    if places[first].kind == "negation":
        return None
    before = _negation(range(first - 1, max(first - 1 - lexicon.before, -1), -1), places, words)
    if before is not None:
        return before
    return _negation(range(last + 1, min(last + 1 + lexicon.after, len(words))), places, words)


def _negation(near: range, places: dict[int, Said], words: tuple[str, ...]) -> int | None:
    """The first of these places with a negation; None where the clause ends before."""
    for at in near:
        if words[at] in BREAKS:
            return None
        said = places.get(at)
        if said is None:
            continue
        if said.kind == "negation":
            return at
        if said.kind == "but":
            return None
    return None


def _one(entry: Entry, first: int, last: int, denied: int | None) -> Found | None:
    """What one entry adds, from its first word to its last. `denied`: place of its negation, which belongs to it."""
    if denied is not None:
        first, last = min(first, denied), max(last, denied)
    match entry.kind:
        case "good" if denied is not None:
            return Found("denied", first, last, -entry.weight * _DENIED_GOOD)
        case "good":
            return Found("good", first, last, entry.weight)
        case "bad" if denied is not None:
            return Found("good", first, last, entry.weight * _DENIED_BAD)
        case "bad":
            return Found("bad", first, last, -entry.weight)
        case "works" if denied is not None:
            return Found("denied", first, last, -_DENIED_WORKS)
        case "urgent" if entry.denied == (denied is not None):
            # "Not urgent", and "log in" without a "cannot", are nothing.
            return Found(entry.topic, first, last, urgency=entry.weight)  # type: ignore[arg-type]
        case "plea" if denied is None:
            return Found("deadline", first, last, plea=entry.weight)
        case _:
            return None


def _degree(at: int, places: dict[int, Said], words: tuple[str, ...]) -> float:
    """What the words before make of it: "very", "a bit"."""
    for before in (at - 1, at - 2):
        if before < 0 or words[before] in BREAKS:
            break
        said = places.get(before)
        if said is not None and said.kind in _DEGREES:
            return _DEGREES[said.kind]
    return 1.0


def _judged(found: Sequence[Found], tokens: Tokens) -> Reading:
    good = bad = plea = 0.0
    topics: dict[str, float] = {}
    for one in found:
        if one.weight > 0:
            good += one.weight
        else:
            bad -= one.weight
        if one.urgency:
            topics[one.what] = max(topics.get(one.what, 0.0), one.urgency)
        plea = max(plea, one.plea)
    bad += _GRAVE_WEIGHT * sum(1 for topic, weight in topics.items() if topic in _GRAVE and weight >= _URGENT)
    pressed = plea + (_HARDSHIP if bad >= _ENOUGH else 0.0) if topics else 0.0
    urgent = sum(topics.values()) + pressed >= _URGENT
    sentiment = _sentiment(good, bad, _ENOUGH_SHORT if _is_short(tokens.words) else _ENOUGH)
    return Reading(
        sentiment=sentiment,
        urgency="urgent" if urgent else "normal",
        score=round(100 * (good - bad) / (good + bad + 1.0)),
        reasons=_reasons(found, tokens, sentiment, urgent=urgent),
    )


def _is_short(words: tuple[str, ...]) -> bool:
    said = filterfalse(BREAKS.__contains__, words)
    return next(islice(said, _SHORT_WORDS, None), None) is None


def _sentiment(good: float, bad: float, enough: float) -> Sentiment:
    if min(good, bad) >= _BOTH and min(good, bad) >= _BOTH_SHARE * max(good, bad):
        return "mixed"
    if abs(good - bad) < enough:
        return "neutral"
    return "positive" if good > bad else "negative"


def _reasons(found: Sequence[Found], tokens: Tokens, sentiment: Sentiment, *, urgent: bool) -> tuple[Reason, ...]:
    """What speaks for the judgement, the weightiest first; nothing where there is none."""
    if sentiment == "neutral" and not urgent:
        return ()
    good, bad = sentiment in ("positive", "mixed"), sentiment in ("negative", "mixed")
    speaks = [one for one in found if (good if one.weight > 0 else bad and one.weight < 0)]
    speaks.sort(key=lambda one: -abs(one.weight))
    urges = sorted((one for one in found if one.urgency), key=lambda one: -one.urgency) if urgent else []
    kept = [one.reason(tokens) for one in (*urges[: MAX_REASONS // 2], *speaks)]
    return tuple(dict.fromkeys(kept))[:MAX_REASONS]
