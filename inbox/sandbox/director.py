"""Who acts next: life at a calm pace, after the month that `history` tells.

Deterministic: what is said depends on the seed and on how many turns each person has played, which the journal knows;
chance is drawn from a hash, so that a restart changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from connectors.contract import CustomerAction
from inbox.clock import MINUTE
from inbox.sandbox.cast import Person, Turn, turn, turns_before

PATIENCE = 4 * MINUTE
GIVES_UP = 3 * PATIENCE
"""After so long without an answer a person turns to something else."""
MOST_WAITING = 40

Side = Literal["", "us", "them"]


class Cue(msgspec.Struct, frozen=True):
    """Somebody acts on a network."""

    network: str
    action: CustomerAction
    """Without the id of the message it is done to: that is the newest when it is carried out."""
    at: int
    turn: int | None
    """Which turn of the person's script this is; None: none, somebody at the page acts as him."""


class Look(msgspec.Struct, frozen=True):
    """What a person sees of his newest thread: who spoke last, and when he last did anything."""

    thread_id: str = ""
    last: Side = ""
    acted_at: int = 0


class Director:
    """Knows the script; knows nothing of networks but the names of those that people are on."""

    def __init__(self, seed: int, people: Iterable[Person], networks: Sequence[str]) -> None:
        """People of networks that are not simulated stay at home."""
        self.seed = seed
        self.people = [person for person in people if person.network in networks]

    def next(
        self, now: int, played: Mapping[str, int], look: Callable[[Person], Look], waiting: int, drawn: int
    ) -> Cue | None:
        """The next cue, or None when nobody has reason to act. `drawn`: how many were given before."""
        ready: dict[str, list[Cue]] = {"soon": [], "answered": [], "unanswered": [], "open": []}
        for person in self.people:
            seen = look(person)
            index, found, story = self._turn_of(person, played.get(person.key, 0), seen, now)
            if _is_time(found, seen, now):
                ready[found.when].append(self._cue(person, found, index, story, seen, now))
        if waiting >= MOST_WAITING:
            ready["open"] = []
        for when in ("soon", *self._preference(drawn)):
            if ready[when]:
                return ready[when][self._draw("who", drawn) % len(ready[when])]
        return None

    def _turn_of(self, person: Person, played: int, seen: Look, now: int) -> tuple[int, Turn, int]:
        """The turn at hand: no reminder after an answer, and another story when the answer does not come."""
        found, story = turn(self.seed, person, played)
        if found.when == "unanswered" and seen.last == "us":
            played += 1
        elif found.when == "answered" and seen.last == "them" and now - seen.acted_at > GIVES_UP:
            played = turns_before(self.seed, person, story + 1)
        return played, *turn(self.seed, person, played)

    def _preference(self, drawn: int) -> tuple[str, ...]:
        """Mostly talks go on; one cue in three begins something new."""
        if self._draw("what", drawn) % 3 == 0:
            return "open", "answered", "unanswered"
        return "answered", "unanswered", "open"

    def _cue(self, person: Person, found: Turn, index: int, story: int, seen: Look, at: int) -> Cue:
        action = CustomerAction(
            do="restar" if found.do == "review" and found.when == "answered" else found.do,
            person=person.key,
            name=person.name,
            thread_id=self._thread(person, found, story, seen),
            text="" if found.do == "react" else found.text,
            emoji=found.text if found.do == "react" else "",
            rating=found.rating,
        )
        return Cue(person.network, action, at, index)

    def _thread(self, person: Person, found: Turn, story: int, seen: Look) -> str:
        """Where a turn is played: a story has a thread of its own where the network gives one."""
        if person.kind == "comment":
            return f"comment-{person.key}-{story}"
        if person.kind == "review":
            return f"review-{person.key}-{story}"
        if person.network == "email" and found.when == "open":
            return f"story-{story}"
        return seen.thread_id if person.network == "email" else ""

    def _draw(self, *of: object) -> int:
        return int.from_bytes(hashlib.sha256(f"{self.seed}:{of}".encode()).digest()[:6])


def _is_time(found: Turn, seen: Look, now: int) -> bool:
    """Whether a turn can be played: after our answer, after waiting for one in vain, or after a pause."""
    match found.when:
        case "answered":
            return seen.last == "us"
        case "unanswered":
            return seen.last == "them" and now - seen.acted_at > PATIENCE
        case "soon":
            return True
        case "open":
            return now - seen.acted_at > PATIENCE
