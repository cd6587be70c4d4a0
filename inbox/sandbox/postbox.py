"""What networks told in the past, taken in by the ordinary receiver at the instant it was told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from connectors import inbound as net
from connectors.contract import Context
from connectors.exchange import Request
from connectors.registry import connector, door
from inbox.clock import SECOND
from inbox.intake.door import read_piece
from inbox.intake.receive import Arrived, Element, Receiver, Source, parsed
from inbox.sandbox.moved import Landings, Moved
from inbox.sandbox.networks import MAIL, Networks
from inbox.sandbox.wire import carried

if TYPE_CHECKING:
    from inbox.sandbox.history import Doors

ON_THE_WAY = SECOND
"""Between what happens and its arrival."""
Piece = tuple[str, list[Element], bytes, str]
"""(network, what it tells, its bytes, what of it could not be read)."""


class Postbox:
    """Takes deliveries of the past. `channels`: network → channel; `contexts`: channel → its context."""

    def __init__(
        self, networks: Networks, doors: Doors, channels: Mapping[str, int], contexts: Mapping[int, Context],
        landings: Landings,
    ) -> None:  # fmt: skip
        self._networks = networks
        self._doors = doors
        self._channels = channels
        self._contexts = contexts
        self._landings = landings
        self._named: set[tuple[str, str]] = set()

    async def bring(self, network: str, requests: Sequence[Request], at: int) -> None:
        """Take in what a network told at an instant."""
        writer = Moved(self._doors.writer, at + ON_THE_WAY, self._landings)
        receiver = Receiver(writer, self._doors.media, self._doors.health)
        for request in requests:
            for name, elements, body, problem in self._pieces(network, request, at):
                arrived = Arrived(
                    channel=self._doors.directory.facts(self._channels[name]),
                    elements=elements,
                    sources=(Source(body=body, problem=problem),),
                    received_at=at + ON_THE_WAY,
                )
                await receiver.take(arrived)

    def _pieces(self, network: str, request: Request, at: int) -> Iterator[Piece]:
        found = connector(network)
        if network == MAIL:
            assert found.poll is not None
            polled = carried(found.poll("", self._then(network, at)), self._networks, network, at, request.body)
            yield network, [Element(one) for one in polled.inbounds], request.body, ""
        elif found.manifest.door:
            for piece in door(found.manifest.door).split(request):
                if isinstance(piece, Exception):
                    raise piece
                told, problem = read_piece(connector(piece.network), piece.body, self._then(piece.network, at))
                yield piece.network, self._complete(piece.network, told, at), piece.body, problem
        else:
            parse, ctx = found.parse, self._then(network, at)
            assert parse is not None
            told, problem = parsed(lambda: parse(request, ctx), ctx)
            yield network, self._complete(network, told, at), request.body, problem

    def _complete(self, network: str, told: list[Element], at: int) -> list[Element]:
        """With what was only announced, and the names of people who are only numbered."""
        found, ctx = connector(network), self._then(network, at)
        complete: list[Element] = []
        for element in told:
            one = element.inbound
            if isinstance(one, net.Fetch) and found.fetch is not None:
                complete += [
                    Element(brought) for brought in carried(found.fetch(one.ref, ctx), self._networks, network, at)
                ]
                continue
            complete.append(element)
            author = getattr(one, "author", None)
            if found.profile is None or author is None or author.is_self or author.name:
                continue
            if (network, author.external_id) in self._named:
                continue
            self._named.add((network, author.external_id))
            named = carried(found.profile(author.external_id, ctx), self._networks, network, at)
            key = f"profile:{network}:{author.external_id}"
            complete.append(Element(net.IdentityChanged(dedupe_key=key, occurred_at=at, author=named)))
        # A post comes before what is written under it, as the walk after connecting brings it, with its campaign.
        return sorted(complete, key=lambda element: not isinstance(element.inbound, net.PostSeen))

    def _then(self, network: str, at: int) -> Context:
        return replace(self._contexts[self._channels[network]], now=at + ON_THE_WAY)
