"""Tags, saved views and canned answers: made, changed, removed."""

from __future__ import annotations

from typing import Any

import msgspec

from inbox.commands.versions import check_version, found
from inbox.domain import events as e
from inbox.domain.permissions import Principal, require
from inbox.domain.records import Canned, Tag, Team, View
from inbox.domain.state import State
from inbox.errors import Conflict, Forbidden, Invalid, NotFound
from inbox.eventlog.unit import Unit
from inbox.storage import labels, rows
from inbox.storage.database import Query


class _Change(Unit):
    """A change of a settings object. `values` are its fields; on a change only those given."""

    alone = True

    def __init__(
        self, principal: Principal, object_id: int | None, values: dict[str, Any], version: int | None = None
    ) -> None:
        self.principal = principal
        self.object_id = object_id
        self.values = values
        self.version = version


class PutTag(_Change):
    """Make a tag (object id None), or change one: `name`, `colour`. Names are unique: Conflict (`name_taken`)."""

    def run(self, state: State) -> Query[Tag]:
        """Write it."""
        require(self.principal, "settings")
        name = self.values.get("name")
        if name is not None:
            other = yield from labels.tag_by_name(name)
            if other is not None and other.id != self.object_id:
                raise Conflict(f"there is a tag {name!r} already", code="name_taken")
        if self.object_id is None:
            tag = Tag(state.next_id(), self.values["name"], self.values["colour"], state.now)
            yield from rows.add(tag)
        else:
            tag = yield from found(Tag, self.object_id)
            tag = msgspec.structs.replace(tag, **self.values)
            yield from rows.change(tag)
        state.emit(e.SettingChanged(object="tag", id=tag.id), self.principal.actor)
        return tag


class RemoveTag(_Change):
    """A tag is no more. It was taken off its conversations before (`commands.release`)."""

    def run(self, state: State) -> Query[None]:
        """Delete it."""
        require(self.principal, "settings")
        tag = yield from found(Tag, self.object_id or 0)
        yield from rows.remove(Tag, tag.id)
        state.emit(e.SettingChanged(object="tag", id=tag.id, removed=True), self.principal.actor)


class PutCanned(_Change):
    """Make a canned answer, or change one: `shortcut` (unique: Conflict `name_taken`), `name`, `text`, `language`,
    `ends_wait`.
    """

    def run(self, state: State) -> Query[Canned]:
        """Write it."""
        require(self.principal, "settings")
        shortcut = self.values.get("shortcut")
        if shortcut is not None:
            other = yield from labels.canned_by_shortcut(shortcut)
            if other is not None and other.id != self.object_id:
                raise Conflict(f"the shortcut {shortcut!r} is taken by {other.name!r}", code="name_taken")
        if self.object_id is None:
            canned = Canned(id=state.next_id(), created_at=state.now, version=1, **self.values)
            yield from rows.add(canned)
        else:
            canned = yield from found(Canned, self.object_id)
            check_version(canned.version, self.version, f"the canned answer {canned.name!r}")
            canned = msgspec.structs.replace(canned, version=canned.version + 1, **self.values)
            yield from rows.change(canned)
        state.emit(e.SettingChanged(object="canned", id=canned.id), self.principal.actor)
        return canned


class RemoveCanned(_Change):
    """A canned answer is no more."""

    def run(self, state: State) -> Query[None]:
        """Delete it."""
        require(self.principal, "settings")
        canned = yield from found(Canned, self.object_id or 0)
        check_version(canned.version, self.version, f"the canned answer {canned.name!r}")
        yield from rows.remove(Canned, canned.id)
        state.emit(e.SettingChanged(object="canned", id=canned.id, removed=True), self.principal.actor)


class PutView(_Change):
    """Save a filter, or change a saved one: `name`, `scope` (mine, team, all), `team_id`, `filter`, `sort`.

    One's own views are everybody's to make; views of a team or for all need `settings`.
    """

    def run(self, state: State) -> Query[View]:
        """Write it."""
        if self.object_id is None:
            view = View(
                id=state.next_id(), owner_id=self.principal.agent_id, created_at=state.now, version=1, **self.values
            )
            self._may(view)
            yield from _check_team(view)
            yield from rows.add(view)
        else:
            before = yield from found(View, self.object_id)
            self._may(before)
            check_version(before.version, self.version, f"the view {before.name!r}")
            view = msgspec.structs.replace(before, version=before.version + 1, **self.values)
            self._may(view)
            yield from _check_team(view)
            yield from rows.change(view)
            if audience_of_view(before) != audience_of_view(view) != e.EVERYONE:
                # Kept to oneself: it is gone for all others, and for its owner until the next event.
                state.emit(removed(view), self.principal.actor, audience=audience_of_view(before))
        state.emit(e.SettingChanged(object="view", id=view.id), self.principal.actor, audience=audience_of_view(view))
        return view

    def _may(self, view: View) -> None:
        may_change_view(self.principal, view)


class RemoveView(_Change):
    """A saved filter is no more."""

    def run(self, state: State) -> Query[None]:
        """Delete it."""
        view = yield from found(View, self.object_id or 0)
        may_change_view(self.principal, view)
        check_version(view.version, self.version, f"the view {view.name!r}")
        yield from rows.remove(View, view.id)
        state.emit(removed(view), self.principal.actor, audience=audience_of_view(view))


def _check_team(view: View) -> Query[None]:
    """Raise Invalid (`team_id`) for a view of a team that is not named, or that there is not."""
    if view.scope == "team" and (view.team_id is None or (yield from rows.one(Team, view.team_id)) is None):
        said = f"team_id {view.team_id}: name the team that the view is for, as GET teams lists them"
        raise Invalid(said, code="team_id", errors=[{"pointer": "/team_id", "message": said}])


def removed(view: View) -> e.SettingChanged:
    """That a view is no more, for those who are told."""
    return e.SettingChanged(object="view", id=view.id, removed=True)


def audience_of_view(view: View) -> e.Audience:
    """Who sees a view: its owner, or everyone (the views of a team are seen by all who choose the team)."""
    return e.Audience(agent_id=view.owner_id) if view.scope == "mine" else e.EVERYONE


def may_change_view(principal: Principal, view: View) -> None:
    """Raise NotFound for somebody else's own view, Forbidden for a shared one without the right."""
    if view.scope != "mine":
        require(principal, "settings")
    elif principal.agent_id is None:
        raise Forbidden("a token has no views of its own: give the view the scope team or all")
    elif view.owner_id is None or view.owner_id != principal.agent_id:
        raise NotFound(f"you have no view {view.id}")
