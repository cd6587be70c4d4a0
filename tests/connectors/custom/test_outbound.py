"""Planning, posting and connecting, where goldens do not reach."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from standardwebhooks.webhooks import Webhook

from connectors.custom.outbound import fetch, plan, send, setup
from connectors.custom.simulator import CustomSimulator
from connectors.errors import PlanRefused, SendErrorKind
from connectors.exchange import HttpRequest, HttpResponse
from connectors.inbound import MessageReceived
from connectors.outbound import (
    AnyOutbound,
    BanAuthor,
    Blob,
    DeleteSent,
    HideComment,
    Part,
    ReplyToComment,
    SendMessage,
    Target,
)
from connectors.toolkit import schemes
from tests.connectors.kit.driver import by_simulator, drive
from tests.connectors.kit.subject import subject

CTX = subject("custom").context()
DIRECT = Target(thread_id="c", address={"kind": "direct"}, message_id="m", author_id="u")


def refused(action: AnyOutbound) -> str:
    """The code with which plan refuses the action."""
    with pytest.raises(PlanRefused) as error:
        plan(action, CTX)
    return error.value.code


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (HideComment(target=DIRECT), "not_supported"),
        (ReplyToComment(target=DIRECT, text="x"), "not_supported"),
        (SendMessage(target=Target(thread_id="", address={}), text="x"), "recipient_missing"),
        (DeleteSent(target=Target(thread_id="c")), "recipient_missing"),
        (BanAuthor(target=Target(thread_id="c")), "recipient_missing"),
        (SendMessage(target=DIRECT), "empty"),
        (SendMessage(target=DIRECT, attachments=(Blob(sha256="a", mime="x/y", size_bytes=10**9),)), "attachment_size"),
        (ReplyToComment(target=Target(thread_id="c"), text=" "), "empty"),
    ],
)
def test_refusals_have_their_code(action: AnyOutbound, code: str) -> None:
    """What cannot be sent is refused before anything leaves."""
    assert refused(action) == code


def test_kind_of_thread_follows_the_action_where_the_address_says_nothing() -> None:
    """A comment is answered also in a thread stored without its kind."""
    assert len(plan(ReplyToComment(target=Target(thread_id="t"), text="x"), CTX)) == 1


def test_a_channel_without_address_only_receives() -> None:
    """Without outbound_url an agent is told what to set."""
    ctx = replace(CTX, settings={}, base_url="")

    with pytest.raises(PlanRefused, match="set outbound_url"):
        plan(SendMessage(target=DIRECT, text="x"), ctx)


def test_parts_of_a_long_text_carry_files_once() -> None:
    """Files go with the first piece, the HTML of the whole with none; each part says which of how many it is."""
    files = (Blob(sha256="a", mime="image/png", size_bytes=1, kind="image"),)
    long = SendMessage(target=DIRECT, text="word " * 14_000, html="<p>", attachments=files, split=True)

    parts = plan(long, CTX)
    bodies = [posted(part) for part in parts]

    assert len(parts) == 2
    assert ["attachments" in body["message"] for body in bodies] == [True, False]
    assert not any("html" in body["message"] for body in bodies)
    assert [body["part"] for body in bodies] == [{"number": 1, "of": 2}, {"number": 2, "of": 2}]


def posted(part: Part) -> dict[str, Any]:
    """The body that sending the part posts."""
    run = drive(send(part, CTX), lambda request, number: HttpResponse(status=200))
    (request,) = run.requests
    assert isinstance(request, HttpRequest)
    body: dict[str, Any] = json.loads(request.body)
    return body


@pytest.mark.parametrize(("said", "known_as"), [(812, "812"), ("o-1", "o-1"), (True, ""), (1.5, ""), (2**70, "")])
def test_an_id_in_the_answer_may_be_a_number(said: Any, known_as: str) -> None:
    """Else the item would be known by our key, and nothing that is told of it later would be found."""
    (part,) = plan(SendMessage(target=DIRECT, text="x"), CTX)
    body = json.dumps({"external_id": said}).encode()

    run = drive(send(part, CTX), lambda r, n: HttpResponse(status=200, body=body))

    assert run.result is not None
    assert run.result.external_id == (known_as or part.key)


def test_every_attempt_has_the_same_id_and_a_fresh_signature() -> None:
    """So that the customer's system can tell a repetition, hours later too."""
    (part,) = plan(SendMessage(target=DIRECT, text="x"), CTX)
    later = replace(CTX, now=CTX.now + 3_600_000_000)

    first, second = (drive(send(part, ctx), lambda r, n: HttpResponse(status=200)).requests[0] for ctx in (CTX, later))

    assert isinstance(first, HttpRequest)
    assert isinstance(second, HttpRequest)
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == part.key
    schemes.verify_standard(second.headers, second.body, CTX.secrets, later.now)


def test_the_reference_library_takes_our_answers() -> None:
    """A customer who checks with the standardwebhooks package needs nothing of ours."""
    (part,) = plan(SendMessage(target=DIRECT, text="Καλημέρα 🙂"), CTX)
    (request,) = drive(send(part, CTX), lambda r, n: HttpResponse(status=200)).requests
    assert isinstance(request, HttpRequest)

    with time_machine.travel(CTX.now / 1_000_000, tick=False):
        event = Webhook(CTX.credentials["webhook_secret"]).verify(request.body, dict(request.headers))

    assert event["message"]["text"] == "Καλημέρα 🙂"


def test_without_a_secret_nothing_leaves() -> None:
    """An unsigned answer is never posted; the admin is told."""
    (part,) = plan(SendMessage(target=DIRECT, text="x"), CTX)

    run = drive(send(part, replace(CTX, secrets=(), credentials={})), lambda r, n: HttpResponse(status=200))

    assert run.requests == []
    assert run.error is not None
    assert run.error.kind == SendErrorKind.REAUTH


def test_setup_makes_a_secret_once() -> None:
    """Without one it makes one of 24 to 64 bytes and signs the ping with it; with one it keeps it."""
    bare = replace(CTX, secrets=(), credentials={})

    run = drive(setup(bare), lambda request, number: HttpResponse(status=204))
    kept = drive(setup(CTX), lambda request, number: HttpResponse(status=204))

    secret = run.result.credentials["webhook_secret"]
    assert 24 <= len(base64.b64decode(secret.removeprefix("whsec_"))) <= 64
    (ping,) = run.requests
    assert isinstance(ping, HttpRequest)
    schemes.verify_standard(ping.headers, ping.body, [secret.encode()], CTX.now)
    assert kept.result.credentials == {}
    assert (kept.result.asset_id, kept.result.name) == ("7", "Shop")


def test_setup_of_a_receiving_channel_asks_nobody() -> None:
    """Without an address there is nothing to prove."""
    run = drive(setup(replace(CTX, settings={}, base_url="")), lambda request, number: HttpResponse(status=500))

    assert (run.requests, run.error, run.result.name) == ([], None, "Custom channel")


def test_setup_settles_where_files_are_loaded_from() -> None:
    """The host of the address for answers, unless the admin gave another."""
    run = drive(setup(replace(CTX, base_url="")), lambda request, number: HttpResponse(status=204))
    given = drive(setup(CTX), lambda request, number: HttpResponse(status=204))

    assert run.result.settings == {"base_url": "https://crm.customer.example"}
    assert given.result.settings == {}


def test_setup_fails_where_the_ping_does() -> None:
    """A wrong address is known before the channel is added."""
    run = drive(setup(CTX), lambda request, number: HttpResponse(status=404))

    assert run.error is not None
    assert run.error.kind == SendErrorKind.REJECTED
    assert "check outbound_url" in run.error.reason


def test_a_404_speaks_of_a_person_only_where_it_says_so() -> None:
    """A web server without our page answers 404 as well: an agent must not read that the customer has left."""
    (part,) = plan(SendMessage(target=DIRECT, text="x"), CTX)
    page = drive(send(part, CTX), lambda r, n: HttpResponse(status=404, body=b"<html>Not found</html>"))
    said = drive(send(part, CTX), lambda r, n: HttpResponse(status=404, body=b'{"code": "recipient_gone"}'))

    assert page.error is not None
    assert said.error is not None
    assert (page.error.kind, said.error.kind) == (SendErrorKind.REJECTED, SendErrorKind.RECIPIENT_GONE)


def test_announced_messages_are_fetched() -> None:
    """The answer is read as a delivery is."""
    simulator = CustomSimulator(1)
    event = {
        "type": "message.created",
        "id": "e",
        "conversation": {"external_id": "c"},
        "author": {"external_id": "u"},
        "message": {"external_id": "m-77", "text": "whole"},
    }

    run = drive(fetch("m-77", CTX), lambda r, n: HttpResponse(status=200, body=json.dumps(event).encode()))
    gone = drive(fetch("m-77", CTX), by_simulator(simulator, CTX))

    assert isinstance(run.result[0], MessageReceived)
    assert run.result[0].text == "whole"
    assert gone.error is not None
    assert gone.error.kind == SendErrorKind.REJECTED


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"<html>", SendErrorKind.UNREACHABLE), (b'{"type": "message.created"}', SendErrorKind.REJECTED)],
)
def test_unreadable_answers_to_a_fetch(body: bytes, kind: SendErrorKind) -> None:
    """No event: asked again later. A broken event: not again."""
    run = drive(fetch("m-77", CTX), lambda r, n: HttpResponse(status=200, body=body))

    assert run.error is not None
    assert run.error.kind == kind
