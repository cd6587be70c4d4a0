"""Facebook's side of the wire: a page with posts, one of them of a campaign and one an ad, and people who comment,
edit, delete, react, answer each other, write on its wall, mention and recommend it.

Threads are named by what they are about. A thread id that Facebook did not give out is the beginning of something new
and stands for it from then on; the word before its first `-` says what: `post-…` on the page's wall, `mention-…`,
`review-…`, and anything else a comment under one of the posts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from connectors._meta.simulator import PAGE_ID, Call, GraphSimulator, Json, Refused, Route
from connectors.contract import CustomerAction, Opened
from connectors.exchange import Request
from connectors.facebook_page import wall
from connectors.facebook_page.manifest import PRIVATE_SCOPE, SCOPES, TEXT
from connectors.facebook_page.wall import Thing, Who

PAGE_NAME = "Alkyon Home"
CAMPAIGN_TAG = "#AlkyonSpring"
_EPOCH = 1_790_000_000
"""When the first post was published (2026-09-21), in seconds: the same for every seed."""
_POSTS = (
    ("Our oak lamps are back. Which one is yours?", "#c98b2b", "M30 10h60l18 50H12zM56 60h8v40h20v10H36v-10h20z"),
    (f"Spring in every room {CAMPAIGN_TAG}: cushions 20 % off", "#3c8d5a", "M15 30q45-20 90 0 20 30 0 60-45 20-90 0z"),
    ("Free delivery this week only. Order now.", "#2f6fb0", "M8 40h60v45H8zM72 52h22l16 18v15H72zM22 92h16M82 92h16"),
)  # fmt: skip
"""Words, colour and shape of each post: an ordinary one, one of a campaign, and one that is an ad."""
_TOKEN_FIELD = "page_access_token"  # noqa: S105 - the name of a field
_COMMENTS_LIMIT = re.compile(r"limit\((\d+)\)")
_NOT_FOUND = "Unsupported get request. Object does not exist, or cannot be loaded due to missing permissions"


class PageSimulator(GraphSimulator):
    """A page at the Graph API, with all faults of `connectors.toolkit.faults`. Deterministic by its seed."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, asset_id=PAGE_ID, name=PAGE_NAME, token_field=_TOKEN_FIELD)
        self.scopes = (*SCOPES, PRIVATE_SCOPE)
        self._things: dict[str, Thing] = {}
        self._people: dict[str, Who] = {"": Who("", PAGE_ID, PAGE_NAME)}
        self._aliases: dict[str, str] = {}
        """Thread ids that Facebook did not give out → those it did."""
        self._blocked: set[str] = set()
        self._untold: list[Json] = []
        """Changes that our own requests caused: told with the next thing that happens."""
        for number, (text, colour, shape) in enumerate(_POSTS):
            story = self._new_id(f"post:{number}")
            post_id, is_ad = f"{PAGE_ID}_{story}", number == 2
            self._things[post_id] = Thing(
                id=post_id,
                kind="post",
                text=text,
                created=_EPOCH + number * 86_400,
                post_id=post_id,
                picture=wall.drawing(colour, shape),
                promoted=is_ad,
                published=not is_ad,
            )

    # --- our requests -------------------------------------------------------------------------

    def routes(self) -> Sequence[Route]:
        """What a page adds to the Graph API."""
        page, thing = f"(?:{PAGE_ID}|me)", r"(\d+(?:_\d+)?)"
        return (
            ("GET", page, self._page),
            ("GET", f"{page}/feed", self._feed),
            ("GET", f"{page}/ratings", self._ratings),
            ("GET", f"{page}/blocked", self._is_blocked),
            ("POST", f"{page}/blocked", self._block),
            ("POST", f"{page}/messages", self._write_privately),
            ("GET", f"{thing}/comments", self._comments),
            ("POST", f"{thing}/comments", self._comment),
            ("POST", f"{thing}/likes", self._like),
            ("DELETE", f"{thing}/likes", self._like),
            ("GET", thing, self._node),
            ("POST", thing, self._change),
            ("DELETE", thing, self._remove),
        )

    def _page(self, call: Call) -> Json:
        return {"id": PAGE_ID, "name": PAGE_NAME}

    def _feed(self, call: Call) -> Json:
        """Newest first. An ad that stands nowhere else is not in it."""
        posts = [one for one in self._things.values() if one.kind == "post" and one.published and not one.deleted]
        posts.sort(key=lambda one: (-one.created, one.id))
        listed = self._listed(posts, call)
        wanted = _COMMENTS_LIMIT.search(str(call.params.get("fields", "")))
        for node in listed["data"]:
            limit = int(wanted[1]) if wanted else 25
            node["comments"] = self._page_of(self._under(node["id"]), call, start=0, limit=limit)
        return listed

    def _ratings(self, call: Call) -> Json:
        found = [one for one in self._things.values() if one.kind == "review" and not one.deleted]
        return self._listed(sorted(found, key=lambda one: (-one.created, one.id)), call)

    def _comments(self, call: Call) -> Json:
        return self._listed(self._under(self._must_find(call.match[1]).id), call)

    def _comment(self, call: Call) -> Json:
        """A comment of the page's."""
        above, text = self._must_find(call.match[1]), str(call.params.get("message", ""))
        picture = str(call.params.get("attachment_url", ""))
        if not (text.strip() or picture):
            raise Refused("One of attachment_url, attachment_id, message or source must be supplied", 100)
        _require_length(text)
        made = self._new_comment(above, text, "", call.now // 1_000_000, picture)
        self._tell(made, "add", call.now)
        return {"id": made.id}

    def _like(self, call: Call) -> Json:
        thing = self._must_find(call.match[1])
        if call.method == "POST":
            thing.reactions["us"] = "👍"
        else:
            thing.reactions.pop("us", None)
        return {"success": True}

    def _node(self, call: Call) -> Json:
        return self._node_of(self._must_find(call.match[1]), call.now)

    def _change(self, call: Call) -> Json:
        """Hide something of somebody else's, show it again, or change something of our own."""
        thing = self._must_find(call.match[1])
        if "is_hidden" in call.params:
            if thing.is_ours or thing.kind in ("mention", "review"):
                raise Refused("The page cannot hide this object", 200)
            thing.hidden = str(call.params["is_hidden"]).lower() == "true"
            self._tell(thing, "hide" if thing.hidden else "unhide", call.now)
            return {"success": True}
        if not thing.is_ours:
            raise Refused("You do not have sufficient permissions to edit this object", 200)
        text = str(call.params.get("message", ""))
        _require_length(text)
        thing.text, thing.is_edited = text, True
        self._tell(thing, "edited", call.now)
        return {"success": True}

    def _remove(self, call: Call) -> Json:
        thing = self._must_find(call.match[1])
        if thing.kind in ("mention", "review"):
            raise Refused("The page cannot delete this object", 200)
        self._take_away(thing)
        self._tell(thing, "remove", call.now)
        return {"success": True}

    def _is_blocked(self, call: Call) -> Json:
        user = str(call.params.get("user", ""))
        return {"data": [{"id": user}] if user in self._blocked else []}

    def _block(self, call: Call) -> Json:
        user = str(call.params.get("user", ""))
        if user not in {who.id for who in self._people.values()}:
            raise Refused("Param user must be the id of a person", 100)
        self._blocked.add(user)
        return {user: True}

    def _write_privately(self, call: Call) -> Json:
        """The one private answer to a post or comment; the person reads it in Messenger."""
        recipient = call.params.get("recipient") or {}
        thing = self._must_find(str(recipient.get("comment_id") or recipient.get("post_id") or ""))
        who = self._people[thing.person]
        if not wall.may_write_to(thing, who, call.now // 1_000_000):
            raise Refused("Activity already replied to, or too old", 10900)
        text = str((call.params.get("message") or {}).get("text", ""))
        thing.replied_privately = True
        thing.private.append(text)
        recipient_id, message_id = self.person_id(who.key), f"m_{self.token('private', len(self._things))}"
        if self.town.messenger is not None:
            recipient_id, message_id = self.town.messenger(who.key, who.name, text, call.now)
            self.town.opened.append(
                Opened(
                    network="messenger", person=who.key, name=who.name, thread_id=recipient_id, message_id=message_id
                )
            )
        return {"recipient_id": recipient_id, "message_id": message_id}

    def _listed(self, things: list[Thing], call: Call) -> Json:
        start, limit = int(str(call.params.get("after") or 0)), int(str(call.params.get("limit") or 25))
        return self._page_of(things, call, start=start, limit=limit)

    def _page_of(self, things: list[Thing], call: Call, *, start: int, limit: int) -> Json:
        """A page of a list, with a cursor where there is more."""
        end = start + limit
        paging: Json = {"cursors": {"before": str(start), "after": str(end)}}
        if end < len(things):
            paging["next"] = f"https://graph.facebook.com/v25.0/{call.path}?after={end}"
        return {"data": [self._node_of(one, call.now) for one in things[start:end]], "paging": paging}

    def _node_of(self, thing: Thing, now: int) -> Json:
        who, seconds = self._people[thing.person], now // 1_000_000
        if thing.kind == "comment":
            return wall.comment_node(thing, who, now=seconds)
        if thing.kind == "review":
            return wall.rating_node(thing, who)
        return wall.post_node(thing, who, now=seconds)

    def _under(self, object_id: str) -> list[Thing]:
        """What is under a post, answers among it, or under a comment; newest first."""
        found = [one for one in self._things.values() if one.kind == "comment" and not one.deleted]
        found = [one for one in found if object_id in (one.post_id, one.parent_id) and one.id != object_id]
        return sorted(found, key=lambda one: (-one.created, one.id))

    # --- customers ----------------------------------------------------------------------------

    def act(self, action: CustomerAction, now: int) -> list[Request]:
        """What a person does, and the deliveries it leads to; what our own requests caused since is told before. People
        who were banned do nothing, and a page is not told who reads, types, leaves or blocks it.
        """
        who = self._who(action)
        changes, self._untold = self._untold, []
        if who.id not in self._blocked:
            changes += self._acted(action, who, now // 1_000_000)
        entries = [{"id": PAGE_ID, "time": now // 1_000_000, "changes": [change]} for change in changes]
        return self.deliver("page", entries)

    def _acted(self, action: CustomerAction, who: Who, now: int) -> list[Json]:
        match action.do:
            case "write":
                return self._wrote(action, who, now)
            case "review" | "restar":
                return self._reviewed(action, who, now)
            case "edit":
                thing = self._own(action)
                thing.text, thing.is_edited = action.text, True
                return self._told(thing, "edited", now)
            case "delete":
                thing = self._own(action)
                self._take_away(thing)
                return self._told(thing, "remove", now)
            case "react":
                return self._reacted(action, who, now)
            case _:
                return []

    def _wrote(self, action: CustomerAction, who: Who, now: int) -> list[Json]:
        alias = action.thread_id or f"comment-{who.key}"
        above = self._find(action.in_reply_to) or self._find(self._aliases.get(alias, alias))
        picture = wall.file_of(action.attachments, self.token("file", len(self._things)))
        if above is not None:
            return self._told(self._new_comment(above, action.text, who.key, now, picture), "add", now)
        kind = alias.partition("-")[0]
        if kind not in ("post", "mention"):
            post = self._post_for(alias)
            made = self._new_comment(post, action.text, who.key, now, picture)
        else:
            owner = PAGE_ID if kind == "post" else who.id
            post_id = f"{owner}_{self._new_id(f'{kind}:{len(self._things)}')}"
            made = Thing(
                id=post_id,
                kind="post" if kind == "post" else "mention",
                text=action.text,
                created=now,
                post_id=post_id,
                person=who.key,
                picture=picture,
            )
            self._things[post_id] = made
        self._aliases[alias] = made.id
        return [wall.mentioned(made)] if made.kind == "mention" else self._told(made, "add", now)

    def _reviewed(self, action: CustomerAction, who: Who, now: int) -> list[Json]:
        """A recommendation, of which a person has one: given anew it is changed."""
        alias = f"review-of:{who.key}"
        known = self._find(self._aliases.get(alias, ""))
        if known is None:
            story = self._new_id(f"review:{len(self._things)}")
            known = Thing(id=story, kind="review", text=action.text, created=now, post_id=story, person=who.key)
            self._things[story] = known
            self._aliases[alias] = self._aliases[action.thread_id or alias] = story
        else:
            known.text, known.is_edited = action.text or known.text, True
        known.positive = action.rating >= 4 if action.rating else known.positive
        return [wall.rated(known, "edit" if known.is_edited else "add", who)]

    def _reacted(self, action: CustomerAction, who: Who, now: int) -> list[Json]:
        thing = self._must_know(action.message_id)
        had = thing.reactions.pop(who.key, "")
        if action.emoji:
            thing.reactions[who.key] = action.emoji
        if not (had or action.emoji) or thing.kind == "mention":
            return []
        verb = "remove" if not action.emoji else "edit" if had else "add"
        return [wall.reacted(thing, who, verb, action.emoji or had, now=now)]

    def seen(self, thread_id: str) -> list[dict[str, str]]:
        """What people see of a thread, oldest first: without what is hidden or deleted. Private answers stand behind
        what they answer, with the state `private`.
        """
        root = self._find(self._aliases.get(thread_id, thread_id))
        if root is None:
            return []
        things = [root, *sorted(self._under(root.id), key=lambda one: one.created)]
        shown: list[dict[str, str]] = []
        for one in things:
            if one.hidden or one.deleted:
                continue
            side, likes = "us" if one.is_ours else "them", "".join(one.reactions.values())
            shown.append({"id": one.id, "from": side, "text": one.text, "state": one.state, "reactions": likes})
            for number, text in enumerate(one.private):
                shown.append({"id": f"{one.id}:private-{number}", "from": "us", "text": text, "state": "private"})
        return shown

    # --- bookkeeping --------------------------------------------------------------------------

    def _who(self, action: CustomerAction) -> Who:
        known = self._people.get(action.person)
        name = action.name or (known.name if known is not None else action.person.title())
        person_id = str(5_000_000_000_000_000 + self.number(f"person:{action.person}", 10**15))
        self._people[action.person] = Who(action.person, person_id, name)
        return self._people[action.person]

    def _new_comment(self, above: Thing, text: str, person: str, now: int, picture: str) -> Thing:
        """Under a post or recommendation, or beside the answers to a comment: there are two levels."""
        is_answer = above.kind == "comment"
        post = self._things[above.post_id]
        parent_id = (above.parent_id if above.parent_id != above.post_id else above.id) if is_answer else post.id
        comment_id = f"{post.id.rpartition('_')[2]}_{self._new_id(f'comment:{len(self._things)}')}"
        made = Thing(
            id=comment_id,
            kind="comment",
            text=text,
            created=now,
            post_id=post.id,
            person=person,
            parent_id=parent_id,
            picture=picture,
        )
        self._things[comment_id] = made
        return made

    def _take_away(self, thing: Thing) -> None:
        """Remove something, and the answers to it: of those Facebook tells nothing."""
        thing.deleted = True
        for one in self._under(thing.id) if thing.kind == "comment" else ():
            one.deleted = True

    def _tell(self, thing: Thing, verb: str, now: int) -> None:
        """Note what a request of ours caused. Facebook tells of it in the name of whoever wrote the thing."""
        self._untold += self._told(thing, verb, now // 1_000_000)

    def _told(self, thing: Thing, verb: str, now: int) -> list[Json]:
        who, post = self._people[thing.person], self._things[thing.post_id]
        if thing.kind == "review":
            return [wall.rated(thing, verb if verb != "edited" else "edit", who)]
        if thing.kind == "mention" or post.kind == "mention":
            return []
        change = wall.feed(thing, verb, who, post if thing.kind == "comment" else None, now=now)
        return [change | ({"field": "ratings"} if post.kind == "review" else {})]

    def _post_for(self, alias: str) -> Thing:
        """Which of the page's posts a new thread is about."""
        posts = [one for one in self._things.values() if one.kind == "post" and one.is_ours]
        return posts[self.number(f"about:{alias}", len(posts))]

    def _find(self, object_id: str) -> Thing | None:
        thing = self._things.get(object_id)
        return thing if thing is not None and not thing.deleted else None

    def _must_find(self, object_id: str) -> Thing:
        thing = self._find(object_id)
        if thing is None:
            raise Refused(_NOT_FOUND, 100, 33)
        return thing

    def _must_know(self, object_id: str) -> Thing:
        thing = self._find(object_id)
        if thing is None:
            raise KeyError(f"there is nothing {object_id!r} on the page; seen() lists what there is")
        return thing

    def _own(self, action: CustomerAction) -> Thing:
        thing = self._must_know(action.message_id)
        if thing.person != action.person:
            raise KeyError(f"{action.message_id!r} is not of {action.person!r}")
        return thing

    def _new_id(self, name: str) -> str:
        return str(100_000_000_000_000 + self.number(name, 800_000_000_000_000))


def _require_length(text: str) -> None:
    if len(text) > TEXT.limit:
        raise Refused(f"Param message must be at most {TEXT.limit} characters", 100)
