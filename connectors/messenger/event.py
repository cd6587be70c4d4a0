"""One element of a delivery while it is being read: who is who in it, and when it was."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.contract import Context
from connectors.errors import PayloadInvalid
from connectors.inbound import Author, Thread
from connectors.messenger import payloads as fb
from connectors.messenger.manifest import HUMAN_AGENT_WINDOW_SECONDS, STANDARD_WINDOW_SECONDS

_US = 1_000_000

APPS = {"263902037430900": "Page Inbox", "1217981644879628": "Instagram Inbox"}
"""Facebook's own apps, in which colleagues may answer.
https://developers.facebook.com/docs/messenger-platform/handover-protocol (read 2026-11-22).
"""


@dataclass(frozen=True, slots=True)
class Event:
    """One element while it is being read: who is who in it, and when it was."""

    item: fb.Item
    page_id: str
    customer_id: str
    by_page: bool
    at: int
    is_standby: bool
    ctx: Context

    def key(self, kind: str, *facts: object) -> str:
        """Dedupe key: what happened, named by what the network tells apart."""
        return ":".join((kind, *(str(fact) for fact in facts)))

    @property
    def author(self) -> Author:
        """Who acted: the person, or the Page."""
        if self.by_page:
            return Author(external_id=self.page_id, is_self=True)
        return self.customer

    @property
    def customer(self) -> Author:
        """The person, whoever acted. Raises PayloadInvalid where nobody is named."""
        if not self.customer_id:
            raise PayloadInvalid("names no person", path="recipient" if self.by_page else "sender")
        return Author(external_id=self.customer_id)

    @property
    def thread(self) -> Thread:
        """The conversation with the person, without news of its window."""
        return Thread(external_id=self.customer.external_id, kind="direct", audience="private")

    @property
    def reopened(self) -> Thread:
        """The conversation after the person did something that opens the reply window."""
        human = self.ctx.settings.get("human_agent", "yes") != "no"
        seconds = HUMAN_AGENT_WINDOW_SECONDS if human else STANDARD_WINDOW_SECONDS
        return Thread(
            external_id=self.customer.external_id,
            kind="direct",
            audience="private",
            window_closes_at=self.at + seconds * _US,
        )
