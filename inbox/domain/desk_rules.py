"""What holds for the whole desk: what closing asks for, and whose answers need somebody's yes."""

from __future__ import annotations

import msgspec
from msgspec import structs

from inbox.domain.desk_records import DeskRules
from inbox.domain.records import Agent, Conversation
from inbox.errors import Invalid

APPROVERS = frozenset({"supervisor", "admin"})


class Closing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a conversation must have before a person, or a rule, closes it."""

    needs_tag: bool = False
    """At least one tag, or one of `tag_ids` where any are named."""
    tag_ids: tuple[int, ...] = ()
    needs_assignee: bool = False
    fields: tuple[str, ...] = ()
    """Keys of own fields of conversations in which something must stand."""
    kinds: tuple[str, ...] = ()
    """Only in these kinds; all where none is named."""


class Approvals(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose answers are held until a supervisor or admin has said yes. One condition that fits is enough."""

    agent_ids: tuple[int, ...] = ()
    channel_ids: tuple[int, ...] = ()
    """All that agents say there."""
    stars: int | None = None
    """Answers to reviews with so many stars or fewer."""


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Both, ready to be asked, and the version to change them by."""

    closing: Closing = Closing()
    approvals: Approvals = Approvals()
    version: int = 0


NO_RULES = Rules()
_closing = msgspec.json.Decoder(Closing).decode
_approvals = msgspec.json.Decoder(Approvals).decode
_own = msgspec.json.Decoder(dict[str, str]).decode


def rules_of(row: DeskRules | None) -> Rules:
    """The rules of the row; none without one."""
    if row is None:
        return NO_RULES
    return Rules(closing=_closing(row.closing), approvals=_approvals(row.approval), version=row.version)


def require_closable(rules: Rules, conversation: Conversation) -> None:
    """Raise Invalid (`closing`) with what is missing before the conversation may be closed by a person, or a rule."""
    closing = rules.closing
    if closing.kinds and conversation.kind not in closing.kinds:
        return
    tags = {int(tag) for tag in conversation.tags.split(",") if tag}
    wanted = set(closing.tag_ids)
    missing = []
    if closing.needs_tag and not (tags & wanted if wanted else tags):
        missing.append("tag")
    if closing.needs_assignee and conversation.assignee_id is None:
        missing.append("assignee")
    own = _own(conversation.fields) if closing.fields and conversation.fields else {}
    empty = [key for key in closing.fields if not own.get(key)]
    if empty:
        missing.append("field")
    if missing:
        said = {"tag": "put a tag on it", "assignee": "give it to somebody", "field": f"fill in {', '.join(empty)}"}
        raise Invalid(
            f"conversation #{conversation.number} cannot be closed yet: {' and '.join(said[one] for one in missing)}",
            code="closing",
            missing=missing,
            tags=[str(tag) for tag in closing.tag_ids],
            fields=empty,
        )


def without_field(closing: str, key: str) -> str | None:
    """JSON of a `Closing` that asks for this field no more; None where it did not."""
    before = _closing(closing)
    if key not in before.fields:
        return None
    after = structs.replace(before, fields=tuple(one for one in before.fields if one != key))
    return msgspec.json.encode(after).decode()


def needs_approval(rules: Rules, author: Agent | None, channel_id: int, kind: str, rating: int | None) -> bool:
    """Whether what this agent says there is held until somebody says yes. Those who could say it need none."""
    if author is None or author.role in APPROVERS:
        return False
    asked = rules.approvals
    few_stars = asked.stars is not None and kind == "review" and rating is not None and rating <= asked.stars
    return author.id in asked.agent_ids or channel_id in asked.channel_ids or few_stars
