"""What is computed before the lock: safe HTML, words to find, a preview, a language, files in the store."""

from pathlib import Path

import pytest
from msgspec import structs

from connectors.inbound import Attachment, Author, MessageEdited, MessageReceived, Thread, TypingStarted
from inbox.intake import language
from inbox.intake.prepare import described, prepared
from inbox.transport.media import DiskMedia

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


def message(text: str = "", **more: object) -> MessageReceived:
    """A customer's item."""
    return MessageReceived(
        dedupe_key="m1",
        occurred_at=1,
        thread=Thread(external_id="t", kind="mail", audience="private"),
        author=Author(external_id="p"),
        external_id="m1",
        text=text,
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture
def media(tmp_path: Path) -> DiskMedia:
    """An empty media store."""
    return DiskMedia(tmp_path, floor_bytes=0)


def test_words_are_found_without_accents_and_in_latin_letters() -> None:
    """The index gets folded words, their Latin form, the title and the names of files."""
    found = described(message("Καλημέρα", title="Παραγγελία"))

    assert "καλημερα" in found.folded
    assert "kalimera" in found.folded
    assert "παραγγελια" in found.folded


def test_a_preview_falls_back_to_the_subject_and_then_to_the_files() -> None:
    """There is always something to show in the list."""
    assert described(message("  Hello \n there ")).preview == "Hello there"
    assert described(message("", title="Invoice")).preview == "Invoice"


async def test_files_alone_are_previewed_by_kind_and_name(media: DiskMedia) -> None:
    """A message of files shows what they are."""
    photo = Attachment(kind="image", name="cat.jpg", url="https://cdn.example/cat.jpg")

    (found,) = await prepared([message("", attachments=(photo,))], media)

    assert found.preview.endswith("cat.jpg")
    assert found.no_question


async def test_bytes_that_came_along_are_stored_and_images_still_to_be_drawn(media: DiskMedia) -> None:
    """A document is ready at once; an image waits until it is drawn anew; neither keeps its bytes in the row."""
    text = Attachment(kind="file", name="a.txt", mime="text/plain", data=b"words")
    image = Attachment(kind="file", name="b.png", mime="image/png", data=PNG, content_id="logo")

    (found,) = await prepared([message("x", attachments=(text, image))], media)

    first, second = found.attachments
    assert (first.state, first.mime, second.state, second.kind) == ("ready", "text/plain", "pending", "image")
    assert second.content_id == "logo"
    assert first.sha256 is not None
    assert [chunk async for chunk in media.read(first.sha256)] == [b"words"]
    assert isinstance(found.inbound, MessageReceived)
    assert all(one.data is None for one in found.inbound.attachments)


async def test_an_address_is_kept_for_the_fetch_and_a_place_needs_none(media: DiskMedia) -> None:
    """What is to be loaded says from where; a location says all there is."""
    far = Attachment(kind="image", url="https://cdn.example/x.jpg")
    place = Attachment(kind="location", title="Shop", meta={"latitude": "1", "longitude": "2"})
    lost = Attachment(kind="file", name="gone.pdf")

    (found,) = await prepared([message("x", attachments=(far, place, lost))], media)

    assert [one.state for one in found.attachments] == ["pending", "none", "failed"]
    assert "cdn.example" in found.attachments[0].source
    assert found.attachments[1].source == ""


async def test_a_file_too_large_or_a_full_disk_does_not_stop_the_text(tmp_path: Path) -> None:
    """When media cannot be kept, the message is."""
    full = DiskMedia(tmp_path, floor_bytes=2**60)
    data = Attachment(kind="file", name="a.bin", data=b"12345")

    (found,) = await prepared([message("still here", attachments=(data,))], full)

    assert found.preview == "still here"
    assert found.attachments[0].state == "failed"


async def test_an_edit_brings_the_files_it_names(media: DiskMedia) -> None:
    """Prepared like those of a message; an edit that says nothing of files has none."""
    edit = MessageEdited(
        dedupe_key="e", occurred_at=1, external_id="m1", text="new", edited_at=2,
        attachments=(Attachment(kind="file", name="a.txt", data=b"1"),),
    )  # fmt: skip

    first, second = await prepared([edit, structs.replace(edit, attachments=None)], media)

    assert [(one.name, one.state) for one in first.attachments] == [("a.txt", "ready")]
    assert isinstance(first.inbound, MessageEdited)
    assert first.inbound.attachments is not None
    assert first.inbound.attachments[0].data is None
    assert (second.attachments, second.preview) == ((), "new")


async def test_what_has_no_words_is_passed_on_as_it_is(media: DiskMedia) -> None:
    """Nothing is prepared where there is nothing to prepare."""
    typing = TypingStarted(dedupe_key="t", occurred_at=1, thread_id="t", author=Author(external_id="p"))

    (found,) = await prepared([typing], media)

    assert found.inbound is typing


async def test_a_long_text_is_prepared_like_a_short_one(media: DiskMedia) -> None:
    """Long mails are worked on elsewhere, with the same result."""
    (found,) = await prepared([message("word " * 10_000, html="<p>word</p>" * 5_000)], media)

    assert found.preview.startswith("word word")
    assert found.html is not None


async def test_what_no_database_takes_as_text_is_replaced(media: DiskMedia) -> None:
    """NUL and half a surrogate pair, wherever they stand, become the sign for an unreadable character."""
    odd = message("a\x00b", title="c\ud800d")
    plain = message("a b")

    cleaned, same = await prepared([odd, plain], media)

    assert isinstance(cleaned.inbound, MessageReceived)
    assert (cleaned.inbound.text, cleaned.inbound.title) == ("a\ufffdb", "c?d")
    assert same.inbound is plain


def test_scripts_tell_the_language_without_a_model() -> None:
    """Greek, Armenian, Japanese and others are known at once; a short Latin text is not guessed."""
    texts = [
        "Καλημέρα",
        "Բարեւ ձեզ",
        "ありがとう",
        "안녕하세요",
        "สวัสดี",
        "ok",
        "12345",
        "https://example.org/long/path",
    ]

    assert [language.of(text) for text in texts] == ["el", "hy", "ja", "ko", "th", None, None, None]


def test_the_model_tells_languages_of_latin_script() -> None:
    """Once loaded, the model tells the languages the interface speaks."""
    language.warm().join()

    assert language.of("Guten Tag, wo bleibt meine Bestellung?") == "de"
    assert language.of("Halo kak, pesanan saya belum sampai juga") == "id"
    assert language.of("Hei, missä tilaukseni viipyy, kiitos?") == "fi"


def test_shouting_changes_no_language() -> None:
    """A text in capitals, all or nearly all of them, is in the language it is in without them."""
    language.warm().join()

    shouted = "WHERE IS THE PARCEL THAT I ORDERED LAST WEEK"
    assert [language.of(text) for text in (shouted, f"{shouted} please")] == ["en", "en"]
    assert language.of("GUTEN TAG, WO BLEIBT MEINE BESTELLUNG?") == "de"


def test_a_long_text_writes_nothing_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """However long a text is, the model is shown no more than it takes, and says nothing about it."""
    language.warm().join()

    with caplog.at_level("INFO"):
        told = language.of("The parcel that I ordered last week has not arrived yet. " * 20)

    assert (told, caplog.records) == ("en", [])
