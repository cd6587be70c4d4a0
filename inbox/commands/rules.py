"""Rules: made, changed, ordered, removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from inbox.clock import SECOND
from inbox.commands.versions import check_version, found
from inbox.domain import events as e
from inbox.domain import rules as r
from inbox.domain.conditions import as_json, parse, tests_of
from inbox.domain.permissions import Principal, require
from inbox.domain.rule_records import DryRun, Rule, RuleDue
from inbox.domain.schedules import next_occurrence
from inbox.domain.state import State
from inbox.domain.webhooks import Webhook
from inbox.errors import Invalid, NotFound
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Unit
from inbox.storage import rows, rules
from inbox.storage.database import Query

_encode = msgspec.json.Encoder().encode


class PutRule(Unit):
    """Make a rule (id None), or change one. `fields`: `name`, `place`, `active`; `says`: fields of `RuleVersion`. On a
    change only what is given. It is set off by what happens from now on.
    """

    alone = True

    def __init__(
        self, principal: Principal, rule_id: int | None, fields: Mapping[str, Any], says: Mapping[str, Any], *,
        directory: Directory, version: int | None = None,
    ) -> None:  # fmt: skip
        require(principal, "settings")
        self.principal = principal
        self.rule_id = rule_id
        self.fields = dict(fields)
        self.says = dict(says)
        self.directory = directory
        self.version = version

    def run(self, state: State) -> Query[Rule]:
        """Check, and write."""
        if self.rule_id is None:
            rule = yield from self._new(state)
            yield from rows.add(rule)
        else:
            old = there((yield from found(Rule, self.rule_id)))
            check_version(old.version, self.version, f"the rule {old.name!r}")
            rule = yield from self._changed(state, old)
            yield from rows.change(rule)
        yield from clocks(state, rule)
        state.emit(e.SettingChanged(object="rule", id=rule.id), self.principal.actor)
        return rule

    def _new(self, state: State) -> Query[Rule]:
        new = yield from checked(r.RuleVersion(version=1, valid_from=state.now, **self.says), self.directory)
        known = yield from rows.every(Rule)
        last = max((one.place for one in known if one.removed_at is None), default=0)
        return Rule(
            id=state.next_id(), name=self.fields["name"], place=int(self.fields.get("place", last + 1)),
            active=self.fields.get("active", 1), versions=_text([new]), since_position=state.workspace.position,
            paused_until=None, created_at=state.now, version=1,
        )  # fmt: skip

    def _changed(self, state: State, old: Rule) -> Query[Rule]:
        versions = r.rule_versions_of(old)
        new = replace(versions[-1], **self.says)
        if new != versions[-1]:
            new = replace(new, version=new.version + 1, valid_from=state.now)
            versions.append((yield from checked(new, self.directory)))
        rule = replace(old, versions=_text(versions), version=old.version + 1, **self.fields)
        if (rule.active and not old.active) or rule.versions != old.versions:
            rule = replace(rule, since_position=state.workspace.position)
        return rule


class RemoveRule(Unit):
    """A rule does nothing more. What it did stays, and names it."""

    alone = True

    def __init__(self, principal: Principal, rule_id: int, version: int | None) -> None:
        require(principal, "settings")
        self.principal = principal
        self.rule_id = rule_id
        self.version = version

    def run(self, state: State) -> Query[None]:
        """The row stays."""
        rule = there((yield from found(Rule, self.rule_id)))
        check_version(rule.version, self.version, f"the rule {rule.name!r}")
        yield from rules.forget_dues(rule.id)
        yield from rows.change(replace(rule, removed_at=state.now, active=0, version=rule.version + 1))
        state.emit(e.SettingChanged(object="rule", id=rule.id, removed=True), self.principal.actor)


class OrderRules(Unit):
    """Put all rules into an order. Raises Invalid unless each is named once."""

    alone = True

    def __init__(self, principal: Principal, ids: Sequence[int]) -> None:
        require(principal, "settings")
        self.principal = principal
        self.ids = list(ids)

    def run(self, state: State) -> Query[None]:
        """Write the places that change."""
        known = {one.id: one for one in (yield from rows.every(Rule)) if one.removed_at is None}
        if sorted(self.ids) != sorted(known):
            raise Invalid(f"name each of the {len(known)} rules once, in the order they are to be asked", code="ids")
        for place, rule_id in enumerate(self.ids, 1):
            rule = known[rule_id]
            if rule.place != place:
                yield from rows.change(replace(rule, place=place, version=rule.version + 1))
                state.emit(e.SettingChanged(object="rule", id=rule.id), self.principal.actor)


class CancelDryRun(Unit):
    """A dry run is to stop; it does so at its next slice."""

    alone = True

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id

    def run(self, state: State) -> Query[None]:
        """Say so."""
        run = yield from found(DryRun, self.run_id)
        if run.state == "running":
            yield from rows.change(replace(run, cancelled=1))


def clocks(state: State, rule: Rule) -> Query[None]:
    """Note when a rule is due: what runs already counts from its beginning, as far as it is not over."""
    yield from rules.forget_dues(rule.id)
    trigger = r.saying(rule).trigger
    if not rule.active:
        return
    if isinstance(trigger, r.OnTime):
        yield from rules.seed(rule.id, trigger.what, trigger.seconds * SECOND, state.now)
    elif isinstance(trigger, r.OnSchedule):
        at = next_occurrence(trigger, state.now)
        yield from rules.put_dues([RuleDue(rule.id, 0, at, at, 0)])


def there(rule: Rule) -> Rule:
    """The rule, unless it was removed: NotFound."""
    if rule.removed_at is not None:
        raise NotFound(f"there is no rule {rule.id}: it was removed")
    return rule


def checked(says: r.RuleVersion, directory: Directory) -> Query[r.RuleVersion]:
    """What a rule says, with its condition in one form. Raises Invalid for what cannot be done: no action, names of
    nothing, a webhook that is not there.
    """
    condition = parse(says.condition)
    if not says.actions:
        raise Invalid("a rule does something: give it an action", code="actions")
    ids: list[tuple[str, int]] = [("tag", says.trigger.tag_id)] if _asks_tag(says.trigger) else []  # type: ignore[union-attr, list-item]
    for test in tests_of(condition):
        if test.field in _NAMED and test.value is not None:
            values = test.value if isinstance(test.value, tuple) else (test.value,)
            ids += [(test.field, int(one)) for one in values]
    for action in says.actions:
        ids += _named_by(action)
        if isinstance(action, r.Notify) and not (action.agent_ids or action.team_id or action.supervisors):
            raise Invalid("say who is to be told: agents, a team, or the supervisors", code="notify")
        if isinstance(action, r.CallWebhook) and (yield from rows.one(Webhook, action.webhook_id)) is None:
            raise Invalid(f"there is no webhook {action.webhook_id}", code="webhook_id")
    known = _known(directory)
    for name, one in ids:
        if one not in known[name]:
            raise Invalid(f"there is no {name} {one}", code=f"{name}_id")
    return replace(says, condition=as_json(condition) if says.condition else {})


_NAMED = frozenset({"channel", "team", "assignee", "tag", "campaign", "survey"})


def _asks_tag(trigger: r.Trigger) -> bool:
    return isinstance(trigger, r.OnEvent) and trigger.tag_id is not None


def _known(directory: Directory) -> dict[str, Any]:
    agents = {one.id for one in directory.agents.values() if one.active}
    return {
        "agent": agents, "assignee": directory.agents, "team": directory.teams, "tag": directory.tags,
        "channel": directory.channels, "campaign": directory.campaigns, "survey": directory.surveys,
    }  # fmt: skip


def _named_by(action: r.Action) -> list[tuple[str, int]]:
    """What an action names: (kind, id)."""
    found: list[tuple[str, int | None]] = [
        ("agent", getattr(action, "agent_id", None)), ("team", getattr(action, "team_id", None)),
    ]  # fmt: skip
    found += [("tag", one) for one in getattr(action, "tag_ids", ())]
    found += [("agent", one) for one in getattr(action, "agent_ids", ())]
    return [(kind, one) for kind, one in found if one is not None]


def _text(versions: list[r.RuleVersion]) -> str:
    return _encode(versions).decode()
