"""Checklists of reviews of work: made, changed, removed."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from inbox.commands.versions import check_version, found
from inbox.domain import events as e
from inbox.domain.permissions import Principal, require
from inbox.domain.state import State
from inbox.domain.work_review_records import Checklist
from inbox.domain.work_reviews import written_questions
from inbox.errors import Conflict
from inbox.eventlog.unit import Unit
from inbox.storage import rows
from inbox.storage.database import Query

MOST = 50


class PutChecklist(Unit):
    """Make a checklist (id None), or change one: only what is given. Reviews made with it stay as they are."""

    alone = True

    def __init__(
        self, principal: Principal, checklist_id: int | None, *, name: str | None = None,
        questions: Sequence[str] | None = None, version: int | None = None,
    ) -> None:  # fmt: skip
        require(principal, "settings")
        self.principal = principal
        self.checklist_id = checklist_id
        self.fields = {} if name is None else {"name": name}
        if questions is not None:
            self.fields["questions"] = written_questions(questions)
        self.version = version

    def run(self, state: State) -> Query[Checklist]:
        """Write it. Raises Conflict (`too_many`), NotFound, Stale."""
        if self.checklist_id is None:
            if len((yield from rows.every(Checklist))) >= MOST:
                raise Conflict(f"there are {MOST} checklists already: remove one", code="too_many")
            made = Checklist(id=state.next_id(), created_at=state.now, version=1, **self.fields)
            yield from rows.add(made)
        else:
            before = yield from found(Checklist, self.checklist_id)
            check_version(before.version, self.version, f"the checklist {before.name!r}")
            made = structs.replace(before, version=before.version + 1, **self.fields)
            yield from rows.change(made)
        state.emit(e.SettingChanged(object="checklist", id=made.id), self.principal.actor)
        return made


class RemoveChecklist(Unit):
    """A checklist is no more. Reviews that were made with it keep their questions."""

    alone = True

    def __init__(self, principal: Principal, checklist_id: int, version: int | None) -> None:
        require(principal, "settings")
        self.principal = principal
        self.checklist_id = checklist_id
        self.version = version

    def run(self, state: State) -> Query[None]:
        """Delete it."""
        known = yield from found(Checklist, self.checklist_id)
        check_version(known.version, self.version, f"the checklist {known.name!r}")
        yield from rows.remove(Checklist, known.id)
        state.emit(e.SettingChanged(object="checklist", id=known.id, removed=True), self.principal.actor)
