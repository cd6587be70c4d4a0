"""The benchmark's programs run and print figures; what the figures are is nobody's business here."""

from __future__ import annotations

import pytest

from bench import clocks, fanout, load, reads, reports, rules, steps, writers
from bench.machine import Stores

pytestmark = pytest.mark.bench


@pytest.fixture(scope="module")
def stores():
    """Databases of the benchmark's own, made durable."""
    made = Stores()
    yield made
    made.close()


def test_no_message_is_lost_doubled_or_out_of_order_and_ratios_are_printed(
    stores: Stores, capsys: pytest.CaptureFixture[str]
) -> None:
    """The load part prints the service's ratio to the minimal program and finds no fault."""
    assert load.run(stores, ["sqlite"], short=True) == []
    assert "bench.product / bench.minimal" in capsys.readouterr().out


def test_the_cost_of_each_step_is_printed(stores: Stores, capsys: pytest.CaptureFixture[str]) -> None:
    """The table of steps has a line for each engine and batch size."""
    steps.run(stores, ["sqlite"], short=True)
    assert "sqlite, batch 64" in capsys.readouterr().out


def test_every_socket_gets_every_event(capsys: pytest.CaptureFixture[str]) -> None:
    """The fan-out part waits for each event at each socket and prints the ratio to the floor."""
    assert fanout.run(short=True) == []
    assert "of bare" in capsys.readouterr().out


def test_reads_find_what_was_made(stores: Stores, capsys: pytest.CaptureFixture[str]) -> None:
    """The read part makes its data and times every read."""
    reads.run(stores, ["sqlite"], scale=0.002)
    assert "search, rare word" in capsys.readouterr().out


def test_several_writers_abort_nothing(stores: Stores) -> None:
    """Four processes write to one workspace without a batch given up."""
    assert writers.run(stores, short=True) == []


def test_every_report_is_timed(stores: Stores, capsys: pytest.CaptureFixture[str]) -> None:
    """The part for reports makes its facts and times each page and each list."""
    reports.run(stores, ["sqlite"], scale=0.002)
    assert "behind resolution: n" in capsys.readouterr().out


def test_promises_and_rules_are_compared_with_nothing(stores: Stores, capsys: pytest.CaptureFixture[str]) -> None:
    """The part for rules prints both in one table, and the rates of dry runs."""
    rules.run(stores, ["sqlite"], short=True, scale=0.002)
    assert "sqlite, until read by all readers" in capsys.readouterr().out


def test_every_clock_falls_once(stores: Stores) -> None:
    """The part for clocks finds each warning and each breach in the log, none of them twice."""
    assert clocks.run(stores, ["sqlite"], scale=0.005) == []
