"""E-mail: a mailbox read by IMAP and answered by SMTP. `README.md` says how threads are found."""

from __future__ import annotations

from connectors.contract import Connector, Context, OAuth, Setup
from connectors.email import oauth
from connectors.email.manifest import MANIFEST
from connectors.email.outbound import file, imap_error, lookup_sent, plan, send
from connectors.email.payloads import mailbox
from connectors.email.poll import parse_part, poll
from connectors.email.simulator import MailWorld
from connectors.exchange import Exchange, FetchMail, MailRefused, TransportFailed


def setup(ctx: Context) -> Exchange[Setup]:
    """Prove the IMAP sign-in, and make the secret that thread tokens are signed with, once.

    Raises SendError(REAUTH) for a refused sign-in, UNREACHABLE for a server that does not answer, REJECTED for a field
    that is missing.
    """
    box = mailbox(ctx)
    try:
        yield FetchMail(server=box.imap, folder="INBOX", limit=0)
    except (MailRefused, TransportFailed) as failed:
        raise imap_error(failed) from failed
    made = {} if box.token_secrets else {"token_secret": ctx.nonce() + ctx.nonce()}
    return Setup(asset_id=box.address, name=box.name or box.address, credentials=made)


CONNECTOR = Connector(
    manifest=MANIFEST,
    plan=plan,
    send=send,
    poll=poll,
    parse_part=parse_part,
    lookup_sent=lookup_sent,
    file=file,
    setup=setup,
    oauth=OAuth(start=oauth.start, callback=oauth.callback, refresh=oauth.refresh),
    simulator=MailWorld,
)
