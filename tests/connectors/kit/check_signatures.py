"""`verify`: what the network signed passes, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import msgspec

from connectors.contract import Context
from connectors.errors import KeyUnknown, SignatureInvalid
from connectors.exchange import Request
from tests.connectors.kit.goldens import deliveries
from tests.connectors.kit.sealed import sealed
from tests.connectors.kit.subject import NotApplicable, Subject

_SAMPLES = 40
"""How many bytes of a body or header are flipped, spread over its length."""
_OTHER_SECRETS = (b"second-secret-of-the-kit-000000000", b"third-secret-of-the-kit-0000000000")
"""For networks whose secrets have no form of their own; else signing.py has OTHER_SECRETS."""
_HOUR = 3_600_000_000
_BODY = b'{"kit": "a body that no network sends"}'


def good_passes(subject: Subject) -> None:
    """Every golden delivery passes when it is signed as the network signs."""
    ctx = _context(subject)
    for delivery in deliveries(subject):
        with subject.about(f"{delivery.name}, well signed"):
            assert _valid(subject, subject.sign(delivery.request(), ctx), ctx), "was refused"


def flipped_fails(subject: Subject) -> None:
    """A single changed bit in a signed body or in a header that signing added fails."""
    ctx = _context(subject)
    for request in _samples(subject, ctx):
        for what, spoiled in _flipped(subject, request, ctx):
            assert not _valid(subject, spoiled, ctx), f"passes with {what} changed"


def missing_fails(subject: Subject) -> None:
    """A request that lacks any header that signing added, or has it empty, fails."""
    ctx = _context(subject)
    for request in _samples(subject, ctx):
        for name in _signed_headers(subject, request, ctx):
            without = {key: value for key, value in request.headers.items() if key != name}
            for headers in (without, {**without, name: ""}):
                spoiled = msgspec.structs.replace(request, headers=headers)
                assert not _valid(subject, spoiled, ctx), f"passes without {name}"


def stale_fails(subject: Subject) -> None:
    """Where the network signs a time, an hour ago and an hour ahead both fail."""
    ctx = _context(subject)
    request = _samples(subject, ctx)[0]
    later = replace(ctx, now=ctx.now + _HOUR)
    if subject.sign(request, ctx).headers == subject.sign(request, later).headers:
        raise NotApplicable("the network signs no time")
    for shift in (-_HOUR, _HOUR):
        old = subject.sign(_unsigned(request), replace(ctx, now=ctx.now + shift))
        assert not _valid(subject, old, ctx), f"passes when signed {shift // 1_000_000} s from now"


def secrets_rotate(subject: Subject) -> None:
    """While a secret is being rotated both pass; a third one never does."""
    ctx = _context(subject)
    if not ctx.secrets:
        raise NotApplicable("the network signs with no secret of the channel's")
    signing = subject.signing()
    new, stranger = getattr(signing, "OTHER_SECRETS", _OTHER_SECRETS)
    old = ctx.secrets[0]
    both = replace(ctx, secrets=(new, old))
    request = _unsigned(_samples(subject, ctx)[0])
    for secret in (old, new):
        signed = subject.sign(request, replace(ctx, secrets=(secret,)))
        assert _valid(subject, signed, both), "one of two live secrets is refused"
    signed = subject.sign(request, replace(ctx, secrets=(stranger,)))
    assert not _valid(subject, signed, both), "a secret that is not live passes"


def _context(subject: Subject) -> Context:
    if subject.connector.verify is None:
        raise NotApplicable("nothing is posted to us")
    if not hasattr(subject.signing(), "sign"):
        raise AssertionError(f"{subject.tests}/signing.py with sign() is missing, yet the connector has verify")
    return subject.context()


def _samples(subject: Subject, ctx: Context) -> list[Request]:
    """The first deliveries, signed."""
    requests = [subject.sign(delivery.request(), ctx) for delivery in deliveries(subject)[:3]]
    if not requests:
        raise AssertionError(f"no golden deliveries in {subject.golden_in}")
    return requests


def _unsigned(request: Request) -> Request:
    return msgspec.structs.replace(request, headers={"content-type": request.headers.get("content-type", "")})


def _signed_headers(subject: Subject, request: Request, ctx: Context) -> list[str]:
    """The headers that signing adds; telling whether it is a signature is the network's business."""
    plain = _unsigned(request)
    return [name for name in subject.sign(plain, ctx).headers if name not in plain.headers]


def _flipped(subject: Subject, request: Request, ctx: Context) -> Iterator[tuple[str, Request]]:
    other = msgspec.structs.replace(_unsigned(request), body=_BODY)
    signs_body = subject.sign(other, ctx).headers != subject.sign(_unsigned(request), ctx).headers
    if signs_body:
        for at in _spread(len(request.body)):
            yield f"byte {at} of the body", msgspec.structs.replace(request, body=_flip(request.body, at))
    for name in _signed_headers(subject, request, ctx):
        value = request.headers[name].encode()
        for at in _spread(len(value)):
            headers = {**request.headers, name: _flip(value, at).decode("latin-1")}
            yield f"byte {at} of {name}", msgspec.structs.replace(request, headers=headers)


def _spread(length: int) -> range:
    return range(0, length, max(1, length // _SAMPLES))


def _flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _valid(subject: Subject, request: Request, ctx: Context) -> bool:
    verify = subject.connector.verify
    if verify is None:
        raise NotApplicable("nothing is posted to us")
    try:
        with sealed():
            verify(request, ctx)
    except (SignatureInvalid, KeyUnknown):
        return False
    return True
