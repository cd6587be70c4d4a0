"""Surveys and answers as the outside sees them."""

from __future__ import annotations

import msgspec

from inbox.clock import iso, iso_or_none
from inbox.domain.survey_records import Survey, SurveyAsk
from inbox.domain.survey_shapes import SurveyAskShape, SurveyPresetShape, SurveyShape, WordingShape
from inbox.domain.survey_words import WORDS, ends_of, preset
from inbox.domain.surveys import Wording, wordings_of

_MINUTE_SECONDS = 60
_decode = msgspec.json.decode


def survey_shape(survey: Survey) -> SurveyShape:
    """What is asked, where and when."""
    return SurveyShape(
        id=str(survey.id),
        name=survey.name,
        scale=survey.scale,  # type: ignore[arg-type]
        place=survey.place,
        active=bool(survey.active),
        texts=[_wording(one) for one in wordings_of(survey)],
        condition=_decode(survey.condition) if survey.condition else None,
        delay_minutes=survey.delay_seconds // _MINUTE_SECONDS,
        every_days=survey.every_days,
        after_rules=bool(survey.after_rules),
        created_at=iso(survey.created_at),
        version=survey.version,
    )


def preset_shape(scale: str) -> SurveyPresetShape:
    """A survey to begin with."""
    ends = {language: ends_of(scale, words) for language, words in WORDS.items()}
    return SurveyPresetShape(
        scale=scale,  # type: ignore[arg-type]
        texts=[_wording(one) for one in preset(scale)],
        low={language: low for language, (low, _) in ends.items()},
        high={language: high for language, (_, high) in ends.items()},
    )


def ask_shape(ask: SurveyAsk, survey: Survey | None, *, number: int | None, contact: str) -> SurveyAskShape:
    """Somebody who was asked; `number` and `contact` of the conversation, where it is in sight."""
    return SurveyAskShape(
        id=str(ask.id),
        survey_id=str(ask.survey_id),
        survey=survey.name if survey is not None else "",
        scale=ask.scale,  # type: ignore[arg-type]
        conversation_id=str(ask.conversation_id),
        number=number,
        contact=contact,
        way=ask.way,  # type: ignore[arg-type]
        sent_at=iso(ask.sent_at),
        score=ask.score,
        answered_at=iso_or_none(ask.answered_at),
        answered_by=ask.answered_by,
        comment=ask.comment,
    )


def _wording(one: Wording) -> WordingShape:
    return WordingShape(language=one.language, question=one.question, thanks=one.thanks)
