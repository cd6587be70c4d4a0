"""Macros, notices and the rules of the desk as the outside sees them."""

from __future__ import annotations

import msgspec

from inbox.clock import iso, iso_or_none
from inbox.domain.desk_records import Macro, Notice
from inbox.domain.desk_rules import Rules
from inbox.domain.desk_shapes import ApprovalsShape, ClosingShape, DeskRulesShape, MacroShape, NoticeShape
from inbox.domain.macros import steps_of
from inbox.eventlog.show import text_id

_LISTS = ("tags_on", "tags_off")
_IDS = ("canned_id", "team", "assignee")


def macro_shape(macro: Macro) -> MacroShape:
    """A macro; ids are strings."""
    steps = msgspec.to_builtins(steps_of(macro))
    steps |= {name: [str(one) for one in steps[name]] for name in _LISTS if name in steps}
    steps |= {name: str(steps[name]) for name in _IDS if name in steps}
    return MacroShape(
        id=str(macro.id),
        name=macro.name,
        shortcut=macro.shortcut,
        scope=macro.scope,  # type: ignore[arg-type]
        owner_id=text_id(macro.owner_id),
        team_id=text_id(macro.team_id),
        steps=steps,
        version=macro.version,
    )


def notice_shape(notice: Notice) -> NoticeShape:
    """A notice."""
    return NoticeShape(
        id=str(notice.id),
        title=notice.title,
        text=notice.text,
        canned_id=text_id(notice.canned_id),
        filter=msgspec.json.decode(notice.filter),
        until=iso_or_none(notice.until),
        created_by=text_id(notice.created_by),
        created_at=iso(notice.created_at),
        version=notice.version,
    )


def rules_shape(rules: Rules) -> DeskRulesShape:
    """What holds for the whole desk."""
    closing, approvals = rules.closing, rules.approvals
    return DeskRulesShape(
        closing=ClosingShape(
            needs_tag=closing.needs_tag,
            tag_ids=[str(one) for one in closing.tag_ids],
            needs_assignee=closing.needs_assignee,
            fields=list(closing.fields),
            kinds=list(closing.kinds),
        ),
        approvals=ApprovalsShape(
            agent_ids=[str(one) for one in approvals.agent_ids],
            channel_ids=[str(one) for one in approvals.channel_ids],
            stars=approvals.stars,
        ),
        version=rules.version,
    )
