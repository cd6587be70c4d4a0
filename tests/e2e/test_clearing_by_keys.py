"""A morning of work: twenty people of every kind wait, and keys alone clear the desk."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.customers import MARIA, Customers, closes_what_waits, customers, still
from tests.e2e.house import Api, House, until
from tests.e2e.screen import Screen, screen

DIRECT = (
    ("whatsapp", "budi"), ("whatsapp", "priya"), ("messenger", "oliver"), ("messenger", "eleni"),
    ("telegram", "liam"), ("telegram", "sari"), ("instagram", "chloe"),
)  # fmt: skip
COMMENTS = (("facebook_page", "nikos"), ("facebook_page", "sophie"), ("instagram", "mira"), ("instagram", "nare"))
MENTIONS = (("facebook_page", "heike"), ("instagram", "anna"))
REVIEWS = (("google_business_profile", "grace"), ("google_business_profile", "dimas"), ("custom", "ben"))
MAILS = ("pirjo", "stavros")
CHATS = ("visitor-1", "visitor-2")
SPAM = "nare"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demo, standing still."""
    with still(tmp_path_factory.mktemp("clearing")) as house:
        yield house


@dataclass
class Morning:
    """The desk, who waits at it, and what is known of them."""

    desk: Screen
    people: Customers
    api: Api
    rows: dict[str, dict[str, Any]]


@pytest.fixture
async def morning(browser: Browser, sandbox: House) -> AsyncIterator[Morning]:
    """Twenty conversations wait, of six kinds, on nine networks."""
    async with customers(sandbox) as people, sandbox.signed_in(MARIA) as api:
        await closes_what_waits(api)
        await everybody_writes(people)

        async def all_wait() -> list[dict[str, Any]] | None:
            found = await api.conversations(view="waiting")
            return found if len(found) == 20 else None

        waiting = await until("twenty wait", all_wait)
        assert {row["kind"] for row in waiting} == {"direct", "comment", "mention", "review", "mail", "chat"}
        async with screen(browser, sandbox.url) as desk:
            await desk.sign_in(MARIA)
            await expect(desk.page.get_by_role("option").first).to_be_visible()
            yield Morning(desk, people, api, {row["id"]: row for row in waiting})
        assert desk.complaints == []


async def everybody_writes(people: Customers) -> None:
    """Each on his network, and each in the way that is usual there."""
    for network, who in DIRECT:
        await people.do(network, who, f"Direct question of {who}", anew=True)
    for network, who in COMMENTS:
        words = "Cheap followers!!! Click my profile" if who == SPAM else f"Comment of {who}"
        await people.do(network, who, words, post_id=await people.post_of(network))
    for network, who in MENTIONS:
        await people.do(network, who, f"Mention by {who}", thread_id=f"mention-{who}")
    for network, who in REVIEWS:
        await people.do(network, who, f"Review of {who}", do="review", rating=2)
    for who in MAILS:
        await people.do("email", who, f"Mail of {who}", anew=True)
    for who in CHATS:
        await people.do("webchat", who, f"Chat of {who}", anew=True)


async def test_twenty_of_every_kind_are_cleared_by_keys_alone(morning: Morning) -> None:
    """One opens the first; everybody is answered, dismissed, hidden, snoozed or noted; then nobody waits."""
    desk = morning.desk
    await desk.keys("j", "Enter")
    done: list[str] = []
    while len(done) < len(morning.rows):
        await opens_one_of(desk, morning.rows, done)
        number = opened(desk)
        await clears(morning, morning.rows[number])
        done.append(number)
    await expect(desk.page.get_by_text("Nobody waits")).to_be_visible()

    async def nobody_waits() -> bool:
        return await morning.api.conversations(view="waiting") == []

    await until("nobody waits", nobody_waits)
    await reached_everybody(morning)


async def opens_one_of(desk: Screen, rows: dict[str, Any], done: list[str]) -> None:
    """The next one is open by itself after the one before; where it is not, J and Enter open it."""
    for _ in range(5):
        if opened(desk) in rows and opened(desk) not in done:
            break
        await desk.keys("j", "Enter")
    assert opened(desk) in rows, desk.page.url
    assert opened(desk) not in done, desk.page.url
    await expect(desk.page.get_by_role("article").first).to_be_visible()


def opened(desk: Screen) -> str:
    """The conversation that the address names; empty where none is open."""
    found = re.search(r"/desk/[^/]+/(\d+)", desk.page.url)
    return found[1] if found else ""


async def clears(morning: Morning, row: dict[str, Any]) -> None:
    """What somebody at work does with one of its kind; at the end another one is open, or none."""
    desk, kind, words = morning.desk, row["kind"], row["preview"]
    here = desk.page.url
    if "Click my profile" in words:
        await desk.keys("h")
        await expect(desk.item("Click my profile")).to_contain_text("Hidden by")
        await desk.keys("e")
    elif kind == "mention":
        await desk.keys("d")
    elif words == "Direct question of sari":
        await desk.keys("z")
        await expect(desk.chooser).to_be_focused()
        await desk.page.keyboard.type("2h")
        await desk.keys("Enter")
    elif words == "Direct question of oliver":
        await desk.keys("n")
        await expect(desk.composer).to_be_focused()
        await desk.page.keyboard.type("He called; all is said.")
        await desk.keys("Control+Enter")
        await expect(desk.item("He called; all is said.")).to_be_visible()
        await desk.keys("Escape", "e")
    else:
        await desk.keys("r")
        await expect(desk.composer).to_be_focused()
        await desk.page.keyboard.type(answer_to(words))
        await desk.keys("Control+Shift+Enter")
    await expect(desk.page).not_to_have_url(here)


def answer_to(words: str) -> str:
    """What is answered: each his own words, by which they are found again."""
    return f"Answer to {words.rpartition(' ')[2]}."


async def reached_everybody(morning: Morning) -> None:
    """Whoever was answered has one answer, on its way past the undo of reviews or there; nobody else has any."""
    for network, who in DIRECT:
        wanted = [] if who in ("sari", "oliver") else [answer_to(f"of {who}")]

        async def sees(network: str = network, who: str = who, wanted: list[str] = wanted) -> bool:
            got = await morning.people.got(network, who)
            return [text for text in got if text.startswith("Answer to")] == wanted

        await until(f"{who} sees {wanted}", sees)
    for row in morning.rows.values():
        states = ("held",) if row["kind"] == "review" else ("accepted", "delivered", "read")
        spared = row["kind"] == "mention" or "Click my profile" in row["preview"]
        wanted = [] if spared or row["preview"].endswith(("of sari", "of oliver")) else [answer_to(row["preview"])]

        async def answered(row: dict[str, Any] = row, states: Any = states, wanted: list[str] = wanted) -> bool:
            items = [one for one in await morning.api.messages(row["id"]) if one["text"].startswith("Answer to")]
            return [one["text"] for one in items if one["delivery"]["state"] in states] == wanted

        await until(f"{row['preview']}: {wanted}", answered)
    line = await morning.people.line()
    assert (line["lost"], line["doubled"]) == (0, 0)
