"""What an admin entered to connect a channel, looked at before anything is kept: what could never work is refused, by
field, with the value (not of a secret) and the remedy. Whether it works is for the network to say.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from connectors.contract import Field

STANDARD_BYTES = (24, 64)
"""Of the key in a secret that begins with `whsec_` (https://github.com/standard-webhooks/standard-webhooks/blob/main/
spec/standard-webhooks.md, read 2026-11-22)."""
SECRET_LETTERS = 16
"""The fewest of a secret that is used as it stands: 16 letters and digits of chance are 95 bits."""
PASSWORD_LETTERS = 8
"""The fewest of the password in `user:password`."""
_SHOWN = 80
_HOST = re.compile(r"[^\s/?#@\\]+")
_EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one field: `message` in English, to be read after its name; `code` and `facts` for those who
    have words of their own.
    """

    code: str
    message: str
    facts: Mapping[str, int] = {}


def complaint(field: Field, value: str, entered: Mapping[str, str]) -> Complaint | None:
    """What speaks against a value that is not empty; None where nothing does. `entered` are all fields of the channel
    that are no secrets.
    """
    if field.choices and value not in field.choices:
        return Complaint(code="choice", message=f"is none of {', '.join(field.choices)}")
    if field.pattern and re.fullmatch(field.pattern, value) is None:
        return Complaint(code="pattern", message=f"{_named(field, value)} is not as asked: {field.help}")
    match field.form:
        case "url":
            return _url(field, value)
        case "email":
            if _EMAIL.fullmatch(value.strip()) is None:
                said = f"{_named(field, value)} is no e-mail address: write one, such as help@shop.example"
                return Complaint(code="email", message=said)
        case "number":
            return _number(field, value)
        case "secret":
            return _secret(value)
        case "signing_secret":
            return _signing_secret(value, entered.get("signature", ""))
    return None


def _named(field: Field, value: str) -> str:
    """The value as a sentence begins with it; of a secret nothing."""
    if field.secret:
        return "(not shown)"
    return repr(value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…")


def _url(field: Field, value: str) -> Complaint | None:
    try:
        parts = urlsplit(value)
        port = parts.port
        usable = parts.scheme in ("http", "https") and _HOST.fullmatch(parts.hostname or "") is not None and port != 0
    except ValueError:  # an IPv6 address or a port that is none
        usable = False
    if usable and value == value.strip() and not re.search(r"\s", value) and not urlsplit(value).username:
        return None
    said = (
        f"{_named(field, value)} is no usable address: write all of it, with https:// (or http://) and a host and"
        " without name or password, such as https://shop.example/inbox"
    )
    return Complaint(code="url", message=said)


def _number(field: Field, value: str) -> Complaint | None:
    given = value.strip()
    if given.isascii() and given.isdigit() and len(given) <= 9 and field.least <= int(given) <= field.most:
        return None
    said = f"{_named(field, value)} is not taken: write a whole number from {field.least} to {field.most}"
    return Complaint(code="number", message=said, facts={"least": field.least, "most": field.most})


def _secret(value: str) -> Complaint | None:
    if len(value) >= SECRET_LETTERS:
        return None
    said = (
        f"has {len(value)} characters, too few for a secret: give at least {SECRET_LETTERS}, or none to have one made"
    )
    return Complaint(code="secret", message=said, facts={"least": SECRET_LETTERS})


def _signing_secret(value: str, signature: str) -> Complaint | None:
    """A secret as the way of signing that the channel uses wants it."""
    if signature == "basic":
        user, colon, password = value.partition(":")
        if user and colon and len(password) >= PASSWORD_LETTERS:
            return None
        said = (
            f"is not what `basic` needs: give user:password, with a password of at least {PASSWORD_LETTERS} characters"
        )
        return Complaint(code="basic", message=said, facts={"least": PASSWORD_LETTERS})
    if not value.startswith("whsec_"):
        return _secret(value)
    try:
        key = base64.b64decode(value.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        key = b""
    least, most = STANDARD_BYTES
    if least <= len(key) <= most:
        return None
    said = (
        f"is no Standard Webhooks secret: behind whsec_ come {least} to {most} bytes in base64; give such a one, or"
        " none to have one made"
    )
    return Complaint(code="whsec", message=said, facts={"least": least, "most": most})
