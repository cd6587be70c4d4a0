"""connectors/google_business_profile/outbound.py: answers, and Google's check of them."""

import pytest

from connectors.errors import PlanRefused
from connectors.errors import SendErrorKind as Kind
from connectors.google_business_profile.outbound import check, plan
from connectors.outbound import DeleteSent, EditSent, ReplyToReview, Target
from tests.connectors.google_business_profile.signing import NOW, context
from tests.connectors.google_business_profile.world import DAY, MINUTE, World, answered
from tests.connectors.kit.driver import drive

TOKEN = '{"review_id":"R","asked":1}'


def test_an_answer_without_a_review_is_refused() -> None:
    """Nothing can be begun by us at Google."""
    with pytest.raises(PlanRefused) as refused:
        plan(ReplyToReview(target=Target(thread_id=""), text="Hello"), context())
    assert refused.value.code == "recipient_missing"


def test_an_answer_is_pending_until_google_has_looked_at_it() -> None:
    """Nobody sees an answer before it is approved; then it has an id, and the time it was put there."""
    world = World()
    review = world.reviewed()
    put = world.do(ReplyToReview(target=Target(thread_id=review.external_id), text="Thank you!"))
    assert (put.result.state, put.result.check_at) == ("pending", NOW + MINUTE)
    assert [one["from"] for one in world.google.seen(review.external_id)] == ["them"]
    world.wait(MINUTE)
    done = world.run(check(put.result.token, world.ctx)).result
    assert (done.state, done.external_id, done.accepted_at) == ("accepted", f"{review.external_id}/reply/{NOW}", NOW)
    assert world.google.seen(review.external_id)[-1]["text"] == "Thank you!"


def test_checks_grow_rarer() -> None:
    """Google is asked after 1, 5 and 30 minutes, then once a day."""
    pending = (200, {"reviewReply": {"comment": "Hi", "reviewReplyState": "PENDING"}})
    token, waits = '{"review_id":"R"}', []
    for _ in range(6):
        receipt = drive(check(token, context()), answered(pending)).result
        waits.append(receipt.check_at - NOW)
        token = receipt.token
    assert waits == [MINUTE, 5 * MINUTE, 30 * MINUTE, DAY, DAY, DAY]


def test_a_refused_answer_says_why() -> None:
    """What Google takes offence at ends the part with the policy, in words."""
    world = World()
    run = world.answer(world.reviewed(), "Call us: +30 210 123 4567")
    assert run.error is not None
    assert (run.error.kind, "telephone numbers" in run.error.reason) == (Kind.REJECTED, True)


def test_an_answer_taken_away_meanwhile_is_refused() -> None:
    """An answer that is deleted at Google before it was approved did not arrive."""
    run = drive(check(TOKEN, context()), answered((200, {"reviewId": "R"})))
    assert run.error is not None
    assert (run.error.kind, "taken away" in run.error.reason) == (Kind.REJECTED, True)


@pytest.mark.parametrize("state", [None, "REVIEW_REPLY_STATE_UNSPECIFIED", "PUBLISHED", "APPROVED"])
def test_an_answer_that_stands_without_a_verdict_counts_as_accepted(state: str | None) -> None:
    """Where Google shows the answer and no reason to doubt it, waiting any longer would help nobody."""
    reply = {"comment": "Hi", "updateTime": "2026-11-22T08:26:40Z"} | ({"reviewReplyState": state} if state else {})
    run = drive(check(TOKEN, context()), answered((200, {"reviewReply": reply})))
    assert (run.result.state, run.result.external_id) == ("accepted", f"R/reply/{NOW}")


def test_a_review_that_is_gone_takes_its_answer_along() -> None:
    """The customer deleted the review before its answer was approved."""
    run = drive(check(TOKEN, context()), answered((404, {"error": {"code": 404, "status": "NOT_FOUND"}})))
    assert run.error is not None
    assert run.error.kind is Kind.RECIPIENT_GONE


@pytest.mark.parametrize("token", ["", "R", '{"asked": 1}'])
def test_a_token_that_cannot_be_read_leaves_the_answer_unknown(token: str) -> None:
    """A check that cannot know what it is about claims nothing."""
    run = drive(check(token, context()), answered())
    assert run.error is not None
    assert run.error.kind is Kind.UNKNOWN


def test_an_answer_is_replaced_and_deleted() -> None:
    """There is one answer: a new text takes its place, and deleting leaves none. Deleting twice is no error."""
    world = World()
    review = world.reviewed()
    sent = world.answer(review).result
    ours = Target(thread_id=review.external_id, message_id=sent.external_id)
    world.do(EditSent(target=ours, text="Thank you, Maria!"))
    world.wait(MINUTE)
    world.poll()
    assert [one["text"] for one in world.google.seen("maria")] == ["Nice shop", "Thank you, Maria!"]
    for _ in range(2):
        assert world.do(DeleteSent(target=ours)).error is None
    assert [one["from"] for one in world.google.seen("maria")] == ["them"]


def test_the_same_answer_twice_is_one() -> None:
    """After a time-out the answer is put again: nothing is doubled, and its check does not begin anew."""
    world = World()
    review = world.reviewed()
    first = world.answer(review).result
    world.wait(MINUTE)
    assert world.answer(review).result == first


def test_an_odd_id_stays_inside_its_path() -> None:
    """What Google calls a review cannot lead a request elsewhere."""
    world = World()
    run = world.do(ReplyToReview(target=Target(thread_id="../../../x?y"), text="Hi"))
    assert run.requests[0].url.endswith("/reviews/..%2F..%2F..%2Fx%3Fy/reply")  # type: ignore[union-attr]
