"""`inbox doctor`: a verdict a line, a remedy where one is needed."""

from __future__ import annotations

import pytest

from inbox.cli import doctor
from inbox.cli.opened import read_settings
from tests.inbox.cli.program import Program


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
    ("host", "public_url", "verdict"),
    [("127.0.0.1", "", "ok"), ("::", "", "warn"), ("::", "https://inbox.example.org", "ok")],
)
def test_an_address_open_to_others_should_be_encrypted(host: str, public_url: str, verdict: str) -> None:
    """Plain http is fine on this machine alone."""
    settings = read_settings(host=host, public_url=public_url)

    assert doctor.address(settings).verdict == verdict


async def test_a_clock_that_is_off_is_measured() -> None:
    """The database's clock is compared with the middle of the question and its answer."""
    from inbox import clock

    async def ask() -> int:
        return clock.now() + 90 * clock.SECOND

    assert await doctor.clock_off(ask) == pytest.approx(90, abs=1)
