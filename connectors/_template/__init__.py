"""Template."""

from connectors._template import inbound, outbound
from connectors._template.manifest import MANIFEST
from connectors._template.simulator import TemplateSimulator
from connectors.contract import Connector

CONNECTOR = Connector(
    manifest=MANIFEST,
    plan=outbound.plan,
    send=outbound.send,
    verify=inbound.verify,
    parse=inbound.parse,
    setup=outbound.setup,
    simulator=TemplateSimulator,
)
