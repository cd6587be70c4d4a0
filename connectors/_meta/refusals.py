"""What an error of the Graph API means for us, by its codes.

`{"error": {"message", "type", "code", "error_subcode", "is_transient", "error_user_msg", "error_data", "fbtrace_id"}}`.
https://developers.facebook.com/docs/graph-api/guides/error-handling,
https://developers.facebook.com/docs/messenger-platform/error-codes and
https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes (read 2026-11-22).
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from connectors.errors import PayloadInvalid
from connectors.errors import SendErrorKind as Kind
from connectors.toolkit.payload import decode


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """An error in Graph's shape. Codes are numbers, in some products written as text."""

    message: str | None = ""
    type: str | None = ""
    code: int | str | None = None
    error_subcode: int | str | None = None
    is_transient: bool | None = None
    error_user_msg: str | None = None
    error_data: Any = None
    """An object, JSON in a text, or a list where it is empty; none of them may cost the code."""
    fbtrace_id: str | None = None

    @property
    def number(self) -> int:
        """The code; -1 where there is none."""
        return _number(self.code)

    @property
    def sub(self) -> int:
        """The subcode; -1 where there is none."""
        return _number(self.error_subcode)

    @property
    def reason(self) -> str:
        """What happened in Graph's words, with the codes, without anything that may be a token."""
        details = self.error_data.get("details") if isinstance(self.error_data, dict) else None
        words = (
            self.error_user_msg or (details if isinstance(details, str) else None) or self.message or self.type or ""
        )
        facts = {"code": self.code, "subcode": self.error_subcode, "trace": self.fbtrace_id}
        listed = ", ".join(f"{name} {value}" for name, value in facts.items() if value not in (None, ""))
        return _TOKEN.sub("…", f"{words} ({listed})" if listed else words)


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    error: msgspec.Raw = msgspec.Raw(b"null")


_TOKEN = re.compile(r"[A-Za-z0-9_.|-]{40,}")
"""Graph repeats a malformed token in its complaint about it."""

_BY_PAIR: dict[tuple[int, int], Kind] = {
    (10, 2018278): Kind.WINDOW_CLOSED,
    (10, 2018065): Kind.WINDOW_CLOSED,
    (10, 2534022): Kind.WINDOW_CLOSED,
    (10, 1893063): Kind.REJECTED,
    (10, 2018300): Kind.REJECTED,
    (100, 33): Kind.RECIPIENT_GONE,
    (100, 2018001): Kind.RECIPIENT_GONE,
    (100, 2534014): Kind.RECIPIENT_GONE,
    (100, 2534013): Kind.REAUTH,
    (100, 2534029): Kind.REAUTH,
    (1, 1357046): Kind.UNKNOWN,
}
"""Pairs of code and subcode that mean something else than the code alone. 2018300: another app owns the thread;
1893063: the Page is restricted; 2534013: no Instagram account is linked to the Page; 2534029: the account may send
nothing at all; 1357046: it says that it failed, and what was sent has arrived as a rule.
"""

_BY_SUBCODE: dict[int, Kind] = {
    2534014: Kind.REJECTED,
    2534023: Kind.REJECTED,
    2018109: Kind.TOO_LARGE,
    2018108: Kind.RECIPIENT_GONE,
    1545041: Kind.RECIPIENT_GONE,
    1446036: Kind.REAUTH,
}
"""Subcodes that mean the same under every code: a second private reply (2534023 with status 500, as if it would pass),
an attachment over the limit, a person who takes no messages from us, a Page that is blocked for spam: every further
attempt makes that worse, and an admin has to see to it.
"""

_BY_CODE: dict[int, Kind] = (
    dict.fromkeys((1, 2, 1200, 131000, 131016, 131057, 133004), Kind.UNREACHABLE)
    | dict.fromkeys((4, 9, 17, 32, 36, 341, 368, 613, *range(80001, 80015)), Kind.THROTTLED)
    | dict.fromkeys((130429, 131048, 131056, 131064, 133016), Kind.THROTTLED)
    | dict.fromkeys((0, 3, 10, 102, 190, *range(200, 300), 803, 1705, 131005), Kind.REAUTH)
    | dict.fromkeys((470, 131047), Kind.WINDOW_CLOSED)
    | dict.fromkeys((551, 131021, 131026), Kind.RECIPIENT_GONE)
    | {131052: Kind.TOO_LARGE}
)
"""Temporary; too fast; the token, one of its permissions, or a block for spam (1705); the reply window; the person."""


def refusal_in(body: bytes) -> Refusal | None:
    """The error in an answer; None where there is none to be found. Graph also sends one with status 200."""
    if b'"error"' not in body:
        return None
    try:
        return decode(decode(body, _Answer).error, Refusal)
    except PayloadInvalid:
        return None


def kind_of(refusal: Refusal, status: int) -> Kind:
    """What it means. The codes go before the status, which is 400 for nearly everything."""
    pair = _BY_PAIR.get((refusal.number, refusal.sub)) or _BY_SUBCODE.get(refusal.sub)
    if pair is not None:
        return pair
    if status == 429:
        return Kind.THROTTLED
    known = _BY_CODE.get(refusal.number)
    if known is not None:
        return known
    if refusal.is_transient or status >= 500:
        return Kind.UNREACHABLE
    return Kind.REAUTH if status == 401 else Kind.REJECTED


def _number(code: int | str | None) -> int:
    return int(code) if isinstance(code, int) or (code is not None and code.isdecimal()) else -1
