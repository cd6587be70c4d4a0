"""connectors/whatsapp/people.py: names of people and threads."""

import pytest

from connectors.errors import PayloadInvalid
from connectors.whatsapp.payloads import Person
from connectors.whatsapp.people import Scene, author_of, digits_of, named_anew, renamed, thread_of

SCENE = Scene(asset_id="1", own_phone="", people=(), told_at=0)


@pytest.mark.parametrize(
    ("written", "digits"),
    [("+30 697 123-4567", "306971234567"), ("16505551234", "16505551234"), ("US.13", "US.13"), ("", "")],
)
def test_numbers_are_written_one_way(written: str, digits: str) -> None:
    """However a number is written, it is the same number; ids stay as they are."""
    assert digits_of(written) == digits


def test_aliases_are_the_number_and_both_ids() -> None:
    """Identities that share a number, an id, or the id of linked businesses are one person."""
    author = author_of(Person(phone="306971234567", user_id="GR.1", parent_user_id="GR.ENT.2"))
    assert [(one.kind, one.value) for one in author.aliases] == [
        ("phone", "+306971234567"),
        ("scoped_id", "GR.1"),
        ("scoped_id", "GR.ENT.2"),
    ]


def test_nobody_is_nobody() -> None:
    """An element that names no person is broken."""
    for read in (lambda: author_of(Person()), lambda: thread_of(Person(), "", None)):
        with pytest.raises(PayloadInvalid):
            read()


def test_a_group_is_its_own_thread() -> None:
    """What is said in a group is not in the private thread of who says it."""
    thread = thread_of(Person(phone="1"), "120363@g.us", 5)
    assert (thread.external_id, thread.kind, thread.window_closes_at) == ("120363@g.us", "group", 5)


def test_names_that_stay_move_nothing() -> None:
    """A person with one name, or the same one, has nothing to move."""
    assert named_anew(Person(phone="1"), 0, SCENE) == []
    assert renamed("US.1", Person(user_id="US.1"), 0, SCENE) == []
    assert renamed("", Person(user_id="US.1"), 0, SCENE) == []


def test_an_id_in_place_of_the_number_is_an_id() -> None:
    """Where the number is hidden, the id has been seen in its field: it is no number, and nothing moves."""
    for phone, user_id in (("US.1234", "US.1234"), ("US.1234", None)):
        person = SCENE.person(phone, user_id)
        assert (person.phone, person.user_id) == ("", "US.1234")
        assert named_anew(person, 0, SCENE) == []


def test_a_sender_who_is_not_among_the_contacts_keeps_his_own_names() -> None:
    """A single contact is meant where an element names nobody, and only then."""
    anna = Person(phone="1", name="Anna")
    scene = Scene(asset_id="1", own_phone="", people=(anna,), told_at=0)
    assert scene.person(None) == anna
    assert scene.person("2").name == ""
