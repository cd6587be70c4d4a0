"""What stands on the simulated page, and how Facebook words it: as nodes of the Graph API and as webhook values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from connectors.facebook_page.manifest import PRIVATE_REPLY_SECONDS, REACTIONS
from connectors.inbound import Attachment
from connectors.toolkit.times import to_rfc3339

Json = dict[str, Any]
Kind = Literal["post", "comment", "review", "mention"]

_EMOJIS = {emoji: name for name, emoji in reversed(REACTIONS.items())}
_SITE = "https://www.facebook.com"


@dataclass(slots=True)
class Thing:
    """A post, comment, recommendation or mention, and what became of it. Times in seconds."""

    id: str
    kind: Kind
    text: str
    created: int
    post_id: str
    """The post it is under; its own id where it is one."""
    person: str = ""
    """Key of the person who wrote it; empty: the page."""
    parent_id: str = ""
    """What it is under: the post, or a comment."""
    picture: str = ""
    """Address of a picture; of a file of a customer's made up."""
    promoted: bool = False
    published: bool = True
    positive: bool = True
    hidden: bool = False
    deleted: bool = False
    is_edited: bool = False
    replied_privately: bool = False
    private: list[str] = field(default_factory=list)
    """What the page wrote to its author in private."""
    reactions: dict[str, str] = field(default_factory=dict)
    """Person, or `us` → emoji."""

    @property
    def is_ours(self) -> bool:
        """Whether the page wrote it."""
        return not self.person

    @property
    def state(self) -> str:
        """What people read under it."""
        return "edited" if self.is_edited else "sent"


@dataclass(frozen=True, slots=True)
class Who:
    """A person as Facebook names him to the page. Somebody whose key begins with `anonymous` is not named."""

    key: str
    id: str
    name: str

    @property
    def shown(self) -> Json:
        """`from` with its value; nothing where it is left out."""
        return {} if self.key.startswith("anonymous") else {"from": {"id": self.id, "name": self.name}}


def drawing(colour: str, shape: str) -> str:
    """A small picture as an address that holds it: a browser shows it without asking anyone."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120"><path fill="{colour}" d="{shape}"/></svg>'
    return f"data:image/svg+xml,{quote(svg)}"


def file_of(attachments: tuple[Attachment, ...], made_up: str) -> str:
    """Address of the one file that Facebook takes in a comment; empty where there is none."""
    if not attachments:
        return ""
    return attachments[0].url or f"https://scontent.xx.fbcdn.net/v/{made_up}/{quote(attachments[0].name or 'file.jpg')}"


# --- webhooks ---------------------------------------------------------------------------------


def feed(thing: Thing, verb: str, who: Who, post: Thing | None, *, now: int) -> Json:
    """The change of the feed that tells what happened to a post or comment. `now` in seconds."""
    value: Json = {**who.shown, "item": "comment" if thing.kind == "comment" else "post", "verb": verb}
    value |= {"post_id": thing.post_id, "created_time": thing.created if verb == "add" else now}
    if thing.kind == "comment":
        value |= {"comment_id": thing.id, "parent_id": thing.parent_id}
    if verb in ("add", "edited") and thing.text:
        value["message"] = thing.text
    if verb in ("add", "edited") and thing.picture:
        value["photo"] = thing.picture
    if post is not None:
        value["post"] = _above(post)
    return {"field": "feed", "value": value}


def reacted(thing: Thing, who: Who, verb: str, emoji: str, *, now: int) -> Json:
    """The change that tells of a reaction on something."""
    value: Json = {**who.shown, "item": "reaction", "verb": verb, "reaction_type": _EMOJIS.get(emoji, "like")}
    value |= {"post_id": thing.post_id, "parent_id": thing.parent_id or thing.post_id, "created_time": now}
    if thing.kind == "comment":
        value["comment_id"] = thing.id
    return {"field": "ratings" if thing.kind == "review" else "feed", "value": value}


def mentioned(thing: Thing) -> Json:
    """The change that tells of a mention: without author, and once."""
    value = {"item": "post", "verb": "add", "post_id": thing.id, "message": thing.text, "created_time": thing.created}
    return {"field": "mention", "value": value}


def rated(thing: Thing, verb: str, who: Who) -> Json:
    """The change that tells of a recommendation."""
    value: Json = {"item": "rating", "verb": verb, "open_graph_story_id": int(thing.id), "reviewer_id": int(who.id)}
    if verb != "remove":
        value |= {"reviewer_name": who.name, "review_text": thing.text, "created_time": thing.created}
        value |= {"recommendation_type": "POSITIVE" if thing.positive else "NEGATIVE", "comment_id": None}
    return {"field": "ratings", "value": value}


def _above(post: Thing) -> Json:
    return {
        "id": post.id,
        "permalink_url": f"{_SITE}/{post.id}",
        "status_type": "added_photos" if post.is_ours else "wall_post",
        "is_published": post.published,
        "promotion_status": "active" if post.promoted else "inactive",
        "updated_time": _iso(post.created),
    }


# --- nodes ------------------------------------------------------------------------------------


def comment_node(thing: Thing, who: Who, *, now: int) -> Json:
    """A comment as `GET /{comment}` shows it to the page."""
    node: Json = {"id": thing.id, **who.shown, "message": thing.text, "created_time": _iso(thing.created)}
    node |= {"is_hidden": thing.hidden, "can_reply_privately": may_write_to(thing, who, now)}
    node |= {"user_likes": "us" in thing.reactions}
    if thing.parent_id != thing.post_id:
        node["parent"] = {"id": thing.parent_id}
    if thing.picture:
        node["attachment"] = {"type": "photo", "media": {"image": {"src": thing.picture}}, "url": f"{_SITE}/{thing.id}"}
    return node


def post_node(thing: Thing, who: Who, *, now: int) -> Json:
    """A post as `GET /{post}` shows it to the page."""
    node: Json = {"id": thing.id, **who.shown, "message": thing.text, "created_time": _iso(thing.created)}
    node |= {"permalink_url": f"{_SITE}/{thing.id}", "is_published": thing.published, "is_hidden": thing.hidden}
    node |= {"promotion_status": "active" if thing.promoted else "inactive"}
    node |= {"can_reply_privately": may_write_to(thing, who, now)}
    return node | ({"full_picture": thing.picture} if thing.picture else {})


def rating_node(thing: Thing, who: Who) -> Json:
    """A recommendation as `GET /{page}/ratings` lists it."""
    return {
        "created_time": _iso(thing.created),
        "recommendation_type": "positive" if thing.positive else "negative",
        "review_text": thing.text,
        "reviewer": {"id": who.id, "name": who.name},
        "open_graph_story": {"id": thing.id},
    }


def may_write_to(thing: Thing, who: Who, now: int) -> bool:
    """Whether the page may answer in private: once, within 7 days, and only to somebody whom Facebook names."""
    named = not thing.is_ours and bool(who.shown)
    return named and not thing.replied_privately and now - thing.created <= PRIVATE_REPLY_SECONDS


def _iso(seconds: int) -> str:
    return to_rfc3339(seconds * 1_000_000).replace("Z", "+0000")
