"""What the outside sees of reports that are mailed, and of what was sent."""

from __future__ import annotations

from typing import Literal

from inbox.domain.report_mails import Every, Form
from inbox.domain.shapes import Shape


class ReportMailShape(Shape, kw_only=True):
    """A report that is mailed. `query`: the address of the reports page without its period; `report` is its name
    there, or `topics`. `at`: time of day in `zone`. `stopped`: addresses that refused too often and get no more.
    `owner_id`: who saved it last, and whose view of the reports it shows.
    """

    id: str
    name: str
    owner_id: str
    agent_ids: list[str]
    addresses: list[str]
    report: str
    query: str
    every: Every
    weekday: int
    month_day: int
    at: str
    zone: str
    language: str
    form: Form
    active: bool
    off_reason: str
    stopped: list[str]
    next_at: str | None
    created_at: str
    version: int


class ReportMailSendShape(Shape, kw_only=True):
    """One mail to one address. `due_at`: what it was sent for; `at`: when this last changed; `trial`: sent to be seen.
    `reason`: why it is not sent, or not yet.
    """

    id: str
    address: str
    due_at: str
    at: str
    state: Literal["queued", "sent", "refused", "failed"]
    reason: str
    trial: bool
