"""connectors/_meta/permissions.py: permissions that were taken back end a channel's access."""

import msgspec

from connectors._meta import permissions
from connectors.errors import PayloadInvalid
from connectors.inbound import ChannelRevoked, Ignored
from tests.connectors._meta.world import NOW, context


def body(*changes: object) -> bytes:
    """A piece about permissions."""
    return msgspec.json.encode({"object": "permissions", "entry": [{"id": "77", "time": 1, "changes": changes}]})


def change(field: str, verb: str) -> dict[str, object]:
    """One permission of one asset."""
    return {"field": field, "value": {"verb": verb, "target_ids": ["1"]}}


def test_revoked_permission_names_itself() -> None:
    """The admin reads which permission is missing, and keys are stable and each their own."""
    piece = body(change("pages_messaging", "revoked"), change("pages_show_list", "revoked"))
    first, second = permissions.read(piece, context())
    assert isinstance(first, ChannelRevoked)
    assert isinstance(second, ChannelRevoked)
    assert "pages_messaging" in first.reason
    assert (first.asset_id, first.occurred_at) == (context().asset_id, NOW)
    assert first.dedupe_key != second.dedupe_key
    assert permissions.read(piece, context()) == [first, second]


def test_other_verbs_are_ignored() -> None:
    """A verb without a reading takes nothing from the channel."""
    (found,) = permissions.read(body(change("pages_messaging", "pondered")), context())
    assert isinstance(found, Ignored)
    assert found.reason == "unknown: permission pondered"


def test_broken_piece_is_reported() -> None:
    """A piece that is none is one PayloadInvalid."""
    (found,) = permissions.read(b'{"object":"permissions","entry":[{"id":[]}]}', context())
    assert isinstance(found, PayloadInvalid)


def test_pieces_about_permissions_are_known() -> None:
    """A piece about permissions is told from one about a Page."""
    assert permissions.is_about(body())
    assert not permissions.is_about(b'{"object":"page","entry":[]}')
