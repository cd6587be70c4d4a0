"""Who and what the workspace consists of, held in memory: agents, teams, channels, tags. Dropped and read again when an
event says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import NamedTuple, TypeVar

import msgspec
from sqlalchemy import Table, select

from connectors.registry import manifest
from inbox.domain import events as e
from inbox.domain.campaigns import CampaignFacts
from inbox.domain.chains import Chain
from inbox.domain.permissions import ROLES, Principal, Scope
from inbox.domain.records import Agent, App, Campaign, Canned, Channel, Record, Tag, Team, View
from inbox.domain.routing import Attendance, TeamTerms
from inbox.domain.routing_records import Ability, House, TeamRouting
from inbox.domain.routing_rows import attendance_of, terms_of
from inbox.domain.rule_records import Rule
from inbox.domain.sla import NO_TERMS, Terms
from inbox.domain.sla_records import Calendar, Policy
from inbox.domain.state import ChannelFacts
from inbox.domain.survey_records import Survey
from inbox.eventlog import desk_settings
from inbox.eventlog.desk_settings import DeskSettings
from inbox.storage import tables as t
from inbox.storage.database import Database, Query, Statement

R = TypeVar("R", bound=Record)
SIGN_OFF = "sign_off"
"""Setting of a channel: the last line of every prepared answer there."""
SHOW_SEEN, SHOW_TYPING = "show_seen", "show_typing"
"""Channel settings: `no` keeps from customers that we read, or write."""
JOIN_PRIVATE = "join_private"
"""Setting of a channel, `yes` (the default) or `no`: whether the thread of a private reply joins the comment's
conversation.
"""
_ids = msgspec.json.Decoder(list[int]).decode
_tags = msgspec.json.Decoder(frozenset[str]).decode
_settings = msgspec.json.Decoder(dict[str, str]).decode


def _all(table: Table) -> Statement:
    return Statement(select(*[c for c in table.c if c.name != "workspace_id"]).order_by(table.c.id))


_AGENTS, _TEAMS, _CHANNELS, _TAGS, _CANNED, _APPS, _CAMPAIGNS, _CALENDARS, _POLICIES = (
    _all(x) for x in (t.agent, t.team, t.channel, t.tag, t.canned, t.app, t.campaign, t.calendar, t.policy)
)
_CHAINS = _all(t.chain)
_RULES = _all(t.rule)
_SURVEYS = _all(t.survey)
_VIEWS = _all(t.view)
_ABILITIES, _ROUTING, _HOUSES = (_all(x) for x in (t.ability, t.team_routing, t.house))
_MEMBERS = Statement(select(t.team_member.c.team_id, t.team_member.c.agent_id))


class Directory:
    """A consistent copy of the small tables. `load()` before use; `heard(event)` marks it stale; `fresh()` reloads when
    it is.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.agents: dict[int, Agent] = {}
        self.teams: dict[int, Team] = {}
        self.members: dict[int, set[int]] = {}
        """Team → agents."""
        self.channels: dict[int, Channel] = {}
        self.tags: dict[int, Tag] = {}
        self.canned: dict[int, Canned] = {}
        self.views: dict[int, View] = {}
        """Saved ones, everybody's own too."""
        self.campaigns: dict[int, Campaign] = {}
        self.apps: dict[int, App] = {}
        self.calendars: dict[int, Calendar] = {}
        self.policies: dict[int, Policy] = {}
        """Calendars and policies, removed ones too: past results name them."""
        self.terms: Terms = NO_TERMS
        """What they promise, ready to be asked."""
        self.rules: dict[int, Rule] = {}
        """Rules, removed ones too: what they did names them."""
        self.chains: dict[int, Chain] = {}
        """Escalation chains, removed ones too: what was escalated by them goes on."""
        self.surveys: dict[int, Survey] = {}
        """Surveys, removed ones too: what they asked names them."""
        self.abilities: dict[int, Ability] = {}
        """By agent; without one: no language, no skill, and as much as anybody."""
        self.routing: dict[int, TeamTerms] = {}
        """By team, 0 for none; without one: off."""
        self.attendance = Attendance()
        self.houses: dict[int, House] = {}
        """The row that says it; none in a new house."""
        self.desk = DeskSettings()
        self._by_asset: dict[tuple[str, str, int | None], list[Channel]] = {}
        self._facts: dict[int, ChannelFacts] = {}
        self._changes = 1
        """How many changes were heard; the copy holds the first `_held` of them."""
        self._held = 0
        self._turn = asyncio.Lock()

    def heard(self, event: e.Event) -> bool:
        """Note an event. True when the copy is stale now."""
        if isinstance(event, (e.SettingChanged, e.ChannelHealthChanged)):
            self._changes += 1
        return self._stale

    @property
    def _stale(self) -> bool:
        return self._held != self._changes

    async def fresh(self) -> Directory:
        """Itself, read again if it was stale."""
        if self._stale:
            async with self._turn:
                if self._stale:
                    await self.load()
        return self

    async def load(self) -> None:
        """Read everything in one transaction."""
        # What is heard while this reads may not be in it: then the copy is stale again at once.
        changes = self._changes
        found = await self.database.read(_read_all)
        self.agents = {a.id: a for a in found.agents}
        self.teams = {x.id: x for x in found.teams}
        self.channels = {c.id: c for c in found.channels}
        self.tags = {x.id: x for x in found.tags}
        self.canned = {x.id: x for x in found.canned}
        self.views = {x.id: x for x in found.views}
        self.apps = {x.id: x for x in found.apps}
        self.campaigns = {x.id: x for x in found.campaigns}
        kept = (self.calendars, self.policies, self.chains, self.surveys)
        if [found.calendars, found.policies, found.chains, found.surveys] != [list(one.values()) for one in kept]:
            # Made anew only when they changed: it keeps what was worked out of the days.
            self.terms = Terms(found.policies, found.calendars, found.chains, found.surveys)
        self.calendars = {x.id: x for x in found.calendars}
        self.rules = {x.id: x for x in found.rules}
        self.policies = {x.id: x for x in found.policies}
        self.chains = {x.id: x for x in found.chains}
        self.surveys = {x.id: x for x in found.surveys}
        self.abilities = {x.id: x for x in found.abilities}
        self.routing = {x.id: terms_of(x) for x in found.routing}
        self.houses = {x.id: x for x in found.houses}
        self.attendance = attendance_of(self.houses.get(1))
        self.desk = found.desk
        self._by_asset = {}
        for channel in found.channels:
            for asset in assets_of(channel) if channel.active else ():
                self._by_asset.setdefault((channel.network, asset, channel.app_id), []).append(channel)
        self.members = {}
        for team_id, agent_id in found.members:
            self.members.setdefault(team_id, set()).add(agent_id)
        self._facts = {}
        self._held = changes

    def facts(self, channel_id: int) -> ChannelFacts:
        """What decisions need of a channel. Raises KeyError when there is none."""
        found = self._facts.get(channel_id)
        if found is None:
            tagged = tuple(campaign_facts(one) for one in self.campaigns.values() if one.hashtags != "[]")
            found = self._facts[channel_id] = facts_of(
                self.channels[channel_id],
                tagged,
                campaign_teams={
                    one.id: one.team_id
                    for one in self.campaigns.values()
                    if one.team_id is not None and one.team_id in self.teams
                },
                reopens={team: terms.reopen for team, terms in self.routing.items() if terms.reopen != "same"},
            )
        return found

    def of_asset(self, network: str, asset_id: str, app_id: int | None) -> list[Channel]:
        """The active channels of an app that are an account at a network, or belong to it."""
        return self._by_asset.get((network, asset_id, app_id), [])

    def sibling_of(self, channel_id: int, network: str) -> ChannelFacts | None:
        """The channel of that network on which the same asset talks in private: the channel itself, or another of the
        asset and, where both name one, of the app. None without one, or where the channel keeps private replies apart.
        """
        own = self.channels[channel_id]
        if settings_of(own).get(JOIN_PRIVATE) == "no":
            return None
        if network == own.network:
            return self.facts(channel_id)
        assets = assets_of(own)
        found = [
            other.id
            for other in self.channels.values()
            if other.network == network
            and not assets.isdisjoint(assets_of(other))
            and (own.app_id is None or other.app_id is None or own.app_id == other.app_id)
        ]
        # One that was disconnected stays as a row beside the one connected anew.
        return self.facts(max(found, key=lambda i: (self.channels[i].active, i))) if found else None

    def teams_of(self, agent_id: int) -> frozenset[int]:
        """Teams of an agent."""
        return frozenset(team for team, agents in self.members.items() if agent_id in agents)

    def capacity_of(self, agent_id: int) -> int:
        """How much an agent takes at once."""
        able = self.abilities.get(agent_id)
        return self.attendance.capacity if able is None or able.capacity is None else able.capacity

    def scope_of(self, agent: Agent) -> Scope:
        """What an agent covers: admins everything."""
        admin = agent.role == "admin"
        channels = None if agent.channel_ids is None or admin else frozenset(_ids(agent.channel_ids))
        return Scope(channels, self.teams_of(agent.id), admin)

    def principal_of(self, agent: Agent, session_id: int | None = None) -> Principal:
        """An agent as the one who asks."""
        return Principal(e.Actor("agent", agent.id), agent.name, self.scope_of(agent), ROLES[agent.role], session_id)

    def name_of(self, actor: e.Actor) -> str:
        """The public name of who did something; empty for contacts, whose names are content."""
        if actor.kind == "agent" and actor.id in self.agents:
            return self.agents[actor.id].name
        if actor.kind == "rule" and actor.id in self.rules:
            return self.rules[actor.id].name
        return {"system": "Inbox", "rule": "Rule", "token": "API", "outside": "In the network's app"}.get(
            actor.kind, ""
        )


def campaign_facts(campaign: Campaign) -> CampaignFacts:
    """What decisions need to know of a campaign."""
    return CampaignFacts(
        id=campaign.id,
        hashtags=_tags(campaign.hashtags),
        starts_at=campaign.starts_at,
        ends_at=campaign.ends_at,
    )


def facts_of(
    channel: Channel, campaigns: tuple[CampaignFacts, ...] = (), *, campaign_teams: Mapping[int, int] | None = None,
    reopens: Mapping[int, str] | None = None,
) -> ChannelFacts:  # fmt: skip
    """A channel's facts from its row and its network's manifest, the campaigns that have hashtags or a team, and what
    teams do with what is reopened.
    """
    found = manifest(channel.network)
    windows = {kind: c.window_seconds for kind, c in found.kinds.items() if c.window_seconds is not None}
    return ChannelFacts(
        id=channel.id,
        network=channel.network,
        identity_scope="" if found.identity_scope == "network" else f"asset:{channel.asset_id or channel.id}",
        item_scope=found.identity_scope == "item",
        erases_unsent=found.unsend == "erase",
        live_since=channel.live_since,
        reopen_seconds=channel.reopen_seconds,
        team_id=channel.team_id,
        sandbox=bool(channel.sandbox),
        window_seconds={str(kind): seconds for kind, seconds in windows.items()},
        campaigns=campaigns,
        campaign_teams=dict(campaign_teams or {}),
        reopens=dict(reopens or {}),
    )


def assets_of(channel: Channel) -> set[str]:
    """Every id under which the network may name the channel's account."""
    fields = manifest(channel.network).asset_fields
    known = settings_of(channel) if fields else {}
    return {asset for asset in (channel.asset_id, *(known.get(name, "") for name in fields)) if asset}


def settings_of(channel: Channel) -> dict[str, str]:
    """The channel's settings that are not secret."""
    return _settings(channel.settings) if channel.settings else {}


class _All(NamedTuple):
    rules: list[Rule]
    agents: list[Agent]
    teams: list[Team]
    channels: list[Channel]
    tags: list[Tag]
    canned: list[Canned]
    apps: list[App]
    campaigns: list[Campaign]
    calendars: list[Calendar]
    policies: list[Policy]
    abilities: list[Ability]
    routing: list[TeamRouting]
    houses: list[House]
    members: list[tuple[int, int]]
    chains: list[Chain]
    surveys: list[Survey]
    views: list[View]
    desk: DeskSettings


def _records(kind: type[R], statement: Statement) -> Query[list[R]]:
    rows = yield statement()
    return [kind(*row) for row in rows]


def _read_all() -> Query[_All]:
    agents = yield from _records(Agent, _AGENTS)
    teams = yield from _records(Team, _TEAMS)
    channels = yield from _records(Channel, _CHANNELS)
    tags = yield from _records(Tag, _TAGS)
    canned = yield from _records(Canned, _CANNED)
    apps = yield from _records(App, _APPS)
    campaigns = yield from _records(Campaign, _CAMPAIGNS)
    calendars = yield from _records(Calendar, _CALENDARS)
    policies = yield from _records(Policy, _POLICIES)
    rules = yield from _records(Rule, _RULES)
    abilities = yield from _records(Ability, _ABILITIES)
    routing = yield from _records(TeamRouting, _ROUTING)
    houses = yield from _records(House, _HOUSES)
    members = [(row[0], row[1]) for row in (yield _MEMBERS())]
    chains = yield from _records(Chain, _CHAINS)
    surveys = yield from _records(Survey, _SURVEYS)
    views = yield from _records(View, _VIEWS)
    desk = yield from desk_settings.read()
    return _All(
        rules, agents, teams, channels, tags, canned, apps, campaigns, calendars, policies, abilities, routing, houses,
        members, chains=chains, surveys=surveys, views=views, desk=desk,
    )  # fmt: skip
