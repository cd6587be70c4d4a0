"""The house's own fields, companies and context links."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from inbox.api.call import Call
from inbox.api.contacts import FoundContacts, with_accounts
from inbox.api.conversations import page_of, row_of
from inbox.api.fields import Body, PageQuery, Words
from inbox.api.labels import changed
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.commands.people_settings import (
    PutCompany,
    PutContextLink,
    PutCustomField,
    PutFields,
    RemoveCompany,
    RemoveContextLink,
    RemoveCustomField,
)
from inbox.commands.versions import found
from inbox.domain.people_records import Company, ContextLink, CustomField
from inbox.domain.people_shapes import CompanyShape, ContextLinkShape, CustomFieldShape, FieldKind
from inbox.domain.permissions import Scope
from inbox.domain.shapes import ContactShape, ConversationShape
from inbox.eventlog import reading
from inbox.eventlog.reading import Listed
from inbox.eventlog.show_people import company_shape, context_link_shape, custom_field_shape
from inbox.storage import contacts, people, rows
from inbox.storage.database import Query as Reading

fields_routes = Routes("Custom fields")
companies_routes = Routes("Companies")
links_routes = Routes("Context links")
Choices = Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=100)]
Key = Annotated[str, Field(min_length=1, max_length=40)]
Values = Annotated[
    dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=500)]], Field(max_length=100)
]
Shown = Literal["person", "messages", "both"]


class NewCustomField(Body):
    """A field. `key`: small letters, digits and _; it, `subject` and `kind` never change."""

    key: Key
    name: Words
    subject: Literal["contact", "conversation"] = "contact"
    kind: FieldKind = "text"
    choices: Choices = Field(default_factory=list)
    required: bool = False
    place: int | None = Field(None, ge=0, le=100_000)


class CustomFieldPatch(Body):
    """What to change of a field."""

    name: Words | None = None
    choices: Choices | None = None
    required: bool | None = None
    place: int | None = Field(None, ge=0, le=100_000)


class FieldsBody(Body):
    """Own fields: those that are given; "" empties one."""

    fields: Values


class NewCompany(Body):
    """A company. `domains`: mail from there is its people's."""

    name: Words
    domains: list[Annotated[str, Field(max_length=260)]] = Field(default_factory=list, max_length=100)
    fields: Values = Field(default_factory=dict)
    note: str = Field("", max_length=20_000)


class CompanyPatch(Body):
    """What to change of a company."""

    name: Words | None = None
    domains: list[Annotated[str, Field(max_length=260)]] | None = Field(None, max_length=100)
    fields: Values | None = None
    note: str | None = Field(None, max_length=20_000)


class CompaniesQuery(PageQuery):
    """Companies by name; `q`: part of a name or domain."""

    q: str = Field("", max_length=200)


class NewContextLink(Body):
    """An address of another system. `template` may have `{email}`, `{phone}`, `{name}`, `{external_id}`, `{order}` and
    `{contact_id}`; `mask` is for `{order}`: `#` a digit, `@` a letter of A to Z, all else itself.
    """

    label: Words
    template: str = Field(min_length=1, max_length=2_000)
    mask: str = Field("", max_length=40)
    shown: Shown = "both"
    place: int | None = Field(None, ge=0, le=100_000)


class ContextLinkPatch(Body):
    """What to change of an address."""

    label: Words | None = None
    template: str | None = Field(None, min_length=1, max_length=2_000)
    mask: str | None = Field(None, max_length=40)
    shown: Shown | None = None
    place: int | None = Field(None, ge=0, le=100_000)


def _all(body: Body) -> dict[str, Any]:
    return {name: getattr(body, name) for name in type(body).model_fields}


# --- own fields


@fields_routes.get("/custom-fields")
async def list_custom_fields(call: Call) -> Page[CustomFieldShape]:
    """All fields, in their order."""
    position = await call.position()
    known = await call.deps.database.read(rows.every, CustomField)
    listed = sorted(known, key=lambda one: (one.subject, one.place, one.id))
    return Page(items=[custom_field_shape(one) for one in listed], position=position)


@fields_routes.post("/custom-fields", needs="settings", idempotent=True)
async def create_custom_field(call: Call, body: NewCustomField) -> CustomFieldShape:
    """Make a field."""
    values = _all(body) | {"required": int(body.required)}
    return custom_field_shape(await call.submit(PutCustomField(call.principal, None, values)))


@fields_routes.get("/custom-fields/{field_id}")
async def see_custom_field(call: Call, field_id: int) -> CustomFieldShape:
    """A field."""
    return custom_field_shape(await call.deps.database.read(found, CustomField, field_id))


@fields_routes.patch("/custom-fields/{field_id}", needs="settings", if_match=True)
async def change_custom_field(call: Call, field_id: int, body: CustomFieldPatch) -> CustomFieldShape:
    """Change a field. Values that stand in it stay as they are."""
    values = changed(body)
    if "required" in values:
        values["required"] = int(values["required"])
    return custom_field_shape(await call.submit(PutCustomField(call.principal, field_id, values, call.version)))


@fields_routes.delete("/custom-fields/{field_id}", needs="settings")
async def remove_custom_field(call: Call, field_id: int) -> None:
    """Remove a field. What stands in it stays, as text."""
    await call.submit(RemoveCustomField(call.principal, field_id, {}, call.version))


@fields_routes.patch("/conversations/{conversation_id}/fields", needs="triage")
async def change_fields(call: Call, conversation_id: int, body: FieldsBody) -> ConversationShape:
    """Change own fields of a conversation."""
    await call.submit(PutFields(call.principal, conversation_id, body.fields))
    return await row_of(call, conversation_id)


# --- companies


@companies_routes.get("/companies")
async def list_companies(call: Call, query: CompaniesQuery) -> Page[CompanyShape]:
    """Companies by name."""
    bound_to = f"companies:q={query.q}"
    after = call.deps.cursors.read(bound_to, query.cursor) if query.cursor else None
    position = await call.position()
    listed, ends = await call.deps.database.read(people.companies, query.q, limit=query.limit, after=after)
    cursor = call.deps.cursors.make(bound_to, ends) if ends else None
    return Page(items=[company_shape(one) for one in listed], next_cursor=cursor, position=position)


@companies_routes.post("/companies", needs="contacts", idempotent=True)
async def create_company(call: Call, body: NewCompany) -> CompanyShape:
    """Make a company."""
    return company_shape(await call.submit(PutCompany(call.principal, None, _all(body))))


@companies_routes.get("/companies/{company_id}")
async def see_company(call: Call, company_id: int) -> CompanyShape:
    """A company."""
    return company_shape(await call.deps.database.read(found, Company, company_id))


@companies_routes.patch("/companies/{company_id}", needs="contacts", if_match=True)
async def change_company(call: Call, company_id: int, body: CompanyPatch) -> CompanyShape:
    """Change a company. Its people bear its name."""
    return company_shape(await call.submit(PutCompany(call.principal, company_id, changed(body), call.version)))


@companies_routes.delete("/companies/{company_id}", needs="contacts")
async def remove_company(call: Call, company_id: int) -> None:
    """Remove a company. Its people stay, and keep its name as words."""
    await call.submit(RemoveCompany(call.principal, company_id, {}, call.version))


def _people(company_id: int, limit: int) -> Reading[FoundContacts]:
    ids = yield from people.people_of(company_id, limit)
    return (yield from with_accounts((yield from contacts.several(ids))))


@companies_routes.get("/companies/{company_id}/contacts")
async def list_people_of(call: Call, company_id: int) -> Page[ContactShape]:
    """The people of a company, at most the first 200."""
    position = await call.position()
    await call.deps.database.read(found, Company, company_id)
    known = await call.deps.database.read(_people, company_id, 200)
    return Page(items=[known.shape(one) for one in known.contacts], position=position)


def _conversations(company_id: int, scope: Scope, agent_id: int | None, limit: int, after: Any) -> Reading[Listed]:
    page = yield from people.conversations_of_company(company_id, scope, limit=limit, after=after)
    return (yield from reading.rows(page.ids, agent_id, page.after))


@companies_routes.get("/companies/{company_id}/conversations")
async def list_conversations_of_company(call: Call, company_id: int, query: PageQuery) -> Page[ConversationShape]:
    """Conversations of a company's people, newest first, as far as they are the caller's to see."""
    await call.deps.database.read(found, Company, company_id)
    bound_to = f"company:{company_id}"
    after = call.deps.cursors.read(bound_to, query.cursor) if query.cursor else None
    principal = call.principal
    listed = await call.deps.database.read(
        _conversations, company_id, principal.scope, principal.agent_id, query.limit, after
    )
    return page_of(call, listed, bound_to)


# --- context links


@links_routes.get("/context-links")
async def list_context_links(call: Call) -> Page[ContextLinkShape]:
    """All addresses, in their order."""
    position = await call.position()
    known = await call.deps.database.read(rows.every, ContextLink)
    listed = sorted(known, key=lambda one: (one.place, one.id))
    return Page(items=[context_link_shape(one) for one in listed], position=position)


@links_routes.post("/context-links", needs="settings", idempotent=True)
async def create_context_link(call: Call, body: NewContextLink) -> ContextLinkShape:
    """Make an address."""
    return context_link_shape(await call.submit(PutContextLink(call.principal, None, _all(body))))


@links_routes.get("/context-links/{link_id}")
async def see_context_link(call: Call, link_id: int) -> ContextLinkShape:
    """An address."""
    return context_link_shape(await call.deps.database.read(found, ContextLink, link_id))


@links_routes.patch("/context-links/{link_id}", needs="settings", if_match=True)
async def change_context_link(call: Call, link_id: int, body: ContextLinkPatch) -> ContextLinkShape:
    """Change an address."""
    return context_link_shape(await call.submit(PutContextLink(call.principal, link_id, changed(body), call.version)))


@links_routes.delete("/context-links/{link_id}", needs="settings")
async def remove_context_link(call: Call, link_id: int) -> None:
    """Remove an address."""
    await call.submit(RemoveContextLink(call.principal, link_id, {}, call.version))
