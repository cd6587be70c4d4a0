"""Webhooks in at full speed and at 500 a second, what comes out of the websockets, and what became of each message.

The sender and the listeners are processes of their own. Every program gets the same: 64 connections, five subscribers,
5 % of the webhooks delivered twice. Rates are compared inside one run only: programs take turns, medians count.
"""

from __future__ import annotations

import asyncio
import base64
import multiprocessing as mp
import os
import random
import re
import time
from array import array
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, cast

import uvloop

from bench import payload
from bench.machine import Program, Stores, median, percentile, table

CONNECTIONS = 64
SUBSCRIBERS = 5
REDELIVERED = 0.05
GRACE_SECONDS = 10.0
QUIET_SECONDS = 0.5
PEOPLE = 2000
_MESSAGE = re.compile(rb'"external_id":"m-(\d{12})"')
_POSITION = re.compile(rb'"position":(\d+)')
_RESUME = b'{"type":"resume","epoch":1,"position":0}'


class Result(NamedTuple):
    """What one program did with one load."""

    rate: float
    ack_p50: float
    ack_p99: float
    live_p50: float
    live_p99: float
    server_us: float
    store_us: float
    lost: int
    doubled: int
    disordered: int
    refused: int


# --- the sender


class Sender(asyncio.Protocol):
    """One connection: one request at a time."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.current = -1
        self.left = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready for the first request."""
        self.transport = cast(asyncio.Transport, transport)

    def send(self, n: int) -> None:
        """Send a request; the answer calls the plan."""
        self.current = n
        self.transport.write(self.plan.requests[n])

    def data_received(self, data: bytes) -> None:
        """One answer is one read, or nearly always: its head tells how long it is."""
        data = self.left + data
        head, found, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        if not found or (length and len(body) < int(length[1])):
            self.left = data
            return
        self.left = b""
        self.plan.answered(self, self.current, head[9:12])


class Plan:
    """What is sent when, and what came back."""

    def __init__(self, count: int, first: int, rate: float, seed: int) -> None:
        self.count, self.rate = count, rate
        self.random = random.Random(seed)
        now = time.time()
        self.requests = [payload.request(first + i, self.random.randrange(PEOPLE), now) for i in range(count)]
        self.due = array("d", bytes(8 * count))
        self.acked = array("d", bytes(8 * count))
        self.again: deque[int] = deque()
        self.idle: deque[Sender] = deque()
        """The longest idle is used next: none is idle for so long that the server closes it."""
        self.queue: deque[int] = deque()
        self.refused = self.open = self.next = 0
        self.finished = asyncio.Event()

    def answered(self, sender: Sender, n: int, status: bytes) -> None:
        """An answer: note it, and use the connection again."""
        self.open -= 1
        if status[:1] != b"2":
            self.refused += 1
        elif not self.acked[n]:
            self.acked[n] = time.perf_counter()
            if self.random.random() < REDELIVERED:
                self.again.append(n)
        if self.rate:
            if self.queue:
                self.start(sender, self.queue.popleft())
            else:
                self.idle.append(sender)
            self.check()
        else:
            self.more(sender)

    def start(self, sender: Sender, n: int) -> None:
        """Put one request on a connection."""
        self.open += 1
        sender.send(n)

    def more(self, sender: Sender) -> None:
        """Full speed: the next as soon as the last is answered."""
        if len(self.again) > 20 or (self.again and self.next >= self.count):
            self.start(sender, self.again.popleft())
        elif self.next < self.count:
            self.due[self.next] = time.perf_counter()
            self.next += 1
            self.start(sender, self.next - 1)
        self.check()

    def check(self) -> None:
        """Finished when everything was sent and answered."""
        if self.next >= self.count and not self.open and not self.queue:
            self.finished.set()

    async def paced(self) -> None:
        """Send at random moments, on average `rate` a second, whether or not the server keeps up."""
        due = time.perf_counter()
        while self.next < self.count:
            due += self.random.expovariate(self.rate)
            while due > time.perf_counter():
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
            for n in [self.next] + ([self.again.popleft()] if self.again else []):
                if n == self.next:
                    self.due[n] = due
                if self.idle:
                    self.start(self.idle.popleft(), n)
                else:
                    self.queue.append(n)
            self.next += 1
        self.check()


def send(port: int, count: int, first: int, rate: float, pipe: Connection) -> None:
    """The sending process."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        plan = Plan(count, first, rate, first)
        senders = [
            (await loop.create_connection(lambda: Sender(plan), "127.0.0.1", port))[1] for _ in range(CONNECTIONS)
        ]
        pipe.send("ready")
        await loop.run_in_executor(None, pipe.recv)
        began = time.perf_counter()
        if rate:
            plan.idle = deque(senders)
            await plan.paced()
        else:
            for sender in senders:
                plan.more(sender)
        with suppress(TimeoutError):
            await asyncio.wait_for(plan.finished.wait(), 60 + count / (rate or 100))
        seconds = max([a for a in plan.acked if a], default=began) - began
        pipe.send((plan.due.tobytes(), plan.acked.tobytes(), plan.refused, seconds))

    uvloop.run(run())


# --- the listeners


class Listener(asyncio.Protocol):
    """One websocket that reads events."""

    def __init__(self, ear: Ear, number: int) -> None:
        self.ear, self.number = ear, number
        self.buffer = b""
        self.up = False
        self.position = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Shake hands."""
        self.transport = cast(asyncio.Transport, transport)
        key = base64.b64encode(os.urandom(16)).decode()
        self.transport.write(
            (
                f"GET /live HTTP/1.1\r\nhost: 127.0.0.1:{self.ear.port}\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
                f"sec-websocket-version: 13\r\nsec-websocket-key: {key}\r\nsec-websocket-protocol: inbox.v1\r\n\r\n"
            ).encode()
        )

    def data_received(self, data: bytes) -> None:
        """Read what came, frame by frame."""
        now = self.ear.read_at = time.perf_counter()
        self.buffer += data
        if not self.up:
            head, found, rest = self.buffer.partition(b"\r\n\r\n")
            if not found:
                return
            assert b" 101 " in head, head
            self.up, self.buffer = True, rest
            self.transport.write(bytes((0x81, 0x80 | len(_RESUME), 0, 0, 0, 0)) + _RESUME)
            self.ear.joined()
        start = 0
        while (end := frame_end(self.buffer, start)) is not None:
            body, start = end[0], end[1]
            self.frame(body, now)
        self.buffer = self.buffer[start:]

    def frame(self, body: bytes, now: float) -> None:
        """One message: events must come in order, each message once."""
        if b'"type":"event"' not in body[:40]:
            return
        position = _POSITION.search(body)
        assert position is not None
        at = int(position[1])
        if self.position and at != self.position + 1:
            self.ear.disordered += 1
        self.position = at
        if b'"event":"message_received"' in body:
            found = _MESSAGE.search(body)
            assert found is not None
            self.ear.heard(self.number, int(found[1]), now)


def frame_end(buffer: bytes, start: int) -> tuple[bytes, int] | None:
    """The payload of the frame at `start` and where the next begins; None while it is not whole."""
    if len(buffer) < start + 2:
        return None
    size, head = buffer[start + 1], 2
    if size == 126:
        size, head = int.from_bytes(buffer[start + 2 : start + 4], "big"), 4
    elif size == 127:
        size, head = int.from_bytes(buffer[start + 2 : start + 10], "big"), 10
    end = start + head + size
    return (buffer[start + head : end], end) if len(buffer) >= end else None


class Ear:
    """What all subscribers of the process heard."""

    def __init__(self, port: int, first: int, count: int) -> None:
        self.port, self.first, self.count = port, first, count
        self.at = [array("d", bytes(8 * count)) for _ in range(SUBSCRIBERS)]
        self.doubled = self.disordered = self.total = self.up = 0
        self.all_up = asyncio.Event()
        self.read_at = 0.0
        """When anything came last."""

    def joined(self) -> None:
        """One more is connected."""
        self.up += 1
        if self.up == SUBSCRIBERS:
            self.all_up.set()

    def heard(self, number: int, n: int, now: float) -> None:
        """A subscriber saw a message."""
        index = n - self.first
        if not 0 <= index < self.count:
            return
        if self.at[number][index]:
            self.doubled += 1
        else:
            self.at[number][index] = now
            self.total += 1


def listen(port: int, first: int, count: int, pipe: Connection) -> None:
    """The listening process."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        ear = Ear(port, first, count)
        for number in range(SUBSCRIBERS):
            await loop.create_connection(lambda number=number: Listener(ear, number), "127.0.0.1", port)  # type: ignore[misc]
        await asyncio.wait_for(ear.all_up.wait(), 20)
        # What newcomers are sent of the messages before is not what is measured.
        while time.perf_counter() - ear.read_at < QUIET_SECONDS:
            await asyncio.sleep(0.02)
        pipe.send("ready")
        wanted = (await loop.run_in_executor(None, pipe.recv)) * SUBSCRIBERS
        end = time.perf_counter() + GRACE_SECONDS
        while ear.total < wanted and time.perf_counter() < end:
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)  # doubles come late
        pipe.send(([a.tobytes() for a in ear.at], ear.doubled, ear.disordered))

    uvloop.run(run())


# --- one measurement


def put_under(program: Program, stores: Stores, *, count: int, rate: float, first: int) -> Result:
    """Send `count` webhooks to a program; `rate` 0 is as fast as it answers."""
    context = mp.get_context("spawn")
    ours: list[tuple[Any, Any]] = []
    for target, words in ((listen, (program.port, first, count)), (send, (program.port, count, first, rate))):
        near, far = context.Pipe()
        process = context.Process(target=target, args=(*words, far), daemon=True)
        process.start()
        far.close()  # so that its death ends the wait for it
        assert near.recv() == "ready"
        ours.append((process, near))
    (_, heard), (_, sent) = ours
    cpu, store_cpu = program.cpu_seconds(), stores.server_cpu()
    sent.send("go")
    due, acked, refused, seconds = sent.recv()
    cpu, store_cpu = program.cpu_seconds() - cpu, stores.server_cpu() - store_cpu
    times = _doubles(acked)
    heard.send(sum(1 for a in times if a))
    seen, doubled, disordered = heard.recv()
    for process, pipe in ours:
        process.join(10)
        pipe.close()
    return _result(
        _doubles(due), times, [_doubles(s) for s in seen], seconds, cpu, store_cpu, doubled, disordered, refused
    )


def _doubles(raw: bytes) -> array[float]:
    found = array("d")
    found.frombytes(raw)
    return found


def _result(
    due: array[float], acked: array[float], seen: list[array[float]], seconds: float, cpu: float, store_cpu: float,
    doubled: int, disordered: int, refused: int,
) -> Result:  # fmt: skip
    done = [i for i, a in enumerate(acked) if a]
    settled = done[len(done) // 10 :]  # the first tenth warms caches up
    acks = [(acked[i] - due[i]) * 1e3 for i in settled]
    lives = [(at[i] - due[i]) * 1e3 for at in seen for i in settled if at[i]]
    lost = sum(1 for at in seen for i in done if not at[i])
    n = max(1, len(done))
    return Result(
        n / max(seconds, 1e-9), percentile(acks, 0.5), percentile(acks, 0.99), percentile(lives, 0.5),
        percentile(lives, 0.99), cpu / n * 1e6, store_cpu / n * 1e6, lost, doubled, disordered, refused,
    )  # fmt: skip


# --- programs side by side


HEAD = (
    "program", "msg/s", "ack p50 ms", "p99", "live p50 ms", "p99", "server µs", "store µs", "lost", "doubled",
    "disorder", "refused",
)  # fmt: skip


def side_by_side(
    stores: Stores, engine: str, modules: Sequence[str], *, rate: float, count: int, rounds: int
) -> dict[str, Result]:
    """Let programs take turns under the same load; the median of each figure, the sum of each fault."""
    found: dict[str, list[Result]] = {module: [] for module in modules}
    for turn in range(rounds):
        for module in modules:
            with stores.fresh(engine) as url:
                program = Program(module, "--database", url)
                try:
                    put_under(program, stores, count=max(64, count // 10), rate=0, first=1)
                    result = put_under(program, stores, count=count, rate=rate, first=1_000_000 * (turn + 1))
                finally:
                    program.stop()
            found[module].append(result)
    return {module: _combined(results) for module, results in found.items()}


def _combined(results: Sequence[Result]) -> Result:
    return Result(
        *(median([float(r[i]) for r in results]) for i in range(7)),  # type: ignore[arg-type]  # the figures
        *(sum(int(r[i]) for r in results) for i in range(7, 11)),  # the faults
    )


def report(title: str, found: dict[str, Result], ruler: str = "bench.minimal") -> None:
    """Print the figures and the ratios to the ruler."""
    table(title, HEAD, [[module, *result] for module, result in found.items()])
    base = found[ruler]
    rows = [
        [
            f"{module} / {ruler}", result.rate / base.rate, result.ack_p50 / base.ack_p50, result.ack_p99 / base.ack_p99,
            result.live_p50 / base.live_p50, result.live_p99 / base.live_p99, result.server_us / max(base.server_us, 1e-9),
            result.store_us / base.store_us if base.store_us else 0.0,
        ]
        for module, result in found.items() if module != ruler
    ]  # fmt: skip
    table("ratios", HEAD[:8], rows)


PROGRAMS = ("bench.minimal", "bench.product", "bench.whole", "bench.ordinary")


def run(stores: Stores, engines: Sequence[str], *, short: bool) -> list[str]:
    """The whole part; faults found, in words."""
    faults: list[str] = []
    full, paced, rounds = (600, 300, 1) if short else (12_000, 4_000, 3)
    for engine in engines:
        fast = side_by_side(stores, engine, PROGRAMS, rate=0, count=full, rounds=rounds)
        report(f"{engine}: as fast as answered, {CONNECTIONS} connections", fast)
        steady = side_by_side(stores, engine, PROGRAMS[:3], rate=500, count=paced, rounds=rounds)
        report(f"{engine}: 500 a second", steady)
        for kind, found in (("full speed", fast), ("500/s", steady)):
            for module in ("bench.product", "bench.whole"):
                one = found[module]
                if not (one.lost or one.doubled or one.disordered or one.refused):
                    continue
                faults.append(
                    f"{engine}, {module}, {kind}: {one.lost} lost, {one.doubled} doubled, {one.disordered} out of order,"
                    f" {one.refused} refused"
                )
    return faults
