"""connectors/whatsapp/channel.py: connecting a number, and loading files."""

from dataclasses import replace
from functools import partial
from typing import Any

from connectors.contract import Context
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import HttpRequest, HttpResponse, TransportFailed
from connectors.inbound import Attachment
from connectors.outbound import Blob
from connectors.toolkit.http import json_body
from connectors.whatsapp.channel import media, setup, teardown
from connectors.whatsapp.simulator import ACCOUNT_ID, NUMBER_ID, CloudApi
from tests.connectors.kit.driver import Run, by_simulator, drive
from tests.connectors.whatsapp.signing import context

LOADED = Blob(sha256="b" * 64, mime="application/octet-stream", size_bytes=3)
VOICE = Attachment(kind="audio", ref="55", mime="audio/ogg", name="note.ogg")


def connected(**settings: str) -> tuple[CloudApi, Run]:
    """Connecting at the simulator with these settings alone."""
    server = CloudApi(7)
    ctx: Context = replace(context(), settings=settings, credentials=server.credentials, asset_id="")
    return server, drive(setup(ctx), by_simulator(server, ctx))


def loaded(*replies: Any) -> Run:
    """Loading a voice note, answered so."""
    return drive(media(VOICE, context()), lambda request, number: replies[number])


def _in_turn(replies: list[HttpResponse], request: object, number: int) -> HttpResponse:
    return replies[number]


def address(url: str) -> HttpResponse:
    """The answer that says where a file is."""
    return HttpResponse(status=200, body=json_body({"url": url, "mime_type": "audio/ogg; codecs=opus"}))


def test_a_token_alone_finds_account_and_number() -> None:
    """Where the token is for one account with one number, nothing else has to be entered."""
    server, run = connected()
    assert run.error is None
    assert run.result.asset_id == NUMBER_ID
    assert run.result.settings["waba_id"] == ACCOUNT_ID
    assert run.result.name == "Sandbox Shop +1 555 078 3881"
    assert run.result.expires_at == 0  # such a token never ends
    assert server.subscribed


def test_a_number_of_another_account_is_refused_with_those_there_are() -> None:
    """The admin reads which numbers can be chosen."""
    _, run = connected(waba_id=ACCOUNT_ID, phone_number_id="999")
    assert run.error is not None
    assert run.error.kind is Kind.REJECTED
    assert NUMBER_ID in run.error.reason


def test_a_token_that_may_not_be_looked_at_is_proved_by_use() -> None:
    """Graph lets only some tokens be inspected; one that reads its own number holds."""
    answers = {
        "debug_token": (400, {"error": {"message": "You must provide an app access token", "code": 100}}),
        "106540352242922": (200, {"id": "106540352242922", "display_phone_number": "+1 555", "verified_name": "Shop"}),
        "subscribed_apps": (200, {"success": True}),
    }

    def answer(request: Any, number: int) -> HttpResponse:
        status, body = answers[request.url.partition("?")[0].rpartition("/")[2]]
        return HttpResponse(status=status, body=json_body(body))

    run = drive(setup(context()), answer)
    assert run.error is None
    assert run.result.name == "Shop +1 555"
    assert run.result.expires_at is None


def test_a_token_without_a_permission_is_refused() -> None:
    """The missing permission is named before anything is subscribed."""
    server = CloudApi(7)
    server.scopes = ("whatsapp_business_messaging",)
    ctx = replace(context(), credentials=server.credentials)
    run = drive(setup(ctx), by_simulator(server, ctx))
    assert run.error is not None
    assert run.error.kind is Kind.REAUTH
    assert "whatsapp_business_management" in run.error.reason
    assert not server.subscribed


def test_the_subscription_ends_with_the_last_number_only() -> None:
    """Other numbers of the account are delivered by the same subscription."""
    for numbers, asked in ((1, ["GET", "DELETE"]), (2, ["GET"])):
        listed = HttpResponse(status=200, body=json_body({"data": [{"id": str(n)} for n in range(numbers)]}))
        replies = [listed, HttpResponse(status=200, body=b'{"success": true}')]
        run = drive(teardown(context()), partial(_in_turn, replies))
        assert [request.method for request in run.requests if isinstance(request, HttpRequest)] == asked


def test_a_file_is_loaded_in_two_steps_both_with_the_token() -> None:
    """The id gives an address, the address gives bytes; it is treated as one from outside."""
    run = loaded(address("https://lookaside.fbsbx.com/x?mid=55"), HttpResponse(status=200, blob=LOADED))
    assert run.result.mime == "audio/ogg"
    assert (run.result.name, run.result.kind) == ("note.ogg", "audio")
    first, second = run.requests
    assert isinstance(first, HttpRequest)
    assert isinstance(second, HttpRequest)
    assert first.headers["authorization"] == second.headers["authorization"]
    assert "phone_number_id=106540352242922" in first.url
    assert (second.outside, second.save_to) == (True, "blob")


def test_a_file_that_is_gone_is_not_asked_for_again() -> None:
    """Ids end after weeks; addresses after minutes, and then a new one is asked for."""
    gone = {"error": {"message": "does not exist", "code": 100, "error_subcode": 33}}
    run = loaded(HttpResponse(status=400, body=json_body(gone)))
    assert run.error is not None
    assert run.error.kind is Kind.REJECTED
    run = loaded(address("https://lookaside.fbsbx.com/x"), HttpResponse(status=404))
    assert run.error is not None
    assert run.error.kind is Kind.UNREACHABLE


def test_a_file_that_is_too_large_is_told_as_such() -> None:
    """Transport stops at the limit."""
    run = loaded(address("https://lookaside.fbsbx.com/x"), TransportFailed("too_large", "over the limit", sent=True))
    assert run.error is not None
    assert run.error.kind is Kind.TOO_LARGE
