"""connectors/telegram/content.py: words, attachments and what has neither."""

import msgspec
import pytest

from connectors.telegram.content import Content, attachments_of, content_of, stretch, words
from connectors.telegram.payloads import Entity, Message
from connectors.toolkit.payload import decode


def read(fields: dict[str, object]) -> Content | None:
    """What a private message with these fields holds."""
    base = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}
    raw = msgspec.json.encode({"update_id": 1, "message": base | fields})
    return content_of(decode(msgspec.json.encode(base | fields), Message), raw, "message")


def test_offsets_count_utf16_units() -> None:
    """An emoji before an entity moves it by two."""
    assert stretch("😀 @shop hi", Entity(type="mention", offset=3, length=5)) == "@shop"


def test_linked_words_keep_their_address() -> None:
    """The address behind each linked word follows it, also when there are several."""
    links = (
        Entity(type="text_link", offset=3, length=4, url="https://a.example/"),
        Entity(type="bold", offset=3, length=4),
        Entity(type="text_link", offset=12, length=5, url="https://b.example/"),
    )
    assert words("😀 here and there.", links) == "😀 here (https://a.example/) and there (https://b.example/)."


def test_an_address_that_is_shown_is_not_repeated() -> None:
    """A link whose words are its address stands once."""
    url = "https://a.example/"
    assert words(url, (Entity(type="text_link", offset=0, length=len(url), url=url),)) == url


def test_entities_beyond_the_text_do_no_harm() -> None:
    """An offset past the end, or inside a surrogate pair, gives text all the same."""
    entities = (
        Entity(type="text_link", offset=900, length=4, url="https://a.example/"),
        Entity(type="text_link", offset=0, length=1, url="https://b.example/"),
    )
    assert "https://b.example/" in words("😀", entities)


@pytest.mark.parametrize("field", ["gift", "paid_media", "game", "something_new"])
def test_content_without_a_reading_is_shown_by_name(field: str) -> None:
    """What a person sent is never invisible: its name stands in for it."""
    assert read({field: {"id": 1}}) == Content(f"[{field}]")


def test_a_checklist_is_read_like_a_poll() -> None:
    """Its title and its tasks are the person's words, and so are tasks added to one."""
    tasks = [{"id": 1, "text": "Return label"}, {"id": 2, "text": "New size"}]
    assert read({"checklist": {"title": "My exchange", "tasks": tasks}}) == Content(
        "My exchange\n- Return label\n- New size"
    )
    assert read({"checklist_tasks_added": {"tasks": tasks[:1]}}) == Content("- Return label")


def test_a_rich_message_is_read() -> None:
    """The words of a message in blocks are its text."""
    assert read({"rich_message": {"blocks": [{"type": "paragraph", "text": "Hello"}]}}) == Content("Hello")
    assert read({"rich_message": {"blocks": [{"type": "divider"}]}}) == Content("[rich_message]")


@pytest.mark.parametrize("field", ["pinned_message", "forum_topic_closed", "video_chat_started", "chat_owner_left"])
def test_lines_of_telegram_are_told_from_content(field: str) -> None:
    """A line that Telegram wrote is marked as such."""
    content = read({field: {}})
    assert content is not None
    assert content.is_service


def test_a_message_that_holds_nothing_is_none() -> None:
    """Without content there is nothing to show."""
    assert read({}) is None


def test_an_empty_forward_is_not_content() -> None:
    """Where a message comes from is no content by itself."""
    assert read({"forward_origin": {"type": "hidden_user", "sender_user_name": "X", "date": 1}}) is None


def test_the_largest_photo_is_taken() -> None:
    """Of a photo's sizes the last, which is the largest, is the attachment."""
    sizes = [{"file_id": "small", "width": 90}, {"file_id": "large", "width": 800}]
    base = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "photo": sizes}
    (photo,) = attachments_of(decode(msgspec.json.encode(base), Message))
    assert (photo.ref, photo.meta["width"]) == ("large", "800")


@pytest.mark.parametrize(
    ("flags", "mime"),
    [({}, "image/webp"), ({"is_animated": True}, "application/x-tgsticker"), ({"is_video": True}, "video/webm")],
)
def test_stickers_have_the_type_of_their_file(flags: dict[str, bool], mime: str) -> None:
    """A sticker is a picture, an animation of Telegram's own, or a video."""
    content = read({"sticker": {"file_id": "s", **flags}})
    assert content is not None
    assert [one.mime for one in content.attachments] == [mime]
