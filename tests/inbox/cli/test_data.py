"""`inbox migrate`, `inbox erase`, `inbox metrics verify`."""

from __future__ import annotations

from tests.inbox.cli.program import Program


def test_migrating_twice_changes_nothing(either: Program) -> None:
    """The database is at the newest revision, and stays there."""
    assert either.done("migrate") == either.done("migrate")


def test_an_empty_log_verifies(either: Program) -> None:
    """Without events there is nothing to differ."""
    assert either.done("metrics", "verify") == "0 events, 0 waits, 0 differ"


def test_erasing_nobody_is_refused(program: Program) -> None:
    """A contact that is not there is named."""
    assert "no contact 12" in program.refused("erase", "12")
