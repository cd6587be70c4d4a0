"""Every page of the web app, in every theme and width: no barrier, nothing cut off, no complaint of the browser."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.customers import still
from tests.e2e.house import House, Person
from tests.e2e.screen import Screen, screen
from tests.e2e.test_desk_by_keys import axe

ROOT = Path(__file__).parents[2]
ADMIN = Person("Tom Adler", "tom@alkyon.example", "alkyon-home-2026")
_SECTIONS = re.search(r"const SECTIONS = \[(.*?)\]", (ROOT / "frontend/src/store/route.ts").read_text(), re.DOTALL)
assert _SECTIONS is not None
SETTINGS = tuple(f"/settings/{name}" for name in re.findall(r'"([a-z-]+)"', _SECTIONS[1]))
PAGES = (
    "/desk/waiting",
    "/posts",
    "/campaigns",
    "/floor",
    "/my-day",
    "/reports",
    "/reports?report=volume",
    "/reports?report=backlog",
    "/work-reviews",
    "/search?q=order",
    *SETTINGS,
)
THEMES = ("light", "dark", "contrast")
PHONE, ZOOMED = 390, 720
"""CSS pixels: a phone, and a screen of 1440 at 200 %."""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demo with a little of its history, standing still."""
    with still(tmp_path_factory.mktemp("pages")) as house:
        yield house


@pytest.fixture(params=THEMES)
async def window(browser: Browser, sandbox: House, request: pytest.FixtureRequest) -> AsyncIterator[Screen]:
    """An admin signed in, in one theme, without motion."""
    async with screen(browser, sandbox.url) as opened:
        await looks(opened.page, theme=request.param)
        await opened.page.emulate_media(reduced_motion="reduce")
        await opened.sign_in(ADMIN)
        yield opened


async def looks(page: Page, **look: str) -> None:
    """What the person has chosen under Look and keys, before the first page is asked for."""
    await page.add_init_script(f"localStorage.setItem('inbox.look', {json.dumps(json.dumps(look))})")


async def opens(window: Screen, path: str) -> None:
    """Ask for a page; it is there when what it loads has come."""
    await window.page.goto(f"{window.url}{path}")
    await window.page.locator("main:visible, [data-pane]:visible").first.wait_for()
    await window.page.wait_for_load_state("networkidle")
    await expect(window.page.locator("[aria-busy=true]")).to_have_count(0)


async def violations(window: Screen) -> list[str]:
    """All that axe finds, of any weight: rule and first place."""
    await window.page.evaluate("source => { if (!window.axe) (0, eval)(source) }", axe())
    found = await window.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {one['nodes'][0]['target']}" for one in found["violations"]]


OUTSIDE = """() => {
  const scrolls = (element) => {
    for (let one = element; one; one = one.parentElement) {
      if (one.matches(".sr, svg") || /auto|scroll/.test(getComputedStyle(one).overflowX)) return true;
    }
    return false;
  };
  return [...document.querySelectorAll("#root *, [role=dialog] *")].filter((element) => {
    const { left, right, width } = element.getBoundingClientRect();
    return width > 1 && (right > innerWidth + 1 || left < -1) && element.checkVisibility() && !scrolls(element);
  }).map((element) => `${element.tagName.toLowerCase()}.${element.className}`).slice(0, 3);
}"""


async def cut_off(window: Screen) -> list[str]:
    """What lies outside the window and cannot be scrolled to."""
    found: list[str] = await window.page.evaluate(OUTSIDE)
    return found


async def test_no_page_keeps_anybody_out(window: Screen) -> None:
    """axe finds nothing on any page, in light, dark and high contrast."""
    found = {}
    for path in PAGES:
        await opens(window, path)
        if barriers := await violations(window):
            found[path] = barriers
    assert found == {}
    assert window.complaints == []


async def signs_in_by(window: Screen, language: str) -> None:
    """The admin signs in on a page in some language, by its fields and not by its words."""
    await looks(window.page, language=language)
    await window.page.goto(window.url)
    await window.page.locator("input[type=email]").fill(ADMIN.email)
    await window.page.locator("input[type=password]").fill(ADMIN.password)
    await window.page.keyboard.press("Enter")
    await window.page.locator("nav:visible").first.wait_for()


@pytest.mark.parametrize("width", [PHONE, ZOOMED])
async def test_no_page_is_cut_off(browser: Browser, sandbox: House, width: int) -> None:
    """On a phone and at 200 % every page fits the width."""
    async with screen(browser, sandbox.url, width=width) as window:
        await window.sign_in(ADMIN)
        wide = {}
        for path in PAGES:
            await opens(window, path)
            if over := await cut_off(window):
                wide[path] = over
        assert wide == {}


async def test_long_names_of_a_language_lie_over_nothing(browser: Browser, sandbox: House) -> None:
    """In Armenian, whose words are the longest, each line of the settings' list has room for its own."""
    async with screen(browser, sandbox.url) as window:
        await signs_in_by(window, "hy")
        await opens(window, "/settings/look")
        over = await window.page.locator("nav section a").evaluate_all(
            "all => all.filter(one => one.scrollHeight > one.clientHeight || one.scrollWidth > one.clientWidth)"
            ".map(one => one.textContent)"
        )
        assert over == []


GAPS = """tabs => {
  const words = tabs.map((tab) => [...tab.childNodes].find((node) => node.nodeType === Node.TEXT_NODE)).map((node) => {
    const range = document.createRange();
    range.selectNode(node);
    return range.getBoundingClientRect();
  });
  return words.slice(1).map((word, i) => word.left - words[i].right);
}"""


async def test_the_words_of_a_phones_tabs_stand_apart(browser: Browser, sandbox: House) -> None:
    """In Armenian, too, whose words for them are long: none touches its neighbour."""
    async with screen(browser, sandbox.url, width=PHONE) as window:
        await signs_in_by(window, "hy")
        await opens(window, "/desk/waiting")
        gaps = await window.page.locator("nav:visible").last.locator("> a, > button").evaluate_all(GAPS)
        assert len(gaps) == 4
        assert min(gaps) >= 4


async def test_a_conversation_is_read_at_four_times_its_size(browser: Browser, sandbox: House) -> None:
    """At 400 % the composer leaves room for what was said, and both can be scrolled to."""
    async with screen(browser, sandbox.url, width=320) as window:
        await window.sign_in(ADMIN)
        await window.page.set_viewport_size({"width": 320, "height": 256})
        await opens(window, "/desk/all")
        await window.page.get_by_role("option").first.click()
        said = window.page.get_by_role("log")
        await expect(said).to_be_visible()
        assert await said.evaluate("one => one.clientHeight") >= 120
        await window.page.locator("form textarea").focus()
        await expect(window.page.locator("form textarea")).to_be_in_viewport()


async def test_what_is_chosen_is_told_without_our_colours(browser: Browser, sandbox: House) -> None:
    """Where the system sets the colours, the current view, row and audience have an outline that others lack."""
    async with screen(browser, sandbox.url) as window:
        await window.sign_in(ADMIN)
        await window.page.emulate_media(forced_colors="active")
        await opens(window, "/desk/all")
        await window.page.get_by_role("option").first.click()
        await window.page.locator("form textarea").focus()
        for of in ("nav [aria-current=page]", "[role=option][aria-selected=true]", "[role=radio][aria-checked=true]"):
            style = await window.page.locator(of).first.evaluate("one => getComputedStyle(one).outlineStyle")
            assert (of, style) == (of, "solid")
        other = window.page.locator("[role=radio][aria-checked=false]").first
        assert await other.evaluate("one => getComputedStyle(one).outlineStyle") == "none"


async def test_the_layout_turns_round(browser: Browser, sandbox: House) -> None:
    """In a language from right to left the rail is at the right, nothing is cut off, and no words stand in the code."""
    async with screen(browser, sandbox.url) as window:
        await signs_in_by(window, "qps-plocm")
        rail = window.page.locator("nav").first
        assert await window.page.evaluate("document.documentElement.dir") == "rtl"
        for path in PAGES:
            await opens(window, path)
            box = await rail.bounding_box()
            assert box is not None
            assert box["x"] > 1440 / 2, path
            assert await cut_off(window) == [], path


async def test_an_open_conversation_keeps_its_parts_in_view(browser: Browser, sandbox: House) -> None:
    """What is suggested about a person lies inside its pane; many files leave the button that sends where it is."""
    async with screen(browser, sandbox.url) as window:
        await window.sign_in(ADMIN)
        await opens(window, "/desk/all?network=email")
        await window.keys("j", "Enter")
        suggested = window.page.get_by_role("button", name=re.compile("^Make .* a company$"))
        await expect(suggested).to_be_visible()
        assert await suggested.evaluate("one => one.getBoundingClientRect().right <= innerWidth && !one.scrollLeft")
        pane = window.page.get_by_label("About this person").locator("xpath=ancestor-or-self::aside").first
        assert await pane.evaluate("one => one.scrollWidth <= one.clientWidth")
        await window.keys("r")
        await expect(window.composer).to_be_focused()
        many = [{"name": f"photo-{n}.txt", "mimeType": "text/plain", "buffer": b"x"} for n in range(80)]
        await window.page.locator("input[type=file]").first.set_input_files(many)  # type: ignore[arg-type]
        await expect(window.page.get_by_text("photo-79.txt")).to_be_attached()
        await expect(window.page.get_by_role("button", name=re.compile("^Send privately"))).to_be_in_viewport(ratio=1)
