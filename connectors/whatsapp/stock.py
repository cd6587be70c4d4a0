"""The templates of the simulated business, and what a customer reads of one that is sent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from connectors._meta.graph import Json

_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")

TEMPLATES: tuple[Json, ...] = (
    {
        "id": "1192339204654487",
        "name": "hello_world",
        "language": "en_US",
        "category": "UTILITY",
        "status": "APPROVED",
        "components": [
            {"type": "HEADER", "format": "TEXT", "text": "Hello World"},
            {"type": "BODY", "text": "Welcome and congratulations!! This message shows that you can send templates."},
            {"type": "FOOTER", "text": "Sandbox Shop"},
        ],
    },
    {
        "id": "1192339204654488",
        "name": "order_update",
        "language": "en_US",
        "category": "UTILITY",
        "status": "APPROVED",
        "components": [
            {
                "type": "BODY",
                "text": "Hello {{1}}, your order {{2}} is on its way.",
                "example": {"body_text": [["Maria", "A-1001"]]},
            },
            {
                "type": "BUTTONS",
                "buttons": [
                    {
                        "type": "URL",
                        "text": "Follow it",
                        "url": "https://shop.example/orders/{{1}}",
                        "example": ["https://shop.example/orders/A-1001"],
                    }
                ],
            },
        ],
    },
    {
        "id": "1192339204654489",
        "name": "appointment_reminder",
        "language": "el",
        "category": "UTILITY",
        "parameter_format": "NAMED",
        "status": "APPROVED",
        "components": [
            {
                "type": "BODY",
                "text": "Γεια σας {{first_name}}, σας περιμένουμε στις {{time}}.",
                "example": {
                    "body_text_named_params": [
                        {"param_name": "first_name", "example": "Ελένη"},
                        {"param_name": "time", "example": "10:30"},
                    ]
                },
            },
            {
                "type": "BUTTONS",
                "buttons": [{"type": "QUICK_REPLY", "text": "Έρχομαι"}, {"type": "QUICK_REPLY", "text": "Ακύρωση"}],
            },
        ],
    },
    {
        "id": "1192339204654490",
        "name": "autumn_sale",
        "language": "en_US",
        "category": "MARKETING",
        "status": "REJECTED",
        "rejected_reason": "PROMOTIONAL",
        "components": [
            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["https://shop.example/sale.jpg"]}},
            {"type": "BODY", "text": "Everything must go!"},
            {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "text": "Copy code", "example": ["AUTUMN26"]}]},
        ],
    },
)


@dataclass(frozen=True, slots=True)
class ShownTemplate:
    """What is read of a template, and its buttons that answer; with a `code` it is refused for the reason in `text`."""

    text: str
    buttons: tuple[str, ...] = ()
    code: int = 0


def shown_template(templates: Sequence[Json], sent: Json) -> ShownTemplate:
    """What a customer reads of a `template` that was sent. Refused as WhatsApp does: unknown, not approved, too few
    values.
    """
    name, language = str(sent.get("name")), str(sent.get("language", {}).get("code"))
    found = next((one for one in templates if (one["name"], one["language"]) == (name, language)), None)
    if found is None or found["status"] != "APPROVED":
        return ShownTemplate(f"Template name does not exist in the translation: {name} {language}", code=132001)
    parts = {one["type"]: one for one in found["components"]}
    text = str(parts["BODY"]["text"])
    values = _values(sent.get("components", []))
    wanted = set(_PLACEHOLDER.findall(text))
    if wanted != set(values):
        said = f"Number of parameters does not match: expected {len(wanted)}, got {len(values)}"
        return ShownTemplate(said, code=132000)
    filled = _PLACEHOLDER.sub(lambda placeholder: values[placeholder[1]], text)
    lines = [parts.get("HEADER", {}).get("text", ""), filled, parts.get("FOOTER", {}).get("text", "")]
    buttons = [one for one in parts.get("BUTTONS", {}).get("buttons", []) if one["type"] == "QUICK_REPLY"]
    return ShownTemplate("\n".join(line for line in lines if line), tuple(one["text"] for one in buttons))


def _values(components: Sequence[Json]) -> dict[str, str]:
    """The values of the body by placeholder: those without a name are counted."""
    body = next((one for one in components if one.get("type") == "body"), {})
    parameters = body.get("parameters", [])
    return {
        str(one.get("parameter_name") or number): str(one.get("text", ""))
        for number, one in enumerate(parameters, start=1)
    }
