"""Which media store an installation has: a folder, or an object store."""

from __future__ import annotations

from pathlib import Path

from inbox.transport.media import DiskMedia, MediaStore


def media_store(root: Path, url: str) -> MediaStore:
    """The store behind `INBOX_MEDIA_URL`, or the folder `root` where that is empty."""
    if not url:
        return DiskMedia(root)
    from inbox.transport.object_media import ObjectMedia, store_of

    return ObjectMedia(store_of(url))
