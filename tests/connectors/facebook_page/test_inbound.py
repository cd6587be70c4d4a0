"""connectors/facebook_page/inbound.py: beside the golden deliveries, what holds for all of them."""

import json
import random
import statistics
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import PayloadInvalid, SignatureInvalid
from connectors.exchange import Request
from connectors.facebook_page import CONNECTOR
from connectors.facebook_page.inbound import parse, parse_part
from connectors.inbound import AnyInbound, CommentModerated, Fetch, Ignored, MessageReceived, PostSeen
from tests.connectors.facebook_page.signing import PAGE, context, sign
from tests.connectors.kit import mutation

GOLDEN = Path(__file__).parent / "golden" / "inbound"
BODIES = {
    path.name.removesuffix(".request.json"): json.loads(path.read_text())["body"]
    for path in sorted(GOLDEN.glob("*.request.json"))
}


def delivery(body: object) -> Request:
    """A delivery with that JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return Request(method="POST", path="", headers={}, body=raw)


def read(name: str) -> list[AnyInbound | Exception]:
    """What a golden delivery gives."""
    return parse(delivery(BODIES[name]), context())


def message(name: str) -> MessageReceived:
    """The message in a golden delivery."""
    first = read(name)[0]
    assert isinstance(first, MessageReceived)
    return first


def change(name: str, **values: Any) -> list[AnyInbound | Exception]:
    """What a golden delivery gives with other values in its change."""
    body = json.loads(json.dumps(BODIES[name]))
    body["entry"][0]["changes"][0]["value"] |= values
    return parse_part(json.dumps(body).encode(), context())


def test_the_door_and_the_channel_read_alike() -> None:
    """A piece of the family's door gives what the delivery itself gives."""
    for name, body in BODIES.items():
        if body["object"] == "page" and body["entry"][0]["id"] == PAGE and len(body["entry"]) == 1:
            assert [*map(repr, parse_part(json.dumps(body).encode(), context()))] == [*map(repr, read(name))]


def test_the_handshake_needs_the_verify_token() -> None:
    """Meta's question is answered with its own words to whoever knows the token, and to nobody else."""
    assert CONNECTOR.answer is not None
    query = "hub.mode=subscribe&hub.verify_token=kit-verify-token&hub.challenge=1158201444"
    asked = Request(method="GET", path="", query=query, headers={}, body=b"")
    answered = CONNECTOR.answer(asked, context())
    assert answered is not None
    assert (answered.status, answered.body) == (200, b"1158201444")
    with pytest.raises(SignatureInvalid):
        CONNECTOR.answer(replace_query(asked, query.replace("kit-verify", "other")), context())


def replace_query(request: Request, query: str) -> Request:
    """The request with another query."""
    return Request(method=request.method, path=request.path, query=query, headers=request.headers, body=b"")


def test_a_secret_that_was_replaced_passes_beside_the_new_one() -> None:
    """While the app secret is being changed, deliveries signed with either pass."""
    assert CONNECTOR.verify is not None
    body = b'{"object":"page","entry":[]}'
    request = Request(method="POST", path="", headers=sign({}, body, context()), body=body)
    CONNECTOR.verify(request, replace(context(), secrets=(b"newer", *context().secrets)))
    with pytest.raises(SignatureInvalid):
        CONNECTOR.verify(request, replace(context(), secrets=(b"newer",), credentials={}))


def test_answers_stand_in_the_thread_of_the_comment_they_answer() -> None:
    """A comment, the answer of another person and our own are one thread."""
    threads = {message(name).thread.external_id for name in ("feed_comment_add", "feed_comment_add_reply")}
    assert threads == {message("feed_comment_add_own").thread.external_id}


def test_a_parent_that_is_the_post_in_its_short_form_is_the_post() -> None:
    """`parent_id` names the post with or without the page: either way the comment begins a thread."""
    (short, *_) = change("feed_comment_add", parent_id="512300000000001")
    assert short == message("feed_comment_add")
    (missing, *_) = change("feed_comment_add", parent_id=None)
    assert missing == message("feed_comment_add")


def test_a_comment_under_a_visitors_post_names_that_post() -> None:
    """What a top-level comment is under is told, so that it joins the thread of the visitor who wrote the post."""
    (first, *_) = change("feed_comment_add", post_id=f"{PAGE}_512300000000077", parent_id=None)
    assert isinstance(first, MessageReceived)
    assert first.in_reply_to == message("feed_post_add").external_id == message("feed_post_add").thread.external_id


def test_a_visitors_post_is_not_taken_for_one_of_ours() -> None:
    """Where Facebook says that the post above is a visitor's, the comment hangs on no post, and none is asked for."""
    (first,) = change("feed_comment_add", post={"status_type": "wall_post"})
    assert isinstance(first, MessageReceived)
    assert first.thread.post is None


def test_a_post_that_waits_to_be_published_is_no_ad() -> None:
    """Unpublished, it may be planned; promoted, it is an ad."""
    planned, promoted = (
        change("feed_status_add", published=0, post={"is_published": False, "promotion_status": status})
        for status in ("inactive", "active")
    )
    ads = [one.post.is_ad for (one,) in (planned, promoted) if isinstance(one, PostSeen)]
    assert ads == [False, True]


def test_only_what_others_write_needs_an_answer() -> None:
    """The page's own comments are ours, wherever they were written."""
    assert message("feed_comment_add").needs_answer
    own = message("feed_comment_add_own")
    assert (own.needs_answer, own.author.is_self) == (False, True)


def test_strangers_are_never_one_person() -> None:
    """Two comments without author are of two strangers, each asked for by itself."""
    (one, asked, _), (other, asked_too, _) = (
        change("feed_comment_add_without_author", comment_id=f"512300000000001_{number}") for number in (1, 2)
    )
    assert isinstance(one, MessageReceived)
    assert isinstance(other, MessageReceived)
    assert one.author.external_id != other.author.external_id
    assert isinstance(asked, Fetch)
    assert isinstance(asked_too, Fetch)
    assert asked.ref != asked_too.ref


def test_a_post_is_asked_for_once_in_a_delivery() -> None:
    """Several comments under one post ask one question, and our own none."""
    body = json.loads(json.dumps(BODIES["feed_comment_add"]))
    reply = BODIES["feed_comment_add_reply"]["entry"][0]["changes"][0]
    body["entry"][0]["changes"] += [reply, BODIES["feed_comment_add_own"]["entry"][0]["changes"][0]]
    found = parse_part(json.dumps(body).encode(), context())
    assert [type(one).__name__ for one in found] == ["MessageReceived", "Fetch", "MessageReceived", "MessageReceived"]


def test_hiding_again_is_told_apart_from_a_redelivery() -> None:
    """The same delivery has the same key, the same thing done later another."""
    (first,), (again,) = read("feed_comment_hide"), read("feed_comment_hide")
    later = json.loads(json.dumps(BODIES["feed_comment_hide"]))
    later["entry"][0]["time"] += 3600
    (once_more,) = parse_part(json.dumps(later).encode(), context())
    keys = [one.dedupe_key for one in (first, again, once_more) if isinstance(one, CommentModerated)]
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize("verb", ["edit", "edited", "update"])
def test_every_word_for_an_edit_is_read(verb: str) -> None:
    """Meta writes `edit` and `edited`; both are an edit at the time of the delivery."""
    (found,) = change("feed_comment_edited", verb=verb)
    assert getattr(found, "edited_at", 0) == BODIES["feed_comment_edited"]["entry"][0]["time"] * 1_000_000


@pytest.mark.parametrize("post", [None, [], "x", {"permalink_url": 7}, {"is_published": "no"}])
def test_a_fault_in_the_post_costs_no_comment(post: object) -> None:
    """What is told of the post beside the comment is of use, not needed."""
    (first, *_) = change("feed_comment_add", post=post)
    assert isinstance(first, MessageReceived)
    assert first.thread.post is not None
    assert first.thread.post.url == f"https://www.facebook.com/{PAGE}_512300000000001"


@pytest.mark.parametrize("given", ["2026-11-21T22:10:00+0000", "1795299000", 1795299000.0, None, "soon"])
def test_a_comment_is_read_whatever_its_time_looks_like(given: object) -> None:
    """ISO dates, digits and fractions are times; where there is none, the delivery's counts."""
    (first, *_) = change("feed_comment_add", created_time=given)
    assert isinstance(first, MessageReceived)
    assert first.occurred_at == 1_795_299_000_000_000


@pytest.mark.parametrize("comment_id", [None, "", "a b", "../me", "x" * 300])
def test_an_id_that_could_lead_elsewhere_is_refused(comment_id: object) -> None:
    """Ids become part of addresses: a comment without a proper one is kept aside."""
    assert all(isinstance(one, PayloadInvalid) for one in change("feed_comment_add", comment_id=comment_id))


def test_the_test_button_stores_nothing() -> None:
    """What the dashboard makes up is not taken for a page's, also where it comes past the door."""
    found = parse_part(json.dumps(BODIES["test_button"]).encode(), context())
    assert [one.reason for one in found if isinstance(one, Ignored)] == ["test"]


def test_damage_ends_as_records_or_payload_invalid() -> None:
    """Spoilt pieces never raise."""
    chance = random.Random(9)
    names = sorted(BODIES)
    for number in range(400):
        body = mutation.mutated(BODIES[names[number % len(names)]], chance)
        assert all(isinstance(one, AnyInbound | PayloadInvalid) for one in parse_part(body, context()))


def test_a_comment_is_read_in_a_tenth_of_a_millisecond() -> None:
    """The hot path stays well below what the writer needs for a message."""
    body, ctx, taken = json.dumps(BODIES["feed_comment_add"]).encode(), context(), []
    for _ in range(300):
        began = time.perf_counter()
        parse_part(body, ctx)
        taken.append(time.perf_counter() - began)
    assert statistics.median(taken) < 0.000_5
