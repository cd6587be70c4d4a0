"""The connector in the running service: a review announced, read, answered, checked by Google, changed and polled."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import msgspec
import pytest
from starlette.applications import Starlette
from starlette.requests import Request as WebRequest
from starlette.responses import Response as WebResponse
from starlette.routing import Route

from connectors.contract import CustomerAction
from connectors.exchange import Request
from connectors.google_business_profile import simulator
from connectors.google_business_profile.simulator import ACCOUNT, LOCATIONS, PUSH_TOKEN, REFRESH_TOKEN, BusinessProfile
from connectors.outbound import Part, ReplyToReview
from inbox import clock
from inbox.domain.state import State
from tests.inbox.house import Answer, House, house, running, served

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class Reply(Answer):
    """An agent's answer to a review, as `commands` would queue it."""

    def decide(self, state: State) -> int:
        """The same as any answer, with the action that reviews take."""
        message_id = super().decide(state)
        for row in [one for one in state.outbox.values() if one.message_id == message_id]:
            part = msgspec.json.decode(row.part, type=Part)
            action = ReplyToReview(target=part.action.target, text=self.text)
            row.part = msgspec.json.encode(msgspec.structs.replace(part, action=action)).decode()
        return message_id


class Town:
    """A simulated Google over real HTTP, and the service with one of its locations as a channel."""

    def __init__(self, google: BusinessProfile, home: House, client: httpx2.AsyncClient, door: str) -> None:
        self.google, self.home, self.client, self.door = google, home, client, door

    async def act(self, do: str, **fields: object) -> None:
        """Let Maria do something, and bring the announcements to the service's door."""
        action = msgspec.convert({"do": do, "person": "maria", "name": "Maria", **fields}, CustomerAction)
        for request in self.google.act(action, clock.now()):
            answer = await self.client.post(self.door, content=request.body, headers=dict(request.headers))
            assert answer.status_code == 200


@asynccontextmanager
async def town(url: str, folder: Path) -> AsyncIterator[Town]:
    """A town whose channel is held: it polls, fetches and sends."""
    google = BusinessProfile(7)

    async def answer(web: WebRequest) -> WebResponse:
        headers, body = dict(web.headers), await web.body()
        request = Request(method=web.method, path=web.url.path, query=web.url.query, headers=headers, body=body)
        answered = google.respond(request, clock.now())
        return WebResponse(answered.body, answered.status, dict(answered.headers))

    app = Starlette(routes=[Route("/{path:path}", answer, methods=METHODS)])
    async with served(app) as address, house(url, folder) as home:
        channel_id = await home.channel(
            "google_business_profile",
            secrets={"client_secret": "secret", "refresh_token": REFRESH_TOKEN, "webhook_secret": PUSH_TOKEN},
            base_url=address,
            client_id="1234",
            account_id=ACCOUNT,
            location_id=next(iter(LOCATIONS)),
            location_title="Alkyon Home",
            poll_minutes="0.05",
        )
        hook = f"/hooks/google_business_profile/{channel_id}"
        async with served(home.hooks) as door, httpx2.AsyncClient() as client, running(home.holder().run()):
            yield Town(google, home, client, f"{door}{hook}")


async def test_a_review_goes_all_the_way_and_its_answer_back(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An announced review waits; our answer is accepted once Google has let it through, other stars are a version of
    the review, and an answer that is refused says why.
    """
    monkeypatch.setattr(simulator, "CHECK_SECONDS", 0)
    async with town(database_url, tmp_path) as here:
        home = here.home
        await here.act("review", text="Αργό ταμείο", rating=2)
        await home.until_column("SELECT rating FROM message", [2])
        (conversation_id,) = await home.column("SELECT id FROM conversation")
        await home.until_column("SELECT count(*) FROM wait WHERE ended_at IS NULL", [1])
        answer_id = await home.writer.submit(Reply(conversation_id, "Συγγνώμη!", 1, {}))
        await home.until_column(f"SELECT delivery_state FROM message WHERE id = {answer_id:d}", ["accepted"])
        assert [one["text"] for one in here.google.seen("maria")] == ["Αργό ταμείο", "Συγγνώμη!"]
        await here.act("restar", rating=1)
        await home.until_column("SELECT version FROM message WHERE rating = 1", [2])
        refused_id = await home.writer.submit(Reply(conversation_id, "You liar", 1, {}))
        await home.until_column(f"SELECT delivery_state FROM message WHERE id = {refused_id:d}", ["refused"])
        (reason,) = await home.column(f"SELECT delivery_reason FROM message WHERE id = {refused_id:d}")
        assert "HARASSMENT" in reason
