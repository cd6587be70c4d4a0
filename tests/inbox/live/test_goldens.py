"""Frames of a scripted history, kept as a file that the web app's tests apply: both sides must arrive at the same rows.

Write the file anew after a reviewed change with INBOX_REWRITE=1.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec

from connectors import inbound as net
from inbox import clock
from inbox.commands.merge import Merge
from inbox.commands.note import WriteNote
from inbox.commands.triage import SetTag
from inbox.domain.state import State, Workspace
from inbox.eventlog import load
from inbox.live.frames import encode
from inbox.live.hub import Hub, Socket
from inbox.live.shown import Showing
from inbox.live.snapshot import Snapshots
from inbox.live.tail import Tail
from inbox.storage.database import Query
from tests.inbox.desk import CLEO, Desk, desk
from tests.inbox.live.test_hub import FakeWire

GOLDEN = Path(__file__).resolve().parents[3] / "frontend" / "src" / "testing" / "frames.golden.json"


async def test_the_web_apps_golden_frames_are_current(sqlite_url: str) -> None:
    """The file holds exactly what the server sends for the scripted history, and the rows a fresh snapshot has then."""
    async with desk(sqlite_url) as made:
        told = await _history(made)

    text = msgspec.json.format(msgspec.json.encode(told), indent=1).decode() + "\n"
    if os.environ.get("INBOX_REWRITE"):
        GOLDEN.parent.mkdir(parents=True, exist_ok=True)
        GOLDEN.write_text(text)
    assert GOLDEN.read_text() == text


async def _history(made: Desk) -> dict[str, Any]:
    world = made.world
    hub = Hub()
    tail = Tail(world.database, Showing(world.show, "http://inbox.test"), world.bus, hub.publish)
    await tail.open()
    world.writer.listeners.append(tail.committed)
    admin = made.agent(CLEO)
    snapshots = Snapshots(world.directory, world.show, "http://inbox.test", lambda view, after: "next")
    await made.writes("Where is my order 55821?", person="eleni")
    first = await snapshots.snapshot(admin, "all", [])
    wire = FakeWire()
    socket = Socket(wire, admin)
    socket.live, socket.position = True, first.position
    hub.add(socket)

    await _things_happen(made, admin)
    await tail.moved(await made.position() - 1, 5)
    found = await world.database.read(_rows)
    return {
        "snapshot": msgspec.json.decode(encode(first)),
        "frames": wire.frames(),
        "rows": {str(c.id): msgspec.to_builtins(world.show.row(c, found)) for c in found.conversations.values()},
        "position": await made.position(),
        "sent": socket.sent,
    }


async def _things_happen(made: Desk, admin: Any) -> None:
    directory = made.world.directory
    made.later(30)
    second = await made.writes("And the invoice?", person="eleni")
    eleni = (await made.rows("SELECT id FROM conversation"))[0][0]
    await made.comments("Πότε θα είναι διαθέσιμο;", person="nikos")
    comment = (await made.rows("SELECT MAX(id) FROM conversation"))[0][0]
    made.later(5)
    await made.arrives(
        net.MessageEdited(
            dedupe_key="edit",
            occurred_at=clock.now(),
            external_id=second,
            text="And the invoice, please?",
            edited_at=clock.now(),
        )
    )
    answer = await made.replies("It left this morning.", conversation=eleni)
    made.later(1)
    await made.accepts(answer)
    await made.do(WriteNote(admin, eleni, "@Ben have a look", directory=directory, mentions=()))
    await made.do(SetTag(admin, eleni, 41, True, directory=directory))
    await made.triages(conversation=comment, priority="urgent", assignee_id=admin.agent_id)
    made.later(3)
    await made.arrives(net.MessageDeleted(dedupe_key="gone", occurred_at=clock.now(), external_id=second, erase=True))
    await made.writes("Thanks!", person="jonas")
    jonas = (await made.rows("SELECT MAX(id) FROM conversation"))[0][0]
    post = net.Post(external_id="post-1", text="New shoes, in blue too!")
    await made.arrives(net.PostSeen(dedupe_key="post", occurred_at=clock.now(), post=post))
    await made.do(Merge(admin, jonas, eleni))
    await made.triages(conversation=comment, status="closed")


def _rows() -> Query[State]:
    from inbox.storage.database import Text

    state = State(Workspace(0, 0, 0, 1), clock.now())
    rows = yield Text({"sqlite": "SELECT id FROM conversation"})
    yield from load.rows_of(state, [row[0] for row in rows])
    return state
