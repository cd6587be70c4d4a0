"""The media store in an object store (S3 and what speaks like it), for several machines.

Blobs lie under `ab/cdef…` as on disk. A stream is first gathered in a temporary file, since its name is its hash; then
it is put there in one request, which the store carries out whole or not at all.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import tempfile
from collections.abc import AsyncIterable, AsyncIterator
from datetime import datetime
from typing import IO, TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from connectors.outbound import Blob
from inbox import clock
from inbox.errors import Unavailable
from inbox.transport.media import READ_BYTES, MediaMissing, MediaTooLarge, kind_of
from inbox.transport.names import safe_name
from inbox.transport.sniff import HEAD_BYTES, sniff

if TYPE_CHECKING:
    from obstore.store import ObjectStore

IN_MEMORY_BYTES = 1_048_576
"""A stream up to this size never touches the disk."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PLENTY = 2**50


class ObjectMedia:
    """See `MediaStore`. Room is the object store's affair: `free_bytes` is always plenty."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def write(self, chunks: AsyncIterable[bytes], *, max_bytes: int, name: str = "", declared: str = "") -> Blob:
        """Keep a stream: see `MediaStore.write`."""
        digest, size, head = hashlib.sha256(), 0, b""
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as gathered:
            async for chunk in chunks:
                size += len(chunk)
                if size > max_bytes:
                    raise MediaTooLarge(f"{name or 'the file'} is larger than the {max_bytes} bytes taken here")
                head += chunk[: max(0, HEAD_BYTES - len(head))]
                digest.update(chunk)
                await asyncio.to_thread(gathered.write, chunk)
            sha256 = digest.hexdigest()
            await self._put(sha256, gathered)
        mime = sniff(head, declared)
        return Blob(sha256=sha256, mime=mime, size_bytes=size, name=safe_name(name), kind=kind_of(mime))

    async def _put(self, sha256: str, gathered: IO[bytes]) -> None:
        gathered.seek(0)
        try:
            await obstore.put_async(self._store, _path(sha256), gathered)
        except BaseError as problem:
            raise _unavailable(problem) from problem

    async def read(self, sha256: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """The bytes of a blob: see `MediaStore.read`."""
        end = await self.size_bytes(sha256) if length is None else start + length
        while start < end:
            upto = min(start + READ_BYTES * 4, end)
            try:
                chunk = await obstore.get_range_async(self._store, _path(sha256), start=start, end=upto)
            except FileNotFoundError:
                raise _missing(sha256) from None
            except BaseError as problem:
                raise _unavailable(problem) from problem
            yield bytes(chunk)
            if not len(chunk):
                return
            start += len(chunk)

    async def size_bytes(self, sha256: str) -> int:
        """How large a blob is. Raises MediaMissing."""
        try:
            return int((await obstore.head_async(self._store, _path(sha256)))["size"])
        except FileNotFoundError:
            raise _missing(sha256) from None
        except BaseError as problem:
            raise _unavailable(problem) from problem

    async def delete(self, sha256: str) -> None:
        """Forget a blob. One that is not there is no error."""
        try:
            await obstore.delete_async(self._store, _path(sha256))
        except FileNotFoundError:
            return
        except BaseError as problem:
            raise _unavailable(problem) from problem

    async def older_than(self, at: int, limit: int, after: str = "") -> list[str]:
        """Up to `limit` blobs that were last written before an instant (µs), after `after` in order of name."""
        offset = f"{after[:2]}/{after[2:]}" if after else None
        found: list[str] = []
        try:
            async for page in obstore.list(self._store, offset=offset, chunk_size=1000):
                for one in page:
                    name = one["path"].replace("/", "")
                    if _SHA256.fullmatch(name) and _instant(one["last_modified"]) < at:
                        found.append(name)
                    if len(found) >= limit:
                        return found
        except BaseError as problem:
            raise _unavailable(problem) from problem
        return sorted(found)

    async def free_bytes(self) -> int:
        """Plenty."""
        return _PLENTY


def store_of(url: str) -> ObjectStore:
    """The store behind `s3://KEY:SECRET@bucket/prefix?region=…&endpoint=https://…`; without a key the environment's
    (`AWS_ACCESS_KEY_ID` and so on) counts.
    """
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query))
    config: dict[str, str] = {}
    if parts.username:
        config |= {"access_key_id": parts.username, "secret_access_key": parts.password or ""}
    if "endpoint" in given:
        config["endpoint"] = given["endpoint"]
    plain = given.get("endpoint", "").startswith("http://")
    return S3Store(
        parts.hostname or "",
        prefix=parts.path.strip("/") or None,
        region=given.get("region", "us-east-1"),
        config=config,  # type: ignore[arg-type]
        client_options={"allow_http": plain},
        virtual_hosted_style_request=False,
    )


def _path(sha256: str) -> str:
    if _SHA256.fullmatch(sha256) is None:
        raise _missing(sha256)
    return f"{sha256[:2]}/{sha256[2:]}"


def _instant(moment: datetime) -> int:
    return int(moment.timestamp() * clock.SECOND)


def _missing(sha256: str) -> MediaMissing:
    return MediaMissing(f"no file with the content {sha256[:16]!r}…: it was erased, or never kept")


def _unavailable(problem: Exception) -> Unavailable:
    return Unavailable(f"the object store cannot be used now ({type(problem).__name__})", code="media_unavailable")
