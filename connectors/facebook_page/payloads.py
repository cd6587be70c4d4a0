"""What Facebook posts to us about a page, and what the Graph API answers, as typed records.

Only fields that are read are named. Meta has written ids as numbers and as strings, times as seconds, milliseconds and
ISO dates, and authors as `from` and as `sender_id`: all of these are read.
Sources: https://developers.facebook.com/docs/graph-api/webhooks/reference/page,
https://developers.facebook.com/docs/graph-api/reference/comment, …/reference/post, …/reference/recommendation
(read 2026-11-22).
"""

from __future__ import annotations

import re
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta, Raw, Struct, field

from connectors._meta import times
from connectors.errors import PayloadInvalid

Id: TypeAlias = str | int
Time: TypeAlias = int | float | str
Flag: TypeAlias = bool | int
Number: TypeAlias = int | float | str
Short = Annotated[str, Meta(max_length=2048)]
"""Names, words of the protocol, addresses."""
Long = Annotated[str, Meta(max_length=131_072)]
"""What people wrote (Facebook: 8000 in a comment, 63206 in a post)."""

_ABSENT = Raw()
_FORM = re.compile(r"[A-Za-z0-9_:.=-]{1,255}")


class Record(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A payload; never changed, never part of a cycle."""


class Person(Record, frozen=True, kw_only=True, gc=False):
    """Who did something: a person or a page. Facebook leaves it out where it must not tell."""

    id: Id | None = None
    name: Short | None = None


class PostInfo(Record, frozen=True, kw_only=True, gc=False):
    """What a change tells of the post that it is under."""

    permalink_url: Short | None = None
    status_type: Short | None = None
    """`wall_post` where a visitor wrote it."""
    is_published: Flag | None = None
    promotion_status: Short | None = None


class Value(Record, frozen=True, kw_only=True, gc=False):
    """One change of the feed, of mentions or of ratings: the three share their fields."""

    item: Short = ""
    verb: Short = ""
    post_id: Id | None = None
    comment_id: Id | None = None
    parent_id: Id | None = None
    from_: Person | None = field(default=None, name="from")
    sender_id: Id | None = None
    sender_name: Short | None = None
    message: Long | None = None
    story: Long | None = None
    created_time: Time | None = None
    photo: Short | None = None
    photos: tuple[Short, ...] | None = None
    video: Short | None = None
    link: Short | None = None
    is_hidden: Flag | None = None
    reaction_type: Short | None = None
    post: Raw = _ABSENT
    """Read by `post_info`: a fault in it must not cost what the person wrote."""
    open_graph_story_id: Id | None = None
    reviewer_id: Id | None = None
    reviewer_name: Short | None = None
    rating: Number | None = None
    review_text: Long | None = None
    recommendation_type: Short | None = None


class Change(Record, frozen=True, kw_only=True, gc=False):
    """An element of a delivery. Some come without a value."""

    field: Short = ""
    value: Raw = _ABSENT


class Entry(Record, frozen=True, kw_only=True, gc=False):
    """What happened at one page. `time` is when Facebook tells it, in seconds."""

    id: Id
    time: Time | None = None
    changes: tuple[Raw, ...] = ()


class Delivery(Record, frozen=True, kw_only=True, gc=False):
    """A piece of a delivery: as a rule one entry."""

    entry: tuple[Raw, ...]


class Announced(Record, frozen=True, kw_only=True, gc=False):
    """A change without its content, kept until it is fetched (`Fetch.ref`)."""

    page: str
    at: int
    field: str
    value: Value


# --- the Graph API ----------------------------------------------------------------------------


class Image(Record, frozen=True, kw_only=True, gc=False):
    """Where a picture is."""

    src: Short = ""


class Media(Record, frozen=True, kw_only=True, gc=False):
    """The picture, and the film where there is one."""

    image: Image = Image()
    source: Short | None = None


class StoryAttachment(Record, frozen=True, kw_only=True, gc=False):
    """What hangs on a comment: photo, video_inline, sticker, animated_image_share, share…"""

    type: Short = ""
    title: Short | None = None
    url: Short | None = None
    media: Media = Media()


class Parent(Record, frozen=True, kw_only=True, gc=False):
    """The comment that another answers."""

    id: Id


class CommentNode(Record, frozen=True, kw_only=True, gc=False):
    """A comment as it stands now."""

    id: Id
    message: Long | None = None
    from_: Person | None = field(default=None, name="from")
    created_time: Time | None = None
    parent: Parent | None = None
    attachment: StoryAttachment | None = None
    is_hidden: Flag | None = None


class Cursors(Record, frozen=True, kw_only=True, gc=False):
    """Where a page of a list ends."""

    after: Short = ""


class Paging(Record, frozen=True, kw_only=True, gc=False):
    """How to go on in a list; `next` is there only where there is more."""

    cursors: Cursors = Cursors()
    next: Long | None = None

    @property
    def after(self) -> str:
        """The cursor of the next page; empty at the end."""
        return self.cursors.after if self.next else ""


class Comments(Record, frozen=True, kw_only=True, gc=False):
    """A page of a list of comments; each is read by itself."""

    data: tuple[Raw, ...] = ()
    paging: Paging = Paging()


class PostNode(Record, frozen=True, kw_only=True, gc=False):
    """A post on the page as it stands now, a visitor's or the page's own."""

    id: Id
    message: Long | None = None
    story: Long | None = None
    from_: Person | None = field(default=None, name="from")
    created_time: Time | None = None
    permalink_url: Short | None = None
    full_picture: Short | None = None
    is_published: Flag | None = None
    is_hidden: Flag | None = None
    promotion_status: Short | None = None
    comments: Comments = Comments()


class Story(Record, frozen=True, kw_only=True, gc=False):
    """The story that a recommendation is."""

    id: Id


class RatingNode(Record, frozen=True, kw_only=True, gc=False):
    """A recommendation, or from the years before 2018 a rating with stars, as it stands now."""

    created_time: Time | None = None
    recommendation_type: Short | None = None
    rating: Number | None = None
    review_text: Long | None = None
    reviewer: Person | None = None
    open_graph_story: Story | None = None


class Listed(Record, frozen=True, kw_only=True, gc=False):
    """A page of any list."""

    data: tuple[Raw, ...] = ()
    paging: Paging = Paging()


def raw(post: PostInfo) -> Raw:
    """What is told of a post, as it stands in a `Value`."""
    return Raw(msgspec.json.encode(post))


# --- ids and times ----------------------------------------------------------------------------


def id_of(given: Id | None, *, path: str) -> str:
    """An id as text. Raises PayloadInvalid where it is missing, or could not stand in an address."""
    text = "" if given is None else str(given)
    if not _FORM.fullmatch(text):
        raise PayloadInvalid(f"{text[:40]!r} is no id", path=path)
    return text


def tail(object_id: str) -> str:
    """The part of an id that is the object's own: `<post>` of `<page>_<post>`, `<comment>` of `<post>_<comment>`."""
    return object_id.rpartition("_")[2]


def instant(given: Time | None) -> int | None:
    """A time as µs, in whichever of Meta's forms; None where there is none, or none that can be read: what was said is
    worth more than when.
    """
    try:
        return times.instant(given, otherwise=0) or None
    except PayloadInvalid:
        return None
