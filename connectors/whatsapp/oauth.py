"""Embedded Signup by redirection: the business shares its account with the app, and comes back with a code.

With a configuration of Facebook Login for Business the code is worth a token of the business itself, which has no end
or one of 60 days, as the configuration says; without one it is worth a person's. Which accounts and numbers it reaches
the token tells (`channel.assets`).
https://developers.facebook.com/docs/whatsapp/embedded-signup/onboarding-customers-as-a-tech-provider,
https://developers.facebook.com/docs/facebook-login/facebook-login-for-business and, for the end of a token,
https://developers.facebook.com/docs/business-management-apis/system-users/install-apps-and-generate-tokens
(read 2026-11-22).
"""

from __future__ import annotations

from urllib.parse import urlencode

from connectors._meta import tokens
from connectors.contract import Context, Credentials, OAuth
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import Exchange
from connectors.whatsapp.channel import SCOPES

_EARLY_SECONDS = 10 * 24 * 3600.0


def start(ctx: Context, state: str, challenge: str) -> str:
    """The dialog; with the configuration of Embedded Signup where the app has one."""
    address = tokens.start(ctx, "whatsapp", state, challenge, SCOPES)
    config_id = ctx.settings.get("config_id", "")
    if not config_id:
        return address
    return f"{address}&{urlencode({'config_id': config_id, 'override_default_response_type': 'true'})}"


def callback(ctx: Context, code: str, verifier: str) -> Exchange[Credentials]:
    """The token of the business; a person's is made to last."""
    granted = yield from tokens.redeemed(ctx, "whatsapp", code, verifier)
    if not ctx.settings.get("config_id", ""):
        granted = yield from tokens.long_lived(ctx, granted.access_token)
    return Credentials(credentials={"access_token": granted.access_token}, expires_at=granted.expires_at(ctx.now))


def refresh(ctx: Context) -> Exchange[Credentials]:
    """Sixty days more. Raises SendError(REAUTH) where there is no token to renew."""
    token = ctx.credentials.get("access_token", "")
    if not token:
        raise SendError(SendErrorKind.REAUTH, "there is no token to renew: sign in, or enter one")
    granted = yield from tokens.long_lived(ctx, token, of_business=bool(ctx.settings.get("config_id", "")))
    return Credentials(credentials={"access_token": granted.access_token}, expires_at=granted.expires_at(ctx.now))


OAUTH = OAuth(start=start, callback=callback, refresh=refresh, early_seconds=_EARLY_SECONDS)
