"""connectors/google_business_profile/inbound.py: announcements, and reviews as Google shows them."""

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from connectors.errors import PayloadInvalid, SignatureInvalid
from connectors.exchange import Request
from connectors.google_business_profile.inbound import original_of, parse, read_review, removed_review, verify
from connectors.inbound import ReviewReceived
from tests.connectors.google_business_profile.signing import context, token
from tests.connectors.kit import mutation
from tests.connectors.kit.goldens import plain, write

GOLDEN = Path(__file__).parent / "golden" / "reviews"
REVIEWS = sorted(GOLDEN.glob("*.review.json"))
TEXT = json.loads((GOLDEN / "text_and_stars.review.json").read_text())["review"]


def read(review: dict[str, Any]) -> ReviewReceived:
    """A review as it stands in a page."""
    return read_review(json.dumps(review).encode(), context())


def shown(path: Path) -> Any:
    """What is read of a golden review."""
    try:
        return plain(read(json.loads(path.read_text())["review"]))
    except PayloadInvalid as broken:
        return {"error": str(broken)}


@pytest.mark.parametrize("path", REVIEWS, ids=lambda path: path.name.partition(".")[0])
def test_golden_reviews_are_read_as_expected(path: Path, request: pytest.FixtureRequest) -> None:
    """Each golden review gives exactly the record beside it."""
    expected = path.with_name(path.name.replace(".review.", ".expect."))
    if not expected.exists():
        write(expected, shown(path))
        pytest.fail(f"{expected.name} was missing and is written: read what it says")
    assert shown(path) == json.loads(expected.read_text())


def test_spoilt_reviews_are_read_or_refused() -> None:
    """Reviews with fields gone, of other types or huge give records that can be stored, or PayloadInvalid."""
    chance = random.Random(22)
    goldens = [json.loads(path.read_text())["review"] for path in REVIEWS]
    for number in range(mutation.rounds() * 5):
        body = mutation.mutated(goldens[number % len(goldens)], chance)
        try:
            record = read_review(body, context())
        except PayloadInvalid:
            continue
        assert msgspec.convert(plain(record), ReviewReceived) == record
        assert record.external_id == record.thread.external_id == record.author.external_id != ""
        assert 0 <= record.rating <= 5


@pytest.mark.parametrize(
    "change",
    [
        {"starRating": "FIVE"},
        {"reviewMediaItems": [{"thumbnailUrl": "https://lh3.googleusercontent.com/a"}]},
        {"comment": "Other words"},
        {"updateTime": "2026-11-21T00:00:00Z"},
        {"reviewReply": {"comment": "Thanks", "updateTime": "2026-11-21T00:00:00Z"}},
        {"reviewReply": {"comment": "Thanks", "reviewReplyState": "REJECTED"}},
    ],
)
def test_every_change_has_a_key_of_its_own(change: dict[str, Any]) -> None:
    """Stars, words, photos, times, the answer and its state are versions; the same version has the same key."""
    assert read(TEXT).dedupe_key == read(TEXT).dedupe_key != read(TEXT | change).dedupe_key


def test_a_review_has_the_same_id_through_every_account() -> None:
    """A location that is reached through a group of locations has other names, and the same reviews."""
    other = {"name": "accounts/999/locations/5/reviews/" + TEXT["reviewId"]}
    assert read(TEXT | other).external_id == read(TEXT).external_id


def test_two_people_of_one_name_are_two() -> None:
    """The reviewer is known by the review alone."""
    assert read(TEXT).author.name == read(TEXT | {"reviewId": "other"}).author.name
    assert read(TEXT).author.external_id != read(TEXT | {"reviewId": "other"}).author.external_id


def test_a_removed_review_names_the_walk_that_missed_it() -> None:
    """Removed twice, with a return between, is two facts."""
    first, second = (removed_review("R", walk, context()) for walk in (3, 9))
    assert first.removed
    assert first.external_id == second.external_id == "R"
    assert first.dedupe_key != second.dedupe_key


@pytest.mark.parametrize(
    ("comment", "wanted"),
    [
        ("Nice", ("Nice", "")),
        ("(Translated by Google) Nice\n\n(Original)\nSchön", ("Schön", "Nice")),
        ("Schön\n\n(Translated by Google)\nNice", ("Schön", "Nice")),
        ("Eins\n\nzwei\n\n(Translated by Google)\nOne\n\ntwo", ("Eins\n\nzwei", "One\n\ntwo")),
        ("They wrote (Translated by Google) on the menu", ("They wrote (Translated by Google) on the menu", "")),
        ("(Translated by Google) alone", ("(Translated by Google) alone", "")),
    ],
)
def test_translations_are_taken_apart(comment: str, wanted: tuple[str, str]) -> None:
    """The original is what was said; a text that merely names Google's mark stays whole."""
    assert original_of(comment) == wanted


def push(query: str = "", **headers: str) -> Request:
    """An announcement that says nothing."""
    return Request(method="POST", path="", query=query, headers=headers, body=b"{}")


def test_the_push_token_counts_in_the_address_and_as_bearer() -> None:
    """A relay that signs nothing shows the channel's own token, either way; while it is changed both tokens count."""
    ctx = replace(context(), secrets=(b"new-push-token", b"old-push-token"))
    for secret in ("new-push-token", "old-push-token"):
        verify(push(f"token={secret}"), ctx)
        verify(push(authorization=f"Bearer {secret}"), ctx)
    for stranger in (push("token=other"), push(authorization="Bearer other"), push(authorization="old-push-token")):
        with pytest.raises(SignatureInvalid):
            verify(stranger, ctx)


def test_without_any_secret_nothing_is_taken() -> None:
    """A channel that nobody set up for announcements takes none, not even with an empty token."""
    ctx = replace(context(), settings={})
    for request in (push(), push("token="), push(authorization="Bearer "), push(authorization=f"Bearer {token(ctx)}")):
        with pytest.raises(SignatureInvalid):
            verify(request, ctx)


def test_an_announcement_of_many_texts_is_read_to_a_bound() -> None:
    """A huge announcement costs no more than its first texts."""
    body = msgspec.json.encode({"notificationType": "NEW_REVIEW", "more": ["x"] * 1000})
    (found,) = parse(Request(method="POST", path="", headers={}, body=body), context())
    assert found.ref == "newest"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("state", "known", "named"), [("APPROVED", True, True), ("PENDING", False, False), ("REJECTED", False, False)]
)
def test_an_answer_that_nobody_can_see_is_not_one_that_is_gone(state: str, known: bool, named: bool) -> None:
    """While Google checks it, or when it refused it; one that is published is named as receipts name it."""
    reply = {"comment": "Sorry!", "updateTime": "2026-11-20T18:00:00Z", "reviewReplyState": state}
    found = read({**TEXT, "reviewReply": reply})

    assert (found.reply_known, found.reply_id == f"{found.external_id}/reply/{found.reply_at}") == (known, named)
    assert read(TEXT).reply_known
