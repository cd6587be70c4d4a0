"""Google Business Profile: reviews of a company's locations on Google Search and Maps, and our answers to them."""

from connectors.contract import Connector, OAuth
from connectors.google_business_profile import oauth
from connectors.google_business_profile.inbound import parse, verify
from connectors.google_business_profile.locations import assets, setup
from connectors.google_business_profile.manifest import MANIFEST
from connectors.google_business_profile.outbound import check, plan, send
from connectors.google_business_profile.poll import fetch, parse_part, poll
from connectors.google_business_profile.simulator import BusinessProfile

CONNECTOR = Connector(
    manifest=MANIFEST,
    plan=plan,
    send=send,
    verify=verify,
    parse=parse,
    parse_part=parse_part,
    poll=poll,
    fetch=fetch,
    check=check,
    setup=setup,
    oauth=OAuth(start=oauth.start, callback=oauth.callback, refresh=oauth.refresh),
    assets=assets,
    simulator=BusinessProfile,
)
