"""connectors/google_business_profile/manifest.py: what Google Business Profile is declared to be."""

from connectors.google_business_profile import CONNECTOR
from connectors.google_business_profile.manifest import IGNORED, MANIFEST, STANDING, WANTED


def test_nothing_wanted_is_ignored() -> None:
    """A kind of announcement is either followed or ignored with a reason."""
    assert not {*WANTED, STANDING} & set(IGNORED)


def test_reviews_are_public_and_answered_only() -> None:
    """A review can be answered, and the answer changed and deleted at any time; nothing else can be done to it."""
    review = MANIFEST.kinds["review"]
    assert review.audience == "public"
    assert review.actions == {"reply_review", "edit", "delete_sent"}
    assert (review.edit_seconds, review.delete_seconds, review.window_seconds) == (0, 0, None)


def test_secrets_are_declared_secret() -> None:
    """What lets others act as us is never shown."""
    secret = {field.name for field in MANIFEST.fields if field.secret}
    assert secret == {"client_secret", "refresh_token", "access_token", "webhook_secret"}


def test_connector_carries_the_manifest() -> None:
    """The package exports a connector with this manifest."""
    assert CONNECTOR.manifest is MANIFEST
