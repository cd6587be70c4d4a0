"""connectors/messenger/simulator.py: the other side behaves as Messenger does, and the connector agrees with it."""

from dataclasses import replace
from typing import Any

import pytest

from connectors._meta.envelope import parse_for
from connectors._meta.signatures import verify
from connectors._meta.simulator import TOKEN
from connectors.contract import CustomerAction
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import Request
from connectors.inbound import (
    Attachment,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    ReactionChanged,
    ReceiptReceived,
)
from connectors.messenger.inbound import parse_part
from connectors.messenger.lookup import lookup_sent, profile
from connectors.messenger.oauth import setup
from connectors.messenger.outbound import plan, send
from connectors.messenger.simulator import PageInbox
from connectors.outbound import AnyOutbound, Blob, MarkSeen, React, SendMessage, Target
from tests.connectors.kit.driver import Run, by_simulator, drive
from tests.connectors.messenger.signing import context

SECOND = 1_000_000
DAY = 24 * 3600 * SECOND
HELLO = CustomerAction(do="write", person="maria", name="Maria Papadopoulou", text="Γεια/Hello 🙂")
PICTURE = Attachment(kind="image", name="lamp.png", mime="image/png", data=b"PNG")


class Line:
    """A simulator and the channel connected to it."""

    def __init__(self) -> None:
        self.server = PageInbox(7)
        self.ctx = context()
        assert drive(setup(self.ctx), by_simulator(self.server, self.ctx)).error is None

    def act(self, action: CustomerAction) -> list[Any]:
        """What is read of a customer's action, signatures checked."""
        self.ctx = replace(self.ctx, now=self.ctx.now + SECOND)
        found: list[Any] = []
        for request in self.server.act(action, self.ctx.now):
            verify(request, self.ctx)
            found.extend(parse_for("messenger", parse_part)(request, self.ctx))
        return found

    def wrote(self, action: CustomerAction = HELLO) -> MessageReceived:
        """The last message read of a customer's action."""
        found = self.act(action)[-1]
        assert isinstance(found, MessageReceived)
        return found

    def do(self, action: AnyOutbound) -> list[Run]:
        """Every part of an action of ours."""
        return [drive(send(part, self.ctx), by_simulator(self.server, self.ctx)) for part in plan(action, self.ctx)]

    def answer(self, message: MessageReceived, text: str = "Yes", **more: Any) -> Run:
        """An answer of one part to a message."""
        (run,) = self.do(SendMessage(target=target(message), text=text, **more))
        return run


def target(message: MessageReceived, message_id: str | None = None) -> Target:
    """Where a message is answered, or one of its thread is touched."""
    closes_at = message.thread.window_closes_at
    return Target(thread_id=message.thread.external_id, message_id=message_id, window_closes_at=closes_at)


def did(do: str, message_id: str = "", **more: Any) -> CustomerAction:
    """Another act of Maria's."""
    return CustomerAction(do=do, person="maria", message_id=message_id, **more)  # type: ignore[arg-type]


def test_words_and_files_come_one_by_one() -> None:
    """Words are a message and every file is one; a file can be loaded from where it is said to be."""
    line = Line()
    words, picture = line.act(replace_attachments(HELLO, PICTURE))
    assert (words.text, words.attachments, picture.text) == (HELLO.text, (), "")
    (file,) = picture.attachments
    assert file.kind == "image"
    assert file.url is not None
    path = file.url.removeprefix(line.ctx.base_url)
    response = line.server.respond(Request(method="GET", path=path, headers={}, body=b""), line.ctx.now)
    assert (response.status, response.body) == (200, b"PNG")


def replace_attachments(action: CustomerAction, *attachments: Attachment) -> CustomerAction:
    """The act with these attached."""
    return CustomerAction(
        do=action.do, person=action.person, name=action.name, text=action.text, attachments=attachments
    )


@pytest.mark.parametrize(
    ("attachment", "kind"),
    [
        (Attachment(kind="video", name="a.mp4"), "video"),
        (Attachment(kind="audio", name="a.ogg"), "audio"),
        (Attachment(kind="file", name="a.pdf"), "file"),
        (Attachment(kind="sticker"), "sticker"),
        (Attachment(kind="location", title="Here", meta={"latitude": "1.5", "longitude": "2.5"}), "location"),
        (Attachment(kind="link", title="Shop", url="https://shop.example/"), "link"),
    ],
)
def test_every_kind_of_attachment(attachment: Attachment, kind: str) -> None:
    """What a customer attaches arrives as what it is."""
    message = Line().wrote(CustomerAction(do="write", person="maria", attachments=(attachment,)))
    assert [one.kind for one in message.attachments] == [kind]


def test_an_echo_and_a_receipt_follow_what_we_send() -> None:
    """What we sent comes back with our key, and is delivered; then the customer reads it."""
    line = Line()
    message = line.wrote()
    run = line.answer(message)
    echo, delivered, _, read = line.act(did("read"))
    assert isinstance(echo, MessageReceived)
    assert (echo.external_id, echo.author.is_self, echo.client_ref) == (
        run.result.external_id,
        True,
        "0123456789abcdefghijklmnop",
    )
    assert isinstance(delivered, ReceiptReceived)
    assert (delivered.state, delivered.message_id, read.state) == ("delivered", run.result.external_id, "read")
    assert read.up_to == line.ctx.now
    assert [one["state"] for one in line.server.seen("maria")] == ["sent", "read"]


def test_edits_end_after_five() -> None:
    """A message can be changed five times, each told with its number."""
    line = Line()
    message = line.wrote()
    found = [line.act(did("edit", message.external_id, text=f"version {number}")) for number in range(6)]
    assert [len(one) for one in found] == [1, 1, 1, 1, 1, 0]
    assert isinstance(found[4][0], MessageEdited)
    assert line.server.seen("maria")[0]["text"] == "version 4"


def test_unsent_messages_vanish() -> None:
    """What a customer takes back is gone on both sides."""
    line = Line()
    message = line.wrote()
    (gone,) = line.act(did("delete", message.external_id))
    assert isinstance(gone, MessageDeleted)
    assert line.server.seen(message.thread.external_id) == []


def test_reactions_both_ways() -> None:
    """The customer sees our reaction and we his; both can be taken back."""
    line = Line()
    message = line.wrote()
    line.do(React(target=target(message, message.external_id), emoji="🎉"))
    assert line.server.seen("maria")[0]["reactions"] == "🎉"
    line.do(React(target=target(message, message.external_id), emoji=""))
    assert line.server.seen("maria")[0]["reactions"] == ""
    (found,) = line.act(did("react", message.external_id, emoji="❤"))
    assert isinstance(found, ReactionChanged)
    assert found.emojis == ("❤",)


def test_a_customer_who_blocked_us() -> None:
    """Whoever turned our messages off cannot be written to until he writes again."""
    line = Line()
    message = line.wrote()
    assert line.act(did("block")) == []
    refused = line.answer(message)
    assert refused.error is not None
    assert refused.error.kind == Kind.RECIPIENT_GONE
    assert line.answer(line.wrote()).error is None


def test_windows_are_kept() -> None:
    """An answer is refused after a day, taken as a colleague's until the seventh, and then refused."""
    line = Line()
    message = line.wrote()
    line.ctx = replace(line.ctx, now=line.ctx.now + 2 * DAY)
    unknown = msg_without_window(message)
    late = line.answer(unknown)
    assert late.error is not None
    assert late.error.kind == Kind.WINDOW_CLOSED
    assert line.answer(message).error is None


def msg_without_window(message: MessageReceived) -> MessageReceived:
    """The message as it stands where the window is not known."""
    thread = message.thread.__class__(external_id=message.thread.external_id, kind="direct", audience="private")
    return MessageReceived(
        dedupe_key=message.dedupe_key, occurred_at=message.occurred_at, thread=thread, author=message.author,
        external_id=message.external_id,
    )  # fmt: skip


def test_opening_by_a_link() -> None:
    """Whoever follows a link is told with where he came from, and may be written to."""
    line = Line()
    message = line.wrote(did("join", text="flyer-7"))
    assert message.origin is not None
    assert (message.origin.kind, message.origin.ref, message.automatic) == ("link", "flyer-7", "service")
    assert line.answer(message).error is None


def test_our_files_are_shown() -> None:
    """A file that we send is seen by the customer, and he can load it."""
    line = Line()
    file = Blob(sha256="a" * 64, mime="image/png", size_bytes=3, name="a.png", kind="image")
    assert line.answer(line.wrote(), text="", attachments=(file,)).error is None
    assert line.server.seen("maria")[-1]["text"] == "[image]"


def test_looking_up() -> None:
    """The profile is found by id, and what we sent by its words."""
    line = Line()
    message = line.wrote()
    person = drive(profile(message.author.external_id, line.ctx), by_simulator(line.server, line.ctx)).result
    assert person.name == "Maria Papadopoulou"
    action = SendMessage(target=target(message), text="Yes")
    run = line.answer(message)
    (part,) = plan(action, line.ctx)
    found = drive(lookup_sent(part, line.ctx), by_simulator(line.server, line.ctx)).result
    assert found.external_id == run.result.external_id
    stranger = drive(profile("5", line.ctx), by_simulator(line.server, line.ctx)).result
    assert stranger.name == ""


def test_what_is_not_subscribed_to_is_not_told() -> None:
    """Without its field an event does not come."""
    line = Line()
    line.server.subscribed = {"message_reads"}
    assert line.act(HELLO) == []


def test_strangers_and_dead_tokens() -> None:
    """Nobody is written to who did not write, and nothing works with a token that was withdrawn."""
    line = Line()
    (run,) = line.do(SendMessage(target=Target(thread_id="5"), text="Hi"))
    assert run.error is not None
    assert run.error.kind == Kind.RECIPIENT_GONE
    message = line.wrote()
    line.server.revoked.add(TOKEN)
    (dead,) = line.do(MarkSeen(target=target(message)))
    assert dead.error is not None
    assert dead.error.kind == Kind.REAUTH
