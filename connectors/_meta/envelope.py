"""One delivery to the family's door, taken apart: what each account of each network gets out of it.

`{object, entry: [{id, time, messaging[] | standby[] | changes[]}]}`; a delivery may mix assets, and an entry of a Page
mixes what two networks of ours read. https://developers.facebook.com/docs/graph-api/webhooks/getting-started
(read 2026-11-22). Elements are passed on as the bytes they came in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta, Raw

from connectors._meta import permissions
from connectors.contract import Context, Piece
from connectors.errors import PayloadInvalid
from connectors.exchange import Request
from connectors.inbound import AnyInbound
from connectors.toolkit.payload import decode

ParsePart: TypeAlias = Callable[[bytes, Context], list[AnyInbound | Exception]]
Parse: TypeAlias = Callable[[Request, Context], list[AnyInbound | Exception]]

_TEST_ID = "0"
"""The asset in a delivery of the dashboard's Test button: made up from beginning to end."""
_MESSENGER_FIELDS = ("messag", "standby", "response_feedback")
"""Beginnings of the fields of a Page that are about messages; the dashboard sends them as `changes`, too."""


_ABSENT = Raw()
"""A field that an entry does not have; left out again when the entry is written."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery, its entries unread."""

    object: str
    entry: list[Raw]


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What happened at one asset, the elements unread. Some products put a single change on the entry itself."""

    id: Annotated[str, Meta(min_length=1, max_length=1024)] | int
    time: Raw = _ABSENT
    messaging: list[Raw] | None = None
    standby: list[Raw] | None = None
    changes: list[Raw] | None = None
    field: Raw = _ABSENT
    value: Raw = _ABSENT

    @property
    def asset_id(self) -> str:
        """The page, account or business; ids are numbers in old deliveries."""
        return str(self.id)


class _Unread(msgspec.Struct, frozen=True, kw_only=True):
    """An entry before its lists are read, each on its own."""

    id: Annotated[str, Meta(min_length=1, max_length=1024)] | int
    time: Raw = _ABSENT
    messaging: Raw = _ABSENT
    standby: Raw = _ABSENT
    changes: Raw = _ABSENT
    field: Raw = _ABSENT
    value: Raw = _ABSENT


class _Field(msgspec.Struct, frozen=True, kw_only=True):
    """What a change is about."""

    field: str = ""


class _Metadata(msgspec.Struct, frozen=True, kw_only=True):
    phone_number_id: str | int = ""


class _Account(msgspec.Struct, frozen=True, kw_only=True):
    waba_id: str | int = ""


class _NumberedValue(msgspec.Struct, frozen=True, kw_only=True):
    metadata: _Metadata | None = None


class _NumberedChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change of a WhatsApp Business account as far as it names one of its phone numbers."""

    value: _NumberedValue | None = None


class _PartnerValue(msgspec.Struct, frozen=True, kw_only=True):
    event: str = ""
    waba_info: _Account | None = None


class _PartnerChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change between an account and a provider. It comes in an entry of the provider's business, and names the
    account that it is about.
    https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/account_update
    (read 2026-11-22).
    """

    value: _PartnerValue | None = None


def split(request: Request) -> list[Piece | Exception]:
    """Every piece of a delivery, in order; what cannot be read (an entry, or one of its lists) stands as its
    PayloadInvalid, alone. Meta's documents print some deliveries in a list: each of it is read.

    Empty for what concerns no channel: the dashboard's test deliveries, and people's own settings.
    """
    if request.body.lstrip()[:1] != b"[":
        return list(_pieces(request.body, ""))
    try:
        deliveries = decode(request.body, list[Raw])
    except PayloadInvalid as broken:
        return [broken]
    if not deliveries:
        return [PayloadInvalid("an empty list of deliveries")]
    return [piece for number, one in enumerate(deliveries) for piece in _pieces(one, f"[{number}].")]


def _pieces(body: bytes | Raw, path: str) -> Iterator[Piece | Exception]:
    try:
        envelope = decode(body, Envelope, path=path.removesuffix("."))
    except PayloadInvalid as broken:
        yield broken
        return
    reader = _READERS.get(envelope.object)
    if reader is None:
        yield PayloadInvalid(f"{envelope.object[:40]!r} is no object of this family", path=f"{path}object")
        return
    for number, raw in enumerate(envelope.entry):
        try:
            entry, problems = _entry(raw, f"{path}entry[{number}]")
        except PayloadInvalid as broken:
            yield broken
            continue
        if entry.asset_id != _TEST_ID:
            yield from problems
            yield from reader(entry)


def _entry(raw: Raw, path: str) -> tuple[Entry, list[PayloadInvalid]]:
    """An entry with those of its lists that can be read, and what is wrong with the others. Raises PayloadInvalid."""
    unread = decode(raw, _Unread, path=path)
    problems: list[PayloadInvalid] = []
    lists: dict[str, list[Raw] | None] = {}
    for name in ("messaging", "standby", "changes"):
        try:
            found: Raw = getattr(unread, name)
            lists[name] = decode(found, list[Raw] | None, path=f"{path}.{name}") if bytes(found) else None  # type: ignore[arg-type]
        except PayloadInvalid as broken:
            problems.append(broken)
    field, value = unread.field, unread.value
    try:
        decode(field, str | None, path=f"{path}.field") if bytes(field) else None  # type: ignore[arg-type]
    except PayloadInvalid as broken:
        problems.append(broken)
        field = value = _ABSENT
    return Entry(id=unread.id, time=unread.time, field=field, value=value, **lists), problems


def parse_for(network: str, parse_part: ParsePart) -> Parse:
    """A `parse` for one network: every piece of it in a delivery, read by `parse_part`. What cannot be told apart is
    nobody's in particular, so it is everybody's.
    """

    def parse(request: Request, ctx: Context) -> list[AnyInbound | Exception]:
        found: list[AnyInbound | Exception] = []
        for piece in split(request):
            if isinstance(piece, Exception):
                found.append(piece)
            elif piece.network == network:
                found.extend(parse_part(piece.body, ctx))
        return found

    return parse


def _page(entry: Entry) -> Iterator[Piece]:
    """Conversations are Messenger's; the feed, mentions and ratings are the Page's."""
    about_messages: list[Raw] = []
    others: list[Raw] = []
    for change in entry.changes or ():
        (about_messages if _field_of(change).startswith(_MESSENGER_FIELDS) else others).append(change)
    if entry.messaging or entry.standby or about_messages:
        yield _piece("messenger", "page", msgspec.structs.replace(entry, changes=about_messages or None))
    if others:
        yield _piece(
            "facebook_page", "page", msgspec.structs.replace(entry, messaging=None, standby=None, changes=others)
        )


def _instagram(entry: Entry) -> Iterator[Piece]:
    yield _piece("instagram", "instagram", entry)


def _whatsapp(entry: Entry) -> Iterator[Piece]:
    """By phone number; what concerns a whole business account goes to the account."""
    by_asset: dict[tuple[str, str], list[Raw]] = {}
    for change in entry.changes or ():
        account = _partner_account_of(change) or entry.asset_id
        by_asset.setdefault((account, _phone_number_id_of(change) or account), []).append(change)
    for (account, asset_id), changes in by_asset.items():
        one = msgspec.structs.replace(entry, id=entry.id if account == entry.asset_id else account, changes=changes)
        yield _piece("whatsapp", "whatsapp_business_account", one, asset_id=asset_id)


def _permissions(entry: Entry) -> Iterator[Piece | Exception]:
    """A permission that was taken back goes to the channels of the assets it was for."""
    for change in entry.changes or ():
        try:
            concerned = permissions.concerned(change)
        except PayloadInvalid as broken:
            yield broken
            continue
        for network, asset_id in concerned:
            one = msgspec.structs.replace(entry, changes=[change])
            yield _piece(network, permissions.OBJECT, one, asset_id=asset_id)


def _user(entry: Entry) -> Iterator[Piece]:
    """A person who signed in changed his own profile: no channel is concerned."""
    yield from ()


def _field_of(change: Raw) -> str:
    """What a change is about; empty for a broken one, which whoever reads the rest will report."""
    try:
        return decode(change, _Field).field
    except PayloadInvalid:
        return ""


def _phone_number_id_of(change: Raw) -> str:
    """The phone number a change names; empty where it names none, or is broken."""
    try:
        value = decode(change, _NumberedChange).value
    except PayloadInvalid:
        return ""
    return str(value.metadata.phone_number_id) if value is not None and value.metadata is not None else ""


def _partner_account_of(change: Raw) -> str:
    """The account that a provider is told of; empty for every other change, and for a broken one."""
    try:
        value = decode(change, _PartnerChange).value
    except PayloadInvalid:
        return ""
    is_partners = value is not None and value.event.startswith("PARTNER_")
    return str(value.waba_info.waba_id) if value is not None and is_partners and value.waba_info is not None else ""


def _piece(network: str, kind: str, entry: Entry, *, asset_id: str = "") -> Piece:
    body = msgspec.json.encode({"object": kind, "entry": [entry]})
    return Piece(network=network, asset_id=asset_id or entry.asset_id, body=body)


_READERS: dict[str, Callable[[Entry], Iterator[Piece | Exception]]] = {
    "page": _page,
    "instagram": _instagram,
    "whatsapp_business_account": _whatsapp,
    permissions.OBJECT: _permissions,
    "user": _user,
}
