"""Deliveries that could not be understood: listed, and replayed after a fix."""

from dataclasses import replace
from pathlib import Path

import pytest

from connectors import registry
from connectors.contract import Connector, Context
from connectors.errors import PayloadInvalid
from connectors.exchange import Request
from connectors.inbound import AnyInbound
from inbox import clock
from inbox.errors import Conflict, NotFound
from inbox.intake.hook import headers_kept
from inbox.intake.quarantine import Quarantine
from inbox.intake.receive import Arrived, Source
from tests.inbox.house import House, Network, house


class Fixable:
    """The custom connector with a fault that an update mends."""

    def __init__(self) -> None:
        self.broken = True

    def __call__(self, network: str) -> Connector:
        return replace(registry.connector(network), parse=self.parse)

    def parse(self, request: Request, ctx: Context) -> list[AnyInbound | Exception]:
        if self.broken:
            raise PayloadInvalid("a field nobody knew")
        parse = registry.connector("custom").parse
        assert parse is not None
        return parse(request, ctx)


async def quarantined(home: House, channel_id: int, far: Network, text: str, at: int) -> None:
    """A delivery that could not be read came at an instant."""
    await home.directory.fresh()
    request = far.writes("maria", text)
    source = Source(body=request.body, headers=headers_kept(request), problem="a field nobody knew")
    channel = home.directory.facts(channel_id)
    await home.receiver.take(Arrived(channel=channel, elements=(), sources=(source,), received_at=at))


async def test_what_is_mended_is_replayed_as_of_its_receipt(database_url: str, tmp_path: Path) -> None:
    """After the fix everything comes in, oldest first, with its own time, and admins hear that it is mended."""
    fixable, far = Fixable(), Network()
    async with house(database_url, tmp_path, find=fixable) as home:
        await home.admin()
        channel_id = await home.channel()
        quarantine = Quarantine(home.directory, home.contexts, home.receiver, home.writer, home.health)
        received_at = clock.now() - clock.HOUR
        await quarantined(home, channel_id, far, "first", received_at)
        await quarantined(home, channel_id, far, "second", received_at + clock.MINUTE)

        still = await quarantine.replay_all()
        fixable.broken = False
        mended = await quarantine.replay_all()

        assert (still, mended) == ((0, 2), (2, 0))
        assert await home.rows(
            "SELECT c.text, m.received_at FROM content c JOIN message m ON m.id = c.message_id ORDER BY m.id"
        ) == [
            ("first", received_at),
            ("second", received_at + clock.MINUTE),
        ]
        assert await home.column("SELECT state FROM raw") == ["replayed", "replayed"]
        assert await home.column("SELECT count(*) FROM raw_identity") == [2]
        assert await home.column("SELECT kind FROM notification ORDER BY id") == [
            "attention_quarantine",
            "mended_quarantine",
        ]


async def test_the_list_shows_what_waits_without_its_content(database_url: str, tmp_path: Path) -> None:
    """An admin sees when, from where, why and how large; newest first."""
    far = Network()
    async with house(database_url, tmp_path, find=Fixable()) as home:
        channel_id = await home.channel()
        quarantine = Quarantine(home.directory, home.contexts, home.receiver, home.writer, home.health)
        for text in ("one", "two", "three"):
            await quarantined(home, channel_id, far, text, clock.now())

        listed = await quarantine.listed(limit=2)
        rest = await quarantine.listed(before=listed[-1].id)

        assert [len(listed), len(rest)] == [2, 1]
        assert listed[0].id > listed[1].id > rest[0].id
        assert {one.problem for one in (*listed, *rest)} == {"a field nobody knew"}
        assert all(one.size_bytes > 0 for one in listed)


async def test_what_stays_unreadable_or_is_not_there_says_so(database_url: str, tmp_path: Path) -> None:
    """A replay that fails names the reason and leaves the delivery where it is."""
    far = Network()
    async with house(database_url, tmp_path, find=Fixable()) as home:
        channel_id = await home.channel()
        quarantine = Quarantine(home.directory, home.contexts, home.receiver, home.writer, home.health)
        await quarantined(home, channel_id, far, "one", clock.now())
        raw_id = (await quarantine.listed())[0].id

        with pytest.raises(Conflict, match="a field nobody knew"):
            await quarantine.replay(raw_id)
        with pytest.raises(NotFound):
            await quarantine.replay(raw_id + 1_000)

        assert await home.column("SELECT state FROM raw") == ["quarantined"]


async def test_a_mail_that_was_not_understood_is_taken_in_by_a_replay(database_url: str, tmp_path: Path) -> None:
    """What a poll kept raw is read again by its connector, though its network posts nothing."""
    mail = (
        b"From: Maria <maria@example.test>\r\nTo: help@example.test\r\nSubject: The jacket\r\n"
        b"Message-ID: <one@example.test>\r\nDate: Sun, 22 Nov 2026 08:00:00 +0000\r\n\r\nIs it there?\r\n"
    )
    async with house(database_url, tmp_path) as home:
        channel_id = await home.channel(
            "email",
            secrets={"password": "made up"},
            address="help@example.test",
            imap_host="mail.example.test",
            smtp_host="mail.example.test",
        )
        quarantine = Quarantine(home.directory, home.contexts, home.receiver, home.writer, home.health)
        await home.directory.fresh()
        await home.receiver.take(
            Arrived(
                channel=home.directory.facts(channel_id),
                elements=(),
                sources=(Source(body=mail, problem="inbox uid 7: a charset nobody knew"),),
                received_at=clock.now(),
            )
        )

        assert await quarantine.replay_all() == (1, 0)

        assert await home.column("SELECT text FROM content") == ["Is it there?"]
        assert await home.column("SELECT subject FROM conversation") == ["The jacket"]
