"""From the log to the agents: who is told of what, decided once per position.

A pass reads a page, and in one unit checks that the saved position is still what it read, writes the notifications and
the jobs, and saves the new position. It reads its own `notified` events too, and those of people's commands: they are
what calls an agent by push and mail, so there is one place for that, whoever made the notification.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from inbox import clock
from inbox.clock import MINUTE
from inbox.commands.notifications import MAIL, PUSH
from inbox.domain import events as e
from inbox.domain.notifying import NEWS, SETTLING, Choices, allowed_at, choices_of, kind_of
from inbox.domain.notifying_records import Preference, Subscription
from inbox.domain.records import Conversation, Job, Message, Notification
from inbox.domain.state import State
from inbox.eventlog import log
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.failpoint import failpoint
from inbox.notify.whom import Facts, Told, told_of
from inbox.storage import notifications, readers, rows, webhooks
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Database, Query

PAGE = 200
SAVED_EVERY = 5_000
"""Positions after which the place is saved though nobody was told anything: reading them again costs little."""
COLLAPSES = frozenset({"message", "followed", "team_new", "returned"})
"""Kinds of which an unread one of the same conversation becomes more, instead of a second."""
MAIL_AFTER = MINUTE
"""So long a mail waits: who has seen it meanwhile gets none."""
_NOBODYS = Choices()
_json = msgspec.json.Encoder().encode


class Page(msgspec.Struct, frozen=True):
    """A page of the log as one pass sees it."""

    saved: int
    end: int
    epoch: int
    more: bool
    told: list[Told]
    called: list[tuple[int, int, int]]
    """(position, notification, when) of notifications that are new."""


class Reader:
    """Tells what happened since. Run by one process at a time; two would only read twice."""

    def __init__(self, database: Database, writer: Writer, directory: Directory, *, mails: bool) -> None:
        """`mails`: whether there is a server for the service's own mail."""
        self._database = database
        self._writer = writer
        self._directory = directory
        self._mails = mails
        self._seen = 0

    async def catch_up(self) -> bool:
        """Read to the head of the log. Whether anybody was told anything."""
        any_told = False
        while True:
            directory = await self._directory.fresh()
            page = await self._database.read(read_page, self._seen, directory)
            if page is None:
                return any_told
            failpoint("notify.after_read")
            if page.told or page.called or page.end - page.saved >= SAVED_EVERY:
                if not await self._writer.submit(Tell(page, mails=self._mails)):
                    self._seen = 0  # somebody else read on
                    continue
                failpoint("notify.after_tell")
                any_told = True
            self._seen = page.end
            if not page.more and not page.told:
                return any_told


def read_page(seen: int, directory: Directory) -> Query[Page | None]:
    """The next page after what was seen; None when there is nothing new."""
    saved = yield from readers.position(notifications.READER)
    logged = yield from log.after(max(seen, saved), PAGE)
    if not logged:
        return None
    _, epoch = yield from log.head()
    since = clock.now() - NEWS
    news = [one for one in logged if one.at > since]
    facts = yield from facts_of(news, directory)
    told = [each for one in news for each in told_of(one, facts)]
    called = [
        (one.position, one.event.notification_id, one.at)
        for one in logged
        if isinstance(one.event, e.Notified) and not one.event.again
    ]
    return Page(saved, logged[-1].position, epoch, len(logged) == PAGE, told, called)


def facts_of(logged: Sequence[e.Logged], directory: Directory) -> Query[Facts]:
    """What has to be known of a page's events."""
    events = [one.event for one in logged]
    conversation_ids = sorted({i for i in map(e.conversation_of, events) if i is not None})
    message_ids = sorted({i for i in (getattr(one, "message_id", None) for one in events) if i is not None})
    conversations = (yield ByKeys(t.conversation, conversation_ids)) if conversation_ids else []
    messages = (yield ByKeys(t.message, message_ids)) if message_ids else []
    return Facts(
        agents=directory.agents,
        scopes={agent.id: directory.scope_of(agent) for agent in directory.agents.values()},
        members=directory.members,
        choices=(yield from choices()),
        followers=(yield from notifications.followers(conversation_ids)) if conversation_ids else {},
        conversations={row[0]: Conversation(*row) for row in conversations},
        messages={row[0]: Message(*row) for row in messages},
        began=(yield from webhooks.began(conversation_ids)) if conversation_ids else {},
    )


def choices() -> Query[dict[int, Choices]]:
    """What agents chose; who chose nothing is left out."""
    known = yield from rows.every(Preference)
    return {one.id: choices_of(one.choices) for one in known}


class Tell(Unit):
    """Write a page's notifications and jobs, and save the position. False, and nothing is written, when somebody else
    read on.
    """

    priority = Priority.BULK
    alone = True

    def __init__(self, page: Page, *, mails: bool) -> None:
        self.page = page
        self.mails = mails

    def run(self, state: State) -> Query[bool]:
        """Compare, then write."""
        page = self.page
        if (yield from readers.position(notifications.READER)) != page.saved:
            return False
        chosen = yield from choices()
        yield from self._tell(state, chosen)
        yield from self._call(state, chosen)
        yield from readers.read_up_to(notifications.READER, page.end)
        return True

    def _tell(self, state: State, chosen: Mapping[int, Choices]) -> Query[None]:
        pairs = {(one.agent_id, one.conversation_id) for one in self.page.told if one.kind in COLLAPSES}
        known = yield from notifications.unread_of(sorted(pairs))
        known_ids = {one.id for one in known}
        standing = {(n.agent_id, n.conversation_id, n.kind): n for n in known if n.kind in COLLAPSES}
        changed: dict[int, Notification] = {}
        for told in self.page.told:
            place = (told.agent_id, told.conversation_id, told.kind)
            found = standing.get(place)
            if found is None:
                in_app = "in_app" in chosen.get(told.agent_id, _NOBODYS).by(told.kind)
                found = state.add(_notification(state, told, read_at=None if in_app else state.now))
                if told.kind in COLLAPSES and in_app:
                    standing[place] = found
            else:
                _becomes_more(found, told)
                if found.id in known_ids:
                    changed[found.id] = found
                    state.load([found])
            state.emit(
                e.Notified(agent_id=told.agent_id, notification_id=found.id, again=found.count > 1),
                audience=e.Audience(agent_id=told.agent_id),
            )
        yield from notifications.change(list(changed.values()))

    def _call(self, state: State, chosen: Mapping[int, Choices]) -> Query[None]:
        """By push and mail, what is new. One that is not to stand in the centre is put aside as read."""
        found = {one.id: one for one in (yield from notifications.by_ids([n for _, n, _ in self.page.called]))}
        browsers = yield from notifications.browsers(sorted({one.agent_id for one in found.values()}))
        jobs: list[Job] = []
        aside: list[Notification] = []
        for position, notification_id, at in self.page.called:
            one = found.get(notification_id)
            if one is None:
                continue
            mine = chosen.get(one.agent_id, _NOBODYS)
            ways = mine.by(kind_of(one.kind))
            if at > state.now - NEWS:
                jobs += self._jobs(state, one, mine, position, browsers)
            if "in_app" not in ways and one.read_at is None:
                one.read_at = state.now
                aside.append(one)
        yield from notifications.change(aside)
        yield from notifications.put(jobs)

    def _jobs(
        self, state: State, one: Notification, mine: Choices, position: int, browsers: Sequence[Subscription]
    ) -> list[Job]:
        kind = kind_of(one.kind)
        ways = mine.by(kind)
        silent = "in_app" not in ways
        key = f"notify-{self.page.epoch}-{position}"
        jobs = []
        if "push" in ways:
            due_at = allowed_at(mine, kind, state.now + SETTLING)
            for browser in browsers:
                if browser.agent_id == one.agent_id:
                    payload = {"subscription": browser.id, "notification": one.id, "silent": silent}
                    jobs.append(job_of(state, f"{key}-push-{browser.id}", PUSH, payload, due_at))
        if "mail" in ways and self.mails:
            due_at = allowed_at(mine, kind, state.now + MAIL_AFTER)
            jobs.append(job_of(state, f"{key}-mail", MAIL, {"notification": one.id, "silent": silent}, due_at))
        return jobs


def _notification(state: State, told: Told, *, read_at: int | None) -> Notification:
    return Notification(
        id=state.next_id(),
        agent_id=told.agent_id,
        kind=told.kind,
        conversation_id=told.conversation_id,
        message_id=told.message_id,
        detail=told.text,
        at=min(told.at, state.now),
        read_at=read_at,
        data=_json(told.data).decode() if told.data else "",
    )


def _becomes_more(found: Notification, told: Told) -> None:
    found.count += 1
    found.at = max(found.at, told.at)
    found.message_id = told.message_id or found.message_id
    found.detail = told.text
    found.data = _json(told.data).decode() if told.data else ""


def job_of(state: State, key: str, kind: str, payload: dict[str, Any], due_at: int) -> Job:
    """Something that is to leave the house."""
    return Job(
        id=state.next_id(), key=key, kind=kind, channel_id=None, payload=_json(payload), due_at=due_at, attempts=0,
        lease_until=None, reason="", created_at=state.now,
    )  # fmt: skip
