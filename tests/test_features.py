"""docs/features.md names places and tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/features.md"
ABSENT = ("Not built: ", "Partly: ")
_ROW = re.compile(r"^\| ([A-Q]\d{1,2}) \| (.+?) \| (.+?) \| (.+?) \|$")
_NAMED = re.compile(r"`([^`]+)`")
ROWS = {row[1]: row.groups()[1:] for line in PAGE.read_text().splitlines() if (row := _ROW.match(line))}


def test_every_capability_has_one_row() -> None:
    """No row is named twice, none is left out of its letter, and none is written so that it is not read as one."""
    lines = [
        line
        for line in PAGE.read_text().splitlines()
        if line.startswith("| ") and line[2:3].isupper() and line[3].isdigit()
    ]
    assert len(lines) == len(ROWS)
    for letter in sorted({name[0] for name in ROWS}):
        numbers = sorted(int(name[1:]) for name in ROWS if name[0] == letter)
        assert numbers == list(range(1, len(numbers) + 1)), letter


@pytest.mark.parametrize("name", sorted(ROWS, key=lambda name: (name[0], int(name[1:]))))
def test_what_a_row_names_is_there(name: str) -> None:
    """Each place exists; each test exists in its file; what is built is held by a test."""
    what, where, held = ROWS[name]
    for place in _NAMED.findall(where):
        assert (ROOT / place).exists(), place
    tests = _NAMED.findall(held)
    for test in tests:
        path, _, function = test.partition("::")
        text = (ROOT / path).read_text()
        assert not function or re.search(
            rf"def {re.escape(function)}\(|^class {re.escape(function)}\b", text, re.MULTILINE
        ), test
    if not what.startswith("Not built: "):
        assert tests, f"{name} is held by no test"
