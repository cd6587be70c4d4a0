"""What a worker process does beside talking to networks."""

from __future__ import annotations

import asyncio
from pathlib import Path

from inbox.app import Inbox
from inbox.commands.webhooks import CreateWebhook, SendTest
from inbox.domain.events import Actor
from inbox.domain.permissions import ROLES, Principal, Scope
from inbox.settings import Settings
from inbox.storage.migrate import migrate
from inbox.worker import networks, work
from tests.inbox.house import running
from tests.inbox.webhooks.hall import receiver

ADMIN = Principal(Actor("agent", 1), "Cleo", Scope(None, frozenset(), admin=True), ROLES["admin"])


async def test_a_worker_sends_to_webhooks(database_url: str, tmp_path: Path) -> None:
    """A webhook made while it runs is heard of, and what it asks for is sent."""
    settings = Settings(
        data_dir=tmp_path, database_url=database_url, public_url="https://inbox.test", secret_key="k" * 40,
        allow_private=("127.0.0.1",),
    )  # fmt: skip
    await migrate(settings.store)
    values = {
        "name": "CRM", "active": True, "types": ["setting_changed"], "networks": [], "channel_ids": [], "team_ids": [],
        "tag_ids": [],
    }  # fmt: skip
    async with receiver() as far, Inbox.open(settings) as inbox, networks(inbox) as made, running(work(inbox, made)):
        hook = await inbox.writer.submit(CreateWebhook(ADMIN, {**values, "url": far.url}, inbox.sealer))
        await inbox.writer.submit(SendTest(ADMIN, hook.webhook.id))
        async with asyncio.timeout(20):
            while len(far.taken) < 2:
                await asyncio.sleep(0.01)

    assert sorted(far.types) == ["inbox.ping.v1", "inbox.setting_changed.v1"]
    assert {envelope["source"] for _, envelope in far.taken} == {"https://inbox.test"}
