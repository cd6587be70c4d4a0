"""connectors/whatsapp/refusals.py: what error codes mean."""

import pytest

from connectors.errors import SendErrorKind as Kind
from connectors.whatsapp.payloads import Error, ErrorData
from connectors.whatsapp.refusals import kind_of, reason_in, reason_of, retry_at


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        ((1, 2, 131000, 131016, 131057, 133004), Kind.UNREACHABLE),
        ((4, 80007, 130429, 131048, 131056, 131064, 133016), Kind.THROTTLED),
        ((0, 3, 10, 190, 200, 299, 368, 131005, 131031, 131045, 133010), Kind.REAUTH),
        ((470, 131047), Kind.WINDOW_CLOSED),
        ((131026,), Kind.RECIPIENT_GONE),
        ((100, 130472, 130497, 131008, 131009, 131021, 131030, 131042, 131049, 131050, 131051, 131053), Kind.REJECTED),
        ((999999,), Kind.REJECTED),
        ((131062, 131063, 132000, 132001, 132005, 132007, 132012, 132015, 132016, 135000, 137000), Kind.REJECTED),
    ],
)
def test_codes_have_the_treatment_they_call_for(codes: tuple[int, ...], kind: Kind) -> None:
    """Each documented code is retried, waited for, or refused, as its meaning asks."""
    assert {code: kind_of(code) for code in codes} == dict.fromkeys(codes, kind)


def test_pauses_are_those_of_the_code() -> None:
    """The limit of a pair passes in seconds, a bad rating in an hour; elsewhere WhatsApp or the back-off says."""
    assert retry_at(131056, 0) == 6_000_000
    assert retry_at(131048, 0) == 3_600_000_000
    assert retry_at(130429, 0) is None


def test_reasons_are_in_words_with_the_code_to_look_up() -> None:
    """An agent reads what to do, an admin finds the code."""
    error = Error(code="131047", title="Re-engagement message", error_data=ErrorData(details="More than 24 hours."))
    assert reason_in((error,)) == (
        "The person last wrote more than 24 hours ago. Send a template. WhatsApp says: More than 24 hours, code 131047"
    )
    assert reason_in(None) == ""
    assert reason_of(999999, "new trouble") == "new trouble"
