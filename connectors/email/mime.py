"""A mail as a tree of parts, from any bytes.

Own reader in place of `email.parser`: that one walks line by line through as many nested generators as the mail has
levels, so that a small mail can cost minutes or a RecursionError, and turns bytes into surrogates on the way. This one
slices, stops at `MAX_DEPTH` levels and `MAX_PARTS` parts (what lies deeper stays an undivided part), and never raises.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors.email.charsets import decode
from connectors.email.headers import Headers, split_headers, unbase64

MAX_DEPTH = 20
MAX_PARTS = 200
_GUESSED_BOUNDARY = re.compile(rb"(?:^|\n)--([^\s-][^\r\n]{0,70}?)[ \t]*\r?\nContent-", re.IGNORECASE)
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\r\n]+\r?\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class MimePart:
    """One part: its headers, its still encoded body, and its children when it is a multipart."""

    headers: Headers
    body: bytes
    kind: str
    """`type/subtype` in lower case; `text/plain` where none, or nonsense, is given."""
    params: dict[str, str]
    disposition: str
    filename: str
    children: tuple[MimePart, ...] = ()

    @property
    def main(self) -> str:
        """`text` of `text/plain`."""
        return self.kind.partition("/")[0]

    @property
    def content_id(self) -> str:
        """The id that `cid:` links name, without brackets; empty when there is none."""
        return self.headers.raw("content-id").strip("<> \t")

    def data(self) -> bytes:
        """The body with its transfer encoding undone. An encoding that does not exist (`7-bit`) is none."""
        encoding = self.headers.raw("content-transfer-encoding").strip(" \"';").lower()
        if encoding.startswith("base64"):
            return unbase64(self.body)
        if encoding.startswith("quoted"):
            return quopri.decodestring(self.body)
        if "uue" in encoding or encoding.startswith("x-uu"):
            return uudecode(self.body)
        return self.body

    def text(self) -> str:
        """The body as text with `\\n` line ends."""
        return decode(self.data(), self.params.get("charset")).replace("\r\n", "\n").replace("\r", "\n")

    def walk(self) -> Iterator[MimePart]:
        """This part and all below it, in order. Attached mails are not entered."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(slots=True)
class _Budget:
    """Parts that may still be made."""

    left: int = field(default=MAX_PARTS)


def parse(data: bytes) -> MimePart:
    """The tree of a whole mail."""
    return _part(data, _Budget(), depth=0, implied="text/plain")


def _part(data: bytes, budget: _Budget, *, depth: int, implied: str) -> MimePart:
    budget.left -= 1
    headers, offset = split_headers(data)
    kind, params = headers.parameters("content-type")
    if not re.fullmatch(r"[a-z0-9.+_-]{1,60}/[a-z0-9.+_-]{1,100}", kind):
        kind = implied
    disposition, named = headers.parameters("content-disposition")
    body = data[offset:]
    children: tuple[MimePart, ...] = ()
    if kind.startswith("multipart/") and depth < MAX_DEPTH:
        below = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        pieces = _pieces(body, params.get("boundary", ""))
        children = tuple(_part(piece, budget, depth=depth + 1, implied=below) for piece in pieces if budget.left > 0)
        if not children:
            kind = "text/plain"  # a multipart that is none
    return MimePart(
        headers=headers,
        body=body,
        kind=kind,
        params=params,
        disposition=disposition,
        filename=named.get("filename") or params.get("name", ""),
        children=children,
    )


def _pieces(body: bytes, boundary: str) -> list[bytes]:
    """What stands between the delimiter lines; to the end where the last delimiter is missing."""
    mark = boundary.encode("utf-8", "replace")
    if not mark or b"--" + mark not in body:
        guess = _GUESSED_BOUNDARY.search(body)
        if not guess:
            return []
        mark = guess[1]
    delimiter = re.compile(rb"(?:^|\r?\n)--" + re.escape(mark) + rb"(--)?[ \t]*(?:\r?\n|$)")
    pieces: list[bytes] = []
    start, at = -1, 0
    while match := delimiter.search(body, at):
        if start >= 0:
            pieces.append(body[start : match.start()])
        if match[1] or len(pieces) >= MAX_PARTS:
            return pieces
        start = match.end()
        # The line end that closes this delimiter also opens the next one when the part is empty.
        at = max(start - 1, match.start() + 1)
    return [*pieces, body[start:]] if start >= 0 else pieces


def uudecode(data: bytes) -> bytes:
    """The bytes of the first uuencoded block; lines that are broken are skipped."""
    begin = _UU_BEGIN.search(data)
    out = bytearray()
    for line in data[begin.end() if begin else 0 :].splitlines():
        if line.strip() == b"end":
            break
        try:
            out += binascii.a2b_uu(line)
        except binascii.Error:
            # Some encoders drop trailing blanks or add a checksum character (the cure of the stdlib's `uu` module).
            size = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
            try:
                out += binascii.a2b_uu(line[:size])
            except binascii.Error:
                continue
    return bytes(out)
