"""What still waited to be sent when an admin disconnected its channel: it ends, and whoever wrote it reads why.

Left where it is, it would look for ever as if it were about to leave, and leave when the channel is connected again.
"""

from __future__ import annotations

import structlog

from connectors.errors import SendErrorKind
from inbox.delivery.attempts import PartUnit
from inbox.domain import delivering
from inbox.domain.channel_health import parted
from inbox.domain.records import Channel
from inbox.domain.state import State
from inbox.eventlog.directory import Directory
from inbox.eventlog.writer import Writer
from inbox.storage import outbox

AT_ONCE = 200
"""Parts ended in one go; the next are ended in the next round."""
_log = structlog.get_logger(__name__)


class PartLeft(PartUnit):
    """The channel of a part was disconnected. What was under way then may have arrived."""

    def decide(self, state: State) -> bool:
        """False when it ended otherwise meanwhile."""
        part = self.current(state)
        if part is None or part.state not in ("waiting", "sending", "pending") or not self.unchanged(part):
            return False
        if part.state == "waiting":
            delivering.failed(state, part, SendErrorKind.REAUTH, "It was disconnected.", retry_at=None)
        else:
            reason = "The channel was disconnected meanwhile."
            delivering.failed(state, part, SendErrorKind.UNKNOWN, reason, retry_at=None)
        return True


async def end_what_waits(directory: Directory, writer: Writer, *, held: frozenset[int]) -> None:
    """End it, but for the channels in `held`, whose sends may be ending just now. Raises Unavailable."""
    gone = [channel.id for channel in directory.channels.values() if channel.id not in held and _is_gone(channel)]
    if not gone:
        return
    for channel_id in sorted(await directory.database.read(outbox.busy_channels, gone)):
        queue, _ = await directory.database.read(outbox.queue_of, channel_id)
        for part in await directory.database.read(outbox.parts, [queued.id for queued in queue[:AT_ONCE]]):
            if await writer.submit(PartLeft(part)):
                _log.warning("part_left", part=part.id, channel=channel_id, state=part.state)


def _is_gone(channel: Channel) -> bool:
    """Disconnected, not just switched off for a while."""
    return not channel.active and parted(channel.health_reason)[0] == "disconnected"
