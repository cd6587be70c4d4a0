"""The HTTP client against real servers, well-behaved and not."""

import asyncio
import gzip
import ssl
import time
import tracemalloc

import pytest

from connectors.exchange import FormPart, HttpRequest, TransportFailed
from inbox.transport.guard import Guard
from inbox.transport.http import HttpClient
from inbox.transport.media import DiskMedia, MediaFull, chunks_of
from inbox.transport.reach import Reach
from tests.inbox.transport.peers import answer, http_peer, nobody_accepts, read_request, serve

Tls = tuple[ssl.SSLContext, ssl.SSLContext]
ANY = Reach()


def get(url: str, **fields: object) -> HttpRequest:
    return HttpRequest(method="GET", url=url, **fields)  # type: ignore[arg-type]


async def failure(client: HttpClient, request: HttpRequest, reach: Reach = ANY) -> tuple[str, bool]:
    with pytest.raises(TransportFailed) as failed:
        await client.send(request, reach)
    return failed.value.kind, failed.value.sent


async def test_a_request_goes_out_and_its_answer_comes_back(client: HttpClient) -> None:
    """Method, path, query, headers and body arrive as given; header names come back in lower case."""
    async with http_peer(answer(b'{"ok":true}', status="201 Created", headers="X-Rate: 7\r\n")) as peer:
        request = HttpRequest(
            method="POST", url=f"{peer.url}/bot1:x/send?a=%20b", headers={"X-Key": "κ"}, body=b"{}", effect=True
        )
        response = await client.send(request, ANY)

    assert (response.status, response.body, response.headers["x-rate"]) == (201, b'{"ok":true}', "7")
    assert peer.last.startswith(b"POST /bot1:x/send?a=%20b HTTP/1.1\r\n")
    assert f"host: 127.0.0.1:{peer.port}".encode() in peer.last.lower()
    assert "x-key: κ".encode() in peer.last.lower()
    assert peer.last.endswith(b"\r\n\r\n{}")


async def test_a_form_is_streamed_from_the_media_store(client: HttpClient, media: DiskMedia) -> None:
    """A blob of 5 MB goes out as multipart with its length, without being held in memory."""
    blob = await media.write(chunks_of(b"%PDF-1.7" + bytes(5_000_000)), max_bytes=6_000_000, name="a.pdf")

    async with http_peer(answer()) as peer:
        tracemalloc.start()
        form = (FormPart(name="chat", value="1"), FormPart(name="document", blob=blob))
        await client.send(HttpRequest(method="POST", url=peer.url, form=form), ANY)
        tracemalloc.stop()

    head, _, body = peer.last.partition(b"\r\n\r\n")
    assert b"content-type: multipart/form-data; boundary=" in head.lower()
    assert b"transfer-encoding" not in head.lower()
    assert bytes(5_000_000) in body


async def test_an_answer_is_saved_as_a_blob(client: HttpClient, media: DiskMedia) -> None:
    """`save_to="blob"` keeps the bytes and says what they are; the name is the server's."""
    headers = 'Content-Type: image/png\r\nContent-Disposition: attachment; filename="..\\evil\u202e.pdf"\r\n'
    async with http_peer(answer(b"%PDF-1.7\n" + bytes(2_000_000), headers=headers.encode().decode("latin-1"))) as peer:
        response = await client.send(get(peer.url, save_to="blob", max_bytes=3_000_000), ANY)

    assert response.blob is not None
    assert (response.blob.mime, response.blob.size_bytes, response.body) == ("application/pdf", 2_000_009, b"")
    assert response.blob.name.endswith(".pdf")
    assert "\u202e" not in response.blob.name


@pytest.mark.parametrize(
    "said",
    [
        "attachment; filename*=a; filename*1=b",
        f"attachment; filename*{'9' * 1_900}=a; filename*{'9' * 5_000}=b",
        'attachment; filename="' + ";" * 90_000,
    ],
    ids=["no order", "long number", "no end"],
)
async def test_a_name_that_cannot_be_read_is_not_taken(client: HttpClient, said: str) -> None:
    """The file is kept under the last part of its address, and nobody waits for the name."""
    async with http_peer(answer(b"%PDF-1.7", headers=f"Content-Disposition: {said}\r\n")) as peer:
        began = time.process_time()
        response = await client.send(get(f"{peer.url}/bill.pdf", save_to="blob"), ANY)

    assert response.blob is not None
    assert response.blob.name == "bill.pdf"
    assert time.process_time() - began < 2


@pytest.mark.parametrize("outside", [False, True])
@pytest.mark.parametrize(
    "url",
    ["https://[evil", "http://[::1", "https://a\u2100b.example/", "https://a..b/", f"https://{'a' * 64}.example/",
     "https://a.example/\ud800"],
)  # fmt: skip
async def test_an_address_that_is_none_is_refused(client: HttpClient, url: str, outside: bool) -> None:
    """Whoever gave it, and however it is broken."""
    assert await failure(client, get(url, outside=outside)) == ("refused", False)


async def test_a_header_that_cannot_be_written_is_refused(client: HttpClient) -> None:
    """Half of a surrogate pair has no bytes."""
    request = HttpRequest(method="GET", url="http://127.0.0.1:1/", headers={"x-name": "\ud800"})

    assert await failure(client, request) == ("refused", False)


async def test_an_error_is_never_saved_as_a_blob(client: HttpClient) -> None:
    """An answer that is not 2xx comes as a body, for the connector to read."""
    async with http_peer(answer(b"expired", status="410 Gone")) as peer:
        response = await client.send(get(peer.url, save_to="blob"), ANY)

    assert (response.status, response.body, response.blob) == (410, b"expired", None)


async def test_redirects_are_answers(client: HttpClient) -> None:
    """A redirect, to wherever, is given to the connector and not followed."""
    async with http_peer(answer(status="302 Found", headers="Location: http://169.254.169.254/\r\n")) as peer:
        response = await client.send(get(peer.url), ANY)

    assert (response.status, response.headers["location"]) == (302, "http://169.254.169.254/")
    assert peer.connections == 1


async def test_cookies_are_not_kept(client: HttpClient) -> None:
    """One channel's cookie is never sent for another."""
    async with http_peer(answer(headers="Set-Cookie: session=1; Path=/\r\n")) as peer:
        await client.send(get(peer.url), ANY)
        await client.send(get(peer.url), ANY)

    assert b"cookie" not in peer.last.lower()


async def test_nobody_listening_has_sent_nothing(client: HttpClient, free_port: int) -> None:
    """Connection refused: nothing was sent."""
    assert await failure(client, get(f"http://127.0.0.1:{free_port}")) == ("connect", False)


async def test_an_unknown_host_has_sent_nothing(client: HttpClient) -> None:
    """A name without address: nothing was sent."""
    assert await failure(client, get("http://nothing.invalid")) == ("connect", False)


async def test_private_addresses_are_refused(media: DiskMedia) -> None:
    """An address that is not allowed is refused before a connection is made, and an outside one even if listed."""
    async with http_peer(answer()) as peer:
        strict, lenient = HttpClient(Guard(), media), HttpClient(Guard(["127.0.0.1"]), media)
        assert await failure(strict, get(peer.url)) == ("refused", False)
        assert await failure(lenient, get("https://127.0.0.1/page", outside=True)) == ("refused", False)
        for client in (strict, lenient):
            await client.aclose()

    assert peer.connections == 0


async def test_an_address_that_swallows_everything_leaves_time_for_the_next(media: DiskMedia) -> None:
    """A host whose first address leads nowhere is reached at its second, within the time of the request."""

    async def two(host: str, port: int) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    client = HttpClient(Guard(["127.0.0.0/8"], resolver=two), media)
    async with http_peer(answer()) as peer:
        with nobody_accepts("127.0.0.2", peer.port):
            request = get(f"http://two.example:{peer.port}/", timeout_seconds=2.0)
            assert (await client.send(request, ANY)).status == 200
    await client.aclose()


async def test_a_connection_made_for_an_admin_never_serves_an_outside_address(media: DiskMedia) -> None:
    """With a kept connection to the same private origin open, an outside address is still refused."""

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await read_request(reader)
            writer.write(answer())

    async def resolver(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    client = HttpClient(Guard(["127.0.0.1"], resolver=resolver), media)
    async with serve(keep) as peer:
        await client.send(get(f"http://cdn.example:{peer.port}/"), ANY)
        own = Reach(base_url=f"http://cdn.example:{peer.port}")
        await client.send(get(f"http://cdn.example:{peer.port}/", outside=True), own)
        assert await failure(client, get(f"http://cdn.example:{peer.port}/", outside=True)) == ("refused", False)
        assert peer.connections == 1
    await client.aclose()


async def test_a_certificate_of_nobody_has_sent_nothing(client: HttpClient, media: DiskMedia, tls: Tls) -> None:
    """TLS that cannot be trusted ends before the request leaves; the trusted one works, by name and SNI."""
    async with http_peer(answer(), tls=tls[0]) as peer:
        stranger = HttpClient(Guard(["127.0.0.1"]), media)
        assert await failure(stranger, get(f"https://localhost:{peer.port}")) == ("tls", False)
        assert (await client.send(get(f"https://localhost:{peer.port}"), ANY)).status == 200
        await stranger.aclose()


async def test_plain_text_where_tls_is_expected_has_sent_nothing(client: HttpClient) -> None:
    """A server that does not speak TLS is a TLS failure."""
    async with serve(lambda r, w: _say(w, b"220 hello\r\n")) as peer:
        assert await failure(client, get(f"https://127.0.0.1:{peer.port}")) == ("tls", False)


async def _say(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()
    await asyncio.sleep(0.2)


async def test_silence_in_the_tls_handshake_has_sent_nothing(client: HttpClient) -> None:
    """Time that runs out before TLS is agreed: nothing was sent."""
    async with serve(lambda r, w: asyncio.sleep(5)) as peer:
        request = get(f"https://127.0.0.1:{peer.port}", timeout_seconds=0.3)
        assert await failure(client, request) == ("timeout", False)


@pytest.mark.parametrize(
    "reply",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Le", b"rubbish\r\n\r\n", answer(b"half", length=100), b"\x00" * 200_000],
    ids=["nothing", "half-head", "rubbish", "half-body", "endless-head"],
)
async def test_a_broken_answer_may_have_been_sent(client: HttpClient, reply: bytes) -> None:
    """Once the request has left, a cut or broken answer leaves it open whether the server acted."""
    async with http_peer(reply) as peer:
        assert await failure(client, get(peer.url)) == ("reset", True)


async def test_a_reset_may_have_been_sent(client: HttpClient) -> None:
    """A connection reset in the middle of the answer, likewise."""

    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer(b"half", length=100))
        await writer.drain()
        writer.transport.abort()

    async with serve(reset) as peer:
        assert await failure(client, get(peer.url)) == ("reset", True)


@pytest.mark.parametrize("part", ["head", "body"])
async def test_a_slow_loris_is_cut_at_the_whole_time(client: HttpClient, part: str) -> None:
    """A server that sends a byte now and then is cut when the time of the whole trip is over."""

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n" if part == "head" else answer(b"", length=10_000))
        while True:
            writer.write(b"X")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with serve(drip) as peer:
        async with asyncio.timeout(30):
            assert await failure(client, get(peer.url, timeout_seconds=0.5)) == ("timeout", True)


@pytest.mark.parametrize("save_to", ["body", "blob"])
@pytest.mark.parametrize("says_length", [True, False])
async def test_an_answer_over_the_cap_is_cut(
    client: HttpClient, media: DiskMedia, save_to: str, says_length: bool
) -> None:
    """10 MB where 1 MB is taken: cut, whether the length is said or not, and nothing kept."""
    body = bytes(10_000_000)
    reply = answer(body) if says_length else b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body

    async with http_peer(reply) as peer:
        request = get(peer.url, max_bytes=1_000_000, save_to=save_to)
        assert await failure(client, request) == ("too_large", True)


async def test_a_gzip_bomb_is_cut_while_it_goes_off(client: HttpClient) -> None:
    """1 MB that unpacks to 1 GB is stopped at the cap, in little memory."""
    bomb = gzip.compress(gzip.compress(bytes(200_000_000), 9), 9)
    reply = answer(bomb, headers="Content-Encoding: gzip, gzip\r\n")

    async with http_peer(reply) as peer:
        tracemalloc.start()
        assert await failure(client, get(peer.url, max_bytes=5_000_000)) == ("too_large", True)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 30_000_000


async def test_gzip_is_unpacked(client: HttpClient) -> None:
    """A packed body is unpacked; one that is damaged is a broken answer."""
    good = answer(gzip.compress(b"hello"), headers="Content-Encoding: gzip\r\n")
    bad = answer(b"no gzip", headers="Content-Encoding: gzip\r\n")

    async with http_peer(good) as peer:
        assert (await client.send(get(peer.url), ANY)).body == b"hello"
    async with http_peer(bad) as peer:
        assert await failure(client, get(peer.url)) == ("reset", True)


async def test_a_missing_blob_has_sent_nothing(client: HttpClient, media: DiskMedia) -> None:
    """An attachment that was erased meanwhile is found before the request leaves."""
    blob = await media.write(chunks_of(b"x"), max_bytes=9)
    await media.delete(blob.sha256)

    async with http_peer(answer()) as peer:
        request = HttpRequest(method="POST", url=peer.url, form=(FormPart(name="f", blob=blob),))
        assert await failure(client, request) == ("missing", False)
    assert peer.connections == 0


@pytest.mark.parametrize(
    "url", ["", "/relative", "ftp://127.0.0.1/", "http://", "http://u:p@127.0.0.1/", "http://a b/"]
)
async def test_an_unusable_address_has_sent_nothing(client: HttpClient, url: str) -> None:
    """An address that is none is refused, not guessed at."""
    assert await failure(client, get(url)) == ("refused", False)


async def test_a_header_cannot_be_smuggled(client: HttpClient) -> None:
    """A line end in a header value is refused before anything is sent, and the value is not in the error."""
    async with http_peer(answer()) as peer:
        with pytest.raises(TransportFailed) as failed:
            await client.send(get(peer.url, headers={"X-Token": "SECRET\r\nX-Evil: 1"}), ANY)
    assert (failed.value.kind, failed.value.sent) == ("refused", False)
    assert "SECRET" not in str(failed.value)
    assert peer.requests == []


async def test_a_full_disk_is_said_as_such(guard: Guard, tmp_path_factory: pytest.TempPathFactory) -> None:
    """An answer that cannot be kept for want of room raises MediaFull, which is nobody's fault out there."""
    full = DiskMedia(tmp_path_factory.mktemp("full"), floor_bytes=2**62)
    client = HttpClient(guard, full)

    async with http_peer(answer(b"x")) as peer:
        with pytest.raises(MediaFull):
            await client.send(get(peer.url, save_to="blob"), ANY)
    await client.aclose()


async def test_a_cancelled_request_frees_its_connection(client: HttpClient) -> None:
    """Cancelling ends the request at once, and the client goes on working."""
    arrived = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        arrived.set()
        await reader.read()

    async with serve(silent) as peer, http_peer(answer()) as other:
        task = asyncio.create_task(client.send(get(peer.url), ANY))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await client.send(get(other.url), ANY)).status == 200
