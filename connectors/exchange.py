"""Talking to a network without doing I/O: requests a connector yields, responses it is sent, and stream machines.

An `Exchange[T]` is a generator: it yields a request, is sent the response, and returns its result. Nothing sleeps in
it. What transport could not carry out is thrown in as `TransportFailed`; a connector that does not catch it lets the
driver decide (no effect begun → `unreachable`, effect begun → `unknown`).
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Literal, Protocol, TypeAlias, TypeVar

import msgspec

from connectors.inbound import AnyInbound
from connectors.outbound import Blob

T = TypeVar("T")


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """An HTTP request that reached us. Header names are lower case; `body` is raw; `query` is the undecoded query
    string.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str]
    body: bytes


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """An HTTP answer of ours (handshakes) or of a simulator."""

    status: int
    headers: Mapping[str, str] = {}
    body: bytes = b""


class FormPart(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a multipart body: text, or a `Blob` that transport streams from the media store."""

    name: str
    value: str = ""
    blob: Blob | None = None


class HttpRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Ask transport for one HTTP round trip.

    `url` is absolute. `effect` marks the request a customer can see: the attempt is committed before it leaves.
    `save_to="blob"` streams the answer into the media store (at most `max_bytes`) and gives a Blob instead of a body.
    `outside` marks an address that came from outside (media, paging): it must be global and, for media, on one of the
    manifest's hosts or the channel's own base URL.
    """

    method: str
    url: str
    headers: Mapping[str, str] = {}
    body: bytes = b""
    form: tuple[FormPart, ...] = ()
    effect: bool = False
    save_to: Literal["body", "blob"] = "body"
    max_bytes: int = 1_048_576
    timeout_seconds: float = 20.0
    outside: bool = False


class HttpResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The network's answer. Header names are lower case. `blob` is set when the request asked to save it."""

    status: int
    headers: Mapping[str, str] = {}
    body: bytes = b""
    blob: Blob | None = None


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach and sign in to a mail server. Either `password` or `token` (XOAUTH2) is set, or neither for an
    open relay.
    """

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    username: str = ""
    password: str = ""
    token: str = ""


class SubmitMail(msgspec.Struct, frozen=True, kw_only=True):
    """Hand one mail to a submission server. Always an effect."""

    server: MailServer
    envelope_from: str
    recipients: tuple[str, ...]
    message: bytes
    """The whole mail with its headers; attachments stand in it as placeholders named in `blobs`."""
    blobs: Mapping[str, Blob] = {}
    """Placeholder text → Blob: transport puts the base64 of the bytes in the placeholder's place (each stands alone
    on its line).
    """
    timeout_seconds: float = 60.0


class MailSubmitted(msgspec.Struct, frozen=True, kw_only=True):
    """The server took the mail for at least one recipient. `refused` maps the others to `code text`."""

    refused: Mapping[str, str] = {}
    answer: str = ""


class FetchMail(msgspec.Struct, frozen=True, kw_only=True):
    """Read what is new in one IMAP folder, without changing flags.

    Mails with a UID above `after_uid` - `overlap` are fetched when `uid_validity` still holds, else from the start.
    `since_at` (µs) bounds a first fetch by INTERNALDATE. At most `limit` mails, oldest first.
    """

    server: MailServer
    folder: str
    uid_validity: int = 0
    after_uid: int = 0
    overlap: int = 50
    known_uids: tuple[int, ...] = ()
    """UIDs of the overlap that are stored already: not downloaded again."""
    since_at: int | None = None
    limit: int = 50
    max_bytes: int = 40_000_000
    special_use: str = ""
    """`\\Sent`, `\\Junk`: look the folder up by its special use (RFC 6154) instead of by name."""
    by_uid_alone: bool = False
    """Read on after `after_uid`, or the last UID where that is lower now, whatever `uid_validity` says."""


class FetchedMail(msgspec.Struct, frozen=True, kw_only=True):
    """One mail as it lies on the server. `message` is empty where the server refuses this one and gives a later one."""

    uid: int
    internal_at: int
    flags: tuple[str, ...]
    message: bytes


class MailFetched(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the folder and the mails asked for. `more` says that the limit cut the list."""

    uid_validity: int
    mails: tuple[FetchedMail, ...]
    highest_uid: int
    more: bool = False
    folder: str = ""


class StoreMail(msgspec.Struct, frozen=True, kw_only=True):
    """Append a mail to a folder (our Sent copy) or set a flag on one (`\\Answered`).

    With `unless_id`, a folder that has a mail with this Message-ID from `since_at` (µs) on is left as it is.
    """

    server: MailServer
    folder: str
    special_use: str = ""
    message: bytes = b""
    blobs: Mapping[str, Blob] = {}
    uid: int = 0
    flag: str = ""
    unless_id: str = ""
    since_at: int = 0


class MailStored(msgspec.Struct, frozen=True, kw_only=True):
    """The folder now has it."""

    uid: int = 0


class WaitForMail(msgspec.Struct, frozen=True, kw_only=True):
    """IMAP IDLE on a folder, between polls: transport waits in it until the server reports a change or
    `timeout_seconds` are over.
    """

    server: MailServer
    folder: str
    timeout_seconds: float = 540.0


class TransportFailed(Exception):
    """The request could not be carried out. `sent` tells whether any byte of it may have reached the network; `missing`
    that a file which goes with it is not there (any more), so that it will never be carried out.
    """

    def __init__(
        self,
        kind: Literal["connect", "timeout", "reset", "refused", "missing", "too_large", "tls"],
        detail: str,
        *,
        sent: bool,
    ) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
        self.sent = sent


class MailRefused(Exception):
    """A mail server said no. `code` is the SMTP reply code, 0 for IMAP; `text` is its answer; `stage` says at which
    command.
    """

    def __init__(
        self, code: int, text: str, *, stage: Literal["login", "sender", "recipients", "data", "imap"]
    ) -> None:
        super().__init__(f"{code} {text}")
        self.code = code
        self.text = text
        self.stage = stage


AnyRequest: TypeAlias = HttpRequest | SubmitMail | FetchMail | StoreMail
AnyResponse: TypeAlias = HttpResponse | MailSubmitted | MailFetched | MailStored
Exchange: TypeAlias = Generator[AnyRequest, AnyResponse, T]


def is_effect(request: AnyRequest) -> bool:
    """Whether a customer can see what this request does."""
    return isinstance(request, SubmitMail) or (isinstance(request, HttpRequest) and request.effect)


def http(request: HttpRequest) -> Generator[HttpRequest, HttpResponse, HttpResponse]:
    """Yield one HTTP request inside an exchange: `answer = yield from http(HttpRequest(…))`."""
    return (yield request)


class Polled(msgspec.Struct, frozen=True, kw_only=True):
    """What a poll brought: the cursor is committed together with the inbounds. `raw` has the bytes that each of the
    inbounds was read from, in their order; with another number of entries it is passed over.
    """

    inbounds: tuple[AnyInbound, ...]
    cursor: str
    more: bool = False
    """Poll again at once."""
    next_after_seconds: float = 30.0
    wait: WaitForMail | None = None
    """Wait in here instead of sleeping."""
    raw: tuple[bytes, ...] = ()
    problems: tuple[tuple[str, bytes], ...] = ()
    """(what is wrong, raw bytes) of elements that could not be understood: quarantined one by one."""


class Connect(msgspec.Struct, frozen=True, kw_only=True):
    """Open a websocket (stream machine)."""

    url: str
    headers: Mapping[str, str] = {}
    subprotocols: tuple[str, ...] = ()


class Write(msgspec.Struct, frozen=True, kw_only=True):
    """Send one text frame (stream machine)."""

    data: str


class Deliver(msgspec.Struct, frozen=True, kw_only=True):
    """Hand inbounds over: `resume` commits with them, then `on_committed(token)` is called (stream machine)."""

    inbounds: tuple[AnyInbound, ...]
    resume: str
    token: str
    raw: bytes = b""


class WakeAt(msgspec.Struct, frozen=True, kw_only=True):
    """Call `on_timer` at this instant, µs (stream machine). A later WakeAt replaces an earlier one."""

    at: int


class Reconnect(msgspec.Struct, frozen=True, kw_only=True):
    """Close the connection and `open` again after so many seconds (stream machine)."""

    after_seconds: float


StreamStep: TypeAlias = Connect | Write | Deliver | WakeAt | Reconnect


class Stream(Protocol):
    """A websocket conversation with a network, as a machine that is told what happens and says what to do."""

    def open(self, resume: str) -> list[StreamStep]:
        """Start, or start again, from the last committed resume state (empty at first)."""
        ...

    def on_frame(self, data: str | bytes, now: int) -> list[StreamStep]:
        """A frame arrived."""
        ...

    def on_timer(self, now: int) -> list[StreamStep]:
        """The instant of the last `WakeAt` has come."""
        ...

    def on_committed(self, token: str) -> list[StreamStep]:
        """A `Deliver` is durable: acknowledge it to the network."""
        ...
