"""The networks' side of a process: what `inbox worker` runs, and `inbox run` beside the web side.

Intake's parts (contexts, receiver, quarantine) are needed by the web side too: it takes webhooks. Only the holder, the
timers and the upkeep belong to workers alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Callable
from functools import partial

import structlog

from connectors import inbound as net
from connectors.exchange import HttpRequest, HttpResponse
from connectors.outbound import Blob
from inbox import upkeep
from inbox.app import Inbox, every
from inbox.automation.availability import WATCH_SECONDS, Absences
from inbox.automation.routing import Router
from inbox.automation.running import Rules
from inbox.commands.due import unit_of
from inbox.commands.survey_asks import TIMERS, Asker
from inbox.delivery.channel import Tools
from inbox.delivery.clockwork import Clockwork
from inbox.delivery.connecting import Connecting
from inbox.delivery.holder import Holder
from inbox.delivery.lease import Leases
from inbox.delivery.signing_in import SigningIn
from inbox.delivery.withdrawing import Withdrawals
from inbox.eventlog.bus import OUTBOX, SIGNS
from inbox.ids import nonce
from inbox.intake import language
from inbox.intake.context import Contexts
from inbox.intake.door import Doors
from inbox.intake.endpoint import Hooks
from inbox.intake.health import Health
from inbox.intake.keys import Keys
from inbox.intake.learning import Learning
from inbox.intake.quarantine import Quarantine
from inbox.intake.readings import Model as ReadingModel
from inbox.intake.receive import Receiver
from inbox.mailer import OwnMail
from inbox.notify.keys import Keys as PushKeys
from inbox.notify.outgoing import Outgoing
from inbox.notify.reader import Reader as NoticeReader
from inbox.notify.running import Notifying
from inbox.notify.unsubscribe import Unsubscribe
from inbox.reports.desk import Reports
from inbox.reports.keeper import LOOK_SECONDS, keeper_of
from inbox.reports.mailing import Mailing
from inbox.reports.reader import Reader
from inbox.transport.courier import Clients
from inbox.transport.guard import Guard
from inbox.transport.http import HttpClient
from inbox.transport.images import Images
from inbox.transport.reach import Reach
from inbox.webhooks.running import Webhooks
from inbox.webhooks.sender import Sender

log = structlog.get_logger(__name__)

TIDY_SECONDS = 600.0
FORGET_SECONDS = 86_400.0
"""It looks at every name that any raw delivery has."""


class Networks:
    """Everything that talks to networks or hears them."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        sealer = inbox.sealer
        self.media = inbox.media
        guard = Guard(inbox.settings.allow_private)
        self.clients = Clients(guard, self.media, HttpClient(guard, self.media))
        self.keys = Keys(self._document)
        self.contexts = Contexts(
            inbox.directory,
            lambda sealed, place: sealer.open_fields(sealed, place),
            self.keys,
            public_url=inbox.settings.address,
            media_url=self._media_url,
        )
        inbox.heard.append(self.contexts.heard)
        self.push_keys = PushKeys(inbox.database, inbox.writer, sealer)
        self.health = Health(inbox.writer)
        self.on_typing = _Typing()
        self.receiver = Receiver(inbox.writer, self.media, self.health, on_typing=self.on_typing)
        self.quarantine = Quarantine(inbox.directory, self.contexts, self.receiver, inbox.writer, self.health)
        self.connecting = Connecting(
            self.contexts,
            self.clients,
            inbox.writer,
            self.health,
            lambda fields, place: sealer.seal_fields(dict(fields), place),
            sealer.open_fields,
            self.quarantine.adopt,
        )
        self.signing_in = SigningIn(self.contexts, self.clients, inbox.writer, sealer, self.connecting)
        withdrawals = Withdrawals(inbox.database, inbox.writer, self.connecting)
        doors = Doors(inbox.directory, self.contexts, self.receiver, inbox.writer, withdrawals)
        self.hooks = Hooks(inbox.directory, self.contexts, self.receiver, doors=doors)

    async def _document(self, url: str) -> bytes:
        """A network's published keys."""
        courier = self.clients.courier(Reach(url))
        try:
            answer = await courier.carry(HttpRequest(method="GET", url=url))
        finally:
            await courier.aclose()
        return answer.body if isinstance(answer, HttpResponse) and answer.status == 200 else b""

    def _media_url(self, blob: Blob) -> str:
        return self.inbox.links.blob_url(blob.sha256, blob.name)

    async def close(self) -> None:
        """Close connections."""
        await self.clients.aclose()


class _Typing:
    """Who is told that a customer types: nobody until the live side is there."""

    def __init__(self) -> None:
        self.tell: Callable[[int, net.TypingStarted], None] = lambda channel_id, typing: None

    def __call__(self, channel_id: int, typing: net.TypingStarted) -> None:
        self.tell(channel_id, typing)


@contextlib.asynccontextmanager
async def networks(inbox: Inbox) -> AsyncIterator[Networks]:
    """The parts that hear networks, closed at the end."""
    made = Networks(inbox)
    language.warm()
    reading = ReadingModel(inbox.database, inbox.later)
    await reading.load()
    inbox.heard.append(reading.heard)
    try:
        yield made
    finally:
        inbox.heard.remove(reading.heard)
        await made.close()


async def work(inbox: Inbox, made: Networks) -> None:
    """Send, poll, stream, fetch, fire timers and tidy until cancelled; what is being sent may end first."""
    leases = Leases(inbox.writer, f"{socket.gethostname()}:{os.getpid()}:{nonce()[:8]}")
    tools = Tools(
        made.contexts,
        inbox.writer,
        made.receiver,
        made.health,
        made.clients,
        Images(made.media),
        leases,
        lambda fields, place: inbox.sealer.seal_fields(dict(fields), place),
    )
    asker = Asker(inbox.database, inbox.directory, made.contexts.of, inbox.survey_links.url)
    clockwork = Clockwork(
        inbox.database, inbox.writer, lambda timer: asker.unit(timer) if timer.kind in TIMERS else unit_of(timer)
    )

    async def tidied() -> None:
        await upkeep.tidy(inbox.writer, inbox.settings.raw_days)
        await upkeep.sweep(inbox.database, made.media)
        await inbox.database.scrub()

    sender = Sender(made.clients.http, made.clients.guard, inbox.show, inbox.sealer, inbox.settings.address)
    webhooks = Webhooks(inbox.database, inbox.writer, inbox.directory, inbox.bus, sender)
    reader = NoticeReader(inbox.database, inbox.writer, inbox.directory, mails=bool(inbox.settings.mail_url))
    outgoing = Outgoing(
        inbox.database,
        inbox.writer,
        inbox.directory,
        made.clients.http,
        made.push_keys,
        address=inbox.settings.address,
        mail=OwnMail(inbox.settings, made.clients).send if inbox.settings.mail_url else None,
        unsubscribe=Unsubscribe(inbox.settings.keys(), inbox.settings.address).url,
    )
    mailing = Mailing(
        inbox.database,
        inbox.writer,
        inbox.directory,
        Reports(inbox.database, inbox.directory),
        address=inbox.settings.address,
        mail=OwnMail(inbox.settings, made.clients).send if inbox.settings.mail_url else None,
    )
    absences = Absences(inbox.database, inbox.writer, inbox.directory)
    rules = Rules(inbox.database, inbox.writer, inbox.directory, inbox.bus, made.contexts.of)
    keeper = keeper_of(inbox.database, inbox.writer)
    once = {
        "clockwork": clockwork.run,
        "webhooks": webhooks.run,
        "rules": rules.run,
        "notify": Notifying(inbox.writer, inbox.bus, reader, outgoing).run,
        "upkeep": lambda: every(TIDY_SECONDS, tidied, "upkeep"),
        "names": lambda: every(FORGET_SECONDS, partial(upkeep.forget_names, inbox.database, inbox.writer), "names"),
        "report_mails": mailing.run,
        "reports": Reader(inbox.database, inbox.writer, inbox.bus).run,
        "tallies": lambda: every(LOOK_SECONDS, keeper.look, "tallies"),
        "readings": Learning(inbox.database, inbox.writer).run,
        "routing": Router(inbox.database, inbox.writer, inbox.directory, inbox.bus).run,
        "absences": lambda: every(WATCH_SECONDS, absences.look, "absences"),
    }
    holder = Holder(tools, once=once)
    inbox.writer.listeners += [holder.committed, clockwork.committed]
    inbox.heard += [holder.heard, webhooks.heard, rules.heard]
    stops = [
        inbox.bus.listen(OUTBOX, lambda payload: holder.woken(int(payload)) if payload.isdigit() else None),
        inbox.bus.listen(SIGNS, holder.signed),
    ]
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(holder.run(), name="holder")
            group.create_task(made.health.watch_disk(made.media), name="disk")
    finally:
        for stop in stops:
            stop()
        inbox.heard.remove(holder.heard)
        inbox.heard.remove(webhooks.heard)
        inbox.heard.remove(rules.heard)
        inbox.writer.listeners.remove(holder.committed)
        inbox.writer.listeners.remove(clockwork.committed)
