"""What people read of manifests in the web app: the English words are the manifests', and every language follows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from connectors import registry
from connectors.outbound import ActionName

ROOM = Path(__file__).resolve().parent.parent / "frontend" / "src" / "text" / "networks"
LANGUAGES = ("en", "de", "el", "fi", "hy", "id")

AS_IN_THE_CONSOLE = {
    "Access token", "App ID", "App secret", "Bot token", "OAuth client id", "OAuth client secret", "Page ID",
    "Page access token", "Phone number ID", "Pub/Sub topic", "Refresh token", "Verify token",
    "WhatsApp Business Account ID",
}  # fmt: skip
"""What an admin looks for under this very name in the network's console, in whatever language he works."""
NAMES_THAT_ARE_WORDS = {"custom", "email", "webchat"}
"""Networks whose names are words, not proper names: the whole app says them, so they are in its first catalogue."""

_ENTRY = re.compile(r"""^ {2}"(networks\.[\w.]+)":\s+("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'),$""", re.MULTILINE)


def words(language: str) -> dict[str, str]:
    """The room's words by key, without the quotes that keep braces from being filled in."""
    text = (ROOM / f"{language}.ts").read_text(encoding="utf-8")
    # The literals use no escape that Python reads otherwise than TypeScript.
    found = {key: str(ast.literal_eval(literal)) for key, literal in _ENTRY.findall(text)}
    return {key: said.replace("'{", "{").replace("}'", "}") for key, said in found.items()}


def manifest_words() -> Iterator[tuple[str, str]]:
    """Key and English of everything in the manifests that is to be translated."""
    for network in registry.networks():
        manifest = registry.manifest(network)
        for field in manifest.fields:
            if field.label not in AS_IN_THE_CONSOLE:
                yield f"networks.{network}.{field.name}.label", field.label
            if field.help:
                yield f"networks.{network}.{field.name}.help", field.help


def test_english_words_are_those_of_the_manifests() -> None:
    """en.ts says what the manifests say: nothing else, nothing more and nothing less."""
    wanted = dict(manifest_words())

    said = {
        key: text for key, text in words("en").items() if not key.startswith(("networks.action.", "networks.choice."))
    }

    differing = sorted(key for key in wanted.keys() | said.keys() if wanted.get(key) != said.get(key))
    assert not differing, "\n".join(
        f"{key}: the manifest says {wanted.get(key)!r}, frontend/src/text/networks/en.ts {said.get(key)!r}"
        for key in differing
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_that_are_words_are_translated(language: str) -> None:
    """Each such network has a name in every language; the English one is its manifest's."""
    text = (ROOM.parent / f"{language}.ts").read_text(encoding="utf-8")

    said = dict(re.findall(r'^ {2}"network\.(\w+)": "(.+)",$', text, re.MULTILINE))

    assert said.keys() == NAMES_THAT_ARE_WORDS
    if language == "en":
        assert said == {network: registry.manifest(network).name for network in NAMES_THAT_ARE_WORDS}


def test_choices_are_translated_by_their_value() -> None:
    """Each translated choice is one that a manifest offers, and English shows it as it is."""
    offered = {
        choice for one in registry.networks() for field in registry.manifest(one).fields for choice in field.choices
    }

    said = {key.rsplit(".", 1)[1]: text for key, text in words("en").items() if key.startswith("networks.choice.")}

    assert said.keys() <= offered
    assert said == {choice: choice for choice in said}


def test_every_action_has_words() -> None:
    """Every action that a channel's page lists has its words; sending is not listed."""
    said = {key.rsplit(".", 1)[1] for key in words("en") if key.startswith("networks.action.")}

    assert said == set(get_args(ActionName)) - {"send"}


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_the_same_words_are_translated_the_same_way(language: str) -> None:
    """What several networks say in the same words, a language says in the same words too."""
    english, translated = words("en"), words(language)
    by_english: dict[tuple[str, str], set[str]] = {}
    for key, text in english.items():
        by_english.setdefault((text, key.rsplit(".", 1)[1]), set()).add(translated[key])

    assert {text: several for text, several in by_english.items() if len(several) > 1} == {}
