"""Records and tables say the same, column by column."""

from __future__ import annotations

import importlib
import pkgutil
import re

import msgspec
import pytest

from inbox import domain
from inbox.domain import records
from inbox.storage import tables as t
from inbox.storage.dialect import record_columns

_NAMES = {"OutboxPart": "outbox"}
"""Of records that are not called as their table is."""
MODULES = [importlib.import_module(f"inbox.domain.{found.name}") for found in pkgutil.iter_modules(domain.__path__)]
KINDS = sorted(
    {
        kind
        for module in MODULES
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, records.Record) and kind is not records.Record
    },
    key=lambda kind: kind.__name__,
)


def _called(kind: type[records.Record]) -> str:
    return _NAMES.get(kind.__name__, re.sub("(?<!^)(?=[A-Z])", "_", kind.__name__).lower())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_fields_of_a_record_are_the_columns_of_its_table(kind: type[records.Record]) -> None:
    """Rows are read and written by place: names and order must be the same."""
    table = getattr(t, _called(kind))
    fields = [field.name for field in msgspec.structs.fields(kind)]
    assert fields == [column.name for column in record_columns(table)]


@pytest.mark.parametrize("table", t.metadata.sorted_tables, ids=lambda table: table.name)
def test_every_table_but_the_workspace_s_own_names_its_workspace_first(table) -> None:
    """Tables can later be divided by workspace."""
    if table.name != "workspace":
        assert table.columns[0].name == "workspace_id"
