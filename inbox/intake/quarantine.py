"""What could not be understood: listed for admins, and taken in after a fix as if it had just been read right."""

from __future__ import annotations

from connectors import registry
from inbox.domain.records import Channel, Raw
from inbox.domain.state import State
from inbox.errors import Conflict, NotFound
from inbox.eventlog.directory import Directory, assets_of
from inbox.eventlog.unit import Unit
from inbox.eventlog.writer import Writer
from inbox.intake.context import Contexts
from inbox.intake.door import NOBODY, read_piece, split
from inbox.intake.health import Health
from inbox.intake.hook import beside_headers, request_kept
from inbox.intake.printable import printable
from inbox.intake.receive import Arrived, Outcome, Receiver, Source, parsed
from inbox.storage import raw
from inbox.storage.database import Query

PAGE = 100


class Quarantine:
    """Lists and replays. Replaying twice changes nothing the second time: every element is known by then."""

    def __init__(
        self, directory: Directory, contexts: Contexts, receiver: Receiver, writer: Writer, health: Health
    ) -> None:
        self._directory = directory
        self._contexts = contexts
        self._receiver = receiver
        self._writer = writer
        self._health = health

    async def listed(self, before: int | None = None, limit: int = 50) -> list[raw.Held]:
        """Newest first, below an id."""
        found: list[raw.Held] = await self._directory.database.read(raw.quarantined, before or 2**62, limit)
        return found

    async def replay(self, raw_id: int) -> list[Outcome]:
        """Take one delivery in again, with its original time of receipt; what became of its elements.

        Raises NotFound, and Conflict (`still_unreadable`, `not_replayable`) when it stays where it is.
        """
        kept = await self._directory.database.read(raw.by_id, raw_id)
        if kept is None or kept.state not in ("quarantined", "not_connected"):
            raise NotFound(f"there is no quarantined delivery {raw_id}")
        if kept.channel_id == NOBODY and kept.state == "quarantined":
            return await self._taken_apart(kept)
        arrived = await self._parsed(kept)
        outcomes = await self._receiver.take(arrived)
        problem = arrived.sources[0].problem
        if problem:
            await self._writer.submit(Mark(raw_id, "quarantined", printable(problem)))
            raise Conflict(f"it still cannot be read: {problem}", code="still_unreadable")
        left = await self._writer.submit(Mark(raw_id, "replayed", kept.problem, channel_id=kept.channel_id))
        if not left:
            await self._health.ended("quarantine", kept.channel_id)
        return outcomes

    async def _taken_apart(self, kept: Raw) -> list[Outcome]:
        """Take a family's delivery apart again. Raises Conflict while some of it cannot be, or is for nobody."""
        door = registry.door(beside_headers(kept.headers, "door"))
        app_id = int(beside_headers(kept.headers, "app"))
        outcomes: list[Outcome] = []
        problems: list[str] = []
        for piece in split(door, request_kept(kept.headers, kept.body)):
            if isinstance(piece, Exception):
                problems.append(str(piece))
                continue
            channels = (await self._directory.fresh()).of_asset(piece.network, piece.asset_id, app_id)
            problems += [] if channels else [f"{piece.network} {piece.asset_id} is not connected"]
            for channel in channels:
                connector = self._contexts.connector(channel.network)
                elements, problem = read_piece(connector, piece.body, await self._contexts.of(channel.id))
                source = Source(body=piece.body, headers=kept.headers, problem=problem)
                outcomes += await self._receiver.take(
                    Arrived(
                        channel=self._directory.facts(channel.id),
                        elements=elements,
                        sources=(source,),
                        received_at=kept.received_at,
                        looks_up_profiles=connector.profile is not None,
                    )
                )
        if problems:
            raise Conflict(f"it still cannot be read: {'; '.join(problems)}", code="still_unreadable")
        await self._writer.submit(Mark(kept.id, "replayed", kept.problem))
        left = await self._directory.database.read(raw.untold_apart)
        if not any(int(beside_headers(headers, "app")) == app_id for headers in left):
            await self._health.ended("quarantine", app_id)
        return outcomes

    async def replay_all(self) -> tuple[int, int]:
        """Replay everything, oldest first: how many came in, and how many stay."""
        done = stayed = after = 0
        while ids := await self._directory.database.read(raw.quarantined_ids, after, PAGE):
            for raw_id in ids:
                try:
                    await self.replay(raw_id)
                    done += 1
                except (Conflict, NotFound):
                    stayed += 1
            after = ids[-1]
        return done, stayed

    async def adopt(self, channel_id: int) -> int:
        """Take in what came for a channel's account before it was connected; how many deliveries that were."""
        channel = (await self._directory.fresh()).channels[channel_id]
        assets, taken, after = assets_of(channel), 0, 0
        while held := await self._directory.database.read(raw.unconnected, after, PAGE):
            for raw_id, headers in held:
                is_its = beside_headers(headers, "network") == channel.network
                if is_its and beside_headers(headers, "asset") in assets:
                    try:
                        await self.replay(raw_id)
                        taken += 1
                    except (Conflict, NotFound):
                        continue  # it stays in quarantine, for everyone to see, or somebody else took it in
            after = held[-1][0]
        return taken

    async def _parsed(self, kept: Raw) -> Arrived:
        channel = await self._channel(kept)
        connector = self._contexts.connector(channel.network)
        ctx = await self._contexts.of(channel.id)
        parse = connector.parse
        # What a poll brought has no headers; a piece of a door's delivery is whole in itself.
        if connector.parse_part is not None and (connector.manifest.door or not kept.headers):
            elements, problem = read_piece(connector, kept.body, ctx)
        elif parse is not None:
            elements, problem = parsed(lambda: parse(request_kept(kept.headers, kept.body), ctx), ctx)
        else:
            said = f"{connector.manifest.name} cannot read it again: what it still has comes by itself"
            raise Conflict(said, code="not_replayable")
        return Arrived(
            channel=self._directory.facts(channel.id),
            elements=elements,
            sources=(Source(body=kept.body, headers=kept.headers, problem=problem, raw_id=kept.id),),
            received_at=kept.received_at,
            looks_up_profiles=connector.profile is not None,
        )

    async def _channel(self, kept: Raw) -> Channel:
        """The channel it came for, or that is connected since."""
        directory = await self._directory.fresh()
        channel = directory.channels.get(kept.channel_id)
        if channel is not None:
            return channel
        network, asset = beside_headers(kept.headers, "network"), beside_headers(kept.headers, "asset")
        if not asset:
            raise Conflict(f"delivery {kept.id} is of a channel that was removed", code="not_replayable")
        known = [one for one in directory.channels.values() if one.network == network and asset in assets_of(one)]
        if not known:
            raise Conflict(
                f"{network} {asset} is not connected: connect it, and this is taken in", code="not_connected"
            )
        return known[0]


class Mark(Unit):
    """Note what a raw delivery counts as now. Its result is how many of the channel still wait for a fix."""

    alone = True

    def __init__(self, raw_id: int, state: str, problem: str, *, channel_id: int = 0) -> None:
        self.raw_id = raw_id
        self.state = state
        self.problem = problem
        self.channel_id = channel_id

    def run(self, state: State) -> Query[int]:
        """Write it, then count."""
        yield from raw.mark(self.raw_id, self.state, self.problem)
        return (yield from raw.quarantined_count(self.channel_id))
