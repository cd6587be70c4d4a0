"""connectors/facebook_page/simulator.py: the other side behaves as Facebook does, and the connector agrees with it."""

import msgspec
import pytest

from connectors.contract import CustomerAction
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import Request
from connectors.facebook_page.simulator import CAMPAIGN_TAG, PageSimulator
from connectors.inbound import (
    Attachment,
    CommentModerated,
    Fetch,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    PostSeen,
    ReactionChanged,
    ReviewReceived,
)
from connectors.outbound import (
    BanAuthor,
    Blob,
    DeleteComment,
    DeleteSent,
    EditSent,
    HideComment,
    PrivateReply,
    React,
    ReplyToComment,
    ReplyToReview,
    UnhideComment,
)
from connectors.toolkit import faults
from tests.connectors.facebook_page.line import Line, target

NOW = 1_795_300_000_000_000
HELLO = CustomerAction(do="write", person="maria", name="Maria", text="Γεια, how much? 🙂")


def test_the_same_seed_gives_the_same_deliveries() -> None:
    """Two pages of one seed deliver byte for byte the same, another seed something else."""
    same, again, other = (PageSimulator(seed).act(HELLO, NOW) for seed in (7, 7, 8))
    assert same == again != other


def test_three_posts_wait_for_comments() -> None:
    """There is an ordinary post, one of a campaign, and one that is an ad; each with words and a picture."""
    line = Line()
    post_ids = {line.wrote(thread_id=f"comment-{number}").thread.address["post_id"] for number in range(12)}
    posts = [
        one.post for post_id in sorted(post_ids) for one in line.fetched(f"post:{post_id}") if isinstance(one, PostSeen)
    ]
    assert len(posts) == 3
    assert sum(post.is_ad for post in posts) == 1
    assert sum(CAMPAIGN_TAG in post.text for post in posts) == 1
    assert all(post.image_url and post.url for post in posts)


def test_a_comment_on_the_ad_is_flagged() -> None:
    """What is written under the ad says so at once."""
    line = Line()
    found = [line.wrote(thread_id=f"comment-{number}").thread.post for number in range(12)]
    ads = {post.external_id: post.is_ad for post in found if post is not None}
    assert sorted(ads.values()) == [False, False, True]


def test_people_answer_each_other() -> None:
    """An answer to a comment, and to that answer, stand in one thread on one level."""
    line = Line()
    first = line.wrote()
    answer = line.wrote("I paid 49", "ben", in_reply_to=first.external_id)
    deeper = line.wrote("Where?", "maria", in_reply_to=answer.external_id)
    assert {one.thread.external_id for one in (first, answer, deeper)} == {first.external_id}
    assert deeper.in_reply_to == first.external_id
    assert [one["text"] for one in line.page.seen(first.external_id)] == ["How much?", "I paid 49", "Where?"]


def test_the_post_shows_all_that_is_under_it() -> None:
    """Whoever opens the post sees it with the comments of everybody."""
    line = Line()
    first = line.wrote()
    post_id = first.thread.address["post_id"]
    line.wrote("Nice", "ben", thread_id=post_id)
    assert [one["from"] for one in line.page.seen(post_id)] == ["us", "them", "them"]


def test_a_hidden_comment_vanishes_and_comes_back() -> None:
    """Hidden, it is seen no more; shown again, it is there; both are told by webhook as well."""
    line = Line()
    comment = line.wrote("buy followers")
    assert line.do(HideComment(target=target(comment))).error is None
    assert line.page.seen(comment.thread.external_id) == []
    assert line.do(UnhideComment(target=target(comment))).error is None
    assert [one["text"] for one in line.page.seen(comment.thread.external_id)] == ["buy followers"]
    told = [one.state for one in line.act("write", "ben", text="x") if isinstance(one, CommentModerated)]
    assert told == ["hidden", "visible"]


def test_our_answer_comes_back_as_an_echo() -> None:
    """What we said is told with the next thing that happens, under the id of the receipt."""
    line = Line()
    comment = line.wrote()
    receipt = line.do(ReplyToComment(target=target(comment), text="49 euros")).result
    echo = line.act("react", "ben", message_id=comment.external_id, emoji="❤️")[0]
    assert isinstance(echo, MessageReceived)
    assert (echo.author.is_self, echo.external_id, echo.text) == (True, receipt.external_id, "49 euros")
    assert echo.thread.external_id == comment.thread.external_id


def test_our_own_comment_can_be_changed_liked_and_taken_back() -> None:
    """Edit, like and deletion of ours are seen."""
    line = Line()
    comment = line.wrote()
    ours = line.do(ReplyToComment(target=target(comment), text="49 euros")).result.external_id
    line.do(EditSent(target=target(comment, ours), text="45 euros"))
    line.do(React(target=target(comment), emoji="👍"))
    first, second = line.page.seen(comment.thread.external_id)
    assert (second["text"], second["state"], first["reactions"]) == ("45 euros", "edited", "👍")
    line.do(DeleteSent(target=target(comment, ours)))
    line.do(React(target=target(comment), emoji=""))
    assert [one["reactions"] for one in line.page.seen(comment.thread.external_id)] == [""]


def test_a_picture_of_ours_stands_under_the_comment() -> None:
    """Facebook loads it from the address that we give."""
    line = Line()
    blob = Blob(sha256="a" * 64, mime="image/jpeg", size_bytes=3, name="a.jpg", kind="image")
    comment = line.wrote()
    line.do(ReplyToComment(target=target(comment), attachments=(blob,)))
    echo = line.act("write", "ben", text="x")[0]
    assert [one.url for one in echo.attachments] == [f"https://inbox.example/media/{'a' * 64}"]


def test_a_deleted_comment_is_told_in_the_name_of_its_author() -> None:
    """Whoever removes it: Facebook tells that it is gone."""
    line = Line()
    mine, theirs = line.wrote(), line.wrote("Spam", "ben")
    (gone,) = line.act("delete", message_id=mine.external_id)
    assert isinstance(gone, MessageDeleted)
    line.do(DeleteComment(target=target(theirs)))
    told = line.act("write", "nikos", text="x")[0]
    assert (told.external_id, told.by) == (theirs.external_id, "network")
    assert line.page.seen(theirs.thread.external_id) == []


def test_edits_and_reactions_of_people() -> None:
    """An edit brings the new words; a reaction is set, changed and taken back."""
    line = Line()
    comment = line.wrote()
    (edit,) = line.act("edit", message_id=comment.external_id, text="How much is it?")
    assert isinstance(edit, MessageEdited)
    assert line.page.seen(comment.thread.external_id)[0]["state"] == "edited"
    reactions = [line.act("react", "ben", message_id=comment.external_id, emoji=emoji) for emoji in ("👍", "😆", "")]
    found = [one.emojis for (one,) in reactions if isinstance(one, ReactionChanged)]
    assert found == [("👍",), ("😆",), ()]


def test_a_visitors_post_and_its_answers_are_one_thread() -> None:
    """What a visitor writes on the wall is answered under it, and so is his next question."""
    line = Line()
    post = line.wrote("Do you ship to Finland?", "ben", thread_id="post-ben")
    assert (post.thread.kind, post.thread.external_id) == ("comment", post.external_id)
    ours = line.do(ReplyToComment(target=target(post), text="Yes")).result.external_id
    again = line.wrote("And to Estonia?", "ben", in_reply_to=ours)
    assert again.in_reply_to == ours
    answered = line.do(ReplyToComment(target=target(post, again.external_id), text="There too"))
    assert answered.error is None
    assert [one["text"] for one in line.page.seen(post.external_id)][-1] == "There too"


def test_a_mention_comes_without_author_and_is_answered() -> None:
    """Somebody names the page on a profile of his own: the author is asked for and named."""
    line = Line()
    mention, asked = line.act("write", "ben", name="Ben", text="@Alkyon Home thanks", thread_id="mention-ben")
    assert (mention.kind, mention.thread.kind, mention.author.name) == ("mention", "mention", "Facebook user")
    assert isinstance(asked, Fetch)
    (linked,) = line.fetched(asked.ref)
    assert (linked.author.name, linked.other_id) == ("Ben", mention.author.external_id)  # type: ignore[union-attr]
    assert line.do(ReplyToComment(target=target(mention), text="With pleasure")).error is None
    assert [one["text"] for one in line.page.seen(mention.thread.external_id)] == [
        "@Alkyon Home thanks",
        "With pleasure",
    ]


def test_somebody_unnamed_stays_unnamed() -> None:
    """Whom Facebook keeps to itself can be answered in public, not in private, and not be banned."""
    line = Line()
    comment = line.wrote("Hello?", "anonymous-1")
    assert line.fetched(f"author:{comment.external_id}") == []
    private = line.do(PrivateReply(target=target(comment), text="Hello"))
    assert private.error is not None
    assert private.error.kind is Kind.WINDOW_CLOSED
    assert line.do(ReplyToComment(target=target(comment), text="Hello")).error is None


def test_a_recommendation_is_changed_and_answered() -> None:
    """A person has one recommendation: with other stars it is a new version; our answer stands under it."""
    line = Line()
    (first,) = line.act("review", "ben", text="Lovely", rating=5, thread_id="review-ben-0")
    (second,) = line.act("restar", "ben", text="Broke after a day", rating=2, message_id=first.external_id)
    assert isinstance(first, ReviewReceived)
    assert isinstance(second, ReviewReceived)
    assert first.external_id == second.external_id
    assert [(one.rating, one.title) for one in (first, second)] == [(5, "Recommends"), (1, "Doesn't recommend")]
    assert line.do(ReplyToReview(target=target(second), text="We are sorry")).error is None  # type: ignore[arg-type]
    assert [one["text"] for one in line.page.seen("review-ben-0")] == ["Broke after a day", "We are sorry"]
    gone = line.act("delete", "ben", message_id=first.external_id)[-1]
    assert isinstance(gone, MessageDeleted)


def test_a_private_reply_goes_out_once() -> None:
    """The first arrives and names the thread in Messenger; a second and one after a week are refused in words."""
    line = Line()
    comment, old = line.wrote(), line.wrote("Old", "ben")
    receipt = line.do(PrivateReply(target=target(comment), text="Your order number?")).result
    assert receipt.sibling is not None
    assert line.page.seen(comment.thread.external_id)[-1]["state"] == "private"
    line.later(8 * 86_400)
    for late in (comment, old):
        error = line.do(PrivateReply(target=target(late), text="Again")).error
        assert error is not None
        assert error.kind is Kind.WINDOW_CLOSED


def test_who_is_banned_writes_no_more() -> None:
    """The page never hears of him again."""
    line = Line()
    comment = line.wrote("Spam", "ben")
    assert line.do(BanAuthor(target=target(comment))).error is None
    assert line.act("write", "ben", text="More spam") == []


def test_a_picture_of_a_customers_arrives() -> None:
    """A comment of a picture alone has a file to load."""
    line = Line()
    files = (Attachment(kind="image", name="broken lamp.jpg", mime="image/jpeg", data=b"jpeg"),)
    comment = line.wrote("", attachments=files)
    assert [one.kind for one in comment.attachments] == ["image"]


def test_what_facebook_does_not_tell_is_not_told() -> None:
    """Nobody learns that somebody reads, types, leaves or blocks the page."""
    line = Line()
    line.wrote()
    assert [line.act(do) for do in ("read", "typing", "leave", "join", "block")] == [[]] * 5


def test_nobody_changes_what_is_not_his() -> None:
    """An action on something of another, or on nothing, is a mistake of the sandbox."""
    line = Line()
    comment = line.wrote()
    for do in ("edit", "delete"):
        with pytest.raises(KeyError):
            line.act(do, "ben", message_id=comment.external_id, text="x")
    with pytest.raises(KeyError):
        line.act("react", "ben", message_id="5_7", emoji="👍")


def test_refusals_are_graphs() -> None:
    """What Facebook refuses is refused in Graph's form, with its codes."""
    line = Line()
    comment = line.wrote()
    wrong = {
        (100, 33): line.do(HideComment(target=target(comment, "5_7"))),
        (200, 0): line.do(EditSent(target=target(comment), text="Not ours")),
    }
    for (code, subcode), run in wrong.items():
        (reply,) = run.replies
        error = msgspec.json.decode(reply.body)["error"]  # type: ignore[union-attr]
        assert (error["code"], error.get("error_subcode", 0)) == (code, subcode)


def test_every_token_but_the_channels_own_dies() -> None:
    """With the fault on, nothing is carried out."""
    line = Line()
    comment = line.wrote()
    line.page.faults = {faults.EXPIRED_TOKEN}
    run = line.do(ReplyToComment(target=target(comment), text="Hi"))
    assert run.error is not None
    assert run.error.kind is Kind.REAUTH
    line.page.faults = set()
    assert len(line.page.seen(comment.thread.external_id)) == 1


def test_deliveries_are_signed_and_escaped_as_meta_does() -> None:
    """Letters beyond ASCII and slashes are escaped: whoever verifies anything but the raw bytes fails."""
    (request,) = PageSimulator(7).act(HELLO, NOW)
    assert isinstance(request, Request)
    assert b"\\u0393\\u03b5\\u03b9\\u03b1" in request.body
    assert b"https:\\/\\/www.facebook.com" in request.body
