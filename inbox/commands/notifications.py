"""What agents do with their notifications: see and read them, choose what they are told of, have browsers called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from inbox.commands.versions import check_version
from inbox.domain.notifying import DIGEST, KINDS, Choices, choices_of, encode, next_digest
from inbox.domain.notifying_records import Preference, Subscription
from inbox.domain.periods import zone_of
from inbox.domain.records import Job, Notification, Timer
from inbox.domain.state import Needs, State
from inbox.errors import Invalid, NotFound
from inbox.eventlog.unit import Priority, Unit
from inbox.storage import notifications, rows
from inbox.storage.database import Query

PUSH, MAIL, DIGEST_MAIL = "notice_push", "notice_mail", "digest_mail"
"""Kinds of the jobs that leave the house for agents."""
PUSH_KEY = "push_key:1"
"""Where the key for push servers is sealed."""
MOST_BROWSERS = 20
_SHOWN = 100


class MarkRead(Unit):
    """One notification (NotFound for somebody else's), those of a conversation, or all of an agent's. The result are
    those that were unread, newest first, at most a hundred.
    """

    alone = True

    def __init__(self, agent_id: int, notification_id: int | None, *, conversation_id: int | None = None) -> None:
        self.agent_id = agent_id
        self.notification_id = notification_id
        self.conversation_id = conversation_id

    def run(self, state: State) -> Query[list[Notification]]:
        """Note the time. Reading twice changes nothing."""
        if self.notification_id is not None:
            found = yield from rows.one(Notification, self.notification_id)
            if found is None or found.agent_id != self.agent_id:
                raise NotFound(f"you have no notification {self.notification_id}")
            changed = [found] if found.read_at is None else []
            yield from notifications.mark_read(self.agent_id, self.notification_id, state.now)
        elif self.conversation_id is not None:
            changed = yield from notifications.unread_of([(self.agent_id, self.conversation_id)])
            yield from notifications.read_conversation(self.agent_id, self.conversation_id, state.now)
        else:
            changed = yield from notifications.unread(self.agent_id, _SHOWN)
            yield from notifications.mark_read(self.agent_id, None, state.now)
        return [msgspec.structs.replace(one, read_at=state.now) for one in changed]


class MarkSeen(Unit):
    """An agent looks at a window that shows what he is told: no other device is called for that any more."""

    alone = True

    def __init__(self, agent_id: int, up_to: int) -> None:
        self.agent_id = agent_id
        self.up_to = up_to

    def run(self, state: State) -> Query[None]:
        """Note the time on all that were not seen."""
        yield from notifications.mark_seen(self.agent_id, self.up_to, state.now)


class Choose(Unit):
    """Change what an agent is told of: only the fields given. Raises Stale, Invalid."""

    alone = True

    def __init__(self, agent_id: int, fields: Mapping[str, Any], version: int | None) -> None:
        self.agent_id = agent_id
        self.fields = dict(fields)
        self.version = version

    def run(self, state: State) -> Query[Preference]:
        """Write it; the next digest is due by it."""
        known = yield from rows.one(Preference, self.agent_id)
        check_version(known.version if known is not None else 0, self.version, "your choice of notifications")
        before = choices_of(known.choices) if known is not None else Choices()
        chosen = msgspec.structs.replace(before, **self.fields)
        zone_of(chosen.zone)
        if set(chosen.ways) - set(KINDS):
            raise Invalid(f"there is no kind {min(set(chosen.ways) - set(KINDS))!r}", code="ways")
        made = Preference(self.agent_id, encode(chosen).decode(), (known.version if known is not None else 0) + 1)
        yield from rows.add(made) if known is None else rows.change(made)
        due_at = next_digest(chosen, state.now)
        if due_at is None:
            state.drop_timer(DIGEST, self.agent_id)
        else:
            state.set_timer(DIGEST, self.agent_id, due_at)
        return made


class StopMails(Unit):
    """An agent wants no mails any more, neither single ones nor digests."""

    alone = True

    def __init__(self, agent_id: int) -> None:
        self.agent_id = agent_id

    def run(self, state: State) -> Query[None]:
        """Take mail off every kind."""
        known = yield from rows.one(Preference, self.agent_id)
        before = choices_of(known.choices) if known is not None else Choices()
        ways = {kind: before.by(kind) - {"mail"} for kind in KINDS}
        chosen = msgspec.structs.replace(before, ways=ways, digest="off")
        made = Preference(self.agent_id, encode(chosen).decode(), (known.version if known is not None else 0) + 1)
        yield from rows.add(made) if known is None else rows.change(made)
        state.drop_timer(DIGEST, self.agent_id)


class DigestDue(Unit):
    """The timer of an agent's digest fired: queue one, and set the next. However late, there is one."""

    priority = Priority.BULK
    alone = True

    def __init__(self, timer: Timer) -> None:
        self.agent_id = timer.ref

    def needs(self, needs: Needs) -> None:
        """The timer."""
        needs.due.add((DIGEST, self.agent_id))

    def run(self, state: State) -> Query[bool]:
        """Look again under the lock. False when it is gone, or was moved."""
        timer = state.timer(DIGEST, self.agent_id)
        if timer is None or timer.due_at > state.now:
            return False
        state.drop_timer(DIGEST, self.agent_id)
        known = yield from rows.one(Preference, self.agent_id)
        following = next_digest(choices_of(known.choices), state.now) if known is not None else None
        if following is None:
            return False
        state.set_timer(DIGEST, self.agent_id, following)
        payload = msgspec.json.encode({"agent": self.agent_id})
        state.add(
            Job(
                id=state.next_id(), key=f"digest-{self.agent_id}-{timer.due_at}", kind=DIGEST_MAIL, channel_id=None,
                payload=payload, due_at=state.now, attempts=0, lease_until=None, reason="", created_at=state.now,
            )
        )  # fmt: skip
        return True


class Subscribe(Unit):
    """Have a browser called for an agent. One that is known already is his from now on, with its new keys."""

    alone = True

    def __init__(
        self, agent_id: int, session_id: int, endpoint: str, p256dh: str, auth: str, name: str
    ) -> None:  # fmt: skip
        self.agent_id = agent_id
        self.session_id = session_id
        self.endpoint = endpoint
        self.p256dh = p256dh
        self.auth = auth
        self.name = name

    def run(self, state: State) -> Query[Subscription]:
        """Write it; the oldest goes where there are too many."""
        yield from notifications.drop_signed_out()
        known = yield from notifications.by_endpoint(self.endpoint)
        made = Subscription(
            id=known.id if known is not None else state.next_id(), agent_id=self.agent_id, session_id=self.session_id,
            endpoint=self.endpoint, p256dh=self.p256dh, auth=self.auth, name=self.name, created_at=state.now,
        )  # fmt: skip
        yield from rows.add(made) if known is None else rows.change(made)
        others = [one for one in (yield from notifications.browsers([self.agent_id])) if one.id != made.id]
        for one in others[: max(len(others) + 1 - MOST_BROWSERS, 0)]:
            yield from rows.remove(Subscription, one.id)
        return made


class Unsubscribe(Unit):
    """A browser is called no more. Raises NotFound for somebody else's."""

    alone = True

    def __init__(self, agent_id: int, subscription_id: int) -> None:
        self.agent_id = agent_id
        self.subscription_id = subscription_id

    def run(self, state: State) -> Query[None]:
        """Forget it."""
        known = yield from rows.one(Subscription, self.subscription_id)
        if known is None or known.agent_id != self.agent_id:
            raise NotFound(f"you have no browser {self.subscription_id}")
        yield from rows.remove(Subscription, known.id)


class CallOnce(Unit):
    """Call an agent's browsers once, to see that it works. How many there are."""

    alone = True

    def __init__(self, agent_id: int) -> None:
        self.agent_id = agent_id

    def run(self, state: State) -> Query[int]:
        """A job for each browser."""
        browsers = yield from notifications.browsers([self.agent_id])
        for one in browsers:
            job_id = state.next_id()
            payload = msgspec.json.encode({"subscription": one.id, "test": True})
            state.add(
                Job(
                    id=job_id, key=f"test-push-{job_id}", kind=PUSH, channel_id=None, payload=payload,
                    due_at=state.now, attempts=0, lease_until=None, reason="", created_at=state.now,
                )
            )  # fmt: skip
        return len(browsers)
