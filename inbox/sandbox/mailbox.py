"""The mailbox of the simulated mail provider: folders of mails by UID, and whoever waits for news of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

UID_VALIDITY = 20_261_122
SPECIAL_USE = {"Sent": "\\Sent", "Junk": "\\Junk"}


@dataclass(slots=True)
class StoredMail:
    """A mail in a folder. `at`: when it arrived, µs."""

    uid: int
    message: bytes
    at: int
    flags: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Folder:
    """Mails in the order of their UIDs, which count up from 1."""

    name: str
    mails: list[StoredMail] = field(default_factory=list)
    watchers: set[Callable[[], None]] = field(default_factory=set)
    """Called when a mail comes in."""

    @property
    def next_uid(self) -> int:
        """The UID that the next mail gets."""
        return self.mails[-1].uid + 1 if self.mails else 1


class Mailbox:
    """One account: INBOX, Sent and Junk, and what else the service makes."""

    def __init__(self) -> None:
        self.folders = {name: Folder(name) for name in ("INBOX", *SPECIAL_USE)}

    def folder(self, name: str) -> Folder | None:
        """A folder by name; INBOX in any case (RFC 3501 5.1)."""
        return self.folders.get("INBOX" if name.upper() == "INBOX" else name)

    def deliver(self, folder_name: str, message: bytes, at: int, flags: tuple[str, ...] = ()) -> StoredMail:
        """Put a mail into a folder, which is made if need be, and tell who waits."""
        folder = self.folders.setdefault(folder_name, Folder(folder_name))
        mail = StoredMail(folder.next_uid, message, at, set(flags))
        folder.mails.append(mail)
        for tell in list(folder.watchers):
            tell()
        return mail
