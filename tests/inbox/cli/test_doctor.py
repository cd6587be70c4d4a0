"""`inbox doctor`: a verdict a line, a remedy where one is needed."""

from __future__ import annotations

import contextlib
import sqlite3
from types import SimpleNamespace

import pytest
import redis

from inbox.cli import doctor
from inbox.cli.opened import read_settings, unreachable
from inbox.seal import Sealer
from tests.inbox.cli.program import Program
from tests.servers import psql


def verdicts(said: str) -> dict[str, str]:
    """Thing → verdict."""
    return {line.split()[1].rstrip(":"): line.split()[0] for line in said.splitlines()}


def test_a_sound_installation_has_no_failure(program: Program) -> None:
    """On a migrated database all is well, but for the key that lies beside the data."""
    program.environment["INBOX_SECRET_KEY"] = "k" * 40

    found = verdicts(program.done("doctor"))

    assert found["database"] == found["secret"] == found["clock"] == found["redis"] == "ok"


def test_postgresql_and_redis_are_asked(either: Program, redis_url: str) -> None:
    """Servers that answer are ok, and clocks are compared."""
    either.environment["INBOX_REDIS_URL"] = redis_url

    found = verdicts(either.done("doctor"))

    assert found["database"] == found["redis"] == found["clock"] == "ok"


def test_what_fails_is_told_with_its_remedy(empty: Program) -> None:
    """A key that others can read, a Redis and a database that are not there: code 1, and what to do."""
    empty.folder.mkdir()
    (empty.folder / "secret_key").write_text("k" * 40)
    (empty.folder / "secret_key").chmod(0o644)
    empty.environment |= {
        "INBOX_REDIS_URL": "redis://127.0.0.1:1/0",
        "INBOX_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/inbox",
    }

    found = empty.run("doctor")

    assert found.returncode == 1
    assert verdicts(found.stdout) | {"secret": "fail", "redis": "fail", "database": "fail"} == verdicts(found.stdout)
    assert "run chmod 600" in found.stdout


def test_a_database_that_was_not_migrated_fails(empty: Program, postgres_url: str) -> None:
    """An empty database is told apart from an unreachable one."""
    empty.environment["INBOX_DATABASE_URL"] = postgres_url

    assert "run `inbox migrate`" in empty.run("doctor").stdout


@pytest.mark.parametrize(
    "said", ["disk I/O error", 'could not extend file "base/5/1259": No space left on device', "disk is full"]
)
def test_a_disk_that_is_full_is_not_taken_for_a_wrong_address(said: str) -> None:
    """SQLite speaks of I/O where not even the small file beside it fits; PostgreSQL means the disk of its server."""
    told = unreachable("the database", OSError(said))

    assert "free some room" in told
    assert "INBOX_DATABASE_URL" not in told


@pytest.mark.parametrize(
    ("host", "public_url", "verdict"),
    [("127.0.0.1", "", "ok"), ("::", "", "warn"), ("::", "https://inbox.example.org", "ok")],
)
def test_an_address_open_to_others_should_be_encrypted(host: str, public_url: str, verdict: str) -> None:
    """Plain http is fine on this machine alone."""
    settings = read_settings(host=host, public_url=public_url)

    assert doctor.address(settings).verdict == verdict


@pytest.mark.parametrize(
    ("public_url", "proxies", "verdict"),
    [("", "", "ok"), ("https://inbox.example.org", "", "warn"), ("https://inbox.example.org", "127.0.0.1", "ok")],
)
def test_behind_a_proxy_that_is_not_believed_all_visitors_are_one(public_url: str, proxies: str, verdict: str) -> None:
    """https comes by a proxy, whose address has to be known."""
    settings = read_settings(public_url=public_url, trusted_proxies=proxies)

    assert doctor.proxy(settings).verdict == verdict


@pytest.mark.parametrize(("free", "verdict"), [(3 * 10**9, "ok"), (10**9, "warn"), (10**6, "fail")])
def test_a_disk_that_is_full_fails(monkeypatch: pytest.MonkeyPatch, free: int, verdict: str) -> None:
    """Where nothing more can be written a timer has to hear of it."""
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: SimpleNamespace(free=free))

    assert doctor.disk(read_settings()).verdict == verdict


def test_a_folder_that_takes_no_files_fails(program: Program) -> None:
    """Though there is room enough: files of messages would be refused."""
    (program.folder / "media").touch(0o600)

    said = program.run("doctor")

    assert (said.returncode, f"{program.folder / 'media'} takes no files: let the account" in said.stdout) == (1, True)


def test_a_key_that_was_lost_is_missed(program: Program) -> None:
    """Gone, or made anew by a start without it: the channels whose credentials it opened are counted."""
    program.done("channel", "add", "custom", "--name", "Shop", "--json")
    kept = program.folder / "secret_key"
    assert verdicts(program.done("doctor"))["secret"] == "warn"

    for found in (None, "k" * 40):
        kept.unlink(missing_ok=True)
        if found:
            kept.write_text(found)
            kept.chmod(0o600)
        said = program.run("doctor")
        assert said.returncode == 1
        assert "does not open the credentials of 1 channels" in said.stdout
        assert kept.exists() is bool(found)


def test_whatever_is_encrypted_with_a_lost_key_is_missed(program: Program) -> None:
    """Not only what channels have of their own: the credentials of most networks are a connection's."""
    program.environment["INBOX_SECRET_KEY"] = "o" * 40
    program.done("user", "add", "eva@example.org")
    sealer = Sealer(["o" * 40])
    with contextlib.closing(sqlite3.connect(program.folder / "inbox.sqlite3")) as store, store:
        (agent_id,) = store.execute("SELECT id FROM agent").fetchone()
        store.execute("UPDATE agent SET totp_sealed = ?", (sealer.seal("s", f"agent:{agent_id}:totp"),))
    assert verdicts(program.done("doctor"))["secret"] == "ok"

    program.environment["INBOX_SECRET_KEY"] = "n" * 40

    assert "does not open the second factors of 1 people" in program.run("doctor").stdout


def test_a_file_of_the_key_that_is_empty_fails(program: Program) -> None:
    """As a full disk leaves it: no other verb makes anything of it either."""
    (program.folder / "secret_key").write_text("")
    (program.folder / "secret_key").chmod(0o600)

    said = program.run("doctor")

    assert (said.returncode, "secret_key is empty: put the key back" in said.stdout) == (1, True)
    assert "secret_key is empty: put the key back" in program.refused("user", "list")


def test_a_database_that_refuses_is_told_in_one_line(empty: Program, postgres_url: str) -> None:
    """What drivers add to an error is left out."""
    empty.environment["INBOX_DATABASE_URL"] = postgres_url + "_gone"

    said = [line for line in empty.run("doctor").stdout.splitlines() if line.startswith("fail")]

    assert len(said) == 1
    assert "does not exist): check INBOX_DATABASE_URL" in said[0]


@pytest.mark.postgres
def test_indexes_of_another_collation_fail(empty: Program, postgres_url: str) -> None:
    """The image or the machine was upgraded, and texts are sorted otherwise: remedy and names are told."""
    name = postgres_url.rpartition("/")[2]
    empty.environment["INBOX_DATABASE_URL"] = postgres_url
    empty.done("migrate")
    assert "collation" not in empty.done("doctor")
    sorted_by = "datlocprovider = 'b', datlocale = 'C.UTF-8', datcollversion = '2.31'"  # `C` has none
    psql(postgres_url, f"UPDATE pg_database SET {sorted_by} WHERE datname = '{name}'")

    said = empty.run("doctor")

    assert said.returncode == 1
    assert "made with version 2.31 of its collation" in said.stdout
    assert f'REINDEX DATABASE "{name}"' in said.stdout


async def test_a_clock_that_is_off_is_measured() -> None:
    """The database's clock is compared with the middle of the question and its answer."""
    from inbox import clock

    async def ask() -> int:
        return clock.now() + 90 * clock.SECOND

    assert await doctor.clock_off(ask) == pytest.approx(90, abs=1)


def test_redis_that_lets_nobody_listen_fails(program: Program, redis_url: str) -> None:
    """An account that may connect and nothing else wakes nobody."""
    with redis.Redis.from_url(redis_url) as server:
        server.acl_setuser(
            "deaf", enabled=True, passwords=["+word"], commands=["+@all"], keys=["*"], reset_channels=True
        )
        try:
            program.environment["INBOX_REDIS_URL"] = redis_url.replace("//", "//deaf:word@")
            assert verdicts(program.run("doctor").stdout)["redis"] == "fail"
        finally:
            server.acl_deluser("deaf")
