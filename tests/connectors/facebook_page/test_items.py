"""connectors/facebook_page/items.py: records made of changes and of nodes."""

import pytest

from connectors.errors import PayloadInvalid
from connectors.facebook_page import items
from connectors.facebook_page import payloads as fb
from connectors.inbound import Author
from tests.connectors.facebook_page.signing import PAGE

STORY = "904801129604590"
SRC = "https://scontent.xx.fbcdn.net/v/1.jpg"


def attachment(kind: str, **fields: str) -> fb.StoryAttachment:
    """What hangs on a comment, with a picture."""
    media = fb.Media(image=fb.Image(src=SRC), source=fields.pop("source", None))
    return fb.StoryAttachment(type=kind, media=media, title=fields.get("title"), url=fields.get("url"))


def test_a_node_gives_what_the_webhook_would_have_given() -> None:
    """A comment that is read from the Graph API is the same item as one that was told."""
    node = fb.CommentNode(id="5_7", message="Hi", from_=fb.Person(id="9", name="Ben"), created_time=1795299000)
    told = fb.Value(
        item="comment",
        verb="add",
        post_id=f"{PAGE}_5",
        parent_id=f"{PAGE}_5",
        comment_id="5_7",
        from_=fb.Person(id=9, name="Ben"),
        message="Hi",
        created_time="1795299000",
    )
    one = items.from_node(node, f"{PAGE}_5", PAGE, fb.PostInfo(), at=1)
    other = items.Item(page=PAGE, field="feed", value=told, at=2)
    first, second = (items.comment(item, items.comment_thread(item), ()) for item in (one, other))
    assert first == second


@pytest.mark.parametrize(
    ("given", "kind", "url"),
    [
        (attachment("photo"), "image", SRC),
        (attachment("sticker"), "sticker", SRC),
        (attachment("animated_image_share"), "image", SRC),
        (
            attachment("video_inline", source="https://video.xx.fbcdn.net/1.mp4"),
            "video",
            "https://video.xx.fbcdn.net/1.mp4",
        ),
        (attachment("share", url="https://shop.example/lamp", title="Lamp"), "link", None),
        (fb.StoryAttachment(type="fallback"), "link", None),
    ],
)
def test_every_kind_of_attachment_is_shown(given: fb.StoryAttachment, kind: str, url: str | None) -> None:
    """Pictures, stickers, GIFs and films can be loaded; what has no file is a card with words on it."""
    (found,) = items.attached(given)
    assert (found.kind, found.url) == (kind, url)
    assert url or found.title


def test_the_picture_of_a_photo_is_its_link() -> None:
    """In photos and videos `link` is the file; elsewhere it is a link."""
    kinds = {kind: items.files_of(fb.Value(item=kind, link=SRC))[0].kind for kind in ("photo", "video", "post")}
    assert kinds == {"photo": "image", "video": "video", "post": "link"}


def test_the_same_picture_is_loaded_once() -> None:
    """Photos told twice are one attachment."""
    assert len(items.files_of(fb.Value(item="photo", link=SRC, photo=SRC, photos=(SRC, f"{SRC}?2")))) == 2


@pytest.mark.parametrize(
    ("post", "is_ad"),
    [
        (fb.PostInfo(), False),
        (fb.PostInfo(is_published=True, promotion_status="inactive"), False),
        (fb.PostInfo(is_published=True, promotion_status="ineligible"), False),
        (fb.PostInfo(is_published=True, promotion_status="ACTIVE"), True),
        (fb.PostInfo(is_published=True, promotion_status="finished"), True),
        (fb.PostInfo(is_published=False), True),
        (fb.PostInfo(is_published=0), True),
    ],
)
def test_ads_are_told_apart(post: fb.PostInfo, is_ad: bool) -> None:
    """A promoted post and one that is nowhere but in an ad are ads."""
    assert items.is_ad(post) is is_ad


@pytest.mark.parametrize(
    ("rating", "stars", "title"),
    [
        (fb.Value(recommendation_type="POSITIVE"), 5, "Recommends"),
        (fb.RatingNode(recommendation_type="negative"), 1, "Doesn't recommend"),
        (fb.Value(rating=3), 3, ""),
        (fb.RatingNode(rating="2", recommendation_type="negative"), 2, "Doesn't recommend"),
    ],
)
def test_recommendations_have_stars(rating: fb.Value | fb.RatingNode, stars: int, title: str) -> None:
    """Yes is five and no is one; stars from before 2018 are what they were."""
    found = items.review(PAGE, STORY, Author(external_id="9"), rating, key="k", at=1)
    assert (found.rating, found.best_rating, found.title) == (stars, 5, title)


@pytest.mark.parametrize("rating", [fb.Value(), fb.Value(rating=0), fb.Value(rating=6), fb.Value(rating="many")])
def test_a_recommendation_without_verdict_is_refused(rating: fb.Value) -> None:
    """Stars are never made up."""
    with pytest.raises(PayloadInvalid):
        items.review(PAGE, STORY, Author(external_id="9"), rating, key="k", at=1)
