"""What messages hold, as typed records.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages (read 2026-11-22).
"""

from __future__ import annotations

from msgspec import Raw, field

from connectors.whatsapp.payloads import Error, Id, Long, Number, Record, Short


class Text(Record, frozen=True, kw_only=True, gc=False):
    """Words."""

    body: Long | None = None


class Media(Record, frozen=True, kw_only=True, gc=False):
    """A picture, video, sound, sticker or document. `id` is exchanged for an address; `voice` marks a voice note."""

    id: Id = None
    mime_type: Short | None = None
    sha256: Short | None = None
    caption: Long | None = None
    filename: Short | None = None
    voice: bool | None = None
    animated: bool | None = None


class Location(Record, frozen=True, kw_only=True, gc=False):
    """A place on the map."""

    latitude: Number = None
    longitude: Number = None
    name: Short | None = None
    address: Short | None = None
    url: Long | None = None


class CardName(Record, frozen=True, kw_only=True, gc=False):
    """The name on an address card."""

    formatted_name: Short | None = None
    first_name: Short | None = None
    last_name: Short | None = None


class CardPhone(Record, frozen=True, kw_only=True, gc=False):
    """A number on an address card; `wa_id` where it is on WhatsApp."""

    phone: Id = None
    wa_id: Id = None


class CardEmail(Record, frozen=True, kw_only=True, gc=False):
    """An address on an address card."""

    email: Short | None = None


class CardCompany(Record, frozen=True, kw_only=True, gc=False):
    """Where the person on the card works."""

    company: Short | None = None


class Card(Record, frozen=True, kw_only=True, gc=False):
    """An address card."""

    name: CardName | None = None
    phones: tuple[CardPhone, ...] | None = None
    emails: tuple[CardEmail, ...] | None = None
    org: CardCompany | None = None
    vcard: Long | None = None


class Reaction(Record, frozen=True, kw_only=True, gc=False):
    """An emoji on a message; empty or missing when it is taken back."""

    message_id: Id = None
    emoji: Short | None = None


class Button(Record, frozen=True, kw_only=True, gc=False):
    """A pressed button of a template."""

    text: Short | None = None
    payload: Long | None = None


class Choice(Record, frozen=True, kw_only=True, gc=False):
    """A pressed button, or a chosen row of a list."""

    id: Id = None
    title: Short | None = None
    description: Short | None = None


class Form(Record, frozen=True, kw_only=True, gc=False):
    """A finished flow. `response_json` is JSON within a text, mostly but not always an object."""

    name: Short | None = None
    body: Long | None = None
    response_json: Raw = Raw(b"null")


class CallPermission(Record, frozen=True, kw_only=True, gc=False):
    """Whether the person lets us call."""

    response: Short | None = None


class Interactive(Record, frozen=True, kw_only=True, gc=False):
    """An answer to something that could be pressed or filled in."""

    type: Short | None = None
    button_reply: Choice | None = None
    list_reply: Choice | None = None
    nfm_reply: Form | None = None
    call_permission_reply: CallPermission | None = None


class Product(Record, frozen=True, kw_only=True, gc=False):
    """A line of an order."""

    product_retailer_id: Id = None
    quantity: Number = None
    item_price: Number = None
    currency: Short | None = None


class Order(Record, frozen=True, kw_only=True, gc=False):
    """A cart sent off from the catalogue."""

    catalog_id: Id = None
    text: Long | None = None
    product_items: tuple[Product, ...] | None = None


class System(Record, frozen=True, kw_only=True, gc=False):
    """A line of WhatsApp's own: somebody has another number, another id, or another device."""

    body: Long | None = None
    type: Short | None = None
    customer: Id = None
    wa_id: Id = None
    new_wa_id: Id = None
    user_id: Id = None
    parent_user_id: Id = None
    previous_user_id: Id = None


class Unsupported(Record, frozen=True, kw_only=True, gc=False):
    """What kind of thing it is that WhatsApp does not hand over."""

    type: Short | None = None


class ReferredProduct(Record, frozen=True, kw_only=True, gc=False):
    """The product that a question is about."""

    catalog_id: Id = None
    product_retailer_id: Id = None


class Quoted(Record, frozen=True, kw_only=True, gc=False):
    """What a message refers to: one that it answers (`id`), or that it was passed on from elsewhere."""

    id: Id = None
    from_: Id = field(default=None, name="from")
    forwarded: bool | None = None
    frequently_forwarded: bool | None = None
    referred_product: ReferredProduct | None = None


class Referral(Record, frozen=True, kw_only=True, gc=False):
    """The ad or post that the person came from."""

    source_url: Long | None = None
    source_id: Id = None
    source_type: Short | None = None
    headline: Long | None = None
    body: Long | None = None
    image_url: Long | None = None
    video_url: Long | None = None
    thumbnail_url: Long | None = None
    ctwa_clid: Short | None = None


class HistoryContext(Record, frozen=True, kw_only=True, gc=False):
    """What had become of a message when the history was taken."""

    status: Short | None = None
    from_me: bool | None = None


class Content(Record, frozen=True, kw_only=True, gc=False):
    """What a message holds: at most one of these beside `context` and `errors`."""

    type: Short | None = None
    text: Text | None = None
    image: Media | None = None
    video: Media | None = None
    audio: Media | None = None
    voice: Media | None = None
    sticker: Media | None = None
    document: Media | None = None
    location: Location | None = None
    contacts: tuple[Card, ...] | None = None
    button: Button | None = None
    interactive: Interactive | None = None
    order: Order | None = None
    unsupported: Unsupported | None = None
    context: Quoted | None = None
    referral: Referral | None = None
    errors: tuple[Error, ...] | None = None


class Edit(Record, frozen=True, kw_only=True, gc=False):
    """What a message was changed to."""

    original_message_id: Id = None
    message: Content | None = None


class Revoke(Record, frozen=True, kw_only=True, gc=False):
    """A message that was deleted for everyone."""

    original_message_id: Id = None


class Message(Content, frozen=True, kw_only=True, gc=False):
    """A message, or what was done to one. `to` and `to_user_id` are set where the business itself wrote it."""

    id: Id = None
    from_: Id = field(default=None, name="from")
    from_user_id: Id = None
    from_parent_user_id: Id = None
    to: Id = None
    to_user_id: Id = None
    timestamp: Number = None
    group_id: Id = None
    origin: Short | None = None
    reaction: Reaction | None = None
    edit: Edit | None = None
    revoke: Revoke | None = None
    system: System | None = None
    history_context: HistoryContext | None = None
