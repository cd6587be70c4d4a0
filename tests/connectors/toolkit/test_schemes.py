"""Signing schemes that networks share, checked against other people's code and documented examples."""

import base64
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook

from connectors.errors import SignatureInvalid
from connectors.exchange import Request
from connectors.toolkit import schemes

NOW = 1_795_336_000_000_000
SECRET = b"whsec_" + base64.b64encode(bytes(range(32)))
OTHER = b"whsec_" + base64.b64encode(bytes(range(32, 64)))
BODY = '{"text": "Γεια"}'.encode()
URL = "https://inbox.example/hooks/custom/1"


def request(body: bytes = BODY, **headers: str) -> Request:
    """A request with header names written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(method="POST", path="", headers=named, body=body)


def test_standard_signature_equals_the_reference_library() -> None:
    """Ours is byte for byte that of the standardwebhooks package."""
    ours = schemes.standard_headers("msg_1", BODY, [SECRET], NOW)["webhook-signature"]

    theirs = Webhook(SECRET.decode()).sign("msg_1", datetime.fromtimestamp(NOW / 1_000_000, UTC), BODY.decode())
    assert ours == theirs


def test_both_secrets_sign_and_either_verifies() -> None:
    """During rotation our deliveries carry two signatures, and a receiver with either secret takes them."""
    headers = schemes.standard_headers("msg_1", BODY, [OTHER, SECRET], NOW)

    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (SECRET, OTHER):
        schemes.verify_standard(headers, BODY, [secret], NOW)


def test_foreign_signature_kinds_are_passed_over() -> None:
    """An asymmetric signature beside ours does no harm, and alone does not do."""
    headers = schemes.standard_headers("msg_1", BODY, [SECRET], NOW)
    mixed = {**headers, "webhook-signature": f"v1a,{'A' * 88} {headers['webhook-signature']}"}

    schemes.verify_standard(mixed, BODY, [SECRET], NOW)
    with pytest.raises(SignatureInvalid):
        schemes.verify_standard({**headers, "webhook-signature": f"v1a,{'A' * 88}"}, BODY, [SECRET], NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-timestamp": "1795336001"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": "١٧٩٥٣٣٦٠٠٠"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
    ],
)
def test_changed_standard_headers_fail(change: dict[str, str]) -> None:
    """Id, time and signature are each part of what is signed."""
    headers = schemes.standard_headers("msg_1", BODY, [SECRET], NOW) | change

    with pytest.raises(SignatureInvalid):
        schemes.verify_standard(headers, BODY, [SECRET], NOW)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_old_and_future_standard_times_fail(minutes: int) -> None:
    """More than five minutes off, either way, is refused though the signature is right."""
    headers = schemes.standard_headers("msg_1", BODY, [SECRET], NOW + minutes * 60_000_000)

    with pytest.raises(SignatureInvalid, match="more than 300 s"):
        schemes.verify_standard(headers, BODY, [SECRET], NOW)


def test_secret_of_no_known_form_is_refused_or_taken_as_it_is() -> None:
    """A plain secret is its own key; one that says whsec_ and is not base64 is an error of setup."""
    assert schemes.standard_key(b"plain") == b"plain"
    with pytest.raises(SignatureInvalid, match="whsec_"):
        schemes.standard_key(b"whsec_%%%")


def test_github_example() -> None:
    """GitHub's own example: https://docs.github.com/en/webhooks (validating deliveries, read 2026-11-22)."""
    scheme = schemes.HmacScheme("x-hub-signature-256", prefix="sha256=")
    given = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    delivery = request(b"Hello, World!", x_hub_signature_256=given)

    schemes.verify_hmac(scheme, delivery, [b"It's a Secret to Everybody"], url=URL, now=NOW)
    with pytest.raises(SignatureInvalid):
        schemes.verify_hmac(scheme, delivery, [b"It's a secret to everybody"], url=URL, now=NOW)


def test_timed_header() -> None:
    """`t=…,v1=…` signs the time; several v1 are tried; a missing or doubled time is refused."""
    scheme = schemes.HmacScheme("stripe-signature", signed="time.body")
    digest = scheme.digest(b"k", b"1795336000." + BODY)
    verify = schemes.verify_hmac

    verify(scheme, request(stripe_signature=f"t=1795336000,v1={digest}"), [b"k"], url=URL, now=NOW)
    verify(scheme, request(stripe_signature=f"t=1795336000,v1=00,v0=x,v1={digest}"), [b"j", b"k"], url=URL, now=NOW)
    for bad in ("", f"v1={digest}", f"t=1795336000,t=1795336000,v1={digest}", f"t=1795336001,v1={digest}", "t=x,v1=y"):
        with pytest.raises(SignatureInvalid):
            verify(scheme, request(stripe_signature=bad), [b"k"], url=URL, now=NOW)
    with pytest.raises(SignatureInvalid, match="more than 300 s"):
        verify(scheme, request(stripe_signature=f"t=1795336000,v1={digest}"), [b"k"], url=URL, now=NOW + 10**9)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha512"])
@pytest.mark.parametrize("encoding", ["hex", "base64"])
@pytest.mark.parametrize("signed", ["body", "url+body"])
def test_every_combination_verifies_and_binds_its_content(
    algorithm: schemes.Algorithm, encoding: schemes.Encoding, signed: schemes.Signed
) -> None:
    """Hash, encoding and content of the declaration are those that count."""
    scheme = schemes.HmacScheme("x-sig", algorithm, encoding, "p=", signed)
    content = URL.encode() + BODY if signed == "url+body" else BODY
    good = request(x_sig="p=" + scheme.digest(b"k", content))

    schemes.verify_hmac(scheme, good, [b"k"], url=URL, now=NOW)
    with pytest.raises(SignatureInvalid):
        schemes.verify_hmac(scheme, request(BODY + b" ", **dict(good.headers)), [b"k"], url=URL, now=NOW)
    if signed == "url+body":
        with pytest.raises(SignatureInvalid):
            schemes.verify_hmac(scheme, good, [b"k"], url=URL + "2", now=NOW)


def test_basic_and_bearer() -> None:
    """The whole header counts; an empty secret never matches."""
    basic = request(authorization="Basic " + base64.b64encode(b"shop:pass word").decode())
    bearer = request(authorization="Bearer t0ken")

    schemes.verify_basic(basic, [b"other:x", b"shop:pass word"])
    schemes.verify_bearer(bearer, [b"t0ken"])
    for check, wrong in ((schemes.verify_basic, bearer), (schemes.verify_bearer, basic)):
        with pytest.raises(SignatureInvalid):
            check(wrong, [b"t0ken"])
    with pytest.raises(SignatureInvalid):
        schemes.verify_bearer(request(), [b"t0ken"])
