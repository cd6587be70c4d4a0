"""What else is asked of WhatsApp: connecting a number, and loading files."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from msgspec.structs import replace

from connectors._meta import graph, tokens
from connectors.contract import Asset, Context, Setup
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import Exchange, HttpRequest, TransportFailed, http
from connectors.inbound import Attachment
from connectors.outbound import Blob
from connectors.toolkit.http import error_of
from connectors.whatsapp.calls import account_of, call, number_of
from connectors.whatsapp.manifest import DOCUMENT_MAX_BYTES

T = TypeVar("T", bound=msgspec.Struct)

SCOPES = ("whatsapp_business_messaging", "whatsapp_business_management")
_USER_AGENT = "Mozilla/5.0 (compatible; unified-inbox)"
"""WhatsApp's file servers refuse clients that do not say what they are."""
_NUMBER_FIELDS = "id,display_phone_number,verified_name,platform_type"
_NOT_REGISTERED = "NOT_APPLICABLE"
_PIN_DIGITS = 6
_GONE = (404, 410)


class _Number(msgspec.Struct, frozen=True, kw_only=True):
    """A phone number of a business."""

    id: str
    display_phone_number: str = ""
    verified_name: str = ""
    platform_type: str = ""
    """`CLOUD_API`, `ON_PREMISE`, or `NOT_APPLICABLE`: not registered."""


class _Numbers(msgspec.Struct, frozen=True, kw_only=True):
    data: list[_Number] = []


class _Scope(msgspec.Struct, frozen=True, kw_only=True):
    scope: str = ""
    target_ids: list[str] = []


class _Granted(msgspec.Struct, frozen=True, kw_only=True):
    granular_scopes: list[_Scope] = []


class _Debug(msgspec.Struct, frozen=True, kw_only=True):
    data: _Granted = _Granted()


class _MediaUrl(msgspec.Struct, frozen=True, kw_only=True):
    """Where a file can be loaded for five minutes, with the token."""

    url: str = ""
    mime_type: str = ""
    file_size: int | None = None


# --- connecting -------------------------------------------------------------------------------


def setup(ctx: Context) -> Exchange[Setup]:
    """Prove the token, find the number where it is not named, and have the account's webhooks delivered to the app.

    Raises SendError: `reauth` for a token that does not hold or lacks a permission, `rejected` where it is not clear
    which number is meant; the reason lists those there are.
    """
    expires_at = yield from _prove(ctx)
    account = ctx.settings.get("waba_id", "") or (yield from _only_account(ctx))
    number = yield from _number(ctx, account)
    yield from _registered(ctx, number)
    yield from call(graph.post(ctx, f"{account}/subscribed_apps", effect=False), ctx)
    return Setup(
        asset_id=number.id,
        name=" ".join(part for part in (number.verified_name, number.display_phone_number) if part),
        settings={
            "phone_number_id": number.id,
            "waba_id": account,
            "display_phone_number": number.display_phone_number,
        },
        expires_at=expires_at,
    )


def assets(ctx: Context) -> Exchange[list[Asset]]:
    """The numbers of every business account that the token is for. Raises SendError."""
    named = ctx.settings.get("waba_id", "")
    found: list[Asset] = []
    for account in [named] if named else (yield from _accounts(ctx)):
        for number in (yield from _numbers(ctx, account)):
            found.append(
                Asset(
                    network="whatsapp",
                    asset_id=number.id,
                    name=number.verified_name or number.display_phone_number,
                    detail=number.display_phone_number,
                    settings={"phone_number_id": number.id, "waba_id": account},
                )
            )
    return found


def _registered(ctx: Context, number: _Number) -> Exchange[None]:
    """Bring a new number onto the Cloud API, which alone can send by it. Raises SendError(REJECTED) where the PIN for
    it is missing. https://developers.facebook.com/docs/whatsapp/cloud-api/reference/registration (read 2026-11-22).
    """
    if number.platform_type != _NOT_REGISTERED:
        return
    pin = ctx.credentials.get("pin", "").strip()
    if not (len(pin) == _PIN_DIGITS and pin.isascii() and pin.isdigit()):
        asked = "enter its pin: the six digits of its two-step verification, or six of your choice for a new number"
        raise SendError(SendErrorKind.REJECTED, f"{number.display_phone_number} is not on the Cloud API yet: {asked}")
    body = {"messaging_product": "whatsapp", "pin": pin}
    yield from call(graph.post(ctx, f"{number.id}/register", body, effect=False), ctx)


def teardown(ctx: Context) -> Exchange[None]:
    """End the deliveries, unless the account has other numbers: they are delivered by the same subscription."""
    account = account_of(ctx)
    numbers = yield from _numbers(ctx, account)
    if len(numbers) <= 1:
        yield from call(graph.delete(ctx, f"{account}/subscribed_apps", effect=False), ctx)


def _prove(ctx: Context) -> Exchange[int | None]:
    """When the token ends, as `Setup` has it. Raises SendError(REAUTH) for one that does not hold, or lacks a
    permission. Not every token may be looked at by its own means; then the next call shows whether it holds.
    """
    try:
        found = yield from tokens.debug(ctx)
    except SendError as refused:
        if refused.kind is SendErrorKind.REAUTH:
            raise
        return None
    tokens.require_scopes(found, SCOPES)
    return found.expires


def _only_account(ctx: Context) -> Exchange[str]:
    """The business account that the token is for. Raises SendError(REJECTED) where there is not exactly one."""
    accounts = yield from _accounts(ctx)
    if len(accounts) == 1:
        return accounts[0]
    listed = ", ".join(accounts) or "none that it names"
    raise SendError(SendErrorKind.REJECTED, f"enter waba_id: the token is for {listed}")


def _accounts(ctx: Context) -> Exchange[list[str]]:
    """Every business account that the token is for, as far as Graph names them."""
    token = graph.token_of(ctx)
    request = graph.get(ctx, "debug_token", {"input_token": token}, token=tokens.app_token(ctx) or token)
    debugged: _Debug = graph.read((yield from call(request, ctx)), _Debug)
    granted = [one.target_ids for one in debugged.data.granular_scopes if one.scope in SCOPES]
    return sorted({account for ids in granted for account in ids})


def _number(ctx: Context, account: str) -> Exchange[_Number]:
    """The number named or, where none is, the account's only one. Raises SendError(REJECTED) naming those there are."""
    wanted = ctx.settings.get("phone_number_id", "")
    if wanted:
        try:
            named = graph.get(ctx, wanted, {"fields": _NUMBER_FIELDS})
            found: _Number = graph.read((yield from call(named, ctx)), _Number)
            return found
        except SendError as refused:
            if refused.kind is not SendErrorKind.RECIPIENT_GONE:
                raise
    numbers = yield from _numbers(ctx, account)
    if len(numbers) == 1 and not wanted:
        return numbers[0]
    listed = ", ".join(f"{one.display_phone_number} ({one.id})" for one in numbers) or "none"
    asked = f"the token does not reach the number {wanted}" if wanted else "enter phone_number_id"
    raise SendError(SendErrorKind.REJECTED, f"{asked}; the account has: {listed}")


def _numbers(ctx: Context, account: str) -> Exchange[list[_Number]]:
    request = graph.get(ctx, f"{account}/phone_numbers", {"fields": _NUMBER_FIELDS, "limit": "100"})
    found: _Numbers = graph.read((yield from call(request, ctx)), _Numbers)
    return found.data


# --- files ------------------------------------------------------------------------------------


def media(attachment: Attachment, ctx: Context) -> Exchange[Blob]:
    """Load a file by its id: the id gives an address that holds for five minutes, and needs the token. Raises
    SendError (`rejected` where WhatsApp no longer has it, after a week or a month).

    https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
    (read 2026-11-22).
    """
    found = yield from _media_url(attachment.ref or "", ctx)
    request = HttpRequest(
        method="GET",
        url=found.url,
        headers={"authorization": f"Bearer {graph.token_of(ctx)}", "user-agent": _USER_AGENT},
        save_to="blob",
        max_bytes=DOCUMENT_MAX_BYTES,
        timeout_seconds=120.0,
        outside=True,
    )
    try:
        response = yield from http(request)
    except TransportFailed as failed:
        kind = SendErrorKind.TOO_LARGE if failed.kind == "too_large" else SendErrorKind.UNREACHABLE
        raise SendError(kind, f"the file could not be loaded: {failed.kind}") from None
    if response.status in _GONE:
        raise SendError(SendErrorKind.UNREACHABLE, "the file's address no longer holds")
    if response.status != 200:
        raise error_of(response, ctx.now)
    if response.blob is None:
        raise SendError(SendErrorKind.UNREACHABLE, "the file came without content")
    blob = response.blob
    mime = attachment.mime or found.mime_type.partition(";")[0].strip() or blob.mime
    return replace(blob, name=attachment.name or blob.name, mime=mime, kind=attachment.kind)


def _media_url(media_id: str, ctx: Context) -> Exchange[_MediaUrl]:
    try:
        answer = yield from call(graph.get(ctx, media_id, {"phone_number_id": number_of(ctx)}), ctx)
    except SendError as refused:
        if refused.kind is SendErrorKind.RECIPIENT_GONE:
            raise SendError(SendErrorKind.REJECTED, "WhatsApp no longer has the file") from None
        raise
    found: _MediaUrl = graph.read(answer, _MediaUrl)
    if not found.url:
        raise SendError(SendErrorKind.UNREACHABLE, "WhatsApp gave no address of the file")
    # A simulator does not know under which host it is served.
    return replace(found, url=f"{ctx.base_url}{found.url}") if found.url.startswith("/") else found
