"""The report of reviews: which needed an answer, and which changes came after an answer of ours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from connectors import inbound as net
from connectors.errors import SendErrorKind
from inbox import clock, ids
from inbox.commands.contact import ChangeContact, ContactChange
from inbox.commands.merge import Merge, Unmerge
from inbox.commands.triage import Dismiss
from tests.inbox.reports.bureau import EVERYTHING, Bureau, bureau


@pytest.fixture
async def made(database_url: str) -> AsyncIterator[Bureau]:
    """A bureau on each engine."""
    async with bureau(database_url) as opened:
        yield opened


async def rates(made: Bureau, stars: int, text: str = "Late again", person: str = "eleni", **more: Any) -> int:
    """Somebody gives stars, or other ones, a minute later; the newest conversation."""
    made.desk.later(60)
    review = net.ReviewReceived(
        dedupe_key=ids.nonce(), occurred_at=clock.now(), external_id=f"review-{person}", rating=stars, text=text,
        thread=net.Thread(external_id=f"review-{person}", kind="review", audience="public"),
        author=net.Author(external_id=person, name=person.title()), reply_known="reply_text" in more, **more,
    )  # fmt: skip
    await made.desk.arrives(review)
    return await newest(made)


async def newest(made: Bureau) -> int:
    """The conversation begun last."""
    return int((await made.desk.rows("SELECT max(id) FROM conversation"))[0][0])


async def changes(made: Bureau) -> tuple[int, int]:
    """How many there were, and how many after an answer; as many conversations are listed behind each."""
    cells = await made.cells("reviews")
    for cell in ("edited", "edited_after_reply"):
        listed = await made.reports.behind("reviews", cell, made.asked(), EVERYTHING, limit=50)
        assert len(listed) == cells[cell]
    return cells["edited"], cells["edited_after_reply"]


async def test_what_was_dismissed_or_removed_needed_no_answer(made: Bureau) -> None:
    """Nor did stars without words; what was closed over unanswered did."""
    await rates(made, 1)
    await made.answers()
    await rates(made, 2, person="ana")
    await made.desk.do(Dismiss(made.desk.agent(), await newest(made), "thanks"))
    await rates(made, 2, person="budi")
    await rates(made, 2, person="budi", removed=True)
    await made.desk.triages(conversation=await rates(made, 3, person="cem"), status="closed")
    await rates(made, 5, "", person="dora")
    cells = await made.cells("reviews")
    listed = await made.reports.behind("reviews", "needed", made.asked(), EVERYTHING, limit=50)

    assert (cells["reviews"], cells["answered"], cells["needed"], cells["answered_share"]) == (5, 1, 2, 0.5)
    assert len(listed) == 2


async def test_a_change_comes_after_an_answer_or_before_it(made: Bureau) -> None:
    """The first change came before it; a refused answer is none."""
    await rates(made, 2)
    await rates(made, 1)
    refused = await made.desk.replies()
    await made.desk.refuses(refused, SendErrorKind.REJECTED)
    await rates(made, 2)
    assert await changes(made) == (2, 0)
    await made.answers()
    await rates(made, 3)

    assert await changes(made) == (3, 1)


async def test_stars_that_asked_for_nothing_were_thanked_for(made: Bureau) -> None:
    """Nobody waited, and yet there is our answer under what the author changes."""
    await rates(made, 5, "")
    await made.answers("Thank you!")
    await rates(made, 1, "It broke")

    assert await changes(made) == (1, 1)


async def test_merging_and_taking_apart_change_no_figure(made: Bureau) -> None:
    """Where the review's conversation has gone is nothing to the answer it had."""
    review = await rates(made, 2)
    await made.answers()
    await rates(made, 1)
    await made.desk.writes(person="maria")
    await made.desk.do(Merge(made.desk.agent(), review, await newest(made)))
    merged = await changes(made)
    await made.desk.do(Unmerge(made.desk.agent(), review))

    assert (merged, await changes(made)) == ((1, 1), (1, 1))


async def test_what_else_was_answered_in_its_conversation_is_no_answer_to_a_review(made: Bureau) -> None:
    """The chat was, the review that was merged into it was not."""
    await made.desk.writes()
    chat = await newest(made)
    await made.answers()
    review = await rates(made, 2)
    await made.desk.do(Merge(made.desk.agent(), review, chat))
    await rates(made, 1)

    assert await changes(made) == (1, 0)


async def test_an_answer_in_the_networks_own_app_counts_from_when_it_was_heard_of(made: Bureau) -> None:
    """Told of together with a change, it answers that change; the next change comes after it."""
    await rates(made, 2)
    made.desk.later(3600)
    answered = {"reply_text": "We are sorry.", "reply_at": clock.now(), "reply_id": "reply-1"}
    await rates(made, 1, "Worse", **answered)
    assert await changes(made) == (1, 0)
    await rates(made, 3, "Better", **answered)

    assert await changes(made) == (2, 1)


async def test_what_the_network_took_away_no_rule_did(made: Bureau) -> None:
    """Nobody moderated a review that is gone, and there again; what a blocked contact writes is spam by rule."""
    await rates(made, 2)
    await rates(made, 2, removed=True)
    await rates(made, 2)
    cells = await made.cells("moderation")
    assert (cells["deleted_by_author"], cells["shown"]) == (1, 1)
    assert (cells["by_person"], cells["by_rule"], cells["outside"]) == (0, 0, 0)

    await made.desk.writes(person="budi")
    ((contact,),) = await made.desk.rows("SELECT id FROM contact WHERE name = 'Budi'")
    await made.desk.do(ChangeContact(made.desk.agent(), contact, ContactChange(blocked=True), None))
    await made.desk.triages(conversation=await newest(made), status="open")
    await made.desk.writes("Hello?", person="budi")
    cells = await made.cells("moderation")
    assert (cells["spam"], cells["by_person"], cells["by_rule"]) == (2, 2, 1)
