"""What is sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from inbox.domain import events as e
from inbox.eventlog.show import Show
from inbox.webhooks.envelope import event_letter, read
from tests.inbox.webhooks.hall import SOURCE, Hall, hall


async def sent(there: Hall, position: int) -> dict[str, Any]:
    """The envelope of the event at a position, as it would be sent now."""
    show = Show(there.world.directory, lambda media: None)
    joined = await there.world.database.read(read, [position])
    found: dict[str, Any] = json.loads(event_letter(joined.events[position], joined, show, SOURCE).body)
    return found


async def test_the_envelope_is_a_cloud_event(database_url: str, tmp_path: Path) -> None:
    """The attributes that CloudEvents 1.0 requires, the position as its sequence, the event as the feed gives it."""
    async with hall(database_url, tmp_path, works=False) as there:
        await there.world.says("Where is my order?")
        position, conversation_id = (
            await there.rows("SELECT position, conversation_id FROM event WHERE type = 'message_received'")
        )[0]
        envelope = await sent(there, position)

        data = envelope.pop("data")
        time = envelope.pop("time")
        assert envelope == {
            "specversion": "1.0", "id": f"1-{position}", "source": SOURCE, "type": "inbox.message_received.v1",
            "datacontenttype": "application/json", "subject": f"conversations/{conversation_id}",
            "sequence": f"{position:020d}",
        }  # fmt: skip
        assert data["at"] == time
        assert set(data) == {
            "position", "type", "at", "conversation_id", "actor", "data", "conversation", "message",
        }  # fmt: skip


async def test_words_are_those_of_now(database_url: str, tmp_path: Path) -> None:
    """An event of the past tells what its item says when it is sent; one that was erased says nothing."""
    async with hall(database_url, tmp_path, works=False) as there:
        item = await there.world.says("my card is 4111")
        position = (await there.rows("SELECT position FROM event WHERE type = 'message_received'"))[0][0]
        await there.world.arrives(there.deletion(item))
        envelope = await sent(there, position)

        assert envelope["data"]["message"]["text"] == ""
        assert envelope["data"]["message"]["erased"] is True
        assert "4111" not in json.dumps(envelope)


async def test_an_event_of_no_conversation_has_neither_row_nor_item(sqlite_url: str, tmp_path: Path) -> None:
    """They are null, and there is no subject where it is about nothing that has an address."""
    async with hall(sqlite_url, tmp_path, works=False) as there:
        await there.emits(e.AttentionRaised(topic="disk"))
        envelope = await sent(there, await there.head())

        assert (envelope["data"]["conversation"], envelope["data"]["message"]) == (None, None)
        assert "subject" not in envelope


async def test_what_is_no_longer_kept_is_left_out(sqlite_url: str, tmp_path: Path) -> None:
    """A position that the log does not have gives nothing."""
    async with hall(sqlite_url, tmp_path, works=False) as there:
        joined = await there.world.database.read(read, [10_000])

        assert joined.events == {}
