"""Errors with their own treatment: code, HTTP status and the remedy in words.

InboxError
├── Invalid       422  what was asked makes no sense as it stands
├── Unauthorised  401  sign in
├── Forbidden     403  this person may not do that
├── NotFound      404  there is no such thing, or it is not for this person to see
├── Conflict      409  somebody or something came in between
├── Gone          410  no longer there
├── TooLarge      413
├── Stale         412  If-Match does not match; `current` holds what is there now
├── Missing       428  a precondition header is missing
├── RateLimited   429  `retry_after_seconds`
└── Unavailable   503  the store or a network cannot be reached now; `retry_after_seconds`
"""

from __future__ import annotations

from typing import Any, ClassVar


class InboxError(Exception):
    """Root of everything the service raises on purpose.

    `detail` names the thing, the value and the remedy. `code` is stable and machine readable. `extra` goes into the
    problem document.
    """

    status: ClassVar[int] = 500
    default_code: ClassVar[str] = "error"

    def __init__(self, detail: str, *, code: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.default_code
        self.extra = extra


class Invalid(InboxError):
    """What was asked makes no sense as it stands. `errors` in extra lists `{pointer, message}`."""

    status = 422
    default_code = "invalid"


class Unauthorised(InboxError):
    """Nobody is signed in, or the token is unknown."""

    status = 401
    default_code = "unauthorised"


class Forbidden(InboxError):
    """This person or token may not do that."""

    status = 403
    default_code = "forbidden"


class NotFound(InboxError):
    """There is no such thing, or it is not for this person to see."""

    status = 404
    default_code = "not_found"


class Conflict(InboxError):
    """Somebody or something came in between."""

    status = 409
    default_code = "conflict"


class Gone(InboxError):
    """It was there and is no longer."""

    status = 410
    default_code = "gone"


class Stale(InboxError):
    """If-Match names an older version."""

    status = 412
    default_code = "stale"


class TooLarge(InboxError):
    """More bytes than are taken here."""

    status = 413
    default_code = "too_large"


class Missing(InboxError):
    """A header that this request needs is missing."""

    status = 428
    default_code = "precondition_required"


class RateLimited(InboxError):
    """Too much at once. `retry_after_seconds` in extra."""

    status = 429
    default_code = "rate_limited"


class Unavailable(InboxError):
    """The store, or a network, cannot be reached now. Nothing was lost; try again after `retry_after_seconds`."""

    status = 503
    default_code = "unavailable"

    def __init__(self, detail: str, *, code: str | None = None, retry_after_seconds: int = 2, **extra: Any) -> None:
        super().__init__(detail, code=code, retry_after_seconds=retry_after_seconds, **extra)
