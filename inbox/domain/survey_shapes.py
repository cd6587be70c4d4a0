"""What the outside sees of surveys and of what was answered."""

from __future__ import annotations

from typing import Any

from inbox.domain.shapes import Shape
from inbox.domain.survey_events import Scale, Way


class WordingShape(Shape, kw_only=True):
    """What is asked in one language, and what is said when it was answered (empty: the service's own words)."""

    language: str
    question: str
    thanks: str


class SurveyShape(Shape, kw_only=True):
    """A survey. `scale`: `csat` asks for 1 to 5, `nps` for 0 to 10. `texts`: the first one is fallen back on.
    `condition`: where it is put, as JSON; null: everywhere. `after_rules`: also after what rules closed.
    """

    id: str
    name: str
    scale: Scale
    place: int
    active: bool
    texts: list[WordingShape]
    condition: dict[str, Any] | None
    delay_minutes: int
    every_days: int
    after_rules: bool
    created_at: str
    version: int


class SurveyPresetShape(Shape, kw_only=True):
    """A survey to begin with, in all languages that the service speaks."""

    scale: Scale
    texts: list[WordingShape]
    low: dict[str, str]
    """What the lowest score means, by language."""
    high: dict[str, str]


class SurveyAskShape(Shape, kw_only=True):
    """Somebody was asked once, and perhaps answered. `comment`: what he wrote beside the score; `number` is the
    conversation's.
    """

    id: str
    survey_id: str
    survey: str
    scale: Scale
    conversation_id: str
    number: int | None
    contact: str
    way: Way
    sent_at: str
    score: int | None
    answered_at: str | None
    answered_by: str
    comment: str
