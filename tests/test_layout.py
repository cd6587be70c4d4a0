"""The shape of the code, held by machine: sizes, names, who knows the time, where SQL lives.

Every failure lists each file that breaks the rule, with the line and what is wrong there.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE_FOLDERS = ("inbox", "connectors", "migrations", "scripts", "bench")
SOURCES = sorted(path for folder in SOURCE_FOLDERS for path in (ROOT / folder).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

MAX_FILE_LINES = 600
MAX_FUNCTION_LINES = 80
# Names that say nothing, so that anything gets put there.
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "service", "common", "base"}

# The one file that may ask the machine for the time.
CLOCK = "inbox/clock.py"
CLOCK_CALLS = {
    "time.time",
    "time.time_ns",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "date.today",
    "datetime.date.today",
}
# Only measuring and tooling, which no behaviour depends on.
CLOCK_EXEMPT = ("scripts/", "bench/")

SQL_FOLDERS = ("inbox/storage/", "inbox/eventlog/", "migrations/")
SQL_EXEMPT = ("scripts/", "bench/")
SQL = re.compile(
    r"^\s*(SELECT\s.+\sFROM\s|SELECT\s+\d|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s"
    r"|DELETE\s+FROM\s|WITH\s+\w+\s+AS\s*\(|(CREATE|DROP|ALTER)\s+(TABLE|INDEX|UNIQUE|VIEW)\b"
    r"|PRAGMA\s+\w|BEGIN\s+IMMEDIATE|LISTEN\s+\w|NOTIFY\s+\w)",
    re.DOTALL,
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    """Return the path as it is written in messages and rules: from the root, with slashes."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the parsed file."""
    return ast.parse(path.read_text(), filename=str(path))


def functions_of(path: Path) -> Iterator[Function]:
    """Yield every function and method of the file."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, Function):
            yield node


def clock_calls_of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and name of each call that asks the machine for the time of day."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in CLOCK_CALLS:
            yield node.lineno, ast.unparse(node.func)


def sql_texts_of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and beginning of each string that is an SQL statement; docstrings are prose."""
    prose = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in prose and SQL.match(text):
                yield node.lineno, text.strip()[:50]


def test_files_are_short() -> None:
    """No Python file is longer than a reader can hold."""
    lengths = {path: len(path.read_text().splitlines()) for path in (*SOURCES, *TESTS)}

    too_long = [f"{name_of(path)}: {n} lines" for path, n in lengths.items() if n > MAX_FILE_LINES]

    assert not too_long, listed(f"files of more than {MAX_FILE_LINES} lines: split", too_long)


def test_functions_are_short() -> None:
    """No function is longer than a screen."""
    too_long = [
        f"{name_of(path)}:{function.lineno} {function.name}: {lines} lines"
        for path in (*SOURCES, *TESTS)
        for function in functions_of(path)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > MAX_FUNCTION_LINES
    ]

    assert not too_long, listed(f"functions of more than {MAX_FUNCTION_LINES} lines", too_long)


def test_file_names_say_what_is_inside() -> None:
    """No file or folder has a name that would fit anything."""
    vague = [
        name_of(path)
        for path in (*SOURCES, *TESTS)
        if FORBIDDEN_NAMES & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
    ]

    assert not vague, listed("names that say nothing: name what is inside", vague)


def test_every_room_is_a_package() -> None:
    """A folder of modules has its `__init__.py`: without one the import contracts pass it over in silence."""
    rooms = {
        path.parent
        for path in SOURCES
        if path.is_relative_to(ROOT / "inbox") or path.is_relative_to(ROOT / "connectors")
    }
    without = sorted(str(room.relative_to(ROOT)) for room in rooms if not (room / "__init__.py").exists())
    assert not without, f"no __init__.py in {', '.join(without)}"


def test_every_module_says_what_it_is_for() -> None:
    """Each module begins with a docstring; an empty __init__.py needs none."""
    silent = [
        name_of(path) for path in (*SOURCES, *TESTS) if tree_of(path).body and not ast.get_docstring(tree_of(path))
    ]

    assert not silent, listed("modules without a docstring", silent)


def test_every_test_says_what_it_requires() -> None:
    """Each test has a docstring of one sentence that reads as a requirement."""
    silent = [
        f"{name_of(path)}:{function.lineno} {function.name}"
        for path in TESTS
        for function in functions_of(path)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]

    assert not silent, listed("tests without a docstring", silent)


def test_only_the_clock_knows_the_time() -> None:
    """Everything asks inbox/clock.py for the time, so that tests and the sandbox can move it."""
    asking = [
        f"{name_of(path)}:{line} {call}"
        for path in SOURCES
        if name_of(path) != CLOCK and not name_of(path).startswith(CLOCK_EXEMPT)
        for line, call in clock_calls_of(tree_of(path))
    ]

    assert not asking, listed(f"the time asked for outside {CLOCK}", asking)


def test_sql_lives_in_storage_and_event_log() -> None:
    """No SQL statement stands outside the folders made for it."""
    strewn = [
        f"{name_of(path)}:{line} {text!r}"
        for path in SOURCES
        if not name_of(path).startswith((*SQL_FOLDERS, *SQL_EXEMPT))
        for line, text in sql_texts_of(tree_of(path))
    ]

    assert not strewn, listed(f"SQL outside {', '.join(SQL_FOLDERS)}", strewn)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import time\nx = time.time()", [(2, "time.time")]),
        ("from datetime import datetime\nx = datetime.now(UTC)", [(2, "datetime.now")]),
        ("import time\nx = time.monotonic()", []),
        ("x = clock.now()", []),
    ],
)
def test_clock_rule_finds_what_it_forbids(code: str, found: list[tuple[int, str]]) -> None:
    """Reading the time of day is found; measuring a span, and asking our clock, are allowed."""
    assert list(clock_calls_of(ast.parse(code))) == found


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ('x = "SELECT id FROM thread WHERE id = 1"', [1]),
        ('x = """\n  INSERT INTO thread\n  VALUES (1)"""', [1]),
        ('x = f"UPDATE thread SET {column} = 1"', [1]),
        ('"""SELECT a thing FROM the list."""', []),
        ('x = "Select a tag from the list"', []),
    ],
)
def test_sql_rule_finds_what_it_forbids(code: str, lines: list[int]) -> None:
    """A statement in a string is found, also a formatted one; prose is not."""
    assert [line for line, _ in sql_texts_of(ast.parse(code))] == lines


def test_imports_run_downwards_only() -> None:
    """The import contracts of pyproject.toml hold."""
    linter = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run(
        [linter, "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def listed(rule: str, breaches: list[str]) -> str:
    """Return a message that names the rule and then each breach on its own line."""
    return f"{rule}\n  " + "\n  ".join(breaches)
