"""connectors/instagram/content.py: words, attachments and origins of direct messages."""

from typing import Any

import pytest

from connectors.inbound import Attachment, Origin
from connectors.instagram.content import UNSUPPORTED, Content, content_of, origin_of
from connectors.instagram.payloads import Message, Referral, Story
from connectors.toolkit.http import json_body
from connectors.toolkit.payload import decode
from tests.connectors.instagram.signing import context

CDN = "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1"


def content(**fields: Any) -> Content:
    """What a message with these fields holds."""
    message = decode(json_body({"mid": "m", **fields}), Message)
    return content_of(message, message.reply_to, context())


def attached(kind: str, **payload: Any) -> Content:
    """What a message with one attachment holds."""
    return content(attachments=[{"type": kind, "payload": payload} if payload else {"type": kind}])


@pytest.mark.parametrize("kind", ["image", "video", "audio", "file"])
def test_files_are_loaded_from_their_address(kind: str) -> None:
    """A file keeps its kind and its address."""
    assert attached(kind, url=CDN).attachments == (Attachment(kind=kind, url=CDN),)  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "as_kind"), [("ig_reel", "video"), ("ig_story", "image"), ("story_mention", "image")])
def test_what_is_instagrams_own_says_so(kind: str, as_kind: str) -> None:
    """A shared reel, a story or a mention in one is told from a picture that somebody took."""
    found = attached(kind, url=CDN).attachments[0]
    assert (found.kind, found.meta["type"]) == (as_kind, kind)
    assert found.title


def test_a_shared_post_that_is_told_twice_is_one() -> None:
    """`share` and `ig_post` of one post make one attachment, with the caption as its title."""
    post = {"ig_post_media_id": "18", "title": "Autumn", "url": CDN}
    found = content(attachments=[{"type": "share", "payload": post}, {"type": "ig_post", "payload": post}])
    assert [(one.title, one.meta["media_id"]) for one in found.attachments] == [("Autumn", "18")]


def test_two_different_posts_stay_two() -> None:
    """Only the same post is taken for a repetition."""
    posts = [{"type": "ig_post", "payload": {"ig_post_media_id": str(i), "url": CDN}} for i in range(2)]
    assert len(content(attachments=posts).attachments) == 2


def test_a_page_of_instagrams_is_a_link() -> None:
    """A permalink is shown and not loaded: behind it is a page, not a picture."""
    found = attached("share", url="https://www.instagram.com/p/C1x/").attachments[0]
    assert (found.kind, found.url, found.meta["url"]) == ("link", None, "https://www.instagram.com/p/C1x/")


@pytest.mark.parametrize("address", ["http://[", "https://[", "not an address", "http://x.example/a.jpg", "//x/a.jpg"])
def test_what_cannot_be_loaded_is_shown(address: str) -> None:
    """Whatever stands there for an address, something was sent."""
    found = attached("image", url=address).attachments[0]
    assert (found.kind, found.url) == ("link", None)


def test_servers_are_judged_when_they_are_asked() -> None:
    """A file on a server that is not known stays a file; the guard decides whether it is loaded."""
    found = attached("image", url="https://elsewhere.example/a.jpg").attachments[0]
    assert (found.kind, found.url) == ("image", "https://elsewhere.example/a.jpg")


def test_an_address_without_a_host_is_the_apis_own() -> None:
    """A server that stands in for Instagram serves its files itself."""
    found = attached("image", url="/ig_messaging_cdn/?asset_id=1").attachments[0]
    assert found.url == "https://graph.instagram.com/ig_messaging_cdn/?asset_id=1"


@pytest.mark.parametrize("kind", ["ephemeral", "unsupported_type", "hologram", ""])
def test_what_cannot_be_shown_is_named_in_brackets(kind: str) -> None:
    """Somebody has to look at it, so it must be seen that there is something."""
    found = attached(kind)
    assert found.attachments == ()
    assert found.text.startswith("[")


def test_a_heart_is_a_heart() -> None:
    """The heart under the composer comes as an attachment without content."""
    assert attached("like_heart").text == "❤️"


def test_an_unsupported_message_says_so_only_when_it_says_nothing_else() -> None:
    """What can be read goes before the remark that not all could."""
    assert content(is_unsupported=True).text == UNSUPPORTED
    assert content(is_unsupported=True, text="look").text == "look"


def test_a_spoilt_attachment_costs_nothing_else() -> None:
    """The words of a message do not get lost over an attachment that cannot be read."""
    found = content(text="look", attachments=["spoilt", {"type": "image", "payload": {"url": CDN}}])
    assert found.text == "look\n[attachment]"
    assert len(found.attachments) == 1


def test_templates_show_the_words_of_their_cards() -> None:
    """What a bot sent as cards is readable."""
    cards = {"elements": [{"title": "Lamp", "subtitle": "39 €"}, {"title": "Bowl"}]}
    assert attached("template", generic=cards).text == "Lamp · 39 €\nBowl"
    assert attached("template").text == "[template]"


def test_articles_of_the_shop_are_named() -> None:
    """Somebody asks about one: without its name nobody knows which."""
    shop = {"elements": [{"id": "1", "retailer_id": "SKU-1", "title": "Lamp", "subtitle": "39 €"}]}
    asked = content(text="Is it in stock?", attachments=[{"type": "template", "payload": {"product": shop}}])
    assert asked.text == "Is it in stock?\nLamp · 39 €"


def test_an_answered_story_is_shown_while_it_lasts() -> None:
    """The story is a picture to be loaded now; of one that has ended the remark stays."""
    live = content(text="❤", reply_to={"story": {"id": "9", "url": CDN}}).attachments[0]
    ended = content(text="❤", reply_to={"story": {"id": "9"}}).attachments[0]
    assert (live.kind, live.url) == ("image", CDN)
    assert (ended.kind, ended.url) == ("link", None)


def test_origins() -> None:
    """An ad, a link, an article and a story are told apart; nothing told is no origin."""
    ad = decode(b'{"source": "ADS", "ad_id": 12, "ads_context_data": {"ad_title": "Lamps"}}', Referral)
    assert origin_of(ad) == Origin(kind="ad", ref="12", title="Lamps", campaign_ref="12")
    assert origin_of(Referral(ref="bio")) == Origin(kind="link", ref="bio")
    assert origin_of(decode(b'{"product": {"id": 7}}', Referral)) == Origin(kind="page", ref="7", title="Product")
    assert origin_of(None, Story(id="9")) == Origin(kind="post", ref="9", title="Story")
    assert origin_of(Referral()) is None
    assert origin_of(None, Story()) is None
