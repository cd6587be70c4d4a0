"""Answers to reviews: one for each review, put there, replaced or taken away, and followed through Google's own check.

https://developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews/updateReply and /deleteReply
(read 2026-11-22).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from connectors.contract import Context
from connectors.errors import PayloadInvalid, PlanRefused, SendError, SendErrorKind
from connectors.exchange import Exchange, HttpRequest
from connectors.google_business_profile.calls import call, get, send_json
from connectors.google_business_profile.hosts import REVIEWS, address
from connectors.google_business_profile.inbound import reply_id
from connectors.google_business_profile.manifest import MANIFEST, REPLY
from connectors.google_business_profile.payloads import Reply, Review, location_name, part_of, time_of
from connectors.google_business_profile.policies import why_refused
from connectors.outbound import AnyOutbound, DeleteSent, EditSent, Part, Receipt, ReplyToReview
from connectors.toolkit import planning
from connectors.toolkit.http import json_body
from connectors.toolkit.payload import decode

_CHECK_AFTER_SECONDS = (60, 300, 1_800)
"""When Google's check of an answer is asked about; afterwards once a day. Most end within minutes, some take days."""
_DAY_SECONDS = 86_400


class _Token(Struct, frozen=True):
    """What is remembered of an answer that Google is still checking."""

    review_id: str
    asked: int = 0
    """How often its state was asked for."""


def plan(action: AnyOutbound, ctx: Context) -> list[Part]:
    """One part: there is one answer to a review. Raises PlanRefused."""
    capability = MANIFEST.kinds["review"]
    planning.require_allowed(action, capability, where="A review on Google")
    if not action.target.thread_id:
        raise PlanRefused("recipient_missing", "Name the review that is answered: Google lets us begin nothing.")
    if isinstance(action, ReplyToReview | EditSent):
        if not action.text.strip():
            raise PlanRefused("empty", "Write something: Google takes no empty answer.")
        planning.text_parts(action.text, REPLY, split=False)
    return planning.number([action], ctx)


def send(part: Part, ctx: Context) -> Exchange[Receipt]:
    """Publish, replace or take away the answer. Raises SendError.

    Publishing is repeatable: the same answer put twice is one answer.
    """
    action = part.action
    match action:
        case ReplyToReview() | EditSent():
            return (yield from _publish(action.target.thread_id, action.text, ctx))
        case DeleteSent():
            yield from _take_away(action.target.thread_id, ctx)
            return Receipt()
        case _:
            raise SendError(SendErrorKind.REJECTED, f"Google has no {planning.action_name(action)!r}")


def review_url(ctx: Context, review_id: str) -> str:
    """The address of a review of this channel's location."""
    return address(ctx, REVIEWS, f"/{location_name(ctx)}/reviews/{quote(review_id, safe='')}")


def _publish(review_id: str, text: str, ctx: Context) -> Exchange[Receipt]:
    url = f"{review_url(ctx, review_id)}/reply"
    reply = yield from send_json(ctx, "PUT", url, {"comment": text}, Reply, effect=True)
    if not reply.comment:
        raise SendError(SendErrorKind.UNKNOWN, "Google's answer does not show what was published")
    return _receipt(reply, _Token(review_id), ctx, known=reply.review_reply_state == "APPROVED")


def _take_away(review_id: str, ctx: Context) -> Exchange[None]:
    """Delete the answer. One that is gone already is no error."""
    try:
        request = HttpRequest(method="DELETE", url=f"{review_url(ctx, review_id)}/reply", effect=True)
        yield from call(ctx, request, dict[str, Any])
    except SendError as error:
        if error.kind is not SendErrorKind.RECIPIENT_GONE:
            raise


def check(token: str, ctx: Context) -> Exchange[Receipt]:
    """Ask what became of an answer under Google's check. Raises SendError(REJECTED) with the policy when it is refused.

    Whatever answer stands now is judged: where a newer one replaced it, that is what the customer will read.
    """
    known = _token_of(token)
    review = yield from get(ctx, review_url(ctx, known.review_id), Review)
    reply = part_of(review.review_reply, Reply)
    if reply is None or not reply.comment:
        raise SendError(SendErrorKind.REJECTED, "The answer is no longer there: it was taken away at Google.")
    # Projects that are not shown the state get none: then an answer that stands is as good as approved.
    return _receipt(reply, known, ctx, known=reply.review_reply_state != "PENDING")


def _receipt(reply: Reply, token: _Token, ctx: Context, *, known: bool) -> Receipt:
    """Accepted when its fate is known, else pending until the next look. Raises SendError(REJECTED)."""
    if reply.review_reply_state == "REJECTED":
        raise SendError(SendErrorKind.REJECTED, why_refused(reply))
    if not known:
        after = _CHECK_AFTER_SECONDS[token.asked] if token.asked < len(_CHECK_AFTER_SECONDS) else _DAY_SECONDS
        again = json_body(replace(token, asked=token.asked + 1)).decode()
        return Receipt(state="pending", token=again, check_at=ctx.now + after * 1_000_000)
    replied_at = time_of(reply.update_time)
    return Receipt(external_id=reply_id(token.review_id, replied_at or ctx.now), accepted_at=replied_at)


def _token_of(token: str) -> _Token:
    try:
        return decode(token.encode(), _Token)
    except PayloadInvalid:
        raise SendError(SendErrorKind.UNKNOWN, "what was remembered of the answer cannot be read") from None
