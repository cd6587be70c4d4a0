"""connectors/messenger/event.py: who is who, and until when may be answered."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from connectors._meta.simulator import PAGE_ID
from connectors.contract import Context
from connectors.messenger.inbound import parse_part
from tests.connectors.messenger.signing import context

PSID, AT = "24600012345678901", 1_795_299_900_123
DAY = 24 * 3600 * 1_000_000
THEIRS: dict[str, Any] = {"sender": {"id": PSID}, "recipient": {"id": PAGE_ID}, "timestamp": AT}
OURS: dict[str, Any] = {"sender": {"id": PAGE_ID}, "recipient": {"id": PSID}, "timestamp": AT}


def one(item: Any, form: str = "messaging", ctx: Context | None = None) -> Any:
    """What is read of the only element."""
    body = {"object": "page", "entry": [{"id": PAGE_ID, "time": AT, form: [item]}]}
    (found,) = parse_part(msgspec.json.encode(body), ctx or context())
    return found


def test_the_window_depends_on_the_feature() -> None:
    """People may answer for seven days where the app has Human Agent, else for one."""
    item = THEIRS | {"message": {"mid": "m", "text": "Hi"}}
    assert one(item).thread.window_closes_at == AT * 1000 + 7 * DAY
    without = replace(context(), settings={**context().settings, "human_agent": "no"})
    assert one(item, ctx=without).thread.window_closes_at == AT * 1000 + DAY


@pytest.mark.parametrize(
    "content",
    [
        {"postback": {"mid": "m", "title": "Yes"}},
        {"referral": {"ref": "r", "source": "SHORTLINK"}},
        {"optin": {"ref": "r"}},
        {"message": {"mid": "m", "text": "Hi"}},
    ],
)
def test_acts_that_open_the_window(content: dict[str, Any]) -> None:
    """A message, a button, a link and an opt-in let us answer again."""
    assert one(THEIRS | content).thread.window_closes_at == AT * 1000 + 7 * DAY


@pytest.mark.parametrize(
    "item",
    [
        OURS | {"message": {"mid": "m", "is_echo": True, "text": "Hi"}},
        THEIRS | {"message_edit": {"mid": "m", "text": "Hi"}},
        THEIRS | {"take_thread_control": {}},
    ],
)
def test_acts_that_leave_the_window(item: dict[str, Any]) -> None:
    """What we say, an edit, and the doings of other apps say nothing about the window."""
    assert one(item).thread.window_closes_at is None
