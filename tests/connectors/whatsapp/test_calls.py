"""connectors/whatsapp/calls.py: answers of the Cloud API."""

from dataclasses import replace

import pytest

from connectors.errors import SendError
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import HttpResponse
from connectors.toolkit.http import json_body
from connectors.whatsapp.calls import account_of, number_of, said
from tests.connectors.whatsapp.signing import context


def refused(status: int, **error: object) -> SendError:
    """The SendError of an answer with that error."""
    with pytest.raises(SendError) as caught:
        said(HttpResponse(status=status, body=json_body({"error": error})), 0, effect=True)
    return caught.value


def test_codes_are_told_in_words() -> None:
    """What an agent can do goes before WhatsApp's own words."""
    error = refused(400, code=131047, message="(#131047) Re-engagement message")
    assert error.kind is Kind.WINDOW_CLOSED
    assert error.reason.startswith("The person last wrote more than 24 hours ago. Send a template.")


def test_a_subcode_means_what_it_means_in_the_family() -> None:
    """Pairs of codes are read by the family's table."""
    assert refused(400, code=100, error_subcode=33, message="does not exist").kind is Kind.RECIPIENT_GONE


def test_the_limit_of_a_pair_sets_its_own_pause() -> None:
    """One message in six seconds to one person."""
    assert refused(400, code=131056, message="pair rate limit hit").until == 6_000_000


def test_an_error_without_a_code_is_read_by_its_status() -> None:
    """A gateway's answer has no code."""
    assert refused(503, message="try again").kind is Kind.UNREACHABLE


def test_a_channel_without_its_ids_says_what_to_enter() -> None:
    """The reason names the field."""
    bare = replace(context(), settings={}, asset_id="")
    for read, name in ((number_of, "phone_number_id"), (account_of, "waba_id")):
        with pytest.raises(SendError, match=name):
            read(bare)
