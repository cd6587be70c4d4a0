"""Proof of identity: by hash or by token, signed with the channel's secret and nothing else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from inbox.clock import SECOND
from inbox.webchat.identity import ProofRefused, Proven, hash_of, prove

SECRET = "the shop's identity secret"
NOW_SECONDS = 1_795_336_000
NOW = NOW_SECONDS * SECOND


def _jwt(claims: dict[str, Any], *, secret: str = SECRET, header: dict[str, Any] | None = None) -> str:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    signed = f"{part(header or {'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}"
    mac = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def test_the_hash_is_what_other_widgets_take() -> None:
    """Hex of HMAC-SHA256 over the id, in upper or lower case."""
    expected = hmac.new(SECRET.encode(), b"customer-42", hashlib.sha256).hexdigest()

    assert hash_of(SECRET, "customer-42") == expected
    assert prove(SECRET, external_id="customer-42", hashed=expected.upper(), now=NOW) == Proven("customer-42")


@pytest.mark.parametrize("hashed", ["", "0" * 64, hash_of("another", "42"), hash_of(SECRET, "43"), "é"])
def test_any_other_hash_is_refused(hashed: str) -> None:
    """A hash by another secret, of another id, or none at all proves nothing."""
    with pytest.raises(ProofRefused):
        prove(SECRET, external_id="42", hashed=hashed, now=NOW)


def test_a_token_proves_id_and_address() -> None:
    """`sub` is the customer, `email` an address the website has checked."""
    jwt = _jwt({"sub": "42", "exp": NOW_SECONDS + 300, "email": "eleni@shop.example", "name": "Eleni"})

    assert prove(SECRET, jwt=jwt, now=NOW) == Proven("42", "eleni@shop.example", "Eleni")


@pytest.mark.parametrize(
    ("jwt", "said"),
    [
        (_jwt({"sub": "42", "exp": NOW_SECONDS - 60}), "is over"),
        (_jwt({"sub": "42", "exp": NOW_SECONDS + 3_600}), "lasts too long"),
        (_jwt({"sub": "42", "exp": NOW_SECONDS + 300}, secret="another"), "not made with"),
        (_jwt({"sub": "42", "exp": NOW_SECONDS + 300}, header={"alg": "none"}), "HS256"),
        (_jwt({"exp": NOW_SECONDS + 300}), "no JWT with sub"),
        (_jwt({"sub": "", "exp": NOW_SECONDS + 300}), "1 to 190"),
        (_jwt({"sub": "a\nb", "exp": NOW_SECONDS + 300}), "printable"),
        ("rubbish", "no JWT"),
        ("é.é.é", "no JWT"),
    ],
)
def test_any_other_token_is_refused(jwt: str, said: str) -> None:
    """Over, too long, forged, unsigned or incomplete: refused with the reason."""
    with pytest.raises(ProofRefused, match=said):
        prove(SECRET, jwt=jwt, now=NOW)


def test_a_token_for_another_is_refused() -> None:
    """The id beside a token must be the token's own."""
    with pytest.raises(ProofRefused, match="another customer"):
        prove(SECRET, external_id="43", jwt=_jwt({"sub": "42", "exp": NOW_SECONDS + 300}), now=NOW)


def test_without_a_secret_nothing_is_proven() -> None:
    """An empty secret would make every hash guessable."""
    with pytest.raises(ProofRefused, match="no identity secret"):
        prove("", external_id="42", hashed=hash_of("", "42"), now=NOW)
