"""What a list of conversations shows and in which order: what views, saved views and queries come down to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from inbox.clock import HOUR
from inbox.domain.conditions import All, Condition, fields_of, parse
from inbox.errors import Invalid
from inbox.ids import MAX_DIGITS

WINDOW_SOON = 6 * HOUR
Order = Literal["waiting", "activity", "deadline", "window"]
Status = Literal["open", "snoozed", "closed", "any"]
Nobody = Literal["none"]
Target = Literal["soon", "late"]


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions that all hold; None: no condition. Without more it is all that is open and no spam."""

    status: Status = "open"
    spam: bool = False
    waiting: bool = False
    """Only where somebody waits."""
    escalated: bool = False
    window_until: int | None = None
    """Only where a reply window ends between now and then (µs)."""
    target: Target | None = None
    """Only where a deadline is past (`late`), or is to come and its policy has warned of it (`soon`)."""
    channel_id: int | None = None
    network: str | None = None
    kind: str | None = None
    tag_id: int | None = None
    assignee: int | Nobody | None = None
    team_id: int | Nobody | None = None
    priority: str | None = None
    language: str | None = None
    rating: int | None = None
    sentiment: str | None = None
    urgency: str | None = None
    """How the newest customer's item reads."""
    post_id: int | None = None
    campaign_id: int | None = None
    contact_id: int | None = None
    follower_id: int | None = None
    """An agent who follows it, or was mentioned in it."""
    starred_id: int | None = None
    """An agent who starred it."""
    approval: bool = False
    """Only where an answer waits for somebody's yes."""
    ids: tuple[int, ...] | None = None
    """Only these: the hits of a search."""
    condition: Condition | None = None
    """Only where this holds. Where it asks for the status, or for spam, that decides instead of `status` and `spam`."""


def of_view(key: str, agent_id: int | None, now: int) -> tuple[Filter, Order]:
    """Filter and order of a fixed view. Raises Invalid (`view`) for a key there is none of.

    The same conversations as `views.shows` counts.
    """
    name, _, value = key.partition(":")
    me = agent_id if agent_id is not None else 0
    fixed: dict[str, tuple[Filter, Order]] = {
        "waiting": (Filter(waiting=True), "waiting"),
        "mine": (Filter(assignee=me), "waiting"),
        "unassigned": (Filter(assignee="none"), "waiting"),
        "mentions": (Filter(status="any", follower_id=me), "activity"),
        "starred": (Filter(status="any", starred_id=me), "activity"),
        "approve": (Filter(status="any", approval=True), "activity"),
        "window": (Filter(window_until=now + WINDOW_SOON), "window"),
        "escalated": (Filter(escalated=True), "waiting"),
        "snoozed": (Filter(status="snoozed"), "activity"),
        "closed": (Filter(status="closed"), "activity"),
        "spam": (Filter(status="any", spam=True), "activity"),
        "all": (Filter(), "activity"),
    }
    if not value and name in fixed:
        return fixed[name]
    if name == "kind" and value:
        return Filter(kind=value), "waiting"
    if name in ("channel", "team") and value.isascii() and value.isdigit() and len(value) <= MAX_DIGITS:
        return Filter(**{f"{name}_id": int(value)}), "waiting"  # type: ignore[arg-type]
    raise Invalid(f"there is no view {key!r}", code="view")


_WORDS = ("network", "kind", "priority", "language", "target", "sentiment", "urgency")
_IDS = ("channel", "tag", "post", "campaign", "contact")


def of_saved(given: Mapping[str, str], agent_id: int | None, now: int) -> tuple[Filter, Order]:
    """Filter and order of a saved view's stored parameters, words of a search apart. Raises Invalid for what is no
    parameter.
    """
    base, order = of_view(given.get("view", "all"), agent_id, now)
    changes: dict[str, Any] = {name: given[name] for name in _WORDS if name in given}
    changes |= {f"{name}_id": int(given[name]) for name in _IDS if name in given}
    if "rating" in given:
        changes["rating"] = int(given["rating"])
    if "team" in given:
        changes["team_id"] = "none" if given["team"] == "none" else int(given["team"])
    if "assignee" in given:
        who = given["assignee"]
        changes["assignee"] = "none" if who == "none" else (agent_id or 0) if who == "me" else int(who)
    if "status" in given:
        changes |= {"status": "any", "spam": True} if given["status"] == "spam" else {"status": given["status"]}
    narrowed = msgspec.structs.replace(base, **changes)
    return (with_condition(narrowed, read_condition(given["condition"])) if "condition" in given else narrowed), order


def read_condition(text: str) -> Condition:
    """A condition as it stands in addresses and saved views: JSON. Raises Invalid (`condition`)."""
    try:
        form = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as problem:
        raise Invalid(f"condition is no JSON: {problem}", code="condition") from problem
    return parse(form)


def with_condition(base: Filter, condition: Condition) -> Filter:
    """The filter with a further condition. One that asks for the status is asked of all of them."""
    both = condition if base.condition is None else All((base.condition, condition))
    status: Status = "any" if "status" in fields_of(condition) and base.status == "open" else base.status
    return msgspec.structs.replace(base, condition=both, status=status)
