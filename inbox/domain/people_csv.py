"""People as a table: what a file of them says, line by line, and how they are written into one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

import msgspec

from inbox.domain.person_keys import MOST_REF, MOST_SYSTEM
from inbox.domain.shapes import ContactShape
from inbox.errors import Invalid

PLAIN = ("name", "email", "phone", "company", "language", "note")
OWN = "field."
_REF = ("system", "external_id")
MAX_LINES = 5_000
_LIMITS = {"note": 20_000, "language": 35, "system": MOST_SYSTEM, "external_id": MOST_REF}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PHONE = re.compile(r"\+[\d ()./-]+")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One person of a file. `wrong`: why he cannot be taken in."""

    row: int
    values: dict[str, str]
    fields: dict[str, str]
    ref: tuple[str, str] | None
    wrong: str = ""


class People(msgspec.Struct, frozen=True):
    """What a file says. `ignored`: columns that mean nothing here."""

    columns: list[str]
    ignored: list[str]
    lines: list[Line]


def read(text: str) -> People:
    """The people of a CSV file: commas, semicolons or tabs; the first line names columns. Raises Invalid (`csv`)."""
    text = text.removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as problem:
        raise Invalid(f"this is no CSV file: {problem}", code="csv") from problem
    if not rows:
        raise Invalid("the file is empty: its first line names the columns", code="csv")
    head = [name.strip().lower() for name in rows[0]]
    known = [name for name in head if name in (*PLAIN, *_REF) or (name.startswith(OWN) and name != OWN)]
    if len(known) != len(set(known)):
        raise Invalid("a column stands twice in the first line", code="csv")
    if not {"name", "email", "phone", "external_id"} & set(known):
        raise Invalid(f"the first line names none of {', '.join((*PLAIN, *_REF))}, field.<key>", code="csv")
    if len(rows) - 1 > MAX_LINES:
        raise Invalid(f"{len(rows) - 1} lines: at most {MAX_LINES} are taken at once", code="csv")
    lines = [_line(head, row, n) for n, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)]
    return People(known, [name for name in head if name not in known and name], lines)


def _line(head: Sequence[str], row: Sequence[str], number: int) -> Line:
    cells = {name: _bare(value.strip()) for name, value in zip(head, row, strict=False)}
    values = {name: cells[name] for name in PLAIN if cells.get(name)}
    fields = {name.removeprefix(OWN): value for name, value in cells.items() if name.startswith(OWN) and value}
    system, external_id = (cells.get(name, "") for name in _REF)
    return Line(
        row=number, values=values, fields=fields, ref=(system, external_id) if system and external_id else None,
        wrong=_wrong(values, len(row), len(head), bool(system) != bool(external_id)) or _too_long(cells),
    )  # fmt: skip


def _wrong(values: dict[str, str], cells: int, columns: int, half: bool) -> str:
    if cells > columns:
        return f"has {cells} cells, the head {columns}"
    if half:
        return "system and external_id stand together"
    if not values.get("name") and not values.get("email") and not values.get("phone"):
        return "has neither name nor address nor number"
    if "email" in values and not _ADDRESS.fullmatch(values["email"]):
        return f"{values['email'][:60]!r} is no e-mail address"
    return ""


def _too_long(cells: dict[str, str]) -> str:
    taken = (name for name in (*PLAIN, *_REF) if name in cells)
    long = next((name for name in taken if len(cells[name]) > _LIMITS.get(name, 500)), None)
    return f"{long} is longer than {_LIMITS.get(long, 500)} characters" if long else ""


def _bare(cell: str) -> str:
    """A cell as it was before it was made harmless."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA else cell


def write(contacts: Iterable[ContactShape], fields: Sequence[str], *, head: bool) -> str:
    """People as lines of a CSV file, their own fields by key. What a spreadsheet would take for a formula begins with
    an apostrophe (https://owasp.org/www-community/attacks/CSV_Injection, read 2026-11-22); phone numbers stay as they
    are.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if head:
        writer.writerow(["id", *PLAIN, *(OWN + key for key in fields), "networks", "created_at"])
    for contact in contacts:
        networks = " ".join(sorted({identity.network for identity in contact.identities}))
        plain = [getattr(contact, name) or "" for name in PLAIN]
        own = [contact.fields.get(key, "") for key in fields]
        writer.writerow([_harmless(cell) for cell in (contact.id, *plain, *own, networks, contact.created_at)])
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) and not _PHONE.fullmatch(cell) else cell
