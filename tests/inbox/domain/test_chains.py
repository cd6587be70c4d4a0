"""What a chain asks, in which order, and whose turn it is."""

from __future__ import annotations

import msgspec
import pytest

from inbox.clock import DAY, HOUR, SECOND
from inbox.domain.chains import Chain, Chains, ChainVersion, Level, Next, turn_number
from tests.inbox.domain.wall_times import at

OWNER, TEAM, BOSS = Level(after_seconds=0, to="assignee"), Level(after_seconds=600, to="team"), Level(
    after_seconds=1200, to="supervisors"
)  # fmt: skip


def chain(chain_id: int, *, active: int = 1, removed_at: int | None = None, **terms: object) -> Chain:
    """A chain of one version."""
    version = ChainVersion(levels=(OWNER,), **terms)  # type: ignore[arg-type]
    return Chain(chain_id, f"Chain {chain_id}", active, msgspec.json.encode([version]).decode(), 0, 1, removed_at)


def test_the_levels_come_in_order_and_the_last_one_is_repeated() -> None:
    """After the last level it is asked again as often as the chain says, then nobody."""
    terms = ChainVersion(levels=(OWNER, TEAM, BOSS), repeats=2, repeat_seconds=900)
    found, place = [], (0, 0)
    while (following := terms.after(*place)) is not None:
        found.append(following)
        place = following.level, following.times

    assert found == [Next(1, 0, 0), Next(2, 0, 600), Next(3, 0, 1200), Next(3, 1, 900), Next(3, 2, 900)]


def test_turns_of_those_on_call_change_on_monday_at_midnight_of_the_zone() -> None:
    """In a week it is one person's turn; the next one is asked when he is asked again."""
    on_call = Level(after_seconds=0, to="on_call", agent_ids=(1, 2, 3))
    terms = ChainVersion(levels=(on_call,), zone="Europe/Athens")
    sunday, monday = at("2026-11-22T23:59", "Europe/Athens"), at("2026-11-23T00:00", "Europe/Athens")
    week = [terms.asked(1, 0, monday + n * 7 * DAY)[0] for n in range(3)]

    assert terms.asked(1, 0, monday) == terms.asked(1, 0, monday + 6 * DAY)
    assert terms.asked(1, 0, sunday) != terms.asked(1, 0, monday)
    assert sorted(week) == [1, 2, 3]
    assert terms.asked(1, 1, monday) == (week[1],)


@pytest.mark.parametrize("zone", ["Europe/Helsinki", "UTC", "America/New_York"])
def test_a_day_of_the_clock_change_is_one_turn(zone: str) -> None:
    """Turns follow the date on the wall, not 24 hours."""
    midnight = at("2026-03-29T00:00", zone)
    assert turn_number("day", midnight, zone) == turn_number("day", midnight + 22 * HOUR, zone)
    assert turn_number("day", midnight - SECOND, zone) == turn_number("day", midnight, zone) - 1


def test_a_team_s_own_chain_goes_before_the_workspace_s() -> None:
    """Where nobody chose one. Chains that are off or removed are not taken."""
    chains = Chains([
        chain(1, workspace=True, active=0), chain(2, workspace=True), chain(3, team_ids=frozenset({7})),
        chain(4, team_ids=frozenset({8}), removed_at=5),
    ])  # fmt: skip

    assert [chains.standard(team) for team in (None, 7, 8)] == [2, 3, 2]
    assert Chains([]).standard(None) is None
    assert (chains.newest(1), chains.newest(4), chains.newest(None)) == (None, None, None)
    assert chains.version(4, 1) is not None
