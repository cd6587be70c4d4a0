"""What a message holds, as words and attachments."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from connectors.errors import PayloadInvalid
from connectors.inbound import Attachment, AttachmentKind
from connectors.toolkit.payload import decode
from connectors.whatsapp.manifest import FREE_ENTRY_HOURS
from connectors.whatsapp.messages import (
    Card,
    Content,
    Form,
    Interactive,
    Location,
    Media,
    Order,
    Product,
    Quoted,
    Referral,
)
from connectors.whatsapp.payloads import text_of

_MAX_FORM_LINES = 100
"""Lines of a finished flow that are shown; a form on a phone has a dozen."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Words and attachments; `is_service` for what is no word of the person's (opened the chat, allowed calls)."""

    text: str
    attachments: tuple[Attachment, ...] = ()
    is_service: bool = False


def shown(content: Content) -> Shown:
    """What a message holds. Never empty: what WhatsApp does not hand over is named in brackets, since somebody has to
    look at it on the phone.
    """
    kind = content.type or ""
    text = _text(content, kind)
    attachments = (*_files(content), *_cards(content), *_relations(content))
    if kind in _SERVICE:
        return Shown(_SERVICE[kind], attachments, is_service=True)
    if _call_permission(content):
        return Shown(_call_permission(content), attachments, is_service=True)
    if not text and not any(one.kind != "link" for one in attachments):
        text = _placeholder(content, kind)
    return Shown(text, attachments)


_SERVICE = {"request_welcome": "Opened the chat for the first time."}


def _text(content: Content, kind: str) -> str:
    """The words, wherever the kind keeps them; those of another kind are better than none."""
    for read in (_TEXTS.get(kind), *_TEXTS.values()):
        text = read(content) if read is not None else ""
        if text:
            return text
    return ""


def _caption(content: Content) -> str:
    return next((media.caption for _, media in _media(content) if media.caption), "") or ""


def _choice(content: Content) -> str:
    """The words on a pressed button or chosen row, or what was filled into a form."""
    answer: Interactive | None = content.interactive
    if answer is None:
        return ""
    chosen = answer.button_reply or answer.list_reply
    if chosen is not None:
        lines = (chosen.title or text_of(chosen.id), chosen.description or "")
        return "\n".join(line for line in lines if line)
    return _filled(answer.nfm_reply) if answer.nfm_reply is not None else ""


def _filled(form: Form) -> str:
    """What a person filled into a flow or an address form: a line for each field, below the form's own words."""
    value = decode(form.response_json, object)
    if isinstance(value, str):
        with suppress(PayloadInvalid):
            value = decode(value.encode("utf-8", "surrogatepass"), object)
    lines = [line for line in _lines(value) if not line.startswith("flow_token: ")]
    title = form.body or form.name or ""
    return "\n".join([title, *lines[:_MAX_FORM_LINES]]).strip()


def _lines(value: object, name: str = "") -> list[str]:
    """A JSON value as lines `name: value`, its inner names joined by full stops."""
    if isinstance(value, dict):
        return [line for key, inner in value.items() for line in _lines(inner, f"{name}.{key}".strip("."))]
    if isinstance(value, list):
        return [line for inner in value for line in _lines(inner, name)]
    if value in (None, ""):
        return []
    return [f"{name}: {value}" if name else str(value)]


def _order(content: Content) -> str:
    order: Order | None = content.order
    if order is None:
        return ""
    lines = [_product_line(product) for product in order.product_items or ()]
    return "\n".join([line for line in (order.text or "", "[order]", *lines) if line])


def _product_line(product: Product) -> str:
    price = f"{text_of(product.item_price)} {product.currency or ''}".strip()
    sku = text_of(product.product_retailer_id) or "product"
    return f"{text_of(product.quantity) or '1'} × {sku}" + (f", {price} each" if price else "")


_TEXTS: dict[str, Callable[[Content], str]] = {
    "text": lambda content: (content.text.body if content.text is not None else "") or "",
    "button": lambda content: (
        (content.button.text or content.button.payload if content.button is not None else "") or ""
    ),
    "interactive": _choice,
    "order": _order,
    "caption": _caption,
}


def _call_permission(content: Content) -> str:
    answer = content.interactive.call_permission_reply if content.interactive is not None else None
    if answer is None:
        return ""
    return "Allowed us to call." if answer.response == "accept" else "Did not allow us to call."


def _placeholder(content: Content, kind: str) -> str:
    """What stands in place of something that WhatsApp shows on phones only."""
    named = content.unsupported.type if content.unsupported is not None else ""
    known = kind if kind not in ("", "unsupported", "unknown") else ""
    name = "media" if kind == "media_placeholder" else named or known or "unsupported message"
    why = next((error.said for error in content.errors or () if error.said), "")
    return f"[{name}: {why}]" if why and not (named or known) else f"[{name}]"


# --- attachments ------------------------------------------------------------------------------


def _files(content: Content) -> list[Attachment]:
    return [_file(kind, media) for kind, media in _media(content) if media.id is not None]


_KINDS: dict[str, tuple[AttachmentKind, str]] = {
    "image": ("image", "image/jpeg"),
    "video": ("video", "video/mp4"),
    "audio": ("audio", "audio/mpeg"),
    "voice": ("audio", "audio/ogg"),
    "sticker": ("sticker", "image/webp"),
    "document": ("file", "application/octet-stream"),
}
"""Field → what it is for us, and its type where WhatsApp names none."""


def _media(content: Content) -> list[tuple[str, Media]]:
    found = [(kind, getattr(content, kind)) for kind in _KINDS]
    return [(kind, media) for kind, media in found if media is not None]


def _file(field: str, media: Media) -> Attachment:
    kind, mime = _KINDS[field]
    facts = {
        "sha256": media.sha256 or "",
        "voice": "true" if media.voice or field == "voice" else "",
        "animated": "true" if media.animated else "",
    }
    return Attachment(
        kind=kind,
        name=media.filename or "",
        mime=(media.mime_type or mime).partition(";")[0].strip(),
        ref=text_of(media.id) or None,
        meta={name: fact for name, fact in facts.items() if fact},
    )


def _cards(content: Content) -> list[Attachment]:
    """Places and address cards, which have no bytes."""
    found = [_place(content.location)] if content.location is not None else []
    return [*found, *(_card(card) for card in content.contacts or ())]


def _place(location: Location) -> Attachment:
    facts = {
        "latitude": text_of(location.latitude),
        "longitude": text_of(location.longitude),
        "address": location.address or "",
        "url": location.url or "",
    }
    return Attachment(kind="location", title=location.name or "", meta=_known(facts))


def _card(card: Card) -> Attachment:
    name = card.name
    written = f"{name.first_name or ''} {name.last_name or ''}".strip() if name is not None else ""
    numbers = [f"+{phone.wa_id}" if phone.wa_id else text_of(phone.phone) for phone in card.phones or ()]
    facts = {
        "phone": ", ".join(number for number in numbers if number),
        "email": ", ".join(one.email for one in card.emails or () if one.email),
        "company": (card.org.company or "") if card.org is not None else "",
        "vcard": card.vcard or "",
    }
    return Attachment(
        kind="contact", title=(name.formatted_name if name is not None else "") or written, meta=_known(facts)
    )


def _known(facts: dict[str, str]) -> dict[str, str]:
    return {name: fact for name, fact in facts.items() if fact}


def _relations(content: Content) -> list[Attachment]:
    """What a message refers to outside this thread: without it the words of another look like the person's own, and a
    question about `this one` is about nothing.
    """
    found = _quoted(content.context) if content.context is not None else []
    return [*found, *([_ad(content.referral)] if content.referral is not None else [])]


def _quoted(context: Quoted) -> list[Attachment]:
    found = []
    if context.forwarded or context.frequently_forwarded:
        title = "Forwarded many times" if context.frequently_forwarded else "Forwarded"
        found.append(Attachment(kind="link", title=title, meta={"relation": "forwarded"}))
    product = context.referred_product
    if product is not None:
        facts = {
            "relation": "product",
            "product_retailer_id": text_of(product.product_retailer_id),
            "catalog_id": text_of(product.catalog_id),
        }
        title = f"About product {facts['product_retailer_id']}".removesuffix(" ")
        found.append(Attachment(kind="link", title=title, meta=_known(facts)))
    return found


def _ad(referral: Referral) -> Attachment:
    facts = {
        "relation": "ad" if is_ad(referral) else "post",
        "url": referral.source_url or "",
        "body": referral.body or "",
        "source_id": text_of(referral.source_id),
        "ctwa_clid": referral.ctwa_clid or "",
        "media_url": referral.image_url or referral.video_url or referral.thumbnail_url or "",
        "free_entry_hours": str(FREE_ENTRY_HOURS) if is_ad(referral) else "",
    }
    came = "Came from an ad" if is_ad(referral) else "Came from a post"
    return Attachment(kind="link", title=referral.headline or referral.body or came, meta=_known(facts))


def is_ad(referral: Referral) -> bool:
    """Whether an ad led to us: it is also known by its click id, or by not being named a post."""
    return bool(referral.ctwa_clid) or referral.source_type != "post"


def own_number(cards: tuple[Card, ...] | None, origin: str) -> str:
    """The digits of the number that a person sent us as his own; empty for cards of anybody."""
    if origin != "contact_request":
        return ""
    phones = [phone for card in cards or () for phone in card.phones or ()]
    numbers = ("".join(c for c in text_of(p.wa_id) or text_of(p.phone) if c.isdecimal()) for p in phones)
    return next((number for number in numbers if number), "")
