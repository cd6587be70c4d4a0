"""The page on which a survey is answered: for whoever has the link, without an account, a script or a cookie.

The link is the right to answer this one ask and nothing else, so a foreign page has nothing to borrow; what browsers
say of where a form was sent from is asked all the same. Opening the page counts nothing: programs that look at links
before people do give no score.
"""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from inbox import clock, ids
from inbox.api.deps import Deps
from inbox.api.survey_html import HEADERS, Asked, form_page, note_page, thanks_page
from inbox.commands.survey_asks import AnswerSurvey
from inbox.domain import surveys
from inbox.domain.survey_records import Survey, SurveyAsk
from inbox.domain.survey_words import FALLBACK, WORDS, Words, words_of
from inbox.errors import InboxError, Invalid
from inbox.storage import rows, sessions
from inbox.surveylinks import PATH, SurveyLinks
from inbox.throttle import Rate

_LOOKS = Rate(burst=40, every_seconds=1.5)
"""Per address: pages looked at. Addresses are shared by whole offices and networks."""
_ANSWERS = Rate(burst=10, every_seconds=20)
"""Per ask: answers sent."""
MAX_BODY_BYTES = 32_768


def survey_routes(deps: Deps) -> list[BaseRoute]:
    """The page, and what its button does."""
    page = SurveyPage(deps)
    return [Route(f"{PATH}/{{token}}", page.answer, methods=["GET", "POST"])]


class SurveyPage:
    """Shows and takes answers."""

    def __init__(self, deps: Deps) -> None:
        self.deps = deps
        self.links = SurveyLinks(deps.settings.keys(), deps.settings.address)

    async def answer(self, request: Request) -> Response:
        """One request; never raises for what a visitor can do."""
        address = request.client.host if request.client else ""
        if self.deps.throttle.take(("survey", address), _LOOKS):
            return _note(_spoken(request), "busy", 429)
        ask_id = self.links.ask_of(request.path_params["token"])
        ask = await self.deps.database.read(rows.one, SurveyAsk, ask_id) if ask_id is not None else None
        if ask is None:
            return _note(_spoken(request), "unknown", 404)
        asked = await self._asked(request, ask)
        if request.method == "POST":
            return await self._taken(request, ask, asked)
        if ask.score is None and not surveys.may_answer(ask, clock.now()):
            return HTMLResponse(note_page(asked.words, asked.words.over, asked.words.over_hint), 410, HEADERS)
        changes = surveys.may_answer(ask, clock.now()) and "change" in request.query_params
        if ask.score is not None and not changes:
            return HTMLResponse(thanks_page(asked, ask), 200, HEADERS)
        return HTMLResponse(form_page(asked, ask.score, ask.comment), 200, HEADERS)

    async def _asked(self, request: Request, ask: SurveyAsk) -> Asked:
        """What the page says: the survey's words as they were asked, and who asks."""
        directory = await self.deps.directory.fresh()
        survey = await self.deps.database.read(rows.one, Survey, ask.survey_id)
        channel = directory.channels.get(ask.channel_id)
        wording = surveys.worded(surveys.wordings_of(survey), ask.wording) if survey is not None else None
        words = words_of(ask.wording)
        own = channel is not None and bool(channel.sandbox)
        return Asked(
            path=request.url.path,
            language=ask.wording,
            words=words,
            scale=ask.scale,
            who=(channel.brand or channel.name) if channel is not None else "",
            question=wording.question if wording is not None else words.csat_question,
            thanks=(wording.thanks if wording is not None else "") or words.thanks,
            by_agent=not own and await self._is_agent(request),
        )

    async def _is_agent(self, request: Request) -> bool:
        """Whether somebody of ours is signed in with this browser: agents see the link in the conversation."""
        cookie = request.cookies.get(self.deps.auth.cookie_name)
        session = await self.deps.database.read(sessions.by_digest, ids.digest(cookie)) if cookie else None
        return session is not None and session.expires_at > clock.now()

    async def _taken(self, request: Request, ask: SurveyAsk, asked: Asked) -> Response:
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return _note(asked.words, "unknown", 403)
        if asked.by_agent:
            return HTMLResponse(form_page(asked, ask.score, ask.comment), 403, HEADERS)
        if self.deps.throttle.take(("survey-answer", str(ask.id)), _ANSWERS):
            return _note(asked.words, "busy", 429)
        form = await _form(request)
        if form is None:
            return _note(asked.words, "unknown", 413)
        given, comment = str(form.get("score", "")), str(form.get("comment", ""))
        score = int(given) if given.isascii() and given.isdigit() and len(given) <= 2 else -1
        try:
            await self.deps.writer.submit(AnswerSurvey(ask.id, score, comment))
        except Invalid:
            return HTMLResponse(form_page(asked, ask.score, comment, missing=True), 422, HEADERS)
        except InboxError as refused:
            if refused.code != "over":
                return _note(asked.words, "busy", refused.status)
            return HTMLResponse(note_page(asked.words, asked.words.over, asked.words.over_hint), 410, HEADERS)
        return RedirectResponse(request.url.path, 303, HEADERS)


async def _form(request: Request) -> FormData | None:
    """The fields sent; None where they are too much, or no form."""
    said = request.headers.get("content-length", "")
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if not (said.isascii() and said.isdigit() and int(said) <= MAX_BODY_BYTES):
        return None
    if kind != "application/x-www-form-urlencoded":
        return None
    return await request.form(max_files=0, max_fields=10)


def _note(words: Words, what: str, status: int) -> HTMLResponse:
    if what == "busy":
        return HTMLResponse(note_page(words, words.busy, ""), status, HEADERS)
    return HTMLResponse(note_page(words, words.unknown, words.unknown_hint), status, HEADERS)


def _spoken(request: Request) -> Words:
    """The words in the first of the browser's languages that we speak."""
    for part in request.headers.get("accept-language", "").split(",")[:10]:
        language = part.split(";")[0].strip().lower().split("-")[0]
        if language in WORDS:
            return WORDS[language]
    return WORDS[FALLBACK]
