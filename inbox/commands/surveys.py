"""Surveys as settings: made, changed, removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from inbox.commands.versions import check_version, found
from inbox.domain import events as e
from inbox.domain.conditions import as_json, parse
from inbox.domain.permissions import Principal, require
from inbox.domain.state import State
from inbox.domain.survey_records import Survey
from inbox.domain.surveys import Wording
from inbox.errors import Invalid, NotFound
from inbox.eventlog.unit import Unit
from inbox.storage import rows
from inbox.storage.conditions import clause_of
from inbox.storage.database import Query

_encode = msgspec.json.Encoder().encode
_words = msgspec.json.Decoder(list[Wording]).decode


class PutSurvey(Unit):
    """Make a survey (id None), or change one. `fields`: `name`, `place`, `active`, `texts` (JSON values), `condition`
    (JSON form), `delay_seconds`, `every_days`, `after_rules`, and `scale` of a new one. On a change only what is given;
    it holds for what is closed, and what is due, from then on.
    """

    alone = True

    def __init__(
        self, principal: Principal, survey_id: int | None, fields: Mapping[str, Any], version: int | None = None
    ) -> None:
        require(principal, "settings")
        self.principal = principal
        self.survey_id = survey_id
        self.fields = _kept(fields)
        self.version = version

    def run(self, state: State) -> Query[Survey]:
        """Check, and write."""
        if self.survey_id is None:
            place = yield from self._place()
            made = {**self.fields, "place": place}
            survey = Survey(id=state.next_id(), since_at=state.now, created_at=state.now, version=1, **made)
            yield from rows.add(survey)
        else:
            survey = _there((yield from found(Survey, self.survey_id)))
            check_version(survey.version, self.version, f"the survey {survey.name!r}")
            switched_on = self.fields.get("active", 0) and not survey.active
            since_at = state.now if switched_on else survey.since_at
            survey = replace(survey, **self.fields, since_at=since_at, version=survey.version + 1)
            yield from rows.change(survey)
        state.emit(e.SettingChanged(object="survey", id=survey.id), self.principal.actor)
        return survey

    def _place(self) -> Query[int]:
        known = yield from rows.every(Survey)
        last = max((one.place for one in known if one.removed_at is None), default=0)
        given = self.fields.get("place")
        return last + 1 if given is None else int(given)


class RemoveSurvey(Unit):
    """Nobody is asked any more. Who was asked may still answer, and reports keep what was answered."""

    alone = True

    def __init__(self, principal: Principal, survey_id: int, version: int | None) -> None:
        require(principal, "settings")
        self.principal = principal
        self.survey_id = survey_id
        self.version = version

    def run(self, state: State) -> Query[None]:
        """The row stays: what it asked names it."""
        survey = _there((yield from found(Survey, self.survey_id)))
        check_version(survey.version, self.version, f"the survey {survey.name!r}")
        yield from rows.change(replace(survey, removed_at=state.now, active=0, version=survey.version + 1))
        state.emit(e.SettingChanged(object="survey", id=survey.id, removed=True), self.principal.actor)


def _kept(fields: Mapping[str, Any]) -> dict[str, Any]:
    """As it is stored. Raises Invalid for words that are missing or twice, and for a condition that a closed
    conversation does not tell.
    """
    kept = dict(fields)
    if "texts" in kept:
        kept["texts"] = _texts(kept["texts"])
    if "condition" in kept:
        where = parse(kept["condition"])
        clause_of(where)
        form = as_json(where)
        kept["condition"] = _encode(form).decode() if form != {"all": []} else ""
    for name in ("active", "after_rules"):
        if name in kept:
            kept[name] = int(kept[name])
    return kept


def _texts(given: list[dict[str, Any]]) -> str:
    try:
        texts = _words(_encode(given))
    except msgspec.ValidationError as wrong:
        raise Invalid(f"texts: {wrong}", code="texts") from wrong
    if not texts or any(not one.question.strip() for one in texts):
        raise Invalid("write the question in at least one language", code="texts")
    languages = [one.language for one in texts]
    if len(set(languages)) < len(languages):
        twice = next(one for one in languages if languages.count(one) > 1)
        raise Invalid(f"the question stands twice in {twice!r}: keep one of them", code="texts")
    return _encode(texts).decode()


def _there(survey: Survey) -> Survey:
    if survey.removed_at is not None:
        raise NotFound(f"there is no survey {survey.id}: it was removed")
    return survey
