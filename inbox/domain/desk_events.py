"""What happens at the desk beside the answers: conversations are linked, answers wait for a yes."""

from __future__ import annotations

from typing import Literal

from inbox.domain.event import ConversationEvent

LinkKind = Literal["related", "duplicate", "cause"]


class ConversationLinked(ConversationEvent, tag="conversation_linked", frozen=True, kw_only=True):
    """It has to do with another conversation. `kind`: what it is to the other: related to it, a duplicate of it, or
    caused by it; `reverse`: the other is that to it. Said once for each of the two.
    """

    other_id: int
    kind: LinkKind
    reverse: bool = False


class ConversationUnlinked(ConversationEvent, tag="conversation_unlinked", frozen=True, kw_only=True):
    """It was no longer said to have to do with another. Said once for each of the two."""

    other_id: int


class ApprovalAsked(ConversationEvent, tag="approval_asked", frozen=True, kw_only=True):
    """An answer waits for somebody's yes. `answers`: the waits that end when the network accepts it."""

    message_id: int
    answers: tuple[int, ...] = ()


class ApprovalEnded(ConversationEvent, tag="approval_ended", frozen=True, kw_only=True):
    """It waits no more: somebody said yes, or it was sent back or taken back."""

    message_id: int
    approved: bool
