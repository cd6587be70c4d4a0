"""Planning what we say to a visitor. Nothing is sent from here: a reply is accepted in the transaction that appends it,
and the visitor's socket shows it.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from connectors.contract import Context, Setup
from connectors.errors import PlanRefused, SendError, SendErrorKind
from connectors.exchange import Exchange
from connectors.outbound import AnyOutbound, DeleteSent, EditSent, Part, SendMessage
from connectors.toolkit import planning
from connectors.webchat.manifest import CHAT, MANIFEST

_JSON_FIELDS = {"pre_chat_form": list, "hours": dict}


def plan(action: AnyOutbound, ctx: Context) -> list[Part]:
    """One part, or one for each piece of a text that may be split. Raises PlanRefused."""
    planning.require_allowed(action, CHAT, where=MANIFEST.name)
    if isinstance(action, EditSent | DeleteSent) and not action.target.message_id:
        raise PlanRefused("not_supported", "There is no message to change: choose one.")
    if isinstance(action, EditSent):
        _require_words(action.text)
        planning.text_parts(action.text, CHAT.text, split=False)
    if isinstance(action, SendMessage):
        return planning.number(_pieces(action), ctx)
    return planning.number([action], ctx)


def _pieces(action: SendMessage) -> list[SendMessage]:
    """The message, its text cut where that was agreed to; files go with the first piece."""
    if not action.target.thread_id:
        raise PlanRefused("recipient_missing", "A visitor cannot be written to before he has opened the chat.")
    planning.require_attachments(action.attachments, CHAT.attachments)
    if not action.attachments:
        _require_words(action.text)
    texts = planning.text_parts(action.text, CHAT.text, split=action.split)
    return [
        msgspec.structs.replace(action, text=text, attachments=action.attachments if i == 0 else ())
        for i, text in enumerate(texts)
    ]


def _require_words(text: str) -> None:
    if not text.strip():
        raise PlanRefused("empty", "There is nothing to send: write something or attach a file.")


def setup(ctx: Context) -> Exchange[Setup]:
    """Check what was entered and make the identity secret where none is given. Asks nobody. Raises SendError with the
    field that is wrong.
    """
    for name, kind in _JSON_FIELDS.items():
        given = ctx.settings.get(name, "").strip()
        if given:
            _require_json(name, given, kind)
    for origin in ctx.settings.get("allowed_origins", "").split():
        _require_origin(origin)
    secret = ctx.credentials.get("identity_secret") or ctx.nonce() + ctx.nonce()
    yield from ()
    return Setup(
        asset_id=ctx.channel_id, name=ctx.settings.get("site_name", ""), credentials={"identity_secret": secret}
    )


def _require_json(name: str, given: str, kind: type) -> None:
    try:
        msgspec.json.decode(given, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        wanted = "a list" if kind is list else "an object"
        raise SendError(SendErrorKind.REJECTED, f"{name} is not {wanted} in JSON: {error}") from None


def _require_origin(origin: str) -> None:
    try:
        parts = urlsplit(origin)
        valid = (
            parts.scheme in ("http", "https") and bool(parts.hostname) and f"{parts.scheme}://{parts.netloc}" == origin
        )
    except ValueError:
        valid = False
    if not valid or "*" in origin.removeprefix(f"{origin.partition('://')[0]}://*.") or "@" in origin:
        raise SendError(
            SendErrorKind.REJECTED,
            f"allowed_origins: {origin!r} is no origin: write https://shop.example or https://*.shop.example",
        )
