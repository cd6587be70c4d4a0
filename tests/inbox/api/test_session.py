"""Signing in and out, sessions, throttling, tickets."""

from __future__ import annotations

import pytest

from inbox.commands.sessions import TakeTicket
from inbox.domain import events as e
from tests.inbox.api.running_api import Service, code_of


async def test_signing_in_sets_a_cookie_that_scripts_cannot_read(stored_service: Service) -> None:
    """Over https the cookie is __Host-, Secure, HttpOnly and SameSite, and the answer says who one is."""
    response = await stored_service.sign_in("supervisor")

    assert response.status_code == 200
    assert response.json()["agent"]["email"] == "supervisor@inbox.test"
    assert "settings" in response.json()["permissions"]
    assert "people" not in response.json()["permissions"]
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-inbox=ses_")
    assert {"HttpOnly", "SameSite=Lax", "Secure", "Path=/"} <= {part.strip() for part in cookie.split(";")}


@pytest.mark.parametrize(
    ("who", "password"), [("agent", "wrong but long enough"), ("nobody", "a good long passphrase")]
)
async def test_wrong_password_and_unknown_address_are_answered_alike(service: Service, who: str, password: str) -> None:
    """Nobody learns from the answer which addresses have accounts."""
    response = await service.sign_in(who, password)

    assert response.status_code == 401
    assert code_of(response) == "unauthorised"
    assert response.json()["detail"] == "the e-mail address or the password is wrong"


async def test_guessing_is_throttled_and_the_right_password_does_not_help(service: Service) -> None:
    """After six tries the seventh waits, whatever it says; another account is not affected."""
    for _ in range(6):
        assert (await service.sign_in("agent", "wrong but long enough")).status_code == 401

    refused = await service.sign_in("agent")

    assert refused.status_code == 429
    assert code_of(refused) == "rate_limited"
    assert 0 < int(refused.headers["retry-after"]) <= 20
    assert (await service.sign_in("observer")).status_code == 200


async def test_signing_out_ends_the_session_everywhere(stored_service: Service) -> None:
    """A session that was ended is refused at the next request, and its agent's sockets are told."""
    opened = await stored_service.open_session("agent")
    client = stored_service.anybody(cookie=f"__Host-inbox={opened.secret}")
    assert (await client.get("/session")).status_code == 200

    assert (await client.delete("/session")).status_code == 204

    assert code_of(await client.get("/session")) == "signed_out"
    told = stored_service.events[-1]
    assert isinstance(told.event, e.SessionRevoked)
    assert told.audience == e.Audience(agent_id=stored_service.agents["agent"].id)


async def test_another_session_of_ones_own_can_be_ended(stored_service: Service) -> None:
    """The list shows all of one's sessions and marks this one; ending another refuses its next request."""
    here, there = await stored_service.client("agent"), await stored_service.client("agent")
    listed = (await here.get("/sessions")).json()["items"]
    other = next(one for one in listed if not one["current"])

    assert (await here.delete(f"/sessions/{other['id']}")).status_code == 204

    assert len(listed) == 2
    assert code_of(await there.get("/session")) == "signed_out"
    assert (await here.get("/session")).status_code == 200


async def test_somebody_elses_session_cannot_be_ended(service: Service) -> None:
    """Another agent's session does not exist for one."""
    other = await service.open_session("admin")
    client = await service.client("agent")

    assert code_of(await client.delete(f"/sessions/{other.session.id}")) == "not_found"


async def test_a_live_ticket_admits_once(stored_service: Service) -> None:
    """A ticket stands for the session that asked for it, for one use."""
    client = await stored_service.client("agent")
    ticket = (await client.post("/live-ticket")).json()["ticket"]

    first = await stored_service.deps.writer.submit(TakeTicket(ticket))
    second = await stored_service.deps.writer.submit(TakeTicket(ticket))

    assert first.agent_id == stored_service.agents["agent"].id
    assert second is None


async def test_a_ticket_of_an_ended_session_admits_nobody(service: Service) -> None:
    """Ending a session also ends the tickets it asked for."""
    client = await service.client("agent")
    ticket = (await client.post("/live-ticket")).json()["ticket"]

    await client.delete("/session")

    assert await service.deps.writer.submit(TakeTicket(ticket)) is None
