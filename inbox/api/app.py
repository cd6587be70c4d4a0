"""All routes of the API, collected."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from inbox import ids
from inbox.api import (
    account,
    attachments,
    attention,
    calendars,
    campaigns,
    channels,
    connections,
    contacts,
    conversations,
    drafts,
    events,
    labels,
    messages,
    oauth,
    people,
    posts,
    reports,
    search,
    session,
    sla_policies,
    templates,
    tokens,
    webhooks,
    what_if,
)
from inbox.api.deps import Deps
from inbox.api.dispatch import ROOT, starlette_routes
from inbox.api.openapi import openapi_routes
from inbox.api.problems import problem_response
from inbox.api.routing import Routes
from inbox.errors import NotFound

GROUPS: tuple[Routes, ...] = (
    session.routes,
    account.routes,
    people.agents_routes,
    people.teams_routes,
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
    attention.notification_routes,
    conversations.routes,
    messages.routes,
    drafts.routes,
    contacts.routes,
    posts.routes,
    campaigns.routes,
    calendars.routes,
    sla_policies.routes,
    what_if.routes,
    reports.routes,
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
        Route(ROOT + "/{rest:path}", _nothing_here, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]


async def _nothing_here(request: Request) -> Response:
    request_id = ids.nonce()
    said = NotFound(f"there is no {request.url.path}: {ROOT}/openapi.json lists what there is")
    return problem_response(said, request_id, {"X-Request-Id": request_id})
