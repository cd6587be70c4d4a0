"""connectors/google_business_profile/policies.py: Google's reasons in words."""

import msgspec
import pytest

from connectors.google_business_profile.payloads import Reply
from connectors.google_business_profile.policies import why_refused


def refused(violation: object) -> str:
    """Why an answer with that violation was refused."""
    body = {"comment": "Hi", "reviewReplyState": "REJECTED", "policyViolation": violation}
    return why_refused(msgspec.json.decode(msgspec.json.encode(body), type=Reply))


def test_a_policy_is_told_with_what_to_leave_out() -> None:
    """The agent reads what was wrong, and Google's own code for it."""
    said = refused("ADVERTISING_AND_SOLICITATION")
    assert "telephone numbers" in said
    assert "ADVERTISING_AND_SOLICITATION" in said


def test_what_is_wrong_with_the_profile_is_not_blamed_on_the_words() -> None:
    """A suspended location refuses every answer: no policy on content is named."""
    assert refused("LOCATION_SUSPENDED") == "the profile is suspended (LOCATION_SUSPENDED)"


def test_codes_added_later_are_shown() -> None:
    """A code we do not know is readable as it is."""
    assert refused("TOO_MANY_EMOJI") == "Too many emoji"


@pytest.mark.parametrize(
    "violation", [["HATE_SPEECH"], {"reason": "HATE_SPEECH"}, {"policies": [{"a": "HATE_SPEECH"}]}]
)
def test_codes_are_found_in_any_shape(violation: object) -> None:
    """A list or an object of codes is read like a code alone."""
    assert "HATE_SPEECH" in refused(violation)


@pytest.mark.parametrize("violation", [None, "", "POLICY_VIOLATION_UNSPECIFIED", 7, []])
def test_no_policy_is_said_to_be_none(violation: object) -> None:
    """Where Google names nothing the agent learns that it named nothing."""
    assert refused(violation) == "Google refused the answer and named no policy."
