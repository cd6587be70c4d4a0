"""`python -m bench [part…] [--short] [--engine sqlite|postgres] [--scale N]`: measures and prints, part by part."""

from __future__ import annotations

import argparse
import sys

from bench import fanout, load, parsing, reads, reports, steps, writers
from bench.machine import Stores

PARTS = ("parsing", "steps", "load", "fanout", "reads", "reports", "writers")


def main(words: list[str] | None = None) -> int:
    """Run the parts named, or all. 1 when a message was lost, doubled or out of order, or a batch was aborted."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; none: all")
    parser.add_argument("--short", action="store_true", help="seconds, to see that it runs; its figures mean little")
    parser.add_argument("--engine", action="append", choices=("sqlite", "postgres"), help="default: both")
    parser.add_argument(
        "--scale", type=float, default=None, help="of the read and report parts; 1 is a million conversations or waits"
    )
    given = parser.parse_args(words)
    unknown = set(given.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))} (there are {', '.join(PARTS)})")
    engines = given.engine or ["sqlite", "postgres"]
    chosen = given.parts or PARTS
    stores = Stores()
    faults: list[str] = []
    try:
        if "parsing" in chosen:
            parsing.run(short=given.short)
        if "steps" in chosen:
            steps.run(stores, engines, short=given.short)
        if "load" in chosen:
            faults += load.run(stores, engines, short=given.short)
        if "fanout" in chosen:
            faults += fanout.run(short=given.short)
        if "reads" in chosen:
            reads.run(stores, engines, scale=given.scale or (0.002 if given.short else 1.0))
        if "reports" in chosen:
            reports.run(stores, engines, scale=given.scale or (0.005 if given.short else 1.0))
        if "writers" in chosen and "postgres" in engines:
            faults += writers.run(stores, short=given.short)
    finally:
        stores.close()
    for fault in faults:
        print(f"FAULT {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
