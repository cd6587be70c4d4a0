"""An office on each engine."""

from collections.abc import AsyncIterator

import pytest

from tests.inbox.automation.office import Office, office


@pytest.fixture
async def there(database_url: str) -> AsyncIterator[Office]:
    """A desk with rules whose clock stands still."""
    async with office(database_url) as made:
        yield made
