"""connectors/_meta/signatures.py: deliveries, handshakes and signed requests are Meta's own, or refused."""

import base64
import hashlib
import hmac

import pytest

from connectors._meta.signatures import HEADER, answer, sign, signed_request, verify
from connectors._meta.simulator import APP_SECRET, VERIFY_TOKEN
from connectors.errors import PayloadInvalid, SignatureInvalid
from connectors.exchange import Request
from tests.connectors._meta.world import context, posted

BODY = rb'{"object":"page","entry":[],"text":"\u0393\/"}'


def shaken(query: str, **changes: object) -> bytes:
    """The answer to a handshake."""
    request = Request(method="GET", path="/hooks/meta", query=query, headers={}, body=b"")
    found = answer(request, context(**changes))
    assert found is not None
    assert found.status == 200
    assert found.headers["content-type"].startswith("text/plain")
    return found.body


def test_signature_is_of_the_raw_bytes() -> None:
    """The header is `sha256=` and the HMAC of the body as it came, 71 characters in all."""
    wanted = hmac.new(APP_SECRET.encode(), BODY, hashlib.sha256).hexdigest()
    assert sign(BODY, APP_SECRET) == f"sha256={wanted}"
    assert len(sign(BODY, APP_SECRET)) == 71
    verify(posted(BODY, **{HEADER: f"sha256={wanted}"}), context())


@pytest.mark.parametrize(
    "changes",
    [
        {"secrets": (b"another", APP_SECRET.encode())},
        {"secrets": ()},
        {"secrets": (), "credentials": {"app_secret": "new", "app_secret_previous": APP_SECRET}},
    ],
)
def test_any_live_secret_will_do(changes: dict[str, object]) -> None:
    """The app's live secrets, its own field, and the one replaced lately each verify."""
    verify(posted(BODY, **{HEADER: sign(BODY, APP_SECRET)}), context(**changes))


@pytest.mark.parametrize(
    "header", ["", "sha256=", f"sha1={'0' * 40}", sign(BODY, "another"), sign(BODY + b" ", APP_SECRET)]
)
def test_other_signatures_fail(header: str) -> None:
    """No header, another hash, another secret or another body is refused."""
    with pytest.raises(SignatureInvalid):
        verify(posted(BODY, **{HEADER: header} if header else {}), context())


def test_no_secret_verifies_nothing() -> None:
    """Without any secret even an empty key's signature is refused."""
    with pytest.raises(SignatureInvalid):
        verify(posted(BODY, **{HEADER: sign(BODY, "")}), context(secrets=(), credentials={}))


def test_handshake_repeats_the_challenge() -> None:
    """Whoever knows the verify token gets the challenge back as it is."""
    query = f"hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={VERIFY_TOKEN}"
    assert shaken(query) == b"1158201444"


@pytest.mark.parametrize(
    "query",
    [
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong",
        "hub.mode=subscribe&hub.challenge=1",
        f"hub.mode=unsubscribe&hub.challenge=1&hub.verify_token={VERIFY_TOKEN}",
        "",
    ],
)
def test_other_handshakes_fail(query: str) -> None:
    """A wrong token, none, or another mode is refused."""
    with pytest.raises(SignatureInvalid):
        shaken(query)


def test_no_verify_token_opens_to_nobody() -> None:
    """Where no token is entered, an empty one is refused."""
    with pytest.raises(SignatureInvalid):
        shaken("hub.mode=subscribe&hub.challenge=1&hub.verify_token=", credentials={})


def test_a_delivery_is_no_handshake() -> None:
    """A POST is left to be taken in."""
    assert answer(posted(BODY), context()) is None


def test_a_deletion_can_be_asked_after() -> None:
    """The address that a deletion was answered with says that it is done, and repeats nothing of the address."""
    assert b"erased" in shaken("code=%3Cscript%3E")
    assert b"script" not in shaken("code=%3Cscript%3E")


def encoded(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def test_signed_request_is_read() -> None:
    """The payload is signed as it is written, and read when the signature is the app's."""
    payload = encoded(b'{"user_id":"77","algorithm":"HMAC-SHA256"}')
    signature = encoded(hmac.digest(b"s3cret", payload.encode(), "sha256"))
    assert signed_request(f"{signature}.{payload}", [b"old", b"s3cret"])["user_id"] == "77"
    with pytest.raises(SignatureInvalid):
        signed_request(f"{signature}.{payload}", [b"old"])


@pytest.mark.parametrize("text", ["", ".", "x", "!!.e30", "e30.e30", "é.é"])
def test_other_signed_requests_fail(text: str) -> None:
    """Whatever is not signed is refused, whatever it is."""
    with pytest.raises(SignatureInvalid):
        signed_request(text, [b"s3cret"])


@pytest.mark.parametrize("payload", [encoded(b"[]"), "!!"])
def test_signed_nonsense_is_a_broken_payload(payload: str) -> None:
    """What is well signed and no JSON object is PayloadInvalid."""
    signature = encoded(hmac.digest(b"s3cret", payload.encode(), "sha256"))
    with pytest.raises(PayloadInvalid):
        signed_request(f"{signature}.{payload}", [b"s3cret"])
