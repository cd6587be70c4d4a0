"""The people of the past: thousands who wrote once or twice, with names as their languages have them. By seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inbox.sandbox.cast import Person, spoken
from inbox.sandbox.networks import CROWD
from inbox.sandbox.rhythm import Chance

_NAMES: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "en": (
        ("Emma", "Jack", "Aoife", "Noah", "Ruby", "Owen", "Hazel", "Kofi", "Imogen", "Declan", "Meera", "Theo"),
        ("Walsh", "Carter", "Byrne", "Mensah", "Hughes", "Patel", "Doyle", "Price", "Novak", "Reid", "Shah", "Quinn"),
    ),
    "el": (
        ("Μαρία", "Γιώργος", "Ελένη", "Κώστας", "Αικατερίνη", "Δημήτρης", "Σοφία", "Παναγιώτης", "Ιωάννα", "Χρήστος"),
        ("Παπαδοπούλου", "Νικολάου", "Ιωαννίδης", "Γεωργίου", "Κ.", "Βλάχος", "Δημητρίου", "Αντωνίου", "Μ."),
    ),
    "el-Latn": (
        ("maria", "giorgos", "eleni", "kostas", "katerina", "dimitris", "sofia", "panos", "ioanna", "xristos"),
        ("k", "_ath", "pap", "86", ".m", "_skg", "nik", "vlahos", "", "01"),
    ),
    "id": (
        ("Siti", "Agus", "Dewi", "Rina", "Bagus", "Putri", "Andi", "Wulan", "Fajar", "Indah", "Yoga", "Nur"),
        ("Wijaya", "Saputra", "Hidayat", "Permata", "Kusuma", "Rahayu", "Nugroho", "Lestari", "", "Putra"),
    ),
    "hy": (
        ("Անի", "Արամ", "Մարիամ", "Դավիթ", "Լիլիթ", "Հայկ", "Սոնա", "Նարեկ", "Գայանե", "Տիգրան"),
        ("Սարգսյան", "Հակոբյան", "Գրիգորյան", "Հ.", "Մկրտչյան", "Պետրոսյան", "Ա."),
    ),
    "fi": (
        ("Aino", "Eero", "Helmi", "Onni", "Sanna", "Matti", "Kaisa", "Jari", "Tiina", "Ville"),
        ("Korhonen", "Nieminen", "Laine", "Heikkinen", "Koskinen", "Järvinen", "M", "Salo"),
    ),
    "de": (
        ("Lena", "Jonas", "Mia", "Paul", "Greta", "Emre", "Anke", "Uwe", "Clara", "Malte"),
        ("Schmidt", "Yılmaz", "Weber", "Koch", "Wolff", "Krüger", "B.", "Lange", "Hofmann"),
    ),
    "emoji": (("🌻", "🐙", "luna", "☕", "kiki", "🐝", "max", "🦋"), ("", "xx", "__", "77", "✨")),
}
MIX: Mapping[str, int] = {"el": 30, "el-Latn": 18, "en": 20, "id": 14, "de": 9, "fi": 5, "hy": 3, "emoji": 1}
"""How often a language is written, beside the others."""


def somebody(chance: Chance, network: str, number: int, kind: str) -> Person:
    """The person of that number, who writes to the company on a network. `kind` is direct, comment or review."""
    language = _language(chance, number, kind)
    first, last = _NAMES[spoken(language)]
    name = first[chance.below(len(first), "first", number)]
    surname = last[chance.below(len(last), "last", number)]
    joined = f"{name}{surname}" if spoken(language) in ("el-Latn", "emoji") else f"{name} {surname}".strip()
    since = str(2010 + chance.below(15, "since", number))
    return Person(f"{CROWD}{number}", joined, network, language, since)


def _language(chance: Chance, number: int, kind: str) -> str:
    mix = {tag: weight for tag, weight in MIX.items() if kind != "review" or tag != "emoji"}
    if kind == "comment":
        mix = mix | {"emoji": 14}
    drawn = chance.below(sum(mix.values()), "language", number)
    for tag, weight in mix.items():
        drawn -= weight
        if drawn < 0:
            return tag if kind == "direct" else f"{tag}-{kind}"
    raise AssertionError("the draw lies below the sum of the weights")
