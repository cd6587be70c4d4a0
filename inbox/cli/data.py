"""`inbox migrate`, `inbox erase`: the data as a whole."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from inbox.cli.opened import OPERATOR, is_there, opened, read_settings, run, say, shown, sqlite_path

if TYPE_CHECKING:
    from inbox.settings import Settings


def migrate() -> None:
    """Bring the database to the schema of this program. Does nothing where it is there already.

    Stop the service first: with SQLite it is refused while an older one runs.
    """
    run(_migrate())


async def _migrate() -> None:
    from inbox.storage import migrate as migrations

    settings = read_settings()
    with await _without_server(settings):
        revision = await migrations.migrate(settings.store)
    say(f"{shown(settings)} is at revision {revision}")


async def _without_server(settings: Settings) -> contextlib.AbstractContextManager[None]:
    """What keeps servers away while an SQLite database changes; nothing where it stays as it is. A server of before
    would go on in the new schema, and write as the old program does what a step has emptied to be counted anew.
    """
    from inbox.cli.lock import the_only_server
    from inbox.storage.migrate import current, head, too_new

    path = sqlite_path(settings)
    if path is None:
        return contextlib.nullcontext()
    found = await current(settings.store) if is_there(settings) else None
    stays = found == head() or too_new(found) is not None
    return contextlib.nullcontext() if stays else the_only_server(settings.data_dir, path)


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
