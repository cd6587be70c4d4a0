"""Public keys that networks sign with, loaded from `manifest.keys_url` when one is missing, at most once a minute."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import msgspec

from inbox import clock

Load = Callable[[str], Awaitable[bytes]]
"""Address → the document there. Raises whatever transport raises."""

_EVERY = clock.MINUTE


class Keys:
    """Keys by address and key id, kept as long as the process lives."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._keys: dict[str, dict[str, bytes]] = {}
        self._asked_at: dict[str, int] = {}
        self._turn = asyncio.Lock()

    def of(self, url: str) -> Mapping[str, bytes]:
        """What is known of an address."""
        return self._keys.get(url, {})

    async def bring(self, url: str, kid: str) -> bool:
        """Load the keys of an address, unless that was done within the last minute. True when `kid` is known now.

        A forger who names ever new keys costs the network one request a minute, not one each.
        """
        async with self._turn:
            now = clock.monotonic()
            if kid not in self.of(url) and now - self._asked_at.get(url, now - _EVERY) >= _EVERY:
                self._asked_at[url] = now
                self._keys[url] = read_keys(await self._load(url))
        return kid in self.of(url)


def read_keys(document: bytes) -> dict[str, bytes]:
    """Key id → key, from a JWK set (RFC 7517 5; each key as its JSON) or a plain object of key texts.

    Raises ValueError when it is neither.
    """
    try:
        found = msgspec.json.decode(document, type=dict[str, msgspec.Raw])
        if "keys" in found:
            listed = msgspec.json.decode(found["keys"], type=list[dict[str, object]])
            return {str(key["kid"]): msgspec.json.encode(key) for key in listed if "kid" in key}
        return {kid: msgspec.json.decode(text, type=str).encode() for kid, text in found.items()}
    except msgspec.DecodeError as unreadable:
        raise ValueError(f"neither a JWK set nor an object of keys: {unreadable}") from None
