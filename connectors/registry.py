"""Which networks there are. The one place that imports the network packages, and only when one is asked for."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import connectors
from connectors.contract import Connector, Door, Manifest

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


@cache
def door(name: str) -> Door:
    """The door of a family of networks, exported as `DOOR` by its package. Raises KeyError when there is none."""
    try:
        module = importlib.import_module(f"connectors._{name}")
    except ModuleNotFoundError as missing:
        raise KeyError(f"no family of networks {name!r}") from missing
    found = getattr(module, "DOOR", None)
    if not isinstance(found, Door):
        raise KeyError(f"connectors._{name} has no DOOR")
    return found


@cache
def doors() -> tuple[str, ...]:
    """Names of all families, sorted: every package beside this file whose name has a leading underscore and a door."""
    found = (m.name[1:] for m in pkgutil.iter_modules(connectors.__path__) if m.ispkg and m.name.startswith("_"))
    return tuple(sorted(name for name in found if _has_door(name)))


def _has_door(name: str) -> bool:
    try:
        door(name)
    except KeyError:
        return False
    return True
