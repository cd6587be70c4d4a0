"""The media store: bytes by their content hash, each kept once, under `root/ab/cdef…`.

`MediaStore` is the whole of what the service asks of it, small enough for an object store to stand behind. Who refers
to a blob is known to the database alone: it calls `delete` after the last reference went.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from pathlib import Path
from typing import BinaryIO, ClassVar, Protocol

from connectors.inbound import AttachmentKind
from connectors.outbound import Blob
from inbox import clock
from inbox.errors import NotFound, TooLarge, Unavailable
from inbox.transport.names import safe_name
from inbox.transport.sniff import HEAD_BYTES, sniff

DEFAULT_FLOOR_BYTES = 536_870_912
READ_BYTES = 262_144
_WRITE_BYTES = 1_048_576
_STALE_SECONDS = 86_400
_FULL = (errno.ENOSPC, errno.EDQUOT)
_SHA256 = re.compile(r"[0-9a-f]{64}")


class MediaTooLarge(TooLarge):
    """More bytes came than the caller allows; nothing is kept."""


class MediaMissing(NotFound):
    """The blob is not in the store (any more)."""


class MediaFull(Unavailable):
    """The disk is nearly full, or cannot be written. Media stops here so that text, which needs little, goes on."""

    default_code: ClassVar[str] = "media_full"


class MediaStore(Protocol):
    """Where attachments lie."""

    async def write(self, chunks: AsyncIterable[bytes], *, max_bytes: int, name: str = "", declared: str = "") -> Blob:
        """Keep a stream and say what it is. `declared` is the MIME type that its sender claims.

        Durable when it returns. Raises MediaTooLarge, MediaFull, and whatever `chunks` raises; then nothing is kept.
        """
        ...

    def read(self, sha256: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """The bytes of a blob, or a range of them, in chunks. Raises MediaMissing at the first."""
        ...

    async def size_bytes(self, sha256: str) -> int:
        """How large a blob is. Raises MediaMissing."""
        ...

    async def delete(self, sha256: str) -> None:
        """Forget a blob. One that is not there is no error."""
        ...

    async def older_than(self, at: int, limit: int, after: str = "") -> list[str]:
        """Up to `limit` blobs that were last written before an instant (µs), after `after` in order of name."""
        ...

    async def free_bytes(self) -> int:
        """Room left before writes are refused."""
        ...


class DiskMedia:
    """The media store in a folder. Several processes may share it."""

    def __init__(self, root: Path, *, floor_bytes: int = DEFAULT_FLOOR_BYTES) -> None:
        """Make the folder if need be and remove what writes that died a day ago left. `floor_bytes`: how much of the
        disk is left to everything else.
        """
        self._root = root
        self._unfinished = root / "unfinished"
        self._floor_bytes = floor_bytes
        self._unfinished.mkdir(parents=True, exist_ok=True)
        _remove_stale(self._unfinished)

    async def write(self, chunks: AsyncIterable[bytes], *, max_bytes: int, name: str = "", declared: str = "") -> Blob:
        """Keep a stream: see `MediaStore.write`."""
        with self._writing():
            unfinished = await asyncio.to_thread(_Unfinished, self._unfinished)
        try:
            waiting = bytearray()
            async for chunk in chunks:
                waiting += chunk
                if unfinished.size_bytes + len(waiting) > max_bytes:
                    raise MediaTooLarge(f"{name or 'the file'} is larger than the {max_bytes} bytes taken here")
                if len(waiting) >= _WRITE_BYTES:
                    await self._append(unfinished, bytes(waiting))
                    waiting.clear()
            await self._append(unfinished, bytes(waiting))
            sha256 = unfinished.sha256
            with self._writing():
                await asyncio.to_thread(unfinished.finish, self._path(sha256))
        finally:
            # Quick, and right also when this task is being cancelled.
            unfinished.discard()
        mime = sniff(unfinished.head, declared)
        return Blob(
            sha256=sha256,
            mime=mime,
            size_bytes=unfinished.size_bytes,
            name=safe_name(name),
            kind=kind_of(mime),
        )

    async def read(self, sha256: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """The bytes of a blob: see `MediaStore.read`."""
        left = await self.size_bytes(sha256) - start if length is None else length
        file = await asyncio.to_thread(self._open, sha256, start)
        try:
            while left > 0 and (chunk := await asyncio.to_thread(file.read, min(READ_BYTES, left))):
                left -= len(chunk)
                yield chunk
        finally:
            file.close()

    async def size_bytes(self, sha256: str) -> int:
        """How large a blob is. Raises MediaMissing."""
        try:
            return (await asyncio.to_thread(self._path(sha256).stat)).st_size
        except FileNotFoundError:
            raise _missing(sha256) from None

    async def delete(self, sha256: str) -> None:
        """Forget a blob. One that is not there is no error."""
        await asyncio.to_thread(self._path(sha256).unlink, missing_ok=True)

    async def older_than(self, at: int, limit: int, after: str = "") -> list[str]:
        """Up to `limit` blobs that were last written before an instant (µs), after `after` in order of name."""
        return await asyncio.to_thread(self._older_than, at / clock.SECOND, limit, after)

    def _older_than(self, at_seconds: float, limit: int, after: str) -> list[str]:
        found: list[str] = []
        for folder in sorted(path for path in self._root.iterdir() if len(path.name) == 2 and path.name >= after[:2]):
            for path in sorted(folder.iterdir()):
                name = folder.name + path.name
                if name > after and path.stat().st_mtime < at_seconds:
                    found.append(name)
            if len(found) >= limit:
                break
        return found[:limit]

    async def free_bytes(self) -> int:
        """Room left before writes are refused; 0 when there is none, or the folder cannot be written at all."""
        if not await asyncio.to_thread(os.access, self._unfinished, os.W_OK | os.X_OK):
            return 0
        usage = await asyncio.to_thread(shutil.disk_usage, self._root)
        return max(0, usage.free - self._floor_bytes)

    async def _append(self, unfinished: _Unfinished, data: bytes) -> None:
        free = await self.free_bytes()
        if free < len(data):
            raise MediaFull(
                f"the media folder {self._root} has no room: {free} bytes left above the floor of {self._floor_bytes}."
                " Free some disk, or move DATA_DIR to a larger one",
                retry_after_seconds=300,
            )
        with self._writing():
            await asyncio.to_thread(unfinished.append, data)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """A folder that takes nothing is ours to mend, and no fault of whoever sends the bytes."""
        try:
            yield
        except OSError as error:
            said = f"the media folder {self._root} takes no files ({error.strerror})"
            remedy = "let the account that runs the service write it"
            if error.errno in _FULL:
                remedy = "free some disk, or move DATA_DIR to a larger one"
            raise MediaFull(f"{said}: {remedy}", retry_after_seconds=300) from error

    def _path(self, sha256: str) -> Path:
        if _SHA256.fullmatch(sha256) is None:
            raise _missing(sha256)
        return self._root / sha256[:2] / sha256[2:]

    def _open(self, sha256: str, start: int) -> BinaryIO:
        try:
            file = self._path(sha256).open("rb")
        except FileNotFoundError:
            raise _missing(sha256) from None
        file.seek(start)
        return file


def kind_of(mime: str) -> AttachmentKind:
    """How an attachment of this type is shown. SVG is a file: it is never drawn."""
    match mime.partition("/")[0]:
        case "image" if mime != "image/svg+xml":
            return "image"
        case "video":
            return "video"
        case "audio":
            return "audio"
        case _:
            return "file"


async def chunks_of(data: bytes) -> AsyncIterator[bytes]:
    """Bytes that are at hand as the stream that `MediaStore.write` takes."""
    yield data


class _Unfinished:
    """A file being written; it gets its name by one atomic rename, after its bytes are on the disk."""

    def __init__(self, folder: Path) -> None:
        handle, path = tempfile.mkstemp(dir=folder)
        self._file = os.fdopen(handle, "wb")
        self._path = Path(path)
        self._digest = hashlib.sha256()
        self.size_bytes = 0
        self.head = b""

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def append(self, data: bytes) -> None:
        self.head += data[: max(0, HEAD_BYTES - len(self.head))]
        self._digest.update(data)
        self._file.write(data)
        self.size_bytes += len(data)

    def finish(self, path: Path) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        if not path.parent.exists():
            path.parent.mkdir(exist_ok=True)
            _sync_folder(path.parent.parent)
        # Also when the content is there already: a delete that comes in between then removes the old copy, not this.
        self._path.replace(path)
        _sync_folder(path.parent)

    def discard(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_stale(folder: Path) -> None:
    before = clock.now() / clock.SECOND - _STALE_SECONDS
    for path in folder.iterdir():
        try:
            if path.stat().st_mtime < before:
                path.unlink()
        except FileNotFoundError:
            continue


def _missing(sha256: str) -> MediaMissing:
    return MediaMissing(f"no file with the content {sha256[:16]!r}…: it was erased, or never kept")
