"""A desk with rules: they read the log and the clock when a test says so, as the process that runs them does."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec

from connectors import inbound as net
from inbox import ids
from inbox.automation.running import Rules
from inbox.commands.reply import contexts_of
from inbox.commands.rule_runs import DecideAppeal, UndoRun
from inbox.commands.rules import PutRule
from inbox.domain import rules as r
from inbox.domain.rule_records import Rule, RuleRun
from inbox.eventlog.bus import Bus
from inbox.eventlog.writer import Committed
from inbox.storage import rows
from tests.inbox.desk import CLEO, Desk, desk

ON_MESSAGE: dict[str, Any] = {"on": "event", "events": ["message_received"]}
TAG = 41


class Office:
    """What supervisors do with rules, and what rules do."""

    def __init__(self, made: Desk) -> None:
        self.desk = made
        self.world = made.world
        self.rules = self.reader()
        self.world.writer.listeners.append(self._heard)

    def _heard(self, committed: Committed) -> None:
        for logged in committed.state.events:
            self.world.directory.heard(logged.event)

    def reader(self) -> Rules:
        """A reader of its own, as another process would have."""
        world = self.world
        return Rules(world.database, world.writer, world.directory, Bus(), self.desk.context_of)

    async def rule(
        self, *actions: Mapping[str, Any], trigger: Mapping[str, Any] = ON_MESSAGE,
        when: Mapping[str, Any] | None = None, name: str = "A rule", **more: Any,
    ) -> Rule:  # fmt: skip
        """A new rule, as the API makes it."""
        fields = {key: more.pop(key) for key in ("place", "active") if key in more}
        says = {
            "trigger": msgspec.convert(trigger, r.Trigger),
            "condition": dict(when or {}),
            "actions": msgspec.convert(actions, tuple[r.Action, ...]),
            **more,
        }
        admin = self.desk.agent(CLEO)
        directory = await self.world.directory.fresh()
        made: Rule = await self.desk.do(PutRule(admin, None, {"name": name, **fields}, says, directory=directory))
        return made

    async def works(self) -> None:
        """Rules read to the head of the log and do what is due."""
        await self.rules.catch_up()

    async def runs(self) -> list[RuleRun]:
        """What rules did, oldest first."""
        return await self.world.database.read(rows.every, RuleRun)

    async def undo(self, run: RuleRun) -> list[r.Undone]:
        """A person takes a run back; what became of each action."""
        contexts = await contexts_of(self.world.database, self.desk.context_of, run.conversation_id)
        unit = UndoRun(self.desk.agent(), run, directory=self.world.directory, contexts=contexts)
        done: RuleRun = await self.desk.do(unit)
        return list(r.undone_of(done))

    async def decide(self, message_id: int, outcome: Any) -> None:
        """A person looks again at what a rule hid."""
        conversation = (await self.desk.message(message_id)).conversation_id
        contexts = await contexts_of(self.world.database, self.desk.context_of, conversation)
        unit = DecideAppeal(
            self.desk.agent(), conversation, message_id, outcome, directory=self.world.directory, contexts=contexts
        )
        await self.desk.do(unit)

    async def reviews(self, stars: int, text: str = "Bad", *, person: str = "eleni") -> None:
        """A customer gives stars, or changes them."""
        review = net.ReviewReceived(
            dedupe_key=ids.nonce(), occurred_at=self.desk.now, external_id=f"review-{person}", rating=stars, text=text,
            thread=net.Thread(external_id=f"review-{person}", kind="review", audience="public"),
            author=net.Author(external_id=person, name=person.title()), reply_known=True,
        )  # fmt: skip
        await self.desk.arrives(review)

    async def acted(self) -> list[list[str]]:
        """Of each run, the actions that were done."""
        return [[one.do for one in r.deeds_of(run) if not one.refused] for run in await self.runs()]

    async def refusals(self) -> list[str]:
        """Why actions could not be done."""
        return [one.refused for run in await self.runs() for one in r.deeds_of(run) if one.refused]


@contextlib.asynccontextmanager
async def office(url: str) -> AsyncIterator[Office]:
    """An office on an empty database."""
    async with desk(url) as made:
        yield Office(made)
