"""Sockets grouped by what they may see; every event is encoded once and written once per group member.

A socket counts the event and left frames it was sent since hello; `progress` tells the client that count, so that it
can prove it missed nothing. A socket that does not take what is written to it is closed with 4408 and resumes: nothing
is skipped, memory stays bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import msgspec

from inbox.domain import events as e
from inbox.domain.permissions import Principal, Scope
from inbox.live.frames import Close, Frame, Progress, encode
from inbox.live.protocol import text_frame
from inbox.live.shown import Shown

MAX_BUFFERED_BYTES = 1_048_576


class Wire(Protocol):
    """The raw side of a socket."""

    def write(self, frames: bytes) -> None:
        """Write whole frames."""
        ...

    def buffered(self) -> int:
        """Bytes the peer has not taken yet."""
        ...

    def close(self, code: Close) -> None:
        """Close with a code; abort when the peer does not even take that."""
        ...


class Socket:
    """One connection of an agent."""

    __slots__ = (
        "agent_id",
        "begun",
        "conversation_id",
        "held",
        "live",
        "position",
        "principal",
        "scope",
        "sent",
        "session_id",
        "told",
        "views",
        "wire",
    )

    def __init__(self, wire: Wire, principal: Principal) -> None:
        self.wire = wire
        self.principal = principal
        """Who he is and what he may now: it changes while he is connected."""
        self.agent_id = principal.agent_id
        self.session_id = principal.session_id
        self.scope = principal.scope
        self.position = 0
        """Everything up to here that concerns this socket was sent or is in its snapshot."""
        self.sent = 0
        self.told = 0
        """`sent` when progress was last told."""
        self.live = False
        self.conversation_id: int | None = None
        self.views: frozenset[str] = frozenset()
        self.begun = False
        """Whether it has, or is about to have, what is its agent's own, and is told what becomes of it."""
        self.held: list[bytes] | None = None

    def hold(self) -> None:
        """What is the agent's own is about to be read: what is told of it meanwhile comes after what was read."""
        self.begun = True
        self.held = []

    def release(self) -> None:
        """What was read is sent, or never will be."""
        held, self.held = self.held, None
        for frame in held or ():
            self.write(frame)

    def tell(self, frame: bytes) -> None:
        """Write a frame of the agent's own news."""
        if self.held is not None:
            self.held.append(frame)
        elif self.begun:
            self.write(frame)

    def send(self, frame: Frame) -> None:
        """Write one frame of this socket's own."""
        self.write(text_frame(encode(frame)))

    def write(self, frames: bytes) -> None:
        """Write frames, unless the peer has stopped taking them: then close, so that it resumes."""
        if self.wire.buffered() > MAX_BUFFERED_BYTES:
            self.live = False
            self.wire.close(Close.TOO_SLOW)
            return
        self.wire.write(frames)


class Hub:
    """All sockets of this process. Not thread-safe: everything happens on the event loop."""

    def __init__(self) -> None:
        self.groups: dict[Scope, set[Socket]] = {}
        self.by_agent: dict[int, set[Socket]] = {}
        self.on_event: list[Callable[[Shown], None]] = []
        """Told of every event, once per process (counts, presence)."""
        self.rights = 0
        """Counts events by which somebody may see or do something else than before."""

    def sockets(self) -> Iterable[Socket]:
        """Every socket that is connected."""
        for group in self.groups.values():
            yield from group

    def add(self, socket: Socket) -> None:
        """A socket connected; it gets events once it is `live`."""
        self.groups.setdefault(socket.scope, set()).add(socket)
        if socket.agent_id is not None:
            self.by_agent.setdefault(socket.agent_id, set()).add(socket)

    def remove(self, socket: Socket) -> None:
        """A socket is gone."""
        socket.live = False
        group = self.groups.get(socket.scope)
        if group is not None:
            group.discard(socket)
            if not group:
                del self.groups[socket.scope]
        if socket.agent_id is not None:
            own = self.by_agent.get(socket.agent_id, set())
            own.discard(socket)
            if not own:
                self.by_agent.pop(socket.agent_id, None)

    def publish(self, shown: Sequence[Shown]) -> None:
        """Send events, in order, to everyone who may see them: after a change of rights, by the new ones."""
        begin = 0
        for end, one in enumerate(shown):
            if not isinstance(one.event, e.SettingChanged | e.SessionRevoked):
                continue
            if end > begin:
                self._send(shown[begin:end])
                self._tell(shown[begin:end])
            # Whoever has to begin anew for it must not have seen it: cut before he could, he comes back to it.
            self._tell([one])
            self._send([one])
            begin = end + 1
        if begin < len(shown):
            self._send(shown[begin:])
            self._tell(shown[begin:])

    def _tell(self, shown: Sequence[Shown]) -> None:
        for one in shown:
            if isinstance(one.event, e.SettingChanged) and one.event.object in ("agent", "team", "token"):
                self.rights += 1
            elif isinstance(one.event, e.SessionRevoked):
                self.rights += 1
                self.revoke(one.event.agent_id, one.event.session_id)
            for told in self.on_event:
                told(one)

    def _send(self, shown: Sequence[Shown]) -> None:
        last = shown[-1].position
        private = {one.audience.agent_id for one in shown if one.audience.agent_id is not None}
        for scope, group in list(self.groups.items()):
            frames, count = frames_for(scope, shown)
            for socket in list(group):
                if not socket.live or socket.position >= last:
                    continue
                if socket.agent_id in private or socket.position >= shown[0].position:
                    # It has events of its own, or its snapshot already holds the beginning of this batch.
                    self.replay(socket, shown)
                    continue
                socket.position = last
                if frames:
                    socket.sent += count
                    socket.write(frames)

    def replay(self, socket: Socket, shown: Sequence[Shown]) -> None:
        """Send a socket what it missed, by the same function as everybody else."""
        fresh = [one for one in shown if one.position > socket.position]
        if not fresh:
            return
        frames, count = frames_for(socket.scope, fresh, socket.agent_id)
        socket.sent += count
        if frames:
            socket.write(frames)
        socket.position = fresh[-1].position

    def progress(self) -> None:
        """Tell every socket whose state moved how far it is; called once a second."""
        for socket in self.sockets():
            if socket.live and socket.told != socket.position:
                socket.told = socket.position
                socket.send(Progress(position=socket.position, sent=socket.sent))

    def tell(self, agent_id: int, frame: bytes) -> None:
        """Send a frame to an agent's sockets (`mine`)."""
        framed = text_frame(frame)
        for socket in list(self.by_agent.get(agent_id, ())):
            socket.tell(framed)

    def revoke(self, agent_id: int, session_id: int | None) -> None:
        """Close an agent's sockets, or those of one session."""
        for socket in list(self.by_agent.get(agent_id, ())):
            if session_id is None or socket.session_id == session_id:
                socket.live = False
                socket.wire.close(Close.REVOKED)

    def rescope(self, principal: Principal) -> list[Socket]:
        """What an agent sees or may do changed: move its sockets; returns those that must resync."""
        moved = [
            socket
            for socket in self.by_agent.get(principal.agent_id or 0, set())
            if (socket.scope, socket.principal.may) != (principal.scope, principal.may)
        ]
        for socket in moved:
            self.remove(socket)
            socket.principal = msgspec.structs.replace(principal, session_id=socket.session_id)
            socket.scope = principal.scope
            self.add(socket)
        return moved

    def tokens(self) -> list[Socket]:
        """The sockets of programs."""
        return [socket for socket in self.sockets() if socket.agent_id is None]

    def close_all(self, code: Close) -> None:
        """The process is going."""
        for socket in list(self.sockets()):
            socket.live = False
            socket.wire.close(code)


def frames_for(scope: Scope, shown: Sequence[Shown], agent_id: int | None = None) -> tuple[bytes, int]:
    """The frames a scope gets for some events, joined, and how many they are; with `agent_id` its private ones too."""
    frames: list[bytes] = []
    for one in shown:
        if one.audience.agent_id is not None:
            if one.audience.agent_id == agent_id:
                frames.append(one.frame)
            continue
        after = scope.sees(one.audience)
        if after and one.now is not None and not scope.sees(one.now):
            continue  # it shows what became of the conversation out of this sight; `left` follows
        before = after if one.before == one.audience else scope.sees(one.before)
        if after:
            frames.append(one.frame if before else one.entered())
        elif before and one.conversation_id is not None:
            frames.append(one.left())
    return b"".join(frames), len(frames)
