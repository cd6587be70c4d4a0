"""A simulated page and the channel connected to it."""

from dataclasses import replace
from typing import Any

from connectors.contract import Context, CustomerAction
from connectors.exchange import Polled
from connectors.facebook_page.fetch import fetch
from connectors.facebook_page.inbound import parse
from connectors.facebook_page.oauth import setup
from connectors.facebook_page.outbound import lookup_sent, plan, send
from connectors.facebook_page.poll import poll
from connectors.facebook_page.simulator import PageSimulator
from connectors.inbound import AnyInbound, MessageReceived
from connectors.outbound import AnyOutbound, Receipt, Target
from tests.connectors.facebook_page.signing import context
from tests.connectors.kit.driver import Run, by_simulator, drive

SECOND = 1_000_000


class Line:
    """One page, one channel, a clock of its own."""

    def __init__(self, seed: int = 7) -> None:
        self.page = PageSimulator(seed)
        self.cursor = ""
        ctx = context()
        self.ctx: Context = replace(ctx, credentials=self.page.credentials, settings=self.page.settings, asset_id="")
        made = drive(setup(self.ctx), by_simulator(self.page, self.ctx)).result
        self.ctx = replace(self.ctx, asset_id=made.asset_id, settings={**self.ctx.settings, **made.settings})

    def later(self, seconds: int = 1) -> None:
        """Let time pass."""
        self.ctx = replace(self.ctx, now=self.ctx.now + seconds * SECOND)

    def act(self, do: str, person: str = "maria", **fields: Any) -> list[Any]:
        """What is read of what a person does."""
        self.later()
        action = CustomerAction(do=do, person=person, **fields)  # type: ignore[arg-type]
        return [one for request in self.page.act(action, self.ctx.now) for one in parse(request, self.ctx)]

    def wrote(self, text: str = "How much?", person: str = "maria", **fields: Any) -> MessageReceived:
        """A person writes; the item as it is read."""
        records = self.act("write", person, text=text, **fields)
        (found,) = [one for one in records if isinstance(one, MessageReceived) and not one.author.is_self]
        return found

    def do(self, action: AnyOutbound) -> Run:
        """The one part of an action of ours."""
        self.later()
        (part,) = plan(action, self.ctx)
        return drive(send(part, self.ctx), by_simulator(self.page, self.ctx))

    def looked_up(self, action: AnyOutbound) -> Receipt | None:
        """Whether an action shows as carried out."""
        (part,) = plan(action, self.ctx)
        run = drive(lookup_sent(part, self.ctx), by_simulator(self.page, self.ctx))
        assert run.error is None, run.error
        found: Receipt | None = run.result
        return found

    def fetched(self, ref: str) -> list[AnyInbound]:
        """What a ref brings."""
        run = drive(fetch(ref, self.ctx), by_simulator(self.page, self.ctx))
        assert run.error is None, run.error
        found: list[AnyInbound] = run.result
        return found

    def step(self) -> Polled:
        """One step of the walk."""
        run = drive(poll(self.cursor, self.ctx), by_simulator(self.page, self.ctx))
        assert run.error is None, run.error
        self.cursor = run.result.cursor
        polled: Polled = run.result
        return polled

    def walk(self) -> list[Any]:
        """A whole walk: what it tells."""
        self.later(600)
        found: list[Any] = []
        while True:
            polled = self.step()
            assert polled.problems == ()
            assert len(polled.raw) == len(polled.inbounds)
            found += polled.inbounds
            if not polled.more:
                return found


def target(message: MessageReceived, message_id: str = "") -> Target:
    """Where a message is answered, or something in its thread is touched."""
    return Target(
        thread_id=message.thread.external_id,
        address=message.thread.address,
        message_id=message_id or message.external_id,
        author_id=message.author.external_id,
    )
