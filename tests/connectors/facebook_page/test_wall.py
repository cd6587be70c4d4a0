"""connectors/facebook_page/wall.py: how the simulated page words things."""

from urllib.parse import unquote

import pytest

from connectors.facebook_page import wall
from connectors.facebook_page.wall import Thing, Who
from connectors.inbound import Attachment

DAY = 86_400
BEN = Who("ben", "5098", "Ben")


def comment(**fields: object) -> Thing:
    """A comment of Ben's under a post."""
    thing = Thing(id="5_7", kind="comment", text="Hi", created=1000, post_id="1_5", person="ben", parent_id="1_5")
    for name, value in fields.items():
        setattr(thing, name, value)
    return thing


@pytest.mark.parametrize(
    ("thing", "who", "now", "may"),
    [
        (comment(), BEN, 1000, True),
        (comment(), BEN, 1000 + 7 * DAY, True),
        (comment(), BEN, 1001 + 7 * DAY, False),
        (comment(replied_privately=True), BEN, 1000, False),
        (comment(person=""), Who("", "1", "Page"), 1000, False),
        (comment(), Who("anonymous-1", "5099", "X"), 1000, False),
    ],
)
def test_who_may_be_written_to(thing: Thing, who: Who, now: int, may: bool) -> None:
    """Once, within seven days, to a person whom Facebook names, and never to the page itself."""
    assert wall.may_write_to(thing, who, now) is may


def test_a_removal_tells_no_words() -> None:
    """What is gone is named by its id alone."""
    value = wall.feed(comment(picture="https://x.example/1.jpg"), "remove", BEN, None, now=2000)["value"]
    assert not {"message", "photo"} & set(value)
    assert (value["created_time"], value["from"]["id"]) == (2000, "5098")


def test_an_answer_has_a_parent_and_a_top_level_comment_none() -> None:
    """Nodes name the comment above, never the post."""
    assert "parent" not in wall.comment_node(comment(), BEN, now=1000)
    assert wall.comment_node(comment(parent_id="5_6"), BEN, now=1000)["parent"] == {"id": "5_6"}


def test_webhooks_shout_and_nodes_do_not() -> None:
    """POSITIVE in a webhook is positive at the Graph API."""
    thing = Thing(id="904", kind="review", text="Nice", created=1000, post_id="904", person="ben")
    assert wall.rated(thing, "add", BEN)["value"]["recommendation_type"] == "POSITIVE"
    assert wall.rating_node(thing, BEN)["recommendation_type"] == "positive"


def test_a_drawing_is_an_address_that_holds_it() -> None:
    """A browser draws it without asking anyone, and it fits where addresses are kept."""
    address = wall.drawing("#c98b2b", "M30 10h60z")
    assert unquote(address).startswith("data:image/svg+xml,<svg ")
    assert len(address) < 2048


def test_a_file_keeps_its_address_or_gets_one() -> None:
    """A file that is somewhere stays there; bytes have an address of Facebook's kind."""
    there = Attachment(kind="image", url="https://x.example/1.jpg")
    assert wall.file_of((there,), "t") == "https://x.example/1.jpg"
    assert wall.file_of((Attachment(kind="image", name="a b.jpg", data=b"x"),), "t").endswith("/t/a%20b.jpg")
    assert wall.file_of((), "t") == ""
