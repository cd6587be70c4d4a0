"""A visitor in one browser and an agent in another talk through the widget, the agent's network cut in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.async_api import Browser, FrameLocator, expect

from connectors.exchange import Request, Response
from tests.e2e.house import House, embedded
from tests.e2e.outside import served
from tests.e2e.screen import Screen, screen

PAGE = """<!doctype html><html lang="en"><head><title>Mugs</title></head><body><h1>Hands, clay, fire.</h1>
<script async src="{base}/widget.js" data-channel="{channel}"></script></body></html>"""


class Website:
    """A plain page on another origin, the chat on it once `html` is set."""

    def __init__(self) -> None:
        self.html = ""

    def respond(self, request: Request) -> Response:
        """The page, and no other file."""
        headers = {"content-type": "text/html; charset=utf-8"}
        found = request.path == "/"
        return Response(status=200 if found else 404, headers=headers, body=self.html.encode() if found else b"")


@contextmanager
def shop(folder: Path, *, host: str = "127.0.0.1") -> Iterator[tuple[House, str]]:
    """The service, and the address of a website with the chat on it."""
    website = Website()
    with served(website.respond) as address, embedded(folder) as house:
        origin = address.replace("127.0.0.1", host)
        channel = house.channel("webchat", "Website", allowed_origins=origin, site_name="Alkyon Home")
        website.html = PAGE.format(base=house.url, channel=channel.id)
        yield house, origin


async def opened(visitor: Screen) -> FrameLocator:
    """The chat, opened by its launcher."""
    await visitor.page.goto(visitor.url)
    await visitor.page.get_by_role("button", name="Open chat").click()
    frame = visitor.page.frame_locator("iframe")
    await expect(frame.get_by_role("dialog")).to_be_visible()
    return frame


async def says(frame: FrameLocator, text: str) -> None:
    """Write as the visitor, and wait until it has left."""
    field = frame.get_by_role("textbox", name="Write a message")
    await field.fill(text)
    await field.press("Enter")
    await expect(frame.locator(".prose").filter(has_text=text)).to_be_visible()
    await expect(frame.get_by_text("Waiting for connection")).to_have_count(0)


async def read(desk: Screen) -> list[str]:
    """What the agent's screen shows of the conversation, in order."""
    items = desk.page.get_by_role("article").locator("[dir=auto]:not(bdi)")
    return [text.strip() for text in await items.all_inner_texts()]


async def test_chat_goes_both_ways_over_a_cut(browser: Browser, tmp_path: Path) -> None:
    """The agent loses the network while the visitor writes on and answers offline: nothing is lost, nothing doubled."""
    with shop(tmp_path) as (house, origin):
        anna = house.person("Anna Berg")
        async with screen(browser, house.url) as desk, screen(browser, origin) as visitor:
            await desk.sign_in(anna)
            frame = await opened(visitor)
            await says(frame, "Is the large mug dishwasher safe?")
            await expect(desk.row("Is the large mug dishwasher safe?")).to_be_visible()
            await desk.keys("j", "Enter")
            await desk.answers("Yes, both of them.")
            await desk.page.get_by_role("button", name="Send now").press("Enter")
            await expect(frame.get_by_text("Yes, both of them.")).to_be_visible()

            await desk.page.context.set_offline(True)
            await expect(desk.page.get_by_role("status").filter(has_text="No connection since")).to_be_visible()
            for text in ("And to Austria?", "Postcode 1010"):
                await says(frame, text)
            await desk.answers("Austria is 5.90.")
            await expect(desk.page.get_by_text("1 answer waits here.")).to_be_visible()
            assert "Postcode 1010" not in await read(desk)
            await desk.page.context.set_offline(False)
            await expect(desk.item("Postcode 1010")).to_be_visible()
            await desk.is_live()
            await expect(desk.page.get_by_role("status").filter(has_text="No connection since")).to_have_count(0)
            await expect(desk.page.get_by_role("alert").filter(has_text="since you began to write")).to_be_visible()
            await expect(desk.composer).to_have_value("Austria is 5.90.")
            await desk.page.get_by_role("button", name="Send anyway").press("Enter")
            await desk.page.get_by_role("button", name="Send now").press("Enter")
            await expect(frame.get_by_text("Austria is 5.90.")).to_be_visible()
            await says(frame, "Thank you!")
            await expect(desk.item("Thank you!")).to_be_visible()
            talk = [
                "Is the large mug dishwasher safe?", "Yes, both of them.", "And to Austria?", "Postcode 1010",
                "Austria is 5.90.", "Thank you!",
            ]  # fmt: skip
            assert await read(desk) == talk
            assert (await frame.locator(".list .prose").all_inner_texts())[-len(talk) :] == talk


async def test_a_website_over_plain_http_has_the_chat_too(browser: Browser, tmp_path: Path) -> None:
    """What is framed in such a page is kept from some of the browser, whatever it came over itself."""
    with shop(tmp_path, host="shop.test") as (house, origin):  # a loopback address would count as safe
        anna = house.person("Anna Berg")
        async with screen(browser, house.url) as desk, screen(browser, origin) as visitor:
            await desk.sign_in(anna)
            frame = await opened(visitor)
            assert await visitor.page.evaluate("isSecureContext") is False
            await says(frame, "Are you open on Monday?")
            await expect(desk.row("Are you open on Monday?")).to_be_visible()


async def test_on_the_smallest_phone_nothing_is_cut_off(browser: Browser, tmp_path: Path) -> None:
    """The chat fills the screen, upright and on its side, and all that can be pressed is on it."""
    with shop(tmp_path) as (_, origin):
        async with screen(browser, origin) as visitor:
            await visitor.page.set_viewport_size({"width": 320, "height": 568})
            frame = await opened(visitor)
            for width, height in ((320, 568), (568, 320)):
                await visitor.page.set_viewport_size({"width": width, "height": height})
                box = await visitor.page.locator("iframe").bounding_box()
                assert box == {"x": 0, "y": 0, "width": width, "height": height}
                for button in await frame.get_by_role("button").all():
                    box = await button.bounding_box()
                    assert box is not None
                    assert box["x"] >= 0
                    assert box["x"] + box["width"] <= width


async def test_a_talk_goes_on_upon_the_next_page(browser: Browser, tmp_path: Path) -> None:
    """Whoever looks something up in the shop while he writes finds the chat open with his words, and stays there."""
    with shop(tmp_path) as (_, origin):
        async with screen(browser, origin) as visitor:
            frame = await opened(visitor)
            await says(frame, "My order has not come.")
            field = frame.get_by_role("textbox", name="Write a message")
            await field.press_sequentially("Its number is")
            # Nobody leaves within the milliseconds that the frame's words take to the page.
            await visitor.page.wait_for_function("Object.values(sessionStorage).includes('Its number is')")
            await visitor.page.reload()
            await expect(field).to_have_value("Its number is")
            await expect(frame.get_by_text("My order has not come.")).to_be_visible()
            assert await visitor.page.evaluate("document.activeElement.tagName") == "BODY"

            await field.press("Enter")
            await expect(field).to_have_value("")
            await visitor.page.wait_for_function("!Object.values(sessionStorage).includes('Its number is')")
            await visitor.page.get_by_role("button", name="Close chat").click()
            await visitor.page.reload()
            await expect(visitor.page.get_by_role("button", name="Open chat")).to_be_visible()
            await expect(field).to_have_value("")
            await expect(field).not_to_be_visible()
