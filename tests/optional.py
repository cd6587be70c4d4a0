"""What some tests need and a machine may lack: skipped by default, a failure where all must run."""

import os
from typing import NoReturn

import pytest

#: Begins the reason of every skip of this kind; the summary at the end counts by it.
NOT_FOUND = "not on this machine: "


def not_found(what: str) -> NoReturn:
    """Skip the test because `what` is not here; fail it under INBOX_TEST_REQUIRE=all."""
    if os.environ.get("INBOX_TEST_REQUIRE") == "all":
        pytest.fail(f"{what} is not here and INBOX_TEST_REQUIRE=all: run `make test-deps`")
    pytest.skip(NOT_FOUND + what)


def summary(reasons: list[str]) -> str | None:
    """Return one line that says what was missing and how to get it; None when nothing was."""
    missing = [reason.partition(NOT_FOUND)[2] for reason in reasons if NOT_FOUND in reason]
    if not missing:
        return None
    things = ", ".join(sorted(set(missing)))
    return f"{len(missing)} skipped for want of {things}; to run them too: make test-deps"
