"""Begin a connector: copy the one in connectors/_template, with its tests, under a new name.

    python scripts/new_connector.py line

What it makes passes the conformance kit as it stands; docs/add-a-connector.md goes on from there. Nothing is
written over.
"""

from __future__ import annotations

import argparse
import keyword
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
FOLDERS = ("connectors", "tests/connectors")
TAKEN = {"toolkit", "kit", "contract", "errors", "exchange", "inbound", "outbound", "registry", "conformance"}
"""Names beside the networks: modules of the contract, and folders of the tests."""
_IMPORTS = re.compile(r"(?m)(?:^from connectors\..+\n)+")


class CannotCreate(Exception):
    """The name does not do, or is in use."""


def create(name: str, root: Path) -> list[Path]:
    """Copy the template's two folders to `root` under the name, and return the files written. Raises CannotCreate."""
    if not NAME.fullmatch(name):
        raise CannotCreate(f"{name!r} is no name for a network: use lower case, digits and single underscores")
    if name in TAKEN:
        raise CannotCreate(f"{name!r} is a part of the project already: take {name}_chat, say")
    if keyword.iskeyword(name):
        raise CannotCreate(f"{name!r} is a word of Python, which no package can be called: take {name}_chat, say")
    targets = [root / folder / name for folder in FOLDERS]
    for target in targets:
        if target.exists():
            raise CannotCreate(f"{target} is there already: choose another name, or remove it")
    written = []
    for folder, target in zip(FOLDERS, targets, strict=True):
        source = ROOT / folder / "_template"
        for path in sorted(source.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                copy = target / path.relative_to(source)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_text(renamed(path.read_text(), name))
                written.append(copy)
    return written


def renamed(text: str, name: str) -> str:
    """The template's text with the network's name in place of its own."""
    words = name.replace("_", " ").title()
    text = re.sub(r"Template(?=[A-Z])", words.replace(" ", ""), text)
    text = re.sub(r"\bTemplate\b", words, text)
    text = re.sub(r"(?<![A-Za-z0-9])_template\b", name, text).replace(f"x-{name}-", f"x-{name.replace('_', '-')}-")
    return _IMPORTS.sub(_in_order, text)


def _in_order(imports: re.Match[str]) -> str:
    """The template's own come first in their blocks; under another name they stand elsewhere, as `make check` asks."""
    return "".join(sorted(imports[0].splitlines(keepends=True), key=lambda line: line.split()[1]))


def main(arguments: list[str]) -> int:
    """Create the connector that the arguments name, and say what to do next."""
    parser = argparse.ArgumentParser(description="Begin a connector from the template.")
    parser.add_argument("name", help="the network in lower case, as in: line, google_play")
    parser.add_argument("--root", type=Path, default=ROOT, help="where to write it (default: this project)")
    given = parser.parse_args(arguments)
    try:
        written = create(given.name, given.root)
    except CannotCreate as error:
        print(error, file=sys.stderr)
        return 1
    for path in written:
        print(path.relative_to(given.root))
    print(f"Next: docs/add-a-connector.md, step 2. Check at any time: make conformance NAME={given.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
