"""Spoiling goldens: the same documents with fields gone, of other types, huge, deep, or in another order.

`INBOX_FUZZ` is the number of mutations for each connector (a few hundred by default; `make faults` asks for many more).
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

Json = Any
Place = tuple[Any, Any]
"""A container and the key or index of one of its values."""

DEFAULT_ROUNDS = 300

_ODD: tuple[Json, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**53 + 1, 2**63, 2**64, 10**40, -(10**40), 0.5, 1e300, "", " ", "0", "-1",
    "null", "\x00", "a\x00b", "\u202eabc", "👨\u200d👩\u200d👧" * 40, "Ω" * 5000, "e\u0301", "../../etc/passwd",
    "<script>x</script>", "2026-13-45T99:99:99Z", "2026-11-22T10:00:00", "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59", [], {}, [None], [[]], {"": ""}, {"type": "message"}, [1, {"b": []}], "x" * 100_000,
)  # fmt: skip


def rounds() -> int:
    """How many mutations each connector goes through."""
    return int(os.environ.get("INBOX_FUZZ", DEFAULT_ROUNDS))


def shuffled(value: Json, chance: random.Random) -> Json:
    """The same JSON with the keys of every object in another order."""
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: shuffled(value[key], chance) for key in keys}
    if isinstance(value, list):
        return [shuffled(one, chance) for one in value]
    return value


def mutated(value: Json, chance: random.Random) -> bytes:
    """The JSON after one to three random changes, as bytes; now and then with bytes spoiled as well."""
    document = deepcopy(value)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        places = list(_places(document))
        if not places:
            break
        chance.choice(_CHANGES)(chance.choice(places), chance)
    body = json.dumps(document, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    return spoiled(body, chance) if chance.random() < 0.15 else body


def spoiled(body: bytes, chance: random.Random) -> bytes:
    """The bytes cut, with a byte changed, doubled, or with something put in."""
    at = chance.randrange(len(body) + 1)
    return chance.choice(
        (
            body[:at],
            body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :],
            body[:at] + body,
            body[:at] + chance.choice((b"\xff", b"\x00", b"\\ud800", b'"', b"\r\n", b"[" * 2000)) + body[at:],
        )
    )


def noise(chance: random.Random) -> bytes:
    """Bytes that were never a document."""
    return chance.choice(
        (
            b"",
            b"null",
            b"[]",
            b"{}",
            b'""',
            b"\xef\xbb\xbf{}",
            b"[" * 100_000,
            b'{"a":' * 50_000,
            b'{"a":1e999}',
            b'{"a":"\\ud800"}',
            b"<html><body>502 Bad Gateway</body></html>",
            chance.randbytes(chance.randrange(1, 400)),
        )
    )


def _places(value: Json) -> Iterator[Place]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield value, key
            yield from _places(inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield value, index
            yield from _places(inner)


def _delete(place: Place, chance: random.Random) -> None:
    container, key = place
    del container[key]


def _replace(place: Place, chance: random.Random) -> None:
    container, key = place
    container[key] = deepcopy(chance.choice(_ODD))


def _deepen(place: Place, chance: random.Random) -> None:
    container, key = place
    for _ in range(chance.choice((1, 5, 60))):
        container[key] = [container[key]] if chance.random() < 0.5 else {str(key): container[key]}


def _double(place: Place, chance: random.Random) -> None:
    container, key = place
    if isinstance(container, list):
        container.insert(key, deepcopy(container[key]))
    else:
        container[f"{key}_2"] = deepcopy(container[key])


def _retype(place: Place, chance: random.Random) -> None:
    container, key = place
    value = container[key]
    if isinstance(value, bool | int | float):
        container[key] = str(value)
    elif isinstance(value, str):
        container[key] = int(value) if value.isdecimal() and len(value) < 20 else [value]
    else:
        container[key] = "object"


_CHANGES: tuple[Callable[[Place, random.Random], None], ...] = (_delete, _replace, _replace, _deepen, _double, _retype)
