"""The web app as a person sees and uses it, in a real browser."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator

from playwright.async_api import Browser, ConsoleMessage, Locator, Page, expect

from inbox import static
from tests import optional
from tests.e2e.house import Person

PATIENCE_MS = 30_000
SLOWER = float(os.environ.get("INBOX_SLOWER", "1"))
"""So many times slower is the browser than it could be: finds what depends on the order of two things."""
expect.set_options(timeout=PATIENCE_MS)


ASKED_FIRST = ("/api/v1/session", "/api/v1/sandbox/accounts")
"""Asked before sign-in, to learn what is so; the browser notes the 401 and the 404 that say no."""


class Screen:
    """One window. Everything the browser complains of is kept in `complaints`."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.set_default_timeout(PATIENCE_MS)

    def _heard(self, message: ConsoleMessage) -> None:
        where = message.location.get("url", "")
        if message.type in ("error", "warning") and not where.endswith(ASKED_FIRST):
            self.complaints.append(f"{message.text} ({where})")

    async def sign_in(self, person: Person) -> None:
        """Sign in by the form, with keys alone; the desk is live when this returns."""
        await self.page.goto(self.url)
        await self.page.get_by_label("Email").focus()
        await self.page.keyboard.type(person.email)
        await self.page.keyboard.press("Tab")
        while not await self.has_focus(self.page.get_by_label("Password", exact=True)):
            await self.page.keyboard.press("Tab")
        await self.page.keyboard.type(person.password)
        await self.page.keyboard.press("Enter")
        await self.is_live()

    async def is_live(self) -> None:
        """Wait until what is shown is current."""
        await expect(self.page.get_by_role("status").filter(has_text="Live").first).to_be_visible()

    async def has_focus(self, where: Locator) -> bool:
        """Whether keys go there."""
        return bool(await where.evaluate("element => element === document.activeElement"))

    def row(self, text: str) -> Locator:
        """The row of the list with these words."""
        return self.page.get_by_role("option").filter(has_text=text)

    def item(self, text: str) -> Locator:
        """The item of the open conversation with these words."""
        return self.page.get_by_role("article").filter(has_text=text)

    @property
    def composer(self) -> Locator:
        """Where answers and notes are typed."""
        return self.page.locator("[data-composer]")

    @property
    def chooser(self) -> Locator:
        """Where one types to choose from a list that a key opened."""
        return self.page.locator("input[role=combobox]")

    async def keys(self, *presses: str) -> None:
        """Press keys, one after the other."""
        for press in presses:
            await self.page.keyboard.press(press)

    async def answers(self, text: str) -> None:
        """Answer the open conversation: R, the words, Ctrl and Enter."""
        await self.keys("r")
        await expect(self.composer).to_be_focused()
        await self.page.keyboard.type(text)
        await self.keys("Control+Enter")
        await expect(self.item(text)).to_be_visible()


@contextlib.asynccontextmanager
async def screen(browser: Browser, url: str, *, width: int = 1440) -> AsyncIterator[Screen]:
    """A window of its own, with cookies of its own, in English."""
    if static.dist() is None:
        optional.not_found("the built web app (make frontend)")
    context = await browser.new_context(locale="en-GB", viewport={"width": width, "height": 900})
    try:
        page = await context.new_page()
        if SLOWER > 1:
            tools = await context.new_cdp_session(page)
            await tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        yield Screen(page, url)
    finally:
        await context.close()
