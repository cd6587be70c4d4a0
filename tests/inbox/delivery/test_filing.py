"""Copies of what was sent: filed after the answer was recorded, each once, whatever becomes of the mail server."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.contract import Connector, Context
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import Exchange, MailServer, StoreMail
from connectors.outbound import Part, Receipt
from tests.inbox.delivery.test_outbox import PARTS, STATES, sending
from tests.inbox.house import Sql
from tests.inbox.transport.peers import serve

File = Callable[[Part, str, Context, bool], Exchange[None]]


def filing(file: File) -> Callable[[Connector], Connector]:
    """A network of which each part leaves a copy to file."""

    def send(part: Part, ctx: Context) -> Exchange[Receipt]:
        return Receipt(external_id=part.key, copy="sent at noon")
        yield

    return lambda connector: replace(connector, send=send, file=file)


async def test_a_mail_server_that_hangs_holds_up_no_answer(database_url: str, tmp_path: Path) -> None:
    """Every answer is accepted while the first copy is still being filed."""
    asked = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()

    async with serve(silent) as peer:

        def file(part: Part, copy: str, ctx: Context, again: bool) -> Exchange[None]:
            yield StoreMail(
                server=MailServer(host="127.0.0.1", port=peer.port, security="none"), folder="Sent", message=b"x"
            )

        async with sending(database_url, tmp_path, change=filing(file)) as (home, _, _, conversation_id):
            await home.answer(conversation_id, "one")
            async with asyncio.timeout(20):
                await asked.wait()
            await home.answer(conversation_id, "two")

            await home.until_column(STATES, ["accepted", "accepted"])
            assert await home.column("SELECT kind FROM job") == ["file", "file"]


async def test_a_copy_is_filed_again_until_it_is_there(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a failure it is told that it may be there already; once filed, nothing of it is left to do."""
    monkeypatch.setattr("inbox.intake.jobs.delay_seconds", lambda attempts, first, longest: 0.01)
    filed: list[tuple[str, bool]] = []

    def file(part: Part, copy: str, ctx: Context, again: bool) -> Exchange[None]:
        filed.append((copy, again))
        if len(filed) < 3:
            raise SendError(SendErrorKind.UNREACHABLE, "the mailbox is full")
        return
        yield

    async with sending(database_url, tmp_path, change=filing(file)) as (home, _, _, conversation_id):
        await home.answer(conversation_id, "one")

        await home.until_column(PARTS, ["accepted"])
        await home.until_column("SELECT count(*) FROM job", [0])
    assert filed == [("sent at noon", False), ("sent at noon", True), ("sent at noon", True)]


async def test_what_was_erased_meanwhile_is_not_filed(database_url: str, tmp_path: Path) -> None:
    """No copy appears of words that nobody is to have any more."""
    filed: list[str] = []

    def file(part: Part, copy: str, ctx: Context, again: bool) -> Exchange[None]:
        filed.append(copy)
        raise SendError(SendErrorKind.UNREACHABLE, "not now")
        yield

    async with sending(database_url, tmp_path, change=filing(file)) as (home, _, _, conversation_id):
        await home.answer(conversation_id, "one")
        await home.until_column("SELECT reason FROM job", ["not now"])

        await home.writer.submit(Sql("UPDATE outbox SET part = ''", "UPDATE job SET due_at = 0"))

        await home.until_column("SELECT count(*) FROM job", [0])
    assert len(filed) == 1
