"""Purity: while a connector works, the world is out of reach. A connector that asks for it fails at that line."""

from __future__ import annotations

import os
import random
import secrets
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

_WORLD: tuple[tuple[Any, str], ...] = (
    (socket, "socket"),
    (socket, "getaddrinfo"),
    (time, "time"),
    (time, "time_ns"),
    (time, "sleep"),
    (random, "random"),
    (random, "randint"),
    (random, "choice"),
    (random, "getrandbits"),
    (secrets, "token_bytes"),
    (secrets, "token_hex"),
    (secrets, "token_urlsafe"),
    (uuid, "uuid4"),
    (uuid, "uuid1"),
    (os, "urandom"),
)


class TouchedTheWorld(BaseException):
    """A connector asked for clock, chance or network. Not an Exception, so that no connector can swallow it."""


@contextmanager
def sealed() -> Iterator[None]:
    """Block clock, chance and network."""
    patches = [patch.object(module, name, _forbidden(module.__name__, name)) for module, name in _WORLD]
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in reversed(patches):
            one.stop()


def _forbidden(module: str, name: str) -> Any:
    def call(*args: object, **kwargs: object) -> Any:
        raise TouchedTheWorld(f"{module}.{name} was called: use Context.now and Context.nonce, yield a request")

    return call
