"""connectors/instagram/simulated.py: the world of the simulator."""

import zlib

from connectors.instagram.simulated import World, picture, stamp
from connectors.instagram.simulator import InstagramGraph


def world(seed: int = 7) -> World:
    """The world of a seed."""
    return InstagramGraph(seed).world


def test_the_same_seed_makes_the_same_world() -> None:
    """Posts and people have the ids they had; another seed gives others."""
    assert [post.id for post in world().posts] == [post.id for post in world().posts]
    assert world().person("maria").id == world().person("maria").id
    assert world().person("maria").id != world(8).person("maria").id


def test_a_person_keeps_the_id_and_takes_a_new_name() -> None:
    """People change their names."""
    here = world()
    first = here.person("maria", "Maria")
    assert here.person("maria", "Μαρία") is first
    assert (first.name, here.by_id(first.id)) == ("Μαρία", first)


def test_a_deleted_item_is_no_longer_found() -> None:
    """It stays in the world's memory, and nobody gets at it."""
    here = world()
    item = here.add("comment", "", here.person("maria"), "Hi", 1, post=here.posts[0])
    item.state = "deleted"
    assert here.item(item.id) is None
    assert here.comments_under(here.posts[0]) == []


def test_the_first_comment_is_its_thread() -> None:
    """What answers it names it as parent."""
    here = world()
    first = here.add("comment", "", here.person("maria"), "Hi", 1)
    answer = here.add("comment", first.id, here.person("nikos"), "Hello", 2)
    assert (first.thread_id, first.parent_id, answer.parent_id) == (first.id, "", first.id)


def test_times_are_written_as_graph_writes_them() -> None:
    """Whole seconds, with an offset that has no colon."""
    assert stamp(1_795_336_000_999_999) == "2026-11-22T08:26:40+0000"


def test_pictures_are_pictures() -> None:
    """A PNG that any reader takes, of the colour asked for."""
    data = picture(0xFF8000)
    start = data.index(b"IDAT") + 4
    size = int.from_bytes(data[start - 8 : start - 4])
    rows = zlib.decompress(data[start : start + size])
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert rows[1:4] == b"\xff\x80\x00"
    assert len(rows) == 64 * (1 + 64 * 3)
