"""Spans of the log, sent once more."""

from __future__ import annotations

from pathlib import Path

import pytest

from inbox.commands.webhooks import Replay
from inbox.domain import events as e
from inbox.errors import Invalid
from inbox.webhooks.reader import PAGE
from tests.inbox.webhooks.hall import hall, receiver


async def test_a_span_of_several_pages_comes_whole_and_in_order(database_url: str, tmp_path: Path) -> None:
    """Also what was before the webhook was made; page after page, behind one another."""
    async with receiver() as far, hall(database_url, tmp_path) as there:
        count = 2 * PAGE + 10
        await there.emits(*(e.AttentionRaised(topic="disk", ref=n) for n in range(1, count + 1)))
        made = await there.webhook(far.url, types=["attention_raised"])
        await there.do(Replay(there.admin, made.webhook.id, (1, await there.head()), whole=False))
        await there.until(lambda: len(far.taken) >= count)

        assert [envelope["data"]["data"]["ref"] for _, envelope in far.taken] == list(range(1, count + 1))
        assert await there.rows("SELECT id FROM job WHERE kind LIKE 'webhook-replay:%'") == []


async def test_what_is_private_is_not_replayed_either(database_url: str, tmp_path: Path) -> None:
    """Naming its position does not help."""
    async with receiver() as far, hall(database_url, tmp_path) as there:
        made = await there.webhook(far.url, types=["attention_raised"])
        await there.emits(e.Notified(agent_id=1, notification_id=2), audience=e.Audience(agent_id=1))
        private = await there.head()
        await there.do(Replay(there.admin, made.webhook.id, (private, private), whole=True))
        await there.emits(e.AttentionRaised(topic="disk"))
        await there.until(lambda: len(far.taken) == 1)

        assert far.types == ["inbox.attention_raised.v1"]


@pytest.mark.parametrize("span", [(2, 1), (1, 10_000)])
async def test_a_span_that_is_none_is_refused(sqlite_url: str, tmp_path: Path, span: tuple[int, int]) -> None:
    """It ends before it begins, or in the future."""
    async with hall(sqlite_url, tmp_path, works=False) as there:
        made = await there.webhook("https://93.184.216.34/in")
        with pytest.raises(Invalid):
            await there.do(Replay(there.admin, made.webhook.id, span, whole=False))
