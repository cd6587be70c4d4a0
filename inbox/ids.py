"""Random ids and secrets. Database ids are not made here: they come from the locked workspace row."""

from __future__ import annotations

import base64
import hashlib
import secrets

MAX_DIGITS = 18
"""Of an id that stands in an address or a key: so many always fit into a column."""
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u


def nonce() -> str:
    """26 lower-case letters and digits, 130 bits of randomness."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(26))


def secret(prefix: str) -> str:
    """A bearer secret with 256 bits of randomness and a prefix that leak scanners can find, such as `inb_…`."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def signing_secret() -> str:
    """256 random bits as Standard Webhooks writes them."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def digest(value: str) -> str:
    """What is stored of a bearer secret: SHA-256 in hex. Enough for 256 random bits; passwords use argon2."""
    return hashlib.sha256(value.encode()).hexdigest()
