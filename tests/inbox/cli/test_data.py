"""`inbox migrate`, `inbox erase`."""

from __future__ import annotations

from tests.inbox.cli.program import Program


def test_migrating_twice_changes_nothing(either: Program) -> None:
    """The database is at the newest revision, and stays there."""
    assert either.done("migrate") == either.done("migrate")


def test_erasing_nobody_is_refused(program: Program) -> None:
    """A contact that is not there is named."""
    assert "no contact 12" in program.refused("erase", "12")
