"""connectors/facebook_page/outbound.py: parts, and what the golden exchanges do not show."""

import msgspec
import pytest

from connectors.errors import PlanRefused
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import HttpRequest, HttpResponse
from connectors.facebook_page.outbound import kind_of, lookup_sent, plan, send
from connectors.outbound import (
    AnyOutbound,
    BanAuthor,
    Blob,
    DeleteComment,
    EditSent,
    HideComment,
    PrivateReply,
    React,
    ReplyToComment,
    ReplyToReview,
    SendMessage,
    Target,
    UnhideComment,
)
from tests.connectors.facebook_page.line import Line, target
from tests.connectors.facebook_page.signing import context
from tests.connectors.kit.driver import Run, drive

COMMENT = Target(thread_id="5_7", message_id="5_8", author_id="9", address={"kind": "comment", "post_id": "1_5"})
VISITOR = Target(thread_id="1_6", message_id="6_8", author_id="9", address={"kind": "comment", "post_id": "1_6"})
PICTURE = Blob(sha256="a" * 64, mime="image/png", size_bytes=10, name="a.png", kind="image")
OK = HttpResponse(status=200, body=b'{"success": true}')


def sent(action: AnyOutbound, *replies: HttpResponse) -> Run:
    """The only part of an action, answered so."""
    (part,) = plan(action, context())
    return drive(send(part, context()), lambda request, number: replies[number])


def refused(code: int, subcode: int = 0) -> HttpResponse:
    """Facebook's refusal of a request."""
    error = {"message": "no", "type": "OAuthException", "code": code, "error_subcode": subcode}
    return HttpResponse(status=400, body=msgspec.json.encode({"error": error}))


def made(comment_id: str = "5_99") -> HttpResponse:
    """A comment was made."""
    return HttpResponse(status=200, body=msgspec.json.encode({"id": comment_id}))


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (ReplyToComment(target=COMMENT, text=" "), "empty"),
        (ReplyToComment(target=COMMENT, text="x", attachments=(PICTURE, PICTURE)), "attachment_size"),
        (ReplyToComment(target=Target(thread_id=""), text="x"), "recipient_missing"),
        (BanAuthor(target=Target(thread_id="5_7", author_id="author-of:5_7")), "recipient_missing"),
        (SendMessage(target=COMMENT, text="x"), "not_supported"),
        (ReplyToReview(target=COMMENT, text="x"), "not_supported"),
        (React(target=COMMENT, emoji="❤️"), "not_supported"),
    ],
)
def test_what_facebook_would_refuse_is_refused_here(action: AnyOutbound, code: str) -> None:
    """The agent is told before anything is sent."""
    with pytest.raises(PlanRefused) as told:
        plan(action, context())
    assert told.value.code == code


def test_a_thread_without_address_is_a_comments() -> None:
    """Comments are by far the most; a kind that is none of ours is not believed."""
    assert kind_of(Target(thread_id="5_7")) == kind_of(Target(thread_id="5_7", address={"kind": "chat"})) == "comment"


def test_an_answer_to_an_answer_needs_no_question() -> None:
    """In a comment's thread the top-level comment is known: one request, the effect."""
    run = sent(ReplyToComment(target=COMMENT, text="Hi"), made())
    (request,) = run.requests
    assert isinstance(request, HttpRequest)
    assert "/5_7/comments" in request.url
    assert request.effect


def test_under_a_post_the_parent_is_asked_for_first() -> None:
    """In the thread of a visitor's post an answer goes beside the answers, and a failed question sends nothing."""
    run = sent(ReplyToComment(target=VISITOR, text="Hi"), refused(4))
    assert run.error is not None
    assert (run.error.kind, run.effect_begun) == (Kind.THROTTLED, False)


def test_what_cannot_be_looked_at_can_still_be_answered() -> None:
    """A mention on a private profile is not readable: Facebook decides whether it may be answered."""
    run = sent(ReplyToComment(target=VISITOR, text="Hi"), refused(100, 33), made())
    assert run.result.external_id == "5_99"
    request = run.requests[1]
    assert isinstance(request, HttpRequest)
    assert "/6_8/comments" in request.url


def test_a_comment_that_names_no_id_is_unknown() -> None:
    """It may be there: it is not sent again."""
    run = sent(ReplyToComment(target=COMMENT, text="Hi"), OK)
    assert run.error is not None
    assert run.error.kind is Kind.UNKNOWN


def test_a_private_reply_names_the_thread_in_messenger() -> None:
    """The recipient's id in the answer is the direct thread, as Messenger's own messages name it."""
    answer = HttpResponse(status=200, body=b'{"recipient_id": 7012345678901234, "message_id": "m_1"}')
    run = sent(PrivateReply(target=COMMENT, text="Hi"), HttpResponse(status=200, body=b'{"id": "5_8"}'), answer)
    sibling = run.result.sibling
    assert sibling is not None
    assert (sibling.network, sibling.thread_id, sibling.author_id) == ("messenger",) + ("7012345678901234",) * 2
    assert run.result.external_id == "m_1"


def test_a_private_reply_without_recipient_is_sent_all_the_same() -> None:
    """Where Messenger names nobody there is no thread to bind."""
    run = sent(PrivateReply(target=COMMENT, text="Hi"), OK, HttpResponse(status=200, body=b'{"message_id": "m_1"}'))
    assert (run.result.external_id, run.result.sibling) == ("m_1", None)


def test_a_like_is_a_like_in_either_form() -> None:
    """The variation selector makes no other emoji of it."""
    run = sent(React(target=COMMENT, emoji="👍\ufe0f"), OK)
    (request,) = run.requests
    assert isinstance(request, HttpRequest)
    assert (request.method, request.url.partition("?")[0].rpartition("/")[2]) == ("POST", "likes")


def test_hiding_what_is_gone_tells_the_agent() -> None:
    """Only removing is done where there is nothing left; hiding a comment that is gone is told."""
    run = sent(HideComment(target=COMMENT), refused(100, 33))
    assert run.error is not None
    assert run.error.kind is Kind.RECIPIENT_GONE


def test_after_a_crash_it_is_looked_up_whether_it_was_done() -> None:
    """What shows on the page is known: done, or to be done again."""
    line = Line()
    comment = line.wrote()
    ours = line.do(ReplyToComment(target=target(comment), text="49 euros")).result.external_id
    for action in (
        HideComment(target=target(comment)),
        UnhideComment(target=target(comment)),
        React(target=target(comment), emoji="👍"),
        React(target=target(comment), emoji=""),
        EditSent(target=target(comment, ours), text="45 euros"),
        BanAuthor(target=target(comment)),
        DeleteComment(target=target(comment)),
    ):
        assert line.looked_up(action) is None
        assert line.do(action).error is None
        assert line.looked_up(action) is not None


def test_a_private_reply_that_can_still_be_sent_was_not_sent() -> None:
    """While Facebook would take one there was none; afterwards nobody can tell whose it was."""
    line = Line()
    comment = line.wrote()
    action = PrivateReply(target=target(comment), text="Hi")
    assert line.looked_up(action) is None
    assert line.do(action).error is None
    (part,) = plan(action, line.ctx)
    run = drive(lookup_sent(part, line.ctx), lambda request, number: HttpResponse(status=200, body=b'{"id": "1"}'))
    assert run.error is not None
    assert run.error.kind is Kind.UNKNOWN


def test_a_comment_of_ours_is_not_looked_for() -> None:
    """The same words may be there for another reason: its echo tells, or a person does."""
    (part,) = plan(ReplyToComment(target=COMMENT, text="Thank you!"), context())
    run = drive(lookup_sent(part, context()), lambda request, number: OK)
    assert (run.requests, run.error and run.error.kind) == ([], Kind.UNKNOWN)
