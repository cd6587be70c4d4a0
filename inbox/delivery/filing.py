"""Copies of what was sent, put where people look for it (a mailbox's Sent), after the answer was recorded.

A job, made in the transaction that says "accepted": a mail server that hangs holds up no answer, and a process that
dies in between loses no copy. One after another, since a channel's copies share a connection.
"""

from __future__ import annotations

import msgspec

from connectors.contract import Connector
from connectors.errors import SendError
from connectors.outbound import Part
from inbox.domain.records import Job, OutboxPart
from inbox.domain.state import State
from inbox.eventlog.writer import Writer
from inbox.intake.context import Contexts
from inbox.intake.jobs import GivenUp, Jobs, later, payload_of
from inbox.storage import outbox as stored
from inbox.transport.courier import Courier
from inbox.transport.drive import drive

KIND = "file"
LEASE_SECONDS = 480.0
"""Above what transport gives a command and the connection for it."""
MOST_ATTEMPTS = 60
"""With up to an hour between late attempts, some two days: a mailbox that is full or away is mended by then."""
_part = msgspec.json.Decoder(Part).decode


def job_of(state: State, part: OutboxPart, copy: str) -> Job:
    """The job that files the copy of a part. `copy`: that of its receipt."""
    payload = msgspec.json.encode({"part": str(part.id), "copy": copy})
    key = f"{KIND}:{part.id}"
    return Job(state.next_id(), key, KIND, part.channel_id, payload, state.now, 0, None, "", state.now)


class Filing:
    """Files the copies of one channel."""

    def __init__(
        self, channel_id: int, connector: Connector, contexts: Contexts, writer: Writer, courier: Courier
    ) -> None:
        self._channel_id = channel_id
        self._connector = connector
        self._contexts = contexts
        self._courier = courier
        self._database = contexts.directory.database
        self._jobs = Jobs(
            self._database,
            writer,
            {KIND: self._file},
            channels=lambda: [channel_id],
            most_attempts=MOST_ATTEMPTS,
            at_once=1,
            lease_seconds=LEASE_SECONDS,
        )

    def wake(self) -> None:
        """There may be a copy to file."""
        self._jobs.wake()

    async def run(self) -> None:
        """Until cancelled; at once where the network has nowhere to file."""
        if self._connector.file is not None:
            await self._jobs.run()

    async def _file(self, job: Job) -> None:
        payload = payload_of(job)
        parts = await self._database.read(stored.parts, [int(payload["part"])])
        if self._connector.file is None or not parts or not parts[0].part:
            raise GivenUp("what was sent is not kept any more")
        ctx = await self._contexts.of(self._channel_id)
        filing = self._connector.file(_part(parts[0].part), payload["copy"], ctx, job.attempts > 1)
        try:
            await drive(filing, self._courier)
        except SendError as refused:
            raise later(refused) from refused
