"""`inbox backup`, `inbox restore`: everything comes back, on either engine."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import io
import json
import sqlite3
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from inbox.cli import archive
from inbox.cli.opened import OPERATOR, opened
from inbox.commands.upload import AddUpload
from inbox.settings import Settings
from inbox.transport.media import chunks_of
from tests.inbox.cli.program import Program
from tests.processes import free_port


def filled(program: Program) -> str:
    """Put something of each kind in; the token's secret."""
    program.done("user", "add", "eva@example.org", "--name", "Εύα", "--role", "admin")
    program.done("channel", "add", "custom", "--name", "Shop", "--json")
    words = ("token", "create", "--name", "crm", "--scopes", "read", "--json")
    secret: str = json.loads(program.done(*words))["token"]
    return secret


@pytest.mark.parametrize("target", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_backup_is_restored_on_either_engine(
    either: Program, target: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """What was there is there again, with a new epoch; a second restore into the same database is refused."""
    filled(either)
    file = tmp_path / "backup.zip"
    either.done("backup", str(file))
    other = Program(tmp_path / "other", {"INBOX_PORT": str(free_port())})
    other.folder.mkdir()
    (other.folder / "secret_key").write_text((either.folder / "secret_key").read_text())
    if target == "postgres":
        other.environment["INBOX_DATABASE_URL"] = request.getfixturevalue("second_postgres_url")

    assert "epoch" in other.done("restore", str(file))

    assert other.done("channel", "list") == either.done("channel", "list")
    assert "belongs to Εύα" in other.refused("user", "add", "eva@example.org")
    assert other.done("metrics", "verify") == either.done("metrics", "verify")
    assert "is not empty" in other.refused("restore", str(file))


@pytest.mark.postgres
def test_a_text_that_postgres_cannot_keep_does_not_stop_a_restore(
    program: Program, tmp_path: Path, second_postgres_url: str
) -> None:
    """SQLite takes a NUL into a text and PostgreSQL does not: all is restored, with the sign for what is unreadable."""
    filled(program)
    with contextlib.closing(sqlite3.connect(program.folder / "inbox.sqlite3")) as store, store:
        store.execute("UPDATE channel SET name = ?", ("Sh\x00p",))
    program.done("backup", str(tmp_path / "backup.zip"))
    other = Program(tmp_path / "other", {"INBOX_DATABASE_URL": second_postgres_url})
    other.folder.mkdir()
    (other.folder / "secret_key").write_text((program.folder / "secret_key").read_text())

    other.done("restore", str(tmp_path / "backup.zip"))

    assert "Sh\ufffdp" in other.done("channel", "list")


def test_an_archive_is_private_and_holds_no_sign_ins(program: Program, tmp_path: Path) -> None:
    """Its owner alone can read it; tables of the moment are left out; the secret key is not in it."""
    filled(program)
    file = tmp_path / "backup.zip"

    program.done("backup", str(file))

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        key = (program.folder / "secret_key").read_bytes().strip()
        assert all(key not in archive.read(name) for name in names)
    assert "tables/agent.ndjson" in names
    assert "tables/session.ndjson" not in names
    assert "is there already" in program.refused("backup", str(file))


def test_a_backup_is_taken_beside_the_server(program: Program, tmp_path: Path) -> None:
    """The server runs on, and a restore onto its folder is refused."""
    secret = filled(program)
    with program.staying("run", until="Inbox is ready"):
        program.done("backup", str(tmp_path / "backup.zip"))
        assert "a server already runs" in program.refused("restore", str(tmp_path / "backup.zip"))
        url = f"http://127.0.0.1:{program.environment['INBOX_PORT']}/api/v1/channels"
        found = httpx2.get(url, headers={"authorization": f"Bearer {secret}"}).json()
        assert [channel["name"] for channel in found["items"]] == ["Shop"]


def test_what_is_no_backup_is_refused(empty: Program, tmp_path: Path) -> None:
    """A file that is not there, and one that is something else."""
    (tmp_path / "photo.zip").write_bytes(b"not a zip")

    assert "there is no file" in empty.refused("restore", str(tmp_path / "none.zip"))
    assert "is no backup" in empty.refused("restore", str(tmp_path / "photo.zip"))


def rewritten(file: Path, change: Callable[[str, bytes], bytes | None], **more: bytes) -> Path:
    """A copy of an archive whose members are changed, left out (None), or joined by `more`."""
    made = file.with_name("rewritten.zip")
    with zipfile.ZipFile(file) as found, zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as copy:
        for name in found.namelist():
            content = change(name, found.read(name))
            if content is not None:
                copy.writestr(name, content)
        for name, content in more.items():
            copy.writestr(name, content)
    return made


def with_another_byte(file: Path, words: bytes) -> Path:
    """A copy of an archive in which one byte of what is stored is not what was written."""
    content = rewritten(file, lambda _, found: found).read_bytes()
    made = file.with_name("flipped.zip")
    made.write_bytes(content.replace(words, b"?" + words[1:], 1))
    return made


def test_a_damaged_backup_is_refused_in_one_line(program: Program, empty: Program, tmp_path: Path) -> None:
    """A byte that is another, rows cut short, a table or a file that is not what it was: nothing is restored, and a
    sound copy can be afterwards.
    """
    filled(program)
    file = tmp_path / "backup.zip"
    program.done("backup", str(file))
    other = Program(tmp_path / "other")
    table = "tables/channel.ndjson"

    def refused(damaged: Path) -> str:
        return other.refused("restore", str(damaged))

    assert "is damaged (Bad CRC-32" in refused(with_another_byte(file, b"Shop"))
    assert "is damaged (Input data" in refused(rewritten(file, lambda n, c: c[: len(c) // 2] if n == table else c))
    assert "is damaged (" in refused(rewritten(file, lambda n, c: None if n == table else c))
    other_file = {f"media/{'0' * 64}": b"not what was hashed"}
    assert f"media/{'0' * 64} of" in refused(rewritten(file, lambda _, content: content, **other_file))

    assert "epoch" in other.done("restore", str(file))


def test_two_backups_do_not_write_one_file(program: Program, tmp_path: Path) -> None:
    """Whoever comes second is refused, and what the first has written stays; what a killed one left is written over."""
    partial = tmp_path / "backup.zip.partial"
    partial.write_bytes(b"of the first")
    with partial.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert "another backup is being written" in program.refused("backup", str(tmp_path / "backup.zip"))
        assert partial.read_bytes() == b"of the first"

    program.done("backup", str(tmp_path / "backup.zip"))

    assert archive.read_manifest(tmp_path / "backup.zip").format == archive.FORMAT
    assert not partial.exists()


def test_a_backup_for_which_there_is_no_room_is_refused_in_one_line(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fills up in the middle of a table: the place is named, and nothing is left there."""
    filled(program)

    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    @contextlib.contextmanager
    def full(path: Path) -> Iterator[io.BytesIO]:
        yield Full()

    monkeypatch.setattr(archive, "_private", full)

    said = program.refused("backup", str(tmp_path / "backup.zip"))

    assert "backup.zip cannot be used (No space left on device): make room" in said
    assert not list(tmp_path.glob("backup*"))


def with_files(program: Program, *contents: bytes) -> list[Path]:
    """Upload files; where they lie."""

    async def upload() -> list[str]:
        settings = Settings(data_dir=program.folder, secret_key="k" * 40)
        async with opened(settings) as inbox:
            blobs = [await inbox.media.write(chunks_of(content), max_bytes=9) for content in contents]
            for blob in blobs:
                await inbox.writer.submit(AddUpload(OPERATOR, blob))
            return [blob.sha256 for blob in blobs]

    return [program.folder / "media" / name[:2] / name[2:] for name in asyncio.run(upload())]


def test_one_file_that_is_not_what_it_was_does_not_make_a_backup_worthless(program: Program, tmp_path: Path) -> None:
    """A disk lost a file and changed another: both are told of and left out, all else is restored."""
    gone, changed, sound = with_files(program, b"one", b"two", b"three")
    gone.unlink()
    changed.write_bytes(b"tw")
    file = tmp_path / "backup.zip"

    taken = program.run("backup", str(file))

    assert taken.returncode == 0
    assert "2 files that messages have are missing or damaged" in taken.stderr
    other = Program(tmp_path / "other")
    assert ", 1 files, epoch" in other.done("restore", str(file))
    assert [path.name for path in (other.folder / "media").glob("??/*")] == [sound.name]


def test_a_restore_without_the_secret_key_says_so(program: Program, tmp_path: Path) -> None:
    """All rows are there; what was encrypted needs the key of the place where the backup was taken."""
    filled(program)
    file = tmp_path / "backup.zip"
    program.done("backup", str(file))
    other = Program(tmp_path / "other")

    restored = other.run("restore", str(file))

    assert restored.returncode == 0
    assert "not that of the backup: it does not open the credentials of 1 channels" in restored.stderr
    assert "that was in" in restored.stderr
