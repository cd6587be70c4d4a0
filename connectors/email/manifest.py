"""What is true of mail."""

from __future__ import annotations

from connectors.contract import AttachmentRule, Capability, Fact, Field, Manifest, Rule, TextLimit

MAX_MAIL_BYTES = 25_000_000
"""Of a whole mail as sent, base64 included: what Gmail takes, and Microsoft 365 by default."""
MAX_FILE_BYTES = 18_000_000
"""What is left of that for one file before base64."""
MAX_RECIPIENTS = 100
_READ = "2026-11-21"
_NO_LIMIT = Fact("https://www.rfc-editor.org/rfc/rfc5322#section-2.1.1", _READ)
_SIZE = Fact("https://support.google.com/mail/answer/6584", _READ)
_RATE = Fact(
    "https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits",
    _READ,
)
_SECURITY = ("tls", "starttls", "none")

_FIELDS = (
    Field("address", "Address", help="The mailbox's own address, as customers write to it.", form="email"),
    Field("name", "Sender name", required=False, help="What customers see beside the address."),
    Field("aliases", "Other addresses", required=False, help="Further addresses of this mailbox, separated by commas."),
    Field("auth", "Sign in with", default="password", choices=("password", "google", "microsoft")),
    Field("imap_host", "IMAP server", required=False, help="Not needed with Google and Microsoft."),
    Field("imap_port", "IMAP port", required=False, default="993", form="number", least=1, most=65_535),
    Field("imap_security", "IMAP security", required=False, default="tls", choices=_SECURITY),
    Field("username", "User name", required=False, help="Empty: the address."),
    Field("password", "Password", secret=True, required=False, help="Where the provider has them, an app password."),
    Field("smtp_host", "SMTP server", required=False, help="Not needed with Google and Microsoft."),
    Field(
        "smtp_port", "SMTP port", required=False, help="Empty: 465, or 587 with Microsoft.",
        form="number", least=1, most=65_535,
    ),
    Field("smtp_security", "SMTP security", required=False, choices=_SECURITY, help="Empty: as usual for the port."),
    Field("smtp_username", "SMTP user name", required=False, help="Only where it differs from IMAP."),
    Field("smtp_password", "SMTP password", secret=True, required=False, help="Only where it differs from IMAP."),
    Field("client_id", "OAuth client id", required=False, help="Of the app registered at Google or Microsoft."),
    Field("client_secret", "OAuth client secret", secret=True, required=False),
    Field("tenant", "Microsoft tenant", required=False, default="common"),
    Field("access_token", "Access token", secret=True, required=False, help="Set by signing in."),
    Field("refresh_token", "Refresh token", secret=True, required=False, help="Set by signing in."),
    Field(
        "sent_folder", "Copy in Sent", required=False, default="auto", choices=("auto", "append", "provider", "none"),
        help="append: we file it; provider: the mail server does (Google, Microsoft); none: nobody.",
    ),
    Field(
        "read_sent", "Read Sent", required=False, default="yes", choices=("yes", "no"),
        help="Shows answers that people gave from their own mail client.",
    ),
    Field("read_junk", "Read the junk folder", required=False, default="no", choices=("yes", "no")),
    Field("history_days", "Days of earlier mail to read", required=False, default="7", form="number", most=3_650),
    Field(
        "authserv_id", "Authentication server", required=False,
        help="Name that your receiving server writes into Authentication-Results (such as mx.google.com)."
        " Empty: senders are neither verified nor marked as unverified.",
    ),
    Field(
        "plus_address", "Answers to a plus address", required=False, default="no", choices=("yes", "no"),
        help="yes only where mail to name+anything@ arrives in this mailbox.",
    ),
    Field("signature", "Signature", required=False),
    Field("token_secret", "Thread secret", secret=True, required=False, help="Made when the mailbox is connected."),
)  # fmt: skip

MANIFEST = Manifest(
    network="email",
    name="E-mail",
    colour="#4a6fa5",
    mark="@",
    inbound=frozenset({"mailbox"}),
    kinds={
        "mail": Capability(
            audience="private",
            text=TextLimit(1_000_000, "characters", _NO_LIMIT),
            attachments=(
                AttachmentRule("image", ("image/*",), MAX_FILE_BYTES, None, _SIZE),
                AttachmentRule("video", ("video/*",), MAX_FILE_BYTES, None, _SIZE),
                AttachmentRule("audio", ("audio/*",), MAX_FILE_BYTES, None, _SIZE),
                AttachmentRule("file", ("*/*",), MAX_FILE_BYTES, None, _SIZE),
            ),
            actions=frozenset({"send"}),
            html=True,
            recipients=True,
            starts=True,
        )
    },
    fields=_FIELDS,
    base_url="",
    identity_scope="network",
    unsend="keep",
    # Receivers that drop a second mail with the same Message-ID are many but not all.
    idempotent_sends=False,
    receipts=frozenset({"accepted", "delivered", "read"}),
    max_body_bytes=40_000_000,
    rate_per_second=0.5,
    rate_per_thread_second=0.2,
    documented_events=(
        "message", "auto_reply", "bounce_failed", "bounce_delivered", "bounce_delayed", "bounce_relayed",
        "read_receipt", "read_receipt_deleted", "complaint", "loop", "foreign_report",
    ),
    ignored_events={
        "bounce_delayed": "the server still tries; what becomes of it comes in a later report",
        "bounce_relayed": "handed on to a system that reports nothing further",
        "read_receipt_deleted": "thrown away unread, which is no receipt",
        "loop": "our own mail, sent back by another system",
        "foreign_report": "forged, or about another sender's mail",
    },
    rules=(
        Rule("verifies-signature", True, "no webhook; HMAC in Message-ID binds answers to their thread"),
        Rule("dedupes-redelivery", True),
        Rule("maps-all-documented-events", True),
        Rule("reports-receipts", True),
        Rule("handles-revocation", True, "refused sign-in raises reauth at the next poll or send"),
        Rule("limits-sourced", True),
        Rule("golden-per-event", True),
        Rule("live-tested", True, "2026-11-22 against Postfix and Dovecot; not yet at Google or Microsoft"),
    ),
    facts=(_NO_LIMIT, _SIZE, _RATE),
)  # fmt: skip
