"""`parse` (or the poll of a mailbox): goldens give what they should, and nothing that comes in breaks it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from connectors.contract import Context, Manifest
from connectors.inbound import AnyInbound
from tests.connectors.kit import mutation
from tests.connectors.kit.goldens import Delivery, deliveries, plain, read_in
from tests.connectors.kit.subject import NotApplicable, Subject

_INT64 = 2**63
_DECLARED: Mapping[str, Mapping[str, Callable[[Manifest, dict[str, Any]], bool]]] = {
    "edited": {"edits_in": lambda given, record: given.edits_in},
    "deleted": {"deletes_in": lambda given, record: given.deletes_in},
    "reaction": {"reactions_in": lambda given, record: given.reactions_in},
    "typing": {"typing_in": lambda given, record: given.typing_in},
    "receipt": {"receipts": lambda given, record: record["state"] in given.receipts | {"pending", "failed"}},
}
"""Kind of record → the field of the manifest that says that the network tells it."""
_HOURS = 5 * 3_600_000_000


def goldens(subject: Subject) -> None:
    """Each golden delivery gives exactly the records of its expect file."""
    for delivery in _some(subject):
        with subject.about(f"{delivery.path.name}"):
            assert delivery.expected.exists(), f"{delivery.expected.name} is missing: rewrite, then read what it says"
            found, wanted = read_in(subject, delivery), json.loads(delivery.expected.read_text())
            assert found == wanted, f"parse gives\n{json.dumps(found, ensure_ascii=False, indent=2)}"


def declared(subject: Subject) -> None:
    """The manifest says that the network tells what the goldens show it telling, and files that are named by a handle,
    and contents by an id, can be got.
    """
    connector = subject.connector
    told = [(delivery.name, record) for delivery in _some(subject) for record in read_in(subject, delivery)]
    for name, record in told:
        with subject.about(name):
            for says, is_said in _DECLARED.get(record.get("type", ""), {}).items():
                assert is_said(connector.manifest, record), f"a golden has {record['type']!r}, the manifest no {says}"
            handles = [one for one in record.get("attachments") or () if one.get("ref")]
            # Of the service's own chat a handle is a file that the service has.
            kept_here = connector.manifest.inbound == {"chat"}
            assert connector.media or kept_here or not handles, "an attachment has a `ref`, the connector no `media`"
            assert connector.fetch or record.get("type") != "fetch", "a golden has 'fetch', the connector no `fetch`"


def redelivery(subject: Subject) -> None:
    """The same delivery read again hours later gives equal dedupe_keys, each of them once and none empty."""
    for delivery in _some(subject):
        with subject.about(delivery.name):
            first = _keys(read_in(subject, delivery))
            second = _keys(read_in(subject, delivery, ctx=_hours_later(subject)))
            assert first == second, f"read again hours later, dedupe_keys {first} are {second}"
            assert all(first), "an empty dedupe_key"
            assert len(set(first)) == len(first), f"one key for two facts: {first}"


def key_order(subject: Subject) -> None:
    """The order of keys in a JSON object changes nothing."""
    chance = random.Random(20)
    for delivery in _json_ones(subject):
        shuffled = json.dumps(mutation.shuffled(delivery.value, chance)).encode()
        with subject.about(f"{delivery.name}, keys shuffled"):
            assert read_in(subject, delivery, shuffled) == read_in(subject, delivery)


def mutations(subject: Subject) -> None:
    """Spoilt deliveries give records that can be stored, Ignored, or PayloadInvalid, and nothing else."""
    chance = random.Random(22)
    found = _some(subject)
    for number in range(mutation.rounds()):
        delivery = found[number % len(found)]
        if delivery.value is None:
            body = mutation.spoiled(delivery.body, chance)
        else:
            body = mutation.mutated(delivery.value, chance)
        _survives(subject, delivery, body, f"mutation {number} of {delivery.name}")


def noise(subject: Subject) -> None:
    """Bytes that were never a document do no harm."""
    chance = random.Random(23)
    delivery = _some(subject)[0]
    for number in range(max(30, mutation.rounds() // 10)):
        _survives(subject, delivery, mutation.noise(chance), f"noise {number}")


def _survives(subject: Subject, delivery: Delivery, body: bytes, what: str) -> None:
    with subject.about(f"{what}: {body[:300]!r}"):
        for shown in read_in(subject, delivery, body):
            if "error" not in shown or "type" in shown:
                _storable(shown)


def _storable(shown: dict[str, Any]) -> None:
    """A record survives its own JSON (its types hold), its numbers fit 64 bits, its ids are not empty."""
    record: AnyInbound = msgspec.convert(shown, AnyInbound)
    assert plain(record) == shown, "changes when stored"
    assert -_INT64 <= record.occurred_at < _INT64, f"occurred_at {record.occurred_at}"
    for name in ("external_id", "message_id", "thread_id", "ref", "new_thread_id", "dedupe_key"):
        assert shown.get(name) != "", f"{name} is empty"
    for name in ("thread", "author", "post"):
        assert not isinstance(shown.get(name), dict) or shown[name]["external_id"], f"{name} without external_id"


def _hours_later(subject: Subject) -> Context:
    """The same channel at another time, and with other nonces: a key that is made of either is not of the fact."""
    ctx = subject.context()
    ctx.nonce()
    return replace(ctx, now=ctx.now + _HOURS)


def _keys(shown: list[dict[str, Any]]) -> list[str]:
    return [one["dedupe_key"] for one in shown if "dedupe_key" in one]


def _some(subject: Subject) -> list[Delivery]:
    found = deliveries(subject)
    if not found:
        raise NotApplicable(f"there are no golden deliveries in {subject.golden_in.name}")
    return found


def _json_ones(subject: Subject) -> list[Delivery]:
    found = [delivery for delivery in _some(subject) if delivery.value is not None]
    if not found:
        raise NotApplicable("deliveries are not JSON")
    return found
