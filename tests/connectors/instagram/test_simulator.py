"""connectors/instagram/simulator.py: it does and refuses what Instagram does and refuses."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from connectors.contract import Context, CustomerAction
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import Request
from connectors.inbound import (
    AnyInbound,
    Attachment,
    Fetch,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    ReactionChanged,
    ReceiptReceived,
)
from connectors.instagram.connecting import setup
from connectors.instagram.inbound import parse, verify
from connectors.instagram.outbound import plan, send
from connectors.instagram.simulator import InstagramGraph
from connectors.outbound import (
    AnyOutbound,
    DeleteComment,
    DeleteSent,
    HideComment,
    MarkSeen,
    PrivateReply,
    React,
    ReplyToComment,
    SendMessage,
    Target,
    UnhideComment,
)
from connectors.toolkit import faults
from tests.connectors.instagram.signing import context
from tests.connectors.kit.driver import Run, by_simulator, drive

SECOND = 1_000_000
DAY = 86_400 * SECOND


class Loop:
    """A connected channel and its network."""

    def __init__(self) -> None:
        self.network = InstagramGraph(7)
        ctx = replace(context(), credentials={**context().credentials, **self.network.credentials}, secrets=())
        run = drive(setup(ctx), by_simulator(self.network, ctx))
        assert run.error is None, run.error
        self.ctx: Context = replace(ctx, settings={**ctx.settings, **run.result.settings, "human_agent": "no"})

    def act(self, **action: Any) -> list[AnyInbound]:
        """A person acts a second later; what we read of it, signatures checked."""
        self.ctx = replace(self.ctx, now=self.ctx.now + SECOND)
        found: list[AnyInbound] = []
        for request in self.network.act(CustomerAction(**{"person": "maria", "name": "Maria", **action}), self.ctx.now):
            verify(request, self.ctx)
            for one in parse(request, self.ctx):
                assert not isinstance(one, Exception), one
                found.append(one)
        return found

    def wrote(self, text: str = "Hi", **action: Any) -> MessageReceived:
        """A person writes; the message."""
        (message,) = [
            one
            for one in self.act(do="write", text=text, **action)
            if isinstance(one, MessageReceived) and not one.author.is_self
        ]
        return message

    def do(self, action: AnyOutbound) -> Run:
        """Carry out an action of one part."""
        (part,) = plan(action, self.ctx)
        return drive(send(part, self.ctx), by_simulator(self.network, self.ctx))

    def seen(self, thread_id: str) -> list[str]:
        """The words that people see in a thread."""
        return [one["text"] for one in self.network.seen(thread_id)]


@pytest.fixture
def loop() -> Loop:
    """A fresh one."""
    return Loop()


def to(message: MessageReceived) -> Target:
    """The target that answers a message."""
    return Target(
        thread_id=message.thread.external_id,
        address=message.thread.address,
        message_id=message.external_id,
        author_id=message.author.external_id,
    )


def kind(run: Run) -> Kind | None:
    """How it ended."""
    return run.error.kind if run.error else None


def test_a_named_thread_of_comments_is_one_under_a_post(loop: Loop) -> None:
    """The name serves before there is an id, and afterwards both do."""
    first = loop.wrote("Is it heavy?", thread_id="comment-maria-0")
    again = loop.wrote("And big?", thread_id="comment-maria-0")
    assert first.thread.kind == "comment"
    assert again.thread.external_id == first.thread.external_id
    assert loop.seen("comment-maria-0") == loop.seen(first.thread.external_id) == ["Is it heavy?", "And big?"]


def test_a_comment_under_a_post_and_an_answer_under_it(loop: Loop) -> None:
    """A post's id begins a thread, a comment's id answers in it."""
    first = loop.wrote("Nice", thread_id=loop.network.posts[1].id)
    answer = loop.wrote("I agree", thread_id=first.external_id, person="nikos")
    assert answer.in_reply_to == first.external_id


def test_our_public_answer_is_seen_and_comes_back_as_ours(loop: Loop) -> None:
    """With the id that the receipt named."""
    comment = loop.wrote("Is it heavy?", thread_id="comment-1")
    receipt = loop.do(ReplyToComment(target=to(comment), text="No, two kilos.")).result
    assert loop.seen("comment-1") == ["Is it heavy?", "No, two kilos."]
    (echo,) = [one for one in loop.act(do="read") if isinstance(one, MessageReceived)]
    assert (echo.author.is_self, echo.external_id) == (True, receipt.external_id)


def test_a_hidden_comment_vanishes_and_comes_back(loop: Loop) -> None:
    """As long as it is hidden nobody sees it, and it cannot be answered."""
    comment = loop.wrote("Spam", thread_id="comment-1")
    loop.do(HideComment(target=to(comment)))
    assert loop.seen("comment-1") == []
    assert kind(loop.do(ReplyToComment(target=to(comment), text="x"))) == Kind.REJECTED
    loop.do(UnhideComment(target=to(comment)))
    assert loop.seen("comment-1") == ["Spam"]


def test_a_deleted_comment_is_gone(loop: Loop) -> None:
    """Deleting it again is no error, hiding it is."""
    comment = loop.wrote("Spam", thread_id="comment-1")
    loop.do(DeleteComment(target=to(comment)))
    assert loop.seen("comment-1") == []
    assert kind(loop.do(DeleteComment(target=to(comment)))) is None
    assert kind(loop.do(HideComment(target=to(comment)))) == Kind.RECIPIENT_GONE


def test_our_own_comment_can_be_deleted(loop: Loop) -> None:
    """A slip can be taken back."""
    comment = loop.wrote("Hi", thread_id="comment-1")
    receipt = loop.do(ReplyToComment(target=to(comment), text="Helo")).result
    loop.do(DeleteSent(target=Target(thread_id=comment.thread.external_id, message_id=receipt.external_id)))
    assert loop.seen("comment-1") == ["Hi"]


def test_a_private_reply_can_be_made_once_and_lands_in_the_direct_thread(loop: Loop) -> None:
    """The receipt names the thread in which the person's answer will come."""
    comment = loop.wrote("Where is my order?", thread_id="comment-1")
    receipt = loop.do(PrivateReply(target=to(comment), text="What is its number?")).result
    assert loop.seen(receipt.sibling.thread_id) == ["What is its number?"]
    assert kind(loop.do(PrivateReply(target=to(comment), text="And your name?"))) == Kind.REJECTED
    assert loop.wrote("A123").thread.external_id == receipt.sibling.thread_id


def test_a_private_reply_is_refused_after_a_week(loop: Loop) -> None:
    """Also where our own clock did not know."""
    comment = loop.wrote("Hi", thread_id="comment-1")
    loop.ctx = replace(loop.ctx, now=loop.ctx.now + 8 * DAY)
    target = Target(thread_id=comment.thread.external_id, message_id=comment.external_id)
    assert kind(loop.do(PrivateReply(target=target, text="x"))) == Kind.WINDOW_CLOSED


def test_live_comments_are_answered_in_private_only(loop: Loop) -> None:
    """Instagram refuses a public answer, and so does planning."""
    comment = loop.wrote("Is it handmade?", thread_id="live-1")
    assert comment.thread.address["live"] == "1"
    unknowing = Target(thread_id=comment.thread.external_id, message_id=comment.external_id)
    assert kind(loop.do(ReplyToComment(target=unknowing, text="Yes"))) == Kind.REJECTED
    assert kind(loop.do(PrivateReply(target=to(comment), text="Yes"))) is None


def test_a_mention_is_told_by_id_and_can_be_answered(loop: Loop) -> None:
    """The answer is seen under the post that named us."""
    (told,) = loop.act(do="write", thread_id="mention-1", text="with @alkyon.home")
    assert isinstance(told, Fetch)
    media_id = told.ref.split(":")[1]
    target = Target(thread_id=media_id, address={"media_id": media_id}, message_id=media_id)
    assert kind(loop.do(ReplyToComment(target=target, text="Thank you!"))) is None
    assert loop.seen("mention-1") == ["with @alkyon.home", "Thank you!"]


def test_comments_are_deleted_changed_and_liked_in_silence(loop: Loop) -> None:
    """People see it at once; we are told nothing."""
    comment = loop.wrote("Hi", thread_id="comment-1")
    assert loop.act(do="edit", message_id=comment.external_id, text="Hello") == []
    assert loop.act(do="react", message_id=comment.external_id, emoji="❤️") == []
    assert loop.seen("comment-1") == ["Hello"]
    assert loop.act(do="delete", message_id=comment.external_id) == []
    assert loop.seen("comment-1") == []


def test_direct_messages_are_changed_unsent_and_reacted_to_aloud(loop: Loop) -> None:
    """Each is told, for the message it is about."""
    message = loop.wrote("Hi")
    mid = message.external_id
    (edited,) = loop.act(do="edit", message_id=mid, text="Hello")
    (reaction,) = loop.act(do="react", message_id=mid, emoji="❤️")
    (gone,) = loop.act(do="delete", message_id=mid)
    assert isinstance(edited, MessageEdited)
    assert isinstance(reaction, ReactionChanged)
    assert isinstance(gone, MessageDeleted)
    assert (edited.text, reaction.emojis, gone.erase) == ("Hello", ("❤️",), True)
    assert {edited.external_id, reaction.message_id, gone.external_id} == {mid}


def test_nobody_takes_back_what_is_not_his(loop: Loop) -> None:
    """The sandbox passes over what cannot be done."""
    message = loop.wrote("Hi")
    with pytest.raises(KeyError):
        loop.act(do="delete", person="nikos", message_id=message.external_id)


def test_reading_is_told_and_shown(loop: Loop) -> None:
    """Our message becomes read; with nothing of ours there is nothing to read."""
    message = loop.wrote("Hi")
    assert loop.act(do="read") == []
    loop.do(SendMessage(target=to(message), text="Hello"))
    receipts = [one for one in loop.act(do="read") if isinstance(one, ReceiptReceived)]
    assert {one.state for one in receipts} == {"read"}
    assert [one["state"] for one in loop.network.seen(message.thread.external_id)] == ["sent", "read"]


def test_our_reaction_and_our_look_are_seen(loop: Loop) -> None:
    """A heart is set and taken back; what we looked at shows as read."""
    message = loop.wrote("Thank you!")
    loop.do(React(target=to(message), emoji="❤️"))
    loop.do(MarkSeen(target=to(message)))
    (shown,) = loop.network.seen(message.thread.external_id)
    assert (shown["reactions"], shown["state"]) == ("❤️", "read")
    loop.do(React(target=to(message), emoji=""))
    assert loop.network.seen(message.thread.external_id)[0]["reactions"] == ""


def test_after_a_day_the_window_is_closed(loop: Loop) -> None:
    """A person may answer for a week with the tag, which an app has to be granted."""
    message = loop.wrote("Hi")
    loop.ctx = replace(loop.ctx, now=loop.ctx.now + 2 * DAY)
    assert kind(loop.do(SendMessage(target=to(message), text="Hello"))) == Kind.WINDOW_CLOSED
    loop.ctx = replace(loop.ctx, settings={**loop.ctx.settings, "human_agent": "yes"})
    target = msgspec.structs.replace(to(message), window_closes_at=loop.ctx.now + 5 * DAY)
    assert kind(loop.do(SendMessage(target=target, text="Hello"))) is None


def test_who_blocked_us_cannot_be_written_to_until_he_writes(loop: Loop) -> None:
    """Instagram does not say that we are blocked, but that the person is not available."""
    message = loop.wrote("Hi")
    loop.act(do="block")
    assert kind(loop.do(SendMessage(target=to(message), text="Hello"))) == Kind.RECIPIENT_GONE
    loop.wrote("I am back")
    assert kind(loop.do(SendMessage(target=to(message), text="Hello"))) is None


def test_coming_by_a_link_is_told_with_the_link(loop: Loop) -> None:
    """As nothing that needs an answer."""
    (line,) = loop.act(do="join", text="summer-flyer")
    assert isinstance(line, MessageReceived)
    assert line.origin is not None
    assert (line.origin.ref, line.needs_answer) == ("summer-flyer", False)


def test_an_answer_to_a_story_and_a_mention_in_one(loop: Loop) -> None:
    """The story comes as a picture that can be loaded where the simulator's files are."""
    story = loop.network.posts[3]
    answer = loop.wrote("Where is that?", in_reply_to=story.id)
    mention = Attachment(kind="image", meta={"type": "story_mention"}, data=b"picture")
    named = loop.wrote("", attachments=(mention,))
    assert answer.attachments[0].meta == {"type": "story", "media_id": story.id}
    assert named.attachments[0].title == "Mention in a story"
    for one, content in ((answer, b"\x89PNG"), (named, b"picture")):
        url = one.attachments[0].url or ""
        path, _, query = url.removeprefix(loop.ctx.base_url).partition("?")
        request = by_request(path, query)
        assert loop.network.respond(request, loop.ctx.now).body.startswith(content)


def test_files_that_are_not_there_are_not_found(loop: Loop) -> None:
    """As at any server of files."""
    assert loop.network.respond(by_request("/ig_messaging_cdn/", "asset_id=0"), loop.ctx.now).status == 404


def test_nobody_else_can_be_written_to(loop: Loop) -> None:
    """A person who never wrote has no thread."""
    assert kind(loop.do(SendMessage(target=Target(thread_id="1"), text="Hello"))) == Kind.RECIPIENT_GONE


def test_everything_twice_has_one_key(loop: Loop) -> None:
    """With the fault `duplicate` each delivery comes again."""
    loop.network.faults.add(faults.DUPLICATE)
    first, second = loop.act(do="write", text="Hi")
    assert first.dedupe_key == second.dedupe_key


def by_request(path: str, query: str) -> Request:
    """A request for a file, without any token."""
    return Request(method="GET", path=path, query=query, headers={}, body=b"")
