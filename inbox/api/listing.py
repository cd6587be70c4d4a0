"""Query parameters of lists of conversations, and what they come down to. Saved views hold the same parameters."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from pydantic import Field, field_validator, model_validator

from inbox import clock
from inbox.api.call import Call
from inbox.api.fields import Id, PageQuery
from inbox.domain.condition_fields import OF_CONVERSATION, OWN
from inbox.domain.conditions import All, AnyOf, Condition, Test
from inbox.domain.listing import Filter, Order, of_saved, of_view, read_condition, with_condition
from inbox.domain.people_records import CustomField
from inbox.errors import Invalid, NotFound
from inbox.ids import MAX_DIGITS
from inbox.storage import conversations, labels, rows, search

_parameters = msgspec.json.Decoder(dict[str, str]).decode
Status = Literal["open", "snoozed", "closed", "spam", "any"]
Sort = Literal["waiting", "activity", "deadline"]
MAX_CONDITION = 20_000
"""Characters of a condition, as JSON."""
_NAMES = {
    "channel": "channel_id", "tag": "tag_id", "team": "team_id", "post": "post_id", "campaign": "campaign_id",
    "contact": "contact_id", "network": "network", "kind": "kind", "priority": "priority", "language": "language",
    "rating": "rating", "target": "target",
    "sentiment": "sentiment", "urgency": "urgency",
}  # fmt: skip
"""Query parameter → field of the filter."""


class ConversationFilter(PageQuery):
    """Conditions on conversations: a view, narrowed by whatever else is given."""

    view: str | None = Field(None, max_length=60, description="key of a view, such as waiting, mine or saved:12")
    status: Status | None = None
    channel: Id | None = None
    network: str | None = Field(None, max_length=40)
    kind: str | None = Field(None, max_length=20)
    tag: Id | None = None
    assignee: str | None = Field(None, pattern="^(me|none|[0-9]{1,18})$", description="me, none, or an agent's id")
    team: Id | Literal["none"] | None = None
    target: Literal["soon", "late"] | None = Field(None, description="late, or warned of and still to come")
    priority: Literal["low", "normal", "high", "urgent"] | None = None
    language: str | None = Field(None, max_length=35)
    rating: int | None = Field(None, ge=0, le=10)
    sentiment: Literal["negative", "neutral", "positive", "mixed"] | None = None
    urgency: Literal["normal", "urgent"] | None = None
    post: Id | None = None
    campaign: Id | None = None
    contact: Id | None = None
    number: int | None = Field(None, ge=1, le=2**62, description="the short number that people quote")
    q: str | None = Field(None, max_length=500, description="words that an item of the conversation holds")
    condition: str | None = Field(None, max_length=MAX_CONDITION, description="a tree of tests, as JSON")
    fields: dict[str, str] = Field(
        default_factory=dict,
        description="own fields, each as `field.<key>=value`",
        json_schema_extra={"propertyNames": {"pattern": r"^field\."}},
    )
    sort: Sort | None = None

    @model_validator(mode="before")
    @classmethod
    def own_fields(cls, given: Any) -> Any:
        """`field.<key>=value` for each of the house's own fields."""
        if not isinstance(given, dict):
            return given
        own = {name: value for name, value in given.items() if name.startswith(OF_CONVERSATION)}
        rest = {name: value for name, value in given.items() if name not in own}
        return rest | ({"fields": {name.removeprefix(OF_CONVERSATION): v for name, v in own.items()}} if own else {})

    @field_validator("view")
    @classmethod
    def no_longer_than_ids(cls, view: str | None) -> str | None:
        """A number that is too long for an id names no channel and no team."""
        name, _, value = (view or "").partition(":")
        if name in ("channel", "team") and value.isdigit() and len(value) > MAX_DIGITS:
            raise ValueError(f"there is no view {view!r}")
        return view

    @field_validator("condition")
    @classmethod
    def no_deeper_than_it_can_be_read(cls, condition: str | None) -> str | None:
        """A tree that is nested so deeply that no reader takes it is none of ours; what else is wrong is said later."""
        try:
            msgspec.json.decode(condition or "null")
        except RecursionError:
            raise ValueError("it is nested too deeply") from None
        except msgspec.DecodeError:
            return condition
        return condition


class Resolved(msgspec.Struct, frozen=True):
    """What a query asks for."""

    filter: Filter
    order: Order
    bound_to: str
    """Names the list with its filters: what its cursors are bound to."""


async def resolve(call: Call, query: ConversationFilter, *, default_view: str = "all") -> Resolved:
    """The filter and order of a query. Raises Invalid (`view`), NotFound for somebody else's saved view."""
    given = query.model_dump(exclude_none=True, exclude_defaults=True, exclude={"cursor", "limit", "sort"})
    narrowed, order = await _of_view(call, query.view or default_view)
    narrowed = await _narrow(call, narrowed, query)
    if query.condition is not None:
        narrowed = with_condition(narrowed, read_condition(query.condition))
    if query.fields:
        narrowed = with_condition(narrowed, await _own_fields(call, query.fields))
    if query.sort is not None and query.sort != order:
        order = query.sort
        given["sort"] = query.sort
    bound_to = "conversations:" + "&".join(f"{name}={value}" for name, value in sorted(given.items()))
    return Resolved(narrowed, order, bound_to)


async def _of_view(call: Call, key: str) -> tuple[Filter, Order]:
    name, _, value = key.partition(":")
    own = call.principal.agent_id
    if name != "saved":
        return of_view(key, own, clock.now())
    views = await call.deps.database.read(labels.views_for, own or 0)
    view = next((v for v in views if str(v.id) == value), None)
    if view is None:
        raise NotFound(f"there is no saved view {value!r}, or it is somebody else's")
    given = _parameters(view.filter) if view.filter else {}
    base, _ = of_saved(given, own, clock.now())
    return await _with_words(call, base, given.get("q")), view.sort  # type: ignore[return-value]


async def _narrow(call: Call, base: Filter, query: ConversationFilter) -> Filter:
    changes: dict[str, Any] = {
        field: value for name, field in _NAMES.items() if (value := getattr(query, name)) is not None
    }
    if query.status == "spam":
        changes |= {"status": "any", "spam": True}
    elif query.status is not None:
        changes["status"] = query.status
    if query.assignee is not None:
        fixed: dict[str, int | str] = {"me": call.principal.agent_id or 0, "none": "none"}
        changes["assignee"] = fixed[query.assignee] if query.assignee in fixed else int(query.assignee)
    if query.number is not None:
        found = await call.deps.database.read(conversations.numbered, query.number)
        changes["ids"] = () if found is None else (found,)
    return await _with_words(call, msgspec.structs.replace(base, **changes), query.q)


async def _own_fields(call: Call, given: dict[str, str]) -> Condition:
    """Each has this value, on the conversation or on its contact, wherever it is defined. Raises Invalid (`field`)."""
    known = await call.deps.database.read(rows.every, CustomField)
    tests: list[Condition] = []
    for key, value in given.items():
        names = {"contact": f"{OWN}{key}", "conversation": f"{OF_CONVERSATION}{key}"}
        asked = [Test(names[f.subject], "is", value.strip().casefold()) for f in known if f.key == key]
        if not asked:
            raise Invalid(f"there is no own field {key!r}", code="field", field=key)
        tests.append(AnyOf(tuple(asked)))
    return All(tuple(tests))


async def _with_words(call: Call, base: Filter, words: str | None) -> Filter:
    """Only conversations in which these words were said."""
    if words is None or not words.strip():
        return base
    database = call.deps.database
    found = await database.read(search.conversations_with, database.engine, words, call.principal.scope)
    both = found if base.ids is None else [i for i in found if i in set(base.ids)]
    return msgspec.structs.replace(base, ids=tuple(both))
