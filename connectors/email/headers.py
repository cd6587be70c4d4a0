"""Header fields as real senders write them: folding, encoded words, parameters, addresses, ids and dates.

RFC 5322, 2047 and 2231, read tolerantly: what cannot be understood is left out, nothing raises.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from email.utils import mktime_tz, parsedate_tz
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from connectors.email.charsets import decode, decode_header

MAX_HEADER_BYTES = 262_144
"""What stands beyond this in a header block is not looked at."""
_MAX_VALUE_CHARS = 65_536
_MAX_ADDRESSES = 200
_FIELD = re.compile(rb"^([!-9;-~]{1,100})[ \t]*:")
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_ANGLED = re.compile(r"<([^<>]{1,998})>")
_CONTINUED = re.compile(r"^([^*]+)\*(?:(\d{1,3})(\*)?)?$")
_EARLIEST, _LATEST = 0, 32_503_680_000
"""Seconds: what a date header may say (1970 to 2999)."""


class Address(NamedTuple):
    """One mailbox of an address header. `address` is lower case and has an `@`; `name` is decoded, free of controls."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


class Headers:
    """The fields of one header block, in the order in which they stand (newest hop first)."""

    __slots__ = ("fields",)

    def __init__(self, fields: list[tuple[str, bytes]]) -> None:
        self.fields = fields

    def raw(self, name: str) -> str:
        """The first field of that name, unfolded, encoded words left alone; empty when absent."""
        return next(self.every(name), "")

    def every(self, name: str) -> Iterator[str]:
        """All fields of that name, top first, as `raw`."""
        return (decode_header(value)[:_MAX_VALUE_CHARS].strip() for key, value in self.fields if key == name)

    def text(self, name: str) -> str:
        """The first field of that name for people: decoded, on one line, without control and direction marks."""
        return plain(self.raw(name))

    def has(self, *names: str) -> bool:
        """Whether any of the fields is there, even empty."""
        return any(key in names for key, _ in self.fields)

    def addresses(self, *names: str) -> tuple[Address, ...]:
        """All mailboxes of all fields of these names."""
        return tuple(a for name in names for value in self.every(name) for a in addresses(value))

    def ids(self, name: str) -> tuple[str, ...]:
        """The message ids of all fields of that name, in order, without doubles."""
        return tuple(dict.fromkeys(i for value in self.every(name) for i in message_ids(value)))

    def parameters(self, name: str) -> tuple[str, dict[str, str]]:
        """A structured field: its value in lower case and its decoded parameters."""
        return parameters(self.raw(name))


def split_headers(data: bytes) -> tuple[Headers, int]:
    """The header block at the start of `data` and the offset at which the body begins.

    A line that is no field ends the block, as if the empty line had been forgotten. A leading mbox `From ` line is
    skipped.
    """
    fields: list[tuple[str, bytes]] = []
    at = 0
    while at < min(len(data), MAX_HEADER_BYTES):
        end, after = _line_end(data, at)
        line = data[at:end]
        if not line:
            return Headers(fields), after
        match = _FIELD.match(line)
        if line[:1] in b" \t" and fields:
            fields[-1] = (fields[-1][0], fields[-1][1] + b" " + line.strip())
        elif match:
            fields.append((match[1].decode("ascii").lower(), line[match.end() :].strip()))
        elif not (line.startswith((b"From ", b">From ")) and not fields) and line.strip():
            return Headers(fields), at
        elif not line.strip():
            return Headers(fields), after
        at = after
    return Headers(fields), at


def _line_end(data: bytes, at: int) -> tuple[int, int]:
    """(end of the line, start of the next) for lines ended by CRLF or LF."""
    newline = data.find(b"\n", at)
    if newline < 0:
        return len(data), len(data)
    return (newline - 1 if newline > at and data[newline - 1] == 13 else newline), newline + 1


def decode_words(value: str) -> str:
    """Decode RFC 2047 encoded words.

    Neighbours of one charset are joined as bytes first: senders cut multibyte characters in two.
    """
    out: list[str] = []
    charset, pending, at = "", b"", 0
    for match in _ENCODED_WORD.finditer(value):
        between = value[at : match.start()]
        label = match[1].split("*", 1)[0].lower()
        if pending and (between.strip() or label != charset):
            out.append(decode(pending, charset))
            pending = b""
        if between.strip() or not at:
            out.append(between)
        charset, pending, at = label, pending + _word_bytes(match[2], match[3]), match.end()
    if pending:
        out.append(decode(pending, charset))
    return "".join([*out, value[at:]])


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(data.replace(b" ", b"_"), header=True)
    return unbase64(data)


def unbase64(data: bytes) -> bytes:
    """Base64 with whatever broke it skipped: foreign bytes, missing or inner padding, a cut end."""
    out = bytearray()
    for piece in re.split(rb"=+", re.sub(rb"[^A-Za-z0-9+/=]+", b"", data)):
        whole = piece[:-1] if len(piece) % 4 == 1 else piece
        out += binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
    return bytes(out)


def plain(value: str) -> str:
    """Decoded, on one line, without control, zero-width and direction characters (they disguise names)."""
    return " ".join(_CONTROL.sub(" ", decode_words(value)).split())


def message_ids(value: str) -> tuple[str, ...]:
    """Every message id in a field, without brackets, in order.

    In-Reply-To and References in the wild hold phrases, commas, several ids, ids without brackets or with folds inside.
    """
    found = ["".join(match.split()) for match in _ANGLED.findall(value)]
    if not found:
        found = [t.strip("<>,;\"'()") for t in re.split(r"[\s,]+", value[:20_000]) if "@" in t]
    return tuple(dict.fromkeys(i for i in found if i and len(i) <= 998))[:500]


def own_id(value: str) -> str:
    """The id of a Message-ID field; a single word without `@` or brackets counts too. Empty when there is none."""
    found = message_ids(value)
    if found:
        return found[0]
    words = value.strip("<> \t").split()
    return words[0] if len(words) == 1 and len(words[0]) <= 998 else ""


def instant(value: str) -> int | None:
    """A date field in µs since the epoch; None when it cannot be read or is absurd."""
    try:
        parsed = parsedate_tz(value)
        seconds = mktime_tz(parsed) if parsed else None
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return seconds * 1_000_000 if seconds is not None and _EARLIEST < seconds < _LATEST else None


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """`text/plain; charset="x"; name*0*=…` → (`text/plain`, parameters), RFC 2231 pieces joined and decoded."""
    pieces = split_outside_quotes(value, ";")
    simple: dict[str, str] = {}
    continued: dict[str, dict[int, tuple[bool, str]]] = {}
    for piece in pieces[1:]:
        name, _, given = piece.partition("=")
        name, text = name.strip().lower(), unquote(given.strip())
        match = _CONTINUED.match(name)
        if match:
            encoded = match[3] is not None or match[2] is None
            continued.setdefault(match[1], {})[int(match[2] or 0)] = (encoded, text)
        elif name:
            simple.setdefault(name, plain(text))
    for name, numbered in continued.items():
        simple[name] = plain(_join_continued(numbered))
    return "".join(pieces[0].split("(", 1)[0].split()).lower(), simple


def _join_continued(numbered: dict[int, tuple[bool, str]]) -> str:
    """RFC 2231 section 4: only the first piece names the charset (`utf-8'en'…`)."""
    charset, data = "", b""
    for index in sorted(numbered):
        encoded, text = numbered[index]
        if encoded and index == min(numbered) and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return decode(data, charset)


def unquote(value: str) -> str:
    """The content of a quoted string, or the value itself."""
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value.strip('"')


def split_outside_quotes(value: str, separators: str) -> list[str]:
    """Split at separators that stand outside quoted strings, comments and angle brackets."""
    pieces: list[str] = []
    start = depth = 0
    quoted = angled = escaped = False
    for i, char in enumerate(value):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = quoted or depth > 0
        elif char == '"' and not depth:
            quoted = not quoted
        elif quoted:
            continue
        elif char in "()":
            depth = max(0, depth + (1 if char == "(" else -1))
        elif char in "<>":
            angled = char == "<"
        elif char in separators and not depth and not angled:
            pieces.append(value[start:i])
            start = i + 1
    return [*pieces, value[start:]]


def addresses(value: str) -> tuple[Address, ...]:
    """The mailboxes of an address field; groups are opened, what has no `@` is left out."""
    if "@" not in value:
        # Some senders put the whole mailbox into one encoded word.
        value = decode_words(value)
    found = (_mailbox(piece) for piece in split_outside_quotes(value, ",;")[:_MAX_ADDRESSES])
    return tuple(dict.fromkeys(a for a in found if a))


def _mailbox(piece: str) -> Address | None:
    if ":" in piece and "<" not in piece.split(":", 1)[0] and '"' not in piece.split(":", 1)[0]:
        piece = piece.split(":", 1)[1]  # the name of a group
    before, bracket, after = piece.rpartition("<")
    if bracket and "@" in after:
        return _address(before, after.partition(">")[0])
    comment = re.search(r"\(([^()]*)\)", piece)
    return _address(comment[1] if comment else "", re.sub(r"\([^()]*\)", "", piece))


def _address(name: str, spec: str) -> Address | None:
    address = "".join(_CONTROL.sub("", spec).split()).strip("<>\"',;").removeprefix("mailto:").rstrip(".").lower()
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain or len(address) > 320:
        return None
    return Address(plain(unquote(name.strip())).strip("\"' ").lstrip("<").strip(), address)
