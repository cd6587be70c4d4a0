"""Whether the secret key is there, and the one that what is kept was encrypted with: a new one opens nothing of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import structlog

from inbox.cli.opened import Refusal

if TYPE_CHECKING:
    from inbox.app import Inbox
    from inbox.settings import Settings
    from inbox.storage.database import Database

log = structlog.get_logger(__name__)

_NAMED = {
    "channel": "the credentials of {} channels",
    "connection": "the sign-ins of {} connections",
    "app": "the secrets of {} apps",
    "webhook": "the secrets of {} webhooks",
    "push_key": "the key of browser notifications",
    "agent": "the second factors of {} people",
}
"""By the first word of a place."""


async def require(settings: Settings) -> None:
    """Raises Refusal where the key is gone that something was encrypted with: a new one would be made in its place."""
    if settings.known_keys():
        return
    from inbox.storage.database import connect

    store = connect(settings.store, readers=1)
    await store.open()
    try:
        lost = await _lost(settings, store)
    finally:
        await store.close()
    if lost:
        raise Refusal(
            f"there is no secret key, neither in INBOX_SECRET_KEY nor in {settings.key_file}, and without it {lost} "
            "cannot be read: put it back from its copy; if it is lost for good, put a new one there (`openssl rand "
            "-hex 32`), and set these up again once the service runs"
        )


async def problem(settings: Settings, store: Database) -> str | None:
    """What no key of ours opens, and the remedy; None where there is nothing of that. Makes no key."""
    lost = await _lost(settings, store)
    where = "INBOX_SECRET_KEY" if settings.secret_key else str(settings.key_file)
    remedy = f"put the key that was in {where} back from its copy, or set these up again"
    return f"it does not open {lost}: {remedy}" if lost else None


async def say_if_lost(inbox: Inbox) -> None:
    """A line in the log of a process that starts with another key than was used: it works, but for what is named."""
    if wrong := await problem(inbox.settings, inbox.database):
        log.error("secret_key_lost", detail=wrong)


async def _lost(settings: Settings, store: Database) -> str:
    """In words, what no key of ours opens."""
    from inbox.commands.reseal import kept
    from inbox.seal import CannotOpen, Sealer

    known = settings.known_keys()
    sealer = Sealer(known) if known else None
    lost: Counter[str] = Counter()
    for place, text in await store.read(kept):
        try:
            opened = sealer is not None and sealer.open(text, place) is not None
        except CannotOpen:
            opened = False
        if not opened:
            lost[place.partition(":")[0]] += 1
    return ", ".join(_NAMED[kind].format(count) for kind, count in lost.items())
