"""What is kept of people beside the contact itself: fields of the house's own, companies, context links."""

from __future__ import annotations

from inbox.domain.records import Record


class CustomField(Record):
    """A field of the house's own, for contacts or for conversations."""

    id: int
    key: str
    """Its name in filters, conditions and the API; never changes."""
    name: str
    subject: str
    """`contact` or `conversation`."""
    kind: str
    """`text`, `number`, `date`, `choice` or `yes_no`."""
    choices: str
    """JSON list; empty unless it is a choice."""
    required: int
    place: int
    created_at: int
    version: int


class Company(Record):
    """Whom contacts work for."""

    id: int
    name: str
    domains: str
    """JSON list of mail domains, in small letters."""
    fields: str
    """JSON object; empty without any."""
    note: str
    created_at: int
    version: int


class ContextLink(Record):
    """An address of another system, filled with what is known of a person or with a number he wrote."""

    id: int
    label: str
    template: str
    mask: str
    """How the numbers look that become such links; empty unless the template has `{order}`."""
    shown: str
    """`person`, `messages` or `both`."""
    place: int
    created_at: int
    version: int
