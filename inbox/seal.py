"""Secrets at rest: AES-256-GCM, bound to the place they belong to.

A sealed text is `key id.nonce.ciphertext`, the latter two in base64. The place (`channel:7`, `agent:3:totp`) is
associated data: a ciphertext moved to another row does not open. Keys have ids, so that old ones still open what they
sealed while a new one seals; `stale` tells what is to be sealed anew.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Sequence

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_texts = msgspec.json.Decoder(dict[str, str]).decode


class CannotOpen(Exception):
    """A sealed secret does not open: its key is not among ours, or it was moved or changed."""


class Sealer:
    """Seals with the first key, opens with any."""

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys`: newest first, at least one; see `Settings.keys`."""
        self._ciphers: dict[str, AESGCM] = {}
        for key in keys:
            material = hashlib.blake2b(key.encode(), digest_size=32, person=b"inbox.seal").digest()
            self._ciphers[hashlib.sha256(material).hexdigest()[:8]] = AESGCM(material)
        self._current = next(iter(self._ciphers))

    def seal(self, text: str, place: str) -> str:
        """`text`, encrypted for one place: `channel:12`. Empty stays empty."""
        if not text:
            return ""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, text.encode(), self._bound(self._current, place))
        return f"{self._current}.{_b64(nonce)}.{_b64(sealed)}"

    def open(self, sealed: str, place: str) -> str:
        """What was sealed. Raises CannotOpen, which names the place and never the content."""
        if not sealed:
            return ""
        key_id, _, rest = sealed.partition(".")
        nonce, _, body = rest.partition(".")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise CannotOpen(f"{place} was sealed with the key {key_id}, which is not in INBOX_SECRET_KEY: add it")
        try:
            return cipher.decrypt(_unb64(nonce), _unb64(body), self._bound(key_id, place)).decode()
        except (InvalidTag, ValueError) as problem:
            raise CannotOpen(f"{place} does not open: it was changed, or belongs elsewhere") from problem

    def seal_fields(self, fields: dict[str, str], place: str) -> str:
        """Several named secrets as one."""
        return self.seal(msgspec.json.encode(fields).decode(), place) if fields else ""

    def open_fields(self, sealed: str, place: str) -> dict[str, str]:
        """What `seal_fields` sealed."""
        return _texts(self.open(sealed, place)) if sealed else {}

    def stale(self, sealed: str) -> bool:
        """Whether an older key sealed it: open it, and seal it anew."""
        return bool(sealed) and not sealed.startswith(self._current + ".")

    @staticmethod
    def _bound(key_id: str, place: str) -> bytes:
        return f"{key_id}|1|{place}".encode()


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
