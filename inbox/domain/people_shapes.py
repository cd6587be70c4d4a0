"""People's side objects as the outside sees them."""

from __future__ import annotations

from typing import Literal

from inbox.domain.people_events import ConsentState
from inbox.domain.shapes import ContactShape, ConversationShape, MessageAuthor, MessageShape, Shape

FieldKind = Literal["text", "number", "date", "choice", "yes_no"]


class CustomFieldShape(Shape, kw_only=True):
    """A field of the house's own. `key` is its name in `fields`, and in filters as `field.<key>`."""

    id: str
    key: str
    name: str
    subject: Literal["contact", "conversation"]
    kind: FieldKind
    choices: list[str]
    required: bool
    place: int
    version: int


class CompanyShape(Shape, kw_only=True):
    """Whom contacts work for. `domains`: mail from there is its people's."""

    id: str
    name: str
    domains: list[str]
    fields: dict[str, str]
    note: str
    created_at: str
    version: int


class ContextLinkShape(Shape, kw_only=True):
    """An address of another system. `template` has places such as `{email}`, which whoever shows it fills URL-encoded;
    `mask` says how the numbers look that `{order}` stands for: `#` a digit, `@` a letter of A to Z.
    """

    id: str
    label: str
    template: str
    mask: str
    shown: Literal["person", "messages", "both"]
    place: int
    version: int


class ConsentShape(Shape, kw_only=True):
    """What a person said about being written to on a channel; `unknown` where he said nothing."""

    channel_id: str
    state: ConsentState
    source: str
    at: str | None
    by: MessageAuthor | None


class LikelyShape(Shape, kw_only=True):
    """Somebody who may be the same person, and why: they have `value` in common."""

    contact: ContactShape
    because: Literal["alias", "email", "phone", "name_company"]
    value: str


class SuggestionsShape(Shape, kw_only=True):
    """What is suggested about a person: who may be the same, and the company of his mail domain. `domain`: it is no
    free mail, whether a company has it or not.
    """

    same: list[LikelyShape]
    company: CompanyShape | None
    domain: str | None


class StoryItem(Shape, kw_only=True):
    """An item of a person's timeline, and the conversation it stands in."""

    message: MessageShape
    conversation: ConversationShape


class ImportRow(Shape, kw_only=True):
    """What became of one line of a file, or would: `row` is its number, the head being 1."""

    row: int
    outcome: Literal["created", "changed", "unchanged", "refused"]
    name: str
    contact_id: str | None
    detail: str


class ImportShape(Shape, kw_only=True):
    """What became of a file of people. `preview`: nothing was written. `import_id`: by which all of it can be taken
    back for an hour; null where nothing changed.
    """

    preview: bool
    import_id: str | None
    columns: list[str]
    ignored: list[str]
    rows: list[ImportRow]


Because = Literal["changed", "used", "merged", "gone"]
"""Why something stays: it was changed since; he wrote, or is known elsewhere, since; he was merged into another; he is
gone already.
"""


class UndoneRow(Shape, kw_only=True):
    """What became of one person of a file that is taken back. `removed`: the file had made him; `restored`: he is as
    before; `partly`: but for what was changed since, which stays.
    """

    contact_id: str
    name: str
    outcome: Literal["removed", "restored", "partly", "stays"]
    because: Because | None


class UndoneShape(Shape, kw_only=True):
    """What became of everybody whom a file had made or changed."""

    rows: list[UndoneRow]


class RecentImport(Shape, kw_only=True):
    """A file of people that can be taken back until `until`: how many it made, how many it changed."""

    id: str
    at: str
    until: str
    by: MessageAuthor
    created: int
    changed: int
