"""Errors a connector may raise. Each carries its own treatment, so that no caller ever looks at an error's text.

ConnectorError
├── SignatureInvalid   the request is not from the network → 401, nothing stored
├── KeyUnknown(kid)    signed by a key not yet loaded → transport loads `manifest.keys_url`, verify is called again
├── PayloadInvalid     one element cannot be understood → that element alone is quarantined
├── PlanRefused        an action cannot be carried out as asked → refused before anything is sent (422 in the API)
└── SendError(kind)    the network refused or could not be reached → the kind alone decides what becomes of it
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ConnectorError(Exception):
    """Root of everything a connector raises on purpose."""


class SignatureInvalid(ConnectorError):
    """The request does not carry a valid signature. The text is for the log; the caller learns nothing but 401."""


class KeyUnknown(ConnectorError):
    """The request names a signing key that `Context.keys` does not hold."""

    def __init__(self, kid: str) -> None:
        super().__init__(f"signing key {kid!r} is not loaded")
        self.kid = kid


class PayloadInvalid(ConnectorError):
    """An element of a delivery cannot be understood. `path` says where, in the network's own words."""

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path


class PlanRefused(ConnectorError):
    """An action that this network, or this thread at this moment, does not allow.

    `code` is stable and machine readable (`too_long`, `window_closed`, `attachment_type`, `attachment_size`,
    `not_supported`, `empty`, `recipient_missing`, `options`); `detail` says in words what to do instead; `limit`,
    `actual` and `unit` are set for lengths and sizes.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        limit: int | None = None,
        actual: int | None = None,
        unit: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.limit = limit
        self.actual = actual
        self.unit = unit


class SendErrorKind(StrEnum):
    """Why a request to a network did not do what it should. The kind alone decides what happens next: to the part, see
    `TREATMENT`; after `reauth` the channel needs attention, and what is for it waits.
    """

    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"
    REJECTED = "rejected"
    REAUTH = "reauth"
    WINDOW_CLOSED = "window_closed"
    RECIPIENT_GONE = "recipient_gone"
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Treatment:
    """What a kind of failure means for the part that was being sent."""

    said: str
    """What the agent reads under the message."""
    retry: bool = False
    """Try the same part again later, with back-off or at `SendError.until`."""
    given_up: str = ""
    """What he reads instead once nothing is tried any more."""


TREATMENT: dict[SendErrorKind, Treatment] = {
    SendErrorKind.THROTTLED: Treatment(
        "The network asked us to slow down. It is sent as soon as it allows.",
        retry=True,
        given_up="The network asked us to slow down each time it was tried.",
    ),
    SendErrorKind.UNREACHABLE: Treatment(
        "The network could not be reached. It is tried again.",
        retry=True,
        given_up="The network could not be reached, however often it was tried.",
    ),
    SendErrorKind.REJECTED: Treatment("The network refused it."),
    SendErrorKind.REAUTH: Treatment("The channel needs to be signed in again before anything can be sent."),
    SendErrorKind.WINDOW_CLOSED: Treatment("The network accepts no free text now: the reply window has closed."),
    SendErrorKind.RECIPIENT_GONE: Treatment("The person blocked us, left or no longer exists."),
    SendErrorKind.TOO_LARGE: Treatment("It is too large for the network."),
    SendErrorKind.UNKNOWN: Treatment("Not sure it arrived."),
}


class SendError(ConnectorError):
    """A request to the network failed in a known way.

    `until` is the earliest instant (µs) at which a throttled request may be repeated, None where the network did not
    say. `reason` is the network's own explanation, shown to the agent after the sentence of the kind; it never holds a
    credential.
    """

    def __init__(self, kind: SendErrorKind, reason: str = "", *, until: int | None = None) -> None:
        super().__init__(f"{kind}: {reason}" if reason else str(kind))
        self.kind = kind
        self.reason = reason
        self.until = until

    @property
    def treatment(self) -> Treatment:
        """The consequences of this kind of failure."""
        return TREATMENT[self.kind]
