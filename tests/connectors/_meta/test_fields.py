"""connectors/_meta/fields.py: what belongs to the app, and the version that is spoken."""

import pytest

from connectors import registry
from connectors._meta.fields import API_VERSION, APP_FIELDS, version
from tests.connectors._meta.world import context


def test_fields_of_the_app() -> None:
    """What an app has is kept once, with the app; the version is the channel's."""
    assert [(field.name, field.secret, field.required) for field in APP_FIELDS] == [
        ("app_id", False, False), ("app_secret", True, True), ("verify_token", True, False),
    ]  # fmt: skip
    assert all(field.of_app for field in APP_FIELDS)
    assert not API_VERSION.of_app


@pytest.mark.parametrize(("entered", "spoken"), [("", "v25.0"), ("v26.0", "v26.0"), (" /v24.0/ ", "v24.0")])
def test_version(entered: str, spoken: str) -> None:
    """The version entered is spoken, else the default."""
    assert version(context(settings={"api_version": entered})) == spoken


def test_the_door_is_found() -> None:
    """The family is found by its name, with the networks that come to it."""
    assert registry.door("meta").networks == ("messenger", "facebook_page", "instagram", "whatsapp")
    assert "meta" in registry.doors()
