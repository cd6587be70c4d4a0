"""Jobs: each by one process at a time, again after a failure, gone when done."""

import asyncio
from pathlib import Path

from inbox.domain.records import Job
from inbox.domain.state import State
from inbox.eventlog.unit import Unit
from inbox.intake.jobs import GivenUp, Jobs, Later, payload_of
from tests.inbox.house import house, running


class Add(Unit):
    """A new job."""

    def __init__(self, key: str, kind: str = "test", channel_id: int | None = None) -> None:
        self.key, self.kind, self.channel_id = key, kind, channel_id

    def decide(self, state: State) -> None:
        """Due now."""
        state.add(Job(state.next_id(), self.key, self.kind, self.channel_id, b'{"n":"1"}', state.now, 0, None, "", 0))


async def test_a_job_is_done_once_and_forgotten(database_url: str, tmp_path: Path) -> None:
    """The same key twice is one job; two runners do it once."""
    done: list[str] = []

    async def work(job: Job) -> None:
        done.append(f"{job.key} {payload_of(job)['n']}")

    async with house(database_url, tmp_path) as home:
        for key in ("a", "a", "b"):
            await home.writer.submit(Add(key))
        runners = [Jobs(home.database, home.writer, {"test": work}) for _ in range(2)]
        async with running(runners[0].run()), running(runners[1].run()):
            await home.until_column("SELECT count(*) FROM job", [0])
    assert sorted(done) == ["a 1", "b 1"]


async def test_a_job_that_fails_is_tried_again_until_it_works(database_url: str, tmp_path: Path) -> None:
    """Expected and unexpected failures alike; the reason is kept meanwhile."""
    failures: list[Exception] = [Later("not yet", 0.05), ZeroDivisionError("a fault of ours")]

    async def work(job: Job) -> None:
        if failures:
            raise failures.pop(0)

    async with house(database_url, tmp_path) as home:
        await home.writer.submit(Add("a"))
        async with running(Jobs(home.database, home.writer, {"test": work}, first_delay_seconds=0.05).run()):
            await home.until_column("SELECT count(*) FROM job", [0])
    assert failures == []


async def test_what_never_works_is_given_up_and_told(database_url: str, tmp_path: Path) -> None:
    """At once where the job says so, else after the last attempt."""
    told: list[tuple[str, str]] = []

    async def work(job: Job) -> None:
        raise GivenUp("no such thing") if job.key == "never" else Later("still not", 0.01)

    async def given_up(job: Job, reason: str) -> None:
        told.append((job.key, reason))

    async with house(database_url, tmp_path) as home:
        for key in ("never", "weak"):
            await home.writer.submit(Add(key))
        jobs = Jobs(home.database, home.writer, {"test": work}, given_up=given_up, most_attempts=3)
        async with running(jobs.run()):
            await home.until_column("SELECT count(*) FROM job", [0])
    assert sorted(told) == [("never", "no such thing"), ("weak", "still not")]


async def test_a_job_that_cannot_be_given_up_does_not_end_the_others(database_url: str, tmp_path: Path) -> None:
    """What giving it up needs may be gone, as a channel that was removed; the runner goes on."""

    async def work(job: Job) -> None:
        if job.key == "never":
            raise GivenUp("no such thing")

    async def given_up(job: Job, reason: str) -> None:
        raise KeyError("the channel was removed")

    async with house(database_url, tmp_path) as home:
        await home.writer.submit(Add("never"))
        async with running(Jobs(home.database, home.writer, {"test": work}, given_up=given_up).run()):
            await home.until_column("SELECT attempts FROM job", [1])
            await home.writer.submit(Add("other"))
            await home.until_column("SELECT key FROM job", ["never"])


async def test_jobs_of_channels_held_elsewhere_and_of_other_kinds_are_left(database_url: str, tmp_path: Path) -> None:
    """A runner takes what is its own."""
    done: list[str] = []

    async def work(job: Job) -> None:
        done.append(job.key)

    async with house(database_url, tmp_path) as home:
        for key, kind, channel_id in (
            ("mine", "test", 1),
            ("theirs", "test", 2),
            ("other", "mail", None),
            ("any", "test", None),
        ):
            await home.writer.submit(Add(key, kind, channel_id))
        async with running(Jobs(home.database, home.writer, {"test": work}, channels=lambda: [1]).run()):
            await home.until_column("SELECT key FROM job ORDER BY key", ["other", "theirs"])
    assert sorted(done) == ["any", "mine"]


async def test_a_job_whose_process_died_is_taken_again_when_its_lease_is_over(
    database_url: str, tmp_path: Path
) -> None:
    """Nothing is lost with a process."""
    done: list[str] = []

    async def stuck(job: Job) -> None:
        await asyncio.Event().wait()

    async def work(job: Job) -> None:
        done.append(job.key)

    async with house(database_url, tmp_path) as home:
        await home.writer.submit(Add("a"))
        async with running(Jobs(home.database, home.writer, {"test": stuck}).run()):
            await home.until_column("SELECT attempts FROM job", [1])
        await home.forget_leases()
        async with running(Jobs(home.database, home.writer, {"test": work}).run()):
            await home.until_column("SELECT count(*) FROM job", [0])
    assert done == ["a"]
