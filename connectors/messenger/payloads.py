"""What the Messenger Platform sends us, as typed records.

Only fields that are read are named; the decoder passes over all others. Ids are numbers in old deliveries, times are
text in some; texts have bounds well above Messenger's own.
Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events (read 2026-11-22).
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta, Raw, Struct, field

Id: TypeAlias = Annotated[str, Meta(max_length=1024)] | int
Time: TypeAlias = int | float | Annotated[str, Meta(max_length=64)]
"""Milliseconds or seconds, as a number or text."""
Short = Annotated[str, Meta(max_length=2048)]
"""Names, titles and emoji (Messenger: 20 to 640)."""
Long = Annotated[str, Meta(max_length=65_536)]
"""Words (Messenger: 2000 from us, 20 000 from people), addresses, payloads."""


class Record(Struct, frozen=True, kw_only=True, gc=False):
    """A payload; never changed, never part of a cycle."""


class Party(Record, frozen=True, kw_only=True, gc=False):
    """A person (a page-scoped id, or a reference made by a plugin) or the Page."""

    id: Id | None = None
    user_ref: Id | None = None

    @property
    def name(self) -> str:
        """External id of who it is; empty where nobody is named."""
        if self.id is not None and self.id != "":
            return str(self.id)
        return f"{USER_REF}{self.user_ref}" if self.user_ref not in (None, "") else ""


USER_REF = "user_ref:"
"""Begins the external id of somebody who is known by a plugin's reference only."""


class Product(Record, frozen=True, kw_only=True, gc=False):
    """A product of a shop: what a message is about, or what was shared."""

    id: Id | None = None
    title: Short | None = None
    subtitle: Short | None = None
    retailer_id: Id | None = None


class Products(Record, frozen=True, kw_only=True, gc=False):
    """The products in an attachment."""

    elements: list[Product] | None = None


class Coordinates(Record, frozen=True, kw_only=True, gc=False):
    """A point on the map."""

    lat: float
    long: float


class Element(Record, frozen=True, kw_only=True, gc=False):
    """A card of a template, as far as it has words."""

    title: Short | None = None
    subtitle: Short | None = None
    url: Long | None = None


class Button(Record, frozen=True, kw_only=True, gc=False):
    """A button of a template."""

    title: Short | None = None


class Payload(Record, frozen=True, kw_only=True, gc=False):
    """What an attachment holds."""

    url: Long | None = None
    title: Short | None = None
    sticker_id: Id | None = None
    coordinates: Coordinates | None = None
    reel_video_id: Id | None = None
    product: Products | None = None
    text: Long | None = None
    elements: list[Element] | None = None
    buttons: list[Button] | None = None


class Attachment(Record, frozen=True, kw_only=True, gc=False):
    """Something attached. Of links (`fallback`, `template`) title and address stand here, and `payload` may be text."""

    type: Short = ""
    payload: Payload | Long | None = None
    title: Short | None = None
    url: Long | None = None

    @property
    def content(self) -> Payload:
        """The payload where it is one."""
        return self.payload if isinstance(self.payload, Payload) else NOTHING


NOTHING = Payload()


class QuickReply(Record, frozen=True, kw_only=True, gc=False):
    """The suggested answer that a person chose."""

    payload: Long | None = None


class Story(Record, frozen=True, kw_only=True, gc=False):
    """A story that is answered."""

    id: Id | None = None
    url: Long | None = None


class ReplyTo(Record, frozen=True, kw_only=True, gc=False):
    """What a message answers."""

    mid: Id | None = None
    story: Story | None = None


class AdContext(Record, frozen=True, kw_only=True, gc=False):
    """The ad that somebody came from."""

    ad_title: Short | None = None
    video_url: Long | None = None
    post_id: Id | None = None


class Referral(Record, frozen=True, kw_only=True, gc=False):
    """How somebody came to the conversation."""

    ref: Long | None = None
    source: Short | None = None
    type: Short | None = None
    ad_id: Id | None = None
    referer_uri: Long | None = None
    ads_context_data: AdContext | None = None
    product: Product | None = None


class Message(Record, frozen=True, kw_only=True, gc=False):
    """A message, of a person or (`is_echo`) of the Page."""

    mid: Id | None = None
    text: Long | None = None
    attachments: list[Raw] | None = None
    quick_reply: QuickReply | None = None
    reply_to: ReplyTo | None = None
    referral: Referral | None = None
    sticker_id: Id | None = None
    is_echo: bool | None = None
    is_deleted: bool | None = None
    is_unsupported: bool | None = None
    app_id: Id | None = None
    metadata: Long | None = None


class MessageEdit(Record, frozen=True, kw_only=True, gc=False):
    """A person changed a message, at most five times."""

    mid: Id
    text: Long | None = None
    num_edit: int | Short | None = None


class Reaction(Record, frozen=True, kw_only=True, gc=False):
    """A reaction was set or taken back; of one taken back nothing is said."""

    mid: Id
    action: Short = "react"
    emoji: Short | None = None
    reaction: Short | None = None


class Delivery(Record, frozen=True, kw_only=True, gc=False):
    """Everything up to the watermark has arrived."""

    watermark: Time | None = None
    mids: list[Id] | None = None


class Read(Record, frozen=True, kw_only=True, gc=False):
    """Everything up to the watermark was read."""

    watermark: Time | None = None
    mid: Id | None = None


class Postback(Record, frozen=True, kw_only=True, gc=False):
    """A pressed button. Who does not own the thread is not told its payload."""

    mid: Id | None = None
    title: Short | None = None
    payload: Long | None = None
    referral: Referral | None = None


class Optin(Record, frozen=True, kw_only=True, gc=False):
    """A person agreed to be written to. Of a plugin's checkbox `user_ref` is all that is told of who it is."""

    type: Short | None = None
    ref: Long | None = None
    user_ref: Id | None = None
    payload: Long | None = None
    title: Short | None = None
    notification_messages_status: Short | None = None


class Control(Record, frozen=True, kw_only=True, gc=False):
    """Which app speaks in a thread changed, or is asked to."""

    new_owner_app_id: Id | None = None
    previous_owner_app_id: Id | None = None
    requested_owner_app_id: Id | None = None
    metadata: Long | None = None


class Policy(Record, frozen=True, kw_only=True, gc=False):
    """Facebook acts against the Page."""

    action: Short = ""
    reason: Long | None = None


class Feedback(Record, frozen=True, kw_only=True, gc=False):
    """What a person thinks of an answer."""

    feedback: Short = ""
    mid: Id | None = None


class Answered(Record, frozen=True, kw_only=True, gc=False):
    """One line of a form."""

    key: Short = ""
    value: Long = ""


class Screen(Record, frozen=True, kw_only=True, gc=False):
    """One page of a form."""

    responses: list[Answered] | None = None


class CustomerInformation(Record, frozen=True, kw_only=True, gc=False):
    """A form that a person filled in."""

    screens: list[Screen] | None = None


class FollowUp(Record, frozen=True, kw_only=True, gc=False):
    """Words that a person added to a score."""

    payload: Long | None = None


class Question(Record, frozen=True, kw_only=True, gc=False):
    """A score that a person gave: `csat`, `nps` or `ces`, or words alone (`free_form`)."""

    type: Short = ""
    payload: Long | int | None = None
    follow_up: FollowUp | None = None


class FeedbackScreen(Record, frozen=True, kw_only=True, gc=False):
    """One page of a survey, its questions by id."""

    questions: dict[str, Question] | None = None


class Survey(Record, frozen=True, kw_only=True, gc=False):
    """A survey that a person answered.
    https://developers.facebook.com/docs/messenger-platform/send-messages/templates/customer-feedback-template
    (read 2026-11-22).
    """

    feedback_screens: list[FeedbackScreen] | None = None


class PriorMessage(Record, frozen=True, kw_only=True, gc=False):
    """What a conversation goes on from: a comment that was answered in private, or a plugin's checkbox."""

    source: Short | None = None
    identifier: Id | None = None


class Item(Record, frozen=True, kw_only=True, gc=False):
    """One element of `messaging` or `standby`: who, whom, when, and one of the kinds below."""

    sender: Party | None = None
    recipient: Party | None = None
    timestamp: Time | None = None
    message: Message | None = None
    message_edit: MessageEdit | None = None
    reaction: Reaction | None = None
    delivery: Delivery | None = None
    read: Read | None = None
    postback: Postback | None = None
    referral: Referral | None = None
    optin: Optin | None = None
    pass_thread_control: Control | None = None
    take_thread_control: Control | None = None
    request_thread_control: Control | None = None
    policy_enforcement: Policy | None = None
    policy_enforcement_old: Policy | None = field(default=None, name="policy-enforcement")
    response_feedback: Feedback | None = None
    messaging_customer_information: CustomerInformation | None = None
    messaging_feedback: Survey | None = None
    prior_message: PriorMessage | None = None


class Change(Record, frozen=True, kw_only=True, gc=False):
    """An element in the form the dashboard and some products send: the field's name beside it."""

    field: Short = ""
    value: Raw = Raw(b"null")

    @property
    def is_empty(self) -> bool:
        """Whether it names a field and nothing else."""
        return bytes(self.value) == b"null"


class Entry(Struct, frozen=True, kw_only=True):
    """What happened at one Page, element by element."""

    id: Annotated[str, Meta(min_length=1, max_length=1024)] | int
    time: Time | None = None
    messaging: list[Raw] | None = None
    standby: list[Raw] | None = None
    changes: list[Raw] | None = None


class Envelope(Struct, frozen=True, kw_only=True):
    """A piece of a delivery."""

    entry: list[Raw]
