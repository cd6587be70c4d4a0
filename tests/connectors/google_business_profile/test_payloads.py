"""connectors/google_business_profile/payloads.py: how Google's values are read."""

from dataclasses import replace

import pytest
from msgspec import Raw

from connectors.errors import PayloadInvalid
from connectors.google_business_profile.payloads import (
    Address,
    Location,
    Review,
    Reviewer,
    location_name,
    number_of,
    part_of,
    time_of,
)
from tests.connectors.google_business_profile.signing import context


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("2026-11-20T17:02:11Z", 1_795_194_131_000_000),
        ("2026-11-20T17:02:11.523Z", 1_795_194_131_523_000),
        ("2026-11-20T17:02:11.523456789Z", 1_795_194_131_523_456),
        ("2026-11-20T19:02:11+02:00", 1_795_194_131_000_000),
        (1_795_194_131, 1_795_194_131_000_000),
        ("1795194131", 1_795_194_131_000_000),
        (1_795_194_131_523, 1_795_194_131_523_000),
    ],
)
def test_times_are_read_as_documented_and_as_numbers(given: str | int, wanted: int) -> None:
    """RFC 3339 with any number of decimals, seconds and milliseconds all give the instant."""
    assert time_of(given) == wanted


@pytest.mark.parametrize("given", [None, "", "yesterday", "2026-11-20T17:02:11", 0, -5, 1e300, float("nan"), "9" * 400])
def test_what_is_no_time_is_none(given: str | float | None) -> None:
    """A time that cannot be read costs nothing but itself."""
    assert time_of(given) is None


def test_id_comes_from_the_name_where_there_is_no_other() -> None:
    """A review is known by `reviewId`, else by the end of its name; without both it is none."""
    assert Review(review_id="R", name="accounts/1/locations/2/reviews/N").id == "R"
    assert Review(name="accounts/1/locations/2/reviews/N").id == "N"
    for broken in (Review(), Review(name="accounts/1/locations/2/reviews/"), Review(review_id="a/b")):
        with pytest.raises(PayloadInvalid):
            _ = broken.id


def test_a_broken_part_is_absent() -> None:
    """A part of another shape is as if it were not there."""
    assert part_of(Raw(b'{"displayName": "Ana"}'), Reviewer) == Reviewer(display_name="Ana")
    assert part_of(Raw(b'"Ana"'), Reviewer) is None


def test_locations_are_told_apart_by_their_town() -> None:
    """Shops of a chain share a title, so that the town stands beside it."""
    athens = Address(locality="Athens")
    assert Location(name="locations/5", title="Alkyon", storefront_address=athens).words == "Alkyon, Athens"
    assert Location(name="locations/5").words == "5"


@pytest.mark.parametrize("entered", ["123", " 123 ", "locations/123", "accounts/9/locations/123/"])
def test_numbers_are_found_in_what_is_entered(entered: str) -> None:
    """An admin can paste a number or a whole name."""
    assert number_of(entered) == "123"


def test_the_channel_is_its_asset() -> None:
    """Once connected the asset names the location; before that the fields do."""
    ctx = context()
    assert location_name(ctx) == ctx.asset_id
    entered = replace(ctx, asset_id="", settings={"account_id": "accounts/1", "location_id": "2"})
    assert location_name(entered) == "accounts/1/locations/2"
