"""connectors/google_business_profile/simulator.py: Google's side behaves as Google does."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from connectors.contract import CustomerAction
from connectors.exchange import Request, Response
from connectors.google_business_profile.locations import setup
from connectors.google_business_profile.manifest import MANIFEST
from connectors.google_business_profile.simulator import ACCESS_TOKEN, ACCOUNT, LOCATIONS, BusinessProfile
from connectors.inbound import Attachment
from connectors.toolkit import faults
from tests.connectors.google_business_profile.signing import NOW, context
from tests.connectors.google_business_profile.world import MINUTE, World
from tests.connectors.kit.driver import by_simulator, drive

FIRST, SECOND = LOCATIONS
REVIEW = CustomerAction(do="review", person="maria", name="Maria", text="Nice shop", rating=4)
REVIEWS = f"/v4/accounts/{ACCOUNT}/locations/{FIRST}/reviews"


def ask(google: BusinessProfile, path: str, method: str = "GET", query: str = "", body: object = None) -> Response:
    """A bare request with a token that is good."""
    raw = msgspec.json.encode(body) if body is not None else b""
    headers = {"authorization": f"Bearer {ACCESS_TOKEN}"}
    return google.respond(Request(method=method, path=path, query=query, headers=headers, body=raw), NOW)


def said(response: Response) -> Any:
    """The answer's JSON."""
    return msgspec.json.decode(response.body)


def test_the_same_seed_gives_the_same_requests() -> None:
    """Two servers of one seed announce byte for byte the same, another seed something else."""
    same, again, other = (BusinessProfile(seed).act(REVIEW, NOW) for seed in (7, 7, 8))
    assert same == again != other


def test_a_person_has_one_review_of_a_location() -> None:
    """Writing again changes the review; at another location it is another one."""
    google = BusinessProfile(7)
    google.act(REVIEW, NOW)
    google.act(msgspec.structs.replace(REVIEW, text="Even nicer", rating=5), NOW + MINUTE)
    (only,) = said(ask(google, REVIEWS))["reviews"]
    assert (only["comment"], only["starRating"], only["createTime"] < only["updateTime"]) == (
        "Even nicer",
        "FIVE",
        True,
    )
    google.location = SECOND
    google.act(REVIEW, NOW)
    assert said(ask(google, REVIEWS))["totalReviewCount"] == 1


def test_stars_change_without_words() -> None:
    """Changing stars keeps the words; editing keeps the stars."""
    world = World()
    world.reviewed("Nice shop", 4)
    world.wait(MINUTE)
    world.act("restar", rating=2)
    assert (world.google.seen("maria")[0]["text"], world.google.seen("maria")[0]["rating"]) == ("Nice shop", "2")
    world.act("edit", text="Not so nice")
    assert (world.google.seen("maria")[0]["text"], world.google.seen("maria")[0]["rating"]) == ("Not so nice", "2")
    assert world.google.seen("maria")[0]["state"] == "edited"


def test_a_removed_review_is_gone_and_not_announced() -> None:
    """It is neither listed nor found; nobody is told. It can come back as it was, or be written anew."""
    google = BusinessProfile(7)
    google.act(REVIEW, NOW)
    (review,) = said(ask(google, REVIEWS))["reviews"]
    assert google.act(CustomerAction(do="delete", person="maria"), NOW) == []
    assert said(ask(google, REVIEWS)) == {}
    assert ask(google, f"{REVIEWS}/{review['reviewId']}").status == 404
    assert google.act(CustomerAction(do="join", person="maria"), NOW) == []
    assert said(ask(google, REVIEWS))["reviews"] == [review]
    google.act(CustomerAction(do="delete", person="maria"), NOW)
    google.act(REVIEW, NOW)
    assert said(ask(google, REVIEWS))["reviews"][0]["reviewId"] != review["reviewId"]


def test_people_can_be_anonymous_and_add_photos() -> None:
    """Without a name a reviewer is anonymous; photos and videos come as Google shows them."""
    google = BusinessProfile(7)
    files = (Attachment(kind="image", name="Shop"), Attachment(kind="video", name="Tour"))
    google.act(CustomerAction(do="review", person="x", text="Hm", rating=3, attachments=files), NOW)
    (review,) = said(ask(google, REVIEWS))["reviews"]
    assert review["reviewer"] == {"displayName": "A Google user", "isAnonymous": True}
    assert ["videoUrl" in item for item in review["reviewMediaItems"]] == [False, True]


def test_photos_are_served_where_they_are_said_to_be() -> None:
    """The address in a review leads to the bytes that the customer attached, without a token."""
    google = BusinessProfile(7)
    google.address = "http://127.0.0.1:9/google_business_profile"
    photo = Attachment(kind="image", name="Shop", data=b"the photo")
    google.act(CustomerAction(do="review", person="x", rating=3, attachments=(photo,)), NOW)
    (review,) = said(ask(google, REVIEWS))["reviews"]
    path = review["reviewMediaItems"][0]["thumbnailUrl"].removeprefix(google.address)
    assert google.respond(Request(method="GET", path=path, headers={}, body=b""), NOW).body == b"the photo"


def test_the_simulator_names_what_connects_to_it() -> None:
    """Its settings and credentials are fields of the manifest, and lead to its first location."""
    google = BusinessProfile(7)
    names = {field.name for field in MANIFEST.fields}
    assert {*google.settings, *google.credentials} <= names
    ctx = replace(context(), settings=google.settings, credentials=google.credentials, asset_id="")
    made = drive(setup(ctx), by_simulator(google, ctx)).result
    assert made.asset_id == f"accounts/{ACCOUNT}/locations/{FIRST}"


@pytest.mark.parametrize("do", ["read", "typing", "react", "block", "leave"])
def test_what_google_has_not_does_nothing(do: str) -> None:
    """Nobody reads, types, likes or blocks at a review."""
    assert BusinessProfile(7).act(msgspec.convert({"do": do, "person": "maria"}, CustomerAction), NOW) == []


def test_pages_follow_each_other() -> None:
    """Pages hold at most fifty, newest first, and the last names no other."""
    google = BusinessProfile(7)
    for i in range(60):
        google.act(msgspec.structs.replace(REVIEW, person=f"person-{i}", text=str(i)), NOW + i)
    first = said(ask(google, REVIEWS, query="pageSize=500"))
    second = said(ask(google, REVIEWS, query=f"pageToken={first['nextPageToken']}"))
    texts = [one["comment"] for one in (*first["reviews"], *second["reviews"])]
    assert texts == [str(i) for i in reversed(range(60))]
    assert ("nextPageToken" in second, first["totalReviewCount"]) == (False, 60)


def test_refusals_are_googles() -> None:
    """What Google refuses is refused here, with its status."""
    google = BusinessProfile(7)
    google.act(REVIEW, NOW)
    review_id = said(ask(google, REVIEWS))["reviews"][0]["reviewId"]
    reply = f"{REVIEWS}/{review_id}/reply"
    refusals = [
        (ask(google, REVIEWS.replace(ACCOUNT, "1")), 403, "PERMISSION_DENIED"),
        (ask(google, REVIEWS.replace(FIRST, "1")), 404, "NOT_FOUND"),
        (ask(google, "/v5/poems"), 404, "NOT_FOUND"),
        (ask(google, REVIEWS, query="pageToken=x"), 400, "INVALID_ARGUMENT"),
        (ask(google, f"/v1/accounts/{ACCOUNT}/locations"), 400, "INVALID_ARGUMENT"),
        (ask(google, reply, "PUT", body={"comment": "ω" * 2049}), 400, "INVALID_ARGUMENT"),
        (ask(google, reply, "PUT", body={}), 400, "INVALID_ARGUMENT"),
        (ask(google, reply, "DELETE"), 404, "NOT_FOUND"),
    ]
    google.is_verified = False
    refusals.append((ask(google, reply, "PUT", body={"comment": "Hi"}), 400, "FAILED_PRECONDITION"))
    for response, code, status in refusals:
        assert (response.status, said(response)["error"]["status"]) == (code, status)


def test_a_request_without_a_token_is_not_let_in() -> None:
    """Every API asks for the access token."""
    request = Request(method="GET", path=REVIEWS, headers={}, body=b"")
    assert BusinessProfile(7).respond(request, NOW).status == 401


def test_a_published_answer_is_seen_and_a_refused_one_is_not() -> None:
    """The customer reads only what Google let through."""
    world = World()
    review = world.reviewed()
    world.answer(review, "You are a liar!")
    assert [one["from"] for one in world.google.seen(review.external_id)] == ["them"]
    world.answer(review, "We are sorry.")
    assert [one["text"] for one in world.google.seen(review.external_id)] == ["Nice shop", "We are sorry."]


def test_faults_are_what_google_looks_like_then() -> None:
    """A retry delay when throttled, 503 in an outage, 401 and `invalid_grant` for a lost sign-in, half an answer."""
    google = BusinessProfile(7)
    looks = {}
    for fault in (faults.THROTTLED, faults.OUTAGE, faults.EXPIRED_TOKEN, faults.HALF_BODY):
        google.faults = {fault}
        looks[fault] = ask(google, "/v1/accounts")
    assert said(looks[faults.THROTTLED])["error"]["details"][0]["retryDelay"] == "7s"
    assert (looks[faults.OUTAGE].status, looks[faults.EXPIRED_TOKEN].status) == (503, 401)
    assert not looks[faults.HALF_BODY].body.endswith(b"}")
    google.faults = {faults.EXPIRED_TOKEN}
    assert said(ask(google, "/token", "POST"))["error"] == "invalid_grant"


def test_nothing_is_seen_of_a_stranger() -> None:
    """Who never wrote has no review."""
    assert BusinessProfile(7).seen("nobody") == []
