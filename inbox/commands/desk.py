"""Notices that stand above matching conversations, and the rules of the desk: made, changed, removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import structs

from inbox.commands.versions import check_version, found
from inbox.domain import events as e
from inbox.domain.desk_records import DeskRules, Notice
from inbox.domain.desk_rules import Approvals, Closing, without_field
from inbox.domain.permissions import Principal, require
from inbox.domain.state import State
from inbox.errors import Invalid
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Unit
from inbox.storage import people, rows
from inbox.storage.database import Query

THE_RULES = 1
"""Id of the one row."""
_encode = msgspec.json.Encoder().encode


class PutNotice(Unit):
    """Make a notice (id None), or change one; on a change only what is given."""

    alone = True

    def __init__(
        self, principal: Principal, notice_id: int | None, values: Mapping[str, Any], *, directory: Directory,
        version: int | None = None,
    ) -> None:  # fmt: skip
        require(principal, "settings")
        canned_id = values.get("canned_id")
        if canned_id is not None and canned_id not in directory.canned:
            raise Invalid(f"there is no canned answer {canned_id}", code="canned_id")
        self.principal = principal
        self.notice_id = notice_id
        self.values = dict(values)
        self.version = version

    def run(self, state: State) -> Query[Notice]:
        """Write it."""
        if self.notice_id is None:
            notice = Notice(
                id=state.next_id(), created_by=self.principal.agent_id, created_at=state.now, version=1, **self.values
            )
            yield from rows.add(notice)
        else:
            before = yield from found(Notice, self.notice_id)
            check_version(before.version, self.version, f"the notice {before.title!r}")
            notice = structs.replace(before, version=before.version + 1, **self.values)
            yield from rows.change(notice)
        state.emit(e.SettingChanged(object="notice", id=notice.id), self.principal.actor)
        return notice


class RemoveNotice(Unit):
    """A notice is no more."""

    alone = True

    def __init__(self, principal: Principal, notice_id: int, version: int | None) -> None:
        require(principal, "settings")
        self.principal = principal
        self.notice_id = notice_id
        self.version = version

    def run(self, state: State) -> Query[None]:
        """Delete it."""
        notice = yield from found(Notice, self.notice_id)
        check_version(notice.version, self.version, f"the notice {notice.title!r}")
        yield from rows.remove(Notice, notice.id)
        state.emit(e.SettingChanged(object="notice", id=notice.id, removed=True), self.principal.actor)


class PutDeskRules(Unit):
    """Say what closing asks for, and whose answers need a yes. None: stays as it is."""

    alone = True

    def __init__(
        self, principal: Principal, closing: Closing | None, approvals: Approvals | None, *, directory: Directory,
        version: int | None,
    ) -> None:  # fmt: skip
        require(principal, "settings")
        self._check(closing, approvals, directory)
        self.principal = principal
        self.closing = closing
        self.approvals = approvals
        self.version = version

    def run(self, state: State) -> Query[DeskRules]:
        """Write the one row."""
        before = yield from rows.one(DeskRules, THE_RULES)
        check_version(before.version if before is not None else 0, self.version, "the rules of the desk")
        yield from self._check_fields()
        kept = before or DeskRules(THE_RULES, _text(Closing()), _text(Approvals()), 0)
        now = structs.replace(
            kept,
            closing=kept.closing if self.closing is None else _text(self.closing),
            approval=kept.approval if self.approvals is None else _text(self.approvals),
            version=kept.version + 1,
        )
        if before is None:
            yield from rows.add(now)
        else:
            yield from rows.change(now)
        state.emit(e.SettingChanged(object="desk_rules", id=THE_RULES), self.principal.actor)
        return now

    def _check_fields(self) -> Query[None]:
        wanted = self.closing.fields if self.closing is not None else ()
        known = {field.key for field in (yield from people.fields("conversation"))} if wanted else set()
        for key in wanted:
            if key not in known:
                raise Invalid(f"conversations have no own field {key!r}: make it first", code="fields")

    def _check(self, closing: Closing | None, approvals: Approvals | None, directory: Directory) -> None:
        for name, ids, known in (
            ("tag", closing.tag_ids if closing is not None else (), directory.tags.keys()),
            ("agent", approvals.agent_ids if approvals is not None else (), directory.agents.keys()),
            ("channel", approvals.channel_ids if approvals is not None else (), directory.channels.keys()),
        ):
            unknown = set(ids) - known
            if unknown:
                raise Invalid(f"there is no {name} {min(unknown)}", code=f"{name}_ids")


def ask_no_more(state: State, key: str, actor: e.Actor) -> Query[None]:
    """An own field of conversations is no more: closing does not ask for it."""
    before = yield from rows.one(DeskRules, THE_RULES)
    closing = without_field(before.closing, key) if before is not None else None
    if before is None or closing is None:
        return
    yield from rows.change(structs.replace(before, closing=closing, version=before.version + 1))
    state.emit(e.SettingChanged(object="desk_rules", id=THE_RULES), actor)


def _text(rules: Closing | Approvals) -> str:
    return _encode(rules).decode()
