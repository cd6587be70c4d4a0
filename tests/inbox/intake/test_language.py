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
