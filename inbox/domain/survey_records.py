"""Rows of surveys: what is asked, and each time somebody was asked."""

from __future__ import annotations

from inbox.domain.records import Record


class Survey(Record):
    """A question put to people after their conversation was closed."""

    id: int
    name: str
    scale: str
    """`csat`: 1 to 5; `nps`: 0 to 10."""
    place: int
    """Surveys are tried from the lowest place on; the first whose condition holds is put."""
    active: int
    texts: str
    """JSON list of `domain.surveys.Wording`; the first one is fallen back on."""
    condition: str
    """JSON form of `domain.conditions`: where it is put; empty: everywhere."""
    delay_seconds: int
    """How long a conversation stays closed before it is put."""
    every_days: int
    """A person is asked at most once in so many days, by whichever survey; 0: each time."""
    after_rules: int
    """Also after what rules closed."""
    since_at: int
    """What was closed before it was switched on is not asked about."""
    created_at: int
    version: int
    removed_at: int | None = None
    """When it was removed; what it asked still names it."""


class SurveyAsk(Record):
    """A person was asked once, about one episode: what reports count. Labels are those of the moment he was asked; ids
    are 0 and words empty for none.
    """

    id: int
    survey_id: int
    scale: str
    conversation_id: int
    episode: int
    thread_id: int
    message_id: int
    """The message that asks."""
    wording: str
    """Language of the words it was asked in."""
    way: str
    """`options`: to be picked in the thread; `link`: on a page."""
    sent_at: int
    channel_id: int
    network: str
    kind: str
    team_id: int
    agent_id: int
    """Who closed it; 0: no agent did."""
    owner_id: int
    tags: str
    """Ids, each between commas: `,41,42,`."""
    campaign_id: int
    post_id: int
    language: str
    rating: int
    score: int | None = None
    """None while it is not answered."""
    answered_at: int | None = None
    """When it was answered first."""
    answered_by: str = ""
    """`thread` or `page`: how he gave the score that stands."""
    comment: str = ""
    """What he wrote beside the score. Blanked by erasure; never in the log."""
