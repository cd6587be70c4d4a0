"""Counts that need a query: asked once for all sockets to whom the answer is the same, and again only when it may have
become another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from inbox.clock import SECOND
from inbox.domain import events as e
from inbox.domain.conditions import fields_of
from inbox.domain.listing import Filter, Order, of_saved, of_view
from inbox.domain.permissions import Scope
from inbox.domain.records import View
from inbox.errors import Invalid
from inbox.storage import conversations
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Database, Query

COUNTED_AT_MOST = 1_000
DRIFT = 10 * SECOND
"""So old may an answer be that becomes another without an event."""
_AGES = frozenset({"waiting_seconds", "age_seconds", "idle_seconds"})
_SAVED = "saved:"


class Question(msgspec.Struct, frozen=True):
    """What is counted, and for what scope. Equal ones have the same answer: an instant in it is one after now."""

    wanted: Filter
    order: Order
    scope: Scope

    @property
    def drifts(self) -> bool:
        """Whether time alone makes the answer another; or a mark, which is in no log, and may be told of late."""
        wanted = self.wanted
        of_time = wanted.window_until is not None or wanted.target is not None
        of_marks = wanted.starred_id is not None or wanted.follower_id is not None
        aged = wanted.condition is not None and not _AGES.isdisjoint(fields_of(wanted.condition))
        return of_time or of_marks or aged

    def count(self, now: int) -> Query[int | None]:
        """How many there are; None: more than `COUNTED_AT_MOST`."""
        wanted = self.wanted
        if wanted.window_until is not None:
            wanted = msgspec.structs.replace(wanted, window_until=now + wanted.window_until)
        page = yield from conversations.page(wanted, self.order, self.scope, now=now, limit=COUNTED_AT_MOST)
        return len(page.ids) if page.after is None else None


def question_of(key: str, saved: Mapping[str, View], scope: Scope, agent_id: int | None) -> Question:
    """The question behind a view's key. Raises Invalid (`view`) where the agent has no such view."""
    if key.startswith(_SAVED):
        view = saved.get(key)
        if view is None or (view.scope == "mine" and view.owner_id != agent_id):
            raise Invalid(f"there is no view {key!r}", code="view")
        wanted, order = of_saved(msgspec.json.decode(view.filter, type=dict[str, str]), agent_id, 0)
    else:
        wanted, order = of_view(key, agent_id, 0)
    teams = frozenset[int]() if scope.channels is None else scope.teams
    return Question(wanted, order, Scope(scope.channels, teams))


class _Answer(msgspec.Struct, frozen=True):
    count: int | None
    heard: int
    at: int


class Asked:
    """Remembers the answers that sockets still show."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self.database = database
        self.now = now
        self._answers: dict[Question, _Answer] = {}
        self._views: dict[str, View] = {}
        self._looked: set[str] = set()
        """Keys of saved views that were looked for, found or not."""
        self._heard = 0

    def heard(self, event: e.AnyEvent | None = None) -> None:
        """Something happened that may have changed counts; without an event an agent's own mark."""
        self._heard += 1
        if isinstance(event, e.SettingChanged) and event.object == "view":
            self._views, self._looked = {}, set()

    async def counts(self, shown: Iterable[tuple[Scope, int | None, Iterable[str]]]) -> list[dict[str, int | None]]:
        """The counts of each (scope, agent, view keys), in their order; 0 where there is no such view."""
        shown = [(scope, agent_id, sorted(keys)) for scope, agent_id, keys in shown]
        saved = await self._saved(key for _, _, keys in shown for key in keys)
        asked: dict[Question, int | None] = {}
        answers = []
        for scope, agent_id, keys in shown:
            counts: dict[str, int | None] = {}
            for key in keys:
                try:
                    question = question_of(key, saved, scope, agent_id)
                    if question not in asked:
                        asked[question] = await self._answer(question)
                    counts[key] = asked[question]
                except Invalid:  # a view that was removed, or never was: nobody else has to miss his counts
                    counts[key] = 0
            answers.append(counts)
        self._answers = {question: known for question, known in self._answers.items() if question in asked}
        return answers

    async def _answer(self, question: Question) -> int | None:
        known, now = self._answers.get(question), self.now()
        if known is not None and known.heard == self._heard and not (question.drifts and now - known.at >= DRIFT):
            return known.count
        heard = self._heard  # as it was before: what happens while we ask may not be in the answer
        count = await self.database.read(question.count, now)
        self._answers[question] = _Answer(count, heard, now)
        return count

    async def _saved(self, keys: Iterable[str]) -> Mapping[str, View]:
        views, looked = self._views, self._looked  # those of before, should they be forgotten while we read
        missing = {key for key in keys if key.startswith(_SAVED)} - looked
        ids = [int(key.removeprefix(_SAVED)) for key in missing if key.removeprefix(_SAVED).isdecimal()]
        if ids:
            found = await self.database.read(_views, sorted(ids))
            views.update({f"{_SAVED}{view.id}": view for view in found})
        looked |= missing
        return views


def _views(ids: list[int]) -> Query[list[View]]:
    return [View(*row) for row in (yield ByKeys(t.view, ids))]
