"""Why Google takes an answer down, in words that an agent can act on."""

from __future__ import annotations

from typing import Any

from connectors.google_business_profile.payloads import Reply, part_of

_CONTENT = {
    "FAKE_ENGAGEMENT": "fake engagement: nothing may be given or promised for a review",
    "ADULT_THEMED": "adult themes",
    "SEXUALLY_EXPLICIT": "sexually explicit words",
    "ADVERTISING_AND_SOLICITATION": "advertising: leave out offers, prices, links and telephone numbers",
    "DANGEROUS": "dangerous content",
    "GIBBERISH_AND_REPETITIVE": "unclear or repeated text",
    "REPETITIVE": "repetition: the same answer stands under other reviews",
    "UNCLEAR": "unclear text",
    "ILLEGAL": "illegal content",
    "OFF_TOPIC": "staying on topic: speak of this visit only",
    "OFFENSIVE": "offensive words",
    "VIOLENCE_AND_GORE": "violence",
    "CHILD_SAFETY": "child safety",
    "HARASSMENT": "harassment: no threats, nothing against the person",
    "HATE_SPEECH": "hate speech",
    "IMPERSONATION": "impersonation",
    "MISINFORMATION": "misinformation",
    "MISREPRESENTATION": "misrepresentation",
    "OBSCENITY_AND_PROFANITY": "obscene or profane words",
    "PERSONAL_INFO": "personal information: leave out names, addresses, order and telephone numbers",
    "PRIVACY": "privacy: leave out what identifies the person",
    "REGULATED_GOODS_AND_SERVICES": "regulated goods and services",
    "GENERIC_VANDALISM": "abusive or low-quality content",
    "GENERIC_FRAUD": "deceptive content",
    "GENERIC_QUALITY": "low quality",
}
_ACCOUNT = {
    "ACCOUNT_RESTRICTED_AND_SUSPENDED": "the Google account is restricted and the profile suspended",
    "ACCOUNT_RESTRICTED_AND_EDIT_REJECTED": "the Google account is restricted",
    "ASSOCIATED_ACCOUNT_SUSPENDED": "a Google account of this profile is suspended",
    "BUSINESS_INELIGIBLE": "the business is not eligible for a profile",
    "OWNERSHIP_REVOKED": "another Google account has claimed the profile",
    "LOCATION_SUSPENDED": "the profile is suspended",
    "LOCATION_DISABLED": "the profile is disabled",
    "LOCATION_VERIFICATION_REQUIRED": "the location is not verified",
    "PO_BOX": "the profile is suspended for a PO box as its address",
    "GOOGLE_PAY_SUSPENSION": "the payments profile is suspended",
    "EDITING_RESTRICTION": "Google lets nobody publish on this profile for now",
    "GENERIC_VIOLATION": "the answer breaks Google's content policies",
    "MODERATION_ERROR": "Google could not check it: send it again",
}
"""https://developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews#PolicyViolation
(read 2026-11-22). "New values may be added": another code is shown as it is.
"""


def why_refused(reply: Reply) -> str:
    """Why Google did not publish the answer."""
    codes = _codes(part_of(reply.policy_violation, object))
    words = "; ".join(_in_words(code) for code in codes)
    return words or "Google refused the answer and named no policy."


def _in_words(code: str) -> str:
    if code in _CONTENT:
        return f"Google's policy on {_CONTENT[code]} ({code})"
    if code in _ACCOUNT:
        return f"{_ACCOUNT[code]} ({code})"
    return code.replace("_", " ").capitalize()


def _codes(found: Any) -> list[str]:
    """The codes in a string, a list, or the values of an object."""
    match found:
        case str() if found and found != "POLICY_VIOLATION_UNSPECIFIED":
            return [found[:100]]
        case list():
            return [code for one in found[:10] for code in _codes(one)]
        case dict():
            return [code for one in list(found.values())[:10] for code in _codes(one)]
        case _:
            return []
