"""WhatsApp's deliveries to `Inbound`. One brings messages and statuses of several people, each read on its own."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from msgspec import Raw

from connectors._meta import permissions
from connectors._meta.envelope import parse_for
from connectors.contract import Context
from connectors.errors import PayloadInvalid
from connectors.inbound import (
    AnyInbound,
    Author,
    IdentityChanged,
    Ignored,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    Origin,
    ReactionChanged,
    Thread,
)
from connectors.toolkit.payload import decode
from connectors.whatsapp import account
from connectors.whatsapp import messages as said
from connectors.whatsapp import payloads as wa
from connectors.whatsapp.content import is_ad, own_number, shown
from connectors.whatsapp.manifest import IGNORED, MANIFEST, WINDOW_SECONDS
from connectors.whatsapp.payloads import Person, name_of, text_of
from connectors.whatsapp.people import (
    Scene,
    author_of,
    digits_of,
    named_anew,
    renamed,
    scene_of,
    thread_of,
    us,
    with_number,
)
from connectors.whatsapp.statuses import read_status

_US = 1_000_000
_FROM_TO = re.compile(r"changed from (\S+) to (\S+)")
"""What the line about a new number says, where its fields do not."""

Reader = Callable[[Raw, Scene, str], Iterator[AnyInbound | Exception]]


def parse_part(body: bytes, ctx: Context) -> list[AnyInbound | Exception]:
    """The inbounds of a piece of a delivery, each once: WhatsApp repeats a message within one delivery at times."""
    if permissions.is_about(body):
        return permissions.read(body, ctx)
    delivery = decode(body, wa.Delivery)
    found: list[AnyInbound | Exception] = []
    keys: set[str] = set()
    for one in _elements(delivery, ctx.now):
        if isinstance(one, Exception):
            found.append(one)
        elif one.dedupe_key not in keys:
            keys.add(one.dedupe_key)
            found.append(one)
    return found


parse = parse_for(MANIFEST.network, parse_part)


def _elements(delivery: wa.Delivery, now: int) -> Iterator[AnyInbound | Exception]:
    for number, entry in enumerate(delivery.entry):
        for index, raw in enumerate(entry.changes or ()):
            path = f"entry[{number}].changes[{index}]"
            try:
                yield from _change(raw, entry, now, path)
            except PayloadInvalid as broken:
                yield broken


def _change(raw: Raw, entry: wa.Entry, now: int, path: str) -> Iterator[AnyInbound | Exception]:
    change = decode(raw, wa.Delta, path=path)
    path += ".value"
    if change.field in IGNORED:
        key = f"{change.field}:{name_of(raw)}:{text_of(entry.time)}"
        yield Ignored(dedupe_key=key, occurred_at=now, reason=change.field)
        return
    value = decode(change.value, wa.Value, path=path)
    scene = scene_of(value, entry, now)
    if change.field == "account_update":
        yield from account.read_account_update(change.value, scene, path)
        return
    found = False
    for name, read in (_HISTORY if change.field == "history" else _READERS).items():
        for index, element in enumerate(getattr(value, name) or ()):
            found = True
            yield from _guarded(read, element, scene, f"{path}.{name}[{index}]")
    for index, element in enumerate(value.errors or ()):
        # Beside messages they say why one of them has no content, which shows by itself.
        if not found:
            yield from _guarded(account.read_error, element, scene, f"{path}.errors[{index}]")
    if not found and not value.errors:
        key = f"{change.field}:{name_of(raw)}:{text_of(entry.time)}"
        yield Ignored(dedupe_key=key, occurred_at=now, reason=f"unknown: {change.field[:64] or 'change'}")


def _guarded(read: Reader, raw: Raw, scene: Scene, path: str) -> Iterator[AnyInbound | Exception]:
    """What an element brings; a broken one stands as its PayloadInvalid."""
    try:
        yield from read(raw, scene, path)
    except PayloadInvalid as broken:
        yield broken


# --- messages ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Item:
    """One message while it is being read. `person` is the customer, whoever wrote it."""

    message: said.Message
    id: str
    at: int
    person: Person
    is_ours: bool
    scene: Scene
    path: str

    @property
    def author(self) -> Author:
        """Who wrote it."""
        return us(self.scene) if self.is_ours else author_of(self.person)

    def thread(self, *, opens_window: bool = True) -> Thread:
        """Where it was written. What the person says keeps the thread open for a day."""
        closes_at = None
        if not self.is_ours:
            closes_at = self.at + (WINDOW_SECONDS * _US if opens_window else 0)
        return thread_of(self.person, text_of(self.message.group_id), closes_at)


def _message(raw: Raw, scene: Scene, path: str) -> Iterator[AnyInbound]:
    """A message of a customer's, or one that the business wrote elsewhere."""
    message = decode(raw, said.Message, path=path)
    sender = digits_of(text_of(message.from_))
    is_ours = bool(message.to or message.to_user_id) and sender == scene.own_phone
    yield from _told(message, scene, path, is_ours=is_ours)


def _echo(raw: Raw, scene: Scene, path: str) -> Iterator[AnyInbound]:
    """A message that the business wrote in the phone app."""
    message = decode(raw, said.Message, path=path)
    yield from _told(message, scene, path, is_ours=True)


def _told(message: said.Message, scene: Scene, path: str, *, is_ours: bool) -> Iterator[AnyInbound]:
    item = _item(message, scene, path, is_ours=is_ours)
    if not text_of(message.group_id):
        yield from named_anew(item.person, item.at, scene)
    yield from _READ.get(message.type or "", _said)(item)
    if is_ours and item.person.name and item.person.id:
        # The thread may have begun with our words: nobody has told the person's name yet.
        author = author_of(item.person)
        key = f"name:{author.external_id}:{author.name}"
        yield IdentityChanged(dedupe_key=key, occurred_at=item.at, asset_id=scene.asset_id, author=author)


def _item(message: said.Message, scene: Scene, path: str, *, is_ours: bool, phone: str = "") -> _Item:
    message_id = text_of(message.id)
    if not message_id:
        raise PayloadInvalid("has no id", path=f"{path}.id")
    if is_ours:
        person = scene.person(phone or message.to, message.to_user_id)
    else:
        person = scene.person(message.from_ or phone, message.from_user_id, message.from_parent_user_id)
    return _Item(message, message_id, scene.at(message.timestamp, path), person, is_ours, scene, path)


def _said(item: _Item) -> Iterator[AnyInbound]:
    """Anything that shows in the thread."""
    message, content = item.message, shown(item.message)
    person = with_number(item.person, own_number(message.contacts, message.origin or ""))
    yield MessageReceived(
        dedupe_key=item.id,
        occurred_at=item.at,
        asset_id=item.scene.asset_id,
        thread=item.thread(),
        author=item.author if item.is_ours else author_of(person),
        external_id=item.id,
        text=content.text,
        attachments=content.attachments,
        in_reply_to=(text_of(message.context.id) or None) if message.context is not None else None,
        origin=_origin(message.referral) if message.referral is not None else None,
        needs_answer=not (item.is_ours or content.is_service),
        automatic="service" if content.is_service else "",
    )


def _origin(referral: said.Referral) -> Origin:
    return Origin(
        kind="ad" if is_ad(referral) else "post",
        ref=text_of(referral.source_id) or referral.ctwa_clid or "",
        title=referral.headline or "",
        url=referral.source_url or None,
    )


def _reaction(item: _Item) -> Iterator[AnyInbound]:
    reaction = item.message.reaction or said.Reaction()
    message_id = text_of(reaction.message_id)
    if not message_id:
        raise PayloadInvalid("names no message", path=f"{item.path}.reaction.message_id")
    yield ReactionChanged(
        dedupe_key=item.id,
        occurred_at=item.at,
        asset_id=item.scene.asset_id,
        message_id=message_id,
        author=item.author,
        emojis=(reaction.emoji,) if reaction.emoji else (),
    )


def _edit(item: _Item) -> Iterator[AnyInbound]:
    edit = item.message.edit or said.Edit()
    original = text_of(edit.original_message_id)
    if not original or edit.message is None:
        raise PayloadInvalid("names no message, or not what it became", path=f"{item.path}.edit")
    content = shown(edit.message)
    yield MessageEdited(
        dedupe_key=item.id,
        occurred_at=item.at,
        asset_id=item.scene.asset_id,
        external_id=original,
        thread=item.thread(),
        author=item.author,
        text=content.text,
        attachments=content.attachments or None,
        edited_at=item.at,
    )


def _revoke(item: _Item) -> Iterator[AnyInbound]:
    revoke = item.message.revoke or said.Revoke()
    original = text_of(revoke.original_message_id)
    if not original:
        raise PayloadInvalid("names no message", path=f"{item.path}.revoke.original_message_id")
    yield MessageDeleted(
        dedupe_key=item.id,
        occurred_at=item.at,
        asset_id=item.scene.asset_id,
        external_id=original,
        by="us" if item.is_ours else "author",
        erase=MANIFEST.unsend == "erase",
    )


def _system(item: _Item) -> Iterator[AnyInbound]:
    """A line of WhatsApp's own. With a new number or id the person's thread goes on under it."""
    system = item.message.system or said.System()
    if (system.type or "").endswith(_RENAMED):
        new, olds = _names(item, system)
        for old in olds:
            yield from renamed(old, new, item.at, item.scene)
        yield from named_anew(new, item.at, item.scene)
        item = dataclasses.replace(item, person=new if new.id else item.person)
    yield MessageReceived(
        dedupe_key=item.id,
        occurred_at=item.at,
        asset_id=item.scene.asset_id,
        thread=item.thread(opens_window=False),
        author=item.author,
        external_id=item.id,
        text=system.body or f"[{system.type or 'system'}]",
        needs_answer=False,
        automatic="service",
    )


_RENAMED = ("_changed_number", "_changed_user_id")


def _names(item: _Item, system: said.System) -> tuple[Person, list[str]]:
    """The person under his new names, and every old one that is told; those that stay are not among them."""
    written = _FROM_TO.search(system.body or "")
    before, after = (written[1], written[2].rstrip(".,")) if written else ("", "")
    is_scoped = "." in after
    new = Person(
        phone=digits_of(text_of(system.wa_id) or text_of(system.new_wa_id) or ("" if is_scoped else after)),
        user_id=text_of(system.user_id) or (after if is_scoped else ""),
        parent_user_id=text_of(system.parent_user_id),
        name=item.person.name,
        username=item.person.username,
    )
    message = item.message
    told = (system.previous_user_id, message.from_user_id, message.from_, system.customer, before)
    olds = dict.fromkeys(digits_of(text_of(one)) for one in told)
    return new, [old for old in olds if old not in ("", new.phone, new.user_id)]


_READ: dict[str, Callable[[_Item], Iterator[AnyInbound]]] = {
    "reaction": _reaction,
    "edit": _edit,
    "revoke": _revoke,
    "system": _system,
}
"""What is no message of its own; everything else shows in the thread."""


# --- the history of the phone app -------------------------------------------------------------


def _history(raw: Raw, scene: Scene, path: str) -> Iterator[AnyInbound | Exception]:
    """Messages from before the number was connected, by thread; or that the business does not share them.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/history
    (read 2026-11-22).
    """
    chunk = decode(raw, wa.HistoryChunk, path=path)
    if chunk.errors:
        key = f"history:{name_of(raw)}"
        yield Ignored(dedupe_key=key, occurred_at=scene.told_at, asset_id=scene.asset_id, reason="history_declined")
    for number, thread in enumerate(chunk.threads):
        yield from _guarded(_history_thread, thread, scene, f"{path}.threads[{number}]")


def _history_thread(raw: Raw, scene: Scene, path: str) -> Iterator[AnyInbound | Exception]:
    thread = decode(raw, wa.HistoryThread, path=path)
    read = partial(_history_message, digits_of(text_of(thread.id)))
    for number, message in enumerate(thread.messages):
        yield from _guarded(read, message, scene, f"{path}.messages[{number}]")


def _history_message(phone: str, raw: Raw, scene: Scene, path: str) -> Iterator[AnyInbound]:
    """A message of the thread with that number: ours unless the other side sent it."""
    message = decode(raw, said.Message, path=path)
    sender = digits_of(text_of(message.from_))
    marked = message.history_context is not None and bool(message.history_context.from_me)
    is_ours = marked or (bool(sender) and sender != phone)
    yield from _READ.get(message.type or "", _said)(_item(message, scene, path, is_ours=is_ours, phone=phone))


def _history_media(raw: Raw, scene: Scene, path: str) -> Iterator[AnyInbound]:
    """The file of a message that the history told of without it."""
    message = decode(raw, said.Message, path=path)
    item = _item(message, scene, path, is_ours=digits_of(text_of(message.from_)) == scene.own_phone)
    content = shown(message)
    yield MessageEdited(
        dedupe_key=f"{item.id}:media",
        occurred_at=item.at,
        asset_id=scene.asset_id,
        external_id=item.id,
        text=content.text,
        attachments=content.attachments,
        edited_at=item.at,
    )


_READERS: dict[str, Reader] = {
    "messages": _message,
    "statuses": read_status,
    "message_echoes": _echo,
    "calls": account.read_call,
    "user_preferences": account.read_preference,
    "user_id_update": account.read_user_id_update,
    "groups": account.read_group,
}
"""Which part of a change is read how, in this order: what a person says goes before what becomes of our words."""
_HISTORY: dict[str, Reader] = {"history": _history, "messages": _history_media}
