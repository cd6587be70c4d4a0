"""Passwords."""

from __future__ import annotations

import asyncio

import pytest

from inbox.errors import Invalid
from inbox.passwords import Passwords, check_strength


async def test_a_password_matches_its_own_hash_only() -> None:
    """And no hash means no match, whatever is tried."""
    passwords = Passwords()
    stored = await passwords.hash("correct horse battery")

    assert stored.startswith("$argon2id$")
    assert await passwords.matches(stored, "correct horse battery")
    assert not await passwords.matches(stored, "Correct horse battery")
    assert not await passwords.matches(None, "nobody has this password")
    assert not await passwords.matches("broken", "correct horse battery")


async def test_only_two_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood of sign-ins waits instead of taking all the memory."""
    passwords = Passwords()
    running, most = 0, 0
    lock = asyncio.Lock()

    async def counted(function: object, *args: object) -> bool:
        nonlocal running, most
        async with lock:
            running += 1
            most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return True

    monkeypatch.setattr(asyncio, "to_thread", counted)
    await asyncio.gather(*[passwords.matches("x", "y") for _ in range(20)])

    assert most == 2


@pytest.mark.parametrize("good", ["a good long passphrase", "Ψωμί και αλάτι 7", "xK9#mPq2vL"])
def test_a_good_password_is_taken(good: str) -> None:
    """Length counts, not signs."""
    check_strength(good, "anna@example.org", "Anna")


@pytest.mark.parametrize("bad", ["short", "Password2024!", "anna@example.org", "ababababab", "x" * 501])
def test_what_is_guessed_first_is_refused(bad: str) -> None:
    """Short, common with trimmings, one's own address, hardly any letters, absurdly long."""
    with pytest.raises(Invalid):
        check_strength(bad, "anna@example.org", "Anna")
