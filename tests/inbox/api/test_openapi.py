"""The description of the API is true and well formed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from openapi_spec_validator import validate

from inbox.api.app import GROUPS
from inbox.api.openapi import describe
from tests.inbox.api.running_api import Service


def test_the_description_keeps_to_the_standard() -> None:
    """OpenAPI 3.1, every reference resolved."""
    document = describe(GROUPS, "https://inbox.test")

    validate(document)

    assert document["openapi"] == "3.1.0"


def test_every_route_is_described_once() -> None:
    """Each declared route is an operation with a summary, and no two operations share a name."""
    document = describe(GROUPS, "https://inbox.test")
    declared = [one for group in GROUPS for one in group.declared]

    operations = [
        operation
        for methods in document["paths"].values()
        for name, operation in methods.items()
        if name != "parameters"
    ]

    assert len(operations) == len(declared)
    assert len({one["operationId"] for one in operations}) == len(operations)
    assert all(one["summary"] and not one["summary"].startswith("(") for one in operations)


def _integers(schema: Any, where: str, schemas: dict[str, Any], seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Places of a schema that take an integer of any size."""
    if isinstance(schema, list):
        for one in schema:
            yield from _integers(one, where, schemas, seen)
    elif isinstance(schema, dict):
        if (name := str(schema.get("$ref", "")).rsplit("/", 1)[-1]) and name not in seen:
            yield from _integers(schemas[name], f"{where} {name}", schemas, seen | {name})
        closed = "maximum" in schema or "exclusiveMaximum" in schema or "enum" in schema or "const" in schema
        if schema.get("type") == "integer" and not closed:
            yield where
        for key, value in schema.items():
            if isinstance(value, dict | list):
                yield from _integers(value, f"{where}.{key}", schemas, seen)


def test_every_number_that_is_taken_has_an_end() -> None:
    """A whole number in a query or body has a highest value: none is too large for a column."""
    document = describe(GROUPS, "https://inbox.test")
    schemas = document["components"]["schemas"]

    open_ended = [
        place
        for path, methods in document["paths"].items()
        for name, operation in methods.items()
        if name != "parameters"
        for taken in (operation.get("parameters", []), operation.get("requestBody", {}))
        for place in _integers(taken, f"{name} {path}", schemas)
    ]

    assert open_ended == []


def _schemas_within(schema: Any) -> Iterator[dict[str, Any]]:
    """All objects of a document, the inner ones too."""
    if isinstance(schema, dict):
        yield schema
    for one in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _schemas_within(one)


def test_clients_are_generated_from_the_description() -> None:
    """What generators of clients stumble over is not in it: a schema's name with a full stop is a module to them, two
    of one title are one class, and `items: false` is no schema.
    """
    document = describe(GROUPS, "https://inbox.test")
    schemas = document["components"]["schemas"]
    titles = [schema["title"] for schema in schemas.values() if "title" in schema]

    assert [name for name in schemas if not re.fullmatch(r"\w+", name)] == []
    assert len(set(titles)) == len(titles)
    assert not any(one.get("items") is False for one in _schemas_within(document))
    assert schemas["WaitSpan"]["properties"]["open"]["items"]["maxItems"] == 2


def test_own_fields_are_asked_for_as_they_are_described() -> None:
    """Each by its own name in the query, not inside one called `fields`."""
    parameters = describe(GROUPS, "https://inbox.test")["paths"]["/conversations"]["get"]["parameters"]

    [fields] = [one for one in parameters if one["name"] == "fields"]

    assert (fields["style"], fields["explode"]) == ("form", True)
    assert re.match(fields["schema"]["propertyNames"]["pattern"], "field.tier")


async def test_the_description_and_its_page_are_served(service: Service) -> None:
    """For programs and for people, without signing in; the page runs no script."""
    client = service.anybody()

    document, page = await client.get("/openapi.json"), await client.get("/docs")

    assert document.json()["paths"]["/tags/{tag_id}"]["patch"]["x-needs"] == "settings"
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "/tags/{tag_id}" in page.text


async def test_the_type_of_a_problem_leads_to_what_the_page_says_of_it(service: Service) -> None:
    """Also where its code is narrower than its kind."""
    page = (await service.anybody().get("/docs")).text
    client = await service.client("admin")

    for answer in (await client.get("/conversations?view=x"), await client.get("/nowhere"), await client.put("/tags")):
        problem = answer.json()
        path, _, anchor = problem["type"].partition("#")
        assert path == "/api/docs"
        assert f"id='{anchor}'><b>{problem['status']}</b>" in page


def test_an_answer_is_described_by_its_shape() -> None:
    """The answer of a list is a page of its items' shape."""
    document = describe(GROUPS, "https://inbox.test")

    answer = document["paths"]["/tags"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]

    page = document["components"]["schemas"][answer["$ref"].rsplit("/", 1)[1]]
    assert page["properties"]["items"]["items"] == {"$ref": "#/components/schemas/TagShape"}


def test_what_is_not_json_and_what_is_made_or_there_already_is_described() -> None:
    """The form of an upload, the types of files, the second status, and what the two headers can hold."""
    paths = describe(GROUPS, "https://inbox.test")["paths"]
    upload, ref, card, report, transcript = (
        paths["/attachments"]["post"],
        paths["/contacts/by-ref/{system}/{external_id}"]["put"],
        paths["/contacts/{contact_id}/card"]["get"],
        paths["/reports/{name}"]["get"],
        paths["/conversations/{conversation_id}/transcript"]["get"],
    )

    assert upload["requestBody"]["content"]["multipart/form-data"]["schema"]["required"] == ["file"]
    assert list(ref["responses"]) == ["200", "201", "default"]
    assert list(card["responses"]["200"]["content"]) == ["application/json", "text/vcard"]
    assert {"application/json", "text/csv"} < set(report["responses"]["200"]["content"])
    assert set(transcript["responses"]["200"]["content"]) == {"text/plain", "text/html", "application/json"}
    [key] = [one for one in paths["/tags"]["post"]["parameters"] if one["name"] == "Idempotency-Key"]
    [match] = [one for one in paths["/webhooks/{webhook_id}"]["delete"]["parameters"] if one["name"] == "If-Match"]
    assert (key["schema"]["minLength"], key["schema"]["maxLength"]) == (1, 200)
    assert re.match(match["schema"]["pattern"], '"v3"')
    assert not re.match(match["schema"]["pattern"], "v3")
