"""Lists: every row once whatever is added, each along its index, nothing out of scope."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inbox.domain.listing import Filter, Order, of_view
from inbox.domain.permissions import Scope
from inbox.domain.records import Conversation, Message, Thread, Wait
from inbox.storage import conversations
from inbox.storage import floor as stored_floor
from inbox.storage import tables as t
from inbox.storage.conversations import Walk
from inbox.storage.database import Database, Insert, Query, Row, Save, Statement, Text
from tests.inbox.new_database import with_schema

EVERYTHING = Scope(None, frozenset())
ME = 7
NOW = 1_800_000_000_000_000


def row(number: int, **changes: Any) -> tuple[Any, ...]:
    """A conversation's row: open, waiting, of channel 1, a minute younger than the one before."""
    made = Conversation(
        id=number, number=number, status="open", priority="normal", subject="", contact_id=number % 50, channel_id=1,
        network="custom", kind="direct", audience="private", language="el", rating=None, assignee_id=None, team_id=None,
        tags="", preview="", preview_direction="in", message_count=1, participants_count=1,
        waiting_since=number * 60, deadline_at=None, window_closes_at=None, last_activity_at=number * 60,
        created_at=1, opened_at=1, closed_at=None, episode=1, snoozed_until=None, snooze_until_reply=0, spam=0,
        failed="", escalation="", origin="", campaign_id=None, external_refs="", linked_from=None, merged_into=None,
        as_of=1,
    )  # fmt: skip
    return msgspec.structs.astuple(msgspec.structs.replace(made, **changes))


def put(*rows: tuple[Any, ...]) -> Query[None]:
    """Insert rows."""
    yield Save([Insert(t.conversation, list(rows))])


def tagged(tag: int, *rows: tuple[Any, ...]) -> Query[None]:
    """Give these conversations a tag."""
    given = [Conversation(*row) for row in rows]
    yield Save([Insert(t.conversation_tag, [
        (tag, one.id, one.status, one.last_activity_at, one.channel_id, one.assignee_id) for one in given
    ])])  # fmt: skip


def warned(*conversation_ids: int) -> Query[None]:
    """Insert open waits whose policy has warned."""
    waits = [
        Wait(
            id=900 + of, thread_id=of, conversation_id=of, identity_id=1, opened_at=1, customer_opened_at=1,
            opened_by=1, position=of, ended_at=None, customer_ended_at=None, end="", reason="", ended_by_kind="",
            ended_by_id=None, answer_id=None, next_by=None, next_at=None, next_customer_at=None,
            acknowledged_at=None, deadline_at=None, breached_at=None, team_id=None, assignee_id=None, reopened=0,
            warned_at=NOW - 5,
        )
        for of in conversation_ids
    ]  # fmt: skip
    yield Save([Insert(t.wait, [msgspec.structs.astuple(one) for one in waits])])


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty database with its schema."""
    made = await with_schema(database_url)
    yield made
    await made.close()


async def every(
    database: Database, wanted: Filter, order: Order, *, scope: Scope = EVERYTHING, limit: int = 3, between: Any = None
) -> list[int]:
    """All ids of a list, page by page; `between` runs after each page."""
    found: list[int] = []
    after: list[int] | None = None
    while True:
        page = await database.read(conversations.page, wanted, order, scope, now=NOW, limit=limit, after=after)
        assert len(page.ids) <= limit
        found += page.ids
        after = page.after
        if after is None:
            return found
        if between is not None:
            await between()


async def test_those_who_wait_come_first_and_the_longest_first(database: Database) -> None:
    """Sorted by waiting, the rest follows by activity, newest first, across page borders."""
    rows = [row(n, waiting_since=None if n % 2 else 1000 - n) for n in range(1, 11)]
    await database.write(lambda: put(*rows))

    expected = [10, 8, 6, 4, 2, 9, 7, 5, 3, 1]
    for limit in range(1, 12):
        assert await every(database, Filter(), "waiting", limit=limit) == expected
    assert await every(database, Filter(waiting=True), "waiting") == expected[:5]


async def test_any_status_is_one_list_by_activity(database: Database) -> None:
    """Open, snoozed and closed are walked side by side."""
    statuses = ("open", "snoozed", "closed")
    await database.write(lambda: put(*[row(n, status=statuses[n % 3]) for n in range(1, 14)]))

    for limit in (1, 2, 5, 50):
        assert await every(database, Filter(status="any"), "activity", limit=limit) == list(range(13, 0, -1))


async def test_each_view_shows_what_it_says(database: Database) -> None:
    """Fixed views, as `views.shows` counts them."""
    await database.write(lambda: put(
        row(1, assignee_id=ME), row(2, waiting_since=None), row(3, status="snoozed"), row(4, status="closed"),
        row(5, spam=1), row(6, escalation="{}", assignee_id=9), row(7, kind="review", assignee_id=9),
        row(8, channel_id=2, assignee_id=9), row(9, team_id=3, assignee_id=9),
        row(10, window_closes_at=NOW + 1, assignee_id=9), row(11, merged_into=1), row(12, status="closed", spam=1),
    ))  # fmt: skip
    await database.write(lambda: _follows(ME, 4))
    shown = {}
    keys = (
        "waiting", "mine", "unassigned", "mentions", "window", "escalated", "snoozed", "closed", "spam", "all",
        "kind:review", "channel:2", "team:3",
    )  # fmt: skip
    for key in keys:
        shown[key] = sorted(await every(database, *of_view(key, ME, NOW)))

    assert shown == {
        "waiting": [1, 6, 7, 8, 9, 10], "mine": [1], "unassigned": [2], "mentions": [4], "window": [10],
        "escalated": [6], "snoozed": [3], "closed": [4], "spam": [5, 12], "all": [1, 2, 6, 7, 8, 9, 10],
        "kind:review": [7], "channel:2": [8], "team:3": [9],
    }  # fmt: skip


def _follows(agent_id: int, conversation_id: int) -> Query[None]:
    yield Save([Insert(t.follower, [(agent_id, conversation_id, 1)])])


async def test_nothing_out_of_scope_is_shown(database: Database) -> None:
    """A scope of channels and teams sees its channels' conversations and its teams', in every walk."""
    await database.write(lambda: put(row(1), row(2, channel_id=2), row(3, channel_id=3, team_id=5), row(4, team_id=6)))

    scope = Scope(frozenset({2}), frozenset({5}))
    for order in ("waiting", "activity", "deadline"):
        assert sorted(await every(database, Filter(), order, scope=scope)) == [2, 3]  # type: ignore[arg-type]
    assert await every(database, Filter(), "activity", scope=Scope(frozenset(), frozenset())) == []


async def test_filters_hold_together(database: Database) -> None:
    """Tag, channel and assignee: all three, along the tag's index."""
    rows = [row(n, channel_id=n % 2, assignee_id=n % 3 or None) for n in range(1, 31)]
    await database.write(lambda: put(*rows))
    await database.write(lambda: tagged(5, *rows[::5]))

    wanted = Filter(tag_id=5, channel_id=1, assignee=2)
    expected = [n for n in range(30, 0, -1) if n % 5 == 1 and n % 2 == 1 and n % 3 == 2]
    assert await every(database, wanted, "activity") == expected
    assert sorted(await every(database, wanted, "waiting")) == sorted(expected)
    nobodys = [n for n in range(30, 0, -1) if n % 5 == 1 and n % 3 == 0]
    assert await every(database, Filter(tag_id=5, assignee="none"), "activity") == nobodys


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    there=st.lists(st.tuples(st.integers(1, 6), st.booleans()), min_size=1, max_size=25),
    added=st.lists(st.tuples(st.integers(1, 6), st.booleans()), max_size=10),
    limit=st.integers(1, 7),
    order=st.sampled_from(["waiting", "activity"]),
)
async def test_paging_visits_each_row_once_while_others_are_added(
    there: list[tuple[int, bool]], added: list[tuple[int, bool]], limit: int, order: Order,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    """Whatever arrives between two pages, no row that was there is left out or comes twice, equal times included."""
    database = await with_schema(f"sqlite:///{tmp_path_factory.mktemp('lists') / 'inbox.sqlite3'}")

    def made(number: int, time: int, waits: bool) -> tuple[Any, ...]:
        return row(number, last_activity_at=time, waiting_since=time if waits else None)

    await database.write(lambda: put(*[made(n, *one) for n, one in enumerate(there, 1)]))
    coming = [made(1000 + n, *one) for n, one in enumerate(added)]

    async def arrives() -> None:
        if coming:
            one = coming.pop()
            await database.write(lambda: put(one))

    found = await every(database, Filter(), order, limit=limit, between=arrives)
    await database.close()

    assert len(found) == len(set(found))
    assert set(range(1, len(there) + 1)) <= set(found)


# --- plans

_WALKS = {
    "waiting": (Walk("waiting", frozenset(), "open", False, True), "conversation_waiting"),
    "rest of waiting": (Walk("activity", frozenset({"no_wait"}), "open", False, True), "conversation_activity"),
    "waiting in scope": (Walk("waiting", frozenset(), "open", True, True), "conversation_waiting"),
    "all open": (Walk("activity", frozenset(), "open", False, True), "conversation_activity"),
    "closed": (Walk("activity", frozenset(), "closed", False, True), "conversation_activity"),
    "mine": (Walk("activity", frozenset({"assignee"}), "open", False, True), "conversation_assignee"),
    "a channel": (Walk("activity", frozenset({"channel_id"}), "closed", False, True), "conversation_channel"),
    "a team": (Walk("activity", frozenset({"team_id"}), "closed", False, True), "conversation_team"),
    "deadline": (Walk("deadline", frozenset(), "open", False, True), "conversation_deadline"),
    "window": (Walk("window", frozenset({"window_until"}), "open", False, True), "conversation_window"),
    "escalated": (Walk("activity", frozenset({"escalated"}), "open", False, True), "conversation_escalated"),
    "spam": (Walk("activity", frozenset({"spam"}), "", False, True), "conversation_spam"),
    "tag, channel and assignee": (
        Walk("tagged", frozenset({"channel_id", "assignee"}), "closed", False, True), "conversation_tag_list",
    ),
}  # fmt: skip
_VALUES: dict[str, Any] = {
    "key": 600, "key_id": 10, "limit": 51, "channels": [1, 2], "teams": [1], "assignee": 7, "channel_id": 3,
    "team_id": 3, "tag_id": 5, "now": NOW, "window_until": NOW + 1,
}  # fmt: skip


@pytest.fixture(scope="module")
def rows_of_a_shop() -> list[tuple[Any, ...]]:
    """Twenty thousand conversations, mostly closed."""
    return [
        row(
            n, status="open" if n % 10 == 0 else "closed", waiting_since=n * 60 if n % 20 == 0 else None,
            channel_id=n % 40, assignee_id=n % 60 or None, team_id=n % 30 or None,
            deadline_at=n * 60 if n % 100 == 0 else None, window_closes_at=NOW + n if n % 50 == 0 else None,
            escalation="{}" if n % 700 == 0 else "", spam=int(n % 333 == 0),
        )
        for n in range(1, 20_001)
    ]  # fmt: skip


async def test_every_list_walks_along_its_index(database: Database, rows_of_a_shop: list[tuple[Any, ...]]) -> None:
    """No list sorts or scans the table: the plan of each names the index made for it."""
    await database.write(lambda: put(*rows_of_a_shop))
    for tag in range(20):
        await database.write(lambda tag=tag: tagged(tag, *rows_of_a_shop[tag::20]))
    await database.write(_analyse)

    wrong = {}
    for name, (walk, index) in _WALKS.items():
        plan = await _plan(database, conversations._statement(walk))
        if index not in plan or "Seq Scan" in plan or "TEMP B-TREE" in plan or "SCAN conversation\n" in plan:
            wrong[name] = plan

    assert wrong == {}


def _analyse() -> Query[None]:
    yield Text({"sqlite": "ANALYZE", "postgres": "ANALYZE"})


async def _plan(database: Database, statement: Statement) -> str:
    text, order = statement.on(database.engine)
    values = tuple(_VALUES.get(name, default) for name, default in order)
    if database.engine == "sqlite":
        plain = tuple(msgspec.json.encode(v).decode() if isinstance(v, list) else v for v in values)
        rows = await database.read(_explained, {"sqlite": f"EXPLAIN QUERY PLAN {text}"}, plain)
        return "\n".join(str(r[3]) for r in rows) + "\n"
    rows = await database.read(_explained, {"postgres": f"EXPLAIN {text}"}, values)
    return "\n".join(str(r[0]) for r in rows) + "\n"


def _explained(text: dict[Any, str], args: tuple[Any, ...]) -> Query[list[Row]]:
    return (yield Text(text, args))


async def test_unread_is_the_newest_customer_item_against_ones_own_mark(database: Database) -> None:
    """An agent who never looked has not read; a mark at or after the newest item has."""
    await database.write(lambda: put(row(1), row(2), row(3)))
    await database.write(_threads_with_items)

    assert await database.read(conversations.unread, ME, [1, 2, 3]) == {1, 3}
    assert await database.read(conversations.unread, ME, []) == set()


def _threads_with_items() -> Query[None]:
    for number in (1, 2, 3):
        yield Save([
            Insert(t.thread, [msgspec.structs.astuple(_thread(number))]),
            Insert(t.message, [msgspec.structs.astuple(_item(number))]),
        ])  # fmt: skip
    yield Save([Insert(t.read_mark, [(ME, 2, 20), (ME, 3, 29)])])


def _thread(number: int) -> Thread:
    return Thread(
        id=number, channel_id=1, external_id=f"t{number}", network="custom", kind="direct", audience="private",
        conversation_id=number, identity_id=None, post_id=None, title="", address="", window_closes_at=None,
        last_in_at=1, last_in_id=100 + number, closed=0, recipients="", delivered_up_to=None, read_up_to=None,
        created_at=1,
    )  # fmt: skip


def _item(number: int) -> Message:
    return Message(
        id=100 + number, conversation_id=number, thread_id=number, channel_id=1, external_id=None, kind="message",
        direction="in", author_kind="contact", author_id=None, identity_id=None, in_reply_to=None, rating=None,
        version=1, edited_at=None, deleted_at=None, erased=0, hidden_at=None, automatic="", mark="live",
        needs_answer=1, occurred_at=1, received_at=1, position=number * 10, as_of=1, delivery_state="",
        delivery_reason="", delivery_at=None, delivery_until=None, parts=0, refused_recipients="", released_at=None,
        accepted_at=None, ends_wait=0, client_key=None, reactions="",
    )  # fmt: skip


async def test_late_and_soon_are_what_the_floor_counts(database: Database) -> None:
    """Past deadlines are late; soon is what a policy has warned of and is still to come; both lists agree with the
    floor's sums, for every scope.
    """
    rows = [
        row(1, deadline_at=NOW - 1),
        row(2, deadline_at=NOW),
        row(3, deadline_at=NOW + 1),
        row(4, deadline_at=NOW + 1, team_id=3),
        row(5),
        row(6, deadline_at=NOW - 1, channel_id=2),
        row(7, deadline_at=NOW - 1, waiting_since=None),
    ]
    await database.write(lambda: put(*rows))
    await database.write(lambda: warned(3, 4, 1))
    for scope in (EVERYTHING, Scope(frozenset({1}), frozenset())):
        floor = await database.read(stored_floor.waiting, scope, NOW)
        late = await every(database, Filter(waiting=True, target="late"), "deadline", scope=scope)
        soon = await every(database, Filter(waiting=True, target="soon"), "waiting", scope=scope)
        assert (len(late), len(soon)) == (sum(one.breached for one in floor), sum(one.at_risk for one in floor))
    assert sorted(late) == [1, 2]
    assert soon == [3, 4]


async def test_those_without_a_team(database: Database) -> None:
    """`none` is nobody's team, as it is nobody's conversation."""
    await database.write(lambda: put(row(1), row(2, team_id=3), row(3)))
    assert await every(database, Filter(team_id="none"), "activity") == [3, 1]
    assert await every(database, Filter(team_id=3), "activity") == [2]
