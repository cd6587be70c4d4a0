"""One visitor's side of a chat: what he may do, and what he is shown. Sockets and plain requests both use it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from connectors.outbound import Blob
from inbox import clock
from inbox.clock import SECOND, iso, iso_or_none
from inbox.domain import events as e
from inbox.domain.records import Media, Message
from inbox.errors import Forbidden, Invalid, RateLimited
from inbox.eventlog.directory import Directory
from inbox.ids import nonce
from inbox.storage import webchat as stored
from inbox.storage.database import Database
from inbox.throttle import Rate, Throttle
from inbox.webchat import frames as f
from inbox.webchat.forms import EMAIL_FIELD, OFFLINE, Answers, FormField, answers_of
from inbox.webchat.identity import prove
from inbox.webchat.rooms import Rooms
from inbox.webchat.site import Site, text_limit
from inbox.webchat.token import Claims, VisitorTokens
from inbox.webchat.visits import Kept, Person, Visits

PAGE = 200
"""Items read at once."""
SNAPSHOT = 50
MAX_GAP = 500
"""Changes after which a visitor gets the newest items instead of all of them."""
MAX_FILES = 10
WRITES = Rate(burst=10, every_seconds=1.0)
WRITES_OF_ADDRESS = Rate(burst=60, every_seconds=0.25)
PROOFS = Rate(burst=10, every_seconds=6.0)
RECEIPTS = Rate(burst=30, every_seconds=0.5)
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_MAX_URL_CHARS = 2_000

MediaUrl = Callable[[Media], str | None]


@dataclass(frozen=True, slots=True)
class Chat:
    """What every visitor of this process needs."""

    database: Database
    directory: Directory
    visits: Visits
    tokens: VisitorTokens
    rooms: Rooms
    throttle: Throttle
    media_url: MediaUrl


@dataclass(slots=True)
class Visitor:
    """A visitor on one connection."""

    chat: Chat
    site: Site
    claims: Claims
    address: str
    person: Person = field(default_factory=Person)
    page: dict[str, str] | None = None
    standing: stored.Standing | None = None

    @property
    def key(self) -> str:
        """Channel and visitor."""
        return f"{self.claims.channel}:{self.claims.visitor}"

    async def refresh(self) -> None:
        """Read how his thread stands. Raises Forbidden when he is blocked."""
        self.standing = await self.chat.database.read(stored.standing, self.claims.channel, self.claims.visitor)
        if self.standing is not None and self.standing.contact.blocked:
            raise Forbidden("this visitor is blocked here", code="blocked")

    # -- what he is shown

    async def news(self, after: int) -> tuple[list[f.AnyOut], int, bool]:
        """Frames for what came after a number of his count, the number reached, and whether there is more.

        A count that is not ours (after a restored backup), or that lies far back, gives a `reset`.
        """
        thread = self.standing.thread if self.standing is not None else None
        head = thread.chat_seq if thread is not None else 0
        if after > head or head - after > (MAX_GAP if after else SNAPSHOT):
            items = await self.history(None)
            return [f.Reset(seq=head, items=items, more=bool(items) and items[0].place > 1)], head, False
        if thread is None or after == head:
            return [], after, False
        changed = await self.chat.database.read(stored.changes, thread.id, after, PAGE)
        frames: list[f.AnyOut] = [self._frame(item, after) for item in changed]
        reached = changed[-1].message.chat_change or after if changed else after
        return frames, reached, len(changed) == PAGE

    async def history(self, before: int | None) -> list[f.Item]:
        """The newest items below a place, oldest first, without those taken back."""
        if self.standing is None:
            return []
        below = before if before is not None else 1 << 62
        found = await self.chat.database.read(stored.latest, self.standing.thread.id, below, SNAPSHOT)
        return [self._item(item) for item in found if item.message.deleted_at is None]

    def status(self) -> f.Status:
        """Whether somebody is there, and which form has to come with the next message."""
        now = clock.now()
        opening = self.site.opening(now)
        return f.Status(
            open=opening.open, until=iso_or_none(opening.until), form=self._form_due()[0], server_time=iso(now)
        )

    def agent(self) -> str:
        """Name of the colleague who has the conversation; empty for nobody."""
        owner = self.standing.conversation.assignee_id if self.standing is not None else None
        return self.chat.directory.name_of(e.Actor("agent", owner)) if owner is not None else ""

    def _frame(self, item: stored.Item, after: int) -> f.Changed | f.Updated | f.Deleted:
        message, seq = item.message, item.message.chat_change or 0
        if message.deleted_at is not None:
            return f.Deleted(seq=seq, item=self._item(item))
        is_new = (message.chat_seq or 0) > after
        return f.Changed(seq=seq, item=self._item(item)) if is_new else f.Updated(seq=seq, item=self._item(item))

    def _item(self, item: stored.Item) -> f.Item:
        message, gone = item.message, item.message.deleted_at is not None
        own = (message.external_id or "").partition(f"{self.claims.device}:")
        return f.Item(
            id=self.chat.tokens.opaque(message.id),
            place=message.chat_seq or 0,
            author=_author_of(message),
            name=self._name_of(message),
            text="" if gone or item.words is None else item.words.text,
            files=[] if gone else [self._file(media) for media in item.media],
            at=iso(message.accepted_at or message.received_at),
            edited=message.edited_at is not None or message.version > 1,
            deleted=gone,
            client_msg_id=own[2] if own[1] and not own[0] else None,
        )

    def _name_of(self, message: Message) -> str:
        if message.direction == "in":
            return ""
        if message.author_kind == "agent":
            return self.chat.directory.name_of(e.Actor("agent", message.author_id))
        return self.site.name

    def _file(self, media: Media) -> f.File:
        ready = media.state == "ready"
        return f.File(
            name=media.name,
            mime=media.mime,
            kind=media.mime.partition("/")[0] if media.mime.startswith(("image/", "audio/", "video/")) else "file",
            size_bytes=media.size_bytes,
            url=self.chat.media_url(media) if ready else None,
        )

    # -- what he does

    async def say(self, frame: f.Send) -> f.Acknowledged:
        """Keep a message, once. Raises RateLimited, Invalid (`too_long`, `form_invalid`…), Forbidden, Unavailable."""
        _require_client_id(frame.client_msg_id)
        self._limit(("chat-write", self.key), WRITES)
        self._limit(("chat-address", self.address), WRITES_OF_ADDRESS)
        self._went_to(frame.page)
        if self.standing is None:
            await self.refresh()
        files = [self._opened(sealed) for sealed in frame.files[: MAX_FILES + 1]]
        _require_words(frame.text, files)
        answers = self._answers(frame)
        if answers is not None:
            self._is(answers)
        events = [{"type": "message", "key": frame.client_msg_id, "text": frame.text}]
        if answers is not None and self.standing is not None:
            events.insert(0, {"type": "identify", "key": nonce()})
        kept = await self.chat.visits.take(self.claims, self.person, events, page=self.page, files=files)
        if kept is None:
            raise Invalid("the message was not kept", code="not_kept")
        return self._acknowledged(frame.client_msg_id, kept)

    async def edit(self, frame: f.Edit) -> None:
        """Change one of his messages. One that is not his, or not there, is left alone."""
        _require_client_id(frame.client_msg_id)
        self._limit(("chat-write", self.key), WRITES)
        _require_words(frame.text, [])
        await self._done({"type": "edit", "key": nonce(), "message_key": frame.client_msg_id, "text": frame.text})

    async def delete(self, frame: f.Delete) -> None:
        """Take one of his messages back."""
        _require_client_id(frame.client_msg_id)
        self._limit(("chat-write", self.key), WRITES)
        await self._done({"type": "delete", "key": nonce(), "message_key": frame.client_msg_id})

    async def typing(self, frame: f.Typing) -> None:
        """Tell those who look that he writes. Before his first message nobody looks."""
        if self.standing is not None:
            await self._done({"type": "typing", "key": nonce(), "on": frame.on}, wakes=False)

    async def seen(self, frame: f.Delivered | f.Read) -> None:
        """Note how far his screen shows, or he has read."""
        if self.standing is None or frame.up_to_seq <= 0:
            return
        self._limit(("chat-seen", self.key), RECEIPTS)
        seq = min(frame.up_to_seq, self.standing.thread.chat_seq)  # any number may come, and not every one is stored
        up_to = await self.chat.database.read(stored.accepted_up_to, self.standing.thread.id, seq)
        thread, state = self.standing.thread, "read" if isinstance(frame, f.Read) else "delivered"
        known = thread.read_up_to if state == "read" else thread.delivered_up_to
        if up_to is not None and up_to > (known or 0):
            await self._done({"type": "seen", "key": nonce(), "state": state, "up_to": up_to}, wakes=False)

    async def identify(self, frame: f.Identify) -> f.Identified:
        """Take who he says he is: proven, it joins what he wrote before with the customer's, once; unproven, it is
        shown as his word. Raises ProofRefused.
        """
        now = clock.now()
        if not frame.hash and not frame.jwt:
            answers = answers_of(_CLAIMED, {"name": frame.name, "email": frame.email, "phone": frame.phone})
            self._is(answers)
            if self.standing is not None:
                await self._done({"type": "identify", "key": nonce()})
            return f.Identified(token=self.chat.tokens.renewed(self.claims, now), verified=bool(self.claims.sub))
        self._limit(("chat-proof", self.address), PROOFS)
        proven = prove(
            self.site.identity_secret, external_id=frame.external_id, hashed=frame.hash, jwt=frame.jwt, now=now
        )
        claims = self.claims
        if claims.sub and claims.sub != proven.external_id:
            # Somebody else signed in at this computer: what was here before is not his.
            claims, self.person = self.chat.tokens.fresh(claims.channel, now)[1], Person(language=self.person.language)
        is_new = claims.sub != proven.external_id
        token, self.claims = self.chat.tokens.proven(claims, proven.external_id, now)
        self.person.name = (proven.name or frame.name)[:100] or self.person.name
        self.person.email = (proven.email or frame.email)[:254] or self.person.email
        self.person.phone = frame.phone[:40] or self.person.phone
        self.person.proven_email = bool(proven.email)
        events = [{"type": "sign_in", "key": nonce()}] if is_new else []
        await self.chat.visits.take(self.claims, self.person, [*events, {"type": "identify", "key": nonce()}])
        await self.refresh()
        return f.Identified(token=token, verified=True)

    def went_to(self, frame: f.Page) -> None:
        """He is on another page: the next message says so."""
        self._went_to(f.PageSeen(url=frame.url, title=frame.title, referrer=frame.referrer))

    def _went_to(self, page: f.PageSeen | None) -> None:
        if page is not None and page.url.startswith(("https://", "http://")):
            self.page = {
                "url": page.url[:_MAX_URL_CHARS],
                "title": page.title[:200],
                "referrer": page.referrer[:_MAX_URL_CHARS],
            }

    async def _done(self, event: dict[str, object], *, wakes: bool = True) -> None:
        await self.chat.visits.take(self.claims, self.person, [event])
        if wakes:
            self.chat.rooms.visitor_acted(self.key)

    def _acknowledged(self, client_msg_id: str, kept: Kept) -> f.Acknowledged:
        self.chat.rooms.visitor_acted(self.key)
        return f.Acknowledged(
            client_msg_id=client_msg_id,
            id=self.chat.tokens.opaque(kept.message_id),
            seq=kept.seq,
            created_at=iso(kept.created_at),
        )

    def _form_due(self) -> tuple[f.Form, tuple[FormField, ...]]:
        """Which form the next message has to bring: none for a customer who signed in, or whom we can answer."""
        has_email = bool(self.person.email or (self.standing is not None and self.standing.contact.email))
        if not self.site.opening(clock.now()).open and not has_email:
            asked = [
                msgspec.structs.replace(one, required=True) if one.type == "email" else one for one in self.site.form
            ]
            if not any(one.type == "email" for one in asked):
                asked.append(EMAIL_FIELD)
            return "offline", tuple(asked) if self.site.form else OFFLINE
        first = self.standing is None and not self.claims.sub
        return ("pre_chat", self.site.form) if first and self.site.form else ("", ())

    def _answers(self, frame: f.Send) -> Answers | None:
        due, fields = self._form_due()
        if due:
            if frame.form is None:
                raise Invalid("a form has to be filled in first", code="form_required")
            return answers_of(fields, frame.form)
        if frame.form is None:
            return None
        try:
            # Sent again after a cut, the form was taken already; a mistake in it now must not lose the message.
            return answers_of(self.site.form or OFFLINE, frame.form)
        except Invalid:
            return None

    def _is(self, answers: Answers) -> None:
        self.person.name = answers.name or self.person.name
        self.person.email = answers.email or self.person.email
        self.person.phone = answers.phone or self.person.phone
        self.person.facts = {**self.person.facts, **answers.facts}

    def _opened(self, sealed: str) -> Blob:
        content = self.chat.tokens.opened(f"file:{self.claims.channel}:{self.claims.vid}", sealed)
        if content is None:
            raise Invalid("a file is not one that this visitor uploaded: upload it again", code="file_unknown")
        return msgspec.json.decode(content, type=Blob)

    def _limit(self, key: tuple[str, ...], rate: Rate) -> None:
        seconds = self.chat.throttle.take(key, rate)
        if seconds:
            raise RateLimited(f"too much at once: try again in {seconds} s", retry_after_seconds=seconds)


_CLAIMED = (FormField("name", "name"), FormField("email", "email"), FormField("phone", "phone"))


def _author_of(message: Message) -> f.ItemAuthor:
    if message.direction == "in":
        return "visitor"
    return "agent" if message.author_kind == "agent" else "automatic"


def _require_client_id(given: str) -> None:
    if not _CLIENT_ID.fullmatch(given):
        raise Invalid("client_msg_id must be 8 to 64 of A-Z a-z 0-9 _ -", code="client_msg_id")


def _require_words(text: str, files: list[Blob]) -> None:
    if not text.strip() and not files:
        raise Invalid("there is nothing in the message", code="empty")
    if len(text) > text_limit():
        raise Invalid(f"{len(text)} characters are more than the {text_limit()} taken here", code="too_long")
    if len(files) > MAX_FILES:
        raise Invalid(f"at most {MAX_FILES} files a message", code="too_many_files")


def until_seconds(at: str | None, now: int) -> float | None:
    """Seconds to an instant that a status names; None where it names none."""
    return None if at is None else max(0.0, (clock.parse_iso(at) - now) / SECOND)
