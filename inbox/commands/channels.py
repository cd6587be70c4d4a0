"""Channels: connected, changed, disconnected. What is secret is sealed here and never given back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from connectors.contract import Field, Manifest
from connectors.outbound import ActionName
from connectors.registry import manifest, networks
from inbox.clock import DAY, SECOND
from inbox.commands.apps import app_fields, app_for
from inbox.commands.versions import check_version, found
from inbox.domain import events as e
from inbox.domain.channel_fields import complaint
from inbox.domain.channel_health import noted
from inbox.domain.permissions import Principal, require
from inbox.domain.records import Channel, Team
from inbox.domain.state import State
from inbox.errors import Invalid
from inbox.eventlog.directory import JOIN_PRIVATE, SHOW_SEEN, SHOW_TYPING, SIGN_OFF
from inbox.eventlog.unit import Unit
from inbox.ids import signing_secret
from inbox.seal import Sealer
from inbox.storage import channels, rows
from inbox.storage.database import Query

EARLIEST_LIVE = 7 * DAY
_WEBHOOK_SECRET = "webhook_secret"  # noqa: S105 - the name of a field
_BASE_URL = Field(
    "base_url", "Address of the API", required=False, help="Only where it differs from the network's.", form="url"
)
_JOIN_PRIVATE = Field(
    JOIN_PRIVATE,
    "Private replies join the comment's conversation",
    required=False,
    choices=("yes", "no"),
    help="Yes unless you say no: then the private thread is a conversation of its own.",
)
_SIGN_OFF = Field(SIGN_OFF, "Sign-off", required=False, help="The last line of every prepared answer and macro here.")
_SIGNS: dict[ActionName, Field] = {
    "seen": Field(
        SHOW_SEEN,
        "Show customers that we have read",
        required=False,
        choices=("yes", "no"),
        help="Yes unless you say no: then the network is not told when somebody opens what they wrote.",
    ),
    "typing": Field(
        SHOW_TYPING,
        "Show customers that we are writing",
        required=False,
        choices=("yes", "no"),
        help="Yes unless you say no: then the network is not told when somebody writes an answer.",
    ),
}
"""Where a network shows a sign, the setting that keeps it from customers."""
_settings = msgspec.json.Decoder(dict[str, str]).decode


def manifest_of(network: str) -> Manifest:
    """The manifest of a network. Raises Invalid, naming those there are."""
    if network not in networks():
        said = f"there is no network {network!r}; there are: {', '.join(networks())}"
        raise Invalid(said, errors=[{"pointer": "/network", "message": said}])
    return manifest(network)


def place_of(channel_id: int) -> str:
    """Where a channel's sealed secrets belong."""
    return f"channel:{channel_id}"


class OfAdmin(Unit):
    """Something an admin does to channels, and what they live on."""

    alone = True

    def __init__(self, principal: Principal, sealer: Sealer) -> None:
        require(principal, "channels")
        self.principal = principal
        self.sealer = sealer

    def say(
        self, state: State, object_id: int, kind: Literal["channel", "connection"] = "channel", *, removed: bool = False
    ) -> None:
        """Tell everyone: all see which channels there are."""
        state.emit(e.SettingChanged(object=kind, id=object_id, removed=removed), self.principal.actor)


class CreateChannel(OfAdmin):
    """Connect a channel. `given` are the manifest's fields, secret ones among them; `values` other columns.

    Its health is `connecting` until its set-up at the network, run afterwards, says more.
    """

    def __init__(
        self, principal: Principal, sealer: Sealer, network: str, given: Mapping[str, str], values: dict[str, Any]
    ) -> None:
        super().__init__(principal, sealer)
        self.manifest = manifest_of(network)
        self.given = given
        self.values = values

    def run(self, state: State) -> Query[Channel]:
        """Write it, with the developer app it belongs to."""
        of_app, of_channel = _parted(self.manifest, self.given)
        settings, secrets = _sorted_out(self.manifest, of_channel, {}, {})
        # Made here and not by the set-up: the other side has to know it before that can succeed.
        for field in self.manifest.fields:
            made = signing_secret()
            if field.form == "signing_secret" and field.name not in secrets and not complaint(field, made, settings):
                secrets[field.name] = made
        app_id = yield from app_for(state, self.sealer, self.manifest, of_app, None)
        channel_id = state.next_id()
        # Whole seconds, as networks tell time: what is written in the second of connection is no history.
        live_since = state.now - state.now % SECOND
        values = {"brand": "", "location": "", "reopen_seconds": 72 * 3600, "live_since": live_since, **self.values}
        channel = Channel(
            id=channel_id,
            network=self.manifest.network,
            asset_id="",
            connection_id=None,
            app_id=app_id,
            team_id=None,
            settings=msgspec.json.encode(settings).decode(),
            sealed=self.sealer.seal_fields(secrets, place_of(channel_id)),
            active=1,
            sandbox=0,
            health="connecting",
            health_reason="",
            caught_up_at=None,
            created_at=state.now,
            version=1,
            **{name: value for name, value in values.items() if name != "team_id"},
        )
        channel.team_id = values.get("team_id")
        yield from _check(channel, state.now)
        yield from rows.add(channel)
        self.say(state, channel_id)
        return channel


class ChangeChannel(OfAdmin):
    """Change a channel. `given`: manifest fields to set (None: take away); those not named stay, secrets too."""

    def __init__(
        self, principal: Principal, sealer: Sealer, channel_id: int, given: Mapping[str, str | None],
        values: dict[str, Any], version: int | None,
    ) -> None:  # fmt: skip
        super().__init__(principal, sealer)
        self.channel_id = channel_id
        self.given = given
        self.values = values
        self.version = version

    def run(self, state: State) -> Query[Channel]:
        """Write what changed."""
        channel = yield from found(Channel, self.channel_id)
        check_version(channel.version, self.version, f"the channel {channel.name!r}")
        place = place_of(channel.id)
        if self.given:
            settings = _settings(channel.settings) if channel.settings else {}
            secrets = self.sealer.open_fields(channel.sealed, place)
            found_manifest = manifest_of(channel.network)
            of_app, of_channel = _parted(found_manifest, self.given)
            settings, secrets = _sorted_out(found_manifest, of_channel, settings, secrets)
            channel.app_id = yield from app_for(state, self.sealer, found_manifest, of_app, channel.app_id)
            channel.settings = msgspec.json.encode(settings).decode()
            channel.sealed = self.sealer.seal_fields(secrets, place)
            channel.health, channel.health_reason = "connecting", ""
        channel = msgspec.structs.replace(channel, version=channel.version + 1, **self.values)
        yield from _check(channel, state.now)
        yield from rows.change(channel)
        self.say(state, channel.id)
        return channel


class RemoveChannel(OfAdmin):
    """Disconnect a channel: its secrets are dropped. Its row goes only if nothing was ever said in it, else it stays,
    inactive, under the conversations that came by it.
    """

    def __init__(self, principal: Principal, sealer: Sealer, channel_id: int, version: int | None) -> None:
        super().__init__(principal, sealer)
        self.channel_id = channel_id
        self.version = version

    def run(self, state: State) -> Query[None]:
        """Delete it, or blank it."""
        channel = yield from found(Channel, self.channel_id)
        check_version(channel.version, self.version, f"the channel {channel.name!r}")
        if not (yield from channels.is_used(channel.id)):
            yield from rows.remove(Channel, channel.id)
            self.say(state, channel.id, removed=True)
            return
        channel.active, channel.sealed = 0, ""
        channel.health, channel.health_reason = "down", noted("disconnected", "disconnected by an admin")
        channel.version += 1
        yield from rows.change(channel)
        self.say(state, channel.id)


def _check(channel: Channel, now: int) -> Query[None]:
    """Raise Invalid for a team that is not there, or a start further back than is taken."""
    if channel.team_id is not None and (yield from rows.one(Team, channel.team_id)) is None:
        raise _wrong("/team_id", f"there is no team {channel.team_id}")
    if channel.live_since < min(channel.created_at, now) - EARLIEST_LIVE:
        raise _wrong("/live_since", "lies more than 7 days back: what is older is history")


def _parted(
    found_manifest: Manifest, given: Mapping[str, str | None]
) -> tuple[dict[str, str | None], dict[str, str | None]]:
    """What was given for the developer app, and what for the channel."""
    of_app = app_fields(found_manifest)
    return (
        {name: value for name, value in given.items() if name in of_app},
        {name: value for name, value in given.items() if name not in of_app},
    )


def _sorted_out(
    found_manifest: Manifest, given: Mapping[str, str | None], settings: dict[str, str], secrets: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """What was given, put to what there is, as (settings, secrets). Raises Invalid that names each wrong field."""
    fields = {field.name: field for field in (*found_manifest.fields, _BASE_URL, _SIGN_OFF) if not field.of_app}
    if any("private_reply" in capability.actions for capability in found_manifest.kinds.values()):
        fields[JOIN_PRIVATE] = _JOIN_PRIVATE
    shown = {action for capability in found_manifest.kinds.values() for action in capability.actions}
    fields |= {field.name: field for action, field in _SIGNS.items() if action in shown}
    settings, secrets = dict(settings), dict(secrets)
    unknown = f"is no field of {found_manifest.name}: it has {', '.join(fields)}"
    errors = [_error(name, unknown, "unknown") for name in given if name not in fields]
    for name, field in fields.items():
        kept = secrets if field.secret else settings
        before = kept.get(name)
        if name in given:
            _put(kept, name, given[name] or "")
        if field.default and not kept.get(name):
            kept[name] = field.default
        if field.required and not kept.get(name):
            errors.append(_error(name, f"is missing: {field.label}", "missing"))
        if name == _WEBHOOK_SECRET and before and kept.get(name) != before:
            # Deliveries signed with the one before are on their way: both count until the next change.
            secrets[f"{_WEBHOOK_SECRET}_previous"] = before
    errors += _complaints(fields, given, settings, secrets)
    if errors:
        raise Invalid(f"{errors[0]['pointer']} {errors[0]['message']}", errors=errors)
    return settings, secrets


def _complaints(
    fields: Mapping[str, Field],
    given: Mapping[str, str | None],
    settings: Mapping[str, str],
    secrets: Mapping[str, str],
) -> list[dict[str, Any]]:
    """What cannot work of what was given. What was kept before is let be, but for a secret of which it was changed
    how it is used.
    """
    looked_at = set(given)
    if "signature" in given:
        looked_at.add(_WEBHOOK_SECRET)
    found = []
    for name, field in fields.items():
        value = (secrets if field.secret else settings).get(name, "")
        wrong = complaint(field, value, settings) if value and name in looked_at else None
        if wrong is not None:
            found.append(_error(name, wrong.message, wrong.code, **wrong.facts))
    return found


def _put(kept: dict[str, str], name: str, value: str) -> None:
    if value:
        kept[name] = value
    else:
        kept.pop(name, None)


def _error(name: str, message: str, code: str, **facts: int) -> dict[str, Any]:
    return {"pointer": f"/settings/{name}", "message": message, "code": code, **facts}


def _wrong(pointer: str, message: str) -> Invalid:
    return Invalid(f"{pointer} {message}", errors=[{"pointer": pointer, "message": message}])
