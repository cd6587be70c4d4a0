"""Takes the pictures of docs/images/ anew: the main pages of a fresh sandbox with its month of history, in Chromium.

Run by `make pictures` as `python -m scripts.pictures [name…]`; takes two minutes. The sandbox is the same on every
machine, the moment is not: figures and times in the pictures differ a little from one run to the next.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from playwright.async_api import Browser, async_playwright

from tests.browser import FLAGS, find_chromium
from tests.e2e.house import House, Person, demo
from tests.e2e.screen import screen

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
AGENT = Person("Maria Stavrou", "maria@alkyon.example", "alkyon-home-2026")
SUPERVISOR = Person("Nadia Rahman", "nadia@alkyon.example", "alkyon-home-2026")
TOLD = re.compile(r"([\d,]+) of ([\d,]+) conversations are written")
QUIET_MS = 1_200
"""After the last request: charts and pictures are drawn by then."""


class Picture(NamedTuple):
    """One page, as somebody sees it."""

    name: str
    path: str
    who: Person
    keys: tuple[str, ...] = ()
    theme: str = "light"
    width: int = 1440
    height: int = 900


PICTURES = (
    Picture("desk", "/desk/waiting", AGENT, ("j", "Enter")),
    Picture("desk-dark", "/desk/waiting", AGENT, ("j", "Enter"), theme="dark"),
    Picture("posts", "/posts", AGENT, ("j", "Enter")),
    Picture("floor", "/floor", SUPERVISOR),
    Picture("reports", "/reports", SUPERVISOR),
    Picture("phone", "/desk/waiting", AGENT, ("j", "Enter"), width=390, height=844),
)


async def take(browser: Browser, house: House, picture: Picture) -> None:
    """Sign in, go there, press the keys, wait until all is drawn."""
    async with screen(browser, house.url, width=picture.width) as window:
        page = window.page
        await page.set_viewport_size({"width": picture.width, "height": picture.height})
        look = json.dumps(json.dumps({"theme": picture.theme}))
        await page.add_init_script(f"localStorage.setItem('inbox.look', {look})")
        await window.sign_in(picture.who)
        await page.goto(f"{house.url}{picture.path}")
        await page.locator("main:visible, [data-pane]:visible").first.wait_for()
        await page.wait_for_load_state("networkidle")
        await window.keys(*picture.keys)
        await page.wait_for_timeout(QUIET_MS)
        await page.screenshot(path=IMAGES / f"{picture.name}.png")
        print(f"docs/images/{picture.name}.png")


def is_told(house: House) -> bool:
    """Whether the month before today is written whole."""
    said = TOLD.findall(house.webs[0].said)
    return bool(said) and said[-1][0] == said[-1][1]


async def run(names: list[str]) -> None:
    """Take those named, or all."""
    found = find_chromium()
    if found is None:
        sys.exit("no Chromium here: make test-deps installs one")
    wanted = [one for one in PICTURES if not names or one.name in names]
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder, demo(Path(folder)) as house:
        while not is_told(house):  # noqa: ASYNC110 - the house only writes it down
            await asyncio.sleep(1.0)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=str(found), args=list(FLAGS))
            try:
                for one in wanted:
                    await take(browser, house, one)
            finally:
                await browser.close()


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1:]))
