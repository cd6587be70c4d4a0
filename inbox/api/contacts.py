"""People outside: found, changed, merged, known to other systems, erased."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET
from pydantic import Field

from inbox.api.call import Call, Reply
from inbox.api.conversations import page_of
from inbox.api.fields import Body, Id, PageQuery
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.commands.contact import (
    ChangeContact,
    ContactChange,
    CreateContact,
    Erase,
    MergeContacts,
    PutByRef,
    UnmergeContacts,
)
from inbox.domain.records import Contact, Identity
from inbox.domain.shapes import ContactShape, ConversationShape
from inbox.errors import NotFound
from inbox.eventlog import reading
from inbox.eventlog.show_contact import contact_shape
from inbox.storage import contacts
from inbox.storage.database import Query as Reading

routes = Routes("Contacts")
Text = Annotated[str, Field(max_length=500)]


class ContactBody(Body):
    """Fields of a contact; what is not given stays as it is."""

    name: Text | None = None
    email: Text | None = None
    phone: Text | None = None
    company: Text | None = None
    language: Annotated[str, Field(max_length=35)] | None = None
    note: Annotated[str, Field(max_length=20_000)] | None = None
    fields: dict[Annotated[str, Field(max_length=60)], Text] | None = Field(None, max_length=100)
    blocked: bool | None = None
    company_id: Id | None = None


class ContactsQuery(PageQuery):
    """Contacts by name; `q`: words that begin words of a name, address, number, company or user name, as written or as
    they sound.
    """

    q: str = Field("", max_length=200)


class ContactMergeBody(Body):
    """The contact that is left."""

    into_id: Id


def change_of(body: ContactBody) -> ContactChange:
    """The body as the command takes it: null empties."""
    given: dict[str, Any] = {}
    for name in body.model_fields_set:
        value = getattr(body, name)
        empty: Any = {"fields": {}, "blocked": False}.get(name, "" if name in ("name", "company", "note") else None)
        given[name] = empty if value is None else value
    return ContactChange(**{name: given.get(name, UNSET) for name in ContactChange.__struct_fields__})


class FoundContacts(msgspec.Struct):
    """Contacts as they were read, with their accounts and references."""

    contacts: list[Contact]
    identities: dict[int, list[Identity]]
    refs: dict[int, dict[str, str]]
    after: list[Any] | None = None

    def shape(self, contact: Contact) -> ContactShape:
        """One of them as it is shown."""
        return contact_shape(contact, self.identities.get(contact.id, []), self.refs.get(contact.id, {}))


def with_accounts(found: list[Contact], after: list[Any] | None = None) -> Reading[FoundContacts]:
    """Contacts with all that is shown of them."""
    ids = [c.id for c in found]
    identities: dict[int, list[Identity]] = {}
    for identity in (yield from contacts.identities_of(ids)):
        identities.setdefault(identity.contact_id, []).append(identity)
    refs = yield from contacts.refs_of(ids)
    return FoundContacts(found, identities, refs, after)


def _page(query: str, limit: int, after: list[Any] | None) -> Reading[FoundContacts]:
    found, ends = yield from contacts.page(query, limit=limit, after=after)
    return (yield from with_accounts(found, ends))


def _one(contact_id: int) -> Reading[FoundContacts]:
    contact = yield from contacts.found(contact_id)
    return (yield from with_accounts([contact] if contact is not None else []))


async def shape_of(call: Call, contact_id: int) -> ContactShape:
    """A contact as it is shown. Raises NotFound."""
    found = await call.deps.database.read(_one, contact_id)
    if not found.contacts:
        raise NotFound(f"there is no contact {contact_id}")
    return found.shape(found.contacts[0])


@routes.get("/contacts")
async def list_contacts(call: Call, query: ContactsQuery) -> Page[ContactShape]:
    """Contacts by name."""
    bound_to = f"contacts:q={query.q}"
    after = call.deps.cursors.read(bound_to, query.cursor) if query.cursor else None
    position = await call.position()
    found = await call.deps.database.read(_page, query.q, query.limit, after)
    return Page(
        items=[found.shape(contact) for contact in found.contacts],
        next_cursor=call.deps.cursors.make(bound_to, found.after) if found.after else None,
        position=position,
    )


@routes.post("/contacts", needs="contacts", idempotent=True)
async def create_contact(call: Call, body: ContactBody) -> ContactShape:
    """Make a contact."""
    return await shape_of(call, await call.submit(CreateContact(call.principal, change_of(body))))


@routes.get("/contacts/{contact_id}")
async def get_contact(call: Call, contact_id: int) -> ContactShape:
    """A contact with his accounts. `merged_into` says where to go on."""
    return await shape_of(call, contact_id)


@routes.patch("/contacts/{contact_id}", needs="contacts", if_match=True)
async def change_contact(call: Call, contact_id: int, body: ContactBody) -> ContactShape:
    """Change the fields given."""
    unit = ChangeContact(call.principal, contact_id, change_of(body), call.version)
    return await shape_of(call, await call.submit(unit))


@routes.get("/contacts/{contact_id}/conversations")
async def list_conversations_of(call: Call, contact_id: int, query: PageQuery) -> Page[ConversationShape]:
    """All conversations a person took part in, on every network, as far as they are the caller's to see."""
    await shape_of(call, contact_id)
    bound_to = f"contact:{contact_id}"
    after = call.deps.cursors.read(bound_to, query.cursor) if query.cursor else None
    listed = await call.deps.database.read(
        reading.of_person, contact_id, call.principal.scope, call.principal.agent_id, limit=query.limit, after=after
    )
    return page_of(call, listed, bound_to)


@routes.put("/contacts/by-ref/{system}/{external_id:path}", needs="contacts", also_status=201)
async def put_by_ref(call: Call, system: str, external_id: str, body: ContactBody) -> Reply[ContactShape]:
    """Make or change the contact that another system knows by this id. 201 when it was made."""
    contact_id, made = await call.submit(PutByRef(call.principal, system, external_id, change_of(body)))
    return Reply(await shape_of(call, contact_id), status=201 if made else 200)


@routes.post("/contacts/{contact_id}/merge", needs="contacts", status=200, idempotent=True)
async def merge_contacts(call: Call, contact_id: int, body: ContactMergeBody) -> ContactShape:
    """Two contacts are one person: the answer is the one that is left."""
    return await shape_of(call, await call.submit(MergeContacts(call.principal, contact_id, body.into_id)))


@routes.post("/contacts/{contact_id}/unmerge", needs="contacts", status=200)
async def unmerge_contacts(call: Call, contact_id: int) -> ContactShape:
    """Exactly the accounts that moved go back."""
    return await shape_of(call, await call.submit(UnmergeContacts(call.principal, contact_id)))


@routes.delete("/contacts/{contact_id}", needs="erase")
async def erase_contact(call: Call, contact_id: int) -> None:
    """Blank all that is kept of a person; files that nothing refers to any more are deleted."""
    for sha256 in await call.submit(Erase(call.principal, contact_id)):
        await call.deps.media.delete(sha256)
