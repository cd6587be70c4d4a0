"""Everything that happened in the simulated networks, in order, in a file: what they are rebuilt from after a restart.

Simulators are deterministic, so whoever does the same to them again gets the same messages, ids and mailboxes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TypeAlias

import msgspec

from connectors.contract import CustomerAction
from connectors.exchange import Request


class Begun(msgspec.Struct, frozen=True, tag="begun"):
    """The sandbox was made, with this seed. The back-story ends at `at`."""

    seed: int
    at: int


class Acted(msgspec.Struct, frozen=True, tag="acted"):
    """A customer did something; `turn` of his script, or None when somebody at the page did it as him."""

    network: str
    action: CustomerAction
    at: int
    turn: int | None
    copies: int = 1
    """How often a mail of his is delivered."""


class Lived(msgspec.Struct, frozen=True, tag="lived"):
    """A customer did something in the past, of which the service was told when this was written down. `turn` of his
    script, for one of the cast.
    """

    network: str
    action: CustomerAction
    at: int
    turn: int | None = None


class Chapter(msgspec.Struct, frozen=True, tag="chapter"):
    """The telling of a part of the past began: after a restart it is not told again. Counted from 0."""

    number: int


class Asked(msgspec.Struct, frozen=True, tag="asked"):
    """The service asked a network for something, under these faults."""

    network: str
    request: Request
    at: int
    faults: tuple[str, ...]


class Filed(msgspec.Struct, frozen=True, tag="filed"):
    """The service put a mail into a folder of the mailbox."""

    folder: str
    message: bytes
    flags: tuple[str, ...]
    at: int


class Submitted(msgspec.Struct, frozen=True, tag="submitted"):
    """The service sent a mail, under these faults. `copies`: how often what comes back is delivered."""

    message: bytes
    at: int
    faults: tuple[str, ...]
    copies: int = 1


class Taken(msgspec.Struct, frozen=True, tag="taken"):
    """The service took a delivery, counted from 1: it is not brought again."""

    number: int


Entry: TypeAlias = Begun | Acted | Lived | Chapter | Asked | Filed | Submitted | Taken
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Entry).decode


class Journal:
    """A file of entries, one a line. What a crash cut off at its end is dropped."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    def entries(self) -> Iterator[Entry]:
        """What is kept, oldest first. Read all of it before the first `add`."""
        if not self._path.exists():
            return
        whole = 0
        with self._path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                whole += len(line)
                yield _decode(line)
        with self._path.open("rb+") as file:
            file.truncate(whole)

    def add(self, entry: Entry) -> None:
        """Keep an entry. It is with the system when this returns, though not yet on the disk."""
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("ab")
        self._file.write(_encode(entry) + b"\n")
        self._file.flush()

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
