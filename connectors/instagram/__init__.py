"""Instagram: direct messages, comments and mentions of a professional account, through either of Instagram's APIs."""

from connectors._meta.usage import used
from connectors.contract import Connector
from connectors.instagram.connecting import assets, setup, teardown
from connectors.instagram.fetch import fetch, profile
from connectors.instagram.inbound import answer, parse, parse_part, verify
from connectors.instagram.manifest import MANIFEST
from connectors.instagram.oauth import OAUTH
from connectors.instagram.outbound import plan, send
from connectors.instagram.poll import poll
from connectors.instagram.simulator import InstagramGraph

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
    profile=profile,
    setup=setup,
    teardown=teardown,
    oauth=OAUTH,
    assets=assets,
    used=used,
    simulator=InstagramGraph,
)
