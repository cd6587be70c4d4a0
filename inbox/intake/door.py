"""One address for a family of networks: the delivery of an app, taken apart and given to the channels it is for.

    POST /hooks/meta ─▶ verify with the app's secrets ─▶ split ─▶ a unit for each channel ─▶ all committed, then 200

What is for an account that is not connected is kept raw, and taken in when it is. A channel belongs to the app whose
secret signs for it: one app can bring nothing in another's name.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from typing import Literal, Protocol

import structlog

from connectors import registry
from connectors.contract import Connector, Context, Door, Piece, Withdrawn
from connectors.errors import PayloadInvalid, SignatureInvalid
from connectors.exchange import Request, Response
from inbox import clock
from inbox.domain.records import App, Channel, Raw
from inbox.domain.state import Needs, State
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.failpoint import failpoint
from inbox.intake.context import Contexts
from inbox.intake.health import Health
from inbox.intake.hook import Hook, Refused, headers_kept
from inbox.intake.printable import printable
from inbox.intake.receive import Arrived, Element, Outcome, Receiver, Source, counts, parsed

MAX_BODY_BYTES = 2_097_152
WITHDRAWALS = ("deauthorise", "deletion")
NOBODY = 0
"""In the place of a channel's id: raw deliveries that are for no channel."""
_log = structlog.get_logger(__name__)


class Throttled(Protocol):
    """Raises Refused when a sender may not go on."""

    def __call__(self, key: str, address: str, *, forged: bool = False) -> None: ...


class Withdrawing(Protocol):
    """Does what a person asked a network to do with our app."""

    async def __call__(self, app: App, said: Withdrawn) -> None: ...


class Doors:
    """Answers what comes to the address of a family."""

    def __init__(
        self,
        directory: Directory,
        contexts: Contexts,
        receiver: Receiver,
        writer: Writer,
        withdrawing: Withdrawing,
        *,
        find: Callable[[str], Door] = registry.door,
        names: Sequence[str] | None = None,
    ) -> None:
        self._directory = directory
        self._contexts = contexts
        self._receiver = receiver
        self._writer = writer
        self._withdrawing = withdrawing
        self._health = Health(writer)
        doors = [find(name) for name in (registry.doors() if names is None else names)]
        self._families = {name: door for door in doors for name in (door.name, *door.networks)}

    def family_of(self, network: str) -> Door | None:
        """The family that the first part of an address names, by its own name or one of its networks'."""
        return self._families.get(network)

    async def answered(
        self, hook: Hook, door: Door, below: str, throttled: Throttled
    ) -> tuple[Response, dict[str, object]]:
        """Take a request in. Raises Refused, and Unavailable when the store cannot take it."""
        apps = self._apps(door, below)
        throttled(f"door:{door.name}", hook.address)
        request = await hook.read(MAX_BODY_BYTES)
        if request.method == "GET":
            return await self._handshake(door, apps, request), {"handshake": True}
        try:
            if below in WITHDRAWALS:
                return await self._withdrawn(door, apps, request)
            app = await self._signed_by(door, apps, request)
        except Refused as refused:
            if refused.status == 401:
                throttled(f"door:{door.name}", hook.address, forged=True)
            raise
        outcomes = await self._take(door, app, request)
        failpoint("endpoint.before_answer")
        return Response(status=200), {"elements": counts(outcomes)}

    def _apps(self, door: Door, below: str) -> list[App]:
        """The apps that may have signed: the one of the channel in the address, or all of the family."""
        apps = [app for app in self._directory.apps.values() if app.network == door.name]
        if not below or below in WITHDRAWALS:
            return apps
        digits = below.isascii() and below.isdigit() and len(below) < 19
        channel = self._directory.channels.get(int(below)) if digits else None
        if channel is None or not channel.active or channel.network not in door.networks:
            raise Refused(404, "no such channel")
        return [app for app in apps if app.id == channel.app_id]

    async def _handshake(self, door: Door, apps: Sequence[App], request: Request) -> Response:
        for app in apps:
            try:
                answer = door.answer(request, await self._contexts.of_app(app.id))
            except SignatureInvalid:
                continue
            if answer is not None:
                return answer
        raise Refused(403, "no app has this verify token")

    async def _signed_by(self, door: Door, apps: Sequence[App], request: Request) -> App:
        why: Exception | str = "no app of this family is connected"
        for app in apps:
            try:
                door.verify(request, await self._contexts.of_app(app.id))
            except SignatureInvalid as invalid:
                why = invalid
            except Exception as crafted:  # the edge of the request: what breaks the check has not passed it
                _log.error("webhook_verify_failed", app=app.id, exc_info=crafted)
                why = "the check itself failed"
            else:
                return app
        raise Refused(401, str(why))

    async def _withdrawn(self, door: Door, apps: Sequence[App], request: Request) -> tuple[Response, dict[str, object]]:
        for app in apps:
            try:
                said = door.withdrawn(request, await self._contexts.of_app(app.id))
            except SignatureInvalid:
                continue
            except PayloadInvalid as invalid:
                raise Refused(400, str(invalid)) from invalid
            await self._withdrawing(app, said)
            return said.answer, {"withdrawn": said.kind}
        raise Refused(401, "no app signed this")

    async def _take(self, door: Door, app: App, request: Request) -> list[Outcome]:
        """Commit everything of a delivery; each channel's part is a unit of its own, and they share a batch."""
        units: dict[int, Arrived] = {}
        kept: list[Kept] = []
        problems: list[str] = []
        for piece in split(door, request):
            if isinstance(piece, Exception):
                problems.append(str(piece))
                continue
            channels = self._directory.of_asset(piece.network, piece.asset_id, app.id)
            if not channels:
                headers = headers_kept(request, door=door.name, network=piece.network, asset=piece.asset_id)
                why = f"{piece.network} {piece.asset_id} is not connected"
                kept.append(Kept("not_connected", piece.body, headers, why, clock.now()))
            for channel in channels:
                self._add(units, channel, piece, await self._contexts.of(channel.id), request)
        if problems:
            headers = headers_kept(request, door=door.name, app=str(app.id))
            kept.append(Kept("quarantined", request.body, headers, "; ".join(problems), clock.now()))
        waiting = [self._receiver.take(arrived) for arrived in units.values()]
        taken = await asyncio.gather(*waiting, *(self._writer.submit(unit) for unit in kept))
        if problems:
            await self._health.raised("quarantine", app.id, _UNREAD.format(app=app.name, why=problems[0][:200]))
        return [outcome for outcomes in taken for outcome in outcomes]

    def _add(self, units: dict[int, Arrived], channel: Channel, piece: Piece, ctx: Context, request: Request) -> None:
        connector = self._contexts.connector(channel.network)
        elements, problem = read_piece(connector, piece.body, ctx)
        source = Source(body=piece.body, headers=headers_kept(request, door=connector.manifest.door), problem=problem)
        arrived = units.get(channel.id)
        if arrived is None:
            arrived = units[channel.id] = Arrived(
                channel=self._directory.facts(channel.id),
                elements=[],
                sources=[],
                received_at=ctx.now,
                looks_up_profiles=connector.profile is not None,
            )
        place = len(arrived.sources)
        arrived.sources = [*arrived.sources, source]
        arrived.elements = [*arrived.elements, *(Element(one.inbound, place) for one in elements)]


_UNREAD = (
    "Something that was delivered to the app {app} could not be told apart ({why}), so that it is not known for whom it"
    " was. It is kept: install the newest version, then replay it in the quarantine, or report it with its body."
)


def split(door: Door, request: Request) -> list[Piece | Exception]:
    """The pieces of a delivery. A fault of ours stands as what could not be told apart: no reason to lose what came."""
    try:
        return door.split(request)
    except Exception as broken:  # the edge of the request
        _log.error("webhook_split_failed", door=door.name, exc_info=broken)
        return [broken]


def read_piece(connector: Connector, body: bytes, ctx: Context) -> tuple[list[Element], str]:
    """What a piece holds, and in words what in it could not be understood."""
    parse_part = connector.parse_part
    if parse_part is None:
        return [], f"{connector.manifest.name} reads no pieces"
    return parsed(lambda: parse_part(body, ctx), ctx)


class Kept(Unit):
    """Keep what is for no channel of ours (`not_connected`), or cannot be told apart (`quarantined`), once."""

    priority = Priority.NETWORK

    def __init__(
        self, what: Literal["not_connected", "quarantined"], body: bytes, headers: str, why: str, received_at: int
    ) -> None:
        self.what = what
        self.body = body
        self.headers = headers
        self.why = printable(why)
        self.received_at = received_at
        self.key = (NOBODY, f"{what}:{hashlib.sha256(body).hexdigest()}")

    def needs(self, needs: Needs) -> None:
        """Whether it is kept already."""
        needs.seen.add(self.key)

    def decide(self, state: State) -> list[Outcome]:
        """Keep it."""
        if self.key in state.seen:
            return ["duplicate"]
        state.seen.add(self.key)
        state.new_seen.append((*self.key, self.received_at))
        raw_id = state.next_id()
        state.add(Raw(raw_id, NOBODY, self.received_at, self.what, self.why[:500], self.headers, self.body))
        return [self.what]
