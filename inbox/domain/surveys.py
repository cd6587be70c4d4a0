"""Surveys after close: what is asked in whose language, when it is due, and which words are an answer to it.

Everything here is pure. `inbox.commands.survey_asks` puts the question, `domain.survey_answers` takes the answer;
docs/surveys.md tells people.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from connectors.contract import Capability
from connectors.outbound import Option
from inbox.clock import DAY, SECOND
from inbox.domain.survey_records import Survey, SurveyAsk

Scale: TypeAlias = Literal["csat", "nps"]
SURVEY = "survey"
"""Kind of the timer that a close sets, its ref is the conversation; and what `Message.automatic` says of the question,
of the thanks, and of an answer in the thread.
"""
THANKS = "survey_thanks"
"""Kind of the timer that thanks for an answer in the thread; its ref is the ask."""
RANGE: dict[str, range] = {"csat": range(1, 6), "nps": range(11)}
"""The scores of a scale."""
GOOD = (4, 5)
"""Satisfied, of `csat`."""
PROMOTERS, DETRACTORS = (9, 10), tuple(range(7))
"""Of `nps`; 7 and 8 are neither."""
ASKED_KINDS = frozenset({"direct", "mail", "chat"})
"""Private threads with one person: nobody is asked where others read along."""
TOO_LATE = DAY
"""A survey that could not be put for so long after it was due is not put any more: a month-old case is not asked about
because the service was off meanwhile.
"""
STALE = 30 * DAY
"""Whoever has not written for so long is not asked, though the network would take it."""
ANSWERED_FOR = 7 * DAY
"""For so long after the question a number alone in the thread is an answer to it, and for so long after the answer it
may be changed.
"""
OPEN_FOR = 30 * DAY
"""For so long the page takes an answer."""
MAX_COMMENT = 2_000
STAR = "★"


class Wording(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is asked in one language, and what is said when it was answered."""

    language: Annotated[str, Meta(min_length=2, max_length=10)]
    question: Annotated[str, Meta(min_length=1, max_length=500)]
    thanks: Annotated[str, Meta(max_length=500)] = ""


_texts = msgspec.json.Decoder(list[Wording]).decode


def wordings_of(survey: Survey) -> list[Wording]:
    """All it is asked in; the first one is fallen back on."""
    return _texts(survey.texts)


def worded(texts: Sequence[Wording], *languages: str | None) -> Wording:
    """The words in the first of these languages that there are, else the first there is. A script is no other language:
    `el-Latn` is asked in Greek.
    """
    by_language = {one.language: one for one in texts}
    for language in languages:
        found = by_language.get(language or "") or by_language.get((language or "").split("-")[0])
        if found is not None:
            return found
    return texts[0]


SurveyResult = Literal["satisfied", "not_satisfied", "promoter", "passive", "detractor"]


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody answered, as conditions ask about it."""

    survey_id: int
    scale: str
    score: int
    commented: bool

    @property
    def result(self) -> SurveyResult:
        """The group that the score belongs to."""
        if self.scale == "csat":
            return "satisfied" if self.score in GOOD else "not_satisfied"
        return "promoter" if self.score in PROMOTERS else "detractor" if self.score in DETRACTORS else "passive"


# --- when


class OnClose(msgspec.Struct, frozen=True):
    """What a close has to know of a survey that is switched on."""

    since_at: int
    delay: int
    """µs"""
    after_rules: bool


def in_order(surveys: Iterable[Survey]) -> list[Survey]:
    """Those that are switched on, in the order in which they are tried."""
    found = [one for one in surveys if one.active and one.removed_at is None]
    return sorted(found, key=lambda one: (one.place, one.id))


def due_after(surveys: Sequence[OnClose], closed_at: int, *, by_person: bool) -> int | None:
    """When the first of them may be due after a close (µs); None: none asks about it."""
    delays = [one.delay for one in surveys if asks_about(one.since_at, one.after_rules, closed_at, by_person=by_person)]
    return closed_at + min(delays) if delays else None


def asks_about(since_at: int, after_rules: bool, closed_at: int, *, by_person: bool) -> bool:
    """Whether a survey asks about what was closed then, by a person or not."""
    return closed_at >= since_at and (by_person or after_rules)


def terms_of(surveys: Iterable[Survey]) -> tuple[OnClose, ...]:
    """What every close is held against."""
    return tuple(OnClose(one.since_at, one.delay_seconds * SECOND, bool(one.after_rules)) for one in in_order(surveys))


# --- how it is put


def options_of(scale: str) -> tuple[Option, ...]:
    """What is picked from in the thread: a number, for satisfaction with as many stars."""
    if scale == "csat":
        return tuple(Option(title=f"{n} {STAR * n}") for n in RANGE["csat"])
    return tuple(Option(title=str(n)) for n in RANGE["nps"])


def can_pick(capability: Capability, scale: str) -> bool:
    """Whether a message there can have an option for every score."""
    shown = capability.options
    if shown is not None and shown.max_count < len(RANGE[scale]):
        shown = shown.longer
    return shown is not None and shown.max_count >= len(RANGE[scale])


def within_window(capability: Capability, window_closes_at: int | None, now: int) -> bool:
    """Whether the network takes a free message now."""
    return capability.window_seconds is None or (window_closes_at is not None and window_closes_at > now)


# --- which words are an answer

_NUMBER = re.compile(r"(\d{1,2})(?:\s*/\s*(\d{1,2}))?\s*([★⭐☆\s]*)")
_STARS = re.compile(r"[★⭐]{1,5}☆{0,4}")
_MAX_SCORE_CHARS = 60
_KEYCAP = dict.fromkeys((0xFE0F, 0x20E3), None)


def score_in(text: str, scale: str) -> int | None:
    """The score that a whole message gives: `4`, `4/5`, `4 ★★★★`, `★★★★`, digits of any script; None where it says
    anything else.
    """
    if len(text.strip()) > _MAX_SCORE_CHARS:  # nor is a long text normalised, which can take seconds
        return None
    plain = unicodedata.normalize("NFKC", text.strip().replace("🔟", "10").translate(_KEYCAP)).strip()
    if scale == "csat" and _STARS.fullmatch(plain.replace(" ", "")):
        return sum(char in "★⭐" for char in plain)
    found = _NUMBER.fullmatch(plain)
    if found is None:
        return None
    score, whole, stars = int(found[1]), found[2], found[3].strip()
    if score not in RANGE[scale] or (whole is not None and int(whole) != RANGE[scale][-1]):
        return None
    return None if stars and (scale != "csat" or sum(char in "★⭐" for char in stars) != score) else score


def option_in(text: str, scale: str) -> int | None:
    """The score whose option has just these words; None for other words."""
    picked = {option.title: score for option, score in zip(options_of(scale), RANGE[scale], strict=True)}
    return picked.get(text.strip())


def taken_in_thread(ask: SurveyAsk, text: str, now: int) -> int | None:
    """The score that a message gives after the question: while it is unanswered any way of saying a number, later only
    another option. None: it is an ordinary message.
    """
    if ask.score is None:
        return score_in(text, ask.scale) if now - ask.sent_at <= ANSWERED_FOR else None
    changeable = ask.way == "options" and now - (ask.answered_at or 0) <= ANSWERED_FOR
    return option_in(text, ask.scale) if changeable else None


def may_answer(ask: SurveyAsk, now: int) -> bool:
    """Whether the page still takes an answer, or a change of it."""
    if ask.answered_at is not None:
        return now - ask.answered_at <= ANSWERED_FOR
    return now - ask.sent_at <= OPEN_FOR


def plain_comment(text: str) -> str:
    """A comment as it is kept: without what no one sees, at most so long."""
    kept = "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"))
    return kept.replace("\r", "").strip()[:MAX_COMMENT]
