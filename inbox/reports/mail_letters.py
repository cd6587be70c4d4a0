"""A mailed report as it is read: figures beside those of the period before, its lines, the way to the page.

The letter is made of blocks once, and said twice: as plain text, and as HTML for those who see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TypeAlias

import msgspec

from inbox.domain.figures import NONE
from inbox.domain.report_shapes import Report, ReportColumn, ReportLine, Unit
from inbox.eventlog.rule_report import RULES
from inbox.reports.mail_words import Words
from inbox.reports.topics import Topics

LINES = 15
COLUMNS = 6
SHOWN = 280
"""Characters of a review."""
NOTHING = "–"
_FIGURES = {
    "response": ("n", "median", "p90", "mean"),
    "reviews": ("reviews", "average", "answered_share", "edited"),
    "moderation": ("hidden", "shown", "deleted", "reacted", "spam", "by_rule"),
    "volume": ("received",),
}
"""What is told of a report in the mail itself; of another one its first figures."""


class Table(msgspec.Struct, frozen=True):
    """Rows under a heading; the first cell of each says what it is."""

    title: str
    head: list[str]
    rows: list[list[str]]


class Listed(msgspec.Struct, frozen=True):
    """Lines under a heading, each with an address or none."""

    title: str
    lines: list[tuple[str, str]]


Block: TypeAlias = Table | Listed


class Letter(msgspec.Struct, frozen=True):
    """A mail before it is addressed."""

    subject: str
    text: str
    html: str


def figures(report: Report, words: Words) -> list[Block]:
    """A report's total beside the period before, and its lines."""
    columns = _columns(report)
    said = words.columns if report.name != RULES else words.rules.columns
    if not any(report.total.cells.values()):
        return [Listed("", [(words.nothing, "")])]
    before = report.previous.cells if report.previous is not None else {}
    total = [
        [
            said.get(column.key, column.title),
            amount(report.total.cells.get(column.key), column.unit),
            words.before.format(value=amount(before.get(column.key), column.unit)),
        ]
        for column in columns
    ]
    return [Table("", [], total), *_lines(report, columns, words)]


def actions(report: Report, words: Words) -> list[Block]:
    """What became of the actions of rules, a line for each."""
    said = words.rules
    rows = [
        [said.actions.get(line.key["action"], line.key["action"]), *(amount(n, "count") for n in line.cells.values())]
        for line in report.lines
    ]
    return [Table(said.by_action, ["", *said.became], rows)] if rows else []


def _columns(report: Report) -> list[ReportColumn]:
    wanted = _FIGURES.get(report.name)
    known = {column.key: column for column in report.columns}
    return [known[key] for key in wanted] if wanted is not None else report.columns[:COLUMNS]


def _lines(report: Report, columns: Sequence[ReportColumn], words: Words) -> list[Block]:
    if not report.by or not report.lines:
        return []
    first = columns[0].key
    lines = sorted(report.lines, key=lambda line: -(line.cells.get(first) or 0))
    rows = [
        [_name(line), *(amount(line.cells.get(column.key), column.unit) for column in columns)]
        for line in lines[:LINES]
    ]
    title = " · ".join(words.groups.get(name, name) for name in report.by)
    said = words.columns
    if report.name == RULES:
        title, said = words.rules.by_rule, words.rules.columns
    made: list[Block] = [Table(title, ["", *(said.get(c.key, c.title) for c in columns)], rows)]
    if len(lines) > LINES:
        made.append(Listed("", [(words.more.format(n=len(lines) - LINES), "")]))
    return made


def _name(line: ReportLine) -> str:
    return " · ".join(line.name.get(key) or (NOTHING if said == NONE else said) for key, said in line.key.items())


def digest(tags: Report, found: Topics, words: Words, address: str) -> list[Block]:
    """What people wrote about: numbers, tags, words, reviews, and some conversations to look at."""
    received = tags.total.cells.get("received") or 0
    if not received:
        return [Listed("", [(words.nothing, "")])]
    before = tags.previous.cells.get("received") if tags.previous is not None else None
    said = words.before.format(value=amount(before, "count"))
    blocks: list[Block] = [Table("", [], [[words.received, amount(received, "count"), said]])]
    lines = [line for line in tags.lines if line.cells.get("received") and line.name.get("tag")]
    lines.sort(key=lambda line: -(line.cells["received"] or 0))
    if lines:
        blocks.append(
            Table(
                words.tags,
                [],
                [
                    [
                        line.name["tag"],
                        amount(line.cells["received"], "count"),
                        words.before.format(value=amount((line.previous or {}).get("received") or 0, "count")),
                    ]
                    for line in lines[:LINES]
                ],
            )
        )
    for group in found.words:
        title = f"{words.said_most}: {group.name or words.in_all}"
        blocks.append(Listed(title, [(", ".join(f"{word} ({n})" for word, n in group.said), "")]))
    if found.reviews:
        blocks.append(
            Listed(
                words.reviews,
                [
                    (f"{'★' * one.stars}{'☆' * (5 - one.stars)} {_short(one.text) or words.no_words}",
                     f"{address}/conversations/{one.conversation_id}")
                    for one in found.reviews
                ],
            )
        )  # fmt: skip
    if found.samples:
        links = [(f"{address}/conversations/{one.conversation_id}",) * 2 for one in found.samples]
        blocks.append(Listed(words.samples, links))
    return blocks


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SHOWN else flat[: SHOWN - 1] + "…"


def amount(value: float | None, unit: Unit) -> str:
    """A figure in words that every language reads."""
    if value is None:
        return NOTHING
    if unit == "seconds":
        return duration(value)
    if unit == "share":
        return f"{round(value * 1000) / 10:g} %"
    return f"{value:,.1f}" if unit == "stars" else f"{value:,.0f}".replace(",", "\u202f")


def duration(seconds: float) -> str:
    """`1 d 4 h`, `12 min 3 s`: the two largest parts. Signs of the SI, which no language translates."""
    whole = round(seconds)
    parts: list[tuple[int, str]] = []
    for name, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        n, whole = divmod(whole, size)
        if n or parts:
            parts.append((n, name))
        if len(parts) == 2:
            break
    return " ".join(f"{n} {name}" for n, name in parts if n) or "0 s"


def letter(name: str, period: str, blocks: Sequence[Block], *, link: tuple[str, str], file: str, foot: str) -> Letter:
    """The whole. `link`: its words and address; `file`: what is said of the attachment, empty without one."""
    title = " ".join(name.split())
    text = [
        f"{title}\n{period}",
        *(_text(block) for block in blocks),
        f"{link[0]}: {link[1]}",
        *([file] if file else []),
    ]
    html = [
        f'<h1 style="font-size:20px;margin:0 0 4px">{escape(title)}</h1>',
        f'<p style="margin:0 0 16px;color:#5b6470">{escape(period)}</p>',
        *(_html(block) for block in blocks),
        f'<p><a href="{escape(link[1])}">{escape(link[0])}</a></p>',
        *([f"<p>{escape(file)}</p>"] if file else []),
        f'<p style="color:#5b6470;font-size:13px;border-top:1px solid #d5dae0;padding-top:8px">{escape(foot)}</p>',
    ]
    body = f'<div style="font:15px/1.45 sans-serif;max-width:680px">{"".join(html)}</div>'
    return Letter(f"{title}: {period}", "\n\n".join(text) + f"\n\n-- \n{foot}\n", body)


def _text(block: Block) -> str:
    if isinstance(block, Listed):
        lines = [line if not url or url == line else f"{line}\n  {url}" for line, url in block.lines]
        return "\n".join([*([block.title] if block.title else []), *(f"- {line}" for line in lines)])
    rows = [f"{row[0]}: {' · '.join(_titled(block.head, row))}" for row in block.rows]
    return "\n".join([*([block.title] if block.title else []), *rows])


def _titled(head: Sequence[str], row: Sequence[str]) -> list[str]:
    if not head:
        return list(row[1:])
    return [f"{title} {cell}" for title, cell in zip(head[1:], row[1:], strict=True)]


_TITLE = '<h2 style="font-size:16px;margin:20px 0 6px">{}</h2>'
_CELL = "padding:4px 12px 4px 0;border-bottom:1px solid #e6e9ed;vertical-align:top"


def _html(block: Block) -> str:
    title = _TITLE.format(escape(block.title)) if block.title else ""
    if isinstance(block, Listed):
        lines = (f'<a href="{escape(url)}">{escape(line)}</a>' if url else escape(line) for line, url in block.lines)
        return title + "<ul style='margin:0;padding-left:18px'>" + "".join(f"<li>{one}</li>" for one in lines) + "</ul>"
    head = "".join(f'<th style="{_CELL};text-align:left">{escape(one)}</th>' for one in block.head)
    rows = "".join(
        "<tr>" + "".join(f'<td style="{_CELL}">{escape(cell)}</td>' for cell in row) + "</tr>" for row in block.rows
    )
    return f'{title}<table style="border-collapse:collapse">{f"<tr>{head}</tr>" if head else ""}{rows}</table>'
