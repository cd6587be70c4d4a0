"""Named points between effects at which tests end this process as a crash would.

`INBOX_FAILPOINTS=outbox.after_send` kills it with SIGKILL the first time that point is reached,
`outbox.after_send:3` the third time; several are separated by commas. Unset, as always in service, a point costs one
look into an empty dictionary.
"""

from __future__ import annotations

import os
import signal


def _armed(text: str) -> dict[str, int]:
    points: dict[str, int] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        name, _, times = entry.partition(":")
        points[name] = int(times or 1)
    return points


_left = _armed(os.environ.get("INBOX_FAILPOINTS", ""))


def failpoint(name: str) -> None:
    """Die here if this point is armed and its turn has come."""
    if _left and name in _left:
        _left[name] -= 1
        if _left[name] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
