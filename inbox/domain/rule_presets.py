"""Rules to begin with: what most who answer customers want, to be taken and changed."""

from __future__ import annotations

from inbox.domain.rule_shapes import RuleDraftShape

_DAY = 86_400
_ON_MESSAGE = {"on": "event", "events": ["message_received"], "tag_id": None}
PRESETS: tuple[RuleDraftShape, ...] = (
    RuleDraftShape(
        key="low_star_review",
        name="Low-star review",
        trigger={"on": "event", "events": ["message_received", "rating_changed"], "tag_id": None},
        condition={
            "all": [
                {"field": "item_kind", "op": "is", "value": "review"},
                {"field": "rating", "op": "at_most", "value": 2},
            ]
        },
        actions=[
            {"do": "priority", "to": "urgent"},
            {"do": "escalate", "reason": "A review with two stars or fewer"},
        ],
    ),
    RuleDraftShape(
        key="vip",
        name="VIP",
        trigger=_ON_MESSAGE,
        condition={"field": "contact.vip", "op": "any_of", "value": ["yes", "true", "1"]},
        actions=[
            {"do": "priority", "to": "high"},
            {"do": "notify", "text": "{name} writes, a VIP", "supervisors": True},
        ],
    ),
    RuleDraftShape(
        key="angry_message",
        name="Angry message",
        trigger=_ON_MESSAGE,
        condition={
            "all": [
                {"field": "sentiment", "op": "is", "value": "negative"},
                {"field": "urgency", "op": "is", "value": "urgent"},
            ]
        },
        actions=[
            {"do": "priority", "to": "urgent"},
            {"do": "escalate", "reason": "Reads angry and pressing"},
        ],
    ),
    RuleDraftShape(
        key="crisis",
        name="Far more than usual",
        trigger={"on": "volume", "scope": "post", "minutes": 30, "times": 4, "minimum": 20},
        condition={"field": "sentiment", "op": "is", "value": "negative"},
        actions=[
            {"do": "priority", "to": "high"},
            {"do": "escalate", "reason": "Far more than usual came under one post"},
        ],
    ),
    RuleDraftShape(
        key="out_of_hours",
        name="Out of hours",
        trigger=_ON_MESSAGE,
        condition={
            "all": [
                {"field": "audience", "op": "is", "value": "private"},
                {"field": "business_hours", "op": "is", "value": "outside"},
            ]
        },
        actions=[
            {
                "do": "out_of_hours",
                "variants": [
                    {
                        "text": "Thank you for your message. "
                        "We are closed now and answer when we are back.",
                        "language": "en",
                    },
                    {
                        "text": "Ευχαριστούμε για το μήνυμά σας. "
                        "Είμαστε κλειστά και θα απαντήσουμε μόλις επιστρέψουμε.",
                        "language": "el",
                    },
                    {
                        "text": "Danke für Ihre Nachricht. "
                        "Wir haben geschlossen und antworten, sobald wir zurück sind.",
                        "language": "de",
                    },
                    {"text": "Kiitos viestistäsi. Olemme nyt suljettuna ja vastaamme, kun palaamme.", "language": "fi"},
                    {
                        "text": "Terima kasih atas pesan Anda. "
                        "Kami sedang tutup dan akan membalas saat kembali.",
                        "language": "id",
                    },
                    {
                        "text": "Շնորհակալություն հաղորդագրության համար։ "
                        "Այժմ փակ ենք և կպատասխանենք, երբ վերադառնանք։",
                        "language": "hy",
                    },
                ],
            }
        ],
    ),
    RuleDraftShape(
        key="hide_abuse",
        name="Hide spam and abuse",
        trigger={"on": "event", "events": ["message_received", "message_edited"], "tag_id": None},
        condition={
            "all": [
                {"field": "item_kind", "op": "is", "value": "comment"},
                {
                    "any": [
                        {"field": "text", "op": "has_words", "value": ["forex", "whatsapp me", "dm me to", "idiot*"]},
                        {
                            "all": [
                                {"field": "has_link", "op": "is", "value": True},
                                {"field": "previous_conversations", "op": "at_most", "value": 0},
                            ]
                        },
                    ]
                },
            ]
        },
        actions=[{"do": "hide", "reason": "spam or abuse"}, {"do": "dismiss"}],
        stop=True,
    ),
    RuleDraftShape(
        key="detractor",
        name="Unhappy with us",
        trigger={"on": "event", "events": ["survey_answered"], "tag_id": None},
        condition={"field": "survey_result", "op": "any_of", "value": ["detractor", "not_satisfied"]},
        actions=[{"do": "priority", "to": "high"}, {"do": "escalate", "reason": "Unhappy in a survey"}],
    ),
    RuleDraftShape(
        key="close_after_silence",
        name="Close after silence",
        trigger={"on": "time", "what": "silent", "seconds": 3 * _DAY, "hours": "all"},
        condition={"field": "escalated", "op": "is", "value": False},
        actions=[{"do": "close"}],
    ),
)  # fmt: skip
