"""A mail's bytes as they go over the wire: line ends made CRLF, placeholders replaced by the base64 of their blobs.

A text that is turned into base64 is read from the media store while it is sent, so that a mail with large attachments
never lies in memory as a whole.
"""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator, Mapping

from connectors.outbound import Blob
from inbox.transport.media import MediaStore

_LINE_END = re.compile(rb"\r\n|\r|\n")
_LINE_BYTES = 57
"""Of content in one line of 76 characters (RFC 2045 6.8)."""
_PIECE_BYTES = _LINE_BYTES * 4_096


class MailBody:
    """One mail, ready to be streamed. Every piece begins at the start of a line and ends with CRLF."""

    def __init__(self, message: bytes, blobs: Mapping[str, Blob], media: MediaStore) -> None:
        """Raises ValueError when a placeholder does not stand in the message exactly once, alone on its line."""
        text = _LINE_END.sub(b"\r\n", message)
        text = text if text.endswith(b"\r\n") else text + b"\r\n"
        self._media = media
        self._pieces: list[bytes | Blob] = []
        names = {name.encode(): blob for name, blob in blobs.items()}
        if not names:
            self._pieces = [text]
            return
        placeholder = re.compile(rb"^(" + b"|".join(map(re.escape, names)) + rb")\r\n", re.MULTILINE)
        found = placeholder.split(text)
        if sorted(found[1::2]) != sorted(names):
            raise ValueError(f"of the placeholders {sorted(blobs)} each must stand alone on one line of the mail")
        for index, piece in enumerate(found):
            if index % 2:
                self._pieces.append(names[piece])
            elif piece:
                self._pieces.append(piece)

    @property
    def is_ascii(self) -> bool:
        """Whether no byte of it needs 8BITMIME."""
        return all(isinstance(piece, Blob) or piece.isascii() for piece in self._pieces)

    async def size_bytes(self) -> int:
        """The length of the whole mail. Raises MediaMissing when a blob is gone."""
        total = 0
        for piece in self._pieces:
            if isinstance(piece, Blob):
                content = await self._media.size_bytes(piece.sha256)
                total += (content + 2) // 3 * 4 + (content + _LINE_BYTES - 1) // _LINE_BYTES * 2
            else:
                total += len(piece)
        return total

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, Blob):
                async for lines in self._base64(piece):
                    yield lines
            else:
                yield piece

    async def _base64(self, blob: Blob) -> AsyncIterator[bytes]:
        waiting = b""
        async for chunk in self._media.read(blob.sha256):
            waiting += chunk
            whole = len(waiting) // _PIECE_BYTES * _PIECE_BYTES
            if whole:
                yield _lines(waiting[:whole])
                waiting = waiting[whole:]
        if waiting:
            yield _lines(waiting)


def _lines(content: bytes) -> bytes:
    encoded = (base64.b64encode(content[i : i + _LINE_BYTES]) for i in range(0, len(content), _LINE_BYTES))
    return b"\r\n".join(encoded) + b"\r\n"
