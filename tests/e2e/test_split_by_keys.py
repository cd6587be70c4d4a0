"""Two threads of one conversation are parted and joined again, by keys alone."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.e2e.house import curl, embedded, until
from tests.e2e.outside import Shop, says, whsec
from tests.e2e.screen import Screen, screen
from tests.e2e.story import moment


async def runs(window: Screen, command: str) -> None:
    """Run a command by its name in the palette."""
    await window.keys("Control+k")
    await expect(window.chooser).to_be_focused()
    await window.page.keyboard.type(command)
    await window.keys("Enter")


async def tabs_to(window: Screen, button: str) -> None:
    """Tab until a button has the focus."""
    while not await window.has_focus(window.page.get_by_role("button", name=button)):
        await window.keys("Tab")


async def shows(window: Screen, *texts: str) -> None:
    """The open conversation holds these items and no others."""
    for text in texts:
        await expect(window.item(text)).to_be_visible()
    await expect(window.page.get_by_role("article")).to_have_count(len(texts))


async def test_a_thread_is_split_off_and_comes_back(browser: Browser, tmp_path: Path) -> None:
    """Merged, each item is there; split, each is where it belongs, what comes later too; U brings all together."""
    shop = Shop(whsec(b"shop"))
    with embedded(tmp_path) as house:
        anna = house.person("Anna Berg")
        channel = house.channel("custom", "Shop", webhook_secret=shop.secret)

        async def tell(key: str, text: str, who: str) -> None:
            assert await curl(channel.webhook_url, *shop.sign(says(key, text, who=who, at=moment()))) == 202

        await tell("m-1", "Where is my lamp?", "maria")
        await tell("m-2", "The other account of mine", "nikos")
        async with house.signed_in(anna) as api, screen(browser, house.url) as window:
            await window.sign_in(anna)
            await window.row("Where is my lamp?").wait_for()
            rows = {row["contact"]["name"]: row["id"] for row in await api.conversations()}
            await window.page.goto(f"{house.url}/desk/waiting/{rows['Maria']}")
            await shows(window, "Where is my lamp?")

            await runs(window, "merge into")
            await expect(window.chooser).to_be_focused()
            await window.page.keyboard.type("nikos")
            await expect(window.page.get_by_role("dialog").get_by_role("option").first).to_contain_text("Nikos")
            await window.keys("Enter")
            await expect(window.page).to_have_url(re.compile(f"/{rows['Nikos']}$"))
            await shows(window, "Where is my lamp?", "The other account of mine")

            await runs(window, "split off")
            box = window.page.get_by_role("dialog").get_by_role("checkbox", name=re.compile("Where is my lamp"))
            await box.focus()
            await window.keys("Space")
            await tabs_to(window, "Split off")
            await window.keys("Enter")
            await expect(window.page).not_to_have_url(re.compile(f"/{rows['Nikos']}$"))
            await shows(window, "Where is my lamp?")
            apart = window.page.url.rpartition("/")[2]
            await tell("m-3", "It was to come yesterday", "maria")
            await shows(window, "Where is my lamp?", "It was to come yesterday")
            await window.page.goto(f"{house.url}/desk/waiting/{rows['Nikos']}")
            await shows(window, "The other account of mine")
            assert len(await api.messages(apart)) == 2

            await window.page.go_back()
            await shows(window, "Where is my lamp?", "It was to come yesterday")
            assert window.complaints == []


async def test_what_was_split_off_is_undone_by_one_key(browser: Browser, tmp_path: Path) -> None:
    """U, at once after the split: the conversation is whole again, and nothing of it is left elsewhere."""
    shop = Shop(whsec(b"shop"))
    with embedded(tmp_path) as house:
        anna = house.person("Anna Berg")
        channel = house.channel("custom", "Shop", webhook_secret=shop.secret)
        for key, text, who in (("m-1", "Where is my lamp?", "maria"), ("m-2", "A second account", "nikos")):
            assert await curl(channel.webhook_url, *shop.sign(says(key, text, who=who, at=moment()))) == 202
        async with house.signed_in(anna) as api, screen(browser, house.url) as window:

            async def both() -> bool:
                return len(await api.conversations()) == 2

            await until("both are there", both)
            rows = {row["contact"]["name"]: row["id"] for row in await api.conversations()}
            await api.post(f"conversations/{rows['Maria']}/merge", into_id=rows["Nikos"])
            await window.sign_in(anna)
            await window.page.goto(f"{house.url}/desk/waiting/{rows['Nikos']}")
            await shows(window, "Where is my lamp?", "A second account")

            await runs(window, "split off")
            await window.page.get_by_role("dialog").get_by_role("checkbox", name=re.compile("lamp")).focus()
            await window.keys("Space")
            await tabs_to(window, "Split off")
            await window.keys("Enter")
            await shows(window, "Where is my lamp?")
            await window.keys("u")

            await expect(window.page).to_have_url(re.compile(f"/{rows['Nikos']}$"))
            await shows(window, "Where is my lamp?", "A second account")
            assert [row["id"] for row in await api.conversations(view="waiting")] == [rows["Nikos"]]
            assert window.complaints == []
