"""In which language a text is written."""

from __future__ import annotations

import pytest

from inbox.intake import language

LINK = "https://shop.example/de/artikel/jacke-blau?groesse=40&farbe=blau "
ENGLISH = "Where is the parcel that I ordered last week? It has not arrived yet. "
GERMAN = "Wo bleibt das Paket, das ich letzte Woche bestellt habe? Es ist noch nicht da. "


@pytest.fixture(autouse=True, scope="module")
def with_the_model() -> None:
    """Each test has the model."""
    language.warm().join()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ENGLISH + GERMAN * 9, "en"), (GERMAN + ENGLISH * 9, "de"), (LINK * 5 + ENGLISH * 3, "en"),
        ("1234567890 " * 20 + ENGLISH, None), ("\n".join(ENGLISH.split()) + "\n" + GERMAN.replace(" ", "\n") * 9, "en"),
    ],
)  # fmt: skip
def test_the_first_words_tell(text: str, told: str | None) -> None:
    """Without addresses; what follows them changes nothing."""
    assert language.of(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Müller schrieb gestern über die Lieferung nach Köln", "de"), ("Größe?", None), ("🎉🎉🎉", None),
        (f"Καλημέρα! {ENGLISH}", "en"), ("Καλημέρα σας, θέλω το blue one", "el"),
        ("カメラを注文しました、到着予定日", "ja"), ("到着予定日", None), ("https://παράδειγμα.ελ/σελίδα", None),
    ],
)  # fmt: skip
def test_most_letters_tell_the_script(text: str, told: str | None) -> None:
    """Else the model, if there are letters enough."""
    assert language.of(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("poly orea pragmata, argise ligo na erthei alla aksize", "el"), ("oxi kati allo, efxaristo", "el"),
        ("kalimera, pou einai h paraggelia mou? thelw apantisi", "el"), ("pote tha erthei", "el"),
        ("Ma non e ancora arrivato niente, mi spiace", "it"), ("na hay nada que hacer, no me contestan", "es"),
        ("apa kabar, barang sudah sampai di rumah", "id"), ("Na, danke, alles gut", "de"),
        ("Kiitos paljon, kaikki ok", "fi"), ("ola ok, obrigado", None),
    ],
)  # fmt: skip
def test_greek_in_latin_letters_is_greek(text: str, told: str | None) -> None:
    """No model knows it; its commonest words tell it, and take nothing from other languages."""
    assert language.of(text) == told
