"""What every route does alike: errors in one shape, CSRF defence, limits, If-Match, Idempotency-Key."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from structlog.testing import CapturingLogger

from inbox.api.call import Call
from inbox.api.dispatch import starlette_routes
from inbox.api.routing import Routes
from tests.inbox.api.running_api import ADDRESS, Service, code_of, fresh_key

TAG = {"name": "late parcel", "colour": "red"}
CANNED = {"shortcut": "hi", "name": "Hello", "text": "Hello, how can I help?"}


async def test_a_problem_has_one_shape(service: Service) -> None:
    """Every error says what it is, what is wrong, and under which number the log has it."""
    response = await service.anybody().get("/session")

    body = response.json()
    request_id = body.pop("request_id")
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-request-id"] == request_id
    assert body == {
        "type": "/api/docs#problem-unauthorised",
        "title": "Unauthorized",
        "status": 401,
        "code": "unauthorised",
        "detail": "sign in first",
    }


async def test_every_wrong_field_is_named(service: Service) -> None:
    """A body with several mistakes gets them all back at once, by pointer."""
    client = await service.client("admin")

    response = await client.post("/agents", json={"email": "x", "role": "king", "team_ids": [7], "extra": 1})

    assert response.status_code == 422
    assert code_of(response) == "invalid"
    pointers = {one["pointer"] for one in response.json()["errors"]}
    assert pointers == {"/email", "/name", "/role", "/team_ids/0", "/extra"}
    assert not any("Value error" in one["message"] for one in response.json()["errors"])


@pytest.mark.parametrize(
    ("sent", "kind", "status"),
    [(b"{", "application/json", 422), (b"{}", "text/plain", 415), (b"", "application/json", 422)],
)
async def test_a_body_that_is_no_json_is_refused(service: Service, sent: bytes, kind: str, status: int) -> None:
    """Half a body, none, or one of a type that a foreign page's form could send: refused."""
    client = await service.client("admin")

    response = await client.post("/tags", content=sent, headers={"Content-Type": kind})

    assert response.status_code == status


async def test_who_hangs_up_in_the_middle_is_no_fault_of_ours(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is begun, and the log has no error."""
    opened = await service.open_session("admin")
    cookie = f"{service.deps.auth.cookie_name}={opened.secret}".encode()
    headers = [
        (b"host", b"inbox.test"),
        (b"content-type", b"application/json"),
        (b"x-inbox", b"1"),
        (b"cookie", cookie),
    ]
    scope = {
        "type": "http", "method": "POST", "path": "/api/v1/tags", "raw_path": b"/api/v1/tags", "query_string": b"",
        "headers": headers, "scheme": "https", "server": ("inbox.test", 443), "client": ("192.0.2.1", 1),
        "root_path": "",
    }  # fmt: skip
    coming = [{"type": "http.request", "body": b'{"name":', "more_body": True}, {"type": "http.disconnect"}]
    answered: list[int] = []

    async def receive() -> Any:
        return coming.pop(0)

    async def send(message: Any) -> None:
        answered.append(message.get("status", 0))

    log = CapturingLogger()
    monkeypatch.setattr("inbox.api.dispatch.log", log)
    await service.app(scope, receive, send)

    assert answered[0] == 400
    assert [(call.method_name, call.args) for call in log.calls] == [("info", ("request_broken_off",))]


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({**TAG, "name": "late\x00parcel"}, "/name"),
        ({**TAG, "name": "a literal \\u0000 is six characters"}, None),
    ],
)
async def test_a_text_with_a_nul_is_refused_by_name(
    stored_service: Service, sent: dict[str, str], pointer: str | None
) -> None:
    """What one engine could not keep is refused on both, with the field that has it."""
    client = await stored_service.client("admin")

    response = await client.post("/tags", json=sent)

    assert response.status_code == (201 if pointer is None else 422)
    assert [one["pointer"] for one in response.json().get("errors", [])] == ([pointer] if pointer else [])


@pytest.mark.parametrize("address", ["/conversations?q=a%00b", "/contacts/by-ref/crm/a%00b", "/search?q=%00"])
async def test_an_address_with_a_nul_is_refused(stored_service: Service, address: str) -> None:
    """Neither the query nor the path takes a NUL to the store."""
    client = await stored_service.client("admin")

    response = await client.get(address)

    assert response.status_code in (404, 405, 422)


async def test_an_instant_before_the_first_year_is_refused(service: Service) -> None:
    """A time that is no longer one in UTC is a wrong field, not a failure of ours."""
    client = await service.client("admin")

    body = {"network": "custom", "name": "Shop", "live_since": "0001-01-01T00:00:00+23:59"}
    response = await client.post("/channels", json=body)

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/live_since")


async def test_a_body_too_large_is_refused_before_it_is_read(service: Service) -> None:
    """Neither a declared nor an undeclared size gets further than the limit."""
    client = await service.client("admin")

    async def endless():  # type: ignore[no-untyped-def]
        for _ in range(2000):
            yield b" " * 1000

    declared = await client.post("/tags", content=b" " * 300_000)
    streamed = await client.post("/tags", content=endless(), headers={"Content-Type": "application/json"})

    assert (declared.status_code, code_of(declared)) == (413, "too_large")
    assert (streamed.status_code, code_of(streamed)) == (413, "too_large")


async def test_unknown_addresses_and_methods_are_problems_too(service: Service) -> None:
    """404 for what is not there, 405 with the methods there are."""
    client = await service.client("agent")

    nothing, wrong = await client.get("/nothing/here"), await client.put("/tags")

    assert code_of(nothing) == "not_found"
    assert code_of(wrong) == "method_not_allowed"
    assert wrong.headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PROPFIND"])
async def test_a_method_that_no_route_has_is_a_problem_too(service: Service, method: str) -> None:
    """It is told what the address takes, and that there is no such address, in the same words as any other."""
    client = await service.client("agent")

    wrong, nothing = await client.request(method, "/tags"), await client.request(method, "/nothing/here")
    root = await client.request(method, "")

    assert code_of(wrong) == "method_not_allowed"
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, HEAD, POST")
    assert (code_of(nothing), code_of(root)) == ("not_found", "not_found")


@pytest.mark.parametrize("number", ["abc", "-1", "1.5", "9" * 30, "%00", "１"])
async def test_an_id_that_is_none_is_not_found(service: Service, number: str) -> None:
    """Whatever is written where an id belongs never reaches the store."""
    client = await service.client("admin")

    assert code_of(await client.get(f"/teams/{number}")) == "not_found"


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({}, False),
        ({"Origin": ADDRESS}, False),
        ({"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"}, False),
        ({"Origin": "https://evil.test"}, True),
        ({"Origin": "null"}, True),
        ({"Origin": "https://inbox.test.evil.test"}, True),
        ({"Origin": "http://inbox.test"}, True),
        ({"Origin": "https://inbox.test:8443"}, True),
        ({"Origin": "https://["}, True),
        ({"Origin": "https://inbox.test:99999"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Site": "same-site", "Origin": "https://other.inbox.test"}, True),
    ],
)
async def test_another_sites_page_changes_nothing(service: Service, headers: dict[str, str], refused: bool) -> None:
    """With a cookie, a change must come from our own page."""
    client = await service.client("admin")

    response = await client.post("/tags", json=TAG, headers=headers)

    assert (response.status_code == 403) == refused, response.text
    assert not refused or code_of(response) == "cross_site"


async def test_a_change_by_cookie_needs_our_header(service: Service) -> None:
    """A form of another site cannot set X-Inbox; without it nothing is changed."""
    client = await service.client("admin")
    del client.headers["X-Inbox"]

    assert code_of(await client.post("/tags", json=TAG)) == "cross_site"
    assert (await client.get("/tags")).json()["items"] == []


async def test_a_change_names_the_version_it_changes(stored_service: Service) -> None:
    """Without If-Match 428, with an old one 412, with the right one it is changed and has a new ETag."""
    client = await stored_service.client("admin")
    made = await client.post("/canned-replies", json=CANNED)
    path = f"/canned-replies/{made.json()['id']}"

    missing = await client.patch(path, json={"name": "Hi"})
    right = await client.patch(path, json={"name": "Hi"}, headers={"If-Match": made.headers["etag"]})
    stale = await client.patch(path, json={"name": "Ho"}, headers={"If-Match": made.headers["etag"]})

    assert (missing.status_code, code_of(missing)) == (428, "precondition_required")
    assert (right.status_code, right.headers["etag"]) == (200, '"v2"')
    assert (stale.status_code, code_of(stale), stale.json()["current_version"]) == (412, "stale", 2)
    assert (await client.get(path)).json()["name"] == "Hi"


async def test_the_same_key_makes_one_thing(stored_service: Service) -> None:
    """Asked again with its key, a create gives the first answer again and makes nothing."""
    client = await stored_service.client("admin")
    key = {"Idempotency-Key": fresh_key()}

    first = await client.post("/tags", json=TAG, headers=key)
    again = await client.post("/tags", json=TAG, headers=key)

    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert again.headers["idempotent-replayed"] == "true"
    assert len((await client.get("/tags")).json()["items"]) == 1


async def test_a_key_is_for_one_request(stored_service: Service) -> None:
    """The same key with another body is refused; another agent's key is his own."""
    client, other = await stored_service.client("admin"), await stored_service.client("supervisor")
    key = {"Idempotency-Key": "once"}
    await client.post("/tags", json=TAG, headers=key)

    refused = await client.post("/tags", json={"name": "other"}, headers=key)
    own = await other.post("/tags", json={"name": "other"}, headers=key)

    assert (refused.status_code, code_of(refused)) == (422, "idempotency_key_reused")
    assert own.status_code == 201


async def test_two_at_once_with_one_key_make_one_thing(stored_service: Service) -> None:
    """Of requests that run at the same time with one key, one does it; the others get its answer or 409."""
    client = await stored_service.client("admin")
    headers = {"Idempotency-Key": "at once"}

    answers = await asyncio.gather(*[client.post("/canned-replies", json=CANNED, headers=headers) for _ in range(5)])

    assert sorted({answer.status_code for answer in answers}) in ([201], [201, 409])
    assert len((await client.get("/canned-replies")).json()["items"]) == 1


async def test_a_refused_request_does_not_use_its_key_up(service: Service) -> None:
    """What failed may be sent again, corrected, with the same key only if nothing was done under it."""
    client = await service.client("admin")
    headers = {"Idempotency-Key": "kept"}
    await client.post("/tags", json=TAG)

    taken = await client.post("/tags", json=TAG, headers=headers)
    corrected = await client.post("/tags", json={"name": "another"}, headers=headers)

    assert code_of(taken) == "name_taken"
    assert corrected.status_code == 201


async def test_a_failure_nobody_foresaw_tells_only_a_number(service: Service) -> None:
    """The client learns no internals; the request id leads to them in the log."""
    broken = Routes("Broken")

    @broken.get("/broken", needs="public")
    async def fail(call: Call) -> None:
        """Fail."""
        raise RuntimeError("secret internals")

    service.app.router.routes[:0] = starlette_routes([broken], service.deps)

    response = await service.anybody().get("/broken")

    assert response.status_code == 500
    assert "secret internals" not in response.text
    assert response.json()["request_id"] in response.json()["detail"]


def test_an_address_declared_twice_is_refused(service: Service) -> None:
    """Two handlers for one method and path, or two names for one parameter, stop the start."""
    twice, renamed = Routes("Twice"), Routes("Renamed")
    for _ in range(2):

        @twice.get("/twice")
        async def first(call: Call) -> None:
            """Nothing."""

    @renamed.get("/things/{thing_id}")
    async def see(call: Call, thing_id: int) -> None:
        """Nothing."""

    @renamed.delete("/things/{other_id}", needs="read")
    async def drop(call: Call, other_id: int) -> None:
        """Nothing."""

    with pytest.raises(ValueError, match="declared twice"):
        starlette_routes([twice], service.deps)
    with pytest.raises(ValueError, match="several names"):
        starlette_routes([renamed], service.deps)


async def test_a_script_that_loops_is_slowed_down(service: Service) -> None:
    """Past its rate a caller gets 429 with the time to wait; others are not affected."""
    client, other = await service.client("admin"), await service.client("agent")
    made = await client.post("/channels", json={"network": "telegram", "name": "Shop", "settings": {"token": "1:a"}})
    path = f"/channels/{made.json()['id']}/check"

    statuses = [(await client.post(path)).status_code for _ in range(11)]

    assert statuses == [200] * 10 + [429]
    assert (await other.get("/tags")).status_code == 200
