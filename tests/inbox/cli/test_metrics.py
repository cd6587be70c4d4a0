"""`inbox metrics`."""

from __future__ import annotations

from tests.inbox.cli.program import Program


def test_an_empty_log_verifies(either: Program) -> None:
    """Without events there is nothing to differ."""
    assert either.done("metrics", "verify").splitlines() == [
        "0 events, 0 waits, 0 differ",
        "reports: 0 waits, 0 episodes, 0 deeds, 0 differ",
    ]


def test_an_empty_log_is_counted_anew(either: Program) -> None:
    """It says how much was read, and how to prove it."""
    assert either.done("metrics", "recount").strip() == "0 events counted anew; `inbox metrics verify` proves it"


def test_a_wait_that_is_not_there_is_named(program: Program) -> None:
    """Nothing is told of it."""
    assert "there is no wait 12" in program.refused("metrics", "explain", "12")
