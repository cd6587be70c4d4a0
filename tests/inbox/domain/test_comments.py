"""Comment trees: many authors in one thread, each with a wait of his own, and what happens to comments outside."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from connectors import inbound as net
from inbox.clock import HOUR
from inbox.domain import wait
from inbox.domain.events import Actor
from inbox.domain.records import Message, Post
from inbox.domain.state import PreparedAttachment
from tests.inbox.domain.floor import Floor

POST = net.Post(external_id="p1", text="New shoes")
THREAD = net.Thread(external_id="c1", kind="comment", audience="public", post=POST)


def comment(floor: Floor, text: str = "How much?", *, person: str = "maria", **prepared: Any) -> Message:
    """A customer comments; the item."""
    inbound = floor.message(text, person=person, kind="comment", thread=THREAD)
    assert floor.receive(inbound, **prepared) == "done"
    return floor.state.message_by_key[floor.channel.id, inbound.external_id]


def outside(floor: Floor, to: Message, text: str = "20 euros") -> None:
    """Somebody of ours answers in the network's own app."""
    own = net.Author(external_id="page", is_self=True)
    inbound = floor.message(text, kind="comment", author=own, in_reply_to=to.external_id, thread=THREAD)
    assert floor.receive(inbound) == "done"


def moderated(floor: Floor, item: Message, state: Any) -> str:
    """Somebody of ours hides, shows or removes it in the network's own app."""
    assert item.external_id is not None
    return floor.receive(
        net.CommentModerated(dedupe_key=state, occurred_at=floor.state.now, external_id=item.external_id, state=state)
    )


def post(floor: Floor) -> Post:
    """The one post."""
    [found] = floor.state.posts.values()
    return found


def test_an_answer_in_the_networks_own_app_ends_the_wait_of_its_author_alone() -> None:
    """Ten people under one post are ten waits."""
    floor = Floor()
    items = [comment(floor, person=name) for name in ("maria", "nikos", "eleni")]
    outside(floor, items[1])

    assert [w.end for w in floor.waits] == ["", "answered", ""]
    assert (post(floor).comment_count, post(floor).answered_count) == (3, 1)


def test_hidden_and_shown_again_outside() -> None:
    """It shows at once; the wait is void while it is hidden and goes on from its start."""
    floor = Floor()
    item = comment(floor)
    start = floor.state.now
    floor.later(60)
    moderated(floor, item, "hidden")
    hidden = (item.hidden_at, floor.waits[0].end, post(floor).hidden_count)
    again = moderated(floor, item, "hidden")
    moderated(floor, item, "visible")

    assert hidden == (floor.state.now, "voided", 1)
    assert again == "duplicate"
    assert (item.hidden_at, floor.waits[0].end, floor.waits[0].opened_at) == (None, "", start)
    assert post(floor).hidden_count == 0
    assert '"action":"unhide"' in item.moderation


def test_removed_outside() -> None:
    """A removed comment is no longer counted; nobody waits."""
    floor = Floor()
    item = comment(floor)
    moderated(floor, item, "hidden")
    moderated(floor, item, "removed")

    assert item.deleted_at is not None
    assert (post(floor).comment_count, post(floor).hidden_count) == (0, 0)


def test_a_wait_that_was_ended_otherwise_does_not_come_back() -> None:
    """Shown again after it was answered, or in a closed conversation, it opens nothing."""
    floor = Floor()
    item = comment(floor)
    outside(floor, item)
    moderated(floor, item, "hidden")
    moderated(floor, item, "visible")

    assert [w.end for w in floor.waits] == ["answered"]


def test_a_like_in_the_networks_own_app_dismisses() -> None:
    """As ours does."""
    floor = Floor()
    item = comment(floor, "Great!")
    own = net.Author(external_id="page", is_self=True)
    assert item.external_id is not None
    floor.receive(
        net.ReactionChanged(
            dedupe_key="l", occurred_at=floor.state.now, message_id=item.external_id, author=own, emojis=("❤",)
        )
    )

    assert [(w.end, w.reason, w.ended_by_kind) for w in floor.waits] == [("dismissed", "liked", "outside")]


def file(kind: str) -> PreparedAttachment:
    """A file of a comment."""
    return PreparedAttachment(
        kind=kind, name="", mime="", size_bytes=None, title="", meta={}, content_id=None, state="none", sha256=None,
        source="",
    )  # fmt: skip


@pytest.mark.parametrize(("kind", "dismissed"), [("sticker", True), ("link", True), ("image", False), ("video", False)])
def test_a_comment_of_a_sticker_asks_nothing_one_of_a_picture_may(kind: str, dismissed: bool) -> None:
    """A photograph of what arrived broken is a question."""
    floor = Floor()
    comment(floor, "", no_question=True, attachments=(file(kind),))

    assert [w.end == "dismissed" for w in floor.waits] == [dismissed]


def test_what_asks_nothing_is_counted_apart_and_can_be_taken_back() -> None:
    """Automatic dismissals have a count of their own; a person's with the same word have not."""
    floor = Floor()
    comment(floor, "@maria ❤", no_question=True)
    comment(floor, "How much?", person="nikos")
    automatic, own = floor.waits
    wait.dismissed(floor.state, [own], "no_question", Actor("agent", 5))
    counted = post(floor).unasked_count
    wait.taken_back(floor.state, [automatic], Actor("agent", 5))

    assert (counted, post(floor).unasked_count) == (1, 0)
    assert [w.end for w in floor.waits] == ["", "dismissed"]


def test_an_emoji_brings_no_dismissed_wait_back() -> None:
    """Only what asks something is a customer who wrote again."""
    floor = Floor()
    comment(floor)
    wait.dismissed(floor.state, floor.waits, "no_answer_needed", Actor("agent", 5))
    floor.later(60)
    comment(floor, "❤", no_question=True)

    assert [(w.end, w.reason) for w in floor.waits] == [
        ("dismissed", "no_answer_needed"), ("dismissed", "no_question"),
    ]  # fmt: skip


def test_a_refused_answer_is_not_counted_as_one() -> None:
    """The count follows the wait."""
    floor = Floor()
    comment(floor)
    answer = floor.answers()
    floor.accepts(answer)
    counted = post(floor).answered_count
    wait.answer_failed(floor.state, answer)

    assert (counted, post(floor).answered_count) == (1, 0)


def test_a_thread_learns_its_post_later() -> None:
    """Who waits in it waits under the post; the post is counted anew."""
    floor = Floor()
    bare = msgspec.structs.replace(THREAD, post=None)
    floor.receive(floor.message(person="maria", kind="comment", thread=bare))
    floor.later(HOUR / 1_000_000)
    comment(floor, person="nikos")

    assert {w.post_id for w in floor.waits} == {post(floor).id}
    assert floor.state.recounted == {post(floor).id}


def first_comment(floor: Floor) -> net.MessageReceived:
    """What we write under our own post before anybody else does."""
    page = net.Author(external_id="page", is_self=True)
    return floor.message("Link in the bio!", kind="comment", author=page, external_id="c1", thread=THREAD)


def test_our_own_first_comment_opens_no_conversation() -> None:
    """Nobody has asked anything yet. Told again, it is known."""
    floor = Floor()
    first = first_comment(floor)

    assert [floor.receive(first), floor.receive(first)] == ["done", "duplicate"]
    assert (floor.state.conversations, floor.state.contacts, floor.waits) == ({}, {}, [])
    assert "message_received" not in floor.events


def test_a_reply_to_our_own_first_comment_finds_it() -> None:
    """The conversation is the customer's, and shows what he replied to; what was changed meanwhile is applied."""
    floor = Floor()
    floor.receive(first_comment(floor))
    at = floor.state.now
    early = floor.receive(
        net.MessageEdited(dedupe_key="e", occurred_at=at, external_id="c1", text="Link below!", edited_at=at)
    )
    floor.later(60)
    question = floor.message("Where?", kind="comment", person="eleni", in_reply_to="c1", thread=THREAD)
    floor.receive(question)

    ours, asked = (floor.state.message_by_key[floor.channel.id, i] for i in ("c1", question.external_id))
    assert (early, asked.in_reply_to) == ("orphan", ours.id)
    assert (ours.conversation_id, ours.version, ours.direction) == (asked.conversation_id, 2, "out")
    assert (floor.newest.message_count, floor.newest.preview) == (2, "Where?")
    assert [w.opened_by for w in floor.waits] == [asked.id]
