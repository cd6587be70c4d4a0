"""`python -m bench.viral [--short]`: a post goes viral. 20,000 comments of 15,000 people come in ten minutes, over the
family's door, some of them twice and out of order; then everything is counted.

Printed: how long the network waits for its 200 on a quiet day and in the rush, how long opening a long thread takes, and
what is wrong (`FAULT …`, exit status 1): a comment lost or doubled, a counter or a wait that is not what was written.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import NamedTuple

import httpx2
from starlette.responses import Response

from connectors.contract import CustomerAction
from connectors.exchange import Request
from connectors.facebook_page.simulator import PageSimulator
from inbox import clock, logs
from inbox.app import Inbox
from inbox.commands.channels import CreateChannel
from inbox.domain import words
from inbox.eventlog.verify import verify
from inbox.sandbox.install import PRINCIPAL
from inbox.sandbox.rhythm import Chance
from inbox.settings import Settings
from inbox.storage.database import Query, Row, Text
from inbox.storage.migrate import migrate
from inbox.worker import networks
from tests.inbox.house import served

NETWORK = "facebook_page"
QUESTIONS = ("Does it come in green?", "Πόσο κάνει;", "Do you ship to Ireland?", "Kak, harganya berapa ya?")
HEARTS = ("🔥🔥🔥", "😍😍", "❤️", "👏👏👏👏")
QUIET_A_SECOND = 10
LONGEST = 5_000
"""So many answers stand under one of the comments, in the whole form."""


class Size(NamedTuple):
    """How much comes, and in how many seconds."""

    comments: int
    people: int
    seconds: float
    quiet: int
    longest: int


WHOLE = Size(20_000, 15_000, 600.0, 200, LONGEST)
SHORT = Size(240, 160, 2.0, 12, 60)


class Written(NamedTuple):
    """A comment as the network has it, and the delivery that tells of it."""

    external_id: str
    author: str
    root: str
    asks: bool
    request: Request


def write(size: Size, chance: Chance) -> list[Written]:
    """What people write, in order: first comments, answers to them, and one comment that everybody answers."""
    page = PageSimulator(chance.seed)
    post = next(thing.id for thing in page._things.values() if "#" in thing.text)
    roots: list[str] = []
    written: list[Written] = []
    at = clock.now() - 1_000_000
    for number in range(size.comments):
        author = f"p{number if number < size.people else chance.below(size.people, 'who', number)}"
        crowded = chance.below(size.comments, "crowd", number) < size.longest and roots
        answers = bool(roots) and (crowded or chance.below(5, "answers", number) == 0)
        root = roots[0] if crowded else roots[chance.below(len(roots), "root", number)] if answers else ""
        asks = chance.below(10, "asks", number) < 7
        said = QUESTIONS if asks else HEARTS
        text = said[chance.below(len(said), "text", number)]
        action = CustomerAction(
            do="write", person=author, name=author.upper(), text=text, thread_id=root, in_reply_to="" if root else post
        )
        [request] = page.act(action, at + number)
        external_id = next(reversed(page._things))
        roots += [] if root else [external_id]
        written.append(Written(external_id, author, root or external_id, asks, request))
    return written


def delivered(written: Sequence[Written], chance: Chance) -> list[Request]:
    """As a network delivers: each within twenty places of its own, one in fifteen twice."""
    placed = [(number + chance.below(20, "place", number), one.request) for number, one in enumerate(written)]
    placed += [
        (number + 5 + chance.below(200, "again", number), one.request)
        for number, one in enumerate(written)
        if chance.below(15, "twice", number) == 0
    ]
    return [request for _, request in sorted(placed, key=lambda pair: pair[0])]


@contextlib.asynccontextmanager
async def page_connected(folder: Path) -> AsyncIterator[tuple[Inbox, str]]:
    """The service with a connected page, and the address of the family's door."""
    settings = Settings(data_dir=folder, database_url="", redis_url="", log_level="error")
    await migrate(settings.store)
    async with Inbox.open(settings) as inbox, networks(inbox) as parts:
        page = PageSimulator(0)
        given = {**page.credentials, **page.settings, "page_id": page.asset_id}
        values = {"name": "Page", "live_since": clock.now() - clock.DAY}
        await inbox.writer.submit(CreateChannel(PRINCIPAL, inbox.sealer, NETWORK, given, values))
        async with served(parts.hooks.before(Response(status_code=404))) as address:
            yield inbox, f"{address}/hooks/meta"


async def bring(door: str, requests: Sequence[Request], seconds: float) -> list[float]:
    """Deliver evenly over so many seconds; how long each took to be answered 200, in ms. Raises on any other answer."""
    taken: list[float] = []
    limits = httpx2.Limits(max_connections=32)

    async with httpx2.AsyncClient(timeout=30, limits=limits) as client, asyncio.TaskGroup() as group:

        async def one(request: Request) -> None:
            began = time.perf_counter()
            answer = await client.post(door, content=request.body, headers=dict(request.headers))
            answer.raise_for_status()
            taken.append((time.perf_counter() - began) * 1000)

        began = time.perf_counter()
        for number, request in enumerate(requests):
            wait = began + seconds * number / len(requests) - time.perf_counter()
            await asyncio.sleep(max(0.0, wait))
            group.create_task(one(request))
    return taken


async def wrong(inbox: Inbox, written: Sequence[Written]) -> list[str]:
    """What is not as it was written, in words."""
    known = {one.external_id for one in written}
    rows = await inbox.database.read(_rows, "SELECT external_id, COUNT(*) FROM message GROUP BY external_id")
    there = {row[0]: row[1] for row in rows}
    faults = [f"{len(known - there.keys())} comments are lost"] if known - there.keys() else []
    doubled = [name for name, count in there.items() if count > 1]
    faults += [f"{len(doubled)} comments are doubled"] if doubled else []
    asking = {(one.root, one.author) for one in written if one.asks}
    expected = {
        "SELECT COUNT(*) FROM thread": len({one.root for one in written}),
        "SELECT COUNT(*) FROM wait WHERE \"end\" = ''": len(asking),
        "SELECT SUM(comment_count) FROM post": len(written),
        "SELECT COUNT(DISTINCT thread_id || '/' || identity_id) FROM wait WHERE reason <> 'no_question'": len(asking),
        "SELECT COUNT(*) FROM identity": len({one.author for one in written}),
    }
    for sql, due in expected.items():
        found = (await inbox.database.read(_rows, sql))[0][0]
        faults += [f"{sql}: {found}, and {due} was written"] if found != due else []
    verified = await inbox.database.read(verify)
    return faults + verified.differences


async def run(size: Size) -> list[str]:
    """Have it happen; what is wrong."""
    chance = Chance(7)
    logs.configure("console", "error")
    assert all(words.is_no_question(text, False) for text in HEARTS)
    written = write(size, chance)
    with tempfile.TemporaryDirectory(prefix="viral-") as folder:
        async with page_connected(Path(folder)) as (inbox, door):
            quiet = await bring(door, [one.request for one in written[: size.quiet]], size.quiet / QUIET_A_SECOND)
            rush = await bring(door, delivered(written[size.quiet :], chance), size.seconds)
            calm, busy = _p99(quiet), _p99(rush)
            print(f"answered 200 in ms: quiet p50 {statistics.median(quiet):.1f} p99 {calm:.1f}")
            print(
                f"                    rush  p50 {statistics.median(rush):.1f} p99 {busy:.1f} ({len(rush)} deliveries)"
            )
            faults = await wrong(inbox, written)
            print(f"{len(written)} comments of {len({one.author for one in written})} people: {len(faults)} faults")
            if size.comments == WHOLE.comments and busy > 2 * calm:
                faults.append(f"p99 in the rush is {busy / calm:.1f} times the quiet one")
            return faults


def _p99(taken: Sequence[float]) -> float:
    return sorted(taken)[min(len(taken) - 1, int(len(taken) * 0.99))]


def _rows(sql: str) -> Query[list[Row]]:
    return (yield Text({"sqlite": sql, "postgres": sql}))


def main() -> int:
    """Run it and print the faults."""
    parser = argparse.ArgumentParser(prog="python -m bench.viral", description=__doc__)
    parser.add_argument("--short", action="store_true", help="seconds, to see that it runs; its figures mean little")
    parser.add_argument("--seconds", type=float, default=WHOLE.seconds, help="in which everything comes")
    given = parser.parse_args()
    size = SHORT if given.short else WHOLE._replace(seconds=given.seconds)
    faults = asyncio.run(run(size))
    for fault in faults:
        print(f"FAULT {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
