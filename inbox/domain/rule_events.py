"""What rules did: every automatic action can be followed to the rule that did it."""

from __future__ import annotations

from typing import Literal

from inbox.domain.event import ConversationEvent, Event


class RuleRan(ConversationEvent, tag="rule_ran", frozen=True, kw_only=True):
    """A rule did something to this conversation: the events from `since_position` to this one. `trigger` names what set
    it off, and `trigger_position` where that stands (0: no event). `refused`: those of its actions that could not be
    done. `depth`: how many rules before it led here.
    """

    rule_id: int
    version: int
    run_id: int
    trigger: str
    trigger_position: int = 0
    since_position: int
    actions: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    depth: int = 0


class RuleRunUndone(ConversationEvent, tag="rule_run_undone", frozen=True, kw_only=True):
    """A person took back what a rule did. `kept`: what was not as the rule had left it, or cannot be taken back."""

    rule_id: int
    run_id: int
    undone: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


class RuleCalled(ConversationEvent, tag="rule_called", frozen=True, kw_only=True):
    """A rule calls a webhook. Only that webhook gets it, whatever it asks for otherwise."""

    rule_id: int
    run_id: int
    webhook_id: int


class AppealDecided(ConversationEvent, tag="appeal_decided", frozen=True, kw_only=True):
    """A person looked again at an item that a rule hid."""

    message_id: int
    rule_id: int
    outcome: Literal["confirmed", "reverted"]


class SurgeBegan(Event, tag="surge_began", frozen=True, kw_only=True):
    """Far more comes in than usual, in a channel, under a post or in a campaign."""

    rule_id: int
    run_id: int
    scope: Literal["channel", "post", "campaign"]
    ref: int
    count: int
    usual: float


class SurgeEnded(Event, tag="surge_ended", frozen=True, kw_only=True):
    """It is calm again."""

    rule_id: int
    scope: Literal["channel", "post", "campaign"]
    ref: int
