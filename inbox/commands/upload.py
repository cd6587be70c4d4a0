"""A file that an agent will attach: its bytes are kept already, no item has it yet."""

from __future__ import annotations

from connectors.outbound import Blob
from inbox.domain.permissions import Principal, require
from inbox.domain.records import Media
from inbox.domain.state import State
from inbox.eventlog.unit import Unit


class AddUpload(Unit):
    """Note the file. The result is its record."""

    def __init__(self, principal: Principal, blob: Blob) -> None:
        require(principal, "note")
        self.blob = blob

    def decide(self, state: State) -> Media:
        """A media row without an item."""
        return state.add(
            Media(
                id=state.next_id(),
                message_id=0,
                channel_id=0,
                state="upload",
                sha256=self.blob.sha256,
                mime=self.blob.mime,
                name=self.blob.name,
                size_bytes=self.blob.size_bytes,
                source="",
                attempts=0,
                reason="",
                created_at=state.now,
            )
        )
