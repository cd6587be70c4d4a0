"""After a crash: what to do about a part whose attempt began and whose end nobody recorded.

No effect begun, or a network that knows keys: send it again. A network that can be asked: ask. Else nobody knows, and
that is what the agent reads; it is never blindly sent again.
"""

from __future__ import annotations

import msgspec

from connectors.contract import Connector
from connectors.errors import SendError, SendErrorKind
from connectors.outbound import Part
from inbox import clock
from inbox.delivery.attempts import PartAccepted, PartRecovered, PartUnit, landed_on
from inbox.domain.records import OutboxPart
from inbox.intake.context import Contexts
from inbox.transport.courier import Courier
from inbox.transport.drive import drive

_part = msgspec.json.Decoder(Part).decode
FILED_SECONDS = 60
"""How long a mailbox that shows what its server took may lag behind it."""
_PASSING = frozenset({SendErrorKind.UNREACHABLE, SendErrorKind.THROTTLED, SendErrorKind.REAUTH})


class Recovery:
    """Settles stranded parts of one channel."""

    def __init__(self, connector: Connector, contexts: Contexts, courier: Courier) -> None:
        self._connector = connector
        self._contexts = contexts
        self._courier = courier

    async def resolve(self, part: OutboxPart) -> PartUnit | None:
        """The unit that settles it; None when the network cannot be asked just now."""
        if part.effect_at is None or self._connector.manifest.idempotent_sends:
            return PartRecovered(part, known=True)
        if self._connector.lookup_sent is None:
            return PartRecovered(part, known=False)
        ctx = await self._contexts.of(part.channel_id)
        try:
            receipt = await drive(self._connector.lookup_sent(_part(part.part), ctx), self._courier)
        except SendError as refused:
            return None if refused.kind in _PASSING else PartRecovered(part, known=False)
        if receipt is None:
            is_mail = "mailbox" in self._connector.manifest.inbound
            is_early = is_mail and 0 <= clock.now() - part.effect_at < FILED_SECONDS * clock.SECOND
            return None if is_early else PartRecovered(part, known=True)
        return PartAccepted(part, receipt, await landed_on(self._contexts.directory, part.channel_id, receipt))
