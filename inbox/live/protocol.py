"""The websocket protocol class: uvicorn's, with four additions that keep one bad peer from costing others.

- `inbox.write` in the scope writes a whole frame, encoded once for many sockets, straight to the transport;
- `inbox.buffered` tells how much the peer has not taken yet, `inbox.drained` waits until that is little;
- a keepalive time-out aborts the connection: `transport.close()` would wait for a buffer that never drains (a peer that
stops reading froze
  `send()` for ever in every server tried).
"""

from __future__ import annotations

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class LiveProtocol(WebSocketsSansIOProtocol):
    """Passed to uvicorn as `Config(ws=LiveProtocol)`."""

    async def run_asgi(self) -> None:
        """Offer the raw transport to the endpoint."""
        extensions = self.scope["extensions"]
        assert extensions is not None
        extensions["inbox.write"] = {"write": self._write_frames}
        extensions["inbox.buffered"] = {"size": self.transport.get_write_buffer_size}
        extensions["inbox.drained"] = {"wait": self._drained}
        extensions["inbox.abort"] = {"abort": self.transport.abort}
        await super().run_asgi()

    def _write_frames(self, data: bytes) -> None:
        if not self.close_sent and not self.transport.is_closing():
            self.transport.write(data)

    async def _drained(self) -> bool:
        await self.writable.wait()  # set, too, when the connection is lost
        return not self.disconnected

    def keepalive_timeout(self) -> None:
        """The peer did not answer a ping: say so, then drop the connection whatever waits in the buffer."""
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
