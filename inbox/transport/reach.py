"""What one channel may talk to: the guard's rules put together with the channel's own base URL and its manifest."""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx2

from connectors.exchange import HttpRequest
from inbox.transport.guard import AddressRefused, Trust, canonical_host, host_matches

_HOST = re.compile(r"[a-z0-9._:-]+")
_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a URL leads: scheme, host and port."""

    scheme: str
    host: str
    port: int


def origin_of(url: str) -> Origin:
    """The origin of an absolute URL. Raises AddressRefused for anything that is not plainly http(s) or ws(s)."""
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, TypeError, UnicodeError) as invalid:
        raise AddressRefused(f"not a usable address: {invalid}") from None
    if parsed.scheme not in _DEFAULT_PORTS or not parsed.host:
        raise AddressRefused(f"only absolute http(s) and ws(s) addresses are used, not {parsed.scheme or 'relative'!r}")
    if parsed.userinfo:
        raise AddressRefused(f"an address with a user name in it ({parsed.host}): give credentials in a header")
    # The form that is connected to: international names as `xn--…`.
    host = canonical_host(parsed.raw_host.decode("ascii"))
    if _HOST.fullmatch(host) is None:
        raise AddressRefused(f"{host!r} is not the name of a host")
    return Origin(parsed.scheme, host, parsed.port or _DEFAULT_PORTS[parsed.scheme])


@dataclass(frozen=True, slots=True)
class Reach:
    """What one channel may talk to.

    `base_url` is the channel's own address of the network (admin-given or the manifest's), empty for mail;
    `media_hosts` are the manifest's.
    """

    base_url: str = ""
    media_hosts: tuple[str, ...] = ()
    sandbox: bool = False

    @property
    def given(self) -> Trust:
        """The trust in addresses that an admin entered for this channel."""
        return Trust.SANDBOX if self.sandbox else Trust.ADMIN

    def trust_of(self, request: HttpRequest) -> Trust:
        """Who gave the address of a request. Raises AddressRefused where an outside address breaks a rule that needs
        no resolving: https on its own port, and for media (`save_to="blob"`) a host that the manifest names.

        The channel's own origin is trusted as the admin's word wherever it turns up, so that a private home server can
        serve its own attachments; another port of the same private host is not.
        """
        target = origin_of(request.url)
        if not request.outside:
            return self.given
        own = origin_of(self.base_url) if self.base_url else None
        if target == own:
            return self.given
        if target.scheme != "https" or target.port != 443:
            raise AddressRefused(f"{target.host}: an address from outside must be https on port 443")
        own_host = own.host if own else ""
        if request.save_to == "blob" and target.host != own_host and not host_matches(target.host, self.media_hosts):
            raise AddressRefused(f"{target.host} is not one of the hosts that this network serves attachments from")
        return Trust.OUTSIDE
