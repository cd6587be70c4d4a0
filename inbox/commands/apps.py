"""Developer apps at networks: found or made when a channel is connected, one for all the channels that it serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from connectors.contract import Field, Manifest
from inbox.domain import events as e
from inbox.domain.records import App
from inbox.domain.state import State
from inbox.errors import Invalid
from inbox.seal import Sealer
from inbox.storage import rows
from inbox.storage.database import Query

_settings = msgspec.json.Decoder(dict[str, str]).decode
_SECRET = "app_secret"  # noqa: S105 - the name of a field


def app_fields(manifest: Manifest) -> dict[str, Field]:
    """The fields that belong to the app."""
    return {field.name: field for field in manifest.fields if field.of_app}


def app_for(
    state: State, sealer: Sealer, manifest: Manifest, given: Mapping[str, str | None], current: int | None
) -> Query[int | None]:
    """The id of the app a channel belongs to, with what was given of it written; None where its network has no apps.

    `current`: the app it belongs to already. Otherwise the one with the same `app_id`, else the one with the same
    secret, else the only one there is when nothing is given; else a new one. Raises Invalid for a missing field.
    """
    if not manifest.door:
        return None
    known = [app for app in (yield from rows.every(App)) if app.network == manifest.door]
    app = _found(known, sealer, given, current)
    before = ({}, {}) if app is None else (_of(app), sealer.open_fields(app.sealed, f"app:{app.id}"))
    settings, secrets = _merged(app_fields(manifest), given, *before)
    if app is None:
        app = App(state.next_id(), manifest.door, _name(settings, manifest), "", "", state.now, 0)
    elif (settings, secrets) == before:
        return app.id
    is_new = app.version == 0
    app.settings = msgspec.json.encode(settings).decode()
    app.sealed = sealer.seal_fields(secrets, f"app:{app.id}")
    app.version += 1
    yield from (rows.add(app) if is_new else rows.change(app))
    state.emit(e.SettingChanged(object="app", id=app.id))
    return app.id


def _found(known: Sequence[App], sealer: Sealer, given: Mapping[str, str | None], current: int | None) -> App | None:
    if current is not None:
        return next((app for app in known if app.id == current), None)
    if given.get("app_id"):
        return next((app for app in known if _of(app).get("app_id") == given["app_id"]), None)
    if given.get(_SECRET):
        secret = given[_SECRET]
        return next((a for a in known if sealer.open_fields(a.sealed, f"app:{a.id}").get(_SECRET) == secret), None)
    return known[0] if len(known) == 1 else None


def _merged(
    fields: Mapping[str, Field],
    given: Mapping[str, str | None],
    settings: Mapping[str, str],
    secrets: Mapping[str, str],
) -> tuple[dict[str, str], dict[str, str]]:
    settings, secrets = dict(settings), dict(secrets)
    errors = []
    for name, field in fields.items():
        kept = secrets if field.secret else settings
        before = kept.get(name)
        if given.get(name):
            kept[name] = given[name] or ""
        if name == _SECRET and before and kept[name] != before:
            # Deliveries signed with the one before are on their way: both count until the next change.
            kept[f"{_SECRET}_previous"] = before
        if field.required and not kept.get(name):
            errors.append({"pointer": f"/settings/{name}", "message": f"is missing: {field.label}"})
    if errors:
        raise Invalid(f"{errors[0]['pointer']} {errors[0]['message']}", errors=errors)
    return settings, secrets


def _of(app: App) -> dict[str, str]:
    return _settings(app.settings) if app.settings else {}


def _name(settings: Mapping[str, str], manifest: Manifest) -> str:
    family = manifest.door.capitalize()
    return f"{family} app {settings['app_id']}" if settings.get("app_id") else f"{family} app"
