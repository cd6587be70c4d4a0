"""Every connector there is, through every check of the kit."""

import os

import pytest

from connectors import registry
from tests.connectors.conformance import CHECKS
from tests.connectors.kit.subject import NotApplicable, subject


@pytest.mark.parametrize("network", registry.networks())
@pytest.mark.parametrize("check", CHECKS)
def test_conforms(network: str, check: str) -> None:
    """The connector passes the check, or has nothing the check could look at."""
    try:
        CHECKS[check](subject(network))
    except NotApplicable as reason:
        pytest.skip(f"{network}: {reason}")


@pytest.mark.faults
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("network", registry.networks())
def test_survives_many_mutations(network: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred thousand spoilt deliveries give records or PayloadInvalid, and nothing else."""
    monkeypatch.setenv("INBOX_FUZZ", os.environ.get("INBOX_FUZZ", "100000"))
    try:
        CHECKS["parse-mutations"](subject(network))
    except NotApplicable as reason:
        pytest.skip(f"{network}: {reason}")
