"""Surveys after close: what is asked and where, what was asked in a conversation, and what people wrote."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from inbox.api.call import Call
from inbox.api.conversations import row_of, shapes_of
from inbox.api.fields import Body, Words
from inbox.api.labels import changed
from inbox.api.pages import Page
from inbox.api.reports import FiguresQuery, asked_of
from inbox.api.routing import Routes
from inbox.clock import DAY, MINUTE
from inbox.commands.surveys import PutSurvey, RemoveSurvey
from inbox.commands.versions import found
from inbox.domain.survey_records import Survey
from inbox.domain.survey_shapes import SurveyAskShape, SurveyPresetShape, SurveyShape
from inbox.domain.surveys import RANGE
from inbox.errors import NotFound
from inbox.eventlog import reading
from inbox.eventlog.show_surveys import ask_shape, preset_shape, survey_shape
from inbox.storage import rows
from inbox.storage import surveys as stored

routes = Routes("Surveys")

Scale = Literal["csat", "nps"]
Language = Annotated[str, Field(min_length=2, max_length=10)]
Minutes = Annotated[int, Field(ge=0, le=30 * DAY // MINUTE)]
Days = Annotated[int, Field(ge=0, le=3_650)]
Condition = dict[str, Any]


class WordingBody(Body):
    """The question in one language; `thanks` empty: the service's own words."""

    language: Language
    question: str = Field(min_length=1, max_length=500)
    thanks: str = Field("", max_length=500)


Texts = Annotated[list[WordingBody], Field(min_length=1, max_length=50)]


class NewSurvey(Body):
    """A survey, put when a conversation was closed and stayed closed for `delay_minutes`. `condition`: where, as the
    lists' nested conditions; null: everywhere. `every_days`: at most once per person in so many days, 0 for each time.
    `after_rules`: also after what rules closed. `place`: surveys are tried from the lowest on; the last unless given.
    """

    name: Words
    scale: Scale
    texts: Texts
    condition: Condition | None = None
    delay_minutes: Minutes = 30
    every_days: Days = 30
    after_rules: bool = True
    place: int | None = Field(None, ge=0, le=100_000)
    active: bool = True


class SurveyPatch(Body):
    """What to change of a survey. Its scale stays: scores of two scales are not one figure."""

    name: Words | None = None
    texts: Texts | None = None
    condition: Condition | None = None
    delay_minutes: Minutes | None = None
    every_days: Days | None = None
    after_rules: bool | None = None
    place: int | None = Field(None, ge=0, le=100_000)
    active: bool | None = None


class CommentsQuery(FiguresQuery):
    """Comments of the surveys that a report counts."""

    scale: Scale = "csat"
    cursor: str | None = Field(None, max_length=2000)
    limit: int = Field(50, ge=1, le=200)


def _values(given: dict[str, Any]) -> dict[str, Any]:
    values = dict(given)
    if "delay_minutes" in values:
        values["delay_seconds"] = values.pop("delay_minutes") * 60
    if "texts" in values:
        values["texts"] = [one.model_dump() for one in values["texts"]]
    return values


@routes.get("/surveys")
async def list_surveys(call: Call) -> Page[SurveyShape]:
    """All surveys, in the order in which they are tried."""
    position = await call.position()
    known = await call.deps.database.read(rows.every, Survey)
    listed = sorted((one for one in known if one.removed_at is None), key=lambda one: (one.place, one.id))
    return Page(items=[survey_shape(one) for one in listed], position=position)


@routes.post("/surveys", needs="settings", idempotent=True)
async def create_survey(call: Call, body: NewSurvey) -> SurveyShape:
    """Make a survey. It asks about what is closed from now on."""
    given = _values({name: getattr(body, name) for name in NewSurvey.model_fields})
    made = await call.submit(PutSurvey(call.principal, None, given))
    await call.deps.directory.fresh()
    return survey_shape(made)


@routes.get("/survey-presets")
async def list_survey_presets(call: Call) -> list[SurveyPresetShape]:
    """Two surveys to begin with: satisfaction and recommendation."""
    return [preset_shape(scale) for scale in RANGE]


@routes.get("/surveys/{survey_id}")
async def see_survey(call: Call, survey_id: int) -> SurveyShape:
    """A survey."""
    survey = await call.deps.database.read(found, Survey, survey_id)
    if survey.removed_at is not None:
        raise NotFound(f"there is no survey {survey_id}: it was removed")
    return survey_shape(survey)


@routes.patch("/surveys/{survey_id}", needs="settings", if_match=True)
async def change_survey(call: Call, survey_id: int, body: SurveyPatch) -> SurveyShape:
    """Change a survey. Switched on again, it asks about what is closed from then on."""
    given = _values(changed(body, "condition"))
    survey = await call.submit(PutSurvey(call.principal, survey_id, given, call.version))
    await call.deps.directory.fresh()
    return survey_shape(survey)


@routes.delete("/surveys/{survey_id}", needs="settings")
async def remove_survey(call: Call, survey_id: int) -> None:
    """Ask nobody any more. Who was asked may still answer; reports keep what was answered."""
    await call.submit(RemoveSurvey(call.principal, survey_id, call.version))
    await call.deps.directory.fresh()


@routes.get("/conversations/{conversation_id}/surveys")
async def list_conversation_surveys(call: Call, conversation_id: int) -> Page[SurveyAskShape]:
    """What the person was asked after each close of a conversation, and what he answered, oldest first."""
    row = await row_of(call, conversation_id)
    position = await call.position()
    asks = await call.deps.database.read(stored.of_conversation, conversation_id)
    known = (await call.deps.directory.fresh()).surveys
    shown = [ask_shape(one, known.get(one.survey_id), number=row.number, contact=row.contact.name) for one in asks]
    return Page(items=shown, position=position)


@routes.get("/survey-comments", needs="reports")
async def list_survey_comments(call: Call, query: CommentsQuery) -> Page[SurveyAskShape]:
    """What people wrote beside their scores, newest question first; filters as the report's."""
    asked = asked_of(query)
    given = query.model_dump(exclude_none=True, exclude={"cursor", "limit"})
    bound_to = f"survey-comments:{sorted(given.items())}"
    after = call.deps.cursors.read(bound_to, query.cursor) if query.cursor else None
    position = await call.position()
    asks = await call.deps.database.read(
        stored.comments, query.scale, asked, call.principal.scope, limit=query.limit + 1,
        after=(after[0], after[1]) if after else None,
    )  # fmt: skip
    shown, more = asks[: query.limit], len(asks) > query.limit
    ids = list(dict.fromkeys(one.conversation_id for one in shown))
    listed = await call.deps.database.read(reading.rows, ids, call.principal.agent_id)
    scope = call.principal.scope
    covered = {row.id for row in listed.rows if scope.covers(row.channel_id, row.team_id)}
    seen = {int(row.id): row for row in shapes_of(call, listed) if int(row.id) in covered}
    known = (await call.deps.directory.fresh()).surveys
    return Page(
        items=[
            ask_shape(
                one, known.get(one.survey_id), number=seen[one.conversation_id].number,
                contact=seen[one.conversation_id].contact.name,
            )
            for one in shown
            if one.conversation_id in seen
        ],
        next_cursor=call.deps.cursors.make(bound_to, [shown[-1].sent_at, shown[-1].id]) if more else None,
        position=position,
    )  # fmt: skip
