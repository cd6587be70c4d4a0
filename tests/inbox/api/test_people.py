"""Agents and teams."""

from __future__ import annotations

import pytest

from inbox.api.account_mails import LANGUAGES, letters_of
from inbox.errors import Unavailable
from tests.inbox.api.running_api import Service, code_of


async def test_an_invitation_is_mailed_where_there_is_mail(service: Service) -> None:
    """With MAIL_URL the link goes to its owner alone; without, the admin is shown it."""
    client = await service.client("admin")
    shown = await client.post("/agents", json={"email": "one@inbox.test", "name": "One"})
    service.deps.mail = service.mail

    mailed = await client.post("/agents", json={"email": "two@inbox.test", "name": "Two"})

    assert shown.json()["link"].startswith("https://inbox.test/links/")
    assert mailed.json()["link"] is None
    assert [to for to, _, _ in service.mails] == ["two@inbox.test"]


async def test_links_are_mailed_in_the_language_of_who_gets_them(service: Service) -> None:
    """His own, or as long as he has none that of who invites him; English where nobody has one that is known."""
    client, service.deps.mail = await service.client("admin"), service.mail
    agent = f"/agents/{service.agents['agent'].id}"

    await client.post(f"{agent}/reset")
    await client.patch(f"/agents/{service.agents['admin'].id}", json={"locale": "el-GR"})
    await client.post("/agents", json={"email": "one@inbox.test", "name": "One"})
    await client.patch(agent, json={"locale": "fi"})
    await client.post(f"{agent}/reset")
    await client.patch(agent, json={"locale": "tlh"})
    await client.post(f"{agent}/reset")

    subjects = ["A new password for the inbox", "Ο λογαριασμός σας στο inbox", "Uusi salasana inboxiin"]
    assert [subject for _, subject, _ in service.mails] == [*subjects, subjects[0]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_names_the_person_and_the_link(language: str) -> None:
    """In every language, whatever stands in the name."""
    for letter in letters_of(f"{language}-XX"):
        text = letter.text.format(name="{link} & Co", link="https://inbox.test/links/abc")
        assert text.count("{link} & Co,") == 1
        assert "\n\nhttps://inbox.test/links/abc\n\n" in text
        assert "24" in text or letter is letters_of(language).reset


async def test_where_the_mail_server_takes_no_mail_the_admin_is_shown_the_link_and_the_reason(service: Service) -> None:
    """The account is made and the reset is done by then: asked again, it would be refused as made already."""

    async def refuse(to: str, subject: str, text: str) -> None:
        raise Unavailable(f"no mail to {to}", code="address_refused")

    client = await service.client("admin")
    service.deps.mail = refuse

    invited = await client.post("/agents", json={"email": "one@inbox.test", "name": "One"})
    reset = await client.post(f"/agents/{service.agents['agent'].id}/reset")

    for answer, to in ((invited, "one@inbox.test"), (reset, "agent@inbox.test")):
        assert (answer.status_code, answer.json()["not_mailed"]) == (201, f"no mail to {to}")
        token = answer.json()["link"].rsplit("/", 1)[1]
        assert (await service.anybody().get(f"/links/{token}")).json()["email"] == to


async def test_a_link_does_not_follow_a_changed_address(stored_service: Service) -> None:
    """Whoever reads the mailbox of before does not get in; what else is changed leaves a link alone."""
    client = await stored_service.client("admin")
    path = f"/agents/{stored_service.agents['agent'].id}"
    token = (await client.post(f"{path}/reset")).json()["link"].rsplit("/", 1)[1]

    await client.patch(path, json={"name": "Another name", "email": "AGENT@inbox.test"})
    same = await stored_service.anybody().get(f"/links/{token}")
    await client.patch(path, json={"email": "corrected@inbox.test"})

    assert same.status_code == 200
    assert (await stored_service.anybody().get(f"/links/{token}")).status_code == 404


async def test_an_address_has_one_account(stored_service: Service) -> None:
    """However it is written."""
    client = await stored_service.client("admin")

    taken = await client.post("/agents", json={"email": " AGENT@inbox.test".strip(), "name": "Double"})

    assert (taken.status_code, code_of(taken)) == (409, "email_taken")


@pytest.mark.parametrize("email", ["one@inbox.test,two@inbox.test", "one,two@inbox.test", "<one@inbox.test>", "a@b@c"])
async def test_an_account_has_one_address(service: Service, email: str) -> None:
    """A list of them, or one with its frame, is refused with the field's name."""
    client = await service.client("admin")

    refused = await client.post("/agents", json={"email": email, "name": "One"})

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/email")


@pytest.mark.parametrize("email", ["Größe@inbox.test", "Ορφέας@inbox.test"])
async def test_an_address_stays_the_mailbox_it_is(stored_service: Service, email: str) -> None:
    """In small letters, and no more: with ß made ss, or a final ς made σ, its mail would go to somebody else."""
    async with await stored_service.client("admin") as client:
        made = await client.post("/agents", json={"email": email, "name": "One"})
        taken = await client.post("/agents", json={"email": email.upper().replace("SS", "ß"), "name": "Two"})

    assert made.json()["agent"]["email"] == email.lower()
    assert code_of(taken) == "email_taken"


async def test_whoever_is_let_go_is_out_at_once(stored_service: Service) -> None:
    """His session, his password and his links stop working; his name stays in the list."""
    admin, leaver = await stored_service.client("admin"), await stored_service.client("agent")
    path = f"/agents/{stored_service.agents['agent'].id}"
    token = (await admin.post(f"{path}/reset")).json()["link"].rsplit("/", 1)[1]

    assert (await admin.delete(path)).status_code == 204

    assert code_of(await leaver.get("/session")) == "signed_out"
    assert (await stored_service.sign_in("agent")).status_code == 401
    assert (await stored_service.anybody().get(f"/links/{token}")).status_code == 404
    assert (await admin.get(path)).json()["active"] is False


async def test_the_last_admin_cannot_be_lost(service: Service) -> None:
    """Neither by letting him go nor by another role."""
    client = await service.client("admin")
    path = f"/agents/{service.agents['admin'].id}"

    assert code_of(await client.delete(path)) == "last_admin"
    assert code_of(await client.patch(path, json={"role": "agent"})) == "last_admin"
    assert (await client.get("/session")).json()["agent"]["role"] == "admin"


async def test_another_role_counts_from_the_next_request(stored_service: Service) -> None:
    """Whoever is no supervisor any more may no longer change settings, without signing in again."""
    admin, demoted = await stored_service.client("admin"), await stored_service.client("supervisor")
    assert (await demoted.post("/tags", json={"name": "before"})).status_code == 201

    await admin.patch(f"/agents/{stored_service.agents['supervisor'].id}", json={"role": "agent"})

    assert code_of(await demoted.post("/tags", json={"name": "after"})) == "forbidden"


async def test_a_change_by_an_old_etag_is_refused_where_one_is_given(service: Service) -> None:
    """Two admins do not undo each other unawares."""
    client = await service.client("admin")
    path = f"/agents/{service.agents['agent'].id}"
    etag = (await client.get(path)).headers["etag"]
    await client.patch(path, json={"name": "First"}, headers={"If-Match": etag})

    second = await client.patch(path, json={"name": "Second"}, headers={"If-Match": etag})

    assert code_of(second) == "stale"


async def test_a_team_knows_its_agents_and_they_it(stored_service: Service) -> None:
    """Membership is set from either side, and removing the team leaves the agents without it."""
    client = await stored_service.client("admin")
    agent_id = str(stored_service.agents["agent"].id)
    team = (await client.post("/teams", json={"name": "Night", "agent_ids": [agent_id]})).json()

    assert (await client.get(f"/agents/{agent_id}")).json()["team_ids"] == [team["id"]]
    await client.patch(f"/agents/{agent_id}", json={"team_ids": []})
    assert (await client.get(f"/teams/{team['id']}")).json()["agent_ids"] == []
    assert (await client.delete(f"/teams/{team['id']}")).status_code == 204
    assert (await client.get("/teams")).json()["items"] == []


async def test_teams_are_made_of_agents_who_exist(service: Service) -> None:
    """An id of nobody is refused with its place."""
    client = await service.client("admin")

    refused = await client.post("/teams", json={"name": "Ghosts", "agent_ids": ["999999"]})

    assert refused.json()["errors"][0]["pointer"] == "/agent_ids/0"


async def test_what_channels_a_colleague_has_is_for_admins(service: Service) -> None:
    """An agent sees colleagues' names and roles, not their scope."""
    admin, agent = await service.client("admin"), await service.client("agent")
    path = f"/agents/{service.agents['supervisor'].id}"
    await admin.patch(path, json={"channel_ids": []})

    assert (await admin.get(path)).json()["channel_ids"] == []
    assert (await agent.get(path)).json()["channel_ids"] is None
