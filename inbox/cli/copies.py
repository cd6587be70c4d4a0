"""`inbox backup`, `inbox restore`: all data and files in one archive, and back, on either engine."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from inbox.cli.opened import Refusal, opened, read_settings, run, say, shown, sqlite_path, warn

if TYPE_CHECKING:
    from inbox.settings import Settings


def backup(file: Path) -> None:
    """Write all data and files into one archive, as they are at one moment. The server may run meanwhile.

    Parameters
    ----------
    file
        Where to; must not be there yet. Keep it safe: it holds what customers wrote.
    """
    if file.exists():
        raise Refusal(f"{file} is there already: name another file, or move it away")
    run(_backup(file))


async def _backup(file: Path) -> None:
    from inbox import clock
    from inbox.cli import archive
    from inbox.storage.migrate import head

    async with opened() as inbox:
        media = inbox.media
        written, unsound = await archive.write(file, inbox.database, media, head(), clock.iso(clock.now()))
    say(f"{file}: {written.tables['message']} messages, {written.tables['event']} events, {written.files} files")
    if unsound:
        warn(f"{len(unsound)} files that messages have are missing or damaged and are not in it, such as {unsound[0]}.")
    warn("Keep the secret key beside it, in another place: without it stored credentials cannot be read.")


def restore(file: Path) -> None:
    """Put an archive into an empty database and media folder. Everybody signs in again, and the log begins a new epoch.

    Parameters
    ----------
    file
        What `inbox backup` wrote, on this or the other engine.
    """
    if not file.is_file():
        raise Refusal(f"there is no file {file}")
    run(_restore(file))


async def _restore(file: Path) -> None:
    from inbox import clock
    from inbox.cli import archive, keys
    from inbox.cli.lock import the_only_server
    from inbox.storage import portable
    from inbox.storage.migrate import current, head, migrate

    manifest = archive.read_manifest(file)
    settings = read_settings()
    if manifest.revision != head():
        made = f"{file} is of revision {manifest.revision}, this program of {head()}"
        raise Refusal(f"{made}: restore it with the version that wrote it, then upgrade")
    file_of_database = sqlite_path(settings)
    alone = the_only_server(settings.data_dir, file_of_database) if file_of_database else contextlib.nullcontext()
    with alone:
        if await _is_used(settings):
            raise Refusal(f"{shown(settings)} is not empty: name an empty one, or move this one away first")
        await migrate(settings.store)
        async with opened(settings) as inbox:
            # Files first: if one of them is damaged the database stays empty, and another backup can be taken.
            files = await archive.put_media(file, inbox.media)
            epoch = await inbox.database.write(lambda: portable.fill(archive.pages(file, manifest), clock.now()))
            lost = await keys.problem(settings, inbox.database)
    assert await current(settings.store) == head()
    say(f"{shown(settings)}: {manifest.tables['message']} messages, {files} files, epoch {epoch}")
    if lost:
        warn(f"The secret key is not that of the backup: {lost}.")


async def _is_used(settings: Settings) -> bool:
    from inbox.cli.opened import is_there
    from inbox.storage import portable
    from inbox.storage.database import connect
    from inbox.storage.migrate import current

    if not is_there(settings) or await current(settings.store) is None:
        return False
    database = connect(settings.store)
    await database.open()
    try:
        return not await database.read(portable.is_empty)
    finally:
        await database.close()
