"""connectors/messenger/inbound.py: what the goldens do not show."""

from typing import Any

import msgspec
import pytest

from connectors._meta.simulator import APP_ID, PAGE_ID
from connectors.contract import Context
from connectors.errors import PayloadInvalid
from connectors.inbound import (
    ChannelRevoked,
    Ignored,
    MessageDeleted,
    MessageReceived,
    ReactionChanged,
    ReceiptReceived,
)
from connectors.messenger.inbound import parse_part
from tests.connectors.messenger.signing import context

PSID, AT = "24600012345678901", 1_795_299_900_123
DAY = 24 * 3600 * 1_000_000
THEIRS: dict[str, Any] = {"sender": {"id": PSID}, "recipient": {"id": PAGE_ID}, "timestamp": AT}
OURS: dict[str, Any] = {"sender": {"id": PAGE_ID}, "recipient": {"id": PSID}, "timestamp": AT}


def told(*items: Any, form: str = "messaging", ctx: Context | None = None) -> list[Any]:
    """What is read of a piece with these elements."""
    entry = {"id": PAGE_ID, "time": AT, form: items}
    return parse_part(msgspec.json.encode({"object": "page", "entry": [entry]}), ctx or context())


def one(item: Any, form: str = "messaging", ctx: Context | None = None) -> Any:
    """What is read of the only element."""
    (found,) = told(item, form=form, ctx=ctx)
    return found


def test_standby_waits_for_nobody() -> None:
    """What another app answers is stored, by the same names, and needs no answer."""
    item = THEIRS | {"message": {"mid": "m", "text": "Hi"}}
    live, copy = one(item), one(item, form="standby")
    assert (live.needs_answer, copy.needs_answer) == (True, False)
    assert live.dedupe_key == copy.dedupe_key


def test_echoes_are_ours() -> None:
    """An echo is by the Page, in the person's thread, with the key of the send; another app is named."""
    echo = {"mid": "m", "is_echo": True, "app_id": int(APP_ID), "metadata": "key-1", "text": "Yes"}
    ours = one(OURS | {"message": echo})
    assert (ours.author.is_self, ours.author.profile, ours.thread.external_id, ours.client_ref) == (
        True,
        {},
        PSID,
        "key-1",
    )
    other = one(OURS | {"message": {**echo, "app_id": 263902037430900, "metadata": None}})
    assert (other.author.profile["app"], other.client_ref) == ("Page Inbox", None)


def test_a_message_of_the_page_without_the_mark_is_an_echo() -> None:
    """What the Page sent is ours also where `is_echo` is missing, and not the person's."""
    found = one(OURS | {"message": {"mid": "m", "text": "Yes"}})
    assert (found.author.is_self, found.thread.external_id, found.needs_answer) == (True, PSID, False)


def test_our_own_deletion() -> None:
    """A deletion of ours is told from a person's."""
    deleted = {"message": {"mid": "m", "is_deleted": True}}
    assert (one(THEIRS | deleted).by, one(OURS | deleted).by) == ("author", "us")
    assert isinstance(one(THEIRS | deleted), MessageDeleted)


def test_reactions_are_whole() -> None:
    """A reaction is the only one of its author; taken back, he has none; each act has a key of its own."""
    set_, back = told(
        THEIRS | {"reaction": {"mid": "m", "action": "react", "emoji": "❤", "reaction": "love"}},
        THEIRS | {"reaction": {"mid": "m", "action": "unreact"}, "timestamp": AT + 5},
    )
    assert isinstance(set_, ReactionChanged)
    assert (set_.emojis, back.emojis) == (("❤",), ())
    assert set_.author == back.author
    assert set_.dedupe_key != back.dedupe_key


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ({"delivery": {"watermark": AT}}, [("delivered", None, AT * 1000)]),
        ({"delivery": {"watermark": str(AT // 1000)}}, [("delivered", None, AT // 1000 * 1_000_000)]),
        (
            {"delivery": {"mids": ["a", "b"], "watermark": AT}},
            [("delivered", "a", None), ("delivered", "b", None), ("delivered", None, AT * 1000)],
        ),
        ({"delivery": {"mids": ["a"]}}, [("delivered", "a", None)]),
        ({"read": {"watermark": AT}}, [("read", None, AT * 1000)]),
        ({"read": {"mid": "a"}}, [("read", "a", None)]),
    ],
)
def test_receipts(content: Any, wanted: list[Any]) -> None:
    """Receipts are for the messages named and for all of the thread up to the watermark, each with a key of its own."""
    found = told(THEIRS | content)
    assert [(one.state, one.message_id, one.up_to) for one in found] == wanted
    assert all(isinstance(one, ReceiptReceived) for one in found)
    assert all((one.thread_id is None) == (one.up_to is None) for one in found)
    assert len({one.dedupe_key for one in found}) == len(wanted)


@pytest.mark.parametrize("action", ["block", "warning"])
def test_the_page_is_in_trouble(action: str) -> None:
    """A block and a warning reach the admin with Facebook's reason."""
    item = {"recipient": {"id": PAGE_ID}, "timestamp": AT, "policy_enforcement": {"action": action, "reason": "spam"}}
    found = one(item)
    assert isinstance(found, ChannelRevoked)
    assert "spam" in found.reason


def test_permission_taken_back() -> None:
    """A piece about permissions is read as such."""
    change = {"field": "pages_messaging", "value": {"verb": "revoked", "target_ids": [PAGE_ID]}}
    body = {"object": "permissions", "entry": [{"id": "1", "time": 1, "changes": [change]}]}
    (found,) = parse_part(msgspec.json.encode(body), context())
    assert isinstance(found, ChannelRevoked)


@pytest.mark.parametrize(
    "item",
    [
        5,
        {"message": {"mid": "m", "text": "by nobody"}},
        {"sender": {"id": PSID}, "message": {"text": "neither mid nor time"}},
        THEIRS | {"message_edit": {"mid": ""}},
        THEIRS | {"message_edit": {"mid": "m", "num_edit": 1}},
        THEIRS | {"read": {}},
        THEIRS | {"delivery": {"mids": []}},
        THEIRS | {"timestamp": -1, "message": {"mid": "m"}},
    ],
)
def test_broken_elements_cost_only_themselves(item: Any) -> None:
    """A broken element stands as its error, with its place, and the next one is read."""
    broken, good = told(item, THEIRS | {"message": {"mid": "next", "text": "Hi"}})
    assert isinstance(broken, PayloadInvalid)
    assert str(broken).startswith("entry[0].messaging[0]")
    assert isinstance(good, MessageReceived)


def test_a_receipt_without_a_time_of_its_own_has_the_deliverys() -> None:
    """Deliveries were told with a timestamp of 0: that is no time, and not 1970."""
    delivered = {"mids": ["m"], "watermark": AT - 5}
    found = told(THEIRS | {"timestamp": 0, "delivery": delivered})
    assert [receipt.occurred_at for receipt in found] == [AT * 1000] * 2


def test_unknown_kinds_are_named() -> None:
    """An element without a reading is ignored by name, a known one by its reason."""
    unknown, known = told(THEIRS | {"teleport": {}}, THEIRS | {"account_linking": {"status": "linked"}})
    assert isinstance(unknown, Ignored)
    assert (unknown.reason, known.reason) == ("unknown: teleport", "account_linking")
