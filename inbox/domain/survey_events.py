"""A survey was put to somebody, and answered. Comments are words of people: they stand with the ask, never here."""

from __future__ import annotations

from typing import Literal

from inbox.domain.event import ConversationEvent

Scale = Literal["csat", "nps"]
Way = Literal["options", "link"]


class SurveySent(ConversationEvent, tag="survey_sent", frozen=True, kw_only=True):
    """A survey was put after the conversation was closed: by options to pick from, or by a link."""

    ask_id: int
    survey_id: int
    scale: Scale
    thread_id: int
    message_id: int
    way: Way


class SurveyAnswered(ConversationEvent, tag="survey_answered", frozen=True, kw_only=True):
    """The person gave a score, or changed what he had answered. `message_id`: the item in the thread by which he did;
    None: on the page.
    """

    ask_id: int
    survey_id: int
    scale: Scale
    score: int
    was: int | None = None
    """The score before; None: it is the first."""
    commented: bool = False
    """There are words beside the score."""
    message_id: int | None = None
