"""What we ask Telegram for: how updates are to reach us, the updates themselves, files and profiles."""

from __future__ import annotations

import re
from typing import TypeVar
from urllib.parse import quote

from msgspec import Raw
from msgspec.structs import replace

from connectors.contract import Context, Setup
from connectors.errors import PayloadInvalid, SendError, SendErrorKind
from connectors.exchange import Exchange, HttpRequest, Polled, TransportFailed, http
from connectors.inbound import AnyInbound, Attachment, Author
from connectors.outbound import Blob
from connectors.telegram.calls import call, request_to, result_of
from connectors.telegram.inbound import read_update
from connectors.telegram.manifest import ALLOWED_UPDATES, DOWNLOAD_MAX_BYTES, LOCAL_SERVER_MAX_BYTES, MANIFEST
from connectors.telegram.payloads import Id, Long, Record, Short, User
from connectors.toolkit.http import error_of
from connectors.toolkit.payload import decode

T = TypeVar("T")

_LONG_POLL_SECONDS = 25
_BATCH = 100
"""https://core.telegram.org/bots/api#getupdates (read 2026-11-22): at most 100 updates."""
_SECRET = re.compile("[A-Za-z0-9_-]{1,256}")
"""https://core.telegram.org/bots/api#setwebhook (read 2026-11-22)."""


class TelegramFile(Record, frozen=True, kw_only=True, gc=False):
    """Where a file can be loaded for at least an hour."""

    file_path: str = ""


class ChatFullInfo(Record, frozen=True, kw_only=True, gc=False):
    """What `getChat` tells of a person or a chat."""

    id: Id
    first_name: Short = ""
    last_name: Short | None = None
    title: Short | None = None
    username: Short | None = None
    bio: Long | None = None


class _Numbered(Record, frozen=True, kw_only=True, gc=False):
    update_id: Id


def _result(raw: Raw, wanted: type[T]) -> T:
    """A method's result as a record. Raises SendError when Telegram answers something else."""
    try:
        return decode(raw, wanted)
    except PayloadInvalid as broken:
        raise SendError(SendErrorKind.UNREACHABLE, f"Telegram's answer is not understood: {broken}") from None


# --- connecting -------------------------------------------------------------------------------


def setup(ctx: Context) -> Exchange[Setup]:
    """Prove the token, then tell Telegram to post updates to us, or to keep them until we ask.

    Raises SendError: `reauth` for a wrong token, `rejected` for an address or secret that Telegram does not take.
    """
    bot = _result((yield from call(ctx, "getMe", {})), User)
    receives = _wanted(ctx)
    credentials = {}
    if receives == "webhook":
        secret = _secret(ctx)
        credentials["webhook_secret"] = secret
        params = {"url": ctx.webhook_url, "secret_token": secret, "allowed_updates": ALLOWED_UPDATES}
        yield from call(ctx, "setWebhook", params)
    else:
        yield from call(ctx, "deleteWebhook", {})
    settings = {"username": bot.username or "", "receives": receives}
    return Setup(asset_id=str(bot.id), name=bot.name, settings=settings, credentials=credentials)


def teardown(ctx: Context) -> Exchange[None]:
    """Stop deliveries, so that another program can use the bot."""
    yield from call(ctx, "deleteWebhook", {})


def _wanted(ctx: Context) -> str:
    """`webhook` or `poll`. Telegram posts to https addresses only (a Bot API server of one's own also to others, which
    an admin chooses by `webhook`).
    """
    mode = ctx.settings.get("mode", "auto")
    if mode in ("webhook", "poll"):
        return mode
    return "webhook" if ctx.public_url.startswith("https://") else "poll"


def _secret(ctx: Context) -> str:
    """The newest live secret, or a fresh one."""
    given = [one.decode("ascii", "replace") for one in ctx.secrets]
    secret = next(iter(given), "") or ctx.credentials.get("webhook_secret", "") or ctx.nonce()
    if not _SECRET.fullmatch(secret):
        raise SendError(SendErrorKind.REJECTED, "webhook_secret must be 1 to 256 of A-Z a-z 0-9 _ -; choose another")
    return secret


# --- updates ----------------------------------------------------------------------------------


def poll(cursor: str, ctx: Context) -> Exchange[Polled]:
    """Ask for updates after the cursor, which is the number of the next one: asking with it makes Telegram forget those
    before. Waits at Telegram up to 25 s for the first. Does nothing where updates come by webhook.
    """
    if ctx.settings.get("receives", _wanted(ctx)) == "webhook":
        return Polled(inbounds=(), cursor=cursor, next_after_seconds=600.0)
    params: dict[str, object] = {"timeout": _LONG_POLL_SECONDS, "limit": _BATCH, "allowed_updates": ALLOWED_UPDATES}
    if cursor:
        params["offset"] = int(cursor)
    request = request_to(
        ctx, "getUpdates", params, timeout_seconds=_LONG_POLL_SECONDS + 10.0, max_bytes=32 * 1024 * 1024
    )
    updates = _result(result_of(ctx, (yield from http(request))), list[Raw])
    return _polled(updates, cursor, ctx)


def _polled(updates: list[Raw], cursor: str, ctx: Context) -> Polled:
    inbounds: list[AnyInbound] = []
    sources: list[bytes] = []
    problems: list[tuple[str, bytes]] = []
    newest = int(cursor or 0)
    for raw in updates:
        newest = max(newest, _number_of(raw) + 1)
        for one in read_update(raw, ctx):
            if isinstance(one, Exception):
                problems.append((str(one), bytes(raw)))
            else:
                inbounds.append(one)
                sources.append(bytes(raw))
    return Polled(
        inbounds=tuple(inbounds),
        cursor=str(newest) if updates else cursor,
        more=bool(updates),
        next_after_seconds=0.5,
        raw=tuple(sources),
        problems=tuple(problems),
    )


def _number_of(raw: Raw) -> int:
    """Number of an update, also of one whose content cannot be read; -1 where even that fails."""
    try:
        return decode(raw, _Numbered).update_id
    except PayloadInvalid:
        return -1


def fetch(ref: str, ctx: Context) -> Exchange[list[AnyInbound]]:
    """Tell Telegram that a pressed button arrived (`callback:<id>`), else it turns under the person's finger for half a
    minute. It brings nothing new. Telegram takes this for a short time only; too late is no error.
    https://core.telegram.org/bots/api#answercallbackquery (read 2026-11-22).
    """
    try:
        yield from call(ctx, "answerCallbackQuery", {"callback_query_id": ref.removeprefix("callback:")})
    except SendError as error:
        if error.kind is not SendErrorKind.REJECTED:
            raise
    return []


# --- files and people -------------------------------------------------------------------------


def media(attachment: Attachment, ctx: Context) -> Exchange[Blob]:
    """Load a file by its handle. Raises SendError (`too_large` above 20 MB, unless the server is one's own)."""
    request = yield from _download(attachment.ref or "", ctx)
    try:
        response = yield from http(request)
    except TransportFailed as failed:
        # Its text could hold the address, and with it the bot token.
        kind = SendErrorKind.TOO_LARGE if failed.kind == "too_large" else SendErrorKind.UNREACHABLE
        raise SendError(kind, f"the file could not be loaded: {failed.kind}") from None
    if response.status in (404, 410):
        raise SendError(SendErrorKind.REJECTED, "Telegram no longer has the file")
    if response.status != 200:
        raise error_of(response, ctx.now)
    if response.blob is None:
        raise SendError(SendErrorKind.UNREACHABLE, "the file came without content")
    blob = response.blob
    name, mime = attachment.name or blob.name, attachment.mime or blob.mime
    return replace(blob, name=name, mime=mime, kind=attachment.kind)


def profile(author_id: str, ctx: Context) -> Exchange[Author]:
    """What Telegram tells of a person, or of a chat that speaks."""
    chat = _result((yield from call(ctx, "getChat", {"chat_id": author_id})), ChatFullInfo)
    return Author(
        external_id=str(chat.id),
        name=chat.title or f"{chat.first_name} {chat.last_name or ''}".strip(),
        username=chat.username or "",
        profile={"bio": chat.bio} if chat.bio else {},
    )


def _download(file_id: str, ctx: Context) -> Exchange[HttpRequest]:
    """The request that loads a file. A path that leads elsewhere is refused: it becomes part of the address."""
    path = _result((yield from call(ctx, "getFile", {"file_id": file_id})), TelegramFile).file_path
    if not path or path.startswith("/") or ".." in path.split("/"):
        reason = "Telegram gave no path to the file; a local Bot API server must run without --local"
        raise SendError(SendErrorKind.REJECTED, reason)
    own_server = ctx.base_url != MANIFEST.base_url
    return HttpRequest(
        method="GET",
        url=f"{ctx.base_url}/file/bot{ctx.credentials.get('token', '')}/{quote(path)}",
        save_to="blob",
        max_bytes=LOCAL_SERVER_MAX_BYTES if own_server else DOWNLOAD_MAX_BYTES,
        timeout_seconds=120.0,
    )
