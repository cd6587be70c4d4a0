"""Which policy and which calendar hold."""

from __future__ import annotations

import pytest

from inbox.clock import parse_iso
from inbox.domain.calendar import OpenHours, business_seconds
from inbox.domain.sla import Asked, PolicyVersion, due
from tests.inbox.domain.promises import OFFICE, calendar, calendar_of, policy, policy_of, terms

MONDAY = parse_iso("2026-11-23T00:00:00+02:00")
TUESDAY = parse_iso("2026-11-24T00:00:00+02:00")
MORNING = {"mon": ("08:00-09:00",)}
NIGHT = {"mon": ("20:00-23:00",)}


def hours_on_monday(held: OpenHours | None) -> float:
    """Hours that are open on a Monday; 24 without a calendar."""
    return business_seconds(held, MONDAY, TUESDAY) / 3600


@pytest.mark.parametrize(
    ("team_id", "channel_id", "hours"), [(4, 9, 3), (4, 1, 3), (None, 9, 1), (5, 9, 1), (None, 1, 8), (5, 1, 8)]
)
def test_a_team_s_calendar_goes_before_a_channel_s_and_that_before_the_workspace_s(
    team_id: int | None, channel_id: int, hours: float
) -> None:
    """The nearest to the people who answer."""
    known = terms(
        calendar(50),
        calendar(51, weekly=NIGHT, workspace=False, team_ids=frozenset({4})),
        calendar(52, weekly=MORNING, workspace=False, channel_ids=frozenset({9})),
    ).calendars

    assert hours_on_monday(known.at(team_id, channel_id)) == hours


def test_without_a_calendar_that_holds_all_time_counts() -> None:
    """Another team's hours are not ours."""
    known = terms(calendar(51, workspace=False, team_ids=frozenset({4}))).calendars

    assert known.at(None, 1) is None


def test_who_holds_what_is_read_at_each_instant() -> None:
    """A calendar made on Monday noon for the team changes nothing of the morning."""
    noon = parse_iso("2026-11-23T12:00:00+02:00")
    late = {"zone": "Europe/Athens", "weekly": NIGHT, "team_ids": frozenset({4}), "valid_from": noon}
    known = terms(calendar(50), calendar_of([late], 51)).calendars

    assert hours_on_monday(known.at(4, 1)) == 3 + 3


def test_a_policy_s_own_calendar_goes_before_all() -> None:
    """Named in its terms; in calendar time none counts."""
    made = terms(
        policy(1, time="business", calendar_id=52, first_response_seconds=60),
        calendar(50),
        calendar(52, weekly=MORNING, workspace=False),
    )
    own, all_time = made.versions[1][0], policy(2, first_response_seconds=60)

    assert hours_on_monday(made.calendar(own, 4, 1)) == 1
    assert terms(all_time).calendar(terms(all_time).versions[2][0], None, 1) is None


@pytest.mark.parametrize(
    ("name", "values", "value", "holds"),
    [
        ("vip", frozenset(), "yes", True),
        ("vip", frozenset(), "True", True),
        ("vip", frozenset(), "no", False),
        ("vip", frozenset(), "", False),
        ("vip", frozenset({"no"}), "No", True),
        ("plan", frozenset(), "no", True),
        ("plan", frozenset(), "", False),
        ("plan", frozenset({"gold"}), "Gold", True),
        ("plan", frozenset({"gold"}), "silver", False),
    ],
)
def test_a_field_of_the_person_has_one_of_the_values_or_any(
    name: str, values: frozenset[str], value: str, holds: bool
) -> None:
    """Without values any that is not empty will do; a VIP is who says yes."""
    version = PolicyVersion(contact_fields={name: values})
    asked = Asked(
        channel_id=1, network="custom", kind="direct", priority="normal", tag_ids=frozenset(), language=None,
        fields={name: value},
    )  # fmt: skip

    assert version.holds(asked) is holds


def test_versions_of_a_policy_stay_known() -> None:
    """The newest promises; older ones can still be looked up."""
    made = terms(policy_of([{"first_response_seconds": 60}, {"first_response_seconds": 90}], 3))
    first = made.version(3, 1)

    assert made.promises[0].terms.first_response_seconds == 90
    assert first is not None
    assert first.first_response_seconds == 60
    assert made.version(3, 7) is None


def test_a_warning_as_long_as_the_target_is_none() -> None:
    """It would come before the clock began."""
    assert due(None, 0, 60_000_000, 60).warn_at is None
    assert due(None, 0, 61_000_000, 60).warn_at == 1_000_000


def test_the_office_hours_of_the_tests_are_eight() -> None:
    """What the other figures here stand on."""
    assert OFFICE["mon"] == ("09:00-17:00",)
    assert hours_on_monday(terms(calendar(50)).calendars.of(50)) == 8
