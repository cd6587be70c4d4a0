"""How much of what a network allows is used, as its answers say."""

from pathlib import Path

from connectors import registry
from connectors.exchange import HttpResponse
from inbox.delivery.allowance import Allowance
from inbox.storage import traffic
from tests.inbox.house import house, running


def told(percent: int) -> HttpResponse:
    """An answer of Graph."""
    return HttpResponse(status=200, headers={"x-app-usage": f'{{"call_count": {percent}}}'})


async def test_the_last_that_was_said_is_kept(database_url: str, tmp_path: Path) -> None:
    """Of many answers the last counts; one that says nothing of it takes nothing back."""
    async with house(database_url, tmp_path) as home:
        channel_id = await home.channel()
        allowance = Allowance(channel_id, registry.connector("messenger"), home.writer, seconds=0.02)
        async with running(allowance.run()):
            for percent in (12, 80, 34):
                allowance.heard(told(percent))
            allowance.heard(HttpResponse(status=200))
            await home.until_column("SELECT used_percent FROM allowance", [34])
            allowance.heard(told(91))
            await home.until_column("SELECT used_percent FROM allowance", [91])
        found = await home.database.read(traffic.allowance_of, channel_id)
        assert found is not None
        assert found[0] == 91


async def test_a_network_that_says_nothing_is_not_asked(sqlite_url: str, tmp_path: Path) -> None:
    """Where answers tell nothing, there is nothing to write, and the task ends."""
    async with house(sqlite_url, tmp_path) as home:
        allowance = Allowance(await home.channel(), registry.connector("telegram"), home.writer, seconds=60)
        allowance.heard(told(99))
        await allowance.run()
        assert await home.column("SELECT used_percent FROM allowance") == []
