"""Handshakes, acknowledgements, and what goldens cannot show of parsing."""

import json
from typing import Any

import pytest

from connectors.custom.inbound import MAX_EVENTS, acknowledge, answer, parse
from connectors.custom.payloads import EVENTS
from connectors.errors import PayloadInvalid
from connectors.exchange import Request
from connectors.inbound import Ignored, MessageDeleted, MessageReceived, ReviewReceived
from tests.connectors.kit.subject import subject

CTX = subject("custom").context()


def request(body: Any, method: str = "POST", query: str = "") -> Request:
    """A delivery with a JSON body, or with the bytes given."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Request(method=method, path="", query=query, headers={}, body=raw)


def deletion(event_id: str | None) -> dict[str, Any]:
    """A small event."""
    event: dict[str, Any] = {"type": "message.deleted", "message": {"external_id": "m-1"}}
    return event | ({"id": event_id} if event_id else {})


def test_signed_get_echoes_the_challenge_as_plain_text() -> None:
    """What is echoed cannot be taken for a page."""
    response = answer(request(b"", "GET", "challenge=%3Cb%3Ex&other=1"), CTX)

    assert response is not None
    assert (response.status, response.body) == (200, b"<b>x")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"


def test_posted_challenge_is_answered_in_json() -> None:
    """The answer repeats it."""
    response = answer(request({"type": "challenge", "challenge": "c1"}), CTX)

    assert response is not None
    assert json.loads(response.body) == {"challenge": "c1"}


@pytest.mark.parametrize("body", [deletion("e"), {"type": "ping"}, b"no json", {"type": "challenge", "challenge": 1}])
def test_everything_else_is_a_delivery(body: Any) -> None:
    """Also what cannot be read: parse will say so."""
    assert answer(request(body), CTX) is None


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (deletion("e-1"), {"accepted": True, "id": "e-1"}),
        (deletion(None), {"accepted": True, "id": ""}),
        ({"events": [deletion("e-1"), 7, deletion("e-3")]}, {"accepted": True, "ids": ["e-1", "", "e-3"]}),
        (b"no json", {"accepted": True, "id": ""}),
    ],
)
def test_stored_deliveries_are_acknowledged_by_id(body: Any, said: dict[str, Any]) -> None:
    """202 with what the sender knows the event by."""
    response = acknowledge(request(body), CTX)

    assert (response.status, json.loads(response.body)) == (202, said)


def test_same_content_without_id_is_one_fact() -> None:
    """Key order and spaces are not content; a changed word is."""
    first = request(b'{"type":"message.deleted","message":{"external_id":"m-1"}}')
    again = request(b'{"message": {"external_id": "m-1"}, "type": "message.deleted"}')
    other = request(b'{"type":"message.deleted","message":{"external_id":"m-2"}}')

    keys = [parse(one, CTX)[0].dedupe_key for one in (first, again, other)]  # type: ignore[union-attr]

    assert keys[0] == keys[1] != keys[2]


def test_one_id_for_two_kinds_is_two_facts() -> None:
    """A sender that counts per kind loses nothing."""
    found = parse(request({"events": [deletion("1"), {"type": "ping", "id": "1"}]}), CTX)

    assert [type(one) for one in found] == [MessageDeleted, Ignored]
    assert len({one.dedupe_key for one in found}) == 2  # type: ignore[union-attr]


def test_too_many_events_are_refused_whole() -> None:
    """At the limit all are read, above it none."""
    assert len(parse(request({"events": [deletion("x")] * MAX_EVENTS}), CTX)) == MAX_EVENTS
    with pytest.raises(PayloadInvalid, match="at most 500"):
        parse(request({"events": [deletion("x")] * (MAX_EVENTS + 1)}), CTX)


@pytest.mark.parametrize("event", EVENTS)
def test_every_kind_refuses_to_be_empty(event: str) -> None:
    """A type without its fields is a broken element, except where none are needed."""
    found = parse(request({"events": [{"type": event}, deletion("after")]}), CTX)

    assert isinstance(found[0], PayloadInvalid) or event == "channel.revoked"
    assert isinstance(found[1], MessageDeleted)


@pytest.mark.parametrize(
    ("kind", "thread_kind", "audience", "message_kind"),
    [
        ("dm", "direct", "private", "message"),
        ("direct", "direct", "private", "message"),
        ("group", "group", "private", "message"),
        ("chat", "chat", "private", "message"),
        ("comment", "comment", "public", "comment"),
        ("mention", "mention", "public", "mention"),
        ("review", "review", "public", "comment"),
    ],
)
def test_kind_of_conversation_decides_the_audience(
    kind: str, thread_kind: str, audience: str, message_kind: str
) -> None:
    """What is public is never shown as private, and `plan` finds the kind in the address."""
    event = {
        "type": "message.created",
        "conversation": {"external_id": "c", "kind": kind, "address": {"kind": "mine", "room": "1"}},
        "author": {"external_id": "u"},
        "message": {"external_id": "m", "text": "x"},
    }

    found = parse(request(event), CTX)[0]

    assert isinstance(found, MessageReceived)
    assert (found.thread.kind, found.thread.audience, found.kind) == (thread_kind, audience, message_kind)
    assert found.thread.address == {"kind": thread_kind, "room": "1"}


@pytest.mark.parametrize(("kind", "address"), [("message.created", {}), ("review.upserted", {"kind": "review"})])
def test_an_event_that_says_nothing_of_the_address_leaves_it_as_it_was(kind: str, address: dict[str, str]) -> None:
    """A comment whose edit or next message names the conversation by its id alone can still be answered as one, with
    the strings that the first event gave. A review always says that it is one.
    """
    event = {
        "type": kind,
        "conversation": {"external_id": "c"},
        "author": {"external_id": "u"},
        "message": {"external_id": "m", "text": "x", "rating": 1},
    }

    found = parse(request(event), CTX)[0]

    assert isinstance(found, MessageReceived | ReviewReceived)
    assert found.thread.address == address


def test_a_name_that_is_too_long_to_be_found_by_names_nobody() -> None:
    """The message counts all the same."""
    said = [{"kind": "email", "value": "a" * 501}, {"kind": "username", "value": "maria"}]
    event = {
        "type": "message.created",
        "conversation": {"external_id": "c"},
        "author": {"external_id": "u", "email": "a" * 501, "aliases": said},
        "message": {"external_id": "m"},
    }

    found = parse(request(event), CTX)[0]

    assert isinstance(found, MessageReceived)
    assert [alias.value for alias in found.author.aliases] == ["maria"]
    assert found.author.email is None


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ({}, (False, None)),
        ({"reply": None}, (True, None)),
        ({"reply": {"text": "Sorry!", "at": "2026-11-20T10:00:00Z"}}, (True, "Sorry!")),
    ],
)
def test_a_review_says_whether_it_is_answered_or_leaves_it_open(said: dict[str, Any], reply: tuple[bool, Any]) -> None:
    """Null is no answer (any more); a review without the field says nothing about one."""
    review = {"external_id": "r", "rating": 1, **said}
    (found,) = parse(request({"type": "review.upserted", "author": {"external_id": "a"}, "message": review}), CTX)

    assert isinstance(found, ReviewReceived)
    assert (found.reply_known, found.reply_text) == reply


def test_null_counts_as_left_out() -> None:
    """A sender whose serialiser writes null for what has no value loses no message."""
    event = {
        "type": "message.created",
        "id": None,
        "occurred_at": None,
        "conversation": {"external_id": "c", "kind": None, "title": None, "address": None},
        "author": {"external_id": "a", "name": None, "email": None, "aliases": None},
        "message": {"external_id": "m", "text": "Hello", "title": None, "attachments": [{"url": None, "kind": "link"}]},
    }
    (found,) = parse(request(event), CTX)

    assert isinstance(found, MessageReceived)
    assert (found.text, found.thread.kind, found.author.name) == ("Hello", "direct", "")


def test_events_that_are_null_are_left_out_too() -> None:
    """One class for both kinds of delivery writes it beside the event it sends."""
    body = request({**deletion("e-1"), "events": None})

    (found,) = parse(body, CTX)

    assert isinstance(found, MessageDeleted)
    assert json.loads(acknowledge(body, CTX).body) == {"accepted": True, "id": "e-1"}


def test_null_in_a_review_with_an_answer_withdrawn() -> None:
    """Leaving nulls out does not leave out the one that says something."""
    review = {"external_id": "r", "rating": 1, "reply": None, "title": None}
    (found,) = parse(request({"type": "review.upserted", "author": {"external_id": "a"}, "message": review}), CTX)

    assert isinstance(found, ReviewReceived)
    assert (found.reply_known, found.reply_text) == (True, None)


@pytest.mark.parametrize("message", [{"external_id": None, "text": "x"}, {"external_id": "m", "text": [None]}, None])
def test_null_where_a_value_is_needed_is_refused(message: Any) -> None:
    """What an event cannot do without may not be null."""
    known = {"conversation": {"external_id": "c"}, "author": {"external_id": "a"}}
    (found,) = parse(request({"type": "message.created", **known, "message": message}), CTX)

    assert isinstance(found, PayloadInvalid)


def test_nulls_nested_without_end_do_no_harm() -> None:
    """Depth is the decoder's business, and a PayloadInvalid."""
    deep = "[" * 900 + "null" + "]" * 900
    body = f'{{"type":"typing","conversation":{{"external_id":"c"}},"author":null,"x":{deep}}}'
    (found,) = parse(request(body.encode()), CTX)

    assert isinstance(found, PayloadInvalid)
