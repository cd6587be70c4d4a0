"""People: changed, merged and taken apart exactly, known by reference, erased without a trace."""

from __future__ import annotations

import pytest

from connectors import inbound as net
from inbox import clock
from inbox.commands.consent import PutConsent
from inbox.commands.contact import (
    ChangeContact,
    ContactChange,
    CreateContact,
    Erase,
    MergeContacts,
    PutByRef,
    UnmergeContacts,
)
from inbox.commands.note import WriteNote
from inbox.errors import Conflict, Forbidden, Stale
from tests.inbox.desk import ANNA, CLEO, SHOP, Desk

SECRET = "Kolokotronis"


async def contact_of(desk: Desk, person: str) -> int:
    """The contact behind an account."""
    return int((await desk.rows(f"SELECT contact_id FROM identity WHERE external_id = '{person}'"))[0][0])


async def test_a_change_needs_the_version_that_was_read(desk: Desk) -> None:
    """412 when somebody else changed the contact in between."""
    contact_id = await desk.do(CreateContact(desk.agent(), ContactChange(name="Eleni", fields={"size": "38"})))
    await desk.do(ChangeContact(desk.agent(), contact_id, ContactChange(company="Acme"), 1))

    with pytest.raises(Stale):
        await desk.do(ChangeContact(desk.agent(), contact_id, ContactChange(company="Other"), 1))

    [row] = await desk.rows("SELECT name, company, fields, version FROM contact")
    assert row == ("Eleni", "Acme", '{"size":"38"}', 2)


async def test_a_blocked_person_opens_no_wait(desk: Desk) -> None:
    """Blocking is the contact's, on every network: who waited waits no more, and nothing new begins."""
    await desk.writes()
    await desk.do(ChangeContact(desk.agent(), await contact_of(desk, "eleni"), ContactChange(blocked=True), None))
    await desk.accepts(await desk.replies())
    await desk.writes("And?")

    assert [w.end for w in await desk.waits()] == ["voided"]


async def test_a_reference_makes_one_contact_however_often_it_is_put(desk: Desk) -> None:
    """A CRM's sync is repeatable: the same twice is one event, a change another."""
    put = [
        await desk.do(PutByRef(desk.agent(), "crm", "c-7", ContactChange(name=name, email="e@example.test")))
        for name in ("Eleni", "Eleni", "Eleni K.")
    ]

    assert [made for _, made in put] == [True, False, False]
    assert len({contact_id for contact_id, _ in put}) == 1
    assert (await desk.events()).count("contact_changed") == 2


async def test_a_reference_follows_a_merge(desk: Desk) -> None:
    """What the CRM knows by the old contact is written to the one that is left."""
    old, _ = await desk.do(PutByRef(desk.agent(), "crm", "c-7", ContactChange(name="E.")))
    into = await desk.do(CreateContact(desk.agent(), ContactChange(name="Eleni")))
    await desk.do(MergeContacts(desk.agent(), old, into))

    assert await desk.do(PutByRef(desk.agent(), "crm", "c-7", ContactChange(note="VIP"))) == (into, False)


async def test_unmerge_returns_exactly_the_accounts_that_moved(desk: Desk) -> None:
    """Accounts that the other had, or got since, stay; conversations go with who opened them."""
    for person in ("eleni", "eleni-mail", "late"):
        await desk.writes(person=person)
    eleni, mail, late = [await contact_of(desk, p) for p in ("eleni", "eleni-mail", "late")]
    before = await desk.rows("SELECT id, contact_id FROM conversation ORDER BY id")
    await desk.do(MergeContacts(desk.agent(), mail, eleni))
    merged = await desk.rows("SELECT DISTINCT contact_id FROM identity WHERE external_id LIKE 'eleni%'")
    await desk.do(MergeContacts(desk.agent(), late, eleni))
    await desk.do(UnmergeContacts(desk.agent(), mail))

    assert merged == [(eleni,)]
    assert [await contact_of(desk, p) for p in ("eleni", "eleni-mail", "late")] == [eleni, mail, eleni]
    after = dict(await desk.rows("SELECT id, contact_id FROM conversation ORDER BY id"))
    assert after == {**dict(before), before[2][0]: eleni}


async def test_who_opted_out_stays_so_whichever_contact_is_left(desk: Desk) -> None:
    """A merge loses no refusal, and takes none back that the other had given."""
    one, other = [await desk.do(CreateContact(desk.agent(), ContactChange(name=name))) for name in ("E", "Eleni")]
    directory = desk.world.directory
    await desk.do(PutConsent(desk.agent(), one, SHOP, "withdrawn", "wrote STOP", directory))
    await desk.do(PutConsent(desk.agent(), other, SHOP, "granted", "form", directory))
    await desk.do(MergeContacts(desk.agent(), one, other))

    assert await desk.rows(f"SELECT state, source FROM consent WHERE contact_id = {other}") == [
        ("withdrawn", "wrote STOP")
    ]


async def test_merging_twice_or_unmerging_nothing_is_refused(desk: Desk) -> None:
    """409 says what is so."""
    one = await desk.do(CreateContact(desk.agent(), ContactChange(name="One")))
    two = await desk.do(CreateContact(desk.agent(), ContactChange(name="Two")))
    await desk.do(MergeContacts(desk.agent(), one, two))

    for unit in (
        lambda: MergeContacts(desk.agent(), one, two),
        lambda: UnmergeContacts(desk.agent(), two),
        lambda: MergeContacts(desk.agent(), two, two),
    ):
        with pytest.raises(Conflict):
            await desk.do(unit())


async def test_what_the_network_joined_is_not_taken_apart_again(desk: Desk) -> None:
    """A visitor who signs in continues his own story: nobody merged anything, so there is nothing to move back."""
    await desk.writes(person="visitor")
    await desk.arrives(
        net.IdentitiesLinked(
            dedupe_key="linked", occurred_at=clock.now(), author=net.Author(external_id="signed-in"),
            other_id="visitor", reason="signed in",
        )
    )  # fmt: skip
    [(spare,)] = await desk.rows("SELECT id FROM contact WHERE merged_into IS NOT NULL")

    with pytest.raises(Conflict, match="network said"):
        await desk.do(UnmergeContacts(desk.agent(), spare))


async def test_erasure_leaves_no_word_of_a_person_anywhere(desk: Desk) -> None:
    """After erasure no table holds his name, words, address or number; positions, times and metrics stay."""
    await desk.writes(
        f"I am {SECRET}", person="eleni",
        author=net.Author(
            external_id=f"acc-{SECRET}", name=SECRET, username=SECRET,
            aliases=(net.Alias(kind="phone", value=f"+30{SECRET}"),),
        ),
        thread=net.Thread(
            external_id=f"chat-{SECRET}", kind="direct", audience="private", title=SECRET,
            address={"kind": "direct", "chat": SECRET},
        ),
    )  # fmt: skip
    await desk.writes("Somebody else", person="maria")
    conversation = (await desk.rows("SELECT id FROM conversation ORDER BY id"))[0][0]
    await desk.accepts(await desk.replies(f"Dear {SECRET}", conversation=conversation))
    note = WriteNote(desk.agent(), conversation, f"{SECRET} again", directory=desk.world.directory, mentions=(CLEO,))
    await desk.do(note)
    await desk.triages(conversation=conversation, subject=SECRET)
    before = [(w.id, w.opened_at, w.ended_at, w.end) for w in await desk.waits()]
    contact_id = (await desk.rows(f"SELECT contact_id FROM conversation WHERE id = {conversation}"))[0][0]

    with pytest.raises(Forbidden):
        Erase(desk.agent(ANNA), contact_id)
    await desk.do(Erase(desk.agent(CLEO), contact_id))

    assert await everything(desk, SECRET) == []
    assert [(w.id, w.opened_at, w.ended_at, w.end) for w in await desk.waits()] == before
    assert await desk.rows("SELECT text FROM content WHERE text <> ''") == [("Somebody else",)]
    assert (await desk.events())[-1] == "content_erased"


async def everything(desk: Desk, said: str) -> list[tuple[object, ...]]:
    """(table, row) of every row that has it in it, in any column."""
    found: list[tuple[object, ...]] = []
    for (table,) in await desk.rows(await _tables(desk)):
        rows = await desk.rows(f'SELECT * FROM "{table}"')
        found += [(table, row) for row in rows if said.lower() in repr(_text(row)).lower()]
    return found


async def _tables(desk: Desk) -> str:
    if desk.world.database.engine == "sqlite":
        return "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search_%'"
    return "SELECT CAST(tablename AS text) FROM pg_tables WHERE schemaname = 'public'"


def _text(row: tuple[object, ...]) -> list[object]:
    return [bytes(v).decode(errors="replace") if isinstance(v, bytes | memoryview) else v for v in row]


async def test_erasure_ends_an_open_wait_as_void(desk: Desk) -> None:
    """There is nothing left to answer."""
    await desk.writes()
    await desk.do(Erase(desk.agent(CLEO), await contact_of(desk, "eleni")))

    [wait] = await desk.waits()
    assert (wait.end, wait.reason) == ("voided", "erased")
    assert (await desk.conversation()).waiting_since is None


async def test_who_was_erased_can_write_again_as_somebody_new(desk: Desk) -> None:
    """Nothing connects the new contact with the old one."""
    await desk.writes()
    old = await contact_of(desk, "eleni")
    await desk.do(Erase(desk.agent(CLEO), old))
    await desk.writes("Hello again")

    assert await contact_of(desk, "eleni") != old
    assert len(await desk.rows("SELECT id FROM conversation")) == 2
