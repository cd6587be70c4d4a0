"""Whether From is vouched for."""

import pytest

from connectors.email import threads, trust
from connectors.email.headers import Address, split_headers
from tests.connectors.email.world import box, mail, one

ID = "mx.shop.example"


def verdict(*results: str) -> trust.Verdict:
    """What these Authentication-Results fields, top first, say of anna@mail.people.example."""
    lines = "\r\n".join(f"Authentication-Results: {one}" for one in results)
    return trust.verdict(split_headers(lines.encode())[0], "anna@mail.people.example", ID)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (f"{ID}; dmarc=pass header.from=people.example", "pass"),
        (f"{ID} 1; dkim=fail; DMARC=PASS", "pass"),
        (f"{ID}; dkim=pass header.d=people.example; dmarc=fail", "fail"),
        (f"{ID}; dkim=pass header.d=people.example", "pass"),
        (f"{ID}; dkim=fail header.d=people.example; dkim=pass header.i=@mail.people.example", "pass"),
        (f"{ID}; dkim=pass header.d=evil.example", "none"),
        (f"{ID}; dkim=pass header.d=example", "none"),
        (f"{ID}; spf=pass smtp.mailfrom=bounce@people.example", "pass"),
        (f"{ID}; spf=softfail smtp.mailfrom=people.example", "none"),
        (f"{ID}; none", "none"),
        (f"{ID} (dmarc=pass; ); spf=none", "none"),
        ("evil.example; dmarc=pass", "none"),
        ("", "none"),
    ],
)
def test_results_are_read(result: str, expected: str) -> None:
    """DMARC decides, else an aligned DKIM or SPF check; comments and other servers' words count for nothing."""
    assert verdict(result) == expected


def test_only_the_topmost_field_counts() -> None:
    """A field that the sender wrote below our server's own is not read."""
    assert verdict(f"{ID}; dmarc=fail", f"{ID}; dmarc=pass") == "fail"
    assert verdict("other.example; dmarc=fail", f"{ID}; dmarc=pass") == "none"


@pytest.mark.parametrize(
    ("headers", "settings", "verified"),
    [
        ((f"Authentication-Results: {ID}; dmarc=pass",), {}, True),
        ((f"Authentication-Results: {ID}; dmarc=fail",), {}, False),
        ((), {}, False),
        ((), {"authserv_id": ""}, None),
    ],
)
def test_authors_are_marked(headers: tuple[str, ...], settings: dict[str, str], verified: bool | None) -> None:
    """Verified, merely claimed, or not checked at all; a claimed address is no alias to join people by."""
    author = one(mail(*headers), **settings).author

    assert author.is_verified is verified
    assert bool(author.aliases) is (verified is not False)


def test_a_token_of_ours_lifts_the_doubt() -> None:
    """Who answers our own mail is not marked as unverified, though forwarders break DMARC."""
    ours = threads.new_message_id(box(), "aaaaaaaa", "key1")

    assert one(mail(f"In-Reply-To: <{ours}>")).author.is_verified is None


def test_disguises_are_found() -> None:
    """A name that shows another address, or a domain of two alphabets, is never verified."""
    assert trust.is_disguised(Address("ceo@shop.example", "x@evil.example"))
    assert not trust.is_disguised(Address("anna@x.example", "anna@x.example"))
    assert trust.is_mixed_script("a@pаypal.example")
    assert not trust.is_mixed_script("a@παράδειγμα.example")
    assert not trust.is_mixed_script("a@paypal.example")


def test_from_gives_no_rights() -> None:
    """A mail that claims to be from us is ours only when vouched for, never by From."""
    spoofed = mail(sender="Shop <support@shop.example>")
    vouched = mail(f"Authentication-Results: {ID}; dmarc=pass", sender="Shop <support@shop.example>")

    assert not one(spoofed).author.is_self
    assert one(spoofed).needs_answer
    assert one(vouched).author.is_self
