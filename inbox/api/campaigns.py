"""Campaigns: named sets of posts, hashtags and dates."""

from __future__ import annotations

from typing import Annotated

import msgspec
from pydantic import Field

from inbox.api.call import Call
from inbox.api.fields import Body, Id, Instant, Words
from inbox.api.labels import changed
from inbox.api.pages import Page
from inbox.api.posts import follow, visible_channels
from inbox.api.routing import Routes
from inbox.clock import iso, iso_or_none
from inbox.commands.campaigns import EmptyCampaign, Put, PutCampaign, RemoveCampaign
from inbox.commands.posts import carry_all
from inbox.commands.versions import found
from inbox.domain.records import Campaign
from inbox.domain.shapes import CampaignShape
from inbox.eventlog.show import text_id
from inbox.storage import posts, rows
from inbox.storage.database import Query

routes = Routes("Campaigns")
_tags = msgspec.json.Decoder(list[str]).decode
Hashtag = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[#＃]?[\w·]+$")]


class NewCampaign(Body):
    """A campaign. `post_ids`: posts that belong to it; `hashtags`: new posts, and new conversations under none, that
    hold one of them while it runs belong to it too. `team_id`: its new conversations go to that team.
    """

    name: Words
    owner_id: Id | None = None
    goal: str = Field("", max_length=2_000)
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    hashtags: list[Hashtag] = Field(default_factory=list, max_length=50)
    post_ids: list[Id] = Field(default_factory=list, max_length=500)
    team_id: Id | None = None


class CampaignPatch(Body):
    """What to change of a campaign."""

    name: Words | None = None
    owner_id: Id | None = None
    goal: str | None = Field(None, max_length=2_000)
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    hashtags: list[Hashtag] | None = Field(None, max_length=50)
    post_ids: list[Id] | None = Field(None, max_length=500)
    team_id: Id | None = None


async def _shapes(call: Call, campaigns: list[Campaign]) -> list[CampaignShape]:
    visible = visible_channels(call.principal, await call.deps.directory.fresh())
    known = await call.deps.database.read(posts.posts_of, [one.id for one in campaigns])
    return [
        CampaignShape(
            id=str(one.id),
            name=one.name,
            owner_id=text_id(one.owner_id),
            goal=one.goal,
            starts_at=iso_or_none(one.starts_at),
            ends_at=iso_or_none(one.ends_at),
            hashtags=_tags(one.hashtags),
            post_ids=[str(post) for post, channel in known[one.id] if visible is None or channel in visible],
            created_at=iso(one.created_at),
            version=one.version,
            team_id=text_id(one.team_id),
        )
        for one in campaigns
    ]


@routes.get("/campaigns")
async def list_campaigns(call: Call) -> Page[CampaignShape]:
    """All campaigns, with those of their posts one sees."""
    position = await call.position()
    known = await call.deps.database.read(rows.every, Campaign)
    return Page(items=await _shapes(call, known), position=position)


@routes.post("/campaigns", needs="settings", idempotent=True)
async def create_campaign(call: Call, body: NewCampaign) -> CampaignShape:
    """Make a campaign. Conversations under its posts follow."""
    values = {name: getattr(body, name) for name in NewCampaign.model_fields if name != "post_ids"}
    unit = PutCampaign(call.principal, None, values, body.post_ids, directory=await call.deps.directory.fresh())
    return await _followed(call, await call.submit(unit))


@routes.get("/campaigns/{campaign_id}")
async def see_campaign(call: Call, campaign_id: int) -> CampaignShape:
    """A campaign."""
    return (await _shapes(call, [await call.deps.database.read(found, Campaign, campaign_id)]))[0]


@routes.patch("/campaigns/{campaign_id}", needs="settings", if_match=True)
async def change_campaign(call: Call, campaign_id: int, body: CampaignPatch) -> CampaignShape:
    """Change a campaign. Conversations under posts that came or left follow."""
    values = changed(body, "owner_id", "starts_at", "ends_at", "team_id")
    post_ids = values.pop("post_ids", None)
    unit = PutCampaign(
        call.principal, campaign_id, values, post_ids, directory=await call.deps.directory.fresh(),
        version=call.version,
    )  # fmt: skip
    return await _followed(call, await call.submit(unit))


async def _followed(call: Call, put: Put) -> CampaignShape:
    for post_id in put.came:
        await follow(call, post_id, put.campaign.id)
    for post_id in put.left:
        await follow(call, post_id, None)
    return (await _shapes(call, [put.campaign]))[0]


@routes.delete("/campaigns/{campaign_id}", needs="settings")
async def remove_campaign(call: Call, campaign_id: int) -> None:
    """Remove a campaign, from its posts and conversations too."""
    await call.submit(EmptyCampaign(call.principal, campaign_id, call.version))

    def select(limit: int) -> Query[list[int]]:
        return posts.of_campaign(campaign_id, limit)

    await carry_all(call.deps.database, call.deps.writer, select, None, call.principal.actor)
    await call.submit(RemoveCampaign(call.principal, campaign_id))
