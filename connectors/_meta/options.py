"""Options to pick from in Messenger and Instagram direct: quick replies, or buttons where one opens an address.

https://developers.facebook.com/docs/messenger-platform/send-messages/quick-replies and …/send-messages/template/button
(read 2026-11-22).
"""

from __future__ import annotations

from typing import Any

from connectors.contract import Fact, Options, TextLimit
from connectors.outbound import SendMessage
from connectors.toolkit.planning import option_id

Json = dict[str, Any]

_DOCS = "https://developers.facebook.com/docs/messenger-platform/send-messages"
_REPLIES = Fact(source=f"{_DOCS}/quick-replies", read_on="2026-11-22")
_BUTTONS = Fact(source=f"{_DOCS}/template/button", read_on="2026-11-22")


def options_beside(text: TextLimit) -> Options:
    """What can be picked under a message whose words have that limit."""
    return Options(
        max_count=13,
        title=TextLimit(20, "characters", _REPLIES),
        text=text,
        links=Options(
            max_count=3, title=TextLimit(20, "characters", _BUTTONS), text=TextLimit(640, "characters", _BUTTONS)
        ),
    )


def message_of(action: SendMessage) -> Json:
    """The message of a planned action with options."""
    if not any(one.url for one in action.options):
        replies = [
            {"content_type": "text", "title": one.title, "payload": option_id(one, i)}
            for i, one in enumerate(action.options)
        ]
        return {"text": action.text, "quick_replies": replies}
    buttons = [
        {"type": "web_url", "url": one.url, "title": one.title}
        if one.url
        else {"type": "postback", "title": one.title, "payload": option_id(one, i)}
        for i, one in enumerate(action.options)
    ]
    payload = {"template_type": "button", "text": action.text, "buttons": buttons}
    return {"attachment": {"type": "template", "payload": payload}}


def titles_in(message: Json) -> dict[str, str]:
    """What a person can pick under a message of ours: title → payload. For the simulators."""
    attachment = message.get("attachment") or {}
    buttons = (attachment.get("payload") or {}).get("buttons", ()) if attachment.get("type") == "template" else ()
    offered = [*message.get("quick_replies", ()), *buttons]
    return {str(one["title"]): str(one["payload"]) for one in offered if "payload" in one}


def words_of(message: Json) -> str:
    """The words of a message with buttons; empty for any other."""
    attachment = message.get("attachment") or {}
    is_template = attachment.get("type") == "template"
    return str((attachment.get("payload") or {}).get("text", "")) if is_template else ""
