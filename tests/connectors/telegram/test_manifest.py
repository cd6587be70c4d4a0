"""connectors/telegram/manifest.py: what Telegram is declared to be."""

from connectors.telegram import CONNECTOR
from connectors.telegram.manifest import ALLOWED_UPDATES, MANIFEST, REACTIONS
from connectors.telegram.payloads import Update


def test_every_update_asked_for_is_read() -> None:
    """What is asked for at Telegram has a payload type, and the other way round."""
    assert set(Update.__struct_fields__) - {"update_id"} == set(ALLOWED_UPDATES)


def test_nothing_asked_for_is_ignored() -> None:
    """An update kind is either asked for or ignored with a reason."""
    assert not set(ALLOWED_UPDATES) & set(MANIFEST.ignored_events)


def test_reactions_are_emoji_each_once() -> None:
    """The reactions are the 73 emoji of the Bot API, each once."""
    assert len(REACTIONS) == len(set(REACTIONS)) == 73


def test_connector_carries_the_manifest() -> None:
    """The package exports a connector with this manifest."""
    assert CONNECTOR.manifest is MANIFEST
