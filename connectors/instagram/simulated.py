"""The simulated account: its posts, the people around it, and everything they and we have written."""

from __future__ import annotations

import re
import struct
import unicodedata
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from connectors.toolkit.times import to_rfc3339

Json = dict[str, Any]
Place = Literal["direct", "comment", "mention"]

_DAY = 86_400_000_000
_POSTS = (
    ("IMAGE", "FEED", "The autumn lamps are here. Which one is yours?"),
    ("CAROUSEL_ALBUM", "FEED", "Weekend sale: everything blue is a third off. #alkyonhome"),
    ("VIDEO", "REELS", "How a bowl gets its glaze, in thirty seconds"),
    ("IMAGE", "STORY", ""),
    ("VIDEO", "LIVE", "Live from the workshop"),
)


@dataclass(slots=True)
class Post:
    """A post, reel, story or live video of ours, or somebody else's post that names us."""

    id: str
    kind: str
    product: str
    caption: str
    by: str
    posted_at: int

    def shown(self, address: str, comments: int) -> Json:
        """As the API shows it. `address`: where its picture is."""
        shown: Json = {
            "id": self.id,
            "media_type": self.kind,
            "media_product_type": self.product,
            "media_url": f"{address}/ig_messaging_cdn/?asset_id={self.id}",
            "permalink": f"https://www.instagram.com/p/{self.id}/",
            "timestamp": stamp(self.posted_at),
            "username": self.by,
            "comments_count": comments,
        }
        if self.kind == "VIDEO":
            shown["thumbnail_url"] = shown["media_url"]
        return shown | ({"caption": self.caption} if self.caption else {})


@dataclass(slots=True)
class Person:
    """Somebody with an Instagram account. `id` is scoped to the account he deals with."""

    key: str
    id: str
    name: str
    username: str
    has_written: bool = False
    has_blocked: bool = False


@dataclass(slots=True)
class Item:
    """A message or comment. `person` is who wrote it, or, of ours, who it is for."""

    id: str
    place: Place
    thread_id: str
    person: Person | None
    from_us: bool
    text: str
    at: int
    post: Post | None = None
    attachments: list[Json] = field(default_factory=list)
    state: Literal["sent", "read", "edited", "deleted", "hidden"] = "sent"
    edits: int = 0
    reactions: dict[str, str] = field(default_factory=dict)
    answered_privately: bool = False
    options: dict[str, str] = field(default_factory=dict)
    """What can be picked under it: title → payload."""

    @property
    def parent_id(self) -> str:
        """The comment it answers; empty for the first of a thread."""
        return self.thread_id if self.place == "comment" and self.thread_id != self.id else ""


class World:
    """Who and what there is. `number` and `token` give what is always the same for a seed."""

    def __init__(self, number: Callable[[str, int], int], token: Callable[[str, int], str], username: str) -> None:
        self._number, self._token = number, token
        self.username = username
        self.people: dict[str, Person] = {}
        self._usernames = {username}
        self.items: list[Item] = []
        self.posts = [self._post(f"post:{i}", *told, username) for i, told in enumerate(_POSTS)]
        self.names: dict[str, str] = {}
        """Names given to threads of comments before they had an id → the id."""
        self.files: dict[str, bytes] = {}

    def person(self, key: str, name: str = "") -> Person:
        """The person of that key, made when first needed."""
        known = self.people.get(key)
        if known is None:
            igsid = str(1_000_000_000_000_000 + self._number(f"person:{key}", 9_000_000_000_000_000))
            known = self.people[key] = Person(key, igsid, name or key.title(), self._free(name or key, key))
        known.name = name or known.name
        return known

    def _free(self, name: str, key: str) -> str:
        """A username made of a name, with a number where somebody has it already."""
        wanted = _username(name) or f"user_{self._number(f'username:{key}', 100_000)}"
        if wanted not in self._usernames:
            self._usernames.add(wanted)
            return wanted
        return self._free(f"{wanted}_{self._number(f'username:{wanted}:{key}', 1_000)}", key)

    def by_id(self, person_id: str) -> Person | None:
        """The person of that scoped id."""
        return next((one for one in self.people.values() if one.id == person_id), None)

    def item(self, item_id: str) -> Item | None:
        """An item that is still there."""
        return next((one for one in self.items if one.id == item_id and one.state != "deleted"), None)

    def post(self, post_id: str) -> Post | None:
        """A post."""
        return next((one for one in self.posts if one.id == post_id), None)

    def add(
        self, place: Place, thread_id: str, person: Person | None, text: str, at: int, *,
        from_us: bool = False, post: Post | None = None,
    ) -> Item:  # fmt: skip
        """Write something. A comment without thread begins one of its own."""
        count = len(self.items)
        item_id = self._mid(count) if place == "direct" else self._object_id("comment", count)
        item = Item(item_id, place, thread_id or item_id, person, from_us, text, at, post)
        self.items.append(item)
        return item

    def mentioned_in(self, person: Person, caption: str, at: int) -> Post:
        """Somebody publishes a post that names us."""
        post = self._post(f"mention:{len(self.posts)}", "IMAGE", "FEED", caption, person.username)
        post.posted_at = at
        self.posts.append(post)
        return post

    def comments_under(self, post: Post) -> list[Item]:
        """Everything written under a post that is still there, hidden things too."""
        return [one for one in self.items if one.post is post and one.state != "deleted" and one.place != "direct"]

    def thread(self, thread_id: str) -> list[Item]:
        """What was written in a thread, by its id or the name it was given."""
        wanted = self.names.get(thread_id, thread_id)
        return [one for one in self.items if one.thread_id == wanted]

    def kept_file(self, content: bytes) -> str:
        """Keep a file; the id it can be loaded by."""
        file_id = self._object_id("file", len(self.files))
        self.files[file_id] = content
        return file_id

    def file(self, file_id: str) -> bytes | None:
        """A file, or the picture of a post."""
        if self.post(file_id) is not None:
            return picture(self._number(f"colour:{file_id}", 0x1000000))
        return self.files.get(file_id)

    def shown_comment(self, item: Item, account_id: str) -> Json:
        """A comment as the API shows it, without its answers."""
        username = self.username if item.from_us or item.person is None else item.person.username
        author = account_id if item.from_us or item.person is None else item.person.id
        shown: Json = {
            "id": item.id,
            "text": item.text,
            "timestamp": stamp(item.at),
            "username": username,
            "from": {"id": author, "username": username},
            "hidden": item.state == "hidden",
        }
        return shown | ({"parent_id": item.parent_id} if item.parent_id else {})

    def _post(self, name: str, kind: str, product: str, caption: str, by: str) -> Post:
        age = 1 + self._number(f"age:{name}", 20)
        return Post(self._object_id(name, 0), kind, product, caption, by, 1_795_000_000_000_000 - age * _DAY)

    def _object_id(self, name: str, count: int) -> str:
        return str(17_900_000_000_000_000 + self._number(f"{name}:{count}", 90_000_000_000_000))

    def _mid(self, count: int) -> str:
        return f"aWdfZAG1faXRlbToxOklHTWVzc2FnZAUl{self._token('mid', count)}ZD"


def stamp(at: int) -> str:
    """A time as the Graph API writes it."""
    return to_rfc3339(at - at % 1_000_000).removesuffix("Z") + "+0000"


def picture(colour: int) -> bytes:
    """A square PNG of one colour (`0xRRGGBB`)."""
    side = 64
    row = b"\x00" + colour.to_bytes(3, "big") * side
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(row * side)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


_GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψως", [*"avgdezi", "th", *"iklmnxoprstyf", "ch", "ps", "o", "s"], strict=True))
_ARMENIAN = dict(
    zip(
        "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆև",
        [
            *"abgdezeyt", "zh", "i", "l", "kh", "ts", "k", "h", "dz", "gh", "ch", "m", "y", "n", "sh", "o", "ch", "p",
            "j", *"rsvtr", "ts", "v", "p", "k", "o", "f", "ev",
        ],
        strict=True,
    )
)  # fmt: skip
_LATIN = str.maketrans(_GREEK | _ARMENIAN | {"ß": "ss", "ı": "i", "ø": "o"})


def _username(name: str) -> str:
    """A name as people make a username of it: Latin letters, digits and underscores."""
    plain = unicodedata.normalize("NFD", name.lower())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = plain.replace("ου", "ou").translate(_LATIN)
    return re.sub(r"[^a-z0-9.]+", "_", plain).strip("_.")
