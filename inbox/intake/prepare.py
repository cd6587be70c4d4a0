"""Everything about an inbound that needs no state, computed before the lock is taken: `Prepared`.

Whoever prepares may be slow (HTML is sanitised, files of a mail are stored); whoever holds the lock may not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from connectors import inbound as net
from connectors.inbound import AnyInbound, Attachment
from inbox.domain import words
from inbox.domain.state import Prepared, PreparedAttachment
from inbox.intake import language, readings
from inbox.intake.markup import sanitised
from inbox.intake.printable import printable_record
from inbox.transport.media import MediaFull, MediaStore, MediaTooLarge, chunks_of
from inbox.transport.names import safe_name
from inbox.transport.sniff import REENCODED_IMAGES

MAX_INLINE_BYTES = 50_000_000
_LARGE_CHARS = 20_000
"""Above this a text is worked on in a thread, so that one long mail does not hold up everyone's sockets."""
_NOTHING_TO_FETCH = frozenset({"location", "contact", "link"})
_SHOWN_AS = {
    "image": "\U0001f5bc", "video": "\U0001f3ac", "audio": "\U0001f3a7", "sticker": "\U0001f5bc",
    "location": "\U0001f4cd", "contact": "\U0001f464", "link": "\U0001f517",
}  # fmt: skip
_json = msgspec.json.Encoder().encode


async def prepared(inbounds: Sequence[AnyInbound], media: MediaStore) -> list[Prepared]:
    """Prepare what came in one delivery, in its order. Bytes that came along are in the media store when it returns."""
    return [await _one(inbound, media) for inbound in inbounds]


async def _one(inbound: AnyInbound, media: MediaStore) -> Prepared:
    # An edit that says nothing of files keeps those the item has.
    given: Sequence[Attachment] = getattr(inbound, "attachments", None) or ()
    files = tuple([await _attachment(one, media) for one in given])
    kept = printable_record(_without_bytes(inbound), AnyInbound)
    if len(getattr(kept, "text", "")) + len(getattr(kept, "html", "") or "") > _LARGE_CHARS:
        return await asyncio.to_thread(described, kept, files)
    return described(kept, files)


def described(inbound: AnyInbound, files: tuple[PreparedAttachment, ...] = ()) -> Prepared:
    """What is found and shown of an inbound. Pure."""
    if not isinstance(inbound, (net.MessageReceived, net.MessageEdited, net.ReviewReceived)):
        return Prepared(inbound=inbound)
    title = getattr(inbound, "title", "")
    quoted = getattr(inbound, "quoted_html", None)
    html = getattr(inbound, "html", None)
    spoken = f"{title} {inbound.text}" if title else inbound.text
    written_in = language.of(inbound.text) or language.of(title)
    return Prepared(
        inbound=inbound,
        html=sanitised(html) if html else None,
        quoted_html=sanitised(quoted) if quoted else None,
        folded=words.searchable(" ".join([spoken, *(f.name or f.title for f in files)])).strip(),
        preview=words.preview(inbound.text) or words.preview(title) or _preview_of(files),
        language=written_in,
        reading=readings.of(inbound, written_in),
        no_question=words.is_no_question(inbound.text, bool(files)),
        attachments=files,
    )


def _preview_of(files: tuple[PreparedAttachment, ...]) -> str:
    return words.preview(" ".join(f"{_SHOWN_AS.get(f.kind, chr(0x1F4CE))} {f.name or f.title}".strip() for f in files))


async def _attachment(given: Attachment, media: MediaStore) -> PreparedAttachment:
    name = safe_name(given.name, fallback="") if given.name else ""
    found = PreparedAttachment(
        kind=given.kind,
        name=name,
        mime=given.mime.partition(";")[0].strip().lower(),
        size_bytes=given.size_bytes,
        title=given.title,
        meta=given.meta,
        content_id=given.content_id,
        state="none" if given.kind in _NOTHING_TO_FETCH and not given.url and not given.ref else "pending",
        sha256=None,
        source="" if given.data is not None else _json(given).decode(),
    )
    if given.data is not None:
        return await _stored(found, given.data, media)
    if found.state == "pending" and not given.url and not given.ref:
        return msgspec.structs.replace(found, state="failed", source="")
    return msgspec.structs.replace(found, source="") if found.state == "none" else found


async def _stored(found: PreparedAttachment, data: bytes, media: MediaStore) -> PreparedAttachment:
    """Keep bytes that came along. An image stays `pending` until it is drawn anew; other files are only downloaded."""
    try:
        blob = await media.write(chunks_of(data), max_bytes=MAX_INLINE_BYTES, name=found.name, declared=found.mime)
    except MediaTooLarge:
        return msgspec.structs.replace(found, state="too_large", size_bytes=len(data))
    except MediaFull:
        # Text goes on when the disk is nearly full; the file can be had again from the mailbox.
        return msgspec.structs.replace(found, state="failed", size_bytes=len(data))
    drawn = blob.mime in REENCODED_IMAGES
    kind = blob.kind if found.kind in ("file", "image", "video", "audio") else found.kind
    return msgspec.structs.replace(
        found,
        kind=kind,
        name=found.name or blob.name,
        mime=blob.mime,
        size_bytes=blob.size_bytes,
        sha256=blob.sha256,
        state="pending" if drawn else "ready",
    )


def _without_bytes(inbound: AnyInbound) -> AnyInbound:
    """The inbound as it may be kept (orphans): bytes are in the media store, not in rows."""
    files = getattr(inbound, "attachments", None)
    if not files or all(one.data is None for one in files):
        return inbound
    kept = tuple(msgspec.structs.replace(one, data=None) for one in files)
    replaced: AnyInbound = msgspec.structs.replace(inbound, attachments=kept)
    return replaced
