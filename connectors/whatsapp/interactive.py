"""Messages with something to pick from: reply buttons, lists, a button that opens an address, a request for a place.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-reply-buttons-messages,
…/interactive-list-messages, …/interactive-cta-url-messages, …/location-request-messages (read 2026-11-22).
"""

from __future__ import annotations

from connectors.outbound import Option, SendMessage
from connectors.toolkit.planning import option_id
from connectors.whatsapp.calls import Json
from connectors.whatsapp.manifest import OPTIONS


def interactive(action: SendMessage) -> Json:
    """What a planned action with options is sent as."""
    body: Json = {"body": {"text": action.text}}
    options = action.options
    if action.asks_location:
        return {"type": "location_request_message", **body, "action": {"name": "send_location"}}
    if options[0].url:
        link = {"display_text": options[0].title, "url": options[0].url}
        return {"type": "cta_url", **body, "action": {"name": "cta_url", "parameters": link}}
    if len(options) <= OPTIONS.max_count and not any(one.description for one in options):
        replies = [{"id": option_id(one, i), "title": one.title} for i, one in enumerate(options)]
        buttons = [{"type": "reply", "reply": reply} for reply in replies]
        return {"type": "button", **body, "action": {"buttons": buttons}}
    sections = [{"rows": [_row(one, i) for i, one in enumerate(options)]}]
    return {"type": "list", **body, "action": {"button": action.options_title, "sections": sections}}


def _row(option: Option, index: int) -> Json:
    described = {"description": option.description} if option.description else {}
    return {"id": option_id(option, index), "title": option.title, **described}
