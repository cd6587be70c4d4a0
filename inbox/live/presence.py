"""Who looks at what, and who writes: kept in memory, told in batches, gone 30 seconds after the last sign of life.

Not in the log. A note being written is told to colleagues only; the customer's `typing` goes the other way through
`typing_out`.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from inbox.clock import SECOND, iso
from inbox.domain.events import Audience
from inbox.domain.presence import Sign, decode_sign, encode_sign
from inbox.domain.shapes import PresenceShape
from inbox.eventlog.bus import PRESENCE, Bus
from inbox.live.frames import Presence as PresenceFrame
from inbox.live.hub import Hub, Socket

EXPIRY_SECONDS = 30
TYPING_SECONDS = 6
CLAIM_SECONDS = 60
CLAIM = "claim"
"""In the place of a socket: the sign is an agent's claim of a conversation while he writes."""


class Presence:
    """The presence of all processes, as far as heard. `flush` every 250 ms."""

    def __init__(self, hub: Hub, bus: Bus, now: Callable[[], int]) -> None:
        self.hub = hub
        self.bus = bus
        self.now = now
        self.entries: dict[tuple[int, int, str], Sign] = {}
        """(agent, conversation, socket) → newest sign."""
        self._news: list[Sign] = []
        bus.listen(PRESENCE, self._heard)

    def seen(self, sign: Sign) -> None:
        """Note a sign and tell the others."""
        self.bus.publish(PRESENCE, encode_sign(sign))

    # -- claims

    def take(self, agent_id: int, conversation_id: int, audience: Audience) -> int:
        """Claim a conversation, anew or for another minute; a colleague's claim ends. The result is until when."""
        held = self.holder(conversation_id)
        if held is not None and held != agent_id:
            self.release(held, conversation_id)
        until = self.now() + CLAIM_SECONDS * SECOND
        self.seen(
            Sign(
                agent_id=agent_id,
                conversation_id=conversation_id,
                state="writing",
                until=until,
                channel_id=audience.channel_id,
                team_id=audience.team_id,
                socket=CLAIM,
            )
        )
        return until

    def holder(self, conversation_id: int) -> int | None:
        """Who claims a conversation now. Of two who did so at once in different processes, one, everywhere the same."""
        now = self.now()
        return min(
            (
                agent_id
                for (agent_id, conversation, socket), sign in self.entries.items()
                if conversation == conversation_id and socket == CLAIM and sign.until > now
            ),
            default=None,
        )

    def release(self, agent_id: int, conversation_id: int) -> None:
        """His claim of a conversation ends."""
        sign = self.entries.get((agent_id, conversation_id, CLAIM))
        if sign is not None:
            self.seen(msgspec.structs.replace(sign, until=0))

    def gone(self, agent_id: int) -> None:
        """His last socket here closed: his claims end."""
        for who, conversation_id, socket in list(self.entries):
            if who == agent_id and socket == CLAIM:
                self.release(agent_id, conversation_id)

    def _heard(self, payload: bytes) -> None:
        sign = decode_sign(payload)
        # The clock of the process it is from may be ahead of ours: nobody is there for longer than he can have said.
        sign = msgspec.structs.replace(sign, until=min(sign.until, self.now() + CLAIM_SECONDS * SECOND))
        if sign.agent_id:
            key = (sign.agent_id, sign.conversation_id, sign.socket)
            known = self.entries.get(key)
            if sign.until <= self.now():
                self.entries.pop(key, None)
            else:
                self.entries[key] = sign
            renewed = known is not None and known.state == sign.state and sign.until > self.now()
            if renewed and known is not None and known.until - self.now() > EXPIRY_SECONDS * SECOND // 3:
                return  # nobody needs to be told before the old one would end
        self._news.append(sign)

    def flush(self) -> None:
        """Tell what changed, and who went silent."""
        now = self.now()
        for key, sign in list(self.entries.items()):
            # One that lasts longer than any can is of before the clock was put back.
            if not now < sign.until <= now + CLAIM_SECONDS * SECOND:
                del self.entries[key]
                self._news.append(sign)
        news, self._news = self._news, []
        if not news:
            return
        for scope in list(self.hub.groups):
            visible = [s for s in news if scope.sees(Audience(s.channel_id, s.team_id))]
            if visible:
                frame = self._frame(visible)
                for socket in list(self.hub.groups.get(scope, ())):
                    if socket.live:
                        socket.send(frame)

    def _frame(self, news: list[Sign]) -> PresenceFrame:
        return PresenceFrame(
            entries=self._shapes({(s.agent_id, s.conversation_id) for s in news if s.agent_id}),
            typing=[
                {
                    "conversation_id": str(s.conversation_id),
                    "thread_id": str(s.thread_id),
                    "name": s.name,
                    "until": iso(s.until),
                }
                for s in news
                if not s.agent_id
            ],
        )

    def shape(self, agent_id: int, conversation_id: int) -> PresenceShape:
        """What an agent does at a conversation over all his tabs: writing over noting over reading; gone when nothing
        is left.
        """
        return self._shapes({(agent_id, conversation_id)})[0]

    def _shapes(self, pairs: set[tuple[int, int]]) -> list[PresenceShape]:
        """The same of many, in one pass: a whole house comes at once after a restart."""
        signs: dict[tuple[int, int], list[Sign]] = {pair: [] for pair in sorted(pairs)}
        for (agent_id, conversation_id, _), sign in self.entries.items():
            if (agent_id, conversation_id) in signs:
                signs[agent_id, conversation_id].append(sign)
        return [_shape(agent_id, conversation_id, mine) for (agent_id, conversation_id), mine in signs.items()]

    def visible_to(self, socket: Socket) -> list[PresenceShape]:
        """Everyone who looks at something this socket may see: for its snapshot, and when it is live."""
        pairs = {
            (s.agent_id, s.conversation_id)
            for s in self.entries.values()
            if socket.scope.sees(Audience(s.channel_id, s.team_id)) and s.until > self.now()
        }
        return self._shapes(pairs)


def _shape(agent_id: int, conversation_id: int, mine: list[Sign]) -> PresenceShape:
    rank = {"writing": 2, "noting": 1, "reading": 0}
    best = max(mine, key=lambda s: (rank[s.state], s.until), default=None)
    return PresenceShape(
        agent_id=str(agent_id),
        conversation_id=str(conversation_id),
        state=best.state if best else "reading",  # type: ignore[arg-type]
        until=iso(best.until if best else 0),
        claimed=any(s.socket == CLAIM for s in mine),
    )
