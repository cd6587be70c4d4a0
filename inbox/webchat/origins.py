"""Which websites a chat may stand on. Origins are compared part by part, never by pieces of text."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

import msgspec

_PORTS = {"http": 80, "https": 443}


class Pattern(msgspec.Struct, frozen=True):
    """An origin, or all hosts below one (`https://*.shop.example`)."""

    scheme: str
    host: str
    port: int | None
    below: bool

    def matches(self, other: Pattern) -> bool:
        """Whether an origin is meant by this pattern."""
        if (self.scheme, self.port) != (other.scheme, other.port):
            return False
        return other.host.endswith("." + self.host) if self.below else other.host == self.host

    def __str__(self) -> str:
        port = "" if self.port in (None, _PORTS.get(self.scheme)) else f":{self.port}"
        return f"{self.scheme}://{'*.' if self.below else ''}{self.host}{port}"


def pattern_of(text: str) -> Pattern | None:
    """An origin or pattern as text; None for what is neither (`null`, a path, another scheme)."""
    try:
        parts = urlsplit(text.strip().rstrip("/"))
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not host or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        return None
    below = host.startswith("*.")
    host = host.removeprefix("*.")
    if "*" in host or not host:
        return None
    return Pattern(parts.scheme, host, port or _PORTS[parts.scheme], below)


def patterns_of(text: str) -> tuple[Pattern, ...]:
    """The allow-list of a channel: one origin a line. What is no origin allows nobody."""
    found = (pattern_of(line) for line in text.replace(",", " ").split())
    return tuple(one for one in found if one is not None)


def is_allowed(origin: str | None, allowed: Sequence[Pattern], *, own: str, host: str) -> bool:
    """Whether a browser's Origin header may talk to the chat: the allow-list, our own address, or the very host it was
    sent to. None (no header: not a browser) is allowed, `null` is not.
    """
    if origin is None:
        return True
    asked = pattern_of(origin)
    if asked is None or asked.below:
        return False
    mine = [one for one in (pattern_of(own), pattern_of(f"{asked.scheme}://{host}")) if one is not None]
    return any(one.matches(asked) for one in [*allowed, *mine])


def is_blocked(address: str, blocked: Iterable[str]) -> bool:
    """Whether an IP address lies in one of the networks."""
    try:
        asked = ipaddress.ip_address(address)
    except ValueError:
        return False
    for line in blocked:
        try:
            if asked in ipaddress.ip_network(line, strict=False):
                return True
        except ValueError:
            continue
    return False
