"""connectors/whatsapp/oauth.py: Embedded Signup, from the dialog to a number that sends."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from connectors.contract import Context
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import HttpRequest
from connectors.whatsapp.channel import assets, setup
from connectors.whatsapp.oauth import OAUTH
from connectors.whatsapp.simulator import NUMBER_ID, CloudApi
from tests.connectors.kit.driver import by_simulator, drive
from tests.connectors.whatsapp.signing import context


def _app(**settings: str) -> Context:
    """The context of a connection: an app, and no token yet."""
    ctx = context()
    credentials = {name: value for name, value in ctx.credentials.items() if name != "access_token"}
    return replace(ctx, settings={"app_id": "1400000000000042", **settings}, credentials=credentials, asset_id="")


def test_the_dialog_is_that_of_the_configuration() -> None:
    """The business chooses what it shares; without a configuration a person grants permissions."""
    shown = parse_qs(urlsplit(OAUTH.start(_app(config_id="77"), "state", "challenge")).query)
    assert (shown["config_id"], shown["response_type"], shown["state"]) == (["77"], ["code"], ["state"])
    assert shown["override_default_response_type"] == ["true"]
    plain = parse_qs(urlsplit(OAUTH.start(_app(), "state", "challenge")).query)
    assert "config_id" not in plain
    assert plain["scope"] == ["whatsapp_business_messaging,whatsapp_business_management"]


def test_from_a_code_to_a_number_that_sends() -> None:
    """The code brings a token, the token its numbers; the chosen one is registered with its PIN and delivered from."""
    server, ctx = CloudApi(7), _app(config_id="77")
    server.is_registered = False
    server.subscribed = set()
    granted = drive(OAUTH.callback(ctx, "code", "verifier"), by_simulator(server, ctx))
    assert granted.error is None
    assert len(granted.requests) == 1, "the token of a business is not exchanged for another"
    ctx = replace(ctx, credentials={**ctx.credentials, "app_secret": server.credentials["app_secret"]})
    ctx = replace(ctx, credentials={**ctx.credentials, **granted.result.credentials})

    listed = drive(assets(ctx), by_simulator(server, ctx)).result
    assert [one.asset_id for one in listed] == [NUMBER_ID]
    ctx = replace(ctx, settings={**ctx.settings, **listed[0].settings})
    without = drive(setup(ctx), by_simulator(server, ctx))
    ctx = replace(ctx, credentials={**ctx.credentials, "pin": "123456"})
    made = drive(setup(ctx), by_simulator(server, ctx))

    assert without.error is not None
    assert (without.error.kind, "pin" in without.error.reason) == (Kind.REJECTED, True)
    assert made.error is None
    assert server.is_registered
    assert server.subscribed


def test_a_token_that_ends_is_renewed() -> None:
    """For sixty days more; that of a business has to ask for them."""
    server, ctx = CloudApi(7), _app(config_id="77")
    ctx = replace(ctx, credentials={**ctx.credentials, "access_token": "EAAbusiness"})
    renewed = drive(OAUTH.refresh(ctx), by_simulator(server, ctx))
    assert renewed.error is None
    assert renewed.result.expires_at > ctx.now
    [request] = renewed.requests
    assert isinstance(request, HttpRequest)
    assert "set_token_expires_in_60_days=true" in request.url


def test_without_a_token_somebody_has_to_sign_in() -> None:
    """There is nothing to renew."""
    run = drive(OAUTH.refresh(_app()), by_simulator(CloudApi(7), _app()))
    assert run.error is not None
    assert run.error.kind is Kind.REAUTH
