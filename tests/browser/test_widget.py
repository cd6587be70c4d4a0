"""The chat widget on a plain page of another website, in a real browser."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, FrameLocator, Page, expect

from inbox.webchat.identity import hash_of
from tests import optional
from tests.inbox.webchat.shop import SECRET, Shop, shop

ROOT = Path(__file__).parents[2]
WIDGET = ROOT / "frontend" / "dist" / "widget"
PAGE = """<!doctype html><html lang="{language}" dir="{direction}"><head><title>Mugs</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'self'; script-src {base} 'unsafe-inline'; frame-src {base}; connect-src {base}">
</head><body><h1>Hands, clay, fire.</h1><a href="#next">Next</a>
<script async src="{base}/widget.js" data-channel="13"></script></body></html>"""
SETTINGS = {
    "greeting": '{"en": "Hello! What about?", "de": "Hallo! Worum geht es?"}',
    "quick_replies": "My parcel\nReturns",
}


@pytest.fixture(scope="session")
def widget() -> Path:
    """The built widget: built now where its sources are newer."""
    sources = [path for path in (ROOT / "frontend" / "widget" / "src").rglob("*") if path.is_file()]
    built = WIDGET / "widget.js"
    if built.exists() and built.stat().st_mtime >= max(path.stat().st_mtime for path in sources):
        return WIDGET
    npm = shutil.which("npm")
    if npm is None or not (ROOT / "frontend" / "node_modules").exists():
        optional.not_found("the built chat widget (make frontend)")
    subprocess.run([npm, "run", "--silent", "build:widget"], cwd=ROOT / "frontend", check=True, capture_output=True)
    return WIDGET


@contextlib.asynccontextmanager
async def website(
    url: str, folder: Path, widget: Path, *, language: str = "en", direction: str = "ltr", **settings: str
) -> AsyncIterator[tuple[Shop, str]]:
    """The service, and the address of a page of another website that has the chat on it."""
    html = PAGE.replace("{language}", language).replace("{direction}", direction)
    async with shop(url, folder, widget=widget, pages={"/shop": html}, **SETTINGS, **settings) as made:
        elsewhere = made.url.replace("127.0.0.1", "localhost")
        await made.set(allowed_origins=elsewhere)
        yield made, f"{elsewhere}/shop"


async def opened(page: Page, address: str) -> FrameLocator:
    """The chat, opened by its launcher."""
    await page.goto(address)
    await page.get_by_role("button", name="Open chat").click()
    frame = page.frame_locator("iframe")
    await expect(frame.get_by_role("dialog")).to_be_visible()
    return frame


async def says(frame: FrameLocator, text: str) -> None:
    """Write and press Enter."""
    field = frame.get_by_role("textbox", name="Write a message")
    await field.fill(text)
    await field.press("Enter")


async def texts(frame: FrameLocator) -> list[str]:
    """Everything that was said, in the order shown, without the greeting."""
    return (await frame.locator(".list .prose").all_inner_texts())[1:]


async def test_a_visitor_writes_and_is_answered_over_a_cut(
    browser: Browser, widget: Path, database_url: str, tmp_path: Path
) -> None:
    """He writes, is answered, loses the network, goes on writing, comes back: nothing is lost, nothing doubled."""
    async with website(database_url, tmp_path, widget) as (made, address):
        context = await browser.new_context()
        frame = await opened(await context.new_page(), address)
        await says(frame, "Is the large mug dishwasher safe?")
        await expect(frame.get_by_text("Sent", exact=False).first).to_be_visible()
        await made.answers("Yes, both of them.")
        await expect(frame.get_by_text("Yes, both of them.")).to_be_visible()

        await _lose_network(context, made, frame)
        await says(frame, "And to Austria?")
        await expect(frame.get_by_text("Waiting for connection")).to_be_visible()
        await made.answers("Are you still there?")
        await _find_network(context, made)

        await expect(frame.get_by_text("Are you still there?")).to_be_visible(timeout=40_000)
        await expect(frame.get_by_text("Waiting for connection")).to_have_count(0, timeout=40_000)
        await made.answers("Austria is 5.90.")
        await expect(frame.get_by_text("Austria is 5.90.")).to_be_visible()
        assert await texts(frame) == [
            "Is the large mug dishwasher safe?", "Yes, both of them.", "Are you still there?", "And to Austria?",
            "Austria is 5.90.",
        ]  # fmt: skip
        assert len(await made.rows("id", "message", "direction = 'in'")) == 2
        await context.close()


async def test_what_waits_survives_a_reload(browser: Browser, widget: Path, sqlite_url: str, tmp_path: Path) -> None:
    """A message written without network is sent after the page was loaded again; the chat remembers the visitor."""
    async with website(sqlite_url, tmp_path, widget) as (made, address):
        context = await browser.new_context()
        page = await context.new_page()
        frame = await opened(page, address)
        await says(frame, "First")
        await expect(frame.get_by_text("Sent", exact=False).first).to_be_visible()
        await _lose_network(context, made, frame)
        await says(frame, "Written in a tunnel")
        await expect(frame.get_by_text("Waiting for connection")).to_be_visible()
        await _find_network(context, made)
        await page.goto(address)

        await expect(frame.get_by_text("Written in a tunnel")).to_be_visible()
        await expect(frame.get_by_text("Sent", exact=False)).to_have_count(2, timeout=40_000)
        assert await texts(frame) == ["First", "Written in a tunnel"]
        assert len(await made.rows("id", "message", "direction = 'in'")) == 2
        await context.close()


async def test_two_tabs_and_a_sign_in(browser: Browser, widget: Path, sqlite_url: str, tmp_path: Path) -> None:
    """Both tabs show the same; a proven customer goes on in the same thread; a sign-out leaves nothing behind."""
    async with website(sqlite_url, tmp_path, widget) as (made, address):
        context = await browser.new_context()
        one, two = await context.new_page(), await context.new_page()
        first = await opened(one, address)
        await says(first, "From the first tab")
        await expect(first.get_by_text("Sent", exact=False).first).to_be_visible()
        second = await opened(two, address)
        await expect(second.get_by_text("From the first tab")).to_be_visible()
        proof = {"external_id": "42", "hash": hash_of(SECRET, "42"), "name": "Eleni"}
        await one.evaluate("(proof) => InboxChat.identify(proof)", proof)
        await says(second, "From the second tab")
        await expect(first.get_by_text("From the second tab")).to_be_visible()
        assert await made.rows("external_id", "thread", "kind = 'chat'") == ["u:42"]

        await one.evaluate("() => InboxChat.logout()")
        await expect(first.get_by_text("From the first tab")).to_have_count(0)
        assert await one.evaluate("() => Object.keys(localStorage).filter((k) => k.endsWith(':q:')).length") == 0
        await context.close()


@pytest.mark.parametrize("proven", [True, False])
async def test_tabs_of_one_visitor_do_not_chase_each_other(
    browser: Browser, widget: Path, sqlite_url: str, tmp_path: Path, proven: bool
) -> None:
    """A website says on each of its pages who is there: each tab signs in, and then rests."""
    async with website(sqlite_url, tmp_path, widget) as (_, address):
        context = await browser.new_context()
        one, two = await context.new_page(), await context.new_page()
        sockets: list[str] = []
        proof = {"external_id": "42", "hash": hash_of(SECRET, "42")} if proven else {}
        for page in (one, two):
            page.on("websocket", lambda socket: sockets.append(socket.url))
            frame = await opened(page, address)
            await says(frame, "Hello")
            await page.evaluate("(who) => InboxChat.identify(who)", {"name": "Eleni", **proof})
        # The greeting says it, too.
        await expect(one.frame_locator("iframe").get_by_text("Hello")).to_have_count(3)
        await two.wait_for_timeout(1_000)  # what is sent by now is known; what would follow has no sign of its own
        known = len(sockets)
        await two.wait_for_timeout(1_500)
        assert len(sockets) == known
        assert known <= 6
        await context.close()


async def test_the_launcher_tells_of_answers_while_closed(
    browser: Browser, widget: Path, sqlite_url: str, tmp_path: Path
) -> None:
    """Closed by Escape with the focus back on the launcher; an answer is counted there, and read when opened."""
    async with website(sqlite_url, tmp_path, widget) as (made, address):
        context = await browser.new_context()
        page = await context.new_page()
        frame = await opened(page, address)
        await says(frame, "Hello?")
        await expect(frame.get_by_text("Sent", exact=False).first).to_be_visible()
        await frame.get_by_role("textbox", name="Write a message").press("Escape")
        await expect(page.get_by_role("button", name="Open chat")).to_be_focused()
        await made.answers("Here we are")
        counted = page.get_by_role("button", name="Open chat (1)")
        await expect(counted).to_be_visible()
        assert "read" not in await made.rows("delivery_state", "message", "direction = 'out'")
        await counted.click()
        await expect(frame.get_by_text("Here we are")).to_be_visible()

        async with asyncio.timeout(30):
            while await made.rows("delivery_state", "message", "direction = 'out'") != ["read"]:
                await page.wait_for_timeout(50)
        await context.close()


async def test_keys_alone_and_names_for_screen_readers(
    browser: Browser, widget: Path, sqlite_url: str, tmp_path: Path
) -> None:
    """The focus goes to the text and stays inside; the log and every button have names; a quick answer is one key."""
    async with website(sqlite_url, tmp_path, widget) as (_, address):
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(address)
        launcher = page.get_by_role("button", name="Open chat")
        await launcher.focus()
        await page.keyboard.press("Enter")
        frame = page.frame_locator("iframe")
        await expect(frame.get_by_role("textbox", name="Write a message")).to_be_focused()
        for _ in range(14):
            await page.keyboard.press("Tab")
            assert await page.evaluate("() => document.activeElement.shadowRoot.activeElement.tagName") == "IFRAME"
        await expect(frame.get_by_role("log", name="Chat with Alkyon Home")).to_be_visible()
        nameless = await frame.locator("button").evaluate_all(
            "all => all.filter((b) => b.offsetParent && !b.textContent.trim() && !b.getAttribute('aria-label')).length"
        )
        assert nameless == 0
        await frame.get_by_role("button", name="My parcel").press("Enter")
        await expect(frame.get_by_text("Sent", exact=False).first).to_be_visible()
        await context.close()


async def test_another_website_does_not_get_the_chat(
    browser: Browser, widget: Path, sqlite_url: str, tmp_path: Path
) -> None:
    """Where it may not stand the page goes on without it, and the frame cannot be put there by hand."""
    async with website(sqlite_url, tmp_path, widget) as (made, address):
        await made.set(allowed_origins="https://shop.example")
        page = await browser.new_page()
        told: list[str] = []
        page.on("console", lambda message: told.append(message.text))
        await page.goto(address)
        await page.evaluate(
            """(src) => new Promise((done) => { const f = document.createElement('iframe'); f.src = src;
            f.onload = done; document.body.append(f); })""",
            f"{made.url}/chat/13",
        )

        await expect(page.get_by_role("button", name="Open chat")).to_have_count(0)
        assert any("not shown here" in text for text in told)
        assert any("frame-ancestors" in text for text in told)
        await page.close()


LOOKS = [
    ("light", "en", "ltr", 1280, "light"),
    ("dark", "de", "ltr", 1280, "dark"),
    ("phone", "el", "ltr", 390, "light"),
    ("rtl", "en", "rtl", 1280, "light"),
]


@pytest.mark.parametrize(("name", "language", "direction", "width", "scheme"), LOOKS)
async def test_it_fits_every_screen(
    browser: Browser, widget: Path, sqlite_url: str, tmp_path: Path, name: str, language: str, direction: str,
    width: int, scheme: str,
) -> None:  # fmt: skip
    """Nothing is cut off sideways, light or dark, on a phone, and from right to left; pictures on demand."""
    async with website(sqlite_url, tmp_path, widget, language=language, direction=direction) as (made, address):
        context = await browser.new_context(
            viewport={"width": width, "height": 860 if width > 500 else 844},
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        page = await context.new_page()
        await page.goto(address)
        await page.locator("button[aria-haspopup]").click()
        frame = page.frame_locator("iframe")
        field = frame.locator("textarea")
        await field.fill("Ist die große Tasse spülmaschinenfest? Und liefert ihr nach Österreich 🙂")
        await field.press("Enter")
        await expect(frame.locator(".pb.me:not(.pend)")).to_have_count(1)
        await made.desk_reads()
        await made.answers("Ja, beides! Nach Österreich 5,90 €, ab 60 € kostenlos. https://shop.example/versand")
        await expect(frame.get_by_text("beides")).to_be_visible()
        await _lose_network(context, made, None)
        await field.fill("Super, danke!! ❤️")
        await field.press("Enter")
        await expect(frame.locator(".pb.pend")).to_have_count(1)

        overflow = await frame.locator("#chat").evaluate("e => e.scrollWidth - e.clientWidth")
        assert overflow <= 0
        box = await page.locator("iframe").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        if width < 500:
            assert (box["width"], box["height"]) == (390, 844)
        if shots := os.environ.get("INBOX_TEST_SCREENSHOTS"):
            await page.screenshot(path=f"{shots}/widget-{name}.png")
        await context.close()


async def _lose_network(context: BrowserContext, made: Shop, frame: FrameLocator | None) -> None:
    """No network from now on. Chromium keeps open sockets in this state, and tells frames late: the service is gone,
    too.
    """
    await context.set_offline(True)
    made.switch.is_down = True
    made.rooms.close()
    if frame is not None:
        await expect(frame.get_by_text("No connection")).to_be_visible(timeout=20_000)


async def _find_network(context: BrowserContext, made: Shop) -> None:
    """The network is back."""
    made.switch.is_down = False
    await context.set_offline(False)
