"""Fetching the files of messages after the message is here, under the channel's lease and through the guard.

A text never waits for its pictures. What cannot be fetched is tried again for a while and then says so; images are
drawn anew before anyone's browser sees them.
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import msgspec
import structlog

from connectors.contract import Connector
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import Exchange, HttpRequest, HttpResponse, TransportFailed, http
from connectors.inbound import Attachment
from connectors.outbound import Blob
from inbox import clock
from inbox.domain import events as e
from inbox.domain.records import Media
from inbox.domain.state import Needs, State
from inbox.errors import NotFound, Unavailable
from inbox.eventlog.load import load
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.failpoint import failpoint
from inbox.intake.context import Contexts
from inbox.intake.printable import printable
from inbox.storage import pending_media
from inbox.storage.database import Query
from inbox.transport.courier import Courier
from inbox.transport.drive import drive
from inbox.transport.images import ImageRefused, Images
from inbox.transport.media import MediaFull
from inbox.transport.sniff import REENCODED_IMAGES

MAX_BYTES = 104_857_600
TIMEOUT_SECONDS = 120.0
MAX_REDIRECTS = 3
AT_ONCE = 4
RETRY_SECONDS = (5.0, 30.0, 120.0, 600.0, 3_600.0)
"""Waits after the first, second … failed attempt; then it counts as failed."""
WINDOW = 500
"""How many pending files are looked at: those that wait for another attempt must not hide those that are new."""
_FULL_SECONDS = 300.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({400, 401, 403, 404, 405, 410, 451})
_KINDS = {"too_large": SendErrorKind.TOO_LARGE, "refused": SendErrorKind.REJECTED}
_attachment = msgspec.json.Decoder(Attachment).decode
_log = structlog.get_logger(__name__)


class Fetched(NamedTuple):
    """What became of an attempt. `retry`: it may work later; `counts`: it was an attempt at all."""

    state: str
    blob: Blob | None = None
    reason: str = ""
    retry: bool = False
    counts: bool = True


class MediaFetcher:
    """Fetches the files of one channel until cancelled."""

    def __init__(
        self,
        channel_id: int,
        connector: Connector,
        contexts: Contexts,
        writer: Writer,
        courier: Courier,
        images: Images,
        *,
        retry_seconds: tuple[float, ...] = RETRY_SECONDS,
    ) -> None:
        self.channel_id = channel_id
        self._connector = connector
        self._contexts = contexts
        self._writer = writer
        self._courier = courier
        self._images = images
        self._retry_seconds = retry_seconds
        self._wake = asyncio.Event()
        self._due: dict[int, int] = {}
        """Attachment → instant (µs) before which it is not tried again."""
        self._busy: set[int] = set()

    def wake(self) -> None:
        """There may be something to fetch."""
        self._wake.set()

    async def run(self) -> None:
        """Fetch what is pending, again and again."""
        database = self._contexts.directory.database
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._wake.clear()
                pending: list[Media] = []
                try:
                    pending = await database.read(pending_media.pending_of, self.channel_id, WINDOW)
                except Unavailable as unavailable:
                    _log.warning("media_not_listed", channel=self.channel_id, detail=unavailable.detail)
                self._due = {m.id: self._due[m.id] for m in pending if m.id in self._due}
                now = clock.monotonic()
                ready = [m for m in pending if m.id not in self._busy and self._due.get(m.id, 0) <= now]
                for media in ready[: AT_ONCE - len(self._busy)]:
                    self._busy.add(media.id)
                    tasks.create_task(self._one(media))
                await self._sleep(pending)

    async def _sleep(self, pending: list[Media]) -> None:
        waits = [self._due[m.id] - clock.monotonic() for m in pending if m.id in self._due and m.id not in self._busy]
        try:
            async with asyncio.timeout(max(0.05, min(waits) / clock.SECOND) if waits else None):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _one(self, media: Media) -> None:
        try:
            fetched = await self.fetch(media)
            failpoint("media.after_fetch")
            await self._settle(media, fetched)
        except Unavailable as unavailable:
            _log.warning("media_not_stored", channel=self.channel_id, media=media.id, detail=unavailable.detail)
            self._due[media.id] = clock.monotonic() + 5 * clock.SECOND
        except Exception as broken:  # the edge of the worker item
            _log.error("media_failed", channel=self.channel_id, media=media.id, exc_info=broken)
            self._due[media.id] = clock.monotonic() + 600 * clock.SECOND
        finally:
            self._busy.discard(media.id)
            self._wake.set()

    async def _settle(self, media: Media, fetched: Fetched) -> None:
        attempts = media.attempts + int(fetched.counts)
        if fetched.retry and attempts <= len(self._retry_seconds):
            after = self._retry_seconds[max(0, attempts - 1)] if fetched.counts else _FULL_SECONDS
            self._due[media.id] = clock.monotonic() + round(after * clock.SECOND)
            fetched = fetched._replace(state="pending")
        _log.info("media", channel=self.channel_id, media=media.id, state=fetched.state, reason=fetched.reason)
        await self._writer.submit(MediaSettled(media.id, fetched, attempts))

    async def fetch(self, media: Media) -> Fetched:
        """Bring the bytes of one attachment, as they may be shown. A network's refusal is a result like any other."""
        try:
            if media.sha256 is None:
                blob = await self._load(_attachment(media.source))
            else:
                blob = Blob(sha256=media.sha256, mime=media.mime, size_bytes=media.size_bytes or 0, name=media.name)
            return await self._drawn(blob)
        except SendError as refused:
            if refused.kind is SendErrorKind.TOO_LARGE:
                return Fetched("too_large", reason=refused.reason)
            later = refused.kind in (SendErrorKind.THROTTLED, SendErrorKind.UNREACHABLE, SendErrorKind.UNKNOWN)
            return Fetched("failed", reason=refused.reason or refused.treatment.said, retry=later)
        except MediaFull as full:
            return Fetched("failed", reason=full.detail, retry=True, counts=False)
        except NotFound as gone:
            return Fetched("failed", reason=gone.detail)

    async def _load(self, attachment: Attachment) -> Blob:
        ctx = await self._contexts.of(self.channel_id)
        if attachment.ref is not None and self._connector.media is not None:
            blob = await drive(self._connector.media(attachment, ctx), self._courier)
        elif attachment.url is not None:
            blob = await drive(_get(attachment.url), self._courier)
        else:
            raise SendError(SendErrorKind.REJECTED, "the network gave no way to load it")
        return msgspec.structs.replace(blob, name=printable(attachment.name) or blob.name)

    async def _drawn(self, blob: Blob) -> Fetched:
        if blob.mime not in REENCODED_IMAGES:
            return Fetched("ready", blob)
        try:
            return Fetched("ready", await self._images.reencode(blob))
        except ImageRefused as refused:
            # What cannot be drawn anew is never shown in place, only offered for download.
            return Fetched("ready", msgspec.structs.replace(blob, mime="application/octet-stream"), str(refused))


def _get(url: str) -> Exchange[Blob]:
    """Load an address that came from outside; each of a few redirects is judged like the first."""
    for _ in range(MAX_REDIRECTS + 1):
        try:
            answer = yield from http(_request(url))
        except TransportFailed as failed:
            raise SendError(_KINDS.get(failed.kind, SendErrorKind.UNREACHABLE), failed.detail) from failed
        if answer.status in _REDIRECTS and answer.headers.get("location", "").startswith(("http://", "https://")):
            url = answer.headers["location"]
            continue
        return _blob_of(answer)
    raise SendError(SendErrorKind.REJECTED, f"more than {MAX_REDIRECTS} redirects")


def _request(url: str) -> HttpRequest:
    return HttpRequest(
        method="GET", url=url, save_to="blob", max_bytes=MAX_BYTES, timeout_seconds=TIMEOUT_SECONDS, outside=True
    )


def _blob_of(answer: HttpResponse) -> Blob:
    if 200 <= answer.status < 300 and answer.blob is not None:
        return answer.blob
    kind = SendErrorKind.REJECTED if answer.status in _GONE else SendErrorKind.UNREACHABLE
    raise SendError(kind, f"the file's server answered HTTP {answer.status}")


class MediaSettled(Unit):
    """Write what became of an attachment; everyone who sees the message is told when that is final."""

    priority = Priority.NETWORK
    alone = True

    def __init__(self, media_id: int, fetched: Fetched, attempts: int) -> None:
        self.media_id = media_id
        self.fetched = fetched
        self.attempts = attempts

    def run(self, state: State) -> Query[None]:
        """Nothing happens when it was settled or erased meanwhile."""
        media = yield from pending_media.by_id(self.media_id)
        if media is None or media.state != "pending":
            return
        media.state, media.reason, media.attempts = (
            self.fetched.state,
            printable(self.fetched.reason[:500]),
            self.attempts,
        )
        blob = self.fetched.blob
        if blob is not None:
            media.sha256, media.mime, media.size_bytes = blob.sha256, blob.mime, blob.size_bytes
            media.name = media.name or blob.name
        if media.state != "pending":
            media.source = ""
        yield from pending_media.put(media)
        if media.state == "pending":
            return
        needs = Needs()
        needs.messages.add(media.message_id)
        yield from load(state, needs)
        message = state.messages.get(media.message_id)
        if message is not None:
            state.load([media])
            state.emit(
                e.AttachmentReady(
                    conversation_id=message.conversation_id,
                    message_id=message.id,
                    media_id=media.id,
                    state=media.state,
                )
            )
