"""The Page's side of the wire: an inbox with people who write to it, react, edit, read and block."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from connectors._meta.options import titles_in, words_of
from connectors._meta.simulator import APP_ID, PAGE_ID, Call, GraphSimulator, Refused, Route
from connectors.contract import CustomerAction
from connectors.exchange import Request
from connectors.inbound import Attachment
from connectors.messenger.manifest import (
    FIELDS,
    HUMAN_AGENT_WINDOW_SECONDS,
    SCOPES,
    STANDARD_WINDOW_SECONDS,
    TEXT,
)
from connectors.toolkit.text import length
from connectors.toolkit.times import to_rfc3339

Json = dict[str, Any]

_US = 1_000_000
_TYPES = {"image": "image", "sticker": "image", "video": "video", "audio": "audio"}
_MAX_EDITS = 5
_SENDER_ACTIONS = {"typing_on", "typing_off", "mark_seen", "react", "unreact"}


@dataclass(slots=True)
class _Kept:
    """A message in a conversation and what became of it."""

    mid: str
    from_us: bool
    text: str
    at: int
    state: str = "sent"
    edits: int = 0
    attachments: list[Json] = field(default_factory=list)
    reply_to: str = ""
    reactions: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    """What can be picked under it: title → payload."""


@dataclass(slots=True)
class _Conversation:
    """A person and what was said."""

    person: str
    messages: list[_Kept] = field(default_factory=list)
    last_act_at: int = 0
    """The last act of the person that opens the reply window, µs."""
    blocked: bool = False


class PageInbox(GraphSimulator):
    """The conversations of one Page, as its people and the Send API see them."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, asset_id=PAGE_ID, name="Sandbox Page", token_field="page_access_token")  # noqa: S106
        self.scopes = SCOPES
        self.subscribed = set(FIELDS)
        self._conversations: dict[str, _Conversation] = {}
        self._names: dict[str, str] = {}
        self._count = 0
        self._told: list[Json] = []
        """Echoes and receipts of what we sent, delivered with what the next person does."""
        self.settle()

    def settle(self) -> None:
        """What a page answers in private is read here."""
        self.town.messenger = self._written_privately

    def routes(self) -> Sequence[Route]:
        """The Send API, profiles and conversations."""
        page = f"(?:{self.asset_id}|me)"
        return (
            ("POST", f"{page}/messages", self._send),
            ("GET", f"{page}/conversations", self._list),
            ("GET", page, lambda call: {"id": self.asset_id, "name": self.name, "username": "sandbox.page"}),
            ("GET", r"(?P<person>\d+)", self._profile),
        )

    # --- our requests -------------------------------------------------------------------------

    def _send(self, call: Call) -> Json:
        conversation = self._addressed(call)
        person_id = self.person_id(conversation.person)
        if "sender_action" in call.params:
            self._sender_action(conversation, call)
            return {"recipient_id": person_id}
        if conversation.blocked:
            raise Refused("This person isn't available right now.", 551, 1545041)
        self._require_window(conversation, call)
        kept = self._keep_ours(conversation, call)
        return {"recipient_id": person_id, "message_id": kept.mid}

    def _addressed(self, call: Call) -> _Conversation:
        wanted = str(call.params.get("recipient", {}).get("id", ""))
        for conversation in self._conversations.values():
            if self.person_id(conversation.person) == wanted:
                return conversation
        raise Refused("No matching user found", 100, 2018001)

    def _require_window(self, conversation: _Conversation, call: Call) -> None:
        passed = call.now - conversation.last_act_at
        tagged = call.params.get("messaging_type") == "MESSAGE_TAG" and call.params.get("tag") == "HUMAN_AGENT"
        seconds = HUMAN_AGENT_WINDOW_SECONDS if tagged else STANDARD_WINDOW_SECONDS
        if passed > seconds * _US:
            raise Refused("This message is sent outside of allowed window.", 10, 2018278)

    def _keep_ours(self, conversation: _Conversation, call: Call) -> _Kept:
        message = call.params.get("message", {})
        text = str(message.get("text", "")) or words_of(message)
        if length(text, TEXT.unit) > TEXT.limit:
            raise Refused("Length of param message[text] must be less than or equal to 2000", 100)
        attachments = [self._uploaded(message, call)] if "attachment" in message and not words_of(message) else []
        if not text and not attachments:
            raise Refused("Message cannot be empty, must provide valid attachment or text", 100, 2018034)
        kept = self._keep(conversation, text, attachments, call.now, from_us=True)
        kept.reply_to, kept.options = str(message.get("reply_to", {}).get("mid", "")), titles_in(message)
        echo: Json = {"mid": kept.mid, "is_echo": True, "app_id": int(APP_ID), "metadata": message.get("metadata", "")}
        echo |= _said(kept)
        self._tell("message_echoes", {"message": echo}, conversation, call.now, by_page=True)
        watermark = {"mids": [kept.mid], "watermark": _millis(call.now)}
        self._tell("message_deliveries", {"delivery": watermark}, conversation, call.now)
        return kept

    def _written_privately(self, person: str, name: str, text: str, now: int) -> tuple[str, str]:
        """The page answered a comment in private. It does not open the window: only the person's answer does."""
        self._names[person] = name or self._names.get(person, person.title())
        conversation = self._conversations.setdefault(person, _Conversation(person))
        kept = self._keep(conversation, text, [], now, from_us=True)
        echo = {"mid": kept.mid, "is_echo": True, "app_id": int(APP_ID), **_said(kept)}
        self._tell("message_echoes", {"message": echo}, conversation, now, by_page=True)
        return self.person_id(person), kept.mid

    def _uploaded(self, message: Json, call: Call) -> Json:
        kind = message["attachment"].get("type", "file")
        payload = message["attachment"].get("payload", {})
        uploaded = call.files.get("filedata")
        if uploaded is None and not payload.get("url"):
            raise Refused("Failed to upload: no file and no url", 100, 2018047)
        url = payload.get("url") if uploaded is None else self.keep_file(*uploaded)
        return {"type": kind, "payload": {"url": url}}

    def _sender_action(self, conversation: _Conversation, call: Call) -> None:
        action, payload = str(call.params["sender_action"]), call.params.get("payload", {})
        if action not in _SENDER_ACTIONS:
            raise Refused(f"(#100) Param sender_action must be one of {sorted(_SENDER_ACTIONS)}", 100)
        if action in ("react", "unreact"):
            kept = _found(conversation, str(payload.get("message_id", "")))
            if kept is None:
                raise Refused("Invalid message_id", 100)
            kept.reactions["us"] = str(payload.get("reaction", "")) if action == "react" else ""

    def _profile(self, call: Call) -> Json:
        wanted = call.match["person"]
        for conversation in self._conversations.values():
            if self.person_id(conversation.person) == wanted:
                first, _, last = self._names[conversation.person].partition(" ")
                return {"id": wanted, "first_name": first, "last_name": last, "name": f"{first} {last}".strip()}
        hint = "does not exist, cannot be loaded due to missing permissions, or does not support this operation"
        raise Refused(f"Unsupported get request. Object with ID '{wanted}' {hint}", 100, 33)

    def _list(self, call: Call) -> Json:
        """Newest first, a page at a time."""
        wanted, start = str(call.params.get("user_id", "")), int(call.params.get("after") or 0)
        found = [one for one in self._conversations.values() if one.messages]
        found = [one for one in found if wanted in ("", self.person_id(one.person))]
        found.sort(key=lambda one: -one.messages[-1].at)
        end = start + int(call.params.get("limit") or 25)
        paging: Json = {"cursors": {"before": str(start), "after": str(end)}}
        if end < len(found):
            paging["next"] = f"https://graph.facebook.com/v25.0/{call.path}?after={end}"
        return {"data": [self._listed(one) for one in found[start:end]], "paging": paging}

    def _listed(self, conversation: _Conversation) -> Json:
        person = {"id": self.person_id(conversation.person), "name": self._names[conversation.person]}
        us = {"id": self.asset_id, "name": self.name}
        messages = [
            {
                "id": kept.mid,
                "created_time": to_rfc3339(kept.at).replace("Z", "+0000"),
                "from": us if kept.from_us else person,
                "message": kept.text,
                **_listed_files(kept.attachments),
            }
            for kept in reversed(conversation.messages[-20:])
            if kept.state != "deleted"
        ]
        updated = to_rfc3339(conversation.messages[-1].at).replace("Z", "+0000")
        thread_id = f"t_{self.token(conversation.person, 0)}"
        people = {"participants": {"data": [person, us]}, "updated_time": updated}
        return {"id": thread_id, **people, "messages": {"data": messages}}

    # --- customers ----------------------------------------------------------------------------

    def act(self, action: CustomerAction, now: int) -> list[Request]:
        """What a person does, and the deliveries it leads to: before it, echoes and receipts of what we sent; none of
        its own for what Pages are not told (writing, blocking, leaving).
        """
        does: dict[str, Callable[[CustomerAction, _Conversation, int], None]] = {
            "write": self._write,
            "edit": self._edit,
            "delete": self._delete,
            "react": self._react,
            "read": self._read,
            "block": self._block,
            "leave": self._block,
            "join": self._join,
        }
        if action.do in does:
            does[action.do](action, self._conversation(action), now)
        told, self._told = self._told, []
        return self.deliver("page", [{"id": self.asset_id, "time": _millis(now), "messaging": [one]} for one in told])

    def seen(self, thread_id: str) -> list[dict[str, str]]:
        """What the person sees, oldest first, with the reactions on it."""
        found = (one for one in self._conversations.values() if thread_id in (one.person, self.person_id(one.person)))
        conversation = next(found, None)
        return [
            {
                "id": kept.mid,
                "from": "us" if kept.from_us else "them",
                "text": kept.text or " ".join(f"[{one['type']}]" for one in kept.attachments),
                "state": kept.state,
                "reactions": "".join(kept.reactions.values()),
                "options": "\n".join(kept.options),
            }
            for kept in (conversation.messages if conversation is not None else ())
            if kept.state != "deleted"
        ]

    def _conversation(self, action: CustomerAction) -> _Conversation:
        known = self._names.get(action.person, action.person.title())
        self._names[action.person] = action.name or known
        return self._conversations.setdefault(action.person, _Conversation(action.person))

    def _write(self, action: CustomerAction, conversation: _Conversation, now: int) -> None:
        conversation.blocked = False
        conversation.last_act_at = now
        attachments = [self._attached(one) for one in action.attachments]
        groups: list[tuple[str, list[Json]]] = [(action.text, [])] if action.text or not attachments else []
        groups += [("", [one]) for one in attachments]
        for text, files in groups:
            kept = self._keep(conversation, text, files, now, from_us=False)
            offer = _found(conversation, action.in_reply_to)
            payload = offer.options.get(text) if offer is not None else None
            kept.reply_to = action.in_reply_to if payload is None else ""
            picked = {} if payload is None else {"quick_reply": {"payload": payload}}
            self._tell("messages", {"message": {"mid": kept.mid, **_said(kept), **picked}}, conversation, now)

    def _edit(self, action: CustomerAction, conversation: _Conversation, now: int) -> None:
        kept = _found(conversation, action.message_id)
        if kept is None or kept.from_us or kept.edits == _MAX_EDITS:
            return
        kept.text, kept.state, kept.edits = action.text, "edited", kept.edits + 1
        edit = {"mid": kept.mid, "text": kept.text, "num_edit": kept.edits}
        self._tell("message_edits", {"message_edit": edit}, conversation, now)

    def _delete(self, action: CustomerAction, conversation: _Conversation, now: int) -> None:
        kept = _found(conversation, action.message_id)
        if kept is not None and not kept.from_us:
            kept.state = "deleted"
            self._tell("messages", {"message": {"mid": kept.mid, "is_deleted": True}}, conversation, now)

    def _react(self, action: CustomerAction, conversation: _Conversation, now: int) -> None:
        kept = _found(conversation, action.message_id)
        if kept is None:
            return
        conversation.last_act_at = now
        kept.reactions[action.person] = action.emoji
        reaction: Json = {"mid": kept.mid, "action": "react" if action.emoji else "unreact"}
        reaction |= {"emoji": action.emoji, "reaction": "other"} if action.emoji else {}
        self._tell("message_reactions", {"reaction": reaction}, conversation, now)

    def _read(self, action: CustomerAction, conversation: _Conversation, now: int) -> None:
        for kept in conversation.messages:
            if kept.from_us and kept.state != "deleted":
                kept.state = "read"
        self._tell("message_reads", {"read": {"watermark": _millis(now)}}, conversation, now)

    def _block(self, action: CustomerAction, conversation: _Conversation, now: int) -> None:
        """Turn messages of the Page off: it learns so when it writes."""
        conversation.blocked = True

    def _join(self, action: CustomerAction, conversation: _Conversation, now: int) -> None:
        """Open the chat by a link, with its `ref` as text."""
        conversation.last_act_at = now
        referral = {"ref": action.text, "source": "SHORTLINK", "type": "OPEN_THREAD"}
        self._tell("messaging_referrals", {"referral": referral}, conversation, now)

    def _attached(self, attachment: Attachment) -> Json:
        if attachment.kind == "location":
            place = {"lat": float(attachment.meta["latitude"]), "long": float(attachment.meta["longitude"])}
            return {"type": "location", "title": attachment.title, "payload": {"coordinates": place}}
        if attachment.kind in ("link", "contact"):
            url = attachment.url or attachment.meta.get("url", "")
            return {"type": "fallback", "title": attachment.title, "url": url, "payload": None}
        content = attachment.data or f"{attachment.name or attachment.kind} of the sandbox".encode()
        url = attachment.url or self.keep_file(attachment.name, attachment.mime, content)
        payload: Json = {"url": url}
        if attachment.kind == "sticker":
            return {"type": "sticker", "payload": payload | {"sticker_id": 126361874215276}}
        return {"type": _TYPES.get(attachment.kind, "file"), "payload": payload}

    # --- both sides ---------------------------------------------------------------------------

    def _keep(
        self, conversation: _Conversation, text: str, attachments: list[Json], now: int, *, from_us: bool
    ) -> _Kept:
        self._count += 1
        mid = f"m_{self.token('message', self._count)}"
        conversation.messages.append(_Kept(mid, from_us, text, now, attachments=attachments))
        return conversation.messages[-1]

    def _tell(self, name: str, content: Json, conversation: _Conversation, now: int, *, by_page: bool = False) -> None:
        """Have an event delivered, where its field is subscribed to. A copy, since messages change later."""
        if name not in self.subscribed:
            return
        person, page = {"id": self.person_id(conversation.person)}, {"id": self.asset_id}
        sender, recipient = (page, person) if by_page else (person, page)
        event: Json = {"sender": sender, "recipient": recipient, "timestamp": _millis(now), **content}
        self._told.append(msgspec.json.decode(msgspec.json.encode(event)))


def _listed_files(attachments: list[Json]) -> Json:
    """Attachments as conversations list them."""
    data = []
    for one in attachments:
        url = (one.get("payload") or {}).get("url") or one.get("url")
        field = {"image": "image_data", "video": "video_data"}.get(one["type"])
        data.append({"name": one.get("title", ""), **({field: {"url": url}} if field else {"file_url": url})})
    return {"attachments": {"data": data}} if data else {}


def _said(kept: _Kept) -> Json:
    said: Json = {"text": kept.text} if kept.text else {}
    said |= {"attachments": kept.attachments} if kept.attachments else {}
    return said | ({"reply_to": {"mid": kept.reply_to}} if kept.reply_to else {})


def _found(conversation: _Conversation, mid: str) -> _Kept | None:
    return next((kept for kept in conversation.messages if kept.mid == mid and kept.state != "deleted"), None)


def _millis(now: int) -> int:
    return now // 1000
