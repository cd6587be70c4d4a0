"""What the outside sees of the desk: prepared answers, macros, notices, its rules, links, shared drafts."""

from __future__ import annotations

from typing import Any, Literal

from inbox.domain.shapes import ConversationShape, Shape


class VariantShape(Shape, kw_only=True):
    """A prepared answer in another language, or for another audience; null: for any."""

    text: str
    language: str | None
    audience: Literal["public", "private"] | None


class CannedShape(Shape, kw_only=True):
    """A prepared answer. Of its variants the one goes that fits the conversation's language and the audience best."""

    id: str
    shortcut: str
    name: str
    text: str
    language: str | None
    ends_wait: bool
    variants: list[VariantShape]
    version: int


class SharedDraftShape(Shape, kw_only=True):
    """A colleague's draft that he shares. With empty text it is gone."""

    agent_id: str
    conversation_id: str
    mode: Literal["reply", "note"]
    thread_id: str | None
    text: str
    version: int
    at: str
    in_reply_to: str | None = None
    """The item it answers, as in the draft itself: whoever goes on with it answers the same one."""


class MacroShape(Shape, kw_only=True):
    """Several actions in one step. `steps` as it was written: only what it does is there."""

    id: str
    name: str
    shortcut: str
    scope: Literal["mine", "team", "all"]
    owner_id: str | None
    team_id: str | None
    steps: dict[str, Any]
    version: int


class NoticeShape(Shape, kw_only=True):
    """Something to know above matching conversations. `filter`: parameters of GET conversations; `until` null: until
    it is removed.
    """

    id: str
    title: str
    text: str
    canned_id: str | None
    filter: dict[str, str]
    until: str | None
    created_by: str | None
    created_at: str
    version: int


class ClosingShape(Shape, kw_only=True):
    """What a conversation must have before a person closes it: a tag (one of `tag_ids` where any are named), an owner,
    something in its own fields of these keys. Only in `kinds`, or in all where none is named.
    """

    needs_tag: bool
    tag_ids: list[str]
    needs_assignee: bool
    fields: list[str]
    kinds: list[str]


class ApprovalsShape(Shape, kw_only=True):
    """Whose answers are held until a supervisor has said yes: of these agents, in these channels, to reviews with so
    many stars or fewer.
    """

    agent_ids: list[str]
    channel_ids: list[str]
    stars: int | None


class DeskRulesShape(Shape, kw_only=True):
    """What holds for the whole desk."""

    closing: ClosingShape
    approvals: ApprovalsShape
    version: int


class LinkShape(Shape, kw_only=True):
    """A conversation that has to do with the one asked about. `kind`: what the one asked about is to it; `reverse`: it
    is that to the one asked about.
    """

    kind: Literal["related", "duplicate", "cause"]
    reverse: bool
    at: str
    conversation: ConversationShape
