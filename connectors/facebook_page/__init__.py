"""Facebook Pages: comments on posts and ads, visitors' posts, mentions and recommendations, through the Graph API."""

from connectors._meta.pages import assets
from connectors._meta.signatures import answer, verify
from connectors._meta.usage import used
from connectors.contract import Connector
from connectors.facebook_page.fetch import fetch
from connectors.facebook_page.inbound import parse, parse_part
from connectors.facebook_page.manifest import MANIFEST
from connectors.facebook_page.oauth import OAUTH, setup, teardown
from connectors.facebook_page.outbound import lookup_sent, plan, send
from connectors.facebook_page.poll import poll
from connectors.facebook_page.simulator import PageSimulator

CONNECTOR = Connector(
    manifest=MANIFEST,
    plan=plan,
    send=send,
    verify=verify,
    answer=answer,
    parse=parse,
    parse_part=parse_part,
    poll=poll,
    fetch=fetch,
    lookup_sent=lookup_sent,
    setup=setup,
    teardown=teardown,
    assets=assets,
    oauth=OAUTH,
    used=used,
    simulator=PageSimulator,
)
