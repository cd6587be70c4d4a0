"""Instagram's deliveries to `Inbound`: direct messages, comments, mentions.

Each of the three forms that one fact can come in is read by the same reader: an element of `messaging` (or `standby`),
an element of `changes`, or a change written on the entry itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from msgspec import Raw

from connectors._meta import permissions
from connectors._meta.envelope import parse_for
from connectors._meta.signatures import answer as answer
from connectors._meta.signatures import verify as verify
from connectors._meta.times import instant
from connectors.contract import Context
from connectors.errors import PayloadInvalid
from connectors.inbound import (
    AnyInbound,
    Author,
    Fetch,
    Ignored,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    ReactionChanged,
    ReceiptReceived,
    Thread,
)
from connectors.instagram import payloads as ig
from connectors.instagram.account import answers_for_seconds
from connectors.instagram.comments import PERSON, Account, comment_id_of, told_comment
from connectors.instagram.content import UNSUPPORTED, content_of, origin_of
from connectors.instagram.manifest import (
    HEART,
    MANIFEST,
    NETWORK,
    SELF_MESSAGE,
)
from connectors.toolkit.payload import decode

_US = 1_000_000
_EMOJIS = {
    "love": HEART,
    "smile": "😄",
    "haha": "😆",
    "wow": "😮",
    "sad": "😢",
    "angry": "😡",
    "like": "👍",
    "dislike": "👎",
}
"""Names of reactions → emoji, for deliveries that give the name alone."""
_HANDOVER = ("pass_thread_control", "take_thread_control", "request_thread_control", "app_roles")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an element stands in a delivery, and the account it is for."""

    account: Account
    at: int
    """When the delivery was made: the time of what has none of its own."""
    path: str
    window_seconds: int
    is_standby: bool = False
    """Another app holds the conversation, and answers."""


def parse_part(body: bytes, ctx: Context) -> list[AnyInbound | Exception]:
    """The inbounds of a piece of a delivery, which is one entry; PayloadInvalid stands in for a broken element."""
    if permissions.is_about(body):
        return permissions.read(body, ctx)
    found: list[AnyInbound | Exception] = []
    try:
        entries = decode(body, ig.Envelope).entry
    except PayloadInvalid as broken:
        return [broken]
    for raw in entries:
        try:
            found.extend(_entry(decode(raw, ig.Entry, path="entry"), ctx))
        except PayloadInvalid as broken:
            found.append(broken)
    return found


parse = parse_for(NETWORK, parse_part)


def _entry(entry: ig.Entry, ctx: Context) -> Iterator[AnyInbound | Exception]:
    at = instant(entry.time, otherwise=ctx.now, path="entry.time")
    place = _Place(Account.of(ctx, str(entry.id)), at, "entry", answers_for_seconds(ctx))
    readers = [(f"messaging[{i}]", raw, _messaging) for i, raw in enumerate(entry.messaging)]
    readers += [(f"standby[{i}]", raw, _standby) for i, raw in enumerate(entry.standby)]
    readers += [(f"changes[{i}]", raw, _change) for i, raw in enumerate(entry.changes)]
    for path, raw, read in readers:
        yield from _guarded(partial(read, raw), replace(place, path=f"entry.{path}"))
    if entry.field is not None:
        change = ig.Change(field=entry.field, value=entry.value)
        yield from _guarded(partial(_changed, change), place)


def _guarded(read: Callable[[_Place], list[AnyInbound]], place: _Place) -> list[AnyInbound | Exception]:
    try:
        return list(read(place))
    except PayloadInvalid as broken:
        return [broken]


# --- changes ----------------------------------------------------------------------------------


def _change(raw: Raw, place: _Place) -> list[AnyInbound]:
    return _changed(decode(raw, ig.Change, path=place.path), place)


def _changed(change: ig.Change, place: _Place) -> list[AnyInbound]:
    inner = replace(place, path=f"{place.path}.value")
    match change.field:
        case "comments" | "live_comments":
            return _comment(change, inner)
        case "mentions":
            return _mention(change, inner)
        case "message_edit" if not _holds(change.value, "message_edit", inner):
            edit = decode(change.value, ig.MessageEdit, path=inner.path)
            who = edit.from_ or edit.sender or ig.Party()
            return _edited(edit, ig.Messaging(sender=who, timestamp=edit.timestamp), inner)
        case "message_reactions" if _holds(change.value, "mid", inner):
            reaction = decode(change.value, ig.Reaction, path=inner.path)
            who = reaction.sender or reaction.from_ or ig.Party()
            return _reaction(reaction, ig.Messaging(sender=who, timestamp=reaction.timestamp), inner)
        case field if field in MANIFEST.ignored_events or field not in MANIFEST.documented_events:
            reason = field if field in MANIFEST.ignored_events else f"unknown: {field[:60]}"
            return [Ignored(dedupe_key=f"{field[:60]}:{place.at}", occurred_at=place.at, reason=reason)]
        case "standby":
            return _standby(change.value, inner)
        case _:
            return _messaging(change.value, inner)


def _holds(value: Raw, key: str, place: _Place) -> bool:
    return key in decode(value, dict[str, Raw], path=place.path)


def _comment(change: ig.Change, place: _Place) -> list[AnyInbound]:
    comment = decode(change.value, ig.Comment, path=place.path)
    if not comment_id_of(comment):
        raise PayloadInvalid("a comment without id", path=place.path)
    at = instant(comment.timestamp, otherwise=place.at, path=f"{place.path}.timestamp")
    return told_comment(comment, place.account, at=at, live=change.field == "live_comments")


def _mention(change: ig.Change, place: _Place) -> list[AnyInbound]:
    """Only ids are told; the words have to be asked for."""
    mention = decode(change.value, ig.Mention, path=place.path)
    ref = f"mention:{mention.media_id}:{mention.comment_id or ''}"
    return [Fetch(dedupe_key=ref, occurred_at=place.at, ref=ref)]


# --- direct messages --------------------------------------------------------------------------


def _standby(raw: Raw, place: _Place) -> list[AnyInbound]:
    """A copy of what another app answers: stored, and nobody of ours is waited for."""
    return _messaging(raw, replace(place, is_standby=True))


def _messaging(raw: Raw, place: _Place) -> list[AnyInbound]:
    item = decode(raw, ig.Messaging, path=place.path)
    message = item.message
    if item.is_self or (message is not None and message.is_self) or (item.postback and item.postback.is_self):
        at = _when(item, place)
        return [Ignored(dedupe_key=f"self:{item.sender.id}:{at}", occurred_at=at, reason=SELF_MESSAGE)]
    if message is not None:
        return _deleted(message, item, place) if message.is_deleted else _message(message, item, place)
    if item.message_edit is not None:
        return _edited(item.message_edit, item, place)
    if item.reaction is not None:
        return _reaction(item.reaction, item, place)
    if item.read is not None:
        return _read(item.read, item, place)
    if item.postback is not None:
        return _postback(item.postback, item, place)
    if item.referral is not None:
        return _referral(item.referral, item, place)
    return [_other(raw, item, place)]


def _message(message: ig.Message, item: ig.Messaging, place: _Place) -> list[AnyInbound]:
    mid, at = str(message.mid), _when(item, place)
    reply_to = message.reply_to or item.reply_to
    content = content_of(message, reply_to, place.account.ctx)
    is_ours = bool(message.is_echo) or place.account.is_self(item.sender)
    empty = not content.text and not content.attachments
    return [
        MessageReceived(
            dedupe_key=f"message:{mid}",
            occurred_at=at,
            thread=_thread(item, place, at, is_ours=is_ours),
            author=_author(item.sender, place, is_ours=is_ours),
            external_id=mid,
            text=UNSUPPORTED if empty else content.text,
            attachments=content.attachments,
            in_reply_to=str(reply_to.mid) if reply_to is not None and reply_to.mid is not None else None,
            origin=None if is_ours else origin_of(message.referral, reply_to.story if reply_to is not None else None),
            needs_answer=not (is_ours or place.is_standby),
        )
    ]


def _deleted(message: ig.Message, item: ig.Messaging, place: _Place) -> list[AnyInbound]:
    """Unsent: Meta's terms want its content gone here, too.
    https://developers.facebook.com/docs/messenger-platform/instagram/features/webhook (read 2026-11-22).
    """
    is_ours = bool(message.is_echo) or place.account.is_self(item.sender)
    return [
        MessageDeleted(
            dedupe_key=f"deleted:{message.mid}",
            occurred_at=_when(item, place),
            external_id=str(message.mid),
            by="us" if is_ours else "author",
            erase=MANIFEST.unsend == "erase",
        )
    ]


def _edited(edit: ig.MessageEdit, item: ig.Messaging, place: _Place) -> list[AnyInbound]:
    mid = str(edit.mid)
    at = _when(item, place, otherwise=edit.timestamp)
    if str(edit.num_edit) == "0":
        # No edit at all: so some messages are announced that are new, by their id alone.
        return [Fetch(dedupe_key=f"message:{mid}", occurred_at=at, ref=f"message:{mid}")]
    key = f"edited:{mid}:{edit.num_edit or at}"
    if edit.text is None:
        return [Fetch(dedupe_key=key, occurred_at=at, ref=f"edited:{mid}:{at}")]
    return [MessageEdited(dedupe_key=key, occurred_at=at, external_id=mid, text=edit.text, edited_at=at)]


def _reaction(reaction: ig.Reaction, item: ig.Messaging, place: _Place) -> list[AnyInbound]:
    if item.sender.id is None:
        raise PayloadInvalid("a reaction of nobody", path=place.path)
    at = _when(item, place)
    taken_back = (reaction.action or reaction.verb or "") in ("unreact", "remove")
    named = reaction.reaction or ""
    emoji = reaction.emoji or _EMOJIS.get(named) or ("❓" if named == "other" else named) or HEART
    author = _author(item.sender, place, is_ours=place.account.is_self(item.sender))
    return [
        ReactionChanged(
            dedupe_key=f"reaction:{reaction.mid}:{author.external_id}:{at}:{'' if taken_back else emoji}",
            occurred_at=at,
            message_id=str(reaction.mid),
            author=author,
            emojis=() if taken_back else (emoji,),
        )
    ]


def _read(read: ig.Read, item: ig.Messaging, place: _Place) -> list[AnyInbound]:
    """The message named is read, and so is all that was said before the person looked."""
    at = _when(item, place)
    if place.account.is_self(item.sender):
        return [Ignored(dedupe_key=f"read:{item.recipient.id}:{at}", occurred_at=at, reason="messaging_seen by us")]
    if item.sender.id is None:
        raise PayloadInvalid("read by nobody", path=place.path)
    person = str(item.sender.id)
    key = f"read:{person}:{read.mid or at}"
    earlier = ReceiptReceived(dedupe_key=f"{key}:all", occurred_at=at, state="read", thread_id=person, up_to=at)
    if read.mid is None:
        return [earlier]
    return [ReceiptReceived(dedupe_key=key, occurred_at=at, state="read", message_id=str(read.mid)), earlier]


def _postback(postback: ig.Postback, item: ig.Messaging, place: _Place) -> list[AnyInbound]:
    """A pressed button is a message with the button's words."""
    at = _when(item, place)
    external_id = str(postback.mid or f"postback:{item.sender.id}:{at}")
    is_ours = place.account.is_self(item.sender)
    return [
        MessageReceived(
            dedupe_key=f"message:{external_id}",
            occurred_at=at,
            thread=_thread(item, place, at, is_ours=is_ours),
            author=_author(item.sender, place, is_ours=is_ours),
            external_id=external_id,
            text=postback.title or postback.payload or "[button]",
            origin=origin_of(postback.referral),
            needs_answer=not (is_ours or place.is_standby),
        )
    ]


def _referral(referral: ig.Referral, item: ig.Messaging, place: _Place) -> list[AnyInbound]:
    """Somebody came back to the conversation by an ad or a link, and has said nothing yet."""
    at = _when(item, place)
    origin = origin_of(referral)
    came_by = " ".join(part for part in (origin.kind, origin.title or origin.ref) if part) if origin else "link"
    external_id = f"referral:{item.sender.id}:{at}"
    return [
        MessageReceived(
            dedupe_key=external_id,
            occurred_at=at,
            thread=_thread(item, place, at, is_ours=False),
            author=_author(item.sender, place, is_ours=False),
            external_id=external_id,
            text=f"[opened the conversation: {came_by}]",
            origin=origin,
            needs_answer=False,
            automatic="service",
        )
    ]


def _other(raw: Raw, item: ig.Messaging, place: _Place) -> Ignored:
    """What is none of the above, by the name of its field."""
    at = _when(item, place)
    keys = [key for key in decode(raw, dict[str, Raw], path=place.path) if key not in ig.Messaging.__struct_fields__]
    kind = next(iter(keys), "nothing")[:60]
    reason = f"unknown: {kind}"
    if kind in _HANDOVER:
        reason = "messaging_handover"
    elif kind == "optin":
        reason = "messaging_optins"
    return Ignored(dedupe_key=f"{kind}:{item.sender.id}:{at}", occurred_at=at, reason=reason)


def _when(item: ig.Messaging, place: _Place, *, otherwise: ig.When | None = None) -> int:
    when = otherwise if item.timestamp is None else item.timestamp
    return instant(when, otherwise=place.at, path=f"{place.path}.timestamp")


def _thread(item: ig.Messaging, place: _Place, at: int, *, is_ours: bool) -> Thread:
    """One for each person. Only what the person says opens the time to answer in."""
    other = item.recipient if is_ours else item.sender
    if other.id is None:
        raise PayloadInvalid("nobody on the other side", path=place.path)
    return Thread(
        external_id=str(other.id),
        kind="direct",
        audience="private",
        window_closes_at=None if is_ours else at + place.window_seconds * _US,
        address={PERSON: str(other.id)},
    )


def _author(party: ig.Party, place: _Place, *, is_ours: bool) -> Author:
    if is_ours:
        return Author(external_id=place.account.id or str(party.id), is_self=True)
    if party.id is None:
        raise PayloadInvalid("a sender without id", path=place.path)
    return Author(external_id=str(party.id), name=party.name or "", username=party.username or "")
