"""What it costs to send one event to 1,000 and 10,000 websockets, and what an idle one keeps in memory.

The client is one epoll loop in this process: slower than a server that only writes, which is why the server's CPU is
what counts, not the time a round takes.
"""

from __future__ import annotations

import base64
import os
import resource
import select
import signal
import socket
import time
from collections.abc import Sequence

from bench.machine import Program, median, percentile, table

KINDS = ("bare", "starlette", "ours")
_RESUME = b'{"type":"resume","epoch":1,"position":0}'
_EVENT = b'"type":"event"'
ROUND_SECONDS = 30.0


class Crowd:
    """Many websockets."""

    def __init__(self, port: int, count: int) -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft < count + 500:
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 500), hard))
        self.poll = select.epoll()
        self.sockets: dict[int, socket.socket] = {}
        key = base64.b64encode(os.urandom(16)).decode()
        hello = (
            f"GET /live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: inbox.v1\r\n\r\n"
        ).encode()
        for start in range(0, count, 100):
            self._join(port, min(100, count - start), hello)

    def _join(self, port: int, count: int, hello: bytes) -> None:
        fresh = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(count)]
        for one in fresh:
            one.sendall(hello)
        for one in fresh:
            answer = one.recv(65536)
            assert answer.startswith(b"HTTP/1.1 101"), answer[:200]
            one.sendall(bytes((0x81, 0x80 | len(_RESUME), 0, 0, 0, 0)) + _RESUME)
            one.setblocking(False)
            self.poll.register(one, select.EPOLLIN)
            self.sockets[one.fileno()] = one

    def quiet(self, seconds: float) -> None:
        """Read whatever comes until nothing came for so long: who is still being let in would miss the first event."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for number, _ in self.poll.poll(0.05, 4096):
                self.sockets[number].recv(65536)
                end = time.monotonic() + seconds

    def _read(self, timeout: float) -> int:
        events = 0
        for number, _ in self.poll.poll(timeout, 4096):
            events += self.sockets[number].recv(65536).count(_EVENT)
        return events

    def one_each(self) -> float:
        """Wait until every socket got one event; the seconds it took."""
        began, seen = time.perf_counter(), 0
        while seen < len(self.sockets):
            seen += self._read(1.0)
            if time.perf_counter() - began > ROUND_SECONDS:
                raise TimeoutError(f"{len(self.sockets) - seen} of {len(self.sockets)} sockets got nothing")
        return time.perf_counter() - began

    def close(self) -> None:
        """Hang up."""
        self.poll.close()
        for one in self.sockets.values():
            one.close()


def measure(kind: str, sockets: int, rounds: int) -> tuple[float, float, float, float]:
    """(server CPU µs per delivery, KB per idle socket, ms until the last socket has it: median and p99)."""
    program = Program("bench.fanout_server", "--kind", kind)
    try:
        time.sleep(0.5)
        before = program.memory_bytes()
        crowd = Crowd(program.port, sockets)
        crowd.quiet(1.0)
        memory = (program.memory_bytes() - before) / sockets / 1024
        times: list[float] = []
        for _ in range(3):
            program.process.send_signal(signal.SIGUSR1)
            crowd.one_each()
        cpu = program.cpu_seconds()
        for _ in range(rounds):
            program.process.send_signal(signal.SIGUSR1)
            times.append(crowd.one_each() * 1e3)
        cpu = program.cpu_seconds() - cpu
        crowd.close()
    finally:
        program.stop()
    return cpu / (rounds * sockets) * 1e6, memory, median(times), percentile(times, 0.99)


def run(*, short: bool) -> list[str]:
    """Print figures and ratios."""
    sizes: Sequence[tuple[int, int]] = ((100, 20),) if short else ((1000, 200), (10_000, 30))
    for sockets, rounds in sizes:
        turns: dict[str, list[tuple[float, float, float, float]]] = {kind: [] for kind in KINDS}
        for _ in range(1 if short else 3):
            for kind in KINDS:
                turns[kind].append(measure(kind, sockets, rounds))
        found = {kind: [median([turn[i] for turn in turns[kind]]) for i in range(4)] for kind in KINDS}
        table(
            f"fan-out of one 800-byte event to {sockets} websockets",
            ("", "server µs each", "of bare", "of starlette", "KB idle", "last has it ms", "p99"),
            [
                [
                    kind,
                    cpu,
                    cpu / max(found["bare"][0], 1e-9),
                    cpu / max(found["starlette"][0], 1e-9),
                    memory,
                    last,
                    worst,
                ]
                for kind, (cpu, memory, last, worst) in found.items()
            ],
        )
    return []
