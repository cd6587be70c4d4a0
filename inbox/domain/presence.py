"""A sign of life: who is at which conversation. Told from process to process, never stored."""

from __future__ import annotations

from typing import Literal

import msgspec

Looking = Literal["reading", "writing", "noting"]


class Sign(msgspec.Struct, frozen=True):
    """An agent (or, with a name, a customer) at a conversation, until an instant. `until` in the past: left."""

    agent_id: int
    conversation_id: int
    state: str
    until: int
    channel_id: int | None
    team_id: int | None
    socket: str = ""
    thread_id: int = 0
    name: str = ""


encode_sign = msgspec.msgpack.Encoder().encode
decode_sign = msgspec.msgpack.Decoder(Sign).decode
