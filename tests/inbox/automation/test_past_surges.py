"""When far more than usual came, told from what came: the same as what rules that look did."""

from __future__ import annotations

import random
from collections import Counter

import msgspec
import pytest

from inbox.automation.past_surges import STEP, PastSurges
from inbox.automation.surges import DAYS, Surges
from inbox.clock import DAY, HOUR, MINUTE, SECOND
from inbox.domain import events as e
from inbox.domain.rules import OnVolume, SurgeScope
from inbox.eventlog import log
from inbox.eventlog.bus import Bus
from inbox.reports.reader import Reader
from inbox.storage import rules
from tests.inbox.automation.office import Office

Came = list[tuple[int, int, int]]
Told = list[tuple[int, int, int | None, int, float]]
BEGAN = 20_000 * DAY


def by_hand(trigger: OnVolume, came: Came, since: int, until: int) -> Told:
    """Each look counted anew from all that came."""
    span, found, running = trigger.minutes * MINUTE, [], {}

    def seen(ref: int, at: int) -> int:
        return sum(1 for when, where, _ in came if where == ref and at - span < when <= at)

    for at in range((since // STEP + 1) * STEP, until + 1, STEP):
        for ref in sorted({ref for _, ref, _ in came}):
            count = seen(ref, at)
            if count < trigger.minimum and ref not in running:
                continue
            usual = sum(seen(ref, at - day * DAY) for day in range(1, DAYS + 1)) / DAYS
            if ref not in running and count >= trigger.minimum and count > trigger.times * usual:
                running[ref] = [at, ref, None, count, usual]
                found.append(running[ref])
            elif ref in running and count < max(trigger.minimum, trigger.times * usual) / 2:
                running.pop(ref)[2] = at
    return sorted((at, ref, ended, count, usual) for at, ref, ended, count, usual in found)


def told(trigger: OnVolume, came: Came, since: int, until: int) -> Told:
    """What is told of the same."""
    past = PastSurges(trigger, since, until)
    past.tell(one for one in sorted(came) if past.needed_since < one[0] <= until)
    found = [one for ref in past.refs for one in past.of(ref)]
    return sorted((one.began_at, one.ref, one.ended_at, one.count, one.usual) for one in found)


@pytest.mark.parametrize("seed", range(40))
def test_it_is_what_counting_each_look_anew_gives(seed: int) -> None:
    """For random bursts in three places, around midnight and on days before; instants on a look and between looks."""
    dice = random.Random(seed)
    trigger = OnVolume(
        scope="post", minutes=dice.choice([5, 17, 60]), times=dice.choice([1, 1.5, 3]), minimum=dice.randint(1, 6)
    )
    came: Came = []
    for _ in range(dice.randint(1, 25)):
        start = BEGAN - dice.choice([0, 0, 0, 1, 2, 7, 13, 14]) * DAY + dice.randrange(-20, 120) * MINUTE
        ref = dice.randint(1, 3)
        for _ in range(dice.randint(1, 12)):
            at = start + dice.randrange(20) * dice.choice([STEP, MINUTE // 7])
            came.append((at, ref, dice.randint(1, 5)))
    since = BEGAN + dice.randrange(-30, 10) * MINUTE + dice.choice([0, 7])
    until = since + dice.randrange(60, 150) * MINUTE
    assert told(trigger, came, since, until) == by_hand(trigger, came, since, until)


def test_the_conversations_are_those_of_the_window() -> None:
    """Each once, by id; what came a moment before the window, or after the look, is left out."""
    trigger = OnVolume(scope="channel", minutes=5, times=1, minimum=3)
    at = BEGAN + HOUR
    came = [(at - 5 * MINUTE, 1, 9), (at - MINUTE, 1, 7), (at - SECOND, 1, 5), (at, 1, 7), (at + SECOND, 1, 8)]
    past = PastSurges(trigger, BEGAN, at + HOUR)
    past.tell(came)
    assert [(one.began_at, one.count, one.conversations) for one in past.of(1)] == [(at, 3, [5, 7])]


@pytest.mark.parametrize("scope", ["channel", "post"])
async def test_random_lives_are_told_as_the_rule_that_ran_saw_them(there: Office, scope: SurgeScope) -> None:
    """The same surges at the same looks, with the same figures, and the same conversations acted on."""
    dice = random.Random(len(scope))
    start = (there.desk.now // DAY + 1) * DAY
    trigger = OnVolume(scope=scope, minutes=10, times=1.5, minimum=4)
    for day in (0, 3, 9, 12):
        there.desk.now = start + day * DAY + dice.randrange(40) * MINUTE
        await burst(there, dice, dice.randint(3, 9))
    since = there.desk.now = start + DAYS * DAY
    await there.rule({"do": "note", "text": "surge"}, trigger=msgspec.to_builtins(trigger))
    while there.desk.now < since + 80 * MINUTE:
        there.desk.now += STEP
        if dice.random() < 0.12:
            await burst(there, dice, dice.randint(1, 5))
        await looks(there)

    read = there.world.database.read
    past = PastSurges(trigger, since, there.desk.now)
    past.tell([row[:3] for row in await read(rules.came, scope, (past.needed_since, 0), there.desk.now, 10_000)])
    found = sorted((one for ref in past.refs for one in past.of(ref)), key=lambda one: (one.began_at, one.ref))
    head, _ = await read(log.head)
    logged = await read(log.of_types, ("surge_began", "surge_ended"), 0, head, 1_000)
    began = [(one.at, one.event) for one in logged if isinstance(one.event, e.SurgeBegan)]
    ended = sorted((one.at, one.event.ref) for one in logged if isinstance(one.event, e.SurgeEnded))

    assert len(found) >= 2
    assert [(at, one.ref, one.count, one.usual) for at, one in began] == [
        (one.began_at, one.ref, one.count, round(one.usual, 1)) for one in found
    ]
    assert ended == sorted((one.ended_at, one.ref) for one in found if one.ended_at is not None)
    acted = Counter((run.at, run.conversation_id) for run in await there.runs())
    assert acted == Counter((one.began_at, conversation) for one in found for conversation in one.conversations)


async def burst(there: Office, dice: random.Random, count: int) -> None:
    """Some write at once: in private, or below one of two posts."""
    for _ in range(count):
        person = f"p{dice.randrange(30)}"
        if dice.random() < 0.3:
            await there.desk.writes(person=person)
        else:
            post = f"post-{dice.randrange(2)}"
            await there.desk.comments("Is it there?", person=person, post=post, thread=f"{post}-{person}")


async def looks(there: Office) -> None:
    """The reports read on, the rules look and do what is due."""
    world = there.world
    await Reader(world.database, world.writer, Bus()).catch_up()
    await Surges(world.database, world.writer, await world.directory.fresh()).look()
    await there.works()
