"""What we send by mail: one action is one mail, submitted once; a copy is filed in Sent unless the provider does it."""

from __future__ import annotations

import re
from collections.abc import Generator

from connectors.contract import Context
from connectors.email import threads
from connectors.email.automation import is_robot
from connectors.email.compose import Draft, compose
from connectors.email.headers import Address, addresses, split_headers
from connectors.email.manifest import MANIFEST, MAX_MAIL_BYTES, MAX_RECIPIENTS
from connectors.email.payloads import Mailbox, mailbox
from connectors.errors import PlanRefused, SendError, SendErrorKind
from connectors.exchange import (
    AnyRequest,
    AnyResponse,
    Exchange,
    FetchMail,
    MailFetched,
    MailRefused,
    MailSubmitted,
    StoreMail,
    SubmitMail,
    TransportFailed,
)
from connectors.outbound import AnyOutbound, Part, Receipt, SendMessage
from connectors.toolkit import planning
from connectors.toolkit.markup import from_text, to_text
from connectors.toolkit.text import require_within

_ADDRESS = re.compile(r"^[^\s@<>(),:;\"\[\]\\]{1,64}@[^\s@<>(),:;\"\[\]\\_]{1,253}$")
_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_TEMPORARY_IMAP = ("[unavailable]", "[inuse]", "[limit]", "[serverbug]", "try again", "too many", "bye")
_SLOW_DOWN = ("rate", "too many", "throttl", "slow down", "quota exceeded for", "4.7.", "concurrent")
_LOOK_BACK_SECONDS = 86_400
_LOOK_ROUNDS = 40


def plan(action: AnyOutbound, ctx: Context) -> list[Part]:
    """One part for one mail. Raises PlanRefused for what cannot go by mail."""
    capability = MANIFEST.kinds["mail"]
    planning.require_allowed(action, capability, where="E-mail")
    if not isinstance(action, SendMessage) or action.template:
        raise PlanRefused("not_supported", "Mail has no templates of the network: write the text itself.")
    if not action.text.strip() and not (action.html or "").strip() and not action.attachments:
        raise PlanRefused("empty", "Write something or attach a file.")
    _require_recipients(action, mailbox(ctx))
    require_within(action.text, capability.text)
    planning.require_attachments(action.attachments, capability.attachments)
    _require_size(action)
    return planning.number([action], ctx)


def send(part: Part, ctx: Context) -> Exchange[Receipt]:
    """Submit the mail. Raises SendError. Its copy is filed later: no answer waits for the IMAP server."""
    action = _message(part)
    box = mailbox(ctx)
    to, cc, bcc = _recipients(action)
    own_id = message_id(part, box)
    message, blobs = compose(_draft(part, action, box, ctx.now))
    everyone = tuple(dict.fromkeys(a.address for a in (*to, *cc, *bcc)))
    try:
        answer = yield SubmitMail(
            server=box.smtp, envelope_from=box.address, recipients=everyone, message=message, blobs=blobs
        )
    except MailRefused as refused:
        raise smtp_error(refused) from refused
    except TransportFailed as failed:
        raise _failure(failed) from failed
    if not isinstance(answer, MailSubmitted):
        raise SendError(SendErrorKind.UNKNOWN, f"SubmitMail was answered with {type(answer).__name__}")
    return Receipt(
        external_id=own_id,
        thread_id=own_id if _starts_thread(action) else action.target.thread_id,
        refused=dict(answer.refused),
        # When it was sent: with the same Date the copy is the same mail.
        copy=str(ctx.now) if box.stores_sent == "append" else "",
    )


def file(part: Part, copy: str, ctx: Context, again: bool) -> Exchange[None]:
    """File in Sent what was sent at the instant `copy` (µs); after an attempt whose end is not known, look first."""
    box = mailbox(ctx)
    sent_at = int(copy)
    message, blobs = compose(_draft(part, _message(part), box, sent_at))
    yield StoreMail(
        server=box.imap,
        folder="Sent",
        special_use="\\Sent",
        message=message,
        blobs=blobs,
        flag="\\Seen",
        unless_id=message_id(part, box) if again else "",
        since_at=sent_at,
    )


def lookup_sent(part: Part, ctx: Context) -> Exchange[Receipt | None]:
    """Look for the mail in Sent, where the provider files what it took.

    Only such a provider's folder can also prove that a mail was not taken: ours would be missing there as well when
    just the filing did not happen. Then, and without a Sent folder, this raises SendError(UNKNOWN).
    """
    box = mailbox(ctx)
    action = _message(part)
    own_id = message_id(part, box)
    if box.stores_sent != "none" and (yield from _is_in_sent(part, box, own_id, ctx.now)):
        thread_id = own_id if _starts_thread(action) else action.target.thread_id
        return Receipt(external_id=own_id, thread_id=thread_id)
    if box.stores_sent == "provider":
        return None
    raise SendError(SendErrorKind.UNKNOWN, "the mail server keeps no copy by which to tell")


def message_id(part: Part, box: Mailbox) -> str:
    """The Message-ID of a part: the same at every attempt."""
    action = _message(part)
    is_new = _starts_thread(action)
    conv = threads.conv_of_new(part.key) if is_new else threads.conv_of(action.target.thread_id)
    return threads.new_message_id(box, conv, part.key)


def smtp_error(refused: MailRefused) -> SendError:
    """What a submission server's refusal means (RFC 5321 section 4.2, enhanced codes of RFC 3463)."""
    code, text = refused.code, refused.text
    match = _ENHANCED.search(text)
    subject, detail = (int(match[2]), int(match[3])) if match else (-1, -1)
    said = f"{code} {text}"[:300]
    if 400 <= code < 500 or code == 0:
        slow = code == 452 or (code in {421, 432, 450, 451, 454} and any(word in text.lower() for word in _SLOW_DOWN))
        return SendError(SendErrorKind.THROTTLED if slow else SendErrorKind.UNREACHABLE, said)
    if code in {530, 534, 535, 538} or refused.stage == "login" or (subject == 7 and detail in {8, 9}):
        return SendError(SendErrorKind.REAUTH, said)
    if code == 523 or (subject, detail) in {(2, 3), (3, 4)} or (code == 552 and (subject, detail) != (2, 2)):
        return SendError(SendErrorKind.TOO_LARGE, said)
    if subject == 7:
        return SendError(SendErrorKind.REJECTED, said)
    is_gone = subject == 1 or (subject in {-1, 2} and code in {550, 551, 553})
    if is_gone and refused.stage in {"recipients", "data"}:
        return SendError(SendErrorKind.RECIPIENT_GONE, said)
    return SendError(SendErrorKind.REJECTED, said)


def imap_error(failed: MailRefused | TransportFailed) -> SendError:
    """What it means that the mailbox could not be read."""
    if isinstance(failed, TransportFailed):
        return SendError(SendErrorKind.UNREACHABLE, str(failed)[:300])
    is_temporary = any(mark in failed.text.lower() for mark in _TEMPORARY_IMAP)
    kind = SendErrorKind.REAUTH if failed.stage == "login" and not is_temporary else SendErrorKind.UNREACHABLE
    return SendError(kind, failed.text[:300])


def _failure(failed: TransportFailed) -> SendError:
    """Once bytes have left, only the receiver knows whether it took them."""
    if failed.kind == "too_large" and not failed.sent:
        return SendError(SendErrorKind.TOO_LARGE, failed.detail[:300])
    if failed.kind == "missing" and not failed.sent:
        return SendError(SendErrorKind.REJECTED, "A file of it is not here any more: attach it again.")
    return SendError(SendErrorKind.UNKNOWN if failed.sent else SendErrorKind.UNREACHABLE, str(failed)[:300])


def _message(part: Part) -> SendMessage:
    if not isinstance(part.action, SendMessage):
        raise SendError(SendErrorKind.REJECTED, f"mail cannot carry out {type(part.action).__name__}")
    return part.action


def _starts_thread(action: SendMessage) -> bool:
    return action.forward or not action.target.thread_id


def _recipients(action: SendMessage) -> tuple[tuple[Address, ...], tuple[Address, ...], tuple[Address, ...]]:
    """(to, cc, bcc), each address once. To is the agent's choice, else whoever the thread answers to."""
    known = action.target.address
    to = _parsed(action.to)
    if not to and not action.forward:
        field = "reply_to" if action.target.thread_id else "to"
        to = _parsed((known.get(field, ""),)) if known.get(field) else ()
        if field == "reply_to":
            to = tuple(Address(known.get("name", ""), a.address) for a in to)
    cc = tuple(a for a in _parsed(action.cc) if a.address not in {one.address for one in to})
    named = {one.address for one in (*to, *cc)}
    return to, cc, tuple(a for a in _parsed(action.bcc) if a.address not in named)


def _parsed(values: tuple[str, ...]) -> tuple[Address, ...]:
    """What the agent typed as mailboxes. Raises PlanRefused for what is no address a server takes."""
    out: list[Address] = []
    for value in values:
        found = addresses(value)
        if not found or any(ord(c) < 32 for c in value):
            raise PlanRefused("recipient_missing", f"{value!r} is no mail address: write name@example.com.")
        out += [Address(a.name, _wire_address(a.address)) for a in found]
    return tuple({a.address: a for a in reversed(out)}.values())[::-1]


def _wire_address(address: str) -> str:
    """The address in ASCII: international domains in their IDNA form, other local parts are not for every server."""
    local, _, domain = address.rpartition("@")
    try:
        wire = f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        wire = ""
    if not local.isascii() or not _ADDRESS.match(wire):
        raise PlanRefused("recipient_missing", f"{address!r} is no address that every mail server takes.")
    return wire


def _require_recipients(action: SendMessage, box: Mailbox) -> None:
    to, cc, bcc = _recipients(action)
    everyone = (*to, *cc, *bcc)
    if not to:
        raise PlanRefused("recipient_missing", "Enter at least one address in To.")
    if len(everyone) > MAX_RECIPIENTS:
        raise PlanRefused(
            "recipient_missing", "Too many recipients.", limit=MAX_RECIPIENTS, actual=len(everyone), unit="recipients"
        )
    if action.automatic and any(is_robot(a.address) or box.is_ours(a.address) for a in everyone):
        raise PlanRefused(
            "not_supported", "Automatic mail does not go to programs or to ourselves: it might never end."
        )


def _require_size(action: SendMessage) -> None:
    words = len(action.text.encode()) + len((action.html or "").encode()) + len((action.quote or "").encode())
    size = (
        16_384
        + words * 3
        + sum(blob.size_bytes * 4 // 3 + blob.size_bytes // 38 + 1_000 for blob in action.attachments)
    )
    if size > MAX_MAIL_BYTES:
        raise PlanRefused(
            "attachment_size",
            "Too large for mail: send a link to the files instead.",
            limit=MAX_MAIL_BYTES,
            actual=size,
            unit="bytes",
        )


def _draft(part: Part, action: SendMessage, box: Mailbox, now: int) -> Draft:
    to, cc, _ = _recipients(action)
    own_id = message_id(part, box)
    parent, references = ("", ()) if _starts_thread(action) else _chain(action)
    name = f"{action.sender_name} ({box.name})" if action.sender_name and box.name else action.sender_name or box.name
    text, html = _words(action, box)
    extra = [("X-Inbox-Part", threads.part_mark(box, part.key))]
    if action.automatic:
        # RFC 3834 section 5; the second is what Exchange heeds (MS-OXCMAIL 2.2.3.2.14, read 2026-11-21).
        extra += [("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All")]
    return Draft(
        sender=Address(name, box.address),
        to=to,
        cc=cc,
        subject=_subject(action, box),
        message_id=own_id,
        date_at=now,
        text=text,
        html=html,
        boundary=f"part.{part.key}"[:50],
        reply_to=threads.plus_address(box, own_id) if box.plus_address else "",
        in_reply_to=parent,
        references=references,
        attachments=action.attachments,
        extra=tuple(extra),
    )


def _chain(action: SendMessage) -> tuple[str, tuple[str, ...]]:
    """(In-Reply-To, References): what the thread is known to hold, ending with the mail that is answered."""
    known = action.target.address
    answered = _real_id(action.target.message_id or "") or known.get("message_id", "")
    stored = (*known.get("references", "").split(), known.get("in_reply_to", ""), known.get("message_id", ""))
    before = (*(_real_id(i) for i in action.references),) or stored
    ids = tuple(dict.fromkeys(i for i in before if i and i != answered))
    return answered, threads.capped((*ids, answered) if answered else ids)


def _real_id(external_id: str) -> str:
    """The Message-ID in an external id; empty for a mail that had none."""
    return "" if external_id.startswith("sha256:") else external_id.partition("#")[0]


def _subject(action: SendMessage, box: Mailbox) -> str:
    given = action.subject if action.subject is not None else action.target.address.get("subject", "")
    base = threads.base_subject(given)
    if action.forward:
        return f"Fwd: {base}"
    if not action.target.thread_id:
        return given or f"Message from {box.name or box.address}"
    return f"Re: {base}"


def _words(action: SendMessage, box: Mailbox) -> tuple[str, str]:
    """(plain text, HTML), each with signature and quote."""
    text = action.text if action.text.strip() else to_text(action.html or "")
    html = action.html if action.html else f"<div>{from_text(text)}</div>"
    signature = box.signature.strip()
    if signature:
        text += f"\n\n-- \n{signature}"
        html += f'<br>\n<div class="inbox_signature">-- <br>\n{from_text(signature)}</div>'
    if not action.quote:
        return text, html
    quote = action.quote.replace("\r\n", "\n").strip("\n")
    if action.forward:
        mark = "---------- Forwarded message ----------"
        return (
            f"{text}\n\n{mark}\n{quote}",
            f'{html}<br>\n<div class="inbox_forward">{mark}<br>\n{from_text(quote)}</div>',
        )
    quoted = "\n".join(f">{'' if line.startswith('>') else ' '}{line}".rstrip() for line in quote.split("\n"))
    head = _attribution(action)
    style = "margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex"
    markup = (
        f'<br>\n<div class="gmail_quote"><div class="gmail_attr">{from_text(head)}</div>'
        f'<blockquote class="gmail_quote" type="cite" style="{style}">{from_text(quote)}</blockquote></div>'
    )
    return f"{text}\n\n{head}\n{quoted}", html + markup


def _attribution(action: SendMessage) -> str:
    """Names the writer in no language: every client, and every quote stripper, knows a line that ends so."""
    known = action.target.address
    address = known.get("reply_to", "")
    return f"{known['name']} <{address}>:" if known.get("name") else f"<{address}>:"


def _is_in_sent(part: Part, box: Mailbox, own_id: str, now: int) -> Generator[AnyRequest, AnyResponse, bool]:
    """Walk through what was filed within the last day."""
    validity = after = 0
    for _ in range(_LOOK_ROUNDS):
        try:
            answer = yield FetchMail(
                server=box.imap,
                folder="Sent",
                special_use="\\Sent",
                uid_validity=validity,
                after_uid=after,
                overlap=0,
                since_at=now - _LOOK_BACK_SECONDS * 1_000_000,
            )
        except (MailRefused, TransportFailed) as failed:
            raise SendError(SendErrorKind.UNKNOWN, f"Sent could not be read: {failed}"[:300]) from failed
        if not isinstance(answer, MailFetched):
            raise TypeError(f"FetchMail was answered with {type(answer).__name__}")
        if any(_is_part(mail.message, part, box, own_id) for mail in answer.mails):
            return True
        if not answer.more or not answer.mails:
            return False
        validity, after = answer.uid_validity, max(mail.uid for mail in answer.mails)
    raise SendError(SendErrorKind.UNKNOWN, "too many mails were sent within the last day to look through")


def _is_part(message: bytes, part: Part, box: Mailbox, own_id: str) -> bool:
    headers = split_headers(message)[0]
    return (
        threads.message_id_of(headers) == own_id or threads.read_part_mark(box, headers.raw("x-inbox-part")) == part.key
    )
