"""People are found, and told to be the same, along an index: never by a look at everybody."""

from __future__ import annotations

from inbox.clock import SECOND
from inbox.domain.words import query_terms
from inbox.storage import contacts, people
from inbox.storage import tables as t
from inbox.storage.database import Insert, Query, Row, Save, Text, fetch
from tests.inbox.new_database import with_schema

NOW = 1_800_000_000 * SECOND


def _plan(sql: str, values: tuple[object, ...]) -> Query[list[Row]]:
    return (yield from fetch(Text({"sqlite": f"EXPLAIN QUERY PLAN {sql}"}, values)))


async def test_a_search_for_people_reads_no_table_whole(sqlite_url: str) -> None:
    """Each spelling of each word is one search along the index of words, and who is found is read by id."""
    database = await with_schema(sqlite_url)
    forms = tuple(len(one) for one in query_terms("Ελένη pap"))
    text, order = contacts._page(forms, False).on("sqlite")
    values = tuple(given if given is not None else "x" for _, given in order)
    plan = [row[3] for row in await database.read(_plan, text, values)]
    await database.close()

    assert forms == (2, 1)
    assert [line for line in plan if line.startswith("SCAN")] == []
    assert sum("contact_key" in line and "value>? AND value<?" in line for line in plan) == 3


async def test_accounts_with_the_same_strong_name_speak_for_one_person(database_url: str) -> None:
    """Both ways, before anything weaker, and not once somebody told them apart."""
    database = await with_schema(database_url)

    def fill() -> Query[None]:
        identities = [
            (i, contact, "whatsapp", f"s{i}", f"x{i}", "", "", None, None, 1, None, "", NOW, NOW)
            for i, contact in ((11, 1), (12, 2), (13, 3))
        ]
        yield Save([Insert(t.identity, identities)])
        names = [("phone", "+306941234567", 11), ("phone", "+306941234567", 12), ("phone", "+4915112345678", 13)]
        yield Save([Insert(t.identity_alias, names)])
        keys = [("email", "a@b.example", contact, contact, None) for contact in (1, 2, 3)]
        yield Save([Insert(t.contact_key, keys)])

    await database.write(fill)
    first, second = [await database.read(people.likely_same, contact) for contact in (1, 2)]
    await database.write(lambda: people.tell_apart(2, 1, NOW, None))
    later = await database.read(people.likely_same, 1)
    await database.close()

    assert [(one.contact_id, one.because) for one in first] == [(2, "alias"), (3, "email")]
    assert [(one.contact_id, one.because) for one in second] == [(1, "alias"), (3, "email")]
    assert [one.contact_id for one in later] == [3]
