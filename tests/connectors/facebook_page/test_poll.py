"""connectors/facebook_page/poll.py: the walk against a page that does not tell everything."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from connectors.errors import SendErrorKind as Kind
from connectors.exchange import AnyRequest, HttpRequest, HttpResponse
from connectors.facebook_page.poll import ASKED_AFTER_MOST, COMMENTS_AT_ONCE, poll
from connectors.inbound import (
    CommentModerated,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    PostSeen,
    ReviewReceived,
)
from connectors.outbound import HideComment, ReplyToComment
from tests.connectors.facebook_page.line import Line, target
from tests.connectors.facebook_page.signing import PAGE, context
from tests.connectors.kit.driver import Reply, drive

NOT_THERE = {"error": {"message": "no", "type": "GraphMethodException", "code": 100, "error_subcode": 33}}


def of(found: list[Any], kind: type) -> list[Any]:
    """Those of one kind."""
    return [one for one in found if isinstance(one, kind)]


def on_the_wall(line: Line, text: str = "How much?", person: str = "maria") -> MessageReceived:
    """A comment under a post that the feed lists: the ad is not among them."""
    for number in range(20):
        found = line.wrote(text, person, thread_id=f"comment-{person}-{number}")
        if found.thread.post is not None and not found.thread.post.is_ad:
            return found
    raise AssertionError("every comment went under the ad")


def test_the_first_walk_brings_what_is_there() -> None:
    """Posts with their words, comments and answers in their threads, and recommendations."""
    line = Line()
    comment = on_the_wall(line)
    line.wrote("I paid 49", "ben", in_reply_to=comment.external_id)
    line.act("review", "ben", text="Lovely", rating=5)
    found = line.walk()
    told = {one.external_id: one for one in of(found, MessageReceived)}
    assert told[comment.external_id].thread == comment.thread
    assert told[comment.external_id].dedupe_key == comment.dedupe_key
    assert [one.rating for one in of(found, ReviewReceived)] == [5]
    assert all(one.post.text and one.post.image_url for one in of(found, PostSeen))
    assert len(of(found, PostSeen)) == 2


def test_the_second_walk_tells_only_what_differs() -> None:
    """Where nothing happened there is nothing to tell."""
    line = Line()
    on_the_wall(line)
    line.act("review", "ben", text="Lovely", rating=5)
    assert line.walk()
    assert line.walk() == []


def test_what_webhooks_missed_is_told() -> None:
    """New, edited, hidden, shown again: each once."""
    line = Line()
    comment = on_the_wall(line)
    line.walk()
    answer = line.wrote("Me too", "ben", in_reply_to=comment.external_id)
    line.act("edit", message_id=comment.external_id, text="How much is it?")
    line.do(HideComment(target=target(answer)))
    found = line.walk()
    assert [one.external_id for one in of(found, MessageReceived)] == [answer.external_id]
    assert [(one.external_id, one.text) for one in of(found, MessageEdited)] == [
        (comment.external_id, "How much is it?")
    ]
    assert [(one.external_id, one.state) for one in of(found, CommentModerated)] == [(answer.external_id, "hidden")]


def test_what_is_gone_is_asked_for_before_it_counts_as_deleted() -> None:
    """A comment that is not listed any more, and not there when it is asked for, is deleted, once."""
    line = Line()
    comment = on_the_wall(line)
    line.walk()
    line.act("delete", message_id=comment.external_id)
    assert [one.external_id for one in of(line.walk(), MessageDeleted)] == [comment.external_id]
    assert of(line.walk(), MessageDeleted) == []


def test_answers_that_went_with_their_comment_are_found_gone() -> None:
    """Facebook tells of the comment alone: the walk finds out about its answers."""
    line = Line()
    comment = on_the_wall(line)
    answer = line.wrote("Me too", "ben", in_reply_to=comment.external_id)
    line.walk()
    line.act("delete", message_id=comment.external_id)
    gone = {one.external_id for one in of(line.walk(), MessageDeleted)}
    assert gone == {comment.external_id, answer.external_id}


def test_our_own_answers_are_told_as_ours() -> None:
    """A send that nobody confirmed is resolved by the walk."""
    line = Line()
    comment = on_the_wall(line)
    receipt = line.do(ReplyToComment(target=target(comment), text="49 euros")).result
    ours = [one for one in of(line.walk(), MessageReceived) if one.author.is_self]
    assert [(one.external_id, one.thread.external_id) for one in ours] == [(receipt.external_id, comment.external_id)]


def test_a_visitors_post_is_an_item_of_the_walk() -> None:
    """What a visitor wrote on the wall, its edit and its hiding are told like a comment's."""
    line = Line()
    post = line.wrote("Do you ship to Finland?", "ben", thread_id="post-ben")
    told = {one.external_id: one for one in of(line.walk(), MessageReceived)}
    assert told[post.external_id].thread == post.thread
    comment = line.wrote("I wonder, too", "nikos", thread_id=post.external_id)
    (told_too,) = line.walk()
    assert (told_too.external_id, told_too.thread.post) == (comment.external_id, None)
    line.act("edit", "ben", message_id=post.external_id, text="Do you ship to Estonia?")
    line.do(HideComment(target=target(post)))
    found = line.walk()
    assert [type(one) for one in found] == [MessageEdited, CommentModerated]


def test_a_recommendation_counts_as_gone_after_three_walks() -> None:
    """It cannot be asked for by itself: once or twice it may have been left out."""
    line = Line()
    line.act("review", "ben", text="Lovely", rating=5)
    (review,) = of(line.walk(), ReviewReceived)
    line.act("delete", "ben", message_id=review.external_id)
    assert [len(of(line.walk(), MessageDeleted)) for _ in range(4)] == [0, 0, 1, 0]


def test_a_new_version_of_a_recommendation_is_told() -> None:
    """Other stars or words are a version at the time of the walk."""
    line = Line()
    line.act("review", "ben", text="Lovely", rating=5)
    line.walk()
    line.act("restar", "ben", text="Broke", rating=1)
    (version,) = of(line.walk(), ReviewReceived)
    assert (version.rating, version.text, version.occurred_at) == (1, "Broke", line.ctx.now)


def test_many_new_comments_are_read_to_the_last_walk() -> None:
    """A post with more new comments than one page has is read on, page by page."""
    line = Line()
    first = on_the_wall(line)
    line.walk()
    post_id = first.thread.address["post_id"]
    ids = {line.wrote(f"no {number}", "ben", thread_id=post_id).external_id for number in range(COMMENTS_AT_ONCE + 20)}
    told = {one.external_id for one in of(line.walk(), MessageReceived)}
    assert ids <= told
    assert line.walk() == []


def facebook(feed: Any, ratings: Any = None, node: Any = None) -> Callable[[AnyRequest, int], Reply]:
    """Answers the feed, the ratings and everything else."""

    def answer(request: AnyRequest, number: int) -> Reply:
        assert isinstance(request, HttpRequest)
        name = urlsplit(request.url).path.rpartition("/")[2]
        value = {"feed": feed, "ratings": ratings or {"data": []}}.get(name, node or NOT_THERE)
        if isinstance(value, HttpResponse):
            return value
        status = 400 if "error" in value else 200
        return HttpResponse(status=status, body=msgspec.json.encode(value))

    return answer


def post(*comments: Any, after: str = "") -> dict[str, Any]:
    """A post of the page with comments."""
    paging = {"cursors": {"after": after}, **({"next": "https://graph.facebook.com/x"} if after else {})}
    return {
        "id": f"{PAGE}_5",
        "from": {"id": PAGE},
        "message": "Post",
        "comments": {"data": comments, "paging": paging},
    }


def node(number: int, **fields: Any) -> dict[str, Any]:
    """A comment."""
    return {"id": f"5_{number}", "message": f"no {number}", "created_time": 1_795_290_000 + number, **fields}


def test_one_broken_comment_costs_only_itself() -> None:
    """What cannot be read is kept aside with its bytes; its neighbours and the cursor go on."""
    feed = {"data": [post(node(1), {"id": "5_2", "message": 7}, node(3)), {"id": "a/b"}, 7]}
    polled = drive(poll("", context()), facebook(feed)).result
    assert [one.external_id for one in of(list(polled.inbounds), MessageReceived)] == ["5_1", "5_3"]
    assert [raw for _, raw in polled.problems] == [b'{"id":"5_2","message":7}', b'{"id":"a/b"}', b"7"]
    assert not polled.more


def test_pages_of_the_feed_are_steps_of_one_walk() -> None:
    """The cursor leads on; only at the end there is a pause."""
    feed = {"data": [post(node(1))], "paging": {"cursors": {"after": "QVFI"}, "next": "https://graph.facebook.com/x"}}
    first = drive(poll("", context()), facebook(feed)).result
    assert first.more
    run = drive(poll(first.cursor, context()), facebook({"data": []}))
    (request,) = run.requests
    assert isinstance(request, HttpRequest)
    assert parse_qs(urlsplit(request.url).query)["after"] == ["QVFI"]
    assert not run.result.more
    assert run.result.next_after_seconds >= 300


def test_only_a_few_missing_comments_are_asked_for_at_once() -> None:
    """After a bulk deletion the rest waits for the next walk."""
    many = [node(number) for number in range(40, 0, -1)]
    first = drive(poll("", context()), facebook({"data": [post(*many)]})).result
    run = drive(poll(first.cursor, context()), facebook({"data": [post()]}))
    assert len(run.requests) == 2 + ASKED_AFTER_MOST
    assert len(of(list(run.result.inbounds), MessageDeleted)) == ASKED_AFTER_MOST


def test_a_comment_that_is_only_not_listed_is_not_deleted() -> None:
    """Facebook leaves things out of lists: what is still there when asked for stays."""
    first = drive(poll("", context()), facebook({"data": [post(node(1))]})).result
    second = drive(poll(first.cursor, context()), facebook({"data": [post()]}, node={"id": "5_1"})).result
    assert second.inbounds == ()


def test_a_page_without_ratings_is_walked_all_the_same() -> None:
    """Many pages do not let ratings be read; the feed is read without them."""
    refused = {"error": {"message": "no", "type": "OAuthException", "code": 10}}
    run = drive(poll("", context()), facebook({"data": [post(node(1))]}, ratings=refused))
    assert run.error is None
    assert len(of(list(run.result.inbounds), MessageReceived)) == 1


def test_a_feed_that_is_not_ours_to_read_needs_attention() -> None:
    """Without the permission the channel says so, in Facebook's words."""
    refused = {"error": {"message": "Requires pages_read_engagement", "type": "OAuthException", "code": 10}}
    run = drive(poll("", context()), facebook(refused))
    assert run.error is not None
    assert (run.error.kind, "pages_read_engagement" in run.error.reason) == (Kind.REAUTH, True)


def test_a_cursor_that_is_none_of_ours_begins_anew() -> None:
    """Nothing is lost but time."""
    run = drive(poll('{"began_at": "x"}', context()), facebook({"data": [post(node(1))]}))
    assert len(of(list(run.result.inbounds), MessageReceived)) == 1
