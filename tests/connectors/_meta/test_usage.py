"""connectors/_meta/usage.py: what Graph says of allowances."""

import msgspec
import pytest

from connectors._meta.usage import free_at, used
from connectors.exchange import HttpResponse
from tests.connectors._meta.world import NOW, SECOND


def business(*reports: object) -> dict[str, str]:
    """The header of a business with these reports."""
    return {"x-business-use-case-usage": msgspec.json.encode({"104": reports}).decode()}


def test_free_again_by_the_longest_wait() -> None:
    """The longest of the waits named counts, in minutes."""
    headers = business(
        {"type": "pages", "estimated_time_to_regain_access": 2},
        {"type": "messenger", "estimated_time_to_regain_access": 19},
    )
    assert free_at(headers, NOW) == NOW + 19 * 60 * SECOND


def test_a_wait_is_at_most_a_week() -> None:
    """A wait beyond a week is cut to one."""
    assert free_at(business({"estimated_time_to_regain_access": 10**8}), NOW) == NOW + 7 * 86_400 * SECOND


@pytest.mark.parametrize(
    "headers",
    [
        {},
        business({"estimated_time_to_regain_access": 0}),
        business({"estimated_time_to_regain_access": "soon"}),
        business(3, None),
        {"x-business-use-case-usage": "{"},
        {"x-business-use-case-usage": '{"104": 5}'},
    ],
)
def test_no_wait_named(headers: dict[str, str]) -> None:
    """Where Graph names no wait, there is none."""
    assert free_at(headers, NOW) is None


def test_highest_share() -> None:
    """The largest share of any allowance counts."""
    headers = {"x-app-usage": '{"call_count":10,"total_time":3}', "x-page-usage": '{"total_cputime":55}'}
    assert used(HttpResponse(status=200, headers=headers)) == 55
    assert used(HttpResponse(status=200, headers=headers | business({"call_count": 97}))) == 97


@pytest.mark.parametrize("headers", [{}, {"x-app-usage": "{"}, {"x-app-usage": "[]"}, {"x-page-usage": "{}"}])
def test_no_share_named(headers: dict[str, str]) -> None:
    """Where Graph names no share, nothing is known: that is not none used."""
    assert used(HttpResponse(status=200, headers=headers)) is None
