"""Sending a span of the log once more: a job that turns page after page into jobs, as fast as they are sent."""

from __future__ import annotations

import msgspec

from inbox.domain.records import Channel, Job
from inbox.domain.state import State
from inbox.domain.webhooks import Webhook
from inbox.eventlog import log
from inbox.eventlog.unit import Priority, Unit
from inbox.storage import rows, webhooks
from inbox.storage.database import Query
from inbox.webhooks.filters import is_public, wanted_by
from inbox.webhooks.reader import PAGE, chosen, job_of

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, int]).decode


class Expand(Unit):
    """The next page of a replay. Its job ends with the last one. One position is sent whatever the filters say: it was
    named; of a span the filters choose, whenever the webhook was made.
    """

    priority = Priority.BULK
    alone = True

    def __init__(self, job: Job) -> None:
        self.job = job

    def run(self, state: State) -> Query[None]:
        """Put the jobs of one page behind those that wait."""
        span = _decode(self.job.payload)
        webhook = yield from rows.one(Webhook, span["webhook"])
        if webhook is None:
            yield from webhooks.settle([self.job.id], [])
            return
        first, last = span["from"], span["to"]
        logged = [one for one in (yield from log.after(first - 1, PAGE)) if one.position <= last]
        if span["whole"]:
            positions = [one.position for one in logged if is_public(one)]
        else:
            networks = {one.id: one.network for one in (yield from rows.every(Channel))}
            wanted = msgspec.structs.replace(wanted_by(webhook), since_position=0)
            positions = [position for _, position in (yield from chosen([wanted], logged, networks))]
        epoch = state.workspace.epoch
        yield from webhooks.put([job_of(state.next_id(), webhook.id, epoch, one, state.now) for one in positions])
        if logged and logged[-1].position < last:
            rest = msgspec.structs.replace(self.job, payload=_encode({**span, "from": logged[-1].position + 1}))
            yield from webhooks.settle([], [rest])
        else:
            yield from webhooks.settle([self.job.id], [])
