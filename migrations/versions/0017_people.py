"""People: own fields, companies, consent, context links, and the keys by which people are found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from inbox.domain.person_keys import Key, keys_of
from inbox.domain.records import Contact, Identity

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_BATCH = 500
_CONTACT = (
    "id", "name", "avatar_url", "email", "phone", "company", "language", "note", "fields", "blocked", "merged_into",
    "created_at", "version",
)  # fmt: skip
_IDENTITY = (
    "id", "contact_id", "network", "scope", "external_id", "name", "username", "avatar_url", "verified", "reachable",
    "language", "profile", "last_seen_at", "created_at",
)  # fmt: skip


def upgrade() -> None:
    _settings()
    _found_by()
    _table(
        "consent",
        ("contact_id", "channel_id"),
        _text("state"), _text("source"), _number("at"), _text("by_kind"), _number("by_id", null=True),
    )  # fmt: skip
    _table("told_apart", ("one_id", "other_id"), _number("at"), _number("by_id", null=True))
    op.create_index("told_apart_other", "told_apart", ["other_id"])
    op.add_column("contact", sa.Column("company_id", sa.BigInteger(), nullable=True))
    op.create_index("contact_company", "contact", ["company_id"])
    op.add_column("conversation", sa.Column("fields", sa.Text(), server_default=sa.text("''"), nullable=False))
    _fill()


def downgrade() -> None:
    op.drop_column("conversation", "fields")
    op.drop_index("contact_company", "contact")
    op.drop_column("contact", "company_id")
    for table in (
        "told_apart", "consent", "conversation_field", "contact_key", "context_link", "company_domain", "company",
        "custom_field",
    ):  # fmt: skip
        op.drop_table(table)


def _settings() -> None:
    _table(
        "custom_field",
        (),
        _text("key"), _text("name"), _text("subject"), _text("kind"), _text("choices"), _small("required"),
        _small("place"), _number("created_at"), _small("version"),
    )  # fmt: skip
    _table(
        "company",
        (),
        _text("name"), _text("domains"), _text("fields"), _text("note"), _number("created_at"), _small("version"),
    )  # fmt: skip
    op.create_index("company_name", "company", ["name"])
    _table("company_domain", (sa.Column("domain", sa.Text(), nullable=False),), _number("company_id"))
    op.create_index("company_domain_company", "company_domain", ["company_id"])
    _table(
        "context_link",
        (),
        _text("label"), _text("template"), _text("mask"), _text("shown"), _small("place"), _number("created_at"),
        _small("version"),
    )  # fmt: skip


def _found_by() -> None:
    """Words that begin alike stand together only where the order is that of the characters."""
    exact = sa.Text(collation="C") if op.get_bind().dialect.name == "postgresql" else sa.Text()
    value, same = (sa.Column("value", exact, nullable=False) for _ in range(2))
    kind, field = (sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "field"))
    _table("contact_key", (kind, value, "contact_id", "owner_id"), _number("number", null=True))
    op.create_index("contact_key_owner", "contact_key", ["owner_id"])
    op.create_index("contact_key_contact", "contact_key", ["contact_id"])
    _table("conversation_field", (field, same, "conversation_id"), _number("number", null=True))
    op.create_index("conversation_field_conversation", "conversation_field", ["conversation_id"])


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=False)


def _small(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=False)


def _number(name: str, *, null: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _table(name: str, keys: tuple[str | sa.Column, ...], *others: sa.Column) -> None:
    """A table whose key is the workspace and `keys`; without any, an id of ours."""
    id_of = keys or ("id",)
    columns = [
        key if isinstance(key, sa.Column) else sa.Column(key, sa.BigInteger(), autoincrement=False, nullable=False)
        for key in id_of
    ]
    workspace = sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False)
    primary = [column.name for column in columns] if not keys else ["workspace_id", *(c.name for c in columns)]
    op.create_table(name, workspace, *columns, *others, sa.PrimaryKeyConstraint(*primary))


def _fill() -> None:
    """Whoever is there already is found, too."""
    keys = sa.table("contact_key", *(sa.column(c) for c in ("kind", "value", "contact_id", "owner_id", "number")))
    for table, kind, names in (("contact", Contact, _CONTACT), ("identity", Identity, _IDENTITY)):
        source = sa.table(table, *(sa.column(name) for name in names))
        last = 0
        while rows := op.get_bind().execute(
            sa.select(*(source.c[name] for name in names)).where(source.c.id > last).order_by(source.c.id).limit(_BATCH)
        ).all():  # fmt: skip
            last = rows[-1][0]
            found: set[Key] = set()
            for row in rows:
                found |= keys_of(kind(**dict(zip(names, row, strict=True))))
            if found:
                op.get_bind().execute(
                    sa.insert(keys),
                    [{name: getattr(key, name) for name in ("kind", "value", "contact_id", "owner_id", "number")}
                     for key in found],
                )  # fmt: skip
