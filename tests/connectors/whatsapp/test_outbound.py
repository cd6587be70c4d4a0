"""connectors/whatsapp/outbound.py: parts, and what the golden exchanges do not show."""

from typing import Any

import msgspec
import pytest

from connectors.errors import PlanRefused
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import HttpRequest, HttpResponse
from connectors.outbound import AnyOutbound, Blob, MarkSeen, Part, React, SendMessage, ShowTyping, Target
from connectors.whatsapp.outbound import field_of, kind_of, plan, recipient_of, send
from tests.connectors.kit.driver import Run, drive
from tests.connectors.whatsapp.signing import context

DIRECT = Target(thread_id="US.1", address={"phone": "16505551234", "user_id": "US.1"})
GROUP = Target(thread_id="120363@g.us", address={"group_id": "120363@g.us"})
TAKEN = {"messages": [{"id": "wamid.1"}], "contacts": [{"wa_id": "306971234567"}]}


def blob(mime: str, kind: str = "image", size: int = 10) -> Blob:
    """A file to send."""
    given = {"sha256": "a" * 64, "mime": mime, "size_bytes": size, "kind": kind, "name": "a"}
    return msgspec.convert(given, Blob)


def shapes(parts: list[Part]) -> list[tuple[str, int]]:
    """Words and number of files of each part."""
    return [(getattr(part.action, "text", ""), len(getattr(part.action, "attachments", ()))) for part in parts]


def sent(action: AnyOutbound, *replies: object, status: int = 200) -> Run:
    """The only part of an action, answered so."""
    (part,) = plan(action, context())
    responses = [HttpResponse(status=status, body=msgspec.json.encode(body)) for body in replies]
    return drive(send(part, context()), lambda request, number: responses[number])


def body_of(run: Run) -> Any:
    """The JSON of the last request."""
    request = run.requests[-1]
    assert isinstance(request, HttpRequest)
    return msgspec.json.decode(request.body)


@pytest.mark.parametrize(
    ("target", "recipient"),
    [
        (DIRECT, {"recipient_type": "individual", "to": "16505551234"}),
        (Target(thread_id="US.1"), {"recipient_type": "individual", "recipient": "US.1"}),
        (Target(thread_id="306971234567"), {"recipient_type": "individual", "to": "306971234567"}),
        (Target(thread_id="", address={"to": "+30 697 123"}), {"recipient_type": "individual", "to": "30697123"}),
        (GROUP, {"recipient_type": "group", "to": "120363@g.us"}),
        (Target(thread_id=""), {}),
    ],
)
def test_whom_it_goes_to_is_said_as_whatsapp_wants_it(target: Target, recipient: dict[str, str]) -> None:
    """Numbers are `to`, ids without a number `recipient`, groups say so."""
    assert recipient_of(target) == recipient


def test_threads_are_told_apart_by_their_ids() -> None:
    """Also without an address a thread is a person's or a group's."""
    assert kind_of(Target(thread_id="GR.123")) == "direct"
    assert kind_of(Target(thread_id="120363@g.us")) == "group"


def test_a_text_goes_as_the_caption_of_a_single_file_where_it_fits() -> None:
    """One picture with words is one message; sounds take no caption, and long words none either."""
    picture, sound = blob("image/jpeg"), blob("audio/mpeg", "audio")

    def make(text: str, *files: Blob) -> list[Part]:
        return plan(SendMessage(target=DIRECT, text=text, attachments=files), context())

    assert shapes(make("hi", picture)) == [("hi", 1)]
    assert shapes(make("hi", sound)) == [("hi", 0), ("", 1)]
    assert shapes(make("x" * 1025, picture)) == [("x" * 1025, 0), ("", 1)]
    assert shapes(make("hi", picture, picture)) == [("hi", 0), ("", 1), ("", 1)]


def test_only_the_first_part_quotes() -> None:
    """The message answered is quoted once."""
    target = msgspec.structs.replace(DIRECT, message_id="wamid.9")
    parts = plan(SendMessage(target=target, text="hi", attachments=(blob("audio/mpeg", "audio"),)), context())
    assert [part.action.target.message_id for part in parts] == ["wamid.9", None]


@pytest.mark.parametrize(
    ("file", "field"),
    [
        (blob("image/jpeg"), "image"),
        (blob("image/jpeg", size=6_000_000), "document"),
        (blob("image/gif"), "document"),
        (blob("image/jpeg", "file"), "document"),
        (blob("video/mp4", "video"), "video"),
        (blob("video/webm", "video"), "document"),
        (blob("audio/ogg", "audio"), "audio"),
        (blob("image/webp", "sticker"), "sticker"),
        (blob("image/webp", "sticker", 600_000), "document"),
    ],
)
def test_what_phones_do_not_show_goes_as_a_document(file: Blob, field: str) -> None:
    """Type, size and kind decide what a file is sent as."""
    assert field_of(file) == field


def test_a_closed_window_takes_templates_only() -> None:
    """Words are refused with the remedy, a template passes."""
    closed = msgspec.structs.replace(DIRECT, window_closes_at=context().now)
    with pytest.raises(PlanRefused, match="Send a template") as refused:
        plan(SendMessage(target=closed, text="hi"), context())
    assert refused.value.code == "window_closed"
    assert len(plan(SendMessage(target=closed, template="hello_world"), context())) == 1


def test_a_template_is_named_with_its_language() -> None:
    """Where the language is left out, the channel's is meant."""
    (part,) = plan(SendMessage(target=DIRECT, template="hello_world"), context())
    assert isinstance(part.action, SendMessage)
    assert part.action.template == "hello_world/en_US"


@pytest.mark.parametrize("template", ["Hello World", "hello_world/English please", "/en_US"])
def test_what_is_no_template_is_refused_when_it_is_planned(template: str) -> None:
    """A name that WhatsApp cannot have is found out before anything is sent."""
    with pytest.raises(PlanRefused):
        plan(SendMessage(target=DIRECT, template=template), context())


def test_the_text_beside_a_template_is_not_sent() -> None:
    """It is what agents see of it."""
    run = sent(SendMessage(target=DIRECT, template="hello_world", text="Welcome!"), TAKEN)
    assert "text" not in body_of(run)
    assert body_of(run)["template"]["name"] == "hello_world"


def test_a_conversation_that_we_begin_learns_its_name() -> None:
    """The answer names the person by id, else by number."""
    begun = SendMessage(target=Target(thread_id="", address={"to": "+30 697 123 4567"}), template="hello_world")
    assert sent(begun, TAKEN).result.thread_id == "306971234567"
    named = {"messages": [{"id": "wamid.1"}], "contacts": [{"wa_id": "306971234567", "user_id": "GR.1"}]}
    assert sent(begun, named).result.thread_id == "GR.1"
    assert sent(SendMessage(target=DIRECT, text="hi"), named).result.thread_id == ""


@pytest.mark.parametrize("answer", [{}, {"messages": []}, {"messages": "none"}, {"messages": [{}]}])
def test_an_answer_without_an_id_leaves_it_unknown(answer: object) -> None:
    """What may have been taken is not sent again."""
    run = sent(SendMessage(target=DIRECT, text="hi"), answer)
    assert run.error is not None
    assert run.error.kind is Kind.UNKNOWN


def test_an_upload_without_an_id_is_tried_again() -> None:
    """Nothing was sent yet."""
    run = sent(SendMessage(target=DIRECT, attachments=(blob("image/png"),)), {})
    assert run.error is not None
    assert run.error.kind is Kind.UNREACHABLE
    assert not run.effect_begun


def test_marks_need_a_message_and_groups_take_no_reactions() -> None:
    """Reading and typing without a message are nothing to do; a reaction in a group is refused."""
    assert plan(MarkSeen(target=DIRECT), context()) == []
    assert plan(ShowTyping(target=DIRECT), context()) == []
    assert plan(ShowTyping(target=DIRECT, on=False), context()) == []
    with pytest.raises(PlanRefused):
        plan(React(target=msgspec.structs.replace(GROUP, message_id="wamid.1"), emoji="👍"), context())
