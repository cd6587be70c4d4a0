"""Reading a network's JSON into records, so that whatever it holds ends as a record or as PayloadInvalid."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from connectors.errors import PayloadInvalid

T = TypeVar("T")

_WHERE = re.compile(r" - at `(?:key in )?\$(.*)`$", re.DOTALL)


def decode(body: bytes | msgspec.Raw, wanted: type[T], *, path: str = "") -> T:
    """The JSON in `body` as `wanted`; fields it does not name are passed over.

    `path` says where the element stands in the delivery and is put before the place of the fault. Raises PayloadInvalid
    for everything that cannot be read: not JSON, other types, numbers out of range, bytes that are not UTF-8, and
    nesting deeper than the decoder goes.
    """
    try:
        return msgspec.json.decode(body, type=wanted)
    except msgspec.DecodeError as error:
        found = _WHERE.search(str(error))
        message = _WHERE.sub("", str(error))
        where = path + found[1] if found else path
        raise PayloadInvalid(message, path=where.removeprefix(".")) from None
    except UnicodeDecodeError as error:
        raise PayloadInvalid(f"not UTF-8 at byte {error.start}", path=path) from None
    except RecursionError:
        raise PayloadInvalid("nested too deeply", path=path) from None
