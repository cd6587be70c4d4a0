"""`inbox metrics`: that the figures are the log's, how one of them comes about, and all of them counted anew."""

from __future__ import annotations

from inbox.cli.opened import OPERATOR, Refusal, opened, run, say, say_json, warn

_TOLD_EACH = 100_000
"""Events after which it is said how far the log was read."""


def verify() -> int:
    """Recompute every wait and all that reports count from the log, and compare; lists what differs.

    What the log's reader has not come to yet is read first: a database written before there were reports is filled.
    """
    return run(_verify())


async def _verify() -> int:
    from inbox.eventlog.verify import verify as recompute
    from inbox.reports.reader import Reader
    from inbox.reports.verify import verify as recount

    async with opened() as inbox:
        found = await inbox.database.read(recompute)
        await Reader(inbox.database, inbox.writer, inbox.bus).catch_up()
        facts = await inbox.database.read(recount)
    for difference in (*found.differences, *facts.differences):
        say(difference)
    say(f"{found.events} events, {found.waits} waits, {found.count} differ")
    say(f"reports: {facts.waits} waits, {facts.episodes} episodes, {facts.deeds} deeds, {facts.count} differ")
    listed = len(found.differences) + len(facts.differences)
    if found.count + facts.count > listed:
        raise Refusal(f"only the first {listed} of {found.count + facts.count} are listed")
    return 1 if found.count or facts.count else 0


def recount() -> None:
    """Count all that reports show anew, from the first event of the log: where `verify` finds that it differs.

    The service may run meanwhile; its reports are incomplete until this ends. Figures of the past come out as this
    version counts them.
    """
    run(_recount())


async def _recount() -> None:
    from inbox.reports.reader import Reader

    told = 0

    def read(position: int) -> None:
        nonlocal told
        if position >= told + _TOLD_EACH:
            told = position
            warn(f"{position} events read")

    async with opened() as inbox:
        reader = Reader(inbox.database, inbox.writer, inbox.bus)
        await reader.begin_anew()
        head = await reader.catch_up(read)
    say(f"{head} events counted anew; `inbox metrics verify` proves it")


def explain(wait: int, *, json: bool = False) -> None:
    """Tell one wait: its clocks and parts, and the events and business hours they follow from.

    Parameters
    ----------
    wait
        The wait's id, as reports and conversations show it.
    json
        For programs: one JSON object.
    """
    run(_explain(wait, json))


async def _explain(wait: int, json: bool) -> None:
    from inbox.reports.desk import Reports

    async with opened() as inbox:
        told = await Reports(inbox.database, inbox.directory).explain(wait, OPERATOR)
    if json:
        say_json(told)
        return
    say(
        f"Wait {told.wait_id} of conversation {told.conversation_id} ({told.kind}): "
        f"{told.end or 'open'} {told.reason}".rstrip()
    )
    for clock in told.clocks:
        say(
            f"  {clock.clock} clock: {clock.seconds:.3f} s ({clock.business_seconds:.3f} s in business hours), "
            f"{clock.since} to {clock.until or 'now'}, ends {clock.ends_with}"
        )
    say("  parts: " + ", ".join(f"{name} {seconds:.3f} s" for name, seconds in told.parts.items()))
    if told.deadline_at is not None:
        say(f"  deadline {told.deadline_at}: {'missed' if told.missed else 'not missed'}")
    for span in told.spans:
        say(
            f"  {span.since} to {span.until or 'now'}: {span.words}, {span.seconds:.3f} s, "
            f"open {span.business_seconds:.3f} s"
        )
    for step in told.steps:
        say(f"  {step.position:>8}  {step.at}  {step.words} ({step.actor})")
