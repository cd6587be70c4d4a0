"""An event made ready to be shown: its frame, encoded once, and who may see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from inbox.clock import iso
from inbox.domain import events as e
from inbox.domain.routing_shapes import became_shape
from inbox.domain.state import State
from inbox.eventlog.show import Show, post_shape, public_data, text_id, threads_by_conversation
from inbox.eventlog.show_desk import rules_shape
from inbox.eventlog.show_settings import setting_shape, view_key
from inbox.live.frames import Event, Left, encode
from inbox.live.protocol import payload_of, text_frame

_ENTERED = (b',"entered":false}', b',"entered":true}')


class Shown(msgspec.Struct, frozen=True):
    """One event of the log as websocket frames. `entered` and `left` are made when somebody needs them."""

    position: int
    at: int
    conversation_id: int | None
    audience: e.Audience
    before: e.Audience
    frame: bytes
    """The event frame with `entered` false."""
    event: e.AnyEvent
    now: e.Audience | None = None
    """Who may see the conversation that the frame shows, where that is another than the event's: read later, a frame
    holds what it has become since.
    """

    @property
    def payload(self) -> bytes:
        """JSON of the frame."""
        return payload_of(self.frame)

    def entered(self) -> bytes:
        """The frame for those to whom the conversation is newly visible."""
        return text_frame(self.payload.removesuffix(_ENTERED[0]) + _ENTERED[1])

    def left(self) -> bytes:
        """The frame for those who may no longer see it."""
        return text_frame(encode(Left(position=self.position, conversation_id=str(self.conversation_id))))


class Showing:
    """Makes `Shown` from logged events and the state of their batch, or one loaded for them."""

    def __init__(self, show: Show, public_url: str) -> None:
        self.show = show
        self.public_url = public_url

    def of(self, events: Sequence[e.Logged], state: State) -> list[Shown]:
        """The events of one batch. What the state does not hold stays out of the frames."""
        after = _After(self.show, state)
        return [self._one(logged, after) for logged in events]

    def _one(self, logged: e.Logged, after: _After) -> Shown:
        event = logged.event
        conversation_id = e.conversation_of(event)
        payload = encode(
            Event(
                position=logged.position,
                event=e.name_of(event),
                at=iso(logged.at),
                conversation_id=text_id(conversation_id),
                row=after.row(conversation_id),  # type: ignore[arg-type]  # encoded already
                data=self._data(logged, after),
            )
        )
        frame = text_frame(payload)
        now = _sight(conversation_id, logged.audience, after.state)
        return Shown(logged.position, logged.at, conversation_id, logged.audience, logged.before, frame, event, now)

    def _data(self, logged: e.Logged, after: _After) -> dict[str, Any]:
        data = public_data(logged.event)
        data["actor"] = self.show.actor(logged.actor, after.state)
        item = after.item(getattr(logged.event, "message_id", None))
        if item is not None:
            data["message"] = item
        if not isinstance(logged.event, e.ConversationEvent):
            self._add_object(data, logged, after.state)
        return data

    def _add_object(self, data: dict[str, Any], logged: e.Logged, state: State) -> None:
        if isinstance(logged.event, e.SettingChanged):
            data["value"] = None if logged.event.removed else self._setting(logged.event)
            if logged.event.object == "view":
                data["id"] = view_key(logged.event.id)
        elif isinstance(logged.event, e.Notified):
            told = state.notifications.get(logged.event.notification_id)
            if told is not None:
                data["object"] = "notification"
                data["value"] = setting_shape("notification", told, self.show.directory, self.public_url)
        elif isinstance(logged.event, e.ChannelHealthChanged):
            data["object"], data["value"] = "channel", self._setting_of("channel", logged.event.channel_id)
        elif isinstance(logged.event, e.PostChanged):
            post = state.posts.get(logged.event.post_id)
            data["object"], data["value"] = "post", post_shape(post) if post is not None else None
        elif isinstance(logged.event, e.AvailabilityChanged):
            data["object"], data["value"] = "availability", became_shape(logged.event, logged.at)

    def _setting(self, event: e.SettingChanged) -> Any:
        return self._setting_of(event.object, event.id)

    def _setting_of(self, kind: str, object_id: int) -> Any:
        directory = self.show.directory
        tables: dict[str, dict[int, Any]] = {
            "agent": directory.agents,
            "team": directory.teams,
            "tag": directory.tags,
            "canned": directory.canned,
            "view": directory.views,
            "channel": directory.channels,
            "calendar": directory.calendars,
            "policy": directory.policies,
            "macro": directory.desk.macros,
            "notice": directory.desk.notices,
            "rule": directory.rules,
            "house": directory.houses,
            "chain": directory.chains,
            "survey": directory.surveys,
        }
        if kind == "desk_rules":
            return rules_shape(directory.desk.rules)
        record = tables.get(kind, {}).get(object_id)
        return setting_shape(kind, record, directory, self.public_url)


class _After:
    """Rows and items as they are after a batch, encoded once for all of its events."""

    def __init__(self, show: Show, state: State) -> None:
        self.show = show
        self.state = state
        self._threads = threads_by_conversation(state)
        self._rows: dict[int, msgspec.Raw] = {}
        self._items: dict[int, msgspec.Raw] = {}

    def row(self, conversation_id: int | None) -> msgspec.Raw | None:
        """The list row of a conversation, None where the state does not hold it."""
        conversation = self.state.conversations.get(conversation_id or 0)
        if conversation is None:
            return None
        row = self._rows.get(conversation.id)
        if row is None:
            shape = self.show.row(conversation, self.state, self._threads.get(conversation.id, ()))
            row = self._rows[conversation.id] = msgspec.Raw(encode(shape))
        return row

    def item(self, message_id: int | None) -> msgspec.Raw | None:
        """An item of a timeline, None where the state does not hold it."""
        message = self.state.messages.get(message_id or 0)
        if message is None:
            return None
        item = self._items.get(message.id)
        if item is None:
            item = self._items[message.id] = msgspec.Raw(encode(self.show.message(message, self.state)))
        return item


def _sight(conversation_id: int | None, said: e.Audience, state: State) -> e.Audience | None:
    found = state.conversations.get(conversation_id or 0)
    if found is None or (found.channel_id, found.team_id) == (said.channel_id, said.team_id):
        return None
    return e.Audience(found.channel_id, found.team_id)


def needs_directory(event: e.Event) -> bool:
    """Events whose frame shows a settings object: the directory must be read again before they are shown."""
    return isinstance(event, (e.SettingChanged, e.ChannelHealthChanged))
