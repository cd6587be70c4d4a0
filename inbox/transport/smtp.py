"""Handing mail to a submission server: signed in, one mail per connection, its attachments streamed.

A mail is taken when the server answers the end of its data (RFC 5321 4.1.1.4). So a failure before that line left has
sent nothing, and one after it, without an answer, may have sent everything: `TransportFailed.sent` says which.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from typing import Literal, TypeAlias, cast

import aiosmtplib

from connectors.exchange import MailRefused, MailServer, MailSubmitted, SubmitMail, TransportFailed
from inbox.transport.guard import AddressRefused, Guard, Trust
from inbox.transport.mail_body import MailBody
from inbox.transport.media import MediaMissing, MediaStore

CONNECT_SECONDS = 15.0
_LEAST_BYTES_PER_SECOND = 20_000
"""A server that reads a mail more slowly is given up."""
_ANSWER_FACTOR = 10
"""Many look for viruses before they answer the end of a mail: with the usual minute, the ten of RFC 5321 4.5.3.2.6."""
_GREETING = "localhost"
"""What we call ourselves in EHLO: a submission server knows us by our password, and our host's name is private."""
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_Stage: TypeAlias = Literal["login", "sender", "recipients", "data"]


class SmtpClient:
    """Submits mail for one channel."""

    def __init__(self, guard: Guard, media: MediaStore, trust: Trust, *, tls: ssl.SSLContext) -> None:
        self._guard = guard
        self._media = media
        self._trust = trust
        self._tls = tls

    async def submit(self, request: SubmitMail) -> MailSubmitted:
        """Hand over one mail. `request.timeout_seconds` is for all up to its data; they have more by their size, and
        the answer to them ten times as much: what is given up then may have been taken.

        Raises MailRefused when the server takes it for nobody, TransportFailed when it cannot be said or reached,
        ValueError when a placeholder of the message is not there.
        """
        submission = _Submission(request, MailBody(request.message, request.blobs, self._media))
        try:
            until = asyncio.get_running_loop().time() + request.timeout_seconds
            async with asyncio.timeout_at(until):
                client = await self._connected(request.server)
            try:
                return await submission.run(client, until)
            finally:
                submission.close()
                client.close()
        except AddressRefused as refused:
            raise submission.failed("refused", str(refused)) from refused
        except MediaMissing as gone:
            raise submission.failed("missing", str(gone)) from gone
        except (TimeoutError, aiosmtplib.SMTPTimeoutError) as slow:
            raise submission.failed("timeout", str(slow) or "the mail server did not answer in time") from slow
        except aiosmtplib.SMTPResponseException as no:
            if no.code < 0:
                raise submission.failed("reset", no.message) from no  # what came was no answer of SMTP
            raise MailRefused(no.code, no.message, stage=submission.stage) from no
        except ssl.SSLError as broken:
            raise submission.failed("tls", str(broken)) from broken
        except (aiosmtplib.SMTPConnectError, OSError, aiosmtplib.SMTPException) as lost:
            said = str(lost.__cause__ or "") or str(lost) or "the connection was lost"
            raise submission.failed(_kind(lost), said) from lost

    async def _connected(self, server: MailServer) -> aiosmtplib.SMTP:
        sock = await self._guard.connect(server.host, server.port, self._trust, timeout_seconds=CONNECT_SECONDS)
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=None,
            sock=sock,
            use_tls=server.security == "tls",
            start_tls=False,
            tls_context=self._tls,
            local_hostname=_GREETING,
            timeout=None,
        )
        try:
            await client.connect()
            if server.security == "starttls":
                await client.ehlo()
                if not client.supports_extension("starttls"):
                    raise TransportFailed("tls", f"{server.host} offers no STARTTLS: nothing was sent", sent=False)
                await client.starttls()
        except BaseException:
            client.close()
            sock.close()
            raise
        return client


class _Submission:
    """One mail on its way: what is known of it when something breaks."""

    def __init__(self, request: SubmitMail, body: MailBody) -> None:
        self._request = request
        self._body = body
        self._ended = False
        self._writer: asyncio.StreamWriter | None = None
        self.stage: _Stage = "login"

    def failed(
        self, kind: Literal["connect", "timeout", "reset", "refused", "missing", "tls"], detail: str
    ) -> TransportFailed:
        return TransportFailed(kind, detail, sent=self._ended)

    def close(self) -> None:
        """Let go of the connection."""
        if self._writer is not None:
            self._writer.close()

    async def run(self, client: aiosmtplib.SMTP, until: float) -> MailSubmitted:
        async with asyncio.timeout_at(until):
            await self._sign_in(client)
            encoding = await self._say_sender(client)
            refused = await self._say_recipients(client, encoding)
            await self._begin_data(client)
        async with asyncio.timeout(
            self._request.timeout_seconds + await self._body.size_bytes() / _LEAST_BYTES_PER_SECOND
        ):
            writer = await self._say_data(client)
        async with asyncio.timeout(self._request.timeout_seconds * _ANSWER_FACTOR):
            answer = await self._end_data(client, writer)
        with contextlib.suppress(TimeoutError, OSError, aiosmtplib.SMTPException):
            # The mail is theirs; how they say goodbye changes nothing.
            async with asyncio.timeout(2):
                await client.quit()
        return MailSubmitted(refused=refused, answer=answer)

    async def _sign_in(self, client: aiosmtplib.SMTP) -> None:
        self.stage = "login"
        server = self._request.server
        if server.token:
            await client.auth_xoauth2(server.username, server.token)
        elif server.password:
            try:
                await client.login(server.username, server.password)
            except aiosmtplib.SMTPResponseException:
                raise
            except aiosmtplib.SMTPException as missing:
                if not client.is_connected:
                    raise
                # The server offers no way to sign in that is known here: an admin has to look at it.
                raise MailRefused(504, str(missing), stage="login") from missing

    async def _say_sender(self, client: aiosmtplib.SMTP) -> str:
        """MAIL FROM; returns the encoding of addresses."""
        self.stage = "sender"
        if not client.last_ehlo_response:
            await client.ehlo()
        options = []
        encoding = "ascii"
        if not (self._request.envelope_from + "".join(self._request.recipients)).isascii():
            if not client.supports_extension("smtputf8"):
                raise MailRefused(550, "the server takes no addresses with other than ASCII letters", stage="sender")
            options.append("SMTPUTF8")
            encoding = "utf-8"
        if client.supports_extension("size"):
            options.append(f"SIZE={await self._body.size_bytes()}")
        if client.supports_extension("8bitmime") and not self._body.is_ascii:
            options.append("BODY=8BITMIME")
        await client.mail(self._request.envelope_from, options=options, encoding=encoding)
        return encoding

    async def _say_recipients(self, client: aiosmtplib.SMTP, encoding: str) -> dict[str, str]:
        self.stage = "recipients"
        refused: dict[str, aiosmtplib.SMTPRecipientRefused] = {}
        for recipient in self._request.recipients:
            try:
                await client.rcpt(recipient, encoding=encoding)
            except aiosmtplib.SMTPRecipientRefused as no:
                refused[recipient] = no
        if refused and len(refused) == len(set(self._request.recipients)):
            # One that may be taken later makes the whole worth trying again.
            first = min(refused.values(), key=lambda no: no.code)
            text = "; ".join(f"{recipient}: {no.code} {no.message}" for recipient, no in refused.items())
            raise MailRefused(first.code, text, stage="recipients")
        return {recipient: f"{no.code} {no.message}" for recipient, no in refused.items()}

    async def _begin_data(self, client: aiosmtplib.SMTP) -> None:
        self.stage = "data"
        start = await client.execute_command(b"DATA")
        if start.code != aiosmtplib.SMTPStatus.start_input:
            raise aiosmtplib.SMTPDataError(start.code, start.message)

    async def _say_data(self, client: aiosmtplib.SMTP) -> asyncio.StreamWriter:
        protocol = client.protocol
        # uvloop's transports are no WriteTransport by type, though in all they do.
        transport = cast("asyncio.WriteTransport | None", client.transport)
        if protocol is None or transport is None:
            raise aiosmtplib.SMTPServerDisconnected("the connection was lost")
        # aiosmtplib takes a mail only as a whole; its protocol is made for a StreamWriter, which waits for the peer.
        # It closes the connection when it is forgotten, so it is kept until the end.
        self._writer = writer = asyncio.StreamWriter(transport, protocol, None, asyncio.get_running_loop())
        async for piece in self._body:
            _require_connected(client)
            writer.write(_LEADING_DOT.sub(b"..", piece))
            await writer.drain()
        return writer

    async def _end_data(self, client: aiosmtplib.SMTP, writer: asyncio.StreamWriter) -> str:
        _require_connected(client)
        protocol = cast("aiosmtplib.protocol.SMTPProtocol", client.protocol)
        self._ended = True
        writer.write(b".\r\n")
        try:
            answer = await protocol.read_response()
        except aiosmtplib.SMTPResponseException as unreadable:
            # No answer of SMTP: it may have meant yes.
            raise aiosmtplib.SMTPServerDisconnected(unreadable.message) from unreadable
        if not 200 <= answer.code < 600:
            raise aiosmtplib.SMTPServerDisconnected(f"an answer that SMTP does not know: {answer.code}")
        if answer.code // 100 != 2:  # any of these is a yes (RFC 5321 4.2.1), whatever the rest says
            raise aiosmtplib.SMTPDataError(answer.code, answer.message)
        return f"{answer.code} {answer.message}"


def _require_connected(client: aiosmtplib.SMTP) -> None:
    """Raise when the peer has hung up: asyncio drops what is written then, uvloop raises RuntimeError."""
    if not client.is_connected:
        raise aiosmtplib.SMTPServerDisconnected("the connection was lost")


def _kind(error: BaseException) -> Literal["connect", "reset", "tls"]:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "tls"
        cause = cause.__cause__
    lost = (aiosmtplib.SMTPServerDisconnected, ConnectionResetError, ConnectionAbortedError, BrokenPipeError)
    return "reset" if isinstance(error, lost) else "connect"
