"""Web Push: messages encrypted for one browser (RFC 8291, aes128gcm of RFC 8188) and the signature by which its push
server knows us (RFC 8292, VAPID). Pure: keys, salt and time are handed in.

https://www.rfc-editor.org/rfc/rfc8291, …/rfc8188, …/rfc8292, read 2026-11-22.
"""

from __future__ import annotations

import base64
import json
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from inbox.clock import HOUR, SECOND

RECORD_BYTES = 4096
"""Servers take at least so much in all (RFC 8030 7.2); a message is one record."""
MOST_BYTES = RECORD_BYTES - 16 - 1 - 86
"""Of plain text: the tag, the delimiter and the header of 86 bytes go off."""
TOKEN_LIFE = 12 * HOUR
"""At most 24 hours are taken (RFC 8292 2)."""


class BadKey(ValueError):
    """A browser's key or secret is none."""


def new_key() -> ec.EllipticCurvePrivateKey:
    """A key on P-256, as both RFCs want it."""
    return ec.generate_private_key(ec.SECP256R1())


def to_text(key: ec.EllipticCurvePrivateKey) -> str:
    """A private key to be sealed: its number, base64url."""
    return b64(key.private_numbers().private_value.to_bytes(32, "big"))


def from_text(text: str) -> ec.EllipticCurvePrivateKey:
    """The key that `to_text` wrote."""
    return ec.derive_private_key(int.from_bytes(unb64(text), "big"), ec.SECP256R1())


def public_of(key: ec.EllipticCurvePrivateKey) -> str:
    """What a page hands to `pushManager.subscribe`: the uncompressed point, base64url."""
    return b64(_point(key.public_key()))


def check_browser(p256dh: str, auth: str) -> None:
    """Raise BadKey unless these can be a browser's key and secret."""
    _browser(p256dh)
    if len(unb64(auth)) != 16:
        raise BadKey("the authentication secret has to be 16 bytes, base64url")


def encrypt(
    text: bytes, p256dh: str, auth: str, *, salt: bytes, own: ec.EllipticCurvePrivateKey
) -> bytes:  # fmt: skip
    """The body of a push. `own`: a key for this message alone; `salt`: 16 random bytes. Raises BadKey; ValueError for a
    text of more than `MOST_BYTES`.
    """
    if len(text) > MOST_BYTES:
        raise ValueError(f"a push of {len(text)} bytes: at most {MOST_BYTES} fit into a record")
    browser = _browser(p256dh)
    ours, theirs = _point(own.public_key()), _point(browser)
    # RFC 8291 3.4: the two keys and the secret are mixed before RFC 8188's own derivation.
    mixed = _derive(own.exchange(ec.ECDH(), browser), unb64(auth), b"WebPush: info\0" + theirs + ours, 32)
    key = _derive(mixed, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(mixed, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD_BYTES.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return header + AESGCM(key).encrypt(nonce, text + b"\2", None)


def authorization(endpoint: str, subject: str, key: ec.EllipticCurvePrivateKey, now: int) -> str:
    """The value of the Authorization header. `subject`: a mailto: or https: address of whoever runs this."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": (now + TOKEN_LIFE) // SECOND, "sub": subject}
    signed = f"{_json({'typ': 'JWT', 'alg': 'ES256'})}.{_json(claims)}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return f"vapid t={signed}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}, k={public_of(key)}"


def claims_of(header: str) -> dict[str, object]:
    """What an Authorization header says, its signature checked, as a push server does it. Raises BadKey."""
    fields = dict(part.strip().split("=", 1) for part in header.removeprefix("vapid ").split(","))
    signed, _, signature = fields["t"].rpartition(".")
    raw = unb64(signature)
    pair = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    try:
        _browser(fields["k"]).verify(pair, signed.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as forged:
        raise BadKey("the signature is not that key's") from forged
    claims: dict[str, object] = json.loads(unb64(signed.partition(".")[2]))
    return claims


def decrypt(body: bytes, key: ec.EllipticCurvePrivateKey, auth: str) -> bytes:
    """What a browser reads of a push of ours."""
    salt, size = body[:16], body[20]
    ours = body[21 : 21 + size]
    sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), ours)
    info = b"WebPush: info\0" + _point(key.public_key()) + ours
    mixed = _derive(key.exchange(ec.ECDH(), sender), unb64(auth), info, 32)
    secret = _derive(mixed, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(mixed, salt, b"Content-Encoding: nonce\0", 12)
    return AESGCM(secret).decrypt(nonce, body[21 + size :], None).rstrip(b"\0")[:-1]


def _browser(p256dh: str) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(p256dh))
    except ValueError as broken:
        raise BadKey("the browser's key is no point on P-256, base64url") from broken


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _derive(secret: bytes, salt: bytes, info: bytes, size: int) -> bytes:
    return HKDF(hashes.SHA256(), size, salt, info).derive(secret)


def _json(value: dict[str, object] | dict[str, str]) -> str:
    return b64(json.dumps(value, separators=(",", ":")).encode())


def b64(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The bytes of a base64url text, padded or not. Raises BadKey."""
    try:
        return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except ValueError as broken:
        raise BadKey("not base64url") from broken
