"""Tags, saved views and canned answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from pydantic import Field, ValidationError

from inbox import clock
from inbox.api.call import Call
from inbox.api.fields import Body, Id, Words
from inbox.api.listing import MAX_CONDITION, ConversationFilter
from inbox.api.pages import Page
from inbox.api.problems import invalid_of
from inbox.api.routing import Routes
from inbox.commands.release import release_all
from inbox.commands.settings import (
    PutCanned,
    PutTag,
    PutView,
    RemoveCanned,
    RemoveTag,
    RemoveView,
    may_change_view,
)
from inbox.commands.versions import found
from inbox.domain.desk_shapes import CannedShape
from inbox.domain.listing import Filter as Narrowed
from inbox.domain.listing import of_saved
from inbox.domain.permissions import require
from inbox.domain.prepared_answers import Variant, written
from inbox.domain.records import Canned, Tag, View
from inbox.domain.shapes import TagShape, ViewShape
from inbox.errors import NotFound
from inbox.eventlog.show_settings import canned_shape, tag_shape, view_shape
from inbox.ids import MAX_DIGITS
from inbox.storage import conversations, labels, rows
from inbox.storage.conditions import clause_of

tags_routes = Routes("Tags")
views_routes = Routes("Views")
canned_routes = Routes("Canned answers")

Colour = Literal["grey", "red", "amber", "green", "petrol", "blue", "violet", "plum"]
Sort = Literal["waiting", "activity", "deadline"]
Scope = Literal["mine", "team", "all"]
FilterName = Literal[
    "view", "status", "channel", "network", "kind", "tag", "assignee", "team", "priority", "language", "rating", "post",
    "sentiment", "urgency",
    "campaign", "contact", "q", "target", "condition",
]  # fmt: skip
Filter = dict[FilterName, Annotated[str, Field(max_length=MAX_CONDITION)]]
COUNTED_AT_MOST = 1_000


class NewTag(Body):
    """A tag."""

    name: Words
    colour: Colour = "grey"


class TagPatch(Body):
    """What to change of a tag."""

    name: Words | None = None
    colour: Colour | None = None


class NewView(Body):
    """A saved filter: query parameters of GET conversations, and the order. `condition`: a tree of tests as JSON, that
    holds beside the others.
    """

    name: Words
    scope: Scope = "mine"
    team_id: Id | None = None
    filter: Filter
    sort: Sort = "waiting"


class ViewPatch(Body):
    """What to change of a saved filter."""

    name: Words | None = None
    scope: Scope | None = None
    team_id: Id | None = None
    filter: Filter | None = None
    sort: Sort | None = None


class VariantBody(Body):
    """The same answer in another language, or for another audience; null: for any."""

    text: str = Field(min_length=1, max_length=20_000)
    language: str | None = Field(None, max_length=35)
    audience: Literal["public", "private"] | None = None


class NewCanned(Body):
    """A prepared answer. `ends_wait` false: a holding answer, after which the customer still waits."""

    shortcut: str = Field(min_length=1, max_length=50, pattern=r"^\S+$")
    name: Words
    text: str = Field(min_length=1, max_length=20_000)
    language: str | None = Field(None, max_length=35)
    ends_wait: bool = True
    variants: list[VariantBody] = Field(default_factory=list, max_length=60)


class CannedPatch(Body):
    """What to change of a prepared answer."""

    shortcut: str | None = Field(None, min_length=1, max_length=50, pattern=r"^\S+$")
    name: Words | None = None
    text: str | None = Field(None, min_length=1, max_length=20_000)
    language: str | None = Field(None, max_length=35)
    ends_wait: bool | None = None
    variants: list[VariantBody] | None = Field(None, max_length=60)


def changed(body: Body, *nullable: str) -> dict[str, Any]:
    """The fields given; null counts only for those that may be null."""
    given = {name: getattr(body, name) for name in body.model_fields_set}
    return {name: value for name, value in given.items() if value is not None or name in nullable}


# --- tags


@tags_routes.get("/tags")
async def list_tags(call: Call) -> Page[TagShape]:
    """All tags."""
    position = await call.position()
    items = [tag_shape(one) for one in await call.deps.database.read(rows.every, Tag)]
    return Page(items=items, position=position)


@tags_routes.post("/tags", needs="settings", idempotent=True)
async def create_tag(call: Call, body: NewTag) -> TagShape:
    """Make a tag."""
    return tag_shape(await call.submit(PutTag(call.principal, None, {"name": body.name, "colour": body.colour})))


@tags_routes.get("/tags/{tag_id}")
async def see_tag(call: Call, tag_id: int) -> TagShape:
    """A tag."""
    return tag_shape(await call.deps.database.read(found, Tag, tag_id))


@tags_routes.patch("/tags/{tag_id}", needs="settings")
async def change_tag(call: Call, tag_id: int, body: TagPatch) -> TagShape:
    """Change a tag."""
    return tag_shape(await call.submit(PutTag(call.principal, tag_id, changed(body))))


@tags_routes.delete("/tags/{tag_id}", needs="settings")
async def remove_tag(call: Call, tag_id: int) -> None:
    """Remove a tag, from all conversations too."""
    await call.deps.database.read(found, Tag, tag_id)
    await release_all(call.deps.database, call.deps.writer, "tag", tag_id, call.principal.actor)
    await call.submit(RemoveTag(call.principal, tag_id, {}))


# --- views


def _view_id(key: str) -> int:
    number = key.removeprefix("saved:")
    if not (number.isascii() and number.isdigit() and len(number) <= MAX_DIGITS):
        raise NotFound(f"there is no saved view {key!r}")
    return int(number)


class CountBody(Body):
    """A filter that is being made."""

    filter: Filter


class CountShape(msgspec.Struct, kw_only=True):
    """How many conversations a filter shows; null: more than 1,000."""

    count: int | None


def _encoded(values: dict[str, Any]) -> dict[str, Any]:
    """Fields as they are kept. Raises Invalid for a filter that no list can be narrowed by."""
    if "filter" in values:
        _judged(values["filter"], None)
        values["filter"] = msgspec.json.encode(values["filter"]).decode()
    return values


def _judged(given: Filter, agent_id: int | None) -> Narrowed:
    """What a filter shows. Raises Invalid for what is no parameter of a list: kept, it would break every list of it."""
    try:
        ConversationFilter.model_validate(given)
    except ValidationError as problem:
        raise invalid_of(problem, "body", under="/filter") from problem
    narrowed, _ = of_saved({str(name): value for name, value in given.items()}, agent_id, clock.now())
    if narrowed.condition is not None:
        clause_of(narrowed.condition)
    return narrowed


@views_routes.get("/views")
async def list_views(call: Call) -> Page[ViewShape]:
    """The saved views one sees: shared ones and one's own."""
    position = await call.position()
    visible = await call.deps.database.read(labels.views_for, call.principal.agent_id or 0)
    return Page(items=[view_shape(one) for one in visible], position=position)


@views_routes.post("/views", needs="read", idempotent=True)
async def create_view(call: Call, body: NewView) -> ViewShape:
    """Save a filter. One for a team or for all needs the right to settings."""
    values = {name: getattr(body, name) for name in NewView.model_fields}
    return view_shape(await call.submit(PutView(call.principal, None, _encoded(values))))


@views_routes.post("/views/count", needs="read", status=200, rate="read")
async def count_filter(call: Call, body: CountBody) -> CountShape:
    """How many conversations a filter would show, before it is saved."""
    wanted = _judged(body.filter, call.principal.agent_id)
    counted = await call.deps.database.read(
        conversations.count, wanted, call.principal.scope, now=clock.now(), at_most=COUNTED_AT_MOST
    )
    return CountShape(count=counted)


@views_routes.get("/views/{key}")
async def see_view(call: Call, key: str) -> ViewShape:
    """A saved view, by id or by key (`saved:12`)."""
    view = await call.deps.database.read(found, View, _view_id(key))
    if view.scope == "mine":
        may_change_view(call.principal, view)
    return view_shape(view)


@views_routes.patch("/views/{key}", needs="read", if_match=True)
async def change_view(call: Call, key: str, body: ViewPatch) -> ViewShape:
    """Change a saved view."""
    values = _encoded(changed(body, "team_id"))
    return view_shape(await call.submit(PutView(call.principal, _view_id(key), values, call.version)))


@views_routes.delete("/views/{key}", needs="read")
async def remove_view(call: Call, key: str) -> None:
    """Remove a saved view."""
    await call.submit(RemoveView(call.principal, _view_id(key), {}, call.version))


# --- canned answers


@canned_routes.get("/canned-replies")
async def list_canned(call: Call) -> Page[CannedShape]:
    """All prepared answers."""
    position = await call.position()
    items = [canned_shape(one) for one in await call.deps.database.read(rows.every, Canned)]
    return Page(items=items, position=position)


@canned_routes.post("/canned-replies", needs="settings", idempotent=True)
async def create_canned(call: Call, body: NewCanned) -> CannedShape:
    """Make a prepared answer."""
    require(call.principal, "settings")
    values = {name: getattr(body, name) for name in NewCanned.model_fields}
    return canned_shape(await call.submit(PutCanned(call.principal, None, _canned_values(values))))


def _canned_values(values: dict[str, Any]) -> dict[str, Any]:
    """A body's fields as the row holds them."""
    if "ends_wait" in values:
        values["ends_wait"] = int(values["ends_wait"])
    if "variants" in values:
        values["variants"] = written([Variant(one.text, one.language, one.audience) for one in values["variants"]])
    return values


@canned_routes.get("/canned-replies/{canned_id}")
async def see_canned(call: Call, canned_id: int) -> CannedShape:
    """A prepared answer."""
    return canned_shape(await call.deps.database.read(found, Canned, canned_id))


@canned_routes.patch("/canned-replies/{canned_id}", needs="settings", if_match=True)
async def change_canned(call: Call, canned_id: int, body: CannedPatch) -> CannedShape:
    """Change a prepared answer."""
    values = _canned_values(changed(body, "language"))
    return canned_shape(await call.submit(PutCanned(call.principal, canned_id, values, call.version)))


@canned_routes.delete("/canned-replies/{canned_id}", needs="settings")
async def remove_canned(call: Call, canned_id: int) -> None:
    """Remove a prepared answer."""
    await call.submit(RemoveCanned(call.principal, canned_id, {}, call.version))
