"""What an admin hears of a channel before its customers do."""

from pathlib import Path

import pytest

from connectors import registry
from inbox import clock
from inbox.delivery import watch
from inbox.delivery.watch import Watch
from tests.inbox.delivery.test_outbox import a_conversation
from tests.inbox.house import House, Network, house, network, running

RAISED = "SELECT topic FROM attention ORDER BY topic"


def watching(home: House, channel_id: int) -> Watch:
    """A watch that looks often."""
    return Watch(channel_id, registry.connector("custom"), home.contexts, home.health, seconds=0.02)


async def test_answers_that_wait_too_long_are_told_once_and_once_when_sent(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The admins hear of a backlog and of its end, with the channel's name."""
    monkeypatch.setattr(watch, "BACKLOG", 0)
    async with house(database_url, tmp_path) as home:
        await home.admin()
        channel_id = await home.channel()
        conversation_id = await a_conversation(home, Network(), channel_id)
        await home.answer(conversation_id, "stuck")
        async with running(watching(home, channel_id).run()):
            await home.until_column(RAISED, ["backlog"])
            await home.settle_outbox()
            await home.until_column(RAISED, [])
        told = await home.rows("SELECT kind, detail FROM notification ORDER BY id")
    assert [kind for kind, _ in told] == ["attention_backlog", "mended_backlog"]
    assert told[0][1].startswith("Shop: 1 answers wait")


async def test_a_backlog_says_why_it_came_to_be(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the words of the network where it refused, so that the admin knows whether there is anything to mend."""
    monkeypatch.setattr(watch, "BACKLOG", 0)
    async with network() as far, house(database_url, tmp_path) as home:
        await home.admin()
        channel_id = await home.channel(outbound_url=far.url)
        far.statuses, far.retry_after = [429], str(7 * 86_400)
        async with running(home.holder().run()):
            await home.answer(await a_conversation(home, far, channel_id), "stuck")
            await home.until_column("SELECT count(*) FROM outbox WHERE reason <> ''", [1])
        async with running(watching(home, channel_id).run()):
            await home.until_column(RAISED, ["backlog"])
        [detail] = await home.column("SELECT detail FROM notification")
    assert "asked us to slow down" in detail


@pytest.mark.parametrize(("days", "raised"), [(3, ["token_ending"]), (30, []), (-1, ["token_ending"])])
async def test_a_sign_in_that_will_end_is_told_a_week_before(
    sqlite_url: str, tmp_path: Path, days: int, raised: list[str]
) -> None:
    """Where nothing renews it, a person has to, and has a week."""
    async with house(sqlite_url, tmp_path) as home:
        channel_id = await home.channel(expires_at=clock.now() + days * clock.DAY)
        looked = watching(home, channel_id)
        async with running(looked.run()):

            async def has_looked() -> bool:
                return "token_ending" in looked._raised

            await home.until(has_looked)
        assert await home.column(RAISED) == raised
