"""The words and the files of a mail, chosen from its tree of parts."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field

from connectors.email.headers import plain, split_headers
from connectors.email.mime import MimePart, uudecode
from connectors.inbound import Attachment, AttachmentKind
from connectors.toolkit.markup import from_text, to_text

MAX_TEXT_CHARS = 1_000_000
"""Longer texts are cut here; the raw mail is kept whole."""
_DECORATION_BYTES = 8_192
"""Inline images up to this size are most often logos of signatures."""
_STUB = re.compile(
    r"view (?:this|it) (?:e-?mail|message)? ?(?:in|as) (?:html|your browser)|"
    r"(?:does not|doesn't|cannot|can't) (?:support|display|view) html"
    r"|html (?:e-?mail|version|format)|this is a multi-?part message|unterstützt kein html",
    re.IGNORECASE,
)
_UU_BLOCK = re.compile(r"^begin [0-7]{3,4} ([^\n]{1,200})\n((?:[ -`]{1,62}\n)+?)(?:[` ]?\n)?end\s*$", re.MULTILINE)
_UNSAFE_NAME = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f]")
_EXTENSIONS = {
    "text/calendar": ".ics", "message/rfc822": ".eml", "text/html": ".html", "text/plain": ".txt", "image/jpeg": ".jpg",
    "image/png": ".png", "image/gif": ".gif", "application/pdf": ".pdf", "application/pkcs7-mime": ".p7m",
    "application/pkcs7-signature": ".p7s", "application/pgp-signature": ".asc", "application/pgp-encrypted": ".pgp",
    "text/vcard": ".vcf",
}  # fmt: skip
_MARKS: dict[str, dict[str, str]] = {
    "application/pkcs7-mime": {"encrypted": "S/MIME"}, "application/x-pkcs7-mime": {"encrypted": "S/MIME"},
    "application/pgp-encrypted": {"encrypted": "PGP"},
    "application/pkcs7-signature": {"signature": "S/MIME"}, "application/x-pkcs7-signature": {"signature": "S/MIME"},
    "application/pgp-signature": {"signature": "PGP"}, "application/ms-tnef": {"format": "TNEF"},
    "application/vnd.ms-tnef": {"format": "TNEF"},
}  # fmt: skip


@dataclass(slots=True)
class Body:
    """What a mail says. `html` is None where it has none; `text` then is all."""

    text: str = ""
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    encrypted: str = ""
    """`S/MIME` or `PGP` when the words cannot be read."""


@dataclass(slots=True)
class _Gathered:
    pieces: list[tuple[str | None, str | None]] = field(default_factory=list)
    """(plain, html) of each piece of the body, in order; an alternative is one piece."""
    files: list[MimePart] = field(default_factory=list)


def body_of(mail: MimePart) -> Body:
    """Choose text and HTML, and name the files."""
    found = _Gathered()
    _gather(mail, found)
    html = _joined_html(found.pieces)
    texts = [p if p is not None and not _is_stub(p, h) else to_text(h or "") for p, h in found.pieces]
    text, encoded = _without_uuencoded("\n\n".join(t.strip("\n") for t in texts if t.strip())[:MAX_TEXT_CHARS])
    text = _CONTROL.sub("", text)
    files = [_attachment(part, html or "") for part in found.files]
    encrypted = next((f.meta["encrypted"] for f in files if "encrypted" in f.meta), "")
    return Body(text=text, html=html, attachments=(*files, *encoded), encrypted=encrypted if not text.strip() else "")


def _gather(part: MimePart, into: _Gathered) -> None:
    if part.kind == "multipart/alternative":
        into.pieces.append(_alternative(part, into))
    elif part.kind == "multipart/encrypted":
        into.files += [p for p in part.walk() if not p.children]
    elif part.children:
        for child in part.children:
            _gather(child, into)
    elif _is_words(part):
        into.pieces.append((_plain_of(part), None) if part.kind != "text/html" else (None, part.text()))
    else:
        into.files.append(part)


def _alternative(part: MimePart, into: _Gathered) -> tuple[str | None, str | None]:
    """The same words in several forms: the last of each form is the sender's best (RFC 2046 section 5.1.4).

    One without words is no form at all: some programs append an empty part.
    """
    inner = _Gathered()
    for child in part.children:
        _gather(child, inner)
    into.files += inner.files
    texts = [p for p, _ in inner.pieces if p is not None]
    markups = [h for _, h in inner.pieces if h is not None]
    return (_last_said(texts), _last_said(markups))


def _last_said(forms: list[str]) -> str | None:
    return next((form for form in reversed(forms) if form.strip()), forms[-1] if forms else None)


def _is_words(part: MimePart) -> bool:
    """A text part that is meant to be read in place. `inline` with a name is what some clients give to files."""
    if (
        part.kind not in {"text/plain", "text/html", "text/enriched", "text/markdown"}
        or part.disposition == "attachment"
    ):
        return False
    return not part.filename or (part.kind == "text/html" and not part.disposition)


def _plain_of(part: MimePart) -> str:
    text = part.text()
    return (
        unflow(text, delsp=part.params.get("delsp", "").lower() == "yes")
        if part.params.get("format", "").lower() == "flowed"
        else text
    )


def unflow(text: str, *, delsp: bool) -> str:
    """Join the soft line breaks of format=flowed (RFC 3676); the signature line `-- ` stays one."""
    out: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        if open_depth == depth and content != "-- ":
            out[-1] += content
        else:
            out.append(f"{'>' * depth}{' ' if depth else ''}{content}")
        flows = content.endswith(" ") and content != "-- "
        if flows and delsp:
            out[-1] = out[-1][:-1]
        open_depth = depth if flows else -1
    return "\n".join(out)


def _is_stub(text: str, html: str | None) -> bool:
    """A plain part that only says that there is an HTML part."""
    short = text.strip()
    return html is not None and (not short or (len(short) < 300 and bool(_STUB.search(short))))


def _joined_html(pieces: list[tuple[str | None, str | None]]) -> str | None:
    if all(html is None for _, html in pieces):
        return None
    shown = (h if h is not None else f"<div>{from_text(p or '')}</div>" for p, h in pieces if h or (p or "").strip())
    return "\n".join(shown)[: MAX_TEXT_CHARS * 4]


def _without_uuencoded(text: str) -> tuple[str, tuple[Attachment, ...]]:
    """Take files out that stand uuencoded in the text itself."""
    if "\nbegin " not in f"\n{text}":
        return text, ()
    files: list[Attachment] = []
    for match in _UU_BLOCK.finditer(text):
        try:
            data = uudecode(match[0].encode("ascii", "replace"))
        except (ValueError, binascii.Error):
            continue
        name = safe_name(match[1])
        files.append(
            Attachment(kind="file", name=name, mime="application/octet-stream", size_bytes=len(data), data=data)
        )
    return (_UU_BLOCK.sub("", text) if files else text), tuple(files)


def _attachment(part: MimePart, html: str) -> Attachment:
    data = part.data() if not part.children else part.body
    cid = part.content_id
    inline = bool(cid) and f"cid:{cid}".lower() in html.lower()
    meta = dict(_MARKS.get(part.kind, {}))
    if part.params.get("smime-type", "").lower() == "signed-data":
        meta = {"signed": "S/MIME"}
    if "winmail.dat" in part.filename.lower():
        meta = {"format": "TNEF"}
    if inline and part.main == "image" and len(data) <= _DECORATION_BYTES:
        meta["decoration"] = "yes"
    title = ""
    if part.kind == "text/calendar":
        meta["calendar"] = part.params.get("method", "").upper() or "event"
        title = _calendar_title(part.text())
    elif part.kind == "message/rfc822":
        title = split_headers(data)[0].text("subject")
    kinds: dict[str, AttachmentKind] = {"image": "image", "video": "video", "audio": "audio"}
    return Attachment(
        kind=kinds.get(part.main, "file"),
        name=_name(part, title),
        mime=part.kind,
        size_bytes=len(data),
        data=data,
        content_id=cid if inline else None,
        title=title,
        meta=meta,
    )


def _name(part: MimePart, title: str) -> str:
    named = safe_name(part.filename)
    if named:
        return named
    extension = _EXTENSIONS.get(part.kind, "")
    stem = part.main if part.main in {"image", "audio", "video", "text"} else "attachment"
    return f"{safe_name(title)[:80] or stem}{extension}"


def safe_name(name: str) -> str:
    """A file name without path, control and direction marks, at most 150 characters, its extension kept."""
    name = _UNSAFE_NAME.sub("_", plain(name.replace("\\", "/").rpartition("/")[2])).strip(". ")
    if len(name) <= 150:
        return name
    stem, dot, extension = name.rpartition(".")
    return f"{stem[: 140 - len(extension)]}{dot}{extension}" if dot and len(extension) <= 10 else name[:150]


def _calendar_title(text: str) -> str:
    """Summary and beginning of the first event of an iCalendar (RFC 5545)."""
    unfolded = re.sub(r"\n[ \t]", "", text[:100_000])
    event = unfolded.partition("BEGIN:VEVENT")[2]
    summary = re.search(r"^SUMMARY[^:\n]*:(.*)$", event, re.MULTILINE)
    start = re.search(r"^DTSTART[^:\n]*:(\S+)$", event, re.MULTILINE)
    words = re.sub(r"\\([,;\\])", r"\1", summary[1].replace("\\n", " ")) if summary else ""
    return " ".join(p for p in (words.strip(), start[1] if start else "") if p)[:200]
