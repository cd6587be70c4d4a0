"""How agents arrange the web app for themselves."""

from __future__ import annotations

from tests.inbox.api.running_api import Service, code_of

NOTHING = {"keys": {}, "hidden": [], "done": [], "views": [], "zone": ""}


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


async def test_saved_views_have_an_order_of_one_s_own(stored_service: Service) -> None:
    """As it was sent last, each view once, moving nothing for anybody else; a fixed view has no place in it."""
    here, other = await stored_service.client("agent"), await stored_service.client("supervisor")

    await here.patch("/preferences", json={"views": ["saved:7", "saved:3", "saved:7"]})
    await here.patch("/preferences", json={"done": ["undo"]})
    wrong = await here.patch("/preferences", json={"views": ["waiting"]})

    assert (await here.get("/preferences")).json()["views"] == ["saved:7", "saved:3"]
    assert (await other.get("/preferences")).json()["views"] == []
    assert wrong.status_code == 422


async def test_one_reads_times_in_a_zone_of_one_s_own(stored_service: Service) -> None:
    """Q3: kept with the account until it is that of the machine again; one that there is not is refused."""
    here, there = await stored_service.client("agent"), await stored_service.client("agent")

    await here.patch("/preferences", json={"zone": "Asia/Jakarta"})
    await here.patch("/preferences", json={"hidden": ["sandbox"]})
    kept = (await there.get("/preferences")).json()["zone"]
    unknown = await here.patch("/preferences", json={"zone": "Moon/Base"})
    await here.patch("/preferences", json={"zone": ""})

    assert (kept, unknown.status_code, code_of(unknown)) == ("Asia/Jakarta", 422, "zone")
    assert (await there.get("/preferences")).json()["zone"] == ""


async def test_what_is_no_name_is_refused(service: Service) -> None:
    """Names are short and plain, and only so many are kept."""
    client = await service.client("agent")

    assert (await client.patch("/preferences", json={"done": ["<script>"]})).status_code == 422
    first = await client.patch(
        "/preferences", json={"done": [f"a-{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(200)]}
    )
    assert first.status_code == 200
    assert (await client.patch("/preferences", json={"done": ["one-more"]})).status_code == 422
