"""Availability: said by a person or his supervisor, and what follows from coming, going and falling silent."""

from __future__ import annotations

from collections.abc import Sequence

from inbox.clock import SECOND
from inbox.commands.versions import found
from inbox.domain import availability as rules
from inbox.domain import events as e
from inbox.domain.permissions import Principal, require
from inbox.domain.records import Agent
from inbox.domain.routing_events import State as Availabilities
from inbox.domain.routing_records import Availability, House, TeamRouting
from inbox.domain.routing_rows import attendance_of, terms_of
from inbox.domain.state import State
from inbox.errors import Forbidden, Invalid
from inbox.eventlog.unit import Priority, Unit
from inbox.storage import routing as stored
from inbox.storage import rows
from inbox.storage.database import Query


class SetAvailability(Unit):
    """An agent says whether he takes work, or his supervisor says it for him."""

    alone = True

    def __init__(
        self, principal: Principal, agent_id: int, state: Availabilities, reason_id: int | None = None
    ) -> None:
        require(principal, "triage")
        if principal.agent_id != agent_id and "settings" not in principal.may:
            raise Forbidden(f"{principal.name} may not say whether somebody else takes work: ask a supervisor")
        self.principal = principal
        self.agent_id = agent_id
        self.state = state
        self.reason_id = reason_id

    def run(self, state: State) -> Query[Availability]:
        """Write it. Raises NotFound, and Invalid (`reason_id`)."""
        agent = yield from found(Agent, self.agent_id)
        if not agent.active or agent.role == "observer":
            raise Invalid(f"{agent.name} takes no work: observers read, and who was let go is not here", code="agent")
        if self.reason_id is not None:
            known = attendance_of((yield from rows.one(House, 1))).reasons
            if self.reason_id not in {one.id for one in known}:
                raise Invalid(f"there is no reason {self.reason_id}", code="reason_id")
        before = yield from rows.one(Availability, self.agent_id)
        start = before or rules.never_seen(self.agent_id, state.now)
        after = rules.said(start, self.state, self.reason_id, state.now)
        if self.principal.agent_id == self.agent_id:
            after.seen_at = state.now
        yield from became(state, before, after, self.principal.actor)
        return after


class Here(Unit):
    """These have a socket now: told again and again while they do."""

    priority = Priority.NETWORK
    alone = True

    def __init__(self, agent_ids: Sequence[int]) -> None:
        self.agent_ids = sorted(agent_ids)

    def run(self, state: State) -> Query[list[int]]:
        """Note it. The result is who became available by it."""
        known = {one.id: one for one in (yield from rows.every(Availability))}
        came: list[int] = []
        for agent_id in self.agent_ids:
            before = known.get(agent_id)
            after = rules.here(before or rules.never_seen(agent_id, state.now), state.now)
            if before is None or before.state != after.state:
                came.append(agent_id)
                yield from became(state, before, after, e.SYSTEM)
        yield from stored.seen(self.agent_ids, state.now)
        return came


class Silent(Unit):
    """Whoever has had no socket for a while is away, later offline."""

    priority = Priority.BULK
    alone = True

    def run(self, state: State) -> Query[int]:
        """Look under the lock: they may be back. The result is how many there were."""
        seconds = attendance_of((yield from rows.one(House, 1))).away_seconds
        quiet = yield from fallen_silent(seconds, state.now)
        for before in quiet:
            yield from became(state, before, rules.silent(before, state.now, seconds), e.SYSTEM)
        return len(quiet)


def fallen_silent(away_seconds: int, now: int) -> Query[list[Availability]]:
    """Those whose silence is not known yet."""
    long = max(away_seconds, rules.OFFLINE_AFTER_SECONDS)
    return (yield from stored.silent(now - away_seconds * SECOND, now - long * SECOND))


def became(state: State, before: Availability | None, after: Availability, actor: e.Actor) -> Query[None]:
    """Write the row; where something changed that others see, say so, and start or stop the clock of his work."""
    if before is None:
        yield from rows.add(after)
    else:
        yield from rows.change(after)
    was: Availabilities = before.state if before is not None else "offline"  # type: ignore[assignment]
    if before is not None and (was, before.reason_id) == (after.state, after.reason_id):
        return
    state.emit(
        e.AvailabilityChanged(
            agent_id=after.id,
            before=was,
            state=after.state,  # type: ignore[arg-type]
            reason_id=after.reason_id,
            automatic=bool(after.automatic),
        ),
        actor,
    )
    if after.state in rules.WORKS:
        state.drop_timer(stored.RETURN, after.id)
    elif was in rules.WORKS:
        terms = [terms_of(one) for one in (yield from rows.every(TeamRouting))]
        soonest = min((one.return_seconds for one in terms if one.return_seconds is not None), default=None)
        if soonest is not None:
            state.set_timer(stored.RETURN, after.id, state.now + soonest * SECOND)
