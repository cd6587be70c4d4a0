"""Password, second factor, links."""

from __future__ import annotations

import pyotp
import pytest

from inbox import clock
from inbox.clock import HOUR, SECOND
from inbox.commands.accounts import IssueLink
from tests.inbox.api.running_api import PASSWORD, Service, code_of

NEW = "another fine passphrase"


@pytest.fixture
def moved_clock() -> list[int]:
    """Seconds by which the clock is moved; put back afterwards."""
    moved, start = [0], clock.now()
    clock.set_clock(lambda: start + moved[0] * SECOND)
    yield moved
    clock.set_clock(None)


async def _with_totp(service: Service, who: str) -> tuple[pyotp.TOTP, list[str]]:
    client = await service.client(who)
    totp = pyotp.TOTP((await client.post("/totp")).json()["secret"])
    confirmed = await client.post("/totp/confirm", json={"code": totp.at(clock.now() // SECOND)})
    return totp, confirmed.json()["recovery_codes"]


async def test_the_first_code_may_be_grouped_as_apps_show_it(service: Service) -> None:
    """In two groups of three."""
    client = await service.client("agent")
    code = pyotp.TOTP((await client.post("/totp")).json()["secret"]).at(clock.now() // SECOND)

    confirmed = await client.post("/totp/confirm", json={"code": f" {code[:3]} {code[3:]}"})

    assert confirmed.status_code == 200, confirmed.text


async def test_changing_the_password_ends_all_other_sessions(stored_service: Service) -> None:
    """The session that changes it stays, every other one of the agent ends, the old password is refused."""
    here, there = await stored_service.client("agent"), await stored_service.client("agent")

    changed = await here.post("/password", json={"current": PASSWORD, "new": NEW})

    assert changed.status_code == 204
    assert (await here.get("/session")).status_code == 200
    assert code_of(await there.get("/session")) == "signed_out"
    assert (await stored_service.sign_in("agent")).status_code == 401
    assert (await stored_service.sign_in("agent", NEW)).status_code == 200


async def test_the_password_is_not_changed_without_the_current_one(service: Service) -> None:
    """A borrowed browser does not suffice."""
    client = await service.client("agent")

    assert code_of(await client.post("/password", json={"current": "a guess", "new": NEW})) == "wrong_password"


@pytest.mark.parametrize("weak", ["short", "password123", "aaaaaaaaaaaaaa", "agent@inbox.test"])
async def test_passwords_that_are_guessed_first_are_refused(service: Service, weak: str) -> None:
    """Too short, common, monotonous or one's own address: refused, with the reason."""
    client = await service.client("agent")

    assert code_of(await client.post("/password", json={"current": PASSWORD, "new": weak})) == "weak_password"


async def test_with_a_second_factor_the_password_alone_does_not_let_in(
    stored_service: Service, moved_clock: list[int]
) -> None:
    """The code is asked for after the right password, and no code works twice."""
    totp, _ = await _with_totp(stored_service, "agent")
    moved_clock[0] += 60
    code = totp.at(clock.now() // SECOND)

    assert code_of(await stored_service.sign_in("agent")) == "code_required"
    assert (await stored_service.sign_in("agent", code=code)).status_code == 200
    assert code_of(await stored_service.sign_in("agent", code=code)) == "code_required"


async def test_the_code_that_confirmed_cannot_sign_in(service: Service, moved_clock: list[int]) -> None:
    """A code seen over one's shoulder at set-up is spent."""
    totp, _ = await _with_totp(service, "agent")

    replayed = await service.sign_in("agent", code=totp.at(clock.now() // SECOND))

    assert code_of(replayed) == "code_required"


async def test_a_recovery_code_works_once(stored_service: Service) -> None:
    """Without the phone one gets in by a recovery code, which is used up."""
    _, codes = await _with_totp(stored_service, "agent")

    assert len(codes) == 10
    assert (await stored_service.sign_in("agent", code=codes[3])).status_code == 200
    assert code_of(await stored_service.sign_in("agent", code=codes[3])) == "code_required"
    assert (await stored_service.sign_in("agent", code=codes[4].upper())).status_code == 200
    assert (await stored_service.sign_in("agent", code=codes[5].replace("-", ""))).status_code == 200


async def test_one_sees_whether_the_second_factor_is_on(service: Service) -> None:
    """One that was begun and not confirmed is not; of the recovery codes are left those that were not used."""
    client = await service.client("agent")
    off = {"on": False, "recovery_codes_left": 0}

    assert (await client.get("/totp")).json() == off
    await client.post("/totp")
    assert (await client.get("/totp")).json() == off
    _, codes = await _with_totp(service, "agent")
    await service.sign_in("agent", code=codes[0])
    assert (await client.get("/totp")).json() == {"on": True, "recovery_codes_left": 9}
    await client.request("DELETE", "/totp", json={"password": PASSWORD})
    assert (await client.get("/totp")).json() == off


async def test_a_second_factor_comes_off_with_the_password(service: Service) -> None:
    """Taking it off needs the password; afterwards the password alone lets in."""
    await _with_totp(service, "agent")
    client = await service.client("agent")

    assert code_of(await client.request("DELETE", "/totp", json={"password": "a guess"})) == "wrong_password"
    assert (await client.request("DELETE", "/totp", json={"password": PASSWORD})).status_code == 204
    assert (await service.sign_in("agent")).status_code == 200


async def test_an_invitation_lets_in_once(stored_service: Service) -> None:
    """A new agent follows the link, sets a password, is signed in; the link is used up."""
    admin = await stored_service.client("admin")
    invited = await admin.post("/agents", json={"email": "New@Inbox.test", "name": "Nea"})
    token = invited.json()["link"].rsplit("/", 1)[1]
    anybody = stored_service.anybody()

    seen = await anybody.get(f"/links/{token}")
    used = await anybody.post(f"/links/{token}", json={"name": "Nea K.", "password": NEW})
    again = await stored_service.anybody().post(f"/links/{token}", json={"password": "a third passphrase"})

    assert seen.json() == {"kind": "invitation", "email": "new@inbox.test", "name": "Nea", "needs_code": False}
    assert used.json()["agent"]["name"] == "Nea K."
    assert (await anybody.get("/session")).json()["agent"]["email"] == "new@inbox.test"
    assert again.status_code == 410
    assert code_of(again) == "link_used"


async def test_a_link_is_good_for_its_hours_only(service: Service, moved_clock: list[int]) -> None:
    """A reset link of more than an hour ago is gone."""
    token = await service.deps.writer.submit(IssueLink("reset", service.agents["agent"].id))
    moved_clock[0] += HOUR // SECOND + 1

    assert code_of(await service.anybody().get(f"/links/{token}")) == "link_used"


async def test_a_newer_link_replaces_the_older(service: Service) -> None:
    """Of two links sent, only the second works."""
    agent_id = service.agents["agent"].id
    first = await service.deps.writer.submit(IssueLink("reset", agent_id))
    second = await service.deps.writer.submit(IssueLink("reset", agent_id))

    assert code_of(await service.anybody().get(f"/links/{first}")) == "not_found"
    assert (await service.anybody().get(f"/links/{second}")).status_code == 200


async def test_a_reset_ends_all_sessions(service: Service) -> None:
    """Whoever had taken over the account is out when its owner sets a new password by a link."""
    thief = await service.client("agent")
    token = await service.deps.writer.submit(IssueLink("reset", service.agents["agent"].id))

    assert (await service.anybody().post(f"/links/{token}", json={"password": NEW})).status_code == 200

    assert code_of(await thief.get("/session")) == "signed_out"


async def test_a_mailed_reset_does_not_get_round_the_second_factor(service: Service, moved_clock: list[int]) -> None:
    """Whoever reads the mail still needs the code; the link is not used up by trying without."""
    totp, _ = await _with_totp(service, "agent")
    token = await service.deps.writer.submit(IssueLink("reset", service.agents["agent"].id))
    moved_clock[0] += 60
    code = totp.at(clock.now() // SECOND)

    without = await service.anybody().post(f"/links/{token}", json={"password": NEW})
    with_code = await service.anybody().post(f"/links/{token}", json={"password": NEW, "code": code})

    assert (without.status_code, code_of(without)) == (401, "code_required")
    assert with_code.status_code == 200


async def test_the_first_admin_makes_his_own_account_only_when_nobody_is_there(service: Service) -> None:
    """Its link is refused as soon as there is an agent."""
    token = await service.deps.writer.submit(IssueLink("first_admin", 0))

    tried = await service.anybody().post(f"/links/{token}", json={"email": "me@inbox.test", "password": NEW})

    assert code_of(tried) == "not_first"


async def test_a_reset_is_mailed_and_its_answer_says_nothing(service: Service) -> None:
    """Known or not, the answer is the same; only the known address gets mail, with a link that works."""
    service.deps.mail = service.mail

    for email in ("agent@inbox.test", "nobody@inbox.test"):
        response = await service.anybody().post("/password-reset", json={"email": email})
        assert (response.status_code, response.content) == (202, b"")

    assert [to for to, _, _ in service.mails] == ["agent@inbox.test"]
    token = next(word for word in service.mails[0][2].split() if "/links/" in word).rsplit("/", 1)[1]
    assert (await service.anybody().get(f"/links/{token}")).json()["kind"] == "reset"
