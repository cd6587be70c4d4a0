"""The contract between a network's package and the service: manifest, context, connector.

A network's package exports `CONNECTOR`, a `Connector` whose fields are plain functions. What a network does not have
stays None, so that the required core is small and an ability is found by looking, not by trying.
docs/add-a-connector.md builds one in thirty minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

import msgspec

from connectors.exchange import Exchange, HttpResponse, Polled, Request, Response, Stream
from connectors.inbound import AnyInbound, Attachment, AttachmentKind, Audience, Author, ThreadKind
from connectors.outbound import ActionName, AnyOutbound, Blob, Part, Receipt


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement about the network with its source (a link) and the day it was read (ISO date)."""

    source: str
    read_on: str


@dataclass(frozen=True, slots=True)
class TextLimit:
    """How much text one item may hold, counted as the network counts."""

    limit: int
    unit: Literal["characters", "utf16", "bytes", "graphemes"]
    fact: Fact


@dataclass(frozen=True, slots=True)
class AttachmentRule:
    """What may be attached: MIME patterns (`image/*`) and the largest size. `max_count` per item; None where the
    network has no limit.
    """

    kind: AttachmentKind
    mimes: tuple[str, ...]
    max_bytes: int
    max_count: int | None
    fact: Fact


FieldForm = Literal["text", "url", "email", "number", "secret", "signing_secret"]
"""`url`: an http or https address; `number`: a whole one from `least` to `most`; `secret`: long enough to be one;
`signing_secret`: the same, or `whsec_…`, or what the channel's field `signature` asks for.
"""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing an admin enters to connect a channel, in the network's own words."""

    name: str
    label: str
    secret: bool = False
    required: bool = True
    default: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()
    of_app: bool = False
    """It belongs to the developer app, which may serve many channels: kept once, with the app (`Manifest.door`)."""
    form: FieldForm = "text"
    """What a value must look like to be kept at all; empty ones are not looked at."""
    least: int = 0
    """Of a `number`."""
    most: int = 999_999_999
    """Of a `number`."""
    pattern: str = ""
    """A regular expression that a whole value matches; `help` says the same in words."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the customer can be given to pick from: `SendMessage.options`."""

    max_count: int
    title: TextLimit
    text: TextLimit
    """Of a message that has options."""
    description: TextLimit | None = None
    """None: an option is its title alone."""
    button: TextLimit | None = None
    """Of `options_title`, which must be there; None: there is no button to name."""
    longer: Options | None = None
    """How more than `max_count`, or options with descriptions, are shown; None: they cannot be."""
    links: Options | None = None
    """How options are shown of which one opens an address; None: none can."""
    location: bool = False
    """The customer can be asked where he is (`SendMessage.asks_location`)."""


@dataclass(frozen=True, slots=True)
class Capability:
    """What an agent can do in one kind of thread."""

    audience: Audience
    text: TextLimit
    attachments: tuple[AttachmentRule, ...] = ()
    actions: frozenset[ActionName] = frozenset({"send"})
    window_seconds: int | None = None
    """How long after the customer's last item the network takes a free answer; None: no window."""
    edit_seconds: int | None = None
    """How long our own item can be edited; None: not at all, 0: without limit."""
    delete_seconds: int | None = None
    html: bool = False
    recipients: bool = False
    """To, Cc and Bcc are the agent's to choose (mail)."""
    starts: bool = False
    """A conversation can be started by us."""
    options: Options | None = None
    """What a message can let the customer pick from; None: nothing."""
    private_text: TextLimit | None = None
    """How much text a private reply may hold, where that is another limit than `text`."""
    private_reply_seconds: int | None = None
    """How long after an item the network takes a private reply to it, and one only; None: no such rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A quality rule of the connector: done, or exempt with the reason in words."""

    name: Literal[
        "verifies-signature", "dedupes-redelivery", "maps-all-documented-events", "reports-receipts",
        "handles-revocation", "limits-sourced", "golden-per-event", "live-tested",
    ]  # fmt: skip
    done: bool
    reason: str = ""
    """Why it is exempt, or on which day and against what it was tried."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is true of a network, as data: read by the API, the composer, intake, delivery and docs/connectors.md."""

    network: str
    name: str
    """As the network spells itself."""
    colour: str
    """Hue of our letter mark, `#rrggbb`."""
    mark: str
    """One or two letters."""
    inbound: frozenset[Literal["webhook", "poll", "stream", "mailbox", "chat"]]
    """The ways in; `chat`: the service's own chat, where nobody else is asked."""
    kinds: Mapping[ThreadKind, Capability]
    fields: tuple[Field, ...]
    base_url: str
    """Default API address; overridable per channel by the setting `base_url`."""
    identity_scope: Literal["network", "asset", "item"]
    """Where an author's id means one account: everywhere on the network, at one page, number or bot of ours, or on the
    one item alone (reviews: nobody is known again).
    """
    unsend: Literal["erase", "keep"]
    """What becomes of the words that we keep when their author takes them back."""
    idempotent_sends: bool
    """Sent again with the same `Part.key`, a part does nothing: an uncertain one is then tried again."""
    receipts: frozenset[Literal["accepted", "delivered", "read"]] = frozenset()
    reactions_in: bool = False
    edits_in: bool = False
    deletes_in: bool = False
    typing_in: bool = False
    media_hosts: tuple[str, ...] = ()
    """Hosts, or `*.suffix`, that attachments may be fetched from, beside the channel's base URL."""
    keys_url: str = ""
    """Where the network publishes the keys that it signs with: `Context.keys`."""
    max_body_bytes: int = 1_048_576
    """Of a delivery."""
    rate_per_second: float = 30.0
    """Parts that a channel may send, in all."""
    rate_per_thread_second: float = 1.0
    """The same into one thread."""
    concurrency: int = 1
    """Parts that are sent at once, into different threads."""
    documented_events: tuple[str, ...] = ()
    """Every event kind the network documents; each has a golden file or stands in `ignored_events`."""
    ignored_events: Mapping[str, str] = field(default_factory=dict)
    """Event kind → why it is of no interest."""
    rules: tuple[Rule, ...] = ()
    facts: tuple[Fact, ...] = ()
    reactions_out: tuple[str, ...] = ()
    """The emoji that may be set; empty: any."""
    simulated: bool = True
    door: str = ""
    """The family whose one address this network's webhooks come to (`Door.name`); empty: each channel has its own."""
    asset_fields: tuple[str, ...] = ()
    """Settings that name the asset too, beside `Setup.asset_id`: a piece for any of them is for the channel."""


@dataclass(frozen=True, slots=True)
class Context:
    """All that a connector may know of the world."""

    now: int
    """The current instant, µs."""
    nonce: Callable[[], str]
    """A fresh random id: 26 lower-case letters and digits."""
    channel_id: str
    base_url: str
    """Without a trailing slash."""
    public_url: str
    """Address of this installation as networks see it, without a trailing slash."""
    webhook_url: str
    """Where the network posts to this channel."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """The manifest's fields that are not secret."""
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The manifest's secret fields, decrypted; never logged, never part of an error."""
    secrets: Sequence[bytes] = field(default=(), repr=False)
    """Live webhook secrets, newest first; more than one while one is being rotated."""
    keys: Mapping[str, bytes] = field(default_factory=dict)
    """Public keys by key id, loaded from `manifest.keys_url`."""
    media_url: Callable[[Blob], str] = lambda blob: ""
    """A signed address at which the network can load the blob for an hour."""
    asset_id: str = ""
    """The page, bot or mailbox that this channel is at the network."""


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """What one account of one network gets out of a delivery to a family's door: complete in itself, for
    `Connector.parse_part`.
    """

    network: str
    asset_id: str
    """The page, account or number it is for, as in `Setup.asset_id`."""
    body: bytes


class Withdrawn(msgspec.Struct, frozen=True, kw_only=True):
    """A person told the network to end what he gave our app: `deauthorised` (access) or `erase` (his data)."""

    kind: Literal["deauthorised", "erase"]
    user_id: str
    """His id at the network, in the app's scope."""
    answer: Response
    """What the network expects in return."""


@dataclass(frozen=True, slots=True)
class Door:
    """One address for every channel of a family of networks at one developer app.

    `Context` is the app's: `secrets` are its live app secrets, newest first, `settings` and `credentials` its fields.
    """

    name: str
    networks: tuple[str, ...]
    verify: Callable[[Request, Context], None]
    """Raise SignatureInvalid unless the delivery is signed with a secret of the app."""
    answer: Callable[[Request, Context], Response | None]
    """Answer a handshake, or None when the request is a delivery. Raises SignatureInvalid for a wrong token."""
    split: Callable[[Request], list[Piece | Exception]]
    """Every piece of a verified delivery, in order; what cannot be told apart stands as its PayloadInvalid."""
    withdrawn: Callable[[Request, Context], Withdrawn]
    """Read a call-back (`/hooks/{name}/deauthorise`, `/hooks/{name}/deletion`). Raises SignatureInvalid."""


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What connecting brought: the asset this channel is, its name at the network, and anything to keep (registered
    webhook secret).
    """

    asset_id: str
    name: str
    settings: Mapping[str, str] = {}
    credentials: Mapping[str, str] = {}
    expires_at: int | None = None
    """When the credentials end, µs; 0: never; None: nothing is known of it, what was known stays."""


class TemplateParameter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A value to fill in. `key` is its key in `SendMessage.template_values`."""

    key: str
    label: str
    """Where it stands, in words."""
    place: Literal["", "header_file", "header", "body", "button_code", "button_url"] = ""
    """The same for who has words of his own, with `about`: the kind of file, the placeholder, what stands on the
    button; empty: the label is all there is.
    """
    about: str = ""
    kind: str = "text"
    """`text`; or `image`, `video`, `document`: the address of a file, for which one may be attached instead."""
    example: str = ""


class Template(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message that the network approved beforehand. Only with the status `APPROVED` can it be sent."""

    id: str
    """What `SendMessage.template` names it by."""
    name: str
    language: str
    category: str
    status: str
    body: str = ""
    """With its placeholders, as `{{1}}` or `{{first_name}}`."""
    header: str = ""
    """The header's text; empty where it has none or is a file."""
    footer: str = ""
    buttons: tuple[str, ...] = ()
    """What stands on them."""
    parameters: tuple[TemplateParameter, ...] = ()
    reason: str = ""
    """Why it was rejected."""


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a sign-in reaches and that can be a channel: a page, a number, a location."""

    network: str
    """The network of the channel it would be; a sign-in may reach those of sibling networks too."""
    asset_id: str
    name: str
    detail: str = ""
    """What tells it from another of that name: an address, a phone number."""
    settings: Mapping[str, str] = {}
    """The manifest's fields that make a channel of it."""


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """Fresh credentials. They are committed before they are used. `expires_at` µs; None: they do not expire."""

    credentials: Mapping[str, str]
    expires_at: int | None = None


@dataclass(frozen=True, slots=True)
class OAuth:
    """Signing in at the network: `start` gives the address to send the admin to, `callback` and `refresh` give
    credentials.
    """

    start: Callable[[Context, str, str], str]
    """(ctx, state, PKCE challenge) → address."""
    callback: Callable[[Context, str, str], Exchange[Credentials]]
    """(ctx, code, PKCE verifier)."""
    refresh: Callable[[Context], Exchange[Credentials]]
    early_seconds: float = 600.0
    """How long before they end credentials are refreshed: days, where they last for months."""


class Simulator(Protocol):
    """The network's side of the wire, also without I/O: `inbox.sandbox` serves it over real HTTP, SMTP and IMAP.

    Deterministic by the seed it was made with. `respond` answers our requests; `act` carries out what a customer does
    and returns the requests that the network would send us; `faults` are switched on by name.
    """

    faults: set[str]

    def respond(self, request: Request, now: int) -> Response:
        """Answer a request of ours as the network would, faults included."""
        ...

    def act(self, action: CustomerAction, now: int) -> list[Request]:
        """Do as a customer and return what the network sends us (paths relative to the channel's webhook URL:
        empty); nothing where it has to be asked.
        """
        ...

    def seen(self, thread_id: str) -> list[dict[str, str]]:
        """What a customer sees in the thread, oldest first: `id`, `from` (us|them), `text`, `state`."""
        ...


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A private thread that something of ours opened for a simulated customer: a private reply to his comment."""

    network: str
    """Where he reads it; another one than that of the comment, perhaps."""
    person: str
    name: str
    thread_id: str
    message_id: str


@runtime_checkable
class Neighbour(Protocol):
    """A simulator that shares its people with those of sibling networks."""

    def meet(self, others: Iterable[object]) -> None:
        """Share one world with those of the others that are of the same family."""
        ...

    def opened(self) -> list[Opened]:
        """Private threads that something of ours opened since the last call, on any network of the family."""
        ...


class CustomerAction(msgspec.Struct, frozen=True, kw_only=True):
    """What a simulated customer does. Ids are those the simulator gave out."""

    do: Literal["write", "edit", "delete", "react", "read", "typing", "block", "leave", "join", "review", "restar"]
    person: str
    """Key of a person of the cast."""
    name: str = ""
    thread_id: str = ""
    """Empty: the person's private thread with us."""
    message_id: str = ""
    text: str = ""
    emoji: str = ""
    rating: int = 0
    attachments: tuple[Attachment, ...] = ()
    in_reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Connector:
    """A network's package, as functions. `manifest`, `plan` and one way in are required; the rest is None where the
    network has none.
    """

    manifest: Manifest
    plan: Callable[[AnyOutbound, Context], list[Part]]
    """Split an action into parts. Pure. Raises PlanRefused when it cannot be carried out; the text says what to do
    instead.
    """
    send: Callable[[Part, Context], Exchange[Receipt]] | None = None
    """Carry out one part. Raises SendError. None only where the service itself delivers (web chat)."""
    verify: Callable[[Request, Context], None] | None = None
    """Raise SignatureInvalid unless the request is the network's own. Called before anything is parsed."""
    answer: Callable[[Request, Context], Response | None] | None = None
    """Answer a verified handshake, or None when the request is a delivery."""
    acknowledge: Callable[[Request, Context], Response] | None = None
    """The answer to a committed delivery where the network expects more than an empty 200."""
    parse: Callable[[Request, Context], list[AnyInbound | Exception]] | None = None
    """Every element of the delivery, in order; a broken element stands as its PayloadInvalid. Raises PayloadInvalid
    when nothing can be read.
    """
    parse_part: Callable[[bytes, Context], list[AnyInbound | Exception]] | None = None
    """Every element of a `Piece`; required where the manifest names a `door`. Elsewhere: of one entry of `Polled.raw`
    or `Polled.problems`, for a replay. As `parse` otherwise.
    """
    poll: Callable[[str, Context], Exchange[Polled]] | None = None
    """Ask what is new since the cursor (empty at first)."""
    fetch: Callable[[str, Context], Exchange[list[AnyInbound]]] | None = None
    """Bring what a `Fetch` named, by its `ref`."""
    stream: Callable[[Context], Stream] | None = None
    check: Callable[[str, Context], Exchange[Receipt]] | None = None
    """Ask again about a pending part (`Receipt.token`)."""
    lookup_sent: Callable[[Part, Context], Exchange[Receipt | None]] | None = None
    """Did the network take this part? None: it did not. Raises SendError(UNKNOWN) when it cannot tell."""
    file: Callable[[Part, str, Context, bool], Exchange[None]] | None = None
    """Put a copy of a part that was taken where people look for what they sent: (part, `Receipt.copy`, ctx, whether it
    was tried before). Asked after the part was recorded, so that no answer waits for it; what was tried before may be
    there already.
    """
    media: Callable[[Attachment, Context], Exchange[Blob]] | None = None
    """Load an attachment that has a `ref`."""
    profile: Callable[[str, Context], Exchange[Author]] | None = None
    """Look a person up by his external id: asked once, where he came without a name."""
    setup: Callable[[Context], Exchange[Setup]] | None = None
    """Prove the credentials and register what the network needs (webhook). Run when a channel is added or its
    settings change.
    """
    teardown: Callable[[Context], Exchange[None]] | None = None
    """Undo `setup` when a channel is removed."""
    used: Callable[[HttpResponse], int | None] | None = None
    """How much of what the network allows is used up, in percent, where an answer says so; None where it does not."""
    oauth: OAuth | None = None
    templates: Callable[[Context], Exchange[list[Template]]] | None = None
    """The messages that may be sent where the reply window is closed."""
    assets: Callable[[Context], Exchange[list[Asset]]] | None = None
    """What the credentials of a connection reach, for an admin to choose from; None where a sign-in is one channel."""
    simulator: Callable[[int], Simulator] | None = None
    """Make the network's side from a seed."""
