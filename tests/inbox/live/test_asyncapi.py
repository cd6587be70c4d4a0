"""The description of the live socket keeps to AsyncAPI 3.0 and to the frames.

asyncapi_spec.json is the specification's own schema (@asyncapi/specs 6.11.1, Apache-2.0) without its descriptions, the
bindings of other protocols and foreign schema formats.
"""

import json
from pathlib import Path
from typing import Any, get_args

import httpx2
import jsonschema
import msgspec
import pytest
from starlette.applications import Starlette

from inbox.domain import events as e
from inbox.live import frames as f
from inbox.live.asyncapi import PATH, asyncapi_route, document

SPECIFICATION = json.loads((Path(__file__).parents[2] / "asyncapi_spec.json").read_text())
ADDRESS = "https://inbox.example.org"


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return document(ADDRESS)


def payload_schema(described: dict[str, Any], name: str) -> dict[str, Any]:
    """A message's payload as a schema that stands alone."""
    return {**described["components"]["messages"][name]["payload"], "components": described["components"]}


def test_it_keeps_to_the_specification(described: dict[str, Any]) -> None:
    """The document is valid AsyncAPI 3.0."""
    jsonschema.Draft7Validator(SPECIFICATION).validate(described)


def test_the_specification_finds_faults(described: dict[str, Any]) -> None:
    """An operation that does not exist is refused: the check checks."""
    broken = {**described, "operations": {"tell": {**described["operations"]["tell"], "action": "shout"}}}

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(SPECIFICATION).validate(broken)


def test_every_frame_is_a_message_of_its_direction(described: dict[str, Any]) -> None:
    """What the server sends and what a client may send are all there, each on its side."""
    for operation, union in (("tell", f.ServerFrame), ("ask", f.AnyClientFrame)):
        listed = [ref["$ref"].rsplit("/", 1)[-1] for ref in described["operations"][operation]["messages"]]
        assert listed == [frame.__name__ for frame in get_args(union)]
        for frame in get_args(union):
            assert described["components"]["messages"][frame.__name__]["name"] == frame.__struct_config__.tag


def test_every_reference_is_resolved(described: dict[str, Any]) -> None:
    """No reference leads nowhere."""
    text = json.dumps(described)
    for part in text.split('"$ref": "')[1:]:
        node: Any = described
        for step in part.split('"')[0].removeprefix("#/").split("/"):
            node = node[step]
        assert node


@pytest.mark.parametrize(
    "frame",
    [
        f.Hello(epoch=1, position=7, server_time="2026-11-22T10:00:00Z", version="0.1.0"),
        f.Counts(counts={"mine": (3, 1), "spam": (None, 0)}),
        f.Left(position=3, conversation_id="7"),
        f.Resync(reason="epoch"),
        f.Resume(epoch=1, position=3),
        f.Viewing(conversation_id=None, views=["mine"]),
    ],
)
def test_real_frames_keep_to_their_schemas(described: dict[str, Any], frame: f.Frame) -> None:
    """A frame as it is encoded is valid by the schema that describes it."""
    said = msgspec.json.decode(f.encode(frame))

    jsonschema.Draft7Validator(payload_schema(described, type(frame).__name__)).validate(said)


def test_what_is_not_a_frame_is_not_valid(described: dict[str, Any]) -> None:
    """A count that is no pair, and a reason that does not exist, are refused by the schemas."""
    counts = jsonschema.Draft7Validator(payload_schema(described, "Counts"))
    resync = jsonschema.Draft7Validator(payload_schema(described, "Resync"))

    assert not counts.is_valid({"type": "counts", "counts": {"mine": [1, 2, 3]}})
    assert not resync.is_valid({"type": "resync", "reason": "whim"})


def test_events_and_codes_are_named(described: dict[str, Any]) -> None:
    """The names of events and the codes of closing stand in it."""
    assert set(described["x-events"]) == {event.__struct_config__.tag for event in get_args(e.AnyEvent)}
    assert described["channels"]["live"]["x-close-codes"]["4408"] == "too_slow"


@pytest.mark.parametrize(("address", "protocol"), [(ADDRESS, "wss"), ("http://127.0.0.1:8000", "ws")])
def test_server_follows_the_address(address: str, protocol: str) -> None:
    """Clients are told where the socket is, and whether it is encrypted."""
    server = document(address)["servers"]["inbox"]

    assert (server["host"], server["protocol"]) == (address.split("//")[1], protocol)


async def test_it_is_served() -> None:
    """The route answers the document as JSON."""
    transport = httpx2.ASGITransport(app=Starlette(routes=[asyncapi_route(ADDRESS)]))
    async with httpx2.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        answer = await client.get(PATH)

    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == document(ADDRESS)
