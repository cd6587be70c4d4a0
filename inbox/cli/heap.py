"""How the C library keeps memory, as glibc lets it be said (mallopt(3), malloc_trim(3), read 2026-11-22). Without
effect where the C library is another.
"""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Callable

_ARENA_MAX = -8
_SECONDS = 30.0


def of_all_threads() -> None:
    """Have all threads allocate from one heap, before there are any: each of its own would keep what it once needed,
    and what a thread of ours does without Python's lock allocates little.
    """
    mallopt = _function("mallopt")
    if mallopt is not None:
        mallopt(_ARENA_MAX, 1)


async def give_back() -> None:
    """Until cancelled: give what is free inside the heap back to the system, now and then. Passwords, certificates and
    bulk work need much for a moment.
    """
    trim = _function("malloc_trim")
    while trim is not None:
        await asyncio.to_thread(trim, 0)
        await asyncio.sleep(_SECONDS)


def _function(name: str) -> Callable[..., int] | None:
    try:
        found: Callable[..., int] = getattr(ctypes.CDLL(None), name)
    except (OSError, AttributeError):
        return None
    return found
