"""The service's own mail: invitations, password resets, digests. Customers' mail goes through the mail connector, never
through here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

import msgspec

from connectors.exchange import MailRefused, MailServer, SubmitMail, TransportFailed
from inbox.errors import Unavailable
from inbox.settings import Settings
from inbox.transport.courier import Clients
from inbox.transport.reach import Reach

SECONDS = 60.0
"""Whoever asked for a mail waits for it, or has a lease that ends: not for as long as a customer's mail may take."""


class Attached(msgspec.Struct, frozen=True):
    """A file that goes with a mail."""

    name: str
    mime: str
    body: bytes


class OwnMail:
    """Sends by INBOX_MAIL_URL. Made only when that is set."""

    def __init__(self, settings: Settings, clients: Clients) -> None:
        self._server = server_of(settings.mail_url)
        self._from = settings.mail_from or self._server.username
        # Without the name: letters of any language in it are no reason to ask for SMTPUTF8, which not every server has.
        self._address = self._from.rpartition("<")[2].rstrip("> ")
        self._clients = clients

    async def send(
        self, to: str, subject: str, text: str, headers: Mapping[str, str] | None = None, *, html: str = "",
        files: Sequence[Attached] = (), key: str = "",
    ) -> None:  # fmt: skip
        """Hand one mail to the server. `html`: the same with layout. `key`: two mails of one key have one Message-ID,
        so that a mailbox that got both shows one. Raises Unavailable when the server does not take it; its code is
        `address_refused` where it will not take this address later either.
        """
        mail = EmailMessage()
        # Names that people give stand in subjects; a line end in one would be a header of its own, and is refused.
        mail["From"], mail["To"], mail["Subject"] = self._from, to, " ".join(subject.split())
        domain = self._address.rpartition("@")[2] or None
        mail["Date"] = formatdate()
        mail["Message-ID"] = f"<{key}@{domain or 'localhost'}>" if key else make_msgid(domain=domain)
        mail["Auto-Submitted"] = "auto-generated"
        for name, value in (headers or {}).items():
            mail[name] = value
        mail.set_content(text)
        if html:
            mail.add_alternative(html, subtype="html")
        for file in files:
            kind, _, subtype = file.mime.partition(";")[0].partition("/")
            mail.add_attachment(file.body, maintype=kind, subtype=subtype, filename=file.name)
        courier = self._clients.courier(Reach(f"smtp://{self._server.host}"))
        request = SubmitMail(
            server=self._server, envelope_from=self._address, recipients=(to,), message=mail.as_bytes()
        )
        try:
            async with asyncio.timeout(SECONDS):
                await courier.carry(request)
        except (MailRefused, TransportFailed, TimeoutError) as problem:
            said = str(problem) or "no answer in time"
            raise Unavailable(
                f"the mail server of INBOX_MAIL_URL did not take a mail to {to}: {said}",
                code="address_refused" if _for_good(problem) else "mail_refused",
            ) from problem
        finally:
            await courier.aclose()


def _for_good(problem: Exception) -> bool:
    """A 5xx to the recipient: the address does not exist, or will not have this
    (https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1, read 2026-11-22).
    """
    return isinstance(problem, MailRefused) and problem.stage == "recipients" and 500 <= problem.code < 600


def server_of(url: str) -> MailServer:
    """`smtps://user:password@host:465`, `smtp://…:587` (STARTTLS), `smtp+plain://…` for a server on this machine."""
    parts = urlsplit(url)
    known = {"smtps": ("tls", 465), "smtp": ("starttls", 587), "smtp+plain": ("none", 25)}
    if parts.scheme not in known or not parts.hostname:
        raise ValueError(f"INBOX_MAIL_URL begins {parts.scheme!r}: use smtps://, smtp:// or smtp+plain://")
    security, port = known[parts.scheme]
    return MailServer(
        host=parts.hostname,
        port=parts.port or port,
        security=security,  # type: ignore[arg-type]
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )
