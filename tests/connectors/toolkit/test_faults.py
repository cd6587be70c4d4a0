"""Faults that simulators share."""

import pytest

from connectors.exchange import Response
from connectors.toolkit import faults


@pytest.mark.parametrize(
    ("fault", "status"), [(faults.THROTTLED, 429), (faults.OUTAGE, 503), (faults.EXPIRED_TOKEN, 401)]
)
def test_refusing_faults_answer_at_once(fault: str, status: int) -> None:
    """Each has its status, and without a fault the request is carried out."""
    refused = faults.refusal({fault})

    assert refused is not None
    assert refused.status == status
    assert faults.refusal({faults.SLOW, faults.TIMEOUT}) is None


def test_half_a_body() -> None:
    """The answer is cut in the middle, and only then."""
    whole = Response(status=200, body=b'{"id": 1}')

    assert faults.spoiled(whole, {faults.HALF_BODY}).body == b'{"id'
    assert faults.spoiled(whole, set()) is whole


def test_duplicate_and_shuffled_deliveries() -> None:
    """Duplicates come twice; shuffled ones after those of the next action, none of them lost."""
    held: list[str] = []

    assert faults.deliveries(["a"], held, {faults.DUPLICATE}) == ["a", "a"]
    assert faults.deliveries(["b"], held, {faults.SHUFFLE}) == []
    assert faults.deliveries(["c"], held, {faults.SHUFFLE}) == ["c", "b"]
    assert faults.deliveries(["d"], held, {faults.SHUFFLE}) == []
    assert faults.deliveries(["e"], held, set()) == ["e", "d"]
    assert held == []
