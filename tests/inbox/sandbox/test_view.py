"""What the page shows of the networks: what people would see, and nothing else."""

from __future__ import annotations

import pytest

from connectors.contract import CustomerAction
from connectors.exchange import HttpRequest, HttpResponse
from inbox import clock
from inbox.sandbox.cast import PEOPLE
from inbox.sandbox.google import NETWORK as GOOGLE
from inbox.sandbox.stage import Stage
from inbox.sandbox.view import View
from inbox.transport.courier import Courier


def does(made: Stage, network: str, person: str, **action: object) -> None:
    """Somebody acts."""
    made.networks.act(network, CustomerAction(person=person, name=person.title(), **action), clock.now())  # type: ignore[arg-type]


def comments(made: Stage, network: str = "facebook_page", person: str = "nikos", text: str = "How much?") -> str:
    """Somebody comments on the newest post; the post."""
    post = made.networks.posts(network)[0]["id"]
    thread_id, in_reply_to = made.networks.under(network, post)
    does(made, network, person, do="write", text=text, thread_id=thread_id, in_reply_to=in_reply_to)
    return post


@pytest.mark.parametrize("network", ["facebook_page", "instagram"])
def test_a_comment_stands_under_its_post_with_its_author(made: Stage, network: str) -> None:
    """Whoever looks at the post sees who wrote what."""
    post = comments(made, network)

    shown = View(made).post(network, post)

    assert [(one["person"], one["name"], one["text"]) for one in shown["comments"]] == [("nikos", "Nikos", "How much?")]


async def test_a_hidden_comment_vanishes(made: Stage, courier: Courier) -> None:
    """When the company hides it, the public does not see it any more."""
    post = comments(made)
    comment = View(made).post("facebook_page", post)["comments"][0]["id"]
    token = made.networks.credentials("facebook_page")["page_access_token"]
    url = f"{made.server.address('facebook_page')}/v25.0/{comment}?is_hidden=true&access_token={token}"

    answer = await courier.carry(HttpRequest(method="POST", url=url))

    assert isinstance(answer, HttpResponse)
    assert answer.status == 200
    assert View(made).post("facebook_page", post)["comments"] == []


def test_the_first_post_is_the_campaigns(made: Stage) -> None:
    """It has the hashtag."""
    assert "#AlkyonSpring" in made.networks.posts("facebook_page")[0]["text"]


def test_reviews_show_their_stars(made: Stage) -> None:
    """A review and its change, with the average over all."""
    does(made, GOOGLE, "grace", do="review", text="Slow", rating=2)
    does(made, GOOGLE, "dimas", do="review", text="Bagus", rating=5)
    does(made, GOOGLE, "grace", do="restar", text="They called me", rating=4)

    shown = View(made).reviews()

    assert {one["person"]: one["stars"] for one in shown["reviews"]} == {"grace": 4, "dimas": 5}
    assert (shown["average"], shown["count"]) == (4.5, 2)


async def test_the_state_tells_the_cast_and_finds_others_by_name(made: Stage) -> None:
    """The cast is always there, guests too; people of the month are found by a part of their name."""
    does(made, "custom", "guest-1", do="write", text="Hi")
    does(made, "custom", "past-9", do="write", text="Hi")
    view = View(made)

    state = await view.state()

    keys = [person["key"] for person in state["people"]]
    assert len(keys) == len(PEOPLE) + 1
    assert "guest-1" in keys
    assert "past-9" not in keys
    assert [one["key"] for one in view.found("ast-9", 5)] == ["past-9"]
    assert view.found("", 5) == []
