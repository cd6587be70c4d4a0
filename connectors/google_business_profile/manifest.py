"""What is true of Google Business Profile, each fact with its source."""

from __future__ import annotations

from connectors.contract import Capability, Fact, Field, Manifest, Rule, TextLimit

_READ_ON = "2026-11-22"
_REVIEWS = "https://developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews"
_NOTIFICATIONS = "https://developers.google.com/my-business/reference/notifications/rest/v1/NotificationSetting"
_LIMITS = "https://developers.google.com/my-business/content/limits"


def _fact(source: str) -> Fact:
    return Fact(source=source, read_on=_READ_ON)


REPLY = TextLimit(limit=4096, unit="bytes", fact=_fact(f"{_REVIEWS}#ReviewReply"))
"""The body of a reply: at most 4096 bytes, which are about 2000 Greek or 1000 emoji."""

PAGE_SIZE = 50
"""https://developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews/list (read 2026-11-22): at
most 50 reviews a page.
"""
MISSED_WALKS = 3
"""Full walks in a row that a review must be missing from before it counts as removed: Google is known to lose reviews
from its lists for a day and to bring them back.
"""

WANTED = ("NEW_REVIEW", "UPDATED_REVIEW")
"""Notifications that lead to a review."""
STANDING = "VOICE_OF_MERCHANT_UPDATED"
"""The right to speak for the location was given or taken: which of the two has to be asked."""

_QUESTIONS = "questions and answers were switched off by Google on 2025-11-03; the kind is only left in its list"
IGNORED = {
    "GOOGLE_UPDATE": "Google proposes other opening hours or an address: edited in the Business Profile, not answered",
    "NEW_CUSTOMER_MEDIA": "a photo on the map without words; photos of a review come with the review",
    "NEW_QUESTION": _QUESTIONS,
    "UPDATED_QUESTION": _QUESTIONS,
    "NEW_ANSWER": _QUESTIONS,
    "UPDATED_ANSWER": _QUESTIONS,
    "DUPLICATE_LOCATION": "a double entry on the map: mended in the Business Profile, nobody to answer",
    "LOSS_OF_VOICE_OF_MERCHANT": "the older name of VOICE_OF_MERCHANT_UPDATED, which comes as well",
    "NOTIFICATION_TYPE_UNSPECIFIED": "names nothing that happened",
    "other_location": "about another location of the account: all of them share one topic",
}

_REVIEW = Capability(
    audience="public",
    text=REPLY,
    actions=frozenset({"reply_review", "edit", "delete_sent"}),
    edit_seconds=0,
    delete_seconds=0,
)

MANIFEST = Manifest(
    network="google_business_profile",
    name="Google Business Profile",
    colour="#4285f4",
    mark="G",
    inbound=frozenset({"poll", "webhook"}),
    kinds={"review": _REVIEW},
    fields=(
        Field(
            "account_id",
            "Account",
            required=False,
            help="The number in accounts/…; may be left empty where the sign-in has one account with this location.",
        ),
        Field(
            "location_id",
            "Location",
            required=False,
            help="The number in locations/…; may be left empty where there is only one. A wrong one is answered with"
            " the list of those there are.",
        ),
        Field("client_id", "OAuth client id", help="Google Cloud console, APIs & Services, Credentials."),
        Field("client_secret", "OAuth client secret", secret=True),
        Field("refresh_token", "Refresh token", secret=True, required=False, help="Set by signing in."),
        Field("access_token", "Access token", secret=True, required=False, help="Set by signing in."),
        Field(
            "pubsub_topic",
            "Pub/Sub topic",
            required=False,
            help="projects/…/topics/…: where Google announces reviews of the whole account. Left empty, what is set"
            " at Google stays as it is.",
        ),
        Field(
            "push_service_account",
            "Service account of the push",
            required=False,
            help="The e-mail address that the push subscription signs in with. Needed for announcements.",
        ),
        Field(
            "push_audience",
            "Audience of the push",
            required=False,
            help="As set in the push subscription; left empty, the webhook address of this channel.",
        ),
        Field(
            "webhook_secret",
            "Push token",
            secret=True,
            required=False,
            form="secret",
            help="For a relay that signs nothing: comes as ?token= behind the webhook address, or as a bearer token.",
        ),
        Field("poll_minutes", "Minutes between polls", required=False, default="10", form="number", least=1, most=1440),
        Field(
            "full_walk_hours",
            "Hours between full walks",
            required=False,
            default="24",
            form="number",
            least=1,
            most=720,
            help=f"A removed review is noticed after {MISSED_WALKS} of them, an answer written at Google after one.",
        ),
    ),
    base_url="https://mybusiness.googleapis.com",
    identity_scope="item",
    unsend="keep",
    idempotent_sends=True,
    receipts=frozenset({"accepted"}),
    edits_in=True,
    deletes_in=True,
    media_hosts=("*.googleusercontent.com", "*.ggpht.com", "*.googlevideo.com"),
    keys_url="https://www.googleapis.com/oauth2/v3/certs",
    rate_per_second=1.0,
    rate_per_thread_second=0.2,
    documented_events=(*WANTED, STANDING, *IGNORED),
    ignored_events=IGNORED,
    rules=(
        Rule("verifies-signature", True, "announcements are signed by Google with a token for this address"),
        Rule("dedupes-redelivery", True),
        Rule("maps-all-documented-events", True),
        Rule("reports-receipts", True, "Google's own review of an answer is followed until it ends"),
        Rule("handles-revocation", True, "invalid_grant and 403 ask for a new sign-in"),
        Rule("limits-sourced", True),
        Rule("golden-per-event", True),
        Rule("live-tested", False, "needs a project that Google has approved, and a verified location"),
    ),
    facts=(
        _fact(_REVIEWS),
        _fact(_NOTIFICATIONS),
        _fact(_LIMITS),
        _fact("https://developers.google.com/my-business/content/latest-updates"),
        _fact("https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions"),
    ),
)
