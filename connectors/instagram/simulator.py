"""Instagram's side of the wire: both of its APIs, and people who write, comment, react and take things back.

It refuses what Instagram refuses, in its codes, and is as silent as Instagram is about comments that are deleted,
hidden or changed: these are found by asking.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connectors._meta.options import titles_in, words_of
from connectors._meta.simulator import APP_ID, Call, GraphSimulator, Refused, Route
from connectors.contract import CustomerAction, Opened
from connectors.exchange import Request, Response
from connectors.inbound import Attachment
from connectors.instagram.manifest import (
    COMMENT,
    DAY_SECONDS,
    FACEBOOK_SCOPES,
    HUMAN_AGENT_SECONDS,
    INSTAGRAM_SCOPES,
    NETWORK,
    PRIVATE_REPLY_SECONDS,
    TEXT,
    WINDOW_SECONDS,
)
from connectors.instagram.simulated import Item, Person, Post, World, stamp
from connectors.toolkit.text import length

Json = dict[str, Any]

_US = 1_000_000
_ACCOUNT = "17841400000000042"
_PAGE = "104200000000042"
_NAME = "Alkyon Home"
_USERNAME = "alkyon.home"
_TOKEN = "IGAAsandboxtoken"  # noqa: S105 - of an account that exists in the sandbox only
_LASTS = 60 * DAY_SECONDS
_OBJECT = r"([0-9]+|aWdf\w+)"
_NAMES = {"❤": "love", "😆": "haha", "😮": "wow", "😢": "sad", "😡": "angry", "👍": "like"}


class InstagramGraph(GraphSimulator):
    """The Graph API with one professional account and the Page it is linked to.

    Threads that `act` knows: none or a person's scoped id (direct), the id of a comment (an answer under it), the id of
    a post (a new comment), and names: `comment-…` is a thread of comments that comes to be under some post, `live-…`
    one under the live video, `mention-…` a post of the person's own that names us. A message `in_reply_to` a story
    answers it; an attachment whose meta has a `type` (`story_mention`, `ig_reel`…) is of that type.
    """

    def __init__(self, seed: int) -> None:
        super().__init__(seed, asset_id=_ACCOUNT, name=_NAME, token_field="access_token")  # noqa: S106 - a field's name
        self.credentials["access_token"] = _TOKEN
        self.scopes = FACEBOOK_SCOPES
        self.address = ""
        """Where the files are that deliveries and answers point to; without a host they are where the API is."""
        self.world = World(self.number, self.token, _USERNAME)
        self._echoes: list[Json] = []

    @property
    def posts(self) -> list[Post]:
        """What can be commented on, our own first."""
        return self.world.posts

    # --- our requests -------------------------------------------------------------------------

    def routes(self) -> Sequence[Route]:
        """What Instagram adds to the family's."""
        return (
            ("GET", "ig_messaging_cdn", self._file),
            ("POST", "oauth/access_token", self._short_token),
            ("GET", "access_token|refresh_access_token", self._long_token),
            ("GET", "me", self._me),
            ("GET", "me/accounts", self._pages),
            ("POST", "[^/]+/messages", self._messages),
            ("POST", "([^/]+)/replies", self._reply),
            ("POST", "[^/]+/mentions", self._reply_to_mention),
            ("GET", "[^/]+/conversations", self._conversations),
            ("GET", "[^/]+/media", self._media),
            ("GET", "([^/]+)/comments", self._comments),
            ("GET", _OBJECT, self._get),
            ("POST", _OBJECT, self._hide),
            ("DELETE", _OBJECT, self._delete),
        )

    def _require_token(self, path: str, token: str, params: Json) -> None:
        if path != "ig_messaging_cdn":
            super()._require_token(path, token, params)

    def _file(self, call: Call) -> Response:
        content = self.world.file(str(call.params.get("asset_id", "")))
        if content is None:
            return Response(status=404)
        return Response(status=200, headers={"content-type": "application/octet-stream"}, body=content)

    def _short_token(self, call: Call) -> Json:
        if call.params.get("client_id") != APP_ID or not call.params.get("code"):
            raise Refused("Invalid authorization code", 100)
        granted = {"access_token": f"{_TOKEN}short", "user_id": self.asset_id}
        return {"data": [granted | {"permissions": ",".join(INSTAGRAM_SCOPES)}]}

    def _long_token(self, call: Call) -> Json:
        if call.params.get("grant_type") not in ("ig_exchange_token", "ig_refresh_token"):
            raise Refused("Unsupported grant_type", 100)
        return {"access_token": f"{_TOKEN}long", "token_type": "bearer", "expires_in": _LASTS}

    def _me(self, call: Call) -> Json:
        if call.token.startswith("EAA"):
            return self._page()
        return {"id": f"2{self.asset_id[1:]}", "user_id": self.asset_id, "username": _USERNAME, "name": _NAME}

    def _page(self) -> Json:
        linked = {"id": self.asset_id, "username": _USERNAME}
        return {"id": _PAGE, "name": _NAME, "instagram_business_account": linked}

    def _pages(self, call: Call) -> Json:
        return {"data": [self._page() | {"access_token": "EAAsandboxpagetoken", "tasks": ["MESSAGING", "MODERATE"]}]}

    # messages

    def _messages(self, call: Call) -> Json:
        recipient = call.params.get("recipient", {})
        if "comment_id" in recipient:
            return self._private_reply(call, str(recipient["comment_id"]))
        person = self.world.by_id(str(recipient.get("id", "")))
        if person is None:
            raise Refused("No matching user found", 100, 2018001)
        if "sender_action" in call.params:
            return self._sender_action(call, person)
        if person.has_blocked:
            raise Refused("This person isn't available right now.", 551, 1545041)
        allowed = HUMAN_AGENT_SECONDS if call.params.get("tag") == "HUMAN_AGENT" else WINDOW_SECONDS
        heard = [one.at for one in self.world.thread(person.id) if not one.from_us]
        if not heard or call.now > heard[-1] + allowed * _US:
            raise Refused("This message is sent outside of allowed window.", 10, 2534022)
        return self._said(person, call.params.get("message", {}), call.now)

    def _said(self, person: Person, message: Json, now: int) -> Json:
        text = str(message.get("text", "")) or words_of(message)
        files = message.get("attachments") or ([message["attachment"]] if "attachment" in message and not text else [])
        if not text and not files:
            raise Refused("Empty message", 100)
        if length(text, TEXT.unit) > TEXT.limit:
            raise Refused("Length of param message[text] must be less than or equal to 1000", 100)
        item = self.world.add("direct", person.id, person, text or f"[{files[0]['type']}]", now, from_us=True)
        item.options = titles_in(message)
        told = {"mid": item.id, "is_echo": True} | ({"text": text} if text else {"attachments": files})
        self._echoes.append(self._messaging(person, now, {"message": told}, from_us=True))
        return {"recipient_id": person.id, "message_id": item.id}

    def _private_reply(self, call: Call, comment_id: str) -> Json:
        item = self._comment(comment_id)
        if item.person is None or item.from_us:
            raise Refused("The comment is invalid for a private reply", 100, 2534025)
        if item.answered_privately:
            raise Refused("This comment has been replied to already.", 10, 2534014)
        if call.now > item.at + PRIVATE_REPLY_SECONDS * _US:
            raise Refused("This message is sent outside of allowed window.", 10, 2534022)
        said = self._said(item.person, call.params.get("message", {}), call.now)
        item.answered_privately = True
        self.town.opened.append(
            Opened(
                network=NETWORK,
                person=item.person.key,
                name=item.person.name,
                thread_id=item.person.id,
                message_id=said["message_id"],
            )
        )
        return said

    def _sender_action(self, call: Call, person: Person) -> Json:
        payload = call.params.get("payload", {})
        doing = call.params["sender_action"]
        if doing in ("react", "unreact"):
            item = self.world.item(str(payload.get("message_id", "")))
            if item is None or (doing == "react" and payload.get("reaction") != "love"):
                raise Refused("Invalid parameter", 100)
            item.reactions["us"] = "❤️" if doing == "react" else ""
        elif doing == "mark_seen":
            for item in self.world.thread(person.id):
                item.state = "read" if not item.from_us and item.state == "sent" else item.state
        elif doing not in ("typing_on", "typing_off"):
            raise Refused("Invalid parameter", 100)
        return {"recipient_id": person.id}

    # comments

    def _comment(self, comment_id: str) -> Item:
        item = self.world.item(comment_id)
        if item is None or item.place == "direct":
            message = f"Object with ID '{comment_id}' does not exist, cannot be loaded due to missing permissions"
            raise Refused(message, 100, 33)
        return item

    def _reply(self, call: Call) -> Json:
        first = self._comment(str(call.match[1]))
        if first.state == "hidden" or (first.post is not None and first.post.product == "LIVE"):
            raise Refused("The comment cannot be replied to", 100)
        return self._commented("comment", first, call)

    def _reply_to_mention(self, call: Call) -> Json:
        found = next((one for one in self.world.items if one.thread_id == call.params.get("media_id")), None)
        if found is None:
            raise Refused("The media does not mention the account", 100, 33)
        return self._commented("mention", found, call)

    def _commented(self, place: Any, under: Item, call: Call) -> Json:
        text = str(call.params.get("message", ""))
        if not text.strip() or length(text, COMMENT.unit) > COMMENT.limit:
            raise Refused("The comment is empty or too long", 100)
        item = self.world.add(place, under.thread_id, under.person, text, call.now, from_us=True, post=under.post)
        if place == "comment":
            self._echoes.append(self._commented_entry(item, "comments"))
        return {"id": item.id}

    def _hide(self, call: Call) -> Json:
        item = self._comment(str(call.match[1]))
        item.state = "hidden" if str(call.params.get("hide", "")).lower() == "true" else "sent"
        return {"success": True}

    def _delete(self, call: Call) -> Json:
        self._comment(str(call.match[1])).state = "deleted"
        return {"success": True}

    # reading

    def _media(self, call: Call) -> Json:
        own = [post for post in self.world.posts if post.by == _USERNAME and post.product in ("FEED", "REELS")]
        newest = sorted(own, key=lambda post: post.posted_at, reverse=True)
        return {"data": [self._shown_post(post) for post in newest]}

    def _conversations(self, call: Call) -> Json:
        """The private conversations, newest first, a page at a time."""
        talks: dict[str, list[Item]] = {}
        for item in reversed(self.world.items):
            if item.place == "direct" and item.state != "deleted":
                talks.setdefault(item.thread_id, []).append(item)
        start = int(call.params.get("after") or 0)
        end = start + int(call.params.get("limit") or 25)
        paging: Json = {"cursors": {"before": str(start), "after": str(end)}}
        if end < len(talks):
            paging["next"] = f"https://graph.facebook.com/v25.0/{call.path}?after={end}"
        listed = [self._conversation(person_id, items) for person_id, items in list(talks.items())[start:end]]
        return {"data": listed, "paging": paging}

    def _conversation(self, person_id: str, items: list[Item]) -> Json:
        us, them = {"id": self.asset_id, "username": _USERNAME}, {"id": person_id}
        messages = [self._shown_message(one, person_id) for one in items[:20]]
        known = {"id": f"aWdfZAG06{person_id}", "updated_time": stamp(items[0].at)}
        return known | {"participants": {"data": [us, them]}, "messages": {"data": messages}}

    def _shown_message(self, item: Item, person_id: str) -> Json:
        us, them = {"id": self.asset_id, "username": _USERNAME}, {"id": person_id}
        return {
            "id": item.id,
            "created_time": stamp(item.at),
            "from": us if item.from_us else them,
            "to": {"data": [them if item.from_us else us]},
            "message": "" if item.attachments else item.text,
            "attachments": {"data": [{"file_url": file["payload"]["url"]} for file in item.attachments]},
        }

    def _shown_post(self, post: Post) -> Json:
        return post.shown(self.address, len(self.world.comments_under(post)))

    def _comments(self, call: Call) -> Json:
        post = self.world.post(str(call.match[1]))
        if post is None:
            raise Refused("Unsupported get request.", 100, 33)
        shown = []
        items = self.world.comments_under(post)
        for first in reversed([one for one in items if not one.parent_id]):
            replies = [self._shown_comment(one) for one in items if one.parent_id == first.id]
            shown.append(self._shown_comment(first) | ({"replies": {"data": replies}} if replies else {}))
        return {"data": shown}

    def _shown_comment(self, item: Item) -> Json:
        return self.world.shown_comment(item, self.asset_id)

    def _get(self, call: Call) -> Json:
        """An object by its id, whatever it is."""
        object_id, fields = str(call.match[1]), str(call.params.get("fields", ""))
        if "mentioned_" in fields:
            return self._mentioned(fields)
        post, item, person = self.world.post(object_id), self.world.item(object_id), self.world.by_id(object_id)
        if post is not None:
            return self._shown_post(post)
        if item is not None and item.place == "direct":
            return self._shown_message(item, item.thread_id)
        if item is not None:
            return self._shown_comment(item) | ({"media": self._shown_post(item.post)} if item.post else {})
        if person is not None:
            return self._profile(person)
        raise Refused(f"Object with ID '{object_id}' does not exist", 100, 33)

    def _mentioned(self, fields: str) -> Json:
        named = fields.partition("(")[2].partition(")")[0]
        post = self.world.post(named)
        if fields.startswith("mentioned_comment"):
            return {"mentioned_comment": self._shown_comment(self._comment(named)), "id": self.asset_id}
        if post is None:
            raise Refused("The media does not mention the account", 100, 33)
        return {"mentioned_media": self._shown_post(post), "id": self.asset_id}

    def _profile(self, person: Person) -> Json:
        if not person.has_written:
            raise Refused("User consent is required to access user profile", 230)
        followers = 10 + self.number(f"followers:{person.key}", 5_000)
        facts = {"follower_count": followers, "is_user_follow_business": followers % 2 == 0}
        return {"id": person.id, "name": person.name, "username": person.username, **facts}

    # --- customers ----------------------------------------------------------------------------

    def act(self, action: CustomerAction, now: int) -> list[Request]:
        """What a person does, and the deliveries it leads to, with the echoes of what we said since the last ones."""
        person = self.world.person(action.person, action.name)
        entries = [*self._echoes, *self._acted(action, person, now)]
        self._echoes = []
        return self.deliver(NETWORK, entries)

    def _acted(self, action: CustomerAction, person: Person, now: int) -> list[Json]:
        match action.do:
            case "write":
                return self._write(action, person, now)
            case "edit":
                return self._edit(action, person, now)
            case "delete":
                return self._unsend(action, person, now)
            case "react":
                return self._react(action, person, now)
            case "read":
                return self._read(person, now)
            case "block" | "leave":
                person.has_blocked = True
            case "join":
                referral = {"ref": action.text, "source": "SHORTLINK", "type": "OPEN_THREAD"}
                return [self._messaging(person, now, {"referral": referral})]
            case "typing" | "review" | "restar":
                pass
        return []

    def _write(self, action: CustomerAction, person: Person, now: int) -> list[Json]:
        name = action.thread_id
        thread_id = self.world.names.get(name, name)
        known = self.world.thread(thread_id)
        if known and known[0].place != "direct":
            return self._write_comment(action, person, now, thread_id, known[0].post)
        if name.startswith("mention-"):
            return self._write_mention(action, person, now)
        post = self.world.post(thread_id)
        if post is None and name.startswith(("comment-", "live-")):
            wanted = [one for one in self.posts if (one.product == "LIVE") == name.startswith("live-")][:3]
            post = wanted[self.number(f"post of {name}", len(wanted))]
        if post is not None:
            return self._write_comment(action, person, now, "", post)
        return self._write_directly(action, person, now)

    def _write_comment(
        self, action: CustomerAction, person: Person, now: int, thread_id: str, post: Post | None
    ) -> list[Json]:
        item = self.world.add("comment", thread_id, person, action.text, now, post=post)
        if not thread_id and self.world.post(action.thread_id) is None:
            self.world.names[action.thread_id] = item.id
        is_live = post is not None and post.product == "LIVE"
        return [self._commented_entry(item, "live_comments" if is_live else "comments")]

    def _write_mention(self, action: CustomerAction, person: Person, now: int) -> list[Json]:
        post = self.world.mentioned_in(person, action.text, now)
        self.world.items.append(Item(post.id, "mention", post.id, person, False, action.text, now, post))
        self.world.names[action.thread_id] = post.id
        return [self._changed("mentions", {"media_id": post.id}, now)]

    def _write_directly(self, action: CustomerAction, person: Person, now: int) -> list[Json]:
        person.has_written, person.has_blocked = True, False
        item = self.world.add("direct", person.id, person, action.text, now)
        item.attachments = [self._attached(one) for one in action.attachments]
        told: Json = {"mid": item.id} | ({"text": action.text} if action.text else {})
        if item.attachments:
            told["attachments"] = item.attachments
        story, offer = self.world.post(action.in_reply_to), self.world.item(action.in_reply_to)
        if story is not None:
            told["reply_to"] = {"story": {"id": story.id, "url": self._shown_post(story)["media_url"]}}
        elif offer is not None and action.text in offer.options:
            told["quick_reply"] = {"payload": offer.options[action.text]}
        elif action.in_reply_to:
            told["reply_to"] = {"mid": action.in_reply_to}
        return [self._messaging(person, now, {"message": told})]

    def _attached(self, attachment: Attachment) -> Json:
        kind = attachment.meta.get("type") or attachment.kind
        content = attachment.data or f"{attachment.name or kind} of the sandbox".encode()
        url = f"{self.address}/ig_messaging_cdn/?asset_id={self.world.kept_file(content)}"
        return {"type": kind, "payload": {"url": url} | ({"title": attachment.title} if attachment.title else {})}

    def _edit(self, action: CustomerAction, person: Person, now: int) -> list[Json]:
        item = self._own(action, person)
        item.text, item.state, item.edits = action.text, "edited", item.edits + 1
        if item.place != "direct":
            return []
        edit = {"mid": item.id, "text": item.text, "num_edit": item.edits}
        return [self._messaging(person, now, {"message_edit": edit})]

    def _unsend(self, action: CustomerAction, person: Person, now: int) -> list[Json]:
        item = self._own(action, person)
        item.state = "deleted"
        if item.place != "direct":
            return []
        return [self._messaging(person, now, {"message": {"mid": item.id, "is_deleted": True}})]

    def _own(self, action: CustomerAction, person: Person) -> Item:
        item = self.world.item(action.message_id)
        if item is None or item.from_us or item.person is not person:
            raise KeyError(f"{person.key} has written no {action.message_id!r}")
        return item

    def _react(self, action: CustomerAction, person: Person, now: int) -> list[Json]:
        """A reaction to a message; a comment can be liked, of which nothing is told."""
        item = self.world.item(action.message_id)
        if item is None:
            raise KeyError(f"there is no {action.message_id!r}")
        item.reactions[person.key] = action.emoji
        if item.place != "direct":
            return []
        reaction: Json = {"mid": item.id, "action": "react" if action.emoji else "unreact"}
        if action.emoji:
            plain = action.emoji.replace("\ufe0f", "")
            reaction |= {"reaction": _NAMES.get(plain, "other"), "emoji": action.emoji}
        return [self._messaging(person, now, {"reaction": reaction})]

    def _read(self, person: Person, now: int) -> list[Json]:
        ours = [one for one in self.world.thread(person.id) if one.from_us and one.state != "deleted"]
        for item in ours:
            item.state = "read"
        return [self._messaging(person, now, {"read": {"mid": ours[-1].id}})] if ours else []

    def seen(self, thread_id: str) -> list[dict[str, str]]:
        """A thread as people see it, oldest first: what is deleted is gone, and so is a hidden comment."""
        return [
            {
                "id": item.id,
                "from": "us" if item.from_us else "them",
                "text": item.text,
                "state": item.state,
                "reactions": "".join(item.reactions.values()),
                "options": "\n".join(item.options),
            }
            for item in self.world.thread(thread_id)
            if item.state not in ("deleted", "hidden")
        ]

    # --- deliveries ---------------------------------------------------------------------------

    def _messaging(self, person: Person, now: int, content: Json, *, from_us: bool = False) -> Json:
        us, them = {"id": self.asset_id}, {"id": person.id}
        sides = {"sender": us, "recipient": them} if from_us else {"sender": them, "recipient": us}
        element = sides | {"timestamp": now // 1000} | content
        return {"id": self.asset_id, "time": now // 1000, "messaging": [element]}

    def _commented_entry(self, item: Item, kind: str) -> Json:
        shown = self._shown_comment(item)
        value: Json = {key: shown[key] for key in ("id", "text", "from", "parent_id") if key in shown}
        if item.from_us:
            value["from"]["self_ig_scoped_id"] = f"1{self.asset_id[1:]}"
        if item.post is not None:
            value["media"] = {"id": item.post.id, "media_product_type": item.post.product}
        return self._changed(kind, value, item.at)

    def _changed(self, kind: str, value: Json, now: int) -> Json:
        return {"id": self.asset_id, "time": now // _US, "changes": [{"field": kind, "value": value}]}
