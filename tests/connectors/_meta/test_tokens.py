"""connectors/_meta/tokens.py: what a token is good for, and how one is made."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors._meta import tokens
from connectors._meta.simulator import APP_ID, APP_SECRET, PAGE_ID, TOKEN
from connectors.errors import SendError
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import Exchange
from tests.connectors._meta.world import NOW, SECOND, PageGraph, answered, asked, context
from tests.connectors.kit.driver import Run, by_simulator, drive


def driven(exchange: Exchange[Any], server: PageGraph | None = None) -> Run:
    """An exchange with the simulator."""
    return drive(exchange, by_simulator(server or PageGraph(), context()))


def test_debug_asks_in_the_apps_name() -> None:
    """The token is looked up with the app's own, and named as what it is."""
    run = driven(tokens.debug(context()))
    assert (run.result.type, run.result.profile_id, run.result.app_id) == ("PAGE", PAGE_ID, APP_ID)
    assert run.result.expires == 0  # never
    (request,) = asked(run)
    assert request.headers["authorization"] == f"Bearer {APP_ID}|{APP_SECRET}"
    assert parse_qs(urlsplit(request.url).query)["input_token"] == [TOKEN]


def test_debug_without_app_asks_with_the_token_itself() -> None:
    """Where the app's id is not known, the token vouches for itself."""
    (request,) = asked(driven(tokens.debug(context(settings={}))))
    assert request.headers["authorization"] == f"Bearer {TOKEN}"


def test_tokens_that_do_not_hold() -> None:
    """A dead token, and none, ask for a sign-in."""
    server = PageGraph()
    server.revoked.add(TOKEN)
    dead = driven(tokens.debug(context(settings={})), server)
    assert dead.error is not None
    assert dead.error.kind == Kind.REAUTH
    told = driven(tokens.debug(context()), server)
    assert told.error is not None
    assert (told.error.kind, "not valid" in told.error.reason) == (Kind.REAUTH, True)
    none = driven(tokens.debug(context(credentials={})))
    assert none.error is not None
    assert none.error.kind == Kind.REAUTH


def test_expiry_is_an_instant() -> None:
    """An end in seconds becomes an instant; 0 is none."""
    assert tokens.Debugged(expires_at=1_795_299_900).expires == 1_795_299_900 * SECOND
    assert tokens.Granted(access_token="t", expires_in=60).expires_at(NOW) == NOW + 60 * SECOND
    assert tokens.Granted(access_token="t").expires_at(NOW) is None


def test_missing_permissions_are_named() -> None:
    """A token that lacks permissions says which; one that names none is let through."""
    with pytest.raises(SendError, match="pages_messaging, pages_show_list"):
        tokens.require_scopes(tokens.Debugged(scopes=["email"]), ("pages_show_list", "pages_messaging"))
    tokens.require_scopes(tokens.Debugged(scopes=["email", "pages_messaging"]), ("pages_messaging",))
    tokens.require_scopes(tokens.Debugged(), ("pages_messaging",))


def test_dialog() -> None:
    """The admin is sent to Facebook's dialog with state and PKCE challenge, or to the channel's own base URL."""
    address = tokens.start(context(), "messenger", "st", "ch", ("pages_messaging", "pages_show_list"))
    assert address.startswith("https://www.facebook.com/v25.0/dialog/oauth?")
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert query == {
        "client_id": APP_ID,
        "redirect_uri": "https://inbox.example/oauth/messenger/callback",
        "response_type": "code",
        "scope": "pages_messaging,pages_show_list",
        "state": "st",
        "code_challenge": "ch",
        "code_challenge_method": "S256",
    }
    own = tokens.start(context(base_url="http://127.0.0.1:9/m"), "messenger", "st", "ch", ())
    assert own.startswith("http://127.0.0.1:9/m/v25.0/dialog/oauth?")


def test_a_code_becomes_a_lasting_token() -> None:
    """A code is changed for a short token with the PKCE verifier, and that for one of 60 days."""
    run = driven(tokens.signed_in(context(), "messenger", "the-code", "the-verifier"))
    first, second = (parse_qs(urlsplit(request.url).query) for request in asked(run))
    assert (first["code"], first["code_verifier"], first["client_id"]) == (["the-code"], ["the-verifier"], [APP_ID])
    assert (second["grant_type"], second["fb_exchange_token"]) == (["fb_exchange_token"], [f"{TOKEN}user"])
    assert run.result.expires_in > 59 * 86_400


def test_without_an_app_nobody_signs_in() -> None:
    """Without id and secret of the app the error says what to enter."""
    run = driven(tokens.signed_in(context(settings={}), "messenger", "c", "v"))
    assert run.error is not None
    assert (run.error.kind, "app_id" in run.error.reason) == (Kind.REJECTED, True)


def test_the_page_is_found_or_has_to_be_chosen() -> None:
    """The only Page is taken, a named one is found, and else the error names those there are."""
    shop, bar = tokens.Page(id="1", name="Shop"), tokens.Page(id="2", name="Bar")
    assert tokens.page_of([shop], "") is shop
    assert tokens.page_of([shop, bar], "2") is bar
    for found, wanted in (([shop, bar], ""), ([shop, bar], "3"), ([], "")):
        with pytest.raises(SendError) as caught:
            tokens.page_of(found, wanted)
        assert caught.value.kind == Kind.REJECTED
        assert all(page.name in caught.value.reason for page in found)


def test_pages_come_with_their_tokens() -> None:
    """The Pages of a person are read with the token of each; ids may be numbers."""
    page = {"id": 104, "name": "Shop", "access_token": "page-token", "tasks": ["MESSAGING"]}
    run = drive(tokens.pages(context(), "own"), lambda request, number: answered({"data": [page]}))
    assert [(one.id, one.access_token) for one in run.result] == [("104", "page-token")]
    assert asked(run)[0].headers["authorization"] == "Bearer own"


def test_all_pages_are_read() -> None:
    """Who manages many Pages is shown all: lists are read on while there is a next one, and end all the same."""
    more = {"paging": {"cursors": {"after": "QVFJ"}, "next": "https://graph.facebook.com/next"}}
    lists = [answered({"data": [{"id": "1"}], **more}), answered({"data": [{"id": "2"}], "paging": {"cursors": {}}})]
    run = drive(tokens.pages(context(), "own"), lambda request, number: lists[number])
    assert [one.id for one in run.result] == ["1", "2"]
    assert parse_qs(urlsplit(asked(run)[1].url).query)["after"] == ["QVFJ"]
    endless = drive(tokens.pages(context(), "own"), lambda request, number: lists[0])
    assert len(endless.requests) == 20
