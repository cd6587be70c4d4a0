"""Surveys over HTTP: the settings, what was asked in a conversation, the report with its comments, and erasure."""

from __future__ import annotations

from typing import Any

import pytest

from inbox import clock
from inbox.clock import SECOND
from inbox.commands.due import unit_of
from inbox.commands.survey_asks import TIMERS, Asker
from inbox.domain.survey_records import SurveyAsk
from inbox.storage import rows, timer
from inbox.surveylinks import SurveyLinks
from tests.inbox.api.running_api import ADDRESS, KEY, Service, code_of
from tests.inbox.api.shop import Shop

TEXTS = [
    {"language": "en", "question": "How did we do?", "thanks": "Thanks a lot!"},
    {"language": "el", "question": "Πώς τα πήγαμε;", "thanks": ""},
]
CSAT: dict[str, Any] = {"name": "After close", "scale": "csat", "texts": TEXTS, "delay_minutes": 0, "every_days": 0}
LINKS = SurveyLinks([KEY], ADDRESS)


async def fire(service: Service, later_seconds: float = 0) -> None:
    """Fire the timers that are due by then."""
    deps, now = service.deps, clock.now() + int(later_seconds * SECOND)
    asker = Asker(deps.database, deps.directory, deps.context_of, LINKS.url)
    clock.set_clock(lambda: now)
    try:
        for one in await deps.database.read(timer.due, now, 100):
            await deps.writer.submit(await asker.unit(one) if one.kind in TIMERS else unit_of(one))
    finally:
        clock.set_clock(None)


async def asked(service: Service, *people: str, **survey: Any) -> list[SurveyAsk]:
    """A survey, and people who were asked after their conversations were closed."""
    shop = await Shop(service).open()
    async with await service.client("supervisor") as client:
        made = await client.post("/surveys", json={**CSAT, **survey})
        assert made.status_code == 201, made.text
        for person in people:
            await shop.writes(person=person)
        listed = (await client.get("/conversations", params={"sort": "waiting"})).json()["items"]
        for row in listed:
            await client.patch(f"/conversations/{row['id']}", json={"status": "closed"})
    await fire(service)
    return await service.deps.database.read(rows.every, SurveyAsk)


async def test_a_survey_is_made_changed_and_removed(service: Service) -> None:
    """With If-Match like every settings object; its scale stays what it was."""
    condition = {"field": "kind", "op": "any_of", "value": ["direct", "chat"]}
    async with await service.client("supervisor") as client:
        made = await client.post("/surveys", json={**CSAT, "condition": condition})
        path = f"/surveys/{made.json()['id']}"
        without = await client.patch(path, json={"name": "Other"})
        stale = await client.patch(path, json={"name": "Other"}, headers={"If-Match": '"v9"'})
        changed = await client.patch(
            path, json={"delay_minutes": 90, "condition": None, "active": False},
            headers={"If-Match": made.headers["etag"]},
        )  # fmt: skip
        scale = await client.patch(path, json={"scale": "nps"}, headers={"If-Match": "*"})
        listed = (await client.get("/surveys")).json()["items"]
        removed = await client.delete(path, headers={"If-Match": changed.headers["etag"]})
        gone = await client.get(path)
        left = (await client.get("/surveys")).json()["items"]

    assert (made.status_code, without.status_code, stale.status_code) == (201, 428, 412)
    assert made.json()["condition"] == condition
    assert (changed.json()["delay_minutes"], changed.json()["condition"], changed.json()["active"]) == (90, None, False)
    assert listed == [changed.json()]
    assert (scale.status_code, removed.status_code, gone.status_code, left) == (422, 204, 404, [])


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"texts": []}, "invalid"),
        ({"texts": [{"language": "en", "question": " "}]}, "texts"),
        ({"texts": [TEXTS[0], TEXTS[0]]}, "texts"),
        ({"condition": {"field": "text", "op": "has_words", "value": ["refund"]}}, "condition"),
        ({"condition": {"field": "nothing", "op": "is", "value": "x"}}, "condition"),
        ({"delay_minutes": -1}, "invalid"),
        ({"scale": "stars"}, "invalid"),
    ],
)
async def test_what_cannot_be_asked_is_refused(service: Service, wrong: dict[str, Any], code: str) -> None:
    """No words, the same language twice, a condition that a closed conversation does not tell."""
    async with await service.client("supervisor") as client:
        answer = await client.post("/surveys", json={**CSAT, **wrong})

    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_presets_ask_in_six_languages(service: Service) -> None:
    """One of each scale, with what its ends mean."""
    async with await service.client("supervisor") as client:
        presets = (await client.get("/survey-presets")).json()

    assert [one["scale"] for one in presets] == ["csat", "nps"]
    assert presets[0]["texts"][0]["language"] == "en"
    assert len(presets[1]["texts"]) == len(presets[1]["low"]) == 6


async def test_the_page_is_answered_and_shown_in_conversation_and_report(stored_service: Service) -> None:
    """Asked, opened, answered, changed: the timeline, the report, its comments and its file say the same."""
    first, second = await asked(stored_service, "eleni", "maria")
    client = stored_service.anybody()
    client.base_url = ADDRESS
    async with client:
        page = await client.get(f"/s/{LINKS.token(first.id)}")
        given = await client.post(f"/s/{LINKS.token(first.id)}", data={"score": "2", "comment": "Too <b>late</b>"})
        thanks = await client.get(f"/s/{LINKS.token(first.id)}")
        again = await client.get(f"/s/{LINKS.token(first.id)}?change=1")
        await client.post(f"/s/{LINKS.token(second.id)}", data={"score": "5", "comment": ""})

    assert (page.status_code, given.status_code, thanks.status_code) == (200, 303, 200)
    assert "How did we do?" in page.text
    assert "Thanks a lot!" in thanks.text
    assert "Too &lt;b&gt;late&lt;/b&gt;" in thanks.text
    assert 'value="2" required checked' in again.text
    assert "script" not in page.headers["content-security-policy"]
    async with await stored_service.client("supervisor") as desk:
        shown = (await desk.get(f"/conversations/{first.conversation_id}/surveys")).json()["items"]
        timeline = (await desk.get(f"/conversations/{first.conversation_id}/messages")).json()
        report = (await desk.get("/reports/csat", params={"by": "channel", "compare": "true"})).json()
        behind = (await desk.get("/reports/csat/cells/score_2")).json()["items"]
        comments = (await desk.get("/survey-comments", params={"scale": "csat"})).json()
        file = await desk.get("/reports/csat", params={"format": "csv", "by": "agent"})
        other = (await desk.get("/reports/csat", params={"survey": "4711"})).json()
        none = (await desk.get("/survey-comments", params={"scale": "csat", "survey": "4711"})).json()
        wrong = ("/reports/volume", "/reports/rate/cells/n")
        refused = [await desk.get(path, params={"survey": "1"}) for path in wrong]

    assert [(one["score"], one["comment"], one["survey"]) for one in shown] == [(2, "Too <b>late</b>", "After close")]
    assert {"survey_sent", "survey_answered"} <= {one["type"] for one in timeline["events"]}
    cells = report["total"]["cells"]
    assert (cells["sent"], cells["answered"], cells["csat"], cells["response_rate"]) == (2, 2, 0.5, 1.0)
    assert report["previous"]["cells"]["sent"] == 0
    assert [one["conversation"]["id"] for one in behind] == [str(first.conversation_id)]
    assert [one["contact"] for one in comments["items"]] == ["Eleni"]
    assert (other["total"]["cells"]["sent"], none["items"]) == (0, [])
    assert [(one.status_code, code_of(one)) for one in refused] == [(422, "survey")] * 2
    assert b"After" not in file.content
    assert b"Satisfied" in file.content


async def test_the_page_takes_no_answer_it_should_not(service: Service) -> None:
    """A made-up link, another site's form, no score, a file, too much, too often."""
    (ask,) = await asked(service, "eleni")
    path = f"/s/{LINKS.token(ask.id)}"
    client = service.anybody()
    client.base_url = ADDRESS
    async with client:
        unknown = await client.get(f"/s/{path[3:-1]}x", headers={"Accept-Language": "fi-FI,fi;q=0.9"})
        foreign = await client.post(path, data={"score": "5"}, headers={"Sec-Fetch-Site": "cross-site"})
        missing = await client.post(path, data={"comment": "Hello"})
        other = await client.post(path, json={"score": 5})
        large = await client.post(path, data={"score": "5", "comment": "x" * 40_000})
        statuses = [(await client.post(path, data={"score": "9"})).status_code for _ in range(20)]
        found = await service.deps.database.read(rows.one, SurveyAsk, ask.id)

    assert (unknown.status_code, foreign.status_code, missing.status_code) == (404, 403, 422)
    assert "Tällaista sivua ei ole" in unknown.text
    assert 'role="alert"' in missing.text
    assert ">\nHello</textarea>" in missing.text
    assert (other.status_code, large.status_code) == (413, 413)
    assert set(statuses) == {422, 429}
    assert found is not None
    assert found.score is None


async def test_an_agents_browser_answers_for_nobody(service: Service) -> None:
    """Whoever is signed in sees the link in the conversation: the page says whose it is and counts nothing."""
    (ask,) = await asked(service, "eleni")
    client = await service.client("agent")
    client.base_url = ADDRESS
    async with client:
        page = await client.get(f"/s/{LINKS.token(ask.id)}")
        given = await client.post(f"/s/{LINKS.token(ask.id)}", data={"score": "5"})
    found = await service.deps.database.read(rows.one, SurveyAsk, ask.id)

    assert "You are signed in as one of our own people" in page.text
    assert given.status_code == 403
    assert found is not None
    assert found.score is None


async def test_comments_come_page_by_page_and_only_from_ones_scope(stored_service: Service) -> None:
    """Newest first, each once; a conversation out of sight has no comments."""
    asks = await asked(stored_service, "eleni", "maria", "nikos")
    client = stored_service.anybody()
    client.base_url = ADDRESS
    async with client:
        for ask in asks:
            await client.post(f"/s/{LINKS.token(ask.id)}", data={"score": "4", "comment": f"No {ask.id}"})
    async with await stored_service.client("supervisor") as desk:
        one = (await desk.get("/survey-comments", params={"limit": 2})).json()
        two = (await desk.get("/survey-comments", params={"limit": 2, "cursor": one["next_cursor"]})).json()
        none = (await desk.get("/survey-comments", params={"kind": "mail"})).json()

    assert [item["comment"] for item in (*one["items"], *two["items"])] == [f"No {ask.id}" for ask in reversed(asks)]
    assert (two["next_cursor"], none["items"]) == (None, [])


async def test_erasing_a_person_blanks_the_comment_and_keeps_the_score(stored_service: Service) -> None:
    """What he wrote is gone; what is counted is not."""
    (ask,) = await asked(stored_service, "eleni")
    client = stored_service.anybody()
    client.base_url = ADDRESS
    async with client:
        await client.post(f"/s/{LINKS.token(ask.id)}", data={"score": "1", "comment": "My address is …"})
    async with await stored_service.client("admin") as admin:
        row = (await admin.get("/conversations", params={"status": "closed"})).json()["items"][0]
        erased = await admin.delete(f"/contacts/{row['contact']['id']}")
        shown = (await admin.get(f"/conversations/{ask.conversation_id}/surveys")).json()["items"]

    assert erased.status_code == 204, erased.text
    assert [(one["score"], one["comment"]) for one in shown] == [(1, "")]
