"""Calling the Bot API: requests for its methods, its answers, and what a refusal means.

Every method answers `{"ok", "result"}` or `{"ok": false, "error_code", "description", "parameters"}`.
Source: https://core.telegram.org/bots/api#making-requests (read 2026-11-22). The bot token stands in the address of
every call, so no error here ever quotes an address.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeAlias

import msgspec
from msgspec import Raw
from msgspec.structs import replace

from connectors.contract import Context
from connectors.errors import PayloadInvalid, SendError, SendErrorKind
from connectors.exchange import FormPart, HttpRequest, HttpResponse, http
from connectors.outbound import Blob
from connectors.telegram.payloads import Id, Record, Size
from connectors.toolkit.http import error_of
from connectors.toolkit.payload import decode

Params: TypeAlias = dict[str, Any]


class Parameters(Record, frozen=True, kw_only=True, gc=False):
    """What Telegram adds to some refusals."""

    retry_after: Size | None = None
    migrate_to_chat_id: Id | None = None


class Answer(Record, frozen=True, kw_only=True, gc=False):
    """Telegram's answer to any method."""

    ok: bool
    result: Raw = Raw(b"null")
    error_code: int = 0
    description: str = ""
    parameters: Parameters = Parameters()


def call(
    ctx: Context, method: str, params: Params, *, files: dict[str, Blob] | None = None, effect: bool = False
) -> Generator[HttpRequest, HttpResponse, Raw]:
    """Call a method and return its result as JSON. Raises SendError."""
    answer = yield from ask(ctx, method, params, files=files, effect=effect)
    if not answer.ok:
        raise refusal(answer)
    return answer.result


def result_of(ctx: Context, response: HttpResponse) -> Raw:
    """The result in an answer to a request made by `request_to`. Raises SendError."""
    answer = _read(ctx, response, effect=False)
    if not answer.ok:
        raise refusal(answer)
    return answer.result


def ask(
    ctx: Context, method: str, params: Params, *, files: dict[str, Blob] | None = None, effect: bool = False
) -> Generator[HttpRequest, HttpResponse, Answer]:
    """Call a method. Where Telegram says that the group became another, nothing was done yet: ask once more there."""
    request = request_to(ctx, method, params, files=files, effect=effect)
    answer = _read(ctx, (yield from http(request)), effect=effect)
    moved_to = answer.parameters.migrate_to_chat_id
    if answer.ok or moved_to is None or "chat_id" not in params:
        return answer
    request = request_to(ctx, method, {**params, "chat_id": moved_to}, files=files, effect=effect)
    return _read(ctx, (yield from http(request)), effect=effect)


def request_to(
    ctx: Context,
    method: str,
    params: Params,
    *,
    files: dict[str, Blob] | None = None,
    effect: bool = False,
    timeout_seconds: float = 20.0,
    max_bytes: int = 1_048_576,
) -> HttpRequest:
    """The request for a method: JSON, or multipart where files go with it."""
    form: tuple[FormPart, ...] = ()
    headers, body = {"content-type": "application/json"}, msgspec.json.encode(params)
    if files:
        fields = [FormPart(name=name, value=_written(value)) for name, value in params.items()]
        form = (*fields, *(FormPart(name=name, blob=blob) for name, blob in files.items()))
        headers, body, timeout_seconds = {}, b"", 120.0
    return HttpRequest(
        method="POST",
        url=f"{ctx.base_url}/bot{ctx.credentials.get('token', '')}/{method}",
        headers=headers,
        body=body,
        form=form,
        effect=effect,
        timeout_seconds=timeout_seconds,
        max_bytes=max_bytes,
    )


def _written(value: object) -> str:
    """A parameter as a form field: structures are JSON in it."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _read(ctx: Context, response: HttpResponse, *, effect: bool) -> Answer:
    """Telegram's answer, whatever the status. Raises SendError where there is none (a gateway's page, half a body), and
    when it asks to wait.
    """
    accepted = 200 <= response.status < 300
    try:
        answer = decode(response.body, Answer)
    except PayloadInvalid:
        if response.status == 504 and effect:
            # A gateway gave up waiting: the message may be there.
            raise SendError(SendErrorKind.UNKNOWN, "HTTP 504") from None
        if not accepted:
            raise _by_status(response, ctx.now) from None
        kind = SendErrorKind.UNKNOWN if effect else SendErrorKind.UNREACHABLE
        raise SendError(kind, f"HTTP {response.status} with a body that is not Telegram's answer") from None
    if answer.ok and accepted:
        return answer
    code = answer.error_code if 400 <= answer.error_code < 600 else response.status
    wait = answer.parameters.retry_after
    if code == 429 and wait is not None:
        raise SendError(SendErrorKind.THROTTLED, answer.description, until=ctx.now + wait * 1_000_000)
    if code != 400:
        raise _by_status(replace(response, status=code), ctx.now, answer.description)
    return replace(answer, ok=False)


def _by_status(response: HttpResponse, now: int, said: str = "") -> SendError:
    said = said or f"HTTP {response.status}"
    match response.status:
        case 401 | 404:
            return SendError(SendErrorKind.REAUTH, f"the bot token is not valid: {said}")
        case 403:
            return SendError(SendErrorKind.RECIPIENT_GONE, said)
        case 409:
            conflict = "another program receives this bot's updates; stop it, or give it a bot of its own"
            return SendError(SendErrorKind.UNREACHABLE, f"{conflict}: {said}")
        case _:
            return error_of(response, now, said)


_KINDS: tuple[tuple[str, SendErrorKind], ...] = (
    ("chat not found", SendErrorKind.RECIPIENT_GONE),
    ("user not found", SendErrorKind.RECIPIENT_GONE),
    ("peer_id_invalid", SendErrorKind.RECIPIENT_GONE),
    ("user_is_blocked", SendErrorKind.RECIPIENT_GONE),
    ("business connection not found", SendErrorKind.RECIPIENT_GONE),
    ("business_connection_invalid", SendErrorKind.RECIPIENT_GONE),
    ("business_peer_usage_missing", SendErrorKind.WINDOW_CLOSED),
    ("is too long", SendErrorKind.TOO_LARGE),
    ("too big", SendErrorKind.TOO_LARGE),
    ("too large", SendErrorKind.TOO_LARGE),
)
"""What a refusal (400) says, in lower case → what it means. Telegram has no finer codes: its words are the interface.
https://github.com/tdlib/telegram-bot-api/blob/master/telegram-bot-api/Client.cpp (read 2026-11-22).
"""


def refusal(answer: Answer) -> SendError:
    """The SendError of a request that Telegram refused as such (400), in its own words."""
    said = answer.description.lower()
    kind = next((kind for words, kind in _KINDS if words in said), SendErrorKind.REJECTED)
    return SendError(kind, answer.description or "HTTP 400")
