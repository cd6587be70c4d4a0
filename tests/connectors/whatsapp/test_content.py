"""connectors/whatsapp/content.py: words and attachments of each kind."""

import msgspec
import pytest

from connectors.whatsapp.content import own_number, shown
from connectors.whatsapp.messages import Button, Card, CardPhone, Content, Form, Interactive, Media, Referral, Text
from tests.connectors.whatsapp.deliveries import message


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("button", "Unsubscribe"),
        ("interactive_button_reply", "Cancel"),
        ("interactive_list_reply", "Priority Mail Express\nNext Day to 2 Days"),
        (
            "interactive_nfm_reply",
            "Sent\ndate: 2026-11-24\nguests: 4\nwishes: window\nwishes: quiet\naddress.city: Athens",
        ),
        ("interactive_nfm_reply_not_an_object", "12 Main St\njust words"),
        ("interactive_missing", "[interactive]"),
        ("order", "Please wrap it\n[order]\n2 × di9ozbzfi4, 30 USD each\n1 × nqryix03ez, 25.5 USD each"),
        ("unsupported_poll", "[poll]"),
        ("unsupported_with_text", "Shown all the same"),
        ("image", "This one, in blue"),
    ],
)
def test_words_are_read_wherever_a_kind_keeps_them(name: str, text: str) -> None:
    """An agent reads what the customer sees himself as having said."""
    assert message(name).text == text


def test_nothing_is_ever_empty() -> None:
    """A message of which nothing is known still shows that something came."""
    assert shown(Content()).text == "[unsupported message]"
    assert shown(Content(type="text")).text == "[text]"
    assert shown(Content(type="text", text=Text(body="hi"))).text == "hi"
    assert shown(Content(type="image", image=Media())).text == "[image]"


def test_a_button_without_words_shows_its_payload() -> None:
    """Old templates have a payload only."""
    assert shown(Content(type="button", button=Button(payload="YES"))).text == "YES"


def test_files_are_named_by_id_and_voice_notes_marked() -> None:
    """A file is fetched by its id; its type has no parameters."""
    (voice,) = message("audio_voice").attachments
    assert (voice.kind, voice.mime, voice.ref, voice.url) == ("audio", "audio/ogg", "1908647269898588", None)
    assert voice.meta["voice"] == "true"
    (document,) = message("document").attachments
    assert (document.kind, document.name) == ("file", "τιμολόγιο.pdf")


def test_places_and_cards_say_all_in_their_facts() -> None:
    """Coordinates, numbers and addresses are kept as facts, as numbers or text."""
    (place,) = message("location_bare").attachments
    assert (place.meta["latitude"], place.meta["longitude"]) == ("-6.2", "106.816666")
    (card,) = message("contacts").attachments
    assert card.title == "Barbara J. Johnson"
    assert card.meta["phone"] == "+16505559999, +1 (650) 555-8888"


def test_a_form_of_many_fields_is_cut() -> None:
    """A form cannot fill the timeline."""
    given = msgspec.json.encode({f"field{i}": i for i in range(500)})
    form = Form(body="Sent", response_json=msgspec.Raw(given))
    assert len(shown(Content(type="interactive", interactive=Interactive(nfm_reply=form))).text.splitlines()) == 101


def test_only_an_answer_to_our_request_tells_the_own_number() -> None:
    """A card of somebody else does not become the sender's number."""
    cards = (Card(phones=(CardPhone(phone="+30 697 123 4567"),)),)
    assert own_number(cards, "contact_request") == "306971234567"
    assert own_number(cards, "other") == ""
    assert message("contacts_own_number").author.phone == "+306971234567"


@pytest.mark.parametrize(("source", "title"), [("ad", "Came from an ad"), ("post", "Came from a post")])
def test_a_post_without_words_is_not_called_an_ad(source: str, title: str) -> None:
    """What led to us is called what it is, also where WhatsApp does not say how it reads."""
    (came,) = shown(Content(type="text", text=Text(body="Hi"), referral=Referral(source_type=source))).attachments
    assert came.title == title
