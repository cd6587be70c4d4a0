"""The plan of the month: who wrote when and what, who answered when, what was tagged, noted, escalated, hidden, closed.

Pure, and the same for the same seed and beginning. Nothing of it is written anywhere: `history` plays it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import takewhile
from typing import Literal

import msgspec
from msgspec.structs import replace

from inbox.clock import DAY, HOUR, MINUTE, SECOND
from inbox.sandbox import answers
from inbox.sandbox.cast import PEOPLE, Person, Script, Turn, filled, first_story, scripts
from inbox.sandbox.crowd import somebody
from inbox.sandbox.rhythm import PAST_DAYS, Chance, answered_at, bad_weekend, campaign_day, hour_of, instant, local

What = Literal[
    "says", "takes", "answers", "tags", "notes", "escalates", "acknowledges", "calms", "hides", "confirms", "reads",
    "closes", "asks", "scores",
]  # fmt: skip
Where = Literal["own", "root", "post", "direct"]
"""A thread of the person's own, the thread the story began with, a post of the company, his private thread."""

COUNTS: Mapping[str, int] = {
    "whatsapp": 480, "messenger": 380, "instagram": 250, "telegram": 300, "email": 320, "webchat": 240, "custom": 90,
}  # fmt: skip
"""How many private conversations of the month a network has."""
REVIEWS: Mapping[str, int] = {"google_business_profile": 170, "facebook_page": 30, "custom": 20}
COMMENTS: Mapping[str, int] = {"facebook_page": 90, "instagram": 110}
"""Comments under the other posts."""
FEW = 10
"""So many wait at least when the month ends."""
CAMPAIGN = 700
"""First comments under the campaign's post; most have others below them."""
TOPICS: Mapping[str, str] = {
    "late": "delivery", "αργοπορία": "delivery", "paraggelia": "delivery", "lama": "delivery", "ուշացում": "delivery",
    "myöhässä": "delivery", "verspätung": "delivery", "strike": "delivery", "απεργία": "delivery", "warten": "delivery",
    "broken": "damaged", "σπασμένη": "damaged", "koupa": "damaged", "pecah": "damaged", "կոտրված": "damaged",
    "rikki": "damaged", "zerbrochen": "damaged", "scratched": "damaged",
    "return": "return", "αλλαγή": "return", "epistrofi": "return", "tukar": "return", "palautus": "return",
    "praise": "praise", "έπαινος": "praise", "գովասանք": "praise", "love": "praise", "schön": "praise",
    "invoice": "invoice", "τιμολόγιο": "invoice", "apodeiksi": "invoice", "stock": "stock", "stok": "stock",
}  # fmt: skip
"""A word of a story's topic → the tag that its conversations get."""
SPAM = (
    "Cheap followers and likes!!! write me on w w w . grow-fast . example",
    "Make 500 a day from your sofa, ask me how",
)
"""What is advertised under posts: the first is known to a rule, the other one is not."""
FEW_STARS = 2
"""Reviews with so many or fewer are escalated by a rule."""
_STORM_TAG = "courier-strike"
_CAST = 3_000_000
"""Above this are the numbers of the cast's own stories, below it those of others under a first comment."""
ASKED_ONE_IN, ASKED_AFTER, ANSWERED_OF_100 = 4, 5 * MINUTE, 45
"""After so many of the private conversations that were closed people are asked how it was, how soon, and how many of
them answer.
"""
TELLS = frozenset({"whatsapp", "messenger", "instagram", "facebook_page", "webchat", "custom"})
"""Networks that tell what became of our answers, or repeat them to us."""
_CALLS: Mapping[str, tuple[str, ...]] = {
    "Orders": ("jonas", "katerina", "tigran", "maria"),
    "Returns": ("aino", "katerina", "rizky"),
    "Public": ("dewi", "petra", "maria"),
    "Reviews": ("petra", "rizky"),
}
"""Who answers for a team, by the first part of the e-mail address."""
_HOME: Mapping[str, str] = {"facebook_page": "Public", "instagram": "Public", "google_business_profile": "Reviews"}


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened. `person` is the customer who does it or is answered; `agent` one of the company's
    people.
    """

    at: int
    what: What
    person: Person | None = None
    turn: Turn | None = None
    where: Where = "own"
    agent: str = ""
    text: str = ""
    team: str = ""
    closes: bool = False
    played: int | None = None
    """Which turn of his script this is, for one of the cast."""


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation from its first word on. `post` is the number of the post it hangs on, -1 for none."""

    number: int
    network: str
    kind: str
    post: int
    steps: tuple[Step, ...]

    @property
    def began_at(self) -> int:
        """When its first word was written."""
        return self.steps[0].at

    @property
    def waits(self) -> bool:
        """Whether the customer had the last word."""
        return self.steps[-1].what == "says"


def _newest_first(stories: Iterable[Story]) -> list[Story]:
    return sorted(stories, key=lambda story: (-story.began_at, story.number))


class Past:
    """All stories of a seed that began before an instant."""

    def __init__(self, seed: int, begun_at: int, *, share: float = 1.0) -> None:
        """`share`: how much of the month there is, for tests."""
        self.chance = Chance(seed)
        self.begun_at = begun_at
        self.storm = bad_weekend(begun_at)
        self.campaign = campaign_day(begun_at)
        self._share = share

    def stories(self) -> list[Story]:
        """Everything, newest first."""
        found = _newest_first(story for story in self._all() if story.steps)
        return _newest_first(self._with_work(found))

    def _with_work(self, found: Sequence[Story]) -> Iterator[Story]:
        """At a quiet hour everything may be answered: then some of the newest are left as if nobody had looked yet, one
        on each network, so that whoever comes first finds work.
        """
        missing = FEW - sum(story.waits for story in found)
        left: set[tuple[str, str]] = set()
        for story in found:
            place = (story.network, story.kind)
            if missing <= 0 or story.waits or story.number >= _CAST or place in left:
                yield story
                continue
            left.add(place)
            missing -= 1
            said = list(takewhile(lambda step: step.what == "says", story.steps))
            ago = (6 + self.chance.below(80, "left", story.number)) * MINUTE
            later = max(0, self.begun_at - ago - said[-1].at)
            yield replace(story, steps=tuple(replace(step, at=step.at + later) for step in said))

    def _all(self) -> Iterator[Story]:
        number = 0
        for kind, counts in (("direct", COUNTS), ("review", REVIEWS), ("comment", COMMENTS)):
            for network, count in counts.items():
                for _ in range(round(count * self._share)):
                    number += 1
                    yield self._story(number, network, kind, self._day(number))
        for _ in range(round(CAMPAIGN * self._share)):
            number += 1
            yield self._story(number, "facebook_page", "comment", self._campaign_day(number), campaign=True)
        for nth, person in enumerate(PEOPLE):
            yield self._of_cast(_CAST + nth, person)

    # -- when

    def _day(self, number: int) -> date:
        """A day of the month: fewer at the end of the week, far more on the bad weekend."""
        today = local(self.begun_at).date()
        days = [today - timedelta(days=ago) for ago in range(PAST_DAYS)]
        weights = [38 if day in self.storm else 6 if day.weekday() == 6 else 8 if day.weekday() == 5 else 10
                   for day in days]  # fmt: skip
        drawn = self.chance.below(sum(weights), "day", number)
        for day, weight in zip(days, weights, strict=True):
            drawn -= weight
            if drawn < 0:
                return day
        raise AssertionError("the draw lies below the sum of the weights")

    def _campaign_day(self, number: int) -> date:
        """Half of what comes on a post comes on its first day, half of the rest on the next."""
        ago = 0
        while ago < 12 and self.chance.below(2, "campaign", number, ago):
            ago += 1
        return self.campaign + timedelta(days=ago)

    def _begins(self, number: int, day: date) -> int:
        hour = hour_of(self.chance, number, day)
        at = instant(day, hour, self.chance.share("within", number))
        while at > self.begun_at - MINUTE:
            at -= DAY
        return at

    # -- what

    def _story(self, number: int, network: str, kind: str, day: date, *, campaign: bool = False) -> Story:
        person = somebody(self.chance, network, number, kind)
        known = scripts()[person.language]
        script = known[self.chance.below(len(known), "script", number)]
        writer = _Writer(self, number, network, kind, person, script)
        if kind == "comment" and self.chance.below(60, "spam", number) == 0:
            steps = writer.spam(self._begins(number, day))
        else:
            steps = writer.steps(self._begins(number, day))
            if campaign:
                steps += writer.others(steps)
        happened = sorted((step for step in steps if step.at < self.begun_at), key=lambda step: step.at)
        post = -1 if kind != "comment" else 0 if campaign else 1 + self.chance.below(2, "post", number)
        return Story(number=number, network=network, kind=kind, post=post, steps=tuple(happened))

    def _of_cast(self, number: int, person: Person) -> Story:
        """The first story of one of the cast, days ago: he goes on with the next one live."""
        topic = scripts()[person.language][0].topic
        writer = _Writer(
            self, number, person.network, person.kind, person, Script(topic, first_story(self.chance.seed, person))
        )
        day = local(self.begun_at).date() - timedelta(days=2 + self.chance.below(18, "cast", number))
        steps = writer.steps(self._begins(number, day))
        happened = sorted((step for step in steps if step.at < self.begun_at), key=lambda step: step.at)
        return Story(number=number, network=person.network, kind=person.kind, post=1, steps=tuple(happened))


class _Writer:
    """Writes the steps of one story."""

    def __init__(self, past: Past, number: int, network: str, kind: str, person: Person, script: Script) -> None:
        self.past, self.chance, self.number = past, past.chance, number
        self.network, self.kind, self.person = network, kind, person
        self.topic = next((tag for word, tag in TOPICS.items() if word in script.topic), "")
        self.is_cast = number >= _CAST
        self.turns = [filled(turn, person, 0 if self.is_cast else number) for turn in script.turns]
        self.team = (
            "Returns" if self.topic in ("damaged", "return") and kind == "direct" else _HOME.get(network, "Orders")
        )
        if kind == "review":
            self.team = "Reviews"
        called = _CALLS[self.team]
        self.agent = called[self.chance.below(len(called), "agent", number)]
        self.rating = 0

    def steps(self, at: int) -> list[Step]:
        """From the first word to the end, as if the month had no end."""
        found: list[Step] = []
        answered = waits = False
        for index, turn in enumerate(self.turns):
            if turn.when == "open":
                at += index and 3 * HOUR
            elif turn.when == "answered":
                if waits:
                    found += self._answered(at, index, first=not answered)
                    at, answered, waits = found[-1].at, True, False
                at += round((2 + 40 * self.chance.share("back", self.number, index) ** 2) * MINUTE)
            elif turn.when == "unanswered":
                at += 40 * MINUTE
                if not waits or self._answer_at(at - 40 * MINUTE, index + 1) < at:
                    at -= 40 * MINUTE
                    continue
            else:
                at += (15 + self.chance.below(70, "soon", self.number, index)) * SECOND
            found.append(self._says(at, turn, index))
            waits = waits if turn.do in ("react", "delete") else True
        if waits and self._deserves_answer():
            found += self._answered(at, len(self.turns), first=not answered, last=True)
        else:
            looked_at = at + 5 * MINUTE if answered else self._answer_at(at, len(self.turns))
            found.append(Step(at=looked_at, what="closes", agent=self.agent))
        return [*found, *self._polled(found)]

    def _polled(self, found: Sequence[Step]) -> list[Step]:
        """How it was is asked after some closes, and answered perhaps."""
        closed_at = max((one.at for one in found if one.closes or one.what == "closes"), default=0)
        if self.kind != "direct" or self.is_cast or not closed_at:
            return []
        if self.chance.below(ASKED_ONE_IN, "asked", self.number):
            return []
        steps = [Step(at=closed_at + ASKED_AFTER, what="asks")]
        if self.chance.below(100, "answers survey", self.number) < ANSWERED_OF_100:
            later = round(self.chance.share("survey", self.number) ** 2 * 20 * HOUR) + MINUTE
            steps.append(Step(at=closed_at + ASKED_AFTER + later, what="scores", person=self.person))
        return steps

    def spam(self, at: int) -> list[Step]:
        """Somebody advertises under a post, and is hidden: by a rule, which a supervisor agrees with a day later, or by
        an agent. Not all that rules did is looked at.
        """
        known = self.chance.below(3, "wording", self.number) > 0
        text = SPAM[0] if known else SPAM[1]
        found = [Step(at=at, what="says", person=self.person, turn=Turn("open", "write", text), where="post")]
        seen_at = self._answer_at(at, 0)
        if not known:
            found.append(Step(at=seen_at, what="hides", agent=self.agent, text="Advertising"))
        elif self.chance.below(2, "looked at", self.number):
            found.append(Step(at=seen_at + DAY, what="confirms", agent="nadia"))
        return [*found, Step(at=seen_at + SECOND, what="closes", agent=self.agent)]

    def others(self, steps: Sequence[Step]) -> list[Step]:
        """Who else wrote below the first comment, most without asking anything, and what came of it."""
        found, at = [], steps[0].at
        for index in range(self.chance.below(6, "others", self.number)):
            at += round((1 + 200 * self.chance.share("other", self.number, index) ** 3) * MINUTE)
            other = somebody(self.chance, self.network, self.number * 10 + 100_000 + index, "comment")
            known = scripts()[other.language]
            turn = filled(known[self.chance.below(len(known), "words", self.number, index)].turns[0], other, index)
            found.append(Step(at=at, what="says", person=other, turn=turn, where="root"))
            if "?" in turn.text and self.chance.below(3, "answers other", self.number, index):
                text = answers.answer("comment", other.language, 0, index)
                answered_at = self._answer_at(at, 100 + index)
                found.append(Step(at=answered_at, what="answers", agent=self.agent, text=text, person=other))
        if found:
            looked_at = self._answer_at(max(one.at for one in [*steps, *found]), 200)
            found.append(Step(at=looked_at, what="closes", agent=self.agent))
        return found

    def _says(self, at: int, turn: Turn, index: int) -> Step:
        self.rating = turn.rating or self.rating
        where: Where = "own" if self.kind != "comment" else "post" if index == 0 else "root"
        played = index if self.is_cast else None
        return Step(at=at, what="says", person=self.person, turn=turn, where=where, played=played)

    def _answer_at(self, asked_at: int, index: int) -> int:
        return answered_at(self.chance, asked_at, self.team, self.past.storm, self.number, index)

    def _deserves_answer(self) -> bool:
        """Not every heart under a post is answered."""
        return self.kind != "comment" or self.chance.below(5, "worth", self.number) > 0

    def _answered(self, asked_at: int, index: int, *, first: bool, last: bool = False) -> list[Step]:
        """Taken, perhaps noted on or escalated, answered, and read."""
        at = self._answer_at(asked_at, index)
        found: list[Step] = []
        if first:
            at = max(at, asked_at + 40 * SECOND)
            taken_at = max(asked_at + 10 * SECOND, at - (1 + self.chance.below(6, "reads", self.number)) * MINUTE)
            found.append(Step(at=taken_at, what="takes", agent=self.agent, team=self.team))
            if self.kind == "review" and self.rating <= FEW_STARS and self.chance.below(4, "saw", self.number):
                found.append(Step(at=taken_at + 5 * SECOND, what="acknowledges", agent=self.agent))
            found += self._labels(taken_at + SECOND)
            at = max(at, max(one.at for one in found) + 5 * SECOND)
        draw = self.chance.below(1_000, "answer", self.number, index)
        text = answers.answer(self.kind, self.person.language, self.rating, draw)
        found.append(Step(at=at, what="answers", agent=self.agent, text=text, person=self.person, closes=last))
        if self.network in TELLS:
            read = 30 + self.chance.below(900, "read", self.number, index)
            found.append(Step(at=at + read * SECOND, what="reads", person=self.person))
        return found

    def _labels(self, at: int) -> list[Step]:
        found: list[Step] = []
        if self.topic:
            found.append(Step(at=at, what="tags", agent=self.agent, text=self.topic))
        if self.topic == "delivery" and local(at).date() - self.past.storm[0] < timedelta(days=4) and (
            local(at).date() >= self.past.storm[0]
        ):  # fmt: skip
            found.append(Step(at=at, what="tags", agent=self.agent, text=_STORM_TAG))
        if self.chance.below(9, "noted", self.number) == 0:
            note = answers.NOTES[self.chance.below(len(answers.NOTES), "note", self.number)]
            found.append(Step(at=at + 30 * SECOND, what="notes", agent=self.agent, text=note))
        if self.kind == "direct" and self.chance.below(35, "escalated", self.number) == 0:
            reason = answers.REASONS[self.chance.below(len(answers.REASONS), "reason", self.number)]
            found.append(Step(at=at + 40 * SECOND, what="escalates", agent=self.agent, text=reason))
            found.append(Step(at=at + 2 * MINUTE, what="acknowledges", agent="nadia"))
            found.append(Step(at=at + 4 * MINUTE, what="calms", agent="nadia"))
        return found
