"""Logs: one event a line, named by a constant phrase, with key and value pairs. Secrets never get into them.

`structlog.get_logger(__name__)` everywhere; `structlog.contextvars` carries `request_id`, `channel_id` and the like.
Standard-library loggers (the server, drivers) come out in the same form.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

import msgspec
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from inbox import tracing

REDACTED = "[redacted]"
# A key that ends in one of these holds a secret, whatever its value; networks' own field names come by `declare`.
_SECRET_ENDINGS = (
    "password", "secret", "token", "authorization", "cookie", "api_key", "apikey", "secret_key", "credentials",
    "recovery_codes", "totp", "private_key", "access_key", "client_key",
)  # fmt: skip
_URL_PASSWORD = re.compile(r"(?P<start>[a-z][a-z0-9+.\-]*://[^\s:/@]*):[^\s@/]+@", re.IGNORECASE)
_BEARER = re.compile(r"\b(?:inb|ses|lnk|tkt)_[A-Za-z0-9_\-]{20,}|\bBearer\s+[A-Za-z0-9._~+/\-]{16,}=*")
_declared: set[str] = set()


def declare(names: frozenset[str] | set[str]) -> None:
    """Names of fields that are secret in manifests: their values are never logged."""
    _declared.update(name.lower() for name in names)
    _is_secret.cache_clear()


def configure(log_format: Literal["auto", "json", "console"] = "auto", level: str = "info") -> None:
    """Set up logging for this process; once, at its start. Writes to stderr."""
    console = log_format == "console" or (log_format == "auto" and sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        tracing.with_ids,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    last: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if console
        else structlog.processors.JSONRenderer(serializer=_line)
    )
    # Our own lines do not go through the standard library: with a line for each webhook that is half of what one costs.
    structlog.configure(
        processors=[*shared, last],
        logger_factory=_Out,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    foreign: list[Processor] = [*shared[:4], structlog.stdlib.ExtraAdder(), *shared[4:]]
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=foreign, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for chatty in ("alembic", "httpx2", "httpcore2", "asyncio"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


class _Out:
    """Writes lines to stderr, each in one piece. Has the name that `add_logger_name` asks for."""

    def __init__(self, name: str = "") -> None:
        self.name = name

    def msg(self, line: str) -> None:
        """One line."""
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    debug = info = warning = error = critical = msg


def _line(event: EventDict, **kw: Any) -> str:
    """JSON of a line; what JSON does not know stands there as it describes itself."""
    try:
        return msgspec.json.encode(event, enc_hook=repr).decode()
    except (
        UnicodeEncodeError,
        OverflowError,
        TypeError,
    ):  # half a surrogate pair, a number of many digits, a strange key
        return json.dumps({str(key): value for key, value in event.items()}, default=repr)


def redact(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Blank what is secret: by the key's name, by declared fields, by the look of tokens and of URLs with passwords."""
    return {key: _clean(key, value) for key, value in event.items()}


def _clean(key: str, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if _is_secret(key):
        return REDACTED
    if isinstance(value, str):
        # What has none of these is neither, and is told so at a tenth of the cost.
        if "://" in value:
            value = _URL_PASSWORD.sub(rf"\g<start>:{REDACTED}@", value)
        return _BEARER.sub(REDACTED, value) if "_" in value or "Bearer" in value else value
    if isinstance(value, Mapping):
        return {inner: _clean(str(inner), one) for inner, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean("", one) for one in value]
    return value


@lru_cache(maxsize=1024)
def _is_secret(key: str) -> bool:
    name = key.lower()
    return name.endswith(_SECRET_ENDINGS) or name in _declared
