"""What agents' corrections teach: a small linear model over hashed words and parts of words, beside the word lists.

An averaged perceptron with one weight for each (feature, answer) in a table of 2**15 bytes. Features of a message are
its words, in its language and in any, and parts of four letters of longer words; they are hashed by CRC-32, which is
the same everywhere. What the lists say counts as one vote; so the model starts from nothing, and where no correction
had the words of a message the lists decide.

It overrides the lists only when it has seen enough: `ENOUGH` corrections, `ENOUGH_OF_ONE` of them in the message's
language, and its answer outweighs theirs by `CLEAR`. A correction that confirms counts too. The answers of each
correction, sentiment and urgency, are learnt apart.

It is made anew from all corrections whenever these change, never carried on: what was erased is forgotten with it.
Same corrections in the same order give the same bytes.
"""

from __future__ import annotations

import math
import zlib
from array import array
from collections.abc import Iterable, Sequence

import msgspec
from msgspec.structs import replace

from inbox.domain.reading.folding import BREAKS, fold, tokens_in
from inbox.domain.reading.result import SENTIMENTS, URGENCIES, Reading, Reason, Sentiment, Urgency, spoken
from inbox.domain.reading.rules import MAX_READ

SIZE = 2**15
ENOUGH, ENOUGH_OF_ONE = 20, 8
CLEAR = 0.25
MAX_EXAMPLES = 3_000
"""Newest corrections that are learnt from."""
_EPOCHS = 6
_VOTE = 1.0
"""How much the lists' answer counts."""
_MARGIN = 0.5
_RATE = 0.5
_PART = 4
_MAX_WORDS = 120
_MAX_REMEMBERED = 20_000
ANSWERS: tuple[str, ...] = (*SENTIMENTS, *URGENCIES)
_FIELDS = {"sentiment": slice(0, len(SENTIMENTS)), "urgency": slice(len(SENTIMENTS), len(ANSWERS))}


class Example(msgspec.Struct, frozen=True):
    """A correction, with what it is about. `rules`: how the lists alone read it."""

    text: str
    title: str
    language: str | None
    rules: Reading
    sentiment: Sentiment
    urgency: Urgency


class _Model(msgspec.Struct, array_like=True):
    """What is stored."""

    seen: dict[str, int]
    """Language (empty: all) → corrections."""
    scale: float
    weights: bytes
    """Signed bytes; times `scale` the weights."""


def _words(text: str, title: str) -> list[str]:
    """The different words of an item, in their order."""
    found = dict.fromkeys(tokens_in(fold(spoken(text, title)[:MAX_READ])))
    return [word for word in found if word not in BREAKS][:_MAX_WORDS]


def _slots(word: str, language: str) -> list[list[int]]:
    """For each answer, the places of a word's weights."""
    edged = f"^{word}$"
    parts = [edged[i : i + _PART] for i in range(len(edged) - _PART + 1)] if len(word) > _PART else []
    features = [f"{language}:{word}", f":{word}", *(f"~{part}" for part in parts[:8])]
    return [[zlib.crc32(f"{answer}|{one}".encode()) % SIZE for one in features] for answer in ANSWERS]


def train(examples: Sequence[Example]) -> bytes:
    """The model that these corrections make, oldest first, as `Learnt` takes it."""
    kept = [(one, _words(one.text, one.title)) for one in examples[-MAX_EXAMPLES:]]
    told = [(one, [_slots(word, one.language or "") for word in words]) for one, words in kept if words]
    weights, totals = array("d", bytes(8 * SIZE)), array("d", bytes(8 * SIZE))
    step = 1
    for _ in range(_EPOCHS):
        for one, slots in told:
            for name, where in _FIELDS.items():
                _learn(slots, where, getattr(one, name), getattr(one.rules, name), weights, totals, step)
            step += 1
    averaged = [weight - total / step for weight, total in zip(weights, totals, strict=True)]
    scale = max(map(abs, averaged), default=0.0) / 127 or 1.0
    small = array("b", (round(weight / scale) for weight in averaged))
    return zlib.compress(msgspec.msgpack.encode(_Model(_seen(one for one, _ in told), scale, small.tobytes())))


def _seen(examples: Iterable[Example]) -> dict[str, int]:
    seen: dict[str, int] = {"": 0}
    for one in examples:
        seen[""] += 1
        if one.language:
            seen[one.language] = seen.get(one.language, 0) + 1
    return seen


def _learn(
    slots: Sequence[Sequence[Sequence[int]]], where: slice, wanted: str, rules: str, weights: array[float],
    totals: array[float], step: int,
) -> None:  # fmt: skip
    """One step: the right answer up and the best wrong one down, unless it is clear already."""
    answers = range(where.start, where.stop)
    length = math.sqrt(len(slots))
    votes = {
        at: (_VOTE if ANSWERS[at] == rules else 0.0) + sum(weights[i] for word in slots for i in word[at]) / length
        for at in answers
    }
    right = next(at for at in answers if ANSWERS[at] == wanted)
    wrong = max((at for at in answers if at != right), key=lambda at: votes[at])
    if votes[right] >= votes[wrong] + _MARGIN:
        return
    for at, by in ((right, _RATE / length), (wrong, -_RATE / length)):
        for word in slots:
            for i in word[at]:
                weights[i] += by
                totals[i] += by * step


class _Vectors(dict[str, tuple[int, ...]]):
    """Word → what it adds to each answer, in one language; worked out at the first sight of it."""

    def __init__(self, weights: memoryview[int], language: str) -> None:
        super().__init__()
        self._weights = weights
        self._language = language

    def __missing__(self, word: str) -> tuple[int, ...]:
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
        weights = self._weights
        self[word] = made = tuple(sum(weights[i] for i in places) for places in _slots(word, self._language))
        return made


class Learnt:
    """A model, ready to be asked."""

    def __init__(self, stored: bytes) -> None:
        model = msgspec.msgpack.decode(zlib.decompress(stored), type=_Model)
        self.seen = model.seen
        self._weights = memoryview(model.weights).cast("b")
        self._scale = model.scale
        self._vectors: dict[str, _Vectors] = {}

    def knows(self, language: str | None) -> bool:
        """Whether it has seen enough to have a say in messages of this language."""
        return self.seen[""] >= ENOUGH and (language is None or self.seen.get(language, 0) >= ENOUGH_OF_ONE)

    def judge(self, rules: Reading, text: str, title: str = "", *, language: str | None = None) -> Reading:
        """The reading, by what was learnt where that is clear, else as the rules read it."""
        if not self.knows(language):
            return rules
        words = _words(text, title)
        if not words:
            return rules
        known = self._vectors.get(language or "")
        if known is None:
            known = self._vectors[language or ""] = _Vectors(self._weights, language or "")
        sums = list(map(sum, zip(*[known[word] for word in words], strict=True)))
        # What the lists say has their vote, and the other answer has to be clear.
        ahead = (_VOTE + CLEAR) * math.sqrt(len(words)) / self._scale
        found = rules
        for name, where in _FIELDS.items():
            votes = sums[where]
            best = max(votes)
            if best >= votes[ANSWERS[where].index(getattr(rules, name))] + ahead:
                found = _overridden(found, name, ANSWERS[where][votes.index(best)])
        return found


_SCORES = {"negative": -50, "neutral": 0, "positive": 50, "mixed": 0}


def _overridden(rules: Reading, name: str, answer: str) -> Reading:
    """The rules' reading with one answer replaced; reasons that speak for the other are gone."""
    sentimental = {"good", "bad", "denied", "emoji", "stars"}
    about = sentimental if name == "sentiment" else {"deadline", "safety", "health", "legal", "money", "access"}
    kept = tuple(one for one in rules.reasons if one.what not in about and one.what != "learnt")
    found = replace(rules, by="learnt", reasons=(Reason("learnt"), *kept))
    if name == "urgency":
        return replace(found, urgency=answer)
    return replace(found, sentiment=answer, score=_SCORES[answer])
