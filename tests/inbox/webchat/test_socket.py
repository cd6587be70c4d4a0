"""Visitors' sockets: real ones, on both engines."""

from __future__ import annotations

import asyncio
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from inbox import clock
from inbox.errors import Unavailable
from inbox.webchat.frames import Close
from inbox.webchat.identity import hash_of
from inbox.webchat.token import VisitorTokens
from tests.inbox.webchat.shop import CHAT, KEY, SECRET, Shop, shop


async def test_an_anonymous_visitor_is_heard_and_answered(database_url: str, tmp_path: Path) -> None:
    """What he writes opens a conversation with the page he is on; the answer reaches him and counts as delivered."""
    async with shop(database_url, tmp_path) as made, made.tab(await made.token()) as tab:
        ack = await tab.says("Is it open?", page={"url": "https://shop.example/mugs", "title": "Mugs"})
        await made.answers("Until eight.")
        answer = await tab.sees("Until eight.")
        await tab.send(type="delivered", up_to_seq=answer["seq"])

        assert ack["seq"] == 1
        assert answer["item"]["author"] == "agent"
        assert answer["item"]["name"] == "Anna"
        assert answer["seq"] == 2
        assert json.loads((await made.rows("origin", "conversation", "network = 'webchat'"))[0])["kind"] == "page"
        await _until(made, "delivery_state", "direction = 'out'", ["delivered"])
        assert await made.rows('"end"', "wait", "1 = 1") == ["answered"]


async def test_a_message_sent_twice_is_kept_once(database_url: str, tmp_path: Path) -> None:
    """After a cut the widget sends again what was not acknowledged: it gets the same id and nothing is doubled."""
    async with shop(database_url, tmp_path) as made:
        token, key = await made.token(), uuid.uuid4().hex
        async with made.tab(token) as tab:
            first = await tab.says("Hello?", client_msg_id=key)
        async with made.tab(token, last_seq=0) as tab:
            second = await tab.says("Hello?", client_msg_id=key)

        assert first["id"] == second["id"]
        assert await made.rows("id", "message", "direction = 'in'") != []
        assert len(await made.rows("id", "message", "direction = 'in'")) == 1


async def test_nothing_is_lost_or_doubled_over_cuts(database_url: str, tmp_path: Path) -> None:
    """A visitor whose connection is cut again and again sees each answer exactly once, in order."""
    async with shop(database_url, tmp_path) as made:
        token = await made.token()
        async with made.tab(token) as tab:
            await tab.says("Tell me everything")
        seen: list[str] = []
        last_seq = 1
        for turn in range(4):
            async with made.tab(token, last_seq=last_seq) as tab:
                await made.answers(f"while here {turn}")
                await tab.sees(f"while here {turn}")
                tab.socket.transport.abort()
                seen += tab.texts()
                last_seq = max(frame["seq"] for frame in tab.got if frame["type"] == "message")
            await made.answers(f"while away {turn}")
        async with made.tab(token, last_seq=last_seq) as tab:
            seen += tab.texts()

        assert seen == [f"while {where} {turn}" for turn in range(4) for where in ("here", "away")]


async def test_two_tabs_show_the_same(database_url: str, tmp_path: Path) -> None:
    """What is written in one tab appears in the other, and each has both the question and the answer once."""
    async with shop(database_url, tmp_path) as made:
        token = await made.token()
        async with made.tab(token) as one, made.tab(token) as two:
            await one.says("Hello from one")
            await two.sees("Hello from one")
            await two.says("Hello from two")
            await made.answers("Hello both")
            for tab in (one, two):
                await tab.sees("Hello both")

            assert one.texts() == two.texts() == ["Hello from one", "Hello from two", "Hello both"]


async def test_edits_and_deletions_reach_the_visitor_and_his_reach_us(database_url: str, tmp_path: Path) -> None:
    """He may change and take back his own words; each change has the next number of his count."""
    async with shop(database_url, tmp_path) as made, made.tab(await made.token()) as tab:
        key = uuid.uuid4().hex
        await tab.says("Where is my parcle?", client_msg_id=key)
        await tab.send(type="edit", client_msg_id=key, text="Where is my parcel?")
        edited = await tab.until("message_updated")
        await tab.send(type="delete", client_msg_id=key)
        deleted = await tab.until("message_deleted")

        assert (edited["item"]["text"], edited["item"]["edited"], edited["seq"]) == ("Where is my parcel?", True, 2)
        assert (deleted["item"]["text"], deleted["item"]["deleted"], deleted["seq"]) == ("", True, 3)
        assert set(await made.rows("text", "content", "1 = 1")) == {""}


async def test_a_proven_customer_goes_on_where_the_anonymous_visitor_stopped(database_url: str, tmp_path: Path) -> None:
    """After the sign-in the same thread goes on under the proven name, and the contact is the customer."""
    async with shop(database_url, tmp_path) as made, made.tab(await made.token()) as tab:
        await tab.says("Where is my order?")
        await tab.send(type="identify", external_id="customer-42", hash=hash_of(SECRET, "customer-42"), name="Eleni")
        identified = await tab.until("identified")
        await tab.says("Order 1007.")

        assert identified["verified"] is True
        assert len(await made.conversations()) == 1
        assert await made.rows("external_id", "thread", "kind = 'chat'") == ["u:customer-42"]
        assert await made.rows(
            "name", "contact", "merged_into IS NULL AND id IN (SELECT contact_id FROM conversation)"
        ) == ["Eleni"]
        assert await made.rows("verified", "identity", "external_id = 'u:customer-42'") == [1]


async def test_a_customer_finds_his_conversation_on_another_device(database_url: str, tmp_path: Path) -> None:
    """Signed in elsewhere, he is shown the thread he has; what he wrote there before is his contact's, too."""
    async with shop(database_url, tmp_path) as made:
        proof = {"type": "identify", "external_id": "42", "hash": hash_of(SECRET, "42")}
        async with made.tab(await made.token()) as laptop:
            await laptop.send(**proof)
            await laptop.until("identified")
            await laptop.says("From the laptop")
        async with made.tab(await made.token()) as phone:
            await phone.says("From the phone, nobody yet")
            await phone.send(**proof)
            await phone.until("identified")
            reset = await phone.had("reset")

        assert [item["text"] for item in reset["items"]] == ["From the laptop"]
        assert len(set(await made.rows("contact_id", "conversation", "network = 'webchat'"))) == 1


async def test_a_forged_proof_changes_nothing(database_url: str, tmp_path: Path) -> None:
    """A wrong hash is refused; he stays the anonymous visitor he was."""
    async with shop(database_url, tmp_path) as made, made.tab(await made.token()) as tab:
        await tab.send(type="identify", external_id="customer-42", hash=hash_of("another secret", "customer-42"))
        refused = await tab.until("error")
        await tab.says("Let me in")

        assert refused["code"] == "identity_refused"
        assert [one[:2] for one in await made.rows("external_id", "identity", "network = 'webchat'")] == ["v:"]


async def test_what_nobody_proved_is_shown_as_such(database_url: str, tmp_path: Path) -> None:
    """A name and address on his word are kept as unverified, and join nobody."""
    async with shop(database_url, tmp_path) as made:
        for _ in range(2):
            async with made.tab(await made.token()) as tab:
                await tab.send(type="identify", name="Eleni", email="eleni@shop.example")
                await tab.until("identified", verified=False)
                await tab.says("It is me")

        assert await made.rows("verified", "identity", "network = 'webchat'") == [0, 0]
        assert len(set(await made.rows("contact_id", "identity", "network = 'webchat'"))) == 2


async def test_another_website_is_refused(database_url: str, tmp_path: Path) -> None:
    """A page that is not on the list gets close code 4403, whatever token it has."""
    async with shop(database_url, tmp_path) as made:
        token = await made.token()
        for origin in ("https://evil.example", "https://shop.example.evil.example", "null"):
            assert await made.refusal(token, origin=origin) == 4403


async def test_a_token_that_is_not_ours_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    """Forged, of another installation, of another channel or over: 4401, and no second try is asked for."""
    async with shop(sqlite_url, tmp_path) as made:
        good = await made.token()
        now = clock.now()
        other = VisitorTokens(["some other installation's key, long enough"]).fresh(CHAT, now)[0]
        elsewhere = VisitorTokens([KEY]).fresh(CHAT + 1, now)[0]
        over = VisitorTokens([KEY]).fresh(CHAT, now - 400 * clock.DAY)[0]
        for token in (good[:-2] + ("AA" if good[-2:] != "AA" else "BB"), other, elsewhere, over, ""):
            assert await made.refusal(token) == 4401


@pytest.mark.parametrize("frame", ['{"type": "dance"}', '{"type": "message"}', "[]", "x" * 70_000])
async def test_anything_else_closes_with_4400(sqlite_url: str, tmp_path: Path, frame: str) -> None:
    """The union is closed: unknown types, missing fields and oversized frames end the socket."""
    async with shop(sqlite_url, tmp_path) as made, made.tab(await made.token()) as tab:
        await tab.socket.send(frame)

        assert await tab.close_code() == 4400


async def test_a_flood_is_refused_then_cut(sqlite_url: str, tmp_path: Path) -> None:
    """Writing too fast is answered with an error that says when to come back; going on all the same is 4429."""
    async with shop(sqlite_url, tmp_path) as made, made.tab(await made.token()) as tab:
        for number in range(200):
            try:
                await tab.send(type="message", client_msg_id=f"flood-{number:04d}", text=f"flood {number}")
            except ConnectionClosed:
                break

        assert await tab.close_code() == 4429
        codes = {frame["code"] for frame in tab.got if frame["type"] == "error"}
        # A flood that comes all at once may be cut before the warning is out.
        assert codes <= {"rate_limited"}
        assert len(await made.rows("id", "message", "direction = 'in'")) <= 12


async def test_a_blocked_person_is_sent_away(sqlite_url: str, tmp_path: Path) -> None:
    """Whom an agent has blocked cannot come back with his token."""
    async with shop(sqlite_url, tmp_path) as made:
        token = await made.token()
        async with made.tab(token) as tab:
            await tab.says("Something nasty")
        await made.block_everyone()
        assert await made.refusal(token) == 4403


async def test_typing_goes_both_ways_and_is_never_stored(sqlite_url: str, tmp_path: Path) -> None:
    """He sees that somebody writes, and those who look see that he does; nothing of it is in the log."""
    async with shop(sqlite_url, tmp_path) as made, made.tab(await made.token()) as tab:
        await tab.says("Hello?")
        await tab.sees("Hello?")
        events = await made.rows("position", "event", "1 = 1")
        conversation = (await made.conversations())[0]
        made.rooms.typing_out(conversation, None, True)
        writing = await tab.until("typing")
        await tab.send(type="typing", on=True)
        await tab.send(type="ping")
        await tab.until("pong")

        assert (writing["on"], writing["ttl_seconds"]) == (True, 6)
        assert [sign.on for sign in made.typing] == [True]
        assert await made.rows("position", "event", "1 = 1") == events


async def test_he_sees_that_the_desk_has_read(sqlite_url: str, tmp_path: Path) -> None:
    """When an agent's read mark passes his message, he is told up to which number."""
    async with shop(sqlite_url, tmp_path) as made, made.tab(await made.token()) as tab:
        await tab.says("Hello?")
        await tab.sees("Hello?")
        await made.desk_reads()

        assert (await tab.until("read"))["up_to_seq"] == 1


async def test_a_count_from_before_a_restore_begins_anew(sqlite_url: str, tmp_path: Path) -> None:
    """A visitor who is ahead of us gets what there is, and the number it stands for."""
    async with shop(sqlite_url, tmp_path) as made:
        token = await made.token()
        async with made.tab(token) as tab:
            await tab.says("One")
        async with made.tab(token, last_seq=99) as tab:
            reset = next(frame for frame in tab.got if frame["type"] == "reset")

        assert (reset["seq"], [item["text"] for item in reset["items"]]) == (1, ["One"])


async def test_a_visitor_who_stops_reading_is_cut(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A peer that takes nothing costs one socket and bounded memory; the others go on."""
    monkeypatch.setattr("inbox.webchat.socket.SEND_SECONDS", 0.5)
    monkeypatch.setattr("inbox.webchat.socket.CLOSE_SECONDS", 0.3)
    async with shop(sqlite_url, tmp_path) as made:
        token = await made.token()
        narrow = await made.narrow()
        async with made.tab(token) as other, made.socket(sock=narrow) as stuck:
            await stuck.send(json.dumps({"type": "auth", "token": token}))
            stuck.transport.pause_reading()
            await other.says("Tell me a lot")
            async with asyncio.timeout(40):
                number = 0
                while len(made.rooms) != 1 or number == 0:
                    number += 1
                    await made.answers("x" * 3_900 + f"{number}")
                    await other.sees("x" * 3_900 + f"{number}")
            await made.answers("Still here?")

            await other.sees("Still here?")
            stuck.transport.abort()


async def _until(made: Shop, column: str, where: str, wanted: list[object]) -> None:
    async with asyncio.timeout(30):
        while await made.rows(column, "message", where) != wanted:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("away", ["at the door", "signing in"])
async def test_a_store_that_is_away_sends_visitors_away_for_a_moment(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, away: str
) -> None:
    """Not for good: a widget that is told that it may not stand here does not come again."""

    async def unavailable(*given: Any) -> Any:
        raise Unavailable("the store is away")

    async with shop(sqlite_url, tmp_path) as made:
        token = await made.token()
        if away == "at the door":
            await made.set(site_name="Another")  # read again when somebody comes
            monkeypatch.setattr(made.contexts, "of", unavailable)
        else:
            monkeypatch.setattr(made.world.database, "read", unavailable)
        code = await made.refusal(token)
        monkeypatch.undo()

        assert code == Close.RESTART
        async with made.tab(token) as tab:
            await tab.says("Back again")


async def test_a_receipt_for_any_number_is_taken(database_url: str, tmp_path: Path) -> None:
    """A count that no store could hold means all there is."""
    async with shop(database_url, tmp_path) as made, made.tab(await made.token()) as tab:
        await tab.says("Is it open?")
        await made.answers("Until eight.")
        await tab.sees("Until eight.")
        await tab.send(type="read", up_to_seq=10**30)

        await _until(made, "delivery_state", "direction = 'out'", ["read"])
        await tab.says("Thank you")
