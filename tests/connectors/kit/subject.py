"""What is put through the kit: one network's connector, its package, and its test folder.

A test folder holds `golden/inbound`, `golden/outbound` and, where the network signs what it delivers, `signing.py` with
`context() -> Context` (everything the connector may know, with made-up credentials) and
`sign(headers, body, ctx) -> headers` (the request's headers as the network would send them).
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from pathlib import Path
from types import ModuleType

from connectors.contract import Connector, Context, Simulator
from connectors.exchange import Request

ROOT = Path(__file__).resolve().parents[3]
NOW = 1_795_336_000_000_000
"""2026-11-22T08:26:40Z, in µs: the kit's present where a network's signing.py sets none."""


class NotApplicable(Exception):
    """The network has nothing that this check could look at."""


@dataclass(frozen=True)
class Subject:
    """One network under test."""

    network: str
    connector: Connector
    package: Path
    tests: Path

    @property
    def golden_in(self) -> Path:
        """Folder of the golden deliveries."""
        return self.tests / "golden" / "inbound"

    @property
    def golden_out(self) -> Path:
        """Folder of the golden actions and exchanges."""
        return self.tests / "golden" / "outbound"

    def context(self) -> Context:
        """A fresh context, always the same: nonces count up from one."""
        signing = self.signing()
        ctx: Context = signing.context() if signing else bare_context(self.network, self.connector)
        return replace(ctx, nonce=nonces())

    def sign(self, request: Request, ctx: Context) -> Request:
        """The request with the headers the network would send it with; as it is where the network signs nothing."""
        signing = self.signing()
        if signing is None or not hasattr(signing, "sign"):
            return request
        headers = signing.sign(dict(request.headers), request.body, ctx)
        return Request(
            method=request.method, path=request.path, query=request.query, headers=headers, body=request.body
        )

    def signing(self) -> ModuleType | None:
        """The test folder's signing.py; None where there is none."""
        return _loaded(self.network, self.tests / "signing.py")

    def simulator(self) -> Simulator:
        """The network's side, made from a fixed seed. Raises NotApplicable where there is none."""
        if self.connector.simulator is None:
            raise NotApplicable("there is no simulator")
        return self.connector.simulator(7)

    @contextmanager
    def about(self, what: str) -> Iterator[None]:
        """Begin every failure inside with the network and the thing looked at."""
        try:
            yield
        except NotApplicable:
            raise
        except (Exception, AssertionError) as error:
            raise AssertionError(f"{self.network}: {what}: {type(error).__name__}: {error}") from error


def subject(network: str, root: Path = ROOT) -> Subject:
    """The network of that name, with its folders below `root`."""
    module = importlib.import_module(f"connectors.{network}")
    return Subject(network, module.CONNECTOR, root / "connectors" / network, root / "tests" / "connectors" / network)


def nonces() -> Callable[[], str]:
    """Make a source of nonces that counts: 26 characters, always the same sequence."""
    numbers = count(1)
    return lambda: f"nonce{next(numbers):021d}"


def bare_context(network: str, connector: Connector) -> Context:
    """A context with a made-up value for each of the manifest's fields, for networks without a signing.py."""
    fields = connector.manifest.fields
    values = {field.name: field.default or f"made-up-{field.name}" for field in fields}
    return Context(
        now=NOW,
        nonce=nonces(),
        channel_id="1",
        base_url=connector.manifest.base_url or "https://network.example",
        public_url="https://inbox.example",
        webhook_url=f"https://inbox.example/hooks/{network}/1",
        settings={field.name: values[field.name] for field in fields if not field.secret},
        credentials={field.name: values[field.name] for field in fields if field.secret},
        media_url=lambda blob: f"https://inbox.example/media/{blob.sha256}",
    )


@cache
def _loaded(network: str, path: Path) -> ModuleType | None:
    if not path.exists():
        return None
    spec = importlib.util.spec_from_file_location(f"signing_of_{network}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
