"""Files of people: what they say, line by line, whatever wrote them."""

from __future__ import annotations

import pytest

from inbox.domain import people_csv
from inbox.domain.shapes import ContactShape
from inbox.errors import Invalid


def test_a_spreadsheet_s_file_is_read_as_it_was_meant() -> None:
    """Byte order mark, semicolons, quotes over lines, empty lines, apostrophes that make formulas harmless."""
    text = '\ufeffName;Phone;Note;Shoe\r\nEleni;+30 1;"one\r\ntwo";38\r\n;;;\r\n\'=Ben;;;\r\n'
    said = people_csv.read(text)

    assert (said.columns, said.ignored) == (["name", "phone", "note"], ["shoe"])
    assert [(line.row, line.values) for line in said.lines] == [
        (2, {"name": "Eleni", "phone": "+30 1", "note": "one\r\ntwo"}),
        (4, {"name": "=Ben"}),
    ]


@pytest.mark.parametrize("text", ["", "shoe,colour\n1,red\n", "name,name\nA,B\n", "name\n" + "A\n" * 5_001, 'name\n"A'])
def test_what_is_no_file_of_people_is_refused(text: str) -> None:
    """Empty, without a column that names anybody, a column twice, too long, a quote without end."""
    with pytest.raises(Invalid) as refused:
        people_csv.read(text)

    assert refused.value.code == "csv"


def test_a_reference_that_is_too_long_to_be_found_by_is_the_line_s_own_fault() -> None:
    """The other lines are taken in."""
    head = "name,system,external_id\n"
    text = f"{head}Eleni,crm,7\nBen,crm,{'8' * 501}\nKai,{'c' * 101},9\n"

    assert [line.wrong for line in people_csv.read(text).lines] == [
        "",
        "external_id is longer than 500 characters",
        "system is longer than 100 characters",
    ]


def test_what_is_written_runs_nothing_and_is_read_again() -> None:
    """What a spreadsheet would take for a formula begins with an apostrophe; phone numbers stay."""
    contact = ContactShape(
        id="1", name='=HYPERLINK("x")', avatar_url=None, email="a@b.example", phone="+30 694 1234567", company="-Co",
        language=None, note="two\nlines, and a comma", fields={"tier": "@gold"}, refs={}, blocked=False, identities=[],
        merged_into=None, created_at="2026-11-22T10:00:00.000Z", version=1,
    )  # fmt: skip
    text = people_csv.write([contact], ["tier"], head=True)
    [line] = people_csv.read(text).lines

    assert "'=HYPERLINK" in text and "'-Co" in text and ",+30 694 1234567," in text  # noqa: PT018
    assert line.values == {
        "name": contact.name, "email": "a@b.example", "phone": contact.phone, "company": "-Co", "note": contact.note,
    }  # fmt: skip
    assert line.fields == {"tier": "@gold"}
