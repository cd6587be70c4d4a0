"""Errors as the outside sees them: one shape, `application/problem+json` (RFC 9457), for every route and every failure.

`{type, title, status, code, detail, request_id}` always; `errors: [{pointer, message}]` where fields were wrong; what
else the error carries (`retry_after_seconds`, `current`, `items`, `position`…) beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

import msgspec
from pydantic import ValidationError
from starlette.responses import Response

from inbox import errors
from inbox.errors import InboxError, Invalid

_encode = msgspec.json.Encoder().encode
TYPE = "/api/docs#problem-"
"""Start of `type`: the code of the kind follows; the page lists the kinds."""
_SAYS_OF_PYDANTIC = "Value error, "


class MethodNotAllowed(InboxError):
    """There is such an address, but not for this method."""

    status: ClassVar[int] = 405
    default_code: ClassVar[str] = "method_not_allowed"


class UnsupportedMediaType(InboxError):
    """The body is of a type that is not taken here."""

    status: ClassVar[int] = 415
    default_code: ClassVar[str] = "unsupported_media_type"


KINDS: tuple[type[InboxError], ...] = tuple(
    sorted(
        (kind for kind in InboxError.__subclasses__() if kind.__module__ in (errors.__name__, __name__)),
        key=lambda kind: kind.status,
    )
)
"""What `type` tells apart; `code` may be narrower."""


def problem_of(error: InboxError, request_id: str) -> dict[str, Any]:
    """The document of an error."""
    return {
        "type": TYPE + _kind_of(error),
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "request_id": request_id,
        **error.extra,
    }


def _kind_of(error: InboxError) -> str:
    return next((kind.default_code for kind in KINDS if isinstance(error, kind)), "internal")


def problem_response(error: InboxError, request_id: str, headers: Mapping[str, str] | None = None) -> Response:
    """The answer to a request that failed. `Retry-After` is set where the error says when to come back."""
    sent = dict(headers or {})
    retry = error.extra.get("retry_after_seconds")
    if retry is not None:
        sent["Retry-After"] = str(retry)
    if error.status == HTTPStatus.UNAUTHORIZED:
        sent["WWW-Authenticate"] = 'Bearer realm="inbox"'
    sent["Cache-Control"] = "no-store"
    body = _encode(problem_of(error, request_id))
    return Response(body, error.status, sent, "application/problem+json")


def unexpected(request_id: str) -> InboxError:
    """What is said of a failure nobody foresaw: nothing but where to look."""
    return InboxError(f"something went wrong here; the log has it under request {request_id}", code="internal")


def invalid_of(problem: ValidationError, where: str, *, under: str = "") -> Invalid:
    """What pydantic found wrong, as `errors` with JSON pointers (`body`, from `under` on) or names (`query`)."""
    wrong = []
    for found in problem.errors(include_url=False, include_context=False, include_input=False):
        parts = [str(part).replace("~", "~0").replace("/", "~1") for part in found["loc"]]
        pointer = under + "".join(f"/{part}" for part in parts) if where == "body" else "/".join(parts)
        wrong.append({"pointer": pointer, "message": str(found["msg"]).removeprefix(_SAYS_OF_PYDANTIC)})
    first = wrong[0]
    what = f"{first['pointer']}: {first['message']}" if first["pointer"] else first["message"]
    return Invalid(f"the {where} is not as expected: {what}", errors=wrong)


def nul_refused(where: str, field: str) -> Invalid:
    """A text with the character U+0000: PostgreSQL cannot keep one, so neither engine is given any."""
    said = "has the character U+0000 in it, which cannot be kept: leave it out"
    shown = field.replace("\x00", "\ufffd")
    wrong = [{"pointer": shown, "message": said}]
    return Invalid(f"the {where} is not as expected: {shown}: {said}", errors=wrong)
