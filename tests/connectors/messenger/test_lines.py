"""connectors/messenger/lines.py: lines say what happened, and wait for nobody unless a person does."""

from typing import Any

import msgspec
import pytest

from connectors._meta.simulator import APP_ID, PAGE_ID
from connectors.contract import Context
from connectors.messenger.inbound import parse_part
from tests.connectors.messenger.signing import context

PSID, AT = "24600012345678901", 1_795_299_900_123
THEIRS: dict[str, Any] = {"sender": {"id": PSID}, "recipient": {"id": PAGE_ID}, "timestamp": AT}


def one(item: Any, form: str = "messaging", ctx: Context | None = None) -> Any:
    """What is read of the only element."""
    body = {"object": "page", "entry": [{"id": PAGE_ID, "time": AT, form: [item]}]}
    (found,) = parse_part(msgspec.json.encode(body), ctx or context())
    return found


def test_handed_over_to_us_needs_an_answer() -> None:
    """When a bot hands the thread to this app, a person waits; handed elsewhere, nobody does here."""
    ours = one(THEIRS | {"pass_thread_control": {"new_owner_app_id": int(APP_ID), "metadata": "wants a person"}})
    assert (ours.needs_answer, ours.automatic, "wants a person" in ours.text) == (True, "", True)
    other = one(THEIRS | {"pass_thread_control": {"new_owner_app_id": "5"}})
    assert (other.needs_answer, other.automatic) == (False, "service")


@pytest.mark.parametrize(
    ("follow_up", "needs"), [({"payload": "Too late"}, True), ({"payload": ""}, False), (None, False)]
)
def test_surveys(follow_up: Any, needs: bool) -> None:
    """A score is a line that waits for nobody; with words of the person beside it somebody has to read."""
    question = {"type": "csat", "payload": "4", "follow_up": follow_up}
    found = one(THEIRS | {"messaging_feedback": {"feedback_screens": [{"questions": {"q": question}}]}})
    assert "csat: 4" in found.text
    assert (found.needs_answer, found.automatic == "service") == (needs, not needs)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"referral": {"ref": "flyer", "source": "SHORTLINK"}}, "Opened the conversation from a link: flyer"),
        ({"referral": {"source": "ADS", "ad_id": 5}}, "Opened the conversation from an ad: 5"),
        ({"referral": {"ref": "r", "source": "MESSENGER_CODE"}}, "Opened the conversation from a Messenger code: r"),
        ({"optin": {"ref": "signup"}}, "Agreed to be sent messages: signup"),
        ({"optin": {"notification_messages_status": "STOP_NOTIFICATIONS"}}, "No longer wants to be sent messages"),
        (
            {"take_thread_control": {"previous_owner_app_id": APP_ID}},
            "Another app took the conversation over from this inbox",
        ),
        ({"take_thread_control": {}}, "Another app took the conversation over from another app"),
        ({"request_thread_control": {"requested_owner_app_id": 5}}, "The app 5 asks for the conversation"),
        ({"request_thread_control": {"metadata": "why"}}, "Another app asks for the conversation\nwhy"),
        ({"response_feedback": {"feedback": "Good response"}}, "Feedback on an answer: Good response"),
    ],
)
def test_words(content: dict[str, Any], words: str) -> None:
    """Every line names what happened, is by the person whose thread it is, and waits for nobody."""
    found = one(THEIRS | content)
    assert (found.text, found.author.external_id, found.needs_answer, found.automatic) == (
        words,
        PSID,
        False,
        "service",
    )


def test_a_plugins_checkbox_names_who_agreed_by_its_reference_alone() -> None:
    """It has no sender: the thread is that of the reference, which takes our words."""
    optin = {"ref": "newsletter", "user_ref": "ref-77"}
    found = one({"recipient": {"id": PAGE_ID}, "timestamp": AT, "optin": optin})
    assert (found.text, found.author.external_id) == ("Agreed to be sent messages: newsletter", "user_ref:ref-77")
    assert found.thread.external_id == "user_ref:ref-77"
