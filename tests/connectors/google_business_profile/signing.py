"""How Google signs a push of Pub/Sub, and a channel that is one location."""

import base64
import hashlib

import msgspec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from connectors.contract import Context
from connectors.google_business_profile.oauth import EXPIRES_AT
from connectors.google_business_profile.simulator import ACCESS_TOKEN, ACCOUNT, LOCATIONS, REFRESH_TOKEN

NOW = 1_795_336_000_000_000
"""2026-11-22T08:26:40Z, in µs."""
LOCATION = next(iter(LOCATIONS))
SERVICE_ACCOUNT = "pubsub-push@shop-project.iam.gserviceaccount.com"
KEY = generate_private_key(public_exponent=65_537, key_size=2048)
KID = "7d680d8c70d44e947133cbd499ebc1a61c3d5abc"


def b64(data: bytes) -> str:
    """Base64url without padding, as tokens are written."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jwk(key: RSAPrivateKey = KEY) -> bytes:
    """The public half as Google publishes it, and as `Context.keys` holds it."""
    numbers = key.public_key().public_numbers()
    n, e = (number.to_bytes((number.bit_length() + 7) // 8, "big") for number in (numbers.n, numbers.e))
    shown = {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": KID, "n": b64(n), "e": b64(e)}
    return msgspec.json.encode(shown)


def context() -> Context:
    """A location whose access token is good for another half an hour."""
    return Context(
        now=NOW,
        nonce=lambda: "0123456789abcdefghijklmnop",
        channel_id="1",
        base_url="https://mybusiness.googleapis.com",
        public_url="https://inbox.example",
        webhook_url="https://inbox.example/hooks/google_business_profile/1",
        settings={
            "account_id": ACCOUNT,
            "location_id": LOCATION,
            "location_title": "Alkyon Home, Athens",
            "client_id": "1234-kit.apps.googleusercontent.com",
            "push_service_account": SERVICE_ACCOUNT,
        },
        credentials={
            "client_secret": "GOCSPX-kit-made-up-client-secret",
            "refresh_token": REFRESH_TOKEN,
            "access_token": ACCESS_TOKEN,
            EXPIRES_AT: str(NOW + 1_800_000_000),
        },
        keys={KID: jwk()},
        asset_id=f"accounts/{ACCOUNT}/locations/{LOCATION}",
    )


def token(ctx: Context, key: RSAPrivateKey = KEY, alg: str = "RS256", **changed: object) -> str:
    """A push token as Google makes it, with other claims where they are named (None: without it)."""
    seconds = ctx.now // 1_000_000
    claims = {
        "aud": ctx.webhook_url,
        "azp": "113774264463038321964",
        "email": SERVICE_ACCOUNT,
        "email_verified": True,
        "exp": seconds + 3600,
        "iat": seconds,
        "iss": "https://accounts.google.com",
        "sub": hashlib.sha256(SERVICE_ACCOUNT.encode()).hexdigest()[:21],
    } | changed
    head = msgspec.json.encode({"alg": alg, "kid": KID, "typ": "JWT"})
    stated = msgspec.json.encode({name: value for name, value in claims.items() if value is not None})
    signed = f"{b64(head)}.{b64(stated)}"
    return f"{signed}.{b64(key.sign(signed.encode(), PKCS1v15(), SHA256()))}"


def sign(headers: dict[str, str], body: bytes, ctx: Context) -> dict[str, str]:
    """The headers with a token for this channel. The body is not signed."""
    return {**headers, "authorization": f"Bearer {token(ctx)}"}
