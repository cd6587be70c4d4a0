"""The media store on disk."""

import asyncio
import hashlib
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from inbox.transport.media import DiskMedia, MediaFull, MediaMissing, MediaTooLarge, chunks_of, kind_of


async def read(media: DiskMedia, sha256: str, **span: int) -> bytes:
    return b"".join([chunk async for chunk in media.read(sha256, **span)])


async def pieces(data: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


async def test_a_stream_is_kept_under_its_hash(media: DiskMedia, tmp_path: Path) -> None:
    """Bytes written in pieces come back whole, as a range too, and are described by content."""
    data = b"%PDF-1.7\n" + os.urandom(3_000_000)

    blob = await media.write(pieces(data), max_bytes=4_000_000, name="../inv\u202eoice.pdf", declared="image/png")

    assert blob.sha256 == hashlib.sha256(data).hexdigest()
    assert (blob.size_bytes, blob.mime, blob.name, blob.kind) == (len(data), "application/pdf", "invoice.pdf", "file")
    assert files(tmp_path) == [tmp_path / "media" / blob.sha256[:2] / blob.sha256[2:]]
    assert await read(media, blob.sha256) == data
    assert await read(media, blob.sha256, start=1_000_000, length=700_000) == data[1_000_000:1_700_000]
    assert await read(media, blob.sha256, start=len(data) - 5) == data[-5:]


async def test_the_same_content_is_kept_once(media: DiskMedia, tmp_path: Path) -> None:
    """Twenty writers of the same bytes at once leave one file."""
    blobs = await asyncio.gather(*(media.write(chunks_of(b"same"), max_bytes=10, name=f"{i}.txt") for i in range(20)))

    assert len({blob.sha256 for blob in blobs}) == 1
    assert len(files(tmp_path)) == 1


async def test_a_stream_over_the_cap_is_cut_and_forgotten(media: DiskMedia, tmp_path: Path) -> None:
    """An endless stream is read up to the cap only; nothing of it stays."""
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        while True:
            given += 65_536
            yield bytes(65_536)

    with pytest.raises(MediaTooLarge, match="1000000 bytes"):
        await media.write(endless(), max_bytes=1_000_000)
    assert given < 1_200_000
    assert files(tmp_path) == []


async def test_a_broken_stream_leaves_nothing(media: DiskMedia, tmp_path: Path) -> None:
    """What the source raises goes through, and the unfinished file goes away."""

    async def broken() -> AsyncIterator[bytes]:
        yield bytes(2_000_000)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await media.write(broken(), max_bytes=4_000_000)
    assert files(tmp_path) == []


async def test_writes_stop_at_the_floor(tmp_path: Path) -> None:
    """With less free than the floor nothing is written, and the error says what to do; reads and deletes go on."""
    kept = await DiskMedia(tmp_path, floor_bytes=0).write(chunks_of(b"kept"), max_bytes=9)
    full = DiskMedia(tmp_path, floor_bytes=shutil.disk_usage(tmp_path).total)

    with pytest.raises(MediaFull, match="Free some disk"):
        await full.write(chunks_of(b"more"), max_bytes=9)
    assert await full.free_bytes() == 0
    assert await read(full, kept.sha256) == b"kept"
    assert files(tmp_path) == [tmp_path / kept.sha256[:2] / kept.sha256[2:]]


async def test_a_folder_that_takes_no_files_is_told_like_a_full_one(tmp_path: Path) -> None:
    """Mounted read-only, another account's, without inodes: it is no fault of whoever sends the bytes."""
    media = DiskMedia(tmp_path, floor_bytes=0)
    kept = await media.write(chunks_of(b"kept"), max_bytes=9)
    assert await media.free_bytes() > 0
    (tmp_path / "unfinished").rmdir()
    (tmp_path / "unfinished").touch(0o600)

    with pytest.raises(MediaFull, match=r"takes no files \(Not a directory\): let the account"):
        await media.write(chunks_of(b"more"), max_bytes=9)
    assert await media.free_bytes() == 0
    assert await read(media, kept.sha256) == b"kept"


async def test_a_deleted_blob_is_missing(media: DiskMedia) -> None:
    """After delete, reading and sizing say so; deleting again is no error."""
    blob = await media.write(chunks_of(b"x"), max_bytes=9)

    await media.delete(blob.sha256)
    await media.delete(blob.sha256)

    with pytest.raises(MediaMissing, match="erased"):
        await read(media, blob.sha256)


@pytest.mark.parametrize("name", ["../../../etc/passwd", "", "A" * 64, "0" * 63, "/etc/passwd"])
async def test_only_hashes_name_blobs(media: DiskMedia, name: str) -> None:
    """No string can lead out of the folder."""
    with pytest.raises(MediaMissing):
        await media.size_bytes(name)


async def test_old_unfinished_files_are_swept(tmp_path: Path) -> None:
    """What a process that died left is removed after a day; what is being written now stays."""
    DiskMedia(tmp_path)
    old, new = tmp_path / "unfinished" / "old", tmp_path / "unfinished" / "new"
    old.touch()
    new.touch()
    os.utime(old, (1, 1))

    DiskMedia(tmp_path)

    assert not old.exists()
    assert new.exists()


def test_svg_is_a_file() -> None:
    """SVG counts as a file to download, other images as images."""
    assert [kind_of(m) for m in ("image/svg+xml", "image/png", "audio/ogg", "video/mp4", "text/plain")] == [
        "file", "image", "audio", "video", "file",
    ]  # fmt: skip
