"""Reviews of work over HTTP: a sample is chosen and worked through, the agent answers, nobody else looks in."""

from __future__ import annotations

from typing import Any

import httpx2
import msgspec

from inbox import clock
from inbox.api.app import GROUPS
from inbox.commands.contact import Erase
from inbox.eventlog.bus import Bus
from inbox.reports.reader import Reader
from inbox.storage import tables as t
from tests.inbox.api.running_api import Service, code_of
from tests.inbox.api.shop import OTHER, SHOP, Shop
from tests.inbox.world import Rows

PEOPLE = ("eleni", "budi", "anahit", "matti")
QUESTIONS = ["Was it friendly?", "Was it complete?"]


class Quality:
    """A shop whose agent answered, a supervisor who looks at it."""

    def __init__(self, service: Service, shop: Shop) -> None:
        self.service = service
        self.shop = shop
        self.conversations: dict[str, str] = {}

    async def ask(self, who: str, method: str, path: str, version: int | None = None, **more: Any) -> httpx2.Response:
        """One request."""
        headers = {"If-Match": f'"v{version}"'} if version is not None else {}
        async with await self.service.client(who) as client:
            return await client.request(method, path, headers=headers, **more)

    async def make(self, method: str, path: str, who: str = "supervisor", **more: Any) -> Any:
        """What a request that succeeds gives."""
        answer = await self.ask(who, method, path, **more)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def id_of(self, who: str) -> str:
        """An agent."""
        return str(self.service.agents[who].id)

    async def worked(self, *people: str, by: str = "agent", to: int = SHOP) -> None:
        """These customers write, and an agent does something about it."""
        for person in people:
            await self.shop.writes(person=person, to=to)
            listed = await self.make("GET", "/conversations", params={"view": "all"})
            self.conversations[person] = next(
                one["id"] for one in listed["items"] if one["contact"]["name"] == person.title()
            )
            await self.make("POST", f"/conversations/{self.conversations[person]}/notes", by, json={"text": "Seen."})
        await Reader(self.service.deps.database, self.service.deps.writer, Bus()).catch_up()

    async def draft(self, person: str = "eleni", **said: Any) -> Any:
        """A draft of the supervisor about the agent's work with a customer."""
        body = {"conversation_id": self.conversations[person], "agent_id": self.id_of("agent"), **said}
        return await self.make("POST", "/work-reviews", json=body)

    async def shared(self, person: str = "eleni", **said: Any) -> Any:
        """A review that the agent may read."""
        draft = await self.draft(person, **{"comment": "Well done.", **said})
        return await self.make("POST", f"/work-reviews/{draft['id']}/share", version=draft["version"])


async def quality(service: Service, *people: str) -> Quality:
    """With customers whom the agent has seen to."""
    made = Quality(service, await Shop(service).open())
    await made.worked(*people)
    return made


def conversations(sample: Any) -> list[str]:
    """Which it holds, in order."""
    return [one["conversation_id"] for one in sample["items"]]


async def test_a_checklist_is_a_settings_object_with_a_version(stored_service: Service) -> None:
    """Made, changed by version, refused where it is stale or says the same twice, removed."""
    q = Quality(stored_service, Shop(stored_service))
    made = await q.make("POST", "/checklists", json={"name": "Tone", "questions": QUESTIONS})
    path = f"/checklists/{made['id']}"
    changed = await q.make("PATCH", path, version=1, json={"questions": ["Was it kind?"]})
    stale = await q.ask("supervisor", "PATCH", path, 1, json={"name": "Other"})
    twice = await q.ask("supervisor", "POST", "/checklists", json={"name": "X", "questions": ["Why?", "Why?"]})
    listed = await q.make("GET", "/checklists")
    await q.make("DELETE", path)
    assert (made["questions"], changed["questions"], changed["version"]) == (QUESTIONS, ["Was it kind?"], 2)
    assert (stale.status_code, code_of(twice)) == (412, "questions")
    assert listed["items"] == [changed]
    assert (await q.ask("supervisor", "GET", path)).status_code == 404


async def test_a_sample_is_drawn_by_a_number_that_repeats_it(stored_service: Service) -> None:
    """The number is shown; the same one gives the same conversations in the same order, another one another order."""
    q = await quality(stored_service, *PEOPLE)
    first = await q.make("POST", "/work-samples", json={"count": 3})
    again = await q.make("POST", "/work-samples", json={"count": 3, "seed": first["sample"]["seed"]})
    others = [await q.make("POST", "/work-samples", json={"count": 4, "seed": seed}) for seed in range(1, 8)]
    assert (first["sample"]["found"], first["sample"]["size"]) == (4, 3)
    assert conversations(again) == conversations(first)
    assert len({tuple(conversations(one)) for one in others}) > 1
    assert {one["agent_id"] for one in first["items"]} == {q.id_of("agent")}
    assert all(one["conversation"]["number"] for one in first["items"])


async def test_a_sample_holds_what_was_asked_for(stored_service: Service) -> None:
    """By channel, kind, agent, team and period; newest first; one's own work never; missed targets only where some
    are.
    """
    q = await quality(stored_service, "eleni", "budi")
    await q.worked("anahit", to=OTHER)
    await q.worked("matti", by="supervisor")
    team = await q.make("POST", "/teams", "admin", json={"name": "Night"})
    await q.make("PATCH", f"/teams/{team['id']}", "admin", json={"agent_ids": [q.id_of("agent")]}, version=1)
    asked: dict[str, dict[str, Any]] = {
        "other": {"channel_ids": [str(OTHER)]},
        "reviews": {"kinds": ["review"]},
        "admin": {"agent_ids": [q.id_of("admin")]},
        "team": {"team_ids": [team["id"]], "order": "newest"},
        "before": {"from": "2020-01-01T00:00:00Z", "to": "2020-02-01T00:00:00Z"},
        "breached": {"breached": True},
    }
    found = {name: conversations(await q.make("POST", "/work-samples", json=body)) for name, body in asked.items()}
    ids = q.conversations
    assert found == {
        "other": [ids["anahit"]], "reviews": [], "admin": [], "before": [], "breached": [],
        "team": [ids["anahit"], ids["budi"], ids["eleni"]],
    }  # fmt: skip
    own = await q.ask("supervisor", "POST", "/work-samples", json={"agent_ids": [q.id_of("supervisor")]})
    assert code_of(own) == "agent_ids"


async def test_what_is_out_of_sight_is_not_in_a_sample(stored_service: Service) -> None:
    """Neither when it is drawn, nor shown when it went out of sight later."""
    q = await quality(stored_service, "eleni")
    await q.worked("budi", to=OTHER)
    kept = await q.make("POST", "/work-samples", json={})
    path = f"/agents/{q.id_of('supervisor')}"
    await q.make("PATCH", path, "admin", json={"channel_ids": [str(OTHER)]}, version=1)
    drawn = await q.make("POST", "/work-samples", json={})
    later = await q.make("GET", f"/work-samples/{kept['sample']['id']}")
    assert conversations(drawn) == [q.conversations["budi"]]
    shown = {one["conversation_id"]: one["conversation"] is not None for one in later["items"]}
    assert shown == {q.conversations["eleni"]: False, q.conversations["budi"]: True}
    hidden = await q.ask(
        "supervisor", "POST", "/work-reviews",
        json={"conversation_id": q.conversations["eleni"], "agent_id": q.id_of("agent")},
    )  # fmt: skip
    assert hidden.status_code == 404


async def test_what_was_reviewed_is_left_out_until_asked_for(stored_service: Service) -> None:
    """Shared by anybody, or begun by oneself; another's draft tells nobody anything. Progress counts one's own."""
    q = await quality(stored_service, "eleni", "budi", "anahit")
    sample = await q.make("POST", "/work-samples", json={})
    await q.shared("eleni")
    await q.draft("budi")
    mine = await q.make("POST", "/work-samples", json={})
    admins = await q.make("POST", "/work-samples", "admin", json={"agent_ids": [q.id_of("agent")]})
    everything = await q.make("POST", "/work-samples", json={"again": True})
    (shown,) = [one for one in (await q.make("GET", "/work-samples"))["items"] if one["id"] == sample["sample"]["id"]]
    assert conversations(mine) == [q.conversations["anahit"]]
    assert set(conversations(admins)) == {q.conversations["anahit"], q.conversations["budi"]}
    assert len(conversations(everything)) == 3
    assert (shown["size"], shown["drafts"], shown["shared"]) == (3, 1, 1)


async def test_a_sample_is_its_makers_alone(service: Service) -> None:
    """Nobody else finds it; removing it leaves the reviews."""
    q = await quality(service, "eleni")
    sample = await q.make("POST", "/work-samples", json={})
    review = await q.draft()
    path = f"/work-samples/{sample['sample']['id']}"
    assert (await q.ask("admin", "GET", path)).status_code == 404
    assert (await q.make("GET", "/work-samples", "admin"))["items"] == []
    await q.make("DELETE", path)
    assert (await q.make("GET", f"/work-reviews/{review['id']}"))["id"] == review["id"]


async def test_a_review_keeps_the_wording_it_was_made_with(stored_service: Service) -> None:
    """Whatever becomes of the checklist; another one takes its place when the reviewer says so."""
    q = await quality(stored_service, "eleni")
    tone = await q.make("POST", "/checklists", json={"name": "Tone", "questions": QUESTIONS})
    other = await q.make("POST", "/checklists", json={"name": "Facts", "questions": ["Was it true?"]})
    said = [{"mark": "yes", "remark": ""}, {"mark": "not_applicable", "remark": "No link was asked for."}]
    draft = await q.draft(checklist_id=tone["id"], marks=said, verdict="praise")
    await q.make("PATCH", f"/checklists/{tone['id']}", version=1, json={"questions": ["Quite another?"]})
    await q.make("DELETE", f"/checklists/{tone['id']}")
    path = f"/work-reviews/{draft['id']}"
    kept = await q.make("GET", path)
    changed = await q.make("PATCH", path, version=1, json={"checklist_id": other["id"]})
    wrong = await q.ask("supervisor", "PATCH", path, 2, json={"marks": said})
    expected = [{"question": question, **one} for question, one in zip(QUESTIONS, said, strict=True)]
    assert (kept["checklist"], kept["marks"], kept["verdict"]) == ("Tone", expected, "praise")
    assert changed["marks"] == [{"question": "Was it true?", "mark": "", "remark": ""}]
    assert (changed["checklist"], changed["version"], code_of(wrong)) == ("Facts", 2, "marks")


async def test_a_draft_is_its_writers_and_what_is_shared_is_between_two(stored_service: Service) -> None:
    """The agent and admins read it once it is shared; an observer, another supervisor's colleague, never."""
    q = await quality(stored_service, "eleni")
    draft = await q.draft(comment="Look at the last answer.", verdict="talk")
    path = f"/work-reviews/{draft['id']}"
    readers = ("supervisor", "agent", "admin", "observer")
    before = {who: (await q.ask(who, "GET", path)).status_code for who in readers}
    await q.make("POST", f"{path}/share", version=1)
    after = {who: (await q.ask(who, "GET", path)).status_code for who in readers}
    seen = {who: [one["id"] for one in (await q.make("GET", "/work-reviews", who))["items"]] for who in readers}
    mine = await q.make("GET", "/work-reviews", params={"view": "by_me"})
    everything = await q.make("GET", "/work-reviews", "admin", params={"view": "all"})
    assert before == {"supervisor": 200, "agent": 404, "admin": 404, "observer": 404}
    assert after == {"supervisor": 200, "agent": 200, "admin": 200, "observer": 404}
    assert seen == {"supervisor": [], "agent": [draft["id"]], "admin": [], "observer": []}
    assert [one["id"] for one in mine["items"]] == [one["id"] for one in everything["items"]] == [draft["id"]]
    assert (await q.ask("supervisor", "GET", "/work-reviews?view=all")).status_code == 403


async def test_sharing_tells_the_agent_alone(stored_service: Service) -> None:
    """A notification and an event, private to him; words are in neither. An empty one cannot be shared; twice is
    once.
    """
    q = await quality(stored_service, "eleni")
    draft = await q.draft(marks=[])
    path = f"/work-reviews/{draft['id']}"
    empty = await q.ask("supervisor", "POST", f"{path}/share", 1)
    await q.make("PATCH", path, version=1, json={"comment": "Well done."})
    q.service.events.clear()
    shared = await q.make("POST", f"{path}/share", version=2)
    again = await q.make("POST", f"{path}/share", version=3)
    notified, told = q.service.events
    (notice,) = (await q.make("GET", "/notifications", "agent"))["items"]
    assert (code_of(empty), again) == ("empty", shared)
    assert {one.audience.agent_id for one in (notified, told)} == {q.service.agents["agent"].id}
    assert "Well done" not in msgspec.json.encode([one.event for one in q.service.events]).decode()
    assert (notice["kind"], notice["text"], notice["conversation_id"]) == ("work_review", "", q.conversations["eleni"])
    assert (notice["data"]["what"], notice["data"]["review_id"]) == ("shared", draft["id"])


async def test_the_agent_answers_and_changes_his_answer(stored_service: Service) -> None:
    """The reviewer is notified once, sees each state, and cannot write in his name."""
    q = await quality(stored_service, "eleni")
    path = f"/work-reviews/{(await q.shared())['id']}"
    blank = await q.ask("agent", "PUT", f"{path}/answer", json={"text": "  "})
    await q.make("PUT", f"{path}/answer", "agent", json={"text": "Thank you."})
    await q.make("PUT", f"{path}/answer", "agent", json={"text": "Thank you very much."})
    seen = await q.make("GET", path)
    others = {who: (await q.ask(who, "PUT", f"{path}/answer", json={"text": "x"})).status_code for who in (
        "supervisor", "admin", "observer")}  # fmt: skip
    notices = [one["data"]["what"] for one in (await q.make("GET", "/notifications"))["items"]]
    gone = await q.make("DELETE", f"{path}/answer", "agent")
    told = [one for one in q.service.events if type(one.event).__name__ == "WorkReviewAnswered"]
    assert blank.status_code == 422
    assert (seen["answer"], seen["version"]) == ("Thank you very much.", 2)
    assert others == {"supervisor": 403, "admin": 403, "observer": 404}
    assert notices == ["answered"]
    assert (gone["answer"], gone["answered_at"]) == ("", None)
    assert [(one.event.removed, one.audience.agent_id) for one in told] == [
        (removed, q.service.agents["supervisor"].id) for removed in (False, False, True)
    ]


async def test_what_is_shared_is_taken_back_before_it_is_changed(stored_service: Service) -> None:
    """Then the agent sees it no more and his notification counts as read; shared again, his answer is still there."""
    q = await quality(stored_service, "eleni")
    path = f"/work-reviews/{(await q.shared())['id']}"
    await q.make("PUT", f"{path}/answer", "agent", json={"text": "Why?"})
    refused = await q.ask("supervisor", "PATCH", path, 2, json={"comment": "Other words."})
    back = await q.make("POST", f"{path}/withdraw")
    hidden = (await q.ask("agent", "GET", path)).status_code
    unread = [one["read"] for one in (await q.make("GET", "/notifications", "agent"))["items"]]
    changed = await q.make("PATCH", path, version=back["version"], json={"comment": "Other words."})
    await q.make("POST", f"{path}/share", version=changed["version"])
    seen = await q.make("GET", path, "agent")
    assert (code_of(refused), back["shared_at"], hidden, unread) == ("shared", None, 404, [True])
    assert (seen["comment"], seen["answer"]) == ("Other words.", "Why?")


async def test_a_review_is_removed_by_its_writer_or_an_admin(stored_service: Service) -> None:
    """The agent cannot; whoever read it is told that it is gone."""
    q = await quality(stored_service, "eleni", "budi")
    first, second = [f"/work-reviews/{(await q.shared(person))['id']}" for person in ("eleni", "budi")]
    assert (await q.ask("agent", "DELETE", first)).status_code == 403
    await q.make("DELETE", first)
    await q.make("DELETE", second, "admin")
    assert (await q.make("GET", "/work-reviews", "agent"))["items"] == []
    told = [one.event.withdrawn for one in q.service.events if type(one.event).__name__ == "WorkReviewed"]
    assert told == [False, False, True, True]


async def test_one_review_of_each_reviewer(stored_service: Service) -> None:
    """A second one is refused with the first's id; another reviewer writes his own; nobody reviews himself."""
    q = await quality(stored_service, "eleni")
    draft = await q.draft()
    body = {"conversation_id": q.conversations["eleni"], "agent_id": q.id_of("agent")}
    twice = await q.ask("supervisor", "POST", "/work-reviews", json=body)
    assert (code_of(twice), twice.json()["review_id"]) == ("reviewed", draft["id"])
    assert (await q.ask("admin", "POST", "/work-reviews", json=body)).status_code == 201
    own = await q.ask("supervisor", "POST", "/work-reviews", json={**body, "agent_id": q.id_of("supervisor")})
    assert code_of(own) == "own_work"


async def test_reviews_come_in_pages_and_by_conversation(stored_service: Service) -> None:
    """Newest shared first, each once; of one conversation only its own."""
    q = await quality(stored_service, *PEOPLE)
    made = [(await q.shared(person))["id"] for person in PEOPLE]
    first = await q.make("GET", "/work-reviews", "agent", params={"limit": 3})
    params = {"limit": 3, "cursor": first["next_cursor"]}
    rest = await q.make("GET", "/work-reviews", "agent", params=params)
    here = await q.make("GET", "/work-reviews", "agent", params={"conversation": q.conversations["budi"]})
    assert [one["id"] for one in first["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None
    assert [one["id"] for one in here["items"]] == [made[1]]


async def test_erasing_a_person_blanks_what_was_written_about_his_conversation(stored_service: Service) -> None:
    """Words may quote him: comment, remarks and answer go; that there was a review, and its marks, stay."""
    q = await quality(stored_service, "eleni", "budi")
    tone = await q.make("POST", "/checklists", json={"name": "Tone", "questions": QUESTIONS})
    said = [{"mark": "no", "remark": "Eleni lives in Patras."}, {"mark": "yes", "remark": ""}]
    path = f"/work-reviews/{(await q.shared('eleni', checklist_id=tone['id'], marks=said))['id']}"
    other = f"/work-reviews/{(await q.shared('budi'))['id']}"
    await q.make("PUT", f"{path}/answer", "agent", json={"text": "Eleni said so."})
    contact = (await q.make("GET", path))["conversation"]["contact"]["id"]
    admin = q.service.deps.directory.principal_of(q.service.agents["admin"])
    await q.service.deps.writer.submit(Erase(admin, int(contact), "asked"))
    seen = await q.make("GET", path)
    assert [(one["mark"], one["remark"]) for one in seen["marks"]] == [("no", ""), ("yes", "")]
    assert (seen["comment"], seen["answer"]) == ("", "")
    assert (await q.make("GET", other))["comment"] == "Well done."


async def test_no_answer_holds_a_figure_that_sums_up_marks() -> None:
    """Reviews are words between people: no shape of theirs has a number but ids, versions and how much of a sample is
    done.
    """
    declared = [one for group in GROUPS for one in group.declared if one.path.startswith(("/work-", "/checklists"))]
    names = {field.name for one in declared for field in _fields(one.answer)}
    numbers = {name for one in declared for name, kind in _numbers(one.answer)}
    assert len(declared) == 18
    assert "marks" in names
    assert numbers <= {"version", "position", "seed", "found", "size", "drafts", "shared", "count", "ratings"}


def _fields(answer: Any, seen: tuple[Any, ...] = ()) -> list[Any]:
    """The fields of an answer's shape and of those in it; a conversation's row is not ours."""
    if answer in seen or getattr(answer, "__name__", "") == "ConversationShape":
        return []
    if hasattr(answer, "__args__"):
        inside = [*answer.__args__, getattr(answer, "__origin__", None)]
        return [field for one in inside for field in _fields(one, (*seen, answer))]
    if not (isinstance(answer, type) and issubclass(answer, msgspec.Struct)):
        return []
    own = msgspec.structs.fields(answer)
    return [*own, *(field for one in own for field in _fields(one.type, (*seen, answer)))]


def _numbers(answer: Any) -> list[tuple[str, Any]]:
    return [(one.name, one.type) for one in _fields(answer) if one.type in (int, float, list[int])]


async def test_late_work_is_found_by_the_facts_of_waits(stored_service: Service) -> None:
    """`breached` asks for waits that the agent answered late, or held when they became late."""
    q = await quality(stored_service, "eleni", "budi")
    fact = await _late_fact(q, "budi")
    await q.service.deps.writer.submit(Rows((t.wait_fact, fact)))
    found = await q.make("POST", "/work-samples", json={"breached": True})
    assert conversations(found) == [q.conversations["budi"]]


async def _late_fact(q: Quality, person: str) -> tuple[Any, ...]:
    """A wait of this conversation that the agent held when its deadline passed."""
    known: dict[str, Any] = {
        "conversation_id": int(q.conversations[person]), "late": 1, "late_owner_id": q.service.agents["agent"].id,
        "ended_at": clock.now(), "wait_id": 77,
    }  # fmt: skip
    texts = {"network", "kind", "tags", "language", "end", "reason", "ended_by", "response", "promised"}
    columns = [column.name for column in t.wait_fact.columns if column.name != "workspace_id"]
    return tuple(known.get(name, "" if name in texts else 0) for name in columns)
