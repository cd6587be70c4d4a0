"""What waited to be sent by a channel that an admin disconnected."""

from pathlib import Path

from inbox.commands.channels import RemoveChannel
from inbox.delivery.withdrawing import NETWORK
from inbox.seal import Sealer
from tests.inbox.delivery.test_outbox import PARTS, STATES, a_conversation, dies_sending, sending
from tests.inbox.house import House, house, network, running

REASONS = "SELECT delivery_reason FROM message WHERE direction = 'out' ORDER BY id"


async def disconnect(home: House, channel_id: int) -> None:
    """An admin disconnects the channel."""
    await home.writer.submit(RemoveChannel(NETWORK, Sealer(["k" * 40]), channel_id, None))


async def test_what_waits_when_its_channel_is_disconnected_ends_in_words(database_url: str, tmp_path: Path) -> None:
    """Nothing looks for ever as if it were about to leave: the answer is refused with the reason, its wait goes on."""
    async with sending(database_url, tmp_path) as (home, far, channel_id, conversation_id):
        far.statuses, far.retry_after = [429], "3600"
        await home.answer(conversation_id, "first", parts=2)
        await home.answer(conversation_id, "second")
        await home.until_column("SELECT attempts FROM outbox WHERE id = (SELECT min(id) FROM outbox)", [1])

        await disconnect(home, channel_id)

        await home.until_column(STATES, ["refused", "refused"])
        assert await home.column(PARTS) == ["refused", "cancelled", "refused"]
        assert all("It was disconnected." in reason for reason in await home.column(REASONS))
        assert await home.column("SELECT count(*) FROM wait WHERE ended_at IS NULL") == [1]
    assert far.effects == []


async def test_what_was_under_way_may_have_arrived(database_url: str, tmp_path: Path) -> None:
    """A part whose holder died while its channel was disconnected is `unknown`, and is not sent."""
    async with network() as far, house(database_url, tmp_path) as home:
        channel_id = await home.channel(outbound_url=far.url)
        conversation_id = await a_conversation(home, far, channel_id)
        await dies_sending(home, far, conversation_id)
        await disconnect(home, channel_id)

        async with running(home.holder().run()):
            await home.until_column(STATES, ["unknown"])
    assert [text for _, text in far.effects] == ["half"]


async def test_a_channel_that_is_only_switched_off_keeps_what_waits(database_url: str, tmp_path: Path) -> None:
    """Switched on again it sends what was written meanwhile."""
    async with sending(database_url, tmp_path) as (home, _, channel_id, conversation_id):
        await home.change_channel(channel_id, active=0)
        await home.answer(conversation_id, "later")
        await home.change_channel(channel_id)

        await home.until_column(STATES, ["accepted"])
