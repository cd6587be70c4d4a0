"""Messenger: what people write to a Facebook Page in private, through the Graph API."""

from connectors._meta.envelope import parse_for
from connectors._meta.pages import assets
from connectors._meta.signatures import answer, verify
from connectors._meta.usage import used
from connectors.contract import Connector
from connectors.messenger.inbound import parse_part
from connectors.messenger.lookup import lookup_sent, profile
from connectors.messenger.manifest import MANIFEST
from connectors.messenger.oauth import OAUTH, setup, teardown
from connectors.messenger.outbound import plan, send
from connectors.messenger.poll import poll
from connectors.messenger.simulator import PageInbox

CONNECTOR = Connector(
    manifest=MANIFEST,
    plan=plan,
    send=send,
    verify=verify,
    answer=answer,
    parse=parse_for("messenger", parse_part),
    parse_part=parse_part,
    poll=poll,
    lookup_sent=lookup_sent,
    profile=profile,
    setup=setup,
    teardown=teardown,
    oauth=OAUTH,
    assets=assets,
    used=used,
    simulator=PageInbox,
)
