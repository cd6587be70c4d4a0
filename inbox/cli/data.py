"""`inbox migrate`, `inbox erase`, `inbox metrics verify`: the data as a whole."""

from __future__ import annotations

from inbox.cli.opened import OPERATOR, Refusal, opened, read_settings, run, say, shown


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

    async with opened() as inbox:
        unused: list[str] = await inbox.writer.submit(Erase(OPERATOR, contact))
        media = inbox.media
        for sha256 in unused:
            await media.delete(sha256)
        say(f"contact {contact} is erased, and {len(unused)} files")


def verify() -> int:
    """Recompute every wait from the log and compare; lists what differs."""
    return run(_verify())


async def _verify() -> int:
    from inbox.eventlog.verify import verify as recompute

    async with opened() as inbox:
        found = await inbox.database.read(recompute)
    for difference in found.differences:
        say(difference)
    say(f"{found.events} events, {found.waits} waits, {found.count} differ")
    if found.count > len(found.differences):
        raise Refusal(f"only the first {len(found.differences)} of {found.count} are listed")
    return 1 if found.count else 0
