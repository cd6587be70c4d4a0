"""Every route, asked by everyone: who is let in, who is not, and that what is not there is not found.

A route without a row here fails the first test. A row says who may call it, and a body that is well formed; path
parameters are ids of nothing, so whoever is let in gets 404 where the path has one, and never learns more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from inbox.api.app import GROUPS
from inbox.api.routing import Declared
from inbox.commands.tokens import CreateToken
from tests.inbox.api.running_api import PASSWORD, Service

PEOPLE = ("observer", "agent", "supervisor", "admin")
EVERYBODY = (*PEOPLE, "token read", "token write", "token admin")
READERS = (*PEOPLE, "token read", "token admin")
AGENTS = ("agent", "supervisor", "admin")
SUPERVISORS = ("supervisor", "admin", "token admin")
REPORTERS = ("supervisor", "admin", "token read", "token admin")
ADMINS = ("admin", "token admin")
NOTERS = (*PEOPLE, "token write", "token admin")
WRITERS = (*AGENTS, "token write", "token admin")
ANYONE = ("nobody", *EVERYBODY)
NOT_THERE = "999999999"


@dataclass(frozen=True)
class Row:
    """Who may call a route, and how it is called."""

    may: tuple[str, ...]
    body: dict[str, Any] | None = None
    answer: int | None = None
    """What those who may get, where it is neither 404 for an id of nothing nor success."""
    query: dict[str, str] = field(default_factory=dict)


ROWS: dict[str, Row] = {
    "POST /session": Row(ANYONE, {"email": "nobody@inbox.test", "password": "not the one"}, 401),
    "GET /session": Row(PEOPLE),
    "DELETE /session": Row(PEOPLE),
    "GET /sessions": Row(PEOPLE),
    "DELETE /sessions/{session_id}": Row(PEOPLE),
    "POST /live-ticket": Row(PEOPLE),
    "POST /password": Row(PEOPLE, {"current": "not mine", "new": "a new passphrase"}, 403),
    "GET /totp": Row(PEOPLE),
    "POST /totp": Row(PEOPLE),
    "POST /totp/confirm": Row(PEOPLE, {"code": "000000"}, 409),
    "DELETE /totp": Row(PEOPLE, {"password": PASSWORD}),
    "GET /links/{token}": Row(ANYONE),
    "POST /links/{token}": Row(ANYONE, {"password": "a new passphrase"}),
    "POST /password-reset": Row(ANYONE, {"email": "nobody@inbox.test"}),
    "GET /agents": Row(READERS),
    "POST /agents": Row(ADMINS, {"email": "new@inbox.test", "name": "New"}),
    "GET /agents/{agent_id}": Row(READERS),
    "PATCH /agents/{agent_id}": Row(ADMINS, {"name": "Other"}),
    "DELETE /agents/{agent_id}": Row(ADMINS),
    "POST /agents/{agent_id}/reset": Row(ADMINS),
    "GET /agents/{agent_id}/availability": Row(READERS),
    "PUT /agents/{agent_id}/availability": Row(
        ("supervisor", "admin", "token admin"), {"state": "away", "reason_id": None}
    ),
    "GET /agents/{agent_id}/skills": Row(READERS),
    "PUT /agents/{agent_id}/skills": Row(SUPERVISORS, {"languages": {"el": 3}}),
    "GET /attendance": Row(READERS),
    "PATCH /attendance": Row(SUPERVISORS, {"capacity": 12}, 412),
    "GET /teams/{team_id}/routing": Row(READERS),
    "PUT /teams/{team_id}/routing": Row(SUPERVISORS, {"mode": "round_robin"}),
    "POST /conversations/next": Row(AGENTS, {}, 404),
    "GET /conversations/{conversation_id}/routing": Row(READERS),
    "PUT /conversations/{conversation_id}/claim": Row(AGENTS, {}),
    "DELETE /conversations/{conversation_id}/claim": Row(AGENTS),
    "GET /teams": Row(READERS),
    "POST /teams": Row(ADMINS, {"name": "Night"}),
    "GET /teams/{team_id}": Row(READERS),
    "PATCH /teams/{team_id}": Row(ADMINS, {"name": "Other"}),
    "DELETE /teams/{team_id}": Row(ADMINS),
    "GET /tags": Row(READERS),
    "POST /tags": Row(SUPERVISORS, {"name": "late parcel"}),
    "GET /tags/{tag_id}": Row(READERS),
    "PATCH /tags/{tag_id}": Row(SUPERVISORS, {"name": "other"}),
    "DELETE /tags/{tag_id}": Row(SUPERVISORS),
    "GET /views": Row(READERS),
    "POST /views": Row(PEOPLE, {"name": "Mine", "filter": {"status": "open"}}),
    "POST /views/count": Row(READERS, {"filter": {"status": "open"}}),
    "GET /views/{key}": Row(READERS),
    "PATCH /views/{key}": Row(READERS, {"name": "Other"}),
    "DELETE /views/{key}": Row(READERS),
    "GET /canned-replies": Row(READERS),
    "POST /canned-replies": Row(SUPERVISORS, {"shortcut": "hi", "name": "Hello", "text": "Hello"}),
    "GET /canned-replies/{canned_id}": Row(READERS),
    "PATCH /canned-replies/{canned_id}": Row(SUPERVISORS, {"name": "Other"}),
    "DELETE /canned-replies/{canned_id}": Row(SUPERVISORS),
    "GET /networks": Row(READERS),
    "GET /channels": Row(READERS),
    "POST /channels": Row(ADMINS, {"network": "telegram", "name": "Shop", "settings": {"token": "1:a"}}),
    "GET /channels/{channel_id}": Row(READERS),
    "PATCH /channels/{channel_id}": Row(ADMINS, {"name": "Other"}),
    "DELETE /channels/{channel_id}": Row(ADMINS),
    "GET /channels/{channel_id}/traffic": Row(ADMINS),
    "POST /channels/{channel_id}/check": Row(ADMINS),
    "POST /channels/{channel_id}/authorise": Row(ADMINS),
    "GET /channels/{channel_id}/templates": Row(WRITERS),
    "GET /connections": Row(ADMINS),
    "POST /connections": Row(ADMINS, {"network": "google_business_profile", "name": "Shops"}),
    "GET /connections/{connection_id}": Row(ADMINS),
    "DELETE /connections/{connection_id}": Row(ADMINS),
    "POST /connections/{connection_id}/authorise": Row(ADMINS),
    "GET /connections/{connection_id}/assets": Row(ADMINS),
    "POST /connections/{connection_id}/channels": Row(
        ADMINS, {"assets": [{"network": "google_business_profile", "asset_id": "accounts/1/locations/2"}]}
    ),
    "GET /apps": Row(ADMINS),
    "GET /tokens": Row(ADMINS),
    "POST /tokens": Row(ADMINS, {"name": "CRM", "scopes": ["read"]}),
    "DELETE /tokens/{token_id}": Row(ADMINS),
    "GET /quarantine": Row(ADMINS),
    "GET /quarantine/{raw_id}": Row(ADMINS),
    "POST /quarantine/{raw_id}/replay": Row(ADMINS),
    "GET /attention": Row(ADMINS),
    "GET /notifications": Row(PEOPLE),
    "PUT /notifications/read": Row(PEOPLE),
    "PUT /notifications/conversations/{conversation_id}/read": Row(PEOPLE, answer=204),
    "PUT /notifications/seen": Row(PEOPLE, {"up_to": "1"}),
    "GET /preferences": Row(PEOPLE),
    "PATCH /preferences": Row(PEOPLE, {"done": ["answer"]}),
    "GET /notification-preferences": Row(PEOPLE),
    "PATCH /notification-preferences": Row(PEOPLE, {"stars": 3}, 412),
    "GET /push": Row(PEOPLE),
    "POST /push/browsers": Row(
        PEOPLE,
        {
            "endpoint": "https://push.example.net/p",
            "keys": {
                "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
                "auth": "BTBZMqHH6r4Tts7J_aSIgg",
            },
        },
    ),
    "DELETE /push/browsers/{browser_id}": Row(PEOPLE),
    "POST /push/test": Row(PEOPLE),
    "GET /escalation-chains": Row(READERS),
    "POST /escalation-chains": Row(
        SUPERVISORS, {"name": "Night", "levels": [{"after_seconds": 0, "to": "supervisors"}]}
    ),
    "GET /escalation-chains/{chain_id}": Row(READERS),
    "PATCH /escalation-chains/{chain_id}": Row(SUPERVISORS, {"name": "Day"}),
    "DELETE /escalation-chains/{chain_id}": Row(SUPERVISORS),
    "GET /reports/escalations": Row(REPORTERS),
    "GET /reports/escalations/cells/{cell}": Row(REPORTERS),
    "PUT /notifications/{notification_id}/read": Row(PEOPLE),
    "GET /conversations": Row(READERS),
    "POST /conversations": Row(WRITERS, {"channel_id": NOT_THERE, "to": "eleni", "text": "Hello"}, 404),
    "POST /conversations/bulk": Row(WRITERS, {"ids": [NOT_THERE], "change": {"status": "closed"}}),
    "GET /conversations/{conversation_id}": Row(READERS),
    "PATCH /conversations/{conversation_id}": Row(WRITERS, {"priority": "low"}),
    "GET /conversations/{conversation_id}/messages": Row(READERS),
    "POST /conversations/bulk/{bulk_id}/undo": Row(WRITERS),
    "POST /conversations/bulk-replies/preview": Row(WRITERS, {"ids": [NOT_THERE], "text": "Hello"}),
    "POST /conversations/bulk-replies": Row(WRITERS, {"ids": [NOT_THERE], "text": "Hello"}),
    "GET /conversations/{conversation_id}/links": Row(READERS),
    "GET /conversations/{conversation_id}/transcript": Row(READERS),
    "PUT /conversations/{conversation_id}/links/{other_id}": Row(WRITERS, {"kind": "related"}, 422),
    "DELETE /conversations/{conversation_id}/links/{other_id}": Row(WRITERS),
    "POST /conversations/{conversation_id}/split": Row(WRITERS, {"thread_ids": ["1"]}),
    "PUT /conversations/{conversation_id}/star": Row(PEOPLE),
    "DELETE /conversations/{conversation_id}/star": Row(PEOPLE),
    "PUT /conversations/{conversation_id}/follow": Row(PEOPLE),
    "DELETE /conversations/{conversation_id}/follow": Row(PEOPLE),
    "POST /conversations/{conversation_id}/macros/{macro_id}": Row(WRITERS, {}),
    "POST /conversations/{conversation_id}/macros/{macro_id}/preview": Row(WRITERS, {}),
    "GET /macros": Row(READERS),
    "POST /macros": Row(SUPERVISORS, {"name": "Thank", "scope": "all", "steps": {"priority": "low"}}),
    "GET /macros/{macro_id}": Row(READERS),
    "PATCH /macros/{macro_id}": Row(WRITERS, {"name": "Other"}),
    "DELETE /macros/{macro_id}": Row(WRITERS),
    "GET /notices": Row(READERS),
    "POST /notices": Row(SUPERVISORS, {"title": "Post is late"}),
    "GET /notices/{notice_id}": Row(READERS),
    "PATCH /notices/{notice_id}": Row(SUPERVISORS, {"title": "Other"}),
    "DELETE /notices/{notice_id}": Row(SUPERVISORS),
    "GET /desk-rules": Row(READERS),
    "PATCH /desk-rules": Row(SUPERVISORS, {"closing": {}}, 412),
    "POST /conversations/{conversation_id}/replies": Row(WRITERS, {"text": "Hello"}),
    "POST /conversations/{conversation_id}/notes": Row(NOTERS, {"text": "Look"}),
    "PUT /conversations/{conversation_id}/tags/{tag_id}": Row(WRITERS, answer=422),
    "DELETE /conversations/{conversation_id}/tags/{tag_id}": Row(WRITERS),
    "POST /conversations/{conversation_id}/dismiss": Row(WRITERS, {}),
    "DELETE /conversations/{conversation_id}/dismiss": Row(WRITERS),
    "POST /conversations/{conversation_id}/escalations": Row(WRITERS, {"reason": "Lawyer"}),
    "POST /conversations/{conversation_id}/escalations/acknowledge": Row(WRITERS),
    "DELETE /conversations/{conversation_id}/escalations": Row(WRITERS),
    "POST /conversations/{conversation_id}/merge": Row(WRITERS, {"into_id": "1"}),
    "POST /conversations/{conversation_id}/unmerge": Row(WRITERS),
    "PUT /conversations/{conversation_id}/draft": Row(PEOPLE, {"text": "Dear"}),
    "DELETE /conversations/{conversation_id}/draft": Row(PEOPLE),
    "GET /conversations/{conversation_id}/shared-drafts": Row(READERS),
    "POST /conversations/{conversation_id}/draft/take-over": Row(PEOPLE, {"agent_id": NOT_THERE, "version": 1}),
    "PUT /conversations/{conversation_id}/read": Row(PEOPLE, {"position": 1}),
    "DELETE /conversations/{conversation_id}/read": Row(PEOPLE),
    "GET /messages/{message_id}/versions": Row(READERS),
    "POST /messages/{message_id}/approve": Row(SUPERVISORS, {}),
    "POST /messages/{message_id}/send-back": Row(SUPERVISORS, {}),
    "POST /messages/{message_id}/actions": Row(WRITERS, {"action": "hide"}),
    "PUT /messages/{message_id}/reading": Row(WRITERS, {"sentiment": "negative"}),
    "DELETE /messages/{message_id}/reading": Row(WRITERS),
    "POST /attachments": Row(NOTERS, answer=422),
    "GET /search": Row(READERS, query={"q": "parcel"}),
    "GET /events": Row(READERS),
    "GET /webhooks": Row(ADMINS),
    "POST /webhooks": Row(ADMINS, {"name": "CRM", "url": "https://93.184.216.34/in"}),
    "GET /webhooks/{webhook_id}": Row(ADMINS),
    "PATCH /webhooks/{webhook_id}": Row(ADMINS, {"name": "Other"}),
    "DELETE /webhooks/{webhook_id}": Row(ADMINS),
    "POST /webhooks/{webhook_id}/rotate": Row(ADMINS),
    "POST /webhooks/{webhook_id}/test": Row(ADMINS),
    "POST /webhooks/{webhook_id}/replay": Row(ADMINS, {"position": 1}),
    "GET /webhooks/{webhook_id}/attempts": Row(ADMINS),
    "GET /webhooks/{webhook_id}/attempts/{attempt_id}": Row(ADMINS),
    "GET /posts": Row(READERS),
    "GET /posts/{post_id}": Row(READERS),
    "PATCH /posts/{post_id}": Row(SUPERVISORS, {"campaign_id": None}),
    "POST /posts/{post_id}/dismiss": Row(WRITERS, {}),
    "DELETE /posts/{post_id}/dismiss": Row(WRITERS, query={"since": "2026-11-22T10:00:00Z"}),
    "GET /campaigns": Row(READERS),
    "POST /campaigns": Row(SUPERVISORS, {"name": "Spring"}),
    "GET /campaigns/{campaign_id}": Row(READERS),
    "PATCH /campaigns/{campaign_id}": Row(SUPERVISORS, {"name": "Other"}),
    "DELETE /campaigns/{campaign_id}": Row(SUPERVISORS),
    "GET /holidays": Row(READERS, query={"code": "GR", "year": "2026"}),
    "GET /holidays/places": Row(READERS),
    "GET /opening-hours": Row(READERS),
    "GET /calendars": Row(READERS),
    "GET /calendars/{calendar_id}/versions": Row(READERS),
    "POST /calendars": Row(SUPERVISORS, {"name": "Office", "zone": "UTC", "weekly": {"mon": ["09:00-17:00"]}}),
    "GET /calendars/{calendar_id}": Row(READERS),
    "PATCH /calendars/{calendar_id}": Row(SUPERVISORS, {"name": "Other"}),
    "DELETE /calendars/{calendar_id}": Row(SUPERVISORS),
    "GET /rules": Row(READERS),
    "POST /rules": Row(
        SUPERVISORS,
        {
            "name": "Urgent",
            "trigger": {"on": "event", "events": ["message_received"]},
            "actions": [{"do": "priority", "to": "urgent"}],
        },
    ),
    "GET /rules/presets": Row(READERS),
    "GET /rules/fields": Row(READERS),
    "POST /rules/order": Row(SUPERVISORS, {"ids": [NOT_THERE]}, 422),
    "GET /rules/{rule_id}": Row(READERS),
    "PATCH /rules/{rule_id}": Row(SUPERVISORS, {"name": "Other"}),
    "DELETE /rules/{rule_id}": Row(SUPERVISORS),
    "POST /rules/dry-run": Row(
        SUPERVISORS,
        {
            "rule": {
                "trigger": {"on": "event", "events": ["message_received"]},
                "actions": [{"do": "priority", "to": "urgent"}],
            }
        },
    ),
    "GET /rules/dry-run/{run_id}": Row(SUPERVISORS),
    "DELETE /rules/dry-run/{run_id}": Row(SUPERVISORS),
    "GET /rules/{rule_id}/runs": Row(READERS),
    "GET /conversations/{conversation_id}/rule-runs": Row(READERS),
    "POST /rules/runs/{run_id}/undo": Row((*AGENTS, "token write", "token admin")),
    "GET /reports/rules": Row(REPORTERS),
    "GET /reports/rules/cells/{cell}": Row(REPORTERS),
    "GET /moderation/appeals": Row((*AGENTS, "token write", "token admin")),
    "POST /moderation/appeals/{message_id}/{outcome}": Row((*AGENTS, "token write", "token admin")),
    "GET /sla-policies": Row(READERS),
    "POST /sla-policies": Row(SUPERVISORS, {"name": "Fast", "first_response_seconds": 3600}),
    "GET /sla-policies/{policy_id}": Row(READERS),
    "GET /sla-policies/{policy_id}/versions": Row(READERS),
    "PATCH /sla-policies/{policy_id}": Row(SUPERVISORS, {"name": "Other"}),
    "DELETE /sla-policies/{policy_id}": Row(SUPERVISORS),
    "GET /sla-presets": Row(READERS),
    "GET /surveys": Row(READERS),
    "POST /surveys": Row(
        SUPERVISORS, {"name": "After close", "scale": "csat", "texts": [{"language": "en", "question": "How was it?"}]}
    ),
    "GET /surveys/{survey_id}": Row(READERS),
    "PATCH /surveys/{survey_id}": Row(SUPERVISORS, {"name": "Other"}),
    "DELETE /surveys/{survey_id}": Row(SUPERVISORS),
    "GET /survey-presets": Row(READERS),
    "GET /survey-comments": Row(REPORTERS),
    "GET /conversations/{conversation_id}/surveys": Row(READERS),
    "POST /sla-policies/due": Row(REPORTERS, {"policy": {"first_response_seconds": 3600}}),
    "POST /sla-policies/what-if": Row(REPORTERS, {"policies": [{"first_response_seconds": 3600}]}),
    "POST /conversations/{conversation_id}/waits/{wait_id}/withdraw-breach": Row(SUPERVISORS, {"reason": "A storm"}),
    "GET /reports": Row(REPORTERS),
    "GET /reports/floor": Row(REPORTERS),
    "GET /reports/my-day": Row(PEOPLE),
    "GET /reports/my-days": Row(PEOPLE),
    "GET /screen": Row(SUPERVISORS),
    "GET /report-mails": Row(REPORTERS),
    "POST /report-mails": Row(SUPERVISORS[:2], {"name": "Weekly", "addresses": ["shop@example.com"]}),
    "GET /report-mails/{mail_id}": Row(REPORTERS),
    "PATCH /report-mails/{mail_id}": Row(SUPERVISORS[:2], {"name": "Other"}),
    "DELETE /report-mails/{mail_id}": Row(SUPERVISORS[:2]),
    "POST /report-mails/{mail_id}/send": Row(SUPERVISORS[:2], {}),
    "GET /report-mails/{mail_id}/sends": Row(REPORTERS),
    "GET /checklists": Row(REPORTERS),
    "POST /checklists": Row(SUPERVISORS, {"name": "Answers", "questions": ["Was it friendly?"]}),
    "GET /checklists/{checklist_id}": Row(REPORTERS),
    "PATCH /checklists/{checklist_id}": Row(SUPERVISORS, {"name": "Other"}),
    "DELETE /checklists/{checklist_id}": Row(SUPERVISORS),
    "GET /work-samples": Row(SUPERVISORS[:2]),
    "POST /work-samples": Row(SUPERVISORS[:2], {}),
    "GET /work-samples/{sample_id}": Row(SUPERVISORS[:2]),
    "DELETE /work-samples/{sample_id}": Row(SUPERVISORS[:2]),
    "GET /work-reviews": Row(PEOPLE),
    "POST /work-reviews": Row(SUPERVISORS[:2], {"conversation_id": "999999998", "agent_id": "999999998"}, 422),
    "GET /work-reviews/{review_id}": Row(PEOPLE),
    "PATCH /work-reviews/{review_id}": Row(SUPERVISORS[:2], {"comment": "Well done."}),
    "DELETE /work-reviews/{review_id}": Row(SUPERVISORS[:2]),
    "POST /work-reviews/{review_id}/share": Row(SUPERVISORS[:2]),
    "POST /work-reviews/{review_id}/withdraw": Row(SUPERVISORS[:2]),
    "PUT /work-reviews/{review_id}/answer": Row(PEOPLE, {"text": "Thank you."}),
    "DELETE /work-reviews/{review_id}/answer": Row(PEOPLE),
    "GET /screens": Row(REPORTERS),
    "POST /screens": Row(SUPERVISORS[:2], {"name": "Hall"}),
    "DELETE /screens/{screen_id}": Row(SUPERVISORS[:2]),
    "GET /reports/waits/{wait_id}/explain": Row(REPORTERS),
    "GET /reports/{name}": Row(REPORTERS),
    "GET /reports/{name}/cells/{cell}": Row(REPORTERS),
    "GET /contacts/{contact_id}/consents": Row(READERS),
    "PUT /contacts/{contact_id}/consents/{channel_id}": Row(WRITERS, {"state": "withdrawn"}),
    "GET /contacts/{contact_id}/suggestions": Row(READERS),
    "POST /contacts/{contact_id}/not-same": Row(WRITERS, {"other_id": "999999998"}),
    "GET /contacts/{contact_id}/timeline": Row(READERS),
    "GET /contacts/{contact_id}/card": Row(READERS),
    "GET /people.csv": Row(SUPERVISORS),
    "POST /people/import": Row(SUPERVISORS, {"csv": "name\nEleni\n"}),
    "GET /people/imports": Row(SUPERVISORS),
    "POST /people/imports/{import_id}/undo": Row(SUPERVISORS, {}),
    "GET /custom-fields": Row(READERS),
    "POST /custom-fields": Row(SUPERVISORS, {"key": "size", "name": "Size", "kind": "choice"}, 422),
    "GET /custom-fields/{field_id}": Row(READERS),
    "PATCH /custom-fields/{field_id}": Row(SUPERVISORS, {"name": "Other"}),
    "DELETE /custom-fields/{field_id}": Row(SUPERVISORS),
    "PATCH /conversations/{conversation_id}/fields": Row(WRITERS, {"fields": {"size": "38"}}),
    "GET /companies": Row(READERS),
    "POST /companies": Row(WRITERS, {"name": "Acme"}),
    "GET /companies/{company_id}": Row(READERS),
    "PATCH /companies/{company_id}": Row(WRITERS, {"name": "Other"}),
    "DELETE /companies/{company_id}": Row(WRITERS),
    "GET /companies/{company_id}/contacts": Row(READERS),
    "GET /companies/{company_id}/conversations": Row(READERS),
    "GET /context-links": Row(READERS),
    "POST /context-links": Row(SUPERVISORS, {"label": "Shop", "template": "https://shop.example/?q={email}"}),
    "GET /context-links/{link_id}": Row(READERS),
    "PATCH /context-links/{link_id}": Row(SUPERVISORS, {"label": "Other"}),
    "DELETE /context-links/{link_id}": Row(SUPERVISORS),
    "GET /contacts": Row(READERS),
    "POST /contacts": Row(WRITERS, {"name": "Eleni"}),
    "GET /contacts/{contact_id}": Row(READERS),
    "PATCH /contacts/{contact_id}": Row(WRITERS, {"name": "Eleni"}),
    "DELETE /contacts/{contact_id}": Row(ADMINS),
    "GET /contacts/{contact_id}/conversations": Row(READERS),
    "POST /contacts/{contact_id}/merge": Row(WRITERS, {"into_id": "1"}),
    "POST /contacts/{contact_id}/unmerge": Row(WRITERS),
    # Refused by its body: an id of nothing would be made here.
    "PUT /contacts/by-ref/{system}/{external_id}": Row(WRITERS, {"blocked": "perhaps"}, 422),
}
DECLARED = {f"{one.method} {one.path}": one for group in GROUPS for one in group.declared}


def test_every_route_has_a_row() -> None:
    """Nobody adds a route without saying who may call it; no row outlives its route."""
    assert sorted(ROWS) == sorted(DECLARED)


@pytest.mark.parametrize("name", sorted(ROWS))
async def test_route_lets_in_those_who_may_and_nobody_else(service: Service, name: str) -> None:
    """Who may gets the answer, or 404 for what is not there; who may not (such as a token where only people may) gets
    403; who is nobody gets 401.
    """
    row, declared = ROWS[name], DECLARED[name]
    got = {who: (await _ask(service, who, declared, row)).status_code for who in ANYONE}

    expected = {who: _expected(row, declared, who) for who in ANYONE}
    assert got == expected


def _expected(row: Row, declared: Declared, who: str) -> int:
    if who == "nobody" and "nobody" not in row.may:
        return 401
    if who not in row.may or (who.startswith("token") and declared.needs == "agent"):
        return 403
    if row.answer is not None:
        return row.answer
    return 404 if declared.path_params else declared.status


async def _ask(service: Service, who: str, declared: Declared, row: Row) -> httpx2.Response:
    client = await _client(service, who)
    path = declared.path
    for name in declared.path_params:
        path = path.replace("{" + name + "}", NOT_THERE)
    headers = {"If-Match": '"v1"'} if declared.if_match else {}
    body = row.body
    if body is not None and declared.status == 201:  # names are unique: each caller makes one of his own
        body = {
            key: f"{who.replace(' ', '')}{value}" if key in ("name", "shortcut", "email") else value
            for key, value in body.items()
        }
    if declared.path == "/session" and body is not None:  # one address is throttled after six tries
        body = {**body, "email": f"{who.replace(' ', '')}@nowhere.test"}
    return await client.request(declared.method, path, json=body, params=row.query, headers=headers)


async def _client(service: Service, who: str) -> httpx2.AsyncClient:
    if who == "nobody":
        return service.anybody()
    if not who.startswith("token"):
        return await service.client(who)
    scope = who.split()[1]
    admin = service.deps.directory.principal_of(service.agents["admin"])
    await service.deps.directory.load()
    created = await service.deps.writer.submit(CreateToken(admin, who, [scope], ()))
    return service.anybody(authorization=f"Bearer {created.secret}")
