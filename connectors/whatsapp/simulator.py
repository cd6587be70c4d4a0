"""WhatsApp's side of the wire: a Cloud API with one business number, and customers with phones.

Chats come to be when somebody writes, or when a template reaches a number. Sends are taken first and fail later, as at
WhatsApp: what became of them is told, as statuses, with whatever somebody does next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from connectors._meta.simulator import Call, GraphSimulator, Json, Refused, Route
from connectors.contract import CustomerAction
from connectors.exchange import Request
from connectors.inbound import Attachment
from connectors.toolkit.text import length
from connectors.whatsapp.manifest import CAPTION, TEXT
from connectors.whatsapp.offers import checked, offered
from connectors.whatsapp.phones import OUR_PHONE, Chat, Kept, Phone, Phones
from connectors.whatsapp.stock import TEMPLATES, shown_template

OBJECT = "whatsapp_business_account"
NUMBER_ID, ACCOUNT_ID = "106540352242922", "102290129340398"
_SECOND = 1_000_000
_MEDIA = ("image", "video", "audio", "document", "sticker")
_ATTACHED_AS = {"image": "image", "video": "video", "audio": "audio", "sticker": "sticker"}
_TAKES_CAPTION = ("image", "video", "document")
_GROUP = "@g.us"


class CloudApi(GraphSimulator):
    """A Cloud API with one number, and all faults of `connectors.toolkit.faults`."""

    def __init__(self, seed: int) -> None:
        field = "access_token"
        super().__init__(seed, asset_id=NUMBER_ID, name="Sandbox Shop", token_field=field, issued_to="SYSTEM_USER")
        self.scopes = ("whatsapp_business_messaging", "whatsapp_business_management")
        self.templates = list(TEMPLATES)
        self.phones = Phones(self.number)
        self.is_registered = True
        """Whether the number is on the Cloud API; one that was just verified is not."""
        self._media: dict[str, Json] = {}
        self._statuses: list[Json] = []
        self._count = 0

    def routes(self) -> Sequence[Route]:
        """The number, its account, messages, files and templates."""
        return (
            ("GET", f"{ACCOUNT_ID}/phone_numbers", lambda call: {"data": [self._our_number()]}),
            ("GET", f"{ACCOUNT_ID}/message_templates", self._list_templates),
            ("GET", "debug_token", self._debug_scopes),
            ("POST", f"{ACCOUNT_ID}/subscribed_apps", self._subscribe_account),
            ("POST", f"{NUMBER_ID}/messages", self._messages),
            ("POST", f"{NUMBER_ID}/register", self._register),
            ("POST", f"{NUMBER_ID}/media", self._upload),
            ("POST", f"{NUMBER_ID}/block_users", self._block),
            ("GET", NUMBER_ID, lambda call: self._our_number()),
            ("GET", r"\d+", self._media_url),
        )

    # --- the account and its files ------------------------------------------------------------

    def _our_number(self) -> Json:
        number = {"id": NUMBER_ID, "display_phone_number": "+1 555 078 3881", "verified_name": self.name}
        return number | {"platform_type": "CLOUD_API" if self.is_registered else "NOT_APPLICABLE"}

    def _register(self, call: Call) -> Json:
        pin = str(call.params.get("pin", ""))
        if len(pin) != 6 or not pin.isdecimal():
            raise Refused("Param pin must be 6 characters long.", 100)
        self.is_registered = True
        return {"success": True}

    def _debug_scopes(self, call: Call) -> Json:
        granted = [{"scope": scope, "target_ids": [ACCOUNT_ID]} for scope in self.scopes]
        return {"data": self._debug_token(call)["data"] | {"granular_scopes": granted}}

    def _subscribe_account(self, call: Call) -> Json:
        self.subscribed = {"messages"}
        return {"success": True}

    def _list_templates(self, call: Call) -> Json:
        begin = int(call.params.get("after", 0))
        end = begin + int(call.params.get("limit", 25))
        paging: Json = {"cursors": {"before": str(begin), "after": str(end)}}
        if end < len(self.templates):
            paging["next"] = f"https://graph.facebook.com/v25.0/{ACCOUNT_ID}/message_templates?after={end}"
        return {"data": self.templates[begin:end], "paging": paging}

    def _upload(self, call: Call) -> Json:
        if "file" not in call.files:
            raise Refused("The parameter file is required.", 100)
        name, mime, content = call.files["file"]
        return {"id": self._keep_media(name, str(call.params.get("type") or mime), content)["id"]}

    def _media_url(self, call: Call) -> Json:
        if call.path not in self._media:
            raise Refused(f"Unsupported get request. Object with ID '{call.path}' does not exist", 100, 33)
        return {**self._media[call.path], "messaging_product": "whatsapp"}

    def _keep_media(self, name: str, mime: str, content: bytes) -> Json:
        media_id = str(10**15 + self.number(f"media:{len(self._media)}", 10**14))
        self._media[media_id] = {
            "url": self.keep_file(name, mime, content),
            "mime_type": mime,
            "sha256": self.token("sha256", len(self._media)),
            "file_size": len(content),
            "id": media_id,
        }
        return self._media[media_id]

    # --- what we send -------------------------------------------------------------------------

    def _messages(self, call: Call) -> Json:
        params = call.params
        if params.get("status") == "read":
            return self._mark_read(call)
        chat, kind = self._addressed(call), str(params.get("type", ""))
        if kind == "reaction":
            return self._react_to(chat, call)
        is_template = kind == "template"
        kept = Kept(id=self._wamid(), from_us=True, text=self._content(kind, params))
        kept.buttons = shown_template(self.templates, params["template"]).buttons if is_template else ()
        kept.options = offered(params["interactive"]) if kind == "interactive" else None
        kept.is_voice = kind == "audio" and bool(params["audio"].get("voice"))
        tracked = params.get("biz_opaque_callback_data")
        self._statuses.extend(chat.fate(kept, call.now, tracked, is_template=is_template))
        chat.messages.append(kept)
        return self._accepted(chat, kept.id, call)

    def _accepted(self, chat: Chat, message_id: str, call: Call) -> Json:
        contact: Json = {"input": str(call.params.get("to") or call.params.get("recipient"))}
        message = {"id": message_id}
        if chat.group_id:
            message["group_id"] = chat.group_id
        else:
            contact |= {key: value for key, value in chat.phone.contact().items() if key != "profile"}
        return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]}

    def _addressed(self, call: Call) -> Chat:
        """The chat that a request is for; one begins with a number that nobody has written from."""
        to = str(call.params.get("to") or call.params.get("recipient") or "").lstrip("+")
        if not to:
            raise Refused("The parameter to is required.", 100)
        chat = self.phones.chat_named(to)
        if chat is not None:
            return chat
        if not to.isdecimal():
            raise Refused("Recipient is not a valid user", 131009)
        return self.phones.chat(self.phones.named(to) or self.phones.of(to, to, number=to))

    def _content(self, kind: str, params: Json) -> str:
        """What the customer reads of a message. Raises Refused for what WhatsApp does not take."""
        content = params.get(kind)
        if not isinstance(content, dict):
            raise Refused(f"The parameter {kind or 'type'} is required.", 131008 if kind else 100)
        if kind == "text":
            text = str(content.get("body", ""))
            if not 0 < length(text, TEXT.unit) <= TEXT.limit:
                raise Refused(f"Param text['body'] must be at most {TEXT.limit} characters long.", 100)
            return text
        if kind == "template":
            found = shown_template(self.templates, content)
            if found.code:
                raise Refused(found.text, found.code)
            return found.text
        if kind == "interactive":
            return checked(content)
        if kind in _MEDIA:
            return self._media_text(kind, content)
        raise Refused(f"Param type must be one of text, template, interactive, reaction, {', '.join(_MEDIA)}", 131009)

    def _media_text(self, kind: str, content: Json) -> str:
        if content.get("id") not in self._media and "link" not in content:
            raise Refused(f"Media id {content.get('id')} not found", 131009)
        caption = str(content.get("caption", ""))
        if length(caption, CAPTION.unit) > CAPTION.limit:
            raise Refused(f"Param {kind}['caption'] must be at most {CAPTION.limit} characters long.", 100)
        return caption or f"[{content.get('filename') or kind}]"

    def _react_to(self, chat: Chat, call: Call) -> Json:
        reaction = call.params.get("reaction", {})
        kept = chat.find(reaction.get("message_id"))
        if kept is None:
            raise Refused("The message to react to was not found.", 131009)
        kept.reactions["us"] = str(reaction.get("emoji", ""))
        return self._accepted(chat, self._wamid(), call)

    def _mark_read(self, call: Call) -> Json:
        """Mark a message of a customer's, and all before it."""
        for chat in self.phones.chats:
            kept = chat.find(call.params.get("message_id"), theirs=True)
            if kept is None:
                continue
            for one in chat.messages[: chat.messages.index(kept) + 1]:
                one.state = "read" if not one.from_us and one.state == "sent" else one.state
            return {"success": True}
        raise Refused("Param message_id is not a message of this number.", 131009)

    def _block(self, call: Call) -> Json:
        added: list[Json] = []
        for one in call.params.get("block_users", []):
            given = str(one.get("user") or one.get("user_id"))
            phone = self.phones.named(given)
            if phone is not None:
                phone.is_blocked = True
                added.append({"input": given, "wa_id": phone.number, "user_id": phone.user_id})
        error = {"message": "User has not messaged in the last 24 hours", "code": 139101}
        failed = [] if added else [{"errors": [error]}]
        return {"messaging_product": "whatsapp", "block_users": {"added_users": added, "failed_users": failed}}

    # --- customers ----------------------------------------------------------------------------

    def act(self, action: CustomerAction, now: int) -> list[Request]:
        """What a customer does, and the deliveries it leads to, statuses of our messages first. None for what
        businesses are not told: typing, blocking, leaving WhatsApp, and whatever somebody does whom we blocked.
        """
        phone = self.phones.of(action.person, action.name or action.person.title())
        phone.name = action.name or phone.name
        chat = self.phones.chat(phone, action.thread_id if action.thread_id.endswith(_GROUP) else "")
        does: dict[str, Callable[[CustomerAction, Chat, int], list[Json]]] = {
            "write": self._write,
            "join": self._join,
            "edit": self._edit,
            "delete": self._delete,
            "react": self._react,
            "read": self._read,
            "block": self._block_us,
            "leave": self._leave,
        }
        do = does.get(action.do)
        messages = do(action, chat, now) if do is not None else []
        told = [{"messages": [message]} for message in messages if not phone.is_blocked]
        statuses, self._statuses = self._statuses, []
        values = [*([{"statuses": statuses}] if statuses else []), *told]
        return self.deliver(OBJECT, [self._entry(value, phone) for value in values])

    def wrote_in_app(self, person: str, text: str, now: int) -> list[Request]:
        """The business answers in its phone app (coexistence)."""
        phone = self.phones.of(person, person.title())
        kept = Kept(id=self._wamid(), from_us=True, text=text, state="delivered")
        self.phones.chat(phone).messages.append(kept)
        echo = {
            "from": OUR_PHONE,
            "to": phone.number,
            "to_user_id": phone.user_id,
            "id": kept.id,
            "timestamp": str(now // _SECOND),
            "type": "text",
            "text": {"body": text},
        }
        return self.deliver(OBJECT, [self._entry({"message_echoes": [echo]}, phone, field="smb_message_echoes")])

    def change_number(self, person: str, now: int) -> list[Request]:
        """A person takes another number: with it comes another id."""
        phone = self.phones.of(person, person.title())
        message = self.phones.chat(phone).said(self._wamid(), now)
        old = phone.number
        phone.number, phone.user_id = str(int(old) + 1), f"{phone.user_id}9"
        body = f"User {phone.name} changed from {old} to {phone.number}"
        new = {"wa_id": phone.number, "user_id": phone.user_id}
        message |= {"type": "system", "system": {"type": "user_changed_number", "body": body, **new}}
        return self.deliver(OBJECT, [self._entry({"messages": [message]}, None)])

    def seen(self, thread_id: str) -> list[dict[str, str]]:
        """What is shown in the chat, oldest first, with ticks and reactions; what failed never arrived."""
        chat = self.phones.chat_named(thread_id)
        return [
            {
                "id": kept.id,
                "from": "us" if kept.from_us else "them",
                "text": kept.text,
                "state": kept.state,
                "reactions": "".join(kept.reactions.values()),
                "options": "\n".join((*kept.buttons, *(kept.options.choices if kept.options is not None else ()))),
            }
            for kept in (chat.messages if chat is not None else ())
            if kept.state not in ("deleted", "failed")
        ]

    def _entry(self, value: Json, phone: Phone | None, *, field: str = "messages") -> Json:
        metadata = {"display_phone_number": OUR_PHONE, "phone_number_id": NUMBER_ID}
        named = {} if phone is None or "statuses" in value else {"contacts": [phone.contact()]}
        full = {"messaging_product": "whatsapp", "metadata": metadata, **named, **value}
        return {"id": ACCOUNT_ID, "changes": [{"value": full, "field": field}]}

    # --- what they do -------------------------------------------------------------------------

    def _write(self, action: CustomerAction, chat: Chat, now: int) -> list[Json]:
        phone = chat.phone
        phone.blocks_us, phone.is_gone, phone.wrote_at = False, False, now
        quoted = chat.find(action.in_reply_to)
        contents = [self._attached(one) for one in action.attachments]
        if contents and contents[0][0] in _TAKES_CAPTION and action.text:
            contents[0] = (contents[0][0], contents[0][1] | {"caption": action.text})
        elif action.text or not contents:
            contents.insert(0, _worded(action.text, quoted))
        return [self._keep_theirs(chat, kind, content, now, quoted) for kind, content in contents]

    def _keep_theirs(self, chat: Chat, kind: str, content: Json, now: int, quoted: Kept | None = None) -> Json:
        picked = content.get(content.get("type", "")) or {} if kind == "interactive" else {}
        said = content.get("body") or content.get("caption") or content.get("text") or picked.get("title")
        text = said or f"[{kind}]"
        kept = Kept(id=self._wamid(), from_us=False, text=str(text))
        chat.messages.append(kept)
        message = chat.said(kept.id, now) | {"type": kind} | (content if kind == "contacts" else {kind: content})
        if quoted is not None:
            message["context"] = {"from": OUR_PHONE if quoted.from_us else chat.phone.number, "id": quoted.id}
        return message

    def _attached(self, attachment: Attachment) -> tuple[str, Json]:
        meta = attachment.meta
        if attachment.kind == "location":
            point: Json = {axis: float(meta[axis]) for axis in ("latitude", "longitude")}
            return "location", point | ({"name": attachment.title} if attachment.title else {})
        if attachment.kind == "contact":
            card = {"name": {"formatted_name": attachment.title}, "phones": [{"phone": meta.get("phone", "")}]}
            return "contacts", {"contacts": [card]}
        kind = _ATTACHED_AS.get(attachment.kind, "document")
        mime = attachment.mime or "application/octet-stream"
        content = attachment.data or f"{attachment.name or kind} of the sandbox".encode()
        media = self._keep_media(attachment.name or kind, mime, content)
        named = {"filename": attachment.name} if kind == "document" and attachment.name else {}
        voice = {"voice": mime == "audio/ogg"} if kind == "audio" else {}
        return kind, {"id": media["id"], "mime_type": mime, "sha256": media["sha256"], **named, **voice}

    def _join(self, action: CustomerAction, chat: Chat, now: int) -> list[Json]:
        """Come from an ad that opens the chat, with a first message."""
        chat.phone.wrote_at = now
        message = self._keep_theirs(chat, "text", {"body": action.text or "Hello! I saw your ad."}, now)
        referral = {
            "source_url": "https://fb.me/sandbox-ad",
            "source_id": "120210000000000042",
            "source_type": "ad",
            "headline": "New in our shop",
            "body": "Chat with us",
            "media_type": "image",
            "image_url": "https://scontent.xx.fbcdn.net/v/sandbox-ad.jpg",
            "ctwa_clid": self.token("clid", self._count),
        }
        return [message | {"referral": referral}]

    def _edit(self, action: CustomerAction, chat: Chat, now: int) -> list[Json]:
        kept = chat.find(action.message_id, theirs=True)
        if kept is None:
            return []
        kept.text, kept.state = action.text, "edited"
        changed = {"type": "text", "text": {"body": action.text}}
        edit = {"original_message_id": kept.id, "message": changed}
        return [chat.said(self._wamid(), now) | {"type": "edit", "edit": edit}]

    def _delete(self, action: CustomerAction, chat: Chat, now: int) -> list[Json]:
        kept = chat.find(action.message_id, theirs=True)
        if kept is None:
            return []
        kept.state = "deleted"
        return [chat.said(self._wamid(), now) | {"type": "revoke", "revoke": {"original_message_id": kept.id}}]

    def _react(self, action: CustomerAction, chat: Chat, now: int) -> list[Json]:
        kept = chat.find(action.message_id)
        if kept is None:
            return []
        kept.reactions[action.person] = action.emoji
        reaction = {"message_id": kept.id, **({"emoji": action.emoji} if action.emoji else {})}
        return [chat.said(self._wamid(), now) | {"type": "reaction", "reaction": reaction}]

    def _read(self, action: CustomerAction, chat: Chat, now: int) -> list[Json]:
        read = [kept for kept in chat.messages if kept.from_us and kept.state == "delivered"]
        self._statuses.extend(chat.status(kept, "played" if kept.is_voice else "read", now) for kept in read)
        return []

    def _block_us(self, action: CustomerAction, chat: Chat, now: int) -> list[Json]:
        chat.phone.blocks_us = True
        return []

    def _leave(self, action: CustomerAction, chat: Chat, now: int) -> list[Json]:
        chat.phone.is_gone = True
        return []

    def _wamid(self) -> str:
        self._count += 1
        return f"wamid.{self.token('wamid', self._count)}"


def _worded(text: str, quoted: Kept | None) -> tuple[str, Json]:
    """Words; those on a button under the message answered are a press of it."""
    if quoted is not None and text in quoted.buttons:
        return "button", {"text": text, "payload": text}
    if quoted is not None and quoted.options is not None and text in quoted.options.choices:
        kind = quoted.options.kind
        return "interactive", {"type": kind, kind: quoted.options.choices[text]}
    return "text", {"body": text}
