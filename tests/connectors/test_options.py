"""Options to pick from: every network that says it can show them plans what fits, refuses what does not, and brings
back what was picked.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.contract import CustomerAction, Options
from connectors.errors import PlanRefused
from connectors.inbound import MessageReceived
from connectors.outbound import Option, SendMessage, Target
from connectors.registry import manifest, networks
from tests.connectors.kit.check_loop import Loop
from tests.connectors.kit.driver import by_simulator, drive
from tests.connectors.kit.goldens import actions, load_action
from tests.connectors.kit.subject import Subject, subject

NAMES = [name for name in networks() if any(kind.options for kind in manifest(name).kinds.values())]


def _forms(network: str) -> Iterator[tuple[Options, dict[str, str]]]:
    """Every form of a network, with what makes an option one of it."""
    options = manifest(network).kinds["direct"].options
    assert options is not None
    yield options, {}
    if options.longer is not None:
        yield options.longer, {"description": "More of it"} if options.longer.description is not None else {}
    if options.links is not None:
        yield options.links, {"url": "https://shop.example/"}


def _sample(one: Subject) -> SendMessage:
    """A message of a golden that the network takes."""
    for path in actions(one):
        action = load_action(path)
        if isinstance(action, SendMessage) and action.target.thread_id and not action.template:
            try:
                one.connector.plan(action, one.context())
            except PlanRefused:
                continue
            return SendMessage(target=action.target)
    raise AssertionError("there is no golden `send`")


def _given(form: Options, count: int, of: dict[str, str], title: str = "") -> tuple[Option, ...]:
    titles = [title or "Option 0", *(f"Option {i}" for i in range(1, count))]
    return tuple(Option(title=one, **of) for one in titles)


@pytest.mark.parametrize("network", NAMES)
def test_as_many_and_as_long_as_the_manifest_says(network: str) -> None:
    """The largest number with the longest title is one part; one more of either is refused with the limit."""
    one = subject(network)
    for form, of in _forms(network):
        target, button = _sample(one).target, "Choose" if form.button else ""
        longest = "x" * form.title.limit

        options = _given(form, form.max_count, of, longest)
        fits = SendMessage(target=target, text="Which one?", options=options, options_title=button)
        assert len(one.connector.plan(fits, one.context())) == 1
        most = form.longer or form
        for options in (_given(form, form.max_count, of, longest + "x"), _given(form, most.max_count + 1, of)):
            ask = SendMessage(target=target, text="Which one?", options=options, options_title="Choose")
            with pytest.raises(PlanRefused) as refused:
                one.connector.plan(ask, one.context())
            assert refused.value.limit in (form.title.limit, most.max_count)


@pytest.mark.parametrize("network", NAMES)
def test_what_is_picked_comes_back(network: str) -> None:
    """The customer sees the options under our message; the one he picks is his message, in its words."""
    loop = Loop(subject(network))
    wrote = loop.wrote()
    thread = wrote.thread
    target = Target(thread_id=thread.external_id, address=thread.address, window_closes_at=thread.window_closes_at)
    ask = SendMessage(target=target, text="Which one?", options=(Option(title="Blue", id="b"), Option(title="Green")))
    connector = loop.subject.connector
    assert connector.send is not None
    [part] = connector.plan(ask, loop.ctx)

    sent = drive(connector.send(part, loop.ctx), by_simulator(loop.simulator, loop.ctx))

    assert sent.error is None
    shown = loop.simulator.seen(thread.external_id)[-1]
    assert shown["options"].split("\n") == ["Blue", "Green"]
    pick = CustomerAction(do="write", person="maria", text="Green", in_reply_to=shown["id"])
    picked = [one for one in loop.act(pick) if isinstance(one, MessageReceived) and not one.author.is_self]
    assert [one.text for one in picked] == ["Green"]
    if network in ("whatsapp", "telegram"):
        assert picked[0].in_reply_to == sent.result.external_id
