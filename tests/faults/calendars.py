"""The long form of the check of business hours: many calendars by chance, each against a clock looked at once a minute.

    python -m tests.faults.calendars [COUNT] [FIRST_SEED]

Prints how many were compared, and stops with the seed of the first difference.
"""

from __future__ import annotations

import sys
import time

from tests.inbox.domain.wall_clock import difference

DEFAULT_COUNT = 100_000


def main(count: int = DEFAULT_COUNT, first: int = 0) -> int:
    """Compare; the exit status."""
    began = time.monotonic()
    for done, seed in enumerate(range(first, first + count), 1):
        found = difference(seed)
        if found:
            sys.stderr.write(f"{found}\n")
            return 1
        if done % 1_000 == 0 or done == count:
            sys.stdout.write(f"{done} calendars, 0 s difference, {time.monotonic() - began:.0f} s\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:3])))
