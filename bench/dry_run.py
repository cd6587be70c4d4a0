"""How fast a rule is tried on the past, whole: reading, asking, counting, saving how far it came.

Wall time, and processor time of this process and of the store. For three rules about messages: words and a tag, a tree
of ten tests, and one that asks for earlier conversations; and for two about far more than usual, in a channel and under
posts. Part of `python -m bench rules`.
"""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any

from bench.machine import Stores
from inbox import clock
from inbox.automation.dry_runs import DryRuns
from inbox.domain.permissions import Scope
from inbox.domain.rule_records import DryRun
from inbox.domain.rules import AddTags, OnEvent, OnVolume, RuleVersion, Trigger
from inbox.eventlog.directory import Directory
from inbox.eventlog.writer import Writer
from inbox.storage import rows, schema
from inbox.storage import tables as t
from inbox.storage.database import Database, Insert, Query, Save, Text, connect

_TEXT = """where is my order please thanks refund delivery broken shoes size late again hello when αγορά χρήματα πότε
παραγγελία kiitos tilaus rikki paket kaputt wann danke terima kasih pesanan rusak"""
_WORDS = _TEXT.split()
_POSTS = 500
_ON_MESSAGE = OnEvent(events=("message_received",))
_RULES: dict[str, dict[str, Any]] = {
    "words and a tag": {
        "all": [
            {"field": "text", "op": "has_words", "value": ["refund*", "money back", "χρήματα", "kaputt", "rikki"]},
            {"field": "tag", "op": "none_of", "value": ["41"]},
        ]
    },
    "ten tests": {
        "any": [
            {"all": [{"field": "text", "op": "has_words", "value": [word]}, {"field": "length", "op": "at_least", "value": 40}]}
            for word in ("broken", "late", "rusak", "πότε", "again")
        ]
    },
    "earlier conversations": {
        "all": [
            {"field": "previous_conversations", "op": "at_least", "value": 1},
            {"field": "text", "op": "has_words", "value": ["late", "again"]},
        ]
    },
}  # fmt: skip
_TRIED: dict[str, tuple[Trigger, dict[str, Any]]] = {
    **{name: (_ON_MESSAGE, condition) for name, condition in _RULES.items()},
    "more in a channel": (OnVolume(scope="channel", minutes=15, times=1.2, minimum=30), {}),
    "more under posts": (OnVolume(scope="post", minutes=60, times=3, minimum=10), {}),
}


def _fill(count: int, now: int) -> Query[None]:
    chance = random.Random(1)
    day = 86_400_000_000
    for start in range(0, count, 2_000):
        conversations, contacts, threads, messages, contents, deeds = [], [], [], [], [], []
        for n in range(start, min(count, start + 2_000)):
            at = now - day * 30 + day * 30 * n // count
            text = " ".join(chance.choices(_WORDS, k=chance.randint(4, 30)))
            ids = 10 * n + 10
            if n % 4 == 0:
                owner = ids
                conversations.append(_conversation(owner, owner + 1, at))
                contacts.append((owner + 1, "Eleni", None, None, None, "", None, "", "", 0, None, at, 1))
                threads.append(
                    _row(t.thread, id=owner + 2, channel_id=11, external_id=f"t{owner}", conversation_id=owner)
                )
            messages.append(
                _row(
                    t.message, id=ids + 3, conversation_id=owner, thread_id=owner + 2, channel_id=11,
                    external_id=f"m{n}", kind="message", direction="in", author_kind="contact", mark="live",
                    occurred_at=at, received_at=at, position=n, version=1,
                )
            )  # fmt: skip
            deeds.append(
                _row(
                    t.deed, at=at, position=n + 1, what="received", by="contact", conversation_id=owner,
                    message_id=ids + 3, channel_id=11, post_id=chance.randint(1, _POSTS),
                )
            )  # fmt: skip
            contents.append(_row(t.content, message_id=ids + 3, version=1, text=text, at=at))
        yield Save([Insert(t.contact, [_padded(t.contact, row) for row in contacts])])
        for table, some in (
            (t.conversation, conversations), (t.thread, threads), (t.message, messages), (t.content, contents),
            (t.deed, deeds),
        ):  # fmt: skip
            yield Save([Insert(table, some)])


def _padded(table: Any, row: tuple[Any, ...]) -> tuple[Any, ...]:
    return row + (None,) * (len(table.c) - 1 - len(row))


def _conversation(owner: int, contact: int, at: int) -> tuple[Any, ...]:
    return _row(
        t.conversation, id=owner, number=owner, status="open", priority="normal", contact_id=contact, channel_id=11,
        network="telegram", kind="direct", audience="private", tags="42", preview_direction="in", created_at=at,
        opened_at=at, last_activity_at=at, episode=1, language="en",
    )  # fmt: skip


def _row(table: Any, **values: Any) -> tuple[Any, ...]:
    """A row with what is given; the rest is empty."""
    row = []
    for column in table.c:
        if column.name == "workspace_id":
            continue
        empty: Any = None if column.nullable else "" if str(column.type) == "TEXT" else 0
        row.append(values.get(column.name, empty))
    return tuple(row)


async def _try(
    database: Database, writer: Writer, stores: Stores, trigger: Trigger, condition: dict[str, Any]
) -> tuple[float, float, DryRun]:
    """Seconds by the clock, seconds of processors, and what came of it."""
    directory = Directory(database)
    await directory.load()
    tasks: list[asyncio.Task[Any]] = []
    runs = DryRuns(database, writer, directory, lambda work, name: tasks.append(asyncio.ensure_future(work)))
    saying = RuleVersion(trigger=trigger, condition=condition, actions=(AddTags(tag_ids=(41,)),))
    began, spent = time.perf_counter(), time.process_time() + stores.server_cpu()
    run = await runs.start(saying, 366, Scope(None, frozenset()), None)
    await asyncio.gather(*tasks)
    seconds, spent = time.perf_counter() - began, time.process_time() + stores.server_cpu() - spent
    found = await database.read(rows.one, DryRun, run.id)
    assert found is not None
    return seconds, spent, found


async def measure(url: str, stores: Stores, count: int) -> list[list[Any]]:
    """Fill a database, try each rule: a line for each."""
    database = connect(url)
    await database.open()
    await database.write(lambda: schema.create(database.engine, clock.now()))
    await database.write(lambda: _fill(count, clock.now()))
    await database.write(_settle)
    writer = Writer(database)
    writing = asyncio.create_task(writer.run())
    lines: list[list[Any]] = []
    for name, (trigger, condition) in _TRIED.items():
        seconds, spent, run = await _try(database, writer, stores, trigger, condition)
        rate = run.checked / seconds
        lines.append([f"{database.engine}, {name}", run.checked, seconds, spent, rate, 1_000_000 / rate])
    writer.close()
    await writing
    await database.close()
    return lines


def _settle() -> Query[None]:
    yield Text({"sqlite": "ANALYZE", "postgres": "ANALYZE"})


def lines(stores: Stores, engine: str, count: int) -> list[list[Any]]:
    """The lines of an engine, over so many messages."""
    with stores.fresh(engine) as url:
        return asyncio.run(measure(url, stores, count))
