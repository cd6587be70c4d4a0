"""Reviews: which change waits again, what is taken back, and answers that somebody published elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from connectors import inbound as net
from connectors.outbound import Receipt
from inbox.domain import delivering, items, wait
from inbox.domain import events as e
from inbox.domain.events import Actor
from inbox.domain.outcome import Outcome
from tests.inbox.domain.floor import Floor, picture

ANNA = Actor("agent", 5)


def review(
    floor: Floor, rating: int, text: str = "Late", *, title: str = "", files: int = 0, **changes: Any
) -> Outcome:
    """The one review as it stands now; the addresses of its photos are new each time."""
    floor.said += 1
    photos = [net.Attachment(kind="image", url=f"https://photos.example/{floor.said}/{i}") for i in range(files)]
    return floor.receive(
        net.ReviewReceived(
            dedupe_key=f"r{floor.said}", occurred_at=floor.state.now, external_id="r", rating=rating, text=text,
            title=title, thread=net.Thread(external_id="r", kind="review", audience="public"),
            author=net.Author(external_id="max", name="Max"), attachments=tuple(photos),
            **{"reply_known": True, **changes},
        ),
        attachments=tuple(picture() for _ in photos),
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


@pytest.mark.parametrize(
    ("rating", "best", "stars"),
    [(8, 10, 4), (5, 10, 3), (4, 10, 2), (0, 10, 1), (90, 100, 5), (49, 100, 2), (3, 5, 3), (8, 5, 5)],
)
def test_a_rating_out_of_ten_or_a_hundred_is_stars_of_five(rating: int, best: int, stars: int) -> None:
    """As it is listed, averaged and asked for; few of them ask for an answer. Told again, it is the same."""
    floor = Floor()
    told = [review(floor, rating, "", best_rating=best) for _ in range(2)]
    (conversation,) = floor.state.conversations.values()

    assert told == ["done", "duplicate"]
    assert {one.rating for one in floor.state.messages.values()} == {stars}
    assert (conversation.rating, conversation.waiting_since is not None) == (stars, stars <= 3)


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
    floor.receive(net.ReceiptReceived(dedupe_key="no", occurred_at=floor.state.now, state="failed", message_id="reply"))

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


def test_the_row_shows_the_customers_new_words() -> None:
    """A review that was changed after our answer is what has to be read, not the answer."""
    floor = Floor()
    review(floor, 2, "Late")
    answered(floor)
    assert floor.newest.preview_direction == "out"

    review(floor, 1, "Broken, too")

    assert (floor.newest.preview, floor.newest.preview_direction) == ("Broken, too", "in")


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


def test_an_answer_changed_at_the_network_itself_is_a_version_of_ours() -> None:
    """Once, told as done outside; what the network showed before our own last word changes nothing."""
    floor = Floor()
    review(floor, 1)
    answer = floor.answers("Sorry!")
    floor.accepts(answer)
    published_at = floor.state.now
    floor.later(600)
    stale = review(floor, 1, reply_text="Who are you?", reply_at=published_at)
    same = review(floor, 1, reply_text="Sorry!\n", reply_at=published_at + 5)
    said = {"reply_text": "Very sorry!", "reply_at": floor.state.now, "reply_id": "r/2"}
    changed = [review(floor, 1, **said), review(floor, 1, **said)]

    assert (stale, same, changed) == ("duplicate", "duplicate", ["done", "duplicate"])
    assert (answer.version, floor.state.contents[answer.id].text) == (2, "Very sorry!")
    assert (floor.newest.preview, floor.state.events[-1].actor.kind) == ("Very sorry!", "outside")
    assert floor.state.message_by_key[floor.channel.id, "r/2"] is answer
    assert [w.end for w in floor.waits] == ["answered"]


def test_an_answer_deleted_at_the_network_itself_is_gone_and_the_review_waits_again() -> None:
    """From the deletion on, in an open conversation; told once."""
    floor = Floor()
    review(floor, 1)
    answered(floor)
    floor.state.emit(e.ConversationClosed(conversation_id=floor.newest.id, episode=1), ANNA)
    floor.later(600)
    outcomes = [review(floor, 1), review(floor, 1)]

    [answer] = [m for m in floor.state.messages.values() if m.direction == "out"]
    assert outcomes == ["done", "duplicate"]
    assert (answer.deleted_at, floor.newest.status) == (floor.state.now, "open")
    assert [(w.end, w.opened_at) for w in floor.waits][1:] == [("", floor.state.now)]


@pytest.mark.parametrize(
    ("seconds", "changes"),
    [(60, {}), (600, {"reply_known": False})],
    ids=["read just before it was published", "nothing is told of it"],
)
def test_an_answer_is_not_taken_for_deleted(seconds: int, changes: dict[str, Any]) -> None:
    """While the network may still be read as before, or where it does not show answers under its check."""
    floor = Floor()
    review(floor, 1)
    floor.accepts(floor.answers("Sorry!"))
    floor.later(seconds)

    assert review(floor, 1, **changes) == "duplicate"


def test_an_answer_that_we_are_changing_is_not_taken_for_changed_outside() -> None:
    """What becomes of it is told by the network's reply to us."""
    floor = Floor()
    review(floor, 1)
    answer = floor.answers("Sorry!")
    floor.accepts(answer)
    floor.later(600)
    [part] = delivering.parts_of(floor.state, answer.id)
    floor.state.add(structs.replace(part, id=floor.state.next_id(), purpose="action", state="sending"))
    outcomes = [review(floor, 1), review(floor, 1, reply_text="Very sorry!", reply_at=floor.state.now)]

    assert (outcomes, answer.version, answer.deleted_at) == (["duplicate", "duplicate"], 1, None)


def test_an_answer_under_check_is_accepted_when_everybody_can_read_it() -> None:
    """Matched by its words: it is no second answer, and has the id that receipts will name."""
    floor = Floor()
    review(floor, 1)
    answer = floor.answers("Sorry,\n we are late!")
    [part] = delivering.parts_of(floor.state, answer.id)
    delivering.attempt_began(floor.state, part, 1)
    delivering.accepted(floor.state, part, Receipt(state="pending", token="t"))
    published_at = floor.state.now
    floor.later(600)
    outcome = review(floor, 1, reply_text="Sorry, we are late!", reply_at=published_at, reply_id="r/1")
    floor.receive(net.ReceiptReceived(dedupe_key="no", occurred_at=published_at, state="failed", message_id="r/1"))

    assert (outcome, floor.newest.message_count, answer.delivery_state) == ("done", 2, "refused")
    assert (answer.external_id, answer.accepted_at, floor.waits[0].reopened) == ("r/1", published_at, 1)


def test_photos_added_to_a_review_are_a_version() -> None:
    """With all files that it has now; nobody waits for an answer to them. Other addresses are no other photos."""
    floor = Floor()
    review(floor, 1, files=1)
    answered(floor)
    outcomes = [review(floor, 1, files=2), review(floor, 1, files=2), review(floor, 1, files=0)]

    item = floor.state.message_by_key[floor.channel.id, "r"]
    assert (outcomes, item.version) == (["done", "duplicate", "duplicate"], 2)
    assert items.count_of_files(floor.state.contents[item.id].attachments) == 2
    assert [w.end for w in floor.waits] == ["answered"]
