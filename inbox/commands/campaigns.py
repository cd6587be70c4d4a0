"""Campaigns: made, changed, removed, and which posts belong to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from inbox.commands.posts import post_seen_by
from inbox.commands.versions import check_version, found
from inbox.domain import events as e
from inbox.domain import posts as rules
from inbox.domain.campaigns import hashtag
from inbox.domain.permissions import Principal, require
from inbox.domain.records import Campaign
from inbox.domain.state import Needs, State
from inbox.errors import Invalid
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Unit
from inbox.storage import posts, rows
from inbox.storage.database import Query

_json = msgspec.json.Encoder().encode


class Put(msgspec.Struct, frozen=True):
    """A campaign as it is now, and the posts that came to it or left it: what is under them has to follow."""

    campaign: Campaign
    came: list[int]
    left: list[int]


class PutCampaign(Unit):
    """Make a campaign (id None), or change one: `name`, `owner_id`, `goal`, `starts_at`, `ends_at`, `hashtags`,
    `team_id`; and with `post_ids` which posts belong to it, each to one campaign at most. Posts out of sight
    stay as they are.
    """

    alone = True

    def __init__(
        self, principal: Principal, campaign_id: int | None, values: dict[str, Any],
        post_ids: Sequence[int] | None, *, directory: Directory, version: int | None = None,
    ) -> None:  # fmt: skip
        require(principal, "settings")
        self.principal = principal
        self.campaign_id = campaign_id
        self.values = dict(values)
        self.post_ids = None if post_ids is None else set(post_ids)
        self.directory = directory
        self.version = version
        if "hashtags" in self.values:
            tags = sorted({hashtag(one) for one in self.values["hashtags"]} - {""})
            self.values["hashtags"] = _json(tags).decode()

    def needs(self, needs: Needs) -> None:
        """The posts named."""
        needs.posts_by_id |= self.post_ids or set()

    def run(self, state: State) -> Query[Put]:
        """Write it."""
        owner = self.values.get("owner_id")
        if owner is not None and owner not in self.directory.agents:
            raise Invalid(f"there is no agent {owner}", code="owner_id")
        team = self.values.get("team_id")
        if team is not None and team not in self.directory.teams:
            raise Invalid(f"there is no team {team}", code="team_id")
        if self.campaign_id is None:
            campaign = Campaign(id=state.next_id(), created_at=state.now, version=1, **self.values)
            _require_order(campaign)
            yield from rows.add(campaign)
        else:
            before = yield from found(Campaign, self.campaign_id)
            check_version(before.version, self.version, f"the campaign {before.name!r}")
            campaign = msgspec.structs.replace(before, version=before.version + 1, **self.values)
            _require_order(campaign)
            yield from rows.change(campaign)
        state.emit(e.SettingChanged(object="campaign", id=campaign.id), self.principal.actor)
        came, left = yield from self._posts(state, campaign)
        return Put(campaign, came, left)

    def _posts(self, state: State, campaign: Campaign) -> Query[tuple[list[int], list[int]]]:
        if self.post_ids is None:
            return [], []
        listed = {i: post_seen_by(self.principal, self.directory, state.posts.get(i), i) for i in sorted(self.post_ids)}
        here = (yield from posts.posts_of([campaign.id]))[campaign.id]
        visible = [i for i, channel in here if self._sees(channel)]
        left = [i for i in visible if i not in listed]
        for post_id in left:
            known = yield from posts.one(post_id)
            if known is not None:
                state.load([known.post])
        came = [i for i, post in listed.items() if post.campaign_id != campaign.id]
        for post_id in (*came, *left):
            post = state.posts[post_id]
            post.campaign_id = campaign.id if post_id in listed else None
            state.touch(post)
            rules.told(state, self.directory.facts(post.channel_id), post, self.principal.actor)
        return came, left

    def _sees(self, channel_id: int) -> bool:
        channel = self.directory.channels.get(channel_id)
        return channel is not None and self.principal.scope.covers(channel.id, channel.team_id)


def _require_order(campaign: Campaign) -> None:
    if campaign.starts_at is not None and campaign.ends_at is not None and campaign.ends_at <= campaign.starts_at:
        raise Invalid("ends_at lies before starts_at", code="ends_at")


class EmptyCampaign(Unit):
    """Nothing new comes to a campaign: its posts belong to none, its hashtags are gone."""

    alone = True

    def __init__(self, principal: Principal, campaign_id: int, version: int | None) -> None:
        require(principal, "settings")
        self.principal = principal
        self.campaign_id = campaign_id
        self.version = version

    def run(self, state: State) -> Query[None]:
        """Write it."""
        campaign = yield from found(Campaign, self.campaign_id)
        check_version(campaign.version, self.version, f"the campaign {campaign.name!r}")
        yield from posts.release(campaign.id)
        yield from rows.change(msgspec.structs.replace(campaign, hashtags="[]", version=campaign.version + 1))
        state.emit(e.SettingChanged(object="campaign", id=campaign.id), self.principal.actor)


class RemoveCampaign(Unit):
    """A campaign that is empty is no more. Its conversations left it before (`commands.posts.carry_all`)."""

    alone = True

    def __init__(self, principal: Principal, campaign_id: int) -> None:
        require(principal, "settings")
        self.principal = principal
        self.campaign_id = campaign_id

    def run(self, state: State) -> Query[None]:
        """Delete it."""
        yield from rows.remove(Campaign, self.campaign_id)
        state.emit(e.SettingChanged(object="campaign", id=self.campaign_id, removed=True), self.principal.actor)
