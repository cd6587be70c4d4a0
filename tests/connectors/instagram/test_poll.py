"""connectors/instagram/poll.py: what Instagram never tells is found by comparing."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from connectors.contract import Context, CustomerAction
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import AnyRequest, HttpRequest, HttpResponse, Polled
from connectors.inbound import CommentModerated, MessageDeleted, MessageEdited, MessageReceived, PostSeen
from connectors.instagram.inbound import parse
from connectors.instagram.poll import ASKED_AT_MOST, IN_TURN, poll
from connectors.instagram.simulator import InstagramGraph
from connectors.toolkit import faults
from tests.connectors.instagram.signing import context
from tests.connectors.kit.driver import Answerer, Reply, by_simulator, drive

CTX = context()


class Account:
    """An account whose comments are compared, round after round."""

    def __init__(self) -> None:
        self.network = InstagramGraph(7)
        self.cursor = ""
        self.requests: list[AnyRequest] = []

    def writes(self, text: str, post: int = 0, person: str = "maria", under: str = "") -> str:
        """Somebody comments; the comment's id."""
        thread_id = under or self.network.posts[post].id
        self.does(do="write", person=person, thread_id=thread_id, text=text)
        return self.network.world.items[-1].id

    def does(self, **action: Any) -> None:
        """A person acts."""
        self.network.act(CustomerAction(**action), CTX.now)

    def round(self) -> list[Any]:
        """What a round brings, without posts."""
        return [one for one in self.polled().inbounds if not isinstance(one, PostSeen)]

    def polled(self) -> Polled:
        """A whole round."""
        run = drive(poll(self.cursor, CTX), by_simulator(self.network, CTX))
        assert run.error is None, run.error
        assert isinstance(run.result, Polled)
        self.cursor, self.requests = run.result.cursor, run.requests
        assert run.result.problems == ()
        assert len(run.result.raw) == len(run.result.inbounds)
        return run.result


@pytest.fixture
def account() -> Account:
    """An account that has been compared once, without comments."""
    made = Account()
    made.round()
    return made


def test_posts_are_told_once() -> None:
    """The first round tells the posts, with picture and words; the next has nothing to add."""
    account = Account()
    posts = [one.post for one in account.polled().inbounds if isinstance(one, PostSeen)]
    assert {one.text for one in posts} == {post.caption for post in account.network.posts[:3]}
    assert all(one.image_url and one.posted_at for one in posts)
    assert account.polled().inbounds == ()


def test_a_comment_whose_delivery_was_lost_is_found(account: Account) -> None:
    """With the key that its delivery would have had."""
    comment_id = account.writes("Is it heavy?")
    (found,) = account.round()
    assert isinstance(found, MessageReceived)
    assert (found.dedupe_key, found.text) == (f"comment:{comment_id}", "Is it heavy?")
    assert found.thread.post is not None
    assert found.thread.post.external_id == account.network.posts[0].id
    assert account.round() == []


def test_what_we_wrote_under_our_own_post_is_nobodys(account: Account) -> None:
    """Our own first comment is not told, nor that it was changed."""
    item = account.network.world.add(
        "comment", "", None, "Ask us!", CTX.now, from_us=True, post=account.network.posts[0]
    )
    assert account.round() == []
    item.text = "Ask us anything!"
    assert account.round() == []


def test_what_is_older_is_told_first(account: Account) -> None:
    """So that a conversation reads in its order."""
    wrote = [account.writes(words) for words in ("one", "two", "three")]
    assert [one.external_id for one in account.round()] == wrote


def test_posts_without_comments_cost_no_question(account: Account) -> None:
    """Where there is nothing to compare nothing is asked beside the lists of posts and of conversations."""
    account.round()
    assert len(account.requests) == 2


def test_what_was_said_in_private_and_not_told_is_found(account: Account) -> None:
    """A message whose delivery never came is as the delivery would have told it; found again, it has its id."""
    told = _read(account.network.act(CustomerAction(do="write", person="maria", text="Hello?"), CTX.now))
    [found] = account.round()
    assert (found.external_id, found.dedupe_key, found.text) == (told.external_id, told.dedupe_key, "Hello?")
    assert found.thread == told.thread


def test_an_account_that_may_not_list_conversations_is_still_watched(account: Account) -> None:
    """The permission for messages may be missing where that for comments is not."""
    comment_id = account.writes("Pretty!")
    answer = by_simulator(account.network, CTX)

    def closed(request: AnyRequest, number: int) -> Reply:
        if isinstance(request, HttpRequest) and "/conversations" in request.url:
            error = {"error": {"message": "(#10) no permission", "type": "OAuthException", "code": 10}}
            return HttpResponse(status=403, body=msgspec.json.encode(error))
        return answer(request, number)

    run = drive(poll(account.cursor, CTX), closed)
    assert run.error is None
    assert comment_id in [getattr(one, "external_id", "") for one in run.result.inbounds]


def test_answers_are_found_under_their_comment(account: Account) -> None:
    """An answer names what it answers."""
    first = account.writes("Is it heavy?")
    second = account.writes("Mine is", person="nikos", under=first)
    found = {one.external_id: one for one in account.round()}
    assert found[second].thread.external_id == first
    assert found[second].in_reply_to == first


def test_a_deleted_comment_is_erased(account: Account) -> None:
    """What its author took back is taken back here."""
    comment_id = account.writes("Oops")
    account.round()
    account.does(do="delete", person="maria", message_id=comment_id)
    (gone,) = account.round()
    assert isinstance(gone, MessageDeleted)
    assert (gone.external_id, gone.erase) == (comment_id, True)
    assert account.round() == []


def test_a_comment_that_is_merely_out_of_sight_is_not_deleted(account: Account) -> None:
    """What is listed no more is asked for by its id."""
    comment_id = account.writes("Still here")
    account.round()
    item = account.network.world.item(comment_id)
    assert item is not None
    item.post = account.network.posts[4]
    assert account.round() == []


def test_a_hidden_comment_is_hidden_here_and_shown_again(account: Account) -> None:
    """Somebody moderates in Instagram's app."""
    comment_id = account.writes("Spam")
    account.round()
    item = account.network.world.item(comment_id)
    assert item is not None
    item.state = "hidden"
    (hidden,) = account.round()
    item.state = "sent"
    (shown,) = account.round()
    assert isinstance(hidden, CommentModerated)
    assert isinstance(shown, CommentModerated)
    assert (hidden.state, shown.state) == ("hidden", "visible")


def test_a_comment_found_hidden_is_told_with_its_state(account: Account) -> None:
    """It is shown as what it is from the beginning."""
    item = account.network.world.item(account.writes("Spam"))
    assert item is not None
    item.state = "hidden"
    assert [type(one) for one in account.round()] == [MessageReceived, CommentModerated]


def test_changed_words_are_an_edit(account: Account) -> None:
    """The number of comments stays as it is; in turn they are looked through all the same."""
    comment_id = account.writes("Is it hevy?")
    account.round()
    account.does(do="edit", person="maria", message_id=comment_id, text="Is it heavy?")
    (edited,) = account.round()
    assert isinstance(edited, MessageEdited)
    assert (edited.external_id, edited.text) == (comment_id, "Is it heavy?")


def test_posts_at_rest_are_looked_through_in_turn() -> None:
    """Of many posts with comments a few are compared in a round, and each comes round."""
    media = [{"id": str(i), "comments_count": 1, "media_type": "IMAGE"} for i in range(10)]
    seen: list[list[str]] = []
    cursor = ""
    for _ in range(5):
        asked: list[str] = []
        run = drive(poll(cursor, CTX), _posts(media, asked))
        cursor = run.result.cursor
        seen.append(asked)
    assert [len(asked) for asked in seen] == [10, IN_TURN, IN_TURN, IN_TURN, IN_TURN]
    assert {post for asked in seen[1:] for post in asked} == {str(i) for i in range(10)}


def test_only_so_many_are_asked_for_in_a_round(account: Account) -> None:
    """A post that is gone with all its comments does not use up what Instagram allows."""
    ids = [account.writes(f"Nr. {i}") for i in range(ASKED_AT_MOST + 5)]
    account.round()
    for comment_id in ids:
        account.does(do="delete", person="maria", message_id=comment_id)
    assert len(account.round()) == ASKED_AT_MOST
    assert len(account.round()) == 5


def test_a_broken_comment_costs_only_itself(account: Account) -> None:
    """It is kept with what is wrong with it; the others are read."""
    good = {"id": "5", "text": "fine", "from": {"id": "7"}}
    answers = _posts([{"id": "1", "comments_count": 3, "media_type": "IMAGE"}], [], [good, {"text": "no id"}, "spoilt"])
    polled = drive(poll("", CTX), answers).result
    assert [one.external_id for one in polled.inbounds if isinstance(one, MessageReceived)] == ["5"]
    assert len(polled.problems) == 2


def test_a_post_whose_comments_are_closed_keeps_no_other_back() -> None:
    """A refusal for one post is not one for the account."""
    media = [
        {"id": "1", "comments_count": 1, "media_type": "IMAGE"},
        {"id": "2", "comments_count": 1, "media_type": "IMAGE"},
    ]
    inner = _posts(media, [], [{"id": "5", "text": "fine", "from": {"id": "7"}}])

    def answer(request: AnyRequest, number: int) -> Reply:
        assert isinstance(request, HttpRequest)
        if "/1/comments" in request.url:
            return HttpResponse(status=400, body=b'{"error": {"message": "no", "code": 100}}')
        return inner(request, number)

    inbounds = drive(poll("", CTX), answer).result.inbounds
    assert [one.external_id for one in inbounds if isinstance(one, MessageReceived)] == ["5"]


def test_a_cursor_that_cannot_be_read_begins_anew() -> None:
    """What comes twice is known by its key."""
    for cursor in ("nonsense", '{"posts": 5}', "[]"):
        assert drive(poll(cursor, CTX), by_simulator(InstagramGraph(7), CTX)).error is None


@pytest.mark.parametrize(
    ("given", "seconds"), [("60", 60.0), ("0", 1.0), ("", 300.0), ("soon", 300.0), ("9" * 9, 300.0)]
)
def test_the_pause_is_as_the_admin_wants(given: str, seconds: float) -> None:
    """In whole seconds, at least one."""
    ctx: Context = replace(CTX, settings={**CTX.settings, "poll_seconds": given})
    assert drive(poll("", ctx), by_simulator(InstagramGraph(7), ctx)).result.next_after_seconds == seconds


def test_a_refused_sign_in_ends_the_round(account: Account) -> None:
    """The channel needs attention; nothing is taken for deleted."""
    account.writes("Hi")
    account.network.faults.add(faults.EXPIRED_TOKEN)
    run = drive(poll(account.cursor, CTX), by_simulator(account.network, CTX))
    assert run.error is not None
    assert run.error.kind == Kind.REAUTH


def _posts(media: list[dict[str, Any]], asked: list[str], comments: list[Any] | None = None) -> Answerer:
    """Answers a list of posts, and for each the same comments, noting whose were asked for."""

    def answer(request: AnyRequest, number: int) -> Reply:
        assert isinstance(request, HttpRequest)
        path = request.url.partition("?")[0].split("/")
        if path[-1] == "media":
            return HttpResponse(status=200, body=msgspec.json.encode({"data": media}))
        if path[-1] == "conversations":
            return HttpResponse(status=200, body=b'{"data": []}')
        asked.append(path[-2])
        return HttpResponse(status=200, body=msgspec.json.encode({"data": comments or []}))

    return answer


def _read(requests: list[Any]) -> MessageReceived:
    """The one message that a delivery tells."""
    [found] = [one for request in requests for one in parse(request, CTX)]
    assert isinstance(found, MessageReceived)
    return found
