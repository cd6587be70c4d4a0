"""`inbox migrate`, `inbox erase`."""

from __future__ import annotations

import pytest

from tests.inbox.cli.program import Program


def test_migrating_twice_changes_nothing(either: Program) -> None:
    """The database is at the newest revision, and stays there."""
    assert either.done("migrate") == either.done("migrate")


def test_erasing_nobody_is_refused(program: Program) -> None:
    """A contact that is not there is named."""
    assert "no contact 12" in program.refused("erase", "12")


@pytest.mark.postgres
def test_a_url_may_say_how_to_connect(empty: Program, postgres_url: str) -> None:
    """`sslmode` and the like, as hosted databases give them, mean to a migration what they mean to the service."""
    empty.environment["INBOX_DATABASE_URL"] = postgres_url + "?sslmode=prefer"

    assert "is at revision" in empty.done("migrate")
    assert empty.done("user", "list") == ""


def test_a_secret_that_is_refused_is_not_shown(empty: Program) -> None:
    """The setting is named, its value is not: what is printed ends in logs."""
    for name, value in (("SECRET_KEY", "hunter2"), ("REDIS_URL", "http://:hunter2@host"), ("MAIL_URL", "hunter2")):
        empty.environment = {f"INBOX_{name}": value}
        said = empty.refused("migrate")
        assert said.startswith(f"inbox: INBOX_{name} is ")
        assert "hunter2" not in said
