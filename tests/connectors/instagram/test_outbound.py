"""connectors/instagram/outbound.py: what the goldens do not show of planning and sending."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from connectors.contract import Context
from connectors.errors import PlanRefused
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import HttpRequest, HttpResponse
from connectors.instagram.manifest import HUMAN_AGENT_SECONDS
from connectors.instagram.outbound import kind_of, plan, send
from connectors.outbound import (
    AnyOutbound,
    Blob,
    DeleteComment,
    HideComment,
    MarkSeen,
    PrivateReply,
    React,
    Receipt,
    ReplyToComment,
    SendMessage,
    ShowTyping,
    Target,
)
from tests.connectors.instagram.signing import context
from tests.connectors.kit.driver import Run, drive

CTX = context()
DAY = 86_400_000_000
DIRECT = Target(thread_id="7", address={"igsid": "7"}, message_id="m1", author_id="7")
COMMENT = Target(thread_id="5", address={"media_id": "9"}, message_id="6", author_id="7")
MENTION = Target(thread_id="9", address={"media_id": "9"}, message_id="6", author_id="@nikos")
JPEG = Blob(sha256="a" * 64, mime="image/jpeg", size_bytes=10, name="a.jpg", kind="image")


def sent(action: AnyOutbound, body: Any, status: int = 200, ctx: Context = CTX) -> Run:
    """Send the one part of an action, answered so."""
    (part,) = plan(action, ctx)
    reply = HttpResponse(status=status, body=msgspec.json.encode(body))
    return drive(send(part, ctx), lambda request, number: reply)


def asked(run: Run) -> tuple[str, dict[str, Any]]:
    """Path and JSON of the one request."""
    (request,) = run.requests
    assert isinstance(request, HttpRequest)
    body: dict[str, Any] = msgspec.json.decode(request.body or b"{}")
    return request.url.partition("/v25.0/")[2], body


def refusal(action: AnyOutbound, ctx: Context = CTX) -> str:
    """The code with which an action is refused."""
    with pytest.raises(PlanRefused) as refused:
        plan(action, ctx)
    return refused.value.code


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        (SendMessage(target=DIRECT, text="x"), "direct"),
        (SendMessage(target=Target(thread_id="7"), text="x"), "direct"),
        (ReplyToComment(target=COMMENT, text="x"), "comment"),
        (ReplyToComment(target=Target(thread_id="5"), text="x"), "comment"),
        (ReplyToComment(target=MENTION, text="x"), "mention"),
        (HideComment(target=DIRECT), "direct"),
    ],
)
def test_the_address_tells_the_kind_of_thread(action: AnyOutbound, kind: str) -> None:
    """Where none is known, what is to be done tells."""
    assert kind_of(action) == kind


def test_eleven_pictures_are_two_messages() -> None:
    """Instagram takes ten at once."""
    parts = plan(SendMessage(target=DIRECT, attachments=(JPEG,) * 11), CTX)
    pictures = [part.action for part in parts if isinstance(part.action, SendMessage)]
    assert [len(one.attachments) for one in pictures] == [10, 1]


def test_pictures_with_something_between_them_stay_in_order() -> None:
    """Only neighbours go together."""
    pdf = Blob(sha256="b" * 64, mime="application/pdf", size_bytes=10, kind="file")
    parts = plan(SendMessage(target=DIRECT, attachments=(JPEG, pdf, JPEG)), CTX)
    assert len(parts) == 3


def test_a_picture_too_large_is_refused_with_the_limit() -> None:
    """8 MB for pictures."""
    with pytest.raises(PlanRefused) as refused:
        plan(SendMessage(target=DIRECT, attachments=(replace_size(9_000_000),)), CTX)
    assert (refused.value.code, refused.value.limit) == ("attachment_size", 8_000_000)


@pytest.mark.parametrize(("age_days", "tagged"), [(0.5, False), (1.5, True), (6.9, True)])
def test_late_answers_carry_the_tag_of_a_person(age_days: float, tagged: bool) -> None:
    """Within the first day none is needed."""
    closes_at = CTX.now - int(age_days * DAY) + HUMAN_AGENT_SECONDS * 1_000_000
    target = msgspec.structs.replace(DIRECT, window_closes_at=closes_at)
    _, body = asked(sent(SendMessage(target=target, text="x"), {"message_id": "m2"}))
    assert (body.get("tag") == "HUMAN_AGENT") is tagged


def test_without_human_agent_nothing_is_tagged() -> None:
    """The tag without the feature would be refused."""
    ctx = replace(CTX, settings={**CTX.settings, "human_agent": "no"})
    target = msgspec.structs.replace(DIRECT, window_closes_at=CTX.now + DAY // 2)
    _, body = asked(sent(SendMessage(target=target, text="x"), {"message_id": "m2"}, ctx=ctx))
    assert "tag" not in body


def test_rules_do_not_answer_after_the_first_day() -> None:
    """The tag says that a person answers."""
    target = msgspec.structs.replace(DIRECT, window_closes_at=CTX.now + DAY)
    assert refusal(SendMessage(target=target, text="x", automatic=True)) == "window_closed"
    assert len(plan(SendMessage(target=target, text="x"), CTX)) == 1


def test_after_the_window_nothing_is_planned() -> None:
    """The agent is told before he waits for a refusal."""
    target = msgspec.structs.replace(DIRECT, window_closes_at=CTX.now)
    assert refusal(SendMessage(target=target, text="x")) == "window_closed"


def test_a_private_reply_names_the_persons_direct_thread() -> None:
    """So that it joins the comment's conversation."""
    run = sent(PrivateReply(target=COMMENT, text="x"), {"recipient_id": "7", "message_id": "m2"})
    path, body = asked(run)
    assert (path, body["recipient"]) == ("me/messages", {"comment_id": "6"})
    assert isinstance(run.result, Receipt)
    assert run.result.sibling is not None
    assert (run.result.sibling.network, run.result.sibling.thread_id) == ("instagram", "7")


def test_a_private_reply_whose_recipient_is_not_told_is_still_accepted() -> None:
    """It was sent; the thread is found when the person writes."""
    run = sent(PrivateReply(target=COMMENT, text="x"), {"message_id": "m2"})
    assert run.result == Receipt(external_id="m2")


@pytest.mark.parametrize(("age_days", "code"), [(6, ""), (7, "window_closed"), (30, "window_closed")])
def test_a_private_reply_ends_with_the_week(age_days: int, code: str) -> None:
    """Where the thread tells that the newest comment in it is a week old."""
    address = {"media_id": "9", "commented_at": str(CTX.now - age_days * DAY)}
    action = PrivateReply(target=msgspec.structs.replace(COMMENT, address=address), text="x")
    if code:
        assert refusal(action) == code
    else:
        assert len(plan(action, CTX)) == 1


def test_an_answer_goes_to_the_first_comment_of_the_thread() -> None:
    """Instagram would move it there."""
    path, body = asked(sent(ReplyToComment(target=COMMENT, text="Yes"), {"id": "8"}))
    assert (path, body) == ("5/replies", {"message": "Yes"})


def test_ids_cannot_leave_their_place_in_the_address() -> None:
    """Whatever an id holds, it stays one part of the path."""
    target = msgspec.structs.replace(COMMENT, message_id="../me?x=1")
    path, _ = asked(sent(HideComment(target=target), {"success": True}))
    assert path == "..%2Fme%3Fx%3D1?hide=true"


def test_a_comment_that_is_gone_is_deleted() -> None:
    """What was asked for is the case."""
    gone = {"error": {"message": "does not exist", "code": 100, "error_subcode": 33}}
    assert sent(DeleteComment(target=COMMENT), gone, 400).result == Receipt()
    error = sent(HideComment(target=COMMENT), gone, 400).error
    assert error is not None
    assert error.kind == Kind.RECIPIENT_GONE


def test_an_account_out_of_the_tokens_reach_is_no_fault_of_the_persons() -> None:
    """Graph says of us what it says of things that are gone: the admins have to know."""
    said = "Unsupported post request. Object with ID 'me' does not exist"
    error = {"error": {"message": said, "type": "IGApiException", "code": 100, "error_subcode": 33}}
    found = sent(SendMessage(target=DIRECT, text="Hi"), error, 400).error
    assert found is not None
    assert found.kind == Kind.REAUTH


@pytest.mark.parametrize("body", [{}, {"message_id": ""}, {"message_id": 5.5}])
def test_an_acceptance_without_id_is_uncertain(body: dict[str, Any]) -> None:
    """It may be there; it is not sent again blindly."""
    error = sent(SendMessage(target=DIRECT, text="x"), body).error
    assert error is not None
    assert error.kind == Kind.UNKNOWN


def test_a_comment_without_id_is_uncertain() -> None:
    """As with messages."""
    error = sent(ReplyToComment(target=COMMENT, text="x"), {"success": True}).error
    assert error is not None
    assert error.kind == Kind.UNKNOWN


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (ReplyToComment(target=COMMENT, text="x", attachments=(JPEG,)), "attachment_type"),
        (ReplyToComment(target=COMMENT, text="#a #b #c #d #e"), "not_supported"),
        (ReplyToComment(target=COMMENT, text="https://a.example www.b.example"), "not_supported"),
        (HideComment(target=Target(thread_id="5")), "recipient_missing"),
        (React(target=DIRECT, emoji="🍀"), "not_supported"),
        (SendMessage(target=Target(thread_id=""), text="x"), "recipient_missing"),
        (SendMessage(target=COMMENT, text="x"), "not_supported"),
        (PrivateReply(target=MENTION, text="x"), "not_supported"),
    ],
)
def test_what_instagram_would_refuse_is_refused_in_words(action: AnyOutbound, code: str) -> None:
    """Before anything is sent."""
    assert refusal(action) == code


def test_four_hashtags_and_a_link_are_fine() -> None:
    """Up to the limits nothing is in the way; an anchor in a link is no hashtag."""
    action = ReplyToComment(target=COMMENT, text="#a #b #c #d https://a.example/x#part")
    assert len(plan(action, CTX)) == 1


@pytest.mark.parametrize(
    ("action", "doing"),
    [
        (MarkSeen(target=DIRECT), "mark_seen"),
        (ShowTyping(target=DIRECT, on=True), "typing_on"),
        (ShowTyping(target=DIRECT, on=False), "typing_off"),
    ],
)
def test_signs_are_no_effect(action: AnyOutbound, doing: str) -> None:
    """They may be lost without harm."""
    run = sent(action, {"recipient_id": "7"})
    assert asked(run)[1]["sender_action"] == doing
    assert not any(request.effect for request in run.requests if isinstance(request, HttpRequest))


def replace_size(size_bytes: int) -> Blob:
    """The picture in another size."""
    return msgspec.structs.replace(JPEG, size_bytes=size_bytes)
