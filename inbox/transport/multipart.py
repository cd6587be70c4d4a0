"""A multipart/form-data body as a stream, its length known beforehand (RFC 7578)."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence

from connectors.exchange import FormPart
from inbox.transport.media import MediaStore
from inbox.transport.names import safe_name

# How browsers write names that hold these (https://html.spec.whatwg.org/#multipart-form-data, read 2026-11-22).
_ESCAPES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


class Multipart:
    """The parts of one form, with blobs read from the media store as they are sent."""

    def __init__(self, parts: Sequence[FormPart], media: MediaStore) -> None:
        self._boundary = uuid.uuid4().hex
        self._media = media
        self._parts = [(part, self._head(part)) for part in parts]
        self._end = f"--{self._boundary}--\r\n".encode()

    @property
    def content_type(self) -> str:
        """The value of the Content-Type header."""
        return f"multipart/form-data; boundary={self._boundary}"

    async def length_bytes(self) -> int:
        """The length of the whole body. Raises MediaMissing when a blob is gone, before anything was sent."""
        total = len(self._end)
        for part, head in self._parts:
            body = len(part.value.encode()) if part.blob is None else await self._media.size_bytes(part.blob.sha256)
            total += len(head) + body + 2
        return total

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part, head in self._parts:
            yield head
            if part.blob is None:
                yield part.value.encode()
            else:
                async for chunk in self._media.read(part.blob.sha256):
                    yield chunk
            yield b"\r\n"
        yield self._end

    def _head(self, part: FormPart) -> bytes:
        lines = f'--{self._boundary}\r\nContent-Disposition: form-data; name="{part.name.translate(_ESCAPES)}"'
        if part.blob is not None:
            name = safe_name(part.blob.name).translate(_ESCAPES)
            lines += f'; filename="{name}"\r\nContent-Type: {part.blob.mime}'
        return f"{lines}\r\n\r\n".encode()
