"""connectors/instagram/account.py: which login, which host, in whose name."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors._meta import graph
from connectors.contract import Context
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import AnyRequest, HttpResponse
from connectors.instagram.account import account_id, api, ask, login_of
from tests.connectors.instagram.signing import context
from tests.connectors.kit.driver import Reply, drive


def channel(token: str, login: str = "", base_url: str = "https://graph.instagram.com") -> Context:
    """The channel with another token and login."""
    ctx = context()
    settings = {**ctx.settings, "login": login}
    return replace(ctx, base_url=base_url, settings=settings, credentials={**ctx.credentials, "access_token": token})


@pytest.mark.parametrize(
    ("token", "login", "wanted"),
    [
        ("IGAAx", "", "instagram"),
        ("EAAx", "", "facebook"),
        ("", "", "instagram"),
        ("EAAx", "instagram", "instagram"),
        ("IGAAx", "facebook", "facebook"),
        ("EAAx", "nonsense", "facebook"),
    ],
)
def test_the_login_is_as_chosen_or_as_the_token_begins(token: str, login: str, wanted: str) -> None:
    """What the admin chose goes before what the token looks like."""
    assert login_of(channel(token, login)) == wanted


def test_each_login_has_its_host() -> None:
    """A Page's token is of no use at graph.instagram.com, nor the other way round."""
    assert api(channel("IGAAx")).base_url == "https://graph.instagram.com"
    assert api(channel("EAAx")).base_url == "https://graph.facebook.com"


def test_an_address_of_ones_own_is_kept_by_both() -> None:
    """The sandbox and proxies serve both logins at one address."""
    for token in ("IGAAx", "EAAx"):
        assert api(channel(token, base_url="http://127.0.0.1:9/instagram")).base_url == "http://127.0.0.1:9/instagram"


def test_the_proof_is_made_for_pages_only() -> None:
    """A token of Instagram's login may belong to another secret: a wrong proof would be refused."""
    own = graph.get(api(channel("IGAAx")), "me")
    page = graph.get(api(channel("EAAx")), "me")
    assert "appsecret_proof" not in own.url
    assert parse_qs(urlsplit(page.url).query)["appsecret_proof"]
    assert own.headers["authorization"] == "Bearer IGAAx"


def test_the_account_is_named_by_its_id_where_it_is_known() -> None:
    """Before the first set-up the token alone tells."""
    assert account_id(context()) == "17841400000000042"
    assert account_id(replace(context(), asset_id="", settings={})) == "me"


def test_answers_that_cannot_be_read_leave_effects_unknown() -> None:
    """After something a customer can see, an answer that is none is no proof that it failed."""

    def garbage(request: AnyRequest, number: int) -> Reply:
        return HttpResponse(status=200, body=b"<html>")

    ctx = api(context())
    kinds = []
    for request in (graph.post(ctx, "me/messages", {}), graph.get(ctx, "me")):
        error = drive(ask(ctx, request), garbage).error
        assert isinstance(error, SendError)
        kinds.append(error.kind)
    assert kinds == [SendErrorKind.UNKNOWN, SendErrorKind.UNREACHABLE]
