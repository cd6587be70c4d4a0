"""A desk on each engine."""

from collections.abc import AsyncIterator

import pytest

from tests.inbox.desk import Desk
from tests.inbox.desk import desk as opened


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    """Agents who answer in a small world whose clock stands still."""
    async with opened(database_url) as made:
        yield made
