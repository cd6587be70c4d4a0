"""What a chat channel is set up to be: read once from its settings, again when they change."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import structlog

from connectors.contract import AttachmentRule
from connectors.registry import manifest
from inbox.domain.records import Channel
from inbox.errors import Invalid, NotFound
from inbox.eventlog.directory import settings_of
from inbox.intake.context import Contexts
from inbox.webchat.forms import FormField, form_of
from inbox.webchat.hours import Hours, Opening, hours_of
from inbox.webchat.origins import Pattern, patterns_of

log = structlog.get_logger(__name__)

NETWORK = "webchat"
LANGUAGES = ("en", "el", "id", "hy", "fi", "de")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_DEFAULT_COLOUR = "#0b6377"
Localised = str | dict[str, str]


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """One chat channel."""

    channel_id: int
    version: int
    name: str
    allowed: tuple[Pattern, ...]
    blocked: tuple[str, ...]
    identity_secret: str
    form: tuple[FormField, ...]
    hours: Hours | None
    greeting: Localised
    quick_replies: tuple[str, ...] | dict[str, tuple[str, ...]]
    offline_text: Localised
    colour: str
    languages: tuple[str, ...]
    reply_seconds: int | None
    privacy_url: str

    def opening(self, now: int) -> Opening:
        """Whether somebody is there."""
        return self.hours.at(now) if self.hours is not None else Opening(True, None)

    @property
    def zone(self) -> str:
        """Time zone of the opening hours; empty where it is always open."""
        return self.hours.zone if self.hours is not None else ""


class Sites:
    """The chat channels, kept until their version changes."""

    def __init__(self, contexts: Contexts) -> None:
        self._contexts = contexts
        self._known: dict[int, Site] = {}

    async def of(self, channel: str) -> Site:
        """The chat of a channel id as it stands in an address. Raises NotFound when there is none, or it is off."""
        directory = await self._contexts.directory.fresh()
        channel_id = int(channel) if channel.isascii() and channel.isdigit() and len(channel) < 19 else 0
        row = directory.channels.get(channel_id)
        if row is None or row.network != NETWORK or not row.active:
            raise NotFound(f"there is no chat {channel!r}: use the id that the channel's page shows")
        known = self._known.get(channel_id)
        if known is None or known.version != row.version:
            context = await self._contexts.of(channel_id)
            known = self._known[channel_id] = site_of(row, context.credentials.get("identity_secret", ""))
        return known


def site_of(channel: Channel, identity_secret: str) -> Site:
    """A chat from its channel. A setting that cannot be read is logged and left out: the chat goes on without it."""
    given = settings_of(channel)
    reply = given.get("reply_seconds", "")
    colour = given.get("colour", "")
    privacy = given.get("privacy_url", "")
    languages = tuple(one for one in re.split(r"[\s,]+", given.get("languages", "")) if one in LANGUAGES)
    return Site(
        channel_id=channel.id,
        version=channel.version,
        name=given.get("site_name") or channel.name,
        allowed=patterns_of(given.get("allowed_origins", "")),
        blocked=tuple(re.split(r"[\s,]+", given.get("blocked_addresses", "").strip())),
        identity_secret=identity_secret,
        form=_or_nothing(channel, form_of, given.get("pre_chat_form", ""), ()),
        hours=_or_nothing(channel, hours_of, given.get("hours", ""), None),
        greeting=_localised(given.get("greeting", "")),
        quick_replies=_lists(_localised(given.get("quick_replies", ""))),
        offline_text=_localised(given.get("offline_text", "")),
        colour=colour if _COLOUR.fullmatch(colour) else _DEFAULT_COLOUR,
        languages=languages or LANGUAGES,
        reply_seconds=int(reply) if reply.isascii() and reply.isdigit() and len(reply) < 8 else None,
        privacy_url=privacy if privacy.startswith(("https://", "http://")) else "",
    )


def file_rules() -> tuple[AttachmentRule, ...]:
    """What may be attached, from the manifest."""
    return manifest(NETWORK).kinds["chat"].attachments


def text_limit() -> int:
    """Characters of one message."""
    return manifest(NETWORK).kinds["chat"].text.limit


def _or_nothing(channel: Channel, read: Any, text: str, nothing: Any) -> Any:
    try:
        return read(text)
    except Invalid as problem:
        log.warning("chat_setting_unreadable", channel=channel.id, detail=problem.detail)
        return nothing


def _localised(text: str) -> Localised:
    if text.lstrip().startswith("{"):
        try:
            return msgspec.json.decode(text, type=dict[str, str])
        except msgspec.DecodeError:
            return text
    return text


def _lists(given: Localised) -> tuple[str, ...] | dict[str, tuple[str, ...]]:
    if isinstance(given, dict):
        return {language: _lines(text) for language, text in given.items()}
    return _lines(given)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip()[:80] for line in text.splitlines() if line.strip())[:6]
