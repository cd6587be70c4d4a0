"""Reports as files to keep: the same table in the form that was asked for."""

from __future__ import annotations

from typing import Any, Literal

from starlette.responses import Response

from inbox.api.call import Call
from inbox.domain.report_shapes import FORMS, Report

Format = Literal["json", "csv", "xlsx", "ndjson"]
MEDIA = tuple(kind.partition(";")[0] for kind in FORMS.values())
"""Types of the answer of a report, beside JSON."""


def file_of(call: Call, name: str, table: Report, form: Format) -> Any:
    """A download named by the report and the day it ends. `Any`: another form of what the route says it answers."""
    body, kind = call.deps.reports.exported(table, form)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}-{table.until[:10]}.{form}"',
        "Cache-Control": "no-store",
    }
    return Response(body, media_type=kind, headers=headers)
