"""Logs are one object a line and hold no secret."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from inbox import ids, logs


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, configured = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**configured)


def _logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_is_an_object_with_its_context(capsys: pytest.CaptureFixture[str]) -> None:
    """Event name, level, logger, time and what is bound to the request."""
    logs.configure("json")

    with structlog.contextvars.bound_contextvars(request_id="r1"):
        structlog.get_logger("inbox.api").info("request_failed", status=500, name="Ελένη")

    (line,) = _logged(capsys)
    assert line.pop("timestamp")
    assert line == {
        "event": "request_failed", "level": "info", "logger": "inbox.api", "request_id": "r1", "status": 500,
        "name": "Ελένη",
    }  # fmt: skip


def test_other_loggers_come_out_alike(capsys: pytest.CaptureFixture[str]) -> None:
    """The server's and drivers' own lines have the same form."""
    logs.configure("json")

    logging.getLogger("a.driver").warning("listening on %s", "127.0.0.1")

    (line,) = _logged(capsys)
    assert (line["event"], line["level"], line["logger"]) == ("listening on 127.0.0.1", "warning", "a.driver")


@pytest.mark.parametrize("value", ["half \ud83d a pair", 2**80, {("a", 1): 2}, object, b"bytes", {1, 2}])
def test_whatever_it_is_told_it_writes_a_line(value: object, capsys: pytest.CaptureFixture[str]) -> None:
    """A strange value is no reason to fail what logs it, nor to lose the line."""
    logs.configure("json")

    structlog.get_logger("x").info("something", value=value)

    (line,) = _logged(capsys)
    assert line["event"] == "something"
    assert "value" in line


@pytest.mark.parametrize(
    "secret",
    [
        {"password": "hunter2"},
        {"bot_token": "hunter2"},
        {"settings": {"app_secret": "hunter2", "name": "shop"}},
        {"url": "postgresql://inbox:hunter2@db/inbox"},
        {"headers": [{"Authorization": "hunter2"}]},
        {"page_phrase": "hunter2"},
    ],
)
def test_secrets_are_blanked(secret: dict[str, object], capsys: pytest.CaptureFixture[str]) -> None:
    """By the name of the key, by names that manifests declare, inside other values, in URLs."""
    logs.configure("json")
    logs.declare({"page_phrase"})

    structlog.get_logger("x").info("something", **secret)

    written = capsys.readouterr().err
    assert "hunter2" not in written
    assert logs.REDACTED in written


def test_tokens_are_blanked_wherever_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    """Our own tokens are known by their look, in texts and traces too."""
    logs.configure("json")
    token = ids.secret("inb")

    try:
        raise ValueError(f"refused {token}")
    except ValueError:
        structlog.get_logger("x").exception("something", detail=f"with {token}")

    assert token not in capsys.readouterr().err


def test_what_is_below_the_level_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    """INBOX_LOG_LEVEL is the least that is logged."""
    logs.configure("json", "warning")

    structlog.get_logger("x").info("quiet")
    structlog.get_logger("x").warning("loud")

    assert [line["event"] for line in _logged(capsys)] == ["loud"]
