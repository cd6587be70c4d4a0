"""An old snapshot plus the frames since equals a fresh snapshot, for random sequences of what networks and people do.

The client here is the least one there can be: it puts rows and items by id where `as_of` is newer, and forgets what
`left`.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from connectors import inbound as net
from connectors.errors import SendErrorKind
from connectors.outbound import Receipt, Sibling
from inbox import clock
from inbox.commands.merge import Merge, Unmerge
from inbox.commands.note import WriteNote
from inbox.commands.triage import Dismiss, Escalate, Escalation, Triage, TriageChange, UndoDismiss
from inbox.delivery.attempts import AttemptBegan, PartAccepted
from inbox.domain import events as e
from inbox.domain import posts, wait
from inbox.domain.permissions import Principal, Scope
from inbox.domain.records import Conversation
from inbox.domain.state import Needs, State, Workspace
from inbox.errors import InboxError
from inbox.eventlog import load
from inbox.eventlog.unit import Unit
from inbox.eventlog.verify import verify
from inbox.live.hub import Hub, Socket
from inbox.live.shown import Showing
from inbox.live.tail import Tail
from inbox.storage import outbox
from inbox.storage import tables as t
from inbox.storage.database import Query, Statement
from tests.inbox.desk import Desk
from tests.inbox.live.test_hub import FakeWire
from tests.inbox.world import ANNA, ATHENS, BEN, CLEO, MAIL, TELEGRAM, World, world
from tests.servers import fresh_database

PEOPLE = ("ana", "bo", "cy")
SCOPES = {
    "all": Scope(None, frozenset(), admin=True),
    "mail": Scope(frozenset({MAIL}), frozenset()),
    "team": Scope(frozenset(), frozenset({ATHENS})),
}
MOVES = ("conversations_merged", "conversations_unmerged", "thread_bound", "threads_left", "conversation_started")
_IDS = Statement(select(t.conversation.c.id))
_COUNTS = "SELECT comment_count, hidden_count, answered_count, unasked_count FROM post ORDER BY id"
_COUNTED = """
SELECT (SELECT COUNT(*) FROM message m JOIN thread th ON th.id = m.thread_id
        WHERE th.post_id = post.id AND m.kind = 'comment' AND m.direction = 'in' AND m.deleted_at IS NULL),
       (SELECT COUNT(*) FROM message m JOIN thread th ON th.id = m.thread_id
        WHERE th.post_id = post.id AND m.kind = 'comment' AND m.direction = 'in' AND m.deleted_at IS NULL
          AND m.hidden_at IS NOT NULL),
       (SELECT COUNT(*) FROM wait w JOIN thread th ON th.id = w.thread_id
        WHERE th.post_id = post.id AND w."end" = 'answered'),
       (SELECT COUNT(*) FROM wait w JOIN thread th ON th.id = w.thread_id
        WHERE th.post_id = post.id AND w."end" = 'dismissed' AND w.reason = 'no_question'
          AND w.ended_by_kind = 'system')
FROM post ORDER BY id
"""
_MESSAGES = Statement(select(t.message.c.id))


class Client:
    """What one agent's browser holds."""

    def __init__(self, scope: Scope) -> None:
        self.wire = FakeWire()
        self.socket = Socket(self.wire, Principal(e.Actor("agent", 1), "A", scope, frozenset()))
        self.rows: dict[str, dict[str, Any]] = {}
        self.messages: dict[str, dict[str, Any]] = {}
        self.applied = 0

    def take(self) -> None:
        """Apply the frames that came."""
        frames: list[Any] = self.wire.frames()
        self.wire.data = b""
        for frame in frames:
            self.applied += 1
            if frame["type"] == "left":
                self.rows.pop(frame["conversation_id"], None)
                continue
            moved = {*frame["data"].get("thread_ids", ()), frame["data"].get("thread_id")}
            if frame["event"] in MOVES:
                # Threads changed hands: what was held of them is fetched anew when it is looked at.
                self.messages = {i: m for i, m in self.messages.items() if m["thread_id"] not in moved}
            row, message = frame["row"], frame["data"].get("message")
            if row is not None and row["as_of"] > self.rows.get(row["id"], {"as_of": -1})["as_of"]:
                self.rows[row["id"]] = row
            if message is not None and message["as_of"] >= self.messages.get(message["id"], {"as_of": -1})["as_of"]:
                self.messages[message["id"]] = message


class Does(Unit):
    """A person's change, given as a function of the state."""

    def __init__(self, conversation_id: int, change: Any) -> None:
        self.conversation_id = conversation_id
        self.change = change

    def needs(self, needs: Needs) -> None:
        """The conversation."""
        needs.conversations.add(self.conversation_id)

    def decide(self, state: State) -> None:
        """Make the change."""
        self.change(state, state.conversations[self.conversation_id])


def _everything() -> Query[tuple[list[Conversation], State]]:
    state = State(Workspace(0, 0, 0, 1), clock.now())
    ids = yield _IDS()
    yield from load.rows_of(state, [row[0] for row in ids])
    messages = yield _MESSAGES()
    yield from load.items_of(state, [row[0] for row in messages])
    return list(state.conversations.values()), state


class Sync(RuleBasedStateMachine):
    """Three clients of different scopes follow whatever happens."""

    database: Callable[[], contextlib.AbstractContextManager[str]]

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.stack = contextlib.ExitStack()
        self.opened = world(self.stack.enter_context(type(self).database()))
        self.made: World = self.loop.run_until_complete(self.opened.__aenter__())
        self.hub = Hub()
        self.tail = Tail(self.made.database, Showing(self.made.show, "http://x"), self.made.bus, self.hub.publish)
        self.loop.run_until_complete(self.tail.open())
        self.made.writer.listeners.append(self.tail.committed)
        self.clients = {name: Client(scope) for name, scope in SCOPES.items()}
        for client in self.clients.values():
            client.socket.live = True
            client.socket.position = self.tail.position
            self.hub.add(client.socket)
        self.said: list[net.MessageReceived] = []
        self.desk = Desk(self.made)
        self.sent: list[int] = []

    def teardown(self) -> None:
        """What is stored of waits equals what the log says, what is counted of posts what there is; then close."""
        assert self.run(self.made.database.read(verify)).differences == []
        assert self.run(self.desk.rows(_COUNTED)) == self.run(self.desk.rows(_COUNTS))
        self.loop.run_until_complete(self.opened.__aexit__(None, None, None))
        self.loop.close()
        self.stack.close()

    def run(self, awaitable: Any) -> Any:
        """Do something on the loop and let the frames arrive."""
        result = self.loop.run_until_complete(awaitable)
        self.loop.run_until_complete(asyncio.sleep(0))
        return result

    def ids(self) -> list[int]:
        """Conversations there are."""
        rows = self.run(self.made.database.read(_ids))
        return [row[0] for row in rows]

    def change(self, pick: int, change: Any) -> None:
        """Change one of the conversations."""
        ids = self.ids()
        if ids:
            self.run(self.made.writer.submit(Does(ids[pick % len(ids)], change)))

    @initialize()
    def begin(self) -> None:
        """There is always somebody who wrote."""
        self.write("ana", TELEGRAM, "Hello?", False)

    @rule(
        person=st.sampled_from(PEOPLE),
        channel=st.sampled_from((TELEGRAM, MAIL)),
        text=st.sampled_from(("Hello?", "Πού είναι;", "@maria ❤", "")),
        comment=st.booleans(),
    )
    def write(self, person: str, channel: int, text: str, comment: bool) -> None:
        """A customer writes, in private or under a post."""
        inbound = self.made.message(text, person=person)
        if comment:
            post = net.Post(external_id="p1", text="Our post")
            thread = net.Thread(external_id="comment-1", kind="comment", audience="public", post=post)
            inbound = msgspec.structs.replace(inbound, thread=thread, kind="comment")
        self.said.append(inbound)
        self.run(self.made.arrives(inbound, channel_id=channel))

    @rule(pick=st.integers(0, 9), again=st.booleans())
    def edit_or_redeliver(self, pick: int, again: bool) -> None:
        """A customer edits, or the network sends again what it sent."""
        if not self.said:
            return
        old = self.said[pick % len(self.said)]
        edited = net.MessageEdited(
            dedupe_key="e",
            occurred_at=clock.now(),
            external_id=old.external_id,
            text=f"edit {pick}",
            edited_at=clock.now(),
        )
        for channel in (TELEGRAM, MAIL):
            self.run(self.made.arrives(old if again else edited, channel_id=channel))

    @rule(pick=st.integers(0, 9), erase=st.booleans())
    def delete(self, pick: int, erase: bool) -> None:
        """A customer takes a message back."""
        if self.said:
            gone = net.MessageDeleted(
                dedupe_key="x",
                occurred_at=clock.now(),
                external_id=self.said[pick % len(self.said)].external_id,
                erase=erase,
            )
            self.run(self.made.arrives(gone, channel_id=TELEGRAM))

    @rule(pick=st.integers(0, 9), became=st.sampled_from(("hidden", "visible", "removed")))
    def moderate_outside(self, pick: int, became: Any) -> None:
        """Somebody of ours hides, shows or removes an item in the network's own app."""
        if self.said:
            target = self.said[pick % len(self.said)].external_id
            for channel in (TELEGRAM, MAIL):
                told = net.CommentModerated(dedupe_key="h", occurred_at=clock.now(), external_id=target, state=became)
                self.run(self.made.arrives(told, channel_id=channel))

    @rule(pick=st.integers(0, 9), emoji=st.sampled_from(("👍", "😡")))
    def react(self, pick: int, emoji: str) -> None:
        """A customer reacts."""
        if self.said:
            target = self.said[pick % len(self.said)].external_id
            author = net.Author(external_id="bo", name="Bo")
            reaction = net.ReactionChanged(
                dedupe_key="r", occurred_at=clock.now(), message_id=target, author=author, emojis=(emoji,)
            )
            self.run(self.made.arrives(reaction, channel_id=TELEGRAM))

    @rule(person=st.sampled_from(PEOPLE), name=st.sampled_from(("Ana M.", "Ana")))
    def rename(self, person: str, name: str) -> None:
        """A profile changes at the network."""
        author = net.Author(external_id=person, name=name)
        self.run(self.made.arrives(net.IdentityChanged(dedupe_key="i", occurred_at=clock.now(), author=author)))

    @rule(pick=st.integers(0, 9), team=st.sampled_from((None, ATHENS)))
    def assign_team(self, pick: int, team: int | None) -> None:
        """The conversation moves into or out of a team's sight."""
        self.change(
            pick,
            lambda s, c: s.emit(
                e.TeamChanged(conversation_id=c.id, before=c.team_id, after=team), e.Actor("agent", 21)
            ),
        )

    @rule(pick=st.integers(0, 9))
    def close(self, pick: int) -> None:
        """An agent closes."""

        def change(state: State, c: Conversation) -> None:
            if c.status == "open":
                wait.dismissed(state, state.open_waits(c.id), "closed", e.Actor("agent", 21))
                state.emit(e.ConversationClosed(conversation_id=c.id, episode=c.episode), e.Actor("agent", 21))

        self.change(pick, change)

    @rule(pick=st.integers(0, 9))
    def snooze(self, pick: int) -> None:
        """An agent snoozes until the contact writes."""
        self.change(pick, lambda s, c: s.emit(e.ConversationSnoozed(conversation_id=c.id, until_reply=True)))

    @rule(pick=st.integers(0, 9), campaign=st.sampled_from((None, 71)))
    def carry(self, pick: int, campaign: int | None) -> None:
        """A conversation belongs to a campaign, or to none."""
        self.change(pick, lambda s, c: posts.carry(s, c, campaign, e.Actor("agent", 21)))

    @rule(pick=st.integers(0, 9), added=st.booleans())
    def tag(self, pick: int, added: bool) -> None:
        """A tag is put on or taken off."""
        kind = e.TagAdded if added else e.TagRemoved
        self.change(pick, lambda s, c: s.emit(kind(conversation_id=c.id, tag_id=41), e.Actor("agent", 21)))

    def people(self, unit: Callable[[int, Principal], Any], pick: int) -> None:
        """A command of an admin on one of the conversations; a refusal is fine."""
        ids = self.ids()
        if ids:
            with contextlib.suppress(InboxError):
                self.run(self.made.writer.submit(unit(ids[pick % len(ids)], self.desk.agent(CLEO))))

    @rule(pick=st.integers(0, 9), close=st.booleans())
    def reply(self, pick: int, close: bool) -> None:
        """An agent answers; the network takes it, refuses it, or nobody knows."""
        ids = self.ids()
        with contextlib.suppress(InboxError):
            sent = self.run(self.desk.replies("An answer", conversation=ids[pick % len(ids)], then_close=close))
            self.sent.append(sent)

    @rule(pick=st.integers(0, 9), how=st.sampled_from(("accepted", "rejected", "unknown", "taken back")))
    def network_says(self, pick: int, how: str) -> None:
        """What becomes of an answer."""
        if not self.sent:
            return
        message = self.sent[pick % len(self.sent)]
        if how == "taken back":
            self.run(self.desk.told_failed(message))
        elif how == "accepted":
            self.run(self.desk.accepts(message))
        else:
            kind = SendErrorKind.REJECTED if how == "rejected" else SendErrorKind.UNKNOWN
            self.run(self.desk.refuses(message, kind))

    @rule(
        pick=st.integers(0, 9),
        person=st.sampled_from(PEOPLE),
        there=st.sampled_from((TELEGRAM, MAIL)),
        first=st.sampled_from(("answer", "echo", "customer", "both")),
    )
    def reply_in_private(self, pick: int, person: str, there: int, first: str) -> None:
        """A comment is answered in private; the thread there is new, old, or its echo or the customer came first."""
        comments = self.run(self.desk.rows("SELECT conversation_id FROM thread WHERE kind = 'comment'"))
        if not comments:
            return
        with contextlib.suppress(InboxError):
            conversation = comments[pick % len(comments)][0]
            thread = self.run(self.desk.rows(f"SELECT id FROM thread WHERE conversation_id = {conversation}"))[0][0]
            words = {"private": True, "thread_id": thread, "force": True}
            sent = self.run(self.desk.replies("In private", conversation=conversation, **words))
            self.run(self.lands(sent, person, there, first))

    async def lands(self, sent: int, person: str, there: int, first: str) -> None:
        """What the network says to a private reply, in any order."""
        place = net.Thread(external_id=f"chat-{person}", kind="direct", audience="private")
        if first in ("echo", "both"):
            us = net.Author(external_id="us", is_self=True)
            echo = self.made.message("In private", thread=place, author=us, external_id=f"mid-{sent}")
            await self.made.arrives(echo, channel_id=there)
        if first in ("customer", "both"):
            await self.made.arrives(self.made.message("Thanks", person=person), channel_id=there)
        [[part_id]] = await self.desk.rows(f"SELECT id FROM outbox WHERE message_id = {sent} AND purpose = 'message'")
        [part] = await self.made.database.read(outbox.parts, [part_id])
        await self.made.writer.submit(AttemptBegan(part, 1))
        facts = self.made.facts(there)
        sibling = Sibling(network=facts.network, thread_id=place.external_id, author_id=person)
        receipt = Receipt(external_id=f"mid-{sent}", sibling=sibling)
        [part] = await self.made.database.read(outbox.parts, [part_id])
        await self.made.writer.submit(PartAccepted(part, receipt, facts))

    @rule(pick=st.integers(0, 9), into=st.integers(0, 9), back=st.booleans())
    def merge(self, pick: int, into: int, back: bool) -> None:
        """Two conversations become one, or come apart again."""
        ids = self.ids()
        target = ids[into % len(ids)]
        if back:
            self.people(lambda one, who: Unmerge(who, one), pick)
        elif ids[pick % len(ids)] != target:
            self.people(lambda one, who: Merge(who, one, target), pick)

    @rule(pick=st.integers(0, 9))
    def note(self, pick: int) -> None:
        """An agent writes a note that mentions a colleague."""
        directory = self.made.directory
        self.people(lambda one, who: WriteNote(who, one, "@Ben look", directory=directory, mentions=(BEN,)), pick)

    @rule(
        pick=st.integers(0, 9),
        change=st.sampled_from(
            (
                TriageChange(status="spam"),
                TriageChange(status="open"),
                TriageChange(status="closed"),
                TriageChange(assignee_id=ANNA),
                TriageChange(priority="urgent"),
            )
        ),
    )
    def triage(self, pick: int, change: TriageChange) -> None:
        """An agent triages by command."""
        self.people(lambda one, who: Triage(who, one, change, directory=self.made.directory), pick)

    @rule(pick=st.integers(0, 9), undo=st.booleans())
    def dismiss(self, pick: int, undo: bool) -> None:
        """No answer needed, or after all."""
        self.people(lambda one, who: UndoDismiss(who, one) if undo else Dismiss(who, one), pick)

    @rule(pick=st.integers(0, 9), end=st.booleans())
    def escalate(self, pick: int, end: bool) -> None:
        """Somebody with more say is asked for, or no longer."""
        directory = self.made.directory
        self.people(
            lambda one, who: (
                Escalation(who, one, end=True)
                if end
                else Escalate(who, one, "angry", directory=directory, to_agent_id=ANNA)
            ),
            pick,
        )

    @invariant()
    def clients_equal_a_fresh_snapshot(self) -> None:
        """Every client holds exactly what a new one would be given."""
        found, state = self.run(self.made.database.read(_everything))
        for client in self.clients.values():
            client.take()
            assert client.socket.position == self.tail.position
            assert client.applied == client.socket.sent
            visible = [c for c in found if client.socket.scope.covers(c.channel_id, c.team_id)]
            fresh = {str(c.id): _plain(self.made.show.row(c, state)) for c in visible}
            assert client.rows == fresh
            for message in state.messages.values():
                held = client.messages.get(str(message.id))
                if str(message.conversation_id) in fresh and held is not None:
                    now = _plain(self.made.show.message(message, state))
                    # A customer who renames himself is shown so in items from then on; what is on the screen stays.
                    now["author"]["name"] = held["author"]["name"]
                    assert held == now


def _ids() -> Query[list[Any]]:
    return (yield _IDS())


def _plain(shape: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(shape))


EXAMPLES = int(os.environ.get("INBOX_SYNC_EXAMPLES", "10"))


def _run(database: Callable[[], contextlib.AbstractContextManager[str]]) -> None:
    machine = type("SyncHere", (Sync,), {"database": staticmethod(database)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_snapshot_plus_frames_is_a_fresh_snapshot_on_sqlite(tmp_path: Path) -> None:
    """On SQLite, three clients of different scopes end up with what a fresh snapshot holds, after every step."""
    numbers = itertools.count()

    @contextlib.contextmanager
    def file() -> Iterator[str]:
        yield f"sqlite:///{tmp_path / str(next(numbers))}.sqlite3"

    _run(file)


def test_snapshot_plus_frames_is_a_fresh_snapshot_on_postgres(postgres_server_url: str) -> None:
    """The same on PostgreSQL."""
    _run(lambda: fresh_database(postgres_server_url))
