"""The ways in which a customer's system may prove itself."""

import base64
import hashlib
import hmac
from dataclasses import replace

import pytest

from connectors.contract import Context
from connectors.custom.signature import secrets_of, verify
from connectors.errors import SignatureInvalid
from connectors.exchange import Request
from tests.connectors.kit.subject import subject

BODY = b'{"type": "ping"}'
SECRET = b"s3cret of a foreign sender"
SECONDS = 1_795_336_000


def context(**settings: str) -> Context:
    """The channel with a foreign sender's settings."""
    return replace(subject("custom").context(), settings=settings, secrets=(b"new one", SECRET))


def signed(header: str, value: str, body: bytes = BODY) -> Request:
    """A delivery with that header."""
    return Request(method="POST", path="", headers={header: value}, body=body)


def digest(content: bytes = BODY, algorithm: str = "sha256") -> bytes:
    """An HMAC by the sender's secret."""
    return hmac.new(SECRET, content, algorithm).digest()


GOOD = {
    "github": ("x-hub-signature-256", f"sha256={digest().hex()}"),
    "stripe": ("stripe-signature", f"t={SECONDS},v1={digest(f'{SECONDS}.'.encode() + BODY).hex()}"),
    "base64": ("x-shopify-hmac-sha256", base64.b64encode(digest()).decode()),
    "basic": ("authorization", "Basic " + base64.b64encode(SECRET).decode()),
    "bearer": ("authorization", f"Bearer {SECRET.decode()}"),
}


@pytest.mark.parametrize("preset", GOOD)
def test_preset_takes_its_own_signature(preset: str) -> None:
    """Each preset takes what such a sender sends, also by the older of two secrets."""
    verify(signed(*GOOD[preset]), context(signature=preset))


@pytest.mark.parametrize("preset", [*GOOD, "standard"])
@pytest.mark.parametrize("given", GOOD)
def test_preset_takes_no_other_signature(preset: str, given: str) -> None:
    """A signature of another kind, though well made, opens nothing."""
    if preset == given:
        return
    with pytest.raises(SignatureInvalid):
        verify(signed(*GOOD[given]), context(signature=preset))


@pytest.mark.parametrize("preset", ["github", "stripe", "base64"])
def test_preset_signs_the_body(preset: str) -> None:
    """Another body under the same signature is refused."""
    with pytest.raises(SignatureInvalid):
        verify(signed(*GOOD[preset], body=BODY + b" "), context(signature=preset))


def test_single_parts_can_be_changed() -> None:
    """Header, hash, encoding, prefix and content as the sender has them."""
    ctx = context(
        signature="github",
        signature_header="X-Acme-Sig",
        signature_algorithm="sha512",
        signature_encoding="base64",
        signature_prefix="v=",
        signature_signed="url+body",
    )
    value = hmac.new(SECRET, ctx.webhook_url.encode() + BODY, hashlib.sha512).digest()

    verify(signed("x-acme-sig", "v=" + base64.b64encode(value).decode()), ctx)


@pytest.mark.parametrize("settings", [{"signature": "none"}, {"signature": "github", "signature_algorithm": "md5"}])
def test_unusable_settings_open_nothing(settings: dict[str, str]) -> None:
    """A scheme nobody knows refuses every delivery, and the error names it."""
    with pytest.raises(SignatureInvalid, match=r"none|md5|sha1"):
        verify(signed(*GOOD["github"]), context(**settings))


def test_a_channel_without_secret_takes_nothing() -> None:
    """No secret is never the empty secret."""
    ctx = replace(context(), secrets=(), credentials={})

    with pytest.raises(SignatureInvalid, match="no webhook secret"):
        secrets_of(ctx)
    with pytest.raises(SignatureInvalid):
        verify(signed(*GOOD["bearer"]), replace(ctx, settings={"signature": "bearer"}))


def test_live_secrets_go_before_the_stored_one() -> None:
    """The list of live secrets rules; the stored credential stands in where there is no list."""
    ctx = context()

    assert list(secrets_of(ctx)) == [b"new one", SECRET]
    assert list(secrets_of(replace(ctx, secrets=(), credentials={"webhook_secret": "x"}))) == [b"x"]
