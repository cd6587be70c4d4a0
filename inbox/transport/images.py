"""Images from strangers, drawn anew before anyone's browser sees them: no EXIF, no trailing payload, one format."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from connectors.outbound import Blob
from inbox.transport.media import MediaStore, chunks_of
from inbox.transport.names import safe_name
from inbox.transport.sniff import REENCODED_IMAGES

MAX_IN_BYTES = 33_554_432
MAX_OUT_BYTES = 33_554_432
_CHILD = Path(__file__).with_name("reencode.py")
_CHILD_SECONDS = 20.0
_REASONS = {
    2: "not a JPEG, PNG, GIF or WebP image that can be read",
    3: "more pixels or frames than are drawn here",
}


class ImageRefused(Exception):
    """The image is not drawn; it can still be offered for download. The text says why."""


class Images:
    """Re-encodes images in child processes, a few at a time."""

    def __init__(self, media: MediaStore, *, at_once: int = 2) -> None:
        self._media = media
        self._turn = asyncio.Semaphore(at_once)

    async def reencode(self, blob: Blob, *, max_side_px: int = 4_096) -> Blob:
        """The image as WebP, its longer side at most `max_side_px`; a new blob, the old one stays.

        Raises ImageRefused (wrong type, damaged, too large, too slow) and MediaMissing.
        """
        if blob.mime not in REENCODED_IMAGES:
            raise ImageRefused(f"{blob.mime} is not drawn: only {', '.join(sorted(REENCODED_IMAGES))}")
        if blob.size_bytes > MAX_IN_BYTES:
            raise ImageRefused(f"{blob.size_bytes} bytes are more than the {MAX_IN_BYTES} that are drawn")
        async with self._turn:
            drawn = await self._draw(blob, max_side_px)
        stem = Path(safe_name(blob.name)).stem
        return await self._media.write(
            chunks_of(drawn), max_bytes=MAX_OUT_BYTES, name=f"{stem}.webp", declared="image/webp"
        )

    async def _draw(self, blob: Blob, max_side_px: int) -> bytes:
        data = b"".join([chunk async for chunk in self._media.read(blob.sha256)])
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-I", str(_CHILD), str(max_side_px),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, env={},
        )  # fmt: skip
        try:
            async with asyncio.timeout(_CHILD_SECONDS):
                drawn, _ = await child.communicate(data)
        except TimeoutError:
            raise ImageRefused(f"drawing it took more than {_CHILD_SECONDS:.0f} s") from None
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        if child.returncode != 0:
            raise ImageRefused(_REASONS.get(child.returncode or 0, "it broke the program that draws it"))
        return drawn
