"""connectors/messenger/content.py: what a message holds, and how the person came."""

from typing import Any

import msgspec
import pytest

from connectors.inbound import Attachment, Origin
from connectors.messenger.content import UNREADABLE, content_of, origin_of
from connectors.messenger.payloads import Message, PriorMessage, Referral
from tests.connectors.messenger.signing import context

CDN = "https://scontent.xx.fbcdn.net/v/1.png?oe=1"


def read(**message: Any) -> tuple[str, list[tuple[str, str]]]:
    """The words, and kind and title of every attachment."""
    content = content_of(msgspec.json.decode(msgspec.json.encode(message), type=Message), context())
    return content.text, [(one.kind, one.title) for one in content.attachments]


def attached(kind: str, **payload: Any) -> dict[str, Any]:
    """An attachment with that payload."""
    return {"type": kind, "payload": payload}


STICKER = [("sticker", "Sticker")]


@pytest.mark.parametrize(
    ("attachments", "wanted"),
    [
        ([attached("sticker", sticker_id=5, url=CDN)], STICKER),
        ([attached("image", sticker_id=5, url=CDN)], STICKER),
        ([attached("image", sticker_id=5, url=CDN), attached("sticker", sticker_id="5")], STICKER),
        ([attached("sticker", sticker_id="5"), attached("image", sticker_id=5, url=CDN)], STICKER),
        ([attached("sticker", sticker_id=5)], [("link", "[sticker]")]),
        ([attached("sticker", url=CDN)], STICKER),
        ([attached("sticker", sticker_id=5, url=CDN), attached("sticker", sticker_id=6, url=CDN)], STICKER * 2),
    ],
)
def test_stickers_in_every_form(attachments: list[Any], wanted: list[tuple[str, str]]) -> None:
    """A sticker is one attachment, whether it comes as a sticker, as an image, as both, or without an address."""
    assert read(mid="m", attachments=attachments) == ("", wanted)


@pytest.mark.parametrize("number", [369239263222822, "369239343222814", 369239383222810])
def test_the_thumb_is_a_word(number: Any) -> None:
    """The like-thumb of any size and form is 👍, and no attachment; beside words it adds nothing."""
    messages: tuple[dict[str, Any], ...] = (
        {"sticker_id": number},
        {"attachments": [attached("image", sticker_id=number, url=CDN)]},
        {"attachments": [attached("sticker", sticker_id=number), attached("image", sticker_id=number, url=CDN)]},
    )
    for message in messages:
        assert read(mid="m", **message) == ("👍", [])
        assert read(mid="m", text="Yes", **message) == ("Yes", [])


def test_nothing_is_never_shown_as_nothing() -> None:
    """Where the person said something that Facebook does not show, that is said."""
    messages: tuple[dict[str, Any], ...] = ({}, {"is_unsupported": True}, {"attachments": []}, {"text": ""})
    for message in messages:
        assert read(mid="m", **message) == (UNREADABLE, [])
    assert read(mid="m", is_unsupported=True, text="see") == ("see", [])


def test_a_broken_attachment_costs_only_itself() -> None:
    """Words and other attachments stay beside one that cannot be read."""
    text, found = read(mid="m", text="look", attachments=[5, attached("image", url=CDN), attached("image", url=[1])])
    assert text == "look"
    assert [kind for kind, _ in found] == ["link", "image", "link"]


def test_templates_say_their_words() -> None:
    """A template is its text, or its cards, with its buttons; beside words it is a link."""
    buttons = [{"type": "postback", "title": "Order"}]
    assert read(mid="m", attachments=[attached("template", text="What now?", buttons=buttons)]) == (
        "What now?\n[Order]", [],
    )  # fmt: skip
    cards = [{"title": "Lamp", "subtitle": "€39"}, {"title": "Desk"}]
    assert read(mid="m", attachments=[attached("template", elements=cards)]) == ("Lamp – €39\nDesk", [])
    assert read(mid="m", text="x", attachments=[attached("template", text="y")]) == ("x", [("link", "[template]")])


def test_files_elsewhere_are_links() -> None:
    """A file on a server that is not Facebook's is shown with its address and not loaded."""
    content = content_of(
        msgspec.json.decode(
            b'{"attachments":[{"type":"image","payload":{"url":"https://x.example/1.png"}}]}', type=Message
        ),
        context(),
    )
    meta = {"kind": "image", "url": "https://x.example/1.png"}
    assert content.attachments == (Attachment(kind="link", title="https://x.example/1.png", meta=meta),)


AD = {"ad_id": 5, "source": "ADS", "ads_context_data": {"ad_title": "Sale", "post_id": "104_9"}}


@pytest.mark.parametrize(
    ("referral", "wanted"),
    [
        ({"ref": "r", "source": "SHORTLINK"}, Origin(kind="link", ref="r")),
        ({"ref": "r"}, Origin(kind="link", ref="r")),
        ({"ref": "r", "source": "MESSENGER_CODE"}, Origin(kind="qr", ref="r")),
        ({"source": "DISCOVER_TAB"}, Origin(kind="organic")),
        (
            {"source": "CUSTOMER_CHAT_PLUGIN", "referer_uri": "https://a.example/"},
            Origin(kind="page", url="https://a.example/"),
        ),
        (AD, Origin(kind="ad", ref="5", title="Sale", url="https://www.facebook.com/104_9", campaign_ref="5")),
        (
            {**AD, "ref": "r"},
            Origin(kind="ad", ref="r", title="Sale", url="https://www.facebook.com/104_9", campaign_ref="5"),
        ),
        ({"ad_id": "5"}, Origin(kind="ad", ref="5", campaign_ref="5")),
        ({"product": {"id": "1"}}, None),
        ({}, None),
    ],
)
def test_origins(referral: dict[str, Any], wanted: Origin | None) -> None:
    """Every source is an ad, a link, a code, a page or nothing in particular."""
    assert origin_of(msgspec.convert(referral, Referral)) == wanted


def test_a_private_reply_goes_on() -> None:
    """A conversation that began under a comment names it."""
    prior = PriorMessage(source="comment", identifier="104_9_7")
    assert origin_of(None, prior) == Origin(kind="post", ref="104_9_7")


def test_what_goes_on_from_a_checkbox_names_no_post() -> None:
    """A plugin's checkbox is on a page, and whom we found by his number came by nothing of ours."""
    checkbox = PriorMessage(source="checkbox_plugin", identifier="ref-1")
    assert origin_of(None, checkbox) == Origin(kind="page", ref="ref-1")
    assert origin_of(None, PriorMessage(source="customer_matching", identifier="+306940000001")) is None
    assert origin_of(None, PriorMessage()) is None
    assert origin_of(None) is None
