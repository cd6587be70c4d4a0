"""Signed addresses of attachments: whoever has one may load the bytes for a while, without a cookie.

Valid for the rest of the hour after next, so that the same attachment has the same address for an hour and browsers
keep it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import quote

from inbox import clock

_HOUR_SECONDS = 3600


class MediaLinks:
    """Makes and checks addresses."""

    def __init__(self, key: str, address: str) -> None:
        self._key = hashlib.sha256(b"media-links\0" + key.encode()).digest()
        self._address = address

    def url(self, media_id: int, name: str, *, absolute: bool = False) -> str:
        """Address of an attachment, from the root of the site; `absolute` for networks that fetch it."""
        hour = clock.now() // (clock.SECOND * _HOUR_SECONDS) + 2
        path = f"/media/{media_id}/{quote(name or 'file', safe='')}?until={hour}&sig={self._signature(media_id, hour)}"
        return f"{self._address}{path}" if absolute else path

    def blob_url(self, sha256: str, name: str) -> str:
        """Absolute address of a blob, for a network that fetches what we send."""
        hour = clock.now() // (clock.SECOND * _HOUR_SECONDS) + 2
        sig = self._signature(sha256, hour)
        return f"{self._address}/media/blob/{sha256}/{quote(name or 'file', safe='')}?until={hour}&sig={sig}"

    def allows(self, media_id: int | str, until: str, signature: str) -> bool:
        """Whether an address that was given out is still good."""
        if not (until.isascii() and until.isdigit() and len(until) < 12):
            return False
        hour = int(until)
        expected = self._signature(media_id, hour)
        fresh = hour * _HOUR_SECONDS * clock.SECOND > clock.now()
        return hmac.compare_digest(expected.encode(), signature.encode()) and fresh

    def _signature(self, media_id: int | str, hour: int) -> str:
        digest = hmac.digest(self._key, f"{media_id}:{hour}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest[:18]).decode()
