"""Files of visitors: one ticket a file, size and type checked by content, images drawn anew.

What is kept is named to the visitor by a signed text that he puts into his message; until then it belongs to nobody and
is forgotten like any other upload that was not used.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from fnmatch import fnmatchcase

import msgspec
from starlette.datastructures import UploadFile

from connectors.contract import AttachmentRule
from connectors.outbound import Blob
from inbox.clock import SECOND
from inbox.domain.records import Media
from inbox.domain.state import State
from inbox.errors import Forbidden, Invalid, RateLimited
from inbox.eventlog.unit import Unit
from inbox.eventlog.writer import Writer
from inbox.ids import nonce
from inbox.throttle import Rate, Throttle
from inbox.transport.images import ImageRefused, Images
from inbox.transport.media import MediaStore
from inbox.transport.sniff import REENCODED_IMAGES
from inbox.webchat.site import file_rules
from inbox.webchat.token import Claims, VisitorTokens

TICKET_SECONDS = 120
UPLOADS = Rate(burst=10, every_seconds=6.0)
UPLOADS_OF_ADDRESS = Rate(burst=30, every_seconds=4.0)
_ONCE = Rate(burst=1, every_seconds=TICKET_SECONDS * 2)
_READ_BYTES = 262_144


class _Ticket(msgspec.Struct):
    jti: str
    vid: str
    channel: int
    exp: int


class Uploaded(msgspec.Struct, kw_only=True):
    """What the visitor is told: `file` goes into his message."""

    file: str
    name: str
    mime: str
    kind: str
    size_bytes: int


class KeepUpload(Unit):
    """A file that is in no message yet."""

    def __init__(self, channel_id: int, blob: Blob) -> None:
        self._channel_id = channel_id
        self._blob = blob

    def decide(self, state: State) -> int:
        """Write its row; the id."""
        blob = self._blob
        return state.add(
            Media(
                id=state.next_id(),
                message_id=0,
                channel_id=self._channel_id,
                state="upload",
                sha256=blob.sha256,
                mime=blob.mime,
                name=blob.name,
                size_bytes=blob.size_bytes,
                source="",
                attempts=0,
                reason="",
                created_at=state.now,
            )
        ).id


class Uploads:
    """Takes files of visitors."""

    def __init__(
        self, media: MediaStore, images: Images, writer: Writer, tokens: VisitorTokens, throttle: Throttle
    ) -> None:
        self._media = media
        self._images = images
        self._writer = writer
        self._tokens = tokens
        self._throttle = throttle

    def ticket(self, claims: Claims, address: str, now: int) -> str:
        """Leave to upload one file soon. Raises RateLimited."""
        for key, rate in ((("chat-upload", claims.vid), UPLOADS), (("chat-uploads", address), UPLOADS_OF_ADDRESS)):
            seconds = self._throttle.take(key, rate)
            if seconds:
                raise RateLimited(f"too many files: try again in {seconds} s", retry_after_seconds=seconds)
        made = _Ticket(nonce(), claims.vid, claims.channel, now // SECOND + TICKET_SECONDS)
        return self._tokens.sealed("upload", msgspec.json.encode(made))

    def redeem(self, ticket: str, claims: Claims, now: int) -> None:
        """Use a ticket up. Raises Forbidden when it is not his, over, or used."""
        content = self._tokens.opened("upload", ticket)
        found = msgspec.json.decode(content, type=_Ticket) if content is not None else None
        if found is None or (found.vid, found.channel) != (claims.vid, claims.channel) or found.exp <= now // SECOND:
            raise Forbidden("the upload ticket is not valid: ask for another", code="ticket_invalid")
        if self._throttle.take(("chat-ticket", found.jti), _ONCE):
            raise Forbidden("the upload ticket was used: ask for another", code="ticket_used")

    async def take(self, claims: Claims, file: UploadFile) -> Uploaded:
        """Keep a file. Raises MediaTooLarge, MediaFull and Invalid (`attachment_type`)."""
        largest = max(rule.max_bytes for rule in file_rules())
        blob = await self._media.write(
            _chunks(file), max_bytes=largest, name=file.filename or "", declared=file.content_type or ""
        )
        rule = _rule_of(blob.mime)
        if rule is None:
            raise Invalid(f"files of the type {blob.mime} are not taken here", code="attachment_type")
        if blob.size_bytes == 0:
            raise Invalid("the file is empty", code="attachment_type")
        if blob.mime in REENCODED_IMAGES:
            try:
                blob = await self._images.reencode(blob)
            except ImageRefused as refused:
                raise Invalid(f"the image cannot be shown: {refused}", code="attachment_type") from None
        await self._writer.submit(KeepUpload(claims.channel, blob))
        sealed = self._tokens.sealed(f"file:{claims.channel}:{claims.vid}", msgspec.json.encode(blob))
        return Uploaded(file=sealed, name=blob.name, mime=blob.mime, kind=blob.kind, size_bytes=blob.size_bytes)


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(_READ_BYTES):
        yield chunk


def _rule_of(mime: str) -> AttachmentRule | None:
    return next((rule for rule in file_rules() if any(fnmatchcase(mime, one) for one in rule.mimes)), None)
