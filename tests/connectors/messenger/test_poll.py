"""connectors/messenger/poll.py: what webhooks missed is found by asking."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from connectors._meta.conversations import AT_ONCE, OVERLAP_SECONDS, SETTLED_SECONDS
from connectors.contract import CustomerAction
from connectors.exchange import HttpResponse, Polled, Request
from connectors.inbound import Attachment, MessageReceived
from connectors.messenger import CONNECTOR
from connectors.messenger.poll import poll
from connectors.messenger.simulator import PageInbox
from connectors.toolkit import faults
from tests.connectors.kit.driver import by_simulator, drive
from tests.connectors.messenger.signing import context

CTX = context()
_SECOND = 1_000_000
_MINUTE = 60 * _SECOND


class Page:
    """A Page whose conversations are read, round after round."""

    def __init__(self) -> None:
        self.inbox = PageInbox(7)
        self.now = CTX.now - CTX.now % _SECOND
        self.cursor = ""

    def says(self, text: str, person: str = "maria", **more: Any) -> list[Any]:
        """Somebody writes; what a delivery would have told."""
        requests = self.inbox.act(CustomerAction(do="write", person=person, text=text, **more), self.now)
        assert CONNECTOR.parse is not None
        return [one for request in requests for one in CONNECTOR.parse(request, CTX)]

    def page(self) -> Polled:
        """One poll."""
        ctx = replace(CTX, now=self.now)
        run = drive(poll(self.cursor, ctx), by_simulator(self.inbox, ctx))
        assert run.error is None, run.error
        found: Polled = run.result
        assert found.problems == ()
        assert len(found.raw) == len(found.inbounds)
        self.cursor = found.cursor
        return found

    def round(self) -> list[Any]:
        """A whole round."""
        found = self.page()
        inbounds = list(found.inbounds)
        while found.more:
            found = self.page()
            inbounds += found.inbounds
        return inbounds


def test_a_missed_message_is_as_its_delivery_would_have_told_it() -> None:
    """By the same id, in the same thread, with its files."""
    page = Page()
    picture = Attachment(kind="image", mime="image/jpeg", url="https://scontent.xx.fbcdn.net/v/bowl.jpg")
    told = page.says("Is it this one?", attachments=(picture,))
    found = page.round()
    assert [one.external_id for one in found] == [one.external_id for one in told]
    assert [(one.text, one.attachments) for one in found] == [(one.text, one.attachments) for one in told]
    assert all(one.thread == told[0].thread for one in found)


def test_a_round_goes_down_to_where_the_last_one_began() -> None:
    """The first reads every page of the list; the next only what is new and what may have been late."""
    page = Page()
    for number in range(AT_ONCE * 2 + 3):
        page.says(f"Number {number}", person=f"person-{number}")
    assert len(page.round()) == AT_ONCE * 2 + 3

    page.now += (OVERLAP_SECONDS + 60) * _SECOND
    page.round()
    page.says("Anybody there?", person="person-4")
    found = page.page()

    assert [one.text for one in found.inbounds if isinstance(one, MessageReceived)] == ["Anybody there?"]
    assert not found.more


def test_what_was_said_elsewhere_is_an_echo_once_it_has_settled() -> None:
    """An answer from the Page's own inbox counts as ours; a young one is left to its echo, which names our key."""
    page = Page()
    [wrote] = page.says("Hello")
    body = {"recipient": {"id": wrote.author.external_id}, "message": {"text": "Hi!"}, "messaging_type": "RESPONSE"}
    credentials = page.inbox.credentials
    _post(page.inbox, body, credentials["page_access_token"], page.now)
    assert [one.text for one in page.round()] == ["Hello"]

    page.now += (SETTLED_SECONDS + 1) * _SECOND
    found = page.round()

    assert [(one.text, one.author.is_self, one.needs_answer) for one in found] == [
        ("Hello", False, True),
        ("Hi!", True, False),
    ]


def test_a_cursor_of_another_form_begins_anew() -> None:
    """What comes twice is known by its id."""
    page = Page()
    page.says("Hello")
    page.cursor = "not a cursor"
    assert [type(one) for one in page.round()] == [MessageReceived]


def test_one_broken_conversation_costs_only_itself() -> None:
    """It is kept with what is wrong with it."""
    message = {"id": "m_1", "created_time": "2026-11-21T22:20:00+0000", "from": {"id": "24"}, "message": "fine"}
    good = {"participants": {"data": [{"id": "24"}]}, "messages": {"data": [message, 7]}}
    answer = HttpResponse(status=200, body=msgspec.json.encode({"data": ["spoilt", good]}))
    polled = drive(poll("", CTX), lambda request, number: answer).result
    assert [one.text for one in polled.inbounds] == ["fine"]
    assert len(polled.problems) == 2


def test_an_outage_leaves_the_cursor_where_it_was() -> None:
    """Nothing is passed over: the poll fails, and is made again."""
    page = Page()
    page.inbox.faults = {faults.OUTAGE}
    run = drive(poll(page.cursor, CTX), by_simulator(page.inbox, CTX))
    assert run.error is not None


def _post(inbox: PageInbox, body: dict[str, Any], token: str, now: int) -> None:
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    request = Request(method="POST", path="/v25.0/me/messages", headers=headers, body=msgspec.json.encode(body))
    assert inbox.respond(request, now).status == 200
