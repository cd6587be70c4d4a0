"""Calling the Graph API: requests with token and proof, and what an answer says.

https://developers.facebook.com/docs/graph-api/overview and
https://developers.facebook.com/docs/graph-api/guides/secure-requests (read 2026-11-22). The token goes in a header, so
that no address of ours holds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from connectors._meta import usage
from connectors._meta.fields import version
from connectors._meta.refusals import kind_of, refusal_in
from connectors.contract import Context
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import FormPart, HttpRequest, HttpResponse
from connectors.outbound import Blob
from connectors.toolkit.http import error_of, json_body, json_object, retry_at
from connectors.toolkit.signatures import hmac_digest

Json = dict[str, Any]

_NOT_THERE = (100, 33)
"""Code and subcode of what does not exist, or not for this token."""
TOKEN_FIELDS = ("page_access_token", "access_token")
"""The credentials that hold a channel's token, in the networks' own words."""


def token_of(ctx: Context) -> str:
    """The channel's token; empty where there is none."""
    return next((token for name in TOKEN_FIELDS if (token := ctx.credentials.get(name, ""))), "")


def get(ctx: Context, path: str, params: Mapping[str, str] | None = None, *, token: str | None = None) -> HttpRequest:
    """Read something. `token`: another than the channel's own."""
    return HttpRequest(method="GET", url=address(ctx, path, params, token=token), headers=_headers(ctx, token))


def post(
    ctx: Context,
    path: str,
    json: Json | None = None,
    *,
    effect: bool = True,
    params: Mapping[str, str] | None = None,
    token: str | None = None,
) -> HttpRequest:
    """Do something. `effect`: a customer can see it."""
    return HttpRequest(
        method="POST",
        url=address(ctx, path, params, token=token),
        headers={**_headers(ctx, token), "content-type": "application/json"},
        body=json_body(json or {}),
        effect=effect,
    )


def upload(
    ctx: Context, path: str, fields: Mapping[str, object], blob: Blob, *, name: str = "filedata", effect: bool = True
) -> HttpRequest:
    """Do something with a file: a form in which structures are JSON."""
    written = {key: value if isinstance(value, str) else json_body(value).decode() for key, value in fields.items()}
    return HttpRequest(
        method="POST",
        url=address(ctx, path),
        headers=_headers(ctx, None),
        form=(*(FormPart(name=key, value=value) for key, value in written.items()), FormPart(name=name, blob=blob)),
        effect=effect,
        timeout_seconds=120.0,
    )


def delete(
    ctx: Context,
    path: str,
    *,
    effect: bool = True,
    params: Mapping[str, str] | None = None,
    token: str | None = None,
) -> HttpRequest:
    """Remove something."""
    url = address(ctx, path, params, token=token)
    return HttpRequest(method="DELETE", url=url, headers=_headers(ctx, token), effect=effect)


def address(ctx: Context, path: str, params: Mapping[str, str] | None = None, *, token: str | None = None) -> str:
    """Where a path is, with the proof that the caller knows the app's secret. An app token proves it by itself."""
    query = dict(params or {})
    secret, bearer = ctx.credentials.get("app_secret", ""), token_of(ctx) if token is None else token
    if secret and bearer and "|" not in bearer:
        query["appsecret_proof"] = proof(bearer, secret)
    return f"{ctx.base_url}/{version(ctx)}/{path}{'?' if query else ''}{urlencode(query)}"


def proof(token: str, secret: str) -> str:
    """The `appsecret_proof` of a token."""
    return hmac_digest(secret.encode(), token.encode()).hex()


def said(answer: HttpResponse, now: int, *, effect: bool = False) -> Json:
    """The JSON of a success, its ids as text.

    Raises SendError by the code of the error, else by the status. `effect`: the request was one that a customer can
    see; then a success that cannot be read leaves it `unknown` whether it happened.
    """
    refusal = refusal_in(answer.body)
    if refusal is not None:
        kind = kind_of(refusal, answer.status)
        until = _until(answer, now) if kind == SendErrorKind.THROTTLED else None
        raise SendError(kind, refusal.reason, until=until)
    if not 200 <= answer.status < 300:
        if answer.status == 504 and effect:
            raise SendError(SendErrorKind.UNKNOWN, "HTTP 504")  # a gateway gave up waiting: it may have been done
        failed = error_of(answer, now)
        until = _until(answer, now) if failed.kind == SendErrorKind.THROTTLED else failed.until
        raise SendError(failed.kind, failed.reason, until=until)
    value: Json = _with_text_ids(json_object(answer, effect=effect))
    return value


def require_reach(answer: HttpResponse, *own: str) -> None:
    """Raise SendError(REAUTH) where Graph says that there is no such thing as what we are ourselves: of everything else
    that means that it is gone, or the person is.
    """
    refusal = refusal_in(answer.body)
    if refusal is None or (refusal.number, refusal.sub) != _NOT_THERE:
        return
    if any(f"'{one}'" in (refusal.message or "") for one in own if one):
        raise SendError(SendErrorKind.REAUTH, f"the access token does not reach our own account: {refusal.reason}")


def _until(answer: HttpResponse, now: int) -> int | None:
    """When a throttled call may be repeated: by Retry-After, else by the usage that Graph reports."""
    return retry_at(answer, now) or usage.free_at(answer.headers, now)


def _with_text_ids(value: Any, name: str = "") -> Any:
    """Ids are beyond what a float holds, and numbers in some answers."""
    if isinstance(value, dict):
        return {key: _with_text_ids(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_text_ids(inner, name) for inner in value]
    is_id = name in ("id", "ids") or name.endswith(("_id", "_ids"))
    return str(value) if is_id and isinstance(value, int) and not isinstance(value, bool) else value


def _headers(ctx: Context, token: str | None) -> dict[str, str]:
    bearer = token_of(ctx) if token is None else token
    return {"authorization": f"Bearer {bearer}"} if bearer else {}


def read(answer: Json, wanted: type[msgspec.Struct]) -> Any:
    """An answer as a record. Raises SendError(UNREACHABLE) when it is of another shape."""
    try:
        return msgspec.convert(answer, wanted, strict=False)
    except msgspec.ValidationError as error:
        raise SendError(SendErrorKind.UNREACHABLE, f"an answer of Graph that is not understood: {error}") from None
