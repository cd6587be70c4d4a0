"""Typed views of what the service keeps for a mailbox: its settings, its place in each folder, a token answer."""

from __future__ import annotations

from typing import Literal, TypeVar

import msgspec

from connectors.contract import Context
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import MailServer

Security = Literal["tls", "starttls", "none"]
Auth = Literal["password", "google", "microsoft"]
S = TypeVar("S", bound=str)

_SECURITIES: tuple[Security, ...] = ("tls", "starttls", "none")
_AUTHS: tuple[Auth, ...] = ("password", "google", "microsoft")
# Google: https://support.google.com/mail/answer/7126229; Microsoft:
# https://support.microsoft.com/office/pop-imap-and-smtp-settings-8361e398-8af4-4e97-b147-6c6c4ac95353 (2026-11-21).
_HOSTS: dict[Auth, tuple[str, str, int, Security]] = {
    "password": ("", "", 465, "tls"),
    "google": ("imap.gmail.com", "smtp.gmail.com", 465, "tls"),
    "microsoft": ("outlook.office365.com", "smtp.office365.com", 587, "starttls"),
}
_SAVES_SENT_MAIL = (".gmail.com", ".googlemail.com", ".office365.com", ".outlook.com", ".office.com")
"""Submission servers that put a copy into Sent themselves; a second one from us would double it."""


class Mailbox(msgspec.Struct, frozen=True, kw_only=True):
    """A channel's settings, read once per use. `imap` and `smtp` hold live credentials: never log one."""

    address: str
    name: str
    aliases: tuple[str, ...]
    """Other addresses of the same mailbox, lower case."""
    imap: MailServer
    smtp: MailServer
    auth: Auth
    stores_sent: Literal["append", "provider", "none"]
    reads_sent: bool
    reads_junk: bool
    plus_address: bool
    authserv_id: str
    signature: str
    history_seconds: int
    token_secrets: tuple[bytes, ...]

    @property
    def domain(self) -> str:
        """What follows the `@` of our address."""
        return self.address.rpartition("@")[2]

    def is_ours(self, address: str) -> bool:
        """Whether mail to that address (with or without a +tag) lands in this mailbox."""
        local, _, domain = address.lower().rpartition("@")
        return f"{local.partition('+')[0]}@{domain}" in self._own() or address.lower() in self._own()

    def _own(self) -> tuple[str, ...]:
        return (self.address, *self.aliases)


def mailbox(ctx: Context) -> Mailbox:
    """The settings of the channel. Raises SendError(REJECTED) naming the field that is missing or wrong."""
    get = ctx.settings.get
    address = get("address", "").strip().lower()
    if address.count("@") != 1 or address.startswith("@") or address.endswith("@"):
        raise SendError(SendErrorKind.REJECTED, f"address {address!r} is no mail address: enter the mailbox's own")
    auth = _choice(ctx, "auth", _AUTHS, "password")
    imap_host, smtp_host, smtp_port, smtp_security = _HOSTS[auth]
    username = get("username", "") or address
    token = ctx.credentials.get("access_token", "") if auth != "password" else ""
    password = ctx.credentials.get("password", "") if auth == "password" else ""
    imap = MailServer(
        host=_host(ctx, "imap_host", imap_host),
        port=_number(ctx, "imap_port", 993),
        security=_choice(ctx, "imap_security", _SECURITIES, "tls"),
        username=username,
        password=password,
        token=token,
    )
    smtp = MailServer(
        host=_host(ctx, "smtp_host", smtp_host),
        port=_number(ctx, "smtp_port", smtp_port),
        security=_choice(ctx, "smtp_security", _SECURITIES, smtp_security),
        username=get("smtp_username", "") or username,
        password=(ctx.credentials.get("smtp_password", "") or password) if not token else "",
        token=token,
    )
    return _mailbox(ctx, address, auth, imap, smtp)


def _mailbox(ctx: Context, address: str, auth: Auth, imap: MailServer, smtp: MailServer) -> Mailbox:
    """The rest of the settings beside the two servers."""
    get = ctx.settings.get
    return Mailbox(
        address=address,
        name=get("name", ""),
        aliases=tuple(a.strip().lower() for a in get("aliases", "").split(",") if a.strip()),
        imap=imap,
        smtp=smtp,
        auth=auth,
        stores_sent=_stores_sent(ctx, smtp.host),
        reads_sent=get("read_sent", "yes") != "no",
        reads_junk=get("read_junk", "no") == "yes",
        plus_address=get("plus_address", "no") == "yes",
        authserv_id=get("authserv_id", "").strip().lower(),
        signature=get("signature", ""),
        history_seconds=_number(ctx, "history_days", 7) * 86_400,
        token_secrets=tuple(s.encode() for s in ctx.credentials.get("token_secret", "").split()),
    )


def _choice(ctx: Context, name: str, allowed: tuple[S, ...], default: S) -> S:
    value = ctx.settings.get(name, "") or default
    for one in allowed:
        if one == value:
            return one
    raise SendError(SendErrorKind.REJECTED, f"{name} is {value!r}: it must be one of {', '.join(allowed)}")


def _host(ctx: Context, name: str, default: str) -> str:
    value = ctx.settings.get(name, "").strip() or default
    if not value:
        raise SendError(SendErrorKind.REJECTED, f"{name} is empty: enter the host name of the mail server")
    return value


def _number(ctx: Context, name: str, default: int) -> int:
    value = ctx.settings.get(name, "").strip() or str(default)
    if not value.isascii() or not value.isdigit() or int(value) > 65_535:
        raise SendError(SendErrorKind.REJECTED, f"{name} is {value!r}: it must be a number up to 65535")
    return int(value)


def _stores_sent(ctx: Context, smtp_host: str) -> Literal["append", "provider", "none"]:
    chosen = ctx.settings.get("sent_folder", "") or "auto"
    if chosen == "append" or (chosen == "auto" and not f".{smtp_host}".endswith(_SAVES_SENT_MAIL)):
        return "append"
    return "none" if chosen == "none" else "provider"


class Recent(msgspec.Struct, frozen=True, array_like=True):
    """A mail of the overlap that was handed over already."""

    uid: int
    message_id: str


class Folder(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a folder has been read."""

    uid_validity: int = 0
    last_uid: int = 0
    recent: tuple[Recent, ...] = ()
    changes: int = 0
    """How often in a row, up to the last poll, UIDVALIDITY was another than before."""


class Cursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a poll has to remember, committed with what it brought."""

    since_at: int = 0
    """µs: INTERNALDATE from which the channel is read; the same for a resync, so that this brings nothing older."""
    folders: dict[str, Folder] = {}
    dates: dict[str, int] = {}
    """Date header (µs) of the newest Message-IDs, to notice senders that use one id for different mails."""


def cursor(text: str) -> Cursor:
    """Read a stored cursor; an empty or foreign one starts anew, which doubles nothing."""
    try:
        return msgspec.json.decode(text, type=Cursor) if text else Cursor()
    except (msgspec.DecodeError, msgspec.ValidationError):
        return Cursor()
