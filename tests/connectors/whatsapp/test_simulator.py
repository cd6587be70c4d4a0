"""connectors/whatsapp/simulator.py: the other side behaves as WhatsApp does, and the connector agrees with it."""

from dataclasses import replace
from typing import Any

import pytest

from connectors.contract import Context, CustomerAction
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import HttpRequest
from connectors.inbound import (
    Attachment,
    IdentitiesLinked,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    ReactionChanged,
    ReceiptReceived,
    ThreadMigrated,
)
from connectors.outbound import AnyOutbound, BanAuthor, Blob, MarkSeen, React, Receipt, SendMessage, ShowTyping, Target
from connectors.toolkit import faults
from connectors.whatsapp.channel import media, setup
from connectors.whatsapp.inbound import parse
from connectors.whatsapp.outbound import plan, send
from connectors.whatsapp.simulator import CloudApi
from tests.connectors.kit.driver import Run, by_simulator, drive
from tests.connectors.whatsapp.signing import context

HOUR = 3_600_000_000
HELLO = CustomerAction(do="write", person="maria", name="Maria", text="Hello 🙂")
PHOTO = Blob(sha256="a" * 64, mime="image/jpeg", size_bytes=3, name="a.jpg", kind="image")
VOICE = Blob(sha256="b" * 64, mime="audio/ogg", size_bytes=3, name="a.ogg", kind="audio")


class Line:
    """A simulator and the channel connected to it."""

    def __init__(self, seed: int = 7) -> None:
        self.server = CloudApi(seed)
        ctx = replace(context(), credentials=self.server.credentials, settings={}, asset_id="")
        made = drive(setup(ctx), by_simulator(self.server, ctx)).result
        self.ctx: Context = replace(ctx, asset_id=made.asset_id, settings=made.settings)

    def act(self, action: CustomerAction) -> list[Any]:
        """What is read of a customer's action."""
        return [one for request in self.server.act(action, self.ctx.now) for one in parse(request, self.ctx)]

    def do_(self, do: Any, **more: Any) -> list[Any]:
        """What is read when Maria does something."""
        return self.act(CustomerAction(do=do, person="maria", name="Maria", **more))

    def wrote(self, action: CustomerAction = HELLO) -> MessageReceived:
        """The last message read of a customer's action."""
        return [one for one in self.act(action) if isinstance(one, MessageReceived)][-1]

    def send(self, action: AnyOutbound) -> list[Run]:
        """Every part of an action of ours."""
        return [drive(send(part, self.ctx), by_simulator(self.server, self.ctx)) for part in plan(action, self.ctx)]

    def answer(self, to: MessageReceived, text: str = "Yes", **more: Any) -> Receipt:
        """The receipt of an answer of one part."""
        (run,) = self.send(SendMessage(target=target(to), text=text, **more))
        assert run.error is None
        assert isinstance(run.result, Receipt)
        return run.result

    def later(self, microseconds: int) -> None:
        """Let time pass."""
        self.ctx = replace(self.ctx, now=self.ctx.now + microseconds)

    def seen(self, to: MessageReceived) -> list[dict[str, str]]:
        """What is on the person's phone."""
        return self.server.seen(to.thread.external_id)


def target(message: MessageReceived, message_id: str = "") -> Target:
    """Where a message is answered, or one of its thread is touched."""
    thread = message.thread
    return Target(thread_id=thread.external_id, address=thread.address, message_id=message_id or message.external_id)


def states(records: list[Any]) -> list[tuple[str, str]]:
    """Receipts as (id, state)."""
    return [(one.message_id or "", str(one.state)) for one in records if isinstance(one, ReceiptReceived)]


def test_ticks_come_with_what_somebody_does_next() -> None:
    """One tick, two ticks, blue ticks: told in order, and shown on the phone."""
    line = Line()
    hello = line.wrote()
    sent = line.answer(hello).external_id
    assert states(line.act(CustomerAction(do="write", person="nikos", text="Hi"))) == [
        (sent, "accepted"),
        (sent, "delivered"),
    ]
    assert states(line.do_("read")) == [(sent, "read")]
    assert line.seen(hello)[-1]["state"] == "read"


def test_a_voice_note_is_played() -> None:
    """What is listened to counts as read."""
    line = Line()
    sent = line.answer(line.wrote(), "", attachments=(VOICE,)).external_id
    line.do_("typing")
    assert states(line.do_("read")) == [(sent, "read")]


def test_words_after_a_day_are_taken_and_fail_later() -> None:
    """WhatsApp takes the request and reports the failure as a status, with the reason."""
    line = Line()
    hello = line.wrote()
    line.later(25 * HOUR)
    open_for_us = SendMessage(target=Target(thread_id=hello.thread.external_id), text="Still there?")
    (run,) = line.send(open_for_us)
    assert run.error is None
    (failed,) = line.act(CustomerAction(do="typing", person="nikos"))
    assert (failed.state, failed.message_id) == ("failed", run.result.external_id)
    assert "Send a template" in failed.reason
    assert [one["from"] for one in line.seen(hello)] == ["them"]


def test_a_number_that_left_whatsapp_fails_later() -> None:
    """The failure after it was accepted reopens what waits."""
    line = Line()
    hello = line.wrote()
    line.do_("leave")
    sent = line.answer(hello).external_id
    assert states(line.do_("typing")) == [(sent, "failed")]


def test_who_blocks_us_leaves_one_tick() -> None:
    """A person who blocked us is not told of as such; nothing is delivered any more."""
    line = Line()
    hello = line.wrote()
    line.do_("block")
    sent = line.answer(hello).external_id
    assert states(line.do_("typing")) == [(sent, "accepted")]


def test_a_template_reaches_who_never_wrote_and_buttons_answer_it() -> None:
    """A first message is a template; pressing its button is an answer to it."""
    line = Line()
    begin = Target(thread_id="", address={"to": "+30 697 000 0001"})
    values = {"first_name": "Ελένη", "time": "10:30"}
    (run,) = line.send(SendMessage(target=begin, template="appointment_reminder/el", template_values=values))
    thread = run.result.thread_id
    assert line.server.seen(thread)[0]["text"] == "Γεια σας Ελένη, σας περιμένουμε στις 10:30."
    pressed = CustomerAction(do="write", person="306970000001", text="Έρχομαι", in_reply_to=run.result.external_id)
    answer = line.wrote(pressed)
    assert (answer.text, answer.in_reply_to, answer.thread.external_id) == ("Έρχομαι", run.result.external_id, thread)


@pytest.mark.parametrize(
    ("template", "values"),
    [("nothing/en_US", {}), ("autumn_sale/en_US", {}), ("order_update/en_US", {"1": "only one"})],
)
def test_templates_that_do_not_fit_are_refused(template: str, values: dict[str, str]) -> None:
    """Unknown, not approved, or with the wrong number of values."""
    line = Line()
    (run,) = line.send(SendMessage(target=target(line.wrote()), template=template, template_values=values))
    assert run.error is not None
    assert run.error.kind is Kind.REJECTED


def test_reactions_edits_and_deletions_arrive_for_their_item() -> None:
    """What a customer does to his own words, and to ours, is told with the item's id."""
    line = Line()
    hello = line.wrote()
    (edited,) = [
        one for one in line.do_("edit", message_id=hello.external_id, text="Hi!") if isinstance(one, MessageEdited)
    ]
    assert (edited.external_id, edited.text) == (hello.external_id, "Hi!")
    sent = line.answer(hello).external_id
    (reacted,) = [one for one in line.do_("react", message_id=sent, emoji="❤️") if isinstance(one, ReactionChanged)]
    assert (reacted.message_id, reacted.emojis) == (sent, ("❤️",))
    (gone,) = [one for one in line.do_("delete", message_id=hello.external_id) if isinstance(one, MessageDeleted)]
    assert gone.external_id == hello.external_id
    assert line.do_("edit", message_id=hello.external_id, text="again") == []
    assert [one["reactions"] for one in line.seen(hello)] == ["❤️"]


def test_files_places_and_cards_arrive_and_can_be_loaded() -> None:
    """Each attachment is a message of its own; a caption stands with the first."""
    line = Line()
    picture = Attachment(kind="image", mime="image/png", name="p.png", data=b"png")
    place = Attachment(kind="location", title="Shop", meta={"latitude": "37.9", "longitude": "23.7"})
    card = Attachment(kind="contact", title="Ben", meta={"phone": "+1 650"})
    records = line.do_("write", text="Look", attachments=(picture, place, card))
    found = [one for one in records if isinstance(one, MessageReceived)]
    assert [(one.text, one.attachments[0].kind) for one in found] == [
        ("Look", "image"),
        ("", "location"),
        ("", "contact"),
    ]
    run = drive(media(found[0].attachments[0], line.ctx), by_simulator(line.server, line.ctx))
    assert [request.url.partition("?")[0][:34] for request in run.requests if isinstance(request, HttpRequest)]
    assert run.replies[-1].body == b"png"  # type: ignore[union-attr]


def test_our_files_reach_the_phone() -> None:
    """An uploaded file is shown by its caption or name."""
    line = Line()
    hello = line.wrote()
    line.answer(hello, "In blue", attachments=(PHOTO,))
    assert line.seen(hello)[-1]["text"] == "In blue"


def test_reading_and_typing_are_shown() -> None:
    """The customer's own ticks turn blue."""
    line = Line()
    hello = line.wrote()
    for action in (ShowTyping(target=target(hello)), MarkSeen(target=target(hello))):
        (run,) = line.send(action)
        assert run.error is None
        assert line.seen(hello)[0]["state"] == "read"


def test_our_reaction_is_shown() -> None:
    """And taken back."""
    line = Line()
    hello = line.wrote()
    for emoji in ("👍", ""):
        line.send(React(target=target(hello), emoji=emoji))
        assert line.seen(hello)[0]["reactions"] == emoji


def test_whom_we_block_is_not_heard() -> None:
    """Nothing of what he does is told any more."""
    line = Line()
    hello = line.wrote()
    (run,) = line.send(BanAuthor(target=target(hello)))
    assert run.error is None
    assert line.do_("write", text="Hello?") == []


def test_some_people_hide_their_number_and_are_answered_all_the_same() -> None:
    """Among a dozen people there are some with a username and no number."""
    line = Line()
    wrote = [line.wrote(CustomerAction(do="write", person=f"p{n}", text="Hi")) for n in range(12)]
    hidden = [one for one in wrote if one.author.phone is None]
    assert 0 < len(hidden) < len(wrote)
    for one in hidden:
        assert one.author.username
        line.answer(one, "Hello")
        assert line.seen(one)[-1]["text"] == "Hello"


def test_an_ad_brings_people_with_their_origin() -> None:
    """Who joins comes from an ad."""
    line = Line()
    joined = line.wrote(CustomerAction(do="join", person="maria"))
    assert joined.origin is not None
    assert (joined.origin.kind, joined.origin.title) == ("ad", "New in our shop")


def test_the_phone_app_and_a_new_number() -> None:
    """The business answers in its app, and a person takes another number: thread and person go on."""
    line = Line()
    hello = line.wrote()
    echoes = [one for r in line.server.wrote_in_app("maria", "By phone", line.ctx.now) for one in parse(r, line.ctx)]
    echo = next(one for one in echoes if isinstance(one, MessageReceived))
    assert echo.author.is_self
    assert echo.thread.external_id == hello.thread.external_id
    changed = [one for r in line.server.change_number("maria", line.ctx.now) for one in parse(r, line.ctx)]
    again = line.wrote(CustomerAction(do="write", person="maria", text="New number"))
    moves = {(one.thread_id, one.new_thread_id) for one in changed if isinstance(one, ThreadMigrated)}
    assert (hello.thread.external_id, again.thread.external_id) in moves
    links = [one for one in changed if isinstance(one, IdentitiesLinked)]
    assert hello.author.external_id in {one.other_id for one in links}


def test_a_group_is_one_thread_of_several_people() -> None:
    """What two people say in a group is one thread, and an answer reaches it."""
    line = Line()
    both = [
        line.wrote(CustomerAction(do="write", person=person, thread_id="120363000000000001@g.us", text="Hi all"))
        for person in ("maria", "nikos")
    ]
    assert {one.thread.external_id for one in both} == {"120363000000000001@g.us"}
    assert {one.thread.kind for one in both} == {"group"}
    line.answer(both[0], "Hi both")
    assert line.seen(both[0])[-1]["text"] == "Hi both"


def test_faults_are_those_of_the_family() -> None:
    """Doubled deliveries are the same facts; a token that ended asks for a new one."""
    line = Line()
    line.server.faults = {faults.DUPLICATE}
    found = line.act(HELLO)
    assert len(found) == 2 * len({one.dedupe_key for one in found})
    line.server.faults = {faults.EXPIRED_TOKEN}
    (run,) = line.send(SendMessage(target=Target(thread_id=found[-1].thread.external_id), text="hi"))
    assert run.error is not None
    assert run.error.kind is Kind.REAUTH


def test_the_same_seed_gives_the_same_world() -> None:
    """Ids are deterministic."""
    assert Line().wrote() == Line().wrote()
    assert Line(8).wrote().author.external_id != Line().wrote().author.external_id
