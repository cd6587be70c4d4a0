"""What a message holds, as words and attachments, and how the person came to write it.

https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messages (read 2026-11-22).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from msgspec import Raw

from connectors._meta.media import file_url, page_url
from connectors.contract import Context
from connectors.errors import PayloadInvalid
from connectors.inbound import Attachment, AttachmentKind, Origin
from connectors.messenger import payloads as fb
from connectors.toolkit.payload import decode

UNREADABLE = "[a message that Messenger does not show to apps]"
_BROKEN = Attachment(kind="link", title="[an attachment that could not be read]")

_THUMBS = {"369239263222822", "369239343222814", "369239383222810"}
"""The like-thumb in its three sizes: a sticker by form, a word by use."""
_FILES: dict[str, AttachmentKind] = {"image": "image", "video": "video", "audio": "audio", "file": "file"}
_VIDEOS = {"reel", "ig_reel"}
"""Videos or pages that show one: the address tells."""
_ORIGINS: tuple[tuple[str, str], ...] = (
    ("ad", "ad"),
    ("messenger_code", "qr"),
    ("customer_chat", "page"),
    ("discover", "organic"),
)
"""Beginning of a referral's source, in lower case → how the person came; every other is a link."""
_PRIOR: dict[str, Literal["page", "post"] | None] = {"checkbox_plugin": "page", "customer_matching": None}
"""What a conversation goes on from that is no comment → how the person came; whom we found by his phone number did not.
"""


@dataclass(frozen=True, slots=True)
class Content:
    """The words and attachments of a message."""

    text: str
    attachments: tuple[Attachment, ...] = ()


def content_of(message: fb.Message, ctx: Context) -> Content:
    """What a message holds. Never empty: where Messenger shows nothing, that is said in brackets."""
    read = [_read(raw) for raw in message.attachments or ()]
    stickers = _sticker_ids(message, read)
    found = _stickers(read, ctx) if stickers else []
    template = ""
    for one in read:
        if one is None:
            found.append(_BROKEN)
        elif one.type == "template" and not message.text and not template and _template_words(one):
            template = _template_words(one)
        elif one.content.sticker_id is None and one.type != "sticker":
            found.extend(_attachments(one, ctx))
    found.extend(_relations(message))
    thumb = "👍" if stickers & _THUMBS else ""
    chosen = message.quick_reply.payload if message.quick_reply is not None else ""
    text = message.text or thumb or template or ("" if found else chosen or UNREADABLE)
    return Content(text, tuple(found))


def _read(raw: Raw) -> fb.Attachment | None:
    """An attachment; None for a broken one, which must not cost the words beside it."""
    try:
        return decode(raw, fb.Attachment)
    except PayloadInvalid:
        return None


# --- stickers ---------------------------------------------------------------------------------


def _sticker_ids(message: fb.Message, read: list[fb.Attachment | None]) -> set[str]:
    ids = [message.sticker_id, *(one.content.sticker_id for one in read if one is not None)]
    unnumbered = any(one is not None and one.type == "sticker" for one in read)
    return {str(one) for one in ids if one is not None} or ({""} if unnumbered else set())


def _stickers(read: list[fb.Attachment | None], ctx: Context) -> list[Attachment]:
    """One attachment for each sticker but the thumb. A sticker comes as `sticker`, as an image with its id, or both.

    https://developers.facebook.com/docs/messenger-platform/changelog (read 2026-11-22): both until 30 August 2026.
    """
    addresses: dict[str, str | None] = {}
    for one in read:
        if one is not None and (one.type == "sticker" or one.content.sticker_id is not None):
            number = str(one.content.sticker_id or "")
            addresses[number] = addresses.get(number) or file_url(one.content.url, ctx)
    return [_sticker(number, url) for number, url in addresses.items() if number not in _THUMBS]


def _sticker(number: str, url: str | None) -> Attachment:
    meta = {"sticker_id": number} if number else {}
    if url is None:
        return Attachment(kind="link", title="[sticker]", meta=meta)
    return Attachment(kind="sticker", mime="image/png", url=url, title="Sticker", meta=meta)


# --- everything else --------------------------------------------------------------------------


def _attachments(one: fb.Attachment, ctx: Context) -> list[Attachment]:
    kind = _FILES.get(one.type)
    if kind is not None:
        url = file_url(one.content.url, ctx)
        return [_link(one) if url is None else _file(kind, url, one)]
    coordinates = one.content.coordinates
    if coordinates is not None:
        meta = {"latitude": str(coordinates.lat), "longitude": str(coordinates.long)}
        return [Attachment(kind="location", title=one.title or one.content.title or "", meta=meta)]
    if one.type in _VIDEOS and not (one.content.url or "").startswith("/"):
        url = file_url(one.content.url, ctx)
        return [_link(one) if url is None else _file("video", url, one)]
    products = one.content.product.elements if one.content.product is not None else None
    return [_product(product) for product in products] if products else [_link(one)]


def _file(kind: AttachmentKind, url: str, one: fb.Attachment) -> Attachment:
    name = unquote(urlsplit(url).path.rpartition("/")[2])[:255] if kind == "file" else ""
    return Attachment(kind=kind, name=name, url=url, title=one.title or one.content.title or "")


def _link(one: fb.Attachment) -> Attachment:
    """A page, a card, or a file on somebody else's server: shown with its address, never loaded."""
    written = one.payload if isinstance(one.payload, str) else None
    url = page_url(one.content.url or one.url or written)
    meta = {"kind": one.type or "attachment"} | ({"url": url} if url else {})
    title = one.title or one.content.title or url or f"[{one.type or 'attachment'}]"
    return Attachment(kind="link", title=title, meta=meta)


def _product(product: fb.Product) -> Attachment:
    facts = {"product_id": product.id, "retailer_id": product.retailer_id, "subtitle": product.subtitle}
    meta = {"kind": "product"} | {name: str(fact) for name, fact in facts.items() if fact not in (None, "")}
    return Attachment(kind="link", title=product.title or "[product]", meta=meta)


def _template_words(one: fb.Attachment) -> str:
    """What a template says: its text, else its cards, and the words on its buttons."""
    content = one.content
    cards = [" – ".join(filter(None, (card.title, card.subtitle))) for card in content.elements or ()]
    words = content.text or one.title or "\n".join(filter(None, cards))
    buttons = " ".join(f"[{button.title}]" for button in content.buttons or () if button.title)
    return f"{words or ''}\n{buttons}".strip()


def _relations(message: fb.Message) -> list[Attachment]:
    """What a message refers to outside the conversation."""
    found = []
    story = message.reply_to.story if message.reply_to is not None else None
    if story is not None:
        url = page_url(story.url)
        meta = {"relation": "story"} | ({"url": url} if url else {})
        found.append(Attachment(kind="link", title="Answers a story", meta=meta))
    if message.referral is not None and message.referral.product is not None:
        found.append(_product(message.referral.product))
    return found


# --- origins ----------------------------------------------------------------------------------


def origin_of(referral: fb.Referral | None, prior: fb.PriorMessage | None = None) -> Origin | None:
    """How the person came: by an ad, a link, a code, a page with our chat, or a comment that we answered in private."""
    if referral is None or not (referral.ref or referral.source or referral.ad_id):
        if prior is None or not prior.identifier:
            return None
        came = _PRIOR.get((prior.source or "").lower(), "post")
        return None if came is None else Origin(kind=came, ref=str(prior.identifier))
    ad = referral.ads_context_data or fb.AdContext()
    ad_id = str(referral.ad_id or "")
    source = (referral.source or "").lower()
    kind = next((kind for beginning, kind in _ORIGINS if source.startswith(beginning)), "link")
    if kind == "link" and not referral.ref and not source:
        kind = "ad"
    shown = f"https://www.facebook.com/{ad.post_id}" if ad.post_id else page_url(referral.referer_uri)
    return Origin(
        kind=kind,  # type: ignore[arg-type]
        ref=referral.ref or ad_id,
        title=ad.ad_title or "",
        url=shown or None,
        campaign_ref=ad_id,
    )
