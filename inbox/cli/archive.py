"""The file of a backup: a ZIP of `manifest.json`, one NDJSON file for each table, and `media/` by content hash.

It reads the same whichever engine it was written on. The key that stored credentials are encrypted with is not in it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import IO

import msgspec

from inbox.cli.opened import Refusal
from inbox.storage import portable
from inbox.storage.database import Database, Row
from inbox.transport.media import MediaMissing, MediaStore

FORMAT = 1
PAGE = 1_000
_CHUNK_BYTES = 262_144
_SPOOL_BYTES = 8_388_608
_json = msgspec.json.Encoder().encode


class Manifest(msgspec.Struct, kw_only=True):
    """What is in the archive. `columns` of each table, so that a restore notices another schema."""

    format: int
    revision: str
    engine: str
    written_at: str
    tables: dict[str, int]
    columns: dict[str, list[str]]
    files: int


async def write(
    path: Path, database: Database, media: MediaStore, revision: str, written_at: str
) -> tuple[Manifest, list[str]]:
    """Write an archive, complete or not at all; what it says of itself, and the hashes of files that are left out since
    they are gone, cannot be read or are not what they were: with one of them it could not be restored. Raises Refusal
    where there is no room for it.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        with _private(partial) as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                with contextlib.closing(_Tables(archive)) as tables:
                    counts, blobs = await database.read(portable.dump, tables)
                unsound = [sha256 for sha256 in blobs if not await _put_file(archive, sha256, media)]
                manifest = Manifest(
                    format=FORMAT,
                    revision=revision,
                    engine=database.engine,
                    written_at=written_at,
                    tables=counts,
                    columns={name: portable.columns_of(name) for name in counts},
                    files=len(blobs) - len(unsound),
                )
                archive.writestr("manifest.json", msgspec.json.format(_json(manifest)))
            file.flush()
            os.fsync(file.fileno())
            partial.replace(path)
    except OSError as wrong:
        place = wrong.filename or path
        raise Refusal(f"{place} cannot be used ({wrong.strerror}): make room there, or name another place") from None
    return manifest, unsound


def read_manifest(path: Path) -> Manifest:
    """What an archive says of itself. Raises Refusal for anything else."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = msgspec.json.decode(archive.read("manifest.json"), type=Manifest)
    except (zipfile.BadZipFile, KeyError, msgspec.DecodeError) as wrong:
        raise Refusal(f"{path} is no backup of this program: {wrong}") from None
    if found.format != FORMAT:
        raise Refusal(f"{path} has format {found.format}, this program reads {FORMAT}: use the program that wrote it")
    return found


def pages(path: Path, manifest: Manifest) -> Iterator[tuple[str, Sequence[Row]]]:
    """All rows of an archive, table by table. Raises Refusal where it is damaged."""
    decode = msgspec.json.Decoder(list).decode
    with _undamaged(path), zipfile.ZipFile(path) as archive:
        for name in manifest.tables:
            if not manifest.tables[name]:
                continue
            rows: list[Row] = []
            with archive.open(f"tables/{name}.ndjson") as file:
                for line in file:
                    rows.append(portable.readable(name, decode(line)))
                    if len(rows) == PAGE:
                        yield name, rows
                        rows = []
            if rows:
                yield name, rows


async def put_media(path: Path, media: MediaStore) -> int:
    """Put the archive's files into a media store; how many. Raises Refusal where it is damaged."""
    count = 0
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if info.filename.startswith("media/"):
                kept = await media.write(_chunks(path, archive, info), max_bytes=info.file_size)
                if kept.sha256 != info.filename.removeprefix("media/"):
                    raise Refusal(f"{info.filename} of {path} is damaged: its content is that of {kept.sha256}")
                count += 1
    return count


class _Tables:
    """Writes rows into the archive; the pages of a table come one after the other."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._name = ""
        self._file: IO[bytes] | None = None

    def __call__(self, name: str, rows: Sequence[Row]) -> None:
        if self._file is None or name != self._name:
            self.close()
            self._name, self._file = name, self._archive.open(f"tables/{name}.ndjson", "w", force_zip64=True)
        self._file.write(b"".join(_json(row) + b"\n" for row in rows))

    def close(self) -> None:
        """End the table that is being written: an archive has one file open at a time."""
        if self._file is not None:
            self._file.close()
            self._file = None


async def _put_file(archive: zipfile.ZipFile, sha256: str, media: MediaStore) -> bool:
    """Put a file into the archive. False where there is none with that content (any more)."""
    with tempfile.SpooledTemporaryFile(_SPOOL_BYTES) as file:
        digest, chunks = hashlib.sha256(), media.read(sha256)
        while True:
            try:
                chunk = await anext(chunks, b"")
            except (MediaMissing, OSError):
                return False
            if not chunk:
                break
            digest.update(chunk)
            file.write(chunk)
        if digest.hexdigest() != sha256:
            return False
        info = zipfile.ZipInfo(f"media/{sha256}")
        info.file_size = file.tell()
        file.seek(0)
        with archive.open(info, "w", force_zip64=True) as member:
            shutil.copyfileobj(file, member, _CHUNK_BYTES)
    return True


async def _chunks(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> AsyncIterator[bytes]:
    with _undamaged(path), archive.open(info) as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


@contextlib.contextmanager
def _undamaged(path: Path) -> Iterator[None]:
    """Turn what a damaged archive makes its readers raise into a Refusal."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, msgspec.DecodeError) as wrong:
        raise Refusal(f"{path} is damaged ({wrong}), no row was restored: take another backup") from None


@contextlib.contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """A new file that its owner alone can read and one process alone writes; gone at the end unless it was renamed.
    Raises Refusal where another one writes it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal(f"another backup is being written to {path}: wait for it, or name another file") from None
        try:
            file.truncate(0)
            yield file
        finally:
            path.unlink(missing_ok=True)
