"""A newcomer: from the link that `inbox run` prints to the first answer delivered, without leaving the browser."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.e2e.house import curl, embedded, until
from tests.e2e.outside import Shop, says, served, whsec
from tests.e2e.screen import Screen, screen
from tests.e2e.story import moment
from tests.processes import free_port


async def test_first_admin_connects_a_shop_and_answers_its_first_customer(browser: Browser, tmp_path: Path) -> None:
    """The printed link sets up the first admin; he connects a signed channel, a customer writes, his answer arrives."""
    shop = Shop(whsec(b"shop"))
    with served(shop.take) as server, embedded(tmp_path, allow_private="127.0.0.1") as house:
        said = house.webs[0].said
        link = re.search(r"First admin: (\S+)", said)
        assert link is not None, said
        async with screen(browser, house.url) as app:
            await sets_up_the_account(app, link[1])
            await expect(app.page.get_by_text("Where do people write to you?")).to_be_visible()
            assert await app.page.get_by_role("option").count() == 0

            address = await connects_a_shop(app, shop, f"{server}/inbox")
            assert address.startswith(f"{house.url}/hooks/custom/")
            await app.keys("g", "w")
            await expect(app.page.get_by_text("Nobody waits")).to_be_visible()
            assert await curl(address, *shop.sign(says("m-1", "Do you deliver to Crete?", at=moment()))) == 202
            await expect(app.row("Do you deliver to Crete?")).to_be_visible()

            await app.keys("j", "Enter")
            await expect(app.item("Do you deliver to Crete?")).to_be_visible()
            await app.answers("Yes, in three days.")

            async def delivered() -> bool:
                return shop.messages() == ["Yes, in three days."]

            await until("the shop got the answer", delivered)
            await expect(app.item("Yes, in three days.").get_by_text("Sent", exact=True)).to_be_visible()
            assert app.complaints == []
        async with screen(browser, house.url) as stranger:
            await stranger.page.goto(link[1])
            await expect(stranger.page.get_by_role("alert")).to_contain_text("This link was used")


async def test_a_mailbox_that_cannot_be_reached_is_one_channel_and_the_keys_stay_in_the_form(
    browser: Browser, tmp_path: Path
) -> None:
    """By keys alone: the form has the focus, keeps it where the server refuses, and a second try makes nothing more."""
    with embedded(tmp_path, allow_private="127.0.0.1") as house:
        admin = house.person("Tom Achterberg", "admin")
        async with screen(browser, house.url) as app:
            page = app.page
            await app.sign_in(admin)
            await page.goto(f"{house.url}/settings/channels")
            await page.get_by_role("button", name="Connect a channel").press("Enter")
            await page.get_by_role("button", name="E-mail").press("Enter")
            drawer = page.get_by_role("complementary", name="Connect E-mail")
            await expect(drawer).to_be_focused()
            entered = {
                "address": "help@shop.test",
                "password": "not the right one",
                "imap_host": "127.0.0.1",
                "imap_port": str(free_port()),
                "smtp_host": "127.0.0.1",
            }
            for name, value in entered.items():
                await drawer.locator(f"#field-{name}").fill(value)
            connect = drawer.get_by_role("button", name="Connect", exact=True)
            for _ in range(2):
                await connect.press("Enter")
                await expect(drawer.get_by_role("alert")).to_contain_text("did not accept the channel")
                await expect(connect).to_be_focused()
            await app.keys("Escape")
            await expect(page.get_by_role("button", name="Connect a channel")).to_be_focused()
            await expect(page.locator("tbody tr")).to_have_count(1)


async def sets_up_the_account(app: Screen, link: str) -> None:
    """Follow the link and give address, name and password, by keys."""
    await app.page.goto(link)
    await app.page.get_by_label("Email").focus()
    await app.page.keyboard.type("tom@shop.test")
    await app.keys("Tab")
    assert await app.has_focus(app.page.get_by_label("Name", exact=True))
    await app.page.keyboard.type("Tom Achterberg")
    await app.keys("Tab")
    assert await app.has_focus(app.page.get_by_label("New password"))
    await app.page.keyboard.type("seven quiet boats at dawn")
    await app.keys("Enter")
    await app.is_live()


async def connects_a_shop(app: Screen, shop: Shop, outbound_url: str) -> str:
    """Connect a custom channel in Settings; the webhook address that is shown."""
    page = app.page
    await page.get_by_role("link", name="Connect a channel").press("Enter")
    await page.get_by_role("button", name="Connect a channel").press("Enter")
    await page.get_by_role("button", name="Custom channel").press("Enter")
    await page.get_by_label("Name for your team").fill("Alkyon shop")
    await page.get_by_label("Address for our answers").fill(outbound_url)
    await page.get_by_label("Webhook secret").fill(shop.secret)
    await page.get_by_role("button", name="Connect", exact=True).press("Enter")
    shown = page.get_by_text(re.compile(r"^http://127\.0\.0\.1:\d+/hooks/custom/\d+$"))
    await expect(shown).to_be_visible()
    address = await shown.inner_text()
    await page.get_by_role("button", name="Close", exact=True).last.press("Enter")
    await expect(page.get_by_role("cell", name="Alkyon shop")).to_be_visible()
    return address
