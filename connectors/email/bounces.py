"""Mails of mail systems about our mails: delivery reports, read receipts, complaints.

RFC 3464 (delivery status), RFC 8098 (disposition), RFC 5965 (abuse feedback), and the free forms of qmail, Exim,
Exchange and Gmail. What cannot be tied to one of our mails is left to be shown as an automatic message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from connectors.email.headers import Address, Headers, addresses, message_ids, split_headers
from connectors.email.mime import MimePart
from connectors.toolkit.markup import to_text

Outcome = Literal["failed", "delayed", "delivered", "relayed", "read", "deleted", "complaint"]
_ACTIONS: dict[str, Outcome] = {
    "failed": "failed", "failure": "failed", "delayed": "delayed", "delivered": "delivered", "relayed": "relayed",
    "expanded": "relayed",
}  # fmt: skip
_COPY_BELOW = re.compile(
    r"^-{2,}.*(?:below this line is a copy|copy of (?:the|your) message|original message|returned message"
    r"|undelivered message|message header|copie du message|kopie der nachricht).*$"
    r"|^original message headers:|^received:\s*from ",
    re.IGNORECASE | re.MULTILINE,
)
_ID_LINE = re.compile(r"^[ >\t]*message-id:\s*(<[^<>\s]{1,500}>)", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_SMTP_CODE = re.compile(r"(?<![\d.])([45]\d\d)[ -](?=\D|\d\.\d)")
_FAILED_WORDS = re.compile(
    r"qmail-send|could ?n[o']t be delivered|could not be delivered|wasn't delivered|was not delivered|undeliver"
    r"|delivery (?:has )?fail|delivery to the following recipients? failed|failed permanently"
    r"|permanent(?:ly)? (?:error|fail)|returned mail|address rejected|user unknown|unknown user|invalid user"
    r"|mailbox (?:unavailable|not found)|cannot send message for|error has occurred while attempting to deliver"
    r"|no such user|(?:un|not )able to deliver|did not reach|failure notice|no mailbox here|mail failed, returning"
    r"|konnte nicht zugestellt|unzustellbar|non remis|no se ha podido entregar|не доставлено|недоставленн"
    r"|配信できません|无法送达|送达失败|送信できません",
    re.IGNORECASE,
)
_DELAYED_WORDS = re.compile(
    r"deliver(?:y|ed)(?: is| has been)? delayed|message delayed|(?:has |been )delayed|still trying|delay notification"
    r"|will (?:keep|continue) (?:to )?(?:try|attempt)|not yet been delivered|delivery attempts will continue"
    r"|will be retried|has been postponed|warning message only",
    re.IGNORECASE,
)
_GIVEN_UP_WORDS = re.compile(r"permanent|giv(?:en|ing) up|failed after", re.IGNORECASE)
_REJECTED_WORDS = re.compile(r"automatically rejected", re.IGNORECASE)
"""How a mail filter (RFC 5429) refuses a mail in the form of a read receipt."""
_PART_KINDS = {"message/delivery-status", "message/global-delivery-status"}
_MDN_KINDS = {"message/disposition-notification", "message/global-disposition-notification"}
_HEADER_KINDS = {
    "message/rfc822",
    "text/rfc822-headers",
    "message/global",
    "message/global-headers",
    "message/rfc822-headers",
}
_MAX_RECIPIENTS = 100
_FIELD_LINE = re.compile(
    r"^(?:received|return-path|delivered-to|from|to|date|subject|message-id|reply-to|mime-version|dkim-signature"
    r"|x-[\w-]{1,40}):",
    re.IGNORECASE | re.MULTILINE,
)
_ANYWHERE = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_SERVER = re.compile(r"^(?:postmaster|mailer-daemon|abuse|support|helpdesk|admin\w*)@")


class Report(NamedTuple):
    """What became of one of our mails at one recipient."""

    outcome: Outcome
    message_id: str
    """Of the mail reported on; never empty."""
    recipient: str
    reason: str


def reports(mail: MimePart) -> list[Report]:
    """What a mail of a mail system says about ours; empty when it is no such mail or names no mail of ours."""
    parts = {part.kind: part for part in mail.walk()}
    original = _original(mail)
    about = _original_id(mail, original)
    status = next((parts[k] for k in _PART_KINDS if k in parts), None)
    if status and (found := list(_delivery(status, about))):
        return found if about else []
    if disposition := next((parts[k] for k in _MDN_KINDS if k in parts), None):
        return _disposition(disposition, about, f"{mail.headers.text('subject')}\n{_words(mail)}")
    if "message/feedback-report" in parts:
        return _complaint(parts["message/feedback-report"], original, about)
    return _in_words(mail, original, about)


def _original(mail: MimePart) -> Headers | None:
    """The headers of the mail reported on, from the part that holds it."""
    part = next((p for p in mail.walk() if p.kind in _HEADER_KINDS), None)
    return split_headers(part.data().lstrip())[0] if part else None


def _original_id(mail: MimePart, original: Headers | None) -> str:
    if original and original.ids("message-id"):
        return original.ids("message-id")[0]
    match = _ID_LINE.search(_words(mail)[-100_000:])
    if match:
        return message_ids(match[1])[0]
    for name in ("x-original-message-id", "in-reply-to", "references"):
        if found := mail.headers.ids(name):
            return found[-1]
    return ""


def _blocks(part: MimePart) -> Iterator[Headers]:
    """The groups of fields of a report, separated by empty lines."""
    for block in re.split(rb"(?:\r?\n[ \t]*){2,}", part.data().strip()):
        yield split_headers(block)[0]


def _delivery(part: MimePart, about: str) -> Iterator[Report]:
    for count, block in enumerate(_blocks(part)):
        recipient = _typed(block.raw("original-recipient")) or _typed(block.raw("final-recipient"))
        if not recipient or count > _MAX_RECIPIENTS:
            continue
        status = _STATUS.search(block.raw("status"))
        action = block.raw("action").partition("(")[0].strip().lower()
        by_status: Outcome = (
            "delivered" if status and status[1][0] == "2" else "delayed" if status and status[1][0] == "4" else "failed"
        )
        diagnostic = block.text("diagnostic-code").partition(";")[2].strip() or block.text("diagnostic-code")
        reason = " ".join(p for p in (status[1] if status else "", diagnostic) if p)
        yield Report(_ACTIONS.get(action, by_status), about, recipient, _short(reason))


def _disposition(part: MimePart, about: str, said: str) -> list[Report]:
    fields = next(_blocks(part), Headers([]))
    original = fields.ids("original-message-id")
    about = original[0] if original else about
    kind = fields.raw("disposition").partition(";")[2].strip().lower().partition("/")[0].strip()
    recipient = _typed(fields.raw("original-recipient")) or _typed(fields.raw("final-recipient"))
    if not about or not recipient:
        return []
    if kind == "deleted" and _REJECTED_WORDS.search(said):
        return [Report("failed", about, recipient, _short(said))]
    # `deleted` means thrown away unread (RFC 8098 section 3.2.6.2).
    return [Report("read" if kind == "displayed" else "deleted", about, recipient, kind)]


def _complaint(part: MimePart, original: Headers | None, about: str) -> list[Report]:
    fields = next(_blocks(part), Headers([]))
    named = addresses(fields.raw("original-rcpt-to")) or (original.addresses("to") if original else ())
    if not about or not named:
        return []
    return [Report("complaint", about, named[0].address, fields.text("feedback-type") or "abuse")]


def _in_words(mail: MimePart, original: Headers | None, about: str) -> list[Report]:
    """A bounce without a machine-readable part: recipients from a header or from the text above the copy."""
    text = _words(mail)
    start, pasted = _pasted(text)
    copy = _COPY_BELOW.search(text)
    said = text[: min(start, copy.start() if copy else start)]
    titled = f"{mail.headers.text('subject')}\n{said}"
    failed = mail.headers.addresses("x-failed-recipients")
    says_failed = _FAILED_WORDS.search(titled)
    delayed = not (failed and says_failed) and _DELAYED_WORDS.search(titled) and not _GIVEN_UP_WORDS.search(titled)
    if not about or not (delayed or failed or says_failed):
        return []
    failed = failed or _named_in(said) or _addressed_in(said, mail, original) or _only_addressee(original or pasted)
    outcome: Outcome = "delayed" if delayed else "failed"
    reason = _reason_in(said)
    return [Report(outcome, about, one.address, reason) for one in failed[:_MAX_RECIPIENTS]]


def _addressed_in(said: str, mail: MimePart, original: Headers | None) -> tuple[Address, ...]:
    """The recipients of our mail that a sentence names; of an unknown mail, whoever is named beside the two servers."""
    named = tuple(a for found in _ANYWHERE.findall(said) for a in addresses(found))
    if original and (sent_to := {a.address for a in original.addresses("to", "cc", "bcc")}):
        return tuple(dict.fromkeys(a for a in named if a.address in sent_to))
    between = {a.address for a in mail.headers.addresses("from", "to", "return-path")}
    return tuple(dict.fromkeys(a for a in named if a.address not in between and not _SERVER.match(a.address)))


def _pasted(text: str) -> tuple[int, Headers | None]:
    """Where the headers of our mail stand among the words, and what they say; the end where they do not."""
    message_id = _ID_LINE.search(text)
    if message_id is None or not text[message_id.start()].isalpha():
        return len(text), None
    start, end = text.rfind("\n\n", 0, message_id.start()) + 1, text.find("\n\n", message_id.end())
    first = _FIELD_LINE.search(text, start)
    start = first.start() if first else start
    return start, split_headers(text[start : end if end > 0 else None].encode())[0]


def _only_addressee(original: Headers | None) -> tuple[Address, ...]:
    """Whom our mail went to, when that was one only: then nobody else can have failed."""
    sent_to = dict.fromkeys(original.addresses("to", "cc", "bcc")) if original else {}
    return tuple(sent_to) if len(sent_to) == 1 else ()


def _named_in(said: str) -> tuple[Address, ...]:
    """Addresses that stand at the beginning of a line, as bounces list them."""
    lines = (line.strip().rstrip(":") for line in said.split("\n"))
    listed = (
        re.match(r"^(?:[*•-]\s*)?<?([^\s<>@:]{1,64}@[^\s<>@:,;]{3,255}\w)>?(?=$|[\s:,(])", line) for line in lines
    )
    return tuple(dict.fromkeys(a for match in listed if match for a in addresses(match[1])))


def _reason_in(said: str) -> str:
    lines = [line.strip() for line in said.split("\n")]
    telling = next((line for line in lines if _STATUS.search(line) or _SMTP_CODE.search(line)), "")
    telling = telling or next((line for line in lines if _FAILED_WORDS.search(line)), "")
    return _short(telling or next((line for line in lines if _is_sentence(line)), ""))


def _is_sentence(line: str) -> bool:
    """Words of whatever language; no address, headline or rule."""
    return line[:1].isalpha() and "@" not in line and (" " in line or not line.isascii())


def _words(mail: MimePart) -> str:
    texts = (
        p.text() if p.kind == "text/plain" else to_text(p.text())
        for p in mail.walk()
        if p.kind in {"text/plain", "text/html"}
    )
    return "\n".join(texts)


def _typed(value: str) -> str:
    """`rfc822; a@b` → `a@b`."""
    found = addresses(value.rpartition(";")[2])
    return found[0].address if found else ""


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 300 else f"{text[:299]}…"
