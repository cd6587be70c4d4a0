"""The month, written through the ordinary doors: what networks tell by the receiver, what people do by commands.

`past` says what happened, `Networks` lets customers do it, `Moved` has it decided at its own instant. The newest
conversations come first, a chapter at a time, each chapter in lockstep: the same seed and beginning, the same log.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import msgspec
import structlog

from connectors.contract import Context, CustomerAction
from connectors.errors import SendError
from connectors.exchange import Request
from connectors.outbound import Part, Receipt
from connectors.registry import connector
from inbox.clock import SECOND
from inbox.commands.moderate import Moderate
from inbox.commands.note import WriteNote
from inbox.commands.reply import Reply
from inbox.commands.rule_runs import DecideAppeal
from inbox.commands.survey_asks import AskDue
from inbox.commands.triage import Escalate, Escalation, SetTag, Triage, TriageChange
from inbox.domain.permissions import Principal
from inbox.domain.records import OutboxPart
from inbox.domain.sending import Answer
from inbox.errors import InboxError
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Unit
from inbox.eventlog.writer import Writer
from inbox.intake.context import Contexts
from inbox.intake.health import Health
from inbox.sandbox.moved import At, Handover, HeldBack, Landings, NotSent, Rang, Sent, TakeUp
from inbox.sandbox.networks import CHAT, NOBODY, Networks
from inbox.sandbox.past import TELLS, Past, Step, Story
from inbox.sandbox.polls import Scores
from inbox.sandbox.postbox import Postbox
from inbox.sandbox.wire import carried
from inbox.transport.media import MediaStore

CHAPTER = 120
"""Conversations that are told side by side."""
RULE_TAKES = 2 * SECOND
"""Between an item and what a rule does about it."""
BREATH_SECONDS = 0.002
"""Between two rounds, for whoever works with the service meanwhile."""
_CHECKED_SECONDS = 61
_part = msgspec.json.Decoder(Part).decode
_log = structlog.get_logger(__name__)


class RulesThen(Protocol):
    """What the company's rules would have done."""

    async def __call__(self, items: Sequence[tuple[int, int, int]]) -> Mapping[int, Unit]:
        """Of items (conversation, item, place in the log) those that set one off, each with what is to be done."""


class Doors(msgspec.Struct, frozen=True):
    """The parts of the service that history is written through."""

    writer: Writer
    directory: Directory
    contexts: Contexts
    media: MediaStore
    health: Health
    rules_then: RulesThen
    survey_link: Callable[[int], str]
    """The page of an ask."""


class History:
    """Tells the month of a seed. `told` of `total` conversations are written."""

    def __init__(self, past: Past, networks: Networks, doors: Doors, channels: Mapping[str, int]) -> None:
        """`channels`: network → channel."""
        self.told = 0
        self.total = 0
        self.refused = 0
        """Steps that the service or a network would not have."""
        self._past = past
        self._networks = networks
        self._doors = doors
        self._channels = channels
        self._landings = Landings()
        self._contexts: dict[int, Context] = {}
        self._agents: dict[str, Principal] = {}
        self._tags: dict[str, int] = {}
        self._teams: dict[str, int] = {}
        self._post_ids: dict[str, list[str]] = {}

    async def tell(self, progress: Callable[[int, int], None] = lambda told, total: None) -> None:
        """Write what is not written yet; `progress` is called with what is told and the total."""
        await self._prepare()
        await self._doors.writer.submit(TakeUp())
        stories = self._past.stories()
        self.total = len(stories)
        for number, first in enumerate(range(0, len(stories), CHAPTER)):
            chapter = stories[first : first + CHAPTER]
            if number >= self._networks.chapters:
                self._networks.open_chapter(number)
                await self._tell(chapter)
            self.told += len(chapter)
            progress(self.told, self.total)

    async def _prepare(self) -> None:
        directory = await self._doors.directory.fresh()
        for channel_id in self._channels.values():
            self._contexts[channel_id] = await self._doors.contexts.of(channel_id)
        known = {agent.email.partition("@")[0]: agent for agent in directory.agents.values() if agent.sandbox}
        self._agents = {name: directory.principal_of(agent) for name, agent in known.items()}
        self._tags = {tag.name: tag.id for tag in directory.tags.values()}
        self._teams = {team.name: team.id for team in directory.teams.values()}
        for network in self._channels:
            self._post_ids[network] = [post["id"] for post in self._networks.posts(network)]
        self._postbox = Postbox(self._networks, self._doors, self._channels, self._contexts, self._landings)

    async def _tell(self, stories: Sequence[Story]) -> None:
        """All of them in lockstep: a step of each, in their order, then the next step of each."""
        going = [self._play(story) for story in stories]
        while going:
            more = await asyncio.gather(*(anext(one, False) for one in going))
            going = [one for one, went_on in zip(going, more, strict=True) if went_on]
            await self._ask_rules()
            await asyncio.sleep(BREATH_SECONDS)

    async def _play(self, story: Story) -> AsyncIterator[bool]:
        for step in story.steps:
            await self._ring(story, step.at)
            with self._refusable(story.number, step.what):
                await self._do(story, step)
            yield True
        await self._ring(story, self._past.begun_at)
        left = self._landings.clocks.left(self._landed(story))
        if left:
            await self._doors.writer.submit(Handover(left))

    @contextlib.contextmanager
    def _refusable(self, story: int, what: str) -> Iterator[None]:
        try:
            yield
        except (InboxError, SendError) as refused:
            self.refused += 1
            _log.info("sandbox_past_refused", story=story, what=what, reason=str(refused))

    # -- the house

    async def _ring(self, story: Story, until: int) -> None:
        """What fell due in the story's conversation up to an instant, in its order."""
        clocks, conversation_id = self._landings.clocks, self._landed(story)
        while (found := clocks.due(conversation_id, until)) is not None:
            key, due_at = found
            await self._doors.writer.submit(At(Rang(key), due_at, clocks))

    async def _ask_rules(self) -> None:
        """What rules do about the items that came in this round."""
        items, self._landings.fresh = self._landings.fresh, []
        if not items:
            return
        acts = await self._doors.rules_then([item[:3] for item in items])
        set_off = [one for one in items if one.item_id in acts]
        await asyncio.gather(*(self._rule(acts[one.item_id], one.at + RULE_TAKES) for one in set_off))

    async def _rule(self, act: Unit, at: int) -> None:
        with self._refusable(0, "rule"):
            await self._send(await self._doors.writer.submit(self._then(act, at)), at)

    async def _do(self, story: Story, step: Step) -> None:
        """One thing that happened. Raises InboxError and SendError where it cannot have."""
        match step.what:
            case "says":
                await self._says(story, step)
            case "reads":
                await self._acts(story.network, CustomerAction(do="read", person=_key(step)), step.at)
            case "answers":
                await self._answers(story, step)
            case "hides" | "confirms":
                looked = self._then(self._moderates(story, step), step.at)
                await self._send(await self._doors.writer.submit(looked), step.at)
            case "asks":
                asked = self._then(self._asks(story), step.at)
                await self._send(await self._doors.writer.submit(asked), step.at)
            case "scores":
                await self._scores(story, step)
            case _:
                await self._commands(step, self._command(story, step))

    # -- customers

    async def _says(self, story: Story, step: Step) -> None:
        person, turn = step.person, step.turn
        assert person is not None
        assert turn is not None
        thread_id, in_reply_to = self._place(story, step)
        message_id = ""
        if turn.do in ("edit", "delete", "react") or (turn.do == "review" and turn.when == "answered"):
            message_id = self._newest(story.network, person.key, "us" if turn.do == "react" else "them")
        action = CustomerAction(
            do="restar" if turn.do == "review" and message_id else turn.do,
            person=person.key,
            name=person.name,
            thread_id=thread_id,
            in_reply_to=in_reply_to,
            message_id=message_id,
            text="" if turn.do == "react" else turn.text,
            emoji=turn.text if turn.do == "react" else "",
            rating=turn.rating,
        )
        await self._acts(story.network, action, step.at, step.played)

    def _place(self, story: Story, step: Step) -> tuple[str, str]:
        """(thread, what is answered) as the network's simulator wants it."""
        if step.where == "post":
            post_ids = self._post_ids[story.network]
            return self._networks.under(story.network, post_ids[story.post % len(post_ids)])
        if step.where == "root":
            return self._networks.thread_of(story.network, _key(story.steps[0])), ""
        return "", ""

    def _newest(self, network: str, person: str, side: str) -> str:
        """The newest item of a side in the thread that a person used last; empty where there is none."""
        items = self._networks.seen(network, self._networks.thread_of(network, person))
        return next((one["id"] for one in reversed(items) if one["from"] == side), "")

    async def _acts(self, network: str, action: CustomerAction, at: int, turn: int | None = None) -> None:
        await self._postbox.bring(network, self._networks.live(network, action, at, turn), at)

    # -- the company's people

    async def _commands(self, step: Step, command: Unit) -> None:
        await self._doors.writer.submit(At(command, step.at, self._landings.clocks))

    def _command(self, story: Story, step: Step) -> Unit:
        agent, directory = self._agents[step.agent], self._doors.directory
        conversation_id = self._conversation(story)
        match step.what:
            case "takes":
                change = TriageChange(assignee_id=agent.agent_id, team_id=self._teams[step.team])
                return Triage(agent, conversation_id, change, directory=directory)
            case "closes":
                return Triage(agent, conversation_id, TriageChange(status="closed"), directory=directory)
            case "tags":
                return SetTag(agent, conversation_id, self._tags[step.text], True, directory=directory)
            case "notes":
                return WriteNote(agent, conversation_id, step.text, directory=directory)
            case "escalates":
                return Escalate(agent, conversation_id, step.text, directory=directory)
            case "acknowledges":
                return Escalation(agent, conversation_id, end=False)
            case "calms":
                return Escalation(agent, conversation_id, end=True)
        raise ValueError(f"{step.what!r} is no command on a conversation")

    async def _answers(self, story: Story, step: Step) -> None:
        channel_id = self._channels[story.network]
        answer = Answer(text=step.text, in_reply_to=self._item(story, _key(step)), hold_seconds=0)
        reply = Reply(
            self._agents[step.agent], self._conversation(story), answer, directory=self._doors.directory,
            contexts={channel_id: self._contexts[channel_id]}, then_close=step.closes,
        )  # fmt: skip
        await self._send(await self._doors.writer.submit(self._then(reply, step.at)), step.at)

    def _asks(self, story: Story) -> Unit:
        channel_id, doors = self._channels[story.network], self._doors
        contexts = {channel_id: self._contexts[channel_id]}
        return AskDue(self._conversation(story), doors.directory, contexts, doors.survey_link, at_once=True)

    async def _scores(self, story: Story, step: Step) -> None:
        assert step.person is not None
        scores = Scores(self._conversation(story), story.number, self._past.chance, step.person.language)
        await self._commands(step, scores)

    def _moderates(self, story: Story, step: Step) -> Unit:
        channel_id, message_id = self._channels[story.network], self._item(story, _key(story.steps[0]))
        contexts = {channel_id: self._contexts[channel_id]}
        agent, directory = self._agents[step.agent], self._doors.directory
        if step.what == "confirms":
            conversation_id = self._conversation(story)
            return DecideAppeal(
                agent, conversation_id, message_id, "confirmed", directory=directory, contexts=contexts
            )  # fmt: skip
        return Moderate(agent, message_id, "hide", directory=directory, contexts=contexts, reason=step.text)

    def _then(self, command: Unit, at: int) -> Unit:
        """A command at an instant, with what it wants to have sent held back."""
        return At(HeldBack(command), at, self._landings.clocks)

    async def _send(self, parts: Sequence[OutboxPart], at: int) -> None:
        """Have the network carry parts out at that instant, and take in what it says."""
        networks = {channel_id: network for network, channel_id in self._channels.items()}
        for part in parts:
            network = networks[part.channel_id]
            try:
                receipts = self._carried(network, part, at + SECOND)
            except SendError as refused:
                await self._doors.writer.submit(At(NotSent(part, refused), at, self._landings.clocks))
                raise
            told = self._told(network, receipts[-1][0] + SECOND)
            sibling = receipts[-1][1].sibling
            there = self._doors.directory.sibling_of(part.channel_id, sibling.network) if sibling is not None else None
            await self._doors.writer.submit(Sent(part, at, receipts, self._landings.clocks, there))
            await self._postbox.bring(network, told, receipts[-1][0] + SECOND)

    def _told(self, network: str, at: int) -> list[Request]:
        """What a network tells of an answer by itself, echo and receipt, before it tells it with something else."""
        if network not in TELLS or network in (CHAT, "custom"):
            return []
        return self._networks.live(network, CustomerAction(do="typing", person=NOBODY), at)

    def _carried(self, network: str, part: OutboxPart, at: int) -> list[tuple[int, Receipt]]:
        """What the network says, with the outcome of its own review where it has one."""
        found, ctx = connector(network), replace(self._contexts[part.channel_id], now=at)
        if found.send is None:
            return [(at, Receipt())]
        receipts = [(at, carried(found.send(_part(part.part), ctx), self._networks, network, at))]
        while receipts[-1][1].state == "pending" and found.check is not None and len(receipts) < 10:
            at += _CHECKED_SECONDS * SECOND
            check = found.check(receipts[-1][1].token, replace(ctx, now=at))
            receipts.append((at, carried(check, self._networks, network, at)))
        return receipts

    # -- where it landed

    def _conversation(self, story: Story) -> int:
        """The conversation that the story's first thread belongs to now. Raises Missing."""
        found = self._landed(story)
        if not found:
            raise Missing(f"story {story.number} has no conversation")
        return found

    def _landed(self, story: Story) -> int:
        """The same; 0 before it has one."""
        thread_id = self._networks.thread_of(story.network, _key(story.steps[0]))
        return self._landings.conversations.get((self._channels[story.network], thread_id), 0)

    def _item(self, story: Story, person: str) -> int:
        """Our id of what a person wrote last. Raises Missing."""
        external_id = self._networks.newest.get((story.network, person), "")
        found = self._landings.items.get((self._channels[story.network], external_id))
        if found is None:
            raise Missing(f"{person} has written nothing in story {story.number}")
        return found


class Missing(InboxError):
    """What a step builds on is not there: the network would not have it."""


def _key(step: Step) -> str:
    assert step.person is not None
    return step.person.key
