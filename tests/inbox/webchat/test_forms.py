"""The form before a chat, checked again on the server."""

from __future__ import annotations

import json

import pytest

from inbox.errors import Invalid
from inbox.webchat.forms import Answers, answers_of, form_of

FORM = form_of(
    json.dumps(
        [
            {"name": "name", "type": "name", "required": True},
            {"name": "mail", "type": "email", "label": {"en": "E-mail", "de": "E-Mail"}},
            {"name": "phone", "type": "phone"},
            {"name": "topic", "type": "select", "options": ["Order", "Other"]},
            {"name": "consent", "type": "checkbox", "required": True, "version": "2026-03"},
        ]
    )
)


def test_answers_become_a_person_and_facts() -> None:
    """Name and addresses are the person's; the rest are facts, a consent with the version of its text."""
    given = {"name": " Eleni ", "mail": "eleni@shop.example", "topic": "Order", "consent": True, "extra": "x"}

    assert answers_of(FORM, given) == Answers(
        name="Eleni", email="eleni@shop.example", facts={"topic": "Order", "consent": "agreed to 2026-03"}
    )


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({}, {"name": "required", "consent": "required"}),
        ({"name": "  ", "consent": False}, {"name": "required", "consent": "required"}),
        ({"name": "E", "consent": True, "mail": "eleni"}, {"mail": "invalid"}),
        ({"name": "E", "consent": True, "mail": "a@b.c d"}, {"mail": "invalid"}),
        ({"name": "E", "consent": True, "phone": "call me"}, {"phone": "invalid"}),
        ({"name": "E", "consent": True, "topic": "Hacking"}, {"topic": "invalid"}),
        ({"name": "E" * 101, "consent": True}, {"name": "invalid"}),
        ({"name": "E\x00", "consent": "yes"}, {"name": "invalid", "consent": "invalid"}),
        ({"name": True, "consent": True}, {"name": "invalid"}),
    ],
)
def test_every_wrong_field_is_named(given: dict[str, str | bool], wrong: dict[str, str]) -> None:
    """The widget can show what to mend, field by field."""
    with pytest.raises(Invalid) as refused:
        answers_of(FORM, given)

    assert {one["pointer"]: one["message"] for one in refused.value.extra["errors"]} == wrong


@pytest.mark.parametrize(
    "text",
    [
        "{}", '[{"name": "a b", "type": "text"}]', '[{"name": "a", "type": "date"}]',
        '[{"name": "a", "type": "select"}]', '[{"name": "a", "type": "text"}, {"name": "a", "type": "text"}]',
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_shown_is_refused(text: str) -> None:
    """Unknown types, names that are none, selects without options and fields of one name."""
    with pytest.raises(Invalid, match="pre_chat_form"):
        form_of(text)
