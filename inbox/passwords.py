"""Passwords: hashed with argon2id in a thread, a few at a time, so that a flood of sign-ins costs waiting, not memory.

19 MiB and two passes take about 25 ms here; the OWASP Password Storage Cheat Sheet names these as its least parameters
for argon2id (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html, read 2026-11-21).
"""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from inbox.errors import Invalid

LEAST = 10
MOST = 500
_AT_ONCE = 2
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Words that any guesser begins with; compared after folding, with digits and signs at the ends taken off.
_COMMON = frozenset(
    {
        "password", "passwort", "passw0rd", "letmein", "welcome", "qwerty", "qwertyuiop", "qwertzuiop", "iloveyou",
        "football", "baseball", "dragon", "monkey", "sunshine", "princess", "administrator", "changeme", "starwars",
        "whatever", "trustno", "superman",
    }
)  # fmt: skip


def check_strength(password: str, *about: str) -> None:
    """Raise Invalid for a password that is too short, too long, common, or made of the person's own address or name."""
    if not LEAST <= len(password) <= MOST:
        raise Invalid(f"the password has {len(password)} characters: take {LEAST} to {MOST}", code="weak_password")
    folded = password.casefold()
    core = folded.strip("0123456789!?.,-_*#$ ")
    own = {part for text in about for part in (text.casefold(), text.casefold().split("@")[0]) if part}
    if core in _COMMON or len(set(folded)) < 4 or core in own or folded in own:
        raise Invalid("that password is among the first to be guessed: take another", code="weak_password")


class Passwords:
    """Hashes and checks, off the event loop."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._nobody = _hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """What is stored of a password."""
        async with self._turns:
            return await asyncio.to_thread(_hasher.hash, password)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether it is the password. Takes as long where there is none stored (None or empty)."""
        async with self._turns:
            return await asyncio.to_thread(self._matches, stored or "", password)

    def _matches(self, stored: str, password: str) -> bool:
        try:
            _hasher.verify(stored or self._nobody, password)
        except (Argon2Error, InvalidHashError):
            return False
        return bool(stored)
