"""`python -m bench [part…] [--short] [--engine sqlite|postgres] [--scale N]`: measures and prints, part by part."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from bench import clocks, fanout, load, parsing, reads, reports, rules, steps, writers
from bench.machine import Stores

PARTS = ("parsing", "steps", "load", "fanout", "reads", "reports", "rules", "clocks", "writers")


def main(words: list[str] | None = None) -> int:
    """Run the parts named, or all. 1 when a message was lost, doubled or out of order, or a batch was aborted."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; none: all")
    parser.add_argument("--short", action="store_true", help="seconds, to see that it runs; its figures mean little")
    parser.add_argument("--engine", action="append", choices=("sqlite", "postgres"), help="default: both")
    parser.add_argument(
        "--scale",
        type=float,
        default=None,
        help="of the parts that fill a database; 1 is a million conversations or waits, 100,000 clocks",
    )
    given = parser.parse_args(words)
    unknown = set(given.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))} (there are {', '.join(PARTS)})")
    engines = given.engine or ["sqlite", "postgres"]
    stores = Stores()
    faults: list[str] = []
    try:
        for name, measured in _parts(stores, engines, given.short, given.scale).items():
            if name in (given.parts or PARTS):
                faults += measured() or []
    finally:
        stores.close()
    for fault in faults:
        print(f"FAULT {fault}")
    return 1 if faults else 0


def _parts(
    stores: Stores, engines: list[str], short: bool, scale: float | None
) -> dict[str, Callable[[], list[str] | None]]:
    """Part → what measures it and says what went wrong, in the order they are run in."""

    def size(whole: float, little: float) -> float:
        return scale or (little if short else whole)

    return {
        "parsing": lambda: parsing.run(short=short),
        "steps": lambda: steps.run(stores, engines, short=short),
        "load": lambda: load.run(stores, engines, short=short),
        "fanout": lambda: fanout.run(short=short),
        "reads": lambda: reads.run(stores, engines, scale=size(1.0, 0.002)),
        "reports": lambda: reports.run(stores, engines, scale=size(1.0, 0.005)),
        "rules": lambda: rules.run(stores, engines, short=short, scale=size(0.3, 0.002)),
        "clocks": lambda: clocks.run(stores, engines, scale=size(1.0, 0.02)),
        "writers": lambda: writers.run(stores, short=short) if "postgres" in engines else [],
    }


if __name__ == "__main__":
    sys.exit(main())
