"""How agents arrange the web app for themselves."""

from __future__ import annotations

from tests.inbox.api.running_api import Service

NOTHING = {"keys": {}, "hidden": [], "done": []}


async def test_what_is_arranged_is_kept_for_oneself(stored_service: Service) -> None:
    """Keys and cards put away are as they were sent last, in every window of the agent, and of nobody else."""
    here, there = await stored_service.client("agent"), await stored_service.client("agent")
    assert (await here.get("/preferences")).json() == NOTHING

    await here.patch("/preferences", json={"keys": {"close": "b", "snooze": ""}, "hidden": ["sandbox"]})
    await here.patch("/preferences", json={"hidden": []})

    assert (await there.get("/preferences")).json() == NOTHING | {"keys": {"close": "b", "snooze": ""}}
    assert (await (await stored_service.client("admin")).get("/preferences")).json() == NOTHING


async def test_steps_are_only_ever_added(service: Service) -> None:
    """Two windows tick different steps: both stay ticked."""
    client = await service.client("agent")

    await client.patch("/preferences", json={"done": ["undo"]})
    answer = await client.patch("/preferences", json={"done": ["answer", "undo"]})

    assert answer.json()["done"] == ["answer", "undo"]


async def test_what_is_no_name_is_refused(service: Service) -> None:
    """Names are short and plain, and only so many are kept."""
    client = await service.client("agent")

    assert (await client.patch("/preferences", json={"done": ["<script>"]})).status_code == 422
    first = await client.patch(
        "/preferences", json={"done": [f"a-{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(200)]}
    )
    assert first.status_code == 200
    assert (await client.patch("/preferences", json={"done": ["one-more"]})).status_code == 422
