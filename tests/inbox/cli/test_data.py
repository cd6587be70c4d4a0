"""`inbox migrate`, `inbox erase`."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from inbox.cli.lock import the_only_server
from inbox.storage.migrate import current, migrate
from tests.inbox.cli.program import Program
from tests.servers import psql


def test_migrating_twice_changes_nothing(either: Program) -> None:
    """The database is at the newest revision, and stays there."""
    assert either.done("migrate") == either.done("migrate")


def test_a_server_of_before_is_stopped_before_the_schema_changes(program: Program) -> None:
    """It would go on, and write by its own rules what is to be counted anew; at the newest revision it may run."""
    file = program.folder / "inbox.sqlite3"
    asyncio.run(migrate(f"sqlite:///{file}", "0030"))

    with the_only_server(program.folder, file):
        assert "a server already runs" in program.refused("migrate")
        for said in (program.run("doctor").stdout, program.refused("user", "list")):
            assert "stop the service and run `inbox migrate`" in said
        assert asyncio.run(current(f"sqlite:///{file}")) == "0030"

    done = program.done("migrate")
    with the_only_server(program.folder, file):
        assert program.done("migrate") == done


def test_erasing_nobody_is_refused(program: Program) -> None:
    """A contact that is not there is named."""
    assert "no contact 12" in program.refused("erase", "12")


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    """Blanks, letters of any language, and what means something in a URL."""
    there = Program(tmp_path / "my däta 100% #1?x=y")

    assert "is at revision" in there.done("migrate")
    assert there.done("user", "list") == ""
    assert [path.name for path in tmp_path.iterdir()] == [there.folder.name]


@pytest.mark.postgres
def test_tables_of_another_role_are_told_with_the_remedy(
    empty: Program, postgres_url: str, postgres_server_url: str
) -> None:
    """A role that may write the tables but did not make them cannot change the schema."""
    asyncio.run(migrate(postgres_url, "0022"))
    role = f"guest_{postgres_url.rpartition('/')[2]}"
    psql(postgres_server_url, f'CREATE ROLE "{role}" LOGIN')
    try:
        psql(
            postgres_url,
            f'GRANT ALL ON SCHEMA public TO "{role}"; GRANT ALL ON ALL TABLES IN SCHEMA public TO "{role}"',
        )
        empty.environment["INBOX_DATABASE_URL"] = postgres_url.replace("postgres@", f"{role}@")
        said = empty.refused("migrate")
        assert "must be owner" in said
        assert "make the role in INBOX_DATABASE_URL owner of the tables" in said
    finally:
        psql(postgres_url, f'DROP OWNED BY "{role}"')
        psql(postgres_server_url, f'DROP ROLE "{role}"')


@pytest.mark.postgres
def test_a_url_may_say_how_to_connect(empty: Program, postgres_url: str) -> None:
    """`sslmode` and the like, as hosted databases give them, mean to a migration what they mean to the service."""
    empty.environment["INBOX_DATABASE_URL"] = postgres_url + "?sslmode=prefer"

    assert "is at revision" in empty.done("migrate")
    assert empty.done("user", "list") == ""


def test_a_secret_that_is_refused_is_not_shown(empty: Program) -> None:
    """The setting is named, its value is not: what is printed ends in logs."""
    for name, value in (("SECRET_KEY", "hunter2"), ("REDIS_URL", "http://:hunter2@host"), ("MAIL_URL", "hunter2")):
        empty.environment = {f"INBOX_{name}": value}
        said = empty.refused("migrate")
        assert said.startswith(f"inbox: INBOX_{name} is ")
        assert "hunter2" not in said


def test_a_database_of_a_newer_version_is_told_with_the_remedy(program: Program) -> None:
    """Who goes back to an older version is told so by every verb, and not to run `inbox migrate`."""
    with contextlib.closing(sqlite3.connect(program.folder / "inbox.sqlite3")) as store, store:
        store.execute("UPDATE alembic_version SET version_num = '9999'")

    for verb in (["migrate"], ["user", "list"]):
        assert "revision 9999, which is newer than this program" in program.refused(*verb)
    said = program.run("doctor").stdout
    assert "install that version again" in said
    assert "run `inbox migrate`" not in said


@pytest.mark.postgres
def test_an_encoding_that_cannot_keep_every_text_is_refused(empty: Program, postgres_server_url: str) -> None:
    """Customers write in every script: a database of LATIN1 would refuse what they write, for ever."""
    name = "inbox_test_latin"
    like = "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    psql(postgres_server_url, f"CREATE DATABASE {name} {like}")
    try:
        empty.environment["INBOX_DATABASE_URL"] = postgres_server_url.rpartition("/")[0] + f"/{name}"
        assert "has the encoding LATIN1" in empty.refused("migrate")
        assert "has the encoding LATIN1" in empty.run("doctor").stdout
    finally:
        psql(postgres_server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.postgres
def test_a_server_that_takes_no_changes_is_told(empty: Program, postgres_url: str) -> None:
    """A standby, say: `inbox doctor` does not call it well although it answers."""
    asyncio.run(migrate(postgres_url))
    empty.environment["INBOX_DATABASE_URL"] = postgres_url
    assert "takes no changes" not in empty.run("doctor").stdout

    psql(postgres_url, f"ALTER DATABASE {postgres_url.rpartition('/')[2]} SET default_transaction_read_only = on")

    found = empty.run("doctor")
    assert found.returncode == 1
    assert "takes no changes: name the primary" in found.stdout


@pytest.mark.postgres
def test_an_account_that_may_not_write_is_told(empty: Program, postgres_url: str) -> None:
    """Somebody else migrated, and the account of the service reads only: `inbox doctor` names table and remedy."""
    asyncio.run(migrate(postgres_url))
    name = f"reader_{postgres_url.rpartition('_')[2]}"
    psql(postgres_url, f"CREATE ROLE {name} LOGIN PASSWORD 'word'")
    try:
        psql(postgres_url, f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}")
        host = urlsplit(postgres_url).netloc.rpartition("@")[2]
        empty.environment["INBOX_DATABASE_URL"] = urlsplit(postgres_url)._replace(netloc=f"{name}:word@{host}").geturl()
        assert "does not let" not in empty.run("doctor").stdout

        psql(postgres_url, f"REVOKE INSERT ON event FROM {name}")

        found = empty.run("doctor")
        assert found.returncode == 1
        assert f"does not let {name} read and write event: run GRANT" in found.stdout
    finally:
        psql(postgres_url, f"DROP OWNED BY {name}; DROP ROLE {name}")


def test_a_file_that_is_no_database_is_told_with_the_remedy(program: Program) -> None:
    """What the driver says decides what to do: the setting is right, the file is not."""
    (program.folder / "inbox.sqlite3").write_bytes(b"something else, and long enough to be read as a page" * 100)

    assert "(file is not a database): name another file" in program.refused("user", "list")


def test_a_damaged_file_is_told_with_the_remedy(program: Program) -> None:
    """Found in the middle of a verb's work, not as it is opened."""
    program.done("user", "add", "eva@example.org", "--name", "Eva", "--role", "admin")
    with contextlib.closing(sqlite3.connect(program.folder / "inbox.sqlite3")) as store, store:
        size = store.execute("PRAGMA page_size").fetchone()[0]
        root = store.execute("SELECT rootpage FROM sqlite_master WHERE name = 'agent'").fetchone()[0]
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with (program.folder / "inbox.sqlite3").open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)

    assert "malformed): move the file" in program.refused("user", "list")
