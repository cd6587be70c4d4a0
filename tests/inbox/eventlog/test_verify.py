"""Every wait is what the log says, and a wait that is not is found."""

from __future__ import annotations

import pytest

from inbox.domain.records import Wait
from inbox.domain.state import State
from inbox.eventlog.unit import Unit
from inbox.eventlog.verify import verify
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Delete, Query, Save, Update
from tests.inbox.world import World, world


class Tamper(Unit):
    """Changes or removes the first wait behind the log's back."""

    alone = True

    def __init__(self, change: str) -> None:
        self.change = change

    def run(self, state: State) -> Query[None]:
        """Write it."""
        rows = yield ByKeys(t.wait, [""], ("end",))
        wait = Wait(*rows[0])
        if self.change == "remove":
            yield Save([Delete(t.wait, [(wait.id,)])])
            return
        wait.opened_at += 1
        yield Save([Update(t.wait, [tuple(getattr(wait, name) for name in wait.__struct_fields__)])])


async def _asked(found: World) -> None:
    for person in ("eleni", "budi"):
        await found.says("When does it arrive?", person=person)


async def test_waits_are_recomputed_from_the_log(database_url: str) -> None:
    """What was decided and what the log says are the same."""
    async with world(database_url) as found:
        await _asked(found)

        verified = await found.database.read(verify)

    assert (verified.waits, verified.count, verified.differences) == (2, 0, [])
    assert verified.events > 2


@pytest.mark.parametrize(("change", "said"), [("remove", "in the log and not stored"), ("later", "the log says")])
async def test_a_wait_that_differs_is_named(sqlite_url: str, change: str, said: str) -> None:
    """A wait that was changed or removed without an event is listed."""
    async with world(sqlite_url) as found:
        await _asked(found)
        await found.writer.submit(Tamper(change))

        verified = await found.database.read(verify)

    assert verified.count == 1
    assert said in verified.differences[0]
