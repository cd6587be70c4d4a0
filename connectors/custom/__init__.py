"""Custom channel: a signed HTTP channel, both directions, for whatever has no connector of its own."""

from connectors.contract import Connector
from connectors.custom import inbound, outbound, signature
from connectors.custom.manifest import MANIFEST
from connectors.custom.simulator import CustomSimulator

CONNECTOR = Connector(
    manifest=MANIFEST,
    plan=outbound.plan,
    send=outbound.send,
    verify=signature.verify,
    answer=inbound.answer,
    acknowledge=inbound.acknowledge,
    parse=inbound.parse,
    fetch=outbound.fetch,
    setup=outbound.setup,
    simulator=CustomSimulator,
)
