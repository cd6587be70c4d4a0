"""After a change of the secret key: everything sealed with an older one is sealed anew. For `inbox secrets rotate`."""

from __future__ import annotations

from inbox.commands.accounts import place_of as place_of_totp
from inbox.commands.channels import place_of as place_of_channel
from inbox.commands.connections import place_of as place_of_connection
from inbox.commands.notifications import PUSH_KEY
from inbox.commands.webhooks import place_of as place_of_webhook
from inbox.domain.notifying_records import PushKey
from inbox.domain.records import Agent, App, Channel, Connection
from inbox.domain.state import State
from inbox.domain.webhooks import Webhook
from inbox.errors import Conflict
from inbox.eventlog.unit import Priority, Unit
from inbox.seal import CannotOpen, Sealer
from inbox.storage import rows
from inbox.storage.database import Query

_Sealed = Channel | Connection | App | Webhook | PushKey


class Reseal(Unit):
    """Seal anew with the first key what another one sealed. The result is how many; 0: the older keys can go."""

    alone = True
    priority = Priority.BULK

    def __init__(self, sealer: Sealer) -> None:
        self.sealer = sealer

    def run(self, state: State) -> Query[int]:
        """Write what changed. Raises Conflict, which names the key, and writes nothing, where one is missing."""
        changed = 0
        for record, place in (yield from _sealed()):
            changed += yield from self._reseal(record, place)
        for agent in (yield from rows.every(Agent)):
            if self.sealer.stale(agent.totp_sealed):
                agent.totp_sealed = self._again(agent.totp_sealed, place_of_totp(agent.id))
                yield from rows.change(agent)
                changed += 1
        return changed

    def _reseal(self, record: _Sealed, place: str) -> Query[int]:
        if not self.sealer.stale(record.sealed):
            return 0
        record.sealed = self._again(record.sealed, place)
        yield from rows.change(record)
        return 1

    def _again(self, sealed: str, place: str) -> str:
        try:
            opened = self.sealer.open(sealed, place)
        except CannotOpen as closed:
            raise Conflict(str(closed), code="key_missing") from closed
        return self.sealer.seal(opened, place)


def kept() -> Query[list[tuple[str, str]]]:
    """(place, sealed text) of everything that a key of ours has to open."""
    found = [(place, record.sealed or "") for record, place in (yield from _sealed())]
    found += [(place_of_totp(one.id), one.totp_sealed) for one in (yield from rows.every(Agent))]
    return [(place, text) for place, text in found if text]


def _sealed() -> Query[list[tuple[_Sealed, str]]]:
    """Every record that has a sealed text, but for the people, with the place it is bound to."""
    found: list[tuple[_Sealed, str]] = []
    found += [(one, place_of_channel(one.id)) for one in (yield from rows.every(Channel))]
    found += [(one, place_of_connection(one.id)) for one in (yield from rows.every(Connection))]
    found += [(one, f"app:{one.id}") for one in (yield from rows.every(App))]
    found += [(one, place_of_webhook(one.id)) for one in (yield from rows.every(Webhook))]
    found += [(one, PUSH_KEY) for one in (yield from rows.every(PushKey))]
    return found
