"""Website chat: the widget on a company's own pages. There is no third party: the service itself delivers."""

from connectors.contract import Connector
from connectors.webchat.inbound import parse
from connectors.webchat.manifest import MANIFEST
from connectors.webchat.outbound import plan, setup
from connectors.webchat.simulator import Visitors

CONNECTOR = Connector(manifest=MANIFEST, plan=plan, parse=parse, setup=setup, simulator=Visitors)
