"""connectors/_meta/graph.py: requests carry token and proof, and answers say one thing."""

from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from connectors._meta import graph
from connectors._meta.simulator import APP_SECRET, PAGE_ID, TOKEN
from connectors.errors import SendError
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import HttpRequest, HttpResponse
from connectors.outbound import Blob
from connectors.toolkit.signatures import hmac_digest
from tests.connectors._meta.world import NOW, SECOND, answered, context, refused


def query(request: HttpRequest) -> dict[str, list[str]]:
    """The parameters in an address."""
    return parse_qs(urlsplit(request.url).query)


def test_get() -> None:
    """A GET has version, path, parameters, the token in a header and the proof of it in the address."""
    request = graph.get(context(), f"{PAGE_ID}/conversations", {"platform": "messenger"})
    assert request.url.startswith(f"https://graph.facebook.com/v25.0/{PAGE_ID}/conversations?")
    assert request.headers == {"authorization": f"Bearer {TOKEN}"}
    assert query(request) == {
        "platform": ["messenger"],
        "appsecret_proof": [hmac_digest(APP_SECRET.encode(), TOKEN.encode()).hex()],
    }
    assert not request.effect
    assert TOKEN not in request.url


def test_post_and_delete_are_effects_unless_said_otherwise() -> None:
    """What changes something a customer sees is marked so."""
    post = graph.post(context(), "1/messages", {"text": "é"})
    assert (post.method, post.effect, post.body) == ("POST", True, '{"text":"é"}'.encode())
    assert not graph.post(context(), "1/subscribed_apps", effect=False).effect
    assert graph.delete(context(), "1").effect


def test_version_and_base_are_the_channels() -> None:
    """Base URL and version come from the channel."""
    ctx = context(base_url="http://127.0.0.1:9/x", settings={"api_version": "v26.0"})
    assert graph.get(ctx, "me", token="").url == "http://127.0.0.1:9/x/v26.0/me"


def test_no_proof_without_secret_or_of_the_app_itself() -> None:
    """Without the secret there is no proof, and the app's own token needs none."""
    bare = context(credentials={"access_token": TOKEN})
    assert graph.get(bare, "me").url == "https://graph.facebook.com/v25.0/me"
    assert graph.get(context(), "me", token="1|secret").url == "https://graph.facebook.com/v25.0/me"
    assert graph.token_of(bare) == TOKEN


def test_upload_is_a_form() -> None:
    """A file goes as a form: structures as JSON, text as it is, the file last."""
    blob = Blob(sha256="a" * 64, mime="image/png", size_bytes=1)
    request = graph.upload(context(), "1/messages", {"recipient": {"id": "5"}, "messaging_type": "RESPONSE"}, blob)
    assert [(part.name, part.value) for part in request.form] == [
        ("recipient", '{"id":"5"}'), ("messaging_type", "RESPONSE"), ("filedata", ""),
    ]  # fmt: skip
    assert request.form[-1].blob is blob
    assert request.effect


def test_said_gives_ids_as_text() -> None:
    """Ids that are numbers become text, however deep; other numbers stay."""
    given = {"id": 10**17, "count": 3, "data": [{"app_id": 5, "ids": [1, 2], "is_id": True}], "mid": "m"}
    assert graph.said(answered(given), NOW) == {
        "id": "100000000000000000", "count": 3, "data": [{"app_id": "5", "ids": ["1", "2"], "is_id": True}], "mid": "m",
    }  # fmt: skip


def failed(response: HttpResponse, *, effect: bool = False) -> SendError:
    """How an answer fails."""
    with pytest.raises(SendError) as caught:
        graph.said(response, NOW, effect=effect)
    return caught.value


def test_refusals_fail_by_their_code() -> None:
    """An error in Graph's shape decides, whatever the status is."""
    assert failed(refused(190, 463)).kind == Kind.REAUTH
    assert failed(refused(551, 1545041, status=200)).kind == Kind.RECIPIENT_GONE
    assert failed(refused(1200, status=500)).kind == Kind.UNREACHABLE


def test_our_own_account_out_of_reach_asks_for_a_sign_in() -> None:
    """What does not exist for a token may be we ourselves."""
    answer = refused(100, 33, message=f"Unsupported post request. Object with ID '{PAGE_ID}' does not exist")
    with pytest.raises(SendError) as caught:
        graph.require_reach(answer, "", PAGE_ID)
    assert caught.value.kind == Kind.REAUTH


@pytest.mark.parametrize(("subcode", "named"), [(33, "990"), (0, PAGE_ID)])
def test_other_objects_and_other_refusals_are_not_about_our_reach(subcode: int, named: str) -> None:
    """They are left to their code."""
    graph.require_reach(refused(100, subcode, message=f"Object with ID '{named}' does not exist"), "", PAGE_ID)
    graph.require_reach(answered({"id": PAGE_ID}), PAGE_ID)


def test_throttled_until() -> None:
    """Retry-After goes first, then the time that Graph estimates; without either the wait is ours to choose."""
    usage = msgspec.json.encode({"1": [{"estimated_time_to_regain_access": 3}]}).decode()
    error = {"error": {"message": "slow", "code": 613}}
    assert failed(answered(error, 400, x_business_use_case_usage=usage)).until == NOW + 180 * SECOND
    assert failed(answered(error, 400, x_business_use_case_usage=usage, retry_after="5")).until == NOW + 5 * SECOND
    assert failed(answered({}, 429, x_business_use_case_usage=usage)).until == NOW + 180 * SECOND
    assert failed(answered(error, 400)).until is None


def test_lost_answers() -> None:
    """An effect whose answer cannot be read, or that a gateway gave up on, may have happened; anything else did not."""
    half = HttpResponse(status=200, body=b'{"message_id": "m_')
    assert failed(half, effect=True).kind == Kind.UNKNOWN
    assert failed(half).kind == Kind.UNREACHABLE
    gateway = HttpResponse(status=504, body=b"<html>")
    assert failed(gateway, effect=True).kind == Kind.UNKNOWN
    assert failed(gateway).kind == Kind.UNREACHABLE


def test_read_refuses_other_shapes() -> None:
    """An answer of another shape is no answer."""

    class Named(msgspec.Struct):
        name: str

    assert graph.read({"name": "x", "more": 1}, Named) == Named("x")
    with pytest.raises(SendError) as caught:
        graph.read({"name": [1]}, Named)
    assert caught.value.kind == Kind.UNREACHABLE
