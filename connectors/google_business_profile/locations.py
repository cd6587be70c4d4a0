"""Connecting a location: which there are, which one is meant, may we read it, and where Google is to announce changes.

Every location is a channel of its own; all of them can share one sign-in.
"""

from __future__ import annotations

import re
from urllib.parse import urlencode

from connectors.contract import Asset, Context, Setup
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import Exchange
from connectors.google_business_profile.calls import get, send_json
from connectors.google_business_profile.hosts import ACCOUNTS, INFORMATION, NOTIFICATIONS, REVIEWS, address
from connectors.google_business_profile.manifest import MANIFEST, STANDING, WANTED
from connectors.google_business_profile.oauth import EXPIRES_AT, signed_in
from connectors.google_business_profile.payloads import (
    Account,
    AccountPage,
    Location,
    LocationPage,
    NotificationSetting,
    ReviewPage,
    number_of,
)

_READ_MASK = "name,title,storefrontAddress"
_MOST_PAGES = 20
"""Of accounts (20 each) or of one account's locations (100 each)."""
_NAMED = 30
"""How many locations an error lists."""
_NUMBER = re.compile(r"[A-Za-z0-9_-]{1,64}")


def setup(ctx: Context) -> Exchange[Setup]:
    """Find the location, prove that its reviews can be read, and say where Google is to announce them.

    Raises SendError: `reauth` for a sign-in that does not hold, `rejected`, naming the locations there are, where it is
    not clear which is meant.
    """
    ctx = yield from signed_in(ctx)
    account, location = yield from _location(ctx)
    asset = f"accounts/{account}/locations/{location.id}"
    yield from get(ctx, address(ctx, REVIEWS, f"/{asset}/reviews?pageSize=1"), ReviewPage)
    if ctx.settings.get("pubsub_topic"):
        yield from _announce(ctx, account)
    settings = {"account_id": account, "location_id": location.id, "location_title": location.words}
    tokens = ("access_token", "refresh_token", EXPIRES_AT)
    return Setup(
        asset_id=asset,
        name=location.title or location.id,
        settings=settings,
        credentials={name: ctx.credentials[name] for name in tokens if name in ctx.credentials},
        expires_at=int(ctx.credentials[EXPIRES_AT]),
    )


def assets(ctx: Context) -> Exchange[list[Asset]]:
    """Every location that the sign-in reaches, for an admin to choose from. Raises SendError."""
    ctx = yield from signed_in(ctx)
    return [
        Asset(
            network=MANIFEST.network,
            asset_id=f"accounts/{account}/locations/{location.id}",
            name=location.title or location.id,
            detail=location.where,
            settings={"account_id": account, "location_id": location.id},
        )
        for account, location in (yield from _reached(ctx)).values()
    ]


def _location(ctx: Context) -> Exchange[tuple[str, Location]]:
    """The account and the location meant. What is entered in full is asked for directly; otherwise all are listed."""
    account, number = (number_of(ctx.settings.get(name, "")) for name in ("account_id", "location_id"))
    if _NUMBER.fullmatch(account) and _NUMBER.fullmatch(number):
        try:
            url = address(ctx, INFORMATION, f"/locations/{number}?{urlencode({'readMask': _READ_MASK})}")
            return account, (yield from get(ctx, url, Location))
        except SendError as error:
            if error.kind not in (SendErrorKind.RECIPIENT_GONE, SendErrorKind.REJECTED):
                raise
    return _meant((yield from _reached(ctx, account)), account, number)


def _reached(ctx: Context, account: str = "") -> Exchange[dict[str, tuple[str, Location]]]:
    """Account and location by the location's number. Groups of locations are accounts too, so that a location can be
    found twice: the first will do.
    """
    found: dict[str, tuple[str, Location]] = {}
    for one in (yield from _accounts(ctx)):
        here = number_of(one.name)
        if not account or here == account:
            for location in (yield from _locations(ctx, here)):
                found.setdefault(location.id, (here, location))
    return found


def _accounts(ctx: Context) -> Exchange[list[Account]]:
    found: list[Account] = []
    token = ""
    for _ in range(_MOST_PAGES):
        query = {"pageSize": "20", **({"pageToken": token} if token else {})}
        page = yield from get(ctx, address(ctx, ACCOUNTS, f"/accounts?{urlencode(query)}"), AccountPage)
        found += page.accounts or ()
        token = page.next_page_token or ""
        if not token:
            break
    return found


def _locations(ctx: Context, account: str) -> Exchange[list[Location]]:
    found: list[Location] = []
    token = ""
    for _ in range(_MOST_PAGES):
        query = {"readMask": _READ_MASK, "pageSize": "100", **({"pageToken": token} if token else {})}
        url = address(ctx, INFORMATION, f"/accounts/{account}/locations?{urlencode(query)}")
        page = yield from get(ctx, url, LocationPage)
        found += page.locations or ()
        token = page.next_page_token or ""
        if not token:
            break
    return found


def _meant(by_number: dict[str, tuple[str, Location]], account: str, number: str) -> tuple[str, Location]:
    """The one location that what was entered leaves. Raises SendError(REJECTED)."""
    if number in by_number:
        return by_number[number]
    if not number and len(by_number) == 1:
        return next(iter(by_number.values()))
    where = f"account {account}" if account else "this sign-in"
    if not by_number:
        raise SendError(SendErrorKind.REJECTED, f"{where} has no locations: is it a manager of the Business Profile?")
    said = f"location_id {number!r} is not in {where}" if number else f"{where} has {len(by_number)} locations"
    listed = [f"{location.words}: {number}" for number, (_, location) in by_number.items()]
    rest = f" and {len(listed) - _NAMED} more" if len(listed) > _NAMED else ""
    raise SendError(SendErrorKind.REJECTED, f"{said}; set location_id to one of: {'; '.join(listed[:_NAMED])}{rest}")


def _announce(ctx: Context, account: str) -> Exchange[None]:
    """Let Google announce reviews of the account to the topic. There is one setting for an account: kinds that are
    asked for already stay.

    https://developers.google.com/my-business/reference/notifications/rest/v1/accounts (read 2026-11-22).
    """
    topic = ctx.settings["pubsub_topic"].strip()
    url = address(ctx, NOTIFICATIONS, f"/accounts/{account}/notificationSetting")
    now = yield from get(ctx, url, NotificationSetting)
    before = set(now.notification_types or ()) if now.pubsub_topic == topic else set()
    wanted = before | {*WANTED, STANDING}
    if wanted == before:
        return
    body = {
        "name": f"accounts/{account}/notificationSetting",
        "pubsubTopic": topic,
        "notificationTypes": sorted(wanted),
    }
    changed = f"{url}?{urlencode({'updateMask': 'pubsubTopic,notificationTypes'})}"
    yield from send_json(ctx, "PATCH", changed, body, NotificationSetting, effect=False)
