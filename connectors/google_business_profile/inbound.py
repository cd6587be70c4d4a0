"""From Google to `Inbound`: announcements that a review changed, and reviews themselves.

An announcement is a hint: how its keys are spelt is not documented, and its body is not signed. Whatever it names is
asked for, and only what Google answers then becomes a record.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from urllib.parse import parse_qs

from msgspec import Raw

from connectors.contract import Context
from connectors.errors import PayloadInvalid, SignatureInvalid
from connectors.exchange import Request
from connectors.google_business_profile import payloads as g
from connectors.google_business_profile.manifest import IGNORED, MANIFEST, STANDING
from connectors.google_business_profile.oidc import require_push_token
from connectors.inbound import AnyInbound, Attachment, Author, Fetch, Ignored, ReviewReceived, Thread
from connectors.toolkit.http import json_body
from connectors.toolkit.payload import decode
from connectors.toolkit.signatures import fingerprint, require_equal

NEWEST = "newest"
"""`Fetch.ref` of an announcement that names a location and no review."""
STANDING_REF = "standing"
"""`Fetch.ref` that asks whether we may still speak for the location."""
REVIEW_REF = "review:"
"""`Fetch.ref` of one review, before its id."""
ANONYMOUS = "A Google user"
STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}
_WITHHELD = frozenset({"PENDING", "REJECTED"})
"""States of an answer that nobody can see."""
_MOST_STRINGS = 200
"""Texts of one announcement that are looked at; Google's have about three."""
_TRANSLATED = "(Translated by Google)"

_TRANSLATION_FIRST = re.compile(r"\(Translated by Google\)\s*(.*?)\s*\(Original\)\s*(.*)", re.DOTALL)
_ORIGINAL_FIRST = re.compile(r"(.*?)\s*\n\s*\(Translated by Google\)\s*(.*)", re.DOTALL)


# --- announcements ----------------------------------------------------------------------------


def verify(request: Request, ctx: Context) -> None:
    """Raise SignatureInvalid unless the push carries Google's token for this channel, or the channel's own push token
    (as `?token=` or as a bearer token). KeyUnknown where Google's key is not loaded yet.
    """
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    bearer = bearer if scheme.lower() == "bearer" else ""
    if bearer.count(".") == 2 and ctx.settings.get("push_service_account"):
        require_push_token(bearer, ctx)
        return
    if not ctx.secrets:
        raise SignatureInvalid("no valid push token; set push_service_account, or webhook_secret for a relay")
    token = parse_qs(request.query).get("token", [""])[0]
    require_equal(bearer or token, ctx.secrets, what="the push token")


def parse(request: Request, ctx: Context) -> list[AnyInbound | Exception]:
    """What the announcement asks us to look at. Raises PayloadInvalid when it cannot be read at all."""
    push = decode(request.body, g.Push)
    if push.message is None:
        # The subscription unwraps payloads: the body is the announcement, the message's id stands in a header.
        header = request.headers.get("x-goog-pubsub-message-id", "")
        return [_announced(request.body, {}, header or fingerprint(request.body), ctx.now, ctx)]
    message = push.message
    data = _data(message.data or "")
    key = str(message.message_id or message.also_message_id or "") or fingerprint(data)
    at = g.time_of(message.publish_time) or g.time_of(message.also_publish_time) or ctx.now
    return [_announced(data, message.attributes or {}, key, at, ctx)]


def _data(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise PayloadInvalid("not base64", path="message.data") from None


def _announced(data: bytes, attributes: dict[str, str], key: str, at: int, ctx: Context) -> AnyInbound:
    texts = [*_texts(data), *attributes.values()][:_MOST_STRINGS]
    kinds = [text for text in texts if text in MANIFEST.documented_events]
    named = next((found for text in texts if (found := g.REVIEW_NAME.search(text))), None)
    if named is None and not kinds:
        what = next((text for text in texts if text.isupper()), "announcement without a type")
        return Ignored(dedupe_key=f"push:{key}", occurred_at=at, reason=f"unknown: {what[:100]}")
    if _is_elsewhere(texts, ctx):
        return Ignored(dedupe_key=f"push:{key}", occurred_at=at, reason="other_location")
    if named is not None:
        return Fetch(dedupe_key=f"push:{key}", occurred_at=at, ref=REVIEW_REF + named[2])
    if kinds[0] in IGNORED:
        return Ignored(dedupe_key=f"push:{key}", occurred_at=at, reason=kinds[0])
    ref = STANDING_REF if kinds[0] == STANDING else NEWEST
    return Fetch(dedupe_key=f"push:{key}", occurred_at=at, ref=ref)


def _is_elsewhere(texts: list[str], ctx: Context) -> bool:
    """Whether it is about another location: an account has one topic for all of its locations. The account may be
    written in another way than ours (groups of locations are accounts too), so only the location counts.
    """
    if not ctx.asset_id:
        return False
    named = {location for text in texts for location in re.findall(r"locations/([^/\s\"]+)", text)}
    return bool(named) and ctx.asset_id.rpartition("/")[2] not in named


def _texts(data: bytes) -> Iterator[str]:
    """Every text in the announcement, whatever its keys are called; all of it where it is no JSON."""
    try:
        waiting = [decode(data, object)]
    except PayloadInvalid:
        yield data.decode("utf-8", "replace")
        return
    while waiting:
        match waiting.pop(0):
            case str(text):
                yield text
            case dict(fields):
                waiting.extend(fields.values())
            case list(items):
                waiting.extend(items)


# --- reviews ----------------------------------------------------------------------------------


def read_review(raw: bytes | Raw, ctx: Context) -> ReviewReceived:
    """A review as Google shows it, with its published answer. Raises PayloadInvalid."""
    review = decode(raw, g.Review)
    review_id = review.id
    created, updated = g.time_of(review.create_time), g.time_of(review.update_time)
    reply = g.part_of(review.review_reply, g.Reply)
    published = published_text(reply)
    replied_at = g.time_of(reply.update_time) if reply is not None and published is not None else None
    text, translation = original_of(review.comment or "")
    return ReviewReceived(
        dedupe_key=f"review:{review_id}:{version_of(review, reply)}",
        occurred_at=updated or created or ctx.now,
        thread=Thread(external_id=review_id, kind="review", audience="public"),
        author=_author(review_id, g.part_of(review.reviewer, g.Reviewer), translation),
        external_id=review_id,
        rating=_stars(review.star_rating),
        text=text,
        item=ctx.settings.get("location_title", ""),
        attachments=_photos(review.review_media_items),
        reply_text=published,
        reply_at=replied_at,
        reply_id=reply_id(review_id, replied_at) if replied_at is not None else None,
        reply_known=reply is None or not reply.comment or published is not None,
    )


def removed_review(review_id: str, walk: int, ctx: Context) -> ReviewReceived:
    """A review that is gone from the list, noticed by the full walk of that number."""
    return ReviewReceived(
        dedupe_key=f"review:{review_id}:removed-{walk}",
        occurred_at=ctx.now,
        thread=Thread(external_id=review_id, kind="review", audience="public"),
        author=Author(external_id=review_id),
        external_id=review_id,
        rating=0,
        item=ctx.settings.get("location_title", ""),
        reply_known=False,
        removed=True,
    )


def version_of(review: g.Review, reply: g.Reply | None) -> str:
    """What changes with every change of the review or its answer. The answer has a time of its own: writing one outside
    does not touch the review's.
    """
    told = [review.update_time or review.create_time, review.star_rating, original_of(review.comment or "")[0]]
    if photos := _photos(review.review_media_items):
        told.append(str(len(photos)))
    if reply is not None:
        told += [reply.update_time, reply.review_reply_state, original_of(reply.comment or "")[0]]
    return fingerprint(json_body(told))[:16]


def published_text(reply: g.Reply | None) -> str | None:
    """Our answer as everybody can read it. States that we do not know count as published."""
    if reply is None or not reply.comment or reply.review_reply_state in _WITHHELD:
        return None
    return original_of(reply.comment)[0]


def original_of(comment: str) -> tuple[str, str]:
    """What was written, and Google's translation of it, which comes in the same text in either order; empty where there
    is none.
    """
    if _TRANSLATED not in comment:
        return comment.strip(), ""
    if found := _TRANSLATION_FIRST.fullmatch(comment.strip()):
        return found[2], found[1]
    if found := _ORIGINAL_FIRST.fullmatch(comment.strip()):
        return found[1], found[2]
    return comment.strip(), ""


def reply_id(review_id: str, replied_at: int) -> str:
    """The id of our answer: each publication is an item of its own, though Google shows only the last."""
    return f"{review_id}/reply/{replied_at}"


def _author(review_id: str, reviewer: g.Reviewer | None, translation: str) -> Author:
    """The reviewer, known by the review alone: Google gives a name and a picture, and many people share a name."""
    reviewer = reviewer or g.Reviewer(is_anonymous=True)
    profile = {"translated_by_google": translation} if translation else {}
    if reviewer.is_anonymous or not reviewer.display_name:
        profile = {"anonymous": "yes", **profile}
    return Author(
        external_id=review_id,
        name=reviewer.display_name or ANONYMOUS,
        avatar_url=(reviewer.profile_photo_url or None) if not reviewer.is_anonymous else None,
        profile=profile,
    )


def _stars(given: str | float | None) -> int:
    """1 to 5; 0 where Google does not say."""
    if isinstance(given, str):
        return STARS.get(given.upper(), int(given) if given in {"1", "2", "3", "4", "5"} else 0)
    return int(given) if given is not None and 1 <= given <= 5 else 0


def _photos(raw: Raw) -> tuple[Attachment, ...]:
    """Photos and videos; a video comes without its still picture. Their addresses expire."""
    items = [g.part_of(one, g.MediaItem) for one in g.part_of(raw, list[Raw]) or ()]
    return tuple(_photo(item) for item in items if item is not None and (item.video_url or item.thumbnail_url))


def _photo(item: g.MediaItem) -> Attachment:
    is_video = bool(item.video_url)
    return Attachment(
        kind="video" if is_video else "image",
        url=item.video_url or item.thumbnail_url,
        title=item.thumbnail_label or "",
    )
