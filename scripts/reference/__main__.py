"""Write the pages of docs/ that are made from the code.

python -m scripts.reference           write those that changed
python -m scripts.reference --check   write nothing; fail if one is not current
"""

from __future__ import annotations

import argparse
import sys

from scripts.reference.pages import DOCS, PAGES


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them."""
    parser = argparse.ArgumentParser(description="Write the pages of docs/ that are made from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a page is not current")
    check = parser.parse_args(arguments).check
    stale = []
    for name, make in PAGES.items():
        target, wanted = DOCS / name, make()
        if target.exists() and target.read_text(encoding="utf-8") == wanted:
            continue
        stale.append(name)
        if not check:
            target.write_text(wanted, encoding="utf-8")
            print(f"docs/{name} written")
    if check and stale:
        print(f"not current: {', '.join(stale)}: run python -m scripts.reference", file=sys.stderr)
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
