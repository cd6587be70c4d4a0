"""People beside their contact rows: how they are found and told to be the same, companies, consent, own fields."""

from __future__ import annotations

from sqlalchemy import Column, Index, Text

from inbox.storage.tables import columns as c
from inbox.storage.tables.conversations import contact


def _exact(name: str) -> Column[str]:
    """Text in the order of its characters, so that words that begin alike stand together on every engine."""
    return Column(name, Text().with_variant(Text(collation="C"), "postgresql"), nullable=False, primary_key=True)


custom_field = c.table(
    "custom_field",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("key"),
    c.text("name"),
    c.text("subject"),
    c.text("kind"),
    c.text("choices"),
    c.integer("required"),
    c.integer("place"),
    c.at("created_at"),
    c.integer("version"),
)

company = c.table(
    "company",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("name"),
    c.text("domains"),
    c.text("fields"),
    c.text("note"),
    c.at("created_at"),
    c.integer("version"),
)
Index("company_name", company.c.name)  # the list
Index("contact_company", contact.c.company_id)  # people of a company

company_domain = c.table(  # whose mail this is
    "company_domain", c.workspace(key=True), c.text("domain", key=True), c.identifier("company_id")
)
Index("company_domain_company", company_domain.c.company_id)

context_link = c.table(
    "context_link",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("label"),
    c.text("template"),
    c.text("mask"),
    c.text("shown"),
    c.integer("place"),
    c.at("created_at"),
    c.integer("version"),
)

# By what a person is found: `word` (search), `email`, `phone`, `name_company` (who may be the same), `field.<key>`.
# `owner_id`: the contact or the account that says it. `number`: millionths, where the value is one.
contact_key = c.table(
    "contact_key",
    c.workspace(key=True),
    c.text("kind", key=True),
    _exact("value"),
    c.identifier("contact_id", key=True),
    c.identifier("owner_id", key=True),
    c.at("number", null=True),
)
Index("contact_key_owner", contact_key.c.owner_id)  # what is written anew
Index("contact_key_contact", contact_key.c.contact_id)  # what one has in common with others

conversation_field = c.table(
    "conversation_field",
    c.workspace(key=True),
    c.text("field", key=True),
    _exact("value"),
    c.identifier("conversation_id", key=True),
    c.at("number", null=True),
)
Index("conversation_field_conversation", conversation_field.c.conversation_id)

consent = c.table(
    "consent",
    c.workspace(key=True),
    c.identifier("contact_id", key=True),
    c.identifier("channel_id", key=True),
    c.text("state"),
    c.text("source"),
    c.at("at"),
    c.text("by_kind"),
    c.identifier("by_id", null=True),
)

told_apart = c.table(  # contacts that somebody said are two people; the lower id first
    "told_apart",
    c.workspace(key=True),
    c.identifier("one_id", key=True),
    c.identifier("other_id", key=True),
    c.at("at"),
    c.identifier("by_id", null=True),
)
Index("told_apart_other", told_apart.c.other_id)
