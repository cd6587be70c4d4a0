"""What the directory holds of the desk: macros, notices, and the rules of the house."""

from __future__ import annotations

import msgspec
from sqlalchemy import select

from inbox.domain.desk_records import DeskRules, Macro, Notice
from inbox.domain.desk_rules import NO_RULES, Rules, rules_of
from inbox.storage import tables as t
from inbox.storage.database import Query, Statement
from inbox.storage.dialect import record_columns

_MACROS, _NOTICES, _RULES = (
    Statement(select(*record_columns(table)).order_by(table.c.id)) for table in (t.macro, t.notice, t.desk_rules)
)


class DeskSettings(msgspec.Struct, frozen=True):
    """A consistent copy of them."""

    macros: dict[int, Macro] = {}
    notices: dict[int, Notice] = {}
    rules: Rules = NO_RULES


def read() -> Query[DeskSettings]:
    """Read all of them."""
    macros = [Macro(*row) for row in (yield _MACROS())]
    notices = [Notice(*row) for row in (yield _NOTICES())]
    rules = [DeskRules(*row) for row in (yield _RULES())]
    return DeskSettings(
        {one.id: one for one in macros}, {one.id: one for one in notices}, rules_of(rules[0] if rules else None)
    )
