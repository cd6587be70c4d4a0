"""Threads and the proof that a mail belongs to one."""

import pytest

from connectors.email import threads
from connectors.email.headers import split_headers
from connectors.email.threads import Placement
from tests.connectors.email.world import box

ROOT = "root@people.example"
OURS = threads.new_message_id(box(), threads.conv_of(ROOT), "key1")


def placed(*lines: str, to: tuple[str, ...] = (), mid: str = "new@people.example") -> Placement:
    """Where a mail with these headers belongs."""
    return threads.place(split_headers("\r\n".join(lines).encode())[0], mid, to, box())


def test_a_token_leads_to_its_thread() -> None:
    """An answer to our mail is in the thread of the mail that ours answered."""
    found = placed(f"In-Reply-To: <{OURS}>", f"References: <{ROOT}> <{OURS}>")

    assert found == Placement(ROOT, OURS, (ROOT, OURS), "token")


def test_a_token_without_its_root_leads_to_our_mail() -> None:
    """A client that drops References still answers the mail that the token names."""
    assert placed(f"In-Reply-To: <{OURS}>") == Placement(OURS, OURS, (OURS,), "token")


def test_a_token_beats_a_foreign_root() -> None:
    """Who has a token of his own thread cannot write into another by naming its root or its last mail."""
    found = placed(f"In-Reply-To: <victim-last@x.example> <{OURS}>", f"References: <victim@x.example> <{OURS}>")

    assert (found.thread_id, found.in_reply_to) == (OURS, OURS)


@pytest.mark.parametrize("at", [0, 3, 9, 12, 15, len(OURS) - 20])
def test_a_forged_token_is_dropped(at: int) -> None:
    """One changed letter makes an id nobody's."""
    letter = "b" if OURS[at] != "b" else "c"
    forged = OURS[:at] + letter + OURS[at + 1 :] if OURS[at] != "." else OURS[:at] + "b" + OURS[at:]

    assert threads.read_token(box(), forged) is None
    assert placed(f"In-Reply-To: <{forged}>").proof != "token"


def test_the_root_of_a_forward_is_our_own_mail() -> None:
    """Answers to a forward, and answers to answers, stay in the side thread."""
    root = threads.new_message_id(box(), threads.conv_of_new("key2"), "key2")
    later = threads.new_message_id(box(), threads.conv_of(root), "key3")

    assert placed(f"In-Reply-To: <{root}>").thread_id == root
    assert placed(f"References: <{root}> <x@y.example> <{later}>").thread_id == root


def test_the_plus_address_carries_the_token() -> None:
    """A mail without References is placed by the address it was sent to; a forged one is not."""
    address = threads.plus_address(box(), OURS)

    assert placed(to=(address,)).thread_id == OURS
    assert placed(to=(address.replace("+t", "+taaaa"),)).proof == ""
    assert box().is_ours(address)


def test_an_older_secret_still_verifies() -> None:
    """While a secret is rotated, tokens of the older one hold; of a foreign one, never."""
    import msgspec

    old = msgspec.structs.replace(box(), token_secrets=(b"old-made-up-secret",))
    foreign = msgspec.structs.replace(box(), token_secrets=(b"foreign",))

    assert threads.read_token(box(), threads.new_message_id(old, "aaaaaaaa", "k"))
    assert not threads.read_token(box(), threads.new_message_id(foreign, "aaaaaaaa", "k"))


def test_without_a_token_the_first_reference_is_the_thread() -> None:
    """References come first, then In-Reply-To, then Thread-Index, then the mail itself."""
    index = "Thread-Index: AdoAAQIDBAUGBwgJCgsMDQ4PEBESEw=="

    assert placed("References: <a@x> <b@x>", "In-Reply-To: <c@x>", index).thread_id == "a@x"
    assert placed("In-Reply-To: <c@x>", index) == Placement("c@x", "c@x", ("c@x",), "reference")
    assert placed(index).thread_id.startswith("thread-index:01da0001")
    assert placed("Thread-Index: garbage").thread_id == "new@people.example"


def test_references_are_capped() -> None:
    """The root and the newest stay."""
    ids = tuple(f"{i}@x" for i in range(50))

    assert threads.capped(ids) == (ids[0], *ids[-19:])


@pytest.mark.parametrize(
    ("subject", "base"),
    [
        ("Re: AW: WG: Fwd: Order", "Order"),
        ("Re[2]: RE(3): Order", "Order"),
        ("回复：转发: 订单", "订单"),
        ("ΑΠ: Παραγγελία", "Παραγγελία"),
        ("[EXT] VS: Tilaus", "Tilaus"),
        ("Bls: Պատ: x", "x"),
        ("Reply: x", "Reply: x"),
        ("Return: my order", "Return: my order"),
        ("", ""),
    ],
)
def test_prefixes_are_stripped(subject: str, base: str) -> None:
    """The subject's own words are left, in any language of prefixes."""
    assert threads.base_subject(subject) == base


def test_forwards_are_told_by_their_outermost_prefix() -> None:
    """A reply to a forward is no forward."""
    assert threads.is_forward("WG: Re: x")
    assert not threads.is_forward("Re: WG: x")
