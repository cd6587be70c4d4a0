"""connectors/instagram/comments.py: comments, mentions and posts, and whose they are."""

from dataclasses import replace
from typing import Any

from connectors.inbound import Fetch, Ignored, MessageReceived
from connectors.instagram.comments import Account, read_comment, read_media, read_mention, told_comment
from connectors.instagram.payloads import Comment, Media
from connectors.toolkit.http import json_body
from connectors.toolkit.payload import decode
from tests.connectors.instagram.signing import context

CTX = context()
US = Account.of(CTX)
AT = CTX.now
FULL = {"id": "5", "text": "Hi", "from": {"id": "7", "username": "eleni.m"}, "media": {"id": "9"}}


def comment(**fields: Any) -> Comment:
    """A comment with these fields instead of the usual ones."""
    return decode(json_body({**FULL, **fields}), Comment)


def message(**fields: Any) -> MessageReceived:
    """The comment as a message."""
    read = read_comment(comment(**fields), US, at=AT)
    assert isinstance(read, MessageReceived)
    return read


def test_we_are_known_by_every_id() -> None:
    """The account, its id for this app, and the Page it is behind are all us."""
    ctx = replace(CTX, settings={**CTX.settings, "page_id": "104"})
    assert Account.of(ctx, "entry").ids == {"17841400000000042", "27841400000000042", "104", "entry"}


def test_without_a_channel_the_delivery_tells_who_we_are() -> None:
    """Where nothing is configured the id of the entry is ours."""
    assert Account.of(replace(CTX, asset_id="", settings={}), "5").id == "5"


def test_a_comment_begins_a_thread_and_its_answers_join_it() -> None:
    """The thread is the first comment; what answers it names it."""
    assert message().thread.external_id == "5"
    reply = message(id="6", parent_id="5")
    assert (reply.thread.external_id, reply.in_reply_to, reply.external_id) == ("5", "5", "6")


def test_our_own_answer_is_ours_and_our_own_first_comment_is_nobodys() -> None:
    """What we wrote under a comment belongs to it; what we wrote under our own post is to nobody."""
    ours = {"id": "17841400000000042", "username": "alkyon.home"}
    assert message(id="6", parent_id="5", **{"from": ours}).author.is_self
    assert isinstance(read_comment(comment(**{"from": ours}), US, at=AT), Ignored)


def test_a_person_who_is_named_by_his_scoped_id_twice_is_not_us() -> None:
    """Our own scoped id differs from the account's id; a customer's id is a scoped one already."""
    theirs = {"id": "7", "username": "eleni.m", "self_ig_scoped_id": "7"}
    read = message(**{"from": theirs})
    assert (read.author.is_self, read.author.external_id, read.needs_answer) == (False, "7", True)


def test_we_are_known_by_name_where_no_id_is_told() -> None:
    """A list of comments can name the user alone."""
    read = read_comment(comment(**{"from": None}, username="Alkyon.Home", parent_id="5"), US, at=AT)
    assert isinstance(read, MessageReceived)
    assert read.author.is_self


def test_an_author_without_id_is_kept_apart() -> None:
    """A user name can be another's tomorrow, and no name at all is nobody else's either."""
    assert message(**{"from": None}, username="nikos").author.external_id == "@nikos"
    assert message(**{"from": None}).author.external_id == "author-of-5"


def test_short_deliveries_are_asked_for() -> None:
    """Without author or post there is nothing to show yet."""
    for fields in ({"from": None}, {"from": {"username": "x"}}, {"media": None}):
        told = told_comment(comment(**fields), US, at=AT, live=False)
        assert told == [Fetch(dedupe_key="comment:5", occurred_at=AT, ref="comment:5")]


def test_the_post_of_a_first_comment_is_asked_for_and_of_an_answer_not_again() -> None:
    """One look at the post for each thread."""
    assert [type(one) for one in told_comment(comment(), US, at=AT, live=False)] == [MessageReceived, Fetch]
    assert len(told_comment(comment(parent_id="4"), US, at=AT, live=False)) == 1


def test_a_boosted_post_is_the_post_and_its_comment_one() -> None:
    """The comment told for the ad has the key of the one told for the post, hangs on the post, and names the ad."""
    ad = message(media={"id": "10", "ad_id": "77", "ad_title": "Lamps", "original_media_id": "9"})
    assert ad.dedupe_key == message().dedupe_key
    assert ad.thread.post is not None
    assert (ad.thread.post.external_id, ad.thread.post.is_ad) == ("9", True)
    assert ad.origin is not None
    assert ad.origin.campaign_ref == "77"


def test_the_address_tells_when_and_where() -> None:
    """A private reply is bound to the time of the comment, a public one to the video being over."""
    address = message(timestamp="2026-11-20T10:00:00+0000").thread.address
    assert address == {"commented_at": "1795168800000000", "media_id": "9"}
    told = told_comment(comment(), US, at=AT, live=True)[0]
    assert isinstance(told, MessageReceived)
    assert told.thread.address["live"] == "1"


def test_posts_have_picture_and_words() -> None:
    """A picture is shown as it is, a video by its thumbnail; a post without words is called what it is."""
    video = {
        "id": "9",
        "media_type": "VIDEO",
        "media_product_type": "REELS",
        "media_url": "https://v.fbcdn.net/v",
        "permalink": "p",
    }
    seen = read_media(decode(json_body({**video, "thumbnail_url": "https://t.fbcdn.net/t"}), Media), US).post
    assert (seen.text, seen.image_url, seen.url) == ("[reel]", "https://t.fbcdn.net/t", "p")
    assert read_media(decode(json_body(video), Media), US).post.image_url is None
    plain = {"id": "9", "media_type": "IMAGE", "media_url": "https://i.fbcdn.net/i", "caption": "Lamps"}
    assert read_media(decode(json_body(plain), Media), US).post.image_url == "https://i.fbcdn.net/i"


def test_a_changed_caption_is_news_and_a_new_address_of_the_picture_not() -> None:
    """The signed address of a picture changes all the time; the post does not."""

    def key(**fields: str) -> str:
        post = {"id": "9", "media_type": "IMAGE", "caption": "A", "media_url": "https://i.fbcdn.net/i", **fields}
        return read_media(decode(json_body(post), Media), US).dedupe_key

    assert key() == key(media_url="https://j.fbcdn.net/j")
    assert key() != key(caption="B")


def test_mentions_are_in_the_thread_of_the_post() -> None:
    """A caption and a comment that name us under one post are in one thread, each an item of its own."""
    media = decode(
        b'{"id": "9", "caption": "with @alkyon.home", "username": "nikos", "media_url": "https://i.fbcdn.net/i"}', Media
    )
    named = decode(b'{"id": "5", "text": "@alkyon.home?", "username": "eleni"}', Comment)
    caption, in_comment = read_mention(media, None, US), read_mention(media, named, US)
    assert isinstance(caption, MessageReceived)
    assert isinstance(in_comment, MessageReceived)
    assert {caption.thread.external_id, in_comment.thread.external_id} == {"9"}
    assert (caption.external_id, caption.text, len(caption.attachments)) == ("9", "with @alkyon.home", 1)
    assert (in_comment.external_id, in_comment.author.external_id) == ("5", "@eleni")


def test_naming_ourselves_is_no_mention() -> None:
    """A post of ours in which our own name stands needs no answer."""
    media = decode(b'{"id": "9", "caption": "@alkyon.home", "username": "alkyon.home"}', Media)
    assert isinstance(read_mention(media, None, US), Ignored)
