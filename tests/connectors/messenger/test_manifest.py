"""connectors/messenger/manifest.py: what Messenger is declared to be."""

from connectors.messenger import CONNECTOR
from connectors.messenger.inbound import _READERS
from connectors.messenger.manifest import FIELDS, IGNORED, MANIFEST
from connectors.messenger.payloads import Item


def test_every_kind_is_read_or_ignored() -> None:
    """A kind of element with a payload type has a reader and is not ignored."""
    kinds = set(Item.__struct_fields__) - {"sender", "recipient", "timestamp", "prior_message"}
    assert {kind for kind, _ in _READERS} == kinds
    assert not kinds & set(IGNORED)


def test_comes_to_the_familys_door() -> None:
    """The channel is found by its Page, at the door of the family."""
    assert (MANIFEST.door, MANIFEST.asset_fields) == ("meta", ("page_id",))
    assert CONNECTOR.parse_part is not None
    assert {field.name for field in MANIFEST.fields if field.of_app} == {"app_id", "app_secret", "verify_token"}


def test_buttons_of_feedback_are_not_put_under_our_messages() -> None:
    """Subscribing to feedback would show buttons to customers, so it is left to the admin."""
    assert "response_feedback" not in FIELDS


def test_connector_carries_the_manifest() -> None:
    """The package exports a connector with this manifest."""
    assert CONNECTOR.manifest is MANIFEST
