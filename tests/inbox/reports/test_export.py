"""Reports as files: what a spreadsheet and a program read is what the page shows."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any
from xml.etree import ElementTree

import pytest

from inbox.domain.report_shapes import Report, ReportColumn, ReportLine
from inbox.errors import Invalid
from inbox.reports.export import made

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def report(name: str = "=Anna & <Ben>\x01") -> Report:
    """A report with one awkward name."""
    return Report(
        name="rate", definition="rate/1", says="What became of it.", clock="desk", hours="calendar", zone="UTC",
        since="2027-01-01T00:00:00.000Z", until="2027-02-01T00:00:00.000Z", by=["agent"], position=7, head=9,
        columns=[ReportColumn("share", "Share", "share"), ReportColumn("n", "Number")],
        lines=[ReportLine(key={"agent": "21"}, name={"agent": name}, cells={"share": 0.25, "n": 4}, restated=1)],
        total=ReportLine(cells={"share": None, "n": 4}),
    )  # fmt: skip


def test_csv_is_read_back_and_no_formula() -> None:
    """Figures and names come back; what would be a formula is text; the definition and position stand above."""
    body, kind = made(report(), "csv")
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert kind.startswith("text/csv")
    assert rows[0][:2] == ["Report", "rate/1"]
    assert rows[3] == ["Read up to position", "7", "of", "9"]
    assert rows[5] == ["agent", "agent id", "Share [share]", "Number [count]", "Restated"]
    assert rows[6] == ["'=Anna & <Ben>\x01", "21", "0.25", "4", "1"]
    assert rows[7] == ["Total", "", "", "4", "0"]


def test_xlsx_is_a_workbook_with_numbers_as_numbers() -> None:
    """Each part is well formed; numbers are numbers, texts are texts, and nothing XML forbids is in it."""
    body, _ = made(report(), "xlsx")
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        assert file.testzip() is None
        parts = {name: ElementTree.fromstring(file.read(name)) for name in file.namelist()}  # noqa: S314 - our own
    cells: dict[str, Any] = {}
    for cell in parts["xl/worksheets/sheet1.xml"].iter(f"{SHEET}c"):
        value, text = cell.find(f"{SHEET}v"), cell.find(f"{SHEET}is/{SHEET}t")
        cells[cell.attrib["r"]] = (
            float(value.text or "") if value is not None else text.text if text is not None else None
        )
    assert (cells["A7"], cells["B7"], cells["C7"], cells["D7"]) == ("=Anna & <Ben>", "21", 0.25, 4.0)
    assert "C8" not in cells


def test_ndjson_has_one_object_a_line() -> None:
    """The report, each line, the total."""
    body, _ = made(report(), "ndjson")
    objects = [json.loads(line) for line in body.splitlines()]
    assert [one["type"] for one in objects] == ["report", "line", "total"]
    assert objects[1]["cells"] == {"share": 0.25, "n": 4}


def test_the_same_report_is_the_same_file() -> None:
    """No time of making is in it: two exports can be compared."""
    assert made(report(), "xlsx") == made(report(), "xlsx")


def test_another_form_is_refused() -> None:
    """With the forms there are."""
    with pytest.raises(Invalid, match="csv, xlsx, ndjson"):
        made(report(), "pdf")
