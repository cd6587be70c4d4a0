"""Conditions asked of the store find exactly the conversations of which they hold."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any, get_args

import msgspec
import pytest

from inbox import clock
from inbox.clock import HOUR, SECOND
from inbox.domain.condition_facts import Facts
from inbox.domain.condition_fields import FIELDS
from inbox.domain.conditions import holds, parse
from inbox.domain.listing import Filter, of_saved, with_condition
from inbox.domain.permissions import Scope
from inbox.domain.records import Conversation, Post, Thread
from inbox.domain.survey_records import SurveyAsk
from inbox.domain.surveys import Answered, SurveyResult
from inbox.errors import Invalid
from inbox.storage import conversations
from inbox.storage import tables as t
from inbox.storage.conditions import clause_of
from inbox.storage.database import Database, Insert, Query, Save
from tests.inbox.new_database import with_schema

TELEGRAM = 11
EVERYTHING = Scope(None, frozenset())
NOW = 1_800_000_000 * SECOND
_ROW: dict[str, Any] = {
    "status": "open", "priority": "normal", "subject": "", "contact_id": 1, "channel_id": TELEGRAM,
    "network": "telegram", "kind": "direct", "audience": "private", "language": None, "rating": None,
    "assignee_id": None, "team_id": None, "tags": "", "preview": "", "preview_direction": "in", "message_count": 1,
    "participants_count": 1, "waiting_since": None, "deadline_at": None, "window_closes_at": None,
    "last_activity_at": NOW, "created_at": NOW, "opened_at": NOW, "closed_at": None, "episode": 1,
    "snoozed_until": None, "snooze_until_reply": 0, "spam": 0, "failed": "", "escalation": "", "origin": "",
    "campaign_id": None, "external_refs": "", "linked_from": None, "merged_into": None, "as_of": 1,
}  # fmt: skip
ROWS: dict[int, dict[str, Any]] = {
    1: {"priority": "urgent", "language": "el", "waiting_since": NOW - 2 * HOUR, "assignee_id": 21},
    2: {"kind": "review", "audience": "public", "rating": 2, "tags": "41,42", "created_at": NOW - 30 * HOUR},
    3: {"status": "closed", "network": "mail", "language": "fi", "origin": '{"kind":"ad","ref":"a"}', "team_id": 31},
    4: {"kind": "comment", "audience": "public", "spam": 1, "contact_id": 2, "campaign_id": 7},
    5: {"priority": "low", "escalation": '{"reason":"x"}', "last_activity_at": NOW - HOUR, "contact_id": 2},
    6: {"rating": 5, "tags": "42", "fields": '{"case":"A-17","level":"3"}', "waiting_since": NOW - 59 * SECOND},
}
CONTACTS = {1: ({"vip": "yes", "points": "120.5"}, 0), 2: ({"points": "7"}, 1)}
SURVEYED: dict[int, list[tuple[int, Any, int | None, int, str]]] = {
    1: [(51, "csat", 5, 1, ""), (52, "nps", 3, 2, "Slow")],
    2: [(51, "csat", 2, 1, "")],
    3: [(52, "nps", 9, 5, ""), (51, "csat", 5, 4, "Late, but first")],
    5: [(52, "nps", 7, 3, "Fine"), (52, "nps", None, 0, "")],
    6: [(51, "csat", None, 0, "")],
}
"""Conversation → which survey was asked, its scale, the score (None: no answer), when, and the words beside it."""
POSTS: dict[int, tuple[int, bool]] = {2: (61, False), 4: (62, True)}
"""Conversation → the post it hangs on, and whether that is an ad."""
CASES: list[Any] = [
    {"field": "priority", "op": "at_least", "value": "normal"},
    {"field": "priority", "op": "at_most", "value": "low"},
    {"field": "network", "op": "is", "value": "mail"},
    {"field": "network", "op": "none_of", "value": ["mail"]},
    {"field": "channel", "op": "is", "value": "11"},
    {"field": "channel", "op": "is_not", "value": "11"},
    {"field": "post", "op": "is", "value": "61"},
    {"field": "post", "op": "any_of", "value": ["62", "63"]},
    {"field": "post", "op": "not_set"},
    {"field": "is_ad", "op": "is", "value": True},
    {"field": "is_ad", "op": "is", "value": False},
    {"field": "language", "op": "is", "value": "el"},
    {"field": "language", "op": "is_not", "value": "el"},
    {"field": "language", "op": "none_of", "value": ["el", "fi"]},
    {"field": "language", "op": "set"},
    {"field": "rating", "op": "at_most", "value": 2},
    {"field": "rating", "op": "not_set"},
    {"not": {"field": "rating", "op": "at_least", "value": 3}},
    {"field": "tag", "op": "is", "value": "42"},
    {"field": "tag", "op": "any_of", "value": ["41", "99"]},
    {"field": "tag", "op": "none_of", "value": ["41"]},
    {"field": "tag", "op": "not_set"},
    {"field": "kind", "op": "any_of", "value": ["review", "comment"]},
    {"field": "audience", "op": "is", "value": "public"},
    {"field": "assignee", "op": "not_set"},
    {"field": "team", "op": "is", "value": "31"},
    {"field": "status", "op": "any_of", "value": ["closed", "open"]},
    {"field": "spam", "op": "is", "value": True},
    {"field": "spam", "op": "is_not", "value": True},
    {"field": "escalated", "op": "is", "value": True},
    {"field": "blocked", "op": "is", "value": False},
    {"field": "origin", "op": "is", "value": "ad"},
    {"field": "origin", "op": "set"},
    {"field": "campaign", "op": "is", "value": "7"},
    {"field": "contact", "op": "is", "value": "2"},
    {"field": "waiting_since", "op": "set"},
    {"field": "waiting_seconds", "op": "at_least", "value": 60},
    {"field": "waiting_seconds", "op": "at_most", "value": 59.5},
    {"field": "waiting_seconds", "op": "is", "value": 7200},
    {"field": "waiting_seconds", "op": "is_not", "value": 7200},
    {"field": "age_seconds", "op": "at_least", "value": 86_400},
    {"field": "idle_seconds", "op": "at_least", "value": 1.5},
    # larger than a column can hold, and than a time can be
    {"field": "rating", "op": "at_most", "value": 10**12},
    {"field": "rating", "op": "any_of", "value": [2, 10**30]},
    {"field": "csat", "op": "at_least", "value": -(10**12)},
    {"field": "waiting_since", "op": "at_most", "value": 10**30},
    {"field": "idle_seconds", "op": "at_most", "value": 1e300},
    {"field": "idle_seconds", "op": "at_least", "value": -(10**17)},
    {"field": "age_seconds", "op": "at_least", "value": 10**25},
    {"field": "waiting_seconds", "op": "is", "value": 10**25},
    {"field": "contact.vip", "op": "is", "value": "YES"},
    {"field": "contact.vip", "op": "is_not", "value": "yes"},
    {"field": "contact.points", "op": "at_least", "value": 100},
    {"field": "contact.points", "op": "at_most", "value": "7"},
    {"field": "contact.points", "op": "set"},
    {"field": "field.case", "op": "is", "value": "a-17"},
    {"field": "field.level", "op": "at_least", "value": 3},
    {"field": "field.case", "op": "not_set"},
    {"field": "survey", "op": "is", "value": "51"},
    {"field": "survey", "op": "any_of", "value": ["51", "52"]},
    {"field": "survey", "op": "not_set"},
    {"field": "csat", "op": "at_most", "value": 3},
    {"field": "csat", "op": "at_least", "value": 4.5},
    {"field": "csat", "op": "is_not", "value": 5},
    {"field": "csat", "op": "set"},
    {"field": "nps", "op": "at_most", "value": 10},
    {"field": "nps", "op": "any_of", "value": [3, 9]},
    {"field": "nps", "op": "not_set"},
    *({"field": "survey_result", "op": "is", "value": one} for one in get_args(SurveyResult)),
    {"field": "survey_result", "op": "none_of", "value": ["detractor", "not_satisfied"]},
    {"field": "survey_comment", "op": "is", "value": True},
    {"field": "survey_comment", "op": "is", "value": False},
    {"field": "survey_comment", "op": "is_not", "value": True},
    {"all": []},
    {"any": []},
    {"any": [{"field": "rating", "op": "is", "value": 2}, {"all": [
        {"field": "priority", "op": "is", "value": "urgent"}, {"not": {"field": "language", "op": "is", "value": "fi"}},
    ]}]},
]  # fmt: skip


@pytest.fixture
async def stored(database_url: str) -> AsyncIterator[Database]:
    """An empty database of each engine."""
    database = await with_schema(database_url)
    yield database
    await database.close()


def _fill() -> Query[None]:
    rows = [Conversation(id=i, number=i, **{**_ROW, **more}) for i, more in ROWS.items()]
    yield Save([Insert(t.conversation, [msgspec.structs.astuple(row) for row in rows])])
    people = [
        (i, f"P{i}", None, None, None, "", None, "", msgspec.json.encode(own).decode(), blocked, None, NOW, 1, None)
        for i, (own, blocked) in CONTACTS.items()
    ]
    yield Save([Insert(t.contact, people)])
    keys = [
        (f"field.{name}", value, i, i, int(float(value) * 1e6) if value != "yes" else None)
        for i, (own, _) in CONTACTS.items()
        for name, value in own.items()
    ]
    yield Save([Insert(t.contact_key, keys)])
    yield Save([Insert(t.conversation_field, [("case", "a-17", 6, None), ("level", "3", 6, 3_000_000)])])
    asks = [
        SurveyAsk(
            id=1_000 * i + n, survey_id=survey, scale=scale, conversation_id=i, episode=n, thread_id=1, message_id=1,
            wording="", way="link", sent_at=NOW, channel_id=TELEGRAM, network="telegram", kind="direct", team_id=0,
            agent_id=0, owner_id=0, tags="", campaign_id=0, post_id=0, language="", rating=0, score=score,
            answered_at=None if score is None else NOW + at, answered_by="" if score is None else "customer",
            comment=comment,
        )
        for i, given in SURVEYED.items()
        for n, (survey, scale, score, at, comment) in enumerate(given, 1)
    ]  # fmt: skip
    yield Save([Insert(t.survey_ask, [msgspec.structs.astuple(one) for one in asks])])
    tags = [
        (tag, i, "open", NOW, 1, None)
        for i, more in ROWS.items()
        for tag in map(int, filter(None, more.get("tags", "").split(",")))
    ]
    yield Save([Insert(t.conversation_tag, tags)])
    posts = [
        Post(post, TELEGRAM, f"p{post}", "", None, None, int(is_ad), None, None, NOW) for post, is_ad in POSTS.values()
    ]
    yield Save([Insert(t.post, [msgspec.structs.astuple(one) for one in posts])])
    threads = [
        Thread(
            id=i, channel_id=TELEGRAM, external_id=f"t{i}", network="telegram", kind="comment", audience="public",
            conversation_id=i, identity_id=None, post_id=POSTS[i][0] if i in POSTS else None, title="", address="",
            window_closes_at=None, last_in_at=None, last_in_id=None, closed=0, recipients="", delivered_up_to=None,
            read_up_to=None, created_at=NOW,
        )
        for i in ROWS
    ]  # fmt: skip
    yield Save([Insert(t.thread, [msgspec.structs.astuple(one) for one in threads])])


def _facts(conversation_id: int) -> Facts:
    row = {**_ROW, **ROWS[conversation_id]}
    own, blocked = CONTACTS[row["contact_id"]]
    post, is_ad = POSTS.get(conversation_id, (None, False))
    return Facts(
        now=NOW, conversation_id=conversation_id, status=row["status"], priority=row["priority"], kind=row["kind"],
        audience=row["audience"], network=row["network"], channel=row["channel_id"], team=row["team_id"],
        assignee=row["assignee_id"], tag_text=row["tags"], language=row["language"], rating=row["rating"],
        campaign=row["campaign_id"], spam=bool(row["spam"]), escalated=bool(row["escalation"]),
        waiting_since=row["waiting_since"], created_at=row["created_at"], last_activity_at=row["last_activity_at"],
        origin_text=row["origin"], contact=row["contact_id"], blocked=bool(blocked), fields_text=row.get("fields", ""),
        contact_text=msgspec.json.encode(own).decode(), answered=_answered(conversation_id),
        post=(post,) if post is not None else (), is_ad=is_ad,
    )  # fmt: skip


def _answered(conversation_id: int) -> Answered | None:
    given = [one for one in SURVEYED.get(conversation_id, []) if one[2] is not None]
    if not given:
        return None
    survey, scale, score, _, comment = max(given, key=lambda one: one[3])
    assert score is not None
    return Answered(survey_id=survey, scale=scale, score=score, commented=bool(comment))


async def test_the_store_finds_what_the_rules_would(stored: Database) -> None:
    """Every field, operator and group: as a WHERE clause it means what `holds` means, for whatever is not known too."""
    await stored.write(_fill)
    wrong = []
    for form in CASES:
        condition = parse(form)
        # A further test for the status and for spam: asked for, they are not presumed.
        every = parse(
            {
                "all": [
                    form,
                    {"field": "status", "op": "set"},
                    {
                        "any": [
                            {"field": "spam", "op": "is", "value": True},
                            {"field": "spam", "op": "is", "value": False},
                        ]
                    },
                ]
            }
        )
        wanted = with_condition(Filter(), every)
        page = await stored.read(conversations.page, wanted, "activity", EVERYTHING, now=NOW, limit=50)
        right = sorted(i for i in ROWS if holds(condition, _facts(i)))
        if sorted(page.ids) != right:
            wrong.append((form, sorted(page.ids), right))

    assert wrong == []


async def test_a_condition_narrows_a_view_and_is_paged(stored: Database) -> None:
    """What it does not ask is presumed as ever: open, no spam. A page goes on where the last one ended."""
    await stored.write(_fill)
    given = {
        "condition": '{"any": [{"field": "rating", "op": "set"}, {"field": "priority", "op": "is", "value": "low"}]}'
    }
    wanted, order = of_saved(given, None, NOW)
    first = await stored.read(conversations.page, wanted, order, EVERYTHING, now=NOW, limit=2)
    rest = await stored.read(conversations.page, wanted, order, EVERYTHING, now=NOW, limit=2, after=first.after)
    counted = [await stored.read(conversations.count, wanted, EVERYTHING, now=NOW, at_most=most) for most in (2, 3)]
    no_one = await stored.read(
        conversations.page, wanted, order, Scope(frozenset({999}), frozenset()), now=NOW, limit=2
    )

    assert (sorted([*first.ids, *rest.ids]), rest.after) == ([2, 5, 6], None)
    assert (counted, no_one.ids) == ([None, 3], [])


@pytest.mark.parametrize("field", [one.name for one in FIELDS.values() if one.of in ("conversation", "survey")])
def test_each_field_of_a_conversation_narrows_a_list(field: str) -> None:
    """And is among those that are tried above against what rules make of it."""
    asked: dict[str, Any] = {"op": "is", "value": True} if FIELDS[field].kind == "flag" else {"op": "set"}

    assert clause_of(parse({"field": field, **asked})) is not None
    assert f'"field": "{field}"' in json.dumps(CASES), "give it a case in CASES"


@pytest.mark.parametrize("field", ["text", "attachment", "business_hours", "followers", "verified", "length"])
def test_what_only_an_item_tells_is_refused_by_name(field: str) -> None:
    """The refusal names the field."""
    op = {"text": "has_words", "attachment": "set", "business_hours": "set"}.get(field, "set")
    form = {"field": field, "op": op, **({"value": "refund"} if op == "has_words" else {})}
    if field == "verified":
        form = {"field": field, "op": "is", "value": True}

    with pytest.raises(Invalid) as refused:
        clause_of(parse(form))

    assert refused.value.extra["field"] == field


def test_a_condition_that_is_none_is_refused() -> None:
    """Text that is no JSON, and JSON that is no condition."""
    for given in ("{", '{"field": "colour", "op": "is", "value": "red"}'):
        with pytest.raises(Invalid):
            of_saved({"condition": given}, None, clock.now())
