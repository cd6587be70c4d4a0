"""The desk of `inbox demo` by keyboard alone, its accessibility, its two themes, and long lists."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests import optional
from tests.e2e.customers import MARIA, closes_what_waits, customers, still
from tests.e2e.house import House, curl, embedded, until
from tests.e2e.outside import Shop, says, whsec
from tests.e2e.screen import Screen, screen
from tests.e2e.story import moment

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demo with its history told, standing still: no colleagues, nobody writes by himself."""
    with still(tmp_path_factory.mktemp("demo")) as house:
        yield house


@pytest.fixture
async def desk(browser: Browser, sandbox: House) -> AsyncIterator[Screen]:
    """An agent signed in; three people wait who wrote in private, whose answers go at once at every hour."""
    async with customers(sandbox) as people, sandbox.signed_in(MARIA) as api:
        await closes_what_waits(api)
        for who in ("liam", "sari", "giorgos"):
            await people.do("telegram", who, f"Question of {who}", anew=True)

        async def all_wait() -> bool:
            return len(await api.conversations(view="waiting")) == 3

        await until("three wait", all_wait)
    async with screen(browser, sandbox.url) as opened:
        await opened.sign_in(MARIA)
        await expect(opened.page.get_by_role("option").first).to_be_visible()
        yield opened


async def opens_the_first(desk: Screen) -> str:
    """J, then Enter: the first row is open; its number."""
    await desk.keys("j", "Enter")
    await expect(desk.page).to_have_url(re.compile(r"/desk/waiting/\d+$"))
    await expect(desk.page.get_by_role("article").first).to_be_visible()
    return desk.page.url.rpartition("/")[2]


async def test_the_main_path_needs_no_mouse(desk: Screen, sandbox: House) -> None:
    """Move, open, answer, take back, answer again, close, snooze, tag, note with a mention, palette, help."""
    async with sandbox.signed_in(MARIA) as api:
        await opens_the_first(desk)
        await desk.keys("j", "k")
        first = desk.page.url.rpartition("/")[2]
        await desk.answers("I shall look at once.")
        await expect(desk.page.get_by_role("button", name="Undo")).to_be_visible()
        await desk.keys("Escape", "u")
        await expect(desk.item("I shall look at once.")).to_have_count(0)
        await expect(desk.composer).to_have_value("I shall look at once.")
        await desk.keys("r", "Control+Enter")

        async def sent() -> bool:
            items: list[dict[str, Any]] = (await api.get(f"conversations/{first}/messages"))["items"]
            ours = [one for one in items if one["text"] == "I shall look at once." and one["delivery"]]
            return any(one["delivery"]["state"] in ("accepted", "delivered", "read") for one in ours)

        await until("the answer is sent", sent)

        await desk.keys("Escape")
        await chooses(desk, "t", "praise")
        await writes_a_note(desk)
        await desk.keys("Escape", "e")
        await expect(desk.page).not_to_have_url(re.compile(rf"/{first}$"))

        async def closed() -> bool:
            row: dict[str, Any] = (await api.get(f"conversations/{first}"))["conversation"]
            return bool(row["status"] == "closed" and row["tags"])

        await until("the conversation is closed and tagged", closed)
        await snoozes(desk, api)
    await palette_and_help(desk)
    assert desk.complaints == []


async def chooses(desk: Screen, key: str, words: str) -> None:
    """Open a list by its key, type, take the first choice."""
    await desk.keys(key)
    await expect(desk.chooser).to_be_focused()
    await desk.page.keyboard.type(words)
    await desk.keys("Enter")
    await expect(desk.chooser).to_have_count(0)


async def writes_a_note(desk: Screen) -> None:
    """N, a mention chosen from the list, Ctrl and Enter."""
    await desk.keys("n")
    await expect(desk.composer).to_be_focused()
    await desk.page.keyboard.type("Please look, @nad")
    await expect(desk.page.get_by_role("listbox").get_by_text("Nadia Rahman")).to_be_visible()
    await desk.keys("Enter")
    await expect(desk.composer).to_have_value("Please look, @Nadia Rahman ")
    # The caret follows the words by one frame; a person's next key comes later than that.
    await desk.page.evaluate("() => new Promise(requestAnimationFrame)")
    await desk.page.keyboard.type("before noon")
    await desk.keys("Control+Enter")
    note = desk.item("before noon")
    await expect(note).to_contain_text("@Nadia Rahman")


async def snoozes(desk: Screen, api: Any) -> None:
    """Z, a time in words, Enter: it sleeps for two hours."""
    second = desk.page.url.rpartition("/")[2]
    await chooses(desk, "z", "2h")

    async def asleep() -> bool:
        row = (await api.get(f"conversations/{second}"))["conversation"]
        return row["status"] == "snoozed" and row["snoozed_until"] is not None

    await until("the second conversation sleeps", asleep)


async def palette_and_help(desk: Screen) -> None:
    """Ctrl and K finds commands by their names; ? shows all keys; Escape leaves both, focus is not lost."""
    await chooses(desk, "Control+k", "closed")
    await expect(desk.page).to_have_url(re.compile("/desk/closed"))
    await desk.keys("?")
    await expect(desk.page.get_by_role("dialog")).to_be_visible()
    await desk.keys("Escape")
    await expect(desk.page.get_by_role("dialog")).to_have_count(0)
    await desk.keys("g", "w")
    await expect(desk.page).to_have_url(re.compile("/desk/waiting"))


async def test_ten_thousand_conversations_are_a_list_like_any_other(browser: Browser, tmp_path: Path) -> None:
    """Page after page comes while one scrolls; what is out of sight is not in the page; keys answer as before."""
    shop = Shop(whsec(b"shop"))
    with embedded(tmp_path) as house:
        anna = house.person("Anna Berg")
        channel = house.channel("custom", "Shop", webhook_secret=shop.secret)
        for batch in range(20):
            events = [
                says(f"m-{batch}-{nth}", f"Question {nth}", who=f"p{batch}-{nth}", at=moment()) for nth in range(500)
            ]
            assert await curl(channel.webhook_url, *shop.sign({"id": f"batch-{batch}", "events": events})) == 202
        async with screen(browser, house.url) as window:
            await window.sign_in(anna)
            rows = window.page.get_by_role("option")
            await expect(window.page.get_by_text("10,000 waiting")).to_be_visible()
            await expect(rows.first).to_be_visible()
            for _ in range(5):
                total = int(await rows.last.get_attribute("aria-setsize") or 0)
                await rows.last.evaluate("row => { const list = row.closest('[role=listbox]'); list.scrollTop = 1e9 }")
                await expect(rows.last).not_to_have_attribute("aria-setsize", str(total))
                assert await rows.count() < 60
            await window.keys("j", "Enter")
            await expect(window.page.get_by_role("article")).to_have_count(1)
            assert window.complaints == []


def axe() -> str:
    """The accessibility checker's own script."""
    places = (os.environ.get("INBOX_TEST_AXE"), ROOT / "frontend/node_modules/axe-core/axe.min.js")
    for place in places:
        if place and Path(place).exists():
            return Path(place).read_text()
    optional.not_found("axe-core (npm install in frontend)")


async def serious(window: Screen) -> list[str]:
    """What axe finds that keeps people out: rule and first place."""
    await window.page.evaluate("source => { (0, eval)(source) }", axe())
    found = await window.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {one['nodes'][0]['target']}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_anyone_can_use_sign_in_and_desk(browser: Browser, sandbox: House, tmp_path: Path, theme: Any) -> None:
    """Sign-in, an open conversation and settings have no serious barrier, in light and in dark."""
    async with screen(browser, sandbox.url) as window:
        await window.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        await window.page.goto(sandbox.url)
        await expect(window.page.get_by_label("Email")).to_be_visible()
        assert await serious(window) == []
        await window.sign_in(MARIA)
        await opens_the_first(window)
        assert await serious(window) == []
        await window.page.screenshot(path=tmp_path / f"desk-{theme}.png")
        await window.keys("g", "s")
        await expect(window.page.get_by_role("table").first).to_be_visible()
        assert await serious(window) == []
