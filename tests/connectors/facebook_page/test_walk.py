"""connectors/facebook_page/walk.py: what was seen, what is seen, and the difference."""

from dataclasses import replace
from typing import Any

import msgspec
from msgspec import Raw

from connectors.facebook_page import payloads as fb
from connectors.facebook_page.walk import PAGES_MOST, Walk, Walker
from connectors.inbound import AnyInbound, PostSeen, ReviewReceived
from tests.connectors.facebook_page.signing import PAGE, context

NOW = context().now
BEGAN = NOW // 1_000_000 - 1000


def listed(*nodes: Any, after: str = "") -> fb.Listed:
    """A page of a list."""
    paging = fb.Paging(cursors=fb.Cursors(after=after), next="https://graph.facebook.com/x" if after else None)
    return fb.Listed(data=tuple(Raw(msgspec.json.encode(node)) for node in nodes), paging=paging)


def post(number: int, *comments: Any, after: str = "", **fields: Any) -> dict[str, Any]:
    """A post of the page."""
    paging = {"cursors": {"after": after}} | ({"next": "x"} if after else {})
    node = {"id": f"{PAGE}_{number}", "from": {"id": PAGE}, "message": "Post", "created_time": BEGAN}
    return node | {"comments": {"data": comments, "paging": paging}} | fields


def comment(number: int, age: int = 0) -> dict[str, Any]:
    """A comment, written so many seconds ago."""
    return {"id": f"5_{number}", "message": f"no {number}", "created_time": NOW // 1_000_000 - age}


def walked(walk: Walk, *pages: fb.Listed) -> tuple[list[AnyInbound], Walk, Walker]:
    """What pages of the feed tell, and the walk after them."""
    walker = Walker(msgspec.structs.replace(walk, began_at=NOW), context())
    for page in pages:
        walker.saw_posts(page)
    polled = walker.polled()
    return list(polled.inbounds), Walk.of(polled.cursor), walker


def test_a_cursor_is_read_as_it_was_written() -> None:
    """Nothing of a walk is lost between two polls."""
    _, walk, _ = walked(Walk(), listed(post(5, comment(1)), after="QVFI"))
    assert Walk.of(msgspec.json.encode(walk).decode()) == walk
    assert (walk.after, walk.pages, walk.visited) == ("QVFI", 1, (f"{PAGE}_5",))


def test_the_walk_ends_after_its_last_page() -> None:
    """However long the feed is: old posts are not read again and again."""
    walk = Walk(after="x", pages=PAGES_MOST - 1)
    _, after, _ = walked(walk, listed(post(5), after="QVFI"))
    assert (after.after, after.pages, after.before_at) == ("", 0, NOW)


def test_posts_that_were_not_visited_are_forgotten() -> None:
    """What the walk knows does not grow with the page's age."""
    _, first, _ = walked(Walk(), listed(post(5, comment(1))))
    _, second, _ = walked(first, listed(post(6)))
    assert set(second.known) == {f"{PAGE}_6"}


def test_comments_that_moved_off_the_first_page_are_not_missing() -> None:
    """New ones push old ones out: only what is newer than the oldest one listed can be missing."""
    _, first, _ = walked(Walk(), listed(post(5, comment(2, 9000), comment(1, 9100))))
    _, second, walker = walked(first, listed(post(5, comment(4, 10), comment(3, 9050), after="x")))
    assert walker.missing == [(f"{PAGE}_5", "5_2")]
    assert set(second.known[f"{PAGE}_5"]) == {f"{PAGE}_5", "5_2", "5_3", "5_4"}


def test_the_first_walk_takes_the_newest_only() -> None:
    """A page with a hundred thousand old comments is connected in a minute."""
    _, walk, _ = walked(Walk(), listed(post(5, comment(1), after="x")))
    assert walk.longer == ()


def test_a_list_is_read_on_while_it_is_newer_than_the_last_walk() -> None:
    """Comments of the last walk's hour are looked at; older ones were."""
    before = Walk(before_at=NOW - 600_000_000)
    _, fresh, _ = walked(before, listed(post(5, comment(1, 100), after="x")))
    assert fresh.longer == ((f"{PAGE}_5", "x"),)
    _, old, _ = walked(before, listed(post(5, comment(1, 7200), after="x")))
    assert old.longer == ()


def test_a_post_that_vanishes_while_it_is_read_on_ends_the_list() -> None:
    """The walk goes on with the next."""
    walker = Walker(Walk(began_at=NOW, before_at=1, longer=((f"{PAGE}_5", "x"), (f"{PAGE}_6", "y"))), context())
    walker.saw_further(None)
    assert walker.walk.longer == ((f"{PAGE}_6", "y"),)


def test_a_post_is_told_again_when_it_becomes_an_ad() -> None:
    """Agents see from then on that people may have come by the ad."""
    first, walk, _ = walked(Walk(), listed(post(5)))
    second, walk, _ = walked(walk, listed(post(5)))
    third, _, _ = walked(walk, listed(post(5, promotion_status="active")))
    assert [len(first), len(second), len(third)] == [1, 0, 1]
    (told,) = third
    assert isinstance(told, PostSeen)
    assert told.post.is_ad


def test_differences_of_two_walks_have_two_keys() -> None:
    """Hidden, shown and hidden again are three facts."""
    hidden, shown = post(5, comment(1) | {"is_hidden": True}), post(5, comment(1))
    walk, keys = Walk(), []
    for minute, page in enumerate((shown, hidden, shown, hidden)):
        walker = Walker(msgspec.structs.replace(walk, began_at=NOW + minute), replace(context(), now=NOW + minute))
        walker.saw_posts(listed(page))
        polled = walker.polled()
        walk = Walk.of(polled.cursor)
        keys += [one.dedupe_key for one in polled.inbounds]
    assert len(keys) == len(set(keys)) == 5


def test_a_recommendation_without_story_can_be_read() -> None:
    """Pages that tell neither reviewer nor story still show what was said, under an id of the time."""
    walker = Walker(Walk(began_at=NOW), context())
    node = {"created_time": "2026-11-21T22:10:00+0000", "recommendation_type": "positive", "review_text": "Nice"}
    walker.saw_ratings(listed(node))
    (found,) = walker.polled().inbounds
    assert isinstance(found, ReviewReceived)
    assert (found.external_id, found.rating) == ("rating-1795299000", 5)
    assert found.author.external_id == "author-of:rating-1795299000"


def test_recommendations_beyond_the_list_are_out_of_reach_not_gone() -> None:
    """What is older than the last one listed is forgotten, and never counts as removed."""
    newer = {"created_time": BEGAN, "recommendation_type": "positive", "open_graph_story": {"id": "2"}}
    older = {"created_time": BEGAN - 500, "recommendation_type": "negative", "open_graph_story": {"id": "1"}}
    walk = Walk(began_at=NOW)
    for page in (listed(newer, older), *[listed(newer, after="x")] * 4):
        walker = Walker(msgspec.structs.replace(walk, began_at=NOW), context())
        walker.saw_ratings(page)
        polled = walker.polled()
        walk = Walk.of(polled.cursor)
        assert not any(one.dedupe_key.startswith("1:gone") for one in polled.inbounds)
    assert set(walk.known["ratings"]) == {"2"}
