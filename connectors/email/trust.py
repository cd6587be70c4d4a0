"""Whether the address in From is vouched for, read from the one Authentication-Results field that can be believed.

RFC 8601. Anybody can write such a field into a mail; only ours is written above all others, by the server named in
`authserv_id`. So only the topmost is read, and only when it bears that name.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from connectors.email.headers import Address, Headers, split_outside_quotes

Verdict = Literal["pass", "fail", "none", "unchecked"]
_RESULT = re.compile(r"^([a-z0-9-]+)(?:/\d+)?\s*=\s*([a-z]+)")
_PROPERTY = re.compile(r"([a-z]+\.[a-z0-9-]+)\s*=\s*(\"[^\"]*\"|[^\s;]+)", re.IGNORECASE)


class _Result(NamedTuple):
    method: str
    result: str
    properties: dict[str, str]


def verdict(headers: Headers, sender: str, authserv_id: str) -> Verdict:
    """What our receiving server found out about `sender`; `unchecked` when no server is named to be trusted."""
    if not authserv_id:
        return "unchecked"
    results = _trusted_results(headers, authserv_id)
    domain = sender.rpartition("@")[2]
    dmarc = next((r.result for r in results if r.method == "dmarc"), "")
    if dmarc in {"pass", "fail"}:
        return "pass" if dmarc == "pass" else "fail"
    return "pass" if any(_is_aligned(r, domain) for r in results) else "none"


def is_disguised(author: Address) -> bool:
    """A display name that shows another address than the mail comes from (`"ceo@x" <a@b>`)."""
    shown = re.findall(r"[^\s<>\"'()]+@[^\s<>\"'()]+\.[^\s<>\"'()]+", author.name)
    return any(one.lower().strip(".,;") != author.address for one in shown)


def is_mixed_script(address: str) -> bool:
    """A domain label that mixes Latin with letters that look like it: a homograph (UTS 39)."""
    for label in address.rpartition("@")[2].split("."):
        text = _from_punycode(label)
        latin = any("a" <= c <= "z" for c in text)
        alike = any("\u0370" <= c <= "\u052f" or "\u0530" <= c <= "\u058f" or "\u13a0" <= c <= "\u13ff" for c in text)
        if latin and alike:
            return True
    return False


def _from_punycode(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii", "ignore").decode("punycode")
    except UnicodeError:
        return label


def _trusted_results(headers: Headers, authserv_id: str) -> list[_Result]:
    topmost = headers.raw("authentication-results")
    pieces = [_without_comments(p).strip() for p in split_outside_quotes(topmost, ";")]
    named = pieces[0].split()[:1] if pieces else []
    if not named or named[0].strip('"').lower() not in {i.strip() for i in authserv_id.split(",")}:
        return []
    return [r for piece in pieces[1:] if (r := _result(piece))]


def _result(piece: str) -> _Result | None:
    match = _RESULT.match(piece.lower())
    if not match:
        return None
    properties = {k.lower(): v.strip('"').lower() for k, v in _PROPERTY.findall(piece)}
    return _Result(match[1], match[2], properties)


def _without_comments(text: str) -> str:
    """Comments may hold anything, `dmarc=pass` too."""
    depth, kept = 0, []
    for char in text:
        if char in "()":
            depth = max(0, depth + (1 if char == "(" else -1))
        elif depth == 0:
            kept.append(char)
    return "".join(kept)


def _is_aligned(result: _Result, domain: str) -> bool:
    """A passed DKIM or SPF check of the author's own domain, or one above it (RFC 7489 section 3.1, relaxed)."""
    if result.result != "pass" or result.method not in {"dkim", "spf"}:
        return False
    keys = ("header.d", "header.i") if result.method == "dkim" else ("smtp.mailfrom", "smtp.mail")
    checked = next((result.properties[k].rpartition("@")[2] for k in keys if result.properties.get(k)), "")
    return "." in checked and (domain == checked or domain.endswith(f".{checked}"))
