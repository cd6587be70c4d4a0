"""Rules, what they did, what they would have done, and what they hid."""

from __future__ import annotations

from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from pydantic import Field

from inbox.api.call import Call, Reply
from inbox.api.fields import Body, Id, PageQuery, Words
from inbox.api.labels import changed
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.commands.moderate import context_of_item
from inbox.commands.reply import contexts_of
from inbox.commands.rule_runs import DecideAppeal, UndoRun
from inbox.commands.rules import CancelDryRun, OrderRules, PutRule, RemoveRule, checked, there
from inbox.commands.versions import found
from inbox.domain import rules as r
from inbox.domain.condition_fields import FIELDS
from inbox.domain.dry_run_shapes import DryRunShape
from inbox.domain.permissions import require_conversation
from inbox.domain.records import Conversation
from inbox.domain.rule_presets import PRESETS
from inbox.domain.rule_records import Appeal, DryRun, Rule, RuleRun
from inbox.domain.rule_shapes import (
    AppealShape,
    FieldShape,
    RuleDraftShape,
    RuleRunShape,
    RuleShape,
)
from inbox.errors import Invalid, NotFound, Unavailable
from inbox.eventlog import reading
from inbox.eventlog.show_rules import appeal_shape, dry_run_shape, rule_shape, run_shape
from inbox.storage import conversations, rows, rules
from inbox.storage import tables as t
from inbox.storage.database import ByKeys
from inbox.storage.database import Query as Asked

routes = Routes("Rules")
_LAST: rules.Before = (2**62, 2**62)
_OWN = ("name", "place", "active")
Part = dict[str, Any]


class RuleDraft(Body):
    """What a rule says (docs/rules.md): what sets it off, what it asks, what it does. `stop`: where it runs, no later
    rule does. `also_late`: what customers see is done for late items too. `hour_cap`: runs in an hour. `after_rules`:
    what other rules do sets it off too.
    """

    trigger: Part
    condition: Part = Field(default_factory=dict)
    actions: list[Part] = Field(min_length=1, max_length=r.MAX_ACTIONS)
    stop: bool = False
    also_late: bool = False
    hour_cap: int = Field(r.HOUR_CAP, ge=1, le=100_000)
    after_rules: bool = False


class NewRule(RuleDraft):
    """A rule. `place`: rules are asked from the lowest on; the last unless given."""

    name: Words
    place: int | None = Field(None, ge=0, le=100_000)
    active: bool = True


class RulePatch(Body):
    """What to change of a rule. What it says anew holds for what happens from now on."""

    name: Words | None = None
    place: int | None = Field(None, ge=0, le=100_000)
    active: bool | None = None
    trigger: Part | None = None
    condition: Part | None = None
    actions: list[Part] | None = Field(None, min_length=1, max_length=20)
    stop: bool | None = None
    also_late: bool | None = None
    hour_cap: int | None = Field(None, ge=1, le=100_000)
    after_rules: bool | None = None


class OrderBody(Body):
    """All rules, in the order in which they are to be asked."""

    ids: list[Id] = Field(max_length=1_000)


class DryRunBody(Body):
    """A draft, and how many days it is tried on."""

    rule: RuleDraft
    days: int = Field(30, ge=1, le=366)


def _says(given: dict[str, Any]) -> dict[str, Any]:
    """Fields of `RuleVersion` from those of a body."""
    says = {name: value for name, value in given.items() if name not in _OWN}
    if "trigger" in says:
        says["trigger"] = _part(says["trigger"], r.Trigger, "trigger")
        _require_zone(says["trigger"])
    if "actions" in says:
        says["actions"] = tuple(
            _part(one, r.Action, f"actions[{n}]") for n, one in enumerate(says["actions"])
        )  # fmt: skip
    return says


def _part(given: Part, kind: Any, path: str) -> Any:
    """A trigger or an action from its JSON. Raises Invalid with the path and what is expected."""
    try:
        return msgspec.convert({name: _inside(name, value) for name, value in given.items()}, kind)
    except msgspec.ValidationError as wrong:
        raise Invalid(f"{path}: {wrong}", code=path.split("[")[0], path=path) from None


def _inside(name: str, value: Any) -> Any:
    """Ids are strings outside."""
    if name.endswith("_id") and isinstance(value, str) and value.isdecimal():
        return int(value)
    if name.endswith("_ids") and isinstance(value, list):
        return [int(one) if isinstance(one, str) and one.isdecimal() else one for one in value]
    return value


def _require_zone(trigger: r.Trigger) -> None:
    if isinstance(trigger, r.OnSchedule):
        try:
            ZoneInfo(trigger.zone)
        except (ZoneInfoNotFoundError, ValueError) as unknown:
            raise Invalid(f"trigger: there is no time zone {trigger.zone!r}", code="trigger") from unknown


def _own(given: dict[str, Any]) -> dict[str, Any]:
    values = {name: given[name] for name in _OWN if given.get(name) is not None}
    return values | ({"active": int(values["active"])} if "active" in values else {})


# --- the rules


@routes.get("/rules")
async def list_rules(call: Call) -> Page[RuleShape]:
    """All rules, in the order in which they are asked."""
    position = await call.position()
    known = await call.deps.database.read(rows.every, Rule)
    listed = sorted((one for one in known if one.removed_at is None), key=lambda one: (one.place, one.id))
    return Page(items=[rule_shape(one) for one in listed], position=position)


@routes.post("/rules", needs="settings", idempotent=True)
async def create_rule(call: Call, body: NewRule) -> RuleShape:
    """Make a rule. It is set off by what happens from now on."""
    return await _put(call, None, {name: getattr(body, name) for name in NewRule.model_fields})


@routes.get("/rules/presets")
async def list_rule_presets(call: Call) -> list[RuleDraftShape]:
    """Rules to begin with."""
    return list(PRESETS)


@routes.get("/rules/fields")
async def list_condition_fields(call: Call) -> list[FieldShape]:
    """What conditions can ask about, and how; beside these `contact.<name>` for a contact's own fields."""
    return [
        FieldShape(
            name=one.name, of=one.of, kind=one.kind, means=one.means, ops=list(one.ops), choices=list(one.choices)
        )
        for one in FIELDS.values()
    ]


@routes.post("/rules/order", needs="settings", status=204)
async def order_rules(call: Call, body: OrderBody) -> None:
    """Put all rules into an order."""
    await call.submit(OrderRules(call.principal, body.ids))
    await call.deps.directory.fresh()


@routes.get("/rules/{rule_id}")
async def see_rule(call: Call, rule_id: int) -> RuleShape:
    """A rule."""
    return rule_shape(there(await call.deps.database.read(found, Rule, rule_id)))


@routes.patch("/rules/{rule_id}", needs="settings", if_match=True)
async def change_rule(call: Call, rule_id: int, body: RulePatch) -> RuleShape:
    """Change a rule."""
    return await _put(call, rule_id, changed(body))


@routes.delete("/rules/{rule_id}", needs="settings")
async def remove_rule(call: Call, rule_id: int) -> None:
    """Remove a rule. What it did stays."""
    await call.submit(RemoveRule(call.principal, rule_id, call.version))
    await call.deps.directory.fresh()


async def _put(call: Call, rule_id: int | None, given: dict[str, Any]) -> RuleShape:
    unit = PutRule(
        call.principal, rule_id, _own(given), _says(given), directory=await call.deps.directory.fresh(),
        version=call.version,
    )  # fmt: skip
    made = rule_shape(await call.submit(unit))
    await call.deps.directory.fresh()
    return made


# --- dry runs


@routes.post("/rules/dry-run", needs="settings", status=202, rate="costly")
async def start_dry_run(call: Call, body: DryRunBody) -> Reply[DryRunShape]:
    """Count what a draft would have done over the last days. It goes on in the background: ask again how far it is.
    Labels and owners are those that conversations carry now. For a rule that waits for a time the log tells since when
    each conversation was what it waits for; one for far more than usual is looked at each half minute of the past.
    """
    given = {name: getattr(body.rule, name) for name in RuleDraft.model_fields}
    directory = await call.deps.directory.fresh()
    saying = await call.deps.database.read(checked, r.RuleVersion(**_says(given)), directory)
    if call.deps.dry_runs is None:
        raise Unavailable("this process cannot try rules: ask the one that serves the API")
    run = await call.deps.dry_runs.start(saying, body.days, call.principal.scope, call.principal.agent_id)
    return Reply(dry_run_shape(run), headers={"Location": f"/api/v1/rules/dry-run/{run.id}"})


@routes.get("/rules/dry-run/{run_id}", needs="settings")
async def see_dry_run(call: Call, run_id: int) -> DryRunShape:
    """How far a dry run is, and its hits so far."""
    return dry_run_shape(_own_run(call, await call.deps.database.read(found, DryRun, run_id)))


@routes.delete("/rules/dry-run/{run_id}", needs="settings")
async def cancel_dry_run(call: Call, run_id: int) -> None:
    """Stop a dry run."""
    _own_run(call, await call.deps.database.read(found, DryRun, run_id))
    await call.submit(CancelDryRun(run_id))


def _own_run(call: Call, run: DryRun) -> DryRun:
    """Who did not begin it does not see it: its hits are those of his scope."""
    if run.started_by != call.principal.agent_id:
        raise NotFound(f"there is no dry run {run.id} of yours")
    return run


# --- what they did


@routes.get("/rules/{rule_id}/runs")
async def list_runs(call: Call, rule_id: int, query: PageQuery) -> Page[RuleRunShape]:
    """What a rule did, newest first, in the conversations you see."""
    position = await call.position()
    await call.deps.database.read(found, Rule, rule_id)
    bound_to = f"rule-runs:{rule_id}"
    before = _before(call, bound_to, query)
    held = await call.deps.database.read(rules.runs_of, rule_id, call.principal.scope, before, query.limit + 1)
    return await _page(call, held, bound_to, query.limit, position)


@routes.get("/conversations/{conversation_id}/rule-runs")
async def list_conversation_runs(call: Call, conversation_id: int, query: PageQuery) -> Page[RuleRunShape]:
    """What rules did to a conversation, newest first."""
    position = await call.position()
    await _seen(call, conversation_id)
    bound_to = f"conversation-runs:{conversation_id}"
    before = _before(call, bound_to, query)
    held = await call.deps.database.read(rules.runs_in, conversation_id, before, query.limit + 1)
    return await _page(call, held, bound_to, query.limit, position)


def _before(call: Call, bound_to: str, query: PageQuery) -> rules.Before:
    """The run that the page goes on after."""
    if not query.cursor:
        return _LAST
    at, run_id = call.deps.cursors.read(bound_to, query.cursor)
    return at, run_id


async def _page(call: Call, held: list[RuleRun], bound_to: str, limit: int, position: int) -> Page[RuleRunShape]:
    directory = await call.deps.directory.fresh()
    listed = held[:limit]
    further = call.deps.cursors.make(bound_to, [listed[-1].at, listed[-1].id]) if len(held) > limit else None
    called = await call.deps.database.read(conversations.called, [one.conversation_id for one in listed])
    shown = [run_shape(one, *called[one.conversation_id], directory) for one in listed]
    return Page(items=shown, next_cursor=further, position=position)


async def _seen(call: Call, conversation_id: int) -> Conversation:
    found_rows = await call.deps.database.read(_conversation, conversation_id)
    record = Conversation(*found_rows[0]) if found_rows else None
    return require_conversation(call.principal, record, conversation_id, "read")


def _conversation(conversation_id: int) -> Asked[list[Any]]:
    return list((yield ByKeys(t.conversation, [conversation_id])))


@routes.post("/rules/runs/{run_id}/undo", needs="triage", status=200)
async def undo_run(call: Call, run_id: int) -> RuleRunShape:
    """Take back what a run did, each thing only where it still is as the rule left it."""
    deps = call.deps
    run = await deps.database.read(_run, run_id)
    await _seen(call, run.conversation_id)
    contexts = await contexts_of(deps.database, deps.context_of, run.conversation_id)
    directory = await deps.directory.fresh()
    done = await call.submit(UndoRun(call.principal, run, directory=directory, contexts=contexts))
    called = await deps.database.read(conversations.called, [run.conversation_id])
    return run_shape(done, *called[run.conversation_id], directory)


def _run(run_id: int) -> Asked[RuleRun]:
    run = yield from rows.one(RuleRun, run_id)
    if run is None:
        raise NotFound(f"there is no run {run_id}")
    return run


# --- what they hid


@routes.get("/moderation/appeals", needs="moderate")
async def list_appeals(call: Call, query: PageQuery) -> Page[AppealShape]:
    """Items that rules hid and nobody looked at again, the oldest first."""
    position = await call.position()
    deps = call.deps
    after = deps.cursors.read("appeals", query.cursor)[0] if query.cursor else 0
    held = await deps.database.read(rules.open_appeals, call.principal.scope, after, query.limit + 1)
    listed = held[: query.limit]
    state, _ = await deps.database.read(reading.items, [one.message_id for one in listed])
    directory = await deps.directory.fresh()
    texts = {one.message_id: state.contents[one.message_id].text for one in listed if one.message_id in state.contents}
    items = [appeal_shape(one, texts.get(one.message_id, ""), directory) for one in listed]
    further = deps.cursors.make("appeals", [listed[-1].message_id]) if len(held) > query.limit else None
    return Page(items=items, next_cursor=further, position=position)


@routes.post("/moderation/appeals/{message_id}/{outcome}", needs="moderate", status=204)
async def decide_appeal(call: Call, message_id: int, outcome: str) -> None:
    """Look again: `confirm` leaves it hidden, `revert` shows it."""
    words: dict[str, Literal["confirmed", "reverted"]] = {"confirm": "confirmed", "revert": "reverted"}
    if outcome not in words:
        raise NotFound(f"an appeal is decided by confirm or revert, not by {outcome!r}")
    deps = call.deps
    appeal: Appeal | None = await deps.database.read(rules.appeal_of, message_id)
    if appeal is None:
        raise NotFound(f"no rule hid message {message_id}")
    contexts = await context_of_item(deps.database, deps.context_of, message_id)
    unit = DecideAppeal(
        call.principal, appeal.conversation_id, message_id, words[outcome], directory=await deps.directory.fresh(),
        contexts=contexts,
    )  # fmt: skip
    await call.submit(unit)
