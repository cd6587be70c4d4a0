"""What a dry run shows: how often a rule would have run, when, and why."""

from __future__ import annotations

from typing import Any

import msgspec


class DryReason(msgspec.Struct, frozen=True, kw_only=True):
    """A test that decided, and what was found. `held` false: it stands below a `not`."""

    field: str
    op: str
    value: Any
    found: Any
    held: bool


class DryHit(msgspec.Struct, frozen=True, kw_only=True):
    """An item that the rule would have run for."""

    conversation_id: str
    number: int
    message_id: str
    at: str
    preview: str
    reasons: list[DryReason]


class DrySurge(msgspec.Struct, frozen=True, kw_only=True):
    """Far more than usual, in a channel, under a post or in a campaign (`scope`, and which by its id and name). Noted
    `at`, until `until` (null: it lasts): `count` items had come, `usual` is the mean of two weeks; they came in so many
    `conversations`, whatever the condition says of them.
    """

    scope: str
    ref: str
    name: str
    at: str
    until: str | None
    count: int
    usual: float
    conversations: int


class DryResult(msgspec.Struct, frozen=True, kw_only=True):
    """The hits so far: all, by day (UTC), and the first of them. `surge_count` and the first `surges`: of a rule
    for far more than usual.
    """

    hits: int = 0
    days: dict[str, int] = {}
    first: list[DryHit] = []
    surge_count: int = 0
    surges: list[DrySurge] = []


class DryRunShape(msgspec.Struct, frozen=True, kw_only=True):
    """A dry run as it stands. `progress` goes from 0 to 1; `checked`: items looked at."""

    id: str
    state: str
    progress: float
    checked: int
    days: int
    result: DryResult
    started_at: str
    updated_at: str
