"""Rules, their runs and what they hid as the outside sees them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from inbox import clock
from inbox.clock import MINUTE, iso, iso_or_none
from inbox.domain import events as e
from inbox.domain import rules as r
from inbox.domain.dry_run_shapes import DryResult, DryRunShape
from inbox.domain.rule_records import Appeal, DryRun, Rule, RuleRun
from inbox.domain.rule_shapes import (
    ActionCounts,
    AppealShape,
    DeedShape,
    RuleCounts,
    RuleCountShape,
    RuleRunShape,
    RuleShape,
)
from inbox.eventlog.directory import Directory
from inbox.storage.database import Row

LOST_AFTER = MINUTE
_result = msgspec.json.Decoder(DryResult).decode


def rule_shape(rule: Rule) -> RuleShape:
    """What it says now."""
    says = r.saying(rule)
    return RuleShape(
        id=str(rule.id),
        name=rule.name,
        place=rule.place,
        active=bool(rule.active),
        trigger=outside(says.trigger),
        condition=says.condition,
        actions=[outside(one) for one in says.actions],
        stop=says.stop,
        also_late=says.also_late,
        hour_cap=says.hour_cap,
        after_rules=says.after_rules,
        rule_version=says.version,
        valid_from=iso(says.valid_from),
        paused_until=iso_or_none(rule.paused_until),
        created_at=iso(rule.created_at),
        version=rule.version,
    )


def outside(part: r.Trigger | r.Action) -> dict[str, Any]:
    """A trigger or an action with its ids as strings."""
    made: dict[str, Any] = msgspec.to_builtins(part)
    for name, value in made.items():
        if name.endswith("_id") and value is not None:
            made[name] = str(value)
        elif name.endswith("_ids"):
            made[name] = [str(one) for one in value]
    return made


def run_shape(run: RuleRun, number: int, name: str, directory: Directory) -> RuleRunShape:
    """What a rule did, and what became of it. `number`: the conversation's."""
    # Undoing goes backwards, and leaves out what was refused.
    left = list(r.undone_of(run))[::-1]
    deeds = []
    for deed in r.deeds_of(run):
        undone = left.pop(0) if left and not deed.refused else None
        deeds.append(
            DeedShape(
                do=deed.do, refused=deed.refused, changed=bool(deed.ids) or deed.after is not None,
                undone=undone.undone if undone is not None else None, why=undone.why if undone is not None else "",
            )
        )  # fmt: skip
    by = e.Actor(run.undone_by_kind, run.undone_by_id) if run.undone_by_kind else None  # type: ignore[arg-type]
    return RuleRunShape(
        id=str(run.id),
        rule_id=str(run.rule_id),
        rule_name=rule_name(run.rule_id, directory),
        rule_version=run.rule_version,
        conversation_id=str(run.conversation_id),
        conversation_number=number,
        contact_name=name,
        message_id=None if run.message_id is None else str(run.message_id),
        trigger=run.trigger,
        position=run.position,
        depth=run.depth,
        at=iso(run.at),
        deeds=deeds,
        undone_at=iso_or_none(run.undone_at),
        undone_by=directory.name_of(by) if by is not None else "",
    )


def rule_name(rule_id: int, directory: Directory) -> str:
    """The name of a rule, removed ones too."""
    rule = directory.rules.get(rule_id)
    return rule.name if rule is not None else ""


def appeal_shape(appeal: Appeal, text: str, directory: Directory) -> AppealShape:
    """What a rule hid, with its words."""
    return AppealShape(
        message_id=str(appeal.message_id), conversation_id=str(appeal.conversation_id), rule_id=str(appeal.rule_id),
        rule_name=rule_name(appeal.rule_id, directory), run_id=str(appeal.run_id), at=iso(appeal.at), text=text,
    )  # fmt: skip


def figures(row: Row) -> RuleCounts:
    """The figures of a line of the report."""
    runs, undone, refused, conversations = row
    return RuleCounts(runs=int(runs), undone=int(undone), refused=int(refused), conversations=int(conversations))


def count_shape(
    row: Row, directory: Directory, actions: list[ActionCounts], previous: RuleCounts | None = None
) -> RuleCountShape:
    """A line of the report."""
    said = msgspec.structs.asdict(figures(row[1:]))
    name = rule_name(row[0], directory)
    return RuleCountShape(rule_id=str(row[0]), rule_name=name, actions=actions, previous=previous, **said)


def action_counts(found: Iterable[Mapping[str, Sequence[int]]]) -> list[ActionCounts]:
    """What became of actions, those of several rules added up; what was done most first."""
    sums: dict[str, list[int]] = {}
    for actions in found:
        for do, counts in actions.items():
            sums[do] = [one + more for one, more in zip(sums.get(do, (0, 0, 0, 0)), counts, strict=True)]
    ordered = sorted(sums.items(), key=lambda item: (-item[1][0], item[0]))
    return [
        ActionCounts(do=do, done=done, unchanged=unchanged, refused=refused, undone=undone)
        for do, (done, unchanged, refused, undone) in ordered
    ]


def dry_run_shape(run: DryRun) -> DryRunShape:
    """A dry run as it stands; one of which nothing was heard for a while ended with its process."""
    lost = run.state == "running" and clock.now() - run.updated_at > LOST_AFTER
    return DryRunShape(
        id=str(run.id), state="failed" if lost else run.state, progress=run.share / 1000, checked=run.checked,
        days=run.days,
        result=_result(run.result), started_at=iso(run.created_at), updated_at=iso(run.updated_at),
    )  # fmt: skip
