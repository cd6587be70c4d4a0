"""The door of a family, over real HTTP: one address for all its networks and accounts."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import msgspec
import pytest

from connectors.contract import Withdrawn
from inbox.commands.channels import CreateChannel
from inbox.domain import events as e
from inbox.domain.permissions import ROLES, Principal, Scope
from inbox.domain.records import App, Channel, Raw
from inbox.eventlog.unit import Unit
from inbox.intake.door import Doors
from inbox.intake.endpoint import Hooks
from inbox.intake.quarantine import Quarantine
from inbox.intake.receive import Arrived
from inbox.seal import Sealer
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Save, Update
from tests.inbox.house import House, house, served

ADMIN = Principal(e.SYSTEM, "Admin", Scope(None, frozenset(), True), ROLES["admin"])
SECRET, OTHER = "s3cret-of-the-app", "s3cret-of-another"
PAGES = [str(100 + n) for n in range(5)]


class Family:
    """A service with a door, and how Meta posts to it."""

    def __init__(
        self, home: House, url: str, client: httpx2.AsyncClient, sealer: Sealer, withdrawn: list[Withdrawn]
    ) -> None:
        self.home = home
        self.url = url
        self.client = client
        self.sealer = sealer
        self.withdrawn = withdrawn
        self.quarantine = Quarantine(home.directory, home.contexts, home.receiver, home.writer, home.health)

    async def connect(self, network: str, asset: str, secret: str = SECRET, **more: str) -> int:
        """Connect a page by hand, as its set-up at the network would."""
        names = {"messenger": "page_id", "facebook_page": "page_id"}
        given = {
            names[network]: asset, "page_access_token": "EAAG-token", "app_secret": secret,
            "verify_token": f"verify-{secret}", **more,
        }  # fmt: skip
        made: Channel = await self.home.writer.submit(
            CreateChannel(ADMIN, self.sealer, network, given, {"name": f"{network} {asset}"})
        )
        await self.home.writer.submit(_Asset(made.id, asset))
        return made.id

    async def post(
        self, entries: list[dict[str, Any]], *, path: str = "meta", secret: str = SECRET, kind: str = "page"
    ) -> httpx2.Response:
        """Deliver entries, signed."""
        body = json.dumps({"object": kind, "entry": entries}).encode()
        signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"x-hub-signature-256": signature, "content-type": "application/json"}
        return await self.client.post(f"{self.url}/hooks/{path}", content=body, headers=headers)

    async def mend(self, raw_id: int, entries: list[dict[str, Any]]) -> None:
        """Put in the place of a kept delivery what a later version would make of it."""
        body = json.dumps({"object": "page", "entry": entries}).encode()
        await self.home.writer.submit(_Mended(raw_id, body))


class _Mended(Unit):
    alone = True

    def __init__(self, raw_id: int, body: bytes) -> None:
        self.raw_id = raw_id
        self.body = body

    def run(self, state: Any) -> Any:
        rows = yield ByKeys(t.raw, [self.raw_id])
        raw = Raw(*rows[0])
        raw.body = self.body
        yield Save([Update(t.raw, [msgspec.structs.astuple(raw)])])


class _Asset(Unit):
    """What a set-up brings: which account the channel is."""

    alone = True

    def __init__(self, channel_id: int, asset: str) -> None:
        self.channel_id = channel_id
        self.asset = asset

    def run(self, state: Any) -> Any:
        from inbox.delivery.connecting import Connected, Setup

        unit = Connected(self.channel_id, Setup(asset_id=self.asset, name=""), lambda *_: "", lambda *_: {})
        return (yield from unit.run(state))


@pytest.fixture
async def family(database_url: str, tmp_path: Path) -> AsyncIterator[Family]:
    """A running door without any channel."""
    sealer = Sealer(["a key of the tests, long enough for it"])
    withdrawn: list[Withdrawn] = []

    async def noted(app: App, said: Withdrawn) -> None:
        withdrawn.append(said)

    async with house(database_url, tmp_path, unseal=sealer.open_fields) as home:
        doors = Doors(home.directory, home.contexts, home.receiver, home.writer, noted)
        hooks = Hooks(home.directory, home.contexts, home.receiver, doors=doors)
        async with served(hooks) as url, httpx2.AsyncClient() as client:
            yield Family(home, url, client, sealer, withdrawn)


def said(page: str, person: str, n: int, text: str = "Hello") -> dict[str, Any]:
    """A message of a person to a page."""
    at = 1_795_336_000_000 + n
    return {
        "sender": {"id": person}, "recipient": {"id": page}, "timestamp": at,
        "message": {"mid": f"m_{page}_{person}_{n}", "text": text},
    }  # fmt: skip


def entry(page: str, *messaging: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What happened at one page."""
    return {"id": page, "time": 1_795_336_000_000, "messaging": list(messaging), **more}


async def test_a_delivery_of_a_hundred_elements_over_five_pages_lands_once_and_rightly(family: Family) -> None:
    """Every element is in the conversation of its page and person, also when all of it comes twice; a broken one costs
    only itself.
    """
    for page in PAGES:
        await family.connect("messenger", page)
    entries = [
        entry(page, *[said(page, f"p{n % 7}", n) for n in range(20) if not (page == "102" and n == 5)])
        for page in PAGES
    ]
    broken = said("102", "p5", 5)
    broken["message"] = {"mid": ["no", "id"], "text": {"no": "text"}}
    entries[2]["messaging"].insert(5, broken)

    first = await family.post(entries)
    again = await family.post(entries[::-1])

    assert (first.status_code, again.status_code) == (200, 200)
    rows = await family.home.rows(
        "SELECT m.channel_id, m.external_id, t.external_id FROM message m JOIN thread t ON t.id = m.thread_id"
    )
    assert len(rows) == len({row[1] for row in rows}) == 99
    channels = {c.id: c.asset_id for c in family.home.directory.channels.values()}
    assert all(row[1].startswith(f"m_{channels[row[0]]}_{row[2]}_") for row in rows)
    assert await family.home.column("SELECT state FROM raw WHERE state = 'quarantined'") == ["quarantined"]


async def test_one_app_serves_many_pages_and_keeps_its_secret_once(family: Family) -> None:
    """The second page of the same app needs no secret of its own, and another app is told apart by its own."""
    await family.connect("messenger", "100")
    second: Channel = await family.home.writer.submit(
        CreateChannel(
            ADMIN, family.sealer, "facebook_page", {"page_id": "100", "page_access_token": "t"}, {"name": "Feed"}
        )
    )
    await family.connect("messenger", "300", OTHER)

    assert await family.home.column("SELECT count(*) FROM app") == [2]
    assert second.app_id is not None
    assert (await family.post([entry("300", said("300", "p1", 1))], secret=OTHER)).status_code == 200
    assert await family.home.column("SELECT external_id FROM message") == ["m_300_p1_1"]


async def test_an_app_cannot_speak_for_a_page_of_another(family: Family) -> None:
    """What one app signs for another app's page reaches no conversation."""
    await family.connect("messenger", "100")
    await family.connect("messenger", "300", OTHER)

    assert (await family.post([entry("100", said("100", "p1", 1))], secret=OTHER)).status_code == 200

    assert await family.home.rows("SELECT id FROM message") == []
    assert await family.home.column("SELECT state FROM raw") == ["not_connected"]


async def test_what_is_for_an_unknown_page_is_kept_once_and_taken_in_when_it_is_connected(family: Family) -> None:
    """Nothing is lost by connecting a page a day late."""
    await family.connect("messenger", "100")
    for _ in range(2):
        assert (await family.post([entry("555", said("555", "p1", 1))])).status_code == 200
    assert await family.home.column("SELECT state FROM raw") == ["not_connected"]

    channel_id = await family.connect("messenger", "555")
    adopted = await family.quarantine.adopt(channel_id)

    assert adopted == 1
    assert await family.home.column("SELECT external_id FROM message") == ["m_555_p1_1"]
    assert await family.quarantine.listed() == []


async def test_what_somebody_takes_in_meanwhile_does_not_stop_the_rest(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page is being connected, and an admin replays one of its deliveries: the others are taken in all the same."""
    await family.connect("messenger", "100")
    for mid in (1, 2, 3):
        await family.post([entry("555", said("555", "p1", mid))])
    channel_id = await family.connect("messenger", "555")
    _, second, _ = sorted(held.id for held in await family.quarantine.listed())
    receiver = family.home.receiver
    take = receiver.take

    async def meanwhile(arrived: Arrived) -> list[str]:
        monkeypatch.setattr(receiver, "take", take)
        await family.quarantine.replay(second)
        return await take(arrived)

    monkeypatch.setattr(receiver, "take", meanwhile)
    adopted = await family.quarantine.adopt(channel_id)

    assert adopted == 2
    assert await family.home.column("SELECT count(*) FROM message") == [3]
    assert await family.quarantine.listed() == []


async def test_what_cannot_be_told_apart_is_quarantined_whole_and_replayed_after_a_fix(family: Family) -> None:
    """A broken entry costs no other; what was broken is taken in once we can read it, and nothing twice."""
    await family.connect("messenger", "100")
    broken = entry("100", said("100", "p2", 2))
    del broken["id"]

    assert (await family.post([entry("100", said("100", "p1", 1)), broken])).status_code == 200

    assert await family.home.column("SELECT external_id FROM message") == ["m_100_p1_1"]
    held = await family.quarantine.listed()
    assert [one.state for one in held] == ["quarantined"]
    assert await family.home.column("SELECT topic FROM attention") == ["quarantine"]
    assert await family.home.column("SELECT ref FROM attention") == await family.home.column("SELECT id FROM app")
    assert await family.quarantine.replay_all() == (0, 1)
    assert await family.home.column("SELECT topic FROM attention") == ["quarantine"]

    await family.mend(held[0].id, [entry("100", said("100", "p1", 1)), entry("100", said("100", "p2", 2))])
    assert await family.quarantine.replay_all() == (1, 0)
    assert sorted(await family.home.column("SELECT external_id FROM message")) == ["m_100_p1_1", "m_100_p2_2"]
    assert await family.quarantine.listed() == []
    assert await family.home.column("SELECT topic FROM attention") == []


async def test_admins_are_told_once_of_what_cannot_be_told_apart(family: Family) -> None:
    """However many deliveries are broken: one word for the app, with the remedy."""
    await family.connect("messenger", "100")
    for number in range(3):
        broken = entry("100", said("100", "p2", number))
        del broken["id"]
        await family.post([broken])

    [detail] = await family.home.column("SELECT detail FROM attention")
    assert "replay it in the quarantine" in detail
    raised = "SELECT count(*) FROM event WHERE type = 'attention_raised'"
    assert await family.home.column(raised) == [1]


@pytest.mark.parametrize("path", ["meta", "messenger", "facebook_page", "instagram", "whatsapp"])
async def test_every_address_of_the_family_is_the_same_door(family: Family, path: str) -> None:
    """An app may register any of them; so may it the address that names a channel."""
    channel_id = await family.connect("messenger", "100")

    assert (await family.post([entry("100", said("100", "p1", 1))], path=path)).status_code == 200
    assert (await family.post([entry("100", said("100", "p1", 2))], path=f"messenger/{channel_id}")).status_code == 200

    assert await family.home.column("SELECT count(*) FROM message") == [2]


@pytest.mark.parametrize("flaw", ["none", "wrong", "body", "other"])
async def test_what_no_app_signed_is_refused_and_leaves_no_trace(family: Family, flaw: str) -> None:
    """No signature, a wrong one, a changed body, or somebody else's secret: 401."""
    await family.connect("messenger", "100")
    body = json.dumps({"object": "page", "entry": [entry("100", said("100", "p1", 1))]}).encode()
    secret = OTHER if flaw == "other" else SECRET
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"x-hub-signature-256": f"sha256={'0' * 64 if flaw == 'wrong' else signature}"}
    sent = body.replace(b"Hello", b"Hullo") if flaw == "body" else body

    answer = await family.client.post(
        f"{family.url}/hooks/meta", content=sent, headers={} if flaw == "none" else headers
    )

    assert answer.status_code == 401
    assert answer.content == b""
    assert await family.home.rows("SELECT id FROM raw") == []


async def test_the_handshake_is_answered_for_the_verify_token_of_any_app(family: Family) -> None:
    """The challenge comes back as it was; a wrong token gets nothing."""
    await family.connect("messenger", "100")
    await family.connect("messenger", "300", OTHER)

    for token, status in ((f"verify-{SECRET}", 200), (f"verify-{OTHER}", 200), ("guessed", 403)):
        query = urlencode({"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1158201444"})
        answer = await family.client.get(f"{family.url}/hooks/meta?{query}")
        assert (answer.status_code, answer.text) == (status, "1158201444" if status == 200 else "")


@pytest.mark.parametrize(("path", "kind"), [("deauthorise", "deauthorised"), ("deletion", "erase")])
async def test_a_withdrawal_is_carried_out_for_the_app_that_signed_it(family: Family, path: str, kind: str) -> None:
    """The signed request names the person; a forged one is refused."""
    await family.connect("messenger", "100")
    payload = base64.urlsafe_b64encode(json.dumps({"user_id": "42", "algorithm": "HMAC-SHA256"}).encode()).rstrip(b"=")

    for secret, status in ((OTHER, 401), (SECRET, 200)):
        signature = base64.urlsafe_b64encode(hmac.digest(secret.encode(), payload, "sha256")).rstrip(b"=")
        form = {"signed_request": f"{signature.decode()}.{payload.decode()}"}
        answer = await family.client.post(f"{family.url}/hooks/meta/{path}", data=form)
        assert answer.status_code == status
        if status == 200 and kind == "erase":
            assert set(answer.json()) == {"url", "confirmation_code"}

    assert [(said.kind, said.user_id) for said in family.withdrawn] == [(kind, "42")]


async def test_deliveries_at_once_are_all_committed_before_they_are_answered(family: Family) -> None:
    """Many requests in flight lose nothing and double nothing."""
    await family.connect("messenger", "100")
    posted = [family.post([entry("100", said("100", f"p{n % 3}", n))]) for n in range(60)]

    answers = await asyncio.gather(*posted)

    assert {answer.status_code for answer in answers} == {200}
    assert await family.home.column("SELECT count(*) FROM message") == [60]
