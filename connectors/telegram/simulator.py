"""The Bot API's side of the wire: a server that keeps chats, and customers who act in them.

It refuses what Telegram refuses, in Telegram's words. Chats come to be when somebody writes: a person's private chat
with the bot, a group under any negative thread id, a chat of a business account under `<person>@<connection>`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from connectors.contract import CustomerAction
from connectors.exchange import Request, Response
from connectors.inbound import Attachment
from connectors.telegram.manifest import CAPTION, REACTIONS, TEXT
from connectors.telegram.payloads import Place, numbers_of
from connectors.toolkit import faults
from connectors.toolkit.text import length

Json = dict[str, Any]

_GATEWAY = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>"
_FILE_FIELDS = ("photo", "video", "animation", "audio", "voice", "sticker", "document")
_ATTACHED_AS = {"image": "photo", "video": "video", "audio": "audio", "sticker": "sticker"}


class _Refused(Exception):
    """The server says no."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


@dataclass(slots=True)
class _Kept:
    """A message in a chat and what became of it."""

    message: Json
    from_us: bool
    state: str = "sent"
    reactions: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Call:
    """A request of ours, read: parameters and uploaded files."""

    params: Json
    files: dict[str, tuple[str, str, bytes]]
    now: int

    @property
    def place(self) -> Place:
        """The chat that the request names."""
        business = str(self.params.get("business_connection_id", ""))
        return Place(chat_id=str(self.params.get("chat_id", "")), business=business)

    @property
    def date(self) -> int:
        """Now, in seconds."""
        return self.now // 1_000_000


class BotApi:
    """A Bot API server with one bot, and all faults of `connectors.toolkit.faults`."""

    def __init__(self, seed: int) -> None:
        self.faults: set[str] = set()
        self._seed = seed
        self._next_update = 100_000_000 + self._number("updates", 10_000_000)
        self._webhook, self._secret = "", ""
        self._waiting: list[Json] = []
        self._held: list[Request] = []
        self._chats: dict[str, list[_Kept]] = {}
        self._files: dict[str, bytes] = {}
        self._blocked_by: set[str] = set()
        self._upgraded: dict[str, int] = {}
        self.answered_callbacks: list[str] = []
        bot_id = 1_000_000_000 + self._number("bot", 1_000_000_000)
        self._bot = {"id": bot_id, "is_bot": True, "first_name": "Sandbox", "username": "inbox_sandbox_bot"}
        self._owner = {"id": self._person_id("owner"), "is_bot": False, "first_name": "Owner"}
        self._names: dict[int, Json] = {}

    # --- our requests -------------------------------------------------------------------------

    def respond(self, request: Request, now: int) -> Response:
        """Answer a call of a method, or give a file."""
        if faults.OUTAGE in self.faults:
            return Response(status=502, headers={"content-type": "text/html"}, body=_GATEWAY)
        path = request.path.lstrip("/")
        if path.startswith("file/"):
            content = self._files.get(path.partition("/")[2].partition("/")[2])
            return Response(status=200, body=content) if content is not None else _json(404, {"ok": False})
        try:
            result = self._answer(path.rpartition("/")[2], _read(request, now))
        except _Refused as refused:
            return _json(refused.code, _refusal(refused))
        return faults.spoiled(_json(200, {"ok": True, "result": result}), self.faults)

    def _answer(self, method: str, call: _Call) -> object:
        if faults.EXPIRED_TOKEN in self.faults:
            raise _Refused(401, "Unauthorized")
        if faults.THROTTLED in self.faults:
            wait = faults.RETRY_AFTER_SECONDS
            raise _Refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        answers: dict[str, Callable[[_Call], object]] = {
            "getMe": lambda call: self._bot,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getUpdates": self._get_updates,
            "sendMessage": self._send_message,
            "sendMediaGroup": self._send_media_group,
            "editMessageText": self._edit_message_text,
            "editMessageCaption": self._edit_message_caption,
            "deleteMessage": self._delete_messages,
            "deleteMessages": self._delete_messages,
            "deleteBusinessMessages": self._delete_messages,
            "setMessageReaction": self._set_message_reaction,
            "readBusinessMessage": self._read_business_message,
            "sendChatAction": lambda call: bool(self._open(call)) or True,
            "answerCallbackQuery": self._answer_callback_query,
            "banChatMember": lambda call: True,
            "getFile": self._get_file,
            "getChat": self._get_chat,
        }
        answers |= {f"send{name.title()}": self._send_file for name in _FILE_FIELDS}
        if method not in answers:
            raise _Refused(404, "Not Found: method not found")
        return answers[method](call)

    def _set_webhook(self, call: _Call) -> bool:
        self._webhook = str(call.params.get("url", ""))
        self._secret = str(call.params.get("secret_token", ""))
        return True

    def _delete_webhook(self, call: _Call) -> bool:
        self._webhook = self._secret = ""
        return True

    def _get_updates(self, call: _Call) -> list[Json]:
        if self._webhook:
            hint = "use deleteWebhook to delete the webhook first"
            raise _Refused(409, f"Conflict: can't use getUpdates method while webhook is active; {hint}")
        offset = int(call.params.get("offset", 0))
        self._waiting = [update for update in self._waiting if update["update_id"] >= offset]
        return self._waiting[: int(call.params.get("limit", 100))]

    def _send_message(self, call: _Call) -> Json:
        text = str(call.params.get("text", "")).strip()
        if not text:
            raise _Refused(400, "Bad Request: message text is empty")
        if length(text, TEXT.unit) > TEXT.limit:
            raise _Refused(400, "Bad Request: message is too long")
        markup = call.params.get("reply_markup")
        return self._keep_ours(call, {"text": text} | ({"reply_markup": markup} if markup else {}))

    def _send_file(self, call: _Call) -> Json:
        name = next((name for name in _FILE_FIELDS if name in call.files), "")
        if not name:
            raise _Refused(400, "Bad Request: there is no file in the request")
        return self._keep_ours(call, self._file_content(name, call.files[name]) | _caption(call.params))

    def _send_media_group(self, call: _Call) -> list[Json]:
        media = call.params.get("media", [])
        if not 2 <= len(media) <= 10:
            raise _Refused(400, "Bad Request: wrong number of items in the album")
        album = self._token("album", len(self._chats.get(call.place.chat, [])))
        sent = []
        for item in media:
            uploaded = call.files.get(str(item["media"]).removeprefix("attach://"))
            if uploaded is None:
                raise _Refused(400, "Bad Request: wrong file identifier/HTTP URL specified")
            content = self._file_content(item["type"], uploaded) | _caption(item)
            sent.append(self._keep_ours(call, content | {"media_group_id": album}))
        return sent

    def _edit_message_text(self, call: _Call) -> Json:
        kept = self._find(call, "message to edit not found")
        text = str(call.params.get("text", ""))
        if "text" not in kept.message:
            raise _Refused(400, "Bad Request: there is no text in the message to edit")
        if length(text, TEXT.unit) > TEXT.limit:
            raise _Refused(400, "Bad Request: message is too long")
        return self._change(kept, "text", text, call.date)

    def _edit_message_caption(self, call: _Call) -> Json:
        kept = self._find(call, "message to edit not found")
        return self._change(kept, "caption", _caption(call.params).get("caption", ""), call.date)

    def _change(self, kept: _Kept, name: str, text: str, date: int) -> Json:
        if kept.message.get(name, "") == text:
            reason = "specified new message content and reply markup are exactly the same as a current content"
            raise _Refused(400, f"Bad Request: message is not modified: {reason} and reply markup of the message")
        kept.message |= {name: text, "edit_date": date}
        kept.state = "edited"
        return kept.message

    def _delete_messages(self, call: _Call) -> bool:
        """One, which must be there, or several, of which those that are there go."""
        if "message_id" in call.params:
            self._find(call, "message to delete not found").state = "deleted"
            return True
        for kept in self._open(call):
            if kept.message["message_id"] in call.params.get("message_ids", []):
                kept.state = "deleted"
        return True

    def _set_message_reaction(self, call: _Call) -> bool:
        kept = self._find(call, "message to react not found")
        emojis = [one.get("emoji", "") for one in call.params.get("reaction", [])]
        if any(emoji not in REACTIONS for emoji in emojis):
            raise _Refused(400, "Bad Request: REACTION_INVALID")
        kept.reactions["us"] = "".join(emojis)
        return True

    def _read_business_message(self, call: _Call) -> bool:
        self._find(call, "message not found").state = "read"
        return True

    def _answer_callback_query(self, call: _Call) -> bool:
        self.answered_callbacks.append(str(call.params.get("callback_query_id", "")))
        return True

    def _get_file(self, call: _Call) -> Json:
        file_id = str(call.params.get("file_id", ""))
        path = f"documents/{file_id}"
        if path not in self._files:
            raise _Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        size = len(self._files[path])
        return {"file_id": file_id, "file_unique_id": file_id[-8:], "file_size": size, "file_path": path}

    def _get_chat(self, call: _Call) -> Json:
        chat_id = int(call.place.chat_id or 0)
        if chat_id in self._names:
            person = self._names[chat_id]
            return person | {"type": "private", "bio": "Lives in the sandbox"}
        if call.place.chat not in self._chats:
            raise _Refused(400, "Bad Request: chat not found")
        return _chat(call.place, {})

    def _open(self, call: _Call) -> list[_Kept]:
        """The chat a request is for. Raises _Refused where the bot cannot write."""
        place = call.place
        if place.chat_id in self._upgraded:
            moved_to = self._upgraded[place.chat_id]
            text = "Bad Request: group chat was upgraded to a supergroup chat"
            raise _Refused(400, text, migrate_to_chat_id=moved_to)
        if place.chat_id in self._blocked_by:
            raise _Refused(403, "Forbidden: bot was blocked by the user")
        if place.chat not in self._chats:
            raise _Refused(400, "Bad Request: chat not found")
        return self._chats[place.chat]

    def _find(self, call: _Call, otherwise: str) -> _Kept:
        for kept in self._open(call):
            if kept.message["message_id"] == call.params.get("message_id") and kept.state != "deleted":
                return kept
        raise _Refused(400, f"Bad Request: {otherwise}")

    def _keep_ours(self, call: _Call, content: Json) -> Json:
        chat = self._open(call)
        message = {
            "message_id": len(chat) + 1,
            "from": self._owner if call.place.business else self._bot,
            "chat": _chat(call.place, self._names.get(_int(call.place.chat_id), {})),
            "date": call.date,
        }
        if call.place.business:
            message |= {"business_connection_id": call.place.business, "sender_business_bot": self._bot}
        replied = call.params.get("reply_parameters", {}).get("message_id")
        original = next((kept.message for kept in chat if kept.message["message_id"] == replied), None)
        message |= {"reply_to_message": _without_reply(original)} if original else {}
        chat.append(_Kept(message | content, from_us=True))
        return chat[-1].message

    # --- customers ----------------------------------------------------------------------------

    def act(self, action: CustomerAction, now: int) -> list[Request]:
        """What a customer does, and the deliveries it leads to: none while updates are asked for by getUpdates, and
        none for what bots are not told (reading, typing, deletions outside the chats of a business account).
        """
        does: dict[str, Callable[[CustomerAction, Json, Place, int], list[Json]]] = {
            "write": self._write,
            "edit": self._edit,
            "delete": self._delete,
            "react": self._react,
            "block": self._leave,
            "leave": self._leave,
            "join": self._join,
        }
        if action.do not in does:
            return []
        person_id = self._person_id(action.person)
        name = action.name or self._names.get(person_id, {}).get("first_name", action.person.title())
        person: Json = {"id": person_id, "is_bot": False, "first_name": name}
        self._names[person_id] = person
        place = Place.of(action.thread_id or str(person_id))
        updates = [self._update(update) for update in does[action.do](action, person, place, now // 1_000_000)]
        if not self._webhook:
            self._waiting.extend(updates)
            return []
        return faults.deliveries([self._delivery(update) for update in updates], self._held, self.faults)

    def upgrade(self, thread_id: str, now: int) -> list[Request]:
        """Make a group a supergroup: it gets another id, and the old one refuses everything."""
        old, new = Place.of(thread_id), -1_000_000_000_000 - abs(_int(thread_id))
        self._upgraded[old.chat_id] = new
        self._chats[str(new)] = self._chats.get(old.chat, [])
        moved = self._keep_theirs(old, self._bot, now // 1_000_000, {"migrate_to_chat_id": new})
        update = self._update({"message": moved})
        if self._webhook:
            return [self._delivery(update)]
        self._waiting.append(update)
        return []

    def seen(self, thread_id: str) -> list[dict[str, str]]:
        """What is shown in the chat, oldest first, with the reactions on it."""
        place = Place.of(thread_id)
        return [
            {
                "id": place.message_id(kept.message["message_id"]),
                "from": "us" if kept.from_us else "them",
                "text": kept.message.get("text") or kept.message.get("caption", ""),
                "state": kept.state,
                "reactions": "".join(kept.reactions.values()),
                "options": "\n".join(button["text"] for button in _buttons(kept.message)),
            }
            for kept in self._chats.get(place.chat, [])
            if kept.state != "deleted"
        ]

    def _write(self, action: CustomerAction, person: Json, place: Place, date: int) -> list[Json]:
        updates = []
        if place.chat_id in self._blocked_by:
            self._blocked_by.discard(place.chat_id)
            updates.append(self._membership(person, place, date, "kicked", "member"))
        pressed = self._pressed(action, person, place)
        if pressed is not None:
            return [*updates, pressed]
        contents: list[Json] = [self._attached(one) for one in action.attachments] or [{}]
        if len(contents) > 1:
            album = self._token("album", self._next_update)
            contents = [content | {"media_group_id": album} for content in contents]
        contents[0] = contents[0] | self._worded(action.text, "caption" if action.attachments else "text")
        original = next((k.message for k in self._chats.get(place.chat, []) if _is(k, action.in_reply_to)), None)
        reply = {"reply_to_message": _without_reply(original)} if original else {}
        kind = "business_message" if place.business else "message"
        return updates + [{kind: self._keep_theirs(place, person, date, content | reply)} for content in contents]

    def _pressed(self, action: CustomerAction, person: Json, place: Place) -> Json | None:
        """A button under a message of ours, where that is what he says; nothing new stands in the chat then."""
        under = next((k.message for k in self._chats.get(place.chat, []) if _is(k, action.in_reply_to)), {})
        data = next((one["callback_data"] for one in _buttons(under) if one["text"] == action.text), None)
        if data is None:
            return None
        query = {"id": self._token("callback", self._next_update), "from": person, "message": under}
        return {"callback_query": query | {"chat_instance": place.chat, "data": data}}

    def _edit(self, action: CustomerAction, person: Json, place: Place, date: int) -> list[Json]:
        kind = "edited_business_message" if place.business else "edited_message"
        for kept in self._chats.get(place.chat, []):
            if _is(kept, action.message_id) and kept.state != "deleted":
                name = "text" if "text" in kept.message else "caption"
                kept.message = {k: v for k, v in kept.message.items() if not k.endswith("entities")}
                kept.message |= self._worded(action.text, name) | {"edit_date": date}
                kept.state = "edited"
                return [{kind: kept.message}]
        return []

    def _delete(self, action: CustomerAction, person: Json, place: Place, date: int) -> list[Json]:
        for kept in self._chats.get(place.chat, []):
            if _is(kept, action.message_id):
                kept.state = "deleted"
        if not place.business:
            return []  # Telegram tells a bot of deletions in the chats of a business account only
        gone = {"business_connection_id": place.business, "chat": _chat(place, person)}
        return [{"deleted_business_messages": gone | {"message_ids": numbers_of(action.message_id)}}]

    def _react(self, action: CustomerAction, person: Json, place: Place, date: int) -> list[Json]:
        for kept in self._chats.get(place.chat, []):
            if _is(kept, action.message_id):
                before = kept.reactions.get(action.person, "")
                kept.reactions[action.person] = action.emoji
                changed = {
                    "chat": _chat(place, person),
                    "message_id": kept.message["message_id"],
                    "user": person,
                    "date": date,
                    "old_reaction": _reaction(before),
                    "new_reaction": _reaction(action.emoji),
                }
                return [{"message_reaction": changed}]
        return []

    def _leave(self, action: CustomerAction, person: Json, place: Place, date: int) -> list[Json]:
        """Leave a group, or block the bot: Telegram has no other way out of a private chat."""
        if place.chat_id.startswith("-"):
            return [{"message": self._keep_theirs(place, person, date, {"left_chat_member": person})}]
        self._blocked_by.add(place.chat_id)
        return [self._membership(person, place, date, "member", "kicked")]

    def _join(self, action: CustomerAction, person: Json, place: Place, date: int) -> list[Json]:
        """Enter a group, or start the bot, with the payload of a deep link as `text`."""
        if place.chat_id.startswith("-"):
            return [{"message": self._keep_theirs(place, person, date, {"new_chat_members": [person]})}]
        started = msgspec.structs.replace(action, text=f"/start {action.text}".strip(), attachments=())
        return self._write(started, person, place, date)

    def _membership(self, person: Json, place: Place, date: int, old: str, new: str) -> Json:
        change = {"chat": _chat(place, person), "from": person, "date": date}
        statuses = {"old_chat_member": old, "new_chat_member": new}
        return {"my_chat_member": change | {k: {"user": self._bot, "status": v} for k, v in statuses.items()}}

    def _keep_theirs(self, place: Place, person: Json, date: int, content: Json) -> Json:
        chat = self._chats.setdefault(place.chat, [])
        message = {"message_id": len(chat) + 1, "from": person, "chat": _chat(place, person), "date": date}
        if place.business:
            message["business_connection_id"] = place.business
        chat.append(_Kept(message | content, from_us=False))
        return chat[-1].message

    def _worded(self, text: str, name: str) -> Json:
        """Text with the entities that decide whom it is for: a command at its start, and the bot's name."""
        entities = []
        if text.startswith("/"):
            entities.append({"type": "bot_command", "offset": 0, "length": length(text.split()[0], "utf16")})
        at = text.find(f"@{self._bot['username']}")
        if at > 0 and not entities:
            size = length(f"@{self._bot['username']}", "utf16")
            entities.append({"type": "mention", "offset": length(text[:at], "utf16"), "length": size})
        marked = {"entities" if name == "text" else "caption_entities": entities} if entities else {}
        return {name: text, **marked} if text else {}

    def _attached(self, attachment: Attachment) -> Json:
        if attachment.kind == "location":
            return {"location": {axis: float(attachment.meta[axis]) for axis in ("latitude", "longitude")}}
        if attachment.kind == "contact":
            return {"contact": {"phone_number": attachment.meta["phone"], "first_name": attachment.title}}
        name = _ATTACHED_AS.get(attachment.kind, "document")
        content = attachment.data or f"{attachment.name or name} of the sandbox".encode()
        return self._file_content(name, (attachment.name, attachment.mime, content))

    def _file_content(self, name: str, uploaded: tuple[str, str, bytes]) -> Json:
        file_name, mime, content = uploaded
        file_id = self._token("file", len(self._files))
        self._files[f"documents/{file_id}"] = content
        file: Json = {"file_id": file_id, "file_unique_id": file_id[-8:], "file_size": len(content)}
        if name == "photo":
            return {"photo": [file | {"width": 90, "height": 60}, file | {"width": 1280, "height": 853}]}
        return {name: file | {"file_name": file_name, "mime_type": mime or "application/octet-stream"}}

    # --- updates ------------------------------------------------------------------------------

    def _update(self, content: Json) -> Json:
        """Numbered; a copy, since messages change later."""
        self._next_update += 1
        copy: Json = msgspec.json.decode(msgspec.json.encode({"update_id": self._next_update, **content}))
        return copy

    def _delivery(self, update: Json) -> Request:
        headers = {"content-type": "application/json", "x-telegram-bot-api-secret-token": self._secret}
        return Request(method="POST", path="", headers=headers, body=msgspec.json.encode(update))

    def _number(self, name: str, below: int) -> int:
        return int.from_bytes(hashlib.sha256(f"{self._seed}:{name}".encode()).digest()[:8]) % below

    def _person_id(self, key: str) -> int:
        return 100_000_000 + self._number(f"person:{key}", 900_000_000)

    def _token(self, name: str, count: int) -> str:
        return hashlib.sha256(f"{self._seed}:{name}:{count}".encode()).hexdigest()[:24]


def _json(status: int, value: object) -> Response:
    return Response(status=status, headers={"content-type": "application/json"}, body=msgspec.json.encode(value))


def _refusal(refused: _Refused) -> Json:
    body: Json = {"ok": False, "error_code": refused.code, "description": refused.description}
    return body | ({"parameters": refused.parameters} if refused.parameters else {})


def _chat(place: Place, person: Mapping[str, Any]) -> Json:
    if place.chat_id.startswith("-"):
        kind = "supergroup" if place.chat_id.startswith("-100") else "group"
        return {"id": _int(place.chat_id), "type": kind, "title": "Sandbox group"}
    return {"id": _int(place.chat_id), "type": "private", "first_name": person.get("first_name", "")}


def _caption(params: Mapping[str, Any]) -> Json:
    caption = str(params.get("caption", ""))
    if length(caption, CAPTION.unit) > CAPTION.limit:
        raise _Refused(400, "Bad Request: message caption is too long")
    return {"caption": caption} if caption else {}


def _int(written: str) -> int:
    return int(written) if written.removeprefix("-").isdecimal() else 0


def _is(kept: _Kept, message_id: str) -> bool:
    return kept.message["message_id"] in numbers_of(message_id)


def _without_reply(message: Json) -> Json:
    return {key: value for key, value in message.items() if key != "reply_to_message"}


def _reaction(emoji: str) -> list[Json]:
    return [{"type": "emoji", "emoji": emoji}] if emoji else []


def _read(request: Request, now: int) -> _Call:
    """Parameters as JSON, form fields or multipart, as the Bot API takes them."""
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        return _read_multipart(request.body, kind.partition("boundary=")[2].strip('"'), now)
    if kind.startswith("application/json") and request.body:
        return _Call(msgspec.json.decode(request.body), {}, now)
    pairs = parse_qsl(request.query) + parse_qsl(request.body.decode("utf-8", "replace"))
    return _Call({name: _loaded(value) for name, value in pairs}, {}, now)


def _read_multipart(body: bytes, boundary: str, now: int) -> _Call:
    call = _Call({}, {}, now)
    for part in body.split(b"--" + boundary.encode())[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        content = content.removesuffix(b"\r\n")
        lines = [line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n")]
        headers = {name.lower(): value.strip() for name, _, value in lines}
        disposition = dict(one.strip().split("=", 1) for one in headers["content-disposition"].split(";")[1:])
        name = disposition["name"].strip('"')
        if "filename" in disposition:
            file_name = disposition["filename"].strip('"')
            call.files[name] = (file_name, headers.get("content-type", ""), content)
        else:
            call.params[name] = _loaded(content.decode())
    return call


def _loaded(value: str) -> object:
    """A form field: numbers and structures are JSON in it, words are not."""
    try:
        loaded = msgspec.json.decode(value)
    except msgspec.DecodeError:
        return value
    return value if isinstance(loaded, str) else loaded


def _buttons(message: Json) -> list[Json]:
    """The buttons below a message that answer."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", ())
    return [button for row in rows for button in row if "callback_data" in button]
