"""SLA policies, what a draft of one would have met, when a message would be due, and breaches taken back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from inbox.api.calendars import Day, Place, Shifts, Weekday, Zone
from inbox.api.call import Call
from inbox.api.fields import Body, Id, Words
from inbox.api.labels import changed
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.clock import DAY, SECOND
from inbox.commands.policies import PutPolicy, RemovePolicy, WithdrawBreach
from inbox.commands.versions import found
from inbox.domain.sla import policy_versions_of
from inbox.domain.sla_records import Policy
from inbox.domain.sla_shapes import DraftHours, DraftTerms, PolicyShape, PolicyVersionShape, PresetShape
from inbox.errors import NotFound
from inbox.eventlog.show_sla import policy_shape, policy_version_shape
from inbox.storage import rows

routes = Routes("SLA policies")

Kind = Literal["direct", "group", "comment", "mention", "review", "mail", "chat"]
Priority = Literal["low", "normal", "high", "urgent"]
Pause = Literal["waiting_on_customer", "snoozed_until_reply"]
Seconds = Annotated[int, Field(ge=1, le=366 * DAY // SECOND)]
Names = Annotated[list[Annotated[str, Field(min_length=1, max_length=60)]], Field(max_length=100)]
_SETS = ("channel_ids", "networks", "kinds", "priorities", "tag_ids", "languages", "pauses")
_OWN = ("name", "place", "active")


class TermsDraft(Body):
    """Conditions, targets, and how they are counted. An empty condition holds for every conversation. `contact_fields`:
    field of the contact (such as `vip`) → values it may have; none: any that is not empty, of `vip` a yes. `time`: all
    time (`calendar`) or business hours. `clock`: from our receipt to a person's send (`desk`), or from the network's
    time to its acceptance (`customer`). `pauses`: when the resolution's clock stands still; a wait's never does.
    `chain_id`: the escalation chain that begins when a target warns, or is missed (`chain_on`).
    """

    channel_ids: list[Id] = Field(default_factory=list, max_length=500)
    networks: Names = Field(default_factory=list)
    kinds: list[Kind] = Field(default_factory=list)
    priorities: list[Priority] = Field(default_factory=list)
    tag_ids: list[Id] = Field(default_factory=list, max_length=500)
    languages: Names = Field(default_factory=list)
    contact_fields: dict[str, Names] = Field(default_factory=dict, max_length=20)
    first_response_seconds: Seconds | None = None
    next_response_seconds: Seconds | None = None
    resolution_seconds: Seconds | None = None
    warning_seconds: Seconds | None = None
    time: Literal["calendar", "business"] = "business"
    calendar_id: Id | None = None
    clock: Literal["desk", "customer"] = "desk"
    pauses: list[Pause] = Field(default_factory=list)
    chain_id: Id | None = None
    chain_on: Literal["warning", "breach"] = "breach"


class NewPolicy(TermsDraft):
    """A policy. `place`: policies are asked from the lowest on; the last unless given."""

    name: Words
    place: int | None = Field(None, ge=0, le=100_000)
    active: bool = True


class PolicyPatch(Body):
    """What to change of a policy. New terms hold from now on; who waits keeps what was promised."""

    name: Words | None = None
    place: int | None = Field(None, ge=0, le=100_000)
    active: bool | None = None
    channel_ids: list[Id] | None = Field(None, max_length=500)
    networks: Names | None = None
    kinds: list[Kind] | None = None
    priorities: list[Priority] | None = None
    tag_ids: list[Id] | None = Field(None, max_length=500)
    languages: Names | None = None
    contact_fields: dict[str, Names] | None = Field(None, max_length=20)
    first_response_seconds: Seconds | None = None
    next_response_seconds: Seconds | None = None
    resolution_seconds: Seconds | None = None
    warning_seconds: Seconds | None = None
    time: Literal["calendar", "business"] | None = None
    calendar_id: Id | None = None
    clock: Literal["desk", "customer"] | None = None
    pauses: list[Pause] | None = None
    chain_id: Id | None = None
    chain_on: Literal["warning", "breach"] | None = None


class WithdrawBody(Body):
    """Why a breach does not count. It is kept as a note in the conversation."""

    reason: str = Field(min_length=1, max_length=2_000)


class HoursDraft(Body):
    """Hours of a draft. `holidays`: whose public holidays are closed; `exceptions`: dates with shifts of their own.
    `in_place_of`: the calendar that they would be; else, with one of `workspace`, `team_ids` and `channel_ids`, a new
    one for these. With none of the four, the drafted policies count in them.
    """

    zone: Zone
    weekly: dict[Weekday, Shifts]
    holidays: Place = ""
    exceptions: dict[Day, Shifts] = Field(default_factory=dict, max_length=500)
    in_place_of: Id | None = None
    workspace: bool | None = None
    team_ids: list[Id] | None = Field(None, max_length=500)
    channel_ids: list[Id] | None = Field(None, max_length=500)


def terms_values(given: dict[str, Any]) -> dict[str, Any]:
    """Fields of a policy's terms from those of a body."""
    values = {name: value for name, value in given.items() if name not in _OWN}
    values |= {name: frozenset(values[name]) for name in _SETS if name in values}
    if "contact_fields" in values:
        values["contact_fields"] = {name: frozenset(some) for name, some in values["contact_fields"].items()}
    return values


def _own_values(given: dict[str, Any]) -> dict[str, Any]:
    values = {name: given[name] for name in _OWN if given.get(name) is not None}
    return values | ({"active": int(values["active"])} if "active" in values else {})


@routes.get("/sla-policies")
async def list_policies(call: Call) -> Page[PolicyShape]:
    """All policies, in the order in which they are asked."""
    position = await call.position()
    known = await call.deps.database.read(rows.every, Policy)
    listed = sorted((one for one in known if one.removed_at is None), key=lambda one: (one.place, one.id))
    return Page(items=[policy_shape(one) for one in listed], position=position)


@routes.post("/sla-policies", needs="settings", idempotent=True)
async def create_policy(call: Call, body: NewPolicy) -> PolicyShape:
    """Make a policy. It promises from now on; who waits already was promised nothing."""
    given = {name: getattr(body, name) for name in NewPolicy.model_fields}
    return await _put(call, None, given)


@routes.get("/sla-policies/{policy_id}")
async def see_policy(call: Call, policy_id: int) -> PolicyShape:
    """A policy."""
    policy = await call.deps.database.read(found, Policy, policy_id)
    if policy.removed_at is not None:
        raise NotFound(f"there is no policy {policy_id}: it was removed")
    return policy_shape(policy)


@routes.get("/sla-policies/{policy_id}/versions")
async def list_policy_versions(call: Call, policy_id: int) -> list[PolicyVersionShape]:
    """What a policy promised, and from when on; the newest first. Targets name the version they were set by."""
    policy = await call.deps.database.read(found, Policy, policy_id)
    return [policy_version_shape(one) for one in reversed(policy_versions_of(policy))]


@routes.patch("/sla-policies/{policy_id}", needs="settings", if_match=True)
async def change_policy(call: Call, policy_id: int, body: PolicyPatch) -> PolicyShape:
    """Change a policy."""
    nullable = (
        "first_response_seconds",
        "next_response_seconds",
        "resolution_seconds",
        "warning_seconds",
        "calendar_id",
        "chain_id",
    )
    return await _put(call, policy_id, changed(body, *nullable))


async def _put(call: Call, policy_id: int | None, given: dict[str, Any]) -> PolicyShape:
    unit = PutPolicy(
        call.principal, policy_id, _own_values(given), terms_values(given),
        directory=await call.deps.directory.fresh(), version=call.version,
    )  # fmt: skip
    made = policy_shape(await call.submit(unit))
    await call.deps.directory.fresh()
    return made


@routes.delete("/sla-policies/{policy_id}", needs="settings")
async def remove_policy(call: Call, policy_id: int) -> None:
    """Remove a policy. Who waits by it keeps what was promised."""
    await call.submit(RemovePolicy(call.principal, policy_id, call.version))
    await call.deps.directory.fresh()


@routes.post("/conversations/{conversation_id}/waits/{wait_id}/withdraw-breach", needs="settings", idempotent=True)
async def withdraw_breach(call: Call, conversation_id: int, wait_id: int, body: WithdrawBody) -> None:
    """Take a breach back, with a reason. The target counts no more."""
    await call.submit(WithdrawBreach(call.principal, conversation_id, wait_id, body.reason))


_MINUTE, _HOUR = 60, 3_600
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
_OFFICE = {day: ["09:00-17:00"] for day in _WEEKDAYS}
_LONG = {day: ["08:00-22:00"] for day in (*_WEEKDAYS, "sat", "sun")}


def _preset(
    key: str, kinds: list[str], first: int, following: int, resolution: int, hours: DraftHours | None
) -> PresetShape:
    terms = DraftTerms(
        name="",
        kinds=kinds,
        first_response_seconds=first,
        next_response_seconds=following,
        resolution_seconds=resolution,
        warning_seconds=first // 4,
        time="calendar" if hours is None else "business",
        pauses=["waiting_on_customer"],
    )
    return PresetShape(key=key, policy=terms, calendar=hours)


@routes.get("/sla-presets")
async def list_presets(call: Call) -> list[PresetShape]:
    """Three policies to begin with: office hours, long days, around the clock. Their zone is the one to be changed."""
    return [
        _preset("office", [], 4 * _HOUR, 4 * _HOUR, 24 * _HOUR, DraftHours(zone="UTC", weekly=_OFFICE)),
        _preset("long_days", [], _HOUR, 2 * _HOUR, 14 * _HOUR, DraftHours(zone="UTC", weekly=_LONG)),
        _preset("around_the_clock", ["direct", "chat"], 15 * _MINUTE, 30 * _MINUTE, 24 * _HOUR, None),
    ]
