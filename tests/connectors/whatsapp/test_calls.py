"""connectors/whatsapp/calls.py: answers of the Cloud API."""

from dataclasses import replace

import pytest

from connectors._meta import graph
from connectors.errors import SendError
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import HttpResponse
from connectors.toolkit.http import json_body
from connectors.whatsapp.calls import account_of, call, number_of, said
from tests.connectors.kit.driver import drive
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


@pytest.mark.parametrize(
    ("code", "kind"), [(368, Kind.REAUTH), (131031, Kind.REAUTH), (131021, Kind.REJECTED), (131047, Kind.WINDOW_CLOSED)]
)
def test_a_subcode_of_no_meaning_changes_nothing(code: int, kind: Kind) -> None:
    """Versions of the API before v16.0 add a subcode to every refusal of a message."""
    assert refused(400, code=code, error_subcode=2494010, message=f"(#{code}) refused").kind is kind


def test_what_is_said_to_pass_is_tried_again() -> None:
    """A code that nobody knows says itself that it is for a while only."""
    assert refused(400, code=999999, is_transient=True, message="try again").kind is Kind.UNREACHABLE


def test_a_number_out_of_the_tokens_reach_is_no_fault_of_the_persons() -> None:
    """Graph says of our own number what it says of things that are gone: the admins have to know."""
    message = "Unsupported post request. Object with ID '{}' does not exist, cannot be loaded"
    for named, kind in (("106540352242922", Kind.REAUTH), ("990000000000001", Kind.RECIPIENT_GONE)):
        error = {"message": message.format(named), "type": "GraphMethodException", "code": 100, "error_subcode": 33}
        answer = HttpResponse(status=400, body=json_body({"error": error}))
        request = graph.post(context(), "106540352242922/messages", {"to": "306940000001"})
        run = drive(call(request, context()), lambda request, number, reply=answer: reply)
        assert run.error is not None
        assert run.error.kind is kind


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
