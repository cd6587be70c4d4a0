"""After a change of key everything is sealed with the new one."""

from __future__ import annotations

import msgspec
import pytest

from inbox.commands.reseal import Reseal
from inbox.commands.webhooks import CreateWebhook, secrets_of
from inbox.domain.records import Agent, Channel, Connection
from inbox.domain.webhooks import Webhook
from inbox.errors import Conflict
from inbox.notify.keys import Keys
from inbox.seal import Sealer
from inbox.storage import rows
from inbox.storage import tables as t
from tests.inbox.world import CLEO, agent, channel, world

OLD, NEW = "o" * 40, "n" * 40
HOOK = {
    "name": "CRM", "url": "https://crm.example", "active": True, "types": [], "networks": [], "channel_ids": [],
    "team_ids": [], "tag_ids": [],
}  # fmt: skip


async def test_everything_is_sealed_anew_and_the_old_key_can_go(database_url: str) -> None:
    """Channels, connections, webhooks, the push key, second factors open with the new key alone; a second run finds
    nothing to do.
    """
    old = Sealer([OLD])
    kept = msgspec.structs.replace(channel(51, "telegram"), sealed=old.seal_fields({"token": "1:a"}, "channel:51"))
    person = msgspec.structs.replace(agent(52, "Dora"), totp_sealed=old.seal("BASE32", "agent:52:totp"))
    connection = Connection(53, "x", "x", old.seal_fields({"k": "v"}, "connection:53"), None, "ok", "", 1, 1)
    async with world(database_url) as w:
        await w.rows((t.channel, kept), (t.agent, person), (t.connection, connection))
        public = await Keys(w.database, w.writer, old).public()
        hook = await w.writer.submit(CreateWebhook(w.directory.principal_of(agent(CLEO, "Cleo", "admin")), HOOK, old))

        assert await w.writer.submit(Reseal(Sealer([NEW, OLD]))) == 5
        assert await w.writer.submit(Reseal(Sealer([NEW, OLD]))) == 0

        new = Sealer([NEW])
        assert await Keys(w.database, w.writer, new).public() == public
        found = await w.database.read(rows.one, Channel, 51)
        someone = await w.database.read(rows.one, Agent, 52)
        assert found is not None
        assert someone is not None
        assert new.open_fields(found.sealed, "channel:51") == {"token": "1:a"}
        assert new.open(someone.totp_sealed, "agent:52:totp") == "BASE32"
        webhook = await w.database.read(rows.one, Webhook, hook.webhook.id)
        assert webhook is not None
        assert secrets_of(webhook, new, 0) == [hook.secret]


async def test_a_missing_key_changes_nothing(sqlite_url: str) -> None:
    """What cannot be opened is named, and nothing is written."""
    kept = msgspec.structs.replace(channel(51, "telegram"), sealed=Sealer([OLD]).seal("x", "channel:51"))
    async with world(sqlite_url) as w:
        await w.rows((t.channel, kept))

        with pytest.raises(Conflict, match="channel:51"):
            await w.writer.submit(Reseal(Sealer([NEW])))

        found = await w.database.read(rows.one, Channel, 51)
        assert found is not None
        assert found.sealed == kept.sealed
