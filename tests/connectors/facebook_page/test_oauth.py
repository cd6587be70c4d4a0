"""connectors/facebook_page/oauth.py: signing in, proving the token and subscribing the page."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from connectors.contract import Context
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import AnyRequest, HttpRequest, HttpResponse
from connectors.facebook_page.manifest import SCOPES
from connectors.facebook_page.oauth import OAUTH, setup, teardown
from tests.connectors.facebook_page.signing import PAGE, context
from tests.connectors.kit.driver import Reply, Run, drive

APP = "1400000000000042"


def facebook(**answers: Any) -> Callable[[AnyRequest, int], Reply]:
    """Answers by the last part of the path; `page` is the page itself."""

    def answer(request: AnyRequest, number: int) -> Reply:
        assert isinstance(request, HttpRequest)
        name = urlsplit(request.url).path.rpartition("/")[2]
        return HttpResponse(status=200, body=msgspec.json.encode(answers["page" if name in (PAGE, "me") else name]))

    return answer


def token(kind: str = "PAGE", **fields: Any) -> dict[str, Any]:
    """What debug_token says of a good token."""
    scopes = [*SCOPES, "pages_messaging"]
    return {"data": {"is_valid": True, "type": kind, "app_id": APP, "profile_id": PAGE, "scopes": scopes, **fields}}


def subscriptions(*fields: str) -> dict[str, Any]:
    """What is subscribed already."""
    return {"data": [{"id": APP, "subscribed_fields": list(fields)}] if fields else [], "success": True}


def written(run: Run) -> set[str]:
    """The fields that were subscribed."""
    (request,) = [one for one in run.requests if isinstance(one, HttpRequest) and one.method == "POST"]
    return set(parse_qs(urlsplit(request.url).query)["subscribed_fields"][0].split(","))


def unnamed() -> Context:
    """The channel before the page is known."""
    return replace(context(), settings={}, asset_id="")


def test_the_page_is_found_out_from_its_token() -> None:
    """With nothing but a page's token the page is known, named and subscribed."""
    page = {"id": PAGE, "name": "Alkyon Home"}
    run = drive(setup(unnamed()), facebook(debug_token=token(), page=page, subscribed_apps=subscriptions()))
    assert run.error is None
    assert (run.result.asset_id, run.result.name, run.result.settings) == (PAGE, "Alkyon Home", {"page_id": PAGE})
    assert run.result.credentials == {}
    assert written(run) == {"feed", "mention", "ratings"}


def test_what_messenger_has_subscribed_is_kept() -> None:
    """A subscription is written whole: the fields of the sibling channel stay in it."""
    answers = facebook(debug_token=token(), page={"id": PAGE}, subscribed_apps=subscriptions("messages", "feed"))
    assert written(drive(setup(context()), answers)) == {"feed", "mention", "messages", "ratings"}


def test_a_persons_token_is_exchanged_for_the_pages() -> None:
    """What acts as the page from then on is its own token, which does not expire."""
    accounts = {"data": [{"id": PAGE, "name": "Alkyon Home", "access_token": "EAApage"}]}
    answers = facebook(
        debug_token=token("USER", profile_id=""), accounts=accounts, page={"id": PAGE}, subscribed_apps=subscriptions()
    )
    run = drive(setup(unnamed()), answers)
    assert run.result.credentials == {"page_access_token": "EAApage"}
    tokens = [dict(one.headers)["authorization"] for one in run.requests if isinstance(one, HttpRequest)]
    assert tokens[-1] == "Bearer EAApage"


def test_a_person_with_several_pages_has_to_choose() -> None:
    """The error names the pages there are."""
    accounts = {"data": [{"id": "1", "name": "One"}, {"id": "2", "name": "Two"}]}
    run = drive(setup(unnamed()), facebook(debug_token=token("SYSTEM_USER", profile_id=""), accounts=accounts))
    assert run.error is not None
    assert run.error.kind is Kind.REJECTED
    assert "One (1), Two (2)" in run.error.reason


def test_the_token_of_another_page_is_refused() -> None:
    """A channel never becomes another page than the one that was entered."""
    run = drive(setup(replace(context(), settings={"page_id": "5"})), facebook(debug_token=token()))
    assert run.error is not None
    assert run.error.kind is Kind.REJECTED


def test_a_missing_permission_is_named() -> None:
    """Without its permissions nothing would ever arrive: connecting says which."""
    run = drive(setup(context()), facebook(debug_token=token(scopes=["pages_read_engagement"])))
    assert run.error is not None
    assert run.error.kind is Kind.REAUTH
    assert "pages_read_user_content" in run.error.reason


def test_teardown_takes_away_its_own_fields_only() -> None:
    """What Messenger needs of the page goes on."""
    run = drive(teardown(context()), facebook(subscribed_apps=subscriptions("feed", "mention", "messages", "ratings")))
    assert written(run) == {"messages"}


def test_teardown_of_the_last_channel_ends_the_subscription() -> None:
    """Where nothing else is delivered, the app leaves the page."""
    run = drive(teardown(context()), facebook(subscribed_apps=subscriptions("feed", "mention", "ratings")))
    assert [one.method for one in run.requests if isinstance(one, HttpRequest)] == ["GET", "DELETE"]


def test_the_admin_is_asked_for_all_permissions_at_once() -> None:
    """Those without which nothing works, and that of private replies."""
    query = parse_qs(urlsplit(OAUTH.start(context(), "state-1", "challenge-1")).query)
    assert {*SCOPES, "pages_messaging"} <= set(query["scope"][0].split(","))
    assert (query["state"], query["client_id"]) == (["state-1"], [APP])
