"""The customers' side of mail: people with mail clients, without a server.

There is no HTTP in mail, so `respond` answers 404 and `act` returns no request. What customers send waits in `outbox`
for whoever runs the mini mail server; what we send is handed to `receive`. A customer answers with the headers and the
quote that a mail client of his language writes. Deterministic by seed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from connectors.contract import CustomerAction
from connectors.email.bodies import body_of
from connectors.email.compose import mailbox_list, unstructured
from connectors.email.headers import Address, message_ids
from connectors.email.mime import MimePart, parse
from connectors.email.quotes import split_text
from connectors.email.threads import base_subject, message_id_of
from connectors.exchange import Request, Response

BOUNCE, DELAY, AUTO_REPLY, DUPLICATE = "bounce", "delay", "auto_reply", "duplicate"
"""Faults: every mail of ours comes back, is reported late, is answered by a machine; each of theirs arrives twice."""
_ATTRIBUTION = {
    "el": "Στις {date}, ο χρήστης {who} έγραψε:",
    "hy": "{date}-ին {who}-ը գրել է․",
    "id": "Pada tanggal {date} {who} menulis:",
    "fi": "{date} {who} kirjoitti:",
    "de": "Am {date} schrieb {who}:",
    "ja": "{date} {who}:",
    "zh": "{who} 于 {date} 写道：",
    "ar": "في {date} كتب {who}:",
    "en": "On {date}, {who} wrote:",
}
_ALPHABETS = (("Ͱ", "Ͽ", "el"), ("԰", "֏", "hy"), ("぀", "ヿ", "ja"), ("一", "鿿", "zh"), ("؀", "ۿ", "ar"))
_WORDS = {
    "de": ("und", "ich", "nicht", "bitte", "danke", "ist"),
    "fi": ("ja", "on", "ei", "kiitos", "hei", "minun"),
    "id": ("dan", "saya", "tidak", "terima", "kasih", "yang"),
}


@dataclass(slots=True)
class _Mail:
    """A mail as a customer's client shows it."""

    message_id: str
    references: tuple[str, ...]
    sender: Address
    text: str
    sent_at: int
    state: str = ""


@dataclass(slots=True)
class _MailThread:
    """A mail thread in a customer's client."""

    root: str
    person: Address
    subject: str
    mails: list[_Mail] = field(default_factory=list)


class MailWorld:
    """Customers with mail clients. `mailbox` is the address they write to; set it to the channel's own."""

    def __init__(self, seed: int) -> None:
        self.mailbox = "support@shop.example"
        self.faults: set[str] = set()
        self._seed = seed
        self._count = 0
        self._threads: dict[str, _MailThread] = {}
        self._latest: dict[str, str] = {}
        """Person's address → root of the thread last used."""
        self._gone: set[str] = set()
        self._outbox: list[bytes] = []

    def respond(self, request: Request, now: int) -> Response:
        """Mail has no HTTP."""
        return Response(status=404)

    def act(self, action: CustomerAction, now: int) -> list[Request]:
        """Write (a reply where an older thread is known), read, or give the mailbox up (block, leave)."""
        person = Address(action.name, f"{action.person.lower()}@people.example")
        if action.do == "write":
            self._write(action, person, now)
        elif action.do == "read":
            self._report_read(action, person, now)
        elif action.do in {"block", "leave"}:
            self._gone.add(person.address)
        elif action.do == "join":
            self._gone.discard(person.address)
        return []

    def outbox(self) -> list[bytes]:
        """The mails that customers have sent since the last call, oldest first."""
        sent, self._outbox = self._outbox, []
        return sent

    def receive(self, message: bytes, now: int = 0) -> None:
        """Take a mail of ours into the mailboxes of its recipients, or send back what their servers say."""
        tree = parse(message)
        own_id = message_id_of(tree.headers)
        known = next((t for i in _chain(tree) if (t := self._thread_of(i))), None)
        for person in tree.headers.addresses("to", "cc"):
            if BOUNCE in self.faults or person.address in self._gone:
                self._send(self._bounce(tree, person, now, failed=True))
                continue
            thread = known or self._new_thread(own_id, person, tree.headers.text("subject"))
            sender = next(iter(tree.headers.addresses("from")), Address("", self.mailbox))
            if all(mail.message_id != own_id for mail in thread.mails):
                text = split_text(body_of(tree).text).newest
                thread.mails.append(_Mail(own_id, _chain(tree), sender, text, now, "delivered"))
            if DELAY in self.faults:
                self._send(self._bounce(tree, person, now, failed=False))
            if AUTO_REPLY in self.faults:
                self._send(self._away(thread, person, now))

    def seen(self, thread_id: str) -> list[dict[str, str]]:
        """What a customer sees in the thread; `thread_id` is the Message-ID of any of its mails."""
        thread = self._thread_of(thread_id)
        if thread is None:
            return []
        return [
            {
                "id": mail.message_id,
                "from": "us" if mail.sender.address != thread.person.address else "them",
                "text": mail.text,
                "state": mail.state,
            }
            for mail in thread.mails
        ]

    def _write(self, action: CustomerAction, person: Address, now: int) -> None:
        wanted = action.thread_id or self._latest.get(person.address, "")
        thread = self._thread_of(action.in_reply_to or wanted)
        own_id = self._new_id(person)
        if thread is None:
            thread = self._new_thread(own_id, person, action.text.split("\n", 1)[0][:60] or "Hello")
        self._latest[person.address] = thread.root
        answered = thread.mails[-1] if thread.mails else None
        references = (*answered.references, answered.message_id) if answered else ()
        text = f"{action.text}\n\n{_quote(answered, _language(action.text))}" if answered else action.text
        subject = f"Re: {base_subject(thread.subject)}" if answered else thread.subject
        thread.mails.append(_Mail(own_id, references, person, action.text, now))
        self._send(_mail(person, self.mailbox, subject, own_id, now, text, references))

    def _report_read(self, action: CustomerAction, person: Address, now: int) -> None:
        thread = self._thread_of(action.thread_id or self._latest.get(person.address, ""))
        ours = [m for m in (thread.mails if thread else []) if m.sender.address == self.mailbox]
        if not ours:
            return
        ours[-1].state = "read"
        report = (
            f"Final-Recipient: rfc822; {person.address}\r\nOriginal-Message-ID: <{ours[-1].message_id}>\r\n"
            "Disposition: manual-action/MDN-sent-manually; displayed\r\n"
        )
        self._send(self._report(person, "disposition-notification", report, "", now, "The mail was displayed."))

    def _bounce(self, tree: MimePart, person: Address, now: int, *, failed: bool) -> bytes:
        action, status = ("failed", "5.1.1") if failed else ("delayed", "4.4.1")
        code = "550 5.1.1 User unknown" if failed else "451 4.4.1 No answer from host"
        report = (
            "Reporting-MTA: dns; mx.people.example\r\n\r\n"
            f"Final-Recipient: rfc822; {person.address}\r\nAction: {action}\r\nStatus: {status}\r\n"
            f"Diagnostic-Code: smtp; {code}\r\n"
        )
        original = f"Message-ID: <{message_id_of(tree.headers)}>\r\nSubject: {tree.headers.raw('subject')}\r\n"
        daemon = Address("Mail Delivery System", "mailer-daemon@people.example")
        return self._report(daemon, "delivery-status", report, original, now, code)

    def _report(self, sender: Address, kind: str, report: str, original: str, now: int, said: str) -> bytes:
        """A multipart/report (RFC 6522)."""
        own_id = self._new_id(sender)
        mark = f"report-{hashlib.sha256(own_id.encode()).hexdigest()[:16]}"
        pieces = [("text/plain; charset=utf-8", f"{said}\r\n"), (f"message/{kind}", report)]
        pieces += [("text/rfc822-headers", original)] if original else []
        body = "".join(f"--{mark}\r\nContent-Type: {mime}\r\n\r\n{text}\r\n" for mime, text in pieces)
        head = _head(sender, self.mailbox, "Delivery report", own_id, now, ())
        content = f'Content-Type: multipart/report; report-type={kind}; boundary="{mark}"'
        return f"{head}Auto-Submitted: auto-replied\r\n{content}\r\n\r\n{body}--{mark}--\r\n".encode("utf-8", "replace")

    def _away(self, thread: _MailThread, person: Address, now: int) -> bytes:
        references = (*thread.mails[-1].references, thread.mails[-1].message_id)
        subject = f"Automatic reply: {base_subject(thread.subject)}"
        return _mail(
            person, self.mailbox, subject, self._new_id(person), now, "I am away until Monday.", references,
            extra="Auto-Submitted: auto-replied\r\n",
        )  # fmt: skip

    def _send(self, message: bytes) -> None:
        self._outbox += [message] * (2 if DUPLICATE in self.faults else 1)

    def _new_id(self, person: Address) -> str:
        self._count += 1
        digest = hashlib.sha256(f"{self._seed}:{self._count}:{person.address}".encode()).hexdigest()
        return f"{digest[:24]}@{person.address.rpartition('@')[2]}"

    def _new_thread(self, root: str, person: Address, subject: str) -> _MailThread:
        self._latest[person.address] = root
        return self._threads.setdefault(root, _MailThread(root, person, subject))

    def _thread_of(self, message_id: str) -> _MailThread | None:
        if message_id in self._threads:
            return self._threads[message_id]
        return next((t for t in self._threads.values() for m in t.mails if m.message_id == message_id), None)


def _chain(tree: MimePart) -> tuple[str, ...]:
    return message_ids(f"{tree.headers.raw('references')} {tree.headers.raw('in-reply-to')}")


def _language(text: str) -> str:
    for first, last, language in _ALPHABETS:
        if any(first <= char <= last for char in text):
            return language
    words = set(text.lower().replace(",", " ").replace(".", " ").split())
    return max(_WORDS, key=lambda one: len(words & set(_WORDS[one]))) if words & set(sum(_WORDS.values(), ())) else "en"


def _quote(answered: _Mail, language: str) -> str:
    at = datetime.fromtimestamp(answered.sent_at / 1_000_000, UTC)
    date = f"{at:%Y}年{at.month}月{at.day}日 {at:%H:%M}" if language in {"ja", "zh"} else f"{at:%d.%m.%Y %H:%M}"
    who = str(answered.sender) if answered.sender.name else f"<{answered.sender.address}>"
    quoted = "\n".join(f"> {line}".rstrip() for line in answered.text.split("\n"))
    return f"{_ATTRIBUTION[language].format(date=date, who=who)}\n\n{quoted}"


def _head(sender: Address, to: str, subject: str, own_id: str, now: int, references: tuple[str, ...]) -> str:
    date = format_datetime(datetime.fromtimestamp(now / 1_000_000, UTC))
    lines = [
        f"Date: {date}",
        f"From: {mailbox_list((sender,))}",
        f"To: {to}",
        f"Subject: {unstructured(subject, 'Subject')}",
    ]
    lines.append(f"Message-ID: <{own_id}>")
    if references:
        lines.append(f"In-Reply-To: <{references[-1]}>")
        lines.append("References: " + "\r\n ".join(f"<{i}>" for i in references[-10:]))
    return "\r\n".join([*lines, "MIME-Version: 1.0", ""])


def _mail(
    sender: Address,
    to: str,
    subject: str,
    own_id: str,
    now: int,
    text: str,
    references: tuple[str, ...],
    extra: str = "",
) -> bytes:
    head = _head(sender, to, subject, own_id, now, references)
    kind = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    return f"{head}{extra}{kind}{text}\n".replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8", "replace")
