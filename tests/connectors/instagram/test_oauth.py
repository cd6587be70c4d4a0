"""connectors/instagram/oauth.py: signing in with Instagram and with Facebook, and renewing."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import msgspec

from connectors.contract import Context, Credentials
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import AnyRequest, HttpRequest, HttpResponse
from connectors.instagram.oauth import callback, refresh, start
from connectors.instagram.simulator import InstagramGraph
from tests.connectors.instagram.signing import context
from tests.connectors.kit.driver import Answerer, Reply, Run, by_simulator, drive

NOW = context().now
HOME = "http://127.0.0.1:9/instagram"


def channel(login: str = "instagram", base_url: str = "https://graph.instagram.com") -> Context:
    """The channel before anybody signed in."""
    return replace(context(), base_url=base_url, settings={**context().settings, "login": login})


def urls(run: Run) -> list[str]:
    """Where requests went, without what they said."""
    return [one.url.partition("?")[0] for one in run.requests if isinstance(one, HttpRequest)]


def test_the_admin_is_sent_to_instagram() -> None:
    """With the app, where to come back to, the three permissions and our state."""
    address = urlsplit(start(channel(), "state-1", "challenge"))
    query = parse_qs(address.query)
    assert (address.netloc, address.path) == ("www.instagram.com", "/oauth/authorize")
    assert query["redirect_uri"] == ["https://inbox.example/oauth/instagram/callback"]
    assert query["state"] == ["state-1"]
    assert "instagram_business_manage_messages" in query["scope"][0].split(",")


def test_the_admin_is_sent_to_facebook_for_a_page() -> None:
    """With Facebook Login it is Facebook's dialog, with the challenge."""
    address = urlsplit(start(channel("facebook"), "state-1", "challenge-1"))
    assert address.netloc == "www.facebook.com"
    assert parse_qs(address.query)["code_challenge"] == ["challenge-1"]


def test_a_code_becomes_a_token_of_sixty_days() -> None:
    """The short token is changed for a lasting one before anything is kept."""
    ctx = channel(base_url=HOME)
    run = drive(callback(ctx, "code-1", "verifier"), by_simulator(InstagramGraph(7), ctx))
    assert run.result == Credentials(
        credentials={"access_token": "IGAAsandboxtokenlong"}, expires_at=NOW + 60 * 86_400 * 1_000_000
    )


def test_codes_and_tokens_go_to_instagrams_own_hosts() -> None:
    """The code is redeemed at api.instagram.com, the token changed at graph.instagram.com, without a version."""

    def answer(request: AnyRequest, number: int) -> Reply:
        body = {"access_token": "short", "user_id": 17841400000000042} if number == 0 else {"access_token": "long"}
        return HttpResponse(status=200, body=msgspec.json.encode(body))

    run = drive(callback(channel(), "code-1#_", "verifier"), answer)
    assert urls(run) == ["https://api.instagram.com/oauth/access_token", "https://graph.instagram.com/access_token"]
    assert run.result == Credentials(credentials={"access_token": "long"})
    first = run.requests[0]
    assert isinstance(first, HttpRequest)
    assert parse_qs(first.body.decode())["code"] == ["code-1"]
    assert not any(request.effect for request in run.requests if isinstance(request, HttpRequest))


def test_a_page_is_signed_in_by_a_person() -> None:
    """With Facebook Login the person's lasting token comes first; set-up makes it the Page's."""
    ctx = channel("facebook", HOME)
    run = drive(callback(ctx, "code-1", "verifier"), by_simulator(InstagramGraph(7), ctx))
    assert isinstance(run.result, Credentials)
    assert run.result.credentials["access_token"].startswith("EAA")


def test_a_token_is_renewed() -> None:
    """For another 60 days."""
    ctx = channel(base_url=HOME)
    run = drive(refresh(ctx), by_simulator(InstagramGraph(7), ctx))
    assert isinstance(run.result, Credentials)
    assert run.result.expires_at == NOW + 60 * 86_400 * 1_000_000


def test_a_pages_token_is_not_renewed() -> None:
    """It has no end; when it dies a person has to sign in."""
    run = drive(refresh(channel("facebook")), by_simulator(InstagramGraph(7), channel("facebook")))
    assert run.error is not None
    assert (run.error.kind, run.requests) == (Kind.REAUTH, [])


def test_without_an_app_nothing_is_asked() -> None:
    """The refusal says which id and secret are meant."""
    ctx = replace(channel(), settings={"login": "instagram"})
    run = drive(callback(ctx, "code", "verifier"), by_simulator(InstagramGraph(7), ctx))
    assert run.error is not None
    assert "Instagram product" in run.error.reason


def test_an_answer_without_token_is_no_sign_in() -> None:
    """Whatever Instagram says in place of a token, nothing is kept of it."""
    for body in (b"{}", b'{"data": []}', b'{"data": ["x"]}', b'{"access_token": 5}', b'{"access_token": ""}'):
        answers = _always(HttpResponse(status=200, body=body))
        assert drive(callback(channel(), "code", "verifier"), answers).error is not None


def _always(reply: Reply) -> Answerer:
    return lambda request, number: reply
