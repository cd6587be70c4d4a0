"""Answers: where they go, what stops them, when they end a wait."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from connectors import inbound as net
from connectors.errors import SendErrorKind
from connectors.outbound import Part, PrivateReply, ReplyToComment, ReplyToReview, SendMessage
from inbox import ids
from inbox.commands.reply import NewerItems
from inbox.domain.events import Actor
from inbox.domain.permissions import TOKEN_SCOPES, Principal, Scope
from inbox.errors import Forbidden, Invalid, NotFound
from inbox.storage import tables as t
from tests.inbox.desk import ANNA, BEN, SHOP, Desk
from tests.inbox.world import TELEGRAM, channel

_part = msgspec.json.Decoder(Part).decode


async def parts_of(desk: Desk, message_id: int) -> list[Part]:
    """The parts of a message as they wait."""
    rows = await desk.rows(f"SELECT part FROM outbox WHERE message_id = {message_id} ORDER BY part_index")
    return [_part(row[0]) for row in rows]


async def test_an_answer_is_queued_with_its_parts_and_shown_in_the_list(desk: Desk) -> None:
    """A reply becomes a message, an outbox part under its own key, and the preview of the row."""
    await desk.writes()

    message_id = await desk.replies("On its way.")

    message, conversation = await desk.message(message_id), await desk.conversation()
    [part] = await parts_of(desk, message_id)
    assert (message.delivery_state, message.author_kind, message.author_id) == ("queued", "agent", ANNA)
    assert message.client_key == part.key
    assert isinstance(part.action, SendMessage)
    assert (part.action.text, part.action.target.thread_id) == ("On its way.", "chat-eleni")
    assert (conversation.preview, conversation.preview_direction) == ("On its way.", "out")


async def test_a_direct_answer_quotes_no_item_unless_one_is_named(desk: Desk) -> None:
    """In a direct thread the item answered goes to the network only when the agent chose it."""
    external_id = await desk.writes()
    item = await desk.item(external_id)

    [plain] = await parts_of(desk, await desk.replies("One"))
    [quoting] = await parts_of(desk, await desk.replies("Two", in_reply_to=item.id))

    assert plain.action.target.message_id is None
    assert quoting.action.target.message_id == external_id


async def test_a_comment_is_answered_under_the_comment_and_in_private_when_asked(desk: Desk) -> None:
    """Public by default, private on request, both about the newest comment the agent saw."""
    external_id = await desk.comments("Is this vegan?", person="maria")

    [public] = await parts_of(desk, await desk.replies("Yes!"))
    [private] = await parts_of(desk, await desk.replies("Here is more.", private=True))

    assert isinstance(public.action, ReplyToComment)
    assert isinstance(private.action, PrivateReply)
    assert public.action.target.message_id == private.action.target.message_id == external_id


async def test_a_review_is_answered_as_a_review_after_two_minutes(desk: Desk) -> None:
    """The default hold of an answer to a review is 120 seconds."""
    await desk.arrives(
        net.ReviewReceived(
            dedupe_key="r1", occurred_at=desk.now, external_id="r1", rating=2, text="Late.", item="Shop",
            thread=net.Thread(external_id="r1", kind="review", audience="public", address={"kind": "review"}),
            author=net.Author(external_id="max", name="Max"), reply_known=True,
        )
    )  # fmt: skip

    message_id = await desk.replies("Sorry!", hold_seconds=None)

    [part] = await parts_of(desk, message_id)
    assert isinstance(part.action, ReplyToReview)
    assert (await desk.message(message_id)).delivery_until == desk.now + 120_000_000


async def test_several_threads_need_one_to_be_named(desk: Desk) -> None:
    """With a public and a private thread in one conversation, the audience is never guessed."""
    await desk.comments("Is this vegan?", person="maria")
    bound = net.Thread(external_id="dm-maria", kind="direct", audience="private", bound_to="c1")
    await desk.writes("And this?", person="maria", thread=bound)
    conversation = await desk.conversation()

    with pytest.raises(Invalid) as refused:
        await desk.replies("Yes")

    threads = (await desk.rows("SELECT id FROM thread WHERE kind = 'direct'"))[0][0]
    message = await desk.message(await desk.replies("Yes", thread_id=threads))
    assert refused.value.code == "thread_required"
    assert len(refused.value.extra["threads"]) == 2
    assert (message.thread_id, message.conversation_id) == (threads, conversation.id)


# --- collision


async def test_a_customers_newer_item_stops_an_answer_until_forced(desk: Desk) -> None:
    """409 `newer_items` shows what came; `force` sends anyway."""
    await desk.writes("Where is it?")
    seen = await desk.position()
    newer = await desk.writes("Found it, thanks")

    with pytest.raises(NewerItems) as stopped:
        await desk.replies("It is late.", seen_position=seen)

    assert [m.external_id for m in stopped.value.messages] == [newer]
    assert await desk.rows("SELECT id FROM outbox") == []
    assert await desk.replies("It is late.", seen_position=seen, force=True)


async def test_an_edit_or_deletion_stops_an_answer(desk: Desk) -> None:
    """What the agent answers must still be what the customer says."""
    external_id = await desk.writes("Where is it?")
    seen = await desk.position()
    desk.later(1)
    await desk.arrives(
        net.MessageEdited(
            dedupe_key="e1", occurred_at=desk.now, external_id=external_id, text="Where is she?", edited_at=desk.now
        )
    )

    with pytest.raises(NewerItems):
        await desk.replies(seen_position=seen)


async def test_a_colleagues_answer_stops_a_second_one(desk: Desk) -> None:
    """Any outgoing item to that person since the agent looked counts, held ones too."""
    await desk.writes()
    seen = await desk.position()
    await desk.replies("I am on it", agent=BEN, seen_position=seen, hold_seconds=10)

    with pytest.raises(NewerItems) as stopped:
        await desk.replies("It is late.", seen_position=seen)

    assert [m.author_id for m in stopped.value.messages] == [BEN]


async def test_an_answer_taken_back_stops_nobody(desk: Desk) -> None:
    """What was undone was never said."""
    await desk.writes()
    seen = await desk.position()
    message_id = await desk.replies("Oops", agent=BEN, hold_seconds=10)
    await desk.own(message_id, "undo")

    assert await desk.replies("It is late.", seen_position=seen)


async def test_notes_tags_receipts_and_reactions_never_stop_an_answer(desk: Desk) -> None:
    """Only what was said between this customer and us counts."""
    external_id = await desk.writes()
    answer = await desk.replies("First")
    seen = await desk.position()
    await desk.accepts(answer)
    await desk.triages(note="careful", priority="high")
    await desk.arrives(
        net.ReactionChanged(
            dedupe_key="x1", occurred_at=desk.now, message_id=external_id,
            author=net.Author(external_id="eleni"), emojis=("👍",),
        )
    )  # fmt: skip

    assert await desk.replies("Second", seen_position=seen)


async def test_under_a_post_another_customers_comment_stops_nobody(desk: Desk) -> None:
    """In a thread of many authors only the one being answered counts."""
    await desk.comments("Is this vegan?", person="maria")
    seen = await desk.position()
    await desk.comments("Lovely", person="nikos")

    message = await desk.message(await desk.replies("Yes, it is", seen_position=seen))

    answered = await desk.message(message.in_reply_to or 0)
    assert (await desk.rows(f"SELECT name FROM identity WHERE id = {answered.identity_id}"))[0][0] == "Maria"


async def test_two_answers_in_one_batch_collide(desk: Desk) -> None:
    """The second unit of a batch sees what the first decided."""
    await desk.writes()
    seen = await desk.position()

    results = await asyncio.gather(
        desk.replies("One", seen_position=seen), desk.replies("Two", agent=BEN, seen_position=seen),
        return_exceptions=True,
    )  # fmt: skip

    assert sorted(type(r).__name__ for r in results) == ["NewerItems", "int"]


# --- refused in words


async def test_too_long_is_refused_with_the_count(desk: Desk) -> None:
    """Nothing is queued, and the refusal names limit, length and unit."""
    await desk.writes()

    with pytest.raises(Invalid) as refused:
        await desk.replies("x" * 200_000)

    assert refused.value.code == "too_long"
    assert refused.value.extra["actual"] == 200_000
    assert refused.value.extra["limit"] < 200_000
    assert await desk.rows("SELECT id FROM outbox") == []


async def test_a_long_text_goes_in_parts_when_the_agent_says_so(desk: Desk) -> None:
    """`split` makes as many parts as it takes, in order."""
    await desk.writes()

    message_id = await desk.replies("word " * 20_000, split=True)

    parts = await parts_of(desk, message_id)
    assert len(parts) > 1
    assert [p.index for p in parts] == list(range(len(parts)))
    assert (await desk.message(message_id)).parts == len(parts)


async def test_a_closed_window_is_refused(desk: Desk) -> None:
    """Past the reply window nothing is queued; a scheduled answer is judged by when it would leave."""
    window = net.Thread(external_id="w", kind="direct", audience="private", window_closes_at=desk.now + 60_000_000)
    await desk.writes(thread=window)

    with pytest.raises(Invalid) as scheduled:
        await desk.replies(send_at=desk.now + 90_000_000)
    desk.later(61)
    with pytest.raises(Invalid) as late:
        await desk.replies()

    assert scheduled.value.code == late.value.code == "window_closed"
    assert "will have closed" in scheduled.value.detail
    assert "has closed" in late.value.detail


async def test_an_answer_for_a_time_that_is_over_is_refused(desk: Desk) -> None:
    """Whoever mistook the time is told, and nothing leaves; what is late by a moment goes now, with its undo."""
    await desk.writes()

    with pytest.raises(Invalid, match="lies in the past") as refused:
        await desk.replies(send_at=desk.now - 3_600_000_000)
    message_id = await desk.replies(send_at=desk.now - 5_000_000, hold_seconds=None)

    message = await desk.message(message_id)
    assert refused.value.code == "send_at"
    assert (message.delivery_state, message.delivery_until) == ("held", desk.now + 10_000_000)
    assert message.released_at == desk.now


async def test_a_channel_that_needs_signing_in_takes_no_answers(desk: Desk) -> None:
    """422 `channel_down`: the answer would only lie there."""
    await desk.writes()
    desk.world.directory.channels[SHOP].health = "needs_attention"

    with pytest.raises(Invalid) as refused:
        await desk.replies()

    assert refused.value.code == "channel_down"


async def test_an_unknown_attachment_is_refused(desk: Desk) -> None:
    """Only uploads, and files of the same conversation, can be attached."""
    await desk.writes()

    with pytest.raises(NotFound) as refused:
        await desk.replies(attachments=(4711,))

    assert refused.value.code == "attachment"


async def test_who_does_not_see_a_conversation_cannot_answer_it(desk: Desk) -> None:
    """What is out of sight does not exist."""
    await desk.world.rows((t.channel, channel(99, "custom")))
    await desk.world.says(channel_id=99)

    with pytest.raises(NotFound):
        await desk.replies(agent=BEN)


# --- hold, undo, schedule


async def test_a_held_answer_leaves_when_its_timer_fires(desk: Desk) -> None:
    """Held for ten seconds by default, then queued; the desk clock stopped when the agent let go."""
    await desk.writes()
    let_go = desk.now
    message_id = await desk.replies(hold_seconds=None)
    held = await desk.message(message_id)
    desk.later(9)
    early = await desk.due()
    desk.later(1)
    fired = await desk.due()

    message = await desk.message(message_id)
    [(state,)] = await desk.rows("SELECT state FROM outbox")
    assert (held.delivery_state, early, fired) == ("held", 0, 1)
    assert (message.delivery_state, message.released_at, state) == ("queued", let_go, "waiting")
    assert await desk.rows("SELECT kind FROM timer") == []


async def test_undo_takes_a_held_answer_back(desk: Desk) -> None:
    """Nothing leaves, the wait goes on, the row shows the customer again, the timer is gone."""
    await desk.writes("Where is it?")
    message_id = await desk.replies(hold_seconds=10, then_close=True)
    await desk.own(message_id, "undo")
    desk.later(60)

    conversation = await desk.conversation()
    [wait] = await desk.waits()
    assert await desk.due() == 0
    assert (await desk.message(message_id)).delivery_state == "cancelled"
    assert (wait.end, wait.answer_id) == ("", None)
    assert (conversation.status, conversation.preview, conversation.preview_direction) == ("open", "Where is it?", "in")


async def test_send_now_ends_the_hold(desk: Desk) -> None:
    """A person may not want to wait."""
    await desk.writes()
    message_id = await desk.replies(hold_seconds=60)
    await desk.own(message_id, "send_now")
    desk.later(60)

    assert (await desk.message(message_id)).delivery_state == "queued"
    assert await desk.due() == 0


async def test_what_is_on_its_way_cannot_be_undone(desk: Desk) -> None:
    """409 names the state it is in."""
    await desk.writes()
    message_id = await desk.replies()

    with pytest.raises(Exception, match="queued") as refused:
        await desk.own(message_id, "undo")

    assert refused.value.code == "state"


async def test_a_scheduled_answer_answers_when_it_is_accepted(desk: Desk) -> None:
    """The desk clock of what was scheduled ends when it leaves, not when it was written."""
    await desk.writes()
    due_at = desk.now + 3_600_000_000
    message_id = await desk.replies(send_at=due_at)
    desk.later(3600)
    await desk.due()
    await desk.accepts(message_id)

    [wait] = await desk.waits()
    assert (wait.end, wait.ended_at) == ("answered", due_at)


# --- waits


async def test_failed_send_keeps_the_wait_open_until_the_network_accepts(desk: Desk) -> None:
    """Failed send: counted as answered elsewhere; here the wait stays open."""
    await desk.writes()
    message_id = await desk.replies()
    queued = await desk.waits()
    await desk.refuses(message_id)
    [wait] = await desk.waits()

    assert queued[0].end == ""
    assert (wait.end, wait.answer_id) == ("", None)
    assert (await desk.conversation()).failed == "refused"


async def test_retry_sends_again_under_a_new_key_and_answers(desk: Desk) -> None:
    """A refused answer goes again from its first part that was not accepted; then it answers the wait."""
    await desk.writes()
    message_id = await desk.replies()
    [before] = await parts_of(desk, message_id)
    await desk.refuses(message_id)
    await desk.own(message_id, "retry")
    [after] = await parts_of(desk, message_id)
    await desk.accepts(message_id)

    [wait] = await desk.waits()
    assert before.key != after.key
    assert (wait.end, wait.answer_id) == ("answered", message_id)
    assert (await desk.conversation()).failed == ""


async def test_refused_after_accepted_reopens_the_wait_from_its_start(desk: Desk) -> None:
    """The network takes back its yes: the wait has its original start, the conversation returns to its owner."""
    await desk.writes()
    began = desk.now
    desk.later(60)
    message_id = await desk.replies(then_close=True)
    await desk.accepts(message_id)
    answered = await desk.waits()
    desk.later(60)
    await desk.told_failed(message_id)

    [wait] = await desk.waits()
    conversation = await desk.conversation()
    assert answered[0].end == "answered"
    assert (wait.end, wait.opened_at, wait.reopened) == ("", began, 1)
    assert (conversation.status, conversation.waiting_since) == ("open", began)


async def test_unknown_is_resolved_by_a_person(desk: Desk) -> None:
    """Nothing is sent blindly: a person says that it arrived, or that it did not and is to be sent again."""
    await desk.writes()
    lost, found = await desk.replies("One"), await desk.replies("Two")
    await desk.refuses(lost, SendErrorKind.UNKNOWN)
    await desk.refuses(found, SendErrorKind.UNKNOWN)
    await desk.own(lost, "resolve_not_sent")
    await desk.own(found, "resolve_sent")

    states = [(await desk.message(i)).delivery_state for i in (lost, found)]
    assert states == ["queued", "accepted"]


async def test_bot_or_auto_reply_first_does_not_answer(desk: Desk) -> None:
    """A token's answer is automatic: the customer still waits for a person."""
    await desk.writes()
    crm = Principal(
        Actor("token", 7), "CRM", Scope(None, frozenset()), TOKEN_SCOPES["write"], acts_as=frozenset({ANNA})
    )
    robot = await desk.replies("We got your mail.", who=crm)
    await desk.accepts(robot)
    still = await desk.waits()
    person = await desk.replies("Anna here.", who=crm, as_agent=ANNA)
    await desk.accepts(person)

    [wait] = await desk.waits()
    assert still[0].end == ""
    assert (await desk.message(robot)).automatic
    assert (wait.end, wait.answer_id, wait.ended_by_id) == ("answered", person, ANNA)


async def test_a_token_answers_only_for_agents_it_acts_for(desk: Desk) -> None:
    """`as_agent_id` of anybody else is forbidden, to tokens and to people."""
    await desk.writes()
    crm = Principal(
        Actor("token", 7), "CRM", Scope(None, frozenset()), TOKEN_SCOPES["write"], acts_as=frozenset({ANNA})
    )

    with pytest.raises(Forbidden):
        await desk.replies(who=crm, as_agent=BEN)
    with pytest.raises(Forbidden):
        await desk.replies(agent=ANNA, as_agent=BEN)


async def test_a_customer_who_writes_three_times_has_one_wait_from_the_first(desk: Desk) -> None:
    """Customer writes 3 times before the answer: clock from the oldest unanswered item; one reply closes one wait."""
    began = desk.now
    for text in ("Hello?", "Anyone?", "Hello!"):
        await desk.writes(text)
        desk.later(60)
    await desk.accepts(await desk.replies())

    [wait] = await desk.waits()
    assert (wait.opened_at, wait.end) == (began, "answered")
    assert (await desk.conversation()).waiting_since is None


async def test_a_holding_answer_acknowledges_and_the_wait_goes_on(desk: Desk) -> None:
    """`ends_wait: false` is shown with its own time; the real answer ends the wait."""
    await desk.writes()
    desk.later(5)
    holding = await desk.replies("One moment", ends_wait=False)
    await desk.accepts(holding)
    [acknowledged] = await desk.waits()
    desk.later(60)
    real = await desk.replies("Here it is")
    await desk.accepts(real)

    [wait] = await desk.waits()
    assert (acknowledged.end, acknowledged.acknowledged_at) == ("", desk.now - 60_000_000)
    assert (wait.end, wait.answer_id) == ("answered", real)


async def test_what_comes_after_an_answer_opens_the_next_wait(desk: Desk) -> None:
    """An item written while the answer was under way is not answered by it."""
    await desk.writes("Where is it?")
    answer = await desk.replies()
    desk.later(5)
    await desk.writes("And the second one?")
    at = desk.now
    await desk.accepts(answer)

    first, second = await desk.waits()
    assert first.end == "answered"
    assert (second.end, second.opened_at) == ("", at)


async def test_a_second_answer_that_arrives_ends_the_wait_the_first_did_not(desk: Desk) -> None:
    """Two answers under way, the later one accepted: the customer was answered, whatever becomes of the other."""
    await desk.writes()
    first = await desk.replies("One")
    second = await desk.replies("Two")
    await desk.refuses(second)
    await desk.accepts(first)

    [wait] = await desk.waits()
    assert (wait.end, wait.answer_id) == ("answered", first)


async def test_covered_authors_are_answered_too(desk: Desk) -> None:
    """Under a post one answer ends the waits of those the agent marks, and of nobody else."""
    await desk.comments("Price?", person="maria")
    nikos = await desk.item(await desk.comments("Price please", person="nikos"))
    maria = await desk.item(await desk.comments("Hello?", person="maria"))
    await desk.comments("And colours?", person="olga")
    await desk.accepts(await desk.replies("49 €", in_reply_to=maria.id, covers=(nikos.id,)))

    assert [w.end for w in await desk.waits()] == ["answered", "answered", ""]


async def test_a_public_comment_answered_in_private_is_answered(desk: Desk) -> None:
    """Public comment answered in private: the private reply ends the comment's wait."""
    await desk.comments("Where is my parcel?", person="maria")
    await desk.accepts(await desk.replies("I wrote to you.", private=True))

    [wait] = await desk.waits()
    assert wait.end == "answered"


async def test_an_answer_typed_in_the_native_app_counts_as_outside(desk: Desk) -> None:
    """Answer typed in the native app: the echo is an item of ours, and it answers."""
    await desk.writes()
    await desk.writes(
        "Done", person="shop", thread=net.Thread(external_id="chat-eleni", kind="direct", audience="private"),
        author=net.Author(external_id="shop", is_self=True),
    )  # fmt: skip

    [wait] = await desk.waits()
    assert (wait.end, wait.ended_by_kind) == ("answered", "outside")


async def test_an_answer_and_close_leaves_the_wait_to_the_answer(desk: Desk) -> None:
    """`then_close` dismisses nobody whose answer is on its way."""
    await desk.writes()
    message_id = await desk.replies(then_close=True)
    on_its_way = await desk.waits()
    await desk.accepts(message_id)

    [wait] = await desk.waits()
    assert on_its_way[0].end == ""
    assert (wait.end, (await desk.conversation()).status) == ("answered", "closed")


async def test_a_key_is_random_and_new_for_every_part(desk: Desk) -> None:
    """Parts are told apart by their keys, however alike their texts are."""
    await desk.writes()
    keys = [(await parts_of(desk, await desk.replies("Same")))[0].key for _ in range(3)]

    assert len({*keys, ids.nonce()}) == 4
    assert TELEGRAM != SHOP
