"""What the routes work with, made once by `inbox.app` and handed to `api_routes`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from inbox.api.pages import Cursors
from inbox.auth import Auth
from inbox.eventlog.directory import Directory
from inbox.eventlog.show import Show
from inbox.eventlog.writer import Writer
from inbox.passwords import Passwords
from inbox.seal import Sealer
from inbox.settings import Settings
from inbox.storage.database import Database
from inbox.throttle import Throttle

ChannelWork = Callable[[int], Awaitable[None]]
"""Something done for the channel, or the raw delivery, of that id. What the network says to it is noted there (health,
problem), not raised.
"""

Mailer = Callable[[str, str, str], Awaitable[None]]
"""Send a mail of the service's own: (to, subject, text)."""


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
    connect: ChannelWork
    """Run a channel's `setup` at its network and note the outcome as its health."""
    replay: ChannelWork
    """Take a quarantined delivery (raw id) in again."""
    disconnect: ChannelWork | None = None
    """Undo a channel's set-up at its network before it is removed."""
    mail: Mailer | None = None
    """None: no MAIL_URL, links are shown to be copied."""
    throttle: Throttle = field(default_factory=Throttle)
    passwords: Passwords = field(default_factory=Passwords)
