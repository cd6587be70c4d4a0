"""Bearer tokens."""

from __future__ import annotations

import httpx2

from inbox.domain.access_records import Token
from inbox.storage import rows
from tests.inbox.api.running_api import Service, code_of


async def _made(service: Service, **body: object) -> tuple[dict[str, str], httpx2.AsyncClient]:
    admin = await service.client("admin")
    made = (await admin.post("/tokens", json={"name": "CRM", "scopes": ["read"], **body})).json()
    client = service.anybody(authorization=f"Bearer {made['token']}")
    del client.headers["X-Inbox"]
    return made, client


async def test_a_token_needs_neither_cookie_nor_header(stored_service: Service) -> None:
    """It is shown once, only its digest is stored, and it may what its scopes say."""
    made, client = await _made(stored_service)

    stored = await stored_service.deps.database.read(rows.one, Token, int(made["id"]))
    listed = await (await stored_service.client("admin")).get("/tokens")

    assert made["token"].startswith("inb_")
    assert made["token"] not in stored.digest + listed.text
    assert [one["id"] for one in listed.json()["items"]] == [made["id"]]
    assert (await client.get("/tags")).status_code == 200
    assert code_of(await client.post("/tags", json={"name": "x"})) == "forbidden"


async def test_a_token_hears_why_a_person_s_own_is_not_its(service: Service) -> None:
    """It is known (no 401, no invitation to send another): what a person alone has is refused with the way to it."""
    _, client = await _made(service, scopes=["read", "write", "admin"])

    refused = [await client.get("/session"), await client.put("/conversations/1/draft", json={"text": "Dear"})]

    assert [(one.status_code, code_of(one)) for one in refused] == [(403, "needs_person")] * 2
    assert "sign in with e-mail and password" in refused[0].json()["detail"]
    assert "www-authenticate" not in refused[0].headers


async def test_a_revoked_token_is_refused_at_once(stored_service: Service) -> None:
    """The next request with it gets 401, and it is listed no more."""
    made, client = await _made(stored_service)
    admin = await stored_service.client("admin")

    assert (await admin.delete(f"/tokens/{made['id']}")).status_code == 204

    assert code_of(await client.get("/tags")) == "unauthorised"
    assert (await admin.get("/tokens")).json()["items"] == []


async def test_a_token_may_no_more_than_whoever_made_it(service: Service) -> None:
    """When its maker becomes an agent, an admin token may what an agent may; when he goes, nothing."""
    first = await service.client("admin")
    supervisor = f"/agents/{service.agents['supervisor'].id}"
    await first.patch(supervisor, json={"role": "admin"})
    second = await service.client("supervisor")
    made = (await second.post("/tokens", json={"name": "CRM", "scopes": ["read", "admin"]})).json()
    client = service.anybody(authorization=f"Bearer {made['token']}")
    assert (await client.get("/tokens")).status_code == 200

    await first.patch(supervisor, json={"role": "agent"})
    assert code_of(await client.get("/tokens")) == "forbidden"
    await first.delete(supervisor)

    assert code_of(await client.get("/tags")) == "unauthorised"


async def test_a_token_acts_for_those_named(service: Service) -> None:
    """Ids of agents, or "person" for any of them; nobody by default."""
    agent_id = service.agents["agent"].id
    named, _ = await _made(service, acts_as=[str(agent_id)])
    anyone, _ = await _made(service, acts_as="person")
    nobody, _ = await _made(service)

    async def acts_as(token: dict[str, str]) -> frozenset[int]:
        request = service.anybody(authorization=f"Bearer {token['token']}").build_request("GET", "/tags")
        scope = {"type": "http", "method": "GET", "headers": [(k.lower(), v) for k, v in request.headers.raw]}
        from starlette.requests import Request

        return (await service.deps.auth.principal_of(Request(scope))).acts_as

    assert await acts_as(named) == {agent_id}
    assert await acts_as(anyone) == {one.id for one in service.agents.values()}
    assert await acts_as(nobody) == frozenset()
