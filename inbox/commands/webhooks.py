"""Outgoing webhooks: made, changed, removed, given a new secret; a test, and events sent once more."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from connectors.registry import networks
from inbox import ids
from inbox.clock import SECOND
from inbox.commands.versions import check_version, found
from inbox.domain import events as e
from inbox.domain.permissions import Principal, require
from inbox.domain.records import Job
from inbox.domain.state import State
from inbox.domain.webhooks import Webhook
from inbox.errors import Conflict, Gone, Invalid
from inbox.eventlog import log
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Unit
from inbox.ids import signing_secret
from inbox.seal import Sealer
from inbox.storage import rows, webhooks
from inbox.storage.database import Query
from inbox.transport.guard import AddressRefused, Guard, Trust, is_global
from inbox.transport.reach import origin_of

ADMINS = e.Audience(admins=True)
MOST = 50
"""Each webhook is a queue of its own."""
MOST_PORT = 65_535
LISTS = ("types", "networks", "channel_ids", "team_ids", "tag_ids")
PRIVATE_TYPES = frozenset({"notified", "session_revoked", "work_reviewed", "work_review_answered"})
"""What concerns one agent alone never leaves."""
TYPES = frozenset(e.name_of(kind) for kind in e.AnyEvent.__args__) - PRIVATE_TYPES
_json = msgspec.json.Encoder().encode
_list = msgspec.json.Decoder(list[str | int]).decode


def place_of(webhook_id: int) -> str:
    """Where a webhook's sealed secrets belong."""
    return f"webhook:{webhook_id}"


def secrets_of(webhook: Webhook, sealer: Sealer, now: int) -> list[str]:
    """The secrets that sign now, newest first. Raises CannotOpen."""
    fields = sealer.open_fields(webhook.sealed, place_of(webhook.id))
    previous = fields.get("previous", "")
    overlaps = bool(previous) and webhook.previous_until is not None and now < webhook.previous_until
    return [fields["secret"], previous] if overlaps else [fields["secret"]]


async def require_address(guard: Guard, url: str) -> None:
    """Raise Invalid unless events may be sent there: https, or http to a private address that INBOX_ALLOW_PRIVATE
    lists. A name that has no address now passes: it may have one later.
    """
    try:
        origin = origin_of(url)
        if origin.port > MOST_PORT:
            raise AddressRefused(f"{origin.port} is no port: they go up to {MOST_PORT}")
        if origin.scheme not in ("https", "http"):
            raise AddressRefused(f"{origin.scheme} is not spoken here: begin the address with https://")
        addresses = await guard.addresses(origin.host, origin.port, Trust.ADMIN)
    except AddressRefused as refused:
        raise _wrong_address(str(refused)) from refused
    except OSError:
        addresses = []
    if origin.scheme == "http" and any(map(_is_global, addresses)):
        raise _wrong_address(f"{origin.host} is on the public internet: send there by https only")


def require_filters(given: Mapping[str, Any], before: Webhook | None, directory: Directory) -> None:
    """Raise Invalid for a network, channel, team or tag that there is not: nothing would ever pass. What the webhook
    asks for already stays, also where it was removed since.
    """
    known = {
        "networks": frozenset(networks()),
        "channel_ids": directory.channels.keys(),
        "team_ids": directory.teams.keys(),
        "tag_ids": directory.tags.keys(),
    }
    for name, there in known.items():
        kept = _list(getattr(before, name)) if before is not None else []
        for one in given.get(name) or ():
            if one not in there and one not in kept:
                said = f"there is no {name.removesuffix('s').removesuffix('_id')} {one!r}"
                raise Invalid(said, errors=[{"pointer": f"/{name}", "message": said}])


def _is_global(address: str) -> bool:
    return is_global(ipaddress.ip_address(address.partition("%")[0]))


def _wrong_address(said: str) -> Invalid:
    return Invalid(said, code="address", errors=[{"pointer": "/url", "message": said}])


def _values(given: dict[str, Any]) -> dict[str, Any]:
    """Fields as the record keeps them. Raises Invalid for a type that there is not."""
    unknown = sorted(set(given.get("types", ())) - TYPES)
    if unknown:
        said = f"there is no event {unknown[0]!r} that can be sent: docs/events.md lists them"
        raise Invalid(said, errors=[{"pointer": "/types", "message": said}])
    values: dict[str, Any] = {name: int(value) if name == "active" else value for name, value in given.items()}
    for name in LISTS:
        if name in values:
            values[name] = _json(sorted(set(values[name]))).decode()
    return values


class Created(msgspec.Struct, frozen=True):
    """A webhook and its newest secret, which is told once."""

    webhook: Webhook
    secret: str


class CreateWebhook(Unit):
    """A webhook; it gets what happens from now on. `values`: `name`, `url` (judged before), `active`, the filters."""

    alone = True

    def __init__(self, principal: Principal, values: dict[str, Any], sealer: Sealer) -> None:
        require(principal, "tokens")
        self.principal = principal
        self.values = _values(values)
        self.sealer = sealer

    def run(self, state: State) -> Query[Created]:
        """Write it. Raises Conflict when there are too many."""
        if len((yield from rows.every(Webhook))) >= MOST:
            raise Conflict(f"there are {MOST} webhooks already: remove one that nobody needs", code="too_many")
        webhook_id, secret = state.next_id(), signing_secret()
        state.emit(e.SettingChanged(object="webhook", id=webhook_id), self.principal.actor, audience=ADMINS)
        webhook = Webhook(
            id=webhook_id, sealed=self.sealer.seal_fields({"secret": secret}, place_of(webhook_id)),
            previous_until=None, since_position=state.workspace.position, failures=0, failing_since=None,
            paused_until=None, disabled_reason="", created_by=self.principal.agent_id, created_at=state.now, version=1,
            **self.values,
        )  # fmt: skip
        yield from rows.add(webhook)
        return Created(webhook, secret)


class _OnWebhook(Unit):
    """Something done to one webhook."""

    alone = True

    def __init__(self, principal: Principal, webhook_id: int, version: int | None = None) -> None:
        require(principal, "tokens")
        self.principal = principal
        self.webhook_id = webhook_id
        self.version = version

    def webhook(self) -> Query[Webhook]:
        """The webhook as it is. Raises NotFound, Stale."""
        webhook = yield from found(Webhook, self.webhook_id)
        check_version(webhook.version, self.version, f"the webhook {webhook.name!r}")
        return webhook

    def tell(self, state: State, *, removed: bool = False) -> None:
        """Wake whoever sends."""
        event = e.SettingChanged(object="webhook", id=self.webhook_id, removed=removed)
        state.emit(event, self.principal.actor, audience=ADMINS)


class ChangeWebhook(_OnWebhook):
    """Change fields. Switched on, it goes on with what waits and gets what happens from now on; what happened while it
    was off can be replayed. Another address is tried at once.
    """

    def __init__(self, principal: Principal, webhook_id: int, values: dict[str, Any], version: int | None) -> None:
        super().__init__(principal, webhook_id, version)
        self.values = _values(values)

    def run(self, state: State) -> Query[Webhook]:
        """Write it."""
        before = yield from self.webhook()
        webhook = msgspec.structs.replace(before, version=before.version + 1, **self.values)
        self.tell(state)
        if webhook.active and not before.active:
            webhook.since_position, webhook.disabled_reason = state.workspace.position, ""
        if webhook.url != before.url or (webhook.active and not before.active):
            webhook.failures, webhook.failing_since, webhook.paused_until = 0, None, None
            yield from webhooks.back_in_line(webhook.id)
        yield from rows.change(webhook)
        return webhook


class RemoveWebhook(_OnWebhook):
    """A webhook is no more, nor what waits for it, nor its log."""

    def run(self, state: State) -> Query[None]:
        """Delete it."""
        webhook = yield from self.webhook()
        yield from rows.remove(Webhook, webhook.id)
        yield from webhooks.drop(webhook.id)
        self.tell(state, removed=True)


class RotateSecret(_OnWebhook):
    """A new secret. The one before signs too for `overlap_seconds`, so that the receiver can change without a gap."""

    def __init__(
        self, principal: Principal, webhook_id: int, overlap_seconds: int, sealer: Sealer, version: int | None
    ) -> None:
        super().__init__(principal, webhook_id, version)
        self.overlap_seconds = overlap_seconds
        self.sealer = sealer

    def run(self, state: State) -> Query[Created]:
        """Write it. A rotation during another one forgets the oldest of the three."""
        webhook = yield from self.webhook()
        place, secret = place_of(webhook.id), signing_secret()
        fields = {"secret": secret}
        if self.overlap_seconds:
            fields["previous"] = self.sealer.open_fields(webhook.sealed, place)["secret"]
        webhook.sealed = self.sealer.seal_fields(fields, place)
        webhook.previous_until = state.now + self.overlap_seconds * SECOND if self.overlap_seconds else None
        webhook.version += 1
        yield from rows.change(webhook)
        self.tell(state)
        return Created(webhook, secret)


class SendTest(_OnWebhook):
    """Send a `ping`, once, also where the webhook is switched off. The result is its `webhook-id`."""

    def run(self, state: State) -> Query[str]:
        """Put it before everything that waits."""
        webhook = yield from self.webhook()
        key = f"wh-{webhook.id}-ping-{ids.nonce()}"
        yield from webhooks.put([_job(state, key, webhooks.pings_of(webhook.id), {})])
        self.tell(state)
        return key


class Replay(_OnWebhook):
    """Send the events of a span once more, with the ids they had. `whole`: whatever the filters say."""

    def __init__(self, principal: Principal, webhook_id: int, span: Sequence[int], *, whole: bool) -> None:
        super().__init__(principal, webhook_id)
        self.span = span
        self.whole = whole

    def run(self, state: State) -> Query[None]:
        """Note what is to be replayed. Raises Invalid for a span that is none, Gone where it begins too early."""
        webhook = yield from self.webhook()
        first, last = self.span
        if not first <= last <= state.workspace.position:
            raise Invalid(
                f"{first} to {last} is no span of positions: the newest is {state.workspace.position}", code="span"
            )
        oldest = yield from log.oldest()
        if first < oldest:
            said = f"events up to {oldest - 1} are no longer kept: begin at `oldest`"
            raise Gone(said, code="horizon", oldest=oldest)
        payload = {"webhook": webhook.id, "from": first, "to": last, "whole": int(self.whole)}
        key = f"wh-{webhook.id}-replay-{ids.nonce()}"
        yield from webhooks.put([_job(state, key, webhooks.replays_of(webhook.id), payload)])
        self.tell(state)


def _job(state: State, key: str, kind: str, payload: dict[str, int]) -> Job:
    return Job(
        id=state.next_id(), key=key, kind=kind, channel_id=None, payload=_json(payload), due_at=state.now, attempts=0,
        lease_until=None, reason="", created_at=state.now,
    )  # fmt: skip
