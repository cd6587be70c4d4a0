"""The browsers' side of a process: API, live sockets, webhooks, chat, media, the web app. What `inbox web` runs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import cache
from typing import Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from connectors import inbound as net
from connectors.contract import Capability
from connectors.registry import manifest, networks
from inbox import clock
from inbox.api.app import api_routes
from inbox.api.attachments import media_routes
from inbox.api.deps import Deps
from inbox.api.oauth import oauth_routes
from inbox.api.pages import Cursors
from inbox.api.survey_page import survey_routes
from inbox.app import Inbox
from inbox.auth import Auth
from inbox.automation.dry_runs import DryRuns
from inbox.delivery.signs import TYPING_SECONDS, SignKind, encoded, sign_of
from inbox.domain.records import Conversation, Identity, Thread
from inbox.eventlog.bus import SIGNS
from inbox.health import health_routes
from inbox.live.asyncapi import asyncapi_route
from inbox.live.desk import Desk
from inbox.live.frames import Mine
from inbox.mailer import OwnMail
from inbox.notify.unsubscribe import Unsubscribe
from inbox.reports.desk import Reports
from inbox.static import served_from, static_routes
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query
from inbox.webchat.endpoint import WebchatDeps, webchat_routes
from inbox.webchat.rooms import Rooms
from inbox.worker import Networks


class Web:
    """The parts that serve browsers."""

    def __init__(self, inbox: Inbox, networks: Networks, *, extra: list[BaseRoute] | None = None) -> None:
        self.inbox = inbox
        self.networks = networks
        settings = inbox.settings
        self.cursors = Cursors(settings.keys()[0].encode())
        self.auth = Auth(
            settings,
            inbox.database,
            inbox.writer,
            inbox.directory,
            lambda unit: inbox.later(inbox.writer.submit(unit), "seen"),
        )
        self.desk = Desk(
            database=inbox.database,
            writer=inbox.writer,
            directory=inbox.directory,
            show=inbox.show,
            bus=inbox.bus,
            public_url=settings.address,
            authenticate=self.auth.principal_of_socket,
            cursor_of=lambda view, after: self.cursors.make(f"conversations:view={view}", list(after)),
        )
        networks.on_typing.tell = self._customer_types
        self.rooms = Rooms(inbox.database, inbox.bus)
        self.desk.typing_out = self._agent_types
        self._told_at: dict[int, int] = {}
        self.deps = Deps(
            settings=settings,
            database=inbox.database,
            writer=inbox.writer,
            directory=inbox.directory,
            show=inbox.show,
            auth=self.auth,
            sealer=inbox.sealer,
            cursors=self.cursors,
            context_of=networks.contexts.of,
            media=networks.media,
            links=inbox.links,
            bus=inbox.bus,
            reports=Reports(inbox.database, inbox.directory),
            dry_runs=DryRuns(inbox.database, inbox.writer, inbox.directory, inbox.later),
            pushing=networks.push_keys,
            claims=self.desk.presence,
            tell_mine=self._tell_mine,
            connect=networks.connecting.connect,
            disconnect=networks.connecting.disconnect,
            replay=self._replay,
            authorise_url=networks.connecting.authorise_url,
            redeem=networks.connecting.redeem,
            signing_in=networks.signing_in,
            templates=networks.connecting.templates,
            made_secrets=networks.connecting.made,
            mail=OwnMail(settings, networks.clients).send if settings.mail_url else None,
        )
        app = Starlette(
            routes=[
                *health_routes(inbox, self.desk.hub, self.desk.tail),
                *self.desk.routes(),
                *(extra or []),
                asyncapi_route(settings.address),
                *api_routes(self.deps),
                *media_routes(self.deps),
                *oauth_routes(self.deps),
                *survey_routes(self.deps),
                *webchat_routes(self._webchat(networks)),
                *Unsubscribe(settings.keys(), settings.address).routes(inbox.writer),
                *static_routes(),
            ]
        )
        app.state.hub = self.desk.hub
        self.app = networks.hooks.before(app)

    def _webchat(self, networks: Networks) -> WebchatDeps:
        inbox = self.inbox
        return WebchatDeps(
            database=inbox.database,
            writer=inbox.writer,
            contexts=networks.contexts,
            media=networks.media,
            rooms=self.rooms,
            throttle=self.deps.throttle,
            secret_keys=tuple(inbox.settings.keys()),
            public_url=inbox.settings.address,
            widget_dir=served_from() / "widget",
            media_url=inbox.media_url,
            on_typing=self._customer_types,
        )

    def _tell_mine(self, agent_id: int, what: dict[str, Any]) -> None:
        """An agent's own news: to his other windows, and a read mark to the visitor who wrote."""
        self.desk.tell(agent_id, Mine(**what))
        for conversation_id in what.get("read", {}):
            self.rooms.desk_read(int(conversation_id))
            self._tell_customer(int(conversation_id), None, "seen")

    def _agent_types(self, conversation_id: int, thread_id: int | None, on: bool) -> None:
        """To the visitor of a chat at once; to a network as often as it has to be said."""
        self.rooms.typing_out(conversation_id, thread_id, on)
        now, pause = clock.monotonic(), round(TYPING_SECONDS * clock.SECOND)
        if on and now - self._told_at.get(conversation_id, now - pause) >= pause:
            self._told_at = {key: at for key, at in self._told_at.items() if now - at < clock.MINUTE}
            self._told_at[conversation_id] = now
            self._tell_customer(conversation_id, thread_id, "typing")

    def _tell_customer(self, conversation_id: int, thread_id: int | None, kind: SignKind) -> None:
        async def tell() -> None:
            sign = await self.inbox.database.read(
                sign_of, conversation_id, thread_id, kind, on=True, can=_capabilities()
            )
            if sign is not None:
                self.inbox.bus.publish(SIGNS, encoded(sign))

        self.inbox.later(tell(), "sign")

    async def _replay(self, raw_id: int) -> None:
        await self.networks.quarantine.replay(raw_id)

    def _customer_types(self, channel_id: int, typing: net.TypingStarted) -> None:
        async def tell() -> None:
            found = await self.inbox.database.read(_thread, channel_id, typing.thread_id)
            if found is not None:
                conversation, thread, name = found
                self.desk.customer_types(conversation, thread.id, typing.author.name or name)

        self.inbox.later(tell(), "typing")


@cache
def _capabilities() -> dict[str, dict[str, Capability]]:
    return {name: {str(kind): one for kind, one in manifest(name).kinds.items()} for name in networks()}


def _thread(channel_id: int, external_id: str) -> Query[tuple[Conversation, Thread, str] | None]:
    """A thread with its conversation and the name of whoever began it."""
    rows = yield ByKeys(t.thread, [(channel_id, external_id)], ("channel_id", "external_id"))
    if not rows:
        return None
    thread = Thread(*rows[0])
    rows = yield ByKeys(t.conversation, [thread.conversation_id])
    if not rows:
        return None
    conversation = Conversation(*rows[0])
    people = (yield ByKeys(t.identity, [thread.identity_id])) if thread.identity_id is not None else []
    return conversation, thread, Identity(*people[0]).name if people else ""


@contextlib.asynccontextmanager
async def web(inbox: Inbox, networks: Networks, *, extra: list[BaseRoute] | None = None) -> AsyncIterator[Web]:
    """The web side with its live tasks; on leaving, sockets are told to come back."""
    made = Web(inbox, networks, extra=extra)
    await made.desk.tail.open()
    tasks = [
        asyncio.create_task(made.desk.run(), name="desk"),
        asyncio.create_task(made.rooms.run(), name="rooms"),
    ]
    try:
        yield made
    finally:
        made.rooms.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
