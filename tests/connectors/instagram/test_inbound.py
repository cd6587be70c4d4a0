"""connectors/instagram/inbound.py: what the goldens do not show of how deliveries are read."""

from dataclasses import replace
from typing import Any

import pytest

from connectors.contract import Context
from connectors.errors import PayloadInvalid
from connectors.exchange import Request
from connectors.inbound import (
    AnyInbound,
    Fetch,
    Ignored,
    MessageDeleted,
    MessageReceived,
    ReactionChanged,
    ReceiptReceived,
)
from connectors.instagram.inbound import parse, parse_part
from connectors.toolkit.http import json_body
from tests.connectors.instagram.signing import context

CTX = context()
US, THEM = "17841400000000042", "1254459154682919"
AT = 1_795_335_600_123
DAY = 86_400_000_000


def piece(*, ctx: Context = CTX, **entry: Any) -> list[AnyInbound | Exception]:
    """What a piece with one entry gives."""
    body = {"object": "instagram", "entry": [{"id": US, "time": AT, **entry}]}
    return parse_part(json_body(body), ctx)


def direct(content: dict[str, Any], *, sender: str = THEM, recipient: str = US, ctx: Context = CTX) -> Any:
    """What one element of `messaging` gives; the first record."""
    item = {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": AT, **content}
    return piece(ctx=ctx, messaging=[item])[0]


def text(words: str, mid: str = "m1", **fields: Any) -> dict[str, Any]:
    """The content of a message."""
    return {"message": {"mid": mid, "text": words, **fields}}


def test_one_fact_has_one_key_in_all_its_forms() -> None:
    """A message by `messaging`, by `standby`, as a change and as a change on the entry is the same message."""
    item = {"sender": {"id": THEM}, "recipient": {"id": US}, "timestamp": AT, **text("Hi")}
    forms = (
        piece(messaging=[item]),
        piece(standby=[item]),
        piece(changes=[{"field": "messages", "value": item}]),
        piece(field="messages", value=item),
    )
    assert len({records[0].dedupe_key for records in forms if isinstance(records[0], MessageReceived)}) == 1


def test_all_entries_of_a_delivery_are_read() -> None:
    """A delivery can hold several, and the same message twice: it has one key."""
    item = {"sender": {"id": THEM}, "recipient": {"id": US}, "timestamp": AT, **text("Hi")}
    body = json_body({"object": "instagram", "entry": [{"id": US, "time": AT, "messaging": [item]}] * 2})
    records = parse(Request(method="POST", path="", headers={}, body=body), CTX)
    assert [one.dedupe_key for one in records if isinstance(one, MessageReceived)] == ["message:m1"] * 2


def test_deliveries_of_other_networks_are_not_ours() -> None:
    """The family has one door; what is a Page's is not read as Instagram's."""
    item = {"sender": {"id": "1"}, "recipient": {"id": "2"}, "timestamp": AT, **text("Hi")}
    body = json_body({"object": "page", "entry": [{"id": "2", "time": AT, "messaging": [item]}]})
    assert parse(Request(method="POST", path="", headers={}, body=body), CTX) == []


@pytest.mark.parametrize(("human_agent", "days"), [("no", 1), ("yes", 7)])
def test_the_window_is_a_day_or_with_human_agent_seven(human_agent: str, days: int) -> None:
    """It begins with what the person says."""
    ctx = replace(CTX, settings={**CTX.settings, "human_agent": human_agent})
    assert direct(text("Hi"), ctx=ctx).thread.window_closes_at == AT * 1000 + days * DAY


def test_what_we_say_opens_no_window() -> None:
    """Neither an echo nor what we wrote in the app."""
    echo = direct(text("Hello", is_echo=True), sender=US, recipient=THEM)
    in_app = direct(text("Hello"), sender=US, recipient=THEM)
    for one in (echo, in_app):
        assert one.author.is_self
        assert one.thread.window_closes_at is None
        assert one.thread.external_id == THEM


def test_what_another_app_answers_waits_for_nobody_of_ours() -> None:
    """Copies of a conversation that another app holds are stored; the rest needs an answer."""
    item = {"sender": {"id": THEM}, "recipient": {"id": US}, "timestamp": AT, **text("Hi")}
    needs = [
        one.needs_answer
        for records in (
            piece(messaging=[item]),
            piece(standby=[item]),
            piece(changes=[{"field": "standby", "value": item}]),
        )
        for one in records
        if isinstance(one, MessageReceived)
    ]
    assert needs == [True, False, False]


def test_an_echo_by_any_of_our_ids_is_ours() -> None:
    """Which id a delivery has for us depends on how the account signed in."""
    assert direct(text("Hello", is_echo=True), sender="27841400000000042", recipient=THEM).author.external_id == US


def test_without_a_channel_the_delivery_can_be_read() -> None:
    """The sandbox reads deliveries in nobody's name."""
    nobody = replace(CTX, settings={}, credentials={}, secrets=(), asset_id="")
    assert direct(text("Hi"), ctx=nobody).author.external_id == THEM
    assert direct(text("Hi", is_echo=True), sender=US, recipient=THEM, ctx=nobody).author.is_self


def test_unsending_erases() -> None:
    """Whoever took it back, the content goes."""
    theirs = direct({"message": {"mid": "m1", "is_deleted": True}})
    ours = direct({"message": {"mid": "m1", "is_deleted": True, "is_echo": True}}, sender=US, recipient=THEM)
    assert isinstance(theirs, MessageDeleted)
    assert (theirs.by, theirs.erase) == ("author", True)
    assert (ours.by, ours.erase) == ("us", True)


def test_seen_is_said_of_the_message_and_of_what_came_before() -> None:
    """Instagram names the newest message that was read; all older ones were read with it."""
    item = {"sender": {"id": THEM}, "recipient": {"id": US}, "timestamp": AT, "read": {"mid": "m1"}}
    one, earlier = piece(messaging=[item])
    assert isinstance(one, ReceiptReceived)
    assert isinstance(earlier, ReceiptReceived)
    assert (one.message_id, one.thread_id) == ("m1", None)
    assert (earlier.thread_id, earlier.up_to) == (THEM, AT * 1000)
    assert isinstance(direct({"read": {}}), ReceiptReceived)


def test_what_we_have_seen_is_no_receipt() -> None:
    """That we looked tells nothing of what the person read."""
    assert isinstance(direct({"read": {"mid": "m1"}}, sender=US, recipient=THEM), Ignored)


def test_a_reaction_that_comes_back_is_another_fact() -> None:
    """Set, taken back and set again are three facts, each with a key of its own."""
    keys = []
    for at, action in ((AT, "react"), (AT + 1, "unreact"), (AT + 2, "react")):
        reaction = {"mid": "m1", "action": action, "emoji": "❤"}
        item = {"sender": {"id": THEM}, "recipient": {"id": US}, "timestamp": at, "reaction": reaction}
        (record,) = piece(messaging=[item])
        assert isinstance(record, ReactionChanged)
        keys.append(record.dedupe_key)
    assert len(set(keys)) == 3


@pytest.mark.parametrize(
    ("fields", "emoji"),
    [
        ({"emoji": "🍀", "reaction": "other"}, "🍀"),
        ({"reaction": "sad"}, "😢"),
        ({"reaction": "❤️"}, "❤️"),
        ({"reaction": "other"}, "❓"),
        ({}, "❤️"),
    ],
)
def test_reactions_are_shown_as_emoji(fields: dict[str, str], emoji: str) -> None:
    """By the emoji itself, else by its name; what has neither is the heart that a double tap sets."""
    assert direct({"reaction": {"mid": "m1", "action": "react", **fields}}).emojis == (emoji,)


def test_a_message_without_anything_still_shows() -> None:
    """Something was said, and somebody has to look at what."""
    assert direct({"message": {"mid": "m1"}}).text.startswith("[")


def test_an_edit_without_words_is_asked_for() -> None:
    """The new words are worth a question."""
    record = direct({"message_edit": {"mid": "m1", "text": None, "num_edit": 1}})
    assert record == Fetch(dedupe_key="edited:m1:1", occurred_at=AT * 1000, ref=f"edited:m1:{AT * 1000}")


@pytest.mark.parametrize("number", [0, "0"])
def test_an_edit_that_is_none_announces_a_message(number: int | str) -> None:
    """Some new messages come as their own edit number 0, naming neither words nor people: they are asked for."""
    edit = {"timestamp": AT, "message_edit": {"mid": "aWdm1", "num_edit": number}}
    (record,) = piece(messaging=[edit])
    assert record == Fetch(dedupe_key="message:aWdm1", occurred_at=AT * 1000, ref="message:aWdm1")


@pytest.mark.parametrize(
    "item",
    [
        {"message": {"mid": "m1", "text": "Hi"}},
        {"sender": {}, "message": {"mid": "m1", "text": "Hi"}},
        {"sender": {}, "reaction": {"mid": "m1"}},
        {"sender": {}, "read": {"mid": "m1"}},
        {"sender": {"id": THEM}, "timestamp": "yesterday", "message": {"mid": "m1", "text": "Hi"}},
        {"sender": {"id": THEM}, "timestamp": -5, "message": {"mid": "m1", "text": "Hi"}},
    ],
)
def test_what_cannot_be_placed_is_broken(item: dict[str, Any]) -> None:
    """Nobody's words cannot be shown in anybody's conversation; they are kept aside."""
    (record,) = piece(messaging=[item])
    assert isinstance(record, PayloadInvalid)


def test_a_broken_element_harms_no_other() -> None:
    """Before it and after it everything is read."""
    good = {"sender": {"id": THEM}, "recipient": {"id": US}, "timestamp": AT}
    records = piece(
        messaging=[{**good, **text("1", "m1")}, 5, {**good, **text("2", "m2")}], changes=[{"value": 1}, "x"]
    )
    kinds = [type(one) for one in records]
    assert kinds == [MessageReceived, PayloadInvalid, MessageReceived, PayloadInvalid, PayloadInvalid]


def test_a_piece_that_is_no_json_is_broken() -> None:
    """It is told as such, and nothing is raised."""
    for body in (b"", b"[]", b'{"entry": 5}', b"\xff"):
        assert isinstance(parse_part(body, CTX)[0], PayloadInvalid)


def test_unknown_kinds_are_ignored_by_name() -> None:
    """What is new at Instagram is seen in the log."""
    assert direct({"hologram": {}}).reason == "unknown: hologram"
    assert direct({}).reason == "unknown: nothing"
    (record,) = piece(changes=[{"field": "hologram", "value": {}}])
    assert isinstance(record, Ignored)
    assert record.reason == "unknown: hologram"
