"""Signs of presence: simulated colleagues give them like any process, and see those of people.

They go over the bus, where the live side of every process hears them (`inbox.live.presence`).
"""

from __future__ import annotations

from typing import Any

from inbox import clock
from inbox.clock import SECOND
from inbox.domain.presence import Looking, Sign, decode_sign, encode_sign
from inbox.eventlog.bus import PRESENCE, Bus

_SECONDS = 12


class Signs:
    """Who is where, of people; and where the simulated colleagues say they are."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._people: dict[int, Sign] = {}
        self.simulated: set[int] = set()
        """Agents who are not people."""
        bus.listen(PRESENCE, self._heard)

    def give(self, agent_id: int, conversation: dict[str, Any], state: Looking | None) -> None:
        """A colleague does something at a conversation (a row of the API); None: he leaves it."""
        self.simulated.add(agent_id)
        sign = Sign(
            agent_id=agent_id,
            conversation_id=int(conversation["id"]),
            state=state or "reading",
            until=clock.now() + _SECONDS * SECOND if state is not None else 0,
            channel_id=int(conversation["channel_id"]),
            team_id=int(conversation["team_id"]) if conversation["team_id"] is not None else None,
            socket="sandbox",
        )
        self._bus.publish(PRESENCE, encode_sign(sign))

    def where(self, agent_id: int | None = None) -> int | None:
        """The conversation at which a person is, rather one who writes than one who reads; None when nobody is at one.
        `agent_id`: only he counts.
        """
        here = [sign for sign in self._people.values() if sign.until > clock.now()]
        here = [sign for sign in here if agent_id in (None, sign.agent_id)]
        found = max(here, key=lambda sign: (sign.state == "writing", sign.until), default=None)
        return found.conversation_id if found is not None else None

    def _heard(self, payload: bytes) -> None:
        sign = decode_sign(payload)
        if sign.agent_id and sign.agent_id not in self.simulated:
            self._people[sign.agent_id] = sign
