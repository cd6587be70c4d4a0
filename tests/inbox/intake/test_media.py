"""Files of messages: fetched after the commit, drawn anew, tried again, or said to be gone."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image

from connectors import registry
from connectors.contract import Connector, Context
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import Exchange, HttpRequest, http
from connectors.inbound import Attachment, Author, MessageReceived, Thread
from connectors.outbound import Blob
from inbox import clock
from inbox.intake.media import MediaFetcher
from inbox.intake.receive import Arrived, Element, Source
from inbox.transport.courier import Limits
from inbox.transport.images import Images
from tests.inbox.house import House, Network, house, network, running
from tests.inbox.wall import put_back

STATE = "SELECT state FROM media ORDER BY id"


def jpeg(width: int = 40) -> bytes:
    """A small photo."""
    out = io.BytesIO()
    Image.new("RGB", (width, 20), "orange").save(out, "JPEG")
    return out.getvalue()


class Scene(NamedTuple):
    """A channel whose network serves files."""

    home: House
    far: Network
    channel_id: int


def by_ref(attachment: Attachment, ctx: Context) -> Exchange[Blob]:
    """Load a handle: it is the name of a file at the network."""
    answer = yield from http(HttpRequest(method="GET", url=f"{ctx.base_url}/files/{attachment.ref}", save_to="blob"))
    if answer.blob is None:
        raise SendError(SendErrorKind.REJECTED, "the handle is no longer valid")
    return answer.blob


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """A service that fetches, quickly impatient."""

    def find(name: str) -> Connector:
        return replace(registry.connector(name), media=by_ref)

    async with network() as far, house(database_url, tmp_path, find=find) as home:
        channel_id = await home.channel(base_url=far.url)
        await home.directory.fresh()
        courier = home.clients.courier(await home.contexts.reach_of(channel_id), Limits(concurrency=4))
        fetcher = MediaFetcher(
            channel_id, find("custom"), home.contexts, home.writer, courier, Images(home.media),
            retry_seconds=(0.05, 0.05),
        )  # fmt: skip
        home.writer.listeners.append(lambda committed: None)
        async with running(fetcher.run()):
            home.fetcher = fetcher  # type: ignore[attr-defined]
            yield Scene(home, far, channel_id)


async def received(scene: Scene, *attachments: Attachment) -> None:
    """A message with files comes in."""
    message = MessageReceived(
        dedupe_key="m",
        occurred_at=clock.now(),
        thread=Thread(external_id="t", kind="direct", audience="private"),
        author=Author(external_id="p", name="Maria"),
        external_id="m",
        attachments=attachments,
    )
    channel = scene.home.directory.facts(scene.channel_id)
    await scene.home.receiver.take(
        Arrived(channel=channel, elements=[Element(message)], sources=[Source(body=b"x")], received_at=clock.now())
    )
    scene.home.fetcher.wake()  # type: ignore[attr-defined]


async def test_an_image_is_fetched_drawn_anew_and_announced(scene: Scene) -> None:
    """The stored bytes are ours, not the sender's; everyone who sees the message is told."""
    scene.far.files["cat.jpg"] = (200, jpeg(), "")

    await received(scene, Attachment(kind="image", name="cat.jpg", url=f"{scene.far.url}files/cat.jpg"))

    await scene.home.until_column(STATE, ["ready"])
    ((sha256, mime, source),) = await scene.home.rows("SELECT sha256, mime, source FROM media")
    assert (mime, source) == ("image/webp", "")
    assert [chunk[:4] async for chunk in scene.home.media.read(sha256)] == [b"RIFF"]
    assert await scene.home.column("SELECT count(*) FROM event WHERE type = 'attachment_ready'") == [1]


async def test_a_handle_is_exchanged_by_the_connector(scene: Scene) -> None:
    """Where the network gave no address, its connector knows how to load."""
    scene.far.files["voice"] = (200, b"words of a document", "")

    await received(scene, Attachment(kind="file", name="note.txt", ref="voice"))

    await scene.home.until_column(STATE, ["ready"])
    assert await scene.home.rows("SELECT name, size_bytes FROM media") == [("note.txt", 19)]


async def test_what_fails_for_a_moment_is_tried_again(scene: Scene) -> None:
    """A server error is not the end."""
    scene.far.files["a.txt"] = (503, b"", "")
    await received(scene, Attachment(kind="file", name="a.txt", url=f"{scene.far.url}files/a.txt"))
    await scene.home.until_column("SELECT attempts FROM media", [1])

    scene.far.files["a.txt"] = (200, b"there", "")

    await scene.home.until_column(STATE, ["ready"])


async def test_what_stays_away_counts_as_failed_with_the_reason(scene: Scene) -> None:
    """After the last attempt the message says that the file could not be had."""
    scene.far.files["a.txt"] = (503, b"", "")

    await received(scene, Attachment(kind="file", name="a.txt", url=f"{scene.far.url}files/a.txt"))

    await scene.home.until_column(STATE, ["failed"])
    assert "503" in (await scene.home.column("SELECT reason FROM media"))[0]
    assert await scene.home.column("SELECT attempts FROM media") == [3]


async def test_what_is_gone_is_not_asked_for_again(scene: Scene) -> None:
    """404 is final at once."""
    scene.far.files["a.txt"] = (404, b"", "")

    await received(scene, Attachment(kind="file", name="a.txt", url=f"{scene.far.url}files/a.txt"))

    await scene.home.until_column(STATE, ["failed"])
    assert await scene.home.column("SELECT attempts FROM media") == [1]


async def test_an_address_inside_is_not_fetched(scene: Scene) -> None:
    """An outside address that leads to a private host is refused by the guard, for good, also behind a redirect."""
    scene.far.files["hop"] = (302, b"", "http://169.254.169.254/latest/meta-data/")

    await received(
        scene,
        Attachment(kind="file", name="a", url="http://127.0.0.1:1/secret"),
        Attachment(kind="file", name="b", url=f"{scene.far.url}files/hop"),
    )

    await scene.home.until_column(STATE, ["failed", "failed"])
    assert await scene.home.column("SELECT attempts FROM media") == [1, 1]


async def test_an_image_that_came_along_is_drawn_anew_without_a_fetch(scene: Scene) -> None:
    """Pictures in a mail are in the store already; they are shown only after they were drawn."""
    await received(scene, Attachment(kind="image", name="logo.jpg", data=jpeg(), content_id="logo"))

    await scene.home.until_column(STATE, ["ready"])
    assert await scene.home.column("SELECT mime FROM media") == ["image/webp"]
    assert scene.far.requests == 0


async def test_an_image_that_cannot_be_drawn_is_only_offered_for_download(scene: Scene) -> None:
    """A broken or hostile image is kept as a file that no browser shows."""
    await received(scene, Attachment(kind="image", name="x.jpg", data=jpeg()[:60] + b"\x00" * 200))

    await scene.home.until_column(STATE, ["ready"])
    assert await scene.home.column("SELECT mime FROM media") == ["application/octet-stream"]


async def test_a_clock_that_is_put_back_does_not_put_off_a_file(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked for again as soon as it would have been."""
    scene.far.files["a.txt"] = (503, b"", "")
    await received(scene, Attachment(kind="file", name="a.txt", url=f"{scene.far.url}files/a.txt"))
    await scene.home.until_column("SELECT attempts FROM media", [1])
    scene.far.files["a.txt"] = (200, b"there", "")
    put_back(monkeypatch, hours=3)

    await scene.home.until_column(STATE, ["ready"])
