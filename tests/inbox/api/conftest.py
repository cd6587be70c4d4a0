"""A running API for each test: `service` on SQLite, `stored_service` on both engines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.inbox.api.running_api import Service, running


@pytest.fixture
async def service(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    """The API on SQLite."""
    async with running(sqlite_url, tmp_path) as made:
        yield made


@pytest.fixture
async def stored_service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    """The API on SQLite and on PostgreSQL."""
    async with running(database_url, tmp_path) as made:
        yield made
