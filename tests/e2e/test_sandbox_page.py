"""The sandbox page beside the desk, in a real browser: what is done on the one is seen on the other."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.e2e.customers import MARIA, still
from tests.e2e.house import House, demo, until
from tests.e2e.screen import Screen, screen
from tests.e2e.test_desk_by_keys import axe

ELENI = "Ελένη Μαρκάκη"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demo, standing still."""
    with still(tmp_path_factory.mktemp("demo")) as house:
        yield house


@pytest.fixture
async def desk(browser: Browser, sandbox: House) -> AsyncIterator[Screen]:
    """An agent at the desk."""
    async with screen(browser, sandbox.url) as opened:
        await opened.sign_in(MARIA)
        yield opened


@pytest.fixture
async def side(desk: Screen, sandbox: House) -> AsyncIterator[Page]:
    """The other side, in another tab of the same person, with its month told."""
    page = await desk.page.context.new_page()
    await page.goto(f"{sandbox.url}/sandbox")
    await expect(page.get_by_text("The month before today")).to_be_hidden()
    await expect(page.locator("#line")).to_contain_text("Nothing lost")
    yield page
    await page.close()


def phone(side: Page, name: str) -> Locator:
    """The phone of a person, or of a post."""
    return side.get_by_role("article", name=name)


async def arrives(desk: Screen, words: str) -> None:
    """Wait for the row with these words; new rows wait behind their bar until it is opened."""
    bar = desk.page.get_by_role("status").filter(has_text=re.compile("[0-9] new"))
    await expect(desk.row(words).or_(bar).first).to_be_visible()
    if not await desk.row(words).count():
        await bar.click()
    await expect(desk.row(words).first).to_be_visible()


async def test_what_is_written_there_is_here_and_the_answer_is_there(desk: Screen, side: Page) -> None:
    """Somebody writes, is answered at the desk, reads it, changes his words and takes them back."""
    messenger = phone(side, f"{ELENI}, Messenger")
    await messenger.get_by_label(f"Write as {ELENI}").fill("Is the blue mug back?")
    await messenger.get_by_role("button", name="Send").click()
    await arrives(desk, "Is the blue mug back?")

    await desk.row("Is the blue mug back?").click()
    await desk.answers("Yes, since today.")
    await desk.keys("Escape")

    await expect(messenger.get_by_text("Yes, since today.")).to_be_visible()
    await expect(desk.item("Yes, since today.").get_by_text("Seen")).to_be_visible()
    await messenger.get_by_role("button", name="Edit “Is the blue mug back?”").click()
    await messenger.get_by_label("New words for").fill("Is the green mug back?")
    await messenger.get_by_role("button", name="Save the change").click()
    await expect(desk.item("Is the green mug back?").first).to_be_visible()
    await messenger.get_by_role("button", name="Take back “Is the green mug back?”").click()
    await expect(messenger.get_by_text("Is the green mug back?")).to_have_count(0)


async def test_a_hidden_comment_vanishes_under_the_post(desk: Screen, side: Page, sandbox: House) -> None:
    """A comment of the public stands under the post until the company hides it."""
    post = side.locator("article.post")
    await post.get_by_label("Comment", exact=True).fill("Buy followers here!!!")
    await post.get_by_role("button", name="Send").click()
    await expect(post.get_by_text("Buy followers here!!!")).to_be_visible()
    await arrives(desk, "Buy followers here!!!")

    async with sandbox.signed_in(MARIA) as api:
        found = (await api.get("conversations", view="waiting", network="facebook_page", limit="100"))["items"]
        row = next(one for one in found if one["preview"] == "Buy followers here!!!")
        messages = (await api.get(f"conversations/{row['id']}/messages"))["items"]
        await api.post(f"messages/{messages[0]['id']}/actions", action="hide")

    await expect(post.get_by_text("Buy followers here!!!")).to_have_count(0)
    await expect(post.get_by_text("vanished at")).to_be_visible()


async def test_stars_change(desk: Screen, side: Page) -> None:
    """A review is changed and waits again at the desk with its new words; then its stars change once more."""
    review = phone(side, "Christopher Kelly, review")
    await review.get_by_role("radio", name="2 stars").click()
    await review.get_by_label("Review of Christopher Kelly").fill("Nine days for a mug.")
    await review.locator("button[type=submit]").click()
    await arrives(desk, "Christopher Kelly")
    await desk.row("Christopher Kelly").first.click()
    await expect(desk.page.get_by_role("main").get_by_text("Nine days for a mug.").first).to_be_visible()

    await review.get_by_role("radio", name="4 stars").click()
    await review.locator("button[type=submit]").click()

    await expect(review.get_by_role("img", name="4 of 5 stars").first).to_be_visible()


async def test_the_desk_comes_back_after_its_socket_was_cut(desk: Screen, side: Page) -> None:
    """The switch hangs up on the desk, which is live again by itself and shows what came meanwhile."""
    await side.get_by_role("button", name="Cut my socket").click()
    await expect(side.get_by_text("The desk comes back")).to_be_visible()
    messenger = phone(side, f"{ELENI}, Messenger")
    await messenger.get_by_label(f"Write as {ELENI}").fill("Written while you were away")
    await messenger.get_by_role("button", name="Send").click()

    await arrives(desk, "Written while you were away")
    await desk.is_live()


async def test_a_broken_network_loses_nothing(side: Page) -> None:
    """With everything delivered twice, what is written is shown once."""
    twice = side.get_by_role("switch", name="Deliver everything twice")
    await twice.click()
    await expect(twice).to_have_attribute("aria-checked", "true")
    messenger = phone(side, f"{ELENI}, Messenger")
    for n in range(3):
        await messenger.get_by_label(f"Write as {ELENI}").fill(f"again {n}")
        await messenger.get_by_role("button", name="Send").click()
        await expect(messenger.get_by_text(f"again {n}")).to_be_visible()

    async def quiet() -> bool:
        return "on its way 0" in await side.locator("#line").inner_text()

    await until("everything arrived", quiet)
    await expect(side.locator("#line")).to_contain_text(re.compile("lost 0\\s*doubled 0"))
    await twice.click()


async def test_a_colleague_answers_where_one_is_writing(browser: Browser, tmp_path: Path) -> None:
    """Asked to collide, a colleague is seen at the conversation, and his answer is there before ours."""
    with demo(tmp_path, "--pace", "0", "--past", "0.03") as house:
        async with screen(browser, house.url) as desk:
            await desk.sign_in(MARIA)
            side = await desk.page.context.new_page()
            await side.goto(f"{house.url}/sandbox")
            await expect(side.locator("#line")).to_contain_text("Nothing lost")
            await expect(side.get_by_text("The month before today")).to_be_hidden()
            await desk.page.reload()
            await desk.is_live()
            await desk.page.get_by_role("option").first.click()
            await desk.keys("r")
            await expect(desk.composer).to_be_focused()
            await desk.page.keyboard.type("Half an ans")

            await side.get_by_role("button", name="Collide with me now").click()

            await expect(side.get_by_text("answers where you are")).to_be_visible()
            await expect(
                desk.page.get_by_text(re.compile("(Jonas|Aino|Dewi).* is (reading|writing)")).first
            ).to_be_visible()
            await expect(side.locator("#colleagues")).to_contain_text("answered")
            await expect(desk.composer).to_have_value("Half an ans")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
async def test_the_page_can_be_used_by_everybody(side: Page, scheme: str, width: int) -> None:
    """No fault of contrast, names or roles in both themes, wide and narrow; nothing is wider than the window."""
    await side.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    await side.set_viewport_size({"width": width, "height": 900})

    await side.evaluate("source => { (0, eval)(source) }", axe())
    found = await side.evaluate("axe.run(document, {resultTypes: ['violations']})")

    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
    assert await side.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
