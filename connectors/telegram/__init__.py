"""Telegram: private chats, groups, comments under channel posts and Telegram Business accounts, through the Bot API."""

from connectors.contract import Connector
from connectors.telegram.inbound import parse, verify
from connectors.telegram.manifest import MANIFEST
from connectors.telegram.outbound import plan, send
from connectors.telegram.poll import fetch, media, poll, profile, setup, teardown
from connectors.telegram.simulator import BotApi

CONNECTOR = Connector(
    manifest=MANIFEST,
    plan=plan,
    send=send,
    verify=verify,
    parse=parse,
    poll=poll,
    fetch=fetch,
    media=media,
    profile=profile,
    setup=setup,
    teardown=teardown,
    simulator=BotApi,
)
