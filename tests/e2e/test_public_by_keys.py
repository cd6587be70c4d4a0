"""Public conversations in the browser: comment trees, moderation, private replies, reviews, posts, filters, views."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.house import Channel, House, curl, embedded, until
from tests.e2e.outside import Shop, served, whsec
from tests.e2e.screen import Screen, screen
from tests.e2e.story import moment
from tests.e2e.test_desk_by_keys import chooses, serious

POST = {"external_id": "p1", "text": "The mugs are back", "url": "https://shop.example/p1", "is_ad": True}


@dataclass
class Page:
    """A company's page with comments and reviews, and the window of a supervisor who looks after it."""

    house: House
    shop: Shop
    channel: Channel
    window: Screen
    told: int = 0

    async def tells(self, type: str, **parts: Any) -> None:
        """Something happens on the page."""
        self.told += 1
        event = {"type": type, "id": f"e{self.told}", "occurred_at": moment(), **parts}
        assert await curl(self.channel.webhook_url, *self.shop.sign(event)) == 202

    async def comments(self, key: str, who: str, text: str, *, thread: str = "", to: str = "") -> None:
        """Somebody writes under the post; `thread` and `to`: whose tree, and which comment is answered."""
        message = {"external_id": key, "text": text, **({"reply_to": to} if to else {})}
        await self.tells(
            "message.created",
            conversation={"external_id": thread or key, "kind": "comment", "post": POST},
            author={"external_id": f"u-{who}", "name": who},
            message=message,
        )

    async def reviews(self, rating: int, text: str) -> None:
        """A review stands so on the page now."""
        message = {"external_id": "r1", "rating": rating, "text": text, "item": "Kolonaki shop"}
        await self.tells("review.upserted", author={"external_id": "u-kim", "name": "Kim"}, message=message)

    async def lets_in(self, who: str) -> None:
        """The row waits behind the bar, since nothing moves under the reader; the full stop lets it in."""
        await expect(self.window.page.get_by_role("status").filter(has_text="1 new")).to_be_visible()
        await self.window.keys(".")
        await expect(self.window.row(who)).to_be_visible()

    async def got(self, what: str, type: str, **message: str) -> None:
        """The page is told of such an event."""

        async def there() -> bool:
            found = [one["message"] for one in self.shop.got if one["type"] == type]
            return any(all(one.get(name) == value for name, value in message.items()) for one in found)

        await until(what, there)


@pytest.fixture
async def page(browser: Browser, tmp_path: Path) -> AsyncIterator[Page]:
    """A page with one post, a tree of three people under it, and the window signed in."""
    shop = Shop(whsec(b"page"))
    with served(shop.take) as address, embedded(tmp_path, allow_private="127.0.0.1") as house:
        anna = house.person("Anna Berg", "supervisor")
        channel = house.channel("custom", "Page", outbound_url=f"{address}/in", webhook_secret=shop.secret)
        async with screen(browser, house.url) as window:
            page = Page(house, shop, channel, window)
            await page.comments("c1", "Eleni", "When does it arrive?")
            await page.comments("c2", "Giorgos", "I wait as well", thread="c1", to="c1")
            await page.comments("c3", "Mira", "Which colours are there?")
            await window.sign_in(anna)
            await expect(window.row("Eleni")).to_be_visible()
            yield page
    assert window.complaints == []


async def test_a_comment_is_hidden_and_shown_again_by_two_keys(page: Page) -> None:
    """H hides it at the network, who did it stands there; U brings it back in one step."""
    window = page.window
    await window.row("Mira").click()
    await expect(window.item("Which colours")).to_be_visible()
    await window.keys("h")
    await page.got("the comment is hidden", "message.moderated", external_id="c3", state="hidden")
    await expect(window.item("Which colours")).to_contain_text("Hidden by Anna Berg")
    await window.keys("u")
    await page.got("the comment is shown", "message.moderated", external_id="c3", state="visible")
    await expect(window.item("Which colours")).not_to_contain_text("Hidden by")


async def test_one_of_a_tree_is_answered_in_private_with_a_line_in_public(page: Page) -> None:
    """The private words go to whoever wrote that comment; the line stands under the tree; each names its audience."""
    window = page.window
    await window.row("Eleni").click()
    comment = window.item("I wait as well")
    await comment.hover()
    await comment.get_by_role("button", name="Answer in private").click()
    await expect(window.composer).to_be_focused()
    await window.page.keyboard.type("What is your order number?")
    await expect(window.page.get_by_text("to Giorgos on")).to_be_visible()
    await window.page.get_by_role("checkbox", name="and leave a public line").check()
    await window.page.get_by_role("textbox", name="Public line").fill("Giorgos, we wrote to you.")
    await window.keys("Control+Enter")
    await page.got("the private answer", "message.created", text="What is your order number?", audience="private")
    await page.got("the public line", "message.created", text="Giorgos, we wrote to you.", audience="public")
    await expect(window.page.get_by_role("article", name=re.compile("Anna Berg.*Private"))).to_be_visible()
    await expect(window.page.get_by_role("article", name=re.compile("Anna Berg.*Public"))).to_be_visible()


async def test_words_begun_in_private_are_asked_about_before_they_are_public(page: Page) -> None:
    """Switching a private answer to public sends nothing until it is confirmed."""
    window = page.window
    await window.row("Mira").click()
    await window.page.get_by_role("radio", name="Private").click()
    await window.composer.fill("Your refund is on its way")
    await window.page.get_by_role("radio", name="Public").click()
    await window.keys("Control+Enter")
    await expect(window.page.get_by_role("alert")).to_contain_text("You wrote this in private.")
    assert page.shop.messages() == []
    await window.page.get_by_role("button", name="Keep private").click()
    await window.composer.focus()
    await window.keys("Control+Enter")
    await page.got("the answer", "message.created", text="Your refund is on its way", audience="private")


async def test_a_changed_review_shows_both_versions_side_by_side(page: Page) -> None:
    """Stars before and now, and what changed in the words; our answer of before stands under it."""
    window = page.window
    await page.reviews(1, "It came in pieces")
    await page.lets_in("Kim")
    await window.row("Kim").click()
    await expect(window.page.get_by_text("About Kolonaki shop")).to_be_visible()
    await page.reviews(4, "It came in a double box")
    await expect(window.page.get_by_role("region", name="Version 2").locator("ins")).to_have_text("a double box")
    await expect(window.page.get_by_role("region", name="Version 1").locator("del")).to_have_text("pieces")
    await expect(window.page.get_by_text("was 1")).to_be_visible()


async def test_a_filter_stands_in_the_address_and_is_kept_as_a_view(page: Page) -> None:
    """F and a few letters narrow the list; the address alone brings it back; saved, it has a place and a count."""
    window = page.window
    await page.reviews(2, "Too slow")
    await page.lets_in("Kim")
    await chooses(window, "f", "2 of 5")
    await expect(window.page).to_have_url(re.compile(r"\?rating=2$"))
    await expect(window.page.get_by_role("option")).to_have_count(1)
    await window.page.reload()
    await expect(window.page.get_by_role("option")).to_have_count(1)
    await window.page.get_by_role("button", name="Save as a view").click()
    await window.page.get_by_label("Name").fill("Bad stars")
    await window.page.get_by_role("radio", name="Everyone").check()
    await window.keys("Enter")
    await expect(window.page.get_by_role("link", name="Bad stars")).to_have_attribute("aria-current", "page")
    await expect(window.page.get_by_role("option")).to_have_count(1)
    await window.page.get_by_role("button", name="For the view Bad stars").click()
    await window.page.get_by_role("menuitem", name="Remove the view").click()
    await expect(window.page.get_by_role("link", name="Bad stars")).to_have_count(0)
    await window.keys("u")
    await expect(window.page.get_by_role("link", name="Bad stars")).to_be_visible()


async def test_comments_of_a_post_are_answered_in_order_and_the_rest_dismissed(page: Page) -> None:
    """The page of posts counts; Y takes the next; who is left is dismissed with a reason and comes back by U."""
    window = page.window
    await window.keys("g", "p")
    await expect(window.page.get_by_text("3 waiting", exact=True)).to_be_visible()
    await window.page.get_by_role("link", name="The mugs are back").click()
    await window.keys("y")
    await expect(window.item("When does it arrive?").first).to_be_visible()
    await window.keys("r")
    await expect(window.composer).to_be_focused()
    await window.page.keyboard.type("Tomorrow, before noon.")
    await window.keys("Control+Enter")
    await page.got("the answer", "message.created", text="Tomorrow, before noon.", audience="public")
    await window.keys("Escape", "Escape")
    await window.page.get_by_role("button", name=re.compile("Dismiss remaining")).click()
    await window.page.get_by_label(re.compile("Why, for your team")).fill("Sale is over")
    await window.page.get_by_role("dialog").get_by_role("button", name=re.compile("^Dismiss")).click()
    await expect(window.page.get_by_text("Nobody waits under this post")).to_be_visible()
    await window.keys("u")
    await expect(window.page.get_by_text("Which colours are there?")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_anyone_can_use_these_pages(page: Page, theme: Any) -> None:
    """A comment tree with its menu, the posts, campaigns, what needs attention: no serious barrier in either theme."""
    window = page.window
    await window.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    await chooses(window, "f", "comment")
    await window.row("Eleni").click()
    await expect(window.item("I wait as well")).to_be_visible()
    await window.item("I wait as well").hover()
    await window.item("I wait as well").get_by_role("button", name="More for this message").click()
    await expect(window.page.get_by_role("menu")).to_be_visible()
    assert await serious(window) == []
    await window.keys("Escape", "g", "p")
    await window.page.get_by_role("link", name="The mugs are back").click()
    await window.keys("y")
    await expect(window.item("When does it arrive?").first).to_be_visible()
    assert await serious(window) == []
    await window.page.goto(f"{page.house.url}/campaigns")
    await window.page.get_by_role("button", name="New campaign").click()
    assert await serious(window) == []
