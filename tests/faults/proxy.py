"""A TCP proxy that breaks connections on purpose: reset, plain close, or silence in one direction."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from typing import Literal

Cut = Literal["rst", "fin", "half_open"]


class FaultProxy:
    """Forwards a loopback port to another. `cut` breaks every connection there is now."""

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.port = 0
        self._pairs: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self._silent: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close everything."""
        if self._server is not None:
            self._server.close()
        self.cut("rst")
        await asyncio.sleep(0)

    def cut(self, how: Cut) -> int:
        """Break all connections; how many there were."""
        pairs = list(self._pairs)
        for near, far in pairs:
            if how == "half_open":
                # Nobody is told: the client sees a line that has gone quiet.
                self._silent |= {near, far}
                continue
            for writer in (near, far):
                if how == "rst":
                    with contextlib.suppress(OSError, AttributeError):
                        raw: socket.socket = writer.get_extra_info("socket")
                        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    writer.transport.abort()
                else:
                    writer.close()
        return len(pairs)

    async def _serve(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        try:
            far_reader, far = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            near.transport.abort()
            return
        pair = (near, far)
        self._pairs.add(pair)
        try:
            await asyncio.gather(self._pump(reader, far), self._pump(far_reader, near))
        finally:
            self._pairs.discard(pair)
            for writer in pair:
                self._silent.discard(writer)
                writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if writer in self._silent:
                    continue
                writer.write(data)
                await writer.drain()
        if writer not in self._silent:
            writer.close()
