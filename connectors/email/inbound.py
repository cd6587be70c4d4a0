"""One mail, as its bytes lie on the server, to what it tells us.

A mail is a message, or receipts (bounces, read receipts), or nothing (our own mail coming back). Bytes that are no mail
at all raise PayloadInvalid; everything else gives something.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from connectors.contract import Context
from connectors.email import automation, bounces, threads, trust
from connectors.email.bodies import Body, body_of
from connectors.email.headers import Address, Headers, instant
from connectors.email.markup import split_quote, split_signature
from connectors.email.mime import MimePart, parse
from connectors.email.payloads import Mailbox, mailbox
from connectors.email.quotes import is_attribution, is_forward_mark, split_text
from connectors.errors import PayloadInvalid
from connectors.inbound import (
    Alias,
    AnyInbound,
    Author,
    IdentityChanged,
    Ignored,
    MessageReceived,
    ReceiptReceived,
    Thread,
)
from connectors.toolkit.markup import from_text, to_text

Place = Literal["inbox", "sent", "junk"]
PART_HEADER = "x-inbox-part"
_KNOWN_FIELDS = (
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "received",
    "mime-version",
    "return-path",
    "sender",
)
_IGNORED: dict[bounces.Outcome, str] = {
    "delayed": "bounce_delayed",
    "relayed": "bounce_relayed",
    "deleted": "read_receipt_deleted",
}
"""Reports that change nothing → their name in the manifest."""
_EARLY_SECONDS, _LATE_SECONDS = 3_600, 7 * 86_400
_MAX_TITLE_CHARS = 998


@dataclass(frozen=True, slots=True)
class _Mail:
    """A parsed mail with all that its records have in common."""

    tree: MimePart
    box: Mailbox
    place: Place
    external_id: str
    occurred_at: int
    author: Address
    recipients: tuple[Address, ...]
    """Everyone in To, Cc and the fields that say where it was delivered."""

    @property
    def headers(self) -> Headers:
        return self.tree.headers


def read(
    message: bytes,
    ctx: Context,
    *,
    place: Place = "inbox",
    internal_at: int | None = None,
    dates: Mapping[str, int] | None = None,
) -> list[AnyInbound]:
    """What a mail tells us: one message, or a receipt for each recipient a report names.

    `internal_at` is when the server took it (µs). `dates` maps Message-IDs seen before to their Date: another
    mail under the same id gets an id of its own. Raises PayloadInvalid when the bytes are no mail.
    """
    tree = parse(message)
    if not tree.headers.has(*_KNOWN_FIELDS):
        raise PayloadInvalid("no header of a mail was found", path="message")
    box = mailbox(ctx)
    mail = _Mail(
        tree=tree,
        box=box,
        place=place,
        external_id=external_id(tree, dates or {}),
        occurred_at=_occurred_at(tree.headers, internal_at, ctx.now),
        author=_author_address(tree.headers),
        recipients=tree.headers.addresses("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to"),
    )
    told = _receipts(mail) if place != "sent" and automation.is_bounce_like(tree, mail.author.address) else []
    if told:
        return told
    if _is_loop(mail):
        return [Ignored(dedupe_key=f"loop:{mail.external_id}", occurred_at=mail.occurred_at, reason="loop")]
    return [_message(mail)]


def external_id(mail: MimePart, dates: Mapping[str, int]) -> str:
    """The Message-ID; with its date where the sender uses one id for several mails; a hash where it has none."""
    message_id = threads.message_id_of(mail.headers)
    if message_id:
        sent_at = instant(mail.headers.raw("date")) or 0
        is_reused = message_id in dates and dates[message_id] != sent_at
        return f"{message_id}#{sent_at // 1_000_000}" if is_reused else message_id
    digest = hashlib.sha256()
    for part in (*(mail.headers.raw(n).encode() for n in ("from", "date", "subject")), mail.body):
        digest.update(hashlib.sha256(part).digest())
    return f"sha256:{digest.hexdigest()[:40]}"


def _occurred_at(headers: Headers, internal_at: int | None, now: int) -> int:
    """When it was written, as long as that is believable beside the time of arrival.

    A sender's clock that is years off must not turn a question into history.
    """
    arrived = internal_at or now
    written = instant(headers.raw("date"))
    if written is None:
        return arrived
    late = arrived - written
    return written if -_EARLY_SECONDS * 1_000_000 <= late <= _LATE_SECONDS * 1_000_000 else arrived


def _author_address(headers: Headers) -> Address:
    for name in ("from", "sender", "reply-to", "return-path"):
        if found := headers.addresses(name):
            return found[0]
    return Address(headers.text("from"), "")


def _receipts(mail: _Mail) -> list[AnyInbound]:
    told: list[AnyInbound] = []
    for report in bounces.reports(mail.tree):
        key = f"{report.outcome}:{mail.external_id}:{report.recipient}"
        told.append(_receipt(mail, report, key))
    return list({one.dedupe_key: one for one in told}.values())


def _receipt(mail: _Mail, report: bounces.Report, key: str) -> AnyInbound:
    forged = threads.is_forged(mail.box, report.message_id)
    ours = threads.read_token(mail.box, report.message_id) is not None
    if forged or (report.outcome == "complaint" and not ours):
        return Ignored(dedupe_key=key, occurred_at=mail.occurred_at, reason="foreign_report")
    if report.outcome == "complaint":
        person = Author(external_id=report.recipient, email=report.recipient)
        return IdentityChanged(dedupe_key=key, occurred_at=mail.occurred_at, author=person, reachable=False)
    if ignored := _IGNORED.get(report.outcome):
        return Ignored(dedupe_key=key, occurred_at=mail.occurred_at, reason=ignored)
    state: Literal["failed", "delivered", "read"] = (
        "failed" if report.outcome == "failed" else "read" if report.outcome == "read" else "delivered"
    )
    return ReceiptReceived(
        dedupe_key=key,
        occurred_at=mail.occurred_at,
        state=state,
        message_id=report.message_id,
        reason=report.reason if state == "failed" else "",
        recipient=report.recipient,
    )


def _is_loop(mail: _Mail) -> bool:
    """Our own mail sent back to us under another's name, or our mark on a mail we did not write."""
    if mail.place == "sent":
        return False
    own_part = threads.read_part_mark(mail.box, mail.headers.raw(PART_HEADER)) is not None
    own_id = threads.read_token(mail.box, threads.message_id_of(mail.headers)) is not None
    return (own_part or own_id) and mail.author.address != mail.box.address


def _message(mail: _Mail) -> MessageReceived:
    headers, box = mail.headers, mail.box
    placement = threads.place(headers, mail.external_id, tuple(a.address for a in mail.recipients), box)
    by_us, client_ref = _ours(mail)
    body = body_of(mail.tree)
    newest, html, quoted = _newest(body, headers.text("subject"))
    is_reply = bool(placement.in_reply_to)
    automatic = "" if by_us else automation.automatic_reason(mail.tree, mail.author.address, box, is_reply=is_reply)
    if mail.place == "junk":
        automatic = automatic or "junk"
    return MessageReceived(
        dedupe_key=f"mail:{mail.external_id}",
        occurred_at=mail.occurred_at,
        thread=_thread(mail, placement, by_us=by_us, is_automatic=bool(automatic)),
        author=_author(mail, placement, by_us=by_us),
        external_id=mail.external_id,
        text=newest,
        html=html,
        title=headers.text("subject")[:_MAX_TITLE_CHARS],
        attachments=body.attachments,
        in_reply_to=placement.in_reply_to or None,
        client_ref=client_ref,
        needs_answer=not automatic and not by_us,
        automatic=automatic,
        quoted_html=quoted,
        recipients=_recipients(headers),
    )


def _ours(mail: _Mail) -> tuple[bool, str | None]:
    """Whether the mailbox's own people or we wrote it, and which part of ours it is.

    From alone proves nothing: it must lie in Sent, bear our HMAC, or be vouched for by the receiving server.
    """
    key = threads.read_part_mark(mail.box, mail.headers.raw(PART_HEADER))
    token = threads.read_token(mail.box, threads.message_id_of(mail.headers))
    key = key or (token.key if token else None)
    if mail.place == "sent":
        return True, key
    if not mail.box.is_ours(mail.author.address):
        return False, None
    vouched = trust.verdict(mail.headers, mail.author.address, mail.box.authserv_id) == "pass"
    return bool(key) or vouched, key


def _newest(body: Body, subject: str) -> tuple[str, str | None, str | None]:
    """(newest words, newest HTML, quoted rest as HTML). Forwarded mails are whole: the forwarded part is the point."""
    if threads.is_forward(subject) or is_forward_mark(body.text):
        return body.text.strip(), body.html, None
    text = split_text(body.text)
    if body.html is None:
        return text.newest, None, (from_text(text.rest) if text.rest else None)
    cut = split_quote(body.html, is_attribution)
    html, quoted = cut or (body.html, "")
    if signed := split_signature(html):
        html, quoted = signed[0], signed[1] + quoted
    newest = text.newest
    if quoted and not text.rest:
        # The plain part has no quote to be found by: take the words from what is left of the HTML.
        newest = split_text(to_text(html)).newest or newest
    return newest, html, quoted or None


def _thread(mail: _Mail, placement: threads.Placement, *, by_us: bool, is_automatic: bool) -> Thread:
    """The thread as this mail shows it. What a program writes does not rename an older thread."""
    subject = mail.headers.text("subject")[:_MAX_TITLE_CHARS]
    renames = not (is_automatic and placement.in_reply_to)
    others = tuple(a for a in mail.headers.addresses("to", "cc") if not mail.box.is_ours(a.address))
    answers_to = next((a for a in mail.headers.addresses("reply-to") if not mail.box.is_ours(a.address)), mail.author)
    to = (others[0] if others else mail.author) if by_us else answers_to
    address = {
        "reply_to": to.address,
        "name": to.name,
        "cc": ", ".join(a.address for a in others if a.address != to.address),
        "subject": subject if renames else "",
        "message_id": threads.message_id_of(mail.headers),
        "in_reply_to": placement.in_reply_to,
        "references": " ".join(placement.references),
        "proof": placement.proof,
    }
    return Thread(
        external_id=placement.thread_id,
        kind="mail",
        audience="private",
        title=threads.base_subject(subject) if renames else "",
        address={k: v for k, v in address.items() if v},
    )


def _author(mail: _Mail, placement: threads.Placement, *, by_us: bool) -> Author:
    if by_us:
        return Author(external_id=mail.box.address, name=mail.author.name, email=mail.box.address, is_self=True)
    address = mail.author.address
    if not address:
        return Author(external_id=f"no-address:{mail.external_id}", name=mail.author.name, is_verified=False)
    disguised = trust.is_disguised(mail.author)
    verified = _is_verified(mail, placement, disguised=disguised)
    profile: dict[str, str] = {}
    if disguised:
        profile["shown_as"] = mail.author.name
    if trust.is_mixed_script(address):
        profile["warning"] = "the domain mixes alphabets"
    sender = next((a.address for a in mail.headers.addresses("sender") if a.address != address), "")
    if sender:
        profile["sent_by"] = sender
    return Author(
        external_id=address,
        name="" if disguised else mail.author.name[:200],
        username=address,
        email=address,
        is_verified=verified,
        aliases=(Alias(kind="email", value=address),) if verified is not False else (),
        profile=profile,
    )


def _is_verified(mail: _Mail, placement: threads.Placement, *, disguised: bool) -> bool | None:
    """True: the receiving server vouches for From. False: it does not, and no token of ours came back either."""
    if disguised or trust.is_mixed_script(mail.author.address):
        return False
    found = trust.verdict(mail.headers, mail.author.address, mail.box.authserv_id)
    if found == "pass":
        return True
    return None if found == "unchecked" or placement.proof == "token" else False


def _recipients(headers: Headers) -> dict[str, tuple[str, ...]]:
    named = {"to": "to", "cc": "cc", "reply_to": "reply-to"}
    found = {key: tuple(map(str, headers.addresses(name))) for key, name in named.items()}
    return {key: value for key, value in found.items() if value}
