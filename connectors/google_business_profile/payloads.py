"""What Google sends, as typed records, and how its values are read.

Only fields that are read are named. Parts of a review that may be broken without harm to the rest (reviewer, reply,
photos) stay raw until they are read. Sources: https://developers.google.com/my-business/reference/rest/v4/
accounts.locations.reviews and https://cloud.google.com/pubsub/docs/push (read 2026-11-22).
"""

from __future__ import annotations

import re
from typing import Annotated, TypeVar

from msgspec import Meta, Raw, Struct, field

from connectors.contract import Context
from connectors.errors import PayloadInvalid
from connectors.toolkit import times
from connectors.toolkit.payload import decode

T = TypeVar("T")

Name = Annotated[str, Meta(max_length=2048)]
"""Resource names, names of people, links (Google states no limit)."""
Words = Annotated[str, Meta(max_length=65_536)]
"""Texts (Google: 4096 characters in a review, twice that with a translation)."""
Moment = str | int | float | None
"""RFC 3339 as documented; numbers are read too."""
NOTHING = Raw(b"null")

REVIEW_NAME = re.compile(r"(?:accounts/[^/\s\"]{1,128}/)?locations/([^/\s\"]{1,128})/reviews/([^/\s\"?#]{1,512})")
"""A review's resource name anywhere in a text: its location and its id."""
_MILLIS_FROM = 100_000_000_000
"""A number above this (the year 5138 in seconds) can only be milliseconds."""


class Record(Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """A payload; never changed, never part of a cycle. Google writes names as `displayName`."""


class Reviewer(Record, frozen=True, kw_only=True, gc=False):
    """Who wrote a review: a name and a picture, never an id."""

    display_name: Name | None = None
    profile_photo_url: Name | None = None
    is_anonymous: bool | None = None


class Reply(Record, frozen=True, kw_only=True, gc=False):
    """The owner's answer, published or not. `policyViolation` is a code; lists and objects of codes are read too."""

    comment: Words | None = None
    update_time: Moment = None
    review_reply_state: Name | None = None
    policy_violation: Raw = NOTHING


class MediaItem(Record, frozen=True, kw_only=True, gc=False):
    """A photo, or a video with its still picture."""

    thumbnail_url: Name | None = None
    thumbnail_label: Words | None = None
    video_url: Name | None = None


class Review(Record, frozen=True, kw_only=True, gc=False):
    """A review as it stands now."""

    name: Name | None = None
    review_id: Name | int | None = None
    reviewer: Raw = NOTHING
    star_rating: Name | int | float | None = None
    comment: Words | None = None
    create_time: Moment = None
    update_time: Moment = None
    review_reply: Raw = NOTHING
    review_media_items: Raw = NOTHING

    @property
    def id(self) -> str:
        """The opaque id, the same whichever account it is asked through. Raises PayloadInvalid where there is none."""
        found = str(self.review_id or "") or (self.name or "").rpartition("/")[2]
        if not found or "/" in found:
            raise PayloadInvalid("a review without reviewId and name", path="reviewId")
        return found


class Named(Record, frozen=True, kw_only=True, gc=False):
    """A review of which nothing but the id can be read."""

    review_id: Name | int


class ReviewPage(Record, frozen=True, kw_only=True):
    """A page of a location's reviews; an empty one names none."""

    reviews: tuple[Raw, ...] | None = None
    next_page_token: str | None = None


class Account(Record, frozen=True, kw_only=True):
    """A business account, or a group of locations in one."""

    name: Name


class AccountPage(Record, frozen=True, kw_only=True):
    """The accounts that a sign-in reaches."""

    accounts: tuple[Account, ...] | None = None
    next_page_token: str | None = None


class Address(Record, frozen=True, kw_only=True):
    """Where a shop is; absent for businesses that come to their customers."""

    address_lines: tuple[str, ...] | None = None
    locality: str | None = None


class Location(Record, frozen=True, kw_only=True):
    """A location by the newer API, whose names leave the account out."""

    name: Name
    title: Name | None = None
    storefront_address: Address | None = None

    @property
    def id(self) -> str:
        """The number in its name."""
        return self.name.rpartition("/")[2]

    @property
    def words(self) -> str:
        """Title and town."""
        town = self.storefront_address.locality if self.storefront_address is not None else None
        return ", ".join(filter(None, (self.title, town))) or self.id

    @property
    def where(self) -> str:
        """Street and town."""
        there = self.storefront_address or Address()
        return ", ".join(filter(None, (*(there.address_lines or ()), there.locality)))


class LocationPage(Record, frozen=True, kw_only=True):
    """The locations of an account."""

    locations: tuple[Location, ...] | None = None
    next_page_token: str | None = None


class NotificationSetting(Record, frozen=True, kw_only=True):
    """Where an account's news go, and which."""

    pubsub_topic: str | None = None
    notification_types: tuple[str, ...] | None = None


class Standing(Record, frozen=True, kw_only=True):
    """Whether we may speak for a location."""

    has_voice_of_merchant: bool | None = None


class PushMessage(Record, frozen=True, kw_only=True, gc=False):
    """A message of Pub/Sub. Some names come in both spellings."""

    data: str | None = None
    attributes: dict[str, str] | None = None
    message_id: Name | int | None = None
    also_message_id: Name | int | None = field(default=None, name="message_id")
    publish_time: Moment = None
    also_publish_time: Moment = field(default=None, name="publish_time")


class Push(Record, frozen=True, kw_only=True, gc=False):
    """A delivery of Pub/Sub; without `message` where the subscription unwraps payloads."""

    message: PushMessage | None = None


def part_of(raw: Raw, wanted: type[T]) -> T | None:
    """A part of a review; None where it is absent or broken, which must not cost the rest."""
    try:
        return decode(raw, wanted)
    except PayloadInvalid:
        return None


def time_of(value: Moment) -> int | None:
    """µs; None for what is absent or no time."""
    try:
        if isinstance(value, str) and not value.isdigit():
            return times.from_rfc3339(value)
        number = float(value or 0)
        if not number:
            return None
        return times.from_millis(number) if number >= _MILLIS_FROM else times.from_seconds(number)
    except (PayloadInvalid, OverflowError, ValueError):
        return None


def location_name(ctx: Context) -> str:
    """`accounts/…/locations/…` of the channel, as the older API names it."""
    if ctx.asset_id:
        return ctx.asset_id
    account, location = (number_of(ctx.settings.get(field, "")) for field in ("account_id", "location_id"))
    return f"accounts/{account}/locations/{location}"


def number_of(entered: str) -> str:
    """The number in what an admin entered: `123`, `locations/123` or a whole name."""
    return entered.strip().rstrip("/").rpartition("/")[2]
