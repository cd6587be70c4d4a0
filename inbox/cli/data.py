"""`inbox migrate`, `inbox erase`: the data as a whole."""

from __future__ import annotations

import contextlib

from inbox.cli.opened import OPERATOR, opened, read_settings, run, say, shown


def migrate() -> None:
    """Bring the database to the schema of this program. Does nothing where it is there already."""
    run(_migrate())


async def _migrate() -> None:
    from inbox.storage import migrate as migrations

    settings = read_settings()
    revision = await migrations.migrate(settings.store)
    say(f"{shown(settings)} is at revision {revision}")


def erase(contact: int) -> None:
    """Blank all that is kept of a person: words, names, files. Times and figures stay. Cannot be undone.

    Parameters
    ----------
    contact
        The contact's id, as the API and the address of its page show it.
    """
    run(_erase(contact))


async def _erase(contact: int) -> None:
    from inbox.commands.contact import Erase
    from inbox.storage.database import StoreUnavailable

    async with opened() as inbox:
        unused: list[str] = await inbox.writer.submit(Erase(OPERATOR, contact))
        media = inbox.media
        for sha256 in unused:
            await media.delete(sha256)
        with contextlib.suppress(StoreUnavailable):  # upkeep does it again
            await inbox.database.scrub()
        say(f"contact {contact} is erased, and {len(unused)} files")
