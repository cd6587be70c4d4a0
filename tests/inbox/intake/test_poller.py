"""Polling: the cursor stands for rows that are there, and failures are told apart."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from connectors import registry
from connectors.contract import Connector, Context
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import Exchange, MailServer, Polled, WaitForMail
from connectors.inbound import Author, MessageReceived, Thread
from inbox import clock
from inbox.intake.poller import Poller
from inbox.storage.database import StoreUnavailable
from inbox.transport.reach import Reach
from tests.inbox.delivery.test_outbox import a_conversation
from tests.inbox.house import House, Network, Sql, house, running


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


def poller(
    home: House,
    channel_id: int,
    mailbox: Mailbox,
    instead: Callable[[int, SendError], Awaitable[SendError | None]] | None = None,
) -> Poller:
    """A poller of the channel."""
    courier = home.clients.courier(Reach())
    connector = mailbox.connector("custom")
    return Poller(channel_id, connector, home.contexts, home.receiver, home.writer, home.health, courier, instead)


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


class Doorbell:
    """A mailbox to wait in, whose server says what it is told to; the wait after the last answer is endless."""

    def __init__(self, *answers: bool | Exception) -> None:
        self._answers = list(answers)

    async def wait(self, request: WaitForMail) -> bool:
        """The next answer, at once."""
        if not self._answers:
            await asyncio.Event().wait()
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def in_a_mailbox(
    made: Poller, mailbox: Mailbox, bell: Doorbell, monkeypatch: pytest.MonkeyPatch, *, more: bool = False
) -> list[float]:
    """Have the poller wait at the bell. Returns the pauses it makes, none of which is waited for."""
    pauses: list[float] = []
    poll = mailbox.poll
    wait = WaitForMail(
        server=MailServer(host="mail.example", port=993, security="tls"), folder="INBOX", timeout_seconds=300
    )

    def waiting(cursor: str, ctx: Context) -> Exchange[Polled]:
        polled = yield from poll(cursor, ctx)
        return msgspec.structs.replace(polled, wait=wait, more=more and len(mailbox.cursors) < 7)

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(made, "_connector", replace(made._connector, poll=waiting))
    monkeypatch.setattr(made._courier, "wait", bell.wait)
    monkeypatch.setattr(made, "_sleep", pause)
    return pauses


async def test_a_mailbox_that_cries_wolf_is_asked_more_and_more_rarely(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that ends each IDLE at once is no reason to ask without a pause; one that was quiet starts anew."""
    mailbox = Mailbox()
    async with house(sqlite_url, tmp_path) as home:
        made = poller(home, await home.channel(), mailbox)
        pauses = in_a_mailbox(made, mailbox, Doorbell(*[True] * 6, False, True), monkeypatch)
        async with running(made.run()):
            while len(mailbox.cursors) < 9:
                await asyncio.sleep(0.01)
    assert pauses == [1.0, 2.0, 4.0]


async def test_pages_that_bring_nothing_new_are_not_asked_for_without_a_pause(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a server that numbers its mails anew each time: a second is enough, should they lead somewhere."""
    mailbox = Mailbox(items=1)
    async with house(sqlite_url, tmp_path) as home:
        made = poller(home, await home.channel(), mailbox)
        pauses = in_a_mailbox(made, mailbox, Doorbell(), monkeypatch, more=True)
        async with running(made.run()):
            while len(mailbox.cursors) < 7:
                await asyncio.sleep(0.01)
    assert pauses == [1.0, 1.0, 1.0]


async def test_a_fault_while_waiting_does_not_end_the_polling(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would end all that is done for the channel, a mail on its way among it. The admins hear of it, and at
    once of its end.
    """
    mailbox = Mailbox(items=1)
    async with house(sqlite_url, tmp_path) as home:
        await home.admin()
        made = poller(home, await home.channel(), mailbox)
        in_a_mailbox(made, mailbox, Doorbell(ZeroDivisionError("a fault of ours")), monkeypatch)
        async with running(made.run()):
            await home.until_column("SELECT count(*) FROM notification", [2])
    assert len(mailbox.cursors) == 2


async def test_what_the_answers_wait_for_is_not_over_because_questions_come(database_url: str, tmp_path: Path) -> None:
    """A mailbox that can be read says nothing of the server that should send: else admins would hear of one trouble
    again and again.
    """
    mailbox = Mailbox(items=1)
    async with house(database_url, tmp_path) as home:
        channel_id = await home.channel()
        conversation_id = await a_conversation(home, Network(), channel_id)
        await home.answer(conversation_id, "stuck")
        await home.writer.submit(Sql("UPDATE outbox SET reason = 'no answer', attempts = 5"))
        await home.health.channel(channel_id, "down", "no answer")
        async with running(poller(home, channel_id, mailbox).run()):
            await home.until_column("SELECT count(*) FROM channel WHERE caught_up_at IS NOT NULL", [1])
        assert await home.column("SELECT health FROM channel") == ["down"]


async def test_a_token_that_ended_while_the_service_stood_still_is_nobodys_concern(
    database_url: str, tmp_path: Path
) -> None:
    """Refused, it is refreshed and the poll repeated at once; where the server that gives credentials is away, that is
    what is told; and only where a person is needed it is said so.
    """
    mailbox = Mailbox(items=1)
    expired = SendError(SendErrorKind.REAUTH, "expired")
    becomes: list[SendError | None] = [None]

    async def instead(channel_id: int, refused: SendError) -> SendError | None:
        assert refused is expired
        return becomes[-1]

    async with house(database_url, tmp_path) as home:
        await home.admin()
        channel_id = await home.channel()
        mailbox.failures = [expired]
        made = poller(home, channel_id, mailbox, instead)
        async with running(made.run()):
            await home.until_column("SELECT count(*) FROM message", [1])
            assert await home.column("SELECT health FROM channel") == ["ok"]

            becomes.append(SendError(SendErrorKind.UNREACHABLE, "the sign-in is being mended"))
            mailbox.failures = [expired] * 10_000
            await _woken(made, home, "down")
            assert "being mended" in (await home.column("SELECT health_reason FROM channel"))[0]

            becomes.append(expired)
            await _woken(made, home, "needs_attention")


async def _woken(made: Poller, home: House, health: str) -> None:
    """Polled at once after each refusal, until the channel is so."""

    async def so() -> bool:
        made.wake()
        return bool(await home.column("SELECT health FROM channel") == [health])

    await home.until(so)
