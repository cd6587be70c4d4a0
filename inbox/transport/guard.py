"""Which addresses may be reached: the guard against requests that were talked into going inside (SSRF).

A name is resolved here, once; its addresses are judged; and the connection is made to an address that was judged,
never to the name, so that a name server which answers differently a moment later (DNS rebinding) gains nothing. What is
allowed follows from who gave the address (`Trust`). Redirects are never followed: a connector that wants to asks for
the next address, which is judged like any other.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Iterable
from enum import StrEnum
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver: TypeAlias = Callable[[str, int], Awaitable[list[str]]]
"""(host, port) → addresses as text. Raises OSError when the name has none."""

# Special-purpose registries of IANA: what is not globally reachable, whatever `is_global` of this Python says.
# https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry, read 2026-11-22.
_NOT_GLOBAL_V4 = tuple(
    ipaddress.IPv4Network(net)
    for net in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
# Protocol assignments with Teredo and ORCHID, documentation, 6to4 (deprecated, hides any IPv4 address), AS112.
_NOT_GLOBAL_V6 = tuple(
    ipaddress.IPv6Network(net) for net in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
# Providers of machines answer here with the machine's own credentials. A listed *name* never leads there.
_METADATA = tuple(
    ipaddress.ip_network(net) for net in ("169.254.0.0/16", "100.100.100.200/32", "fe80::/10", "fd00:ec2::/32")
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
_LAST_LABEL_IS_NUMBER = re.compile(r"(?:^|\.)(?:[0-9]+|0[xX][0-9a-fA-F]*)\.?$")


class Trust(StrEnum):
    """Who gave an address, and so where it may lead."""

    ADMIN = "admin"
    """Entered by an admin, or written in a connector: global, or listed in INBOX_ALLOW_PRIVATE."""
    SANDBOX = "sandbox"
    """As ADMIN, on a sandbox channel: this machine's loopback too, where the simulators are served."""
    OUTSIDE = "outside"
    """Came from a network or a stranger: global only."""


class AddressRefused(Exception):
    """The guard does not let a request go there. The text names the host and the remedy, never a whole URL."""


async def system_resolver(host: str, port: int) -> list[str]:
    """Addresses of a name, in the order the system prefers."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class Guard:
    """Judges addresses and makes connections to those that pass. One per process; holds no connection."""

    def __init__(self, allow_private: Iterable[str] = (), *, resolver: Resolver = system_resolver) -> None:
        """`allow_private`: addresses, networks in CIDR form or host names that an admin may name though they are not
        global. Raises ValueError for an entry such as `10.0.0.1/8` that is none of these.
        """
        self._resolve = resolver
        self._private_networks: list[Network] = []
        self._private_hosts: set[str] = set()
        for entry in allow_private:
            if "/" in entry or _literal(entry) is not None:
                self._private_networks.append(ipaddress.ip_network(entry))
            else:
                self._private_hosts.add(canonical_host(entry))

    async def addresses(self, host: str, port: int, trust: Trust) -> list[str]:
        """The addresses of a host that may be connected to, in order of preference; at least one.

        Raises AddressRefused when none may, OSError when the name has none.
        """
        name = canonical_host(host)
        literal = _literal(name)
        if literal is None and _LAST_LABEL_IS_NUMBER.search(name):
            # `127.1`, `0x7f.1`, `2130706433`: C libraries read these as IPv4 addresses, and a resolver may too.
            raise AddressRefused(f"{host!r} is an unusual spelling of an IP address: write it as four decimal numbers")
        found = [str(literal)] if literal is not None else await self._looked_up(name, port)
        allowed = [address for address in found if self._may_reach(name, address, trust)]
        if not allowed:
            raise AddressRefused(_refusal(host, found, trust))
        return allowed

    async def connect(self, host: str, port: int, trust: Trust, *, timeout_seconds: float) -> socket.socket:
        """A connected, non-blocking socket to an allowed address of the host; the caller owns it.

        Addresses are tried in order within the time given. Raises AddressRefused, OSError (the last one met) or
        TimeoutError. Keep-alive is on, so that a peer which vanished is noticed within two minutes.
        """
        async with asyncio.timeout(timeout_seconds):
            last: OSError = OSError(f"{host} has no address")
            for address in await self.addresses(host, port, trust):
                try:
                    return await _connected(address, port)
                except OSError as refused:
                    last = refused
            raise last

    async def _looked_up(self, name: str, port: int) -> list[str]:
        try:
            return await self._resolve(name, port)
        except UnicodeError as unspeakable:  # `a..b`, a label of 64 letters: Python gives up before it asks anyone
            raise AddressRefused(f"{name[:80]!r} is not the name of a host") from unspeakable

    def _may_reach(self, name: str, text: str, trust: Trust) -> bool:
        address = _bare(ipaddress.ip_address(text.partition("%")[0]))
        if is_global(address):
            return True
        if trust is Trust.OUTSIDE:
            return False
        if trust is Trust.SANDBOX and _within(address, _LOOPBACK):
            return True
        if _within(address, self._private_networks):
            return True
        return name in self._private_hosts and _nameable(address)


def is_global(address: Address) -> bool:
    """Whether an address can belong to somebody else's public server. Addresses that carry an IPv4 address are judged
    by it.
    """
    bare = _bare(address)
    if isinstance(bare, ipaddress.IPv4Address):
        return not any(bare in network for network in _NOT_GLOBAL_V4)
    return bare in _GLOBAL_V6 and not any(bare in network for network in _NOT_GLOBAL_V6)


def canonical_host(host: str) -> str:
    """A host name for comparing: lower case, no brackets, no final dot."""
    return host.strip("[]").rstrip(".").lower()


def host_matches(host: str, patterns: Iterable[str]) -> bool:
    """Whether a host is one of the patterns: a name, or `*.suffix` for the names below it. An IP address matches only
    itself.
    """
    name = canonical_host(host)
    for pattern in map(str.lower, patterns):
        if name == pattern or (pattern.startswith("*.") and name.endswith(pattern[1:]) and _literal(name) is None):
            return True
    return False


def _literal(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _bare(address: Address) -> Address:
    """The IPv4 address that an IPv4-mapped or NAT64 address stands for; others as they are."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _nameable(address: Address) -> bool:
    return not (_within(address, _METADATA) or address.is_multicast or address.is_unspecified or address.is_reserved)


def _refusal(host: str, found: list[str], trust: Trust) -> str:
    where = f"{host} ({', '.join(found)})" if found != [host] else host
    if trust is Trust.OUTSIDE:
        return f"{where} is not a public address: what networks and strangers name is fetched from public servers only"
    return f"{where} is a private address: list the host or its network in INBOX_ALLOW_PRIVATE to allow it"


async def _connected(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        keep_alive(sock)
        await asyncio.get_running_loop().sock_connect(sock, (address, port))
    except BaseException:
        sock.close()
        raise
    return sock


def keep_alive(sock: socket.socket) -> None:
    """Have the system probe an idle peer after 60 s and give it up after 60 s more (Linux; elsewhere: its defaults)."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4), ("TCP_USER_TIMEOUT", 60_000)):
        option = getattr(socket, name, None)
        if option is not None:
            sock.setsockopt(socket.IPPROTO_TCP, option, value)
