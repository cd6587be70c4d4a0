"""Who may see and do what."""

from __future__ import annotations

import contextlib

import pytest

from inbox.domain.events import EVERYONE, Actor, Audience
from inbox.domain.permissions import (
    ROLES,
    TOKEN_SCOPES,
    Principal,
    Scope,
    require,
    require_conversation,
    require_work_review,
)
from inbox.domain.work_review_records import WorkReview
from inbox.errors import Forbidden, NotFound
from tests.inbox.domain.floor import Floor

TABLE = {
    "observer": {"read", "note"},
    "agent": {"read", "note", "reply", "triage", "moderate", "start", "contacts", "escalate"},
    "supervisor": {
        "read", "note", "reply", "triage", "moderate", "start", "contacts", "escalate", "reports", "settings",
        "screen",
    },
    "admin": {
        "read", "note", "reply", "triage", "moderate", "start", "contacts", "escalate", "reports", "settings", "erase",
        "people", "tokens", "channels", "quarantine", "screen",
    },
}  # fmt: skip


def principal(role: str, scope: Scope) -> Principal:
    """An agent of a role."""
    return Principal(Actor("agent", 5), "Anna", scope, ROLES[role])


def test_the_table_of_roles() -> None:
    """Exactly these actions, no more."""
    assert {role: set(actions) for role, actions in ROLES.items()} == TABLE


def test_a_read_token_changes_nothing() -> None:
    """Its actions only look."""
    assert TOKEN_SCOPES["read"] == {"read", "reports"}


@pytest.mark.parametrize(
    ("channels", "teams", "covers"),
    [(None, (), True), ((7,), (), True), ((8,), (), False), ((), (3,), True), ((), (4,), False)],
)
def test_a_scope_covers_by_channel_or_team(
    channels: tuple[int, ...] | None, teams: tuple[int, ...], covers: bool
) -> None:
    """Either suffices."""
    scope = Scope(None if channels is None else frozenset(channels), frozenset(teams))
    assert scope.covers(7, 3) is covers


def test_audiences() -> None:
    """Private events are for their agent alone, those of admins for admins, the rest by scope."""
    narrow, admin = Scope(frozenset({7}), frozenset()), Scope(None, frozenset(), True)

    assert narrow.sees(EVERYONE)
    assert narrow.sees(Audience(channel_id=7))
    assert not narrow.sees(Audience(channel_id=8))
    assert not narrow.sees(Audience(admins=True))
    assert admin.sees(Audience(admins=True))
    assert narrow.sees(Audience(agent_id=5), 5)
    assert not admin.sees(Audience(agent_id=5), 6)


def test_what_is_out_of_sight_does_not_exist_and_what_is_in_sight_may_be_forbidden() -> None:
    """404 before 403."""
    floor = Floor()
    floor.says()
    conversation = floor.newest
    blind, observer = (
        principal("admin", Scope(frozenset(), frozenset())),
        principal("observer", Scope(None, frozenset())),
    )

    assert require_conversation(observer, conversation, conversation.id, "note") is conversation
    with pytest.raises(Forbidden):
        require_conversation(observer, conversation, conversation.id, "reply")
    with pytest.raises(NotFound):
        require_conversation(blind, conversation, conversation.id, "read")
    with pytest.raises(NotFound):
        require_conversation(observer, None, 1, "read")
    with pytest.raises(Forbidden, match="Anna may not erase people"):
        require(observer, "erase")


def test_every_refusal_is_a_sentence() -> None:
    """Whoever may do nothing is told, for each thing, what it is that he may not do."""
    nobody = Principal(Actor("agent", 5), "Anna", Scope(None, frozenset()), frozenset())
    for action in sorted(ROLES["admin"]):
        with pytest.raises(Forbidden, match=r"Anna may not (\w+ )*\w+: ask an admin"):
            require(nobody, action)


def test_a_program_is_told_which_scope_it_lacks() -> None:
    """By name, in words and for programs: it cannot ask for a role."""
    reader = Principal(Actor("token", 7), "CRM", Scope(None, frozenset()), TOKEN_SCOPES["read"])

    with pytest.raises(
        Forbidden, match="CRM may not change contacts: it takes a token of scope write or admin"
    ) as told:
        require(reader, "contacts")

    assert told.value.extra == {"scopes": ["write", "admin"]}


WRITER, ABOUT, SOMEBODY = 11, 12, 13


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize(
    ("agent_id", "admin", "draft", "once_shared"),
    [
        (WRITER, False, {"read", "write", "remove"}, {"read", "write", "remove"}),
        (ABOUT, False, set(), {"read", "answer"}),
        (SOMEBODY, False, set(), set()),
        (SOMEBODY, True, set(), {"read", "remove"}),
    ],
)
def test_a_review_of_work_is_between_two_people_and_admins(
    agent_id: int, admin: bool, draft: set[str], once_shared: set[str], shared: bool
) -> None:
    """A draft is its writer's alone; shared, the agent reads and answers it; admins read, and may remove it."""
    asks = Principal(Actor("agent", agent_id), "Anna", Scope(None, frozenset(), admin), ROLES["supervisor"])
    review = WorkReview(5, 7, ABOUT, WRITER, "", "[]", "", "praise", "", 0, 0, 9 if shared else None, None, "", None, 1)
    may = set()
    for to in ("read", "write", "remove", "answer"):
        with contextlib.suppress(NotFound, Forbidden):
            require_work_review(asks, review, 5, to)  # type: ignore[arg-type]  # of a loop
            may.add(to)
    assert may == (once_shared if shared else draft)


def test_tokens_read_no_review_of_work() -> None:
    """Not even one with every scope."""
    token = Principal(Actor("token", WRITER), "CRM", Scope(None, frozenset(), True), TOKEN_SCOPES["admin"])
    review = WorkReview(5, 7, ABOUT, WRITER, "", "[]", "", "praise", "", 0, 0, 9, None, "", None, 1)
    with pytest.raises(NotFound):
        require_work_review(token, review, 5)
