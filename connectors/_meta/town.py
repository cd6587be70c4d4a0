"""What the family's simulators have in common where they are one world: a private answer to a comment on a page is read
in the Messenger of whoever wrote it, and he answers it there.
"""

from __future__ import annotations

from collections.abc import Callable

from connectors.contract import Opened

Delivered = tuple[str, str]
"""(whom it went to, the message), as the answer of `POST /{page}/messages` names both."""


class Town:
    """One place for all simulators that live in it. Alone, a simulator has a town of its own."""

    def __init__(self) -> None:
        self.opened: list[Opened] = []
        """What was opened and not asked for yet."""
        self.messenger: Callable[[str, str, str, int], Delivered] | None = None
        """Puts words of the page into a person's Messenger: (key, name, text, now µs). None where nobody has one."""
