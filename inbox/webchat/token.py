"""Visitor tokens: a random visitor id, signed by the installation, so that nobody can claim another's.

JSON Web Tokens (RFC 7519) with HS256 and nothing else: the algorithm is ours to choose, never the token's. The host
page keeps the token in its own storage and the widget hands it to us in the first frame, never in an address.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

import msgspec

from inbox.clock import SECOND
from inbox.errors import Unauthorised

LIFE_SECONDS = 365 * 24 * 3600
PROVEN_LIFE_SECONDS = 30 * 24 * 3600
"""A token that stands for a signed-in customer ends sooner: computers are shared."""
_OLD_SECONDS = 30 * 24 * 3600
_OLD_PROOF_SECONDS = 24 * 3600
_MAX_CHARS = 2_000
_HEADER = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=")
_PURPOSE = b"inbox.webchat.visitor"


class Claims(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a token says. Times are seconds since the epoch, as RFC 7519 has them."""

    vid: str
    """The device's visitor id."""
    channel: int
    iat: int
    exp: int
    rot: int = 0
    """How often it was renewed."""
    sub: str = ""
    """The website's own id of the customer, once proven."""

    @property
    def device(self) -> str:
        """External id of the anonymous visitor of this device."""
        return f"v:{self.vid}"

    @property
    def visitor(self) -> str:
        """External id of the visitor: the customer once proven, else the device's."""
        return f"u:{self.sub}" if self.sub else self.device


class VisitorTokens:
    """Issues and reads tokens. `keys`: the installation's secrets, newest first; the first one signs."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = [hmac.new(key.encode(), _PURPOSE, hashlib.sha256).digest() for key in keys]

    def fresh(self, channel_id: int, now: int) -> tuple[str, Claims]:
        """A token for somebody never seen before."""
        seconds = now // SECOND
        claims = Claims(vid=secrets.token_hex(16), channel=channel_id, iat=seconds, exp=seconds + LIFE_SECONDS)
        return self._signed(claims), claims

    def renewed(self, claims: Claims, now: int) -> str | None:
        """A token for the same visitor, from now; None while the one he has is not old. Tabs tell each other of a new
        token and sign in with it: a new one at each sign-in would never end.
        """
        return self._issued(claims, claims.sub, now)[0] if _age(claims, now) > _OLD_SECONDS else None

    def proven(self, claims: Claims, subject: str, now: int) -> tuple[str | None, Claims]:
        """A token for the visitor of this device who has proven to be a customer of the website, and its claims; None
        where the one he has says so, and not since long.
        """
        if claims.sub == subject and _age(claims, now) <= _OLD_PROOF_SECONDS:
            return None, claims
        return self._issued(claims, subject, now)

    def _issued(self, claims: Claims, subject: str, now: int) -> tuple[str, Claims]:
        seconds = now // SECOND
        life = PROVEN_LIFE_SECONDS if subject else LIFE_SECONDS
        made = msgspec.structs.replace(claims, sub=subject, iat=seconds, exp=seconds + life, rot=claims.rot + 1)
        return self._signed(made), made

    def read(self, token: str, channel_id: int, now: int) -> Claims:
        """What a token says. Raises Unauthorised when it is not ours, of another channel, or over."""
        try:
            signed, _, signature = token.rpartition(".")
            header, _, body = signed.partition(".")
            given = _unb64(signature)
            valid = len(token) <= _MAX_CHARS and header.encode() == _HEADER
            mine = any(hmac.compare_digest(given, _mac(key, signed.encode())) for key in self._keys)
            claims = msgspec.json.decode(_unb64(body), type=Claims) if valid and mine else None
        except (ValueError, msgspec.DecodeError):
            claims = None
        if claims is None or claims.channel != channel_id or claims.exp <= now // SECOND:
            raise Unauthorised("the visitor's token is not valid here: begin a new session", code="token_invalid")
        return claims

    def opaque(self, message_id: int) -> str:
        """The name of an item for visitors: it tells nothing of how much is going on here."""
        return _mac(self._keys[-1], b"item:%d" % message_id)[:12].hex()

    def sealed(self, purpose: str, content: bytes) -> str:
        """A short text of ours, signed for one purpose, that comes back from the visitor."""
        body = _b64(content)
        return f"{body}.{_b64(_mac(self._keys[0], f'{purpose}.{body}'.encode()))}"

    def opened(self, purpose: str, text: str) -> bytes | None:
        """What `sealed` was given; None for anything else."""
        body, _, signature = text.partition(".")
        try:
            given, content = _unb64(signature), _unb64(body)
        except ValueError:
            return None
        signed = f"{purpose}.{body}".encode()
        return content if any(hmac.compare_digest(given, _mac(key, signed)) for key in self._keys) else None

    def _signed(self, claims: Claims) -> str:
        signed = f"{_HEADER.decode()}.{_b64(msgspec.json.encode(claims))}"
        return f"{signed}.{_b64(_mac(self._keys[0], signed.encode()))}"


def _age(claims: Claims, now: int) -> int:
    """Seconds since the token was issued."""
    return now // SECOND - claims.iat


def _mac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
