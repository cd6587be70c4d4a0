"""What a network told us, decided: once, in whatever order it comes."""

from __future__ import annotations

import itertools
import json
from typing import Any

import msgspec
import pytest

from connectors import inbound as net
from inbox.domain.outcome import mark_of
from tests.inbox.domain.floor import CHANNEL, NOW, Floor, picture


def test_a_redelivery_changes_nothing() -> None:
    """The same item a second time is a duplicate: no event, no row."""
    floor = Floor()
    inbound = floor.message()
    outcomes = [floor.receive(inbound) for _ in range(3)]

    assert outcomes == ["done", "duplicate", "duplicate"]
    assert floor.events.count("message_received") == 1


def test_what_a_customer_writes_below_a_comment_is_as_public_as_the_rest() -> None:
    """Also where the network's later events do not say what kind of thread it is."""
    floor = Floor()
    floor.says(kind="comment")
    vague = net.Thread(external_id="post", kind="direct", audience="private")
    item = floor.says("And?", thread=vague)
    ours = floor.says("We wrote to you", thread=vague, author=net.Author(external_id="shop", is_self=True))

    assert (item.thread_id, item.kind) == (ours.thread_id, "comment")
    assert ours.kind == "message"  # a private reply, by the network's own app


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
        reply_known=True,
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


@pytest.mark.parametrize(
    ("told", "stored"),
    [
        ({}, ("Shoes", "p", None, 0)),
        ({"image_url": "new"}, ("Shoes", "p", "new", 0)),
        ({"url": "q"}, ("Shoes", "q", None, 0)),
        ({"is_ad": True}, ("Shoes", "p", None, 1)),
        ({"text": "Boots"}, ("Boots", "p", None, 0)),
    ],
)
def test_a_comment_updates_its_post_with_what_it_tells(told: dict[str, Any], stored: tuple[Any, ...]) -> None:
    """What it leaves out stays; each change is told once."""
    floor = Floor()
    floor.receive(net.PostSeen(dedupe_key="p", occurred_at=NOW, post=net.Post(external_id="p", text="Shoes", url="p")))
    place = net.Thread(external_id="c", kind="comment", audience="public", post=net.Post(external_id="p", **told))
    for _ in range(2):
        floor.says(kind="comment", thread=place)

    [post] = floor.state.posts.values()
    assert (post.text, post.url, post.image_url, post.is_ad) == stored
    assert floor.events.count("post_changed") == 1 + bool(told)


def test_a_post_told_of_by_itself_without_words_has_none_any_more() -> None:
    """It is not found by its old words either."""
    floor = Floor()
    for text in ("Shoes", ""):
        floor.receive(net.PostSeen(dedupe_key=text, occurred_at=NOW, post=net.Post(external_id="p", text=text)))

    [post] = floor.state.posts.values()
    assert (post.text, post.words, floor.events) == ("", "", ["post_changed", "post_changed"])


def test_an_edit_replaces_the_files_only_where_it_names_some() -> None:
    """None keeps those there were, an empty list takes them away; the earlier version keeps its own."""
    floor = Floor()
    item = floor.says("Look", prepared={"attachments": (picture("a"), picture("b"))})
    before = floor.state.contents[item.id].attachments

    def edited(text: str, at: int, names: tuple[str, ...] | None) -> list[str]:
        given = None if names is None else tuple(net.Attachment(kind="image", url=name) for name in names)
        files = tuple(picture(name) for name in names or ())
        edit = net.MessageEdited(
            dedupe_key=text, occurred_at=NOW, external_id="m1", text=text, attachments=given, edited_at=NOW + at
        )
        floor.later(at)
        assert floor.receive(edit, attachments=files) == "done"
        kept = json.loads(floor.state.contents[item.id].attachments or "[]")
        return [floor.state.media[one["id"]].name for one in kept]

    assert edited("Look!", 1, None) == ["a", "b"]
    assert edited("Look!!", 2, ("c",)) == ["c"]
    assert edited("Look!!!", 3, ()) == []
    assert before


def test_an_edit_that_came_before_its_item_brings_its_files() -> None:
    """What intake found in it waits with it."""
    floor = Floor()
    edit = net.MessageEdited(
        dedupe_key="e", occurred_at=NOW, external_id="m1", text="Look", edited_at=NOW,
        attachments=(net.Attachment(kind="image", url="a"),),
    )  # fmt: skip
    early = floor.receive(edit, attachments=(picture("a"),))
    item = floor.says("Look")

    [media] = floor.state.media.values()
    assert (early, item.version, media.name, media.message_id) == ("orphan", 2, "a", item.id)
