"""Which pages are made, by the name of their file in docs/."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from inbox import settings
from scripts import connector_matrix, reading_report
from scripts.reference import api, cli, events, protocol

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
PAGES: dict[str, Callable[[], str]] = {
    "api.md": api.page,
    "cli.md": cli.page,
    "connectors.md": connector_matrix.current,
    "events.md": events.current,
    "protocol.md": protocol.page,
    "reading.md": reading_report.current,
    "settings.md": settings.document,
}
