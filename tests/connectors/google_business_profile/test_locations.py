"""connectors/google_business_profile/locations.py: which location is meant, and connecting it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from connectors.errors import SendErrorKind as Kind
from connectors.exchange import AnyRequest, HttpRequest, HttpResponse
from connectors.google_business_profile.locations import assets, setup
from connectors.google_business_profile.oauth import EXPIRES_AT
from connectors.google_business_profile.simulator import ACCESS_TOKEN, ACCOUNT, LOCATIONS, REFRESH_TOKEN
from tests.connectors.google_business_profile.world import World, urls
from tests.connectors.kit.driver import Run, by_simulator, drive

FIRST, SECOND = LOCATIONS


def connected(world: World, **entered: str) -> Run:
    """The set-up with what an admin entered, where nothing is connected yet."""
    settings = {"client_id": "1234", **entered}
    return world.run(setup(replace(world.ctx, asset_id="", settings=settings)))


def test_a_location_entered_in_full_is_asked_for_directly() -> None:
    """The location is found, its reviews are read once, and its name and town are kept."""
    run = connected(World(), account_id=ACCOUNT, location_id=SECOND)
    assert [url.split("?")[0].rpartition("googleapis.com")[2] for url in urls(run)] == [
        f"/v1/locations/{SECOND}", f"/v4/accounts/{ACCOUNT}/locations/{SECOND}/reviews",
    ]  # fmt: skip
    assert (run.result.asset_id, run.result.name) == (f"accounts/{ACCOUNT}/locations/{SECOND}", "Alkyon Home Outlet")
    assert run.result.settings == {
        "account_id": ACCOUNT, "location_id": SECOND, "location_title": "Alkyon Home Outlet, Thessaloniki",
    }  # fmt: skip


@pytest.mark.parametrize("entered", [f"locations/{FIRST}", f"accounts/{ACCOUNT}/locations/{FIRST}", f" {FIRST} "])
def test_the_account_is_found_by_the_location(entered: str) -> None:
    """An admin who knows only the location need not know the account."""
    assert connected(World(), location_id=entered).result.asset_id == f"accounts/{ACCOUNT}/locations/{FIRST}"


def test_several_locations_are_listed() -> None:
    """Where it is not clear which location is meant, the admin reads which there are."""
    run = connected(World())
    assert run.error is not None
    assert run.error.kind is Kind.REJECTED
    assert "2 locations" in run.error.reason
    assert f"Alkyon Home, Athens: {FIRST}; Alkyon Home Outlet, Thessaloniki: {SECOND}" in run.error.reason


@pytest.mark.parametrize("account", ["", ACCOUNT])
def test_a_wrong_location_is_answered_with_the_list(account: str) -> None:
    """A number that is not among them is named, with those that are."""
    run = connected(World(), account_id=account, location_id="99")
    assert run.error is not None
    assert run.error.kind is Kind.REJECTED
    assert "'99' is not in" in run.error.reason
    assert FIRST in run.error.reason


def test_a_wrong_account_has_no_locations() -> None:
    """An account that the sign-in does not reach is said to have none."""
    run = connected(World(), account_id="5", location_id="")
    assert run.error is not None
    assert (run.error.kind, "account 5 has no locations" in run.error.reason) == (Kind.REJECTED, True)


def test_a_location_that_is_alone_is_taken() -> None:
    """One location needs no choice; one that is in a group as well is still one. Pages are followed."""
    pages = {
        "/v1/accounts": {"accounts": [{"name": "accounts/1"}], "nextPageToken": "more"},
        "/v1/accounts?more": {"accounts": [{"name": "accounts/2"}]},
        "/v1/accounts/1/locations": {"locations": [{"name": "locations/7", "title": "Shop"}]},
        "/v1/accounts/2/locations": {"locations": [{"name": "locations/7", "title": "Shop"}]},
        "/v4/accounts/1/locations/7/reviews": {},
    }

    def answer(request: AnyRequest, number: int) -> HttpResponse:
        assert isinstance(request, HttpRequest)
        path, _, query = request.url.rpartition("googleapis.com")[2].partition("?")
        found: Any = pages[f"{path}?more" if "pageToken=more" in query else path]
        return HttpResponse(status=200, body=json.dumps(found).encode())

    ctx = replace(World().ctx, asset_id="", settings={"client_id": "1234"})
    run = drive(setup(ctx), answer)
    assert (run.result.asset_id, run.result.name) == ("accounts/1/locations/7", "Shop")


def test_a_fresh_token_is_kept() -> None:
    """Connecting with a refresh token alone keeps the access token it led to, and when that ends."""
    world = World()
    world.ctx = replace(world.ctx, credentials={"client_secret": "s", "refresh_token": REFRESH_TOKEN})
    made = connected(world, location_id=FIRST).result
    assert made.credentials["access_token"] == ACCESS_TOKEN
    assert int(made.credentials[EXPIRES_AT]) == made.expires_at > world.ctx.now


def test_every_location_can_be_chosen() -> None:
    """A sign-in lists its locations, each with what makes a channel of it and what tells it from the others."""
    world = World()
    world.ctx = replace(world.ctx, settings={"client_id": "1234"}, asset_id="")
    first, second = world.run(assets(world.ctx)).result
    assert (first.network, first.name, first.detail) == ("google_business_profile", "Alkyon Home", "Ermou 1, Athens")
    assert second.asset_id == f"accounts/{ACCOUNT}/locations/{SECOND}"
    made = connected(world, **second.settings).result
    assert (made.asset_id, made.name) == (second.asset_id, second.name)


def test_without_a_sign_in_the_admin_is_sent_to_it() -> None:
    """A channel that is added before anybody signed in says what to do."""
    world = World()
    world.ctx = replace(world.ctx, credentials={"client_secret": "s"})
    run = connected(world, location_id=FIRST)
    assert run.error is not None
    assert (run.error.kind, "sign in" in run.error.reason) == (Kind.REAUTH, True)


def test_announcements_are_asked_for_once() -> None:
    """The topic is set with the kinds that are followed; kinds somebody else wanted on it stay; nothing is repeated."""
    world, topic = World(), "projects/shop/topics/reviews"
    first = connected(world, location_id=FIRST, pubsub_topic=topic)
    second = connected(world, location_id=SECOND, pubsub_topic=topic)
    patched = [[one for one in run.requests if getattr(one, "method", "") == "PATCH"] for run in (first, second)]
    assert [len(requests) for requests in patched] == [1, 0]
    body = patched[0][0].body  # type: ignore[union-attr]
    assert all(kind in body for kind in (b"NEW_REVIEW", b"UPDATED_REVIEW", b"VOICE_OF_MERCHANT_UPDATED"))


def test_a_topic_that_google_refuses_is_told() -> None:
    """A topic that does not exist, or that Google may not publish to, keeps the channel from being connected."""
    run = connected(World(), location_id=FIRST, pubsub_topic="reviews")
    assert run.error is not None
    assert (run.error.kind, "INVALID_PUBSUB_TOPIC" in run.error.reason) == (Kind.REJECTED, True)


def test_an_outage_is_no_reason_to_list_locations() -> None:
    """Only an answer that the location is not there leads to the list."""
    world = World()
    simulated = by_simulator(world.google, world.ctx)

    def out(request: AnyRequest, number: int) -> Any:
        return HttpResponse(status=503) if number == 0 else simulated(request, number)

    settings = {"account_id": ACCOUNT, "location_id": FIRST}
    run = drive(setup(replace(world.ctx, asset_id="", settings=settings)), out)
    assert run.error is not None
    assert (run.error.kind, len(run.requests)) == (Kind.UNREACHABLE, 1)
