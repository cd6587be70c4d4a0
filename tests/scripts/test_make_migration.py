"""The tool that writes migrations compares the tables with what the steps there are make, on any machine."""

import ast

import pytest
from sqlalchemy import Column, Integer, MetaData, text

from inbox.storage import tables
from inbox.storage.migrate import head
from scripts.make_migration import next_step


def test_nothing_is_written_where_nothing_differs() -> None:
    """The full-text index, which an older SQLite cannot read, is in the way of no comparison."""
    with pytest.raises(SystemExit, match="nothing to write"):
        next_step("Add nothing")


def test_a_new_column_becomes_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """The step adds the column after the newest one and takes it away again, and is Python."""
    changed = MetaData()
    for table in tables.metadata.sorted_tables:
        table.to_metadata(changed)
    starred = Column("starred", Integer, nullable=False, server_default=text("0"))
    changed.tables["conversation"].append_column(starred)
    monkeypatch.setattr(tables, "metadata", changed)

    path, step = next_step("Add the star of a conversation.")

    assert path.name == f"{int(head()) + 1:04d}_add_the_star_of_a_conversation.py"
    ast.parse(step)
    assert f'down_revision = "{head()}"' in step
    up, down = step.split("def downgrade")
    assert "op.add_column('conversation', sa.Column('starred'" in up
    assert "op.drop_column('conversation', 'starred')" in down
