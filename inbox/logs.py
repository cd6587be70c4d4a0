"""Logs: one event a line, named by a constant phrase, with key and value pairs. Secrets never get into them.

`structlog.get_logger(__name__)` everywhere; `structlog.contextvars` carries `request_id`, `channel_id` and the like.
Standard-library loggers (the server, drivers) come out in the same form.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, Literal

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


def configure(log_format: Literal["auto", "json", "console"] = "auto", level: str = "info") -> None:
    """Set up logging for this process; once, at its start. Writes to stderr."""
    console = log_format == "console" or (log_format == "auto" and sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        tracing.with_ids,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    last: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if console
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for chatty in ("alembic", "httpx2", "httpcore2", "asyncio"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


def redact(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Blank what is secret: by the key's name, by declared fields, by the look of tokens and of URLs with passwords."""
    return {key: _clean(key, value) for key, value in event.items()}


def _clean(key: str, value: Any) -> Any:
    name = key.lower()
    if (name.endswith(_SECRET_ENDINGS) or name in _declared) and value is not None and not isinstance(value, bool):
        return REDACTED
    if isinstance(value, str):
        return _BEARER.sub(REDACTED, _URL_PASSWORD.sub(rf"\g<start>:{REDACTED}@", value))
    if isinstance(value, Mapping):
        return {inner: _clean(str(inner), one) for inner, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean("", one) for one in value]
    return value
