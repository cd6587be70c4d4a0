"""Somebody who hears the page: everything is found by role and name, as a reader tells them, and done by keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.e2e.customers import MARIA, customers, still
from tests.e2e.house import House, until
from tests.e2e.screen import screen

QUESTION = "Is the oak lamp dimmable?"
ANSWER = "It is, by its foot switch."


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demo, standing still."""
    with still(tmp_path_factory.mktemp("names")) as house:
        yield house


async def test_a_question_is_answered_noted_and_closed_by_what_is_heard(browser: Browser, sandbox: House) -> None:
    """List, conversation, composer and header say what they are; nobody has to see where they are."""
    async with customers(sandbox) as people, screen(browser, sandbox.url) as window:
        await people.do("telegram", "sari", QUESTION, anew=True)
        page = window.page
        await page.goto(sandbox.url)
        await page.get_by_role("textbox", name="Email").press_sequentially(MARIA.email)
        await page.get_by_role("textbox", name="Password", exact=True).press_sequentially(MARIA.password)
        await page.get_by_role("button", name=re.compile("^Sign in")).press("Enter")

        await opens(page, QUESTION)
        await answers(page, ANSWER)

        async def arrived() -> bool:
            return ANSWER in await people.got("telegram", "sari")

        await until("the answer is with her", arrived)
        await notes(page, "She asked on a Sunday")
        await closes(page)
        assert window.complaints == []


async def heard(where: Locator, *sentences: str) -> None:
    """What is told of a part has these words in it, whatever else is told."""
    for sentence in sentences:
        await expect(where).to_contain_text(sentence)
    told = await where.aria_snapshot()
    for sentence in sentences:
        assert sentence in told, f"{sentence!r} is shown and not told:\n{told}"


async def opens(page: Page, words: str) -> None:
    """The list is a list box; its options tell who, how and what; the arrows and Enter open one."""
    listed = page.get_by_role("listbox")
    row = listed.get_by_role("option").filter(has_text=words)
    await expect(row).to_be_visible()
    await heard(row, "Sari Dewanti", words)
    await listed.focus()
    for _ in range(await listed.get_by_role("option").count()):
        await page.keyboard.press("ArrowDown")
        active = await listed.get_attribute("aria-activedescendant")
        if active and active == await row.get_attribute("id"):
            break
    await page.keyboard.press("Enter")
    await expect(row).to_have_attribute("aria-selected", "true")
    await expect(page.get_by_role("article", name=re.compile("^Sari Dewanti.*Private$")).last).to_contain_text(words)


async def answers(page: Page, words: str) -> None:
    """The composer is a form that says who will read it, and so does its button."""
    form = page.get_by_role("form", name=re.compile("^Private"))
    await form.get_by_role("textbox").press_sequentially(words)
    await form.get_by_role("button", name=re.compile("^Send privately")).press("Enter")
    await expect(page.get_by_role("article", name=re.compile("^Maria Stavrou.*Private$"))).to_contain_text(words)


async def notes(page: Page, words: str) -> None:
    """The switch to a note is a radio button; a note is told as one."""
    switch = page.get_by_role("radio", name="Note")
    await switch.focus()
    await page.keyboard.press("Space")
    form = page.get_by_role("form", name=re.compile("^Note"))
    await form.get_by_role("textbox").press_sequentially(words)
    await form.get_by_role("button", name=re.compile("^Add note")).press("Enter")
    await expect(page.get_by_role("article", name=re.compile("^Note")).last).to_contain_text(words)


async def closes(page: Page) -> None:
    """Closing is a button of the conversation; a closed one is out of the list of those who wait."""
    await page.get_by_role("button", name=re.compile("^Close")).first.press("Enter")
    await expect(page.get_by_role("option").filter(has_text="Sari Dewanti")).to_have_count(0)
