"""How what arrives is read at intake, and by which model."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator

import pytest

from connectors import inbound as net
from inbox.domain import events as e
from inbox.domain.reading.learner import Example, Learnt, train
from inbox.domain.reading.result import PLAIN
from inbox.domain.reading.rules import read
from inbox.intake import readings
from inbox.intake.learning import PutModel
from inbox.intake.prepare import described
from tests.inbox.world import world

THREAD = net.Thread(external_id="t", kind="direct", audience="private")
WEIGHTS = train([Example(f"so knorke {n}", "", None, read(f"so knorke {n}"), "positive", "normal") for n in range(30)])


@pytest.fixture(autouse=True)
def by_lists_alone() -> Iterator[None]:
    """Each test begins and ends without a model."""
    readings.use(None)
    yield
    readings.use(None)


def message(text: str, *, is_self: bool = False) -> net.MessageReceived:
    """Somebody writes."""
    return net.MessageReceived(
        dedupe_key="d", occurred_at=1, external_id="m", text=text, thread=THREAD,
        author=net.Author(external_id="a", is_self=is_self),
    )  # fmt: skip


def review(text: str, rating: int, title: str = "") -> net.ReviewReceived:
    """Somebody reviews."""
    return net.ReviewReceived(
        dedupe_key="d", occurred_at=1, external_id="r", text=text, title=title, rating=rating,
        thread=net.Thread(external_id="r", kind="review", audience="public"), author=net.Author(external_id="a"),
        reply_known=True,
    )  # fmt: skip


def test_what_arrives_is_read_before_the_lock_is_taken() -> None:
    """Messages, edits and reviews, by words, stars and title."""
    edit = net.MessageEdited(dedupe_key="d", occurred_at=1, external_id="m", text="I love it", edited_at=1)
    assert described(message("terrible")).reading.sentiment == "negative"
    assert described(edit).reading.sentiment == "positive"
    assert described(review("", 1)).reading.sentiment == "negative"
    assert described(review("", 3, title="Awful")).reading.sentiment == "negative"


def test_what_we_wrote_ourselves_is_not_read() -> None:
    """Echoes and answers written in the network's app are no customer's."""
    assert described(message("terrible", is_self=True)).reading == PLAIN


def test_what_was_learnt_is_used_and_does_not_overrule_stars() -> None:
    """A model has a say in words alone."""
    readings.use(Learnt(WEIGHTS))
    assert described(message("so knorke")).reading.by == "learnt"
    assert described(review("so knorke", 1)).reading.sentiment == "negative"


async def test_a_new_model_is_taken_over_at_its_event(database_url: str) -> None:
    """Whoever made it: each process reads it again when it hears of it, and of nothing else."""
    waiting: list[Awaitable[object]] = []
    async with world(database_url) as made:
        model = readings.Model(made.database, lambda work, name: waiting.append(work))
        await model.load()
        before = described(message("so knorke")).reading
        await made.writer.submit(PutModel("30:1", 30, WEIGHTS))
        model.heard(e.SettingChanged(object="tag", id=1))
        model.heard(e.SettingChanged(object="reading", id=1))
        await asyncio.sleep(0)
        [work] = waiting
        await work

    assert before == PLAIN
    assert described(message("so knorke")).reading.sentiment == "positive"
