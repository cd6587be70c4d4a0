"""Installations to run verbs on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from inbox.storage.migrate import migrate
from tests.inbox.cli.program import Program
from tests.processes import free_port
from tests.servers import fresh_database


@pytest.fixture
def empty(tmp_path: Path) -> Program:
    """An SQLite installation that was never started."""
    return Program(tmp_path / "var", {"INBOX_PORT": str(free_port())})


@pytest.fixture
def program(empty: Program) -> Program:
    """An SQLite installation with an empty database."""
    asyncio.run(migrate(f"sqlite:///{empty.folder / 'inbox.sqlite3'}"))
    return empty


@pytest.fixture
def either(empty: Program, database_url: str) -> Program:
    """An installation with an empty database, on either engine."""
    empty.environment["INBOX_DATABASE_URL"] = database_url
    asyncio.run(migrate(database_url))
    return empty


@pytest.fixture
def second_postgres_url(postgres_server_url: str) -> Iterator[str]:
    """A PostgreSQL database beside the one that a test may have already."""
    with fresh_database(postgres_server_url) as url:
        yield url
