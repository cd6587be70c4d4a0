"""A reading by word lists, signs and stars: what is good, bad and urgent in a message, and where it says so.

Every word is looked up once; only a text in which something was found is gone through a second time, for negations,
degrees and clauses. Irony is not understood: "Great, another delay" reads as mixed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

import msgspec

from inbox.domain.reading.folding import BREAKS, fold, tokens_in
from inbox.domain.reading.lexicon import STEM_KEY, Entry, Lexicon, Word, choose, matches
from inbox.domain.reading.result import MAX_REASONS, PLAIN, Reading, Reason, Sentiment, spoken
from inbox.domain.reading.signs import EMOJI, FACE, HINT, WEIGHTS

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
_MORE, _LESS, _ASKED, _LOUD = 1.4, 0.6, 0.35, 1.25
_CHANGES = frozenset({"negation", "more", "less", "but", "neutral"})
"""Kinds that change what stands around them and add nothing themselves."""
_QUESTION = ("?", "\u037e", "\u061f", "\uff1f")
_STOPS = frozenset({".", "!", "\n", "\u2026", "\u0589"})


class Stars(msgspec.Struct, frozen=True):
    """A review's rating, and the most that can be given."""

    given: int
    best: int = 5


class Found(msgspec.Struct):
    """One thing found. `weight` above 0 is good; `urgency` adds up over a text, and `plea` to it."""

    reason: Reason
    weight: float = 0.0
    urgency: float = 0.0
    plea: float = 0.0


class _Token(msgspec.Struct):
    """A word or mark of a text with something to say. `said`: entries that hold here; `of`: words it takes up."""

    said: tuple[Entry, ...]
    of: int


def read(text: str, title: str = "", *, language: str | None = None, stars: Stars | None = None) -> Reading:
    """How an item reads by the rules alone. `language`: as it was detected; None where that is not known."""
    said = spoken(text, title)[:MAX_READ]
    folded = fold(said)
    places = tokens_in(folded)
    words = [place[0] for place in places]
    lexicon = choose(folded, words, language)
    known = list(map(lexicon.__getitem__, words))
    found = _signs(said, folded)
    if any(known):
        found += _words(said, places, known, words, lexicon)
    if stars is not None:
        found += _stars(stars)
    return _judged(found, len(words) - sum(map(BREAKS.__contains__, words))) if found else PLAIN


def _signs(said: str, folded: str) -> list[Found]:
    """Emoji and faces. The same sign again says no more."""
    found: dict[str, Found] = {}
    if not said.isascii():
        for hit in EMOJI.finditer(said):
            found.setdefault(hit[0], Found(Reason("emoji", hit.start(), hit.end()), WEIGHTS[hit[0]]))
    if HINT.search(folded):
        for hit in FACE.finditer(folded):
            found.setdefault(hit[0], Found(Reason("emoji", hit.start(), hit.end()), WEIGHTS[hit[0]]))
    if found and any(mark in said for mark in _QUESTION):  # a heart beside a question is courtesy
        for one in found.values():
            one.weight *= _ASKED if one.weight > 0 else 1.0
    return list(found.values())


def _stars(stars: Stars) -> list[Found]:
    share = (stars.given - 1) / max(stars.best - 1, 1)
    if share <= _STARS_BAD:
        return [Found(Reason("stars"), -_STARS_WEIGHT)]
    return [Found(Reason("stars"), _STARS_WEIGHT)] if share >= _STARS_GOOD else []


def _words(
    said: str, places: Sequence[re.Match[str]], known: Sequence[Word | None], words: Sequence[str], lexicon: Lexicon
) -> list[Found]:
    """What the words say, each with its negation and degree."""
    tokens = _tokens(known, words)
    if not tokens:
        return []
    ends = frozenset((*_QUESTION, ";")) if lexicon.sheets[0].language == "el" else frozenset(_QUESTION)
    kinds = {token.said[0].kind for token in tokens.values()}
    denies, degrees = "negation" in kinds, not kinds.isdisjoint(("more", "less"))
    found: list[Found] = []
    for at, token in tokens.items():
        if len(token.said) == 1 and token.said[0].kind in _CHANGES:
            continue
        last = at + token.of - 1
        denied = _denied_by(at, last, tokens, words, lexicon) if denies else None
        start, end = places[at].start(), places[last].end()
        if denied is not None:
            start, end = min(start, places[denied].start()), max(end, places[denied].end())
        for entry in token.said:
            one = _one(entry, denied is not None, Reason("bad", start, end))
            if one is None:
                continue
            if one.weight:
                one.weight *= _degree(at, tokens, words) if degrees else 1.0
                one.weight *= _ASKED if one.weight > 0 and _asked(at, words, said, ends) else 1.0
                if said[places[at].start() : places[last].end()].isupper() and end - start > 3:
                    one.weight *= _LOUD
            found.append(one)
    return found


def _tokens(known: Sequence[Word | None], words: Sequence[str]) -> dict[int, _Token]:
    """Place → what is said there; the longest phrase takes its words up."""
    tokens: dict[int, _Token] = {}
    taken, following = 0, (*words[1:], "")
    for at, word in enumerate(known):
        if word is None or at < taken:
            continue
        said, of = word.alone, 1
        for rest, entries in word.by_start.get(following[at][:STEM_KEY], word.untold):
            if at + len(rest) < len(words) and all(map(matches, rest, words[at + 1 : at + 1 + len(rest)])):
                said, of = entries, len(rest) + 1
                break
        if said:
            tokens[at] = _Token(said, of)
            taken = at + of
    return tokens


def _asked(at: int, words: Sequence[str], said: str, ends: frozenset[str]) -> bool:
    """Whether the sentence that a word stands in is a question."""
    for word in islice(words, at, None):
        if word in ends:
            return True
        if word in _STOPS:
            return False
    return "\u055e" in said  # the Armenian mark stands within a word


def _denied_by(first: int, last: int, tokens: dict[int, _Token], words: Sequence[str], lexicon: Lexicon) -> int | None:
    """Place of the negation that a word or phrase stands under, in its own clause; None without one."""
    if tokens[first].said[0].kind == "negation":
        return None
    before = _negation(range(first - 1, max(first - 1 - lexicon.before, -1), -1), tokens, words)
    if before is not None:
        return before
    return _negation(range(last + 1, min(last + 1 + lexicon.after, len(words))), tokens, words)


def _negation(places: range, tokens: dict[int, _Token], words: Sequence[str]) -> int | None:
    """The first of these places with a negation; None where the clause ends before."""
    for at in places:
        if words[at] in BREAKS:
            return None
        token = tokens.get(at)
        if token is None:
            continue
        kind = token.said[0].kind
        if kind == "negation":
            return at
        if kind == "but":
            return None
    return None


def _is(token: _Token | None, kind: str) -> bool:
    return token is not None and token.said[0].kind == kind


def _one(entry: Entry, denied: bool, where: Reason) -> Found | None:
    """What one entry adds. `where` has the span; its kind is decided here."""
    start, end = where.start, where.end
    match entry.kind:
        case "good" if denied:
            return Found(Reason("denied", start, end), -entry.weight * _DENIED_GOOD)
        case "good":
            return Found(Reason("good", start, end), entry.weight)
        case "bad" if denied:
            return Found(Reason("good", start, end), entry.weight * _DENIED_BAD)
        case "bad":
            return Found(where, -entry.weight)
        case "works" if denied:
            return Found(Reason("denied", start, end), -_DENIED_WORKS)
        case "urgent" if entry.denied == denied:
            # "Not urgent", and "log in" without a "cannot", are nothing.
            return Found(Reason(entry.topic, start, end), 0.0, entry.weight)  # type: ignore[arg-type]
        case "plea" if not denied:
            return Found(Reason("deadline", start, end), plea=entry.weight)
        case _:
            return None


def _degree(at: int, tokens: dict[int, _Token], words: Sequence[str]) -> float:
    """What the words before make of it: "very", "a bit"."""
    for before in (at - 1, at - 2):
        if before < 0 or words[before] in BREAKS:
            break
        if _is(tokens.get(before), "more"):
            return _MORE
        if _is(tokens.get(before), "less"):
            return _LESS
    return 1.0


def _judged(found: Sequence[Found], words: int) -> Reading:
    good = sum(one.weight for one in found if one.weight > 0)
    bad = -sum(one.weight for one in found if one.weight < 0)
    topics: dict[str, float] = {}
    for one in found:
        if one.urgency:
            topics[one.reason.what] = max(topics.get(one.reason.what, 0.0), one.urgency)
    bad += _GRAVE_WEIGHT * sum(1 for topic, weight in topics.items() if topic in _GRAVE and weight >= _URGENT)
    pressed = max(one.plea for one in found) + (_HARDSHIP if bad >= _ENOUGH else 0.0) if topics else 0.0
    urgent = sum(topics.values()) + pressed >= _URGENT
    sentiment = _sentiment(good, bad, _ENOUGH_SHORT if words <= _SHORT_WORDS else _ENOUGH)
    return Reading(
        sentiment=sentiment,
        urgency="urgent" if urgent else "normal",
        score=round(100 * (good - bad) / (good + bad + 1.0)),
        reasons=_reasons(found, sentiment, urgent=urgent),
    )


def _sentiment(good: float, bad: float, enough: float) -> Sentiment:
    if min(good, bad) >= _BOTH and min(good, bad) >= _BOTH_SHARE * max(good, bad):
        return "mixed"
    if abs(good - bad) < enough:
        return "neutral"
    return "positive" if good > bad else "negative"


def _reasons(found: Sequence[Found], sentiment: Sentiment, *, urgent: bool) -> tuple[Reason, ...]:
    """What speaks for the judgement, the weightiest first; nothing where there is none."""
    sides = {"positive": (1,), "negative": (-1,), "mixed": (1, -1), "neutral": ()}[sentiment]
    speaks = [one for one in found if one.weight and (1 if one.weight > 0 else -1) in sides]
    speaks.sort(key=lambda one: -abs(one.weight))
    urges = sorted((one for one in found if one.urgency), key=lambda one: -one.urgency) if urgent else []
    kept = [one.reason for one in (*urges[: MAX_REASONS // 2], *speaks)]
    return tuple(dict.fromkeys(kept))[:MAX_REASONS]
