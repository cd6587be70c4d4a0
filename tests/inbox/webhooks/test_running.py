"""Outgoing webhooks end to end: over real HTTP, on both engines."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError
from starlette.responses import Response

from inbox import clock
from inbox.clock import DAY, HOUR, MINUTE, SECOND
from inbox.commands.contact import Erase
from inbox.commands.webhooks import ChangeWebhook, RemoveWebhook, Replay, RotateSecret, SendTest
from inbox.domain import events as e
from inbox.webhooks.schedule import DELAYS, MOST_ATTEMPTS
from tests.inbox.webhooks.hall import hall, receiver
from tests.inbox.world import TELEGRAM


async def test_a_message_is_sent_signed_with_its_words(database_url: str, tmp_path: Path) -> None:
    """A receiver gets each event once, in order, can verify it, and reads in it what was written and by whom."""
    async with receiver() as far, hall(database_url, tmp_path) as there:
        made = await there.webhook(far.url)
        await there.world.says("Where is my order?")
        await there.settled()

        assert far.types == [
            "inbox.conversation_started.v1", "inbox.message_received.v1", "inbox.wait_opened.v1",
        ]  # fmt: skip
        headers, body = far.requests[1]
        Verifier(made.secret).verify(body, headers)
        with pytest.raises(WebhookVerificationError):
            Verifier(made.secret).verify(body.replace(b"order", b"money"), headers)
        envelope = far.taken[1][1]
        assert headers["content-type"].startswith("application/cloudevents+json")
        assert envelope["data"]["message"]["text"] == "Where is my order?"
        assert envelope["data"]["conversation"]["contact"]["name"] == "Eleni"
        assert envelope["data"]["actor"]["name"] == "Eleni"
        assert int(envelope["sequence"]) == envelope["data"]["position"]
        assert [number for number in far.positions] == sorted(far.positions)


async def test_a_receiver_that_is_down_for_an_hour_misses_nothing(database_url: str, tmp_path: Path) -> None:
    """What happened meanwhile is sent when it is back, each event under the id of its first attempt."""
    async with receiver() as far, hall(database_url, tmp_path) as there:
        made = await there.webhook(far.url, types=["message_received"])
        far.refuses(503)
        for number, minute in enumerate(range(0, 60, 6), 1):
            await there.world.says(f"still waiting {minute}")
            there.later(6 * 60 + 70)
            await there.attempted(made.webhook.id, number)
        failed = {headers["webhook-id"] for headers, _ in far.requests}

        far.takes()
        there.later(HOUR / SECOND)
        await there.settled()

        texts = [envelope["data"]["message"]["text"] for _, envelope in far.taken]
        assert sorted(texts) == sorted(f"still waiting {minute}" for minute in range(0, 60, 6))
        assert len(far.taken) == len({key for key, _ in far.taken}) == 10
        assert failed < {key for key, _ in far.taken}
        record = await there.record(made.webhook.id)
        assert (record.failures, record.failing_since, record.paused_until) == (0, None, None)


async def test_order_is_kept_over_a_short_failure(database_url: str, tmp_path: Path) -> None:
    """While an event is tried for the first three times, nothing overtakes it."""
    async with receiver() as far, hall(database_url, tmp_path) as there:
        made = await there.webhook(far.url, types=["message_received"])
        far.refuses(500)
        for text in ("one", "two", "three"):
            await there.world.says(text)
        await there.attempted(made.webhook.id, 1)
        there.later(7)
        await there.attempted(made.webhook.id, 2)
        assert len({headers["webhook-id"] for headers, _ in far.requests}) == 1

        far.takes()
        there.later(400)
        await there.settled()

        assert [envelope["data"]["message"]["text"] for _, envelope in far.taken] == ["one", "two", "three"]


async def test_an_event_that_a_receiver_cannot_digest_steps_aside(database_url: str, tmp_path: Path) -> None:
    """After three refusals the others pass it; after ten it is given up, and the log says so."""
    async with receiver() as far, hall(database_url, tmp_path) as there:
        made = await there.webhook(far.url, types=["message_received"])

        def answer(envelope: dict[str, dict[str, dict[str, str]]]) -> Response:
            return Response(status_code=500 if envelope["data"]["message"]["text"] == "poison" else 200)

        far.answer = answer
        await there.world.says("poison")
        await there.world.says("water")
        for number in range(1, MOST_ATTEMPTS + 1):
            await there.until(lambda number=number: len(far.requests) - len(far.taken) >= number)
            await there.attempted(made.webhook.id, len(far.requests))
            there.later(1.3 * DELAYS[min(number, len(DELAYS)) - 1] / SECOND)
        await there.settled()

        assert [envelope["data"]["message"]["text"] for _, envelope in far.taken] == ["water"]
        log = await there.log(made.webhook.id)
        outcomes = [one.outcome for one in log if one.status == 500]
        assert outcomes == ["retry"] * (MOST_ATTEMPTS - 1) + ["given_up"]
        assert (await there.record(made.webhook.id)).active


async def test_gone_switches_off_and_tells_admins_once(database_url: str, tmp_path: Path) -> None:
    """410 ends it: one attention, one notification for the admin, no further request, and what waits is kept."""
    async with receiver() as far, hall(database_url, tmp_path) as there:
        made = await there.webhook(far.url, types=["message_received"])
        far.refuses(410)
        far.gate.clear()
        await there.world.says("one")
        await there.world.says("two")
        await there.until(lambda: _waiting(there, 2))  # what is said when it is off waits for nobody
        far.gate.set()
        await there.until(lambda: _off(there, made.webhook.id))
        there.later(10 * DAY / SECOND)
        await there.world.says("three")

        record = await there.record(made.webhook.id)
        assert "410" in record.disabled_reason
        assert len(far.requests) == 1
        assert await there.rows("SELECT topic, ref FROM attention") == [("webhook", made.webhook.id)]
        assert len(await there.rows("SELECT id FROM notification WHERE kind = 'attention_webhook'")) == 1

        far.takes()
        await there.do(ChangeWebhook(there.admin, made.webhook.id, {"active": True}, record.version))
        await there.until(lambda: len(far.taken) == 2)
        await there.until(lambda: _none(there, "SELECT topic FROM attention"))
        assert [envelope["data"]["message"]["text"] for _, envelope in far.taken] == ["one", "two"]


async def test_a_receiver_that_takes_nothing_for_days_is_given_up(database_url: str, tmp_path: Path) -> None:
    """After five days without one success the webhook is off, with the reason, and the admins know."""
    async with receiver() as far, hall(database_url, tmp_path) as there:
        made = await there.webhook(far.url, types=["message_received"])
        far.refuses(500)
        await there.world.says("one")
        await there.attempted(made.webhook.id, 1)
        there.later(4 * DAY / SECOND)
        await there.attempted(made.webhook.id, 2)
        assert (await there.record(made.webhook.id)).active

        there.later(1.1 * DAY / SECOND)
        await there.until(lambda: _off(there, made.webhook.id))

        assert "5 days" in (await there.record(made.webhook.id)).disabled_reason
        assert await there.rows("SELECT topic FROM attention") == [("webhook",)]


async def test_retry_after_is_respected(sqlite_url: str, tmp_path: Path) -> None:
    """A receiver that names a time is left alone until then."""
    async with receiver() as far, hall(sqlite_url, tmp_path) as there:
        made = await there.webhook(far.url, types=["message_received"])
        far.refuses(429, retry_after="3000")
        await there.world.says("one")
        await there.attempted(made.webhook.id, 1)
        far.takes()
        there.later(2_900)
        record = await there.record(made.webhook.id)
        assert record.paused_until is not None
        # A test passes everything, and its success ends the pause.
        there.later(50)
        assert len(far.requests) == 1
        there.later(60)
        await there.settled()
        assert len(far.taken) == 1


async def test_a_clock_that_is_put_back_holds_nothing_up(database_url: str, tmp_path: Path) -> None:
    """A receiver was down while the clock was a day ahead: what was queued and put off then is sent at once, and a
    receiver that goes on to fail is left alone between attempts as ever.
    """
    async with receiver() as far, hall(database_url, tmp_path) as there:
        made = await there.webhook(far.url, types=["message_received"])
        far.refuses(503)
        for number in range(1, 5):
            await there.world.says(f"ahead {number}")
            await there.attempted(made.webhook.id, number)
            there.later(400)
        await there.attempted(made.webhook.id, 5)

        there.later(-DAY / SECOND)
        await there.attempted(made.webhook.id, 6)
        record = await there.record(made.webhook.id)
        assert (record.failing_since or clock.now() + DAY) <= clock.now()
        assert clock.now() < (record.paused_until or 0) <= clock.now() + 6 * MINUTE
        assert len(await there.log(made.webhook.id)) == 6
        far.takes()
        await there.world.says("right")
        there.later(400)
        await there.settled()

        assert len({key for key, _ in far.taken}) == len(far.taken) == 5


async def test_both_secrets_sign_until_the_overlap_ends(database_url: str, tmp_path: Path) -> None:
    """During a rotation either secret verifies; afterwards only the new one."""
    async with receiver() as far, hall(database_url, tmp_path) as there:
        made = await there.webhook(far.url, types=["message_received"])
        fresh = await there.do(RotateSecret(there.admin, made.webhook.id, 3600, there.sealer, 1))
        await there.world.says("one")
        await there.settled()
        headers, body = far.requests[-1]
        assert len(headers["webhook-signature"].split()) == 2
        for secret in (made.secret, fresh.secret):
            Verifier(secret).verify(body, headers)

        there.later(3700)
        await there.world.says("two")
        await there.settled()

        headers, _ = far.requests[-1]
        assert len(headers["webhook-signature"].split()) == 1


async def test_a_test_is_sent_at_once_whatever_waits(database_url: str, tmp_path: Path) -> None:
    """A ping passes a queue that is paused and a webhook that is off, is tried once, and is in the log."""
    async with receiver() as far, hall(database_url, tmp_path) as there:
        made = await there.webhook(far.url, active=False)
        key = await there.do(SendTest(there.admin, made.webhook.id))
        await there.attempted(made.webhook.id, 1)
        far.refuses(500)
        await there.do(SendTest(there.admin, made.webhook.id))
        await there.attempted(made.webhook.id, 2)

        assert far.types == ["inbox.ping.v1"]
        assert far.taken[0][0] == key
        log = await there.log(made.webhook.id)
        assert [(one.type, one.outcome, one.status) for one in log] == [
            ("ping", "delivered", 204), ("ping", "given_up", 500),
        ]  # fmt: skip
        assert (await there.record(made.webhook.id)).failures == 0


async def test_a_redirect_is_not_followed(sqlite_url: str, tmp_path: Path) -> None:
    """A redirect is a failure that names the address to enter."""
    async with receiver() as far, hall(sqlite_url, tmp_path) as there:
        made = await there.webhook(far.url, types=["message_received"])
        far.refuses(307, location=far.url)
        await there.world.says("one")
        await there.attempted(made.webhook.id, 1)

        assert len(far.requests) == 1
        assert far.url in (await there.log(made.webhook.id))[0].error


async def test_replay_sends_one_or_a_span_again_under_the_same_ids(database_url: str, tmp_path: Path) -> None:
    """A span is filtered, one position is sent whatever the filters say; both with the words of now."""
    async with receiver() as far, hall(database_url, tmp_path) as there:
        made = await there.webhook(far.url, types=["message_received"])
        for text in ("one", "two", "three"):
            await there.world.says(text)
        await there.settled()
        first = list(far.taken)

        await there.do(Replay(there.admin, made.webhook.id, (1, await there.head()), whole=False))
        await there.until(lambda: len(far.taken) == 6)
        assert [key for key, _ in far.taken[3:]] == [key for key, _ in first]
        assert [envelope for _, envelope in far.taken[3:]] == [envelope for _, envelope in first]

        waited = (await there.rows("SELECT position FROM event WHERE type = 'wait_opened'"))[0][0]
        await there.do(Replay(there.admin, made.webhook.id, (waited, waited), whole=True))
        await there.until(lambda: len(far.taken) == 7)
        assert far.types[-1] == "inbox.wait_opened.v1"


async def test_nothing_is_read_while_no_webhook_is_on(sqlite_url: str, tmp_path: Path) -> None:
    """Without a subscription events cost nothing: no page is read, no position is written."""
    async with receiver() as far, hall(sqlite_url, tmp_path) as there:
        made = await there.webhook(far.url, active=False)
        await there.world.says("one")
        await there.do(SendTest(there.admin, made.webhook.id))
        await there.attempted(made.webhook.id, 1)

        assert there.hooks._reader._seen == 0
        assert await there.rows("SELECT * FROM reader") == []


async def test_a_webhook_that_is_removed_leaves_nothing(database_url: str, tmp_path: Path) -> None:
    """Its queue and its log go with it, and no request comes any more."""
    async with receiver() as far, hall(database_url, tmp_path) as there:
        made = await there.webhook(far.url)
        far.refuses(500)
        await there.world.says("one")
        await there.attempted(made.webhook.id, 1)
        await there.do(RemoveWebhook(there.admin, made.webhook.id, 1))
        await there.until(lambda: not there.hooks._lines)

        assert await there.waiting() == 0
        assert await there.rows("SELECT id FROM webhook_attempt") == []


async def test_what_was_erased_is_neither_sent_nor_kept(database_url: str, tmp_path: Path) -> None:
    """Erased before it is sent, the words are not in the request; erased afterwards, they leave the log of attempts."""
    async with receiver() as far, hall(database_url, tmp_path) as there:
        made = await there.webhook(far.url, types=["message_received", "message_deleted"])
        item = await there.world.says("my card is 4111")
        await there.settled()
        assert any(one.request_body for one in await there.log(made.webhook.id))
        far.refuses(500)
        late = await there.world.says("my pin is 1234", person="nikos")
        await there.attempted(made.webhook.id, 2)

        for external_id in (item, late):
            await there.world.arrives(there.deletion(external_id))
        assert all(not one.request_body for one in await there.log(made.webhook.id) if one.at)
        far.takes()
        there.later(400)
        await there.settled()

        sent = {envelope["data"]["message"]["text"] for _, envelope in far.taken[1:]}
        assert sent == {""}
        assert all(b"1234" not in body for _, body in far.requests[2:])


async def test_what_is_erased_while_a_request_is_under_way_is_not_kept(database_url: str, tmp_path: Path) -> None:
    """The request cannot be called back; its body does not come into the log."""
    async with receiver() as far, hall(database_url, tmp_path) as there:
        made = await there.webhook(far.url, types=["message_received"])
        far.gate.clear()
        item = await there.world.says("my card is 4111")
        await there.until(lambda: len(far.requests) == 1)
        await there.world.arrives(there.deletion(item))
        far.gate.set()
        await there.attempted(made.webhook.id, 1)

        assert [one.request_body for one in await there.log(made.webhook.id)] == [b""]


async def test_erasing_a_person_blanks_what_was_sent_about_him(database_url: str, tmp_path: Path) -> None:
    """All bodies about his conversations go from the log; another person's stay."""
    async with receiver() as far, hall(database_url, tmp_path) as there:
        made = await there.webhook(far.url, types=["message_received"])
        await there.world.says("my card is 4111")
        await there.world.says("hello", person="nikos")
        await there.settled()
        contact_id = (await there.rows("SELECT id FROM contact WHERE name = 'Eleni'"))[0][0]
        await there.do(Erase(there.admin, contact_id))

        kept = [one.request_body for one in await there.log(made.webhook.id)]
        assert kept[0] == b""
        assert b"hello" in zlib.decompress(kept[1])


async def test_an_outside_name_that_leads_inside_is_refused_at_each_delivery(sqlite_url: str, tmp_path: Path) -> None:
    """An address that INBOX_ALLOW_PRIVATE does not list is not connected to, and the log says why."""
    async with hall(sqlite_url, tmp_path) as there:
        made = await there.webhook("https://10.1.2.3/in", types=["message_received"])
        await there.world.says("one")
        await there.attempted(made.webhook.id, 1)

        one = (await there.log(made.webhook.id))[0]
        assert (one.outcome, one.status) == ("retry", None)
        assert "INBOX_ALLOW_PRIVATE" in one.error


async def test_history_fires_nothing(database_url: str, tmp_path: Path) -> None:
    """What was said before the channel was connected opens no webhook, nor does the conversation made for it."""
    async with receiver() as far, hall(database_url, tmp_path) as there:
        await there.webhook(far.url)
        await there.connected_now(TELEGRAM)
        await there.world.says("long ago", occurred_at=SECOND)
        await there.settled()
        assert far.taken == []

        await there.world.says("and now?")
        await there.settled()
        assert [envelope["data"]["message"]["text"] for _, envelope in far.taken if envelope["data"]["message"]]
        assert "long ago" not in {(envelope["data"]["message"] or {}).get("text") for _, envelope in far.taken}


async def test_what_is_private_to_one_agent_never_leaves(sqlite_url: str, tmp_path: Path) -> None:
    """A notification of one agent is not sent; what only admins see goes to who names its type."""
    async with receiver() as far, hall(sqlite_url, tmp_path) as there:
        await there.webhook(far.url)
        named = await there.webhook(far.url, types=["attention_raised"])
        await there.emits(e.AttentionRaised(topic="disk"), audience=e.Audience(admins=True))
        await there.emits(e.Notified(agent_id=1, notification_id=2), audience=e.Audience(agent_id=1))
        await there.settled()

        assert [(key.split("-")[1], envelope["type"]) for key, envelope in far.taken] == [
            (str(named.webhook.id), "inbox.attention_raised.v1")
        ]


async def _off(there: object, webhook_id: int) -> bool:
    return not (await there.record(webhook_id)).active  # type: ignore[attr-defined]


async def _waiting(there: object, count: int) -> bool:
    return await there.waiting() == count  # type: ignore[attr-defined, no-any-return]


async def _none(there: object, sql: str) -> bool:
    return not await there.rows(sql)  # type: ignore[attr-defined]
