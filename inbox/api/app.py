"""All routes of the API, collected."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from inbox import ids
from inbox.api import (
    account,
    approvals,
    attachments,
    attention,
    availability,
    bulk,
    calendars,
    campaigns,
    channels,
    checklists,
    connections,
    contacts,
    conversations,
    desk,
    drafts,
    escalation_chains,
    events,
    labels,
    links,
    macros,
    messages,
    notifications,
    oauth,
    people,
    people_around,
    people_settings,
    posts,
    preferences,
    readings,
    report_mails,
    reports,
    rule_report,
    rules,
    screens,
    search,
    session,
    sla_policies,
    surveys,
    team_routing,
    templates,
    tokens,
    transcript,
    webhooks,
    what_if,
    work_reviews,
    work_samples,
)
from inbox.api.deps import Deps
from inbox.api.dispatch import ROOT, any_method, starlette_routes
from inbox.api.openapi import openapi_routes
from inbox.api.problems import problem_response
from inbox.api.routing import Routes
from inbox.errors import NotFound

GROUPS: tuple[Routes, ...] = (
    session.routes,
    account.routes,
    preferences.routes,
    people.agents_routes,
    people.teams_routes,
    availability.routes,
    team_routing.routes,
    labels.tags_routes,
    labels.views_routes,
    labels.canned_routes,
    channels.networks_routes,
    channels.channels_routes,
    connections.routes,
    templates.routes,
    oauth.routes,
    tokens.routes,
    attention.quarantine_routes,
    notifications.routes,
    conversations.routes,
    bulk.routes,
    links.routes,
    macros.routes,
    desk.routes,
    approvals.routes,
    transcript.routes,
    messages.routes,
    readings.routes,
    drafts.routes,
    contacts.routes,
    people_around.routes,
    people_settings.fields_routes,
    people_settings.companies_routes,
    people_settings.links_routes,
    posts.routes,
    campaigns.routes,
    calendars.routes,
    sla_policies.routes,
    escalation_chains.routes,
    what_if.routes,
    surveys.routes,
    rules.routes,
    rule_report.routes,
    reports.routes,
    report_mails.routes,
    checklists.routes,
    work_samples.routes,
    work_reviews.routes,
    screens.routes,
    search.routes,
    attachments.routes,
    events.routes,
    webhooks.routes,
)


def api_routes(deps: Deps, groups: Sequence[Routes] = GROUPS) -> list[BaseRoute]:
    """Everything under `/api`: the declared routes, their description, and a problem for any other address."""
    return [
        *openapi_routes(groups, deps.settings.address),
        *starlette_routes(groups, deps),
        *[any_method(path, _nothing_here) for path in (ROOT, ROOT + "/{rest:path}")],
    ]


async def _nothing_here(request: Request) -> Response:
    request_id = ids.nonce()
    said = NotFound(f"there is no {request.url.path}: {ROOT}/openapi.json lists what there is")
    return problem_response(said, request_id, {"X-Request-Id": request_id})
