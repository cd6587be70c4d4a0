"""A sign-in that was begun here can be finished here, within its time, and nothing else can."""

from __future__ import annotations

import base64
import hashlib

import pytest

from inbox import clock
from inbox.api.oauth import VALID, States
from inbox.errors import Forbidden

KEY = "k" * 40


@pytest.mark.parametrize("kind", ["channel", "connection"])
def test_a_state_names_what_it_is_for(kind: str) -> None:
    """What was made for a channel or a connection reads back as that one."""
    states = States(KEY)

    assert states.read(states.make(f"{kind}:7")) == (kind, 7)


def test_no_two_states_are_alike() -> None:
    """Each begun sign-in has a state and verifier of its own."""
    states = States(KEY)
    one, other = states.make("channel:7"), states.make("channel:7")

    assert one != other
    assert states.verifier(one) != states.verifier(other)


@pytest.mark.parametrize("bad", ["", "7", "7.1.x", "8.99999999999999999.n.sig", "a.b.c.d"])
def test_a_state_of_somebody_else_is_refused(bad: str) -> None:
    """Whatever we did not sign is refused."""
    with pytest.raises(Forbidden):
        States(KEY).read(bad)


def test_a_changed_state_is_refused() -> None:
    """Another channel's number in a good state is refused."""
    state = States(KEY).make(7)

    with pytest.raises(Forbidden):
        States(KEY).read("8" + state[1:])


def test_an_old_state_is_refused() -> None:
    """After a quarter of an hour it has to be begun again."""
    states, now = States(KEY), clock.now()
    state = states.make("channel:7")
    clock.set_clock(lambda: now + VALID + 1_000_000)
    try:
        with pytest.raises(Forbidden):
            states.read(state)
    finally:
        clock.set_clock(None)


def test_the_challenge_is_the_digest_of_the_verifier() -> None:
    """PKCE S256, as RFC 7636 has it."""
    states = States(KEY)
    state = states.make("channel:7")
    digest = hashlib.sha256(states.verifier(state).encode()).digest()

    assert states.challenge(state) == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
