"""Whether a mail was written by a program, and of which sort: such a mail waits for no answer.

After RFC 3834 section 2 and the marks that real programs set beside it.
"""

from __future__ import annotations

import itertools
import re

from connectors.email.charsets import decode_header
from connectors.email.headers import Headers
from connectors.email.mime import MimePart
from connectors.email.payloads import Mailbox

_ROBOT = re.compile(
    r"^(?:mailer-?daemon|postmaster|no-?_?\.?reply|do-?_?not-?_?reply|donotreply|bounces?|notifications?|noreply.*"
    r"|.*[-_.+]no-?reply|bounce[-+_].*|ne-?pas-?repondre|keine-?antwort|alerts?|auto-?(?:reply|confirm|mailer))$"
)
_DAEMON = re.compile(r"^(?:mailer-?daemon|mdaemon|post_?master|mail-?delivery.*)$")
_AWAY_NOTES = re.compile(r"^auto: .* is out of the office", re.IGNORECASE)
"""How HCL Notes entitles an absence: without a header that says so, and without naming the mail it answers."""
_ANSWERING = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponse",
    "x-autorespond-to",
    "x-autoreply-from",
    "x-vacation",
)
_LISTS = (
    "list-id",
    "list-post",
    "mailing-list",
    "x-mailing-list",
    "x-mailman-version",
)
_BULK = (
    "list-unsubscribe",
    "feedback-id",
    "x-campaign",
    "x-campaignid",
    "x-mailgun-tag",
    "x-csa-complaints",
)
_AWAY = (
    "out of office", "automatic reply", "auto reply", "autoreply", "auto-reply", "autoresponse",
    "abwesenheitsnotiz", "automatische antwort", "abwesend", "réponse automatique", "absence du bureau",
    "respuesta automática", "fuera de la oficina", "resposta automática", "risposta automatica", "fuori sede",
    "automatisch antwoord", "afwezig", "autosvar", "automatiskt svar", "frånvaro", "automaattinen vastaus",
    "poissaoloilmoitus", "automaattivastaus", "αυτόματη απάντηση", "εκτός γραφείου", "balasan otomatis",
    "sedang tidak di kantor", "ավտոմատ պատասխան", "автоответ", "автоматический ответ", "відповідь автоматична",
    "autoodpowiedź", "odpowiedź automatyczna", "automatická odpověď", "otomatik yanıt", "自動返信", "不在通知",
    "自动回复", "自動回覆", "자동 회신", "부재중", "תשובה אוטומטית", "رد تلقائي", "الرد التلقائي",
    "automatikus válasz", "răspuns automat",
)  # fmt: skip


def automatic_reason(mail: MimePart, author: str, box: Mailbox, *, is_reply: bool) -> str:
    """`auto-reply`, `bounce`, `list`, `bulk` or `service`; empty for what a person wrote.

    `is_reply` lets the subject count, which alone proves nothing.
    """
    headers = mail.headers
    if is_bounce_like(mail, author):
        return "bounce"
    if _answers_by_itself(headers) or (is_reply and _says_away(headers.text("subject"))):
        return "auto-reply"
    if _is_list(headers, box):
        return "list"
    if headers.has(*_BULK) or _precedence(headers) in {"bulk", "junk"}:
        return "bulk"
    return "service" if _is_service(headers, author) else ""


def is_bounce_like(mail: MimePart, author: str) -> bool:
    """A mail from a mail system about another mail."""
    report = mail.kind == "multipart/report" or mail.headers.has("x-failed-recipients")
    senders = (author, *(a.address for a in mail.headers.addresses("return-path")))
    return report or any(_DAEMON.match(sender.partition("@")[0]) for sender in senders)


def is_robot(address: str) -> bool:
    """Whether an address belongs, by its name, to a program that reads no answers."""
    return bool(_ROBOT.match(address.partition("@")[0].lower()))


def _answers_by_itself(headers: Headers) -> bool:
    submitted = headers.raw("auto-submitted").partition("(")[0].partition(";")[0].strip().lower()
    return (
        submitted.startswith("auto-replied")
        or bool(_AWAY_NOTES.match(headers.text("subject")))
        or headers.has(*_ANSWERING)
        or _precedence(headers) == "auto_reply"
        or headers.raw("x-loop") != ""
        or (_suppresses_all(headers) and headers.has("in-reply-to", "references"))
    )


def _is_service(headers: Headers, author: str) -> bool:
    submitted = headers.raw("auto-submitted").partition("(")[0].strip().lower()
    no_return = headers.has("return-path") and headers.raw("return-path") in {"<>", ""}
    # A contact form or marketplace writes from such an address too, but names the customer in Reply-To.
    answers_elsewhere = any(a.address != author for a in headers.addresses("reply-to"))
    by_program = submitted not in {"", "no"} or _suppresses_all(headers) or no_return
    return by_program or (is_robot(author) and not answers_elsewhere)


def _suppresses_all(headers: Headers) -> bool:
    """Programs ask for no answers at all; Exchange asks for no OOF, on what people write to a distribution group
    (https://github.com/glpi-project/glpi/issues/2170, https://github.com/discourse/discourse/pull/21367).
    """
    return "all" in {one.strip().lower() for one in headers.raw("x-auto-response-suppress").split(",")}


def _is_list(headers: Headers, box: Mailbox) -> bool:
    """A mailing list; not the group address that this mailbox itself stands behind (support@ as a Google Group)."""
    marks = [value.lower() for name in _LISTS for value in headers.every(name)]
    own = [form for a in (box.address, *box.aliases) for form in (a, a.replace("@", "."))]
    if any(form in mark for form in own for mark in marks):
        return False
    return bool(marks) or _precedence(headers) == "list"


def _precedence(headers: Headers) -> str:
    """What the sender says. One that stands above a Received was added on the way: some providers mark all that they
    forward to another mailbox as bulk.
    """
    own = itertools.takewhile(lambda field: field[0] != "received", reversed(headers.fields))
    return next((decode_header(value).strip().lower() for name, value in own if name == "precedence"), "")


def _says_away(subject: str) -> bool:
    subject = subject.casefold()
    return any(subject.startswith(one) or f": {one}" in subject for one in _AWAY)
