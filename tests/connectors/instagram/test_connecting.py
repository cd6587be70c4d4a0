"""connectors/instagram/connecting.py: whose token it is, and what is subscribed."""

from dataclasses import replace
from typing import Any

import msgspec

from connectors._meta.simulator import APP_SECRET
from connectors.contract import Context, Setup
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import AnyRequest, HttpRequest, HttpResponse
from connectors.instagram.connecting import setup, teardown
from connectors.instagram.manifest import SUBSCRIBED
from connectors.instagram.simulator import InstagramGraph
from tests.connectors.instagram.signing import context
from tests.connectors.kit.driver import Answerer, Reply, Run, by_simulator, drive

ACCOUNT = "17841400000000042"
LINKED = {"instagram_business_account": {"id": ACCOUNT, "username": "alkyon.home"}}


def channel(token: str = "IGAAx", **settings: str) -> Context:
    """A channel of which only the token was entered."""
    credentials = {"app_secret": APP_SECRET, "access_token": token}
    return replace(context(), settings={"app_id": "1400000000000042", **settings}, credentials=credentials, asset_id="")


def graph(**results: Any) -> Answerer:
    """Answers each last part of a path with the result named for it."""

    def answer(request: AnyRequest, number: int) -> Reply:
        assert isinstance(request, HttpRequest)
        name = request.url.partition("?")[0].rpartition("/")[2]
        return HttpResponse(status=200, body=msgspec.json.encode(results[name]))

    return answer


def done(run: Run) -> Setup:
    """The set-up, which succeeded."""
    assert run.error is None, run.error
    assert isinstance(run.result, Setup)
    return run.result


def test_a_token_of_instagrams_login_tells_the_account() -> None:
    """The account has two ids: deliveries name one, the app knows the other, and both are kept."""
    run = drive(setup(channel()), by_simulator(InstagramGraph(7), channel()))
    made = done(run)
    assert made.asset_id == ACCOUNT
    assert made.name == "Alkyon Home"
    assert made.settings["app_scoped_id"] == "27841400000000042"
    assert (made.settings["ig_user_id"], made.settings["username"]) == (ACCOUNT, "alkyon.home")


def test_every_field_that_is_read_is_subscribed() -> None:
    """The account itself is subscribed, by name."""
    simulator = InstagramGraph(7)
    done(drive(setup(channel()), by_simulator(simulator, channel())))
    assert simulator.subscribed == set(SUBSCRIBED)


def test_a_pages_token_leads_to_its_account() -> None:
    """Behind a Page the Page is attached to the app, and the account is the one it is linked to."""
    simulator = InstagramGraph(7)
    ctx = channel("EAAx")
    made = done(drive(setup(ctx), by_simulator(simulator, replace(ctx, base_url="https://graph.facebook.com"))))
    assert (made.asset_id, made.settings["login"]) == (ACCOUNT, "facebook")
    assert made.settings["page_id"] == "104200000000042"
    assert simulator.subscribed == {"name"}


def test_what_other_channels_of_the_page_subscribed_is_kept() -> None:
    """Messenger goes on when Instagram is connected, and when it is removed."""
    simulator = InstagramGraph(7)
    simulator.subscribed = {"messages"}
    ctx = channel("EAAx")
    at = replace(ctx, base_url="https://graph.facebook.com")
    done(drive(setup(ctx), by_simulator(simulator, at)))
    assert simulator.subscribed == {"messages", "name"}
    assert drive(teardown(ctx), by_simulator(simulator, at)).error is None
    assert simulator.subscribed == {"messages"}


def test_a_persons_token_becomes_the_pages() -> None:
    """Somebody who manages the Page signs in; what is kept is the Page's token."""
    user = {"data": {"is_valid": True, "type": "USER", "user_id": "1"}}
    pages = {
        "data": [{"id": "1", "name": "No account"}, {"id": "2", "name": "Shop", "access_token": "EAApage", **LINKED}]
    }
    answers = graph(debug_token=user, accounts=pages, subscribed_apps={"data": []})
    assert done(drive(setup(channel("EAAx")), answers)).credentials == {"access_token": "EAApage"}


def test_among_several_accounts_one_has_to_be_chosen() -> None:
    """The refusal names the accounts there are; the id entered picks one."""
    other = {"instagram_business_account": {"id": "99", "username": "other"}}
    user = {"data": {"is_valid": True, "type": "USER", "user_id": "1"}}
    pages = {"data": [{"id": "1", "name": "A", "access_token": "EAA1", **LINKED}, {"id": "2", "name": "B", **other}]}
    answers = graph(debug_token=user, accounts=pages, subscribed_apps={"data": []})
    refused = drive(setup(channel("EAAx")), answers).error
    assert refused is not None
    assert "alkyon.home of A" in refused.reason
    assert done(drive(setup(channel("EAAx", ig_user_id=ACCOUNT)), answers)).settings["page_id"] == "1"


def test_another_account_than_the_one_entered_is_refused() -> None:
    """A token of the wrong account does not connect silently."""
    ctx = channel(ig_user_id="1")
    refused = drive(setup(ctx), by_simulator(InstagramGraph(7), ctx)).error
    assert refused is not None
    assert refused.kind == Kind.REJECTED
    assert ACCOUNT in refused.reason


def test_a_token_without_the_permissions_is_refused() -> None:
    """What would fail at the first message fails at once, and says what is missing."""
    simulator = InstagramGraph(7)
    simulator.scopes = ("instagram_basic",)
    ctx = channel("EAAx")
    refused = drive(setup(ctx), by_simulator(simulator, replace(ctx, base_url="https://graph.facebook.com"))).error
    assert refused is not None
    assert refused.kind == Kind.REAUTH
    assert "instagram_manage_comments" in refused.reason


def test_without_a_token_somebody_has_to_sign_in() -> None:
    """Nothing is asked of the network in nobody's name."""
    run = drive(setup(channel("")), graph())
    assert run.error is not None
    assert (run.error.kind, run.requests) == (Kind.REAUTH, [])


def test_removing_a_channel_ends_its_deliveries() -> None:
    """An account that was signed in by itself is subscribed no longer."""
    simulator = InstagramGraph(7)
    simulator.subscribed = {"messages"}
    drive(teardown(channel()), by_simulator(simulator, channel()))
    assert simulator.subscribed == set()
