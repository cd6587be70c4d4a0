"""One's own notifications: the centre, what one is told of and how, the browsers that are called."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from inbox.api.calendars import Zone
from inbox.api.call import Call
from inbox.api.fields import Body, Id, PageQuery
from inbox.api.labels import changed
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.clock import iso, iso_or_none
from inbox.commands.notifications import CallOnce, Choose, MarkRead, MarkSeen, Subscribe, Unsubscribe
from inbox.domain.notifying import KINDS, URGENT, USUAL, WAYS, Choices, Digest, Kind, Quiet, Way, choices_of
from inbox.domain.notifying_records import Preference, Subscription
from inbox.domain.notifying_shapes import (
    BrowserShape,
    CalledShape,
    NotificationShape,
    PreferencesShape,
    PushShape,
    QuietShape,
)
from inbox.domain.records import Notification
from inbox.errors import Invalid
from inbox.eventlog.show_settings import notification_shape
from inbox.storage import notifications, rows

routes = Routes("Notifications")
_LAST_ID = 2**63 - 1

Minutes = Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", description="time of day, such as 22:00")]


class CentreQuery(PageQuery):
    """Which notifications."""

    unread: bool = False


class SeenBody(Body):
    """The newest notification on the screen."""

    up_to: Id


class QuietBody(Body):
    """Hours in which nothing rings. An end that is not after the begin is on the next day."""

    begin: Minutes
    end: Minutes
    days: list[Annotated[int, Field(ge=0, le=6)]] = Field(default_factory=lambda: list(range(7)), max_length=7)


class PreferencesPatch(Body):
    """What to change. `ways`: kinds with all their ways; those not named stay."""

    ways: dict[Kind, Annotated[list[Way], Field(max_length=4)]] | None = None
    muted_channels: list[Id] | None = Field(None, max_length=500)
    quiet: QuietBody | None = None
    zone: Zone | None = None
    urgent_passes: bool | None = None
    digest: Digest | None = None
    digest_at: Minutes | None = None
    stars: int | None = Field(None, ge=1, le=5)
    push_words: bool | None = None


class KeysBody(Body):
    """A browser's public key and secret, as `PushSubscription.toJSON()` gives them."""

    p256dh: str = Field(min_length=1, max_length=200)
    auth: str = Field(min_length=1, max_length=60)


class BrowserBody(Body):
    """A browser that is to be called."""

    endpoint: str = Field(min_length=12, max_length=1_000, pattern="^https://")
    keys: KeysBody
    name: str = Field("", max_length=120)


@routes.get("/notifications", needs="agent")
async def list_notifications(call: Call, query: CentreQuery) -> Page[NotificationShape]:
    """One's own notifications, newest first."""
    position = await call.position()
    cursors, database = call.deps.cursors, call.deps.database
    bound_to = "notifications:unread" if query.unread else "notifications"
    before = cursors.read(bound_to, query.cursor)[0] if query.cursor else _LAST_ID
    held = await database.read(notifications.page, call.agent_id, before, query.limit + 1, unread_only=query.unread)
    shown = held[: query.limit]
    further = cursors.make(bound_to, [shown[-1].id]) if len(held) > query.limit else None
    return Page(items=[notification_shape(one) for one in shown], next_cursor=further, position=position)


@routes.put("/notifications/{notification_id}/read", needs="agent")
async def read_notification(call: Call, notification_id: int) -> None:
    """One has seen it."""
    _tell(call, await call.submit(MarkRead(call.agent_id, notification_id)))


@routes.put("/notifications/read", needs="agent")
async def read_notifications(call: Call) -> None:
    """One has seen them all."""
    _tell(call, await call.submit(MarkRead(call.agent_id, None)))


@routes.put("/notifications/conversations/{conversation_id}/read", needs="agent")
async def read_of_conversation(call: Call, conversation_id: int) -> None:
    """One has seen those of a conversation."""
    _tell(call, await call.submit(MarkRead(call.agent_id, None, conversation_id=conversation_id)))


@routes.put("/notifications/seen", needs="agent")
async def see_notifications(call: Call, body: SeenBody) -> None:
    """They are on a screen that one looks at: one's other devices are not called for them."""
    await call.submit(MarkSeen(call.agent_id, body.up_to))


@routes.get("/notification-preferences", needs="agent")
async def see_preferences(call: Call) -> PreferencesShape:
    """What one is told of, and how."""
    return _shape(call, await call.deps.database.read(rows.one, Preference, call.agent_id))


@routes.patch("/notification-preferences", needs="agent", if_match=True)
async def change_preferences(call: Call, body: PreferencesPatch) -> PreferencesShape:
    """Choose."""
    given = changed(body, "quiet")
    fields: dict[str, Any] = {name: given[name] for name in ("zone", "urgent_passes", "digest", "stars", "push_words")
                              if name in given}  # fmt: skip
    if "muted_channels" in given:
        fields["muted_channels"] = frozenset(given["muted_channels"])
    if "digest_at" in given:
        fields["digest_at"] = _minutes(given["digest_at"])
    if "quiet" in given:
        quiet = given["quiet"]
        fields["quiet"] = None if quiet is None else _quiet(quiet)
    if "ways" in given:
        known = await call.deps.database.read(rows.one, Preference, call.agent_id)
        before = choices_of(known.choices).ways if known is not None else {}
        fields["ways"] = {**before, **{kind: frozenset(ways) for kind, ways in given["ways"].items()}}
    return _shape(call, await call.submit(Choose(call.agent_id, fields, call.version)))


@routes.get("/push", needs="agent")
async def see_push(call: Call) -> PushShape:
    """The key that a page subscribes with, and one's browsers."""
    known = await call.deps.database.read(notifications.browsers, [call.agent_id])
    return PushShape(key=await call.deps.pushing.public(), browsers=[_browser(call, one) for one in known])


@routes.post("/push/browsers", needs="agent", idempotent=True)
async def add_browser(call: Call, body: BrowserBody) -> BrowserShape:
    """Have this browser called, as long as its session lasts."""
    call.deps.pushing.check(body.keys.p256dh, body.keys.auth)
    unit = Subscribe(
        call.agent_id, call.principal.session_id or 0, body.endpoint, body.keys.p256dh, body.keys.auth,
        body.name or call.request.headers.get("user-agent", "")[:120],
    )  # fmt: skip
    return _browser(call, await call.submit(unit))


@routes.delete("/push/browsers/{browser_id}", needs="agent")
async def remove_browser(call: Call, browser_id: int) -> None:
    """It is called no more."""
    await call.submit(Unsubscribe(call.agent_id, browser_id))


@routes.post("/push/test", needs="agent", status=202)
async def test_push(call: Call) -> CalledShape:
    """Call all of one's browsers once."""
    return CalledShape(browsers=await call.submit(CallOnce(call.agent_id)))


def _tell(call: Call, read: list[Notification]) -> None:
    """One's other windows show it too."""
    if read:
        call.deps.tell_mine(call.agent_id, {"notifications": [notification_shape(one) for one in read]})


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _time(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _quiet(body: QuietBody) -> Quiet:
    if not body.days:
        raise Invalid("quiet hours begin on some weekday: name one, or leave them out", code="quiet")
    return Quiet(begin=_minutes(body.begin), end=_minutes(body.end), days=frozenset(body.days))


def _shape(call: Call, known: Preference | None) -> PreferencesShape:
    mine = choices_of(known.choices) if known is not None else Choices()
    quiet = mine.quiet
    return PreferencesShape(
        ways={kind: [way for way in WAYS if way in mine.by(kind)] for kind in KINDS},
        usual={kind: [way for way in WAYS if way in USUAL[kind]] for kind in KINDS},
        urgent=[kind for kind in KINDS if kind in URGENT],
        muted_channels=[str(one) for one in sorted(mine.muted_channels)],
        quiet=None
        if quiet is None
        else QuietShape(begin=_time(quiet.begin), end=_time(quiet.end), days=sorted(quiet.days)),
        zone=mine.zone,
        urgent_passes=mine.urgent_passes,
        digest=mine.digest,
        digest_at=_time(mine.digest_at),
        stars=mine.stars,
        push_words=mine.push_words,
        mail=bool(call.deps.settings.mail_url),
        version=known.version if known is not None else 0,
    )


def _browser(call: Call, one: Subscription) -> BrowserShape:
    return BrowserShape(
        id=str(one.id),
        name=one.name,
        created_at=iso(one.created_at),
        sent_at=iso_or_none(one.sent_at),
        failing=one.failures > 0,
        current=one.session_id == call.principal.session_id,
    )
