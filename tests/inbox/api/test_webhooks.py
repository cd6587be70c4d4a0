"""Outgoing webhooks, as an admin has them."""

from __future__ import annotations

import zlib
from typing import Any

import pytest

from inbox.commands.webhooks import secrets_of
from inbox.domain.state import State
from inbox.domain.webhooks import Webhook, WebhookAttempt
from inbox.eventlog.unit import Unit
from inbox.storage import rows, webhooks
from inbox.storage.database import Query
from tests.inbox.api.running_api import Service, code_of

ADDRESS = "https://93.184.216.34/in"
"""Public, and nothing is sent there: what sends is not running here."""


async def _made(service: Service, **body: Any) -> dict[str, Any]:
    admin = await service.client("admin")
    answer = await admin.post("/webhooks", json={"name": "CRM", "url": ADDRESS, **body})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_the_secret_is_shown_once(stored_service: Service) -> None:
    """When it is made, and never in a list, in one, after a change, or in the database as it is."""
    made = await _made(stored_service, types=["message_received"])
    admin = await stored_service.client("admin")
    listed = await admin.get("/webhooks")
    one = await admin.get(f"/webhooks/{made['id']}")
    changed = await admin.patch(f"/webhooks/{made['id']}", json={"name": "New"}, headers={"If-Match": '"v1"'})
    stored = await stored_service.deps.database.read(rows.one, Webhook, int(made["id"]))
    assert stored is not None

    assert made["secret"].startswith("whsec_")
    for text in (listed.text, one.text, changed.text, stored.sealed):
        assert made["secret"] not in text
    assert secrets_of(stored, stored_service.deps.sealer, 0) == [made["secret"]]
    assert changed.json()["name"] == "New"
    assert changed.json()["types"] == ["message_received"]


async def test_a_change_needs_the_version_that_was_read(stored_service: Service) -> None:
    """Change, rotation and removal: 428 without If-Match, 412 with an older one."""
    made = await _made(stored_service)
    admin = await stored_service.client("admin")
    path = f"/webhooks/{made['id']}"
    requests = [("PATCH", path, {"name": "x"}), ("POST", f"{path}/rotate", {}), ("DELETE", path, None)]
    for method, where, body in requests:
        assert (await admin.request(method, where, json=body)).status_code == 428
        stale = await admin.request(method, where, json=body, headers={"If-Match": '"v7"'})
        assert code_of(stale) == "stale"

    assert (await admin.delete(path, headers={"If-Match": '"v1"'})).status_code == 204
    assert (await admin.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"url": "http://93.184.216.34/in"}, "/url"),
        ({"url": "https://10.0.0.5/in"}, "/url"),
        ({"url": "http://127.0.0.1:8000/in"}, "/url"),
        ({"url": "https://169.254.169.254/latest"}, "/url"),
        ({"url": "https://[::ffff:127.0.0.1]/"}, "/url"),
        ({"url": "https://0x7f.1/"}, "/url"),
        ({"url": "https://me:secret@93.184.216.34/"}, "/url"),
        ({"url": "wss://93.184.216.34/"}, "/url"),
        ({"url": "crm.example"}, "/url"),
        ({"types": ["message_recieved"]}, "/types"),
        ({"types": ["notified"]}, "/types"),
        ({"url": "https://93.184.216.34:99999/in"}, "/url"),
        ({"networks": ["fax"]}, "/networks"),
        ({"channel_ids": ["99999"]}, "/channel_ids"),
        ({"team_ids": ["99999"]}, "/team_ids"),
        ({"tag_ids": ["99999"]}, "/tag_ids"),
    ],
)
async def test_what_cannot_be_sent_is_refused_with_the_field(
    service: Service, body: dict[str, Any], pointer: str
) -> None:
    """Private and odd addresses, http over the internet, names that are no event or private to one agent, and filters
    that let nothing through since there is no such thing.
    """
    admin = await service.client("admin")
    answer = await admin.post("/webhooks", json={"name": "CRM", "url": ADDRESS, **body})

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


async def test_a_filter_whose_tag_was_removed_does_not_stand_in_the_way(service: Service) -> None:
    """A webhook that asks for it is read and written back whole; another one cannot ask for it any more."""
    admin = await service.client("admin")
    tag = (await admin.post("/tags", json={"name": "Returns"})).json()["id"]
    made = await _made(service, tag_ids=[tag])
    await admin.delete(f"/tags/{tag}")

    kept = await admin.patch(
        f"/webhooks/{made['id']}", json={"name": "CRM 2", "tag_ids": [tag]}, headers={"If-Match": '"v1"'}
    )
    other = await admin.post("/webhooks", json={"name": "Other", "url": ADDRESS, "tag_ids": [tag]})

    assert (kept.status_code, kept.json()["tag_ids"]) == (200, [tag])
    assert (other.status_code, other.json()["detail"]) == (422, f"there is no tag {tag}")


async def test_a_rotation_keeps_the_old_secret_for_the_overlap(stored_service: Service) -> None:
    """Both sign until then; with no overlap the old one ends at once."""
    made = await _made(stored_service)
    admin = await stored_service.client("admin")
    path = f"/webhooks/{made['id']}/rotate"
    first = (await admin.post(path, json={"overlap_seconds": 60}, headers={"If-Match": '"v1"'})).json()
    stored = await stored_service.deps.database.read(rows.one, Webhook, int(made["id"]))
    assert stored is not None
    assert stored.previous_until is not None
    sealer = stored_service.deps.sealer
    assert secrets_of(stored, sealer, stored.previous_until - 1) == [first["secret"], made["secret"]]
    assert secrets_of(stored, sealer, stored.previous_until) == [first["secret"]]

    second = (await admin.post(path, json={"overlap_seconds": 0}, headers={"If-Match": '"v2"'})).json()
    stored = await stored_service.deps.database.read(rows.one, Webhook, int(made["id"]))
    assert stored is not None
    assert secrets_of(stored, sealer, 0) == [second["secret"]]


async def test_a_test_and_a_replay_are_put_in_line(stored_service: Service) -> None:
    """202, and the job is there; asked twice with one key it is there once."""
    made = await _made(stored_service)
    admin = await stored_service.client("admin")
    path = f"/webhooks/{made['id']}"
    keyed = {"Idempotency-Key": "once"}
    first, second = [await admin.post(f"{path}/test", headers=keyed) for _ in range(2)]
    assert (first.status_code, first.json()) == (202, second.json())
    assert await stored_service.deps.database.read(webhooks.count, webhooks.pings_of(int(made["id"]))) == 1

    span = await admin.post(f"{path}/replay", json={"from_position": 1, "to_position": 1})
    assert (span.status_code, span.json()) == (202, {"from_position": 1, "to_position": 1})
    one = await admin.post(f"{path}/replay", json={"position": 1})
    assert one.status_code == 202
    assert await stored_service.deps.database.read(webhooks.count, webhooks.replays_of(int(made["id"]))) == 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"position": 1, "from_position": 1, "to_position": 2},
        {"from_position": 1},
        {"from_position": 2, "to_position": 1},
        {"position": 10_000_000},
    ],
)
async def test_a_span_that_is_none_is_refused(service: Service, body: dict[str, int]) -> None:
    """One position or both ends, in order, not in the future."""
    made = await _made(service)
    admin = await service.client("admin")

    assert (await admin.post(f"/webhooks/{made['id']}/replay", json=body)).status_code == 422


async def test_the_log_has_pages_filters_and_whole_requests(stored_service: Service) -> None:
    """Newest first; by outcome, position and key; one of them with headers and bodies, none of another webhook's."""
    made, other = await _made(stored_service), await _made(stored_service, name="Other")
    await stored_service.deps.writer.submit(_Attempts(int(made["id"])))
    admin = await stored_service.client("admin")
    path = f"/webhooks/{made['id']}/attempts"

    page = (await admin.get(path, params={"limit": "2"})).json()
    rest = (await admin.get(path, params={"limit": "2", "cursor": page["next_cursor"]})).json()
    assert [one["position"] for one in page["items"] + rest["items"]] == [3, 2, 1]
    assert rest["next_cursor"] is None
    for params in ({"outcome": "retry"}, {"position": "2"}, {"key": "wh-2"}):
        assert [one["position"] for one in (await admin.get(path, params=params)).json()["items"]] == [2]

    one = page["items"][0]
    whole = (await admin.get(f"{path}/{one['id']}")).json()
    assert whole["request_body"] == '{"n": 3}'
    assert whole["request_headers"] == {"webhook-id": "wh-3"}
    assert (whole["answer_body"], whole["status"], whole["duration_ms"]) == ("ok", 200, 12)
    assert (await admin.get(f"/webhooks/{other['id']}/attempts/{one['id']}")).status_code == 404


class _Attempts(Unit):
    alone = True

    def __init__(self, webhook_id: int) -> None:
        self.webhook_id = webhook_id

    def run(self, state: State) -> Query[None]:
        """Three attempts, the second of which failed."""
        for n in (1, 2, 3):
            attempt = WebhookAttempt(
                id=state.next_id(), webhook_id=self.webhook_id, key=f"wh-{n}", position=n, type="message_received",
                number=1, at=state.now, duration_ms=12, outcome="retry" if n == 2 else "delivered", status=200,
                error="", url=ADDRESS, request_headers=f'{{"webhook-id":"wh-{n}"}}',
                request_body=zlib.compress(f'{{"n": {n}}}'.encode()), answer_headers="{}", answer_body="ok",
                conversation_id=None, contact_id=None,
            )  # fmt: skip
            yield from webhooks.log([attempt])


async def test_private_addresses_that_are_listed_are_taken(service: Service) -> None:
    """With INBOX_ALLOW_PRIVATE, also by http."""
    deps = service.deps
    deps.settings = deps.settings.model_copy(update={"allow_private": ("10.0.0.0/8",)})
    made = await _made(service, url="http://10.0.0.5:8080/in")

    assert made["url"] == "http://10.0.0.5:8080/in"
