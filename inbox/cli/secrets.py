"""`inbox secrets rotate`: another key for stored credentials."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from inbox.cli.opened import Refusal, opened, read_settings, run, say, sqlite_path

if TYPE_CHECKING:
    from inbox.settings import Settings


def rotate(*, forget: bool = False) -> None:
    """Encrypt stored credentials with a new key; stop the server first, and start it again afterwards.

    With the key in a file of ours, a new one is made and put before the old ones. With INBOX_SECRET_KEY, put the new
    key before the old one there, separated by a blank, then run this.

    Parameters
    ----------
    forget
        Afterwards, drop the old keys from the file: links and media addresses signed with them stop working.
    """
    run(_rotate(forget))


async def _rotate(forget: bool) -> None:
    from inbox.cli.lock import the_only_server
    from inbox.commands.reseal import Reseal

    settings = read_settings()
    in_file = not settings.secret_key
    if not in_file and len(settings.keys()) < 2:
        raise Refusal(
            "INBOX_SECRET_KEY holds one key: put a new one before it, separated by a blank, and run this again"
        )
    with the_only_server(settings.data_dir, sqlite_path(settings)):
        if in_file:
            async with opened(settings):  # refuses where the key is gone, before there is another
                pass
            _keep(settings, [secrets.token_urlsafe(32), *settings.keys()])
        async with opened(settings) as inbox:
            changed: int = await inbox.writer.submit(Reseal(inbox.sealer))
        if in_file and forget:
            _keep(settings, settings.keys()[:1])
    rest = "" if in_file else ": the keys after the first in INBOX_SECRET_KEY can go"
    say(f"{changed} sealed secrets are encrypted with the new key{rest}")


def _keep(settings: Settings, keys: list[str]) -> None:
    """Replace the key file, at once or not at all."""
    fresh = settings.key_file.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("\n".join(keys) + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(settings.key_file)
