"""What promises and rules cost the way in: the same webhooks with nothing set up, and with an SLA policy and ten rules
switched on, taking turns; then how fast a rule is tried on the past.

CPU of this process and of the store, per message: until the last one is acknowledged, and until the readers of the log
have caught up with it. Waits and the reader of reports are on in both, as they always are.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import dry_run, payload
from bench.machine import Stores, median, steady, table
from bench.product import EVERYTHING, Begin, Product
from bench.steps import Meter, Path64, request_of
from inbox import clock
from inbox.automation.running import Rules
from inbox.commands.policies import PutPolicy
from inbox.commands.rules import PutRule
from inbox.domain.records import Tag
from inbox.domain.rules import AddTags, OnEvent
from inbox.domain.state import State
from inbox.eventlog.bus import Bus
from inbox.eventlog.unit import Unit
from inbox.eventlog.writer import Committed
from inbox.reports.reader import Reader
from inbox.settings import Settings
from inbox.storage import rows, schema
from inbox.storage.database import Query, connect

RUNS = 5
BATCH = 64
PEOPLE = 1_000
_RARE = (
    ["refund now"], ["broken", "damaged"], ["invoice"], ["coupon", "voucher"], ["angry", "lawyer*"], ["late", "delayed"],
    ["leaving"], ["wrong size"], ["colour"], ["unsubscribe"],
)  # fmt: skip
"""What each of ten rules looks for; nobody says any of it."""
_COMMON = (["refund", "money back"], ["birthday"], *_RARE[2:])
"""Two of these are in every message that is sent."""


SOUGHT: tuple[tuple[list[str], ...], ...] = ((), _RARE, _COMMON)


class Cost:
    """CPU µs per message: until acknowledged, and until read by all readers."""

    def __init__(self, acknowledged: float, read: float) -> None:
        self.acknowledged, self.read = acknowledged, read


class _Tagged(Unit):
    """A tag for rules to set."""

    alone = True

    def run(self, state: State) -> Query[int]:
        """Make it."""
        tag = Tag(id=state.next_id(), name="Looked at", colour="", created_at=state.now)
        yield from rows.add(tag)
        return tag.id


async def promise_and_rule(product: Product, sought: Sequence[list[str]]) -> None:
    """A policy for everybody, and a rule for each of these lists of words."""
    directory, writer = product.directory, product.writer
    terms = {"time": "calendar", "first_response_seconds": 3600, "next_response_seconds": 7200, "warning_seconds": 900}
    await writer.submit(PutPolicy(EVERYTHING, None, {"name": "All"}, terms, directory=directory))
    tag_id = await writer.submit(_Tagged())
    await directory.load()
    for number, words in enumerate(sought):
        says: dict[str, Any] = {
            "trigger": OnEvent(events=("message_received",)),
            "condition": {"all": [
                {"field": "text", "op": "has_words", "value": words},
                {"field": "length", "op": "at_least", "value": 20},
            ]},
            "actions": (AddTags(tag_ids=(tag_id,)),), "hour_cap": 100_000,
        }  # fmt: skip
        await writer.submit(PutRule(EVERYTHING, None, {"name": f"Rule {number}"}, says, directory=directory))
    await directory.load()


async def cost(url: str, stores: Stores, count: int, sought: Sequence[list[str]] = ()) -> Cost:
    """Send messages, sixty-four at a time, as the door for webhooks hands them on. Without words that rules look for
    there is no promise either.
    """
    with tempfile.TemporaryDirectory(prefix="inbox-bench-") as folder:
        database = connect(url)
        await database.open()
        await database.write(lambda: schema.create(database.engine, clock.now()))
        product = Product(database, Settings(data_dir=Path(folder), database_url=url))
        product.writer.listeners.append(lambda committed: _heard(product, committed))
        writing = asyncio.create_task(product.writer.run())
        await product.writer.submit(Begin())
        await product.directory.load()
        rules = Rules(database, product.writer, product.directory, Bus(), product.contexts.of)
        reader = Reader(database, product.writer, Bus())
        if sought:
            await promise_and_rule(product, sought)
            product.writer.terms = lambda: product.directory.terms
        path = Path64(product, await product.contexts.of(payload.CHANNEL), Meter())
        await _send(product, path, 10_000_000, PEOPLE)  # those who write below are known, and the caches warm
        await rules.catch_up()
        await reader.catch_up()
        steady()
        beside = [asyncio.create_task(one.run()) for one in ((rules, reader) if sought else (reader,))]
        began = time.process_time() + stores.server_cpu()
        await _send(product, path, 0, count)
        acknowledged = time.process_time() + stores.server_cpu() - began
        for task in beside:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if sought:
            await rules.catch_up()
        await reader.catch_up()
        read = time.process_time() + stores.server_cpu() - began
        product.writer.close()
        await writing
        await database.close()
    return Cost(acknowledged / count * 1e6, read / count * 1e6)


def _heard(product: Product, committed: Committed) -> None:
    for logged in committed.state.events:
        product.directory.heard(logged.event)


async def _send(product: Product, path: Path64, first: int, count: int) -> None:
    for start in range(first, first + count, BATCH):
        numbers = range(start, min(first + count, start + BATCH))
        units = [path.unit(request_of(n, n * 7919 % PEOPLE)) for n in numbers]
        await asyncio.gather(*(product.writer.submit(unit) for unit in units))


def run(stores: Stores, engines: Sequence[str], *, short: bool, scale: float) -> None:
    """Print both tables."""
    count, runs = (256, 1) if short else (6_400, RUNS)
    lines = []
    for engine in engines:
        costs: list[list[Cost]] = [[] for _ in SOUGHT]
        for _ in range(runs):
            for known, sought in zip(costs, SOUGHT, strict=True):
                with stores.fresh(engine) as url:
                    known.append(asyncio.run(cost(url, stores, count, sought)))
        for name, of in (("until acknowledged", "acknowledged"), ("until read by all readers", "read")):
            plain, none, two = (median([getattr(one, of) for one in known]) for known in costs)
            lines.append([f"{engine}, {name}", plain, none, none / plain, two, two / plain])
    head = ("", "without", "none fits", "ratio", "two fit each", "ratio")
    table("CPU µs per message: without, and with an SLA policy and ten rules", head, lines)
    tried = [line for engine in engines for line in dry_run.lines(stores, engine, max(1_000, int(1_000_000 * scale)))]
    table("a rule tried on the past", ("", "messages", "seconds", "CPU s", "a second", "a million, s"), tried)
