"""Simulated visitors: what they do is read as it was meant."""

from __future__ import annotations

from connectors.contract import Context, CustomerAction
from connectors.inbound import (
    AnyInbound,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    ReceiptReceived,
    TypingStarted,
)
from connectors.toolkit import faults
from connectors.webchat.inbound import parse
from connectors.webchat.simulator import Visitors
from tests.connectors.kit.subject import bare_context, subject

NOW = 1_795_336_000_000_000


def _act(visitors: Visitors, ctx: Context, **action: str) -> list[AnyInbound]:
    done = visitors.act(CustomerAction(person="max", **action), NOW)  # type: ignore[arg-type]
    return [one for request in done for one in parse(request, ctx) if not isinstance(one, Exception)]


def test_a_visitor_writes_changes_and_takes_back() -> None:
    """Each act is one fact about the same item, and the visitor sees what is left."""
    visitors, ctx = Visitors(7), bare_context("webchat", subject("webchat").connector)

    [wrote] = _act(visitors, ctx, do="write", text="Is it open?", name="Max")
    assert isinstance(wrote, MessageReceived)
    [edited] = _act(visitors, ctx, do="edit", message_id=wrote.external_id, text="Is it open now?")
    assert isinstance(edited, MessageEdited)
    assert (edited.external_id, edited.text) == (wrote.external_id, "Is it open now?")
    assert [one["text"] for one in visitors.seen("v:max")] == ["Is it open now?"]
    [gone] = _act(visitors, ctx, do="delete", message_id=wrote.external_id)
    assert isinstance(gone, MessageDeleted)
    assert gone.external_id == wrote.external_id
    assert visitors.seen("v:max") == []


def test_signs_of_life_and_what_a_chat_has_not() -> None:
    """Typing and reading are told; reviews and reactions are no part of a chat."""
    visitors, ctx = Visitors(7), bare_context("webchat", subject("webchat").connector)

    assert [type(one) for one in _act(visitors, ctx, do="typing")] == [TypingStarted]
    assert [type(one) for one in _act(visitors, ctx, do="read")] == [ReceiptReceived]
    assert _act(visitors, ctx, do="review") == []


def test_a_repeated_delivery_is_the_same_fact() -> None:
    """Twice the same request, twice the same key."""
    visitors, ctx = Visitors(7), bare_context("webchat", subject("webchat").connector)
    visitors.faults.add(faults.DUPLICATE)

    first, second = _act(visitors, ctx, do="write", text="Hello")

    assert first == second
