"""What is told beside messages and statuses: of the business account, of groups, calls, and what people prefer."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Raw
from msgspec.structs import replace

from connectors.errors import PayloadInvalid, SendErrorKind
from connectors.inbound import (
    AnyInbound,
    ChannelRevoked,
    IdentityChanged,
    Ignored,
    MessageReceived,
    ThreadClosed,
)
from connectors.toolkit.payload import decode
from connectors.whatsapp import payloads as wa
from connectors.whatsapp.manifest import WINDOW_SECONDS
from connectors.whatsapp.payloads import Person, name_of, text_of
from connectors.whatsapp.people import Scene, author_of, named_anew, renamed, thread_of
from connectors.whatsapp.refusals import kind_of, reason_in

_US = 1_000_000

_LOST = {
    "ACCOUNT_DELETED": "The WhatsApp Business Account was deleted",
    "DISABLED_UPDATE": "The WhatsApp Business Account is disabled for a breach of WhatsApp's rules",
    "PARTNER_REMOVED": "The WhatsApp Business Account is no longer shared with this app",
    "PARTNER_APP_UNINSTALLED": "The business took back the app's permissions",
    "ACCOUNT_OFFBOARDED": "The number left the Cloud API: it was registered on another device",
    "ACCOUNT_RESTRICTION": "WhatsApp restricts the account",
    "ACCOUNT_VIOLATION": "WhatsApp reports a breach of its rules",
}
"""Events of an account that somebody has to see to → what they mean.
https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/account_update
(read 2026-11-22).
"""
_PASSING = (SendErrorKind.THROTTLED, SendErrorKind.UNREACHABLE)


def read_account_update(raw: Raw, scene: Scene, path: str) -> Iterator[AnyInbound]:
    """Whether the account is in trouble; all else that happens to it is of no interest."""
    update = decode(raw, wa.AccountUpdate, path=path)
    event = update.event or ""
    key = f"account:{name_of(raw)}:{scene.delivery}"
    reinstated = update.ban_info is not None and update.ban_info.waba_ban_state == "REINSTATE"
    if event not in _LOST or reinstated:
        yield Ignored(dedupe_key=key, occurred_at=scene.told_at, asset_id=scene.asset_id, reason="account_news")
        return
    reason = f"{_LOST[event]}{_details(update)}. See WhatsApp Manager"
    yield ChannelRevoked(dedupe_key=key, occurred_at=scene.told_at, asset_id=scene.asset_id, reason=reason)


def _details(update: wa.AccountUpdate) -> str:
    given = update.restriction_info
    restrictions = given if isinstance(given, tuple) else (given,) if given is not None else ()
    named = [one.restriction_type for one in restrictions]
    named.append(update.violation_info.violation_type if update.violation_info is not None else None)
    words = ", ".join(name.removeprefix("RESTRICTED_").replace("_", " ").lower() for name in named if name)
    return f": {words}" if words else ""


def read_error(raw: Raw, scene: Scene, path: str) -> Iterator[AnyInbound]:
    """An error that belongs to no message: the account or the number is in trouble, unless it passes by itself."""
    error = decode(raw, wa.Error, path=path)
    key = f"error:{name_of(raw)}:{scene.delivery}"
    if kind_of(error.number) in _PASSING:
        yield Ignored(dedupe_key=key, occurred_at=scene.told_at, asset_id=scene.asset_id, reason="passing_error")
        return
    reason = reason_in((error,)) or "WhatsApp reports an error with this number"
    yield ChannelRevoked(dedupe_key=key, occurred_at=scene.told_at, asset_id=scene.asset_id, reason=reason)


# --- groups, calls ----------------------------------------------------------------------------

_ENDED = {"group_delete": "The group was deleted.", "group_suspend": "WhatsApp suspended the group."}


def read_group(raw: Raw, scene: Scene, path: str) -> Iterator[AnyInbound]:
    """A group that is gone. What was asked for and failed left everything as it was."""
    group = decode(raw, wa.Group, path=path)
    group_id, kind = text_of(group.group_id), group.type or ""
    at = scene.at(group.timestamp, path)
    key = f"group:{group_id}:{kind}:{text_of(group.timestamp)}"
    if not group_id or kind not in _ENDED or group.errors:
        yield Ignored(dedupe_key=key, occurred_at=at, asset_id=scene.asset_id, reason="group_news")
        return
    yield ThreadClosed(dedupe_key=key, occurred_at=at, asset_id=scene.asset_id, thread_id=group_id, reason=_ENDED[kind])


def read_call(raw: Raw, scene: Scene, path: str) -> Iterator[AnyInbound]:
    """A customer's call, told when it is over: a line in his thread. One that nobody took needs an answer."""
    call = decode(raw, wa.Call, path=path)
    call_id, at = text_of(call.id), scene.at(call.timestamp, path)
    if not call_id:
        raise PayloadInvalid("has no id", path=f"{path}.id")
    ended, ours = call.event == "terminate", call.direction == "BUSINESS_INITIATED"
    if ours or not ended:
        reason = "outgoing_call" if ours else "call_ringing"
        key = f"{call_id}:{call.event or 'call'}"
        yield Ignored(dedupe_key=key, occurred_at=at, asset_id=scene.asset_id, reason=reason)
        return
    person = scene.person(call.from_, call.from_user_id)
    seconds = text_of(call.duration)
    taken = bool(seconds) and seconds != "0"
    yield from named_anew(person, at, scene)
    yield MessageReceived(
        dedupe_key=call_id,
        occurred_at=at,
        asset_id=scene.asset_id,
        thread=thread_of(person, "", at + WINDOW_SECONDS * _US),
        author=author_of(person),
        external_id=call_id,
        text=f"[call, {seconds} seconds]" if taken else "[missed call]",
        needs_answer=not taken,
        automatic="service" if taken else "",
    )


# --- people -----------------------------------------------------------------------------------


def read_preference(raw: Raw, scene: Scene, path: str) -> Iterator[AnyInbound]:
    """Whether a person wants advertisements, shown beside him."""
    preference = decode(raw, wa.Preference, path=path)
    person = scene.person(preference.wa_id, preference.user_id)
    at = scene.at(preference.timestamp, path)
    author = author_of(person)
    category, value = preference.category or "marketing_messages", preference.value or "unknown"
    yield IdentityChanged(
        dedupe_key=f"preference:{author.external_id}:{category}:{value}:{text_of(preference.timestamp)}",
        occurred_at=at,
        asset_id=scene.asset_id,
        author=replace(author, profile={category: value}),
    )


def read_user_id_update(raw: Raw, scene: Scene, path: str) -> Iterator[AnyInbound]:
    """A person has another id in our scope."""
    update = decode(raw, wa.UserIdUpdate, path=path)
    change = update.user_id or wa.Change()
    new = Person(user_id=text_of(change.current), phone=text_of(update.wa_id))
    if not new.user_id:
        raise PayloadInvalid("names no new id", path=f"{path}.user_id")
    at = scene.at(update.timestamp, path)
    yield from renamed(text_of(change.previous), new, at, scene)
    yield from named_anew(new, at, scene)
