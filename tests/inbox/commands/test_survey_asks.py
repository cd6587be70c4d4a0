"""Surveys on a store: put once, where and when they may be, answered in the thread or on the page; no response of
anybody.
"""

from __future__ import annotations

import asyncio
import random

import msgspec
import pytest

from connectors import inbound as net
from inbox.automation.triggers import happened
from inbox.clock import MINUTE
from inbox.commands.consent import PutConsent
from inbox.commands.contact import ChangeContact, ContactChange, Erase
from inbox.commands.due import unit_of
from inbox.commands.survey_asks import TIMERS
from inbox.commands.surveys import RemoveSurvey
from inbox.commands.triage import SetTag
from inbox.delivery.clockwork import Clockwork
from inbox.domain import events as e
from inbox.domain.records import Timer
from inbox.domain.state import State
from inbox.domain.surveys import SURVEY
from inbox.errors import Conflict, Invalid, NotFound
from inbox.eventlog import log
from inbox.eventlog.unit import Unit
from inbox.eventlog.verify import verify
from inbox.storage import tables as t
from inbox.storage.database import Query, Text
from tests.inbox.commands.polled import Polled, comment, linked
from tests.inbox.desk import ANNA, CLEO, SHOP, T0, Desk
from tests.inbox.house import running
from tests.inbox.world import ATHENS, TELEGRAM, channel


@pytest.fixture
def shop(desk: Desk) -> Polled:
    """A network without options."""
    return Polled(desk, SHOP)


@pytest.fixture
def telegram(desk: Desk) -> Polled:
    """A network with options to pick from."""
    return Polled(desk, TELEGRAM)


class _Language(Unit):
    """Conversations read as written in these languages."""

    alone = True

    def __init__(self, of: dict[int, str]) -> None:
        self.of = of

    def run(self, state: State) -> Query[None]:
        for conversation, language in self.of.items():
            sql = f"UPDATE conversation SET language = '{language}' WHERE id = {conversation:d}"
            yield Text({"sqlite": sql, "postgres": sql})


# --- when and whom


async def test_who_stays_closed_for_the_delay_is_asked_once_with_a_link(shop: Polled) -> None:
    """Half an hour after the close, not a minute before, and never again about it."""
    survey = await shop.survey()
    conversation = await shop.closed()
    await shop.passes(29)
    assert await shop.asks() == []
    await shop.passes(1)
    await shop.passes(300)

    ask = await shop.only()
    assert (ask.survey_id, ask.conversation_id, ask.way, ask.score) == (survey.id, conversation, "link", None)
    assert (ask.agent_id, ask.network, ask.kind, ask.sent_at) == (ANNA, "custom", "direct", T0 + 30 * MINUTE)
    (text,) = await shop.said()
    assert text.startswith("How did we do?\n")
    assert linked(text) == ask.id
    assert (await shop.desk.conversation()).status == "closed"


async def test_options_are_given_where_the_network_has_enough_of_them(telegram: Polled) -> None:
    """Five for satisfaction, eleven for a recommendation; no link stands there."""
    await telegram.survey()
    await telegram.closed()
    await telegram.passes()
    ask = await telegram.only()
    options = msgspec.json.decode(
        (await telegram.desk.rows(f"SELECT options FROM content WHERE message_id = {ask.message_id}"))[0][0]
    )

    assert ask.way == "options"
    assert [one["title"] for one in options["items"]] == ["1 ★", "2 ★★", "3 ★★★", "4 ★★★★", "5 ★★★★★"]
    assert await telegram.said() == ["How did we do?"]


async def test_whoever_is_reopened_or_written_to_meanwhile_is_not_asked(shop: Polled) -> None:
    """He wrote again, or an agent did, or somebody opened it: the case was not over."""
    await shop.survey()
    wrote, opened, answered = [await shop.closed(person=one) for one in ("eleni", "maria", "nikos")]
    shop.desk.later(60)
    await shop.writes("One more thing", person="eleni")
    await shop.desk.triages(conversation=opened, status="open")
    await shop.replies(answered)
    await shop.passes(300)

    assert await shop.asks() == []
    assert await shop.desk.rows(f"SELECT ref FROM timer WHERE kind = '{SURVEY}' AND ref = {wrote}") == []


async def test_a_close_after_a_reopening_counts_anew(shop: Polled) -> None:
    """The second close is what the delay runs from; the second episode is what he is asked about."""
    await shop.survey()
    conversation = await shop.closed()
    await shop.passes(20)
    await shop.writes("Wait")
    await shop.close(conversation)
    await shop.passes(20)
    assert await shop.asks() == []
    await shop.passes(10)

    assert (await shop.only()).episode == 2


async def test_nobody_is_asked_in_public_or_as_spam_or_when_he_is_blocked(shop: Polled) -> None:
    """A comment, spam, somebody blocked: no question."""
    await shop.survey()
    await shop.desk.arrives(comment("Nice shoes"))
    public = (await shop.desk.item("Nice shoes")).conversation_id
    spam, blocked = await shop.closed(person="maria"), await shop.closed(person="nikos")
    await shop.close(public)
    await shop.desk.triages(conversation=spam, status="spam")
    contact = (await shop.desk.conversation(blocked)).contact_id
    await shop.desk.do(ChangeContact(shop.desk.agent(), contact, ContactChange(blocked=True), None))
    await shop.passes()

    assert await shop.asks() == []


async def test_who_withdrew_consent_on_the_channel_is_not_asked(shop: Polled) -> None:
    """What he said about being written to holds for surveys too."""
    await shop.survey()
    contact = (await shop.desk.conversation(await shop.closed())).contact_id
    said = PutConsent(shop.desk.agent(), contact, SHOP, "withdrawn", "by phone", shop.desk.world.directory)
    await shop.desk.do(said)
    await shop.passes()

    assert await shop.asks() == []


async def test_nobody_is_asked_when_the_network_would_not_take_it(shop: Polled) -> None:
    """A channel that needs an admin, a thread that was closed, a person who cannot be reached."""
    await shop.survey()
    ids = [await shop.closed(person=one) for one in ("eleni", "maria")]
    gone = net.IdentityChanged(
        dedupe_key="gone", occurred_at=T0, author=net.Author(external_id="eleni", name="Eleni"), reachable=False
    )
    await shop.desk.arrives(gone)
    await shop.desk.arrives(net.ThreadClosed(dedupe_key="over", occurred_at=T0, thread_id="chat-maria"))
    await shop.passes()

    assert ids[0] != ids[1]
    assert await shop.asks() == []


@pytest.mark.parametrize(("hours", "asked"), [(23, 1), (25, 0)])
async def test_nobody_is_asked_after_the_reply_window(desk: Desk, hours: int, asked: int) -> None:
    """A network that takes free words for a day after the customer's last one is not asked to take more."""
    await desk.world.rows((t.channel, channel(13, "whatsapp")))
    shop = Polled(desk, 13)
    await shop.survey(delay_seconds=hours * 3_600)
    await shop.writes()
    await shop.close(await desk.only())
    await shop.passes(hours * 60)

    assert len(await shop.asks()) == asked


async def test_whoever_has_not_written_for_a_month_is_not_asked(shop: Polled) -> None:
    """Closing what lay about for long is no reason to write to people."""
    await shop.survey(delay_seconds=0)
    await shop.writes()
    shop.desk.later(31 * 86_400)
    await shop.close(await shop.desk.only())
    await shop.fires()

    assert await shop.asks() == []


async def test_a_person_is_asked_once_in_so_many_days(shop: Polled) -> None:
    """Two cases of one person within the days: one question; after them the next."""
    await shop.survey(every_days=7)
    await shop.closed()
    await shop.passes()
    conversation = (await shop.only()).conversation_id
    await shop.writes("Another thing")
    await shop.close(conversation)
    await shop.passes()
    assert len(await shop.asks()) == 1
    shop.desk.later(7 * 86_400)
    await shop.writes("And another")
    newest = (await shop.desk.rows("SELECT id FROM conversation ORDER BY id DESC LIMIT 1"))[0][0]
    await shop.close(newest)
    await shop.passes()

    assert len(await shop.asks()) == 2


async def test_conditions_choose_the_survey(shop: Polled) -> None:
    """The first survey whose condition holds is put; where none holds nobody is asked."""
    only_tag = {"field": "tag", "op": "is", "value": "41"}
    first = await shop.survey(name="Delivery", condition=only_tag, delay_seconds=60)
    team = {"field": "team", "op": "is", "value": str(ATHENS)}
    second = await shop.survey(name="Athens", condition=team, scale="nps", delay_seconds=60)
    tagged, teamed, neither = [await shop.closed(person=one) for one in ("eleni", "maria", "nikos")]
    await shop.desk.do(SetTag(shop.desk.agent(), tagged, 41, True, directory=shop.desk.world.directory))
    await shop.desk.triages(conversation=teamed, team_id=ATHENS)
    await shop.passes(1)

    asked = {ask.conversation_id: (ask.survey_id, ask.scale) for ask in await shop.asks()}
    assert asked == {tagged: (first.id, "csat"), teamed: (second.id, "nps")}
    assert neither not in asked


async def test_each_survey_has_its_own_delay(shop: Polled) -> None:
    """The clock looks first when the quickest may be due, and comes back for the one that fits."""
    await shop.survey(delay_seconds=0, condition={"field": "tag", "op": "is", "value": "41"})
    slow = await shop.survey(delay_seconds=3_600)
    await shop.closed()
    await shop.fires()
    assert await shop.asks() == []
    await shop.passes(60)

    assert (await shop.only()).survey_id == slow.id


async def test_what_was_closed_before_it_was_switched_on_is_not_asked_about(shop: Polled) -> None:
    """A survey made, or switched on again, asks about what is closed from then on."""
    await shop.closed(person="eleni")
    shop.desk.later(60)
    survey = await shop.survey()
    await shop.change(survey, active=False)
    await shop.closed(person="maria")
    shop.desk.later(60)
    await shop.change(survey, active=True)
    fresh = await shop.closed(person="nikos")
    await shop.passes(300)

    assert [ask.conversation_id for ask in await shop.asks()] == [fresh]


async def test_a_survey_that_was_removed_asks_nobody(shop: Polled) -> None:
    """Its timers are there, and mean nothing any more."""
    survey = await shop.survey()
    await shop.closed()
    await shop.desk.do(RemoveSurvey(shop.desk.agent(CLEO), survey.id, None))
    await shop.passes()

    assert await shop.asks() == []


async def test_a_clock_that_stood_still_for_days_does_not_ask(shop: Polled) -> None:
    """Nobody is asked today about what was closed last week."""
    await shop.survey()
    await shop.closed()
    await shop.passes(60 * 24 * 3)

    assert await shop.asks() == []


async def test_the_language_is_the_persons_else_the_first(shop: Polled) -> None:
    """Asked in Greek where the conversation is Greek; in the first language where theirs is not there."""
    await shop.survey(delay_seconds=0)
    greek, finnish = await shop.closed(person="eleni"), await shop.closed(person="aino")
    await shop.desk.do(_Language({greek: "el-Latn", finnish: "fi"}))
    await shop.fires()
    worded = {ask.conversation_id: ask.wording for ask in await shop.asks()}

    assert worded == {greek: "el", finnish: "en"}
    assert any(text.startswith("Πώς τα πήγαμε;") for text in await shop.said())


# --- once


async def test_several_clocks_ask_once(shop: Polled) -> None:
    """Three processes that fire the same timers at the same moment, and units that were on their way: one question."""
    await shop.survey(delay_seconds=0)
    people = [f"p{n}" for n in range(6)]
    conversations = [await shop.closed(person=one) for one in people]
    world = shop.desk.world
    clocks = [
        Clockwork(
            world.database, world.writer,
            lambda one: shop.asker.unit(one) if one.kind in TIMERS else unit_of(one), scan_seconds=0.05,
        )
        for _ in range(3)
    ]  # fmt: skip
    same = [shop.desk.do(await shop.asker.unit(Timer(SURVEY, conversations[0], T0, 0))) for _ in range(10)]
    async with running(clocks[0].run()), running(clocks[1].run()), running(clocks[2].run()):
        await asyncio.gather(*same)
        async with asyncio.timeout(20):
            while await shop.desk.rows(f"SELECT * FROM timer WHERE kind = '{SURVEY}'"):
                await asyncio.sleep(0.01)

    assert sorted(ask.conversation_id for ask in await shop.asks()) == sorted(conversations)
    assert len(await shop.said()) == len(people)
    assert (await shop.desk.events()).count("survey_sent") == len(people)


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_one_episode_is_asked_about_once_and_only_while_closed(shop: Polled, seed: int) -> None:
    """Any order of closes, openings, words, answers and time: by the log, each question came to a conversation that
    had been closed for the delay, and none came twice for an episode.
    """
    await shop.survey()
    dice = random.Random(seed)
    for person in PEOPLE:
        await shop.closed(person=person)
    for _ in range(30):
        await _happens(shop, dice)

    asked = _asked(await shop.desk.world.database.read(log.after, 0, 1_000))
    assert len(set(asked)) == len(asked) == len(await shop.asks()) > 0


PEOPLE = ("eleni", "maria", "nikos")


async def _happens(shop: Polled, dice: random.Random) -> None:
    """Somebody closes, opens or writes, three clocks fire at once, or time passes."""
    conversation = dice.choice(await shop.desk.rows("SELECT id FROM conversation ORDER BY id"))[0]
    match dice.randrange(6):
        case 0:
            await shop.close(conversation)
        case 1:
            await shop.desk.triages(conversation=conversation, status="open")
        case 2:
            await shop.writes(dice.choice(("5", "More", "2 ★★")), person=dice.choice(PEOPLE))
        case 3:
            same = [await shop.asker.unit(Timer(SURVEY, conversation, T0, 0)) for _ in range(3)]
            await asyncio.gather(*(shop.desk.do(unit) for unit in same))
        case _:
            await shop.passes(dice.choice((5, 20, 40)))


def _asked(logged: list[e.Logged]) -> list[tuple[int, int]]:
    """(conversation, episode) of each question; each came to a conversation that had been closed for the delay."""
    closed: dict[int, tuple[int, int]] = {}
    found = []
    for one in logged:
        match one.event:
            case e.ConversationClosed(conversation_id=conversation, episode=episode):
                closed[conversation] = (episode, one.at)
            case e.ConversationReopened(conversation_id=conversation):
                closed.pop(conversation, None)
            case e.SurveySent(conversation_id=conversation):
                episode, since = closed[conversation]
                assert one.at - since >= 30 * MINUTE
                found.append((conversation, episode))
    return found


# --- it is no response of anybody


async def test_the_question_is_nobodys_answer(shop: Polled) -> None:
    """It ends and opens no wait, opens nothing again, and a refusal of it neither."""
    await shop.survey()
    await shop.closed()
    before, position = await shop.desk.waits(), await shop.desk.position()
    await shop.passes()
    ask = await shop.only()
    await shop.desk.refuses(ask.message_id)
    conversation, message = await shop.desk.conversation(), await shop.message(ask)

    told = await shop.desk.world.database.read(log.after, position, 100)
    assert [one.word for entry in told for one in happened(entry, 0)] == []
    assert await shop.desk.waits() == before
    assert (conversation.status, conversation.failed, conversation.episode) == ("closed", "", 1)
    assert (message.author_kind, message.automatic, message.delivery_state) == ("system", "survey", "refused")
    found = await shop.desk.world.database.read(verify)
    assert (found.count, found.differences) == (0, [])


@pytest.mark.parametrize("text", ["4", " 4 ★★★★ ", "4/5", "⭐⭐⭐⭐", "٤", "4️⃣"])
async def test_a_score_in_the_thread_is_taken_and_wakes_nobody(telegram: Polled, text: str) -> None:
    """By an option or a number alone: no wait, still closed, the person thanked with the way to a comment."""
    await telegram.survey()
    await telegram.closed()
    await telegram.passes()
    item = await telegram.desk.item(await telegram.writes(text))
    await telegram.fires()
    ask, conversation = await telegram.only(), await telegram.desk.conversation()

    assert (ask.score, ask.answered_by, ask.answered_at) == (4, "thread", telegram.desk.now)
    assert (item.automatic, item.needs_answer, conversation.status, conversation.episode) == ("survey", 0, "closed", 1)
    assert [wait.end for wait in await telegram.desk.waits()] == ["answered"]
    thanks = (await telegram.said())[-1]
    assert thanks.startswith("Thanks!\n")
    assert linked(thanks) == ask.id
    assert (await telegram.desk.events())[-3:] == ["message_received", "survey_answered", "message_sent"]


@pytest.mark.parametrize("text", ["4 more please", "Still broken", "7", "44", "4/10", "3 ★★", "", "-1"])
async def test_other_words_do_what_they_always_do(telegram: Polled, text: str) -> None:
    """They open the conversation again and wait for an answer; a number after them is no score."""
    await telegram.survey()
    await telegram.closed()
    await telegram.passes()
    await telegram.writes(text)
    conversation = await telegram.desk.conversation()
    await telegram.close(conversation.id)
    await telegram.writes("5")

    assert (conversation.status, conversation.episode) == ("open", 2)
    assert (await telegram.only()).score is None
    assert (await telegram.desk.conversation()).episode == 3


async def test_another_option_within_the_week_changes_the_answer(telegram: Polled) -> None:
    """A bare number does not any more, and after a week nothing does."""
    await telegram.survey()
    await telegram.closed()
    await telegram.passes()
    await telegram.writes("5 ★★★★★")
    telegram.desk.later(3_600)
    await telegram.writes("2 ★★")
    assert ((await telegram.only()).score, (await telegram.desk.conversation()).status) == (2, "closed")
    telegram.desk.later(8 * 86_400)
    await telegram.writes("5 ★★★★★")

    assert (await telegram.only()).score == 2
    answered = [one for one in await telegram.desk.events() if one == "survey_answered"]
    assert len(answered) == 2


async def test_a_number_a_week_later_is_a_message(shop: Polled) -> None:
    """Nobody knows any more what it would be an answer to."""
    await shop.survey()
    await shop.closed()
    await shop.passes()
    shop.desk.later(8 * 86_400)
    await shop.writes("5")

    assert (await shop.only()).score is None
    assert (await shop.desk.rows("SELECT count(*) FROM conversation WHERE status = 'open'"))[0][0] == 1


async def test_a_redelivered_answer_is_taken_once(telegram: Polled) -> None:
    """The network tells it twice: one score, one item, one thanks."""
    await telegram.survey()
    await telegram.closed()
    await telegram.passes()
    told = telegram.desk.world.message("5")
    await telegram.desk.world.arrives(told, channel_id=TELEGRAM)
    await telegram.desk.world.arrives(told, channel_id=TELEGRAM)
    await telegram.fires()

    assert (await telegram.desk.events()).count("survey_answered") == 1
    assert len(await telegram.said()) == 2


# --- the page


async def test_the_page_takes_score_and_comment_and_lets_them_be_changed(shop: Polled) -> None:
    """For a week after the first answer; the words stand with the ask, not in the log."""
    await shop.survey()
    await shop.closed()
    await shop.passes()
    ask = await shop.only()
    assert await shop.answers(ask, 5, "  Great\x00 \n")
    assert not await shop.answers(ask, 5, "Great")
    shop.desk.later(6 * 86_400)
    assert await shop.answers(ask, 2, "Broke again")
    ask = await shop.only()
    assert (ask.score, ask.comment, ask.answered_by) == (2, "Broke again", "page")
    shop.desk.later(2 * 86_400)
    with pytest.raises(Conflict, match="no more answers"):
        await shop.answers(ask, 5)

    log = [e.decode(row[0]) for row in await shop.desk.rows("SELECT data FROM event WHERE type = 'survey_answered'")]
    assert [(one.score, one.was, one.commented) for one in log] == [(5, None, True), (2, 5, True)]  # type: ignore[union-attr]
    assert await shop.desk.rows("SELECT 1 FROM event WHERE CAST(data AS TEXT) LIKE '%Broke%'") == []
    assert (await shop.desk.conversation()).status == "closed"


async def test_the_page_refuses_what_is_no_score(shop: Polled) -> None:
    """Outside the scale, of no survey, and a month late."""
    await shop.survey()
    await shop.closed()
    await shop.passes()
    ask = await shop.only()
    for score in (0, 6, -1):
        with pytest.raises(Invalid, match="from 1 to 5"):
            await shop.answers(ask, score)
    with pytest.raises(NotFound):
        await shop.answers(msgspec.structs.replace(ask, id=7), 5)
    shop.desk.later(31 * 86_400)
    with pytest.raises(Conflict):
        await shop.answers(ask, 5)


async def test_the_page_of_somebody_who_was_erased_takes_no_words(shop: Polled) -> None:
    """His old link would put back what was blanked; the score he gave stays, and others answer as before."""
    await shop.survey()
    await shop.closed()
    await shop.closed(person="maria")
    await shop.passes()
    eleni, maria = await shop.asks()
    await shop.answers(eleni, 2, "Call me: 6990000000")
    contact = (await shop.desk.conversation(eleni.conversation_id)).contact_id
    await shop.desk.do(Erase(shop.desk.agent(CLEO), contact))
    with pytest.raises(Conflict, match="no more answers"):
        await shop.answers(eleni, 3, "It is me, Eleni")
    assert await shop.answers(maria, 5, "Thanks")

    assert [(ask.score, ask.comment) for ask in await shop.asks()] == [(2, ""), (5, "Thanks")]
