"""What a message holds, as words and attachments."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Raw

from connectors.inbound import Attachment, AttachmentKind
from connectors.telegram.payloads import Entity, File, Location, Message
from connectors.telegram.rich import rich_words
from connectors.toolkit.payload import decode


@dataclass(frozen=True, slots=True)
class Content:
    """The words and attachments of a message; `is_service` where Telegram itself wrote it."""

    text: str
    attachments: tuple[Attachment, ...] = ()
    is_service: bool = False


def words(text: str, entities: tuple[Entity, ...]) -> str:
    """The text as read without formatting: a linked word is followed by its address, which is nowhere else."""
    links = [e for e in entities if e.type == "text_link" and e.url]
    if not links:
        return text
    units = text.encode("utf-16-le")
    for link in sorted(links, key=lambda e: e.offset, reverse=True):
        end = 2 * (link.offset + link.length)
        if stretch(text, link) != link.url:
            units = units[:end] + f" ({link.url})".encode("utf-16-le") + units[end:]
    return units.decode("utf-16-le", "replace")


def stretch(text: str, entity: Entity) -> str:
    """The part of the text that an entity marks."""
    units = text.encode("utf-16-le")[2 * entity.offset : 2 * (entity.offset + entity.length)]
    return units.decode("utf-16-le", "replace")


def content_of(message: Message, raw: bytes | Raw, kind: str) -> Content | None:
    """What a message holds; None where there is nothing in it.

    `raw` is the whole update and `kind` its field: content that is known by name only is looked up there. A person's
    is shown as `[gift]`, since somebody has to look at what it is.
    """
    attachments = attachments_of(message)
    text = _text(message)
    if text or any(one.kind != "link" for one in attachments):
        return Content(text, attachments)
    line = _service_line(message)
    if line:
        return Content(line, is_service=True)
    names = keys_of(raw, kind)
    line = next((_SERVICE[name] for name in names if name in _SERVICE), "")
    if line:
        return Content(line, is_service=True)
    unread = next((name for name in names if name not in _ENVELOPE), None)
    return None if unread is None else Content(f"[{unread}]", attachments)


def _text(message: Message) -> str:
    """The words of a message, also of kinds that hold them elsewhere."""
    if message.text:
        return words(message.text, message.entities)
    if message.caption:
        return words(message.caption, message.caption_entities)
    if message.poll is not None:
        return "\n".join([message.poll.question, *(f"- {option.text}" for option in message.poll.options)])
    if message.rich_message is not None:
        return rich_words(message.rich_message.blocks)
    listed = message.checklist or message.checklist_tasks_added
    if listed is not None:
        return "\n".join([listed.title, *(f"- {task.text}" for task in listed.tasks)]).strip("\n")
    if message.dice is not None:
        return f"{message.dice.emoji} {message.dice.value}"
    if message.web_app_data is not None:
        return f"{message.web_app_data.button_text}: {message.web_app_data.data}".removeprefix(": ")
    return ""


def _service_line(message: Message) -> str:
    """The line that Telegram puts into a group where it has more than a name."""
    if message.new_chat_members:
        return f"{', '.join(user.name for user in message.new_chat_members)} joined the group."
    who, gone = message.from_, message.left_chat_member
    if gone is not None and (who is None or who.id == gone.id):
        return f"{gone.name} left the group."
    if gone is not None and who is not None:
        return f"{who.name} removed {gone.name}."
    return f"The group is now called {message.new_chat_title}." if message.new_chat_title else ""


def attachments_of(message: Message) -> tuple[Attachment, ...]:
    """Files, places, cards and references of a message. Members of an album name it in `meta`."""
    found = [_file(message, *one) for one in _FILES if getattr(message, one[0])]
    if message.animation is not None:
        # Sent again as a document for old readers: https://core.telegram.org/bots/api#message (read 2026-11-22).
        found = [one for one in found if one.meta.get("kind") != "document"]
    found.extend(_cards(message))
    found.extend(_relations(message))
    return tuple(found)


_FILES: tuple[tuple[str, AttachmentKind, str], ...] = (
    ("photo", "image", "image/jpeg"),
    ("live_photo", "video", "video/mp4"),
    ("video", "video", "video/mp4"),
    ("animation", "video", "video/mp4"),
    ("video_note", "video", "video/mp4"),
    ("audio", "audio", "audio/mpeg"),
    ("voice", "audio", "audio/ogg"),
    ("document", "file", "application/octet-stream"),
    ("sticker", "sticker", "image/webp"),
)
"""Field, what it is for us, and its type where Telegram names none."""


def _file(message: Message, field: str, kind: AttachmentKind, mime: str) -> Attachment:
    value = getattr(message, field)
    file: File = value[-1] if field == "photo" else value
    if field == "sticker":
        mime = "application/x-tgsticker" if file.is_animated else "video/webm" if file.is_video else mime
    facts = {
        "kind": field,
        "unique_id": file.file_unique_id,
        "width": str(file.width or ""),
        "height": str(file.height or ""),
        "duration_seconds": str(file.duration or ""),
        "performer": file.performer or "",
        "sticker_set": file.set_name or "",
        "album": message.media_group_id or "",
    }
    return Attachment(
        kind=kind,
        name=file.file_name or "",
        mime=file.mime_type or mime,
        size_bytes=file.file_size,
        ref=file.file_id,
        title=file.title or file.emoji or "",
        meta={key: fact for key, fact in facts.items() if fact},
    )


def _cards(message: Message) -> list[Attachment]:
    """Places and address cards, which have no bytes."""
    if message.venue is not None:
        venue = message.venue
        return [_place_card(venue.location, title=venue.title, address=venue.address)]
    if message.location is not None:
        return [_place_card(message.location)]
    if message.contact is not None:
        card = message.contact
        name = f"{card.first_name} {card.last_name or ''}".strip()
        meta = {"phone": card.phone_number} | ({"vcard": card.vcard} if card.vcard else {})
        return [Attachment(kind="contact", title=name, meta=meta)]
    return []


def _place_card(location: Location, *, title: str = "", address: str = "") -> Attachment:
    meta = {"latitude": str(location.latitude), "longitude": str(location.longitude)}
    if location.live_period:
        meta["live_period_seconds"] = str(location.live_period)
    if address:
        meta["address"] = address
    return Attachment(kind="location", title=title, meta=meta)


def _relations(message: Message) -> list[Attachment]:
    """What a message refers to outside this thread: without it the words of another look like the person's own."""
    found = []
    if message.forward_origin is not None:
        found.append(("forwarded", f"Forwarded from {message.forward_origin.name}".removesuffix(" from ")))
    if message.quote is not None:
        found.append(("quote", message.quote.text))
    if message.external_reply is not None:
        found.append(("external_reply", "Answers a message in another chat"))
    if message.reply_to_story is not None:
        found.append(("story", "Answers a story"))
    return [Attachment(kind="link", title=title, meta={"relation": relation}) for relation, title in found]


def keys_of(raw: bytes | Raw, kind: str = "") -> list[str]:
    """Names of the fields in an update, or in the object it has under `kind`: sorted, to say what we do not know."""
    fields = decode(raw, dict[str, Raw])
    return sorted(key[:64] for key in (decode(fields[kind], dict[str, Raw]) if kind else fields))


_SERVICE = {
    "group_chat_created": "The group was created.",
    "supergroup_chat_created": "The group was created.",
    "new_chat_photo": "The group has a new picture.",
    "delete_chat_photo": "The group's picture was removed.",
    "message_auto_delete_timer_changed": "The time after which messages vanish was changed.",
    "pinned_message": "A message was pinned.",
    "forum_topic_created": "The topic was opened.",
    "forum_topic_edited": "The topic was changed.",
    "forum_topic_closed": "The topic was closed.",
    "forum_topic_reopened": "The topic was opened again.",
    "general_forum_topic_hidden": "The general topic was hidden.",
    "general_forum_topic_unhidden": "The general topic is shown again.",
    "video_chat_scheduled": "A video chat was planned.",
    "video_chat_started": "A video chat began.",
    "video_chat_ended": "A video chat ended.",
    "video_chat_participants_invited": "People were invited to a video chat.",
    "write_access_allowed": "The person allowed the bot to write.",
    "chat_background_set": "The chat has a new background.",
    "boost_added": "The chat was boosted.",
    "proximity_alert_triggered": "Two people came near to each other.",
    "connected_website": "The person signed in on a website with Telegram.",
    "channel_chat_created": "The channel was created.",
    "chat_owner_changed": "The chat has a new owner.",
    "chat_owner_left": "The owner left the chat.",
    "community_chat_added": "The chat was added to a community.",
    "community_chat_joined": "The chat joined a community.",
    "community_chat_removed": "The chat was removed from a community.",
    "direct_message_price_changed": "The price of private messages to the channel was changed.",
    "paid_message_price_changed": "The price of messages in the group was changed.",
    "giveaway_created": "A giveaway was announced.",
    "giveaway_completed": "A giveaway ended.",
    "poll_option_added": "An answer was added to a poll.",
    "poll_option_deleted": "An answer was removed from a poll.",
    "suggested_post_approved": "A suggested post was approved.",
    "suggested_post_approval_failed": "A suggested post could not be approved.",
    "suggested_post_paid": "A suggested post was paid.",
    "suggested_post_refunded": "A suggested post was refunded.",
}
"""Lines that Telegram itself puts into a chat. https://core.telegram.org/bots/api#message (read 2026-11-22)."""

_ENVELOPE = {
    "message_id", "date", "chat", "from", "sender_chat", "sender_boost_count", "sender_business_bot", "sender_tag",
    "business_connection_id", "message_thread_id", "is_topic_message", "direct_messages_topic", "is_automatic_forward",
    "is_from_offline", "is_paid_post", "edit_date", "has_protected_content", "media_group_id", "author_signature",
    "paid_star_count", "effect_id", "link_preview_options", "suggested_post_info", "forward_origin", "forward_from",
    "forward_from_chat", "forward_from_message_id", "forward_sender_name", "forward_signature", "forward_date",
    "reply_to_message", "reply_to_story", "reply_to_checklist_task_id", "reply_to_poll_option_id", "external_reply",
    "quote", "via_bot", "reply_markup", "entities", "caption_entities", "show_caption_above_media",
    "has_media_spoiler", "guest_query_id", "guest_bot_caller_user", "guest_bot_caller_chat", "receiver_user",
    "ephemeral_message_id", "text", "caption", "photo", "new_chat_members",
}  # fmt: skip
"""Fields of a message that say nothing by themselves."""
