"""The service's own mail: invitations, password resets, digests. Customers' mail goes through the mail connector, never
through here.
"""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from connectors.exchange import MailRefused, MailServer, SubmitMail, TransportFailed
from inbox.errors import Unavailable
from inbox.settings import Settings
from inbox.transport.courier import Clients
from inbox.transport.reach import Reach


class OwnMail:
    """Sends by INBOX_MAIL_URL. Made only when that is set."""

    def __init__(self, settings: Settings, clients: Clients) -> None:
        self._server = server_of(settings.mail_url)
        self._from = settings.mail_from or self._server.username
        self._clients = clients

    async def send(self, to: str, subject: str, text: str) -> None:
        """Hand one mail to the server. Raises Unavailable when it does not take it."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._from, to, subject
        mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain=self._from.rpartition("@")[2] or None)
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(text)
        courier = self._clients.courier(Reach(f"smtp://{self._server.host}"))
        try:
            await courier.carry(
                SubmitMail(server=self._server, envelope_from=self._from, recipients=(to,), message=mail.as_bytes())
            )
        except (MailRefused, TransportFailed) as problem:
            raise Unavailable(
                f"the mail server of INBOX_MAIL_URL did not take a mail to {to}: {problem}", code="mail_refused"
            ) from problem
        finally:
            await courier.aclose()


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
