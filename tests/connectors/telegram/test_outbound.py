"""connectors/telegram/outbound.py: parts, and what the golden exchanges do not show."""

import msgspec
import pytest

from connectors.errors import PlanRefused
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import HttpRequest, HttpResponse
from connectors.outbound import (
    AnyOutbound,
    BanAuthor,
    Blob,
    DeleteSent,
    EditSent,
    MarkSeen,
    Part,
    React,
    Receipt,
    ReplyToComment,
    SendMessage,
    ShowTyping,
    Target,
)
from connectors.telegram.manifest import REACTIONS
from connectors.telegram.outbound import plan, send
from tests.connectors.kit.driver import Run, drive
from tests.connectors.telegram.signing import context

PRIVATE = Target(thread_id="4", message_id="4:7")
GROUP = Target(thread_id="-1004", message_id="-1004:7")


def blob(mime: str, kind: str = "image", size: int = 10) -> Blob:
    """A file to send."""
    return msgspec.convert({"sha256": "a" * 64, "mime": mime, "size_bytes": size, "kind": kind}, Blob)


def shapes(parts: list[Part]) -> list[tuple[str, int]]:
    """Words and number of files of each part."""
    return [(getattr(part.action, "text", ""), len(getattr(part.action, "attachments", ()))) for part in parts]


def sent(action: AnyOutbound, *replies: tuple[int, object]) -> Run:
    """The only part of an action, answered so."""
    (part,) = plan(action, context())
    responses = [HttpResponse(status=status, body=msgspec.json.encode(body)) for status, body in replies]
    return drive(send(part, context()), lambda request, number: responses[number])


def refused(description: str, **parameters: int) -> tuple[int, object]:
    """Telegram's refusal of a request."""
    return 400, {"ok": False, "error_code": 400, "description": description, "parameters": parameters}


PHOTO, VIDEO, PAPER = blob("image/jpeg"), blob("video/mp4", "video"), blob("application/pdf", "file")


@pytest.mark.parametrize(
    ("text", "files", "wanted"),
    [
        ("Hi", (), [("Hi", 0)]),
        ("Hi", (PHOTO,), [("Hi", 1)]),
        ("", (PHOTO,), [("", 1)]),
        ("x" * 1024, (PAPER,), [("x" * 1024, 1)]),
        ("x" * 1025, (PAPER,), [("x" * 1025, 0), ("", 1)]),
        ("😀" * 513, (PAPER,), [("😀" * 513, 0), ("", 1)]),
        ("Hi", (blob("image/webp", "sticker"),), [("Hi", 0), ("", 1)]),
        ("Hi", (PHOTO, VIDEO), [("Hi", 0), ("", 2)]),
        ("", (PHOTO, VIDEO, PAPER, PAPER), [("", 2), ("", 2)]),
        ("", (PHOTO, PAPER, PHOTO), [("", 1), ("", 1), ("", 1)]),
        ("", (PHOTO,) * 11, [("", 10), ("", 1)]),
        ("", (blob("image/gif"),) * 2, [("", 1), ("", 1)]),
        ("  ", (PHOTO,), [("  ", 1)]),
    ],
)
def test_messages_become_parts(text: str, files: tuple[Blob, ...], wanted: list[tuple[str, int]]) -> None:
    """A text is the caption of a single file where it fits; neighbours make albums of at most ten."""
    assert shapes(plan(SendMessage(target=PRIVATE, text=text, attachments=files), context())) == wanted


def test_only_the_first_part_answers_in_a_group() -> None:
    """In a group the first part quotes what it answers, the others follow it; in private none does."""
    in_group = plan(SendMessage(target=GROUP, text="Hi", attachments=(PHOTO, VIDEO)), context())
    assert [part.action.target.message_id for part in in_group] == ["-1004:7", None]
    in_private = plan(SendMessage(target=PRIVATE, text="Hi"), context())
    assert [part.action.target.message_id for part in in_private] == [None]


def test_later_parts_stay_under_the_post() -> None:
    """A comment's second part answers the post itself: only an answer lands under it."""
    target = Target(thread_id="-1004/c61", message_id="-1004:70")
    _, second = plan(ReplyToComment(target=target, text="Hi", attachments=(PHOTO, VIDEO)), context())
    run = drive(send(second, context()), lambda request, number: HttpResponse(status=500))
    (request,) = run.requests
    assert isinstance(request, HttpRequest)
    values = {part.name: part.value for part in request.form}
    assert msgspec.json.decode(values["reply_parameters"])["message_id"] == 61


@pytest.mark.parametrize("emoji", [*REACTIONS, "❤️", "⚡️", "❤‍🔥", ""])
def test_every_reaction_is_written_as_telegram_does(emoji: str) -> None:
    """Emoji with or without variation selector become the one of Telegram's list."""
    (part,) = plan(React(target=PRIVATE, emoji=emoji), context())
    assert isinstance(part.action, React)
    assert part.action.emoji in {*REACTIONS, ""}


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (SendMessage(target=Target(thread_id=""), text="Hi"), "recipient_missing"),
        (SendMessage(target=PRIVATE), "empty"),
        (SendMessage(target=PRIVATE, text="x" * 4097), "too_long"),
        (SendMessage(target=PRIVATE, attachments=(blob("video/mp4", "video", 50_000_001),)), "attachment_size"),
        (EditSent(target=PRIVATE, text="😀" * 2049), "too_long"),
        (EditSent(target=Target(thread_id="4"), text="Hi"), "recipient_missing"),
        (DeleteSent(target=Target(thread_id="4", message_id="4:callback-1")), "recipient_missing"),
        (BanAuthor(target=GROUP), "recipient_missing"),
        (React(target=Target(thread_id="4@b", message_id="4@b:7"), emoji="👍"), "not_supported"),
    ],
)
def test_what_cannot_be_done_is_refused_before(action: AnyOutbound, code: str) -> None:
    """A refusal comes from the plan and has its code."""
    with pytest.raises(PlanRefused) as refusal:
        plan(action, context())
    assert refusal.value.code == code


def test_nothing_to_do_is_no_part() -> None:
    """There is no call for the end of typing, nor for marking read outside business chats."""
    assert plan(ShowTyping(target=PRIVATE, on=False), context()) == []
    assert plan(MarkSeen(target=PRIVATE), context()) == []


def test_an_upgraded_group_is_told_by_the_receipt() -> None:
    """A send that followed the group to its new id says which thread it landed in."""
    moved = refused("Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1009)
    taken = {"message_id": 3, "date": 1_795_299_000, "chat": {"id": -1009, "type": "supergroup"}}
    run = sent(SendMessage(target=GROUP, text="Hi"), moved, (200, {"ok": True, "result": taken}))
    assert run.result == Receipt(external_id="-1009:3", thread_id="-1009", accepted_at=1_795_299_000_000_000)


def test_an_edit_of_a_file_changes_its_caption() -> None:
    """Telegram says that a file has no text; then the caption is what was meant."""
    no_text = refused("Bad Request: there is no text in the message to edit")
    run = sent(EditSent(target=PRIVATE, text="New"), no_text, (200, {"ok": True, "result": True}))
    assert run.error is None
    methods = [r.url.rpartition("/")[2] for r in run.requests if isinstance(r, HttpRequest)]
    assert methods == ["editMessageText", "editMessageCaption"]


@pytest.mark.parametrize("result", [[], {}, True, {"message_id": "x"}])
def test_an_accepted_message_without_id_is_unknown(result: object) -> None:
    """When Telegram took it but does not say as what, it is not sent again."""
    run = sent(SendMessage(target=PRIVATE, text="Hi"), (200, {"ok": True, "result": result}))
    assert run.error is not None
    assert run.error.kind is Kind.UNKNOWN


def test_actions_of_other_networks_are_not_sent() -> None:
    """A part that was never planned here is rejected without a request."""
    part = Part(action=msgspec.convert({"type": "hide", "target": {"thread_id": "4"}}, AnyOutbound), key="k")
    run = drive(send(part, context()), lambda request, number: HttpResponse(status=200))
    assert run.requests == []
    assert run.error is not None
    assert run.error.kind is Kind.REJECTED
