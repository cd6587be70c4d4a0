"""A mail as bytes: headers, plain text and HTML side by side, placeholders for the files.

Built by hand because the result must be the same at every attempt (no random boundaries) and because the bytes of files
are not here: transport writes their base64 over the placeholder lines. All lines end CRLF and have at most 998 octets;
all bytes are ASCII. No value can start a header of its own: `header_value` leaves no line end in any.
"""

from __future__ import annotations

import base64
import quopri
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime
from urllib.parse import quote

from connectors.email.headers import Address
from connectors.outbound import Blob

_ATOMS = re.compile(r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*$")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_MIME = re.compile(r"^[A-Za-z0-9.+_-]{1,60}/[A-Za-z0-9.+_-]{1,100}$")


@dataclass(frozen=True, slots=True)
class Draft:
    """All of a mail but its files' bytes. Ids have no brackets; `date_at` is µs."""

    sender: Address
    to: tuple[Address, ...]
    subject: str
    message_id: str
    date_at: int
    text: str
    html: str
    boundary: str
    """Unique to the part, so that no text of the mail holds it."""
    cc: tuple[Address, ...] = ()
    reply_to: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    attachments: tuple[Blob, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()


def compose(draft: Draft) -> tuple[bytes, dict[str, Blob]]:
    """(the mail, placeholder → blob)."""
    placeholders = {f"%%{draft.boundary}.{i}%%": blob for i, blob in enumerate(draft.attachments)}
    inline = {k: b for k, b in placeholders.items() if b.content_id}
    files = {k: b for k, b in placeholders.items() if not b.content_id}
    body = _alternative(draft, inline)
    if files:
        body = _multipart("mixed", f"{draft.boundary}.m", [body, *(_file(b, k) for k, b in files.items())])
    lines = [*_header_lines(draft), "MIME-Version: 1.0", *body]
    return "\r\n".join([*lines, ""]).encode("ascii"), placeholders


def _header_lines(draft: Draft) -> list[str]:
    date = format_datetime(datetime.fromtimestamp(draft.date_at / 1_000_000, UTC))
    fields = [
        ("Date", date),
        ("From", mailbox_list((draft.sender,))),
        ("To", mailbox_list(draft.to)),
        ("Cc", mailbox_list(draft.cc)),
        ("Reply-To", draft.reply_to),
        ("Message-ID", f"<{message_id(draft.message_id)}>"),
        ("In-Reply-To", f"<{message_id(draft.in_reply_to)}>" if message_id(draft.in_reply_to) else ""),
        ("References", "\r\n ".join(f"<{m}>" for i in draft.references if (m := message_id(i)))),
    ]
    lines = [f"{name}: {value}" for name, value in fields if value]
    lines.append(f"Subject: {unstructured(draft.subject, 'Subject')}")
    return [*lines, *(f"{name}: {unstructured(value, name)}" for name, value in draft.extra)]


def header_value(value: str) -> str:
    """On one line: no control character survives, so nothing can begin a header."""
    return " ".join(_CONTROLS.sub(" ", value).split())


def message_id(value: str) -> str:
    """An id that may stand between brackets; empty when it may not."""
    ok = value.isascii() and value.isprintable() and not re.search(r"[\s<>]", value) and 0 < len(value) <= 900
    return value if ok else ""


def unstructured(value: str, name: str) -> str:
    """A free text header, folded, in encoded words (RFC 2047) unless it is plain ASCII."""
    value = header_value(value)
    charset = "us-ascii" if value.isascii() and "=?" not in value else "utf-8"
    folded = Header(value, charset, maxlinelen=76, header_name=name, continuation_ws=" ").encode(linesep="\r\n")
    return (
        folded
        if max(map(len, folded.split("\r\n"))) <= 900
        else Header(value, "utf-8", 76, name).encode(linesep="\r\n")
    )


def mailbox_list(boxes: tuple[Address, ...]) -> str:
    """An address header, one mailbox a line."""
    return ",\r\n ".join(_mailbox(box) for box in boxes)


def _mailbox(box: Address) -> str:
    name = header_value(box.name)
    if not name:
        return box.address
    if not name.isascii() or "=?" in name:
        return f"{Header(name, 'utf-8', maxlinelen=70).encode(linesep=chr(13) + chr(10))}\r\n <{box.address}>"
    if not _ATOMS.match(name):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{box.address}>'
    return f"{name} <{box.address}>"


def _alternative(draft: Draft, inline: dict[str, Blob]) -> list[str]:
    html = _text("html", draft.html)
    if inline:
        pictures = [_file(blob, key) for key, blob in inline.items()]
        html = _multipart("related", f"{draft.boundary}.r", [html, *pictures], ' type="text/html";')
    return _multipart("alternative", f"{draft.boundary}.a", [_text("plain", draft.text), html])


def _multipart(kind: str, boundary: str, parts: list[list[str]], more: str = "") -> list[str]:
    lines = [f'Content-Type: multipart/{kind};{more} boundary="{boundary}"', ""]
    for part in parts:
        lines += [f"--{boundary}", *part]
    return [*lines, f"--{boundary}--", ""]


def _text(kind: str, text: str) -> list[str]:
    """A text part: quoted-printable where most of it is ASCII, else base64, which is then shorter."""
    data = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    foreign = sum(byte > 126 for byte in data)
    if foreign * 6 > len(data):
        body = base64.encodebytes(data.replace(b"\n", b"\r\n")).decode("ascii").rstrip("\n").split("\n")
        encoding = "base64"
    else:
        # quopri leaves a leading dot and "From " alone; SMTP clients stuff the dot themselves (RFC 5321 4.5.2).
        body = quopri.encodestring(data).decode("ascii").split("\n")
        encoding = "quoted-printable"
    return [f'Content-Type: text/{kind}; charset="utf-8"', f"Content-Transfer-Encoding: {encoding}", "", *body]


def _file(blob: Blob, placeholder: str) -> list[str]:
    mime = (
        blob.mime
        if _MIME.match(blob.mime) and not blob.mime.startswith(("multipart/", "message/"))
        else "application/octet-stream"
    )
    lines = [f"Content-Type: {mime}", "Content-Transfer-Encoding: base64"]
    if blob.content_id:
        lines.append(f"Content-ID: <{message_id(blob.content_id) or 'image'}>")
    disposition = "inline" if blob.content_id else "attachment"
    return [*lines, f"Content-Disposition: {disposition};{_filename(blob.name)}", "", placeholder]


def _filename(name: str) -> str:
    """A plain name for old readers and the true one in RFC 2231 form."""
    name = header_value(name).replace("/", "_").replace("\\", "_")[:120] or "file"
    plain = re.sub(r"[^A-Za-z0-9 ._()-]", "_", name)
    true = quote(name.encode("utf-8", "replace"), safe="")
    if plain == name:
        return f'\r\n filename="{plain}"'
    if len(true) <= 800:
        return f"\r\n filename=\"{plain}\";\r\n filename*=utf-8''{true}"
    return f'\r\n filename="{plain}"'
