"""The same change for many."""

from inbox.commands.bulk import change_all
from inbox.commands.triage import Triage, TriageChange
from tests.inbox.desk import Desk


async def test_each_conversation_has_its_own_result(desk: Desk) -> None:
    """One that does not exist refuses nobody else, and results come in the order asked."""
    for number in range(70):
        await desk.writes(person=f"p{number}")
    ids = [row[0] for row in await desk.rows("SELECT id FROM conversation ORDER BY id")]
    asked = [*ids[:35], 4711, *ids[35:]]
    change = TriageChange(status="closed")

    results = await change_all(
        desk.world.writer, asked, lambda i: Triage(desk.agent(), i, change, directory=desk.world.directory, bulk=True)
    )

    assert [r.id for r in results] == asked
    assert [r.problem.code if r.problem else None for r in results] == [None] * 35 + ["not_found"] + [None] * 35
    assert await desk.rows("SELECT status, COUNT(*) FROM conversation GROUP BY status") == [("closed", 70)]
