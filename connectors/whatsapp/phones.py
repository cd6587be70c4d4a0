"""The people of the simulator: their phones, and the chats with us on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from connectors._meta.graph import Json
from connectors.whatsapp.refusals import reason_of

OUR_PHONE = "15550783881"
_SECOND = 1_000_000
_DAY = 24 * 3600 * _SECOND


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be picked under a message: title → what comes back (`id`, `title`, `description`)."""

    kind: str
    """`button_reply` or `list_reply`."""
    choices: dict[str, Json]


@dataclass(slots=True)
class Kept:
    """A message in a chat and what became of it. `buttons` are those of a template that answer, `options` what an
    interactive message lets one pick.
    """

    id: str
    from_us: bool
    text: str
    state: str = "sent"
    reactions: dict[str, str] = field(default_factory=dict)
    buttons: tuple[str, ...] = ()
    options: Offered | None = None
    is_voice: bool = False


@dataclass(slots=True)
class Phone:
    """A WhatsApp user, as his phone has him."""

    key: str
    name: str
    number: str
    user_id: str
    hides_number: bool
    wrote_at: int = 0
    """µs: when he last wrote to us."""
    blocks_us: bool = False
    is_blocked: bool = False
    """By us: what he writes does not arrive."""
    is_gone: bool = False
    """The number is on WhatsApp no longer."""

    def contact(self) -> Json:
        """How deliveries name him."""
        profile = {"name": self.name, **({"username": f"@{self.key}"} if self.hides_number else {})}
        return {
            "profile": profile,
            **({} if self.hides_number else {"wa_id": self.number}),
            "user_id": self.user_id,
        }


@dataclass(slots=True)
class Chat:
    """What one person, or one group, shares with us. `phone` is whoever wrote last."""

    phone: Phone
    group_id: str = ""
    messages: list[Kept] = field(default_factory=list)

    def find(self, message_id: object, *, theirs: bool = False) -> Kept | None:
        """The message of that id that is still there; `theirs`: only one that we did not write."""
        found = (one for one in self.messages if one.id == message_id and one.state != "deleted")
        return next((one for one in found if not (theirs and one.from_us)), None)

    def said(self, message_id: str, now: int) -> Json:
        """What every message of the person's has."""
        phone = self.phone
        return {
            **({} if phone.hides_number else {"from": phone.number}),
            "from_user_id": phone.user_id,
            "id": message_id,
            "timestamp": str(now // _SECOND),
            **({"group_id": self.group_id} if self.group_id else {}),
        }

    def status(self, kept: Kept, state: str, now: int, tracked: object = None, *, code: int = 0) -> Json:
        """A status of a message of ours, which has that state now; `code` says why it failed."""
        kept.state = state
        status: Json = {"id": kept.id, "status": state, "timestamp": str(now // _SECOND)}
        if self.group_id:
            status |= {"recipient_id": self.group_id, "recipient_type": "group"}
            status["recipient_participant_user_id"] = self.phone.user_id
        else:
            status["recipient_user_id"] = self.phone.user_id
            status |= {} if self.phone.hides_number else {"recipient_id": self.phone.number}
        if tracked:
            status["biz_opaque_callback_data"] = tracked
        if code:
            words = reason_of(code, "")
            status["errors"] = [{"code": code, "title": words, "message": words, "error_data": {"details": words}}]
        return status

    def fate(self, kept: Kept, now: int, tracked: object, *, is_template: bool) -> list[Json]:
        """What will be told of a message of ours: it fails where the window is closed or the number is gone, and stays
        at one tick with whoever blocks us.
        """
        phone = self.phone
        if not is_template and now >= phone.wrote_at + _DAY:
            return [self.status(kept, "failed", now, tracked, code=131047)]
        if phone.is_gone:
            return [self.status(kept, "failed", now, tracked, code=131026)]
        states = ["sent"] if phone.blocks_us else ["sent", "delivered"]
        return [self.status(kept, state, now, tracked) for state in states]


class Phones:
    """Everybody with a phone, deterministic by the numbers that `number(name, below)` gives."""

    def __init__(self, number: Callable[[str, int], int]) -> None:
        self._number = number
        self._phones: dict[str, Phone] = {}
        self._chats: dict[str, Chat] = {}

    def __iter__(self) -> Iterator[Phone]:
        return iter(self._phones.values())

    @property
    def chats(self) -> Iterator[Chat]:
        """All of them."""
        return iter(self._chats.values())

    def of(self, key: str, name: str, *, number: str = "") -> Phone:
        """The phone of a person of the cast. Every fourth hides its number behind a username."""
        if key not in self._phones:
            user_id = f"GR.{10**16 + self._number(f'user:{key}', 10**16)}"
            hides = not number and self._number(f"hides:{key}", 4) == 0
            number = number or f"3069{self._number(f'phone:{key}', 10**8):08d}"
            self._phones[key] = Phone(key, name, number, user_id, hides)
        return self._phones[key]

    def named(self, name: str) -> Phone | None:
        """The phone with that number or id."""
        return next((one for one in self if name in (one.number, one.user_id)), None)

    def chat(self, phone: Phone, group_id: str = "") -> Chat:
        """The chat of a person with us, or a group he is in."""
        chat = self._chats.setdefault(group_id or phone.key, Chat(phone, group_id))
        chat.phone = phone
        return chat

    def chat_named(self, name: str) -> Chat | None:
        """The chat of a group, or of the person with that number, id or key."""
        if not name:
            return None
        if name in self._chats:
            return self._chats[name]
        phone = self.named(name)
        return self._chats.get(phone.key) if phone is not None else None
