"""Taking a file of people back: only what is still as the file left it."""

from __future__ import annotations

from inbox.domain.people_back import Taken, TakenIn, Values, joined, restore, values_of, without
from inbox.domain.records import Contact


def person(**values: object) -> Contact:
    """A contact with these values."""
    blank: dict[str, object] = dict.fromkeys(Contact.__struct_fields__)
    return Contact(**{**blank, "id": 1, "name": "", "company": "", "note": "", "fields": "", **values})


def test_each_own_field_goes_back_for_itself() -> None:
    """One that the file brought goes, one it changed is as before, one it left alone and one changed since stay."""
    before = Values(fields='{"a":"1","b":"1","c":"1"}')
    after = Values(fields='{"a":"2","b":"2","c":"1","d":"2"}')
    contact = person(fields='{"a":"2","b":"3","c":"9","d":"2"}')

    assert restore(contact, before, after) == "partly"
    assert contact.fields == '{"b":"3","c":"9","a":"1"}'


def test_a_company_goes_back_with_the_link_to_it() -> None:
    """The name and the company it stood for are one thing: where either was changed since, both stay."""
    before, after = Values(company="Acme", company_id=7), Values(company="Other")
    contact = person(company="Other")
    linked = person(company="Other", company_id=9)

    assert restore(contact, before, after) == "restored"
    assert restore(linked, before, after) == "stays"
    assert [(c.company, c.company_id) for c in (contact, linked)] == [("Acme", 7), ("Other", 9)]


def test_several_lines_about_one_person_are_one_way_back() -> None:
    """From as the last line left him to as he was before the first; who was made by the first was made."""
    lines = [
        Taken(contact_id=1, before=None, after=Values(name="Ben"), ref=("crm", "7")),
        Taken(contact_id=2, before=Values(name="Anna"), after=Values(name="Anna B")),
        Taken(contact_id=1, before=Values(name="Ben"), after=Values(name="Ben Berg")),
    ]

    taken = joined(lines)

    assert taken.people[0] == Taken(contact_id=1, before=None, after=Values(name="Ben Berg"), ref=("crm", "7"))
    assert without(taken, [1]) == TakenIn([lines[1]])


def test_restoring_twice_is_restoring_once() -> None:
    """The second time everything is different from what the file left: it stays."""
    before, after = Values(name="Anna"), Values(name="Anna B", email="a@example.test")
    contact = person(name="Anna B", email="a@example.test")

    assert [restore(contact, before, after) for _ in range(2)] == ["restored", "stays"]
    assert values_of(contact) == before
