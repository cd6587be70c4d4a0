"""Fixtures for all tests: real servers, started when first asked for, once per test process.

`database_url` runs a test on both engines. Another PostgreSQL or Redis than the suite's own is
named by INBOX_TEST_DATABASE_URL (an account that may create databases) and INBOX_TEST_REDIS_URL
(a database that may be emptied).
"""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings
from playwright.async_api import Browser, async_playwright

from tests import mail_server as mail
from tests import optional, processes
from tests.browser import FLAGS, find_chromium
from tests.mail_server import MailServer
from tests.servers import Postgres, Valkey, empty_redis, fresh_database

# Drawn with all that is around it, as by default, a traceback takes up to a second.
structlog.configure(processors=[structlog.processors.format_exc_info, *structlog.get_config()["processors"]])

# How long an example takes is the machine's affair: nothing is judged by it.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

#: Fixture asked for -> marker that the test gets by itself, so that `-m` can leave it out.
MARKER_OF_FIXTURE = {
    "postgres_url": "postgres",
    "postgres_server_url": "postgres",
    "chromium": "browser",
    "mail_server": "mail",
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the servers they ask for; those with mail share one test process."""
    for item in items:
        for fixture, marker in MARKER_OF_FIXTURE.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)
        if item.get_closest_marker("mail"):
            item.add_marker(pytest.mark.xdist_group("mail"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line which tests did not run here, and how to run them."""
    skipped = terminalreporter.stats.get("skipped", [])
    # A skip's longrepr is (path, line, reason).
    line = optional.summary([report.longrepr[2] for report in skipped])
    if line:
        terminalreporter.write_line(line, yellow=True)


@pytest.fixture
def free_port() -> int:
    """A loopback TCP port that nobody listens on at this moment."""
    return processes.free_port()


@pytest.fixture(scope="session")
def postgres_server_url() -> Iterator[str]:
    """The URL of a PostgreSQL server on which databases can be made."""
    if other := os.environ.get("INBOX_TEST_DATABASE_URL"):
        yield other
        return
    server = Postgres()
    try:
        server.start()
        yield server.url
    finally:
        server.close()


@pytest.fixture
def postgres_url(postgres_server_url: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of the test's own."""
    with fresh_database(postgres_server_url) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'inbox.sqlite3'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database: each test that asks runs on SQLite and on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def redis_server_url() -> Iterator[str]:
    """The URL of a Redis-compatible server, shared by the tests of one process."""
    if other := os.environ.get("INBOX_TEST_REDIS_URL"):
        yield other
        return
    server = Valkey()
    try:
        server.start()
        yield server.url
    finally:
        server.close()


@pytest.fixture
def redis_url(redis_server_url: str) -> str:
    """The URL of an empty Redis database."""
    empty_redis(redis_server_url)
    return redis_server_url


@pytest.fixture(scope="module")
def mail_server() -> Iterator[MailServer]:
    """A running Dovecot and Postfix for one test module; mail that a test leaves is seen by the next one in it."""
    if what := mail.missing():
        optional.not_found(what)
    server = MailServer()
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The path of the machine's Chromium."""
    found = find_chromium()
    if found is None:
        optional.not_found("chromium")
    return found


@pytest.fixture
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    """A Chromium of the test's own, driven by Playwright; open contexts and pages on it."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=str(chromium), args=list(FLAGS))
        yield launched
        await launched.close()
