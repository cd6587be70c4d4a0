"""Whole records of the small tables, by id: what is alike for agents, teams, tags, views, canned answers, tokens…"""

from __future__ import annotations

from functools import cache
from typing import TypeVar

import msgspec
from sqlalchemy import Table, select

from inbox.domain.access_records import Session, Token
from inbox.domain.chains import Chain
from inbox.domain.desk_records import Approval, Bulk, DeskRules, Line, Macro, Notice
from inbox.domain.notifying_records import Preference, PushKey, Subscription
from inbox.domain.people_records import Company, ContextLink, CustomField
from inbox.domain.records import (
    Agent,
    App,
    Campaign,
    Canned,
    Channel,
    Connection,
    Notification,
    Record,
    Tag,
    Team,
    View,
)
from inbox.domain.report_mails import ReportMail, ReportMailSend
from inbox.domain.routing_records import Ability, Availability, House, TeamRouting
from inbox.domain.rule_records import DryRun, Rule, RuleRun
from inbox.domain.sla_records import Calendar, Policy
from inbox.domain.survey_records import Survey, SurveyAsk
from inbox.domain.webhooks import Webhook
from inbox.domain.work_review_records import Checklist, WorkReview, WorkSample
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Delete, Insert, Query, Save, Statement, Update

R = TypeVar("R", bound=Record)
_TABLES: dict[type[Record], Table] = {
    Ability: t.ability,
    Agent: t.agent,
    App: t.app,
    Availability: t.availability,
    Approval: t.approval,
    Bulk: t.bulk,
    DeskRules: t.desk_rules,
    Line: t.line,
    Macro: t.macro,
    Notice: t.notice,
    Calendar: t.calendar,
    Campaign: t.campaign,
    Canned: t.canned,
    Chain: t.chain,
    Preference: t.preference,
    PushKey: t.push_key,
    Subscription: t.subscription,
    Channel: t.channel,
    Company: t.company,
    Connection: t.connection,
    ContextLink: t.context_link,
    CustomField: t.custom_field,
    House: t.house,
    Notification: t.notification,
    Policy: t.policy,
    ReportMail: t.report_mail,
    ReportMailSend: t.report_mail_send,
    Rule: t.rule,
    RuleRun: t.rule_run,
    DryRun: t.dry_run,
    Session: t.session,
    Survey: t.survey,
    SurveyAsk: t.survey_ask,
    Tag: t.tag,
    Team: t.team,
    TeamRouting: t.team_routing,
    Token: t.token,
    View: t.view,
    Webhook: t.webhook,
    Checklist: t.checklist,
    WorkReview: t.work_review,
    WorkSample: t.work_sample,
}
_row = msgspec.structs.astuple


@cache
def _all(kind: type[Record]) -> Statement:
    table = _TABLES[kind]
    return Statement(select(*[c for c in table.c if c.name != "workspace_id"]).order_by(table.c.id))


def every(kind: type[R]) -> Query[list[R]]:
    """All records of a kind, oldest first."""
    rows = yield _all(kind)()
    return [kind(*row) for row in rows]


def one(kind: type[R], record_id: int) -> Query[R | None]:
    """A record by id."""
    rows = yield ByKeys(_TABLES[kind], [record_id])
    return kind(*rows[0]) if rows else None


def add(record: Record) -> Query[None]:
    """Insert a record. A taken unique key raises IntegrityFailed out of the transaction: look first, under the lock."""
    yield Save([Insert(_TABLES[type(record)], [_row(record)])])


def change(record: Record) -> Query[None]:
    """Write a changed record, whole."""
    yield Save([Update(_TABLES[type(record)], [_row(record)])])


def remove(kind: type[Record], record_id: int) -> Query[None]:
    """Delete a record by id."""
    yield Save([Delete(_TABLES[kind], [(record_id,)])])
