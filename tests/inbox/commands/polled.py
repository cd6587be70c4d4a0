"""A desk whose customers are asked when their conversation was closed, in a network with options or without."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from connectors import inbound as net
from connectors.contract import Context
from inbox import clock, ids
from inbox.commands.due import unit_of
from inbox.commands.reply import Reply, contexts_of
from inbox.commands.survey_asks import TIMERS, AnswerSurvey, Asker
from inbox.commands.surveys import PutSurvey
from inbox.domain.records import Message
from inbox.domain.sending import Answer
from inbox.domain.survey_records import Survey, SurveyAsk
from inbox.storage import rows, timer
from inbox.surveylinks import SurveyLinks
from tests.inbox.desk import CLEO, Desk
from tests.inbox.world import TELEGRAM

LINKS = SurveyLinks(["a secret of the house"], "https://inbox.example")
TEXTS = [
    {"language": "en", "question": "How did we do?", "thanks": "Thanks!"},
    {"language": "el", "question": "Πώς τα πήγαμε;", "thanks": ""},
]
MINUTES = 30


class Polled:
    """What is asked, when time passes, and what people answer."""

    def __init__(self, desk: Desk, channel_id: int) -> None:
        self.desk = desk
        self.channel_id = channel_id
        self.asker = Asker(desk.world.database, desk.world.directory, self.context_of, LINKS.url)

    async def context_of(self, channel_id: int) -> Context:
        """What a connector knows; Telegram needs no address to plan."""
        if channel_id != TELEGRAM:
            return await self.desk.context_of(channel_id)
        return Context(
            now=clock.now(), nonce=ids.nonce, channel_id=str(channel_id), base_url="https://telegram.example",
            public_url="https://inbox.example", webhook_url="", settings={}, credentials={"token": "1:x"},
        )  # fmt: skip

    async def survey(self, **fields: Any) -> Survey:
        """A survey as the API makes it: satisfaction, half an hour after a close, every time."""
        given = {
            "name": "After close", "scale": "csat", "texts": TEXTS, "condition": {}, "delay_seconds": MINUTES * 60,
            "every_days": 0, "after_rules": False, "active": True, "place": None, **fields,
        }  # fmt: skip
        made: Survey = await self.desk.do(PutSurvey(self.desk.agent(CLEO), None, given))
        await self.desk.world.directory.load()
        return made

    async def change(self, survey: Survey, **fields: Any) -> Survey:
        """An admin changes it."""
        made: Survey = await self.desk.do(PutSurvey(self.desk.agent(CLEO), survey.id, fields))
        await self.desk.world.directory.load()
        return made

    async def writes(self, text: str = "Where is my order?", *, person: str = "eleni", **changes: Any) -> str:
        """A customer writes into his private thread."""
        return await self.desk.world.says(text, person=person, channel_id=self.channel_id, **changes)

    async def closed(self, text: str = "Where is my order?", *, person: str = "eleni", **changes: Any) -> int:
        """A conversation that was answered and closed by Anna; its id."""
        item = await self.desk.item(await self.writes(text, person=person, **changes))
        answer = await self.desk.message(await self.replies(item.conversation_id))
        await self.desk.accepts(answer.id)
        await self.close(item.conversation_id)
        return item.conversation_id

    async def replies(self, conversation_id: int) -> int:
        """Anna answers, by whatever network it is."""
        contexts = await contexts_of(self.desk.world.database, self.context_of, conversation_id)
        answer = Answer(text="On its way.", hold_seconds=0)
        unit = Reply(self.desk.agent(), conversation_id, answer, directory=self.desk.world.directory, contexts=contexts)
        made: int = await self.desk.do(unit)
        return made

    async def close(self, conversation_id: int) -> None:
        """Anna closes it."""
        await self.desk.triages(conversation=conversation_id, status="closed")

    async def passes(self, minutes: float = MINUTES) -> None:
        """Time passes, and the clock fires what is due."""
        self.desk.later(minutes * 60)
        await self.fires()

    async def fires(self) -> None:
        """The clock fires what is due now."""
        for one in await self.desk.world.database.read(timer.due, self.desk.now, 100):
            await self.desk.do(await self.asker.unit(one) if one.kind in TIMERS else unit_of(one))

    async def answers(self, ask: SurveyAsk, score: int, comment: str = "") -> bool:
        """The person answers on the page."""
        changed: bool = await self.desk.do(AnswerSurvey(ask.id, score, comment))
        return changed

    async def asks(self) -> list[SurveyAsk]:
        """Everybody who was asked, in order."""
        return await self.desk.world.database.read(rows.every, SurveyAsk)

    async def only(self) -> SurveyAsk:
        """The one that was asked."""
        (ask,) = await self.asks()
        return ask

    async def said(self) -> list[str]:
        """What the service said by itself, in order."""
        query = (
            "SELECT c.text FROM content c JOIN message m ON m.id = c.message_id "
            "WHERE m.direction = 'out' AND m.automatic = 'survey' ORDER BY m.position"
        )
        return [row[0] for row in await self.desk.rows(query)]

    async def message(self, ask: SurveyAsk) -> Message:
        """The question as it stands in the conversation."""
        return await self.desk.message(ask.message_id)


def linked(text: str) -> int | None:
    """The ask that a text has the link of."""
    found = re.search(r"https://inbox\.example/s/(\S+)", text)
    return LINKS.ask_of(found[1]) if found else None


def comment(text: str, **changes: Any) -> net.MessageReceived:
    """A comment under a post."""
    place = net.Thread(external_id="c1", kind="comment", audience="public", address={"kind": "comment"})
    base = net.MessageReceived(
        dedupe_key=text, occurred_at=clock.now(), thread=place, author=net.Author(external_id="eleni", name="Eleni"),
        external_id=text, text=text, kind="comment",
    )  # fmt: skip
    return msgspec.structs.replace(base, **changes)
