"""What the Bot API sends us, as typed records, and the ids made from it.

Only fields that are read are named; the decoder passes over all others. Numbers and texts have bounds well above
Telegram's own, so that a wrong payload is refused here and not by the database.
Source: https://core.telegram.org/bots/api#available-types (Bot API 10.3, read 2026-11-23).
"""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeAlias

from msgspec import Meta, Struct, field

Id = Annotated[int, Meta(ge=-(2**52), le=2**52)]
"""Users, chats and messages: at most 52 significant bits; groups are negative."""
Second = Annotated[int, Meta(ge=0, le=253_402_300_799)]
"""Unix time in seconds, up to the year 9999."""
Size = Annotated[int, Meta(ge=0, le=2**52)]
Handle = Annotated[str, Meta(min_length=1, max_length=1024)]
Short = Annotated[str, Meta(max_length=1024)]
"""Names, handles and callback data (Telegram: 64 to 256)."""
Long = Annotated[str, Meta(max_length=65_536)]
"""Words (Telegram: 4096)."""

Json: TypeAlias = Any
"""Anything that JSON holds, where its shape is open."""

_NUMBER = re.compile("[0-9]{1,16}")


class Record(Struct, frozen=True, kw_only=True, gc=False):
    """A payload; never changed, never part of a cycle."""


class User(Record, frozen=True, kw_only=True, gc=False):
    """A person or a bot."""

    id: Id
    is_bot: bool = False
    first_name: Short = ""
    last_name: Short | None = None
    username: Short | None = None
    language_code: Short | None = None

    @property
    def name(self) -> str:
        """First and last name as one."""
        return f"{self.first_name} {self.last_name or ''}".strip()


class Chat(Record, frozen=True, kw_only=True, gc=False):
    """A private chat, a group or a channel."""

    id: Id
    type: Short
    title: Short | None = None
    username: Short | None = None
    is_direct_messages: bool = False
    """The private messages of a channel: each topic in it is one person."""


class Entity(Record, frozen=True, kw_only=True, gc=False):
    """A marked stretch of text. Offset and length count UTF-16 code units."""

    type: Short
    offset: Size
    length: Size
    url: Long | None = None
    user: User | None = None


class File(Record, frozen=True, kw_only=True, gc=False):
    """Any file that Telegram keeps: photo size, video, voice, sticker, document."""

    file_id: Handle
    file_unique_id: Short = ""
    file_name: Short | None = None
    mime_type: Short | None = None
    file_size: Size | None = None
    duration: Size | None = None
    width: Size | None = None
    height: Size | None = None
    title: Short | None = None
    performer: Short | None = None
    emoji: Short | None = None
    set_name: Short | None = None
    is_animated: bool = False
    is_video: bool = False


class Location(Record, frozen=True, kw_only=True, gc=False):
    """A point on the map; `live_period` seconds while it is being followed."""

    latitude: float
    longitude: float
    live_period: Size | None = None


class Venue(Record, frozen=True, kw_only=True, gc=False):
    """A place with a name."""

    location: Location
    title: Short
    address: Short = ""


class Contact(Record, frozen=True, kw_only=True, gc=False):
    """A card from the address book. `user_id` equals the sender where somebody shares the own number."""

    phone_number: Short
    first_name: Short = ""
    last_name: Short | None = None
    user_id: Id | None = None
    vcard: Long | None = None


class PollOption(Record, frozen=True, kw_only=True, gc=False):
    """One answer of a poll."""

    text: Short


class Poll(Record, frozen=True, kw_only=True, gc=False):
    """A poll, shown with its question and answers."""

    question: Short
    options: tuple[PollOption, ...] = ()


class ChecklistTask(Record, frozen=True, kw_only=True, gc=False):
    """One line of a checklist."""

    text: Short


class Checklist(Record, frozen=True, kw_only=True, gc=False):
    """A list of things to do, or the lines that somebody added to one (no title then)."""

    title: Short = ""
    tasks: tuple[ChecklistTask, ...] = ()


class RichMessage(Record, frozen=True, kw_only=True):
    """A formatted message in blocks, which has no `text`."""

    blocks: tuple[Json, ...] = ()


class Dice(Record, frozen=True, kw_only=True, gc=False):
    """An animated emoji with a random value."""

    emoji: Short
    value: Size


class WebAppData(Record, frozen=True, kw_only=True, gc=False):
    """What a mini app sent back."""

    data: Long
    button_text: Short = ""


class Quote(Record, frozen=True, kw_only=True, gc=False):
    """The stretch of the answered message that the person marked."""

    text: Long


class Reference(Record, frozen=True, kw_only=True, gc=False):
    """Something outside this chat that is only known to be there."""


class Origin(Record, frozen=True, kw_only=True, gc=False):
    """Where a forwarded message comes from: a user, a hidden user (name only), a chat or a channel post."""

    type: Short
    sender_user: User | None = None
    sender_user_name: Short | None = None
    sender_chat: Chat | None = None
    chat: Chat | None = None
    message_id: Id | None = None

    @property
    def name(self) -> str:
        """Who wrote it, as far as Telegram tells."""
        chat = self.chat or self.sender_chat
        if self.sender_user is not None:
            return self.sender_user.name
        return (chat.title if chat else self.sender_user_name) or ""


class DirectTopic(Record, frozen=True, kw_only=True, gc=False):
    """One person's thread in the private messages of a channel."""

    topic_id: Id


class Button(Record, frozen=True, kw_only=True, gc=False):
    """A button under a message of ours."""

    text: Short
    callback_data: Short | None = None


class Keyboard(Record, frozen=True, kw_only=True, gc=False):
    """The buttons under a message, in rows."""

    inline_keyboard: tuple[tuple[Button, ...], ...] = ()


class Replied(Record, frozen=True, kw_only=True, gc=False):
    """The message that another answers: no further than what decides whom it is aimed at."""

    message_id: Id
    from_: User | None = field(default=None, name="from")
    is_automatic_forward: bool = False
    forward_origin: Origin | None = None
    text: Long | None = None
    caption: Long | None = None


class Message(Record, frozen=True, kw_only=True, gc=False):
    """A message, post or service line. `message_id` is unique in its chat only."""

    message_id: Id
    date: Second
    chat: Chat
    from_: User | None = field(default=None, name="from")
    sender_chat: Chat | None = None
    business_connection_id: Short | None = None
    message_thread_id: Id | None = None
    is_topic_message: bool = False
    direct_messages_topic: DirectTopic | None = None
    is_automatic_forward: bool = False
    is_from_offline: bool = False
    edit_date: Second | None = None
    media_group_id: Short | None = None
    forward_origin: Origin | None = None
    reply_to_message: Replied | None = None
    external_reply: Reference | None = None
    reply_to_story: Reference | None = None
    quote: Quote | None = None
    text: Long | None = None
    entities: tuple[Entity, ...] = ()
    caption: Long | None = None
    caption_entities: tuple[Entity, ...] = ()
    photo: tuple[File, ...] = ()
    live_photo: File | None = None
    video: File | None = None
    animation: File | None = None
    audio: File | None = None
    voice: File | None = None
    video_note: File | None = None
    document: File | None = None
    sticker: File | None = None
    location: Location | None = None
    venue: Venue | None = None
    contact: Contact | None = None
    poll: Poll | None = None
    checklist: Checklist | None = None
    checklist_tasks_added: Checklist | None = None
    rich_message: RichMessage | None = None
    dice: Dice | None = None
    web_app_data: WebAppData | None = None
    reply_markup: Keyboard | None = None
    new_chat_members: tuple[User, ...] = ()
    left_chat_member: User | None = None
    new_chat_title: Short | None = None
    migrate_to_chat_id: Id | None = None
    migrate_from_chat_id: Id | None = None


class BusinessConnection(Record, frozen=True, kw_only=True, gc=False):
    """A Telegram Business account let this bot answer for it, or stopped it."""

    id: Short
    user: User
    user_chat_id: Id
    date: Second
    is_enabled: bool


class BusinessMessagesDeleted(Record, frozen=True, kw_only=True, gc=False):
    """Messages of a business account's chat were deleted, by either side."""

    business_connection_id: Short
    chat: Chat
    message_ids: tuple[Id, ...]


class ReactionType(Record, frozen=True, kw_only=True, gc=False):
    """One reaction: an emoji, a custom emoji known by its id, or a paid star."""

    type: Short
    emoji: Short | None = None
    custom_emoji_id: Short | None = None


class MessageReaction(Record, frozen=True, kw_only=True, gc=False):
    """All reactions that one account now has on one message."""

    chat: Chat
    message_id: Id
    date: Second
    user: User | None = None
    actor_chat: Chat | None = None
    new_reaction: tuple[ReactionType, ...] = ()


class Pressed(Record, frozen=True, kw_only=True, gc=False):
    """The message whose button was pressed. `date` is 0 where the bot can no longer read it."""

    chat: Chat
    message_id: Id
    message_thread_id: Id | None = None
    is_topic_message: bool = False
    business_connection_id: Short | None = None
    reply_markup: Keyboard | None = None


class CallbackQuery(Record, frozen=True, kw_only=True, gc=False):
    """A person pressed a button. It has no time of its own."""

    id: Short
    from_: User = field(name="from")
    message: Pressed | None = None
    data: Short | None = None


class ChatMember(Record, frozen=True, kw_only=True, gc=False):
    """What the bot is in a chat: member, administrator, restricted, left, kicked…"""

    status: Short


class ChatMemberUpdated(Record, frozen=True, kw_only=True, gc=False):
    """The bot was blocked, unblocked, added to a chat or removed from it."""

    chat: Chat
    from_: User = field(name="from")
    date: Second
    new_chat_member: ChatMember


class Update(Record, frozen=True, kw_only=True, gc=False):
    """One update: its number and at most one of the kinds below."""

    update_id: Id
    message: Message | None = None
    edited_message: Message | None = None
    channel_post: Message | None = None
    edited_channel_post: Message | None = None
    business_connection: BusinessConnection | None = None
    business_message: Message | None = None
    edited_business_message: Message | None = None
    deleted_business_messages: BusinessMessagesDeleted | None = None
    message_reaction: MessageReaction | None = None
    callback_query: CallbackQuery | None = None
    my_chat_member: ChatMemberUpdated | None = None


class Place(Record, frozen=True, kw_only=True, gc=False):
    """A thread of ours and how Telegram addresses it.

    Telegram numbers messages per chat, and a business account's chat with a person has the same chat id as the bot's
    own chat with that person; so ids are written `chat[@business connection][/branch]`, where a branch is a forum
    topic (`t`), a post's comments (`c`) or a person's thread in a channel's private messages (`d`) with its number.
    """

    chat_id: str
    business: str = ""
    branch: str = ""

    @classmethod
    def of(cls, thread_id: str) -> Place:
        """The place that a thread id names."""
        rest, _, branch = thread_id.partition("/")
        chat_id, _, business = rest.partition("@")
        return cls(chat_id=chat_id, business=business, branch=branch)

    @property
    def chat(self) -> str:
        """The chat without its branches: what message ids are counted in."""
        return f"{self.chat_id}@{self.business}" if self.business else self.chat_id

    @property
    def thread_id(self) -> str:
        """External id of the thread."""
        return f"{self.chat}/{self.branch}" if self.branch else self.chat

    def message_id(self, *numbers: int) -> str:
        """External id of a message, or of an album of ours as one item (its messages' numbers with commas)."""
        return f"{self.chat}:{','.join(map(str, numbers))}"

    def address(self) -> dict[str, str]:
        """`Thread.address`: the parts of the place by name."""
        named = {"chat_id": self.chat_id, "business_connection_id": self.business, "branch": self.branch}
        return {key: value for key, value in named.items() if value}


def numbers_of(message_id: str) -> list[int]:
    """Telegram's own numbers in an external message id. Empty when it is none of ours."""
    listed = message_id.rpartition(":")[2].split(",")
    return [int(one) for one in listed] if all(_NUMBER.fullmatch(one) for one in listed) else []
