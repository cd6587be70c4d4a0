"""connectors/google_business_profile/oidc.py: whose token a push carries."""

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from connectors.errors import KeyUnknown, SignatureInvalid
from connectors.google_business_profile.oidc import require_push_token
from tests.connectors.google_business_profile.signing import KID, NOW, b64, context, token

CTX = context()
SECONDS = NOW // 1_000_000


def test_googles_token_for_this_channel_passes() -> None:
    """The token of the push subscription is taken, with the issuer written either way."""
    require_push_token(token(CTX), CTX)
    require_push_token(token(CTX, iss="accounts.google.com"), CTX)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://accounts.example"},
        {"iss": None},
        {"aud": "https://inbox.example/hooks/google_business_profile/2"},
        {"aud": None},
        {"email": "somebody@example.com"},
        {"email": None},
        {"email_verified": False},
        {"email_verified": None},
        {"exp": SECONDS},
        {"exp": None},
        {"iat": SECONDS + 301},
        {"exp": "soon"},
    ],
)
def test_any_other_claim_fails(claims: dict[str, Any]) -> None:
    """A token of Google's for somebody else, or at another time, is none for us."""
    with pytest.raises(SignatureInvalid):
        require_push_token(token(CTX, **claims), CTX)


def test_the_audience_can_be_set() -> None:
    """Where the subscription names an audience of its own, that one counts and the address does not."""
    ctx = replace(CTX, settings={**CTX.settings, "push_audience": "reviews"})
    require_push_token(token(ctx, aud="reviews"), ctx)
    with pytest.raises(SignatureInvalid):
        require_push_token(token(ctx), ctx)


def test_another_key_fails() -> None:
    """A token signed with a key that is not Google's fails, whatever it states."""
    with pytest.raises(SignatureInvalid):
        require_push_token(token(CTX, key=generate_private_key(65_537, 2048)), CTX)


@pytest.mark.parametrize("alg", ["none", "HS256", "RS512"])
def test_only_one_algorithm_counts(alg: str) -> None:
    """The token does not choose how it is checked."""
    with pytest.raises(SignatureInvalid):
        require_push_token(token(CTX, alg=alg), CTX)


def test_an_unknown_key_is_asked_for() -> None:
    """Google changes its keys every few days: the one that is named gets loaded."""
    with pytest.raises(KeyUnknown) as unknown:
        require_push_token(token(CTX), replace(CTX, keys={}))
    assert unknown.value.kid == KID


@pytest.mark.parametrize("key", [b"", b"[]", b'{"kty": "EC"}', b'{"n": "AQ", "e": "AQ"}', b'{"n": "!", "e": "AQAB"}'])
def test_a_key_that_is_none_lets_nothing_through(key: bytes) -> None:
    """A broken key refuses, and breaks nothing."""
    with pytest.raises(SignatureInvalid):
        require_push_token(token(CTX), replace(CTX, keys={KID: key}))


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c.d", "!.!.!", f"{b64(b'[]')}.e30.e30", "x" * 9000 + ".y.z"])
def test_what_is_no_token_fails(text: str) -> None:
    """Anything else in the header is refused."""
    with pytest.raises(SignatureInvalid):
        require_push_token(text, CTX)
