"""What a location's poll remembers between two polls: how far it has read, and every review it knows.

Google tells of no deletion, and of no answer written elsewhere. Both show only in a walk through all reviews, compared
with what is remembered here: for each review its version, the state of its answer, and the last walk that saw it.
"""

from __future__ import annotations

from msgspec import Struct, json

from connectors.errors import PayloadInvalid
from connectors.google_business_profile.manifest import MISSED_WALKS
from connectors.toolkit.payload import decode


class Known(Struct, array_like=True):
    """A review as the last poll left it; an array in JSON, since there can be thousands."""

    version: str
    walk: int
    refused: bool = False
    """Google has refused its answer."""


class Cursor(Struct, omit_defaults=True):
    """The state of a location's poll."""

    walk: int = 0
    """Number of the full walk under way, else of the last one."""
    page: str | None = None
    """Where the walk under way goes on (empty: at its first page); None while there is none."""
    ended_at: int = 0
    """When the last full walk ended, µs."""
    newest: int = 0
    """The latest change of a review that was read, µs."""
    known: dict[str, Known] = {}

    def is_due(self, now: int, every_seconds: float) -> bool:
        """Whether a full walk should begin, or goes on."""
        return self.page is not None or now - self.ended_at >= every_seconds * 1_000_000

    def begin_walk(self) -> None:
        """Begin a full walk, unless one is under way."""
        if self.page is None:
            self.walk, self.page = self.walk + 1, ""

    def end_walk(self, now: int) -> list[str]:
        """End the walk under way. Returns the reviews that it and the walks before it missed, and forgets them: one
        that comes back is then new, which restores it.
        """
        self.page, self.ended_at = None, now
        gone = [review_id for review_id, known in self.known.items() if self.walk - known.walk >= MISSED_WALKS]
        for review_id in gone:
            del self.known[review_id]
        return gone

    def text(self) -> str:
        """The cursor as it is kept."""
        return json.encode(self).decode()


def cursor_of(text: str) -> Cursor:
    """The cursor that `text` kept; a new one for none, and for one that cannot be read: all is read again then."""
    try:
        return decode(text.encode(), Cursor) if text else Cursor()
    except PayloadInvalid:
        return Cursor()
