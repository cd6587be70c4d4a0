"""connectors/whatsapp/manifest.py: what is declared is what is done."""

from connectors._meta import DOOR
from connectors.whatsapp import CONNECTOR
from connectors.whatsapp.inbound import _HISTORY, _READERS
from connectors.whatsapp.manifest import FIELDS, IGNORED, MANIFEST, STATUSES
from connectors.whatsapp.statuses import _STATES


def test_the_family_leads_here() -> None:
    """Deliveries come by the family's door, for a number or for its account."""
    assert MANIFEST.door == DOOR.name
    assert MANIFEST.network in DOOR.networks
    assert CONNECTOR.parse_part is not None
    assert set(MANIFEST.asset_fields) <= {field.name for field in MANIFEST.fields}


def test_fields_are_read_or_ignored_for_a_reason() -> None:
    """No field is both; each status that is documented is read."""
    assert not set(FIELDS) & set(IGNORED)
    assert set(STATUSES) == set(_STATES)
    assert set(_HISTORY) - {"history"} <= set(_READERS)


def test_a_conversation_can_be_begun_and_groups_take_less() -> None:
    """First messages are private; groups take no reactions."""
    assert MANIFEST.kinds["direct"].starts
    assert not MANIFEST.kinds["group"].starts
    assert MANIFEST.kinds["group"].actions < MANIFEST.kinds["direct"].actions
