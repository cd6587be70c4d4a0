"""What a macro does: several changes of one conversation, and an answer perhaps, in one step."""

from __future__ import annotations

from typing import Literal

import msgspec

from inbox.domain.desk_records import Macro

StatusStep = Literal["open", "closed", "snoozed"]
PriorityStep = Literal["low", "normal", "high", "urgent"]


class Steps(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is done, in this order: note, team, owner, tags, priority, answer, status. Empty or None: not touched."""

    reply: str = ""
    """Words with places (`domain.variables`)."""
    canned_id: int | None = None
    """A prepared answer in place of `reply`: its wording follows the conversation."""
    ends_wait: bool = True
    note: str = ""
    team: int | Literal["none"] | None = None
    assignee: int | Literal["me", "none"] | None = None
    tags_on: tuple[int, ...] = ()
    tags_off: tuple[int, ...] = ()
    priority: PriorityStep | None = None
    status: StatusStep | None = None
    snooze_seconds: int | None = None
    """With status snoozed: for how long; None: until the contact writes."""

    @property
    def answers(self) -> bool:
        """Whether something is said to the customer."""
        return bool(self.reply.strip()) or self.canned_id is not None


_decode = msgspec.json.Decoder(Steps).decode
_encode = msgspec.json.Encoder().encode


def steps_of(macro: Macro) -> Steps:
    """What the macro does."""
    return _decode(macro.steps)


def written(steps: Steps) -> str:
    """Steps as the row holds them."""
    return _encode(steps).decode()


def is_seen_by(macro: Macro, agent_id: int | None, teams: frozenset[int]) -> bool:
    """Whether somebody may use the macro: his own, one of his teams', or everybody's."""
    if macro.scope == "mine":
        return agent_id is not None and macro.owner_id == agent_id
    return macro.scope == "all" or macro.team_id in teams
