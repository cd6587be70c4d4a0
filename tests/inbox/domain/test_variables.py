"""Places in words: frontend/src/text/variables.test.ts holds the same examples."""

from __future__ import annotations

import pytest

from inbox.domain.variables import Filled, fill, first_name

VALUES = {"contact.first_name": "Eleni", "first_name": "Eleni", "contact.company": "", "agent.name": "Maria Stavrou"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Dear {contact.first_name},", Filled("Dear Eleni,", ())),
        ("Dear {{first_name}},", Filled("Dear Eleni,", ())),
        ("Dear {contact.first_name|there},", Filled("Dear Eleni,", ())),
        ("For {contact.company|your company}.", Filled("For your company.", ())),
        ("For {contact.company|}.", Filled("For .", ())),
        ("For {contact.company} and {contact.company}.", Filled("For  and .", ("contact.company",))),
        ("Use {curly braces} or {order_id}.", Filled("Use {curly braces} or {order_id}.", ())),
        ("{ agent.name }", Filled("Maria Stavrou", ())),
        ("No places.", Filled("No places.", ())),
    ],
)
def test_places_are_filled(text: str, filled: Filled) -> None:
    """What is known is put in, else the words behind the bar; without those the place is missing; others stay."""
    assert fill(text, VALUES) == filled


@pytest.mark.parametrize(
    ("name", "first"), [("Eleni Markaki", "Eleni"), (" Γιώργος  Π. ", "Γιώργος"), ("Brandt, Jonas", "Brandt"), ("", "")]
)
def test_the_first_name_is_the_first_word(name: str, first: str) -> None:
    """In any script, before a space or a comma."""
    assert first_name(name) == first
