"""What waits is given to somebody: by the house, by a person who takes the next one, and back when its owner is away.

Everything here is decided under the workspace lock on what is true at that moment, so that a person and any number of
routers never give one conversation to two, nor anybody more than he takes.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from inbox.clock import SECOND
from inbox.commands.roster import Roster, owners_before, roster
from inbox.domain import availability as rules
from inbox.domain import triage
from inbox.domain.events import SYSTEM
from inbox.domain.listing import Filter, of_saved, of_view
from inbox.domain.permissions import Principal, Scope, require
from inbox.domain.records import Conversation, View
from inbox.domain.routing import NO_TEAM, Choice
from inbox.domain.routing_records import Availability, TeamRouting
from inbox.domain.routing_rows import terms_of
from inbox.domain.state import Needs, State
from inbox.errors import Invalid, NotFound
from inbox.eventlog.directory import Directory
from inbox.eventlog.load import rows_of
from inbox.eventlog.unit import Priority, Unit
from inbox.storage import conversations, labels, rows
from inbox.storage import routing as stored
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query

SLICE = 20
"""Conversations that one transaction looks at."""
AT_ONCE = 200
"""Conversations of one agent that go back in one transaction."""
EVERYTHING = Scope(None, frozenset())


class Routed(msgspec.Struct, frozen=True):
    """What a slice came to. `after`: where the queue goes on; None at its end."""

    given: dict[int, int]
    """Conversation → its new owner."""
    moved: list[int]
    """Conversations that went to the overflow team."""
    after: list[int] | None


def queue_of(team_id: int) -> Filter:
    """Who waits in a team without an owner; `NO_TEAM`: in none. Nobody waits in what was imported."""
    return Filter(waiting=True, assignee="none", team_id=team_id if team_id != NO_TEAM else "none")


class Route(Unit):
    """The next slice of a team's queue, the longest waiting first: each to whom the team's terms choose, or to the
    overflow team when its time has come.
    """

    priority = Priority.NETWORK
    alone = True

    def __init__(self, team_id: int, *, directory: Directory, after: Sequence[int] | None = None) -> None:
        self.team_id = team_id
        self.directory = directory
        self.after = after

    def run(self, state: State) -> Query[Routed]:
        """Look again under the lock, then give out."""
        here = yield from roster(self.directory)
        terms = here.terms(self.team_id)
        if terms.mode == "off":
            return Routed({}, [], None)
        page = yield from conversations.page(
            queue_of(self.team_id), "waiting", EVERYTHING, now=state.now, limit=SLICE, after=self.after
        )
        yield from rows_of(state, page.ids)
        queue = [state.conversations[i] for i in page.ids]
        owners = yield from owners_before(queue, terms.sticky_days, state.now)
        given: dict[int, int] = {}
        moved: list[int] = []
        for conversation in queue:
            choice = Choice(None, "", ())
            if terms.pushes:
                choice = here.choose(conversation, conversation.team_id, owners.get(conversation.id), state.now)
            if choice.agent_id is None and _overflows(here, conversation, state.now):
                moved.append(conversation.id)
                triage.give_to_team(state, conversation, terms.overflow_team_id, SYSTEM)
                if here.terms(conversation.team_id).pushes:
                    choice = here.choose(conversation, conversation.team_id, None, state.now)
                choice = msgspec.structs.replace(choice, reason="overflow")
            if choice.agent_id is not None:
                triage.assign(state, conversation, choice.agent_id, SYSTEM, reason=choice.reason)
                here.gave(choice.agent_id, conversation, state.workspace.position)
                given[conversation.id] = choice.agent_id
        yield from keep(here)
        return Routed(given, moved, page.after)


def _overflows(here: Roster, conversation: Conversation, now: int) -> bool:
    terms = here.terms(conversation.team_id)
    if terms.overflow_team_id is None or terms.overflow_team_id not in here.directory.teams:
        return False
    return now - (conversation.waiting_since or now) >= terms.overflow_seconds * SECOND


def keep(here: Roster) -> Query[None]:
    """Write whose turn it was."""
    for agent_id in sorted(here.changed):
        yield from rows.change(here.availability[agent_id])


class Next(Unit):
    """The caller takes who waits longest without an owner, of what he sees; of a view or a team, where one is named.
    The result is the conversation's id. Raises NotFound (`nobody_waits`). Capacity does not matter: he asks for it.
    """

    alone = True

    def __init__(self, principal: Principal, view: str | None = None, team_id: int | None = None) -> None:
        require(principal, "triage")
        if principal.agent_id is None:
            raise Invalid("a token owns no conversations: ask as a person", code="agents_only")
        if view is not None and team_id is not None:
            raise Invalid("name a view or a team, not both", code="view")
        self.principal = principal
        self.agent_id = principal.agent_id
        self.view = view
        self.team_id = team_id

    def run(self, state: State) -> Query[int]:
        """Find it under the lock, and take it."""
        wanted = yield from self._wanted(state.now)
        page = yield from conversations.page(wanted, "waiting", self.principal.scope, now=state.now, limit=1)
        if not page.ids:
            raise NotFound("nobody waits without an owner here", code="nobody_waits")
        yield from rows_of(state, page.ids)
        conversation = state.conversations[page.ids[0]]
        triage.assign(state, conversation, self.agent_id, self.principal.actor, reason="next")
        own = yield from rows.one(Availability, self.agent_id)
        if own is not None:
            own.given = state.workspace.position
            yield from rows.change(own)
        return conversation.id

    def _wanted(self, now: int) -> Query[Filter]:
        found = Filter()
        if self.team_id is not None:
            found = Filter(team_id=self.team_id)
        elif self.view is not None and self.view.startswith("saved:"):
            found = yield from self._saved(self.view, now)
        elif self.view is not None:
            found, _ = of_view(self.view, self.agent_id, now)
        if found.status not in ("open", "any") or found.spam:
            raise Invalid(f"nobody waits in the view {self.view!r}: name one of open conversations", code="view")
        return msgspec.structs.replace(found, status="open", waiting=True, assignee="none", window_until=None)

    def _saved(self, key: str, now: int) -> Query[Filter]:
        known: list[View] = yield from labels.views_for(self.agent_id)
        view = next((one for one in known if f"saved:{one.id}" == key), None)
        if view is None:
            raise Invalid(f"there is no view {key!r}", code="view")
        found, _ = of_saved(msgspec.json.decode(view.filter, type=dict[str, str]), self.agent_id, now)
        return found


class ReturnWork(Unit):
    """Who waits for somebody who has been away for as long as the team says goes back to the team's queue; the rest is
    looked at again when its time comes. True while there may be more.
    """

    priority = Priority.NETWORK
    alone = True

    def __init__(self, agent_id: int) -> None:
        self.agent_id = agent_id

    def needs(self, needs: Needs) -> None:
        """The timer, to be set anew or dropped."""
        needs.due.add((stored.RETURN, self.agent_id))

    def run(self, state: State) -> Query[bool]:
        """Look again under the lock: he may be back."""
        state.drop_timer(stored.RETURN, self.agent_id)
        away = yield from rows.one(Availability, self.agent_id)
        if away is None or away.state in rules.WORKS:
            return False
        teams = {one.id: terms_of(one) for one in (yield from rows.every(TeamRouting))}
        waiting = yield from stored.wait_for(self.agent_id, AT_ONCE)
        due: list[int] = []
        later: list[int] = []
        for conversation_id, team_id, since in waiting:
            seconds = teams[team_id or NO_TEAM].return_seconds if (team_id or NO_TEAM) in teams else None
            if seconds is None:
                continue
            at = max(away.since_at, since) + seconds * SECOND
            if at <= state.now:
                due.append(conversation_id)
            else:
                later.append(at)
        yield from rows_of(state, due)
        for conversation_id in due:
            triage.assign(state, state.conversations[conversation_id], None, SYSTEM, reason="returned")
        if len(waiting) == AT_ONCE and due:
            later.append(state.now)
        if later:
            state.set_timer(stored.RETURN, self.agent_id, min(later))
        return bool(due)


class Explained(msgspec.Struct, frozen=True):
    """What would be decided about a conversation now, and of which team's terms that is."""

    mode: str
    team_id: int | None
    choice: Choice


def explained(conversation: Conversation, directory: Directory, now: int) -> Query[Explained]:
    """Whom the house would give it to at this moment, and why nobody else."""
    here = yield from roster(directory)
    terms = here.terms(conversation.team_id)
    owners = yield from owners_before([conversation], terms.sticky_days, now)
    choice = here.choose(conversation, conversation.team_id, owners.get(conversation.id), now)
    return Explained(terms.mode, conversation.team_id, choice)


def wants_routing(team_id: int, directory: Directory, now: int) -> Query[bool]:
    """Whether a slice of this queue could come to anything: somebody waits, and somebody has room or it overflows."""
    page = yield from conversations.page(queue_of(team_id), "waiting", EVERYTHING, now=now, limit=1)
    if not page.ids:
        return False
    here = yield from roster(directory)
    terms = here.terms(team_id)
    if terms.pushes and here.has_room(team_id if team_id != NO_TEAM else None):
        return True
    oldest = yield from one_conversation(page.ids[0])
    return oldest is not None and terms.mode != "off" and _overflows(here, oldest, now)


def one_conversation(conversation_id: int) -> Query[Conversation | None]:
    """A conversation, without what its row shows beside."""
    found = yield ByKeys(t.conversation, [conversation_id])
    return Conversation(*found[0]) if found else None
