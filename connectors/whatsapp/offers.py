"""Interactive messages as WhatsApp takes them, and what its users can pick under them: for the simulator."""

from __future__ import annotations

from connectors._meta.graph import Json
from connectors._meta.simulator import Refused
from connectors.toolkit.text import length
from connectors.whatsapp.manifest import OPTIONS
from connectors.whatsapp.phones import Offered

_WRONG = 131009
_TYPES = ("button", "list", "cta_url", "location_request_message")


def checked(content: Json) -> str:
    """The words above the options. Raises Refused for what WhatsApp does not take."""
    kind, text = str(content.get("type", "")), str((content.get("body") or {}).get("text", ""))
    if kind not in _TYPES:
        raise Refused(f"Param interactive['type'] must be one of {_TYPES}", _WRONG)
    listed = OPTIONS.longer
    assert listed is not None
    form = listed if kind == "list" else OPTIONS
    if not 0 < length(text, "characters") <= form.text.limit:
        raise Refused(f"Body text length invalid. Min length: 1, Max length: {form.text.limit}", _WRONG)
    choices = _choices(content)
    if kind in ("button", "list"):
        _require_choices(choices, form.max_count, form.title.limit)
    return text


def _require_choices(choices: list[Json], most: int, longest: int) -> None:
    if not 0 < len(choices) <= most:
        raise Refused(f"Invalid number of options. Min: 1, Max: {most}", _WRONG)
    if len({one["id"] for one in choices}) < len(choices):
        raise Refused("Duplicated option id", _WRONG)
    if any(not 0 < length(str(one["title"]), "characters") <= longest for one in choices):
        raise Refused(f"Option title length invalid. Min length: 1, Max length: {longest}", _WRONG)


def offered(content: Json) -> Offered | None:
    """What the person can pick; None where a pick comes back as nothing of the message's own."""
    kind = {"button": "button_reply", "list": "list_reply"}.get(str(content.get("type")))
    return Offered(kind, {str(one["title"]): one for one in _choices(content)}) if kind is not None else None


def _choices(content: Json) -> list[Json]:
    action = content.get("action") or {}
    if content.get("type") == "list":
        return [row for section in action.get("sections", ()) for row in section.get("rows", ())]
    return [button.get("reply", {}) for button in action.get("buttons", ())]
