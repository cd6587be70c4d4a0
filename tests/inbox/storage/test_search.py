"""Search finds the same on both engines, in every script, and nothing out of scope."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import inbound as net
from inbox.domain.listing import Filter
from inbox.domain.permissions import Scope
from inbox.storage import search
from inbox.storage.database import Query
from tests.inbox.desk import SHOP, Desk
from tests.inbox.desk import desk as opened
from tests.inbox.world import TELEGRAM

CORPUS = {
    "el": "Καλημέρα, πού είναι η παραγγελία μου; Θέλω απάντηση!",
    "greeklish": "kalimera, pou einai h paraggelia mou? thelw apantisi",
    "id": "Selamat pagi, di mana pesanan saya? Terima kasih banyak",
    "hy": "Բարև ձեզ, որտե՞ղ է իմ պատվերը",
    "hy-latn": "barev dzez, ortegh e im patvere",
    "fi": "Hyvää huomenta, missä tilaukseni on? Ääkköset näkyvät väärin",
    "de": "Guten Tag, die Straße war für Größe 38 viel zu schmal",
    "ja": "おはようございます。注文した東京タワーの模型はどこですか",
    "th": "สวัสดีค่ะ สินค้าของฉันอยู่ที่ไหน",
    "emoji": "🎉🎉 love it!! 1️⃣ order #AB-1234 arrived 👍🏽",
    "mail": "Write to maria.k@example.com or see https://shop.example/orders?id=77",
}
FINDS = {
    "καλημέρα": {"el", "greeklish"},
    "ΚΑΛΗΜΕΡΑ": {"el", "greeklish"},
    "kalimera": {"el", "greeklish"},
    "θέλω": {"el", "greeklish"},
    "thelo": {"el", "greeklish"},
    "παραγγελια": {"el", "greeklish"},
    "paraggelia": {"el", "greeklish"},
    "pesanan saya": {"id"},
    "saya pesanan": {"id"},
    "terima kasih ban": {"id"},
    "պատվերը": {"hy"},
    "barev": {"hy", "hy-latn"},
    "Բարև": {"hy", "hy-latn"},
    "aakkoset": {"fi"},
    "ääkk": {"fi"},
    "strasse": {"de"},
    "STRASSE GROSSE": {"de"},
    "große": {"de"},
    "東京": {"ja"},
    "東京タワー": {"ja"},
    "注文": {"ja"},
    "สินค้า": {"th"},
    "AB-1234": {"emoji"},
    "ab 12": {"emoji"},
    "1": {"emoji"},
    "maria": {"mail"},
    "example.com": {"mail"},
    "orders?id=77": {"mail"},
    "order": {"emoji", "mail"},
    "order xyz": set(),
    "🎉": set(),
    "": set(),
    "' OR 1=1 --": set(),
    '"NEAR( *': set(),
    ":* & | !": set(),
}
ALL = Filter(status="any")
EVERYTHING = Scope(None, frozenset())


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    """A small world."""
    async with opened(database_url) as made:
        yield made


async def find(desk: Desk, query: str, scope: Scope = EVERYTHING, wanted: Filter = ALL) -> list[str]:
    """Texts that are found, newest first."""
    database = desk.world.database
    hits = await database.read(search.find, database.engine, query, wanted, scope, limit=50)
    return [hit.text for hit in hits.hits]


async def test_every_script_is_found_alike_on_both_engines(desk: Desk) -> None:
    """Case, accents, Greek and Armenian in Latin letters, words without spaces, prefixes of the last word, operators
    as mere text.
    """
    for language, text in CORPUS.items():
        await desk.writes(text, person=language)
    by_text = {text: language for language, text in CORPUS.items()}

    found = {query: {by_text[text] for text in await find(desk, query)} for query in FINDS}

    assert found == FINDS


@pytest.mark.parametrize("most_endings", [250, 1, 0])
async def test_a_large_index_finds_the_same(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, most_endings: int
) -> None:
    """By the words that begin so, or by their beginning where these are too many; neither finds what is gone."""
    monkeypatch.setattr(search, "_FEW_IDS", 0)
    monkeypatch.setattr(search, "_MOST_ENDINGS", most_endings)
    async with opened(sqlite_url) as made:
        gone = await made.writes("an ordeal", person="gone")
        await made.arrives(net.MessageDeleted(dedupe_key="d", occurred_at=made.now, external_id=gone, erase=True))
        for language, text in CORPUS.items():
            await made.writes(text, person=language)
        by_text = {text: language for language, text in CORPUS.items()}

        found = {query: {by_text[text] for text in await find(made, query)} for query in FINDS}

        assert found == FINDS
        assert [by_text[text] for text in await find(made, "or")] == ["mail", "emoji", "hy-latn", "hy"]
        assert await find(made, "ordea") == []


async def test_hits_are_within_scope_and_filter(desk: Desk) -> None:
    """A colleague elsewhere finds nothing here; filters narrow as in lists."""
    await desk.writes("needle here")
    await desk.world.says("needle there", person="other", channel_id=TELEGRAM)
    closed = (await desk.rows(f"SELECT id FROM conversation WHERE channel_id = {TELEGRAM}"))[0][0]
    await desk.triages(conversation=closed, status="closed")

    shop = Scope(frozenset({SHOP}), frozenset())
    assert await find(desk, "needle") == ["needle there", "needle here"]
    assert await find(desk, "needle", shop) == ["needle here"]
    assert await find(desk, "needle", wanted=Filter(status="closed")) == ["needle there"]
    assert await find(desk, "needle", Scope(frozenset(), frozenset())) == []
    assert await find(desk, "needle", wanted=Filter(status="any", channel_id=SHOP, assignee="none")) == ["needle here"]


async def test_pages_go_on_where_the_last_one_ended(desk: Desk) -> None:
    """Newest first, each hit once, also where many hits are out of sight."""
    for number in range(30):
        await desk.writes(f"needle {number}", person=f"p{number}")
        await desk.world.says(f"needle elsewhere {number}", person=f"q{number}", channel_id=TELEGRAM)
    database, shop = desk.world.database, Scope(frozenset({SHOP}), frozenset())
    found: list[str] = []
    before: int | None = None
    for _ in range(20):
        page = await database.read(search.find, database.engine, "needle", ALL, shop, limit=7, before=before)
        found += [hit.text for hit in page.hits]
        before = page.before
        if before is None:
            break

    assert found == [f"needle {n}" for n in range(29, -1, -1)]


async def test_what_was_erased_is_not_found(desk: Desk) -> None:
    """A network's unsend blanks the words and takes them out of the index."""
    external_id = await desk.writes("needle")
    await desk.arrives(net.MessageDeleted(dedupe_key="d", occurred_at=desk.now, external_id=external_id, erase=True))

    assert await find(desk, "needle") == []


@given(text=st.text(max_size=60))
def test_no_query_breaks_the_search(text: str) -> None:
    """Whatever is typed is words, never operators: the expression holds letters, digits and our own marks alone."""
    for engine in ("sqlite", "postgres"):
        said = _said(search.expression(engine, text))  # type: ignore[arg-type]
        inside = said.replace(" AND ", "").replace(" OR ", "").replace(" & ", "").replace(" | ", "")
        bare = inside.replace('"', "").replace("'", "").replace(":*", "").replace("*", "")
        assert all(c.isalnum() or c in "()" or ord(c) > 127 for c in bare)


def _said(asked: Query[str]) -> str:
    """What a query comes to in an empty database."""
    try:
        next(asked)
        while True:
            asked.send([])
    except StopIteration as done:
        return str(done.value)
