"""connectors/whatsapp/account.py: what needs an admin, calls, groups, preferences."""

import pytest

from connectors.inbound import ChannelRevoked, IdentityChanged, Ignored, MessageReceived, ThreadClosed
from tests.connectors.whatsapp.deliveries import message, read


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("account_update_disabled", "disabled"),
        ("account_update_restriction", "biz initiated messaging"),
        ("account_update_violation", "scam"),
        ("account_update_offboarded", "another device"),
        ("account_update_partner_removed", "no longer shared"),
        ("messages_error_of_the_account", "locked"),
    ],
)
def test_trouble_of_the_account_needs_attention(name: str, words: str) -> None:
    """An account that can no longer send is told as such, in words."""
    (one,) = read(name)
    assert isinstance(one, ChannelRevoked)
    assert words in one.reason


@pytest.mark.parametrize(
    "name", ["account_update_reinstated", "account_update_pricing_tier", "messages_error_that_passes"]
)
def test_other_news_of_the_account_change_nothing(name: str) -> None:
    """What passes, or is no trouble, is ignored."""
    (one,) = read(name)
    assert isinstance(one, Ignored)


def test_a_call_that_nobody_took_needs_an_answer() -> None:
    """A missed call opens a wait, a call that was taken does not."""
    missed, taken = message("calls_missed"), message("calls_taken")
    assert missed.needs_answer
    assert missed.text == "[missed call]"
    assert not taken.needs_answer
    assert taken.text == "[call, 75 seconds]"


@pytest.mark.parametrize("name", ["calls_ringing", "calls_outgoing"])
def test_a_call_is_told_once_and_only_the_customers(name: str) -> None:
    """Ringing and our own calls are no messages."""
    assert not any(isinstance(one, MessageReceived) for one in read(name))


def test_a_group_that_is_gone_closes_its_thread() -> None:
    """Deleted and suspended groups take no more messages; new ones change nothing."""
    closed = [one for name in ("group_lifecycle_update", "group_status_update") for one in read(name)]
    assert [type(one) for one in closed] == [ThreadClosed, Ignored, ThreadClosed]


def test_who_wants_no_advertisements_is_marked() -> None:
    """The wish is shown beside the person."""
    (one,) = read("user_preferences")
    assert isinstance(one, IdentityChanged)
    assert one.author.profile == {"marketing_messages": "stop"}
