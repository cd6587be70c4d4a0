"""The edge cases in which response times of other tools lie: one test for each row of docs/metrics.md's table."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from connectors import inbound as net
from inbox.clock import DAY, HOUR, MINUTE, SECOND
from inbox.commands.approvals import Approve, SendBack
from inbox.commands.merge import Merge, Unmerge
from inbox.commands.reply import contexts_of
from inbox.commands.triage import Dismiss
from inbox.domain.desk_records import DeskRules
from inbox.domain.events import Actor
from inbox.domain.permissions import Principal, Scope
from inbox.domain.records import Team
from inbox.storage import tables as t
from tests.inbox.desk import ANNA, BEN, SHOP, T0, Desk
from tests.inbox.domain.promises import policy
from tests.inbox.reports.bureau import Bureau, bureau
from tests.inbox.world import ATHENS, CLEO, TELEGRAM, Rows

EVERYTHING = Scope(None, frozenset(), True)
TOKEN = Principal(Actor("token", 77), "Bot", EVERYTHING, frozenset({"read", "reply"}))


@pytest.fixture
async def made(database_url: str) -> AsyncIterator[Bureau]:
    """A bureau on each engine; what it counted is recomputed from the log at the end of each test."""
    async with bureau(database_url) as opened:
        yield opened


async def test_bot_or_auto_reply_first(made: Bureau) -> None:
    """An automatic answer ends no wait: only a person's does; when the automatic one came is told beside it."""
    await made.desk.writes()
    made.desk.later(5)
    await made.answers("We have your message.", who=TOKEN)
    made.desk.later(595)
    await made.answers()

    (fact,) = await made.facts()
    response = await made.cells("response")
    assert (response["n"], response["longest"]) == (1, 600.0)
    assert fact.automatic_at == T0 + 5 * SECOND
    assert (await made.cells("rate"))["automatic_first"] == 1
    assert (await made.cells("volume"))["replied_automatically"] == 1


async def test_an_automatic_answer_belongs_to_the_wait_it_came_in(made: Bureau) -> None:
    """What a machine says to who writes again is no first answer of the wait before, which was over."""
    await made.desk.writes()
    made.desk.later(60)
    await made.answers()
    await made.facts()
    made.desk.later(60)
    await made.desk.writes("And the invoice?")
    made.desk.later(5)
    await made.answers("We have your message.", who=TOKEN)
    made.desk.later(60)
    await made.answers()

    before, after = await made.facts()
    assert (before.automatic_at, after.automatic_at) == (None, T0 + 125 * SECOND)


async def test_customer_writes_three_times_before_the_answer(made: Bureau) -> None:
    """The clock runs from the oldest unanswered item, and one answer ends one wait."""
    for seconds in (0, 60, 120):
        await made.desk.writes(f"after {seconds}")
        made.desk.later(60)
    await made.answers()

    response = await made.cells("response")
    assert (response["n"], response["longest"]) == (1, 180.0)


async def test_thanks_is_dismissed_and_counted_apart(made: Bureau) -> None:
    """What needs no answer is kept out of reply times and has its own count."""
    await made.desk.writes()
    made.desk.later(60)
    await made.answers()
    made.desk.later(60)
    await made.desk.writes("Thanks!")
    await made.desk.do(Dismiss(made.desk.agent(), await made.desk.only(), "thanks"))

    rate = await made.cells("rate")
    assert (await made.cells("response"))["n"] == 1
    assert (rate["answered"], rate["dismissed"], rate["response_rate"]) == (1, 1, 1.0)


async def test_closed_without_an_answer_counts_as_unanswered(made: Bureau) -> None:
    """Who closes while somebody waits does not make the wait vanish: it is in the response rate."""
    await made.desk.writes(person="eleni")
    await made.answers()
    await made.desk.writes(person="budi")
    await made.desk.triages(conversation=await _conversation_of(made.desk, "budi"), status="closed")

    rate = await made.cells("rate")
    assert (rate["answered"], rate["left"], rate["response_rate"]) == (1, 1, 0.5)


async def test_reopened_is_an_episode_of_its_own(made: Bureau) -> None:
    """The first response belongs to episode 1; a reopening's is counted apart; each episode has its resolution."""
    await made.desk.writes()
    made.desk.later(60)
    await made.answers(then_close=True)
    made.desk.later(3_600)
    await made.desk.writes("It came back!")
    made.desk.later(300)
    await made.answers(then_close=True)

    assert [fact.response for fact in await made.facts()] == ["first", "reopened"]
    first, again = await made.cells("response", measure="first"), await made.cells("response", measure="reopened")
    assert (first["n"], first["longest"]) == (1, 60.0)
    assert (again["n"], again["longest"]) == (1, 300.0)
    assert [(one.number, one.closed_at - (one.first_in_at or 0)) for one in await made.episodes()] == [
        (1, 60 * SECOND),
        (2, 300 * SECOND),
    ]
    assert (await made.cells("resolution", measure="first"))["n"] == 1
    reopened = await made.cells("reopened")
    assert (reopened["closed"], reopened["reopened"], reopened["reopen_share"]) == (2, 1, 0.5)


async def test_reopened_by_a_refused_answer_is_not_reopened_by_the_customer(made: Bureau) -> None:
    """What comes back since the answer did not arrive says nothing about the customer."""
    await made.desk.writes()
    answer = await made.desk.replies(then_close=True)
    await made.desk.accepts(answer)
    made.desk.later(60)
    await made.desk.told_failed(answer)
    await made.desk.triages(status="closed")

    assert "conversation_reopened" in await made.desk.events()
    reopened = await made.cells("reopened")
    assert (reopened["reopened"], reopened["reopen_share"]) == (0, 0.0)


async def test_closed_right_after_it_was_opened_is_a_close(made: Bureau) -> None:
    """Also where nothing of others stands between the two in the log."""
    await made.desk.writes()
    await made.answers(then_close=True)
    for status in ("open", "closed"):
        made.desk.later(60)
        await made.desk.triages(status=status)

    assert (await made.desk.events())[-2:] == ["conversation_reopened", "conversation_closed"]
    assert (await made.cells("volume"))["closed"] == 2
    assert [line.cells["resolved"] for line in (await made.report("agents")).lines] == [2]


async def test_reassigned_splits_the_wait_between_holders(made: Bureau) -> None:
    """Queue, team and persons each have their part; the customer's figure is one and is never split."""
    await made.desk.writes()
    made.desk.later(100)
    await made.desk.triages(team_id=ATHENS)
    made.desk.later(200)
    await made.desk.triages(assignee_id=BEN)
    made.desk.later(300)
    await made.desk.triages(assignee_id=ANNA)
    made.desk.later(400)
    await made.answers()

    (fact,) = await made.facts()
    spans = await made.stretches(fact.wait_id)
    assert [(one.part, one.owner_id, (one.ended_at - one.began_at) // SECOND) for one in spans] == [
        ("queue", 0, 100),
        ("team", 0, 200),
        ("person", BEN, 300),
        ("person", ANNA, 400),
    ]
    parts = await made.cells("parts")
    assert (parts["queue"], parts["team"], parts["person"], parts["customer"]) == (100.0, 200.0, 700.0, 1000.0)
    held = {line.key["agent"]: line.cells["owned_time"] for line in (await made.report("agents")).lines}
    assert held == {str(ANNA): 400.0, str(BEN): 300.0}


async def test_failed_send_is_no_answer(made: Bureau) -> None:
    """Until a network accepts, the wait stays open."""
    await made.desk.writes()
    made.desk.later(60)
    message = await made.desk.replies()
    await made.desk.refuses(message)

    assert (await made.cells("response"))["n"] == 0
    made.desk.later(60)
    await made.answers("Once more.")
    assert (await made.cells("response"))["longest"] == 120.0


async def test_refused_after_accepted_goes_on_from_its_original_start(made: Bureau) -> None:
    """What was answered and is refused later waits again from its first instant; the day it was counted is marked."""
    await made.desk.writes()
    made.desk.later(60)
    message = await made.answers()
    assert (await made.cells("response"))["n"] == 1
    made.desk.later(2 * 86_400)
    await made.desk.told_failed(message)

    assert (await made.cells("response"))["n"] == 0
    day = await made.report("response", since=T0 - HOUR, until=T0 + DAY)
    assert day.total.restated == 1
    await made.answers("Once more.")
    (fact,) = await made.facts()
    assert fact.ended_at - fact.opened_at == (60 + 2 * 86_400) * SECOND
    assert fact.over == 2 * DAY


async def test_answer_typed_in_the_native_app(made: Bureau) -> None:
    """An answer given outside counts, and is counted as such."""
    item = await made.desk.writes()
    made.desk.later(90)
    await _answers_outside(made.desk, item)

    (fact,) = await made.facts()
    assert (fact.end, fact.ended_by, fact.agent_id) == ("answered", "outside", 0)
    assert (await made.cells("response"))["longest"] == 90.0
    assert (await made.cells("rate"))["outside"] == 1


async def test_ingest_late_is_not_blamed_on_agents(made: Bureau) -> None:
    """The customer's clock begins with the network's time, the desk's with our receipt; the lag has its own column."""
    await made.desk.writes(occurred_at=T0 - 20 * MINUTE)
    made.desk.later(60)
    await made.answers()

    customer, desk = await made.cells("response"), await made.cells("response", clock="desk")
    parts = await made.cells("parts")
    assert (customer["longest"], desk["longest"], parts["lag"]) == (1_260.0, 60.0, 1_200.0)


async def test_public_comment_answered_in_private(made: Bureau) -> None:
    """A private answer to the same person in the same conversation ends the public wait."""
    comment = await made.desk.comments("How much?", person="eleni")
    conversation = (await made.desk.item(comment)).conversation_id
    made.desk.later(45)
    message = await made.desk.replies("In private.", conversation=conversation, private=True)
    await made.desk.accepts(message)

    (fact,) = await made.facts()
    assert (fact.kind, fact.end) == ("comment", "answered")
    assert (await made.cells("response", kind=("comment",)))["longest"] == 45.0


async def test_item_deleted_before_an_answer_is_voided(made: Bureau) -> None:
    """Nothing hangs open: the wait is void with a reason, counted as voided, and out of the response rate."""
    item = await made.desk.writes()
    made.desk.later(30)
    await made.desk.arrives(net.MessageDeleted(dedupe_key="gone", occurred_at=made.desk.now, external_id=item))

    (fact,) = await made.facts()
    rate = await made.cells("rate")
    assert (fact.end, fact.reason) == ("voided", "deleted")
    assert (rate["voided"], rate["response_rate"]) == (1, None)


async def test_merge_and_split_change_no_number(made: Bureau) -> None:
    """Waits keep their identity when conversations are merged and taken apart: no figure changes, nothing is lost."""
    for person in ("eleni", "budi"):
        await made.desk.writes(person=person)
        made.desk.later(60)
        await made.answers(conversation=await _conversation_of(made.desk, person))
    await made.desk.writes("Hello?", person="budi")
    before = await _all_figures(made)
    source, target = await _conversation_of(made.desk, "budi"), await _conversation_of(made.desk, "eleni")
    made.desk.later(60)
    await made.desk.do(Merge(made.desk.agent(), source, target))
    merged = await _all_figures(made)
    await made.desk.do(Unmerge(made.desk.agent(), source))

    assert before == merged == await _all_figures(made)
    assert {fact.conversation_id for fact in await made.facts()} == {source, target}


async def test_merged_wait_is_held_by_whoever_holds_the_other_conversation(made: Bureau) -> None:
    """From the merge on, the wait is with the target's owner; before it was in the queue."""
    for person in ("eleni", "budi"):
        await made.desk.writes(person=person)
    source, target = await _conversation_of(made.desk, "budi"), await _conversation_of(made.desk, "eleni")
    await made.desk.triages(conversation=target, assignee_id=ANNA)
    made.desk.later(100)
    await made.desk.do(Merge(made.desk.agent(), source, target))
    made.desk.later(50)
    fact = (await made.facts())[1]

    spans = await made.stretches(fact.wait_id)
    assert [(one.part, one.owner_id) for one in spans] == [("queue", 0), ("person", ANNA)]
    assert spans[0].ended_at - spans[0].began_at == 100 * SECOND


async def test_agent_starts_the_conversation(made: Bureau) -> None:
    """Nobody waits until the customer writes: no figure is zero or below."""
    await made.desk.writes()
    made.desk.later(60)
    await made.answers()
    made.desk.later(3_600)
    await made.answers("By the way, it ships today.")
    made.desk.later(600)
    await made.desk.writes("Great, when?")
    made.desk.later(30)
    await made.answers()

    response = await made.cells("response")
    assert (response["n"], response["shortest"], response["longest"]) == (2, 30.0, 60.0)


async def test_late_arriving_event_marks_a_closed_day(made: Bureau) -> None:
    """An answer let go before midnight and accepted after it counts on the day before, which is marked restated."""
    made.desk.later((16 * HOUR - 10 * MINUTE) // SECOND)  # T0 is 08:00 UTC
    await made.desk.writes()
    made.desk.later(300)
    message = await made.desk.replies()
    made.desk.later(600)
    await made.desk.accepts(message)

    days = await made.by("response", "day")
    assert {day: (line.cells["n"], line.restated) for day, line in days.items()} == {"2027-01-15": (1, 1)}
    assert (await made.report("response", since=T0, until=T0 + DAY)).total.restated == 0


async def test_only_what_a_report_counts_is_said_to_be_restated(made: Bureau) -> None:
    """Of other channels or kinds nothing was counted anew, and surveys count no waits."""
    await made.desk.writes()
    message = await made.answers()
    made.desk.later(2 * DAY // SECOND)
    await made.desk.told_failed(message)

    async def restated(name: str, **only: tuple[int | str, ...]) -> int:
        return (await made.report(name, since=T0 - HOUR, until=T0 + DAY, **only)).total.restated

    assert await restated("response", channel=(SHOP,), kind=("direct", "mail")) == 1
    assert await restated("response", channel=(TELEGRAM,)) == 0
    assert await restated("response", kind=("review",)) == 0
    assert await restated("csat") == 0


async def test_agent_moved_team_takes_no_past_along(made: Bureau) -> None:
    """A wait belongs to the team that held it then, whatever teams its agent is in now."""
    await made.desk.writes()
    await made.desk.triages(team_id=ATHENS, assignee_id=BEN)
    made.desk.later(60)
    await made.answers(agent=BEN)
    await made.desk.world.rows((t.team, _team(99, "Patras")), (t.team_member, (99, BEN)))

    assert list(await made.by("response", "team")) == [str(ATHENS)]


async def test_dismissed_after_its_deadline_stays_missed(made: Bureau) -> None:
    """Dismissing is no way to a perfect score."""
    await _promises(made.desk, first_response_seconds=600)
    await made.desk.writes()
    made.desk.later(900)
    await made.desk.do(Dismiss(made.desk.agent(), await made.desk.only(), "thanks"))

    targets = await made.cells("targets")
    assert (targets["due"], targets["in_target"], targets["dismissed_late"]) == (1, 0.0, 1)


async def test_open_and_overdue_counts_against_the_share(made: Bureau) -> None:
    """Not answering is not rewarded: what is open past its deadline is missed; what is not due yet is neither."""
    await _promises(made.desk, first_response_seconds=600)
    await made.desk.writes(person="eleni")
    made.desk.later(60)
    await made.answers()
    await made.desk.writes("Next", person="budi")

    assert await _promised(made) == (1, 1.0, 0, 1)
    made.desk.later(3_600)
    assert await _promised(made) == (2, 0.5, 1, 0)


async def test_wrote_again_after_a_dismissal_reopens_and_stands_beside(made: Bureau) -> None:
    """Writing again within 24 h of a dismissal brings the wait back from its start, and is counted."""
    await made.desk.writes()
    made.desk.later(60)
    await made.desk.do(Dismiss(made.desk.agent(), await made.desk.only(), "thanks"))
    made.desk.later(3_600)
    await made.desk.writes("But it is broken!")
    made.desk.later(60)
    await made.answers()

    assert (await made.cells("targets"))["wrote_again"] == 1
    assert (await made.cells("response"))["longest"] == 60.0 + 3_600.0 + 60.0
    assert (await made.cells("parts"))["over"] == 3_600.0
    for measure, n in (("", 1), ("resolution", 0)):
        listed = await made.reports.behind("targets", "wrote_again", made.asked(measure=measure), EVERYTHING, limit=5)
        assert (len(listed), (await made.cells("targets", measure=measure))["wrote_again"]) == (n, n)


async def test_what_was_taken_for_ended_is_nobodys_time(made: Bureau) -> None:
    """From when the answer was let go until it was refused, whoever got the conversation meanwhile: he holds it from
    then on.
    """
    await made.desk.writes()
    made.desk.later(60)
    answer = await made.desk.replies(agent=ANNA)
    for seconds, owner in ((600, ANNA), (600, None), (600, BEN)):
        made.desk.later(seconds)
        await made.desk.triages(assignee_id=owner)
        if owner is ANNA:
            await made.desk.accepts(answer)
    made.desk.later(3_600)
    await made.desk.told_failed(answer)
    made.desk.later(300)
    await made.answers(agent=BEN)

    (fact,) = await made.facts()
    assert (fact.in_queue, fact.over, fact.with_person) == (60 * SECOND, 5_400 * SECOND, 300 * SECOND)
    over = [one.owner_id for one in await made.stretches(fact.wait_id) if one.part == "over"]
    assert over == [0, ANNA, 0, BEN]


async def test_backlog_counts_a_wait_only_while_it_ran(made: Bureau) -> None:
    """At an instant in which it was taken for ended, a wait was no backlog, whatever happened since."""
    await made.desk.writes()
    made.desk.later(1_800)
    await made.desk.do(Dismiss(made.desk.agent(), await made.desk.only(), "thanks"))
    made.desk.later(3_600)
    await made.desk.writes("But it is broken!")
    made.desk.later(3_600)

    await made.reads()
    asked = made.asked(since=T0 + 1, until=made.desk.now)
    report = await made.reports.table("backlog", asked, EVERYTHING, step="hour")
    assert [(line.cells["waits"], line.cells["oldest"]) for line in report.lines] == [
        (0, None),
        (1, 7_200.0),
        (1, 9_000.0),
    ]


async def test_liked_is_an_action_and_no_answer(made: Bureau) -> None:
    """A like of ours ends the wait as dismissed; the person acted, and did not answer."""
    comment = await made.desk.comments("Lovely shoes, which size?", person="eleni")
    made.desk.later(20)
    message = await made.desk.item(comment)
    await made.desk.moderates(message.id, "react", emoji="❤")
    part = (await made.desk.rows("SELECT message_id FROM outbox ORDER BY id DESC"))[0][0]
    await made.desk.accepts(part)

    rate = await made.cells("rate")
    assert (rate["answered"], rate["acted"], rate["dismissed"]) == (0, 1, 1)
    assert (await made.cells("action"))["longest"] == 20.0
    assert (await made.cells("moderation"))["reacted"] == 1


async def _all_figures(made: Bureau) -> list[dict[str, float | None]]:
    names = ("response", "rate", "parts", "resolution")
    return [await made.cells(name, now=T0 + 10 * MINUTE) for name in names]


async def _promised(made: Bureau) -> tuple[float | None, ...]:
    cells = await made.cells("targets")
    return tuple(cells[name] for name in ("due", "in_target", "open_late", "pending"))


async def _conversation_of(desk: Desk, person: str) -> int:
    rows = await desk.rows(f"SELECT conversation_id FROM thread WHERE external_id = 'chat-{person}'")
    return int(rows[0][0])


async def _answers_outside(desk: Desk, item: str) -> None:
    await desk.writes(
        "From my phone.", author=net.Author(external_id="us", name="Shop", is_self=True), in_reply_to=item,
        thread=net.Thread(external_id="chat-eleni", kind="direct", audience="private"),
    )  # fmt: skip


async def _promises(desk: Desk, **terms: int) -> None:
    """Let a policy promise something to everybody, in calendar time."""
    await desk.world.rows((t.policy, policy(**terms)))
    desk.world.writer.terms = lambda: desk.world.directory.terms


def _team(team_id: int, name: str) -> Team:
    return Team(team_id, name, 1, 1)


async def test_an_answer_that_waits_for_a_yes(made: Bureau) -> None:
    """The time between the answer and the approver's yes is a part of its own; what was sent back leaves one too."""
    desk = made.desk
    await desk.do(Rows((t.desk_rules, DeskRules(1, "{}", f'{{"channel_ids":[{SHOP}]}}', 1))))
    await desk.world.directory.load()
    await desk.writes()
    await desk.triages(assignee_id=ANNA)
    desk.later(60)
    first = await desk.replies(agent=ANNA)
    desk.later(120)
    await desk.do(SendBack(desk.agent(CLEO), first, "Kinder, please."))
    desk.later(30)
    second = await desk.replies("Gladly.", agent=ANNA, hold_seconds=0)
    desk.later(300)
    contexts = await contexts_of(desk.world.database, desk.context_of, await desk.only())
    unit = Approve(desk.agent(CLEO), second, None, force=False, directory=desk.world.directory, contexts=contexts)
    await desk.do(unit)
    await desk.accepts(second)

    (fact,) = await made.facts()
    assert (fact.in_approval, fact.with_person) == (420 * SECOND, 90 * SECOND)
    told = [one.part for one in await made.stretches(fact.wait_id) if one.ended_at > one.began_at]
    assert told == ["person", "approval", "person", "approval"]
    assert (await made.cells("parts"))["approval"] == 420.0
