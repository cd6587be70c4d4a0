"""Writes a migration from the difference between the migrations there are and `inbox/storage/tables`.

    python -m scripts.make_migration "Add the colour of a team"     a new step
    python -m scripts.make_migration --first                        the first steps anew (before a first release only)

Compares with an SQLite file brought to the newest step; the tables are alike on both engines. The full-text index,
which is not alike, is written out from `inbox/storage/dialect.py` in the first step and changed by hand afterwards.
Read what was written before you keep it.
"""

from __future__ import annotations

import argparse
import asyncio
import pprint
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations.ops import DowngradeOps, UpgradeOps
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Table, create_engine

from inbox.storage import dialect, tables
from inbox.storage.migrate import head, migrate, scripts
from inbox.storage.tables import conversations

try:
    import pysqlite3 as sqlite3
except ImportError:  # no wheel for this platform
    import sqlite3

HEAD = '''"""{message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
{imports}
revision = "{revision}"
down_revision = {down}
branch_labels = None
depends_on = None
'''
MESSAGES = (
    "The log and the work: events, what networks sent, what is to be sent, what is due",
    "Conversations: threads, messages, people, waits",
    "The organisation: channels, agents, labels, what each agent has of his own",
)
WORK = (
    tables.workspace, tables.event, tables.counter, tables.outbox, tables.timer, tables.job, tables.media, tables.raw,
    tables.raw_of, tables.orphan, tables.seen_delivery,
)  # fmt: skip
"""The tables of the first step; the other conversation tables make the second, all others the third."""
MANY_INDEXES = 4
INDEX = """    for statement in SEARCH[op.get_bind().dialect.name]:
        op.execute(statement)"""
FIRST_ROW = """    op.execute(
        sa.text(
            "INSERT INTO workspace (id, position, last_id, last_number, epoch, name, settings, created_at) "
            "VALUES (1, 0, 0, 0, 1, 'Inbox', '', :now)"
        ).bindparams(now=clock.now())
    )
"""


def main() -> None:
    """Write the files and put them into the one format."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("message", nargs="?", default="")
    arguments.add_argument("--first", action="store_true")
    given = arguments.parse_args()
    if not given.first and not given.message:
        arguments.error("say what the step does, or --first")
    for path, text in first_steps() if given.first else [next_step(given.message)]:
        path.write_text(text)
        subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(path)], check=True)
        print(path)


def first_steps() -> list[tuple[Path, str]]:
    """The steps that make everything."""
    up, _ = difference("")
    work = {table.name for table in WORK}
    told = {value.name for value in vars(conversations).values() if isinstance(value, Table)} - work
    others = set(tables.metadata.tables) - work - told
    made = []
    for number, (message, names) in enumerate(zip(MESSAGES, (work, told, others), strict=True), start=1):
        by_table = {table: found for table in sorted(names) if (found := [s for s in up if _table_of(s) == table])}
        functions = _grouped(by_table)
        is_first = number == 1
        parts = [
            HEAD.format(
                message=message,
                imports="\nfrom inbox import clock\n" if is_first else "",
                revision=f"{number:04d}",
                down="None" if is_first else f'"{number - 1:04d}"',
            ),
            f"\nSEARCH: dict[str, tuple[str, ...]] = {_literal()}\n" if is_first else "",
            *[_function(name, statements) for name, statements in functions.items()],
            _calls("upgrade", message + ".", [f"    {name}()" for name in functions] + [INDEX, FIRST_ROW] * is_first),
            _calls("downgrade", "Drop it all.", ['    op.drop_table("search")'] * is_first + _drops(by_table)),
        ]
        slug = re.sub(r"\W+", "_", message.split(":")[0].lower())
        made.append((scripts() / "versions" / f"{number:04d}_{slug}.py", "\n".join(parts)))
    return made


def _grouped(by_table: dict[str, list[str]]) -> dict[str, list[str]]:
    """Operations by the name of a short function: a table with many indexes has a second one for them."""
    by_function: dict[str, list[str]] = {}
    for table, statements in by_table.items():
        several = len(statements) > MANY_INDEXES
        by_function[f"_{table}"] = statements[:1] if several else statements
        if several:
            by_function[f"_indexes_of_{table}"] = statements[1:]
    return by_function


def _function(name: str, statements: list[str]) -> str:
    return f"\n\ndef {name}() -> None:\n{_indented(statements)}\n"


def _drops(by_table: dict[str, list[str]]) -> list[str]:
    return [f'    op.drop_table("{table}")' for table in reversed(by_table)]


def _calls(name: str, summary: str, lines: list[str]) -> str:
    body = "\n".join(lines)
    return f'\n\ndef {name}() -> None:\n    """{summary}"""\n{body}\n'


def _indented(statements: list[str]) -> str:
    return "\n".join("    " + line for one in statements for line in one.splitlines())


def _literal() -> str:
    # Alembic names engines as SQLAlchemy does; the texts are copied, since a step never changes.
    texts = {"sqlite": dialect.SEARCH_CREATE["sqlite"], "postgresql": dialect.SEARCH_CREATE["postgres"]}
    return pprint.pformat(texts, width=100)


def _table_of(statement: str) -> str:
    found = re.match(r"op\.(?:create|drop)_table\('(\w+)'", statement)
    if found is None:
        found = re.search(r"op\.(?:create|drop)_index\('\w+', (?:table_name=)?'(\w+)'", statement)
    if found is None:
        raise ValueError(f"neither a table nor an index: {statement}")
    return found[1]


def next_step(message: str) -> tuple[Path, str]:
    """A step from the newest one to the tables as they are. Exits where there is no difference."""
    newest = head()
    up, down = difference("head")
    if not up:
        sys.exit("the tables and the migrations agree: nothing to write")
    revision = f"{int(newest) + 1:04d}"
    slug = re.sub(r"\W+", "_", message.lower()).strip("_")
    bodies = [_indented(code) for code in (up, down)]
    text = (
        HEAD.format(message=message.rstrip("."), imports="", revision=revision, down=f'"{newest}"')
        + f'\n\ndef upgrade() -> None:\n    """{message.rstrip(".")}."""\n{bodies[0]}\n'
        + f'\n\ndef downgrade() -> None:\n    """Undo it."""\n{bodies[1]}\n'
    )
    return scripts() / "versions" / f"{revision}_{slug}.py", text


def difference(revision: str) -> tuple[list[str], list[str]]:
    """Operations, as code, from a revision (empty: an empty database) up to the tables, and back down."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/compare.sqlite3"
        if revision:
            asyncio.run(migrate(url, revision))
        # By the SQLite that wrote the file: an older one cannot read the options of its full-text index.
        with create_engine(url, module=sqlite3).connect() as connection:
            options = {"include_object": _is_ours, "compare_type": True, "compare_server_default": True}
            made = produce_migrations(MigrationContext.configure(connection, opts=options), tables.metadata)
    assert made.upgrade_ops is not None
    assert made.downgrade_ops is not None
    return _code(made.upgrade_ops), _code(made.downgrade_ops)


def _code(operations: UpgradeOps | DowngradeOps) -> list[str]:
    statements: list[str] = []
    for operation in operations.ops:
        rendered = render_python_code(
            type(operations)(ops=[operation]), sqlalchemy_module_prefix="sa.", alembic_module_prefix="op."
        )
        body = "\n".join(line for line in rendered.splitlines() if not line.strip().startswith("#"))
        statements += re.split(r"\n\s*(?=op\.)", body.strip())
    return statements


def _is_ours(thing: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
    return not (kind == "table" and name is not None and (name == "search" or name.startswith("search_")))


if __name__ == "__main__":
    main()
