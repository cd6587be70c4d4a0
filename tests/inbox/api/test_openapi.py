"""The description of the API is true and well formed."""

from __future__ import annotations

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


async def test_the_description_and_its_page_are_served(service: Service) -> None:
    """For programs and for people, without signing in; the page runs no script."""
    client = service.anybody()

    document, page = await client.get("/openapi.json"), await client.get("/docs")

    assert document.json()["paths"]["/tags/{tag_id}"]["patch"]["x-needs"] == "settings"
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "/tags/{tag_id}" in page.text


def test_an_answer_is_described_by_its_shape() -> None:
    """The answer of a list is a page of its items' shape."""
    document = describe(GROUPS, "https://inbox.test")

    answer = document["paths"]["/tags"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]

    page = document["components"]["schemas"][answer["$ref"].rsplit("/", 1)[1]]
    assert page["properties"]["items"]["items"] == {"$ref": "#/components/schemas/TagShape"}
