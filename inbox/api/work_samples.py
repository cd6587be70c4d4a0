"""Samples of agents' work: chosen at random or the newest, kept as a list to work through."""

from __future__ import annotations

import secrets
from itertools import islice
from typing import Annotated, Literal

import msgspec
from pydantic import Field

from inbox import clock
from inbox.api.call import Call
from inbox.api.conversations import shapes_of
from inbox.api.fields import Body, CountedInstant, Id, PageQuery
from inbox.api.pages import Page
from inbox.api.reports import DEFAULT_DAYS
from inbox.api.routing import Routes
from inbox.clock import iso
from inbox.commands.work_reviews import KeepSample, RemoveSample, own_sample
from inbox.domain.figures import Asked, Filters
from inbox.domain.permissions import Principal, require
from inbox.domain.work_review_records import WorkReview, WorkSample
from inbox.domain.work_review_samples import LAST_SEED, MOST, Candidate, in_turn
from inbox.domain.work_review_shapes import OpenSampleShape, SampleAsked, SampleItem, WorkSampleShape
from inbox.errors import Invalid
from inbox.eventlog import reading
from inbox.eventlog.directory import Directory
from inbox.storage import work_reviews as stored
from inbox.storage.database import Query

routes = Routes("Reviews of work")
_LOOKED_AT_ONCE = 200
_LAST_ID = 2**63 - 1
_items = msgspec.json.Decoder(list[tuple[int, int]]).decode
_asked = msgspec.json.Decoder(SampleAsked).decode
Ids = Annotated[list[Id], Field(max_length=500)]
Names = Annotated[list[Annotated[str, Field(min_length=1, max_length=60)]], Field(max_length=100)]
Pair = tuple[int, int]
"""(agent, conversation)."""


class NewWorkSample(Body):
    """What to look at. `team_ids`: of these teams' members, beside `agent_ids`; without both, of all agents but
    oneself. The period (the last 30 days if not given) is that in which the agent replied, noted, dismissed or closed;
    the other filters are those of reports. `breached`: only where the agent answered late, or held what became late.
    `again`: also what was reviewed already. `seed`: the same one with the same question gives the same sample again.
    """

    since: CountedInstant | None = Field(None, alias="from")
    until: CountedInstant | None = Field(None, alias="to")
    agent_ids: Ids = Field(default_factory=list)
    team_ids: Ids = Field(default_factory=list)
    channel_ids: Ids = Field(default_factory=list)
    networks: Names = Field(default_factory=list)
    kinds: Names = Field(default_factory=list)
    tag_ids: Ids = Field(default_factory=list)
    campaign_ids: Ids = Field(default_factory=list)
    languages: Names = Field(default_factory=list)
    ratings: list[Annotated[int, Field(ge=1, le=5)]] = Field(default_factory=list, max_length=5)
    breached: bool = False
    again: bool = False
    order: Literal["random", "newest"] = "random"
    count: int = Field(10, ge=1, le=MOST)
    seed: int | None = Field(None, ge=1, le=LAST_SEED)
    checklist_id: Id | None = None


def _question(body: NewWorkSample, directory: Directory, principal: Principal) -> Asked:
    """What is asked of the facts. Raises Invalid for a period or people that there are not."""
    now = clock.now()
    until = body.until if body.until is not None else now
    since = body.since if body.since is not None else until - DEFAULT_DAYS * clock.DAY
    if since >= until:
        raise Invalid("the period is empty: from must lie before to", code="period")
    for name, ids, known in (
        ("agent", body.agent_ids, directory.agents.keys()),
        ("team", body.team_ids, directory.teams.keys()),
    ):
        unknown = set(ids) - known
        if unknown:
            raise Invalid(f"there is no {name} {min(unknown)}", code=f"{name}_ids")
    named = {*body.agent_ids, *(one for team in body.team_ids for one in directory.members.get(team, ()))}
    people = named if body.agent_ids or body.team_ids else directory.agents.keys()
    agents = sorted(one for one in people if directory.agents[one].active and one != principal.agent_id)
    if not agents:
        raise Invalid("there is nobody in it whose work you could review", code="agent_ids")
    filters = Filters(
        agent=tuple(agents), channel=tuple(body.channel_ids), network=tuple(body.networks), kind=tuple(body.kinds),
        tag=tuple(body.tag_ids), campaign=tuple(body.campaign_ids), language=tuple(body.languages),
        rating=tuple(body.ratings),
    )  # fmt: skip
    return Asked(since=since, until=until, filters=filters, now=now)


def _choose(body: NewWorkSample, asked: Asked, seed: int, principal: Principal) -> Query[tuple[list[Candidate], int]]:
    """The conversations of a sample in order, and how many there were to choose from."""
    known = yield from stored.candidates(asked, principal.scope, breached=body.breached)
    if not body.again:
        done = yield from stored.reviewed(principal.agent_id or 0)
        known = [one for one in known if (one.agent_id, one.conversation_id) not in done]
    queue = in_turn(known, body.order, seed)
    chosen: list[Candidate] = []
    # Facts tell of then: what is out of sight by now makes place for the next in turn.
    while len(chosen) < body.count and (some := list(islice(queue, _LOOKED_AT_ONCE))):
        seen = yield from stored.seen_now({one.conversation_id for one in some}, principal.scope)
        chosen += [one for one in some if one.conversation_id in seen]
    return chosen[: body.count], len(known)


@routes.post("/work-samples", needs="agent", rate="costly", idempotent=True)
async def create_work_sample(call: Call, body: NewWorkSample) -> OpenSampleShape:
    """Choose conversations to look at, and keep the list. For people who see reports."""
    require(call.principal, "reports")
    asked = _question(body, await call.deps.directory.fresh(), call.principal)
    seed = body.seed if body.seed is not None else secrets.randbelow(LAST_SEED) + 1
    chosen, count = await call.deps.database.read(_choose, body, asked, seed, call.principal)
    said = msgspec.json.encode(_said(body, asked)).decode()
    unit = KeepSample(call.principal, said, chosen, seed=seed, found=count, checklist_id=body.checklist_id)
    return await _opened(call, await call.submit(unit))


def _said(body: NewWorkSample, asked: Asked) -> SampleAsked:
    return SampleAsked(
        since=iso(asked.since), until=iso(asked.until), agent_ids=[str(one) for one in body.agent_ids],
        team_ids=[str(one) for one in body.team_ids], channel_ids=[str(one) for one in body.channel_ids],
        networks=body.networks, kinds=body.kinds, tag_ids=[str(one) for one in body.tag_ids],
        campaign_ids=[str(one) for one in body.campaign_ids], languages=body.languages, ratings=body.ratings,
        breached=body.breached, again=body.again, order=body.order, count=body.count,
    )  # fmt: skip


@routes.get("/work-samples", needs="agent")
async def list_work_samples(call: Call, query: PageQuery) -> Page[WorkSampleShape]:
    """One's own samples, newest first."""
    require(call.principal, "reports")
    bound_to = f"work-samples:{call.agent_id}"
    before = call.deps.cursors.read(bound_to, query.cursor)[0] if query.cursor else _LAST_ID
    position = await call.position()
    found, reviews = await call.deps.database.read(_page, call.agent_id, before, query.limit + 1)
    shown = found[: query.limit]
    more = len(found) > query.limit
    return Page(
        items=[_shape(one, reviews) for one in shown],
        next_cursor=call.deps.cursors.make(bound_to, [shown[-1].id]) if more else None,
        position=position,
    )


def _page(owner_id: int, before: int, limit: int) -> Query[tuple[list[WorkSample], dict[Pair, WorkReview]]]:
    samples = yield from stored.samples(owner_id, before, limit)
    ids = {conversation for one in samples for _, conversation in _items(one.items)}
    return samples, (yield from stored.of_reviewer_in(owner_id, ids))


@routes.get("/work-samples/{sample_id}", needs="agent")
async def see_work_sample(call: Call, sample_id: int) -> OpenSampleShape:
    """One's own sample, with its conversations as they are now."""
    require(call.principal, "reports")
    return await _opened(call, await call.deps.database.read(own_sample, call.principal, sample_id))


@routes.delete("/work-samples/{sample_id}", needs="agent")
async def remove_work_sample(call: Call, sample_id: int) -> None:
    """Remove a sample. What was written while working through it stays."""
    await call.submit(RemoveSample(call.principal, sample_id))


async def _opened(call: Call, sample: WorkSample) -> OpenSampleShape:
    pairs = _items(sample.items)
    ids = list(dict.fromkeys(conversation for _, conversation in pairs))
    listed = await call.deps.database.read(reading.rows, ids, call.agent_id)
    reviews = await call.deps.database.read(stored.of_reviewer_in, call.agent_id, ids)
    scope = call.principal.scope
    shapes = {
        row.id: shape
        for row, shape in zip(listed.rows, shapes_of(call, listed), strict=True)
        if scope.covers(row.channel_id, row.team_id)
    }
    items = [
        SampleItem(
            agent_id=str(agent), conversation_id=str(conversation), conversation=shapes.get(conversation),
            review_id=str(review.id) if review is not None else None, state=_state(review),
        )
        for agent, conversation in pairs
        for review in (reviews.get((agent, conversation)),)
    ]  # fmt: skip
    return OpenSampleShape(sample=_shape(sample, reviews), items=items)


def _state(review: WorkReview | None) -> Literal["", "draft", "shared"]:
    if review is None:
        return ""
    return "shared" if review.shared_at is not None else "draft"


def _shape(sample: WorkSample, reviews: dict[Pair, WorkReview]) -> WorkSampleShape:
    pairs = _items(sample.items)
    states = [_state(reviews.get(pair)) for pair in pairs]
    return WorkSampleShape(
        id=str(sample.id),
        asked=_asked(sample.asked),
        seed=sample.seed,
        found=sample.found,
        size=len(pairs),
        drafts=states.count("draft"),
        shared=states.count("shared"),
        checklist_id=str(sample.checklist_id) if sample.checklist_id is not None else None,
        created_at=iso(sample.created_at),
    )
