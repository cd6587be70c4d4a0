"""By what a person is found: worked out of his record alone."""

from __future__ import annotations

import pytest

from inbox.domain.person_keys import digits_of, keys_of, millionths
from inbox.domain.records import Contact


def person(**changes: object) -> Contact:
    """A contact of whom little is known."""
    plain = {"name": "", "email": None, "phone": None, "company": "", "fields": "", "merged_into": None}
    return Contact(
        id=1, avatar_url=None, language=None, note="", blocked=0, created_at=1, version=1, **{**plain, **changes}
    )  # type: ignore[arg-type]


def of(contact: Contact, kind: str) -> set[str]:
    """Values of one kind."""
    return {key.value for key in keys_of(contact) if key.kind == kind}


def test_a_number_is_the_same_however_it_is_written() -> None:
    """Blanks, brackets and the zeros of dialling abroad do not count; what is too short names nobody."""
    written = ("+30 694 123-4567", "0030 (694) 1234567", "306941234567")
    assert {digits_of(one) for one in written} == {"306941234567"}
    assert (digits_of("112"), digits_of(None), digits_of("١٢٣٤٥٦٧٨")) == ("", "", "")


def test_what_is_longer_than_any_number_is_none() -> None:
    """Each end of a number is a key: thousands of digits in a field for one would be thousands of rows."""
    assert digits_of("+" + "12345678" * 6) == ""
    assert len(keys_of(person(phone="12345678" * 1_000))) < 10


def test_no_key_is_too_long_for_an_index() -> None:
    """PostgreSQL refuses a row beyond 2,704 bytes: who has such a name, company or address is kept all the same."""
    long = person(name="漢 " + "字" * 490, company="社" * 499, email="ω" * 3_000 + "@shop.example")

    assert max(len(key.value.encode()) for key in keys_of(long)) < 2_000
    assert (of(long, "name_company"), of(long, "email")) == (set(), set())


def test_a_name_alone_speaks_for_nobody() -> None:
    """A full name with a company does, whatever the accents and the case."""
    one = person(name="María  Papadopoulou", company="Acme")
    assert (
        of(one, "name_company")
        == {"maria papadopoulou|acme"}
        == of(person(name="Maria Papadopoulou", company="ACME"), "name_company")
    )
    assert of(person(name="Maria Papadopoulou"), "name_company") == set()
    assert of(person(name="Maria", company="Acme"), "name_company") == set()


def test_own_fields_are_keys_with_their_number() -> None:
    """Compared without case; numbers as numbers."""
    keys = {k.kind: (k.value, k.number) for k in keys_of(person(fields='{"tier":"Gold","points":"12.5"}'))}
    assert keys == {"field.tier": ("gold", None), "field.points": ("12.5", 12_500_000)}


def test_who_was_merged_away_is_found_by_nothing() -> None:
    """His accounts are the other's."""
    assert keys_of(person(name="Eleni", email="e@example.test", merged_into=2)) == set()


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e30", "ten", ""])
def test_what_is_no_number_of_use_has_none(text: str) -> None:
    """It cannot be compared."""
    assert millionths(text) is None
