"""What the page shows: the running line, the cast, posts with their comments, reviews. Asked of the networks as anybody
asks them who looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from connectors.exchange import Request
from connectors.registry import manifest
from inbox.sandbox import google
from inbox.sandbox.breaking import FAULTS
from inbox.sandbox.networks import CROWD, NOBODY, Networks
from inbox.sandbox.stage import Stage
from inbox.sandbox.tally import Line

Json = dict[str, Any]

_COMMENTS = 60
_REVIEWS = 25
_WORDS = ("", "ONE", "TWO", "THREE", "FOUR", "FIVE")
_ASKED = {
    "facebook_page": "fields=id,message,from,created_time,parent,is_hidden&limit={limit}",
    "instagram": "fields=id,text,timestamp,username,hidden,replies&limit={limit}",
}


class View:
    """The page's view of a stage."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._known = {(person.network, person.key): person for person in stage.director.people}

    @property
    def _networks(self) -> Networks:
        return self._stage.networks

    async def state(self) -> Json:
        """All that the page looks at once a second."""
        stage, networks = self._stage, self._networks
        history = stage.history
        on = set().union(*networks.faults.values())
        guests = [key for key in networks.threads if key not in self._known and _is_guest(key[1])]
        guests = [key for key in guests if key not in networks.private]
        return {
            "seed": networks.seed,
            "begun_at": networks.begun_at,
            "per_minute": stage.per_minute,
            "history": None if history is None else {"told": history.told, "total": history.total},
            "line": await stage.tally.line() if stage.tally is not None else Line(),
            "networks": {name: _network(name) for name in networks.names},
            "faults": [
                {"name": name, "title": title, "detail": detail, "on": name in on}
                for name, (title, detail) in FAULTS.items()
            ],
            "people": [self._person(network, key) for network, key in (*self._known, *guests)]
            + [self._in_private(network, key) for network, key in networks.private],
            "posts": [{"network": name, **post} for name in _ASKED for post in networks.posts(name)[:3]],
            "colleagues": [
                {"name": one.name, "doing": one.doing, "answered": one.answered} for one in stage.colleagues
            ],
        }

    def found(self, words: str, limit: int) -> list[Json]:
        """People by a part of their name, those of the past too."""
        wanted = words.strip().casefold()
        named = ((key, self._networks.name_of(key[1])) for key in self._networks.threads if key[1] != NOBODY)
        hits = [key for key, name in named if wanted and wanted in name.casefold()]
        return [self._person(network, key) for network, key in hits[:limit]]

    def post(self, network: str, post_id: str) -> Json:
        """A post with its newest comments, as the public sees it: nothing that is hidden or deleted."""
        posts = [post for post in self._networks.posts(network) if post["id"] == post_id]
        if not posts or network not in _ASKED:
            return {"post": None, "comments": [], "total": 0}
        nodes = self._ask(network, f"/v25.0/{post_id}/comments", _ASKED[network].format(limit=_COMMENTS))["data"]
        flat = [one for node in nodes for one in (node, *node.get("replies", {}).get("data", ()))]
        shown = [self._comment(network, node) for node in flat if not (node.get("is_hidden") or node.get("hidden"))]
        visible = {one["id"] for one in shown}
        tops = [one for one in shown if one["parent"] not in visible]
        comments = [{**top, "replies": [one for one in reversed(shown) if one["parent"] == top["id"]]} for top in tops]
        return {"post": posts[0], "comments": comments[: _COMMENTS // 2]}

    def reviews(self) -> Json:
        """The reviews of the shop at Google, newest first, with the answers that are published or still checked."""
        page = google.reviews(self._networks, _REVIEWS)
        return {
            "average": page.get("averageRating", 0),
            "count": page.get("totalReviewCount", 0),
            "reviews": [self._review(node) for node in page.get("reviews", ())],
        }

    def _ask(self, network: str, path: str, query: str) -> Json:
        credentials = self._networks.credentials(network)
        token = credentials.get("page_access_token") or credentials.get("access_token", "")
        headers = {"authorization": f"Bearer {token}"}
        request = Request(method="GET", path=path, query=query, headers=headers, body=b"")
        found: Json = msgspec.json.decode(self._networks.ask(network, request).body)
        return found

    def _comment(self, network: str, node: Mapping[str, Any]) -> Json:
        author = node.get("from") or {}
        person = self._networks.writers.get((network, node["id"]), "")
        name = self._networks.name_of(person) if person else author.get("name") or author.get("username") or ""
        parent = (node.get("parent") or {}).get("id") or node.get("parent_id") or ""
        at = node.get("created_time") or node.get("timestamp") or ""
        text = node.get("message") or node.get("text") or ""
        return {"id": node["id"], "parent": parent, "person": person, "name": name, "text": text, "at": at}

    def _review(self, node: Mapping[str, Any]) -> Json:
        reply = node.get("reviewReply") or {}
        return {
            "id": node["reviewId"],
            "person": self._networks.writers.get((google.NETWORK, node["reviewId"]), ""),
            "name": node["reviewer"]["displayName"],
            "stars": _WORDS.index(node["starRating"]),
            "text": node.get("comment", ""),
            "at": node["updateTime"],
            "answer": reply.get("comment", ""),
            "answer_state": reply.get("reviewReplyState", ""),
        }

    def _person(self, network: str, key: str) -> Json:
        known = self._known.get((network, key))
        return {
            "network": network,
            "key": key,
            "name": known.name if known is not None else self._networks.name_of(key),
            "kind": known.kind if known is not None else _kinds(network)[0],
            "since": known.since if known is not None else "",
            "language": known.language.split("-")[0] if known is not None else "",
            "acted_at": self._networks.acted_at.get(key, 0),
        }

    def _in_private(self, network: str, key: str) -> Json:
        """Somebody who commented, with the private thread that we opened to answer him."""
        at = max(self._networks.private[network, key].at, self._networks.acted_at.get(key, 0))
        return self._person(network, key) | {"kind": "private", "since": "", "acted_at": at}


def _is_guest(key: str) -> bool:
    """Whether somebody was brought in on the page."""
    return not key.startswith(CROWD) and key != NOBODY


def _network(name: str) -> Json:
    found = manifest(name)
    reactions = list(found.reactions_out[:6]) if found.reactions_in else []
    return {
        "name": found.name,
        "mark": found.mark,
        "colour": found.colour,
        "reactions": reactions or (["👍"] if found.reactions_in else []),
        "edits": found.edits_in or name == "instagram",
        "deletes": found.deletes_in,
        "kinds": _kinds(name),
    }


def _kinds(network: str) -> Sequence[str]:
    """What one can do there as a customer, the usual first."""
    known = manifest(network).kinds
    if network == google.NETWORK:
        return ("review",)
    if network == "facebook_page":
        return ("comment", "review")
    return ("direct", "comment") if "comment" in known and network == "instagram" else ("direct",)
