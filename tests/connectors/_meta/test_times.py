"""connectors/_meta/times.py: seconds and milliseconds, numbers and text, are told apart."""

import pytest

from connectors._meta.times import instant
from connectors.errors import PayloadInvalid

AT = 1_795_299_900_000_000


@pytest.mark.parametrize(
    "value",
    [
        1_795_299_900,
        1_795_299_900_000,
        1_795_299_900.0,
        "1795299900",
        "1795299900000",
        "2026-11-21T22:25:00+0000",
        "2026-11-21T22:25:00Z",
        "2026-11-22T00:25:00+02:00",
    ],
)
def test_one_instant_in_many_forms(value: float | str) -> None:
    """Every form that Meta writes times in gives the same instant."""
    assert instant(value, otherwise=0) == AT


@pytest.mark.parametrize("value", [None, "", 0, 0.0, "0"])
def test_no_time(value: float | str | None) -> None:
    """Where no time is given, or 0 in its place, the other one counts."""
    assert instant(value, otherwise=7) == 7


@pytest.mark.parametrize("value", [-1, 1e300, 10**40, "yesterday", "9" * 17, "2026-11-21T22:25:00"])
def test_no_such_time(value: float | str) -> None:
    """What is no time is PayloadInvalid."""
    with pytest.raises(PayloadInvalid):
        instant(value, otherwise=0)
