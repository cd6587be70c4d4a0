"""The door for webhooks, over real HTTP: who gets in, what is stored, what is answered."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from prometheus_client import REGISTRY

from connectors.custom.simulator import WEBHOOK_SECRET
from connectors.exchange import Request
from connectors.toolkit import schemes
from inbox import clock
from inbox.domain.events import SettingChanged
from inbox.intake.endpoint import Hooks
from inbox.storage.database import StoreUnavailable
from inbox.throttle import Rate
from tests.inbox.house import House, Network, house, network, served


class Door:
    """A channel's webhook address, and how its network posts to it."""

    def __init__(self, house: House, url: str, channel_id: int, client: httpx2.AsyncClient, far: Network) -> None:
        self.house = house
        self.url = url
        self.channel_id = channel_id
        self.client = client
        self.far = far

    @property
    def address(self) -> str:
        return f"{self.url}/hooks/custom/{self.channel_id}"

    async def post(self, request: Request, **changes: object) -> httpx2.Response:
        """Deliver what the network's side made, with something changed where a test wants it."""
        body = changes.pop("body", request.body)
        headers = {**request.headers, **changes.pop("headers", {})}  # type: ignore[dict-item]
        return await self.client.post(self.address, content=body, headers=headers)  # type: ignore[arg-type]

    def signed(self, payload: object, *, secret: str = WEBHOOK_SECRET, at: int | None = None) -> Request:
        """A body of the test's own, rightly signed."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        headers = schemes.standard_headers("msg_1", body, [secret.encode()], at or clock.now())
        return Request(method="POST", path="", headers={"content-type": "application/json", **headers}, body=body)


@pytest.fixture
async def door(database_url: str, tmp_path: Path) -> AsyncIterator[Door]:
    """A channel of the custom network on a service that runs."""
    async with network() as far, house(database_url, tmp_path) as home:
        channel_id = await home.channel(outbound_url=far.url)
        async with served(home.hooks) as url, httpx2.AsyncClient() as client:
            yield Door(home, url, channel_id, client, far)


async def test_a_signed_delivery_is_in_the_conversation_when_it_is_answered(door: Door) -> None:
    """What was answered 2xx is committed: item, conversation, wait and raw bytes."""
    answered = await door.post(door.far.writes("maria", "Where is my order?"))

    assert answered.status_code == 202
    assert await door.house.column("SELECT text FROM content") == ["Where is my order?"]
    assert await door.house.rows("SELECT status, kind FROM conversation") == [("open", "direct")]
    assert len(await door.house.rows("SELECT id FROM wait")) == 1
    assert await door.house.column("SELECT state FROM raw") == ["done"]
    assert len(await door.house.rows("SELECT identity_id FROM raw_identity")) == 1


async def test_everything_twice_and_shuffled_gives_one_right_conversation(door: Door) -> None:
    """Redelivery and any order change nothing: items once, the edit shown, the deletion won, the reaction on."""
    far = door.far
    requests = [far.writes("maria", text) for text in ("one", "two", "three", "four")]
    ids = [json.loads(request.body)["message"]["external_id"] for request in requests]
    requests += far.acts(do="edit", person="maria", message_id=ids[0], text="one, corrected")
    requests += far.acts(do="delete", person="maria", message_id=ids[1])
    requests += far.acts(do="react", person="maria", message_id=ids[2], emoji="👍")
    doubled = requests * 2
    random.Random(3).shuffle(doubled)

    statuses = {(await door.post(request)).status_code for request in doubled}

    assert statuses == {202}
    newest = (
        "SELECT c.text FROM message m JOIN content c ON c.message_id = m.id AND c.version = m.version ORDER BY c.text"
    )
    assert await door.house.column(newest) == ["", "four", "one, corrected", "three"]
    assert await door.house.column("SELECT count(*) FROM conversation") == [1]
    assert await door.house.column("SELECT count(*) FROM orphan") == [0]
    assert await door.house.column("SELECT count(*) FROM message WHERE reactions <> ''") == [1]
    assert await door.house.column("SELECT count(*) FROM wait WHERE ended_at IS NULL") == [1]


@pytest.mark.parametrize("flaw", ["body", "signature", "missing", "old", "future", "other secret"])
async def test_a_request_that_is_not_the_networks_is_refused_and_not_stored(door: Door, flaw: str) -> None:
    """One wrong byte, no signature, a time out of bounds or another's secret: 401, and not a trace."""
    good = door.far.writes("maria", "Hello")
    event = {"type": "ping"}
    match flaw:
        case "body":
            answered = await door.post(good, body=good.body.replace(b"Hello", b"Hullo"))
        case "signature":
            signature = good.headers["webhook-signature"]
            answered = await door.post(good, headers={"webhook-signature": signature[:-4] + "AAA="})
        case "missing":
            answered = await door.client.post(door.address, content=good.body)
        case "old":
            answered = await door.post(door.signed(event, at=clock.now() - 10 * clock.MINUTE))
        case "future":
            answered = await door.post(door.signed(event, at=clock.now() + 10 * clock.MINUTE))
        case _:
            answered = await door.post(door.signed(event, secret="whsec_b3RoZXIgc2VjcmV0IG9mIHNvbWVib2R5"))

    assert answered.status_code == 401
    assert answered.content == b""
    assert await door.house.rows("SELECT id FROM raw") == []
    assert await door.house.rows("SELECT id FROM message") == []


async def test_an_unknown_channel_is_404_whatever_is_sent(door: Door) -> None:
    """No channel, another network's address, no number: the same answer."""
    good = door.far.writes("maria", "Hello")

    for path in ("custom/999999", "telegram/1", "custom/abc", "custom/" + "9" * 40, f"nowhere/{door.channel_id}"):
        answered = await door.client.post(f"{door.url}/hooks/{path}", content=good.body, headers=dict(good.headers))
        assert answered.status_code == 404, path
        assert answered.content == b""


async def test_a_channel_that_is_switched_off_is_unknown_from_then_on(door: Door) -> None:
    """What is remembered of an address ends with the next change of a channel."""
    first = await door.post(door.signed({"type": "ping"}))
    await door.house.change_channel(door.channel_id, active=0)
    second = await door.post(door.signed({"type": "ping"}))
    await door.house.change_channel(door.channel_id)
    third = await door.post(door.signed({"type": "ping"}))

    assert [one.status_code for one in (first, second, third)] == [202, 404, 202]


async def test_ten_megabytes_are_refused_before_they_are_read(door: Door) -> None:
    """More than the manifest allows is 413, declared or not, and nothing is stored."""
    huge = b"x" * 10_000_000

    async def unannounced() -> AsyncIterator[bytes]:
        for start in range(0, len(huge), 65_536):
            yield huge[start : start + 65_536]

    declared = await door.client.post(door.address, content=huge)
    try:
        streamed = (await door.client.post(door.address, content=unannounced())).status_code
    except (httpx2.WriteError, httpx2.RemoteProtocolError):
        streamed = 413  # the server hung up on the rest

    assert (declared.status_code, streamed) == (413, 413)
    assert await door.house.rows("SELECT id FROM raw") == []


async def test_a_length_of_thousands_of_digits_is_refused(door: Door) -> None:
    """However many of them are noughts: Python reads no such number."""
    reader, writer = await asyncio.open_connection(*door.url.removeprefix("http://").split(":"))
    length = f"{'0' * 5_000}2"
    writer.write(
        f"POST {urlsplit(door.address).path} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n{{}}".encode()
    )
    head = await reader.readline()
    writer.close()

    assert head.startswith(b"HTTP/1.1 413 ")


async def test_a_packed_body_is_415(door: Door) -> None:
    """Signatures are of bytes as sent: a compressed body is refused, not unpacked."""
    good = door.far.writes("maria", "Hello")

    answered = await door.post(good, headers={"content-encoding": "gzip"})

    assert answered.status_code == 415


async def test_the_content_type_does_not_matter_where_the_signature_holds(door: Door) -> None:
    """The signature says whose it is; a network that labels its JSON as text is understood."""
    good = door.far.writes("maria", "Hello")

    answered = await door.post(good, headers={"content-type": "text/plain"})

    assert answered.status_code == 202
    assert await door.house.column("SELECT text FROM content") == ["Hello"]


async def test_a_signed_get_is_answered_with_the_challenge_and_any_other_is_not(door: Door) -> None:
    """Handshakes are the connector's; a GET that is not signed is refused."""
    signed = door.signed(b"")

    shaken = await door.client.get(f"{door.address}?challenge=abc", headers=dict(signed.headers))
    unsigned = await door.client.get(f"{door.address}?challenge=abc")
    put = await door.client.put(door.address)

    assert (shaken.status_code, shaken.text) == (200, "abc")
    assert unsigned.status_code == 401
    assert put.status_code == 405


async def test_names_that_an_address_makes_up_are_counted_as_one(door: Door) -> None:
    """Whoever tries addresses does not make a figure of each."""

    def counted(network: str) -> float | None:
        return REGISTRY.get_sample_value("inbox_webhooks_total", {"network": network, "status": "405"})

    before = counted("unknown") or 0
    answers = [await door.client.put(door.address.replace("custom", f"made-up-{n}")) for n in range(3)]

    assert [answer.status_code for answer in answers] == [405] * 3
    assert counted("unknown") == before + 3
    assert [counted(f"made-up-{n}") for n in range(3)] == [None] * 3


async def test_a_store_that_is_away_makes_no_figure_of_a_made_up_name(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the channels cannot be read, a network of ours is still counted by its name, and any other name is not."""

    def counted(network: str) -> float:
        return REGISTRY.get_sample_value("inbox_webhooks_total", {"network": network, "status": "503"}) or 0

    async def failing(*args: object) -> object:
        raise StoreUnavailable("the disk is gone")

    before = {name: counted(name) for name in ("unknown", "custom")}
    await door.house.directory.fresh()
    door.house.directory.heard(SettingChanged(object="channel", id=door.channel_id))
    monkeypatch.setattr(door.house.database, "read", failing)
    answers = [await door.client.post(door.address.replace("custom", name)) for name in ("made-up", "custom")]

    assert [answer.status_code for answer in answers] == [503, 503]
    assert counted("made-up") == 0
    assert {name: counted(name) - before[name] for name in before} == {"unknown": 1, "custom": 1}


async def test_a_broken_element_is_quarantined_while_the_others_land(door: Door) -> None:
    """One bad event in a batch costs that event alone; the delivery is kept and admins are told once."""
    admin = await door.house.admin()
    good = json.loads(door.far.writes("maria", "Hello").body)
    batch = {"events": [good, {"type": "message.created", "id": "evt_bad", "message": {"text": 7}}]}

    answered = [await door.post(door.signed(batch)) for _ in range(2)]

    assert [one.status_code for one in answered] == [202, 202]
    assert await door.house.column("SELECT text FROM content") == ["Hello"]
    assert await door.house.column("SELECT state FROM raw") == ["quarantined"]
    assert await door.house.column("SELECT type FROM event WHERE type = 'delivery_quarantined'") == [
        "delivery_quarantined"
    ]
    notified = await door.house.rows("SELECT agent_id, kind FROM notification")
    assert notified == [(admin, "attention_quarantine")]


async def test_what_is_no_json_is_quarantined_and_answered(door: Door) -> None:
    """A signed body that cannot be read at all is kept raw, and the network need not send it again."""
    answered = await door.post(door.signed(b"\xff\xfe not json"))

    assert answered.status_code == 202
    assert await door.house.column("SELECT body FROM raw WHERE state = 'quarantined'") == [b"\xff\xfe not json"]


async def test_a_store_that_cannot_write_makes_the_network_wait(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 with Retry-After, nothing quarantined; the repetition lands once the store is back."""
    request = door.far.writes("maria", "Hello")
    write = door.house.database.write

    async def failing(*args: object, **more: object) -> object:
        raise StoreUnavailable("the disk is gone")

    monkeypatch.setattr(door.house.database, "write", failing)
    refused = await door.post(request)
    monkeypatch.setattr(door.house.database, "write", write)
    accepted = await door.post(request)

    assert (refused.status_code, accepted.status_code) == (503, 202)
    assert int(refused.headers["retry-after"]) >= 1
    assert await door.house.column("SELECT text FROM content") == ["Hello"]
    assert await door.house.column("SELECT state FROM raw") == ["done"]


async def test_a_flood_is_429_with_the_time_to_wait(door: Door) -> None:
    """Above its rate a channel is told when to come again, and others are not affected."""
    home = door.house
    other = await home.channel()
    hooks = Hooks(home.directory, home.contexts, home.receiver, per_channel=Rate(burst=2, every_seconds=60))
    ping = door.signed({"type": "ping"})

    async with served(hooks) as url:
        flooded = [
            await door.client.post(
                f"{url}/hooks/custom/{door.channel_id}", content=ping.body, headers=dict(ping.headers)
            )
            for _ in range(3)
        ]
        calm = await door.client.post(f"{url}/hooks/custom/{other}", content=ping.body, headers=dict(ping.headers))

    assert [one.status_code for one in flooded] == [202, 202, 429]
    assert int(flooded[2].headers["retry-after"]) > 0
    assert calm.status_code == 202


async def test_who_forges_is_stopped_and_does_not_use_up_the_channels_rate(door: Door) -> None:
    """After many wrong signatures an address is told to wait; the network, from elsewhere, still gets in."""
    home, good = door.house, door.far.writes("maria", "Hello")
    wrong = {**good.headers, "webhook-signature": "v1,AAAA"}
    hooks = Hooks(home.directory, home.contexts, home.receiver, forged=Rate(burst=5, every_seconds=60))

    async with served(hooks) as url:
        address = f"{url}/hooks/custom/{door.channel_id}"
        statuses = [(await door.client.post(address, content=good.body, headers=wrong)).status_code for _ in range(7)]
        async with httpx2.AsyncClient(transport=httpx2.AsyncHTTPTransport(local_address="127.0.0.2")) as elsewhere:
            rightful = await elsewhere.post(address, content=good.body, headers=dict(good.headers))

    assert statuses == [401] * 5 + [429] * 2
    assert rightful.status_code == 202


async def test_typing_is_told_and_not_stored(door: Door) -> None:
    """That somebody writes goes to those who look; the database never hears of it."""
    for request in door.far.acts(do="typing", person="maria", thread_id="dm-maria"):
        assert (await door.post(request)).status_code == 202

    assert [seen.thread_id for seen in door.house.typing] == ["dm-maria"]
    assert await door.house.rows("SELECT id FROM raw") == []


async def test_a_secret_being_rotated_counts_old_and_new(door: Door) -> None:
    """While a webhook secret is changed, deliveries signed with either are the network's."""
    old, new = "whsec_b2xkIHNlY3JldCBvZiB0aGUgY2hhbm5lbA==", "whsec_bmV3IHNlY3JldCBvZiB0aGUgY2hhbm5lbA=="
    channel_id = await door.house.channel(secrets={"webhook_secret": new, "webhook_secret_previous": old})
    address = f"{door.url}/hooks/custom/{channel_id}"

    for secret in (old, new):
        ping = door.signed({"type": "ping"}, secret=secret)
        assert (await door.client.post(address, content=ping.body, headers=dict(ping.headers))).status_code == 202


async def test_headers_that_could_hold_a_credential_are_not_kept(door: Door) -> None:
    """What is kept for a replay names no signature, token or cookie."""
    await door.post(door.far.writes("maria", "Hello"), headers={"authorization": "Bearer s3cret", "x-kept": "yes"})

    kept = (await door.house.column("SELECT headers FROM raw"))[0]
    assert "s3cret" not in kept
    assert "webhook-signature" not in kept
    assert json.loads(kept)["headers"]["x-kept"] == "yes"
