"""Quarantine, attention, notifications."""

from __future__ import annotations

from inbox import clock
from inbox.clock import iso
from inbox.domain.records import Notification, Raw
from inbox.domain.state import State
from inbox.eventlog.unit import Unit
from inbox.storage import health, rows
from inbox.storage.database import Query
from tests.inbox.api.running_api import Service, code_of


class _Held(Unit):
    """Some deliveries in quarantine."""

    def __init__(self, count: int) -> None:
        self.count = count

    def decide(self, state: State) -> list[int]:
        """Put them in."""
        held = [
            Raw(state.next_id(), 7, clock.now(), "quarantined", "no such field", "{}", b'{"odd": "\xff"}')
            for _ in range(self.count)
        ]
        for one in held:
            state.add(one)
        return [one.id for one in held]


class _Told(Unit):
    """A notification for some agents."""

    alone = True

    def __init__(self, *agent_ids: int) -> None:
        self.agent_ids = agent_ids

    def run(self, state: State) -> Query[list[int]]:
        """Write them."""
        made = [
            Notification(state.next_id(), a, "mention", None, None, "look", state.now, None) for a in self.agent_ids
        ]
        for one in made:
            yield from rows.add(one)
        return [one.id for one in made]


async def test_the_quarantine_is_read_page_by_page(stored_service: Service) -> None:
    """Newest first, each once, by cursor; a cursor of another list is refused."""
    ids = await stored_service.deps.writer.submit(_Held(5))
    client = await stored_service.client("admin")

    first = (await client.get("/quarantine?limit=3")).json()
    second = (await client.get("/quarantine", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    elsewhere = await client.get("/notifications", params={"cursor": first["next_cursor"]})

    assert [one["id"] for one in first["items"] + second["items"]] == [str(i) for i in reversed(ids)]
    assert second["next_cursor"] is None
    assert first["items"][0]["size_bytes"] == 12
    assert code_of(elsewhere) == "bad_cursor"


async def test_a_delivery_is_replayed(service: Service) -> None:
    """The admin sees what was sent, even where it is no text, and has it taken in again."""
    (raw_id,) = await service.deps.writer.submit(_Held(1))
    client = await service.client("admin")

    seen = (await client.get(f"/quarantine/{raw_id}")).json()
    replayed = await client.post(f"/quarantine/{raw_id}/replay")

    assert seen["body"] == '{"odd": "\ufffd"}'
    assert replayed.status_code == 200
    assert service.replayed == [raw_id]


async def test_what_needs_an_admin_is_listed(service: Service) -> None:
    """Oldest first, with what it concerns."""
    raised_at = clock.now()
    await service.deps.database.write(lambda: health.raise_("channel", 7, "signed out", raised_at))
    await service.deps.database.write(lambda: health.raise_("disk", 0, "95 % full", raised_at + 1_000_000))

    items = (await (await service.client("admin")).get("/attention")).json()["items"]

    assert items == [
        {"topic": "channel", "ref": "7", "detail": "signed out", "raised_at": iso(raised_at)},
        {"topic": "disk", "ref": None, "detail": "95 % full", "raised_at": iso(raised_at + 1_000_000)},
    ]


async def test_notifications_are_read_one_by_one_or_all(stored_service: Service) -> None:
    """One's own only: a colleague's is not there for one, and stays unread."""
    agent_id, other_id = (stored_service.agents[who].id for who in ("agent", "admin"))
    ids = await stored_service.deps.writer.submit(_Told(agent_id, agent_id, other_id))
    client, other = await stored_service.client("agent"), await stored_service.client("admin")

    async def unread(of: object) -> list[str]:
        items = (await of.get("/notifications")).json()["items"]  # type: ignore[attr-defined]
        return [one["id"] for one in items if not one["read"]]

    assert await unread(client) == [str(ids[1]), str(ids[0])]
    assert (await client.put(f"/notifications/{ids[1]}/read")).status_code == 204
    assert await unread(client) == [str(ids[0])]
    assert code_of(await client.put(f"/notifications/{ids[2]}/read")) == "not_found"
    assert (await client.put("/notifications/read")).status_code == 204
    assert await unread(client) == []
    assert await unread(other) == [str(ids[2])]
