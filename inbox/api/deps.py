"""What the routes work with, made once by `inbox.app` and handed to `api_routes`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from connectors.contract import Asset, Template
from inbox.api.pages import Cursors
from inbox.auth import Auth
from inbox.commands.reply import ContextOf
from inbox.domain.events import Audience
from inbox.domain.figures import Asked, Behind
from inbox.domain.periods import Step
from inbox.domain.permissions import Principal, Scope
from inbox.domain.records import Channel
from inbox.domain.report_shapes import CataloguedReport, ExplainedWait, Floor, OwnDay, OwnDays, Report, Screen
from inbox.domain.rule_records import DryRun
from inbox.domain.rules import RuleVersion
from inbox.eventlog.bus import Bus
from inbox.eventlog.directory import Directory
from inbox.eventlog.show import Show
from inbox.eventlog.writer import Writer
from inbox.medialinks import MediaLinks
from inbox.passwords import Passwords
from inbox.seal import Sealer
from inbox.settings import Settings
from inbox.storage.database import Database
from inbox.throttle import Throttle
from inbox.transport.media import MediaStore

ChannelWork = Callable[[int], Awaitable[None]]
"""Something done for the channel, or the raw delivery, of that id. What the network says to it is noted there (health,
problem), not raised.
"""
TellMine = Callable[[int, dict[str, Any]], None]
"""Tell an agent's other windows what is his alone: (agent id, fields of the `mine` frame)."""
Mailer = Callable[[str, str, str], Awaitable[None]]
"""Send a mail of the service's own: (to, subject, text)."""


class SigningIn(Protocol):
    """Sign-ins for accounts of several channels (`delivery.signing_in`). All raise Invalid in the network's words."""

    async def url(self, connection_id: int, state: str, challenge: str) -> str:
        """Where an admin signs in."""
        ...

    async def redeem(self, connection_id: int, code: str, verifier: str) -> None:
        """Change a code for credentials, and keep them."""
        ...

    async def assets(self, connection_id: int) -> list[Asset]:
        """What the sign-in reaches."""
        ...

    async def add(
        self, principal: Principal, connection_id: int, chosen: Sequence[tuple[str, str]]
    ) -> list[tuple[Asset, Channel | None, str]]:
        """Make channels of what was chosen; per item its channel, and why it does not work yet."""
        ...


class Pushing(Protocol):
    """Calling agents' browsers (`notify.keys`)."""

    async def public(self) -> str:
        """The key that a page subscribes with, base64url."""
        ...

    def check(self, p256dh: str, auth: str) -> None:
        """Raise Invalid (`push_keys`) unless these can be a browser's key and secret."""
        ...


class Reporting(Protocol):
    """Figures over what the log's reader keeps (`reports.desk`). `table` and `behind` raise Invalid and NotFound for
    what cannot be asked.
    """

    def catalogue(self) -> list[CataloguedReport]:
        """All reports there are."""
        ...

    async def table(
        self, name: str, asked: Asked, scope: Scope, *, compare: bool = False, step: Step = "day"
    ) -> Report:
        """A report."""
        ...

    async def behind(
        self, name: str, cell: str, asked: Asked, scope: Scope, *, limit: int, after: Sequence[int] | None = None
    ) -> list[Behind]:
        """What is behind a cell, newest first, after an (instant, item)."""
        ...

    async def floor(self, scope: Scope) -> Floor:
        """The floor now."""
        ...

    async def day(self, agent_id: int, since: int, until: int, zone: str) -> OwnDay:
        """An agent's own figures."""
        ...

    async def days(self, agent_id: int, zone: str, count: int) -> OwnDays:
        """An agent's own last days."""
        ...

    async def screen(self, scope: Scope) -> Screen:
        """The floor now without names."""
        ...

    async def explain(self, wait_id: int, principal: Principal) -> ExplainedWait:
        """A wait, told."""
        ...

    def exported(self, report: Report, form: str) -> tuple[bytes, str]:
        """A report as a file: bytes and media type."""
        ...


class Claims(Protocol):
    """Who has which conversation while he writes (`live.presence`)."""

    def take(self, agent_id: int, conversation_id: int, audience: Audience) -> int:
        """Claim it for a minute from now; the instant at which that ends."""
        ...

    def holder(self, conversation_id: int) -> int | None:
        """The agent who claims it now."""
        ...

    def release(self, agent_id: int, conversation_id: int) -> None:
        """His claim ends, if he has one."""
        ...


class DryRunning(Protocol):
    """Counts what a rule would have done (`automation.dry_runs`)."""

    async def start(self, saying: RuleVersion, days: int, scope: Scope, agent_id: int | None) -> DryRun:
        """Begin to count; what is known at once."""
        ...


@dataclass(slots=True, kw_only=True)
class Deps:
    """The parts of a running service that routes may use."""

    settings: Settings
    database: Database
    writer: Writer
    directory: Directory
    show: Show
    auth: Auth
    sealer: Sealer
    cursors: Cursors
    context_of: ContextOf
    """What the connector of a channel may know of the world."""
    media: MediaStore
    """Where the bytes of attachments lie."""
    links: MediaLinks
    """Signs their addresses."""
    reports: Reporting
    pushing: Pushing
    """The key for browser push."""
    claims: Claims
    bus: Bus
    """Wake-ups: the feed waits for the head to move."""
    tell_mine: TellMine
    connect: ChannelWork
    """Run a channel's `setup` at its network and note the outcome as its health."""
    replay: ChannelWork
    """Take a quarantined delivery (raw id) in again."""
    disconnect: ChannelWork | None = None
    """Undo a channel's set-up at its network before it is removed."""
    authorise_url: Callable[[int, str, str], Awaitable[str]] | None = None
    """(channel id, state, PKCE challenge) → where an admin signs the channel in at its network."""
    redeem: Callable[[int, str, str], Awaitable[None]] | None = None
    """(channel id, code, PKCE verifier): change the code for credentials, keep them, set the channel up."""
    made_secrets: Callable[[int, Mapping[str, str]], Awaitable[dict[str, str]]] | None = None
    """(channel id, what was entered) → secrets that its set-up made, to be told once."""
    templates: Callable[[int], Awaitable[list[Template]]] | None = None
    """Channel id → what its network lets one begin with. Raises Invalid in the network's words."""
    signing_in: SigningIn | None = None
    """None where the process cannot reach networks."""
    mail: Mailer | None = None
    """None: no MAIL_URL, links are shown to be copied."""
    dry_runs: DryRunning | None = None
    """None where nothing runs in the background."""
    throttle: Throttle = field(default_factory=Throttle)
    passwords: Passwords = field(default_factory=Passwords)
