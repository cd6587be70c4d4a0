"""The golden deliveries as pywa reads them, a client of the Cloud API by others: a simulator shares its author's
misreadings, another's types do not.

pywa is not among the requirements: `pip install pywa` into the environment runs these.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.inbound import Author, MessageDeleted, MessageEdited, MessageReceived, ReactionChanged, ReceiptReceived
from connectors.whatsapp.inbound import parse_part
from tests.connectors.whatsapp.signing import context, sign

pywa = pytest.importorskip("pywa", reason="pywa is not installed: pip install pywa")
handlers = pytest.importorskip("pywa.handlers")

GOLDEN = Path(__file__).parent / "golden" / "inbound"
READS = (
    "MessageHandler", "EditedMessageHandler", "DeletedMessageHandler", "OutgoingMessageHandler",
    "OutgoingEditedMessageHandler", "OutgoingDeletedMessageHandler", "CallbackButtonHandler",
    "CallbackSelectionHandler", "FlowCompletionHandler", "MessageStatusHandler", "PhoneNumberChangeHandler",
    "IdentityChangeHandler", "UserMarketingPreferencesHandler", "AccountUpdateHandler", "TemplateStatusUpdateHandler",
    "CallTerminateHandler", "CallPermissionUpdateHandler",
)  # fmt: skip
SINGLE = (
    "text", "text_without_number", "text_reply", "text_forwarded", "text_referral_ad", "image", "video", "audio",
    "audio_voice", "sticker", "document", "location", "contacts", "button", "interactive_button_reply",
    "interactive_list_reply", "interactive_nfm_reply", "interactive_call_permission_reply", "order", "unsupported_poll",
    "reaction", "reaction_taken_back", "edit", "edit_caption", "revoke", "group_text", "status_sent",
    "status_delivered", "status_read", "status_played", "status_failed_window", "smb_message_echoes_with_contact",
    "user_preferences", "system_user_changed_number_and_id", "calls_taken", "message_template_status_update",
    "account_update_violation",
)  # fmt: skip
"""Deliveries of one element, of kinds that pywa 4.5 reads. It wants a `user_id` in contacts: those with a phone number
alone are not among them.
"""


def body_of(name: str) -> bytes:
    """A golden delivery as it is posted."""
    return json.dumps(json.loads((GOLDEN / f"{name}.request.json").read_text())["body"]).encode()


def vendor_reads(name: str) -> Any:
    """The update that pywa makes of a golden delivery, its signature checked."""
    ctx, body, found = context(), body_of(name), []
    client = pywa.WhatsApp(
        phone_id=ctx.asset_id,
        token="token",
        server=None,
        verify_token="kit",
        app_secret=ctx.credentials["app_secret"],
    )
    for handler in READS:
        client.add_handlers(getattr(handlers, handler)(lambda _, update: found.append(update)))
    assert client.webhook_update_validator(body, sign({}, body, ctx)["x-hub-signature-256"]) is None
    client.webhook_update_handler(body)
    assert len(found) == 1, f"{name}: pywa makes {len(found)} updates of it"
    return found[0]


@pytest.mark.parametrize("name", SINGLE)
def test_another_client_accepts_the_golden(name: str) -> None:
    """A golden delivery is one that pywa's own types take, with the ids that we read."""
    theirs = vendor_reads(name)
    ours = [one for one in parse_part(body_of(name), context()) if not isinstance(one, Exception)]
    told = [one for one in ours if one.asset_id]
    for one in told:
        if isinstance(one, MessageReceived) and not one.automatic:
            assert theirs.id == one.external_id
            assert int(theirs.timestamp.timestamp()) * 1_000_000 == one.occurred_at
        if isinstance(one, MessageEdited | MessageDeleted):
            assert theirs.original_message_id == one.external_id
        if isinstance(one, ReactionChanged):
            assert theirs.reaction.message_id == one.message_id
            assert (theirs.reaction.emoji or "") == "".join(one.emojis)
        if isinstance(one, ReceiptReceived):
            assert theirs.id == one.message_id


@pytest.mark.parametrize("name", ["text", "text_without_number", "edit", "reaction"])
def test_people_are_named_as_another_client_names_them(name: str) -> None:
    """The person is the one that pywa sees: by id, number and username."""
    theirs = vendor_reads(name).from_user
    found = (getattr(one, "author", None) for one in parse_part(body_of(name), context()))
    author = next(one for one in found if isinstance(one, Author))
    assert author.external_id == theirs.bsuid
    assert (author.phone or "").removeprefix("+") == (theirs.wa_id or "")
    assert author.username == (theirs.username or "").removeprefix("@")
