"""Which thread a mail belongs to, and the proof that it may.

Our own Message-IDs are `<conv.key.mac@domain>`: `conv` is a short hash of the thread, `key` the part's key, `mac` an
HMAC with the channel's `token_secret`. Who quotes such an id has received our mail. The same three stand in the plus
address `local+t<conv><mac><key>@domain`. An id in this shape whose HMAC is wrong is forged and dropped; a right one
binds the mail to its own thread, whatever else References claims, so that nobody can write into a foreign thread.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from typing import Literal, NamedTuple

from connectors.email.headers import Headers, own_id
from connectors.email.payloads import Mailbox
from connectors.email.quote_words import FORWARD_PREFIXES, REPLY_PREFIXES

MAX_REFERENCES = 20
_CONV_CHARS, _MAC_CHARS = 8, 12
_MAX_LOCAL_PART = 64
"""Octets, RFC 5321 section 4.5.3.1.1."""
_TOKEN = re.compile(rf"^([a-z2-7]{{{_CONV_CHARS}}})\.([a-z0-9]{{1,40}})\.([a-z2-7]{{{_MAC_CHARS}}})$")
_PLUS = re.compile(rf"^t([a-z2-7]{{{_CONV_CHARS}}})([a-z2-7]{{{_MAC_CHARS}}})([a-z0-9]{{1,40}})$")
_PREFIX = re.compile(
    rf"^\s*(?:(?P<re>{'|'.join(map(re.escape, REPLY_PREFIXES))})|(?P<fw>{'|'.join(map(re.escape, FORWARD_PREFIXES))}))"
    r"\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s*[:：]\s*",
    re.IGNORECASE,
)  # fmt: skip
_OUTSIDE_TAG = re.compile(r"^\s*\[(?:ext|external|extern|externe?r?|spam\??)\]:?\s*", re.IGNORECASE)


class Token(NamedTuple):
    """One of our own Message-IDs, its HMAC verified."""

    conv: str
    key: str
    message_id: str


class Placement(NamedTuple):
    """Where a mail belongs.

    Intake takes the thread with this `thread_id`, else the thread of the message `in_reply_to`, else that of any of
    `references` (oldest first), else a new one.
    """

    thread_id: str
    in_reply_to: str
    references: tuple[str, ...]
    proof: Literal["token", "reference", ""]


def conv_of(thread_id: str) -> str:
    """The short hash by which a token names its thread."""
    return _base32(hashlib.sha256(thread_id.encode("utf-8", "replace")).digest(), _CONV_CHARS)


def conv_of_new(key: str) -> str:
    """The same for a mail that is itself the root of its thread."""
    return conv_of(f"new:{key}")


def new_message_id(box: Mailbox, conv: str, key: str) -> str:
    """The Message-ID (no brackets) of the part `key`: the same at every attempt, so that receivers drop doubles."""
    return f"{conv}.{key}.{_mac(box, box.token_secrets[0] if box.token_secrets else b'', conv, key)}@{box.domain}"


def plus_address(box: Mailbox, message_id: str) -> str:
    """Our address with the token of that id; empty when it would be longer than a local part may be."""
    match = _TOKEN.match(message_id.rpartition("@")[0])
    local, _, domain = box.address.rpartition("@")
    tagged = f"{local}+t{match[1]}{match[3]}{match[2]}" if match else ""
    return f"{tagged}@{domain}" if tagged and len(tagged) <= _MAX_LOCAL_PART else ""


def read_token(box: Mailbox, message_id: str) -> Token | None:
    """The token in a Message-ID, if it is one of ours and not forged."""
    local, _, domain = message_id.lower().rpartition("@")
    match = _TOKEN.match(local)
    return _verified(box, match[1], match[2], match[3]) if match and domain == box.domain else None


def is_forged(box: Mailbox, message_id: str) -> bool:
    """An id made to look like one of ours."""
    local, _, domain = message_id.lower().rpartition("@")
    return domain == box.domain and bool(_TOKEN.match(local)) and read_token(box, message_id) is None


def part_mark(box: Mailbox, key: str) -> str:
    """Value of our own header: survives servers that replace Message-IDs."""
    return f"{key}.{_mac(box, box.token_secrets[0] if box.token_secrets else b'', 'part', key)}"


def read_part_mark(box: Mailbox, value: str) -> str | None:
    """The part key of one of our own mails, None when the header is absent or forged."""
    key, _, mac = value.strip().lower().partition(".")
    token = _verified(box, "part", key, mac) if key and mac else None
    return token.key if token else None


def place(headers: Headers, external_id: str, recipients: tuple[str, ...], box: Mailbox) -> Placement:
    """Find the thread of a mail from its headers and from the addresses it went to."""
    parents = tuple(i for i in headers.ids("in-reply-to") if not is_forged(box, i))
    chain = tuple(i for i in headers.ids("references") if not is_forged(box, i))
    known = tuple(i for i in dict.fromkeys((*chain, *(p for p in parents if p not in chain))) if i != external_id)
    token = next(
        (t for i in (*parents, *reversed(chain), *_plus_ids(recipients, box)) if (t := read_token(box, i))), None
    )
    index = _thread_index(headers.raw("thread-index"))
    if token:
        references = known if token.message_id in known else (*known, token.message_id)
        root = _proven_root(token, (*references, *([index] if index else [])))
        # An unproven root would let References lead elsewhere: then the token alone says where the mail belongs.
        by_token = not root or not parents or token.message_id in parents
        parent = token.message_id if by_token else _parent(parents, chain)
        return Placement(root or token.message_id, parent, capped(references), "token")
    if known:
        return Placement(known[0], _parent(parents, chain) or known[-1], capped(known), "reference")
    return Placement(index or external_id, "", (), "")


def capped(ids: tuple[str, ...]) -> tuple[str, ...]:
    """At most `MAX_REFERENCES` ids: the first, which is the root, and the newest (RFC 5322 section 3.6.4 sets no
    limit, but lines and servers do).
    """
    return ids if len(ids) <= MAX_REFERENCES else (ids[0], *ids[-(MAX_REFERENCES - 1) :])


def base_subject(subject: str) -> str:
    """The subject without reply and forward prefixes in any language, and without tags of mail gateways."""
    while match := _PREFIX.match(subject) or _OUTSIDE_TAG.match(subject):
        subject = subject[match.end() :]
    return " ".join(subject.split())


def is_forward(subject: str) -> bool:
    """Whether the outermost prefix says that the mail was forwarded."""
    match = _PREFIX.match(_OUTSIDE_TAG.sub("", subject))
    return bool(match and match["fw"])


def message_id_of(headers: Headers) -> str:
    """The mail's own id, normalised; empty when it has none."""
    return own_id(headers.raw("message-id"))


def _parent(parents: tuple[str, ...], chain: tuple[str, ...]) -> str:
    """The id of In-Reply-To; of several, which most often are a phrase torn apart, one that References holds too."""
    return next((p for p in parents if p in chain), parents[0] if parents else "")


def _proven_root(token: Token, candidates: tuple[str, ...]) -> str:
    if token.conv == conv_of_new(token.key):
        return token.message_id
    return next((i for i in candidates if conv_of(i) == token.conv), "")


def _plus_ids(recipients: tuple[str, ...], box: Mailbox) -> list[str]:
    """The Message-IDs that our plus addresses among the recipients stand for."""
    local, _, domain = box.address.rpartition("@")
    found: list[str] = []
    for address in recipients:
        start, _, tag = address.lower().rpartition("@")[0].partition("+")
        match = _PLUS.match(tag)
        if match and start == local and address.lower().endswith(f"@{domain}"):
            found.append(f"{match[1]}.{match[3]}.{match[2]}@{domain}")
    return found


def _thread_index(value: str) -> str:
    """Outlook's own thread id: the first 22 bytes are the same in every mail of a conversation (MS-OXOMSG 2.2.1.3,
    read 2026-11-21).
    """
    try:
        data = base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return f"thread-index:{data[:22].hex()}" if len(data) >= 22 else ""


def _verified(box: Mailbox, conv: str, key: str, mac: str) -> Token | None:
    """Compared with every live secret, in constant time."""
    right = False
    for secret in box.token_secrets:
        right |= hmac.compare_digest(_mac(box, secret, conv, key).encode(), mac.encode("utf-8", "replace"))
    return Token(conv, key, f"{conv}.{key}.{mac}@{box.domain}") if right else None


def _mac(box: Mailbox, secret: bytes, conv: str, key: str) -> str:
    return _base32(hmac.digest(secret, f"{conv}.{key}@{box.address}".encode(), "sha256"), _MAC_CHARS)


def _base32(data: bytes, chars: int) -> str:
    return base64.b32encode(data).decode("ascii").lower()[:chars]
