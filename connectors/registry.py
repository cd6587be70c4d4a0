"""Which networks there are. The one place that imports the network packages, and only when one is asked for."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import connectors
from connectors.contract import Connector, Manifest

_NOT_NETWORKS = {"toolkit"}


@cache
def networks() -> tuple[str, ...]:
    """Names of all networks, sorted: every package beside this file whose name has no leading underscore."""
    found = (m.name for m in pkgutil.iter_modules(connectors.__path__) if m.ispkg)
    return tuple(sorted(n for n in found if not n.startswith("_") and n not in _NOT_NETWORKS))


@cache
def connector(network: str) -> Connector:
    """The connector of a network. Raises KeyError, naming those there are, when there is none of that name."""
    if network not in networks():
        raise KeyError(f"no connector for network {network!r}; there are: {', '.join(networks())}")
    module = importlib.import_module(f"connectors.{network}")
    found = module.CONNECTOR
    if not isinstance(found, Connector):
        raise TypeError(f"connectors.{network}.CONNECTOR is {type(found).__name__}, not Connector")
    return found


def manifest(network: str) -> Manifest:
    """What is true of a network. Raises KeyError as `connector` does."""
    return connector(network).manifest
