"""The guard: which addresses may be reached, by whom, and that the address judged is the address connected to."""

import ipaddress
import socket

import pytest

from inbox.transport.guard import AddressRefused, Guard, Trust, host_matches, is_global
from tests.inbox.transport.peers import http_peer


class Rebinding:
    """A name server that gives another answer each time, as an attacker's does."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked += 1
        return [self.answers.pop(0)]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1",
        "255.255.255.255", "192.0.0.8", "198.18.0.1", "203.0.113.7", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1",
        "2002:7f00:1::", "2002:808:808::1", "2001::1", "2001:db8::1", "3fff::1", "100::1", "5f00::1",
    ],
)  # fmt: skip
def test_special_addresses_are_not_global(address: str) -> None:
    """Loopback, private, link-local, metadata, documentation and everything that wraps them is not global."""
    assert not is_global(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_are_global(address: str) -> None:
    """A public address is global, also as DNS64 or a mapped address writes it."""
    assert is_global(ipaddress.ip_address(address))


@pytest.mark.parametrize("host", ["127.1", "0x7f.1", "2130706433", "0177.0.0.1", "0x7f000001", "10.1", "1.2.3.256"])
@pytest.mark.parametrize("trust", list(Trust))
async def test_unusual_spellings_of_an_address_are_refused(host: str, trust: Trust) -> None:
    """What a C library would read as an address, but a person would not, is refused before it is resolved."""
    with pytest.raises(AddressRefused, match="unusual spelling"):
        await Guard(["127.0.0.0/8"]).addresses(host, 80, trust)


@pytest.mark.parametrize(("trust", "allowed"), [(Trust.ADMIN, False), (Trust.SANDBOX, True), (Trust.OUTSIDE, False)])
async def test_only_the_sandbox_reaches_loopback_unlisted(trust: Trust, allowed: bool) -> None:
    """Loopback is for sandbox channels, nobody else, unless it is listed."""
    guard = Guard()

    if allowed:
        assert await guard.addresses("127.0.0.1", 80, trust) == ["127.0.0.1"]
    else:
        with pytest.raises(AddressRefused):
            await guard.addresses("127.0.0.1", 80, trust)


@pytest.mark.parametrize("entry", ["10.0.0.0/8", "10.9.8.7", "crm.internal", "CRM.internal."])
async def test_listing_opens_a_private_address_to_admins_alone(entry: str) -> None:
    """INBOX_ALLOW_PRIVATE takes networks, addresses and names, and means nothing for outside addresses."""
    guard = Guard([entry], resolver=Rebinding("10.9.8.7", "10.9.8.7"))

    assert await guard.addresses("crm.internal", 443, Trust.ADMIN) == ["10.9.8.7"]
    with pytest.raises(AddressRefused, match="not a public address"):
        await guard.addresses("crm.internal", 443, Trust.OUTSIDE)


async def test_a_listed_name_never_leads_to_the_metadata_service() -> None:
    """A name that is listed and then points to 169.254.169.254 is refused."""
    guard = Guard(["crm.internal"], resolver=Rebinding("169.254.169.254"))

    with pytest.raises(AddressRefused, match="INBOX_ALLOW_PRIVATE"):
        await guard.addresses("crm.internal", 80, Trust.ADMIN)


@pytest.mark.parametrize("host", ["a..b", ".a", "a" * 64, "a" * 64 + ".example"])
async def test_what_can_be_no_name_is_refused(host: str) -> None:
    """The system's resolver cannot even be asked for it."""
    with pytest.raises(AddressRefused, match="not the name of a host"):
        await Guard().addresses(host, 443, Trust.ADMIN)


def test_a_wrong_entry_is_named() -> None:
    """An entry with host bits set is an error at start, not a hole."""
    with pytest.raises(ValueError, match="host bits"):
        Guard(["10.0.0.1/8"])


async def test_the_connection_goes_to_the_address_that_was_judged() -> None:
    """The name is asked for once: an answer that changes afterwards is never seen."""
    resolver = Rebinding("127.0.0.2", "127.0.0.1")
    guard = Guard(["127.0.0.2"], resolver=resolver)

    async with http_peer(b"", host="127.0.0.2") as peer:
        sock = await guard.connect("rebind.example", peer.port, Trust.ADMIN, timeout_seconds=2)
        with sock:
            assert sock.getpeername()[0] == "127.0.0.2"
            assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert resolver.asked == 1
        with pytest.raises(AddressRefused):
            await guard.connect("rebind.example", peer.port, Trust.ADMIN, timeout_seconds=2)


async def test_the_next_address_is_tried_when_one_does_not_answer(free_port: int) -> None:
    """A host with a dead first address is reached at its second; refused ones among them are left out."""

    async def two(host: str, port: int) -> list[str]:
        return ["10.0.0.1", "127.0.0.3", "127.0.0.1"]

    async with http_peer(b"") as peer:
        guard = Guard(["127.0.0.0/8"], resolver=two)
        with await guard.connect("two.example", peer.port, Trust.ADMIN, timeout_seconds=2) as sock:
            assert sock.getpeername()[0] == "127.0.0.1"
    with pytest.raises(ConnectionRefusedError):
        await guard.connect("two.example", free_port, Trust.ADMIN, timeout_seconds=2)


@pytest.mark.parametrize(
    ("host", "matches"),
    [
        ("cdn.example", True), ("CDN.example.", True), ("a.media.example", True), ("media.example", False),
        ("xmedia.example", False), ("media.example.evil", False), ("cdn.example.evil", False),
    ],
)  # fmt: skip
def test_media_hosts_match_names_and_suffixes(host: str, matches: bool) -> None:
    """`*.suffix` means names below it, a name means itself, and nothing matches by accident."""
    assert host_matches(host, ("cdn.example", "*.media.example")) is matches
