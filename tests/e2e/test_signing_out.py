"""Whoever signs out is out in every window of the browser at once, and leaves no words in it."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.e2e.house import curl, embedded
from tests.e2e.outside import Shop, says, whsec
from tests.e2e.screen import Screen, screen
from tests.e2e.story import moment

KEPT = "() => Object.keys(localStorage).filter((key) => /draft|choices|waiting/.test(key))"


async def test_all_windows_say_so_at_once_and_forget(browser: Browser, tmp_path: Path) -> None:
    """Words half written are with the server, not in the browser; they are there when the same person comes back."""
    shop = Shop(whsec(b"shop"))
    with embedded(tmp_path) as house:
        anna, ben = house.person("Anna Berg"), house.person("Ben Cole")
        channel = house.channel("custom", "Shop", webhook_secret=shop.secret)
        assert await curl(channel.webhook_url, *shop.sign(says("m-1", "Where is my lamp?", at=moment()))) == 202
        async with screen(browser, house.url) as window:
            await window.sign_in(anna)
            await window.row("Where is my lamp?").wait_for()
            await window.keys("j", "Enter", "r")
            await expect(window.composer).to_be_focused()
            await window.page.keyboard.type("It is on its w")
            other = Screen(await window.page.context.new_page(), house.url)
            await other.page.goto(house.url)
            await other.is_live()

            await other.page.get_by_role("button", name="Account").click()
            await expect(other.chooser).to_be_focused()
            await other.page.keyboard.type("sign out")
            await other.keys("Enter")

            await expect(other.page.get_by_label("Email")).to_be_visible()
            await expect(window.page.get_by_text("This session was ended from elsewhere")).to_be_visible()
            assert await window.page.evaluate(KEPT) == []

            await window.sign_in(ben)
            await window.row("Where is my lamp?").wait_for()
            await expect(window.page.get_by_text("It is on its w")).to_have_count(0)
        async with screen(browser, house.url) as elsewhere:
            await elsewhere.sign_in(anna)
            await expect(elsewhere.row("It is on its w")).to_be_visible()
