"""What stands around a person: consent, suggestions, the one timeline, cards, files of people."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from pydantic import Field
from starlette.responses import Response

from inbox import clock
from inbox.api.call import Call
from inbox.api.contacts import FoundContacts, shape_of, with_accounts
from inbox.api.conversations import shapes_of
from inbox.api.fields import Body, Id, PageQuery, Query
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.commands import people_undo
from inbox.commands.consent import PutConsent
from inbox.commands.contact import TellApart
from inbox.commands.people_import import ImportPeople, take_in
from inbox.domain import people_csv, taking_back
from inbox.domain.companies import domain_of
from inbox.domain.event import Actor
from inbox.domain.people_records import CustomField
from inbox.domain.people_shapes import (
    ConsentShape,
    ImportRow,
    ImportShape,
    LikelyShape,
    RecentImport,
    StoryItem,
    SuggestionsShape,
    UndoneShape,
)
from inbox.domain.permissions import Principal
from inbox.domain.shapes import ContactShape, MessageAuthor
from inbox.domain.state import State
from inbox.domain.vcard import MEDIA_TYPE, vcard
from inbox.eventlog import reading
from inbox.eventlog.reading import Listed
from inbox.eventlog.show import text_id
from inbox.eventlog.show_people import company_shape, consent_shape
from inbox.storage import contacts, people
from inbox.storage.database import Query as Reading

routes = Routes("Contacts")
_NEWEST = 2**62
_EXPORTED = 100_000
_MAX_FILE = 8_000_000


class ConsentBody(Body):
    """What a person said about being written to, and where it is known from."""

    state: Literal["granted", "withdrawn", "unknown"]
    source: str = Field("", max_length=500)


class OtherBody(Body):
    """The other contact."""

    other_id: Id


class StoryQuery(PageQuery):
    """A person's timeline, newest first."""

    network: str | None = Field(None, max_length=40)


class CardQuery(Query):
    """In which form."""

    format: Literal["vcard", "json"] = "vcard"


class ExportQuery(Query):
    """Whom: all, or those whom a search finds."""

    q: str = Field("", max_length=200)


class ImportBody(Body):
    """A CSV file of people. Its first line names the columns: `name`, `email`, `phone`, `company`, `language`, `note`,
    `field.<key>`, and `system` with `external_id` for the id that another system knows one by.
    """

    csv: str = Field(min_length=1, max_length=_MAX_FILE)
    preview: bool = True


# --- consent


@routes.get("/contacts/{contact_id}/consents")
async def list_consents(call: Call, contact_id: int) -> list[ConsentShape]:
    """What a person said about being written to, for every channel that can write first and those he spoke of."""
    await shape_of(call, contact_id)
    return await _consents(call, contact_id)


async def _consents(call: Call, contact_id: int) -> list[ConsentShape]:
    known = {said[0]: said for said in await call.deps.database.read(people.consents_of, contact_id)}
    directory = await call.deps.directory.fresh()
    seen = [c.id for c in directory.channels.values() if call.principal.scope.covers(c.id, c.team_id) and c.active]
    return [consent_shape(one, known.get(one), call.deps.show) for one in sorted({*seen, *known})]


@routes.put("/contacts/{contact_id}/consents/{channel_id}", needs="contacts")
async def put_consent(call: Call, contact_id: int, channel_id: int, body: ConsentBody) -> ConsentShape:
    """Note what a person said. To who withdrew, nobody can write first on that channel, nor by template."""
    directory = await call.deps.directory.fresh()
    await call.submit(PutConsent(call.principal, contact_id, channel_id, body.state, body.source, directory))
    return next(one for one in await _consents(call, contact_id) if one.channel_id == str(channel_id))


# --- suggestions


def _suggested(contact_id: int) -> Reading[tuple[list[people.Likeness], FoundContacts]]:
    likely = yield from people.likely_same(contact_id)
    found = yield from contacts.several([one.contact_id for one in likely])
    return likely, (yield from with_accounts(found))


@routes.get("/contacts/{contact_id}/suggestions")
async def list_suggestions(call: Call, contact_id: int) -> SuggestionsShape:
    """Who may be the same person and why, and the company of his mail domain, where he has none yet."""
    contact = await shape_of(call, contact_id)
    likely, found = await call.deps.database.read(_suggested, contact_id)
    by_id = {one.id: one for one in found.contacts}
    domain = domain_of(contact.email) if contact.company_id is None else None
    company = await call.deps.database.read(people.company_of_domain, domain) if domain else None
    return SuggestionsShape(
        same=[
            LikelyShape(contact=found.shape(by_id[one.contact_id]), because=one.because, value=one.value)  # type: ignore[arg-type]
            for one in likely
            if one.contact_id in by_id
        ],
        company=company_shape(company) if company is not None else None,
        domain=domain,
    )


@routes.post("/contacts/{contact_id}/not-same", needs="contacts", status=200)
async def tell_apart(call: Call, contact_id: int, body: OtherBody) -> None:
    """Two contacts are two people: it is not suggested any more that they are one."""
    await call.submit(TellApart(call.principal, contact_id, body.other_id))


# --- one timeline


class _Story(msgspec.Struct):
    state: State
    items: list[Any]
    rows: Listed


def _story(contact_id: int, principal: Principal, network: str | None, before: int, limit: int) -> Reading[_Story]:
    ids = yield from people.items_of(contact_id, principal.scope, network=network, before=before, limit=limit)
    state, items = yield from reading.items(ids)
    rows = yield from reading.rows(sorted({item.conversation_id for item in items}), principal.agent_id)
    return _Story(state, items, rows)


@routes.get("/contacts/{contact_id}/timeline")
async def read_story(call: Call, contact_id: int, query: StoryQuery) -> Page[StoryItem]:
    """Items of all conversations a person took part in, on every network, as far as they are the caller's to see."""
    await shape_of(call, contact_id)
    bound_to = f"story:{contact_id}:{query.network}"
    before = call.deps.cursors.read(bound_to, query.cursor)[0] if query.cursor else _NEWEST
    story = await call.deps.database.read(_story, contact_id, call.principal, query.network, before, query.limit + 1)
    rows = {shape.id: shape for shape in shapes_of(call, story.rows)}
    shown = story.items[: query.limit]
    more = len(story.items) > query.limit
    return Page(
        items=[
            StoryItem(message=call.deps.show.message(item, story.state), conversation=rows[str(item.conversation_id)])
            for item in shown
        ],
        next_cursor=call.deps.cursors.make(bound_to, [shown[-1].position]) if more else None,
        position=story.rows.position,
    )


# --- cards and files


@routes.get("/contacts/{contact_id}/card", media=("text/vcard",))
async def read_card(call: Call, contact_id: int, query: CardQuery) -> ContactShape:
    """A person as a card for other programs: vCard 4.0, or JSON."""
    contact = await shape_of(call, contact_id)
    if query.format == "json":
        return contact
    url = f"{call.deps.settings.address}/contacts/{contact.id}"
    name = "".join(char for char in contact.name if char.isalnum() and char.isascii())[:40] or f"contact-{contact.id}"
    headers = {"Content-Disposition": f'attachment; filename="{name}.vcf"', "Cache-Control": "no-store"}
    return Response(vcard(contact, url), media_type=MEDIA_TYPE, headers=headers)  # type: ignore[return-value]


def _everybody(query: str) -> Reading[tuple[list[str], list[CustomField]]]:
    """Whole files are made in one reading: nobody is in them twice."""
    fields = yield from people.fields("contact")
    keys = [field.key for field in fields]
    after: list[Any] | None = None
    out = [people_csv.write([], keys, head=True)]
    written = 0
    while written < _EXPORTED:
        found, after = yield from contacts.page(query, limit=500, after=after)
        shown = yield from with_accounts(found)
        out.append(people_csv.write((shown.shape(one) for one in found), keys, head=False))
        written += len(found)
        if after is None:
            break
    return out, fields


@routes.get("/people.csv", needs="settings", rate="costly", media=("text/csv",))
async def export_people(call: Call, query: ExportQuery) -> Response:
    """People as a CSV file, by name; at most 100,000."""
    parts, _ = await call.deps.database.read(_everybody, query.q)
    day = clock.iso(clock.now())[:10]
    headers = {"Content-Disposition": f'attachment; filename="people-{day}.csv"', "Cache-Control": "no-store"}
    return Response("".join(parts), media_type="text/csv; charset=utf-8", headers=headers)


def _previewed(unit: ImportPeople) -> Reading[list[ImportRow]]:
    return (yield from unit.run(reading.fresh_state())).rows


@routes.post("/people/import", needs="settings", status=200, rate="costly", max_body_bytes=_MAX_FILE)
async def import_people(call: Call, body: ImportBody) -> ImportShape:
    """Take people in from a CSV file, or say what would become of each line (`preview`). Who is known by reference,
    e-mail or phone is changed: cells that are empty change nothing. All of it can be taken back for an hour.
    """
    said = people_csv.read(body.csv)
    import_id: int | None = None
    if body.preview:
        unit = ImportPeople(call.principal, said.lines, preview=True)
        rows: list[ImportRow] = await call.deps.database.read(_previewed, unit)
    else:
        rows, import_id = await take_in(call.deps.writer, call.principal, said.lines)
    return ImportShape(
        preview=body.preview, import_id=None if import_id is None else str(import_id),
        columns=said.columns, ignored=said.ignored, rows=rows,
    )  # fmt: skip


@routes.get("/people/imports", needs="settings")
async def list_imports(call: Call) -> Page[RecentImport]:
    """Files of the last hour, newest first: those that can be taken back."""
    found = await call.deps.database.read(people_undo.recent, clock.now())
    return Page(items=[_recent(call, one) for one in found], position=await call.position())


@routes.post("/people/imports/{import_id}/undo", needs="settings", status=200, rate="costly")
async def undo_import(call: Call, import_id: int) -> UndoneShape:
    """Take a file of people back, within an hour and once: whom it made goes, whom it changed is as before. What
    somebody changed since stays, and says so.
    """
    deps = call.deps
    rows = await people_undo.take_people_back(deps.database, deps.writer, call.principal, import_id, clock.now())
    return UndoneShape(rows=rows)


def _recent(call: Call, kept: people_undo.Kept) -> RecentImport:
    bulk, people_of = kept.bulk, kept.taken.people
    actor = Actor(bulk.actor_kind, bulk.actor_id)  # type: ignore[arg-type]
    created = sum(one.before is None for one in people_of)
    return RecentImport(
        id=str(bulk.id), at=clock.iso(bulk.at), until=clock.iso(bulk.at + taking_back.KEPT_SECONDS * clock.SECOND),
        by=MessageAuthor(kind=actor.kind, id=text_id(actor.id), name=call.deps.show.directory.name_of(actor)),
        created=created, changed=len(people_of) - created,
    )  # fmt: skip
