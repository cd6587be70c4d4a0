"""What `inbox doctor` says of the work: every trouble with its remedy, calm where there is none."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from inbox import clock
from inbox.cli.doctor import Line
from inbox.cli.work import work
from inbox.domain.records import OutboxPart, Raw
from inbox.domain.state import State
from inbox.domain.webhooks import Webhook
from inbox.eventlog.unit import Unit
from inbox.storage.database import Insert, Query, Save
from inbox.storage.tables import outbox, raw, webhook
from tests.inbox.house import House, house

NOW = clock.now()
_row = msgspec.structs.astuple


class Put(Unit):
    """Something that stands in a table."""

    alone = True

    def __init__(self, save: Insert) -> None:
        self.save = save

    def run(self, state: State) -> Query[None]:
        """Write it."""
        yield Save([self.save])


async def _of(home: House, thing: str = "") -> list[Line]:
    return [line async for line in work(home.database, NOW) if line.said.startswith(thing)]


async def test_an_installation_at_rest_is_well(database_url: str, tmp_path: Path) -> None:
    """Every line is ok: a channel that works, nothing in quarantine."""
    async with house(database_url, tmp_path) as home:
        await home.channel()

        assert await _of(home) == [Line("ok", "channels: 1 of 1 work"), Line("ok", "quarantine: empty")]


async def test_channels_that_do_not_work_are_named_with_the_remedy(database_url: str, tmp_path: Path) -> None:
    """One that waits for its network is a warning; one that waits for a person fails; one that is off is left out."""
    async with house(database_url, tmp_path) as home:
        down, revoked, off = [await home.channel() for _ in range(3)]
        await home.health.channel(down, "down", "HTTP 502", "unreachable")
        await home.health.channel(revoked, "needs_attention", "token revoked", "reauth")
        await home.health.channel(off, "down")
        await home.change_channel(off, active=0)

        found = [(line.verdict, line.said) for line in await _of(home, "channel")]

    assert [verdict for verdict, _ in found] == ["warn", "fail", "ok"]
    assert f"(id {down}, custom) is down: HTTP 502: what waits is sent when" in found[0][1]
    assert "needs you: token revoked: connect it again under Settings, Channels" in found[1][1]
    assert found[2][1] == "channels: 0 of 2 work"


async def test_sign_ins_that_end_are_told_in_time(database_url: str, tmp_path: Path) -> None:
    """A week ahead where nothing renews them; one that is over fails."""
    async with house(database_url, tmp_path) as home:
        for left in (30 * clock.DAY, 3 * clock.DAY + clock.HOUR, -clock.DAY):
            await home.channel(connection={"access_token": "a"}, expires_at=NOW + left)

        found = [(line.verdict, line.said.split(": ")[1]) for line in await _of(home, "sign-in")]

    assert found == [("warn", "that of Shop ends in 3 days"), ("fail", "that of Shop has ended")]


@pytest.mark.parametrize(("waited", "told"), [(clock.MINUTE, False), (2 * clock.HOUR, True)])
async def test_what_waits_too_long_to_be_sent_is_counted(
    database_url: str, tmp_path: Path, waited: int, told: bool
) -> None:
    """Not what was written a moment ago."""
    async with house(database_url, tmp_path) as home:
        part = OutboxPart(
            id=9, message_id=8, channel_id=await home.channel(), thread_id=7, purpose="message", part_index=0, of=1,
            key="k", part="", state="waiting", attempts=3, next_at=None, fence=0, effect_at=None, external_id=None,
            token="", error_kind="", reason="", actor_kind="agent", actor_id=1, created_at=NOW - waited, ended_at=None,
        )  # fmt: skip
        await home.writer.submit(Put(Insert(outbox, [_row(part)])))

        found = [line.said for line in await _of(home, "backlog")]

    said = "backlog: 1 answer of Shop to be sent, the oldest waits for 2 hours: see that the service runs"
    assert [one.startswith(said) for one in found] == ([True] if told else [])


async def test_quarantine_that_waits_is_told_with_the_verbs(database_url: str, tmp_path: Path) -> None:
    """How many, since when, and what to run."""
    async with house(database_url, tmp_path) as home:
        held = Raw(
            id=7, channel_id=await home.channel(), received_at=NOW - 3 * clock.DAY, state="quarantined", problem="half",
            headers="{}", body=b"{",
        )  # fmt: skip
        await home.writer.submit(Put(Insert(raw, [_row(held)])))

        (line,) = await _of(home, "quarantine")

    assert line.verdict == "warn"
    assert "1 delivery not understood, the oldest waits for 3 days" in line.said
    assert "`inbox quarantine replay`" in line.said


async def test_a_webhook_that_fails_or_was_switched_off_is_told(database_url: str, tmp_path: Path) -> None:
    """One that works is ok, one that fails is a warning, one that the service gave up on fails."""
    async with house(database_url, tmp_path) as home:
        for number, (active, since, why) in enumerate(
            [(1, None, ""), (1, NOW - 5 * clock.HOUR, ""), (0, NOW, "no answer for 5 days")]
        ):
            one = Webhook(
                id=100 + number, name=f"CRM {number}", url="https://crm.example", active=active, types="[]",
                networks="[]", channel_ids="[]", team_ids="[]", tag_ids="[]", sealed="", previous_until=None,
                since_position=0, failures=0, failing_since=since, paused_until=None, disabled_reason=why,
                created_by=None, created_at=NOW, version=1,
            )  # fmt: skip
            await home.writer.submit(Put(Insert(webhook, [_row(one)])))

        found = [(line.verdict, line.said) for line in await _of(home, "webhook")]

    assert [verdict for verdict, _ in found] == ["ok", "warn", "fail"]
    assert "has been failing for 5 hours, 0 events to be sent" in found[1][1]
    assert "was switched off: no answer for 5 days" in found[2][1]


async def test_what_else_admins_were_told_of_is_repeated(database_url: str, tmp_path: Path) -> None:
    """In the words they were told; what is looked at afresh is not said twice."""
    async with house(database_url, tmp_path) as home:
        await home.health.raised("disk", 0, "The disk is nearly full: free some.")
        await home.health.raised("quarantine", 0, "Something was set aside.")

        found = await _of(home)

    assert Line("warn", "disk: The disk is nearly full: free some.") in found
    assert not any("set aside" in line.said for line in found)
