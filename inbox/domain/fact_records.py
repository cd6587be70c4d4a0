"""The rows that reports count: waits, who held them when, episodes, deeds (docs/metrics.md). `domain.facts` and
`domain.episode_facts` derive them.

Ids are 0 and words empty for none: these rows are grouped. Times and spans of time are µs.
"""

from __future__ import annotations

from inbox.domain.records import Record

OPEN = 2**62
"""`ended_at` of what is not over: later than anything."""


class WaitFact(Record):
    """A wait as reports count it."""

    ended_at: int
    wait_id: int
    conversation_id: int
    home_id: int
    """The conversation in which it opened: its first answer is counted there, whatever was merged since."""
    channel_id: int
    network: str
    kind: str
    team_id: int
    """The team that held it at its end; of one that runs, that holds it."""
    agent_id: int
    """Who answered."""
    owner_id: int
    """Who held it at its end."""
    tags: str
    """As the conversation has them now, like campaign, language and rating: `,3,17,`."""
    campaign_id: int
    post_id: int
    language: str
    rating: int
    end: str
    reason: str
    ended_by: str
    """Kind of the actor; `outside`: answered in the network's own app."""
    response: str
    """Of an answered wait: `first` in the conversation, `reopened` (first of a later episode) or `next`."""
    episode: int
    opened_at: int
    customer_opened_at: int
    customer_ended_at: int
    acted_at: int | None
    """When a person first did something about it."""
    automatic_at: int | None
    """When it got its first automatic answer."""
    acknowledged_at: int | None
    in_queue: int
    in_team: int
    with_person: int
    over: int
    """How long it counted as over before it went on. These four and `in_approval` make up the desk clock."""
    desk_worked: int
    """Business time of the desk clock."""
    customer_worked: int
    policy_id: int
    promised: str
    """What its policy promised: `first` or `next`; empty without one."""
    deadline_at: int | None
    late: int
    """Its deadline passed before it ended, however it ended, and nobody took that back."""
    late_team_id: int
    """Who held it at the deadline."""
    late_owner_id: int
    reopened: int
    in_approval: int = 0
    """How long its answer waited for somebody's yes."""


class WaitStretch(Record):
    """A stretch of a wait in which one team or person held it; `approval`: in which its answer waited for a yes;
    `over`: in which it counted as ended.
    """

    ended_at: int
    wait_id: int
    began_at: int
    part: str
    team_id: int
    owner_id: int
    channel_id: int
    network: str
    kind: str
    opened_at: int
    wait_ended_at: int
    worked: int


class EpisodeFact(Record):
    """An episode as reports count it."""

    closed_at: int
    conversation_id: int
    number: int
    position: int
    """Of the event that began it."""
    opened_at: int
    first_in_at: int | None
    """Its first customer item, history left out; None: nobody asked for anything."""
    channel_id: int
    network: str
    kind: str
    team_id: int
    """Who held it when it closed; of one that is open, who holds it."""
    agent_id: int
    """Who closed it."""
    owner_id: int
    tags: str
    campaign_id: int
    post_id: int
    language: str
    rating: int
    closed_by: str
    """Kind of the actor; `automatic` where a rule or timer did. `merged` and `spam`: it did not close, but is open no
    more since then, until it is taken apart or cleared.
    """
    again: str
    """Why another episode followed; empty where none did."""
    worked: int
    """Business time from `first_in_at` to `closed_at`."""
    policy_id: int
    deadline_at: int | None
    late: int
    late_team_id: int = 0
    """Who held it at its deadline, where that was missed."""
    late_owner_id: int = 0


class Deed(Record):
    """Something that happened, as reports count it."""

    at: int
    position: int
    what: str
    by: str
    agent_id: int
    conversation_id: int
    message_id: int
    channel_id: int
    network: str
    kind: str
    team_id: int
    owner_id: int
    tags: str
    campaign_id: int
    post_id: int
    language: str
    rating: int
    stars: int
    """Of a review: those it was given with this."""
    after_at: int
    """Of `restated`: when a day that was over changed."""
