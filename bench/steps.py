"""Where the time of one message goes: µs of CPU by step, in batches of 64 and one by one, without the HTTP server.

CPU of this process, not wall time; PostgreSQL's own is beside it as `store`.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from bench import payload
from bench.machine import Stores, steady, table
from bench.product import Begin, Product
from connectors.contract import Context
from connectors.exchange import Request
from inbox import clock
from inbox.domain.state import Prepared
from inbox.eventlog.unit import Unit
from inbox.eventlog.writer import transact
from inbox.intake import language
from inbox.intake.hook import headers_kept
from inbox.intake.prepare import described
from inbox.intake.receive import Arrived, DeliveryUnit, Source, parsed
from inbox.live.shown import Shown
from inbox.settings import Settings
from inbox.storage import schema
from inbox.storage.database import PutSearch, Query, Row, Save, Step, Text, connect

T = TypeVar("T")
STEPS = ("verify", "parse", "prepare", "load", "decide", "save", "search", "commit", "frames", "encode")


class Meter:
    """Adds up CPU by step."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self._since = time.process_time()

    def to(self, step: str) -> None:
        """What was spent since the last call was spent on this step."""
        now = time.process_time()
        self.spent[step] += now - self._since  # type: ignore[assignment]
        self._since = now

    def of(self, step: str, do: Callable[[], T]) -> T:
        """Do something and count it."""
        self.to("other")
        done = do()
        self.to(step)
        return done


def metered(query: Query[T], meter: Meter) -> Query[T]:
    """The same query, its steps counted; the search rows are written by a step of their own."""
    rows: list[Row] | None = None
    phase = "load"
    while True:
        try:
            step = next(query) if rows is None else query.send(rows)
        except StopIteration as done:
            meter.to("save")
            result: T = done.value
            return result
        if isinstance(step, Save):
            # What was computed before the first write is the decision, and the rows made of it.
            meter.to("decide")
            yield from _searched(step, meter)
            rows, phase = [], "save"
            continue
        meter.to("other" if isinstance(step, Text) else phase)
        rows = yield step
        meter.to("other" if isinstance(step, Text) else phase)


def _searched(step: Save, meter: Meter) -> Query[None]:
    search = [write for write in step.writes if isinstance(write, PutSearch)]
    yield from _one(Save([write for write in step.writes if not isinstance(write, PutSearch)]))
    meter.to("save")
    if search:
        yield from _one(Save(search))
        meter.to("search")


def _one(step: Step) -> Query[None]:
    yield step


def request_of(n: int, person: int) -> Request:
    """A webhook as the endpoint hands it on."""
    at = time.time()
    body = payload.event(n, person, at)
    headers = {
        "content-type": "application/json", "content-length": str(len(body)), "webhook-id": f"evt-{n:012d}",
        "webhook-timestamp": str(int(at)), "webhook-signature": payload.signature(n, at, body),
    }  # fmt: skip
    return Request(method="POST", path=payload.PATH, query="", headers=headers, body=body)


class Path64:
    """The path of a webhook, called step by step."""

    def __init__(self, product: Product, context: Context, meter: Meter) -> None:
        self.product, self.context, self.meter = product, context, meter
        self.connector = product.contexts.connector("custom")

    def unit(self, request: Request) -> Unit:
        """Verify, parse, prepare."""
        meter, ctx = self.meter, self.context
        verify, parse = self.connector.verify, self.connector.parse
        assert verify is not None
        assert parse is not None
        meter.of("verify", lambda: verify(request, ctx))
        elements, problem = meter.of("parse", lambda: parsed(lambda: parse(request, ctx), ctx))
        items: list[Prepared] = meter.of("prepare", lambda: [described(element.inbound) for element in elements])
        source = Source(body=request.body, headers=headers_kept(request), problem=problem)
        arrived = Arrived(
            channel=self.product.directory.facts(payload.CHANNEL),
            elements=elements,
            sources=(source,),
            received_at=clock.now(),
        )
        return DeliveryUnit(arrived, items)

    async def write(self, units: Sequence[Unit]) -> None:
        """Lock, load, decide, save, commit, frames."""
        meter = self.meter
        meter.to("other")
        shown: list[Shown] = []

        def then(committed: Any) -> None:
            meter.to("commit")
            shown.extend(self.product.desk.tail.showing.of(committed.state.events, committed.state))
            meter.to("frames")

        await self.product.database.write(lambda: metered(transact(units), meter), then, quick=True)
        meter.to("other")
        if shown:
            self.product.desk.hub.publish(shown)
        meter.to("encode")


async def measure(url: str, stores: Stores, *, batch: int, count: int) -> dict[str, float]:
    """µs per message by step."""
    with tempfile.TemporaryDirectory(prefix="inbox-bench-") as folder:
        database = connect(url)
        await database.open()
        await database.write(lambda: schema.create(database.engine, clock.now()))
        product = Product(database, Settings(data_dir=Path(folder), database_url=url))
        writing = asyncio.create_task(product.writer.run())
        await product.writer.submit(Begin())
        product.writer.close()
        await writing
        await product.directory.load()
        language.warm().join()
        context = await product.contexts.of(payload.CHANNEL)
        for people in range(0, 1000, 50):  # those who write below are known, and the caches warm
            path = Path64(product, context, Meter())
            await path.write([path.unit(request_of(10_000_000 + p, p)) for p in range(people, people + 50)])
        steady()
        meter, store = Meter(), stores.server_cpu()
        path = Path64(product, context, meter)
        for start in range(0, count, batch):
            requests = [request_of(n, n * 7919 % 1000) for n in range(start, min(count, start + batch))]
            meter.to("other")
            await path.write([path.unit(request) for request in requests])
        spent = {step: seconds / count * 1e6 for step, seconds in meter.spent.items()}
        spent["store"] = (stores.server_cpu() - store) / count * 1e6
        await database.close()
    return spent


def run(stores: Stores, engines: Sequence[str], *, short: bool) -> None:
    """Print the table."""
    rows = []
    for engine in engines:
        for batch, count in ((64, 256 if short else 6400), (1, 60 if short else 1000)):
            with stores.fresh(engine) as url:
                spent = asyncio.run(measure(url, stores, batch=batch, count=count))
            steps = [float(spent.get(step, 0.0)) for step in STEPS]
            rows.append([f"{engine}, batch {batch}", *steps, sum(steps), float(spent["store"])])
    table("µs of CPU per message, by step (without HTTP)", ["", *STEPS, "sum", "store"], rows)
