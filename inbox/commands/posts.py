"""Posts: given to a campaign, with all that is written under them; the rest of their waits dismissed at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from inbox import clock
from inbox.commands.versions import found
from inbox.domain import events as e
from inbox.domain import posts as rules
from inbox.domain import wait
from inbox.domain.permissions import Principal, require
from inbox.domain.records import Campaign, Post, Wait
from inbox.domain.state import Needs, State
from inbox.errors import Invalid, NotFound
from inbox.eventlog.directory import Directory
from inbox.eventlog.load import rows_of
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.storage import posts
from inbox.storage.database import Database, Query

SLICE = 100
"""Small enough that what people do in between is not kept waiting."""
MAX_DISMISSED = 5_000


def post_seen_by(principal: Principal, directory: Directory, post: Post | None, post_id: int) -> Post:
    """The post, if its channel is in sight. Raises NotFound."""
    channel = directory.channels.get(post.channel_id) if post is not None else None
    if post is None or channel is None or not principal.scope.covers(channel.id, channel.team_id):
        raise NotFound(f"there is no post {post_id}, or it is not in your channels and teams")
    return post


class GivePost(Unit):
    """A post belongs to a campaign from now on, or to none. What is written under it follows by `carry_all`."""

    alone = True

    def __init__(self, principal: Principal, post_id: int, campaign_id: int | None, directory: Directory) -> None:
        require(principal, "settings")
        self.principal = principal
        self.post_id = post_id
        self.campaign_id = campaign_id
        self.directory = directory

    def needs(self, needs: Needs) -> None:
        """The post."""
        needs.posts_by_id.add(self.post_id)

    def run(self, state: State) -> Query[None]:
        """Write it, if it is not so already."""
        post = post_seen_by(self.principal, self.directory, state.posts.get(self.post_id), self.post_id)
        if self.campaign_id is not None:
            yield from found(Campaign, self.campaign_id)
        if post.campaign_id != self.campaign_id:
            post.campaign_id = self.campaign_id
            state.touch(post)
            rules.told(state, self.directory.facts(post.channel_id), post, self.principal.actor)


class Carry(Unit):
    """Some conversations belong to a campaign from now on, or to none. The result is how many did not before."""

    priority = Priority.BULK
    alone = True

    def __init__(self, conversation_ids: Sequence[int], campaign_id: int | None, actor: e.Actor) -> None:
        self.conversation_ids = conversation_ids
        self.campaign_id = campaign_id
        self.actor = actor
        self.weight = len(conversation_ids)

    def needs(self, needs: Needs) -> None:
        """The conversations."""
        needs.conversations.update(self.conversation_ids)

    def decide(self, state: State) -> int:
        """Carry it to each."""
        known = [state.conversations[i] for i in self.conversation_ids if i in state.conversations]
        return sum(rules.carry(state, one, self.campaign_id, self.actor) for one in known)


class CarryOn(Unit):
    """A post came to a campaign when its words became known: a slice of what is written under it follows. The timer
    stays while there may be more. True when something followed.
    """

    priority = Priority.BULK
    alone = True
    weight = SLICE

    def __init__(self, post_id: int) -> None:
        self.post_id = post_id

    def needs(self, needs: Needs) -> None:
        """The timer."""
        needs.due.add((rules.CARRY, self.post_id))

    def run(self, state: State) -> Query[bool]:
        """The next slice."""
        if state.timer(rules.CARRY, self.post_id) is None:
            return False
        state.drop_timer(rules.CARRY, self.post_id)
        listed = yield from posts.one(self.post_id)
        if listed is None:
            return False
        campaign_id = listed.post.campaign_id
        ids = yield from posts.elsewhere(self.post_id, campaign_id, SLICE)
        yield from rows_of(state, ids)
        for conversation_id in ids:
            rules.carry(state, state.conversations[conversation_id], campaign_id)
        if len(ids) == SLICE:
            state.set_timer(rules.CARRY, self.post_id, state.now)
        return bool(ids)


async def carry_all(
    database: Database, writer: Writer, select: Callable[[int], Query[list[int]]], campaign_id: int | None,
    actor: e.Actor,
) -> None:  # fmt: skip
    """Carry a campaign to all conversations that `select` finds, slice after slice, until it finds none. Cut off in
    between, the same call goes on where it was.
    """
    while ids := await database.read(select, SLICE):
        if not await writer.submit(Carry(ids, campaign_id, actor)):
            return


class _OnWaits(Unit):
    """A slice of the waits under a post. The result is how many changed."""

    priority = Priority.BULK
    alone = True

    def __init__(self, principal: Principal, slice_: Sequence[tuple[int, int]]) -> None:
        self.principal = principal
        self.wait_ids = [wait_id for wait_id, _ in slice_]
        self.conversation_ids = {conversation_id for _, conversation_id in slice_}
        self.weight = len(slice_)

    def needs(self, needs: Needs) -> None:
        """The waits with their conversations."""
        needs.conversations |= self.conversation_ids
        needs.waits.update(self.wait_ids)

    def decide(self, state: State) -> int:
        """Those that are still as they were chosen, in conversations in sight."""
        changed = 0
        for one in (state.waits[i] for i in self.wait_ids if i in state.waits):
            conversation = state.conversations.get(one.conversation_id)
            scope = self.principal.scope
            if conversation is not None and scope.covers(conversation.channel_id, conversation.team_id):
                changed += self.one(state, one)
        return changed

    def one(self, state: State, chosen: Wait) -> bool:
        """Change one wait; False when there is nothing to change any more."""
        raise TypeError(f"{type(self).__name__} does not override one")


class _DismissSome(_OnWaits):
    def __init__(self, principal: Principal, slice_: Sequence[tuple[int, int]], reason: str) -> None:
        super().__init__(principal, slice_)
        self.reason = reason

    def one(self, state: State, chosen: Wait) -> bool:
        if chosen.end or chosen.answer_id is not None:
            return False
        wait.dismissed(state, [chosen], self.reason, self.principal.actor)
        return True


class _TakeSomeBack(_OnWaits):
    def one(self, state: State, chosen: Wait) -> bool:
        wait.taken_back(state, [chosen], self.principal.actor)
        return not chosen.end


class Dismissed(msgspec.Struct, frozen=True):
    """What a bulk dismissal did. `began_at`: since when its waits are dismissed, for taking it back (µs)."""

    dismissed: int
    began_at: int


async def dismiss_rest(
    database: Database, writer: Writer, principal: Principal, post_id: int, reason: str, *, limit: int, until: int
) -> Dismissed:
    """Dismiss up to `limit` of those who wait under a post since `until` (µs) or longer, oldest first, in slices. An
    answer on its way is left to end its wait itself.
    """
    require(principal, "triage")
    began_at, done, after = clock.now(), 0, (-1, -1)
    while done < limit:
        chosen = await database.read(posts.waits, post_id, until, min(SLICE, limit - done), after)
        if not chosen:
            break
        after = (chosen[-1][2], chosen[-1][0])
        done += await writer.submit(_DismissSome(principal, [one[:2] for one in chosen], reason or "no_answer_needed"))
    return Dismissed(done, began_at)


async def take_back(database: Database, writer: Writer, principal: Principal, post_id: int, since: int) -> int:
    """Take back what the principal himself dismissed under a post since an instant; how many wait again."""
    require(principal, "triage")
    if since > clock.now():
        raise Invalid("`since` lies in the future", code="since")
    actor, done, after = principal.actor, 0, 0
    while chosen := await database.read(posts.dismissed, post_id, since, actor.kind, actor.id or 0, SLICE, after):
        after = chosen[-1][0]
        done += await writer.submit(_TakeSomeBack(principal, chosen))
    return done
