"""A small IMAP server over the simulated mailbox: as much of RFC 3501 as reading, filing and waiting (RFC 2177) need.

One account, no TLS, for loopback only. Commands it does not know are answered BAD, as the RFC says.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime

from connectors.toolkit import faults
from inbox.sandbox.lines import Listener
from inbox.sandbox.mailbox import SPECIAL_USE, UID_VALIDITY, Folder, Mailbox, StoredMail
from inbox.sandbox.networks import MAIL, Networks

_CAPABILITIES = "IMAP4rev1 IDLE UIDPLUS SPECIAL-USE"
_LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r?\n$")
_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"|\(([^()]*)\)|([^\s()"]+)')
_MAX_LITERAL = 40_000_000
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class _Refused(Exception):
    """The command is answered NO."""


class ImapServer(Listener):
    """Serves `networks.mailbox`; any user name, one password."""

    def __init__(self, networks: Networks, password: str) -> None:
        super().__init__(self._talk_to)
        self.networks = networks
        self.password = password

    async def _talk_to(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _Session(self, reader, writer).run()


class _Session:
    """One connection."""

    def __init__(self, server: ImapServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server = server
        self.mailbox: Mailbox = server.networks.mailbox
        self.reader = reader
        self.writer = writer
        self.folder: Folder | None = None
        self.told = 0
        """How many mails of the folder the client knows of."""
        self.signed_in = False

    async def run(self) -> None:
        self._say(f"* OK [CAPABILITY {_CAPABILITIES}] sandbox mailbox")
        while True:
            await self.writer.drain()
            line, literals = await self._command()
            if not line:
                return
            tag, _, rest = line.partition(b" ")
            name, _, arguments = rest.strip().partition(b" ")
            if not await self._answer(tag.decode(), name.decode().upper(), arguments, literals):
                return

    async def _command(self) -> tuple[bytes, list[bytes]]:
        """A command line with its literals taken out: each stands in it as `\\0`."""
        line = b""
        literals: list[bytes] = []
        while True:
            part = await self.reader.readline()
            literal = _LITERAL.search(part)
            if literal is None:
                return line + part, literals
            size = int(literal[1])
            if size > _MAX_LITERAL:
                raise ConnectionError("a literal beyond all measure")
            if not literal[2]:
                self._say("+ go on")
                await self.writer.drain()
            literals.append(await self.reader.readexactly(size))
            line += part[: literal.start()] + b"\0"

    async def _answer(self, tag: str, name: str, arguments: bytes, literals: list[bytes]) -> bool:
        """Carry out one command; False when it was the last."""
        if name == "UID":
            name, _, arguments = arguments.partition(b" ")[0].decode().upper(), b"", arguments.partition(b" ")[2]
            name = f"UID {name}"
        do = _COMMANDS.get(name)
        if do is None:
            self._say(f"{tag} BAD {name} is not known here")
            return True
        words = list(_words(arguments, iter(literals)))
        if not self.signed_in and name not in ("CAPABILITY", "LOGIN", "LOGOUT", "NOOP"):
            self._say(f"{tag} NO sign in first")
            return True
        try:
            said = await do(self, words)
        except _Refused as no:
            self._say(f"{tag} NO {no}")
            return True
        except (ValueError, IndexError):
            self._say(f"{tag} BAD that is not understood")
            return True
        self._say(f"{tag} OK {said}")
        return name != "LOGOUT"

    # -- commands, each answering with what stands after OK

    async def capability(self, words: list[bytes]) -> str:
        self._say(f"* CAPABILITY {_CAPABILITIES}")
        return "done"

    async def login(self, words: list[bytes]) -> str:
        on = self.server.networks.faults[MAIL]
        if faults.OUTAGE in on or faults.THROTTLED in on:
            raise _Refused("[UNAVAILABLE] come again later")
        if faults.EXPIRED_TOKEN in on or words[1:] != [self.server.password.encode()]:
            raise _Refused("[AUTHENTICATIONFAILED] wrong user name or password")
        self.signed_in = True
        return f"[CAPABILITY {_CAPABILITIES}] signed in"

    async def logout(self, words: list[bytes]) -> str:
        self._say("* BYE see you")
        return "done"

    async def noop(self, words: list[bytes]) -> str:
        self._news()
        return "done"

    async def folders(self, words: list[bytes]) -> str:
        for name in self.mailbox.folders:
            self._say(f'* LIST (\\HasNoChildren{" " + SPECIAL_USE[name] if name in SPECIAL_USE else ""}) "/" "{name}"')
        return "done"

    async def select(self, words: list[bytes]) -> str:
        folder = self.mailbox.folder(words[0].decode())
        if folder is None:
            raise _Refused(f"there is no folder {words[0].decode()}")
        self.folder, self.told = folder, len(folder.mails)
        for line in (
            "FLAGS (\\Seen \\Answered \\Deleted)",
            f"{self.told} EXISTS",
            "0 RECENT",
            f"OK [UIDVALIDITY {UID_VALIDITY}] as ever",
            f"OK [UIDNEXT {folder.next_uid}] next",
        ):
            self._say(f"* {line}")
        return "[READ-WRITE] selected"

    async def create(self, words: list[bytes]) -> str:
        name = words[0].decode()
        self.mailbox.folders.setdefault(name, Folder(name))
        return "done"

    async def subscribe(self, words: list[bytes]) -> str:
        return "done"

    async def append(self, words: list[bytes]) -> str:
        name, flags = words[0].decode(), words[1].decode().strip("()").split() if len(words) > 2 else []
        if self.mailbox.folder(name) is None:
            raise _Refused(f"[TRYCREATE] there is no folder {name}")
        uid = self.server.networks.file(name, words[-1], flags)
        return f"[APPENDUID {UID_VALIDITY} {uid}] kept"

    async def idle(self, words: list[bytes]) -> str:
        folder = self._selected()
        self._say("+ idling")
        self._news()
        folder.watchers.add(self._news)
        try:
            await self.writer.drain()
            while (await self.reader.readline()).strip().upper() not in (b"DONE", b""):
                pass
        finally:
            folder.watchers.discard(self._news)
        return "done"

    async def search(self, words: list[bytes]) -> str:
        found = self._selected().mails
        criteria = iter(words)
        for word in criteria:
            match word.upper():
                case b"UID":
                    uids = next(criteria)
                    found = [mail for mail in found if _within(mail.uid, uids, self._selected())]
                case b"SINCE":
                    since = _date(next(criteria).decode())
                    found = [mail for mail in found if mail.at >= since]
                case b"HEADER":
                    line = re.escape(next(criteria)) + b": .*" + re.escape(next(criteria))
                    found = [mail for mail in found if re.search(rb"(?im)^" + line, mail.message)]
                case b"CHARSET":
                    next(criteria)
                case b"ALL":
                    pass
                case other:
                    raise _Refused(f"{other.decode()} cannot be searched for here")
        self._say(" ".join(["* SEARCH", *(str(mail.uid) for mail in found)]))
        return "done"

    async def fetch(self, words: list[bytes]) -> str:
        folder = self._selected()
        for number, mail in enumerate(folder.mails, 1):
            if _within(mail.uid, words[0], folder):
                self.writer.write(f"* {number} FETCH (UID {mail.uid}".encode())
                for item in words[1].strip(b"()").split():
                    self.writer.write(b" " + _item(mail, item))
                self.writer.write(b")\r\n")
                await self.writer.drain()
        return "done"

    async def store(self, words: list[bytes]) -> str:
        folder = self._selected()
        for mail in folder.mails:
            if _within(mail.uid, words[0], folder):
                mail.flags |= set(words[-1].decode().strip("()").split())
        return "done"

    # -- small matters

    def _say(self, line: str) -> None:
        self.writer.write(line.encode() + b"\r\n")

    def _news(self) -> None:
        """Tell of mails that came since the client was told last."""
        if self.folder is not None and len(self.folder.mails) != self.told:
            self.told = len(self.folder.mails)
            self._say(f"* {self.told} EXISTS")

    def _selected(self) -> Folder:
        if self.folder is None:
            raise _Refused("select a folder first")
        return self.folder


_Command = Callable[[_Session, list[bytes]], Awaitable[str]]
_COMMANDS: dict[str, _Command] = {
    "CAPABILITY": _Session.capability,
    "LOGIN": _Session.login,
    "LOGOUT": _Session.logout,
    "NOOP": _Session.noop,
    "LIST": _Session.folders,
    "SELECT": _Session.select,
    "EXAMINE": _Session.select,
    "CREATE": _Session.create,
    "SUBSCRIBE": _Session.subscribe,
    "APPEND": _Session.append,
    "IDLE": _Session.idle,
    "UID SEARCH": _Session.search,
    "UID FETCH": _Session.fetch,
    "UID STORE": _Session.store,
}


def _words(arguments: bytes, literals: Iterator[bytes]) -> Iterator[bytes]:
    """The arguments of a command: atoms, quoted strings, literals, and lists with their brackets."""
    for quoted, listed, atom in _TOKEN.findall(arguments):
        if atom == b"\0":
            yield next(literals)
        elif atom:
            yield atom
        elif listed:
            yield b"(" + listed + b")"
        else:
            yield re.sub(rb"\\(.)", rb"\1", quoted)


def _within(uid: int, uids: bytes, folder: Folder) -> bool:
    """Whether a UID is in a set such as `1,4:7,12:*`; `*` is the highest there is."""
    highest = folder.next_uid - 1
    for part in uids.split(b","):
        first, _, last = part.partition(b":")
        ends = [highest if end == b"*" else int(end) for end in (first, last or first)]
        if min(ends) <= uid <= max(ends):
            return True
    return False


def _item(mail: StoredMail, wanted: bytes) -> bytes:
    """One thing that FETCH asks of a mail."""
    name = wanted.upper()
    if name == b"RFC822.SIZE":
        return b"RFC822.SIZE %d" % len(mail.message)
    if name == b"FLAGS":
        return b"FLAGS (" + " ".join(sorted(mail.flags)).encode() + b")"
    if name == b"INTERNALDATE":
        at = datetime.fromtimestamp(mail.at // 1_000_000, UTC)
        return f'INTERNALDATE "{at.day:2d}-{_MONTHS[at.month - 1]}-{at:%Y %H:%M:%S} +0000"'.encode()
    if name.startswith(b"BODY.PEEK[]"):
        start, _, size = name.partition(b"<")[2].strip(b">").partition(b".")
        part = mail.message[int(start or 0) :][: int(size)] if size else mail.message
        mark = b"<%s>" % start if size else b""
        return b"BODY[]%s {%d}\r\n%s" % (mark, len(part), part)
    return b"UID %d" % mail.uid


def _date(text: str) -> int:
    """The first instant of a day such as `21-Nov-2026`, µs."""
    day, month, year = text.split("-")
    return int(datetime(int(year), _MONTHS.index(month.title()) + 1, int(day), tzinfo=UTC).timestamp()) * 1_000_000
