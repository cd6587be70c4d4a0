"""Addresses of the page on which a survey is answered: whoever has one may answer for that person, and do nothing else.

The address is made of the ask's id and a signature of 130 bits, so that nothing secret has to be kept and the same ask
always has the same address.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

PATH = "/s"


class SurveyLinks:
    """Makes and reads addresses. `keys`: the installation's secrets, newest first."""

    def __init__(self, keys: Sequence[str], address: str) -> None:
        self._keys = [hashlib.sha256(b"survey-links\0" + key.encode()).digest() for key in keys]
        self._address = address

    def url(self, ask_id: int) -> str:
        """Where that ask is answered."""
        return f"{self._address}{PATH}/{self.token(ask_id)}"

    def token(self, ask_id: int) -> str:
        """What stands in the address: lower-case letters and digits, so that no chat or mail program breaks it."""
        return f"{ask_id:x}-{_sign(self._keys[0], ask_id)}"

    def ask_of(self, token: str) -> int | None:
        """The ask that an address belongs to; None for one that is not ours."""
        number, _, sign = token.partition("-")
        if not (0 < len(number) <= 15 and set(number) <= set("0123456789abcdef") and sign.isascii()):
            return None
        ask_id = int(number, 16)
        good = [hmac.compare_digest(_sign(key, ask_id).encode(), sign.encode()) for key in self._keys]
        return ask_id if any(good) and number == f"{ask_id:x}" else None


def _sign(key: bytes, ask_id: int) -> str:
    digest = hmac.digest(key, str(ask_id).encode(), "sha256")
    return base64.b32encode(digest).decode().lower()[:26]
