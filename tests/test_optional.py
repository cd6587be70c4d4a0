"""What a machine lacks is skipped openly, or fails where everything must run."""

import pytest

from tests import optional


def test_missing_program_skips_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without INBOX_TEST_REQUIRE, a test is skipped with the name of the program it misses."""
    monkeypatch.delenv("INBOX_TEST_REQUIRE", raising=False)

    with pytest.raises(pytest.skip.Exception, match="not on this machine: chromium"):
        optional.not_found("chromium")


def test_missing_program_fails_where_all_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under INBOX_TEST_REQUIRE=all a missing program is a failure that names the remedy."""
    monkeypatch.setenv("INBOX_TEST_REQUIRE", "all")

    with pytest.raises(pytest.fail.Exception, match="make test-deps"):
        optional.not_found("chromium")


def test_summary_counts_only_what_is_missing() -> None:
    """One line counts the tests that wanted something missing, and names the remedy."""
    reasons = ["Skipped: not on this machine: chromium"] * 2
    other = ["Skipped: only on Windows"]

    assert optional.summary([*reasons, *other]) == ("2 skipped for want of chromium; to run them too: make test-deps")


def test_summary_is_silent_when_nothing_is_missing() -> None:
    """Skips of other kinds bring no line."""
    assert optional.summary(["Skipped: only on Windows"]) is None
