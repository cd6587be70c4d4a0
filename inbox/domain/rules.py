"""Rules: what sets one off, what it asks, what it does. A rule has versions, as policies do: each run names its own.

Everything here is pure. `inbox.automation` reads the log and does what rules say; docs/rules.md tells people.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal, TypeAlias, get_args

import msgspec
from msgspec import Meta

from inbox.domain.rule_records import Rule, RuleRun

EventWord = Literal[
    "message_received", "message_edited", "rating_changed", "conversation_started", "conversation_reopened",
    "conversation_closed", "snooze_ended", "tagged", "untagged", "assigned", "unassigned", "team_changed",
    "priority_changed", "campaign_changed", "escalated", "target_warned", "target_breached", "answer_refused",
    "survey_answered", "survey_commented",
]  # fmt: skip
TimeWord = Literal["waiting", "unassigned", "silent", "snoozed", "open"]
"""Somebody waits; nobody owns it; the customer has not written since our answer; put aside; not closed."""
SurgeScope = Literal["channel", "post", "campaign"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Priority = Literal["low", "normal", "high", "urgent"]
MAX_ACTIONS = 20
MAX_DEPTH = 3
"""Rules that may set off one another, in a row."""
HOUR_CAP = 500
Seconds = Annotated[int, Meta(ge=60, le=366 * 86_400)]
Line = Annotated[str, Meta(min_length=1, max_length=500)]
Text = Annotated[str, Meta(min_length=1, max_length=5_000)]
Ids = Annotated[tuple[int, ...], Meta(min_length=1, max_length=100)]


# --- what sets a rule off


class OnEvent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="on", tag="event"):
    """Something happened. `tag_id`: only this tag, for `tagged` and `untagged`."""

    events: Annotated[tuple[EventWord, ...], Meta(min_length=1)]
    tag_id: int | None = None


class OnTime(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="on", tag="time"):
    """Something has been so for a time: asked once, when that time has passed. `hours`: all time, or business hours of
    the conversation.
    """

    what: TimeWord
    seconds: Seconds
    hours: Literal["all", "business"] = "all"


class OnSchedule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="on", tag="schedule"):
    """At a time of the wall in a zone, on some weekdays: asked of every conversation that is not closed."""

    days: Annotated[tuple[Weekday, ...], Meta(min_length=1)]
    time: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    """HH:MM"""
    zone: Annotated[str, Meta(min_length=1, max_length=60)]


class OnVolume(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="on", tag="volume"):
    """Of customers' items, more than `times` the usual of this hour came in `minutes`, and at least `minimum`."""

    scope: SurgeScope
    minutes: Annotated[int, Meta(ge=5, le=1_440)]
    times: Annotated[float, Meta(ge=1)]
    minimum: Annotated[int, Meta(ge=1)]


Trigger: TypeAlias = OnEvent | OnTime | OnSchedule | OnVolume


# --- what it does


class _Action(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do", omit_defaults=True
):
    """Something a rule does."""


class AddTags(_Action, tag="tag", frozen=True, kw_only=True):
    """Put tags on."""

    tag_ids: Ids


class RemoveTags(_Action, tag="untag", frozen=True, kw_only=True):
    """Take tags off."""

    tag_ids: Ids


class Assign(_Action, tag="assign", frozen=True, kw_only=True):
    """Give it to an agent; null: to nobody."""

    agent_id: int | None = None


class GiveToTeam(_Action, tag="team", frozen=True, kw_only=True):
    """Give it to a team; null: to none."""

    team_id: int | None = None


class SetPriority(_Action, tag="priority", frozen=True, kw_only=True):
    """Make it more or less pressing."""

    to: Priority


class Escalate(_Action, tag="escalate", frozen=True, kw_only=True):
    """Ask for an agent, a team, or whoever supervises."""

    reason: Line
    agent_id: int | None = None
    team_id: int | None = None


class WriteNote(_Action, tag="note", frozen=True, kw_only=True):
    """A note for colleagues."""

    text: Text


class Close(_Action, tag="close", frozen=True, kw_only=True):
    """Close it; counted apart from what people close."""


class Dismiss(_Action, tag="dismiss", frozen=True, kw_only=True):
    """No answer needed: whoever waits, waits no more."""


class MarkSpam(_Action, tag="spam", frozen=True, kw_only=True):
    """No customer's concern."""


class Hide(_Action, tag="hide", frozen=True, kw_only=True):
    """Hide the comment at its network; a person can look again."""

    reason: Annotated[str, Meta(max_length=500)] = ""


class Variant(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One way to say it. Without a language it suits every customer."""

    text: Text
    language: Annotated[str, Meta(min_length=2, max_length=10)] | None = None


Variants = Annotated[tuple[Variant, ...], Meta(min_length=1, max_length=50)]


class AutoReply(_Action, tag="reply", frozen=True, kw_only=True):
    """Answer with one of several texts. It ends no wait: only a person does. `private`: answer a comment in private."""

    variants: Variants
    private: bool = False
    hold_seconds: Annotated[int, Meta(ge=0, le=3_600)] = 0
    """For so long it can be taken back."""


class OutOfHours(_Action, tag="out_of_hours", frozen=True, kw_only=True):
    """While the conversation's hours are over, answer; once for each thread until they begin again."""

    variants: Variants


class CallWebhook(_Action, tag="webhook", frozen=True, kw_only=True):
    """Send `rule_called` to one webhook."""

    webhook_id: int


class Notify(_Action, tag="notify", frozen=True, kw_only=True):
    """Tell agents, the members of a team, or whoever supervises."""

    text: Line
    agent_ids: tuple[int, ...] = ()
    team_id: int | None = None
    supervisors: bool = False


Action: TypeAlias = (
    AddTags | RemoveTags | Assign | GiveToTeam | SetPriority | Escalate | WriteNote | Close | Dismiss | MarkSpam | Hide
    | AutoReply | OutOfHours | CallWebhook | Notify
)  # fmt: skip
VISIBLE = (Hide, AutoReply, OutOfHours)
"""What a customer sees: only for what is live, unless the rule says `also_late`."""


def name_of(action: Action) -> str:
    """The action's word."""
    return str(action.__struct_config__.tag)


ACTION_WORDS: tuple[str, ...] = tuple(str(one.__struct_config__.tag) for one in get_args(Action))
"""The words of all actions."""


# --- the rule


class RuleVersion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a rule says from an instant on."""

    version: int = 1
    valid_from: int = 0
    trigger: Trigger
    condition: dict[str, Any] = {}
    """JSON form of `domain.conditions`."""
    actions: Annotated[tuple[Action, ...], Meta(min_length=1, max_length=MAX_ACTIONS)]
    stop: bool = False
    """Where it runs, no later rule does for the same event."""
    also_late: bool = False
    """What a customer sees is done for items too that reached us late."""
    hour_cap: Annotated[int, Meta(ge=1, le=100_000)] = HOUR_CAP
    """Runs in an hour; one more and it rests for an hour."""
    after_rules: bool = False
    """What other rules do sets it off too, up to MAX_DEPTH in a row."""


_versions = msgspec.json.Decoder(list[RuleVersion]).decode


def rule_versions_of(rule: Rule) -> list[RuleVersion]:
    """All that a rule ever said, oldest first."""
    return _versions(rule.versions)


def saying(rule: Rule) -> RuleVersion:
    """What it says now."""
    return rule_versions_of(rule)[-1]


# --- what was done


class Deed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One action of a run: what was so before and after, as far as undoing needs it."""

    do: str
    refused: str = ""
    """Why it could not be done; empty: it was done, or was so already."""
    before: Any = None
    after: Any = None
    ids: tuple[int, ...] = ()
    """Tags put on or taken off, waits dismissed, the item hidden or sent. Empty: nothing changed."""


class Undone(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one action when its run was undone."""

    do: str
    undone: bool
    why: str = ""
    """Why it was left as it is."""


_deeds = msgspec.json.Decoder(tuple[Deed, ...]).decode
_undone = msgspec.json.Decoder(tuple[Undone, ...]).decode


def deeds_of(run: RuleRun) -> tuple[Deed, ...]:
    """What a run did."""
    return _deeds(run.deeds)


def undone_of(run: RuleRun) -> tuple[Undone, ...]:
    """What became of it when it was undone; empty while it was not."""
    return _undone(run.undo) if run.undo else ()


def chosen(variants: Sequence[Variant], language: str | None, seed: int) -> Variant | None:
    """The text to answer with: of those in the customer's language, else of those for everyone, else of the first
    one's language. The same seed gives the same text; seeds in a row go through all of them.
    """
    fits = [one for one in variants if one.language is not None and one.language == language]
    fits = fits or [one for one in variants if one.language is None]
    fits = fits or [one for one in variants if one.language == variants[0].language]
    return fits[_mixed(seed) % len(fits)] if fits else None


def _mixed(seed: int) -> int:
    """A number that does not follow the pattern of ids (Knuth's multiplicative hash)."""
    return (seed * 2_654_435_761 & 0xFFFFFFFF) >> 8


def filled(text: str, name: str, number: int) -> str:
    """A text with the customer's name and the conversation's number in it."""
    values = {"{first_name}": name.split()[0] if name.split() else "", "{name}": name, "{number}": str(number)}
    for placeholder, value in values.items():
        text = text.replace(placeholder, value)
    return text


def active_in_order(rules: Iterable[Rule]) -> list[Rule]:
    """Those that are switched on, in the order in which they are asked."""
    found = [one for one in rules if one.active and one.removed_at is None]
    return sorted(found, key=lambda one: (one.place, one.id))
