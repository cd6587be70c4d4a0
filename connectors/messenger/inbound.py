"""The Messenger Platform's deliveries to `Inbound`.

Elements of `messaging` are for us to answer; those of `standby` are copies of what another app answers: stored, and
waiting for nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Raw

from connectors._meta import permissions
from connectors._meta.times import instant
from connectors.contract import Context
from connectors.errors import PayloadInvalid
from connectors.inbound import (
    AnyInbound,
    Author,
    ChannelRevoked,
    Ignored,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    ReactionChanged,
    ReceiptReceived,
    ReceiptState,
)
from connectors.messenger import lines
from connectors.messenger import payloads as fb
from connectors.messenger.content import content_of, origin_of
from connectors.messenger.event import APPS, Event
from connectors.messenger.manifest import IGNORED, MANIFEST
from connectors.toolkit.payload import decode

_EMOJI = {
    "like": "👍",
    "love": "❤",
    "smile": "😆",
    "haha": "😆",
    "wow": "😮",
    "sad": "😢",
    "angry": "😠",
    "dislike": "👎",
}
"""Names of reactions that come without their emoji.
https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/message-reactions (read 2026-11-22).
"""


def parse_part(body: bytes, ctx: Context) -> list[AnyInbound | Exception]:
    """The inbounds of one piece of a delivery; PayloadInvalid stands in for an element that is broken."""
    if permissions.is_about(body):
        return permissions.read(body, ctx)
    try:
        entries = decode(body, fb.Envelope).entry
    except PayloadInvalid as broken:
        return [broken]
    found: list[AnyInbound | Exception] = []
    for number, raw in enumerate(entries):
        try:
            entry = decode(raw, fb.Entry, path=f"entry[{number}]")
        except PayloadInvalid as broken:
            found.append(broken)
            continue
        for form, place, element in _elements(entry):
            try:
                found.extend(_read(form, element, entry, ctx, path=f"entry[{number}].{form}[{place}]"))
            except PayloadInvalid as broken:
                found.append(broken)
    return found


def _elements(entry: fb.Entry) -> Iterator[tuple[str, int, Raw]]:
    """Every element, with the list it stands in and its place there."""
    for form in ("messaging", "standby", "changes"):
        for place, element in enumerate(getattr(entry, form) or ()):
            yield form, place, element


def _read(form: str, raw: Raw, entry: fb.Entry, ctx: Context, *, path: str) -> list[AnyInbound]:
    is_standby = form == "standby"
    if form == "changes":
        change = decode(raw, fb.Change, path=path)
        if change.is_empty:
            key = f"ignored:{change.field}:{entry.id}:{entry.time}"
            empty = Ignored(dedupe_key=key, occurred_at=ctx.now, asset_id=str(entry.id), reason="unknown: empty change")
            return [empty]
        raw, is_standby, path = change.value, change.field == "standby", f"{path}.value"
    item = decode(raw, fb.Item, path=path)
    page_id = str(entry.id)
    sender, recipient = (party.name if party is not None else "" for party in (item.sender, item.recipient))
    if not sender and item.optin is not None:
        sender = fb.Party(user_ref=item.optin.user_ref).name
    by_page = sender == page_id or (item.message is not None and bool(item.message.is_echo))
    otherwise = instant(entry.time, otherwise=ctx.now, path=path)
    event = Event(
        item=item,
        page_id=page_id,
        customer_id=recipient if by_page else sender,
        by_page=by_page,
        at=instant(item.timestamp, otherwise=otherwise, path=f"{path}.timestamp"),
        is_standby=is_standby,
        ctx=ctx,
    )
    try:
        for kind, reader in _READERS:
            payload = getattr(item, kind)
            if payload is not None:
                found = reader(payload, event)
                return found if isinstance(found, list) else [found]
        return [_ignored(raw, event)]
    except PayloadInvalid as broken:
        raise PayloadInvalid(str(broken), path=path) from None


def _ignored(raw: Raw, event: Event) -> AnyInbound:
    """Something without a reading of its own, named by its field."""
    named = sorted(set(decode(raw, dict[str, Raw])) - {"sender", "recipient", "timestamp"})
    kind = next((name for name in named if name in IGNORED), named[0][:64] if named else "element")
    reason = kind if kind in IGNORED else f"unknown: {kind}"
    key = event.key("ignored", kind, event.customer_id, event.at)
    return Ignored(dedupe_key=key, occurred_at=event.at, asset_id=event.page_id, reason=reason)


# --- messages ---------------------------------------------------------------------------------


def _message(message: fb.Message, event: Event) -> AnyInbound:
    mid = str(message.mid or "")
    if message.is_deleted:
        return MessageDeleted(
            dedupe_key=event.key("deleted", _required(mid, "message.mid")),
            occurred_at=event.at,
            asset_id=event.page_id,
            external_id=mid,
            by="us" if event.by_page else "author",
            erase=MANIFEST.unsend == "erase",
        )
    content = content_of(message, event.ctx)
    external_id = mid or _unnumbered(event)
    return MessageReceived(
        dedupe_key=event.key("message", external_id),
        occurred_at=event.at,
        asset_id=event.page_id,
        thread=event.thread if event.by_page else event.reopened,
        author=_speaker(message, event),
        external_id=external_id,
        text=content.text,
        attachments=content.attachments,
        in_reply_to=str(message.reply_to.mid) if message.reply_to is not None and message.reply_to.mid else None,
        origin=None if event.by_page else origin_of(message.referral, event.item.prior_message),
        client_ref=(message.metadata or None) if event.by_page else None,
        needs_answer=not (event.by_page or event.is_standby),
    )


def _speaker(message: fb.Message, event: Event) -> Author:
    """Who said it. An answer of ours that was not sent from here names the app it was sent with."""
    app_id = str(message.app_id or "")
    if not event.by_page or not app_id or app_id == event.ctx.settings.get("app_id"):
        return event.author
    profile = {"app_id": app_id} | ({"app": APPS[app_id]} if app_id in APPS else {})
    return Author(external_id=event.page_id, is_self=True, profile=profile)


def _unnumbered(event: Event) -> str:
    """The id of something said without one: by whom and when. Raises PayloadInvalid where that is not known."""
    if event.item.timestamp in (None, ""):
        raise PayloadInvalid("has neither mid nor timestamp", path="message")
    return f"{event.customer.external_id}:{event.at}"


def _message_edit(edit: fb.MessageEdit, event: Event) -> AnyInbound:
    mid = _required(str(edit.mid), "message_edit.mid")
    if edit.text is None:
        raise PayloadInvalid("names no words", path="message_edit.text")
    return MessageEdited(
        dedupe_key=event.key("edit", mid, edit.num_edit if edit.num_edit is not None else event.at),
        occurred_at=event.at,
        asset_id=event.page_id,
        external_id=mid,
        thread=event.thread,
        author=event.author,
        text=edit.text,
        edited_at=event.at,
    )


def _reaction(reaction: fb.Reaction, event: Event) -> AnyInbound:
    """A person has one reaction on a message: setting another replaces it."""
    mid = _required(str(reaction.mid), "reaction.mid")
    name = reaction.reaction or ""
    emoji = reaction.emoji or _EMOJI.get(name, name)
    taken_back = reaction.action == "unreact"
    author = event.author
    return ReactionChanged(
        dedupe_key=event.key("reaction", mid, author.external_id, reaction.action, event.at),
        occurred_at=event.at,
        asset_id=event.page_id,
        message_id=mid,
        author=author,
        emojis=() if taken_back or not emoji else (emoji,),
    )


def _postback(postback: fb.Postback, event: Event) -> AnyInbound:
    """A pressed button is a message with the button's words."""
    external_id = str(postback.mid or "") or f"postback:{_unnumbered(event)}"
    return MessageReceived(
        dedupe_key=event.key("message", external_id),
        occurred_at=event.at,
        asset_id=event.page_id,
        thread=event.reopened,
        author=event.author,
        external_id=external_id,
        text=postback.title or postback.payload or "[a button]",
        origin=origin_of(postback.referral),
        needs_answer=not (event.by_page or event.is_standby),
    )


def _customer_information(given: fb.CustomerInformation, event: Event) -> AnyInbound:
    """A form that a person filled in is what he said, line by line."""
    answers = [answer for screen in given.screens or () for answer in screen.responses or ()]
    text = "\n".join(f"{answer.key}: {answer.value}" for answer in answers) or "[an empty form]"
    external_id = f"form:{_unnumbered(event)}"
    return MessageReceived(
        dedupe_key=event.key("message", external_id),
        occurred_at=event.at,
        asset_id=event.page_id,
        thread=event.reopened,
        author=event.author,
        external_id=external_id,
        text=text,
        needs_answer=not event.is_standby,
    )


# --- receipts and the Page itself -------------------------------------------------------------


def _delivery(delivery: fb.Delivery, event: Event) -> list[AnyInbound]:
    """Receipts for the messages named, and for all up to the watermark. The names are exact, since a message may be
    accepted, by our clock, a moment after Facebook's time of it; but they may be absent.
    """
    found = [_receipt("delivered", str(mid), event) for mid in delivery.mids or () if mid != ""]
    up_to = instant(delivery.watermark, otherwise=0, path="watermark")
    if up_to:
        found.append(_receipts("delivered", up_to, event))
    if not found:
        raise PayloadInvalid("names neither messages nor a watermark", path="delivery")
    return found


def _read_receipt(read: fb.Read, event: Event) -> AnyInbound:
    up_to = instant(read.watermark, otherwise=0, path="watermark")
    if up_to:
        return _receipts("read", up_to, event)
    return _receipt("read", _required(str(read.mid or ""), "read.watermark"), event)


def _receipt(state: ReceiptState, message_id: str, event: Event) -> AnyInbound:
    """For one message."""
    return ReceiptReceived(
        dedupe_key=event.key(state, message_id),
        occurred_at=event.at,
        asset_id=event.page_id,
        state=state,
        message_id=message_id,
    )


def _receipts(state: ReceiptState, up_to: int, event: Event) -> AnyInbound:
    """For all messages to the person up to an instant."""
    person = event.customer.external_id
    return ReceiptReceived(
        dedupe_key=event.key(state, person, up_to),
        occurred_at=event.at if event.item.timestamp is not None else up_to,
        asset_id=event.page_id,
        state=state,
        thread_id=person,
        up_to=up_to,
    )


def _policy(policy: fb.Policy, event: Event) -> AnyInbound:
    """Facebook warns or blocks the Page: the channel needs an admin."""
    key = event.key("policy", policy.action, event.at)
    if policy.action == "unblock":
        return Ignored(dedupe_key=key, occurred_at=event.at, asset_id=event.page_id, reason="policy_unblock")
    did = "blocked the Page from sending messages" if policy.action == "block" else "warned the Page"
    reason = f"Facebook {did}: {policy.reason or 'no reason given'}. See Page Support Inbox at Facebook."
    return ChannelRevoked(dedupe_key=key, occurred_at=event.at, asset_id=event.page_id, reason=reason)


def _required(value: str, path: str) -> str:
    if not value:
        raise PayloadInvalid("is empty", path=path)
    return value


_READERS: tuple[tuple[str, Callable[[Any, Event], AnyInbound | list[AnyInbound]]], ...] = (
    ("message", _message),
    ("message_edit", _message_edit),
    ("reaction", _reaction),
    ("delivery", _delivery),
    ("read", _read_receipt),
    ("postback", _postback),
    ("messaging_customer_information", _customer_information),
    ("pass_thread_control", lines.passed),
    ("take_thread_control", lines.taken),
    ("request_thread_control", lines.requested),
    ("policy_enforcement", _policy),
    ("policy_enforcement_old", _policy),
    ("response_feedback", lines.feedback),
    ("messaging_feedback", lines.survey),
    ("optin", lines.optin),
    ("referral", lines.referral),
)
