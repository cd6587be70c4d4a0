"""The websocket protocol class: uvicorn's, with additions that keep one bad peer from costing others.

- `inbox.write` in the scope writes a whole frame, encoded once for many sockets, straight to the transport;
- `inbox.buffered` tells how much the peer has not taken yet, `inbox.drained` waits until that is little;
- pings, pongs and pieces of frames, which no endpoint sees, are limited: each costs us little, and a peer can send tens
of thousands in one read;
- reading goes on while the endpoint is busy, so that answers to our pings are seen: who takes long over what he missed
is not taken for gone;
- who takes what is written to him is there, though his answer to a ping is late: the ping waits behind all the rest;
- any other keepalive time-out aborts the connection: `transport.close()` would wait for a buffer that never drains (a
peer that stops reading froze `send()` for ever in every server tried).
"""

from __future__ import annotations

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from inbox.live.frames import Close

SMALL_PER_SECOND = 50
SMALL_BURST = 200
WAITING_FRAMES = 32
"""So many frames may wait for the endpoint before no more are read."""


class LiveProtocol(WebSocketsSansIOProtocol):
    """Passed to uvicorn as `Config(ws=LiveProtocol)`."""

    _small = 0.0
    _small_at = 0.0
    _taken_at = 0.0
    """When the peer had last taken nearly all that waited for it."""

    async def run_asgi(self) -> None:
        """Offer the raw transport to the endpoint."""
        extensions = self.scope["extensions"]
        assert extensions is not None
        extensions["inbox.write"] = {"write": self._write_frames}
        extensions["inbox.buffered"] = {"size": self.transport.get_write_buffer_size}
        extensions["inbox.drained"] = {"wait": self._drained}
        extensions["inbox.abort"] = {"abort": self.transport.abort}
        await super().run_asgi()

    async def send(self, message: ASGISendEvent) -> None:
        """Send what the endpoint says. A refusal in HTTP ends the handshake too: uvicorn would log that nothing did."""
        await super().send(message)
        self.handshake_complete = self.handshake_complete or self.close_sent

    def _write_frames(self, data: bytes) -> None:
        if not self.close_sent and not self.transport.is_closing():
            self.transport.write(data)

    async def _drained(self) -> bool:
        await self.writable.wait()  # set, too, when the connection is lost
        return not self.disconnected

    def handle_ping(self) -> None:
        """A ping is answered; too many are not."""
        if self._takes_small():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        """The answer to a ping of ours, or one that nobody asked for."""
        if self._takes_small():
            super().handle_pong(event)

    def handle_cont(self, event: Frame) -> None:
        """A further piece of a frame."""
        if self._takes_small():
            super().handle_cont(event)

    def _takes_small(self) -> bool:
        if self.close_sent:
            return False
        now = self.loop.time()
        self._small = max(0.0, self._small - (now - self._small_at) * SMALL_PER_SECOND) + 1
        self._small_at = now
        if self._small <= SMALL_BURST:
            return True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": Close.FLOOD, "reason": ""})
        self.conn.fail(Close.FLOOD)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.close()
        return False

    def send_receive_event_to_app(self) -> None:
        """Hand a frame on, and read further unless many wait already."""
        super().send_receive_event_to_app()
        if self.read_paused and self.queue.qsize() < WAITING_FRAMES:
            self.read_paused = False
            self.transport.resume_reading()

    def resume_writing(self) -> None:
        """The peer takes what waited for it."""
        super().resume_writing()
        self._taken_at = self.loop.time()

    def keepalive_timeout(self) -> None:
        """The peer did not answer a ping: say so, then drop the connection whatever waits in the buffer. One that has
        taken something since is given as long again.
        """
        if self._taken_at > self.ping_sent_at and self.ping_timeout is not None:
            self._taken_at = 0.0
            self.pong_timer = self.loop.call_later(self.ping_timeout, self.keepalive_timeout)
            return
        super().keepalive_timeout()
        self.transport.abort()


def text_frame(payload: bytes) -> bytes:
    """An unmasked, unfragmented text frame (RFC 6455 5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 65536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


def payload_of(frame: bytes) -> bytes:
    """What `text_frame` made a frame of."""
    return frame[{126: 4, 127: 10}.get(frame[1], 2) :]
