"""A person as a card that other programs take: vCard 4.0 (https://www.rfc-editor.org/rfc/rfc6350, read 2026-11-22)."""

from __future__ import annotations

from collections.abc import Iterable

from inbox.domain.shapes import ContactShape

MEDIA_TYPE = "text/vcard; charset=utf-8"
_LINE_BYTES = 75


def vcard(contact: ContactShape, url: str) -> str:
    """The card of a person. `url`: where he is shown here; other systems' ids stand beside it."""
    lines = ["BEGIN:VCARD", "VERSION:4.0", f"UID:{_text(url)}", f"FN:{_text(contact.name or contact.email or '-')}"]
    lines += [f"EMAIL:{_text(contact.email)}"] if contact.email else []
    lines += [f"TEL;VALUE=text:{_text(contact.phone)}"] if contact.phone else []
    lines += [f"ORG:{_text(contact.company)}"] if contact.company else []
    lines += [f"LANG:{_text(contact.language)}"] if contact.language else []
    lines += [f"NOTE:{_text(contact.note)}"] if contact.note else []
    for identity in contact.identities:
        account = identity.username or identity.external_id
        if account:
            lines.append(f"X-SOCIALPROFILE;TYPE={_parameter(identity.network)}:{_text(account)}")
    lines += [f"X-REF;TYPE={_parameter(system)}:{_text(ref)}" for system, ref in sorted(contact.refs.items())]
    lines += [f"X-FIELD;TYPE={_parameter(key)}:{_text(value)}" for key, value in sorted(contact.fields.items())]
    lines += [f"SOURCE:{_text(url)}", f"REV:{_basic(contact.created_at)}", "END:VCARD"]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _text(value: str) -> str:
    """A value with what separates escaped (section 3.4)."""
    for char, escaped in (("\\", "\\\\"), (",", "\\,"), (";", "\\;"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        value = value.replace(char, escaped)
    return "".join(char for char in value if char == "\t" or char >= " ")


def _parameter(value: str) -> str:
    """A parameter's value, quoted: quotes and line ends cannot stand in it (section 3.3)."""
    return '"' + "".join(char for char in value if char >= " " and char != '"') + '"'


def _basic(at: str) -> str:
    """2026-11-22T10:00:00.000Z as 20261122T100000Z (section 4.3.5)."""
    return at[:19].replace("-", "").replace(":", "") + "Z"


def _folded(line: str) -> Iterable[str]:
    """A line in parts of at most 75 bytes, never within a character; those that go on begin with a blank (section
    3.2).
    """
    part, size = "", 0
    for char in line:
        width = len(char.encode())
        if size + width > _LINE_BYTES:
            yield part
            part, size = " ", 1
        part += char
        size += width
    yield part
