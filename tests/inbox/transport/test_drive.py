"""Running exchanges: the order of commit and effect, and what each failure means."""

import asyncio
from collections.abc import Generator

import pytest

from connectors.errors import SendError, SendErrorKind
from connectors.exchange import (
    AnyRequest,
    AnyResponse,
    Exchange,
    FormPart,
    HttpRequest,
    HttpResponse,
    MailRefused,
    TransportFailed,
)
from inbox.transport.courier import Courier
from inbox.transport.drive import drive, kind_of_refusal
from inbox.transport.media import DiskMedia, chunks_of
from tests.inbox.transport.peers import answer, http_peer, read_request, serve


def calls(*requests: HttpRequest) -> Exchange[list[bytes]]:
    """Send the requests in order and return the bodies."""
    bodies = []
    for request in requests:
        response = yield request
        assert isinstance(response, HttpResponse)
        bodies.append(response.body)
    return bodies


def post(url: str, **fields: object) -> HttpRequest:
    return HttpRequest(method="POST", url=url, effect=True, **fields)  # type: ignore[arg-type]


def get(url: str) -> HttpRequest:
    return HttpRequest(method="GET", url=url)


async def kind_of(exchange: Exchange[object], courier: Courier) -> SendErrorKind:
    with pytest.raises(SendError) as failed:
        await drive(exchange, courier)
    return failed.value.kind


async def test_an_exchange_runs_to_its_result(courier: Courier) -> None:
    """Each request is answered in order, and the result is what the generator returns."""
    async with http_peer(lambda request: answer(request.split(b" ")[1])) as peer:
        bodies = await drive(calls(get(f"{peer.url}/a"), post(f"{peer.url}/b"), get(f"{peer.url}/c")), courier)

    assert bodies == [b"/a", b"/b", b"/c"]


async def test_an_exchange_may_need_no_request(courier: Courier) -> None:
    """A generator that returns at once gives its result."""
    assert await drive(calls(), courier) == []


async def test_the_attempt_is_committed_once_before_the_first_effect(courier: Courier) -> None:
    """`before_effect` has returned when the first visible request leaves, and is called once."""
    async with http_peer(answer()) as peer:
        seen_at_commit: list[int] = []

        async def commit() -> None:
            await asyncio.sleep(0)
            seen_at_commit.append(len(peer.requests))

        exchange = calls(get(f"{peer.url}/upload"), post(f"{peer.url}/send"), post(f"{peer.url}/again"))
        await drive(exchange, courier, before_effect=commit)

    assert seen_at_commit == [1]
    assert len(peer.requests) == 3


async def test_an_attempt_that_cannot_be_committed_sends_nothing(courier: Courier) -> None:
    """When the commit fails, the effect is not sent and the generator is closed."""
    closed = []

    def exchange(url: str) -> Exchange[None]:
        try:
            yield post(url)
        finally:
            closed.append(True)

    async def lost_lease() -> None:
        raise LookupError("the lease went to another holder")

    async with http_peer(answer()) as peer:
        with pytest.raises(LookupError):
            await drive(exchange(peer.url), courier, before_effect=lost_lease)

    assert (peer.connections, closed) == (0, [True])


async def test_no_effect_begun_is_unreachable(courier: Courier, free_port: int) -> None:
    """What fails before any effect may be tried again, sent or not."""
    async with http_peer(b"") as broken:
        assert await kind_of(calls(get(broken.url)), courier) is SendErrorKind.UNREACHABLE
    assert await kind_of(calls(post(f"http://127.0.0.1:{free_port}")), courier) is SendErrorKind.UNREACHABLE


async def test_what_lacks_a_file_is_not_tried_again(courier: Courier, media: DiskMedia) -> None:
    """It would lack it each time, and hold up everything behind it."""
    blob = await media.write(chunks_of(b"x"), max_bytes=9)
    await media.delete(blob.sha256)

    async with http_peer(answer()) as peer:
        lacking = calls(post(peer.url, form=(FormPart(name="f", blob=blob),)))
        assert await kind_of(lacking, courier) is SendErrorKind.REJECTED
    assert peer.connections == 0


async def test_an_effect_that_may_have_been_sent_is_unknown(courier: Courier) -> None:
    """A cut after the effect request left is unknown: nobody may blindly send it again."""
    async with http_peer(b"") as broken:
        assert await kind_of(calls(post(broken.url)), courier) is SendErrorKind.UNKNOWN


async def test_a_failure_after_an_answered_effect_is_unknown(courier: Courier, free_port: int) -> None:
    """When the effect was answered and a later request cannot even connect, the whole is still unknown."""
    async with http_peer(answer()) as peer:
        exchange = calls(post(peer.url), get(f"http://127.0.0.1:{free_port}"))
        assert await kind_of(exchange, courier) is SendErrorKind.UNKNOWN


async def test_a_connector_may_handle_the_failure_itself(courier: Courier, free_port: int) -> None:
    """TransportFailed is thrown in where the request was yielded, and what the generator then yields is carried out."""

    thrown: list[tuple[str, bool]] = []

    def patient(first: str, second: str) -> Exchange[str]:
        try:
            yield get(first)
        except TransportFailed as failed:
            thrown.append((failed.kind, failed.sent))
            response = yield get(second)
            assert isinstance(response, HttpResponse)
            return response.body.decode()
        return "first"

    async with http_peer(answer(b"second")) as peer:
        assert await drive(patient(f"http://127.0.0.1:{free_port}", peer.url), courier) == "second"
    assert thrown == [("connect", False)]


async def test_what_a_connector_raises_goes_through(courier: Courier) -> None:
    """A SendError of the connector's own is not changed."""

    def refusing(url: str) -> Exchange[None]:
        yield post(url)
        raise SendError(SendErrorKind.WINDOW_CLOSED, "24 h are over")

    async with http_peer(answer(status="400 Bad Request")) as peer:
        assert await kind_of(refusing(peer.url), courier) is SendErrorKind.WINDOW_CLOSED


async def test_cancelling_closes_the_exchange(courier: Courier) -> None:
    """A cancelled drive ends at once and leaves no generator hanging."""
    arrived, closed = asyncio.Event(), []

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        arrived.set()
        await reader.read()

    def exchange(url: str) -> Generator[AnyRequest, AnyResponse, None]:
        try:
            yield post(url)
        except TransportFailed:
            closed.append("thrown")
        finally:
            closed.append("closed")

    async with serve(silent) as peer:
        task = asyncio.create_task(drive(exchange(peer.url), courier))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert closed == ["closed"]


@pytest.mark.parametrize(
    ("code", "stage", "kind"),
    [
        (535, "login", SendErrorKind.REAUTH), (0, "login", SendErrorKind.REAUTH),
        (454, "login", SendErrorKind.UNREACHABLE), (451, "data", SendErrorKind.UNREACHABLE),
        (554, "data", SendErrorKind.REJECTED), (550, "sender", SendErrorKind.REJECTED),
        (550, "recipients", SendErrorKind.RECIPIENT_GONE), (450, "recipients", SendErrorKind.UNREACHABLE),
        (0, "imap", SendErrorKind.UNREACHABLE),
    ],
)  # fmt: skip
def test_a_mail_servers_no_has_a_kind(code: int, stage: str, kind: SendErrorKind) -> None:
    """Refusals that a connector lets through are read by their code and stage."""
    assert kind_of_refusal(MailRefused(code, "no", stage=stage)) is kind  # type: ignore[arg-type]
