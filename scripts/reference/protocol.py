"""docs/protocol.md: the websocket protocol of agents' browsers, from inbox/live/frames.py."""

from __future__ import annotations

from typing import get_args

import msgspec

from inbox.live import endpoint, hub, protocol
from inbox.live import frames as f
from inbox.live.presence import EXPIRY_SECONDS
from scripts.reference.markdown import fields, prose, table
from scripts.reference.shapes import Tables, reached

_HEAD = """# Live protocol

One websocket of an agent's browser, or of a program: `GET /live` (also `/api/v1/live`), subprotocol `{subprotocol}`.
Machines read the same from `GET /api/v1/asyncapi.json`. Made from `inbox/live/frames.py` by
`python -m scripts.reference`.

## Who may connect

One of: the session cookie, with an `Origin` that is the service's own; `Authorization: Bearer`; or a ticket of
`POST /api/v1/live-ticket` as a second subprotocol (`tkt_…`, valid once, for 30 seconds). Without any of them the
handshake is accepted and closed with 4401, since a browser cannot read a refused one.

## The flow

1. The server sends `hello` with its `epoch` and the head of the log.
2. The client sends `snapshot`, or `resume` with the epoch and the highest position it has seen.
3. `snapshot` is answered with everything a client starts from, read in one transaction. `resume` is answered with the
   events that the client missed; or with `resync` when its position is of another epoch, older than {hours} hours or
   more than {replay:,} events back, or when what the agent may see has changed since. Then the client asks for a
   snapshot.
4. From there on every event that the agent may see follows as `event`, in the order of positions. Where a conversation
   moves out of his sight he gets `left` instead, and where it comes into his sight `event` with `entered`.
5. At most once a second `progress` says up to which position all that concerns this client went out, and in how many
   `event` and `left` frames since `hello`. A client that counted as many has missed nothing; one that did not asks for
   a snapshot.

A client that is cut before a snapshot that it asked for has come asks for it again, and does not resume.

A program with a token has no desk: `snapshot` is answered with the error `agents_only`. It resumes, from the position
of its first `hello` or where it stopped reading `GET /api/v1/events`, and reads there what comes before a `resync`.

`row` and the objects in `data` are what is shown **after** the event: a client replaces what it has, by id, where
`as_of` is newer, and knows no rules of its own. What is in `data` is listed in [events](events.md); `data.message` is
a [message](api.md#messageshape). What a snapshot says in several places (who is in which team, the names of channels
among the views) is told by a `resync` where it changed. Lists and conversations read by HTTP carry their `position`
for the same purpose. `counts`, `presence` and `mine` are not in the log: they are told as they are now, and all that
is in `mine` again after a `resume`.

`unread` of a row is each agent's own: a snapshot and an answer by HTTP say it, an `event` cannot, and is false there.
A conversation is unread while its newest item of a customer (`direction` `in`, `mark` not `history`) has a `position`
above the agent's mark in `read`, which `mine` moves.

## Limits

- A client may send {burst} frames at once, then {rate} a second; a frame has at most 64 KiB. Pings, pongs and pieces of
  frames: {small_burst} at once, then {small} a second.
- A socket that leaves more than {buffered:,} bytes of the stream untaken is closed with 4408 and resumes. What a client
  missed is sent as fast as it takes it, however much it is.
- The server pings every 20 seconds and drops a peer that neither answers nor takes anything for 20 more.
- Presence ends {expiry} seconds after the last `viewing` or `typing`.
"""
_REMEDY = {
    f.Close.BAD_FRAME: "A frame that is not in this document. A fault of the client: do not simply reconnect.",
    f.Close.SIGN_IN: "Nobody is signed in: sign in, then reconnect.",
    f.Close.REVOKED: "The session was ended, the token revoked, or the agent is no longer active: sign in again.",
    f.Close.TOO_SLOW: "The client did not take what was sent: reconnect and resume.",
    f.Close.FLOOD: "Too many frames: wait, then reconnect and resume.",
    f.Close.RESTART: "The server restarts, its store is away, or a program's rights may have changed: reconnect after "
    "a moment, and resume.",
}


def page() -> str:
    """The whole page."""
    head = _HEAD.format(
        subprotocol=f.SUBPROTOCOL,
        hours=endpoint.MAX_AGE // 3_600_000_000,
        replay=endpoint.MAX_REPLAY,
        burst=endpoint.BURST,
        rate=endpoint.FRAMES_PER_SECOND,
        small_burst=protocol.SMALL_BURST,
        small=protocol.SMALL_PER_SECOND,
        buffered=hub.MAX_BUFFERED_BYTES,
        expiry=EXPIRY_SECONDS,
    )
    shapes = _shapes()
    tables = Tables(shapes)
    parts = [head, "## Close codes\n", _codes(), "", "## What the server sends\n"]
    parts += [_frame(frame, tables) for frame in get_args(f.ServerFrame)]
    parts.append("## What a client may send\n")
    parts += [_frame(frame, tables) for frame in get_args(f.AnyClientFrame)]
    parts.append("## Shapes\n\nWhat stands in frames, and in answers of the [API](api.md).\n")
    parts += [tables.described(shape) for shape in shapes]
    return "\n".join(parts)


def _codes() -> str:
    rows = [[str(code.value), f"`{code.name.lower()}`", _REMEDY[code]] for code in f.Close]
    return table(["Code", "Name", "Meaning, and what a client does"], rows)


def _frame(frame: type[msgspec.Struct], tables: Tables) -> str:
    parts = [f"### `{frame.__struct_config__.tag}`\n", prose(frame.__doc__), ""]
    return "\n".join([*parts, fields(frame, tables.named) or "No fields.", ""])


def _shapes() -> list[type]:
    """Records that frames hold, and what those hold."""
    frames = [*get_args(f.ServerFrame), *get_args(f.AnyClientFrame)]
    return [one for one in reached(frames) if one not in frames]
