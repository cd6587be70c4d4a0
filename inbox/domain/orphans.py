"""What came before the item it is about: kept with all that intake found in it, until the item comes."""

from __future__ import annotations

import msgspec

from inbox.domain.records import Orphan
from inbox.domain.state import ChannelFacts, Prepared, State

_json = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Prepared).decode


def kept(state: State, channel: ChannelFacts, item: Prepared, external_id: str, at: int) -> bool:
    """Keep it. False when it waits already."""
    encoded = _json(item)
    if any(orphan.inbound == encoded for orphan in state.orphans.get((channel.id, external_id), ())):
        return False
    state.add(Orphan(state.next_id(), channel.id, external_id, encoded, at))
    return True


def item_of(orphan: Orphan) -> Prepared:
    """What waits, as it came."""
    return _decode(orphan.inbound)
