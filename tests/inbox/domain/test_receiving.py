"""What a network told us, decided: once, in whatever order it comes."""

from __future__ import annotations

import itertools

import msgspec
import pytest

from connectors import inbound as net
from inbox.domain.outcome import mark_of
from tests.inbox.domain.floor import CHANNEL, NOW, Floor


def test_a_redelivery_changes_nothing() -> None:
    """The same item a second time is a duplicate: no event, no row."""
    floor = Floor()
    inbound = floor.message()
    outcomes = [floor.receive(inbound) for _ in range(3)]

    assert outcomes == ["done", "duplicate", "duplicate"]
    assert floor.events.count("message_received") == 1


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_any_order_of_item_edit_reaction_and_deletion_comes_out_alike(order: tuple[int, ...]) -> None:
    """Orphans wait for their item; the deletion wins over all."""
    floor = Floor()
    author = net.Author(external_id="eleni", name="Eleni")
    told: list[net.Inbound] = [
        floor.message("One", external_id="x"),
        net.MessageEdited(dedupe_key="e", occurred_at=NOW, external_id="x", text="Two", edited_at=NOW + 1),
        net.ReactionChanged(dedupe_key="r", occurred_at=NOW, message_id="x", author=author, emojis=("👍",)),
        net.MessageDeleted(dedupe_key="d", occurred_at=NOW, external_id="x"),
    ]
    floor.later(1)
    for index in order:
        floor.receive(told[index])

    message = floor.state.message_by_key[CHANNEL.id, "x"]
    assert message.deleted_at is not None
    assert floor.waits[0].end == "voided"
    # An edit of what is deleted already is no more: whether it is kept depends on what came first, the result does not.
    assert message.version in (1, 2)


def test_a_deletion_erases_where_the_network_says_so() -> None:
    """`unsend = erase`: the words are blanked and leave the index."""
    floor = Floor(msgspec.structs.replace(CHANNEL, erases_unsent=True))
    item = floor.says("secret")
    floor.receive(net.MessageDeleted(dedupe_key="d", occurred_at=NOW, external_id=item.external_id or ""))

    assert (item.erased, floor.newest.preview) == (1, "")
    assert item.id in floor.state.blanked
    assert item.id in floor.state.unsearched


def test_an_older_edit_is_not_applied_over_a_newer_one() -> None:
    """Edits are ordered by their own time."""
    floor = Floor()
    item = floor.says("One")
    floor.later(10)
    for text, at in (("Three", NOW + 9), ("Two", NOW + 5)):
        floor.receive(
            net.MessageEdited(
                dedupe_key=text, occurred_at=NOW, external_id=item.external_id or "", text=text, edited_at=at
            )
        )

    assert floor.state.contents[item.id].text == "Three"
    assert item.version == 2


@pytest.mark.parametrize(
    ("occurred", "mark"),
    [(NOW, "live"), (NOW - 11 * 60_000_000, "late"), (CHANNEL.live_since - 1, "history")],
)
def test_items_are_live_late_or_history(occurred: int, mark: str) -> None:
    """Late: more than ten minutes under way. History: before the channel was connected."""
    assert mark_of(CHANNEL, occurred, NOW) == mark


def test_a_time_later_than_receipt_is_clamped() -> None:
    """No item comes from the future."""
    floor = Floor()
    assert floor.says(occurred_at=NOW + 10**12).occurred_at == NOW


def test_a_private_thread_joins_the_conversation_it_is_bound_to() -> None:
    """A public comment and the private reply to it are one conversation."""
    floor = Floor()
    floor.says(person="maria", kind="comment")
    bound = net.Thread(external_id="dm", kind="direct", audience="private", bound_to="post")
    floor.says(person="maria", thread=bound)

    assert len(floor.state.conversations) == 1
    assert "thread_bound" in floor.events


def review(rating: int, text: str, key: str = "r") -> net.ReviewReceived:
    """A review, or a new version of it."""
    return net.ReviewReceived(
        dedupe_key=f"{key}{rating}{text}", occurred_at=NOW, external_id=key, rating=rating, text=text,
        thread=net.Thread(external_id=key, kind="review", audience="public"), author=net.Author(external_id="max"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rating", "text", "waits"), [(5, "", False), (3, "", True), (5, "Great", True), (1, "Bad", True)]
)
def test_which_reviews_wait(rating: int, text: str, waits: bool) -> None:
    """A review with text, or with at most three stars without."""
    floor = Floor()
    floor.receive(review(rating, text))

    assert bool(floor.waits) == waits


def test_a_changed_review_waits_again_unless_it_only_rose_to_the_top() -> None:
    """New words or fewer stars after an answer need another look; five stars do not."""
    floor = Floor()
    floor.receive(review(2, "Late"))
    floor.accepts(floor.answers())
    floor.receive(review(5, "Late"))
    rose = len(floor.waits)
    floor.receive(review(1, "Late and broken"))

    assert (rose, len(floor.waits), floor.newest.rating) == (1, 2, 1)


def test_a_removed_review_comes_back() -> None:
    """Removed: marked and its wait void; back again: shown."""
    floor = Floor()
    floor.receive(review(1, "Bad"))
    floor.receive(msgspec.structs.replace(review(1, "Bad"), removed=True, dedupe_key="gone"))
    gone = floor.state.message_by_key[CHANNEL.id, "r"].deleted_at
    floor.receive(msgspec.structs.replace(review(1, "Bad"), dedupe_key="back"))

    assert gone is not None
    assert floor.state.message_by_key[CHANNEL.id, "r"].deleted_at is None
