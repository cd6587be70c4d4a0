"""A report as a file: CSV for spreadsheets, XLSX, NDJSON for programs. Each says what it counts and up to where.

The XLSX is the least that ECMA-376 asks of a workbook: content types, two relationship parts, a workbook and one sheet
with its texts in place (https://ecma-international.org/publications-and-standards/standards/ecma-376/, read
2026-11-22). Texts that a spreadsheet would take for a formula are made harmless in CSV, as OWASP advises
(https://owasp.org/www-community/attacks/CSV_Injection, read 2026-11-22); XLSX says of each cell what it is.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import TypeAlias
from xml.sax.saxutils import escape

import msgspec

from inbox.domain.report_shapes import FORMS, Report, ReportLine
from inbox.errors import Invalid

Cell: TypeAlias = str | float | int | None
_encode = msgspec.json.Encoder().encode
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ODD_DAY = (1980, 1, 1, 0, 0, 0)
"""The same report makes the same file."""


def made(report: Report, form: str) -> tuple[bytes, str]:
    """The bytes and media type of a report in one of `FORMS`. Raises Invalid for another."""
    if form not in FORMS:
        raise Invalid(f"{form!r} is no format: {', '.join(FORMS)}", code="format")
    if form == "ndjson":
        return _ndjson(report), FORMS[form]
    rows = list(_rows(report))
    return (_csv(rows) if form == "csv" else _xlsx(rows)), FORMS[form]


def _rows(report: Report) -> Iterable[list[Cell]]:
    """What the report is, an empty line, the head, a line for each group, the total."""
    yield ["Report", report.definition, report.says]
    yield ["Period", report.since, report.until, report.zone]
    yield ["Clock", report.clock, "Hours", report.hours]
    yield ["Read up to position", report.position, "of", report.head]
    yield []
    keys = list(report.lines[0].key) if report.lines else list(report.by)
    head: list[Cell] = []
    for name in keys:
        head += [name, f"{name} id"]
    yield [*head, *(f"{column.title} [{column.unit}]" for column in report.columns), "Restated"]
    for line in report.lines:
        yield _row(report, line, [part for name in keys for part in (line.name.get(name, ""), line.key.get(name, ""))])
    yield _row(report, report.total, ["Total", *[""] * (2 * len(keys) - 1)] if keys else [])


def _row(report: Report, line: ReportLine, names: Sequence[Cell]) -> list[Cell]:
    return [*names, *(line.cells.get(column.key) for column in report.columns), line.restated]


def _csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
    # The mark tells spreadsheets that it is UTF-8.
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _ndjson(report: Report) -> bytes:
    head = msgspec.structs.asdict(report)
    lines, total = head.pop("lines"), head.pop("total")
    parts = [{"type": "report", **head}, *({"type": "line", **msgspec.to_builtins(line)} for line in lines)]
    return b"\n".join(_encode(part) for part in [*parts, {"type": "total", **msgspec.to_builtins(total)}]) + b"\n"


_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FIXED = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}"><sheets><sheet name="Report" sheetId="1" r:id="rId1"/>'
        "</sheets></workbook>"
    ),
}


def _xlsx(rows: Iterable[Sequence[Cell]]) -> bytes:
    sheet = "".join(f'<row r="{i}">{"".join(_cells(row, i))}</row>' for i, row in enumerate(rows, 1))
    parts = {
        **_FIXED,
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_SHEETS}"><sheetData>{sheet}</sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(zipfile.ZipInfo(name, _ODD_DAY), (_DECLARED + text).encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _cells(row: Sequence[Cell], number: int) -> Iterable[str]:
    for place, cell in enumerate(row):
        where = f"{_column(place)}{number}"
        if cell is None:
            continue
        if isinstance(cell, str):
            text = escape(_NOT_XML.sub("", cell))
            yield f'<c r="{where}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        else:
            yield f'<c r="{where}"><v>{cell!r}</v></c>'


def _column(place: int) -> str:
    """A, B, … Z, AA, AB …"""
    letters = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        letters = chr(65 + letter) + letters
    return letters
