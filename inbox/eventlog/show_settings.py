"""Settings objects as the outside sees them: agents, teams, channels, tags, canned answers, calendars, policies.
Secrets never leave.
"""

from __future__ import annotations

from typing import Any

import msgspec

from connectors.contract import AttachmentRule, Capability, Options
from connectors.registry import manifest
from inbox.clock import iso, iso_or_none
from inbox.domain.chains import Chain
from inbox.domain.channel_health import parted
from inbox.domain.desk_records import Macro, Notice
from inbox.domain.desk_shapes import CannedShape, SharedDraftShape, VariantShape
from inbox.domain.notifying_shapes import NotificationShape
from inbox.domain.prepared_answers import variants_of
from inbox.domain.records import Agent, Canned, Channel, Draft, Notification, Record, Tag, Team, View
from inbox.domain.routing_records import House
from inbox.domain.routing_rows import attendance_of, languages_of, skills_of
from inbox.domain.routing_shapes import attendance_shape
from inbox.domain.rule_records import Rule
from inbox.domain.shapes import (
    AgentShape,
    CapabilityShape,
    ChannelShape,
    DraftShape,
    OptionsRuleShape,
    TagShape,
    TeamShape,
    ViewShape,
)
from inbox.domain.sla_records import Calendar, Policy
from inbox.domain.survey_records import Survey
from inbox.eventlog.directory import Directory, settings_of
from inbox.eventlog.show_chains import chain_shape
from inbox.eventlog.show_desk import macro_shape, notice_shape
from inbox.eventlog.show_rules import rule_shape
from inbox.eventlog.show_sla import calendar_shape, policy_shape
from inbox.eventlog.show_surveys import survey_shape

_ids = msgspec.json.Decoder(list[int]).decode


def agent_shape(agent: Agent, directory: Directory) -> AgentShape:
    """Someone who signs in, without credentials."""
    able = directory.abilities.get(agent.id)
    return AgentShape(
        id=str(agent.id),
        name=agent.name,
        email=agent.email,
        role=agent.role,  # type: ignore[arg-type]
        team_ids=sorted((str(team) for team in directory.teams_of(agent.id)), key=int),
        channel_ids=None if agent.channel_ids is None else [str(c) for c in _ids(agent.channel_ids)],
        active=bool(agent.active),
        avatar_url=None,
        locale=agent.locale,
        capacity=directory.capacity_of(agent.id),
        languages=languages_of(able) if able is not None else {},
        skills=skills_of(able) if able is not None else [],
    )


def team_shape(team: Team, directory: Directory) -> TeamShape:
    """Agents who share work."""
    return TeamShape(
        id=str(team.id), name=team.name, agent_ids=[str(a) for a in sorted(directory.members.get(team.id, ()))]
    )


def tag_shape(tag: Tag) -> TagShape:
    """A label."""
    return TagShape(id=str(tag.id), name=tag.name, colour=tag.colour)


def canned_shape(canned: Canned) -> CannedShape:
    """A prepared answer."""
    return CannedShape(
        id=str(canned.id),
        shortcut=canned.shortcut,
        name=canned.name,
        text=canned.text,
        language=canned.language,
        ends_wait=bool(canned.ends_wait),
        variants=[
            VariantShape(text=one.text, language=one.language, audience=one.audience) for one in variants_of(canned)
        ],
        version=canned.version,
    )


def view_key(view_id: int) -> str:
    """By which a saved view is named outside."""
    return f"saved:{view_id}"


def view_shape(view: View) -> ViewShape:
    """A saved filter; its count is told over the websocket."""
    return ViewShape(
        key=view_key(view.id),
        name=view.name,
        filter=msgspec.json.decode(view.filter),
        sort=view.sort,  # type: ignore[arg-type]
        scope=view.scope,  # type: ignore[arg-type]
        group="saved",
        count=None,
        late=0,
        version=view.version,
        team_id=None if view.team_id is None else str(view.team_id),
    )


def draft_shape(draft: Draft) -> DraftShape:
    """Words not sent yet."""
    return DraftShape(
        conversation_id=str(draft.conversation_id),
        mode=draft.mode,  # type: ignore[arg-type]
        thread_id=None if draft.thread_id is None else str(draft.thread_id),
        text=draft.text,
        version=draft.version,
        at=iso(draft.at),
        shared=bool(draft.shared),
        in_reply_to=None if draft.in_reply_to is None else str(draft.in_reply_to),
    )


def shared_draft_shape(draft: Draft) -> SharedDraftShape:
    """A draft as colleagues see it."""
    return SharedDraftShape(
        agent_id=str(draft.agent_id),
        conversation_id=str(draft.conversation_id),
        mode=draft.mode,  # type: ignore[arg-type]
        thread_id=None if draft.thread_id is None else str(draft.thread_id),
        text=draft.text if draft.shared else "",
        version=draft.version,
        at=iso(draft.at),
        in_reply_to=None if draft.in_reply_to is None else str(draft.in_reply_to),
    )


def channel_shape(channel: Channel, public_url: str) -> ChannelShape:
    """A connected page, number, mailbox or listing, with what its network can do."""
    found = manifest(channel.network)
    code, reason = parted(channel.health_reason)
    return ChannelShape(
        id=str(channel.id),
        network=channel.network,
        network_name=found.name,
        mark=found.mark,
        colour=found.colour,
        name=channel.name,
        brand=channel.brand,
        location=channel.location,
        asset_id=channel.asset_id,
        active=bool(channel.active),
        sandbox=bool(channel.sandbox),
        health=channel.health,  # type: ignore[arg-type]
        health_reason=reason,
        health_code=code,
        caught_up_at=iso_or_none(channel.caught_up_at),
        live_since=iso(channel.live_since),
        webhook_url=webhook_url(channel, public_url),
        settings=settings_of(channel),
        capabilities={str(kind): capability_shape(c) for kind, c in found.kinds.items()},
        reactions_out=list(found.reactions_out),
        connection_id=None if channel.connection_id is None else str(channel.connection_id),
        version=channel.version,
    )


def webhook_url(channel: Channel, public_url: str) -> str:
    """Where the network posts to this channel; empty where it does not."""
    found = manifest(channel.network)
    takes = found.inbound & {"webhook", "chat"}
    if not takes:
        return ""
    if found.door:
        return f"{public_url}/hooks/{found.door}"
    path = "chat" if takes == {"chat"} else f"hooks/{channel.network}"
    return f"{public_url}/{path}/{channel.id}"


def capability_shape(capability: Capability) -> CapabilityShape:
    """What an agent can do in one kind of thread."""
    private = capability.private_text
    return CapabilityShape(
        audience=capability.audience,
        text_limit=capability.text.limit,
        text_unit=capability.text.unit,
        private_text_limit=private.limit if private is not None else None,
        private_text_unit=private.unit if private is not None else None,
        private_reply_seconds=capability.private_reply_seconds,
        attachments=[_attachment_rule(rule) for rule in capability.attachments],
        actions=sorted(capability.actions),
        window_seconds=capability.window_seconds,
        edit_seconds=capability.edit_seconds,
        delete_seconds=capability.delete_seconds,
        html=capability.html,
        recipients=capability.recipients,
        starts=capability.starts,
        options=_options_rule(capability.options),
    )


def _options_rule(options: Options | None) -> OptionsRuleShape | None:
    """How options are given, form within form."""
    if options is None:
        return None
    return OptionsRuleShape(
        count=options.max_count,
        title_limit=options.title.limit,
        text_limit=options.text.limit,
        description_limit=options.description.limit if options.description is not None else None,
        button_limit=options.button.limit if options.button is not None else None,
        location=options.location,
        longer=_options_rule(options.longer),
        links=_options_rule(options.links),
    )


def _attachment_rule(rule: AttachmentRule) -> dict[str, Any]:
    return {"kind": rule.kind, "mimes": list(rule.mimes), "max_bytes": rule.max_bytes, "max_count": rule.max_count}


def notification_shape(notification: Notification) -> NotificationShape:
    """Something one agent should know."""
    return NotificationShape(
        id=str(notification.id),
        kind=notification.kind,
        conversation_id=None if notification.conversation_id is None else str(notification.conversation_id),
        text=notification.detail,
        at=iso(notification.at),
        read=notification.read_at is not None,
        message_id=None if notification.message_id is None else str(notification.message_id),
        count=notification.count,
        data=msgspec.json.decode(notification.data) if notification.data else {},
    )


def setting_shape(  # noqa: C901 - one arm for each kind
    kind: str, record: Record | None, directory: Directory, public_url: str
) -> Any:
    """The object of a SettingChanged event; None when it was removed or is nobody's to see."""
    match record:
        case Agent():
            return agent_shape(record, directory)
        case Team():
            return team_shape(record, directory)
        case Tag():
            return tag_shape(record)
        case Canned():
            return canned_shape(record)
        case Channel():
            return channel_shape(record, public_url)
        case Calendar():
            return calendar_shape(record)
        case View():
            return view_shape(record)
        case Macro():
            return macro_shape(record)
        case Notice():
            return notice_shape(record)
        case Policy():
            return policy_shape(record)
        case Rule():
            return rule_shape(record)
        case House():
            return attendance_shape(attendance_of(record), record.version)
        case Chain():
            return chain_shape(record)
        case Survey():
            return survey_shape(record)
        case Notification():
            return notification_shape(record)
        case _:
            return None
