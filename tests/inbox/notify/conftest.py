"""An office on each engine."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.inbox.notify.office import Office
from tests.inbox.notify.office import office as opened


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """Agents who are told, on a desk whose clock stands still."""
    async with opened(database_url, tmp_path) as made:
        yield made
