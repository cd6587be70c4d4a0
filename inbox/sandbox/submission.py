"""The submission server of the simulated mail provider: as much of RFC 5321 and 4954 as handing in a mail needs.

No TLS, for loopback only, any user name and one password; all faults are acted out.
"""

from __future__ import annotations

import asyncio
import base64
import binascii

from connectors.toolkit import faults
from inbox.sandbox.lines import Listener
from inbox.sandbox.networks import MAIL, Networks

SLOW_SECONDS = 4.0
NEVER_SECONDS = 600.0
MAX_MAIL_BYTES = 33_554_432
_EHLO = ("mail.sandbox.invalid", "AUTH PLAIN LOGIN", "8BITMIME", "SMTPUTF8", f"SIZE {MAX_MAIL_BYTES}")


class SubmissionServer(Listener):
    """Takes mails of the service and hands them to the simulated customers."""

    def __init__(self, networks: Networks, password: str) -> None:
        super().__init__(self._talk_to)
        self.networks = networks
        self.password = password

    async def _talk_to(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _Session(self, reader, writer).run()


class _Session:
    """One connection."""

    def __init__(self, server: SubmissionServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server = server
        self.reader = reader
        self.writer = writer
        self.signed_in = False
        self.recipients = 0

    async def run(self) -> None:
        self._say("220 mail.sandbox.invalid")
        while True:
            await self.writer.drain()
            line = await self.reader.readline()
            word, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            if not line or word.upper() == "QUIT":
                self._say("221 2.0.0 see you")
                return
            self._say(await self._answer(word.upper(), rest))

    async def _answer(self, word: str, rest: str) -> str:
        """The reply to one command."""
        match word:
            case "EHLO" | "HELO":
                *first, last = _EHLO
                return "".join(f"250-{one}\r\n" for one in first) + f"250 {last}"
            case "AUTH":
                return await self._sign_in(*rest.split())
            case "MAIL" if not self.signed_in:
                return "530 5.7.0 sign in first"
            case "MAIL":
                self.recipients = 0
                return self._hindrance() or "250 2.1.0 go on"
            case "RCPT" if self.signed_in:
                self.recipients += 1
                return "250 2.1.5 go on"
            case "DATA" if self.recipients:
                self._say("354 go on, and end with a dot")
                return await self._take(await self._mail())
            case "RSET" | "NOOP":
                return "250 2.0.0 done"
            case _:
                return "503 5.5.1 not now, or never"

    def _hindrance(self) -> str:
        on = self.server.networks.faults[MAIL]
        if faults.OUTAGE in on:
            return "421 4.3.2 the server is down"
        return "451 4.7.1 too many mails: come again in a moment" if faults.THROTTLED in on else ""

    async def _sign_in(self, mechanism: str = "", initial: str = "") -> str:
        """PLAIN with or without its answer on the same line, or LOGIN."""
        try:
            if mechanism.upper() == "PLAIN":
                password = (await self._asked("", initial)).rpartition(b"\0")[2]
            else:
                await self._asked("Username:", initial)
                password = await self._asked("Password:", "")
        except binascii.Error:
            return "501 5.5.2 that is no base64"
        expired = faults.EXPIRED_TOKEN in self.server.networks.faults[MAIL]
        self.signed_in = password == self.server.password.encode() and not expired
        return "235 2.7.0 signed in" if self.signed_in else "535 5.7.8 wrong user name or password"

    async def _asked(self, prompt: str, given: str) -> bytes:
        if not given:
            self._say(f"334 {base64.b64encode(prompt.encode()).decode()}")
            await self.writer.drain()
            given = (await self.reader.readline()).decode("ascii", "replace").strip()
        return base64.b64decode(given)

    async def _mail(self) -> bytes:
        """What comes up to the lonely dot, with the dots undone that were put before dots (RFC 5321 4.5.2)."""
        await self.writer.drain()
        lines = bytearray()
        while (line := await self.reader.readline()) not in (b".\r\n", b""):
            lines += line.removeprefix(b".")
            if len(lines) > MAX_MAIL_BYTES:
                raise ConnectionError("a mail beyond all measure")
        return bytes(lines)

    async def _take(self, message: bytes) -> str:
        """Hand the mail over; a fault may keep back the answer to that."""
        self.server.networks.submit(message)
        on = self.server.networks.faults[MAIL]
        if faults.TIMEOUT in on or faults.HALF_BODY in on:
            await asyncio.sleep(NEVER_SECONDS)
        if faults.SLOW in on:
            await asyncio.sleep(SLOW_SECONDS)
        return "250 2.0.0 taken"

    def _say(self, line: str) -> None:
        self.writer.write(line.encode() + b"\r\n")
