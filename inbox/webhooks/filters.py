"""Which events a webhook gets: pure rules over an event and what was looked up about it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from inbox.domain import events as e
from inbox.domain.webhooks import Webhook
from inbox.storage.webhooks import Began

_names = msgspec.json.Decoder(frozenset[str]).decode
_ids = msgspec.json.Decoder(frozenset[int]).decode
_PEOPLE = frozenset({"agent", "token", "rule"})
"""Whoever does something on purpose: it fires, whatever it is done to."""


class Wanted(msgspec.Struct, frozen=True):
    """What a webhook asks for. An empty set leaves everything through; all that are not empty must agree."""

    webhook_id: int
    since_position: int
    types: frozenset[str]
    networks: frozenset[str]
    channels: frozenset[int]
    teams: frozenset[int]
    tags: frozenset[int]

    @property
    def about_conversations(self) -> bool:
        """Whether only what happens in some channels, teams or tags is asked for."""
        return bool(self.networks or self.channels or self.teams or self.tags)


class Known(msgspec.Struct, frozen=True):
    """What was looked up about the events of a page."""

    networks: Mapping[int, str]
    """Channel → network."""
    tags: Mapping[int, set[int]]
    """Conversation → its tags now."""
    began: Mapping[int, Began]
    history_items: set[int]
    old_posts: set[int]


def wanted_by(webhook: Webhook) -> Wanted:
    """The filters of a webhook."""
    return Wanted(
        webhook_id=webhook.id,
        since_position=webhook.since_position,
        types=_names(webhook.types),
        networks=_names(webhook.networks),
        channels=_ids(webhook.channel_ids),
        teams=_ids(webhook.team_ids),
        tags=_ids(webhook.tag_ids),
    )


def is_public(logged: e.Logged) -> bool:
    """Whether an event may leave at all: what is private to one agent never does."""
    return logged.audience.agent_id is None


def may_fire(wanted: Wanted, logged: e.Logged) -> bool:
    """What can be said without looking anything up. What only admins see goes to those who ask for it by name."""
    if logged.position <= wanted.since_position or not is_public(logged):
        return False
    if isinstance(logged.event, e.RuleCalled):
        return logged.event.webhook_id == wanted.webhook_id
    name = e.name_of(logged.event)
    if logged.audience.admins and name not in wanted.types:
        return False
    return not wanted.types or name in wanted.types


def fires(wanted: Wanted, logged: e.Logged, known: Known) -> bool:
    """Whether a webhook gets an event. What a rule calls it for it gets whatever it asks for otherwise."""
    if isinstance(logged.event, e.RuleCalled):
        return may_fire(wanted, logged)
    return may_fire(wanted, logged) and not is_history(logged, known) and _in_scope(wanted, logged, known)


def is_history(logged: e.Logged, known: Known) -> bool:
    """Whether an event only tells of what was before the channel was connected (or was imported): nobody's work, unless
    a person made it so.
    """
    if logged.actor.kind in _PEOPLE:
        return False
    event = logged.event
    message_id = getattr(event, "message_id", None)
    if message_id is not None:
        return message_id in known.history_items
    if isinstance(event, e.PostChanged):
        return event.post_id in known.old_posts
    began = known.began.get(e.conversation_of(event) or 0)
    if began is None or isinstance(event, e.ContentErased):
        return False
    # A conversation that begins with a live item is live from its very first event, which is before that item.
    live = began.live if began.live != began.first else 0
    return live is None or logged.position < live


def _in_scope(wanted: Wanted, logged: e.Logged, known: Known) -> bool:
    if not wanted.about_conversations:
        return True
    event = logged.event
    channel_id = logged.audience.channel_id or getattr(event, "channel_id", None)
    if wanted.channels and channel_id not in wanted.channels:
        return False
    if wanted.networks and known.networks.get(channel_id or 0) not in wanted.networks:
        return False
    # Who asks for a team hears of what comes to it and of what leaves it.
    if wanted.teams and wanted.teams.isdisjoint({logged.audience.team_id or 0, logged.before.team_id or 0}):
        return False
    if not wanted.tags:
        return True
    tags = known.tags.get(e.conversation_of(event) or 0, set())
    taken_off = {event.tag_id} if isinstance(event, e.TagRemoved) else set()
    return not wanted.tags.isdisjoint(tags | taken_off)
