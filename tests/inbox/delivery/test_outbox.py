"""Sending against a real web server as the network: order, pace, failures, and what becomes of a crash."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from connectors import registry
from connectors.contract import Connector, Context, Credentials, OAuth
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import Exchange, Polled
from connectors.outbound import Part, React, Receipt, Target
from inbox import clock
from inbox.delivery.attempts import PartUnit
from inbox.delivery.channel import ChannelWork
from inbox.delivery.holder import Holder
from inbox.delivery.lease import Leases
from inbox.eventlog.writer import Committed
from inbox.intake.receive import Arrived, Element, Source
from tests.inbox.delivery.test_connecting import connecting
from tests.inbox.house import House, Network, house, network, running, without_keys

STATES = "SELECT delivery_state FROM message WHERE direction = 'out' ORDER BY id"
PARTS = "SELECT state FROM outbox ORDER BY id"


async def a_conversation(home: House, far: Network, channel_id: int, person: str = "maria") -> int:
    """A person wrote to the channel; the id of the conversation."""
    connector = registry.connector("custom")
    assert connector.parse is not None
    ctx = await home.contexts.of(channel_id)
    found = connector.parse(far.writes(person, "Hello"), ctx)
    await home.directory.fresh()
    await home.receiver.take(
        Arrived(
            channel=home.directory.facts(channel_id),
            elements=[Element(one) for one in found if not isinstance(one, Exception)],
            sources=(Source(body=b"x"),),
            received_at=clock.now(),
        )
    )
    return int((await home.column("SELECT max(id) FROM conversation"))[0])


@asynccontextmanager
async def sending(
    url: str, folder: Path, *, change: Callable[[Connector], Connector] = lambda connector: connector
) -> AsyncIterator[tuple[House, Network, int, int]]:
    """A house that sends through the custom connector, changed as the test wants it: (house, network, channel,
    conversation).
    """
    async with network() as far, house(url, folder, find=lambda name: change(registry.connector(name))) as home:
        channel_id = await home.channel(outbound_url=far.url)
        conversation_id = await a_conversation(home, far, channel_id)
        async with running(home.holder().run()):
            yield home, far, channel_id, conversation_id


async def test_an_answer_reaches_the_network_and_ends_the_wait(database_url: str, tmp_path: Path) -> None:
    """Queued, sent once, accepted with the network's id; the wait is answered."""
    async with sending(database_url, tmp_path) as (home, far, _, conversation_id):
        await home.answer(conversation_id, "On its way")

        await home.until_column(STATES, ["accepted"])
        assert await home.column('SELECT "end" FROM wait') == ["answered"]
    assert [text for _, text in far.effects] == ["On its way"]


async def test_answers_and_their_parts_arrive_in_order(database_url: str, tmp_path: Path) -> None:
    """Parts of a message and messages of a thread keep their order, also when the first one fails at first."""
    async with sending(database_url, tmp_path) as (home, far, _, conversation_id):
        far.statuses = [503]
        await home.answer(conversation_id, "first", parts=3)
        await home.answer(conversation_id, "second")

        await home.until_column(STATES, ["accepted", "accepted"])
    assert [text for _, text in far.effects] == ["first 1/3", "first 2/3", "first 3/3", "second"]


async def test_a_refused_part_cancels_those_behind_it(database_url: str, tmp_path: Path) -> None:
    """When the network refuses a part, the message is refused with the reason and the rest is not sent."""
    async with sending(database_url, tmp_path) as (home, far, _, conversation_id):
        far.statuses = [422]
        await home.answer(conversation_id, "no", parts=2)

        await home.until_column(STATES, ["refused"])
        assert await home.column(PARTS) == ["refused", "cancelled"]
        reason = (await home.column("SELECT delivery_reason FROM message WHERE direction = 'out'"))[0]
        assert "refused" in reason
        assert await home.column("SELECT count(*) FROM wait WHERE ended_at IS NULL") == [1]
    assert far.effects == []


async def test_a_throttled_channel_waits_as_long_as_the_network_says(database_url: str, tmp_path: Path) -> None:
    """429 with Retry-After holds up the whole channel until then, and everything is sent after."""
    async with sending(database_url, tmp_path) as (home, far, _, conversation_id):
        far.statuses, far.retry_after = [429], "1"
        began = asyncio.get_running_loop().time()
        await home.answer(conversation_id, "one")
        await home.answer(conversation_id, "two")

        await home.until_column(STATES, ["accepted", "accepted"])
        assert asyncio.get_running_loop().time() - began >= 1.0
        assert await home.column("SELECT health FROM channel") == ["ok"]
    assert [text for _, text in far.effects] == ["one", "two"]
    assert far.requests == 3


@pytest.mark.parametrize("said", ["0", "Wed, 21 Oct 2015 07:28:00 GMT"])
async def test_a_network_that_throttles_without_end_does_not_use_up_all_attempts(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    """Asked to come back at once, and refused each time, a part waits longer and longer."""
    monkeypatch.setattr(
        "inbox.delivery.outbox.delay_seconds", lambda failures, first, longest: 0.05 if failures == 1 else 3600.0
    )
    async with sending(database_url, tmp_path) as (home, far, _, conversation_id):
        far.statuses, far.retry_after = [429] * 500, said
        await home.answer(conversation_id, "patience")

        await home.until_column("SELECT attempts FROM outbox WHERE state = 'waiting'", [2])
        assert (await home.column("SELECT next_at FROM outbox"))[0] > clock.now()
        assert await home.column("SELECT delivery_until FROM message WHERE direction = 'out'") == await home.column(
            "SELECT next_at FROM outbox"
        )
        assert await home.column(STATES) == ["queued"]


@pytest.mark.parametrize("status", [429, 503])
async def test_a_network_that_asks_for_a_week_keeps_nobody_waiting_for_a_week(
    database_url: str, tmp_path: Path, status: int
) -> None:
    """After an hour it is asked whether it still means it; at once when an admin tests the channel."""
    async with sending(database_url, tmp_path) as (home, far, channel_id, conversation_id):
        other = await a_conversation(home, far, channel_id, "john")
        far.statuses, far.retry_after = [status], str(7 * 86_400)
        await home.answer(conversation_id, "one")
        await home.until_column("SELECT delivery_reason <> '' FROM message WHERE direction = 'out'", [True])
        await home.answer(other, "two")
        [next_at, _] = await home.column("SELECT next_at FROM outbox ORDER BY id")
        assert 3_500 < (next_at - clock.now()) / clock.SECOND < 3_601

        await connecting(home).connect(channel_id)

        await home.until_column(STATES, ["accepted", "accepted"])
    assert sorted(text for _, text in far.effects) == ["one", "two"]


async def test_a_network_that_is_being_mended_is_left_alone_as_long_as_it_says(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 with Retry-After holds up the whole channel until then."""
    monkeypatch.setattr("inbox.delivery.outbox.delay_seconds", lambda failures, first, longest: 0.05)
    async with sending(database_url, tmp_path) as (home, far, channel_id, conversation_id):
        other = await a_conversation(home, far, channel_id, "john")
        far.statuses, far.retry_after = [503], "1"
        began = asyncio.get_running_loop().time()
        await home.answer(conversation_id, "one")
        await home.until_column("SELECT delivery_reason <> '' FROM message WHERE direction = 'out'", [True])
        await home.answer(other, "two")

        await home.until_column(STATES, ["accepted", "accepted"])
        assert asyncio.get_running_loop().time() - began >= 1.0
    assert far.requests == 3


@pytest.mark.parametrize(
    ("status", "state", "said"),
    [(503, "refused", "however often"), (429, "refused", "each time it was tried"), (0, "unknown", "Not sure")],
)
async def test_what_is_given_up_does_not_say_that_it_is_tried_again(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, state: str, said: str
) -> None:
    """After the last attempt the agent reads what became of it; what may have arrived is `unknown`."""
    monkeypatch.setattr("inbox.delivery.outbox.delay_seconds", lambda failures, first, longest: 0.01)
    monkeypatch.setattr("inbox.delivery.attempts.MOST_ATTEMPTS", 3)
    async with sending(database_url, tmp_path) as (home, far, _, conversation_id):
        far.statuses, far.drops = [status] * (3 if status else 0), 0 if status else 3
        await home.answer(conversation_id, "given up")

        await home.until_column(STATES, [state])
        [reason] = await home.column("SELECT delivery_reason FROM message WHERE direction = 'out'")
        assert said in reason
        assert "tried again" not in reason
        assert "as soon as" not in reason
    assert far.requests == 3


async def test_an_answer_that_may_have_arrived_is_unknown_and_not_sent_again(database_url: str, tmp_path: Path) -> None:
    """The connection breaks after the network took it, and the network keeps no keys: nobody knows, nobody repeats."""
    async with sending(database_url, tmp_path, change=without_keys) as (home, far, _, conversation_id):
        far.drops = 1
        await home.answer(conversation_id, "maybe")

        await home.until_column(STATES, ["unknown"])
        await home.answer(conversation_id, "next")
        await home.until_column(STATES, ["unknown", "accepted"])
    assert [text for _, text in far.effects] == ["maybe", "next"]


async def test_a_network_that_keeps_keys_is_asked_again_with_the_same_key(database_url: str, tmp_path: Path) -> None:
    """Where a repetition is recognised, an unknown end is resolved by repeating."""
    async with sending(database_url, tmp_path) as (home, far, _, conversation_id):
        far.drops = 1
        await home.answer(conversation_id, "once")

        await home.until_column(STATES, ["accepted"])
    keys = [key for key, _ in far.effects]
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert [item["text"] for item in far.simulator.seen("dm-maria") if item["from"] == "us"] == ["once"]


async def test_a_network_that_can_be_asked_settles_what_is_unknown(database_url: str, tmp_path: Path) -> None:
    """With `lookup_sent`, the network says whether it has the message; it is not sent twice."""
    asked: list[str] = []

    def lookup(part: Part, ctx: Context) -> Exchange[Receipt | None]:
        asked.append(part.key)
        return Receipt(external_id="found-1")
        yield

    def change(connector: Connector) -> Connector:
        return replace(without_keys(connector), lookup_sent=lookup)

    async with sending(database_url, tmp_path, change=change) as (home, far, _, conversation_id):
        far.drops = 1
        await home.answer(conversation_id, "there")

        await home.until_column(STATES, ["accepted"])
        assert await home.column("SELECT external_id FROM message WHERE direction = 'out'") == ["found-1"]
    assert len(far.effects) == len(asked) == 1


async def test_a_mailbox_may_show_late_what_was_sent(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that took a mail files it a moment later: that it is not there yet proves nothing."""
    monkeypatch.setattr("inbox.delivery.outbox._in", lambda seconds: clock.now())
    asked: list[str] = []

    def lookup(part: Part, ctx: Context) -> Exchange[Receipt | None]:
        asked.append(part.key)
        return Receipt(external_id="found-1") if len(asked) > 2 else None
        yield

    def change(connector: Connector) -> Connector:
        made = without_keys(connector)
        return replace(made, manifest=replace(made.manifest, inbound=frozenset({"mailbox"})), lookup_sent=lookup)

    async with sending(database_url, tmp_path, change=change) as (home, far, _, conversation_id):
        far.drops = 1
        await home.answer(conversation_id, "there")

        await home.until_column(STATES, ["accepted"])
    assert len(far.effects) == 1
    assert len(asked) == 3


async def test_a_channel_whose_sign_in_fails_waits_for_an_admin_and_goes_on(database_url: str, tmp_path: Path) -> None:
    """401: parts wait, admins are told once with the remedy, and a changed setting sends them."""
    async with sending(database_url, tmp_path) as (home, far, channel_id, conversation_id):
        await home.admin()
        far.statuses = [401]
        await home.answer(conversation_id, "later")
        await home.until_column("SELECT health FROM channel", ["needs_attention"])
        await home.until_column(PARTS, ["waiting"])
        assert len(await home.rows("SELECT id FROM notification WHERE kind = 'attention_channel'")) == 1

        await home.change_channel(channel_id)

        await home.until_column(STATES, ["accepted"])
        await home.until_column("SELECT health FROM channel", ["ok"])
        assert await home.column("SELECT kind FROM notification ORDER BY id") == [
            "attention_channel",
            "mended_channel",
        ]
    assert [text for _, text in far.effects] == ["later"]


async def test_a_part_left_sending_by_a_dead_holder_is_recovered(database_url: str, tmp_path: Path) -> None:
    """A holder dies while the network answers: the next one, with a higher fence, calls it unknown."""
    async with (
        network() as far,
        house(database_url, tmp_path, find=lambda name: without_keys(registry.connector(name))) as home,
    ):
        channel_id = await home.channel(outbound_url=far.url)
        conversation_id = await a_conversation(home, far, channel_id)
        await dies_sending(home, far, conversation_id)
        far.gate.set()

        async with running(home.holder().run()):
            await home.until_column(STATES, ["unknown"])

        assert await home.column("SELECT fence FROM lease WHERE name LIKE 'channel:%'") == [2]
    assert [text for _, text in far.effects] == ["half"]


async def test_a_holder_that_stood_still_past_its_term_sends_nothing(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its attempt is written, and then it stands still: another may be at it by now. Sure again, it begins anew."""
    units: list[str] = []

    def heard(committed: Committed) -> None:
        units.extend(type(unit).__name__ for unit in committed.units if isinstance(unit, PartUnit))

    def sure_of(leases: Leases, name: str) -> bool:
        return units != ["AttemptBegan"]

    monkeypatch.setattr(Leases, "sure_of", sure_of)
    async with sending(database_url, tmp_path, change=without_keys) as (home, far, _, conversation_id):
        home.writer.listeners.append(heard)
        await home.answer(conversation_id, "once")

        await home.until_column(STATES, ["accepted"])
    assert units == ["AttemptBegan", "PartRecovered", "AttemptBegan", "PartAccepted"]
    assert [text for _, text in far.effects] == ["once"]


async def dies_sending(home: House, far: Network, conversation_id: int) -> None:
    """A holder is ended after the network has "half", and before it answers; its gate stays closed."""
    far.gate.clear()
    dead = home.holder()
    task = asyncio.ensure_future(dead.run())
    await home.answer(conversation_id, "half")
    while not far.effects:  # noted first, then sent
        await asyncio.sleep(0.01)
    await crash(dead, task)


async def crash(holder: Holder, task: asyncio.Future[None]) -> None:
    """End a holder without letting it finish what it sends."""

    async def nothing(work: ChannelWork) -> None:
        return None

    original, ChannelWork.drain = ChannelWork.drain, nothing  # type: ignore[method-assign]
    try:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    finally:
        ChannelWork.drain = original  # type: ignore[method-assign]


async def test_two_holders_never_send_the_same_part(database_url: str, tmp_path: Path) -> None:
    """However many processes run, each answer is an effect once."""
    async with (
        network() as far,
        house(database_url, tmp_path, find=lambda name: without_keys(registry.connector(name))) as home,
    ):
        channel_id = await home.channel(outbound_url=far.url)
        people = [await a_conversation(home, far, channel_id, f"person{n}") for n in range(10)]
        async with running(home.holder().run()), running(home.holder().run()):
            for conversation_id in people:
                await home.answer(conversation_id, f"hello {conversation_id}")

            await home.until_column("SELECT count(*) FROM message WHERE delivery_state = 'accepted'", [10])
    assert sorted(text for _, text in far.effects) == sorted(f"hello {c}" for c in people)


async def test_an_answer_goes_at_once_where_the_service_itself_delivers(database_url: str, tmp_path: Path) -> None:
    """A network without `send` is ours (web chat): being in the log is being sent."""

    def change(connector: Connector) -> Connector:
        return replace(connector, send=None)

    async with sending(database_url, tmp_path, change=change) as (home, far, _, conversation_id):
        await home.answer(conversation_id, "hi")

        await home.until_column(STATES, ["accepted"])
    assert far.requests == 0


async def test_a_network_that_is_down_is_tried_less_and_less_and_told_to_admins(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After several failures in a row the channel counts as down; parts wait and are sent when it is back."""
    monkeypatch.setattr("inbox.delivery.outbox.delay_seconds", lambda failures, first, longest: 0.05)
    async with sending(database_url, tmp_path) as (home, far, _, conversation_id):
        await home.admin()
        far.statuses = [503] * 8
        await home.answer(conversation_id, "patience")

        await home.until_column(STATES, ["accepted"])
        await home.until_column("SELECT health FROM channel", ["ok"])
        assert await home.column("SELECT kind FROM notification ORDER BY id") == [
            "attention_channel",
            "mended_channel",
        ]
    assert [text for _, text in far.effects] == ["patience"]


async def test_something_done_to_an_item_shows_when_the_network_did_it(database_url: str, tmp_path: Path) -> None:
    """A reaction of ours is on the item after the network took it, and is an item of its own nowhere."""
    async with sending(database_url, tmp_path) as (home, _, _, _):
        ((message_id, external_id),) = await home.rows("SELECT id, external_id FROM message")
        target = Target(thread_id="dm-maria", message_id=external_id)
        await home.act(message_id, React(target=target, emoji="👍"))

        await home.until_column("SELECT count(*) FROM message WHERE reactions LIKE '%👍%'", [1])
        assert await home.column(PARTS) == ["accepted"]
        assert await home.column("SELECT count(*) FROM message") == [1]


async def test_what_the_network_reviews_is_asked_about_until_it_says(database_url: str, tmp_path: Path) -> None:
    """Pending is shown, checked at its time, and does not hold up the next message."""
    asked: list[str] = []
    decided: list[bool] = []

    def send(part: Part, ctx: Context) -> Exchange[Receipt]:
        if part.action.text == "under review":  # type: ignore[union-attr]
            return Receipt(state="pending", token="t1", check_at=ctx.now + clock.SECOND // 5)
        return Receipt(external_id="at-once")
        yield

    def check(token: str, ctx: Context) -> Exchange[Receipt]:
        asked.append(token)
        if not decided:
            return Receipt(state="pending", token="t2", check_at=ctx.now + clock.SECOND // 20)
        return Receipt(external_id="reviewed")
        yield

    def change(connector: Connector) -> Connector:
        return replace(connector, send=send, check=check)

    async with sending(database_url, tmp_path, change=change) as (home, _, _, conversation_id):
        await home.answer(conversation_id, "under review")
        await home.answer(conversation_id, "next")

        async def asked_once() -> bool:
            return bool(asked)

        await home.until_column(STATES, ["pending", "accepted"])
        await home.until(asked_once)
        decided.append(True)
        await home.until_column(STATES, ["accepted", "accepted"])
    assert asked[0] == "t1"
    assert set(asked[1:]) == {"t2"}


async def test_an_expired_token_is_refreshed_and_the_answer_goes_on(database_url: str, tmp_path: Path) -> None:
    """Nobody hears of a token that could be renewed."""
    async with sending(database_url, tmp_path, change=renewed(lambda: None)) as (home, far, _, conversation_id):
        await home.admin()
        far.statuses = [401]
        await home.answer(conversation_id, "renewed")

        await home.until_column(STATES, ["accepted"])
        assert await home.column("SELECT count(*) FROM notification") == [0]
    assert [text for _, text in far.effects] == ["renewed"]


async def test_a_sign_in_server_that_is_away_is_waited_for(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It mends itself: nobody is asked to connect the channel again, and the answer goes out when it is back."""
    monkeypatch.setattr("inbox.delivery.outbox.delay_seconds", lambda failures, first, longest: 0.05)
    away = [SendError(SendErrorKind.UNREACHABLE, "the sign-in is away")] * 6

    def asked() -> None:
        if away:
            raise away.pop()

    async with sending(database_url, tmp_path, change=renewed(asked)) as (home, far, _, conversation_id):
        await home.admin()
        far.statuses = [401] * 7
        await home.answer(conversation_id, "patience")

        await home.until_column(STATES, ["accepted"])
        await home.until_column("SELECT health FROM channel", ["ok"])
        told = await home.column("SELECT detail FROM notification ORDER BY id")
        assert "the sign-in is away" in told[0]
        assert not any("connect it again" in one for one in told)
    assert [text for _, text in far.effects] == ["patience"]


async def test_a_sign_in_that_is_refused_with_a_fresh_token_is_an_admins_affair(
    database_url: str, tmp_path: Path
) -> None:
    """Where sending is not allowed (SMTP switched off for a whole company) a new token each time would not help."""
    refreshed: list[str] = []
    change = renewed(lambda: refreshed.append("fresh"))
    async with sending(database_url, tmp_path, change=change) as (home, far, _, conversation_id):
        far.statuses = [401] * 1_000
        await home.answer(conversation_id, "not allowed")

        await home.until_column("SELECT health FROM channel", ["needs_attention"])
        await home.until_column(PARTS, ["waiting"])
    assert len(refreshed) == 1


def renewed(asked: Callable[[], None]) -> Callable[[Connector], Connector]:
    """A network whose tokens can be refreshed; `asked` is called each time, and may refuse."""

    def refresh(ctx: Context) -> Exchange[Credentials]:
        asked()
        return Credentials(credentials={"access_token": "fresh"})
        yield

    def unused(*given: object) -> Exchange[Credentials]:
        raise AssertionError("not part of these tests")

    return lambda connector: replace(connector, oauth=OAuth(start=unused, callback=unused, refresh=refresh))  # type: ignore[arg-type]


def polled(away: list[bool]) -> Callable[[Connector], Connector]:
    """A network that has to be asked, and cannot be as long as there is something in `away`."""

    def poll(cursor: str, ctx: Context) -> Exchange[Polled]:
        if away:
            raise SendError(SendErrorKind.UNREACHABLE, "the mailbox is away")
        return Polled(inbounds=(), cursor="x", next_after_seconds=0.05)
        yield

    return lambda connector: replace(connector, poll=poll)


async def test_a_mailbox_that_cannot_be_read_is_not_mended_by_an_answer_that_leaves(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two servers, two troubles: admins hear that all is well when it is, once."""
    monkeypatch.setattr("inbox.intake.poller.delay_after", lambda error, failures: 0.05)
    monkeypatch.setattr("inbox.delivery.outbox.delay_seconds", lambda failures, first, longest: 0.05)
    away = [True]

    async with sending(database_url, tmp_path, change=polled(away)) as (home, far, _, conversation_id):
        await home.admin()
        far.statuses = [503]
        await home.until_column("SELECT health FROM channel", ["down"])
        for text in ("one", "two"):
            await home.answer(conversation_id, text)
        await home.until_column(STATES, ["accepted", "accepted"])
        assert await home.column("SELECT health FROM channel") == ["down"]

        away.clear()
        await home.until_column("SELECT health FROM channel", ["ok"])
        assert await home.column("SELECT kind FROM notification ORDER BY id") == ["attention_channel", "mended_channel"]


async def test_a_mailbox_that_is_read_again_does_not_mend_what_cannot_be_sent(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both were away: it is over with the first answer that leaves."""
    monkeypatch.setattr("inbox.intake.poller.delay_after", lambda error, failures: 0.05)
    monkeypatch.setattr("inbox.delivery.outbox.delay_seconds", lambda failures, first, longest: 0.05)
    away = [True]

    async with sending(database_url, tmp_path, change=polled(away)) as (home, far, _, conversation_id):
        await home.admin()
        far.statuses = [503] * 1_000_000
        await home.answer(conversation_id, "one")
        await home.until_column("SELECT health FROM channel", ["down"])
        await home.until_column("SELECT attempts > 5 FROM outbox", [True])
        away.clear()
        await home.until_column("SELECT count(*) FROM channel WHERE caught_up_at IS NOT NULL", [1])
        assert await home.column("SELECT health FROM channel") == ["down"]

        far.statuses = []
        await home.until_column("SELECT health FROM channel", ["ok"])
        assert await home.column("SELECT kind FROM notification ORDER BY id") == ["attention_channel", "mended_channel"]
