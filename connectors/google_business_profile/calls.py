"""Calling Google's APIs: requests with a token, and what a refusal means.

Every API answers an error as `{"error": {"code", "status", "message", "details"}}`.
Sources: https://cloud.google.com/apis/design/errors, https://developers.google.com/my-business/content/limits (read
2026-11-22).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from msgspec import Raw
from msgspec.structs import replace

from connectors.contract import Context
from connectors.errors import PayloadInvalid, SendError, SendErrorKind
from connectors.exchange import Exchange, HttpRequest, HttpResponse, http
from connectors.google_business_profile.oauth import refresh, signed_in
from connectors.google_business_profile.payloads import NOTHING, Record, part_of
from connectors.toolkit.http import error_of, json_body
from connectors.toolkit.payload import decode

T = TypeVar("T")

_MAX_BYTES = 8 * 1024 * 1024
"""Fifty reviews of 4096 characters with translations and photos stay far below."""
_SECONDS = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,9})?)s")
_THROTTLED = frozenset({"RATE_LIMIT_EXCEEDED", "rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"})
_NO_QUOTA = (
    "Google has not opened its Business Profile APIs to this project (its quota is 0): ask for access with the form at"
    " https://developers.google.com/my-business/content/prereqs"
)


class _Detail(Record, frozen=True, kw_only=True):
    """One of the details of an error: ErrorInfo or RetryInfo."""

    reason: str = ""
    metadata: Raw = NOTHING
    retry_delay: str = ""


class _Error(Record, frozen=True, kw_only=True):
    status: str = ""
    message: str = ""
    details: Raw = NOTHING


class _Refusal(Record, frozen=True, kw_only=True):
    error: _Error


def get(ctx: Context, url: str, wanted: type[T]) -> Exchange[T]:
    """Ask for a resource. Raises SendError."""
    return (yield from call(ctx, HttpRequest(method="GET", url=url, max_bytes=_MAX_BYTES), wanted))


def send_json(ctx: Context, method: str, url: str, body: object, wanted: type[T], *, effect: bool) -> Exchange[T]:
    """Write a resource. Raises SendError."""
    headers = {"content-type": "application/json"}
    request = HttpRequest(method=method, url=url, headers=headers, body=json_body(body), effect=effect)
    return (yield from call(ctx, request, wanted))


def call(ctx: Context, request: HttpRequest, wanted: type[T]) -> Exchange[T]:
    """Make a request with a token, and once more with a fresh one where Google no longer takes the one kept: nothing
    was done then. Raises SendError.
    """
    signed = yield from signed_in(ctx)
    response = yield from http(_authorised(request, signed.credentials))
    if response.status == 401 and signed is ctx:
        try:
            fresh = yield from refresh(ctx)
        except SendError as failed:
            raise (failed if failed.kind is SendErrorKind.REAUTH else error_in(response, ctx.now)) from None
        response = yield from http(_authorised(request, fresh.credentials))
    return _read(response, wanted, ctx.now, effect=request.effect)


def _authorised(request: HttpRequest, credentials: Mapping[str, str]) -> HttpRequest:
    return replace(request, headers={**request.headers, "authorization": f"Bearer {credentials['access_token']}"})


def _read(response: HttpResponse, wanted: type[T], now: int, *, effect: bool) -> T:
    """Google's answer. One to an effect that cannot be read leaves it `unknown`: it is repeated, which does no harm."""
    if not 200 <= response.status < 300:
        raise error_in(response, now)
    try:
        return decode(response.body, wanted)
    except PayloadInvalid as broken:
        kind = SendErrorKind.UNKNOWN if effect else SendErrorKind.UNREACHABLE
        raise SendError(kind, f"HTTP {response.status}, and Google's answer is not understood: {broken}") from None


def error_in(response: HttpResponse, now: int) -> SendError:
    """The SendError of an answer that is not 2xx."""
    try:
        error = decode(response.body, _Refusal).error
    except PayloadInvalid:
        error = _Error()
    details = [one for raw in part_of(error.details, list[Raw]) or () if (one := part_of(raw, _Detail)) is not None]
    said = " ".join(filter(None, (error.status, error.message)))[:300] or f"HTTP {response.status}"
    if _has_no_quota(details):
        return SendError(SendErrorKind.REAUTH, _NO_QUOTA)
    if response.status == 403 and any(detail.reason in _THROTTLED for detail in details):
        response = replace(response, status=429)
    if response.status == 400 and error.status == "FAILED_PRECONDITION":
        return SendError(
            SendErrorKind.REJECTED, f"{said.rstrip('.')}. Google takes answers for verified locations only."
        )
    if response.status == 409:
        # ABORTED: two changes at once; the same again is right.
        return SendError(SendErrorKind.UNREACHABLE, said)
    found = error_of(response, now, said)
    waits = [float(given[1]) for detail in details if (given := _SECONDS.fullmatch(detail.retry_delay))]
    if found.kind is SendErrorKind.THROTTLED and found.until is None and waits:
        found.until = now + int(max(waits) * 1_000_000)
    return found


def _has_no_quota(details: list[_Detail]) -> bool:
    """Whether the limit that was exceeded is none at all: Google gives a project a quota only after approving it."""
    metadata = (part_of(detail.metadata, dict[str, object]) or {} for detail in details)
    return any(str(one.get("quota_limit_value", "")) == "0" for one in metadata)
