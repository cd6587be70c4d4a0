"""One conversation as a file."""

from __future__ import annotations

import json

import pytest

from tests.inbox.api.running_api import Service, code_of
from tests.inbox.api.shop import Shop

AT = 1_792_000_000_000_000


async def conversation(service: Service) -> str:
    """A conversation with words that could be taken for markup, and a note."""
    shop = await Shop(service).open()
    await shop.writes("<b>Where</b> is it?", person="eleni", occurred_at=AT)
    client = await service.client("agent")
    (row,) = (await client.get("/conversations")).json()["items"]
    await client.post(f"/conversations/{row['id']}/notes", json={"text": "Ask the depot"})
    return str(row["id"])


@pytest.mark.parametrize(
    ("form", "kind", "said"),
    [
        ("text", "text/plain; charset=utf-8", "    <b>Where</b> is it?"),
        ("html", "text/html; charset=utf-8", "&lt;b&gt;Where&lt;/b&gt; is it?"),
    ],
)
async def test_a_conversation_is_kept_as_a_file(stored_service: Service, form: str, kind: str, said: str) -> None:
    """Words stand as they were said, times in the zone asked for, notes among them; nothing in it is carried out."""
    one = await conversation(stored_service)
    client = await stored_service.client("agent")
    got = await client.get(f"/conversations/{one}/transcript", params={"format": form, "zone": "Asia/Jakarta"})
    without = await client.get(f"/conversations/{one}/transcript", params={"format": form, "notes": "false"})

    assert (got.headers["content-type"], got.headers["content-disposition"].split(";")[0]) == (kind, "attachment")
    assert said in got.text
    assert "Asia/Jakarta" in got.text
    assert "Ask the depot" in got.text
    assert "Ask the depot" not in without.text


async def test_times_have_their_offset_in_json(service: Service) -> None:
    """So that a program can tell the instant; an unknown zone is refused."""
    one = await conversation(service)
    client = await service.client("agent")
    got = await client.get(f"/conversations/{one}/transcript", params={"format": "json", "zone": "Asia/Jakarta"})
    refused = await client.get(f"/conversations/{one}/transcript", params={"zone": "Mars/Olympus"})

    first = json.loads(got.content)["items"][0]
    assert (first["text"], first["at"][-6:]) == ("<b>Where</b> is it?", "+07:00")
    assert code_of(refused) == "zone"
