"""Reviews: which change waits again, what is taken back, and answers that somebody published elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from connectors import inbound as net
from connectors.outbound import Receipt
from inbox.domain import delivering, wait
from inbox.domain.events import Actor
from inbox.domain.outcome import Outcome
from tests.inbox.domain.floor import Floor

ANNA = Actor("agent", 5)


def review(floor: Floor, rating: int, text: str = "Late", *, title: str = "", **changes: Any) -> Outcome:
    """The one review as it stands now."""
    floor.said += 1
    return floor.receive(
        net.ReviewReceived(
            dedupe_key=f"r{floor.said}", occurred_at=floor.state.now, external_id="r", rating=rating, text=text,
            title=title, thread=net.Thread(external_id="r", kind="review", audience="public"),
            author=net.Author(external_id="max", name="Max"), **changes,
        )
    )  # fmt: skip


def answered(floor: Floor) -> None:
    """An agent answers, the network publishes it."""
    floor.accepts(floor.answers("Sorry!"))
    floor.later(60)


@pytest.mark.parametrize(
    ("before", "after", "waits_again"),
    [
        ((2, "Late", ""), (5, "Late", ""), False),
        ((2, "Late", ""), (4, "Late", ""), True),
        ((5, "Late", ""), (1, "Late", ""), True),
        ((5, "Late", ""), (5, "Late and broken", ""), True),
        ((5, "Late", ""), (5, "Late", "Never again"), True),
        ((2, "Late", ""), (5, "Thanks, all good", ""), True),
    ],
)
def test_which_edit_after_our_answer_queues_again(
    before: tuple[int, str, str], after: tuple[int, str, str], waits_again: bool
) -> None:
    """Any but a pure rise to the top rating; both versions are kept."""
    floor = Floor()
    review(floor, before[0], before[1], title=before[2])
    answered(floor)
    review(floor, after[0], after[1], title=after[2])

    assert [w.end for w in floor.waits] == ["answered", *([""] if waits_again else [])]
    item = floor.state.message_by_key[floor.channel.id, "r"]
    assert (item.version, item.rating) == (2, after[0])


def test_an_edit_while_our_answer_is_on_its_way_waits_on() -> None:
    """The answer was given to the first version: when it is published, the second one waits."""
    floor = Floor()
    review(floor, 2)
    answer = floor.answers("Sorry!")
    floor.later(30)
    edited_at = floor.state.now
    review(floor, 1, "Late and broken")
    floor.later(30)
    floor.accepts(answer)

    assert [(w.end, w.opened_at) for w in floor.waits][1:] == [("", edited_at)]


def test_an_edit_before_our_answer_is_answered_with_it() -> None:
    """One wait, from the first version on."""
    floor = Floor()
    review(floor, 2)
    floor.later(30)
    review(floor, 1, "Late and broken")
    floor.later(30)
    floor.accepts(floor.answers("Sorry!"))

    assert [w.end for w in floor.waits] == ["answered"]


def test_an_edit_after_a_dismissal_brings_the_wait_back() -> None:
    """The customer wrote again within a day: from its original start."""
    floor = Floor()
    review(floor, 2)
    wait.dismissed(floor.state, floor.waits, "no_answer_needed", ANNA)
    floor.later(60)
    review(floor, 1, "Late and broken")

    assert [(w.end, w.reopened) for w in floor.waits] == [("", 1)]


def test_removed_and_restored() -> None:
    """Who waited for an answer waits on when the review is there again."""
    floor = Floor()
    review(floor, 1)
    outcomes = [review(floor, 1, removed=True), review(floor, 1, removed=True)]
    gone = floor.waits[0].end
    review(floor, 1)

    assert (outcomes, gone) == (["done", "duplicate"], "voided")
    assert floor.waits[0].end == ""
    assert floor.state.message_by_key[floor.channel.id, "r"].deleted_at is None


def test_an_answer_the_network_rejects_reopens_the_wait() -> None:
    """A review reply under the network's own review, then taken down."""
    floor = Floor()
    review(floor, 1)
    answer = floor.answers("Sorry!")
    [part] = delivering.parts_of(floor.state, answer.id)
    delivering.accepted(floor.state, part, Receipt(state="pending", token="t"))
    pending = floor.waits[0].end
    delivering.accepted(floor.state, part, Receipt(external_id="reply"))
    floor.receive(
        net.ReceiptReceived(dedupe_key="no", occurred_at=floor.state.now, state="failed", message_id="reply")
    )

    assert pending == ""
    assert (floor.waits[0].end, floor.waits[0].reopened, answer.delivery_state) == ("", 1, "refused")


def test_an_answer_published_at_the_network_itself_ends_the_wait_once() -> None:
    """Polled again with the same answer, nothing happens."""
    floor = Floor()
    review(floor, 1)
    floor.later(60)
    said = {"reply_text": "We are sorry", "reply_at": floor.state.now}
    outcomes = [review(floor, 1, **said), review(floor, 1, **said)]

    assert outcomes == ["done", "duplicate"]
    assert [(w.end, w.ended_by_kind) for w in floor.waits] == [("answered", "outside")]
    assert (floor.newest.preview, floor.newest.preview_direction) == ("We are sorry", "out")


def test_the_old_answer_does_not_end_the_wait_of_a_new_version() -> None:
    """The network shows it with the changed review until somebody writes another."""
    floor = Floor()
    review(floor, 1)
    answered(floor)
    before = floor.state.now
    floor.later(60)
    review(floor, 1, "Still late", reply_text="Sorry!", reply_at=before)

    assert [w.end for w in floor.waits] == ["answered", ""]


def test_a_review_that_was_answered_before_it_came_waits_for_nobody() -> None:
    """The answer stands in the timeline."""
    floor = Floor()
    review(floor, 1, reply_text="Sorry!", reply_at=floor.state.now)

    assert floor.waits == []
    assert floor.newest.message_count == 2
