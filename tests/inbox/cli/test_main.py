"""The verbs as a whole: found, described, refused."""

from __future__ import annotations

import os
import subprocess
import sys

from inbox.cli.main import NOT_UNDERSTOOD
from tests.inbox.cli.program import Program


def test_help_names_every_verb(empty: Program) -> None:
    """`inbox --help` lists what can be done."""
    said = empty.done("--help")

    for verb in ("run", "web", "worker", "migrate", "demo", "backup", "restore", "erase", "doctor", "user", "token"):
        assert f" {verb} " in said


def test_the_program_is_a_process(empty: Program) -> None:
    """Run for itself it does the same: a refusal is one line on standard error and code 1."""
    environment = {**os.environ, "INBOX_DATA_DIR": str(empty.folder)}

    found = subprocess.run(
        [sys.executable, "-m", "inbox.cli.main", "channel", "list"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.returncode == 1
    assert found.stderr.startswith("inbox: ")
    assert len(found.stderr.splitlines()) == 1
    assert found.stdout == ""


def test_every_verb_describes_itself(empty: Program) -> None:
    """`--help` of a verb of a group loads it and shows its parameters."""
    said = empty.done("token", "create", "--help")

    assert "--acts-as" in said
    assert "--json" in said


def test_unknown_verbs_are_not_understood(empty: Program) -> None:
    """A word that is no verb ends with code 2 and one line."""
    found = empty.run("frobnicate")

    assert found.returncode == NOT_UNDERSTOOD
    assert "frobnicate" in found.stderr
    assert len(found.stderr.strip().splitlines()) == 1


def test_a_setting_that_makes_no_sense_is_named(empty: Program) -> None:
    """A wrong environment is refused with the setting and its value."""
    empty.environment["INBOX_PORT"] = "many"

    assert "INBOX_PORT is 'many'" in empty.refused("migrate")


def test_verbs_need_a_database(empty: Program) -> None:
    """Before `migrate`, a verb says that this is what is missing."""
    assert "run `inbox migrate`" in empty.refused("channel", "list")


def test_an_unknown_engine_is_refused(empty: Program) -> None:
    """A database URL of another engine is refused with those that are known."""
    empty.environment["INBOX_DATABASE_URL"] = "mysql://localhost/inbox"

    assert "use sqlite:///" in empty.refused("migrate")


def test_a_database_that_does_not_answer_is_told(empty: Program) -> None:
    """A server that is not there ends in one line, not in a traceback."""
    empty.environment["INBOX_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/inbox"

    assert "INBOX_DATABASE_URL" in empty.refused("migrate")
