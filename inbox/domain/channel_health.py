"""Why a channel does not work, as it is kept in one column: a code that programs and languages can word, and the
English of it, which is the network's own explanation where it gave one.
"""

from __future__ import annotations

from typing import Literal, get_args

HealthCode = Literal[
    "", "throttled", "unreachable", "rejected", "reauth", "window_closed", "recipient_gone", "too_large", "unknown",
    "revoked", "disconnected", "fault",
]  # fmt: skip
"""The kinds of `connectors.errors.SendErrorKind`; `revoked`: the network told us that it withdrew our access;
`disconnected`: an admin removed the channel; `fault`: a fault of ours, in the log; empty: nothing is said.
"""
_CODES = frozenset(get_args(HealthCode)) - {""}


def noted(code: HealthCode, reason: str) -> str:
    """Both, as they are kept."""
    return f"{code}: {reason}" if code else reason


def parted(kept: str) -> tuple[HealthCode, str]:
    """(code, reason in English) of what was kept; without a code where it has none that we know."""
    code, colon, reason = kept.partition(": ")
    return (code, reason) if colon and code in _CODES else ("", kept)  # type: ignore[return-value]
