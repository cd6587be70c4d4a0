"""What the company has laid down: its hours, what it promises and whom it asks when that is not kept, its rules,
macros, saved views, a notice and a checklist. All of it is made by ordinary commands, before the month that is told;
the rules are asked by the telling, and begin by themselves once it is over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from inbox import clock
from inbox.clock import DAY, HOUR, MINUTE, SECOND
from inbox.commands.calendars import PutCalendar
from inbox.commands.chains import PutChain
from inbox.commands.desk import PutNotice
from inbox.commands.macros import PutMacro
from inbox.commands.policies import PutPolicy
from inbox.commands.rules import PutRule
from inbox.commands.settings import PutView
from inbox.domain import events as e
from inbox.domain import rules as r
from inbox.domain.chains import Level
from inbox.domain.macros import Steps
from inbox.domain.permissions import ROLES, Principal, Scope
from inbox.domain.rule_presets import PRESETS
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Unit
from inbox.eventlog.writer import Writer
from inbox.sandbox.moved import At
from inbox.sandbox.past import FEW_STARS
from inbox.sandbox.reviewed import checklist
from inbox.sandbox.rhythm import CLOSES, HERE, OPENS, PAST_DAYS, SUNDAY_CLOSES, SUNDAY_OPENS

PRINCIPAL = Principal(e.SYSTEM, "Sandbox", Scope(None, frozenset(), True), ROLES["admin"])
"""Who sets the sandbox up."""
BEFORE = (PAST_DAYS + 2) * DAY
"""So long ago it was laid down."""
AWAY = {
    variant["language"]: variant["text"]
    for preset in PRESETS
    if preset.key == "out_of_hours"
    for variant in preset.actions[0]["variants"]
}
"""Language → what is said out of hours."""
_MINUTES, _HOURS = MINUTE // SECOND, HOUR // SECOND
_ON_MESSAGE = r.OnEvent(events=("message_received",))
_LATE = (
    "was due on", "in transit", "where is my order", "πού είναι η παραγγελία", "την παραγγελία", "pote tha erthei",
    "belum sampai*", "դեռ չի հասել", "piti tulla eilen", "in zustellung",
)  # fmt: skip
"""How people say that something has not come."""


Make: TypeAlias = Callable[[Directory], Unit]
"""Makes a command, with what was made before it."""


class _Laying:
    """The commands, by the names that things have here."""

    def __init__(self, directory: Directory) -> None:
        self.teams = {one.name: one.id for one in directory.teams.values()}
        self.tags = {one.name: one.id for one in directory.tags.values()}
        self.canned = {one.shortcut: one.id for one in directory.canned.values()}

    def hours(self) -> list[Make]:
        """The company's, and those of the team that looks after reviews."""
        weekdays, zone = ("mon", "tue", "wed", "thu", "fri"), str(HERE)
        open_long, sunday = _shift(OPENS, CLOSES), _shift(SUNDAY_OPENS, SUNDAY_CLOSES)
        company = {"zone": zone, "weekly": {**dict.fromkeys((*weekdays, "sat"), open_long), "sun": sunday}}
        reviews = {"zone": zone, "weekly": dict.fromkeys((*weekdays, "sat"), _shift(OPENS, CLOSES - 2))}
        return [
            self._calendar("Athens", {**company, "workspace": True}),
            self._calendar("Reviews", {**reviews, "team_ids": frozenset({self.teams["Reviews"]})}),
        ]

    def _calendar(self, name: str, values: Mapping[str, Any]) -> Make:
        return lambda now: PutCalendar(PRINCIPAL, None, name, values, directory=now)

    def promises(self) -> list[Make]:
        """Who is asked when something pressing is not answered, and by when what is."""
        levels = (
            Level(after_seconds=0, to="assignee"),
            Level(after_seconds=15 * _MINUTES, to="team"),
            Level(after_seconds=30 * _MINUTES, to="supervisors"),
        )
        chain = {"levels": levels, "time": "business", "until": "answered", "zone": str(HERE), "workspace": True}
        return [
            lambda now: PutChain(PRINCIPAL, None, {"name": "Owner, team, supervisor"}, chain, directory=now),
            self._policy("Pressing", 4 * 60, 60, warns=30, chained=True, priorities=frozenset({"urgent"})),
            self._policy("Reviews", 5 * 60, 5 * 60, warns=60, kinds=frozenset({"review"})),
            self._policy("Comments", 90, 90, warns=20, kinds=frozenset({"comment", "mention"})),
            self._policy("Chat on the website", 30, 30, warns=10, chained=True, networks=frozenset({"webchat"})),
            self._policy("Private messages", 60, 60, warns=15, resolution_seconds=24 * _HOURS),
        ]

    def _policy(self, name: str, first: int, following: int, *, warns: int, chained: bool = False, **more: Any) -> Make:
        """`first`, `following` and `warns` in minutes of the hours."""
        terms = {
            "first_response_seconds": first * _MINUTES, "next_response_seconds": following * _MINUTES,
            "warning_seconds": warns * _MINUTES, **more,
        }  # fmt: skip

        def put(now: Directory) -> Unit:
            asked = {"chain_id": min(now.chains)} if chained else {}
            return PutPolicy(PRINCIPAL, None, {"name": name}, {**terms, **asked}, directory=now)

        return put

    def rules(self) -> list[Make]:
        """Made switched off: the telling asks them, `switch_on` lets them begin."""
        review, comment = _test("item_kind", "is", "review"), _test("item_kind", "is", "comment")
        mail = _test("network", "is", "email")
        variants = tuple(r.Variant(text=text, language=language) for language, text in AWAY.items())
        return [
            self._rule(
                "Spam under posts", r.OnEvent(events=("message_received", "message_edited")),
                {"all": [comment, _test("text", "has_words", ["followers and likes", "grow fast", "forex"])]},
                r.Hide(reason="advertising"), r.Dismiss(), stop=True,
            ),
            self._rule(
                "Low-star review", r.OnEvent(events=("message_received", "rating_changed")),
                {"all": [review, _test("rating", "at_most", FEW_STARS)]},
                r.SetPriority(to="urgent"), r.Escalate(reason="A review with two stars or fewer"),
            ),
            self._rule(
                "Where is my order", _ON_MESSAGE, _test("text", "has_words", list(_LATE)),
                r.AddTags(tag_ids=(self.tags["delivery"],)),
            ),
            self._rule(
                "Closed now", _ON_MESSAGE, {"all": [mail, _test("business_hours", "is", "outside")]},
                r.OutOfHours(variants=variants),
            ),
            self._rule(
                "Unhappy in a survey", r.OnEvent(events=("survey_answered",)),
                _test("survey_result", "any_of", ["detractor", "not_satisfied"]),
                r.Escalate(reason="Unhappy in a survey"),
            ),
            self._rule(
                "Two hours without an answer", r.OnTime(what="waiting", seconds=2 * _HOURS, hours="business"),
                {"not": _test("kind", "is", "comment")}, r.SetPriority(to="high"),
            ),
        ]  # fmt: skip

    def _rule(
        self, name: str, trigger: r.Trigger, condition: dict[str, Any], *actions: r.Action, stop: bool = False
    ) -> Make:
        says = {"trigger": trigger, "condition": condition, "actions": actions, "stop": stop}
        return lambda now: PutRule(PRINCIPAL, None, {"name": name, "active": 0}, says, directory=now)

    def wording(self) -> list[Make]:
        """Macros, views for all, and a notice above what is about deliveries."""
        delivery, damaged = self.tags["delivery"], self.tags["damaged"]
        replacement = Steps(canned_id=self.canned["broken"], tags_on=(damaged,), team=self.teams["Returns"])
        sorry = Steps(
            reply="I am sorry for the wait, {contact.first_name}! I am asking the courier now.", tags_on=(delivery,)
        )
        thanks = Steps(reply="Thank you, that makes our day!", tags_on=(self.tags["praise"],), status="closed")
        notice = {
            "title": "The courier is on strike until Friday",
            "text": "Parcels need two days more. Offer to have it collected in Kolonaki.",
            "canned_id": None, "filter": _json({"tag": str(delivery)}), "until": None,
        }  # fmt: skip
        return [
            self._macro("Broken: send a new one", "newone", replacement),
            self._macro("Late parcel", "late", sorry),
            self._macro("Praise: thank and close", "praise", thanks),
            self._view("Kept waiting too long", {"view": "waiting", "target": "late"}, "deadline"),
            self._view("Deliveries", {"tag": str(delivery)}, "waiting"),
            self._view("Reviews without an answer", {"view": "waiting", "kind": "review"}, "waiting"),
            lambda now: PutNotice(PRINCIPAL, None, notice, directory=now),
            lambda now: checklist(PRINCIPAL),
        ]

    def _macro(self, name: str, shortcut: str, steps: Steps) -> Make:
        values = {"name": name, "shortcut": shortcut, "scope": "all", "team_id": None}
        return lambda now: PutMacro(PRINCIPAL, None, values, steps, directory=now)

    def _view(self, name: str, wanted: Mapping[str, str], sort: str) -> Make:
        values = {"name": name, "scope": "all", "team_id": None, "filter": _json(wanted), "sort": sort}
        return lambda now: PutView(PRINCIPAL, None, values)


def _shift(opens: int, closes: int) -> tuple[str, ...]:
    return (f"{opens:02}:00-{closes:02}:00",)


def _test(field: str, op: str, value: object) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


async def lay_down(writer: Writer, directory: Directory) -> None:
    """Make all of it, as it was before the month began."""
    laying, then = _Laying(await directory.fresh()), clock.now() - BEFORE
    for make in (*laying.hours(), *laying.promises(), *laying.rules(), *laying.wording()):
        await writer.submit(At(make(await directory.fresh()), then))


async def switch_on(writer: Writer, directory: Directory) -> None:
    """The month is told: from now on the rules are asked by the service. One that somebody has changed meanwhile stays
    as he left it.
    """
    known = (await directory.fresh()).rules.values()
    for rule in sorted(known, key=lambda one: one.place):
        if rule.version == 1 and not rule.active and rule.removed_at is None:
            now = await directory.fresh()
            await writer.submit(PutRule(PRINCIPAL, rule.id, {"active": 1}, {}, directory=now, version=1))
