"""Pushes and mails: what they say, when they leave, and what becomes of those that fail."""

from __future__ import annotations

import pytest

from inbox.clock import DAY, HOUR
from inbox.commands.notifications import CallOnce, MarkRead, MarkSeen, StopMails
from inbox.domain.notifying import Quiet
from inbox.errors import Unavailable
from inbox.notify.keys import Keys
from inbox.seal import Sealer
from inbox.storage import timer
from inbox.transport.guard import Guard
from inbox.transport.http import HttpClient
from tests.inbox.desk import ANNA, BEN, T0
from tests.inbox.notify.office import ADDRESS, Office, Sql

EVERYTHING = frozenset({"in_app", "push", "mail"})
BENS = "ben@example.test"


async def given_to_ben(office: Office, words: str = "Where is it?", *, person: str = "eleni") -> None:
    """A conversation that Ben was given, and he is told."""
    await office.desk.writes(words, person=person)
    newest = (await office.desk.rows("SELECT max(id) FROM conversation"))[0][0]
    await office.desk.triages(conversation=newest, assignee_id=BEN)
    await office.tell()


async def test_a_push_waits_for_eight_seconds_and_says_no_words_of_the_customer(office: Office) -> None:
    """In the agent's language, with the way to the conversation; the customer's words only if he wants them."""
    await office.desk.do(Sql(f"UPDATE agent SET locale = 'el' WHERE id = {BEN}"))
    await office.desk.world.directory.load()
    await office.subscribes(BEN)
    await given_to_ben(office)
    assert office.pushes.shown == []
    office.desk.later(8)
    await office.tell()
    await office.chooses(BEN, push_words=True)
    await office.desk.writes("My order never came")
    office.desk.later(8)
    await office.tell()
    office.desk.later(8)
    await office.tell()

    conversation = await office.desk.only()
    (_, first), (_, second) = office.pushes.shown
    assert first == {
        "id": first["id"], "kind": "assigned", "title": "Το #1 ανατέθηκε σε εσάς", "body": "",
        "tag": f"c{conversation}", "path": f"/conversations/{conversation}", "urgent": False,
    }  # fmt: skip
    assert second["body"] == "My order never came"
    assert await office.waiting() == 0


async def test_what_is_seen_or_read_elsewhere_is_not_pushed(office: Office) -> None:
    """A window that somebody looks at shows it: no other device is called."""
    await office.subscribes(BEN)
    await given_to_ben(office, person="eleni")
    [(first,)] = await office.told("id")
    await office.desk.do(MarkSeen(BEN, first))
    await given_to_ben(office, person="nikos")
    [_, (second,)] = await office.told("id")
    await office.desk.do(MarkRead(BEN, second))
    office.desk.later(60)
    await office.tell()

    assert (office.pushes.shown, await office.waiting()) == ([], 0)


async def test_each_browser_of_an_agent_is_called_and_nobody_elses(office: Office) -> None:
    """Two of Ben's, none of Anna's."""
    for agent_id, session_id in ((BEN, 1), (21, 2), (BEN, 3)):
        await office.subscribes(agent_id, session_id)
    await given_to_ben(office)
    office.desk.later(8)
    await office.tell()

    assert sorted(number for number, _ in office.pushes.shown) == [0, 2]


async def test_quiet_hours_hold_pushes_back_and_many_come_as_one(office: Office) -> None:
    """Until they end; five that waited are one push. What is urgent passes."""
    await office.subscribes(BEN)
    # T0 is ten in the morning in Athens.
    await office.chooses(BEN, quiet=Quiet(begin=9 * 60, end=11 * 60), zone="Europe/Athens")
    for person in "abcde":
        await given_to_ben(office, person=person)
    office.desk.later(30 * 60)
    await office.tell()
    assert office.pushes.shown == []
    office.desk.later(30 * 60)
    await office.tell()

    [(_, payload)] = office.pushes.shown
    assert (payload["title"], payload["tag"]) == ("5 things are new for you", "all")
    assert await office.waiting() == 0


async def test_a_browser_that_is_gone_is_forgotten(office: Office) -> None:
    """410 says that it was unsubscribed: it is never called again."""
    await office.subscribes(BEN)
    office.pushes.status = 410
    await given_to_ben(office)
    office.desk.later(8)
    await office.tell()

    assert await office.desk.rows("SELECT id FROM subscription") == []
    assert await office.waiting() == 0


async def test_a_browser_whose_session_is_over_is_forgotten(office: Office) -> None:
    """Signing out ends it."""
    await office.subscribes(BEN)
    await office.desk.do(Sql("DELETE FROM session"))
    await given_to_ben(office)
    office.desk.later(8)
    await office.tell()

    assert (office.pushes.headers, await office.desk.rows("SELECT id FROM subscription")) == ([], [])


async def test_a_push_server_that_is_down_is_asked_again_and_given_up_after_a_while(office: Office) -> None:
    """Later and later, six times; the browser stays."""
    await office.subscribes(BEN)
    office.pushes.status = 503
    await given_to_ben(office)
    for _ in range(60):
        office.desk.later(5 * 60)
        await office.tell()

    assert len(office.pushes.headers) == 6
    assert await office.waiting() == 0
    [(failures,)] = await office.desk.rows("SELECT failures FROM subscription")
    assert failures == 6


async def test_a_push_carries_ttl_urgency_and_topic(office: Office) -> None:
    """So that what waits at the push server is replaced, not piled up (RFC 8030)."""
    await office.subscribes(BEN)
    await given_to_ben(office)
    office.desk.later(8)
    await office.tell()

    [headers] = office.pushes.headers
    [(told,)] = await office.told("id")
    assert (headers["ttl"], headers["urgency"], headers["topic"]) == (str(4 * 3600), "normal", f"n{told}")
    assert headers["content-encoding"] == "aes128gcm"


async def test_a_trial_reaches_every_browser_of_the_agent(office: Office) -> None:
    """At once, and without a notification."""
    await office.subscribes(BEN, 1)
    await office.subscribes(BEN, 2)
    assert await office.desk.do(CallOnce(BEN)) == 2
    await office.tell()

    assert [payload["tag"] for _, payload in office.pushes.shown] == ["test", "test"]
    assert await office.told() == []


async def test_addresses_inside_are_not_called(office: Office) -> None:
    """A browser names the address: without a word of the admin it leads to public servers only."""
    await office.subscribes(BEN)
    guard, media = Guard([]), None
    office.outgoing._http = HttpClient(guard, media)  # type: ignore[arg-type]
    await office.desk.do(CallOnce(BEN))
    await office.tell()

    assert office.pushes.headers == []
    await office.outgoing._http.aclose()


async def test_a_mail_waits_a_minute_and_can_be_stopped_by_its_link(office: Office) -> None:
    """Who has seen it meanwhile gets none. No words of the customer; a link, and the way off."""
    await office.chooses(BEN, ways={"assigned": EVERYTHING})
    await given_to_ben(office, "Secret words")
    office.desk.later(59)
    await office.tell()
    assert office.mails == []
    office.desk.later(1)
    await office.tell()

    [(to, subject, text, headers)] = office.mails
    assert (to, subject) == ("ben@example.test", "#1 was given to you")
    assert f"{ADDRESS}/conversations/{await office.desk.only()}" in text
    assert "Secret" not in text
    assert headers["List-Unsubscribe"] == f"<{ADDRESS}/unsubscribe/{BEN}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    await office.desk.do(StopMails(BEN))
    await given_to_ben(office, person="nikos")
    office.desk.later(120)
    await office.tell()
    assert len(office.mails) == 1


async def test_a_mail_server_that_is_down_is_asked_again(office: Office) -> None:
    """The mail leaves once when it is back."""
    await office.chooses(BEN, ways={"assigned": EVERYTHING})
    await given_to_ben(office)
    office.refuses = {BENS: Unavailable("the mail server is down")}
    office.desk.later(60)
    await office.tell()
    office.refuses = {}
    office.desk.later(10)
    await office.tell()
    await office.tell()

    assert len(office.mails) == 1


@pytest.mark.parametrize(
    "problem",
    [RuntimeError("a fault of ours"), Unavailable("552 \x00 no")],
    ids=["a fault of ours", "words no store takes"],
)
async def test_a_mail_that_fails_does_not_end_the_others(office: Office, problem: Exception) -> None:
    """What left beside it is noted as sent; it alone is tried again, and reaches him once it can."""
    for agent_id in (ANNA, BEN):
        await office.chooses(agent_id, ways={"assigned": EVERYTHING})
    await given_to_ben(office)
    await office.desk.triages(agent=BEN, assignee_id=ANNA)
    await office.tell()
    office.refuses = {BENS: problem}
    office.desk.later(60)
    await office.tell()

    assert [to for to, *_ in office.mails] == ["anna@example.test"]
    assert await office.waiting() == 1
    office.refuses = {}
    office.desk.later(10)
    await office.tell()
    assert [to for to, *_ in office.mails] == ["anna@example.test", BENS]
    assert await office.waiting() == 0


async def due(office: Office) -> None:
    """Fire the timers, and send."""
    await office.desk.due()
    await office.tell()


async def test_the_daily_digest_lists_what_is_unread_by_conversation(office: Office) -> None:
    """At eight in the morning of the agent's place, in his language, each conversation once."""
    await office.desk.do(Sql(f"UPDATE agent SET locale = 'de' WHERE id = {BEN}"))
    await office.desk.world.directory.load()
    await office.chooses(BEN, digest="daily", digest_at=8 * 60, zone="Europe/Athens")
    await given_to_ben(office, person="eleni")
    await office.desk.writes("Again", person="eleni")
    await office.desk.writes("And again", person="eleni")
    await office.tell()
    office.desk.later(3600)
    await given_to_ben(office, person="nikos")
    # It is eleven in Athens: 21 hours until the next digest.
    office.desk.later(21 * 3600 - 1)
    await due(office)
    assert office.mails == []
    office.desk.later(1)
    await due(office)

    [(to, subject, text, _)] = office.mails
    first, second = [row[0] for row in await office.desk.rows("SELECT id FROM conversation ORDER BY id")]
    assert (to, subject) == ("ben@example.test", "Ihre Inbox: 3 ungelesen")
    assert text.index(f"/conversations/{second}") < text.index(f"/conversations/{first}")
    assert "- #1 gehört jetzt Ihnen" in text
    assert "- #1: Neues vom Kunden (×2)" in text
    assert text.count(f"{ADDRESS}/conversations/") == 2
    assert f"{ADDRESS}/settings/notifications" in text
    assert (await office.desk.world.database.read(timer.next_at, 0)) == T0 + 46 * HOUR


async def test_after_days_without_a_worker_there_is_one_digest(office: Office) -> None:
    """And none where everything was read."""
    await office.chooses(BEN, digest="hourly")
    await given_to_ben(office)
    office.desk.later(3 * 86_400)
    await due(office)
    assert len(office.mails) == 1
    await office.desk.do(MarkRead(BEN, None))
    office.desk.later(3600)
    await due(office)

    assert len(office.mails) == 1
    assert (await office.desk.world.database.read(timer.next_at, 0)) == T0 + 3 * DAY + 2 * HOUR


async def test_the_key_is_made_once_and_kept_sealed(office: Office) -> None:
    """Two processes that ask at once have the same key; what is stored is not the key."""
    world = office.desk.world
    sealer = Sealer(["k" * 40])
    first, second = Keys(world.database, world.writer, sealer), Keys(world.database, world.writer, sealer)
    assert await first.public() == await second.public()
    [(public, sealed)] = await office.desk.rows("SELECT public, sealed FROM push_key")
    assert public == await first.public()
    assert sealed.count(".") == 2
