"""What WhatsApp's error codes mean, for sends that are refused at once and for those that fail later.

https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes (read 2026-11-22).
"""

from __future__ import annotations

from connectors._meta import refusals
from connectors.errors import SendErrorKind as Kind
from connectors.whatsapp.payloads import Error

_SECOND = 1_000_000

_WORDS: dict[int, str] = {
    3: "The app lacks a permission.",
    10: "The app lacks a permission.",
    190: "The access token is no longer valid.",
    368: "The account is restricted for a breach of WhatsApp's rules.",
    470: "The person last wrote more than 24 hours ago. Send a template.",
    130472: "The person is in a trial of WhatsApp's, in which advertisements are held back.",
    130497: "The account may not write to this country.",
    131005: "The app lacks a permission.",
    131021: "The number is our own.",
    131026: "The number is not on WhatsApp, or its WhatsApp cannot receive this.",
    131030: "A test number writes only to the recipients listed under WhatsApp → API setup.",
    131031: "The account is locked.",
    131037: "The display name of the number is not approved yet.",
    131042: "The account's payment method does not work. See to it in WhatsApp Manager.",
    131045: "The phone number is not registered for the Cloud API.",
    131047: "The person last wrote more than 24 hours ago. Send a template.",
    131048: "Too many of this number's messages were blocked or marked as spam.",
    131049: "WhatsApp held it back, lest people get too many advertisements. Do not send it again for 24 hours.",
    131050: "The person wants no advertisements from this number.",
    131051: "WhatsApp does not take this kind of message.",
    131053: "WhatsApp could not take the file.",
    131056: "Too many messages to this person in a short time.",
    131057: "The business account is being maintained.",
    131062: "This kind of message cannot be sent to somebody whose phone number is hidden.",
    131063: "Advertising templates are switched off for this number.",
    131064: "The account has reached its messaging limit.",
    132000: "The template wants another number of values.",
    132001: "There is no approved template of this name in this language.",
    132005: "The template is too long once its values are filled in.",
    132007: "The template breaks a rule of WhatsApp's.",
    132008: "A value does not fit the template.",
    132012: "A value does not fit the template.",
    132015: "The template is paused: too many people disliked it.",
    132016: "The template is disabled for good: it was paused too often.",
    132068: "The flow is blocked.",
    132069: "The flow may be sent only ten times an hour for now.",
    133010: "The phone number is not registered for the Cloud API.",
    135000: "WhatsApp does not take something in the request.",
    137000: "The person's WhatsApp is on another device now.",
}
"""Code → what happened, where WhatsApp's own words do not help an agent."""

_KINDS: dict[int, Kind] = {
    368: Kind.REAUTH,
    131031: Kind.REAUTH,
    131045: Kind.REAUTH,
    133010: Kind.REAUTH,
    131021: Kind.REJECTED,
}
"""Codes that mean something else here than elsewhere in the family. An account that is locked or a number that is not
registered sends nothing at all: the admins have to know.
"""

_PAUSES_SECONDS = {131056: 6, 131048: 3600, 131064: 3600}
"""How long to wait where WhatsApp does not say: a message in 6 seconds to one person, a rating that mends slowly."""


def kind_of(code: int, status: int = 400) -> Kind:
    """What a code means."""
    return kind_of_refusal(refusals.Refusal(code=code), status)


def kind_of_refusal(refusal: refusals.Refusal, status: int) -> Kind:
    """What a refusal means. Older versions of the API add a subcode to each, which says nothing more."""
    return _KINDS.get(refusal.number) or refusals.kind_of(refusal, status)


def retry_at(code: int, now: int) -> int | None:
    """The earliest instant (µs) to try again; None where a code sets none."""
    return now + _PAUSES_SECONDS[code] * _SECOND if code in _PAUSES_SECONDS else None


def reason_of(code: int, said: str) -> str:
    """Why, for an agent: in our words where there are any, then in WhatsApp's, which name the code."""
    ours = _WORDS.get(code, "")
    return f"{ours} WhatsApp says: {said}" if ours and said else ours or said


def reason_in(errors: tuple[Error, ...] | None) -> str:
    """Why a message failed, by the first error that says anything; empty where none does."""
    for error in errors or ():
        named = f"code {error.number}" if error.number else ""
        said = ", ".join(part for part in (error.said.rstrip("."), named) if part)
        if said:
            return reason_of(error.number, said)
    return ""
