"""A machine whose clock is put back while the service runs: it began with a wrong one, and then asked for the time."""

from __future__ import annotations

import time

import pytest


def put_back(monkeypatch: pytest.MonkeyPatch, *, hours: float = 3.0, passed_seconds: float = 0.0) -> None:
    """So many seconds pass, and the clock on the wall then shows so many hours less."""
    wall, steady, passed = time.time_ns, time.monotonic_ns, round(passed_seconds * 1e9)
    less = round(hours * 3600 * 1e9) - passed
    monkeypatch.setattr(time, "time_ns", lambda: wall() - less)
    monkeypatch.setattr(time, "monotonic_ns", lambda: steady() + passed)
