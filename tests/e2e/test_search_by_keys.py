"""A search with more to find than one page holds, by keys alone."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.e2e.house import curl, embedded
from tests.e2e.outside import Shop, says, whsec
from tests.e2e.screen import screen
from tests.e2e.story import moment

FOUND = 130
PAGE = 50


async def test_a_search_goes_on_over_the_end_of_a_page(browser: Browser, tmp_path: Path) -> None:
    """The count says that there is more; J leads on page by page to the last; a reload keeps words and filter."""
    shop = Shop(whsec(b"shop"))
    with embedded(tmp_path) as house:
        anna = house.person("Anna Berg")
        channel = house.channel("custom", "Shop", webhook_secret=shop.secret)
        events = [says(f"m-{nth}", f"Needle {nth}", who=f"p{nth}", at=moment()) for nth in range(FOUND)]
        assert await curl(channel.webhook_url, *shop.sign({"id": "all", "events": events})) == 202
        async with screen(browser, house.url) as window:
            await window.sign_in(anna)
            await expect(window.page.get_by_text(f"{FOUND} waiting")).to_be_visible()
            await window.page.goto(f"{house.url}/search?q=needle&status=open")
            count = window.page.get_by_role("status").filter(has_text=re.compile(r"^\d+( of many)?$"))
            await expect(count).to_have_text(f"{PAGE} of many")
            cursor = window.page.get_by_role("listbox")
            await cursor.focus()
            await window.keys("j")
            first = await cursor.get_attribute("aria-activedescendant")
            for _ in range(FOUND + 5):
                before = await cursor.get_attribute("aria-activedescendant")
                at = int(await window.page.locator(f"#{before}").get_attribute("aria-posinset") or 0)
                if at == FOUND:
                    break
                await window.keys("j")
                await expect(cursor).not_to_have_attribute("aria-activedescendant", str(before))
                assert await window.page.locator("[role=option]").count() < PAGE
            await expect(count).to_have_text(str(FOUND))
            await expect(window.page.get_by_text("There is more")).to_have_count(0)
            assert await cursor.get_attribute("aria-activedescendant") != first
            await window.keys("Enter")
            await expect(window.page.get_by_role("article")).to_have_count(1)
            await window.page.reload()
            await expect(count).to_have_text(f"{PAGE} of many")
            await expect(window.page).to_have_url(re.compile(r"/search/\d+\?q=needle&status=open$"))
        assert window.complaints == []
