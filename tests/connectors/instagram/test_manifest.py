"""connectors/instagram/manifest.py: limits, windows and what an admin enters."""

from connectors.instagram.manifest import (
    HUMAN_AGENT_SECONDS,
    MANIFEST,
    PRIVATE_REPLY_SECONDS,
    SUBSCRIBED,
    WINDOW_SECONDS,
)

DAY = 86_400


def test_direct_text_is_counted_in_bytes() -> None:
    """A direct message holds 1000 bytes, not characters."""
    text = MANIFEST.kinds["direct"].text
    assert (text.limit, text.unit) == (1000, "bytes")


def test_windows() -> None:
    """Answers end after a day, with Human Agent after seven; a comment can be answered in private for seven."""
    assert (WINDOW_SECONDS, HUMAN_AGENT_SECONDS, PRIVATE_REPLY_SECONDS) == (DAY, 7 * DAY, 7 * DAY)
    assert MANIFEST.kinds["direct"].window_seconds == WINDOW_SECONDS
    assert MANIFEST.kinds["comment"].window_seconds is None


def test_unsent_messages_are_erased() -> None:
    """What a person unsends is erased, as Meta's terms want."""
    assert MANIFEST.unsend == "erase"


def test_every_subscribed_field_is_read_or_ignored_for_a_reason() -> None:
    """Nothing is subscribed to that the package does not know of."""
    assert set(SUBSCRIBED) <= set(MANIFEST.documented_events)


def test_deliveries_come_by_the_familys_door() -> None:
    """Pieces find the channel by any of the ids its account goes by."""
    assert MANIFEST.door == "meta"
    assert set(MANIFEST.asset_fields) == {"ig_user_id", "app_scoped_id", "page_id"}


def test_secrets_are_marked() -> None:
    """Tokens and secrets are kept sealed, and those of the app with the app."""
    secret = {field.name for field in MANIFEST.fields if field.secret}
    of_app = {field.name for field in MANIFEST.fields if field.of_app}
    assert secret == {"access_token", "app_secret", "verify_token"}
    assert of_app == {"app_id", "app_secret", "verify_token"}
