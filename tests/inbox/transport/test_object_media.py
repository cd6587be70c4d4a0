"""The media store in an object store: the same promises as the one on disk."""

import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from obstore.store import MemoryStore, S3Store

from inbox import clock
from inbox.errors import Unavailable
from inbox.transport.media import DiskMedia, MediaMissing, MediaStore, MediaTooLarge, chunks_of
from inbox.transport.media_stores import media_store
from inbox.transport.object_media import ObjectMedia, store_of


@pytest.fixture
def store() -> ObjectMedia:
    """An object store in memory, which lists in order of name as S3 does."""
    return ObjectMedia(MemoryStore())


async def read(media: MediaStore, sha256: str, **span: int) -> bytes:
    """A blob's bytes."""
    return b"".join([chunk async for chunk in media.read(sha256, **span)])


async def pieces(data: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    """The data as a stream."""
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def test_a_stream_is_kept_under_its_hash(store: ObjectMedia) -> None:
    """Bytes written in pieces come back whole, as a range too, and are described by content."""
    data = b"%PDF-1.7\n" + os.urandom(3_000_000)

    blob = await store.write(pieces(data), max_bytes=4_000_000, name="../invoice.pdf", declared="image/png")

    assert blob.sha256 == hashlib.sha256(data).hexdigest()
    assert (blob.size_bytes, blob.mime, blob.name, blob.kind) == (len(data), "application/pdf", "invoice.pdf", "file")
    assert await store.size_bytes(blob.sha256) == len(data)
    assert await read(store, blob.sha256) == data
    assert await read(store, blob.sha256, start=1_000_000, length=700_000) == data[1_000_000:1_700_000]


async def test_a_stream_over_the_cap_leaves_nothing(store: ObjectMedia) -> None:
    """What is too large is read up to the cap only."""
    with pytest.raises(MediaTooLarge):
        await store.write(pieces(bytes(500_000)), max_bytes=250_000)

    assert await store.older_than(clock.now() + clock.DAY, 10) == []


async def test_what_is_deleted_is_missing_and_may_be_deleted_again(store: ObjectMedia) -> None:
    """Erasure is final, and repeating it is no error."""
    blob = await store.write(chunks_of(b"gone"), max_bytes=10)
    await store.delete(blob.sha256)
    await store.delete(blob.sha256)

    with pytest.raises(MediaMissing):
        await read(store, blob.sha256)
    with pytest.raises(MediaMissing):
        await store.size_bytes("../../etc/passwd")


async def test_old_blobs_are_listed_page_by_page_in_order(store: ObjectMedia) -> None:
    """The sweep walks through everything, however much there is."""
    kept = {(await store.write(chunks_of(str(n).encode()), max_bytes=10)).sha256 for n in range(7)}

    found: list[str] = []
    while page := await store.older_than(clock.now() + clock.DAY, 3, found[-1] if found else ""):
        found += page

    assert found == sorted(kept)
    assert await store.older_than(clock.now() - clock.DAY, 10) == []


async def test_a_store_that_cannot_be_reached_makes_callers_wait(tmp_path: Path) -> None:
    """Nothing is lost and nothing is called missing: it is tried again."""
    made = store_of("s3://key:secret@bucket/inbox?endpoint=http://127.0.0.1:9&region=eu-central-1")
    assert isinstance(made, S3Store)

    assert isinstance(media_store(tmp_path, ""), DiskMedia)
    assert isinstance(media_store(tmp_path, "s3://bucket"), ObjectMedia)
    with pytest.raises(Unavailable):
        await ObjectMedia(S3Store("bucket", config={"endpoint": "http://127.0.0.1:9", "access_key_id": "k",
            "secret_access_key": "s"}, region="eu-central-1", client_options={"allow_http": True},
            retry_config={"max_retries": 0})).size_bytes("0" * 64)  # fmt: skip
