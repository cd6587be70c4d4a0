"""connectors/_meta/pages.py: connecting a Page with whatever token the admin has."""

from collections.abc import Callable
from typing import Any

from connectors._meta import pages
from connectors._meta.simulator import APP_ID, PAGE_ID
from connectors.contract import Context
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import AnyRequest, HttpRequest, HttpResponse
from tests.connectors._meta.world import answered, asked, context, shown
from tests.connectors.kit.driver import Run, drive

SCOPES, FIELDS = ("pages_messaging",), ("messages",)


def graph(**results: Any) -> Callable[[AnyRequest, int], HttpResponse]:
    """Answers the last part of a path with the result named for it."""

    def answer(request: AnyRequest, number: int) -> HttpResponse:
        assert isinstance(request, HttpRequest)
        return answered(results[request.url.partition("?")[0].rpartition("/")[2]])

    return answer


def debugged(kind: str, **more: Any) -> dict[str, Any]:
    """What Graph knows of a token."""
    return {"data": {"is_valid": True, "app_id": APP_ID, "type": kind, "scopes": list(SCOPES), **more}}


def connected(ctx: Context, **results: Any) -> Run:
    """Setting up against those answers."""
    subscribed = {"data": [], "success": True}
    return drive(pages.setup(ctx, SCOPES, FIELDS), graph(subscribed_apps=subscribed, **results))


def test_with_a_pages_token() -> None:
    """The Page is the one that the token is of; its conversations are subscribed to."""
    page = {"id": 104, "name": "Shop"}
    run = connected(context(), debug_token=debugged("PAGE", profile_id=104), **{"104": page})
    assert run.error is None
    made = run.result
    assert (made.asset_id, made.name, dict(made.settings), dict(made.credentials)) == (
        "104", "Shop", {"page_id": "104"}, {},
    )  # fmt: skip
    assert shown(run.requests) == ["GET debug_token", "GET 104", "GET 104/subscribed_apps", "POST 104/subscribed_apps"]


def test_with_a_persons_token() -> None:
    """The Page's own token is read with the person's, used from then on, and kept."""
    accounts = {"data": [{"id": "104", "name": "Shop", "access_token": "page-token"}]}
    run = connected(
        context(), debug_token=debugged("USER"), accounts=accounts, **{"104": {"id": "104", "name": "Shop"}}
    )
    assert dict(run.result.credentials) == {"page_access_token": "page-token"}
    assert [request.headers["authorization"] for request in asked(run)[2:]] == ["Bearer page-token"] * 3


def test_when_a_token_ends() -> None:
    """It is known of the token that was given, and not of the Page's that is made of it."""
    page = {"104": {"id": "104", "name": "Shop"}}
    mine = connected(context(), debug_token=debugged("PAGE", profile_id=104, expires_at=1_800_000_000), **page)
    assert mine.result.expires_at == 1_800_000_000_000_000
    endless = connected(context(), debug_token=debugged("PAGE", profile_id=104, expires_at=0), **page)
    assert endless.result.expires_at == 0
    accounts = {"data": [{"id": "104", "name": "Shop", "access_token": "page-token"}]}
    made = connected(context(), debug_token=debugged("USER", expires_at=1_800_000_000), accounts=accounts, **page)
    assert made.result.expires_at is None


def test_after_a_new_sign_in() -> None:
    """Where the Page's token died, the person's new one makes another; one that holds is kept."""
    dead = answered({"data": {"is_valid": False, "error": {"message": "expired"}}})
    accounts = answered({"data": [{"id": "104", "name": "Shop", "access_token": "fresh"}]})
    page, done = answered({"id": "104", "name": "Shop"}), answered({"data": [], "success": True})
    ctx = context(credentials={**context().credentials, "user_access_token": "own"})
    replies = [dead, answered(debugged("USER")), accounts, page, done, done]
    run = drive(pages.setup(ctx, SCOPES, FIELDS), lambda request, number: replies[number])
    assert dict(run.result.credentials) == {"page_access_token": "fresh"}
    kept = connected(ctx, debug_token=debugged("PAGE", profile_id=104), **{"104": {"id": "104"}})
    assert dict(kept.result.credentials) == {}


def test_without_any_token() -> None:
    """A channel without a token asks for a sign-in, and nobody is asked for it."""
    run = connected(context(credentials={}))
    assert run.error is not None
    assert (run.error.kind, run.requests) == (Kind.REAUTH, [])


def test_a_network_that_is_down_is_no_dead_token() -> None:
    """Where Graph cannot say whether a token holds, no other is tried."""
    ctx = context(credentials={**context().credentials, "user_access_token": "own"})
    run = drive(pages.setup(ctx, SCOPES, FIELDS), lambda request, number: answered({}, 503))
    assert run.error is not None
    assert (run.error.kind, len(run.requests)) == (Kind.UNREACHABLE, 1)


def test_what_a_sign_in_reaches() -> None:
    """Every Page can be connected for each network that the permissions granted are enough for."""
    accounts = {"data": [{"id": 1, "name": "Shop", "access_token": "a"}, {"id": 2, "access_token": "b"}]}
    ctx = context(credentials={**context().credentials, "user_access_token": "own"})
    debug = debugged("USER", scopes=["pages_messaging", "pages_show_list"])
    run = drive(pages.assets(ctx), graph(debug_token=debug, accounts=accounts))
    assert [(one.network, one.asset_id, one.name, dict(one.settings)) for one in run.result] == [
        ("messenger", "1", "Shop", {"page_id": "1"}), ("messenger", "2", "2", {"page_id": "2"}),
    ]  # fmt: skip
    both = debugged("USER", scopes=["pages_messaging", "pages_read_user_content"])
    found = drive(pages.assets(ctx), graph(debug_token=both, accounts=accounts)).result
    assert {one.network for one in found} == {"messenger", "facebook_page"}


def test_the_page_has_to_be_chosen() -> None:
    """Where several Pages are reached, the error names them; `page_id` chooses."""
    accounts = {
        "data": [{"id": "1", "name": "Shop", "access_token": "a"}, {"id": "2", "name": "Bar", "access_token": "b"}]
    }
    results = {"debug_token": debugged("SYSTEM_USER"), "accounts": accounts, "2": {"id": "2", "name": "Bar"}}
    run = connected(context(), **results)
    assert run.error is not None
    assert (run.error.kind, "Shop (1), Bar (2)" in run.error.reason) == (Kind.REJECTED, True)
    assert connected(context(settings={"page_id": "2"}), **results).result.asset_id == "2"


def test_a_token_of_another_page() -> None:
    """A token and a page_id that contradict each other are not connected."""
    run = connected(context(settings={"page_id": "2"}), debug_token=debugged("PAGE", profile_id="104"))
    assert run.error is not None
    assert (run.error.kind, "104" in run.error.reason) == (Kind.REJECTED, True)


def test_a_permission_is_missing() -> None:
    """A token without the permissions is refused before anything is changed."""
    run = connected(context(), debug_token=debugged("PAGE", scopes=["email"]))
    assert run.error is not None
    assert run.error.kind == Kind.REAUTH
    assert shown(run.requests) == ["GET debug_token"]


def test_signing_in_keeps_the_persons_token() -> None:
    """A sign-in brings the person's token, of which the Page's is made; it counts as without end, as the Page's is."""
    oauth = pages.oauth("messenger", SCOPES)
    granted = graph(access_token={"access_token": "own", "expires_in": 5_000_000})
    run = drive(oauth.callback(context(), "code", "verifier"), granted)
    assert dict(run.result.credentials) == {"user_access_token": "own"}
    assert run.result.expires_at is None
    assert oauth.start(context(), "s", "c").startswith("https://www.facebook.com/")


def test_refresh_makes_the_pages_token_anew() -> None:
    """The Page's token is read again with the person's; where nobody signed in, an admin has to."""
    accounts = {"data": [{"id": PAGE_ID, "access_token": "fresh"}, {"id": "2", "access_token": "other"}]}
    ctx = context(credentials={**context().credentials, "user_access_token": "own"})
    assert dict(drive(pages.refresh(ctx), graph(accounts=accounts)).result.credentials) == {
        "page_access_token": "fresh"
    }
    nobody = drive(pages.refresh(context()), graph())
    assert nobody.error is not None
    assert nobody.error.kind == Kind.REAUTH


def test_teardown_ends_the_subscription() -> None:
    """Removing the channel removes its fields; a channel that was never connected asks nobody."""
    apps = {"data": [{"id": APP_ID, "subscribed_fields": ["messages"]}], "success": True}
    run = drive(pages.teardown(context(), FIELDS), graph(subscribed_apps=apps))
    assert shown(run.requests)[-1] == f"DELETE {PAGE_ID}/subscribed_apps"
    assert drive(pages.teardown(context(asset_id=""), FIELDS), graph()).requests == []
