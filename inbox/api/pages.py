"""Lists in pages: the answer's shape, and cursors that say where to go on.

A cursor holds the sort key of the last item, so pages stay stable while items are added. It is signed and bound to the
list it came from (path and filters): outsiders cannot make one up, nor carry it to another list.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Any, Generic, TypeVar

import msgspec

from inbox.errors import Invalid

T = TypeVar("T")
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[Any]).decode
_TAG_BYTES = 16


class Page(msgspec.Struct, Generic[T], kw_only=True):
    """One page of a list. `position`: the head of the log when it was read."""

    items: list[T]
    next_cursor: str | None = None
    position: int


class Cursors:
    """Makes and reads cursors; `secret` is the installation's key."""

    def __init__(self, secret: bytes) -> None:
        self._secret = hashlib.blake2b(b"cursor", key=secret[:64], digest_size=32).digest()

    def make(self, bound_to: str, values: list[Any]) -> str:
        """A cursor after the item with these sort values. `bound_to` names the list with its filters."""
        body = _encode(values)
        return base64.urlsafe_b64encode(self._tag(bound_to, body) + body).rstrip(b"=").decode()

    def read(self, bound_to: str, cursor: str) -> list[Any]:
        """The sort values. Raises Invalid (`bad_cursor`) for a cursor that is not ours or of another list."""
        try:
            whole = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except (ValueError, binascii.Error):
            whole = b""
        tag, body = whole[:_TAG_BYTES], whole[_TAG_BYTES:]
        if not hmac.compare_digest(tag, self._tag(bound_to, body)):
            raise Invalid("the cursor is not of this list: begin again without one", code="bad_cursor")
        return _decode(body)

    def _tag(self, bound_to: str, body: bytes) -> bytes:
        text = bound_to.encode() + b"\0" + body
        return hmac.new(self._secret, text, hashlib.sha256).digest()[:_TAG_BYTES]
