"""The chat's plain addresses: session, frame, uploads, and requests where no socket gets through."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path

import httpx2
import pytest
import time_machine
from PIL import Image

from tests.inbox.webchat.shop import CHAT, ORIGIN, Shop, shop

WEEK = {"timezone": "Europe/Athens", "weekly": {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Origin": ORIGIN}


def _photo() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "a camera that tells on its owner"
    Image.new("RGB", (64, 48), "teal").save(out, "JPEG", exif=exif)
    return out.getvalue()


async def _upload(made: Shop, token: str, name: str, content: bytes, declared: str) -> httpx2.Response:
    ticket = (await made.http.post(f"/chat/{CHAT}/uploads", headers=_bearer(token), content=b"")).json()["ticket"]
    return await made.http.post(
        f"/chat/{CHAT}/uploads/{ticket}", headers=_bearer(token), files={"file": (name, content, declared)}
    )


async def test_a_session_is_given_and_kept(sqlite_url: str, tmp_path: Path) -> None:
    """A token that is good is good again; one that is not is replaced by a new visitor."""
    async with shop(sqlite_url, tmp_path) as made:
        token = await made.token()
        again = (await made.http.post(f"/chat/{CHAT}/session", json={"token": token})).json()
        other = (await made.http.post(f"/chat/{CHAT}/session", json={"token": token + "x"})).json()

        assert again == {"token": token, "new": False}
        assert other["new"] is True
        assert other["token"] != token


async def test_only_listed_websites_can_read_answers(sqlite_url: str, tmp_path: Path) -> None:
    """A listed origin is named exactly, another is refused; cookies play no part."""
    async with shop(sqlite_url, tmp_path) as made:
        good = await made.http.get(f"/chat/{CHAT}/config", headers={"Origin": ORIGIN})
        bad = await made.http.get(f"/chat/{CHAT}/config", headers={"Origin": "https://evil.example"})
        null = await made.http.post(f"/chat/{CHAT}/session", headers={"Origin": "null"}, json={})
        asked = await made.http.request("OPTIONS", f"/chat/{CHAT}/session", headers={"Origin": ORIGIN})

        assert good.headers["access-control-allow-origin"] == ORIGIN
        assert good.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in good.headers
        assert (bad.status_code, bad.json()["code"]) == (403, "origin_refused")
        assert "access-control-allow-origin" not in bad.headers
        assert null.status_code == 403
        assert (asked.status_code, asked.headers["access-control-max-age"]) == (204, "600")


async def test_the_frame_may_stand_on_listed_websites_only(sqlite_url: str, tmp_path: Path) -> None:
    """frame-ancestors names the list; a host that is not on it does not even get the page."""
    built = tmp_path / "widget"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("<!doctype html><title>Chat</title>")
    (built / "assets" / "app-1.js").write_text("1")
    async with shop(sqlite_url, tmp_path, widget=built) as made:
        page = await made.http.get(f"/chat/{CHAT}", params={"host": ORIGIN})
        evil = await made.http.get(f"/chat/{CHAT}", params={"host": "https://evil.example"})
        asset = await made.http.get("/widget/assets/app-1.js")
        outside = await made.http.get("/widget/assets/..%2f..%2finbox.sqlite3")

        policy = page.headers["content-security-policy"]
        assert policy.endswith(f"frame-ancestors 'self' {ORIGIN}")
        assert "script-src 'self';" in policy
        assert evil.status_code == 403
        assert "immutable" in asset.headers["cache-control"]
        assert outside.status_code == 404


@pytest.mark.parametrize("channel", ["11", "99", "x", "1e3"])
async def test_there_is_no_chat_at_another_channel(sqlite_url: str, tmp_path: Path, channel: str) -> None:
    """Channels of other networks, unknown ids and what is no id are all the same: 404."""
    async with shop(sqlite_url, tmp_path) as made:
        assert (await made.http.get(f"/chat/{channel}/config")).status_code == 404


async def test_without_a_socket_nothing_is_missing(database_url: str, tmp_path: Path) -> None:
    """Messages go by request, answers come by a request that waits for them."""
    async with shop(database_url, tmp_path) as made:
        token = await made.token()
        message = {"client_msg_id": "plain-0001", "text": "No sockets here"}
        kept = (await made.http.post(f"/chat/{CHAT}/messages", headers=_bearer(token), json=message)).json()
        asking = asyncio.create_task(
            made.http.get(f"/chat/{CHAT}/events", headers=_bearer(token), params={"after": kept["seq"], "wait": 2})
        )
        await made.answers("Then like this")
        found = (await asking).json()
        rest = (await made.http.get(f"/chat/{CHAT}/history", headers=_bearer(token), params={"before": 2})).json()

        assert [one["item"]["text"] for one in found["items"]] == ["Then like this"]
        assert (found["seq"], found["more"]) == (2, False)
        assert [one["text"] for one in rest["items"]] == ["No sockets here"]


async def test_an_image_is_drawn_anew_and_shown_to_both_sides(database_url: str, tmp_path: Path) -> None:
    """What the camera wrote into it is gone; the message carries it, ready."""
    async with shop(database_url, tmp_path) as made:
        token = await made.token()
        uploaded = (await _upload(made, token, "me at home.jpg", _photo(), "image/png")).json()
        async with made.tab(token) as tab:
            await tab.says("", files=[uploaded["file"]])
            item = (await tab.had("message"))["item"]

        assert (uploaded["mime"], uploaded["kind"]) == ("image/webp", "image")
        assert item["files"][0]["url"].endswith((await made.rows("sha256", "media", "message_id > 0"))[0])
        blobs = [path.read_bytes() for path in (tmp_path / "media").rglob("*") if path.is_file()]
        drawn = [blob for blob in blobs if blob[8:12] == b"WEBP"]
        assert len(drawn) == 1
        assert b"camera" not in drawn[0]


@pytest.mark.parametrize(
    ("name", "content", "declared"),
    [
        ("page.html", b"<html><script>alert(1)</script>", "image/png"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        ("program.exe", b"MZ\x90\x00" + b"\x00" * 200, "application/pdf"),
        ("broken.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "image/png"),
        ("empty.txt", b"", "text/plain"),
    ],
)
async def test_files_are_taken_by_what_they_are(
    sqlite_url: str, tmp_path: Path, name: str, content: bytes, declared: str
) -> None:
    """A name or type that lies does not help."""
    async with shop(sqlite_url, tmp_path) as made:
        answer = await _upload(made, await made.token(), name, content, declared)

        assert (answer.status_code, answer.json()["code"]) == (422, "attachment_type")


async def test_a_ticket_is_good_once_and_for_one_visitor(sqlite_url: str, tmp_path: Path) -> None:
    """Used, of another visitor, or made up: refused; so is another visitor's file in one's own message."""
    async with shop(sqlite_url, tmp_path) as made:
        mine, other = await made.token(), await made.token()
        ticket = (await made.http.post(f"/chat/{CHAT}/uploads", headers=_bearer(mine), content=b"")).json()["ticket"]
        file = {"file": ("a.txt", b"hello there", "text/plain")}
        place = f"/chat/{CHAT}/uploads/{ticket}"

        assert (await made.http.post(place, headers=_bearer(other), files=file)).json()["code"] == "ticket_invalid"
        first = await made.http.post(place, headers=_bearer(mine), files=file)
        assert (await made.http.post(place, headers=_bearer(mine), files=file)).json()["code"] == "ticket_used"
        async with made.tab(other) as tab:
            await tab.send(type="message", client_msg_id="not-my-file", files=[first.json()["file"]])
            assert (await tab.until("error"))["code"] == "file_unknown"


async def test_too_large_a_file_is_refused_before_it_is_read(sqlite_url: str, tmp_path: Path) -> None:
    """The announced length decides."""
    async with shop(sqlite_url, tmp_path) as made:
        answer = await _upload(made, await made.token(), "big.txt", b"x" * 20_100_000, "text/plain")

        assert answer.status_code == 413


async def test_closed_doors_ask_for_an_address(database_url: str, tmp_path: Path) -> None:
    """On the evening of the clock change it is closed; a message without an address waits for the form, and the
    address is kept with the contact.
    """
    with time_machine.travel("2026-03-28T18:00:00Z", tick=True):
        async with shop(database_url, tmp_path, hours=json.dumps(WEEK)) as made, made.tab(await made.token()) as tab:
            status = await tab.until("status")
            await tab.send(type="message", client_msg_id="offline-1", text="Anybody there?")
            refused = await tab.until("error")
            await tab.says("Anybody there?", client_msg_id="offline-1", form={"email": "eleni@home.example"})
            if not any(frame["type"] == "status" and frame["form"] == "" for frame in tab.got):
                await tab.until("status", form="")

    assert (status["open"], status["form"]) == (False, "offline")
    # Monday, 09:00 of the summer that began meanwhile.
    assert status["until"] == "2026-03-30T06:00:00.000Z"
    assert (refused["code"], refused["client_msg_id"]) == ("form_required", "offline-1")


async def test_the_address_left_at_night_is_the_contacts(database_url: str, tmp_path: Path) -> None:
    """Also when he had written before without one."""
    always_closed = json.dumps({"timezone": "UTC", "weekly": {}})
    async with shop(database_url, tmp_path) as made:
        token = await made.token()
        async with made.tab(token) as tab:
            await tab.says("While open")
        await made.set(hours=always_closed)
        async with made.tab(token) as tab:
            await tab.says("While closed", form={"email": "eleni@home.example"})

        contacts = await made.rows("contact_id", "conversation", "network = 'webchat'")
        assert await made.rows("email", "contact", f"id = {contacts[0]}") == ["eleni@home.example"]


async def test_the_form_before_the_chat_is_asked_once(database_url: str, tmp_path: Path) -> None:
    """Its answers are checked here and kept with the first message; whoever signs in is not asked."""
    form = [{"name": "name", "type": "name", "required": True}, {"name": "ok", "type": "checkbox", "required": True}]
    async with shop(database_url, tmp_path, pre_chat_form=json.dumps(form)) as made:
        async with made.tab(await made.token()) as tab:
            assert (await tab.until("status"))["form"] == "pre_chat"
            await tab.send(type="message", client_msg_id="asked-0001", text="Hi", form={"name": "Eleni"})
            refused = await tab.until("error")
            await tab.says("Hi", client_msg_id="asked-0001", form={"name": "Eleni", "ok": True})
            await tab.says("And another thing")

        assert (refused["code"], refused["fields"]) == ("form_invalid", {"ok": "required"})
        assert await made.rows("name", "contact", "1 = 1") == ["Eleni"]
        assert json.loads((await made.rows("profile", "identity", "network = 'webchat'"))[0])["ok"] == "agreed"


async def test_long_texts_and_empty_ones_are_refused(sqlite_url: str, tmp_path: Path) -> None:
    """4,000 characters are taken, one more is not; nothing at all is nothing."""
    async with shop(sqlite_url, tmp_path) as made, made.tab(await made.token()) as tab:
        await tab.says("😀" * 4_000)
        await tab.send(type="message", client_msg_id="long-00001", text="x" * 4_001)
        long = await tab.until("error")
        await tab.send(type="message", client_msg_id="empty-0001", text="  ")
        empty = await tab.until("error")

        assert (long["code"], empty["code"]) == ("too_long", "empty")


async def test_blocked_addresses_get_nothing(sqlite_url: str, tmp_path: Path) -> None:
    """The channel's block list counts for requests and sockets."""
    async with shop(sqlite_url, tmp_path) as made:
        token = await made.token()
        await made.set(blocked_addresses="127.0.0.0/8")

        assert (await made.http.post(f"/chat/{CHAT}/session", json={})).json()["code"] == "blocked"
        assert await made.refusal(token) == 4403


async def test_sessions_are_rationed(sqlite_url: str, tmp_path: Path) -> None:
    """One address cannot make visitors without end, and is told when to come back."""
    async with shop(sqlite_url, tmp_path) as made:
        answers = [await made.http.post(f"/chat/{CHAT}/session", json={}) for _ in range(25)]

        assert [answer.status_code for answer in answers].count(429) >= 4
        assert int(answers[-1].headers["retry-after"]) >= 1
