"""Networks and channels."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from inbox.clock import SECOND, iso
from inbox.delivery.allowance import AllowanceTold
from inbox.domain.records import Channel
from inbox.errors import Invalid
from inbox.storage import rows
from tests.inbox.api.running_api import Service, code_of

BODY = {"network": "telegram", "name": "Shop", "settings": {"token": "123:the-secret"}}


async def _stored(service: Service, channel_id: str) -> Channel:
    found = await service.deps.database.read(rows.one, Channel, int(channel_id))
    assert found is not None
    return found


async def test_a_secret_is_sealed_and_never_given_back(stored_service: Service) -> None:
    """What is secret is stored encrypted for this channel alone and is in no answer."""
    client = await stored_service.client("admin")

    made = await client.post("/channels", json=BODY)
    read = await client.get(f"/channels/{made.json()['id']}")

    stored = await _stored(stored_service, made.json()["id"])
    assert "the-secret" not in made.text + read.text + stored.settings + stored.sealed
    opened = stored_service.deps.sealer.open_fields(stored.sealed, f"channel:{stored.id}")
    assert opened["token"] == "123:the-secret"
    assert made.json()["webhook_url"] == f"https://inbox.test/hooks/telegram/{stored.id}"
    assert made.json()["settings"]["mode"] == "auto"


async def test_what_goes_through_a_channel_is_told(stored_service: Service) -> None:
    """Nothing of a new one; then what its network says of its allowance, as it said it last."""
    client = await stored_service.client("admin")
    made = (await client.post("/channels", json=BODY)).json()
    path = f"/channels/{made['id']}/traffic"
    nothing = {"last_activity_at": None, "waiting": 0, "oldest_waiting_at": None, "used_percent": None, "used_at": None}
    assert (await client.get(path)).json() == nothing
    await stored_service.deps.writer.submit(AllowanceTold(int(made["id"]), 40, SECOND))
    await stored_service.deps.writer.submit(AllowanceTold(int(made["id"]), 76, 2 * SECOND))
    told = (await client.get(path)).json()
    assert (told["used_percent"], told["used_at"]) == (76, iso(2 * SECOND))
    assert (await client.get("/channels/999/traffic")).status_code == 404


async def test_a_channel_is_proved_at_its_network_when_its_settings_change(service: Service) -> None:
    """Connecting and new settings run the set-up; a new name does not."""
    client = await service.client("admin")
    made = (await client.post("/channels", json=BODY)).json()
    path = f"/channels/{made['id']}"

    renamed = await client.patch(path, json={"name": "Our shop"}, headers={"If-Match": '"v1"'})
    changed = await client.patch(path, json={"settings": {"mode": "poll"}}, headers={"If-Match": '"v2"'})

    assert renamed.json()["name"] == "Our shop"
    assert changed.json()["settings"]["mode"] == "poll"
    assert service.connected == [int(made["id"])] * 2
    stored = await _stored(service, made["id"])
    assert service.deps.sealer.open_fields(stored.sealed, f"channel:{stored.id}")["token"] == "123:the-secret"


async def test_a_webhook_secret_that_is_changed_still_counts_once(service: Service) -> None:
    """Deliveries signed with the one before are on their way."""
    client = await service.client("admin")
    settings = {"token": "1:a", "webhook_secret": "old"}
    made = (await client.post("/channels", json={**BODY, "settings": settings})).json()

    body = {"settings": {"webhook_secret": "new"}}
    await client.patch(f"/channels/{made['id']}", json=body, headers={"If-Match": '"v1"'})

    stored = await _stored(service, made["id"])
    opened = service.deps.sealer.open_fields(stored.sealed, f"channel:{stored.id}")
    assert (opened["webhook_secret"], opened["webhook_secret_previous"]) == ("new", "old")


@pytest.mark.parametrize(
    ("settings", "pointer"),
    [
        ({}, "/settings/token"),
        ({"token": ""}, "/settings/token"),
        ({"token": "1:a", "mode": "pigeon"}, "/settings/mode"),
        ({"token": "1:a", "colour": "red"}, "/settings/colour"),
    ],
)
async def test_settings_are_those_of_the_manifest(service: Service, settings: dict[str, str], pointer: str) -> None:
    """What is missing, unknown or none of the choices is named."""
    client = await service.client("admin")

    refused = await client.post("/channels", json={**BODY, "settings": settings})

    assert refused.status_code == 422
    assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]
    assert service.connected == []


CUSTOM = {"network": "custom", "name": "Shop"}


@pytest.mark.parametrize(
    ("settings", "pointer", "code"),
    [
        ({"outbound_url": "shop"}, "/settings/outbound_url", "url"),
        ({"webhook_secret": "hunter2"}, "/settings/webhook_secret", "secret"),
        ({"webhook_secret": "whsec_c2hvcnQ="}, "/settings/webhook_secret", "whsec"),
        ({"webhook_secret": "0123456789abcdef", "signature": "basic"}, "/settings/webhook_secret", "basic"),
    ],
)
async def test_what_cannot_work_is_refused_and_nothing_kept(
    service: Service, settings: dict[str, str], pointer: str, code: str
) -> None:
    """The field is named with a code, the value too unless it is a secret; no channel is left behind."""
    client = await service.client("admin")

    refused = await client.post("/channels", json={**CUSTOM, "settings": settings})

    (wrong,) = refused.json()["errors"]
    assert (refused.status_code, wrong["pointer"], wrong["code"]) == (422, pointer, code)
    assert ("shop" in wrong["message"]) is (code == "url")
    assert "hunter2" not in refused.text
    assert (await client.get("/channels")).json()["items"] == []


async def test_a_change_is_looked_at_too_and_a_secret_again_with_its_way_of_signing(service: Service) -> None:
    """What is changed must work; what was kept before is asked about only where its use changes."""
    client = await service.client("admin")
    secret = {"webhook_secret": "0123456789abcdef"}
    made = (await client.post("/channels", json={**CUSTOM, "settings": secret})).json()
    path, first = f"/channels/{made['id']}", {"If-Match": '"v1"'}

    wrong = await client.patch(path, json={"settings": {"outbound_url": "https://"}}, headers=first)
    basic = await client.patch(path, json={"settings": {"signature": "basic"}}, headers=first)
    fine = await client.patch(path, json={"settings": {"outbound_url": "https://shop.example/in"}}, headers=first)

    assert [one["pointer"] for one in wrong.json()["errors"]] == ["/settings/outbound_url"]
    assert [one["code"] for one in basic.json()["errors"]] == ["basic"]
    assert fine.json()["settings"]["outbound_url"] == "https://shop.example/in"


async def test_a_refused_set_up_says_which_channel_is_there_and_the_secret_made_for_it(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without them nobody could mend it: the secret is told this once, and the other side needs it to agree."""

    async def refuse(channel_id: int) -> None:
        raise Invalid("Custom channel did not accept the channel: unreachable", code="setup_refused")

    async def made(channel_id: int, given: Mapping[str, str]) -> dict[str, str]:
        stored = await _stored(service, str(channel_id))
        return service.deps.sealer.open_fields(stored.sealed, f"channel:{channel_id}")

    monkeypatch.setattr(service.deps, "connect", refuse)
    monkeypatch.setattr(service.deps, "made_secrets", made)
    client = await service.client("admin")

    refused = await client.post("/channels", json={**CUSTOM, "settings": {"outbound_url": "https://shop.example/in"}})
    (channel,) = (await client.get("/channels")).json()["items"]

    assert code_of(refused) == "setup_refused"
    assert refused.json()["channel_id"] == channel["id"]
    assert refused.json()["secrets"]["webhook_secret"].startswith("whsec_")


async def test_an_unknown_network_is_refused_with_those_there_are(service: Service) -> None:
    """The message lists what could have been meant."""
    client = await service.client("admin")

    refused = await client.post("/channels", json={**BODY, "network": "telgram"})

    assert "telegram" in refused.json()["detail"]


async def test_a_channel_out_of_ones_scope_does_not_exist(service: Service) -> None:
    """An agent of one shop neither lists nor reads the other's channel, and sees no settings of his own."""
    admin = await service.client("admin")
    first, second = [(await admin.post("/channels", json=BODY)).json()["id"] for _ in range(2)]
    await admin.patch(f"/agents/{service.agents['agent'].id}", json={"channel_ids": [first]})
    agent = await service.client("agent")

    listed = (await agent.get("/channels")).json()["items"]

    assert [one["id"] for one in listed] == [first]
    assert listed[0]["settings"] == {}
    assert code_of(await agent.get(f"/channels/{second}")) == "not_found"


async def test_a_channel_in_which_nothing_was_said_goes_entirely(stored_service: Service) -> None:
    """Removed, it is not there any more."""
    client = await stored_service.client("admin")
    made = (await client.post("/channels", json=BODY)).json()

    assert (await client.delete(f"/channels/{made['id']}")).status_code == 204

    assert code_of(await client.get(f"/channels/{made['id']}")) == "not_found"


async def test_networks_say_what_an_admin_enters(service: Service) -> None:
    """The manifest's fields, which of them are secret, and what can be done there."""
    client = await service.client("agent")

    found = {one["network"]: one for one in (await client.get("/networks")).json()["items"]}

    token = next(field for field in found["telegram"]["fields"] if field["name"] == "token")
    assert token["secret"] is True
    assert found["telegram"]["kinds"]["direct"]["text_limit"] == 4096


async def test_a_private_reply_has_a_limit_of_its_own_where_the_network_says_so(service: Service) -> None:
    """The composer counts it in the network's unit; None where the limit is that of the thread."""
    client = await service.client("admin")
    networks = {one["network"]: one for one in (await client.get("/networks")).json()["items"]}

    page, telegram = networks["facebook_page"]["kinds"]["comment"], networks["telegram"]["kinds"]["direct"]
    assert (page["private_text_limit"], page["private_text_unit"]) == (2000, "characters")
    assert (telegram["private_text_limit"], telegram["private_text_unit"]) == (None, None)
