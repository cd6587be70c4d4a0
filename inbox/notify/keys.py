"""The key by which push servers know this installation: made when first needed, sealed."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec

from inbox.commands.notifications import PUSH_KEY
from inbox.domain.notifying_records import PushKey
from inbox.domain.state import State
from inbox.errors import Invalid
from inbox.eventlog.unit import Unit
from inbox.eventlog.writer import Writer
from inbox.notify import webpush
from inbox.seal import Sealer
from inbox.storage import rows
from inbox.storage.database import Database, Query

ONLY = 1
"""The id of the one row."""


class Keys:
    """Gives out the key; one per process."""

    def __init__(self, database: Database, writer: Writer, sealer: Sealer) -> None:
        self._database = database
        self._writer = writer
        self._sealer = sealer
        self._private: ec.EllipticCurvePrivateKey | None = None

    async def public(self) -> str:
        """What a page subscribes with, base64url."""
        return webpush.public_of(await self.private())

    async def private(self) -> ec.EllipticCurvePrivateKey:
        """The key that signs. Raises CannotOpen where the secret it was sealed with is gone."""
        if self._private is None:
            kept = await self._database.read(rows.one, PushKey, ONLY)
            if kept is None:
                made = webpush.new_key()
                sealed = self._sealer.seal(webpush.to_text(made), PUSH_KEY)
                kept = await self._writer.submit(_Keep(PushKey(ONLY, webpush.public_of(made), sealed, 0)))
            self._private = webpush.from_text(self._sealer.open(kept.sealed, PUSH_KEY))
        return self._private

    @staticmethod
    def check(p256dh: str, auth: str) -> None:
        """Raise Invalid (`push_keys`) unless these can be a browser's key and secret."""
        try:
            webpush.check_browser(p256dh, auth)
        except webpush.BadKey as bad:
            raise Invalid(f"this browser cannot be pushed to: {bad}", code="push_keys") from bad


class _Keep(Unit):
    """Keep a new key, unless another process was first: then it is that one's."""

    alone = True

    def __init__(self, made: PushKey) -> None:
        self.made = made

    def run(self, state: State) -> Query[PushKey]:
        known = yield from rows.one(PushKey, ONLY)
        if known is not None:
            return known
        self.made.created_at = state.now
        yield from rows.add(self.made)
        return self.made
