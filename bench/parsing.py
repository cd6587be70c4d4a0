"""Reading what networks send: µs of CPU for each delivery of the golden files, network by network.

The ruler is the untyped decoding of the same bytes: the least that anyone who looks at them must do.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import msgspec

from bench.machine import table
from connectors import registry
from connectors.contract import Connector, Context
from connectors.errors import PayloadInvalid
from connectors.inbound import AnyInbound, Fetch, MessageReceived, ReviewReceived
from tests.connectors.kit import goldens
from tests.connectors.kit.goldens import Delivery
from tests.connectors.kit.subject import Subject, subject

HEAD = ("network", "deliveries", "median µs", "slowest µs", "slowest", "decode µs", "ratio")
Read = Callable[[], list[AnyInbound | Exception]]
_decode = msgspec.json.Decoder().decode


def _spent_us(work: Callable[[], object], runs: int) -> float:
    """The median over five rounds of so many runs."""
    rounds = []
    for _ in range(5):
        begun = time.process_time()
        for _ in range(runs):
            work()
        rounds.append((time.process_time() - begun) / runs * 1e6)
    return statistics.median(rounds)


def measured(network: Subject, *, runs: int) -> list[object] | None:
    """The row of a network; None where it brings nothing that a golden file holds."""
    ctx = replace(network.context(), nonce=lambda: "0" * 26)
    found: list[tuple[float, float, str]] = []
    for delivery in goldens.deliveries(network) if network.golden_in.exists() else ():
        read = _reader(network.connector, delivery, ctx)
        if read is None or not _brings_an_item(read):
            continue
        spent = _spent_us(read, runs)
        body = delivery.body
        least = _spent_us(lambda body=body: _decode(body), runs) if not delivery.is_mail else 0.0  # type: ignore[misc]
        found.append((spent, least, delivery.name))
    if not found:
        return None
    median, least = statistics.median([one[0] for one in found]), statistics.median([one[1] for one in found])
    slowest = max(found)
    return [network.network, len(found), median, slowest[0], slowest[2], least, median / least if least else 0.0]


def _reader(connector: Connector, delivery: Delivery, ctx: Context) -> Read | None:
    """What reads the delivery: a mail by itself, anything else as the request it came in."""
    if delivery.is_mail:
        part = connector.parse_part
        return (lambda: part(delivery.body, ctx)) if part is not None else None
    parse, request = connector.parse, delivery.request()
    return (lambda: parse(request, ctx)) if parse is not None else None


def _brings_an_item(read: Read) -> bool:
    try:
        return any(isinstance(one, (MessageReceived, ReviewReceived, Fetch)) for one in read())
    except PayloadInvalid:
        return False


def run(*, short: bool) -> None:
    """Print the table."""
    rows = [row for name in registry.networks() if (row := measured(subject(name), runs=20 if short else 400))]
    table("reading a delivery that brings an item", HEAD, rows)
