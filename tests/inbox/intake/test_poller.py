"""Polling: the cursor stands for rows that are there, and failures are told apart."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors import registry
from connectors.contract import Connector, Context
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import Exchange, Polled
from connectors.inbound import Author, MessageReceived, Thread
from inbox import clock
from inbox.intake.poller import Poller
from inbox.storage.database import StoreUnavailable
from inbox.transport.reach import Reach
from tests.inbox.house import House, house, running


class Mailbox:
    """A network that is polled: items by number, a page at a time, with an overlap of one."""

    def __init__(self, items: int = 0) -> None:
        self.items = items
        self.failures: list[SendError | Exception] = []
        self.meanwhile: Callable[[], None] = lambda: None
        """What happens while it is asked."""
        self.cursors: list[str] = []

    def connector(self, network: str) -> Connector:
        """The custom connector, polled."""
        return replace(registry.connector(network), poll=self.poll)

    def poll(self, cursor: str, ctx: Context) -> Exchange[Polled]:
        """Up to three items from the one before the cursor on."""
        self.cursors.append(cursor)
        self.meanwhile()
        if self.failures:
            raise self.failures.pop(0)
        start = max(0, int(cursor or 0) - 1)
        numbers = range(start, min(start + 3, self.items))
        after = max(int(cursor or 0), start + len(numbers))
        return Polled(
            inbounds=tuple(_item(n) for n in numbers),
            raw=tuple(str(n).encode() for n in numbers),
            cursor=str(after),
            more=after < self.items,
            next_after_seconds=0.05,
        )
        yield


def _item(n: int) -> MessageReceived:
    return MessageReceived(
        dedupe_key=f"m{n}",
        occurred_at=clock.now(),
        thread=Thread(external_id="t", kind="direct", audience="private"),
        author=Author(external_id="p", name="Maria"),
        external_id=f"m{n}",
        text=f"item {n}",
    )


def poller(home: House, channel_id: int, mailbox: Mailbox) -> Poller:
    """A poller of the channel."""
    courier = home.clients.courier(Reach())
    connector = mailbox.connector("custom")
    return Poller(channel_id, connector, home.contexts, home.receiver, home.writer, home.health, courier)


async def test_everything_comes_once_and_the_channel_is_caught_up(database_url: str, tmp_path: Path) -> None:
    """Pages follow at once, the overlap is known, and the instant of being caught up is noted."""
    mailbox = Mailbox(items=7)
    async with house(database_url, tmp_path) as home:
        channel_id = await home.channel()
        async with running(poller(home, channel_id, mailbox).run()):
            await home.until_column("SELECT count(*) FROM message", [7])
            await home.until_column("SELECT cursor FROM cursor", ["7"])
            await home.until_column("SELECT count(*) FROM channel WHERE caught_up_at IS NOT NULL", [1])
        assert await home.column("SELECT count(*) FROM raw") == [7]


async def test_a_cursor_is_not_moved_when_its_rows_are_not_written(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that fails between asking and committing makes the poller ask again from the same place."""
    mailbox = Mailbox(items=2)
    async with house(database_url, tmp_path) as home:
        channel_id = await home.channel()
        await home.directory.fresh()
        made = poller(home, channel_id, mailbox)
        write = home.database.write

        async def failing(*args: Any, **more: Any) -> Any:
            raise StoreUnavailable("the disk is gone")

        monkeypatch.setattr(home.database, "write", failing)
        with pytest.raises(StoreUnavailable):
            await made.once("")
        monkeypatch.setattr(home.database, "write", write)

        async with running(made.run()):
            await home.until_column("SELECT cursor FROM cursor", ["2"])
        assert mailbox.cursors[:2] == ["", ""]
        assert await home.column("SELECT count(*) FROM message") == [2]


async def test_a_network_that_fails_is_told_and_polled_again(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One failure is weather; several are a channel that is down, until it answers again."""
    monkeypatch.setattr("inbox.intake.poller.delay_after", lambda error, failures: 0.01)
    mailbox = Mailbox(items=1)
    mailbox.failures = [SendError(SendErrorKind.UNREACHABLE, "HTTP 502") for _ in range(4)]
    async with house(database_url, tmp_path) as home:
        await home.admin()
        channel_id = await home.channel()
        async with running(poller(home, channel_id, mailbox).run()):
            await home.until_column("SELECT count(*) FROM message", [1])
            await home.until_column("SELECT health FROM channel", ["ok"])
        assert await home.column("SELECT kind FROM notification ORDER BY id") == ["attention_channel", "mended_channel"]


async def test_a_network_that_wants_to_be_left_alone_for_a_week_is_told(database_url: str, tmp_path: Path) -> None:
    """Nothing comes meanwhile: the admins hear of it, with the remedy, and once more when it is over."""
    mailbox = Mailbox(items=1)
    mailbox.failures = [SendError(SendErrorKind.THROTTLED, "HTTP 429", until=clock.now() + 7 * clock.DAY)]
    async with house(database_url, tmp_path) as home:
        await home.admin()
        channel_id = await home.channel()
        made = poller(home, channel_id, mailbox)
        async with running(made.run()):
            await home.until_column("SELECT health FROM channel", ["down"])
            made.wake()
            await home.until_column("SELECT health FROM channel", ["ok"])
        told = await home.rows("SELECT kind, detail FROM notification ORDER BY id")
    assert [kind for kind, _ in told] == ["attention_channel", "mended_channel"]
    assert told[0][1].startswith("Shop: The network wants to be left alone for long: HTTP 429.")


async def test_a_refused_sign_in_needs_attention_and_moves_no_cursor(database_url: str, tmp_path: Path) -> None:
    """Only an admin can mend it; waking polls again at once."""
    mailbox = Mailbox(items=1)
    mailbox.failures = [SendError(SendErrorKind.REAUTH, "token revoked")]
    async with house(database_url, tmp_path) as home:
        channel_id = await home.channel()
        made = poller(home, channel_id, mailbox)
        async with running(made.run()):
            await home.until_column("SELECT health FROM channel", ["needs_attention"])
            assert await home.rows("SELECT cursor FROM cursor") == []
            made.wake()
            await home.until_column("SELECT health FROM channel", ["ok"])


async def test_what_changes_while_the_network_is_asked_is_tried_at_once(sqlite_url: str, tmp_path: Path) -> None:
    """Credentials that were renewed before the old ones were refused do not wait for minutes."""
    mailbox = Mailbox(items=1)
    mailbox.failures = [SendError(SendErrorKind.REAUTH, "token revoked")]
    async with house(sqlite_url, tmp_path) as home:
        made = poller(home, await home.channel(), mailbox)

        def renewed() -> None:
            mailbox.meanwhile = lambda: None
            made.wake()

        mailbox.meanwhile = renewed
        async with running(made.run()):
            await home.until_column("SELECT cursor FROM cursor", ["1"])


async def test_a_fault_of_the_connector_does_not_end_the_polling(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error nobody expected is logged, the channel is down, and polling goes on."""
    monkeypatch.setattr("inbox.intake.poller.delay_seconds", lambda failures, first, longest: 0.01)
    mailbox = Mailbox(items=1)
    mailbox.failures = [ZeroDivisionError("a fault of ours")]
    async with house(database_url, tmp_path) as home:
        channel_id = await home.channel()
        async with running(poller(home, channel_id, mailbox).run()):
            await home.until_column("SELECT count(*) FROM message", [1])
