"""A simulated Google and the channel connected to it, for tests that need both."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec

from connectors.contract import Context, CustomerAction
from connectors.exchange import AnyRequest, HttpRequest, HttpResponse, Polled
from connectors.google_business_profile.inbound import parse, verify
from connectors.google_business_profile.oauth import EXPIRES_AT
from connectors.google_business_profile.outbound import check, plan, send
from connectors.google_business_profile.poll import fetch, poll
from connectors.google_business_profile.simulator import PUSH_TOKEN, BusinessProfile
from connectors.inbound import AnyInbound, Fetch, ReviewReceived
from connectors.outbound import AnyOutbound, ReplyToReview, Target
from tests.connectors.google_business_profile.signing import context
from tests.connectors.kit.driver import Answerer, Run, by_simulator, drive

MINUTE = 60_000_000
DAY = 86_400_000_000


def answered(*replies: tuple[int, object]) -> Answerer:
    """Answer the requests with these, in order; bytes go as they are."""

    def answer(request: AnyRequest, number: int) -> HttpResponse:
        status, body = replies[number]
        return HttpResponse(status=status, body=body if isinstance(body, bytes) else msgspec.json.encode(body))

    return answer


def urls(run: Run) -> list[str]:
    """Method and address of each request."""
    return [f"{one.method} {one.url}" for one in run.requests if isinstance(one, HttpRequest)]


class World:
    """Google, one location of ours, and a clock that only moves when it is told to."""

    def __init__(self, seed: int = 7, **settings: str) -> None:
        self.google = BusinessProfile(seed)
        ctx = context()
        self.ctx: Context = replace(ctx, secrets=(PUSH_TOKEN.encode(),), settings={**ctx.settings, **settings})
        self.cursor = ""

    def wait(self, duration: int) -> None:
        """Let so many µs pass; the access token that is kept is good all the time."""
        now = self.ctx.now + duration
        self.ctx = replace(self.ctx, now=now, credentials={**self.ctx.credentials, EXPIRES_AT: str(now + MINUTE)})

    def act(self, do: str, person: str = "maria", **fields: Any) -> list[AnyInbound]:
        """What we learn at once of what a person does: of announcements, what they lead to."""
        action = msgspec.convert({"do": do, "person": person, **fields}, CustomerAction)
        found: list[AnyInbound] = []
        for request in self.google.act(action, self.ctx.now):
            verify(request, self.ctx)
            for one in parse(request, self.ctx):
                assert isinstance(one, Fetch)
                run = self.run(fetch(one.ref, self.ctx))
                found += run.result
        return found

    def reviewed(self, text: str = "Nice shop", rating: int = 4, person: str = "maria") -> ReviewReceived:
        """A person reviews the location; the review as announced."""
        (found,) = self.act("review", person, name=person.title(), text=text, rating=rating)
        assert isinstance(found, ReviewReceived)
        return found

    def run(self, exchange: Any) -> Run:
        """An exchange with Google."""
        return drive(exchange, by_simulator(self.google, self.ctx))

    def poll(self) -> Polled:
        """One poll that must not fail; its cursor is kept."""
        run = self.run(poll(self.cursor, self.ctx))
        assert run.error is None, run.error
        polled: Polled = run.result
        self.cursor = polled.cursor
        return polled

    def walk(self) -> list[AnyInbound]:
        """Everything the next full walk brings, a day later."""
        self.wait(DAY)
        found: Sequence[AnyInbound] = ()
        polled = self.poll()
        found = polled.inbounds
        while polled.more:
            polled = self.poll()
            found = (*found, *polled.inbounds)
        return list(found)

    def do(self, action: AnyOutbound) -> Run:
        """The only part of an action of ours."""
        (part,) = plan(action, self.ctx)
        return self.run(send(part, self.ctx))

    def answer(self, review: ReviewReceived, text: str = "Thank you!") -> Run:
        """Answer a review, and wait until Google has made up its mind."""
        run = self.do(ReplyToReview(target=Target(thread_id=review.thread.external_id), text=text))
        while run.error is None and run.result.state == "pending":
            self.wait(run.result.check_at - self.ctx.now)
            run = self.run(check(run.result.token, self.ctx))
        return run
