"""connectors/facebook_page/fetch.py: what was announced by id alone."""

import json
from typing import Any

import msgspec
import pytest

from connectors.errors import SendErrorKind as Kind
from connectors.exchange import HttpRequest, HttpResponse
from connectors.facebook_page.fetch import fetch
from connectors.facebook_page.inbound import parse_part
from connectors.facebook_page.items import NO_WORDS
from connectors.inbound import Fetch, IdentitiesLinked, MessageEdited, MessageReceived, PostSeen
from tests.connectors.facebook_page.signing import PAGE, context
from tests.connectors.facebook_page.test_inbound import BODIES, message
from tests.connectors.kit.driver import Run, drive

POST = f"{PAGE}_512300000000001"
COMMENT = "512300000000001_900000000000011"
MARIA = {"id": "5012345678901234", "name": "Maria Stavrou"}
NOT_THERE = {"message": "Unsupported get request.", "type": "GraphMethodException", "code": 100, "error_subcode": 33}


def graph(value: Any, status: int = 200) -> HttpResponse:
    """An answer of the Graph API."""
    return HttpResponse(status=status, body=msgspec.json.encode(value))


def refused(code: int, subcode: int = 0, status: int = 400) -> HttpResponse:
    """An error of the Graph API."""
    return graph({"error": {"message": "no", "type": "OAuthException", "code": code, "error_subcode": subcode}}, status)


def brought(ref: str, answer: HttpResponse) -> Run:
    """What a ref brings when Facebook answers so."""
    return drive(fetch(ref, context()), lambda request, number: answer)


def announced(name: str) -> str:
    """The ref in a golden delivery whose content has to be fetched."""
    (found,) = [one for one in parse_part(json.dumps(BODIES[name]).encode(), context()) if isinstance(one, Fetch)]
    return found.ref


def test_a_comment_without_content_is_brought_whole() -> None:
    """A sticker comes as an id: author, thread and time are those of the webhook, the picture is Facebook's."""
    picture = {"type": "sticker", "media": {"image": {"src": "https://scontent.xx.fbcdn.net/s.png"}}}
    run = brought(announced("feed_comment_add_without_content"), graph({"id": COMMENT, "attachment": picture}))
    (request,) = run.requests
    assert isinstance(request, HttpRequest)
    assert f"/{COMMENT}?fields=id%2Cmessage%2Cfrom" in request.url
    first, post = run.result
    assert isinstance(first, MessageReceived)
    assert [one.kind for one in first.attachments] == ["sticker"]
    assert (first.thread, first.author) == (message("feed_comment_add").thread, message("feed_comment_add").author)
    assert isinstance(post, Fetch)


def test_an_answer_whose_parent_the_webhook_named_otherwise_goes_under_the_real_one() -> None:
    """Facebook's own parent decides which thread a comment is in."""
    node = {"id": COMMENT, "message": "Yes", "parent": {"id": "512300000000001_900000000000001"}}
    (first, _) = brought(announced("feed_comment_add_without_content"), graph(node)).result
    assert first.thread.external_id == "512300000000001_900000000000001"


def test_an_edit_without_words_is_brought() -> None:
    """The new words come as an edit of the same item."""
    (found,) = brought(
        announced("feed_comment_edited_without_content"), graph({"id": COMMENT, "message": "New"})
    ).result
    assert isinstance(found, MessageEdited)
    assert (found.external_id, found.text, found.attachments) == (COMMENT, "New", None)


def test_a_comment_on_a_recommendation_is_brought_into_its_thread() -> None:
    """Its words, which the webhook leaves out, stand in the thread of the recommendation."""
    node = {"id": "904801129604590_904802532937783", "message": "And slow", "from": MARIA}
    (found,) = brought(announced("ratings_comment_add"), graph(node)).result
    assert (found.thread.kind, found.thread.external_id, found.text) == ("review", "904801129604590", "And slow")
    assert found.in_reply_to == "904801129604590"


@pytest.mark.parametrize("answer", [refused(100, 33), refused(10), refused(200, status=403)])
def test_what_is_not_for_us_to_read_is_shown_without_words(answer: HttpResponse) -> None:
    """A person said something: it is shown with a link, and an unreadable edit changes nothing."""
    first = brought(announced("feed_comment_add_without_content"), answer).result[0]
    assert (first.text, first.attachments[0].title) == (NO_WORDS, f"https://www.facebook.com/{COMMENT}")
    assert brought(announced("feed_comment_edited_without_content"), answer).result == []


@pytest.mark.parametrize("name", ["feed_comment_add_without_content", "ratings_comment_add"])
def test_what_fails_for_now_is_asked_again(name: str) -> None:
    """A dead token, a limit or an outage is no answer to whether something can be read."""
    kinds = [
        brought(announced(name), answer).error for answer in (refused(190, 463, 401), refused(4), refused(2, 0, 503))
    ]
    assert [error and error.kind for error in kinds] == [Kind.REAUTH, Kind.THROTTLED, Kind.UNREACHABLE]


def test_a_stranger_becomes_the_person_that_facebook_names() -> None:
    """Whom the item was stored under and who it was are one person."""
    (found,) = brought(f"author:{COMMENT}", graph({"from": MARIA, "id": COMMENT})).result
    assert isinstance(found, IdentitiesLinked)
    assert found.other_id == message("feed_comment_add_without_author").author.external_id
    assert (found.author.external_id, found.author.name) == (MARIA["id"], "Maria Stavrou")


@pytest.mark.parametrize("answer", [graph({"id": COMMENT}), graph({"from": None}), refused(100, 33), refused(10)])
def test_a_stranger_stays_one_where_facebook_is_silent(answer: HttpResponse) -> None:
    """Nobody is made up, and nothing is tried for ever."""
    run = brought(f"author:{COMMENT}", answer)
    assert (run.error, run.result) == (None, [])


def test_the_post_above_comes_with_words_and_picture() -> None:
    """Agents see what a comment is about; an ad is marked."""
    node = {
        "id": POST,
        "message": "Free delivery",
        "from": {"id": PAGE, "name": "Alkyon Home"},
        "full_picture": "https://scontent.xx.fbcdn.net/p.jpg",
        "permalink_url": "https://www.facebook.com/alkyonhome/posts/1",
        "created_time": "2026-11-20T08:00:00+0000",
        "is_published": False,
        "promotion_status": "active",
    }
    (found,) = brought(f"post:{POST}", graph(node)).result
    assert isinstance(found, PostSeen)
    assert (found.post.text, found.post.image_url, found.post.is_ad) == (node["message"], node["full_picture"], True)
    assert found.post.external_id == POST


@pytest.mark.parametrize("answer", [graph({"id": POST, "from": MARIA, "message": "Mine"}), refused(100, 33)])
def test_a_visitors_post_is_no_post_of_ours(answer: HttpResponse) -> None:
    """A visitor's post is an item already, and one that is gone cannot be shown."""
    assert brought(f"post:{POST}", answer).result == []


@pytest.mark.parametrize("ref", ["1001", "", "change:{", "change:{}", "poll:1"])
def test_a_ref_that_is_none_of_ours_is_refused(ref: str) -> None:
    """It ends in a refusal and asks nothing."""
    run = brought(ref, graph({}))
    assert run.requests == []
    assert run.error is not None
    assert run.error.kind is Kind.REJECTED


def test_an_answer_of_another_shape_is_an_error_that_passes() -> None:
    """A node that cannot be read is asked for again."""
    run = brought(f"post:{POST}", graph({"id": POST, "message": 7}))
    assert run.error is not None
    assert run.error.kind is Kind.UNREACHABLE
