"""connectors/instagram/fetch.py: what is asked for by id, and people."""

from typing import Any

import msgspec
import pytest

from connectors.contract import CustomerAction
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import AnyRequest, HttpRequest, HttpResponse
from connectors.inbound import Author, MessageEdited, MessageReceived, PostSeen
from connectors.instagram.fetch import fetch, profile
from connectors.instagram.simulator import InstagramGraph
from tests.connectors.instagram.signing import context
from tests.connectors.kit.driver import Answerer, Reply, Run, by_simulator, drive

CTX = context()
GONE = {"error": {"message": "does not exist", "type": "IGApiException", "code": 100, "error_subcode": 33}}


def always(status: int, body: Any) -> Answerer:
    """The same answer to everything."""
    reply: Reply = HttpResponse(status=status, body=msgspec.json.encode(body))
    return lambda request, number: reply


def fetched(ref: str, body: Any, status: int = 200) -> Run:
    """Fetch something to which Instagram answers so."""
    return drive(fetch(ref, CTX), always(status, body))


def acted(simulator: InstagramGraph, **action: Any) -> dict[str, Any]:
    """What is told of what Maria does: the one element of the delivery."""
    requests = simulator.act(CustomerAction(person="maria", name="Maria", **action), CTX.now)
    entry = msgspec.json.decode(requests[0].body)["entry"][0]
    found: dict[str, Any] = (entry.get("messaging") or entry.get("changes"))[0]
    return found


def test_a_comment_comes_with_its_post() -> None:
    """What a short delivery left out is brought at once: who, where, when, and the post with its picture."""
    simulator = InstagramGraph(7)
    value = acted(simulator, do="write", thread_id=simulator.posts[0].id, text="Nice!")["value"]
    run = drive(fetch(f"comment:{value['id']}", CTX), by_simulator(simulator, CTX))
    message, post = run.result
    assert isinstance(message, MessageReceived)
    assert (message.text, message.author.username, message.external_id) == ("Nice!", "maria", value["id"])
    assert isinstance(post, PostSeen)
    assert post.post.text == simulator.posts[0].caption
    assert post.post.image_url


def test_a_post_is_seen_by_its_id() -> None:
    """Caption, picture and link of a post."""
    simulator = InstagramGraph(7)
    (seen,) = drive(fetch(f"media:{simulator.posts[2].id}", CTX), by_simulator(simulator, CTX)).result
    assert isinstance(seen, PostSeen)
    assert seen.post.url == f"https://www.instagram.com/p/{simulator.posts[2].id}/"


def test_a_mention_is_read_through_our_account() -> None:
    """The post is somebody else's: it is asked for by way of the account that it names."""
    simulator = InstagramGraph(7)
    value = acted(simulator, do="write", thread_id="mention-1", text="with @alkyon.home")["value"]
    run = drive(fetch(f"mention:{value['media_id']}:", CTX), by_simulator(simulator, CTX))
    (message,) = run.result
    assert isinstance(message, MessageReceived)
    assert (message.kind, message.text, message.author.external_id) == ("mention", "with @alkyon.home", "@maria")
    request = run.requests[0]
    assert isinstance(request, HttpRequest)
    assert f"/{CTX.asset_id}?" in request.url


def test_a_mention_in_a_comment_is_in_the_thread_of_the_post() -> None:
    """The comment is the item, the post it is under the thread."""
    body = {
        "mentioned_comment": {
            "id": "5",
            "text": "@alkyon.home?",
            "username": "nikos",
            "timestamp": "2026-11-22T08:00:00+0000",
        }
    }
    (message,) = fetched("mention:9:5", body).result
    assert (message.thread.external_id, message.external_id) == ("9", "5")


def test_the_words_of_an_edit_are_asked_for() -> None:
    """An edit that came without words gets them, and keeps its time."""
    (edited,) = fetched("edited:aWdf:1795335600000000", {"id": "aWdf", "message": "changed"}).result
    assert isinstance(edited, MessageEdited)
    assert (edited.external_id, edited.text, edited.edited_at) == ("aWdf", "changed", 1_795_335_600_000_000)
    assert fetched("edited:aWdf:1", {"id": "aWdf"}).result == []


def test_a_message_is_brought_by_its_id() -> None:
    """What the delivery did not tell is asked for: who wrote what to whom, by the message's own id."""
    simulator = InstagramGraph(7)
    mid = acted(simulator, do="write", text="Is it in stock?")["message"]["mid"]
    (message,) = drive(fetch(f"message:{mid}", CTX), by_simulator(simulator, CTX)).result
    assert isinstance(message, MessageReceived)
    assert (message.external_id, message.dedupe_key, message.text) == (mid, f"message:{mid}", "Is it in stock?")
    assert (message.thread.kind, message.thread.external_id) == ("direct", message.author.external_id)
    assert message.needs_answer


def test_a_message_of_our_own_is_brought_into_the_persons_thread() -> None:
    """The account may go by its other id."""
    us, them = {"id": "27841400000000042", "username": "alkyon.home"}, {"id": "9001"}
    body = {"id": "aWdm1", "created_time": "2026-11-22T08:00:00+0000", "from": us, "to": {"data": [them]}}
    (message,) = fetched("message:aWdm1", body | {"message": "Yes"}).result
    assert (message.author.is_self, message.thread.external_id, message.needs_answer) == (True, "9001", False)


def test_a_message_of_nobody_is_kept_for_the_admins() -> None:
    """An answer without people is asked for again, and in the end kept as what could not be brought."""
    run = fetched("message:aWdm1", {"id": "aWdm1", "message": "Hi", "created_time": "2026-11-22T08:00:00+0000"})
    assert run.error is not None
    assert run.error.kind is Kind.UNREACHABLE


@pytest.mark.parametrize("ref", ["message:5", "comment:5", "media:5", "mention:5:6", "edited:5:6"])
def test_what_is_gone_meanwhile_brings_nothing(ref: str) -> None:
    """Deleted between the announcement and the question is no fault of anybody's."""
    run = fetched(ref, GONE, 400)
    assert (run.result, run.error) == ([], None)


def test_a_post_that_is_not_told_is_no_alarm() -> None:
    """A post is background; a comment that is refused is a loss."""
    refusal = {"error": {"message": "Unsupported get request", "code": 100}}
    assert fetched("media:5", refusal, 400).result == []
    error = fetched("comment:5", refusal, 400).error
    assert error is not None
    assert error.kind == Kind.REJECTED


@pytest.mark.parametrize("ref", ["", "1001", "comment:", "comment:../me", "mention:1){x}:2", "mention:1:2)", "other:5"])
def test_a_reference_that_is_none_asks_nothing(ref: str) -> None:
    """Nothing that came from outside becomes part of an address or of a list of fields unread."""
    run = drive(fetch(ref, CTX), always(200, {}))
    assert (run.result, run.requests) == ([], [])


def test_an_answer_of_another_shape_is_asked_for_again() -> None:
    """A comment whose time is nonsense is a fault that may pass."""
    error = fetched("comment:5", {"id": "5", "text": "x", "username": "n", "timestamp": "yesterday"}).error
    assert error is not None
    assert error.kind == Kind.UNREACHABLE


def test_a_person_who_has_written_has_a_name() -> None:
    """Name, user name and how many follow."""
    simulator = InstagramGraph(7)
    sender = acted(simulator, do="write", text="Hi")["sender"]["id"]
    found = drive(profile(sender, CTX), by_simulator(simulator, CTX)).result
    assert (found.name, found.username) == ("Maria", "maria")
    assert int(found.profile["followers"]) > 0


def test_a_person_who_has_not_written_stays_a_number() -> None:
    """Without consent Instagram tells nothing; that is no reason to ask again."""
    body = {"error": {"message": "User consent is required", "code": 230}}
    run = drive(profile("7", CTX), always(403, body))
    assert run.error is None
    assert run.result == Author(external_id="7")


@pytest.mark.parametrize("author", ["@nikos", "author-of-5"])
def test_who_is_known_by_name_alone_is_not_asked_for(author: str) -> None:
    """There is no id to ask with."""
    assert drive(profile(author, CTX), always(200, {})).requests == []


def test_an_answer_to_a_profile_that_is_none_is_tried_again() -> None:
    """Half an answer is no profile."""
    error = drive(profile("7", CTX), _text(b"[]")).error
    assert error is not None
    assert error.kind == Kind.UNREACHABLE


def _text(body: bytes) -> Answerer:
    def answer(request: AnyRequest, number: int) -> Reply:
        return HttpResponse(status=200, body=body)

    return answer
