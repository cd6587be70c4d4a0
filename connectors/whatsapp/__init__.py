"""WhatsApp: private chats and groups of a business number, through the Cloud API of the WhatsApp Business Platform."""

from connectors._meta.signatures import answer, verify
from connectors._meta.usage import used
from connectors.contract import Connector
from connectors.whatsapp.channel import assets, media, setup, teardown
from connectors.whatsapp.inbound import parse, parse_part
from connectors.whatsapp.manifest import MANIFEST
from connectors.whatsapp.oauth import OAUTH
from connectors.whatsapp.outbound import plan, send
from connectors.whatsapp.simulator import CloudApi
from connectors.whatsapp.templates import templates

CONNECTOR = Connector(
    manifest=MANIFEST,
    plan=plan,
    send=send,
    verify=verify,
    answer=answer,
    parse=parse,
    parse_part=parse_part,
    media=media,
    setup=setup,
    teardown=teardown,
    oauth=OAUTH,
    templates=templates,
    assets=assets,
    used=used,
    simulator=CloudApi,
)
